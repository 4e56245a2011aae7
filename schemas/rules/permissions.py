"""Police data that somebody held from before go only with a permission that the police recorded (7.1)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.content import Ground
from schemas.facts import PermissionFact
from schemas.rules.matter import Matter, Piece
from schemas.rules.reason import Reason, because, decides_item
from schemas.rules.uses import same_purpose


def _fits(matter: Matter, piece: Piece, fact: PermissionFact) -> bool:
    item, manifest = piece.item, matter.manifest
    return (
        (fact.provider, fact.holder) == (piece.provider, manifest.sender)
        and (fact.subject, fact.subject_category) == (item.subject, item.subject_category)
        and item.category in fact.categories
        and fact.phase == manifest.phase
        and same_purpose(matter.pack, fact.purpose, manifest.purpose)
        and matter.now < fact.until
    )


def marked(matter: Matter, piece: Piece) -> bool:
    """Whether a secrecy travels with data of this origin (7.1)."""
    return piece.capacity is not None and bool(matter.pack.marks.get(piece.capacity.regime))


def permitted(matter: Matter, piece: Piece) -> bool:
    """Whether the police allow the sender, a party, to pass on just this: then nobody else has to agree (7.1).

    The house held nothing from before: what it got, it passes on with an agreement like anybody's.
    """
    ground = piece.ground
    if not isinstance(ground, Ground) or ground.permission is None:
        return False
    if matter.from_house or not piece.passed_on or not marked(matter, piece):
        return False
    return any(fact.id == ground.permission and _fits(matter, piece, fact) for fact in matter.facts.permissions)


@decides_item("toestemming_politie_onbekend")
def permission_on_record(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """7.1: a permission that is named is on record, the police's own, for this holder, person, category and use."""
    if isinstance(piece.ground, Ground) and piece.ground.permission and not permitted(matter, piece):
        yield because("toestemming_politie_onbekend", f"{piece.ground_at}/permission")
