"""Professional secrecy and what lifts it (7.2). Under a ceiling consent stays sealed and both connectors decide it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from schemas.content import Ground, Item
from schemas.facts import PartyFact
from schemas.ids import Term
from schemas.pack import Pack
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

    (data-model.md 8.8, note 3: also who has no secrecy provides health only with consent or an exception.)
    """
    bound = any(row.consent for row in pack.secrecies if row.id in secrecies(pack, party))
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


def _earliest(matter: Matter, provision: Provision, item: AnyItem) -> date | None:
    """Consent is asked in the phase that it is for (7.2a). What goes on is covered by the provider's agreement for
    this phase (3.5c) beside the consent for this case."""
    case = matter.facts.case
    if case is None:
        return None
    own = isinstance(item, Item) and item.origin.party == provision.sender and not matter.from_house
    return (case.phase_since if own else case.opened).date()


@decides("toestemming_ontbreekt", "toestemming_buiten_fase", "uitzondering_onbekend")
def consent_or_exception(matter: Matter) -> Iterator[Reason]:
    """7.2a, b, e: data under secrecy pass with consent for this case and phase, or by a weighed exception."""
    for provision, _, item in matter.each:
        ground = provision.ground(item)
        party = matter.party(matter.provider(provision, item))
        if not isinstance(ground, Ground):
            continue
        place = f"{provision.at}/grounds/{item.ground}"
        if ground.exception is not None and not matter.coded("exception", ground.exception):
            yield because("uitzondering_onbekend", f"{place}/exception")
        if not needs_consent(matter.pack, party, item.category) or ground.exception is not None:
            continue
        earliest = _earliest(matter, provision, item)
        if ground.consent is None:
            yield because("toestemming_ontbreekt", f"{place}/consent")
        elif earliest is None or not earliest <= ground.consent.date <= matter.today:
            yield because("toestemming_buiten_fase", f"{place}/consent/date")
