"""One thing of a pack otherwise, without loading it again: copies of the parsed models, unchecked on purpose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemas.pack import Pack


def altered(pack: Pack, section: str, old: Any, **members: Any) -> Pack:
    """The pack with one row of a section changed; ``old`` is the row itself."""
    rows = getattr(pack, section)
    new = tuple(row.model_copy(update=members) if row is old else row for row in rows)
    return pack.model_copy(update={section: new})


def replaced(pack: Pack, section: str, old: Any, new: Iterable[Any]) -> Pack:
    """The pack with other rows in the place of one."""
    rows: list[Any] = []
    for row in getattr(pack, section):
        rows.extend(new if row is old else [row])
    return pack.model_copy(update={section: tuple(rows)})


def added(pack: Pack, section: str, row: Any) -> Pack:
    """The pack with one row more."""
    return pack.model_copy(update={section: (*getattr(pack, section), row)})


def toggled(values: Iterable[Any], one: Any) -> tuple[Any, ...]:
    """The values with ``one`` taken out, or put in where it was not."""
    held = tuple(values)
    return tuple(value for value in held if value != one) if one in held else (*held, one)
