"""Who comes to the case meeting, and who leaves it (1.20, 9.6)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.acts import Departure, Invitation
from schemas.rules.deeds import DECISION
from schemas.rules.matter import Matter
from schemas.rules.reason import Reason, because, decides_act

ASKED = "gevraagd"


@decides_act("afspraak_onbekend", "afspraak_past_niet", cites=("1.20",))
def invited_by_decision(matter: Matter, act: Invitation) -> Iterator[Reason]:
    """1.20: the house admits by a decision about this case, which the invitation names."""
    agreed = matter.facts.agreed
    if agreed is None or agreed.id != act.agreement:
        yield because("afspraak_onbekend", "/act/agreement", "1.20")
    elif agreed.kind != DECISION:
        yield because("afspraak_past_niet", "/act/agreement", "1.20")


@decides_act("geen_deelnemer", "uitnodiging_zonder_ontvanger", "niet_in_het_overleg")
def invited_by_name(matter: Matter, act: Invitation) -> Iterator[Reason]:
    """1.19, 1.20: who is admitted belongs to the case and is told; who was asked in triage and does not come learns
    nothing of who does."""
    for index, address in enumerate(act.admit):
        if matter.roster_row(address) is None:
            yield because("geen_deelnemer", f"/act/admit/{index}")
        if address not in matter.manifest.to:
            yield because("uitnodiging_zonder_ontvanger", f"/act/admit/{index}")
    for index, address in enumerate(matter.manifest.to):
        row = matter.roster_row(address)
        if row and row.role == ASKED and address not in act.admit:
            yield because("niet_in_het_overleg", f"/to/{index}")


@decides_act("alleen_eigen_deelname", "reden_onbekend", cites=("9.6",))
def leaving(matter: Matter, act: Departure) -> Iterator[Reason]:
    """9.6: a party ends its own part only, the house that of anybody; with a reason of the pack."""
    if not matter.from_house and act.remove != (matter.manifest.sender,):
        yield because("alleen_eigen_deelname", "/act/remove")
    if not matter.coded("departure", act.reason):
        yield because("reden_onbekend", "/act/reason", "9.6")
