"""Provisions outside the meeting: to carry out what was agreed, to direct the case, to assign it (5.3.1)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.acts import Deed
from schemas.facts import AgreedFact
from schemas.rules.matter import MEETING_PHASE, Matter
from schemas.rules.reason import Reason, because, decides, decides_act

CARRYING_OUT, DIRECTING, ASSIGNING = "uitvoeren_actie", "casusregie", "toebedelen"
"""The purposes of 5.3.1a, b and c."""

OUTSIDE = frozenset({CARRYING_OUT, DIRECTING, ASSIGNING})

PLAN, DECISION, ASSIGNMENT = "plan_van_aanpak", "fase_besluit", "toebedeling"


def _carries(agreed: AgreedFact, purpose: str | None, phase: str) -> bool:
    """Whether what was agreed is of the sort that this purpose rests on."""
    if purpose == CARRYING_OUT:
        return agreed.kind == PLAN
    if purpose == DIRECTING:
        return agreed.kind == DECISION and agreed.casusregie is not None and agreed.phase == MEETING_PHASE
    assigned = agreed.kind == DECISION and agreed.decision == ASSIGNMENT and agreed.phase == phase
    return purpose == ASSIGNING and assigned


@decides_act("afspraak_onbekend", "afspraak_past_niet")
def as_was_agreed(matter: Matter, act: Deed) -> Iterator[Reason]:
    """5.3.1: interventions rest on the plan, case direction on the decision that gave it, and goes to who has it;
    assigning the case, also in triage, on the decision of that phase to assign it."""
    agreed, purpose, case = matter.facts.agreed, matter.manifest.purpose, matter.facts.case
    if purpose not in OUTSIDE:
        yield because("afspraak_past_niet", "/purpose")
    if agreed is None or agreed.id != act.agreement:
        yield because("afspraak_onbekend", "/act/agreement")
        return
    if not _carries(agreed, purpose, matter.phase):
        yield because("afspraak_past_niet", "/act/agreement")
    # A director who was replaced since is one no longer, whatever the older decision says.
    director = agreed.casusregie if case and case.casusregie == agreed.casusregie else None
    if purpose == DIRECTING and matter.manifest.to != (director,):
        yield because("afspraak_past_niet", "/to/0")


@decides("doel_vraagt_actie", items=True)
def only_by_a_deed(matter: Matter) -> Iterator[Reason]:
    """5.3.1: what is for these purposes goes to one party and names what was agreed: by an ``actie`` and no other."""
    if matter.manifest.purpose in OUTSIDE and not isinstance(matter.manifest.act, Deed):
        yield because("doel_vraagt_actie", "/purpose")
