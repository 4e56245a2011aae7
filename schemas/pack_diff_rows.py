"""Two lists of rows compared by id, and two rows member by member: every section of a pack but its tables.

A member that :mod:`schemas.pack_weights` does not know is shown under its own name, so that nothing new in the model
can change unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from schemas.pack import Pack
from schemas.pack_changes import UNITS, About, Change, once, shown, source_change, spelled
from schemas.pack_rows import Category, Code, FieldPart, FieldRow, Period
from schemas.pack_weights import APPEARS, CODES, MEMBERS, OPPOSITE, duration, field_level, of_sets

_SOURCE = {"article", "reading", "reason"}
_TEXTS = {"label", "value_labels"}
_OF_PHASES = {"purposes", "kinds", "codes"}
"""Sections whose rows name the phases that they bear on."""


def rows(about: About, old: Iterable[Any], new: Iterable[Any]) -> Iterator[Change]:
    """Rows by id: those that come, those that go, and those of which a member changed."""
    before, after = {key_of(row): row for row in old}, {key_of(row): row for row in new}
    for key in before | after:
        was, becomes = before.get(key), after.get(key)
        if was == becomes:
            continue
        here = _about(about, key, [row for row in (was, becomes) if row is not None])
        if was is None:
            yield _comes(here, becomes)
        elif becomes is None:
            yield _goes(here, was)
        else:
            yield from members(here, was, becomes)
    if [key for key in before if key in after] != [key for key in after if key in before]:
        yield about.change("anders", "", f"andere volgorde van {about.row or about.section}", "", "")


def key_of(row: Any) -> str:
    """What a row is known by among those of its section or category."""
    if isinstance(row, Code):
        return f"{row.use} {row.id}"
    return str(row.name if isinstance(row, FieldRow | FieldPart) else row.id)


def _about(about: About, key: str, found: list[Any]) -> About:
    """The same for one row, as it is in the packs that have it: its title and whom it bears on."""
    phases, row = about.phases, found[-1]
    if about.section == "phases":
        phases = (key,)
    elif about.section in _OF_PHASES:
        everywhere = any(not one.phases for one in found)
        phases = () if everywhere else once(phase for one in found for phase in one.phases)
    elif isinstance(row, Category):
        phases = about.phases_where(lambda ceiling: ceiling.category == key)
    title = f"`{key}`"
    if (label := getattr(row, "label", None)) is not None and len(label.nl) <= 60:
        title = f"{label.nl} ({title})"
    return replace(
        about,
        row=f"{about.row} {key}".strip(),
        title=f"{about.title}, {title}" if about.title else title,
        phases=phases,
        capacities=(key,) if about.section == "capacities" else (),
    )


def _comes(about: About, row: Any) -> Change:
    comes, _, weight = APPEARS[type(row).__name__]
    weight = CODES.get(row.use, weight) if isinstance(row, Code) else weight
    detail = _detail(about.pair.new, about, row)
    return about.change(weight, "", f"{comes}{detail and f' ({detail})'}", "", detail or "er")


def _goes(about: About, row: Any) -> Change:
    _, goes, weight = APPEARS[type(row).__name__]
    weight = CODES.get(row.use, weight) if isinstance(row, Code) else weight
    detail = _detail(about.pair.old, about, row)
    return about.change(OPPOSITE[weight], "", f"{goes}{detail and f' ({detail})'}", detail or "er", "")


def _detail(pack: Pack, about: About, row: BaseModel) -> str:
    """What a row says, member by member: those that are not as usual."""
    parts = []
    if isinstance(row, Period):
        parts.append(_length(row))
    for name, field in type(row).model_fields.items():
        value, named = getattr(row, name), MEMBERS.get((type(row).__name__, name))
        usual = None if field.is_required() else field.get_default(call_default_factory=True)
        if named and value != usual:
            parts.append(f"{named.words}: {spelled(value)}")
    if isinstance(row, FieldRow):
        parts.append(f"gaat mee in {', '.join(_cells(pack, about.row, row.name)) or 'geen bericht'}")
    return "; ".join(parts)


def members(about: About, was: Any, becomes: Any) -> Iterator[Change]:
    """Every member of one row that differs."""
    model = type(becomes)
    for name in model.model_fields:
        old, new = getattr(was, name), getattr(becomes, name)
        if old == new or name in _SOURCE or (name == "unit" and was.amount != becomes.amount):
            continue
        if name in {"fields", "parts"}:
            yield from rows(about, old, new)
        elif isinstance(becomes, FieldRow) and name == "level":
            yield _field_level(about, was, becomes)
        elif isinstance(becomes, Period) and name in {"amount", "unit"}:
            yield _period(about, was, becomes)
        else:
            named = MEMBERS.get((model.__name__, name))
            called = (named.changed or named.words) if named else "tekst" if name == "label" else name
            words = f"{called}: {shown(old, new)}"
            weight = named.weigh(old, new) if named else "anders"
            yield about.change(weight, name, words, spelled(old), spelled(new), only=name in _TEXTS)
    if source := source_change(about, was, becomes):
        yield source


def _length(row: Period) -> str:
    return f"{row.amount} {UNITS[row.unit]}"


def _period(about: About, was: Period, becomes: Period) -> Change:
    old, new = _length(was), _length(becomes)
    more = duration(becomes.amount, becomes.unit) - duration(was.amount, was.unit)
    if more == 0:
        return about.change("anders", "amount", f"zelfde termijn, andere maat: {old} → {new}", old, new)
    words = "langere" if more > 0 else "kortere"
    return about.change("ruimer" if more > 0 else "strenger", "amount", f"{words} termijn: {old} → {new}", old, new)


def _field_level(about: About, was: FieldRow, becomes: FieldRow) -> Change:
    old, new = (_cells(pack, about.row, becomes.name) for pack in about.pair)
    gained, lost = [cell for cell in new if cell not in old], [cell for cell in old if cell not in new]
    parts = [f"ander niveau: {was.level} → {becomes.level}"]
    parts += [f"gaat nu mee in {', '.join(gained)}"] if gained else []
    parts += [f"gaat niet meer mee in {', '.join(lost)}"] if lost else []
    parts += [] if gained or lost else ["in geen bericht verandert daardoor iets"]
    weight = of_sets(gained, lost) if gained or lost else field_level(was.level, becomes.level)
    return about.change(weight, "level", "; ".join(parts), was.level, becomes.level)


def _cells(pack: Pack, row: str, name: str) -> tuple[str, ...]:
    """Where a field of a category goes: phase and kind. ``row`` begins with the category."""
    category = row.partition(" ")[0]
    return once(
        f"{ceiling.phase}/{ceiling.kind}"
        for ceiling in pack.ceilings
        if ceiling.category == category and any(field.name == name for field in pack.fields_of(ceiling))
    )
