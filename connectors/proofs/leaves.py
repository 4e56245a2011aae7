"""The tree, built again from the leaves: chunk by chunk from where an earlier audit stopped, up to the signed root.

Decides whether the log that the broker serves is the one that it signed, and the continuation of what was seen. The
leaves come as C2SP entry bundles; every tile that others would use to check a proof is compared too. What is kept
between two chunks is the right edge of the tree, so that a log of any size takes a few hundred kilobytes.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connectors import LinkRefusedError, StateError
from connectors.proofs.report import Problem
from keys import ProofError, tiles
from keys.checkpoint import Checkpoint
from keys.merkle import HASH_LENGTH, leaf_hash, verify_consistency, verify_inclusion
from keys.tiles import HEIGHT, WIDTH, Position, Tile

Fetch = Callable[[str], Awaitable[bytes]]
"""A tile or entry bundle by its C2SP path. Raises :class:`connectors.LinkError`."""
AT_ONCE = 8
CHUNK = 16 * WIDTH
MOST_TILES = 1024
LONGEST = 2 + 0xFFFF
"""Bytes of a leaf in a bundle, with its length."""
MOST_LEAVES = 200_000_000
"""A house writes a few thousand entries a year; who signs for more wants to keep an auditor busy."""


@dataclass(frozen=True)
class Edge:
    """A tree of ``size`` leaves: the tiles on its right edge, from which it can grow and its root follows."""

    size: int = 0
    tiles: Mapping[Position, bytes] = field(default_factory=dict)

    @property
    def root(self) -> bytes:
        """Of the whole tree."""
        return tiles.root(self.size, self.tiles)

    def grow(self, hashes: Sequence[bytes]) -> tuple[Edge, Mapping[Position, bytes]]:
        """The tree with these leaves behind it, and the whole bytes of every tile that changed."""
        grown = tiles.grow(self.size, self.tiles, hashes)
        together = {**self.tiles, **grown.tiles}
        return Edge(grown.size, {at: together[at] for at in tiles.tiles_for_root(grown.size)}), grown.tiles

    def as_json(self) -> dict[str, object]:
        """To keep."""
        rows = [[level, index, base64.b64encode(data).decode("ascii")] for (level, index), data in self.tiles.items()]
        return {"size": self.size, "tiles": rows}

    @classmethod
    def of_json(cls, value: Mapping[str, object]) -> Edge:
        """What :meth:`as_json` kept. Raises :class:`StateError` where it does not hold together any more."""
        size, rows = value.get("size"), value.get("tiles")
        try:
            if type(size) is not int or not 0 <= size <= MOST_LEAVES or not isinstance(rows, list):
                raise TypeError
            edge = cls(size, {(level, index): base64.b64decode(data) for level, index, data in rows})
            _ = edge.root
        except (TypeError, ValueError, LookupError, ProofError) as error:
            raise StateError("wat een eerdere controle bewaarde is beschadigd; begin opnieuw met --again") from error
        return edge


@dataclass(frozen=True)
class Chunk:
    """Some leaves in a row, from ``first`` on, and the tree with them."""

    first: int
    leaves: tuple[bytes, ...]
    edge: Edge
    changed: Mapping[Position, bytes]
    problems: tuple[Problem, ...] = ()


def _fits(path: str, data: bytes) -> bool:
    """Whether it may be what its path names: a tile has a length, and 16 bits say that of a leaf."""
    return len(data) <= WIDTH * (LONGEST if path.startswith("tile/entries/") else HASH_LENGTH)


async def fetch_all(fetch: Fetch, paths: Sequence[str]) -> list[bytes | None]:
    """What each path holds; None where there is none, or more than it can hold. A link that fails is weather and
    raises."""
    found: list[bytes | None] = []
    for start in range(0, len(paths), AT_ONCE):
        some = paths[start : start + AT_ONCE]
        answers = await asyncio.gather(*(fetch(path) for path in some), return_exceptions=True)
        for path, answer in zip(some, answers, strict=True):
            if isinstance(answer, LinkRefusedError) and answer.status < 500 and answer.status != 429:
                found.append(None)
            elif isinstance(answer, BaseException):
                raise answer
            else:
                found.append(answer if _fits(path, answer) else None)
    return found


def remembering(fetch: Fetch) -> Fetch:
    """The same, each path once, as long as it is not too much: proofs of neighbours take the same tiles."""
    known: dict[str, bytes] = {}

    async def remembered(path: str) -> bytes:
        if path not in known:
            if len(known) >= MOST_TILES:
                known.clear()
            data = await fetch(path)
            known[path] = data if _fits(path, data) else b""  # what is no tile is not worth the room
        return known[path]

    return remembered


async def walk(fetch: Fetch, edge: Edge, size: int) -> AsyncIterator[Chunk]:
    """The leaves from ``edge`` to ``size``. The last chunk has a problem, and no leaves, where the log breaks off."""
    while edge.size < size:
        end = min(size, (edge.size // CHUNK + 1) * CHUNK)
        chunk = await _chunk(fetch, edge, end, size)
        yield chunk
        if chunk.problems:
            return
        edge = chunk.edge


async def _chunk(fetch: Fetch, edge: Edge, end: int, size: int) -> Chunk:
    wanted = [
        Tile(None, index, min(WIDTH, size - index * WIDTH)) for index in range(edge.size // WIDTH, -(-end // WIDTH))
    ]
    leaves: list[bytes] = []
    for bundle, data in zip(wanted, await fetch_all(fetch, [one.path for one in wanted]), strict=True):
        entries = _decode(data)
        if entries is None or len(entries) != bundle.width:
            problem = Problem("blad_ontbreekt", bundle.index * WIDTH, bundle.path)
            return Chunk(edge.size, (), edge, {}, (problem,))
        leaves += entries
    known = edge.size % WIDTH
    before = edge.tiles.get((0, edge.size // WIDTH), b"")
    for place, leaf in enumerate(leaves[:known]):
        if leaf_hash(leaf) != before[place * HASH_LENGTH : (place + 1) * HASH_LENGTH]:
            return Chunk(edge.size, (), edge, {}, (Problem("blad_veranderd", edge.size - known + place),))
    fresh = tuple(leaves[known:])
    grown, changed = edge.grow([leaf_hash(leaf) for leaf in fresh])
    return Chunk(edge.size, fresh, grown, changed)


def _decode(data: bytes | None) -> tuple[bytes, ...] | None:
    try:
        return None if data is None else tiles.decode_bundle(data)
    except ProofError:
        return None


def root_within(chunk: Chunk, before: Edge, size: int) -> bytes | None:
    """The root of the first ``size`` leaves, where these end inside the chunk."""
    if not before.size < size <= chunk.edge.size:
        return None
    return tiles.root(size, {**before.tiles, **chunk.changed})


def whole_tiles(changed: Mapping[Position, bytes]) -> Iterator[tuple[Tile, bytes]]:
    """The tiles that a chunk filled; they never change again."""
    for (level, index), data in changed.items():
        if len(data) == WIDTH * HASH_LENGTH:
            yield Tile(level, index), data


def edge_tiles(edge: Edge) -> Iterator[tuple[Tile, bytes]]:
    """The partial tiles of a tree."""
    level, count = 0, edge.size
    while count:
        index, width = divmod(count, WIDTH)
        if width:
            yield Tile(level, index, width), edge.tiles[level, index][: width * HASH_LENGTH]
        level, count = level + 1, count >> HEIGHT


async def compare_tiles(fetch: Fetch, expected: Iterator[tuple[Tile, bytes]]) -> list[Problem]:
    """The tiles that are served differently from what the leaves make of them."""
    rows = list(expected)
    served = await fetch_all(fetch, [tile.path for tile, _ in rows])
    return [
        Problem("tegel_anders", what=tile.path)
        for (tile, data), found in zip(rows, served, strict=True)
        if found != data
    ]


async def _tiles(fetch: Fetch, positions: set[Position], size: int) -> dict[Position, bytes]:
    wanted = sorted(positions)
    names = [Tile(level, index, min(WIDTH, (size >> (HEIGHT * level)) - WIDTH * index)).path for level, index in wanted]
    return {at: data for at, data in zip(wanted, await fetch_all(fetch, names), strict=True) if data is not None}


async def continues(fetch: Fetch, size: int, root: bytes, head: Checkpoint) -> bool:
    """Whether the tree of ``head`` begins with that of ``size`` and ``root``, by a proof made from the log's tiles."""
    if not 0 < size <= head.size:
        return size == 0
    try:
        found = await _tiles(fetch, tiles.tiles_for_consistency(size, head.size), head.size)
        path = tiles.consistency_proof(size, head.size, found)
        verify_consistency(size, head.size, root, head.root, path)
    except ProofError:
        return False
    return True


async def stands(fetch: Fetch, index: int, leaf: bytes, head: Checkpoint) -> bool:
    """Whether a leaf stands at its index under ``head``, by a proof made from the log's tiles."""
    try:
        found = await _tiles(fetch, tiles.tiles_for_inclusion(index, head.size), head.size)
        path = tiles.inclusion_proof(index, head.size, found)
        verify_inclusion(index, head.size, leaf_hash(leaf), path, head.root)
    except ProofError:
        return False
    return True
