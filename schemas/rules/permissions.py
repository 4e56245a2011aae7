"""Police data that somebody held from before go only with a permission that the police recorded (7.1)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.acts import Permission
from schemas.content import Ground
from schemas.facts import PermissionFact
from schemas.rules.matter import Matter, Piece
from schemas.rules.reason import Reason, because, decides_act, decides_item


def _fits(matter: Matter, piece: Piece, fact: PermissionFact) -> bool:
    item, manifest = piece.item, matter.manifest
    return (
        matter.facts.house_address in manifest.to
        and (fact.provider, fact.holder) == (piece.provider, manifest.sender)
        and (fact.subject, fact.subject_category) == (item.subject, item.subject_category)
        and item.category in fact.categories
        and fact.phase == manifest.phase
        and fact.purpose in matter.purposes
        and matter.now < fact.until
    )


def marked(matter: Matter, piece: Piece) -> bool:
    """Whether a secrecy travels with data of this origin (7.1)."""
    return piece.capacity is not None and bool(matter.pack.marks.get(piece.capacity.regime))


def permitted(matter: Matter, piece: Piece) -> bool:
    """Whether the police allow the sender, a party, to pass on just this: then nobody else has to agree (7.1).

    7.1 has it go to the house ("aan het Zorg- en veiligheidshuis"): where the house receives, and in the meeting those
    who sit there with it. The house, which cannot receive what it sends, held nothing from before: what it got, it
    passes on with an agreement like anybody's.
    """
    named = piece.ground.permission if isinstance(piece.ground, Ground) else None
    if not piece.passed_on or not marked(matter, piece):
        return False
    return any(fact.id == named and _fits(matter, piece, fact) for fact in matter.facts.permissions)


@decides_item("toestemming_politie_onbekend")
def permission_on_record(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """7.1: a permission that is named is on record, the police's own, for this holder, person, category and use."""
    if isinstance(piece.ground, Ground) and piece.ground.permission and not permitted(matter, piece):
        yield because("toestemming_politie_onbekend", f"{piece.ground_at}/permission")


@decides_act("mag_niet_verstrekken")
def permission_for_its_own(matter: Matter, act: Permission) -> Iterator[Reason]:
    """4.2, 7.1: the police allow others to pass on what they could provide themselves, and nothing else."""
    for index, category in enumerate(act.categories):
        if category in matter.pack.category and (category, matter.manifest.sender.function) not in matter.pack.provider:
            yield because("mag_niet_verstrekken", f"/act/categories/{index}")
