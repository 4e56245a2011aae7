"""What a target is: bytes in, and out comes whether our parser took them; anything it should not do is raised.

An oracle lets the declared error of its parser pass as "refused". Every other exception is a finding, and so is what
was taken in and does not come out again as the same bytes (where there is one canonical form) or the same value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from tests.testkit.case import FOLDER, bytes_of

LONGEST_SEED = 16_000


class FindingError(AssertionError):
    """A parser took what it should not have taken, or gives back something else."""


@dataclass(frozen=True)
class Target:
    """One parser. ``judge``: whether it takes these bytes. ``seeds``: bytes to begin with, some of which it takes."""

    name: str
    judge: Callable[[bytes], bool]
    seeds: Callable[[], Iterable[bytes]]
    few: int = 1500
    """How many mutations ``make test`` has time for: a quarter of a second or so."""


def same(one: object, other: object, what: str) -> None:
    """Raises :class:`FindingError` where the two differ; shows neither, they may be megabytes."""
    if one != other:
        raise FindingError(what)


def text_of(data: bytes) -> str:
    """The text that a parser of texts is given. Invalid UTF-8 becomes lone surrogates, which JSON can say too."""
    return data.decode("utf-8", "surrogateescape")


@cache
def _by_layer() -> dict[str, tuple[bytes, ...]]:
    found: dict[str, list[bytes]] = {}
    for path in sorted(FOLDER.glob("*/*.json"), key=lambda path: (not path.name.startswith("valid-"), path)):
        members = json.loads(path.read_text(encoding="utf-8"))
        found.setdefault(path.parent.name, []).append(bytes_of(members["bytes"]))
    return {layer: tuple(data) for layer, data in found.items()}


def kit(*layers: str) -> Callable[[], tuple[bytes, ...]]:
    """The files of the testkit for these layers, the valid ones first; read at run time."""

    def seeds() -> tuple[bytes, ...]:
        return tuple(data for layer in layers for data in _by_layer()[layer] if len(data) <= LONGEST_SEED)

    return seeds
