"""Professional secrecy and what lifts it (7.2). Under a ceiling consent stays sealed and both connectors decide it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from schemas.content import Ground, Item
from schemas.facts import PartyFact
from schemas.ids import Term
from schemas.lifecycle import FIRST_PHASE
from schemas.pack import Pack
from schemas.rules.matter import HANDOVER_PHASE, MEETING_PHASE, Matter, Piece, shifted
from schemas.rules.reason import Reason, because, decides, decides_item


def secrecies(pack: Pack, party: PartyFact | None) -> tuple[Term, ...]:
    """The secrecies that bind a party: those of its accession; where that names none, all of its capacity (7.2)."""
    if party is None:
        return ()
    capacity = pack.capacity.get(party.address.function)
    return party.secrecy or (capacity.secrecy if capacity else ())


def needs_consent(pack: Pack, party: PartyFact | None, category: str | None = None) -> bool:
    """Whether only consent or an exception lets data go: a secrecy that says so, or data on health whoever holds them.

    (data-model.md 8.8, note 3: also who has no secrecy provides health only with consent or an exception.) A secrecy
    that the pack does not know counts as one that only consent lifts.
    """
    rows = [pack.secrecy.get(name) for name in secrecies(pack, party)]
    bound = any(row is None or row.consent for row in rows)
    row = pack.category.get(category) if category else None
    return bound or (row is not None and row.data_class == "bijzonder")


@decides_item("geheimhouding_onjuist")
def secrecy_listed(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """7.2, 13.4: the ground lists every secrecy that rests on the provider, and on those of whose items the text was
    made: it binds whoever receives them; no more and no fewer."""
    made_of = piece.exact.derived_from if piece.exact else ()
    parties = [piece.party, *(matter.party(origin.party) for origin in made_of)]
    resting = {secrecy for party in parties for secrecy in secrecies(matter.pack, party)}
    if piece.ground and set(piece.ground.secrecy) != resting:
        yield because("geheimhouding_onjuist", f"{piece.ground_at}/secrecy")


def earliest_consent(matter: Matter, *, own: bool) -> date | None:
    """Consent is asked in the phase that it is for (7.2a); for the first one somewhat before the case was opened.

    What goes on in triage has the consent that its provider named in the agreement for it, of any day since the case
    was opened: the need is clear when a case is notified. In the phases after it an older one does not do.
    """
    case = matter.facts.case
    if case is None:
        return None
    if own and case.phase == FIRST_PHASE:
        return shifted(case.opened.date(), -matter.pack.limits.consent_before_opening_days)
    later = case.phase in {MEETING_PHASE, HANDOVER_PHASE}
    return (case.phase_since if own or later else case.opened).date()


def lifted(matter: Matter, ground: Ground, place: str, *, own: bool = True) -> Iterator[Reason]:
    """7.2a, b, e: what is wrong with the consent or the exception that a ground names; one of both must be there."""
    if ground.exception is not None:
        if not matter.coded("exception", ground.exception):
            yield because("uitzondering_onbekend", f"{place}/exception")
        return
    earliest = earliest_consent(matter, own=own)
    if ground.consent is None:
        yield because("toestemming_ontbreekt", f"{place}/consent")
    elif earliest is None or not earliest <= ground.consent.date <= matter.today:
        yield because("toestemming_buiten_fase", f"{place}/consent/date")


@decides_item("toestemming_ontbreekt", "toestemming_buiten_fase", "uitzondering_onbekend")
def consent_or_exception(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """7.2a, b, e: data under secrecy pass with consent for this case and phase, or by a weighed exception; what is
    named where nothing has to be lifted is judged all the same."""
    ground = piece.ground
    if not isinstance(ground, Ground):
        return
    named = ground.exception is not None or ground.consent is not None
    if named or needs_consent(matter.pack, piece.party, piece.item.category):
        sender = None if matter.from_house else piece.provision.sender
        own = piece.exact is not None and piece.exact.origin.party == sender
        yield from lifted(matter, ground, piece.ground_at, own=own)


@decides("toestemming_en_uitzondering", "toestemming_voor_een", "uitzondering_van_ander", items=True)
def lifted_by_whom_it_binds(matter: Matter) -> Iterator[Reason]:
    """7.2a, e: consent is one person's; an exception is the professional's own, and nobody weighs it for him: who
    passes his data on names the one of his agreement."""
    manifest, staff = matter.manifest, matter.pack.staff
    for index, ground in enumerate(manifest.grounds):
        if not isinstance(ground, Ground) or (ground.consent is None and ground.exception is None):
            continue
        items = [item for item in manifest.exact_items if item.ground == index]
        if ground.consent is not None and ground.exception is not None:
            yield because("toestemming_en_uitzondering", f"/grounds/{index}/exception")
        if ground.consent is not None and len({i.subject for i in items if i.subject_category not in staff}) > 1:
            yield because("toestemming_voor_een", f"/grounds/{index}/consent")
        if ground.exception is not None and not all(_weighed(matter, item, ground.exception) for item in items):
            yield because("uitzondering_van_ander", f"/grounds/{index}/exception")


def _weighed(matter: Matter, item: Item, exception: Term) -> bool:
    """Whether the professional whose secrecy it is weighed the exception: he provides it himself, or named it when he
    agreed that it goes on to each recipient (7.2e). The house has no such professional."""
    origin = item.origin
    if origin.party == matter.manifest.sender:
        return not matter.from_house
    agreed = matter.agreements.get((origin.party, origin.item), {})
    return all(
        any(fact.exception == exception for name in (holder, holder.function) for fact in agreed.get(name, ()))
        for holder in matter.manifest.to
        if holder != origin.party
    )
