"""Nobody's data go before the person was told, or before it is on record why not yet (16)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.content import Ground
from schemas.facts import InformedFact
from schemas.rules.matter import Matter, Piece
from schemas.rules.reason import Reason, because, decides_item


def _words(matter: Matter, piece: Piece) -> list[InformedFact]:
    """What is known of telling this person, from whose task it is: the notifier, and whose data it is (16.1)."""
    case = matter.facts.case
    telling = {matter.acting_for, piece.provider, case.notifier if case else None}
    return [row for row in matter.facts.informed if row.subject == piece.item.subject and row.by in telling]


@decides_item("niet_geinformeerd", "hercontrole_verlopen")
def person_informed(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """16.1, 16.6-7: told, or deferred with a day on which it is looked at again that has not passed.

    Decided on the fact, never on what the sender says in a ground. Told by one is told. Staff are told by their own
    organisation.
    """
    if piece.item.subject_category in matter.pack.staff:
        return
    facts = _words(matter, piece)
    today = matter.now.date()
    told = any(row.at is not None and matter.told_from <= row.at <= matter.today for row in facts)
    deferred = any(row.recheck is not None and today <= row.recheck <= matter.check_until for row in facts)
    if not told and not deferred:
        overdue = any(row.recheck is not None for row in facts)
        yield because("hercontrole_verlopen" if overdue else "niet_geinformeerd", f"{piece.at}/subject")


@decides_item("geinformeerd_anders")
def ground_says_the_same(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """16.2: what a ground says of telling the person is what is on record."""
    ground = piece.ground
    if not isinstance(ground, Ground) or piece.item.subject_category in matter.pack.staff:
        return
    if ground.informed is None and ground.recheck is None and not ground.deferred:
        return
    facts = _words(matter, piece)
    if ground.informed is not None and ground.informed not in {row.at for row in facts}:
        yield because("geinformeerd_anders", f"{piece.ground_at}/informed")
    if ground.recheck is not None and ground.recheck not in {row.recheck for row in facts}:
        yield because("geinformeerd_anders", f"{piece.ground_at}/recheck")
    if ground.deferred and not any(row.recheck is not None for row in facts):
        yield because("geinformeerd_anders", f"{piece.ground_at}/deferred")
