"""What is compared: two tables as cells, and the differences that were decided, each with its reason.

A cell of the pack must be that of the document, or what a :class:`Divergence` says, and nothing else: an entry about
two cells that are the same, or differ otherwise by now, is an error as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from schemas.pack import Pack
from tests.oracle.markdown import Documents

Key = tuple[str, ...]
Value = str | int | bool | frozenset[str] | tuple[object, ...] | None
"""None: there is no such cell."""
Cells = Mapping[Key, Value]


@dataclass(frozen=True)
class Divergence:
    """Cells in which the pack differs from the document on purpose: what the document has, and the pack."""

    table: str
    reason: str
    cells: Mapping[Key, tuple[Value, Value]]


@dataclass(frozen=True)
class Flip:
    """One cell of the pack otherwise than it is; ``cells``: the keys that a comparison must then report."""

    cells: frozenset[Key]
    what: str
    pack: Pack


@dataclass(frozen=True)
class Comparison:
    """One table of the documents beside the same of the pack."""

    name: str
    document: Callable[[Documents], Cells]
    pack: Callable[[Pack], Cells]
    flips: Callable[[Pack], Iterator[Flip]]


def settled(name: str, document: Cells, divergences: Iterable[Divergence]) -> dict[Key, Value]:
    """What the pack must hold: the document's cells, but for what was decided otherwise."""
    cells = dict(document)
    for entry in divergences:
        if entry.table == name:
            cells |= {key: ours for key, (_, ours) in entry.cells.items()}
    return {key: value for key, value in cells.items() if value is not None}


def differing(one: Cells, other: Cells) -> set[Key]:
    """The keys whose values differ; a missing one counts as None."""
    return {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}


def stale(name: str, document: Cells, divergences: Iterable[Divergence]) -> set[Key]:
    """Keys of entries that say of the document what it does not say, or that are no difference, or stand twice."""
    wrong: set[Key] = set()
    seen: set[Key] = set()
    for entry in divergences:
        for key, (theirs, ours) in entry.cells.items() if entry.table == name else ():
            if theirs == ours or document.get(key) != theirs or key in seen:
                wrong.add(key)
            seen.add(key)
    return wrong


def told(keys: Iterable[Key], one: Cells, other: Cells) -> list[str]:
    """Differences as lines for people."""
    return [
        f"{' / '.join(key)}: must be {_plain(one.get(key))}, is {_plain(other.get(key))}" for key in sorted(set(keys))
    ]


def _plain(value: object) -> str:
    return "{" + ", ".join(sorted(map(str, value))) + "}" if isinstance(value, frozenset) else str(value)
