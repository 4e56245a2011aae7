"""One difference between two packs, and how its values are written in Dutch. See :mod:`schemas.pack_diff`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import BaseModel

from schemas.pack import Pack
from schemas.pack_rows import CeilingRow
from schemas.pack_weights import Weight

WORDS_ONLY = {"rules", "questions", "id", "version", "label", "absences"}
"""Sections that say something to people and nothing to the kernel."""
UNITS = {"hours": "uur", "days": "dagen", "weeks": "weken", "months": "maanden", "years": "jaar"}


@dataclass(frozen=True)
class Change:
    """One thing that differs. ``row``: ids of what it is about; ``member`` empty: the row as a whole.

    ``phases`` empty: every phase. ``capacities`` empty: every party. ``words_only``: only a text, an article or a
    reason differs, so that nothing is decided otherwise.
    """

    weight: Weight
    section: str
    row: str
    member: str
    text: str
    before: str
    after: str
    phases: tuple[str, ...] = ()
    capacities: tuple[str, ...] = ()
    words_only: bool = False


class Pair(NamedTuple):
    """The pack of now and the next one."""

    old: Pack
    new: Pack


@dataclass(frozen=True)
class About:
    """Where a row stands: its section, its ids, what people call it, and whom it bears on."""

    pair: Pair
    section: str
    row: str = ""
    title: str = ""
    phases: tuple[str, ...] = ()
    capacities: tuple[str, ...] = ()

    def change(self, weight: Weight, member: str, words: str, before: str, after: str, *, only: bool = False) -> Change:
        """A change of this row; ``only``: of words."""
        return Change(
            weight=weight,
            section=self.section,
            row=self.row,
            member=member,
            text=f"{self.title}: {words}" if self.title else words,
            before=before,
            after=after,
            phases=self.phases,
            capacities=self.capacities,
            words_only=only or self.section in WORDS_ONLY,
        )

    def phases_where(self, fits: Callable[[CeilingRow], bool]) -> tuple[str, ...]:
        """The phases in which one of both packs has such a ceiling."""
        return once(row.phase for pack in self.pair for row in pack.ceilings if fits(row))


def once(words: Iterable[str]) -> tuple[str, ...]:
    """Each word once, in the order of the first."""
    return tuple(dict.fromkeys(words))


def source_change(about: About, was: Any, becomes: Any) -> Change | None:
    """Another article, reading or reason, if that is so."""
    old, new = source_of(was), source_of(becomes)
    if old == new:
        return None
    return about.change("anders", "article", f"rust voortaan op {new}; dat was {old}", old, new, only=True)


def source_of(row: Any) -> str:
    """Where a row comes from, in words."""
    article = f"artikel {row.article}" if getattr(row, "article", None) else "geen artikel"
    reading, reason = getattr(row, "reading", None), getattr(row, "reason", None)
    said = " ".join(filter(None, ("eigen lezing" if reading else "", reason)))
    return f"{article} ({said})" if said else article


def spelled(value: Any) -> str:
    """A value of a row in words."""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {spelled(one)}" for key, one in value.items()) or "geen"
    if isinstance(value, BaseModel):
        return " / ".join(str(getattr(value, name)) for name in type(value).model_fields)
    if isinstance(value, tuple):
        return ", ".join(map(spelled, value)) or "geen"
    return "geen" if value is None else str(value)


def shown(old: Any, new: Any) -> str:
    """The difference between two values: of two lists what came and what went, else both."""
    if isinstance(old, tuple) and isinstance(new, tuple) and old and new:
        parts = came_and_went(new, old)
        return parts or f"andere volgorde: {spelled(new)}"
    return f"{spelled(old)} → {spelled(new)}"


def came_and_went(new: Iterable[str], old: Iterable[str]) -> str:
    """What came and what went, in words; empty where neither."""
    after, before = tuple(new), tuple(old)
    gained, lost = [one for one in after if one not in before], [one for one in before if one not in after]
    parts = [f"erbij {', '.join(gained)}"] if gained else []
    parts += [f"eraf {', '.join(lost)}"] if lost else []
    return "; ".join(parts)
