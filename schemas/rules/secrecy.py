"""Professional secrecy and what lifts it (7.2). Under a ceiling consent stays sealed and both connectors decide it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from schemas.content import Ground, Item
from schemas.facts import PartyFact
from schemas.ids import Term
from schemas.lifecycle import FIRST_PHASE
from schemas.pack import Pack
from schemas.rules.agreements import agreed_to, passed_on
from schemas.rules.matter import AnyItem, Matter, Provision
from schemas.rules.reason import Reason, because, decides


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


@decides("geheimhouding_onjuist")
def secrecy_listed(matter: Matter) -> Iterator[Reason]:
    """7.2: the ground lists every secrecy that rests on the provider, no more and no fewer."""
    for provision, _, item in matter.each:
        ground = provision.ground(item)
        party = matter.party(matter.provider(provision, item))
        if ground and set(ground.secrecy) != set(secrecies(matter.pack, party)):
            yield because("geheimhouding_onjuist", f"{provision.at}/grounds/{item.ground}/secrecy")


def _earliest(matter: Matter, *, own: bool) -> date | None:
    """Consent is asked in the phase that it is for (7.2a); for the first one somewhat before the case was opened.

    What goes on has the consent that its provider named in the agreement for this phase (3.5c).
    """
    case = matter.facts.case
    if case is None:
        return None
    if own and case.phase == FIRST_PHASE:
        return (case.opened - timedelta(days=matter.pack.limits.consent_before_opening_days)).date()
    return (case.phase_since if own else case.opened).date()


def lifted(matter: Matter, ground: Ground, place: str, *, own: bool = True) -> Iterator[Reason]:
    """7.2a, b, e: what is wrong with the consent or the exception that a ground names; one of both must be there."""
    if ground.exception is not None:
        if not matter.coded("exception", ground.exception):
            yield because("uitzondering_onbekend", f"{place}/exception")
        return
    earliest = _earliest(matter, own=own)
    if ground.consent is None:
        yield because("toestemming_ontbreekt", f"{place}/consent")
    elif earliest is None or not earliest <= ground.consent.date <= matter.today:
        yield because("toestemming_buiten_fase", f"{place}/consent/date")


def _own(matter: Matter, provision: Provision, item: AnyItem) -> bool:
    return isinstance(item, Item) and item.origin.party == provision.sender and not matter.from_house


@decides("toestemming_ontbreekt", "toestemming_buiten_fase", "uitzondering_onbekend")
def consent_or_exception(matter: Matter) -> Iterator[Reason]:
    """7.2a, b, e: data under secrecy pass with consent for this case and phase, or by a weighed exception."""
    for provision, _, item in matter.each:
        ground = provision.ground(item)
        party = matter.party(matter.provider(provision, item))
        if not isinstance(ground, Ground):
            continue
        if ground.exception is not None or needs_consent(matter.pack, party, item.category):
            place = f"{provision.at}/grounds/{item.ground}"
            yield from lifted(matter, ground, place, own=_own(matter, provision, item))


@decides(
    "toestemming_en_uitzondering", "toestemming_voor_een", "uitzondering_van_ander", "toestemming_niet_doorgegeven"
)
def lifted_by_whom_it_binds(matter: Matter) -> Iterator[Reason]:
    """7.2a, e: consent is one person's; an exception is the professional's own, and nobody weighs it for him.

    What goes on under secrecy goes on the consent that its provider named when it agreed (our reading: 7.2, 3.5c).
    """
    manifest = matter.manifest
    staff = {row.id for row in matter.pack.subject_categories if not row.informed}
    for index, ground in enumerate(manifest.grounds):
        if not isinstance(ground, Ground):
            continue
        items = [item for item in manifest.exact_items if item.ground == index]
        if ground.consent is not None and ground.exception is not None:
            yield because("toestemming_en_uitzondering", f"/grounds/{index}/exception")
        if ground.consent is not None and len({i.subject for i in items if i.subject_category not in staff}) > 1:
            yield because("toestemming_voor_een", f"/grounds/{index}/consent")
        if ground.exception is not None and (
            matter.from_house or any(item.origin.party != manifest.sender for item in items)
        ):
            yield because("uitzondering_van_ander", f"/grounds/{index}/exception")
    for provision, at, item in matter.each:
        if not isinstance(item, Item) or not passed_on(matter, item):
            continue
        own_ground = provision.ground(item)
        consent = own_ground.consent if isinstance(own_ground, Ground) else None
        if not needs_consent(matter.pack, matter.party(item.origin.party), item.category) or consent is None:
            continue
        given = {fact.consent for holder in manifest.to for fact in agreed_to(matter, item, holder)}
        if consent not in given:
            yield because("toestemming_niet_doorgegeven", f"{at}/origin")
