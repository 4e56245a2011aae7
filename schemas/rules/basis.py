"""Basis and regime follow the origin of the data, never the wish of the sender (6.1-6.3, 6.4d, 7.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from schemas.content import Ground
from schemas.facts import DecreeFact, PartyFact
from schemas.ids import Term
from schemas.pack import Pack
from schemas.pack_rows import Capacity
from schemas.rules.matter import Matter, Piece
from schemas.rules.permissions import permitted
from schemas.rules.reason import Reason, because, decides_item


def live_decrees(party: PartyFact | None, now: datetime) -> tuple[DecreeFact, ...]:
    """The decrees of a party that are valid at ``now``, in the order of the records."""
    return tuple(row for row in (party.decrees if party else ()) if row.since <= now < row.until)


def right_bases(
    pack: Pack, capacity: Capacity, party: PartyFact | None, category: str, now: datetime
) -> tuple[Term, ...]:
    """The bases on which a party in a capacity may provide a category, never none (6.1-6.3).

    Its own basis where the pack names one; else those that its decrees on record name, of those that the capacity has
    (any of them, where it has several decrees); else the capacity's default (for the OM ``wjsg_39f``, as a reading).
    """
    if category in capacity.category_bases:
        return (capacity.category_bases[Term(category)],)
    own = {capacity.default_basis, *capacity.category_bases.values()}
    named = dict.fromkeys(row.basis for row in live_decrees(party, now) if row.basis in own and row.basis in pack.basis)
    return tuple(named) or (capacity.default_basis,)


def expected_basis(pack: Pack, capacity: Capacity, party: PartyFact | None, category: str, now: datetime) -> Term:
    """The basis to name when a party in a capacity provides a category: the first of :func:`right_bases`."""
    return right_bases(pack, capacity, party, category, now)[0]


@decides_item("grondslag_ontbreekt", "grondslag_onbekend", "grondslag_onjuist")
def basis_by_origin(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """6.1-6.3: each item stands on the basis that follows from who provided it first."""
    if piece.ground is None:
        yield because("grondslag_ontbreekt", f"{piece.at}/ground")
    elif piece.ground.basis not in matter.pack.basis:
        yield because("grondslag_onbekend", f"{piece.ground_at}/basis")
    elif piece.capacity is not None:
        right = right_bases(matter.pack, piece.capacity, piece.party, piece.item.category, matter.now)
        if piece.ground.basis not in right:
            yield because("grondslag_onjuist", f"{piece.ground_at}/basis")


@decides_item("regime_onjuist")
def regime_by_origin(_: Matter, piece: Piece) -> Iterator[Reason]:
    """6.1-6.3: the regime is derived from the first provider; a sender cannot choose it."""
    if piece.capacity is not None and piece.item.regime != piece.capacity.regime:
        yield because("regime_onjuist", f"{piece.at}/regime")


@decides_item("herkomst_onbekend")
def known_origin(_: Matter, piece: Piece) -> Iterator[Reason]:
    """2.1: whose data it is, is known: an address of this house in a capacity of the pack."""
    if piece.capacity is None or piece.party is None:
        yield because("herkomst_onbekend", f"{piece.at}/origin/party" if piece.exact else piece.at)


@decides_item("besluit_ontbreekt", "besluit_ongeldig")
def decree_on_record(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """6.4d: police data go only while a signed decree is on record and valid; a decree that is named must be so."""
    ground = piece.ground
    if ground is None:
        return
    row = matter.pack.basis.get(ground.basis)
    if row is None or (ground.decree is None and not row.decree):
        return
    valid = {decree.id for decree in live_decrees(piece.party, matter.now) if decree.basis == ground.basis}
    if ground.decree is None:
        yield because("besluit_ontbreekt", f"{piece.ground_at}/decree")
    elif ground.decree not in valid:
        yield because("besluit_ongeldig", f"{piece.ground_at}/decree")


def marks_of(pack: Pack, regime: str) -> tuple[Term, ...]:
    """The marks that travel with data of a regime, as conditions of their ground (7.1)."""
    return pack.marks.get(regime, ())


@decides_item("kenmerk_ontbreekt")
def marks_stay(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """7.1: the mark of secrecy travels with the data; under a ceiling the regime carries it."""
    if piece.capacity is None or not isinstance(piece.ground, Ground):
        return
    if not set(marks_of(matter.pack, piece.capacity.regime)).issubset(piece.ground.conditions):
        yield because("kenmerk_ontbreekt", f"{piece.ground_at}/conditions")


@decides_item("niet_uit_deze_bron", "politiegegevens_van_ander")
def police_provides_afresh(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """7.1, 8.8: what only some can provide comes from them; marked data held by another party are not passed on,
    unless the police allowed just that."""
    capacity, category, pack = piece.capacity, piece.category, matter.pack
    if capacity is None:
        return
    if category and category.origins and capacity.id not in category.origins:
        sources = [pack.capacity[own] for own in category.origins]
        marked = any(marks_of(pack, source.regime) for source in sources)
        who = (" of ".join(row.label.nl for row in sources), " or ".join(row.label.en for row in sources))
        yield because("niet_uit_deze_bron", f"{piece.at}/category", "7.1" if marked else "4.2", who)
    from_another = piece.exact is not None and piece.exact.origin.party != piece.provision.sender
    if from_another and not matter.from_house and marks_of(pack, capacity.regime) and not permitted(matter, piece):
        yield because("politiegegevens_van_ander", f"{piece.at}/origin/party")
