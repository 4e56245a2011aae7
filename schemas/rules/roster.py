"""Which kind, from whom, to whom, and who takes part in the case (1.18, 1.19, 9.6)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.acts import Permission
from schemas.ids import Address
from schemas.lifecycle import FIRST_PHASE, JOINING_KIND, OPENING_KIND, may_receive, may_send
from schemas.rules.matter import ASKED, Matter
from schemas.rules.reason import Reason, because, decides


@decides("soort_onbekend")
def known_kind(matter: Matter) -> Iterator[Reason]:
    """3.4: only kinds of the pack exist."""
    if matter.kind is None:
        yield because("soort_onbekend", "/kind")


def _role(matter: Matter, address: Address) -> str | None:
    """The role in the case; who opens a case becomes its notifier. The house is known by its address."""
    row = matter.roster_row(address)
    if row is None and matter.manifest.kind == OPENING_KIND and address == matter.manifest.sender:
        return "melder"
    return row.role if row else None


@decides("afzender_niet_bevoegd", "ontvanger_niet_bevoegd")
def functions_of_the_kind(matter: Matter) -> Iterator[Reason]:
    """1.18-1.20: the pack says for each kind who sends and who receives it."""
    manifest, house = matter.manifest, matter.facts.house_address
    if matter.kind is None:
        return
    if not may_send(matter.kind, manifest.sender, _role(matter, manifest.sender), house):
        yield because("afzender_niet_bevoegd", "/from")
    for index, address in enumerate(manifest.to):
        if not may_receive(matter.kind, address, _role(matter, address), house):
            yield because("ontvanger_niet_bevoegd", f"/to/{index}")


@decides("te_veel_ontvangers")
def few_recipients(matter: Matter) -> Iterator[Reason]:
    """1.19: no more recipients than the kind allows; a question has one, so that nobody learns who else was asked."""
    if matter.kind and len(matter.manifest.to) > matter.kind.recipients_max:
        yield because("te_veel_ontvangers", "/to")


@decides("gevraagde_alleen")
def asked_alone(matter: Matter) -> Iterator[Reason]:
    """1.19: who was asked in triage and takes no part reads of no other recipient but the house, in no kind at all."""
    others = [address for address in matter.manifest.to if address != matter.facts.house_address]
    if len(others) < 2:
        return
    for index, address in enumerate(matter.manifest.to):
        row = matter.roster_row(address)
        if row is not None and row.role == ASKED:
            yield because("gevraagde_alleen", f"/to/{index}")


def _from_outside(matter: Matter) -> bool:
    """Whether the police allow what a participant asked of them: for that they need not take part (7.1)."""
    return isinstance(matter.manifest.act, Permission)


@decides("geen_deelnemer")
def takes_part(matter: Matter) -> Iterator[Reason]:
    """9.6: only who takes part in the case sends and receives; the house brings in others by asking for their key."""
    if matter.manifest.kind == OPENING_KIND or matter.facts.case is None:
        return
    if matter.roster_row(matter.manifest.sender) is None and not _from_outside(matter):
        yield because("geen_deelnemer", "/from")
    if matter.manifest.kind == JOINING_KIND and matter.from_house:
        return
    for index, address in enumerate(matter.manifest.to):
        if matter.roster_row(address) is None:
            yield because("geen_deelnemer", f"/to/{index}")


@decides("alleen_melder_en_huis")
def bilateral(matter: Matter) -> Iterator[Reason]:
    """1.18: until triage only the notifier and the procesregisseur take part; nobody else is asked."""
    case = matter.facts.case
    if case is None or case.phase != FIRST_PHASE:
        return
    both = {case.notifier, matter.facts.house_address}
    if matter.manifest.sender not in both and not _from_outside(matter):
        yield because("alleen_melder_en_huis", "/from")
    for index, address in enumerate(matter.manifest.to):
        if address not in both:
            yield because("alleen_melder_en_huis", f"/to/{index}")
