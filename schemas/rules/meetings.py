"""Who comes to the case meeting, and who leaves it (1.20, 9.6)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.acts import Departure, Invitation
from schemas.rules.deeds import DECISION
from schemas.rules.matter import MEETING_PHASE, Matter
from schemas.rules.reason import Reason, because, decides_act

_TO_THE_MEETING = frozenset({MEETING_PHASE, f"in_{MEETING_PHASE}"})
"""The decision by which a case comes to the meeting, as a pack may call it (decisions.step_of_the_pack)."""


@decides_act("afspraak_onbekend", "afspraak_past_niet", cites=("1.20",))
def invited_by_decision(matter: Matter, act: Invitation) -> Iterator[Reason]:
    """1.20: the house admits by the decision that brought the case to the meeting, or by one that was taken in this
    phase; the invitation names it."""
    agreed = matter.facts.agreed
    if agreed is None or agreed.id != act.agreement:
        yield because("afspraak_onbekend", "/act/agreement", "1.20")
    elif agreed.kind != DECISION or (agreed.phase != matter.phase and agreed.decision not in _TO_THE_MEETING):
        yield because("afspraak_past_niet", "/act/agreement", "1.20")


@decides_act("geen_deelnemer", "uitnodiging_zonder_ontvanger", "te_veel_ontvangers", "ontvanger_zonder_grondslag")
def invited_by_name(matter: Matter, act: Invitation) -> Iterator[Reason]:
    """1.19, 1.20, 6.4: one address at a time is admitted; it belongs to the case, may receive, and is told, it alone:
    the invitation travels as proof that it takes part, and shows no other."""
    if len(act.admit) > 1:
        yield because("te_veel_ontvangers", "/act/admit")
    for index, address in enumerate(act.admit):
        if matter.roster_row(address) is None:
            yield because("geen_deelnemer", f"/act/admit/{index}")
        if address not in matter.manifest.to:
            yield because("uitnodiging_zonder_ontvanger", f"/act/admit/{index}")
        capacity = matter.pack.capacity.get(address.function)
        if capacity is not None and not capacity.receives:
            yield because("ontvanger_zonder_grondslag", f"/act/admit/{index}")
    for index, address in enumerate(matter.manifest.to):
        if address not in act.admit:
            yield because("te_veel_ontvangers", f"/to/{index}")


@decides_act("alleen_eigen_deelname", "einde_zonder_ontvanger", "reden_onbekend", cites=("9.6",))
def leaving(matter: Matter, act: Departure) -> Iterator[Reason]:
    """9.6: a party ends its own part only, the house that of anybody, who is told; with a reason of the pack.

    One that left the house cannot be reached any more (30)."""
    for index, address in enumerate(act.remove):
        if address not in {matter.manifest.sender, *matter.manifest.to} and not matter.gone(address):
            yield because("einde_zonder_ontvanger", f"/act/remove/{index}")
    if not matter.from_house and act.remove != (matter.manifest.sender,):
        yield because("alleen_eigen_deelname", "/act/remove")
    if not matter.coded("departure", act.reason):
        yield because("reden_onbekend", "/act/reason", "9.6")
