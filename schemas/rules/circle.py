"""Within whom data of a case go: participants, meeting, hand-over, and for how long (1.20, 1.21, 11.2a, 24)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from schemas.acts import Deed
from schemas.rules.deeds import ASSIGNING
from schemas.rules.matter import HANDOVER_PHASE, MEETING_PHASE, Matter
from schemas.rules.reason import Reason, because, decides


@decides("buiten_de_deelnemers", items=True)
def within_the_case(matter: Matter) -> Iterator[Reason]:
    """24: to others than the participants nothing goes; what the law obliges to is each provider's own decision."""
    for index, address in enumerate(matter.manifest.to):
        if matter.roster_row(address) is None:
            yield because("buiten_de_deelnemers", f"/to/{index}")


@decides("niet_in_het_overleg", items=True)
def within_the_meeting(matter: Matter) -> Iterator[Reason]:
    """1.20: in the case meeting the named participants and the house share; only assigning the case goes elsewhere."""
    manifest = matter.manifest
    assigning = isinstance(manifest.act, Deed) and manifest.purpose == ASSIGNING
    if matter.phase != MEETING_PHASE or assigning:
        return
    if not matter.in_meeting(manifest.sender):
        yield because("niet_in_het_overleg", "/from")
    for index, address in enumerate(manifest.to):
        if not matter.in_meeting(address):
            yield because("niet_in_het_overleg", f"/to/{index}")


@decides("alleen_voor_overdracht", items=True)
def for_the_hand_over(matter: Matter) -> Iterator[Reason]:
    """1.21, 11.2a: after the decision to scale down the house and who directs the case receive, and nobody else."""
    if matter.phase != HANDOVER_PHASE:
        return
    director = matter.facts.case.casusregie if matter.facts.case else None
    for index, address in enumerate(matter.manifest.to):
        if address not in {matter.facts.house_address, director}:
            yield because("alleen_voor_overdracht", f"/to/{index}")


@decides("afschaling_voorbij", items=True)
def while_handing_over(matter: Matter) -> Iterator[Reason]:
    """11.2a: the hand-over ends at the latest after the pack's term, counted from the decision to scale down."""
    case = matter.facts.case
    if matter.phase != HANDOVER_PHASE or case is None:
        return
    if matter.now - case.phase_since > timedelta(days=matter.pack.limits.handover_days):
        yield because("afschaling_voorbij", "/phase")
