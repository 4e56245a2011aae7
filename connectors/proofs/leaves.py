"""The whole tree, built again from the leaves: root, tiles, and the tree that was held before.

Decides whether the log that the broker serves is the one that it signed, and the continuation of what was seen. The
leaves come as C2SP entry bundles; every tile that others would use to check a proof is compared too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from connectors import LinkError
from connectors.proofs.report import Problem
from keys import ProofError, tiles
from keys.checkpoint import Checkpoint
from keys.merkle import leaf_hash
from keys.tiles import HEIGHT, WIDTH, Position, Tile

Fetch = Callable[[str], Awaitable[bytes]]
"""A tile or entry bundle by its C2SP path. Raises :class:`LinkError`."""
Progress = Callable[[str, int, int], None]
"""What is being done, how many of it, of how many."""
AT_ONCE = 8


@dataclass(frozen=True)
class Tree:
    """The leaves that were served, and what is wrong with them."""

    leaves: tuple[bytes, ...]
    problems: tuple[Problem, ...]


def _bundles(size: int) -> Iterator[Tile]:
    for index in range(-(-size // WIDTH)):
        yield Tile(None, index, min(WIDTH, size - index * WIDTH))


def _tiles(size: int) -> Iterator[tuple[Position, Tile]]:
    level, count = 0, size
    while count:
        for index in range(-(-count // WIDTH)):
            yield (level, index), Tile(level, index, min(WIDTH, count - index * WIDTH))
        level, count = level + 1, count >> HEIGHT


async def _all(fetch: Fetch, paths: Sequence[str], what: str, progress: Progress) -> list[bytes | None]:
    """What each path holds; None where it is not served. A link that fails altogether is weather and raises."""
    found: list[bytes | None] = []
    for start in range(0, len(paths), AT_ONCE):
        some = paths[start : start + AT_ONCE]
        answers = await asyncio.gather(*(fetch(path) for path in some), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, LinkError):
                raise answer
            found.append(answer if isinstance(answer, bytes) else None)
        progress(what, len(found), len(paths))
    return found


async def rebuild(fetch: Fetch, head: Checkpoint, held: Checkpoint | None, progress: Progress) -> Tree:
    """The leaves of the tree of ``head``, checked against its root, its tiles, and ``held``."""
    wanted = list(_bundles(head.size))
    served = await _all(fetch, [bundle.path for bundle in wanted], "bladen", progress)
    leaves: list[bytes] = []
    for bundle, data in zip(wanted, served, strict=True):
        entries = _decode(data)
        if entries is None or len(entries) != bundle.width:
            return Tree(tuple(leaves), (Problem("blad_ontbreekt", bundle.index * WIDTH, bundle.path),))
        leaves += entries
    grown = tiles.grow(0, {}, [leaf_hash(leaf) for leaf in leaves])
    problems = list(_roots(grown.tiles, grown.root, head, held))
    problems += await _compare(fetch, grown.tiles, head.size, progress)
    return Tree(tuple(leaves), tuple(problems))


def _decode(data: bytes | None) -> tuple[bytes, ...] | None:
    try:
        return None if data is None else tiles.decode_bundle(data)
    except ProofError:
        return None


def _roots(grown: tiles.TileBytes, root: bytes, head: Checkpoint, held: Checkpoint | None) -> Iterator[Problem]:
    if root != head.root:
        yield Problem("wortel_anders", head.size)
    if held is not None and held.size > head.size:
        yield Problem("logboek_gekrompen", head.size)
    elif held is not None and tiles.root(held.size, grown) != held.root:
        yield Problem("logboek_gespleten", held.size)


async def _compare(fetch: Fetch, grown: tiles.TileBytes, size: int, progress: Progress) -> list[Problem]:
    wanted = list(_tiles(size))
    served = await _all(fetch, [tile.path for _, tile in wanted], "tegels", progress)
    return [
        Problem("tegel_anders", what=tile.path)
        for (position, tile), data in zip(wanted, served, strict=True)
        if data != grown[position]
    ]
