"""The tables of a pack compared cell by cell: what may go (ceilings), what stays out on purpose, and who may provide.

Not row by row: a table that is divided into rows in another way says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from schemas.facts import HOUSE_FUNCTION
from schemas.pack import Pack
from schemas.pack_changes import About, Change, Pair, came_and_went, once, source_change, source_of
from schemas.pack_rows import Absence, CeilingRow
from schemas.pack_weights import Weight, grows, level

Cell = tuple[str, str, str, str]
"""Phase, kind, category, category of person."""


class _Found(NamedTuple):
    """A difference of a cell, but for the person: the same one about several persons is one change."""

    phase: str
    kind: str
    category: str
    member: str
    weight: Weight
    words: str
    before: str
    after: str
    capacities: tuple[str, ...] = ()
    words_only: bool = False


def ceilings(pair: Pair) -> Iterator[Change]:
    """What may go, to which level, from whom, for what."""
    groups: dict[_Found, list[str]] = {}
    old, new, why = pair.old.ceiling, pair.new.ceiling, _absent(pair.new)
    for cell in old | new:
        if cell not in new:
            differences = [_gone(pair.old, old[cell], why.get(cell, ""))]
        elif cell not in old:
            differences = [_come(pair.new, new[cell])]
        else:
            differences = [*_changed(pair, old[cell], new[cell])]
        for found in differences:
            groups.setdefault(found, []).append(cell[3])
    for found, subjects in groups.items():
        yield _written(pair, "ceilings", found, _category(pair, found.category), subjects)


def _written(pair: Pair, section: str, found: _Found, category: str, subjects: list[str]) -> Change:
    where = f" in `{found.kind}`" if found.kind else ""
    about = About(
        pair,
        section,
        " ".join((found.phase, found.kind or "-", found.category, ",".join(subjects))),
        f"{category} over {', '.join(subject.replace('_', ' ') for subject in subjects)}{where}",
        (found.phase,),
        found.capacities,
    )
    only = found.words_only
    return about.change(found.weight, found.member, found.words, found.before, found.after, only=only)


def _come(pack: Pack, row: CeilingRow) -> _Found:
    said = _said(pack, row)
    return _found(row, "", "ruimer", f"nieuw toegestaan, {said}", "", said, givers(pack, row))


def _gone(pack: Pack, row: CeilingRow, why: str) -> _Found:
    said = _said(pack, row)
    words = f"niet meer toegestaan (was {said}){why and f'; waarom: {why}'}"
    return _found(row, "", "strenger", words, said, "", givers(pack, row))


def _found(
    row: CeilingRow, member: str, weight: Weight, words: str, before: str, after: str, who: tuple[str, ...]
) -> _Found:
    return _Found(row.phase, row.kind, row.category, member, weight, words, before, after, who)


def _said(pack: Pack, row: CeilingRow) -> str:
    names = ", ".join(field.name for field in pack.fields_of(row))
    parts = [f"tot niveau {row.level}: {names or 'geen velden'}"]
    parts += [f"voor {', '.join(row.purposes)}"] if row.purposes else []
    parts += [f"van {', '.join(row.providers)}"] if row.providers else []
    return "; ".join(parts)


def _changed(pair: Pair, was: CeilingRow, becomes: CeilingRow) -> Iterator[_Found]:
    who = once((*givers(pair.old, was), *givers(pair.new, becomes)))
    fields = [tuple(field.name for field in pair[n].fields_of(row)) for n, row in enumerate((was, becomes))]
    if was.level != becomes.level:
        words = f"ander niveau: {was.level} → {becomes.level}"
        change = came_and_went(fields[1], fields[0])
        weight = level(was.level, becomes.level)
        yield _found(becomes, "level", weight, f"{words}; {change}" if change else words, was.level, becomes.level, who)
    lists = (
        ("fields", "andere velden", fields[0], fields[1]),
        ("purposes", "andere doelen", _purposes(pair.old, was), _purposes(pair.new, becomes)),
        ("providers", "wie mag verstrekken", givers(pair.old, was), givers(pair.new, becomes)),
    )
    for member, words, old, new in lists:
        if getattr(was, member) != getattr(becomes, member):
            change = came_and_went(new, old) or "anders geschreven, met dezelfde uitkomst"
            before, after = ", ".join(old), ", ".join(new)
            yield _found(becomes, member, grows(old, new), f"{words}: {change}", before, after, who)
    if source := source_change(About(pair, "ceilings"), was, becomes):
        yield _found(becomes, "article", "anders", source.text, source.before, source.after, ())._replace(
            words_only=True
        )


def _purposes(pack: Pack, row: CeilingRow) -> tuple[str, ...]:
    """The purposes for which a row counts."""
    return row.purposes or tuple(purpose.id for purpose in pack.purposes if row.phase in purpose.phases)


def givers(pack: Pack, row: CeilingRow) -> tuple[str, ...]:
    """The capacities that may provide under a row; empty where the house sends it."""
    kind = pack.kind.get(row.kind)
    if kind is not None and kind.senders == (HOUSE_FUNCTION,):
        return ()
    allowed = (who.id for who in pack.capacities if (row.category, who.id) in pack.provider)
    return tuple(who for who in allowed if not row.providers or who in row.providers)


def _category(pair: Pair, id_: str) -> str:
    row = pair.new.category.get(id_) or pair.old.category.get(id_)
    return row.label.nl if row else f"`{id_}`"


def absences(pair: Pair) -> Iterator[Change]:
    """What stays out on purpose. Cells that were a ceiling, or become one, are said there."""
    old, new = _absent(pair.old), _absent(pair.new)
    groups: dict[_Found, list[str]] = {}
    for cell in old | new:
        phase, kind, category, subject = cell
        before, after = old.get(cell, ""), new.get(cell, "")
        if before == after or (cell in pair.old.ceiling) != (cell in pair.new.ceiling):
            continue
        words = "rust voortaan op" if before and after else "bewust niet" if after else "niet langer bewust uitgesloten"
        found = _Found(phase, kind, category, "", "anders", f"{words}: {after or before}", before, after)
        groups.setdefault(found, []).append(subject)
    yield from _together(pair, groups)


def _together(pair: Pair, groups: Mapping[_Found, list[str]]) -> Iterator[Change]:
    """Categories of which the same is said about the same persons are one change."""
    joined: dict[tuple[_Found, tuple[str, ...]], list[str]] = {}
    for found, subjects in groups.items():
        joined.setdefault((found._replace(category=""), tuple(subjects)), []).append(found.category)
    for (found, people), categories in joined.items():
        names = "; ".join(_category(pair, category) for category in categories)
        yield _written(pair, "absences", found._replace(category=",".join(categories)), names, list(people))


def _absent(pack: Pack) -> dict[Cell, str]:
    """Each cell that stays out, with where that comes from."""
    return {
        (row.phase, kind, category, subject): source_of(row)
        for row in pack.absences
        for kind in _kinds(pack, row)
        for category in row.categories
        for subject in row.subjects
    }


def _kinds(pack: Pack, row: Absence) -> tuple[str, ...]:
    carrying = (kind.id for kind in pack.kinds if kind.items != "none" and row.phase in kind.phases)
    return row.kinds or tuple(carrying) or ("",)


def providers(pair: Pair) -> Iterator[Change]:
    """Who may provide a category, and whether only in its own role."""
    rows = [{row.category: row for row in pack.providers} for pack in pair]
    groups: dict[tuple[str, Weight, str, str], list[str]] = {}
    for category, who in pair.old.provider | pair.new.provider:
        was, becomes = (pack.provider.get((category, who), "") for pack in pair)
        if was != becomes:
            groups.setdefault((category, _PROVIDES[was, becomes][0], was, becomes), []).append(who)
    for (category, weight, was, becomes), capacities in groups.items():
        about = _provider(pair, category, tuple(capacities))
        names = ", ".join(_capacity(pair, who) for who in capacities)
        words = f"{_PROVIDES[was, becomes][1]}: {names}"
        yield about.change(weight, becomes or was, words, _HOW[was], _HOW[becomes])
    for category in (category for category in rows[0] if category in rows[1]):
        if source := source_change(_provider(pair, category, ()), rows[0][category], rows[1][category]):
            yield source


_HOW = {"": "", "usual": "gewoon", "limited": "alleen vanuit de eigen rol"}
_PROVIDES: Mapping[tuple[str, str], tuple[Weight, str]] = {
    ("", "usual"): ("ruimer", "mag voortaan verstrekken"),
    ("", "limited"): ("ruimer", "mag voortaan verstrekken, alleen vanuit de eigen rol"),
    ("usual", ""): ("strenger", "mag niet meer verstrekken"),
    ("limited", ""): ("strenger", "mag niet meer verstrekken (deed dat alleen vanuit de eigen rol)"),
    ("usual", "limited"): ("strenger", "mag alleen nog vanuit de eigen rol verstrekken"),
    ("limited", "usual"): ("ruimer", "mag niet meer alleen vanuit de eigen rol verstrekken"),
}


def _provider(pair: Pair, category: str, capacities: tuple[str, ...]) -> About:
    about = About(pair, "providers", " ".join((category, *capacities)), _category(pair, category))
    phases = about.phases_where(lambda row: row.category == category and _bears_on(row, capacities))
    return About(pair, "providers", about.row, about.title, phases, capacities)


def _bears_on(row: CeilingRow, capacities: tuple[str, ...]) -> bool:
    return not capacities or not row.providers or bool(set(row.providers) & set(capacities))


def _capacity(pair: Pair, id_: str) -> str:
    row = pair.new.capacity.get(id_) or pair.old.capacity.get(id_)
    return row.label.nl if row else f"`{id_}`"


TABLES: Mapping[str, Callable[[Pair], Iterator[Change]]] = {
    "ceilings": ceilings,
    "absences": absences,
    "providers": providers,
}
