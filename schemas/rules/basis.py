"""Basis and regime follow the origin of the data, never the wish of the sender (6.1-6.3, 6.4d, 7.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from schemas.content import CeilingGround, Ground, Item
from schemas.facts import DecreeFact, PartyFact
from schemas.ids import Term
from schemas.pack import Capacity, Pack
from schemas.rules.matter import AnyItem, Matter, Provision
from schemas.rules.reason import Reason, because, decides


def live_decrees(party: PartyFact | None, now: datetime) -> tuple[DecreeFact, ...]:
    """The decrees of a party that are valid at ``now``, in the order of the records."""
    return tuple(row for row in (party.decrees if party else ()) if row.since <= now < row.until)


def expected_basis(pack: Pack, capacity: Capacity, party: PartyFact | None, category: str, now: datetime) -> Term:
    """The one basis on which a party in a capacity provides a category (6.1-6.3).

    Its own basis where the pack names one; else the one that a decree on record names, within the regime of the
    capacity; else the capacity's default (for the OM ``wjsg_39f``, as a reading).
    """
    of_category = capacity.category_bases.get(Term(category))
    if of_category is not None:
        return of_category
    for decree in live_decrees(party, now):
        row = pack.basis.get(decree.basis)
        if row and row.regime == capacity.regime:
            return row.id
    return capacity.default_basis


def _judged(matter: Matter) -> Iterator[tuple[Provision, str, AnyItem, Capacity, CeilingGround | None]]:
    for provision, at, item in matter.each:
        capacity = matter.capacity(matter.provider(provision, item))
        if capacity is not None:
            yield provision, at, item, capacity, provision.ground(item)


@decides("grondslag_ontbreekt", "grondslag_onbekend", "grondslag_onjuist")
def basis_by_origin(matter: Matter) -> Iterator[Reason]:
    """6.1-6.3: each item stands on the basis that follows from who provided it first."""
    for provision, at, item, capacity, ground in _judged(matter):
        place = f"{provision.at}/grounds/{item.ground}/basis"
        if ground is None:
            yield because("grondslag_ontbreekt", f"{at}/ground")
        elif ground.basis not in matter.pack.basis:
            yield because("grondslag_onbekend", place)
        else:
            party = matter.party(matter.provider(provision, item))
            if ground.basis != expected_basis(matter.pack, capacity, party, item.category, matter.now):
                yield because("grondslag_onjuist", place)


@decides("regime_onjuist")
def regime_by_origin(matter: Matter) -> Iterator[Reason]:
    """6.1-6.3: the regime is derived from the first provider; a sender cannot choose it."""
    for _, at, item, capacity, _ in _judged(matter):
        if item.regime != capacity.regime:
            yield because("regime_onjuist", f"{at}/regime")


@decides("herkomst_onbekend")
def known_origin(matter: Matter) -> Iterator[Reason]:
    """2.1: whose data it is, is known: an address of this house in a capacity of the pack."""
    for provision, at, item in matter.each:
        provider = matter.provider(provision, item)
        if matter.capacity(provider) is None or matter.party(provider) is None:
            yield because("herkomst_onbekend", f"{at}/origin/party" if isinstance(item, Item) else at)


@decides("besluit_ontbreekt", "besluit_ongeldig")
def decree_on_record(matter: Matter) -> Iterator[Reason]:
    """6.4d: police data go only while a signed decree is on record and valid; a decree that is named must be so."""
    for provision, _, item in matter.each:
        ground = provision.ground(item)
        row = matter.pack.basis.get(ground.basis) if ground else None
        if ground is None or row is None:
            continue
        place = f"{provision.at}/grounds/{item.ground}/decree"
        party = matter.party(matter.provider(provision, item))
        valid = {decree.id for decree in live_decrees(party, matter.now) if decree.basis == ground.basis}
        if ground.decree is None and row.decree:
            yield because("besluit_ontbreekt", place)
        elif ground.decree is not None and ground.decree not in valid:
            yield because("besluit_ongeldig", place)


def marks_of(pack: Pack, regime: str) -> tuple[Term, ...]:
    """The marks that travel with data of a regime, as conditions of their ground (7.1)."""
    return next((row.marks for row in pack.regimes if row.id == regime), ())


@decides("kenmerk_ontbreekt")
def marks_stay(matter: Matter) -> Iterator[Reason]:
    """7.1: the mark of secrecy travels with the data; under a ceiling the regime carries it."""
    for provision, _, item, capacity, ground in _judged(matter):
        if isinstance(ground, Ground):
            missing = set(marks_of(matter.pack, capacity.regime)) - set(ground.conditions)
            if missing:
                yield because("kenmerk_ontbreekt", f"{provision.at}/grounds/{item.ground}/conditions")


@decides("niet_uit_deze_bron", "politiegegevens_van_ander")
def police_provides_afresh(matter: Matter) -> Iterator[Reason]:
    """7.1, 8.8: what only some can provide comes from them; marked data held by another party are not passed on."""
    for provision, at, item, capacity, _ in _judged(matter):
        category = matter.pack.category.get(item.category)
        if category and category.origins and capacity.id not in category.origins:
            marked = any(marks_of(matter.pack, matter.pack.capacity[own].regime) for own in category.origins)
            labels = [matter.pack.capacity[own].label for own in category.origins]
            who = (" of ".join(label.nl for label in labels), " or ".join(label.en for label in labels))
            yield because("niet_uit_deze_bron", f"{at}/category", "7.1" if marked else "4.2", who)
        passed_on = isinstance(item, Item) and item.origin.party != provision.sender and not matter.from_house
        if passed_on and marks_of(matter.pack, capacity.regime):
            yield because("politiegegevens_van_ander", f"{at}/origin/party")
