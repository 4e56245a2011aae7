"""A log's hashes in tiles of 256 (C2SP tlog-tiles): names, entry bundles, growing, and every proof out of them.

Pure: bytes in, bytes out. A store keeps one row per (level, index) whose bytes are the concatenated hashes so far, up
to 8192; they only ever grow, so the partial tile of an older size is a prefix. Readers ask ``tiles_for_*`` what they
need, fetch that in one query, and compute.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

from keys import ProofError
from keys.merkle import EMPTY_ROOT, HASH_LENGTH, fold, root_of

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
ENTRY_LIMIT: Final = 0xFFFF
"""Bytes of one entry: a bundle prefixes each with a uint16."""

Position = tuple[int, int]
"""(level, index) of a tile; level 0 holds leaf hashes."""
TileBytes = Mapping[Position, bytes]

_NUMBER: Final = r"(?:x[0-9]{3}/){0,6}[0-9]{3}"
_PATH: Final = re.compile(rf"tile/(entries|0|[1-9][0-9]?)/({_NUMBER})(?:\.p/([1-9][0-9]{{0,2}}))?")


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile or, with ``level`` None, entry bundle as it is named in a URL; ``width`` 1 to 256."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """``tile/<L>/<N>[.p/<W>]``, or ``tile/entries/...``."""
        groups = [f"{self.index % 1000:03d}"]
        rest = self.index // 1000
        while rest:
            groups.append(f"x{rest % 1000:03d}")
            rest //= 1000
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"

    @classmethod
    def parse(cls, path: str) -> Self:
        """The tile that ``path`` names, in its one canonical spelling. Raises :class:`ProofError`."""
        found = _PATH.fullmatch(path)
        if found is None:
            raise ProofError("not the path of a tile", "tegel_pad")
        level, number, width = found.groups()
        tile = cls(
            level=None if level == "entries" else int(level),
            index=int(number.replace("x", "").replace("/", "")),
            width=WIDTH if width is None else int(width),
        )
        if tile.path != path or (tile.level or 0) > 63 or tile.width > WIDTH:
            raise ProofError("not the path of a tile", "tegel_pad")
        return tile


class Grown(NamedTuple):
    """What appending changed: the whole bytes of each tile touched, the new size and root."""

    tiles: dict[Position, bytes]
    size: int
    root: bytes


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Entries (leaves, before hashing) as a bundle: each with its length, big-endian uint16."""
    parts = []
    for entry in entries:
        if len(entry) > ENTRY_LIMIT:
            raise ProofError("an entry of the log is at most 65535 bytes", "bewijs_te_groot")
        parts.append(len(entry).to_bytes(2, "big") + entry)
    return b"".join(parts)


def decode_bundle(data: bytes) -> tuple[bytes, ...]:
    """The entries of a bundle, at most 256. Raises :class:`ProofError`."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data) or len(entries) == WIDTH:
            raise ProofError("an entry bundle that is cut off or too long", "bundel_vorm")
        entries.append(data[at + 2 : end])
        at = end
    return tuple(entries)


def _peaks(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees of leaves ``start`` to ``end`` as (height, number at that height), left to right."""
    while start < end:
        height = (end - start).bit_length() - 1
        yield height, start >> height
        start += 1 << height


def _place(height: int, number: int) -> tuple[Position, int, int]:
    """Where a complete subtree lies: its tile, and the first and last+1 hash in there."""
    level, inside = divmod(height, HEIGHT)
    index, offset = divmod(number << inside, WIDTH)
    return (level, index), offset, offset + (1 << inside)


def _tiles_of(ranges: Iterable[tuple[int, int]]) -> set[Position]:
    return {_place(*peak)[0] for start, end in ranges for peak in _peaks(start, end)}


def _hash_of(start: int, end: int, tiles: TileBytes) -> bytes:
    values = []
    for height, number in _peaks(start, end):
        position, first, last = _place(height, number)
        data = tiles.get(position, b"")[first * HASH_LENGTH : last * HASH_LENGTH]
        if len(data) != (last - first) * HASH_LENGTH:
            raise ProofError(f"tile {position[0]}/{position[1]} is missing or too short", "tegel_kort")
        values.append(root_of([data[at : at + HASH_LENGTH] for at in range(0, len(data), HASH_LENGTH)]))
    return fold(values)


def _split(size: int) -> int:
    """The largest power of two smaller than ``size`` (RFC 9162, 2.1.1)."""
    return 1 << (size - 1).bit_length() - 1


def _inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    if not 0 <= index < size:
        raise ProofError("an index outside the tree", "bewijs_plaats")
    ranges, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def _consistency_ranges(old: int, new: int) -> list[tuple[int, int]]:
    if not 0 < old <= new:
        raise ProofError(
            "consistency is between a tree of at least one leaf and one as large or larger", "bewijs_plaats"
        )
    ranges, start, end = [], 0, new
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:  # the old tree is no complete subtree of the new one: its last part comes first
        ranges.append((start, end))
    return ranges[::-1]


def tiles_for_root(size: int) -> set[Position]:
    """The tiles that :func:`root` and :func:`grow` read at ``size``: the partial ones on the right edge."""
    return _tiles_of([(0, size)])


def tiles_for_inclusion(index: int, size: int) -> set[Position]:
    """The tiles that :func:`inclusion_proof` reads. Raises :class:`ProofError` outside the tree."""
    return _tiles_of(_inclusion_ranges(index, size))


def tiles_for_consistency(old: int, new: int) -> set[Position]:
    """The tiles that :func:`consistency_proof` reads. Raises :class:`ProofError` unless 0 < old <= new."""
    return _tiles_of(_consistency_ranges(old, new))


def root(size: int, tiles: TileBytes) -> bytes:
    """The root of the first ``size`` leaves. Raises :class:`ProofError` where a tile is missing."""
    return _hash_of(0, size, tiles) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, tiles: TileBytes) -> tuple[bytes, ...]:
    """The hashes from the leaf's sibling up (RFC 9162, 2.1.3.1). Raises :class:`ProofError`."""
    return tuple(_hash_of(start, end, tiles) for start, end in _inclusion_ranges(index, size))


def consistency_proof(old: int, new: int, tiles: TileBytes) -> tuple[bytes, ...]:
    """The hashes of RFC 9162, 2.1.4.1; none where both are the same tree. Raises :class:`ProofError`."""
    return tuple(_hash_of(start, end, tiles) for start, end in _consistency_ranges(old, new))


def grow(size: int, read: TileBytes | Callable[[Position], bytes], leaf_hashes: Sequence[bytes]) -> Grown:
    """Append ``leaf_hashes`` to a tree of ``size``.

    ``read`` gives the tiles of :func:`tiles_for_root`. Every changed tile comes back whole. Raises :class:`ProofError`
    where a tile is missing or a hash is not 32 bytes.
    """
    existing = {at: read(at) if callable(read) else read.get(at, b"") for at in tiles_for_root(size)}
    changed: dict[Position, bytes] = {}
    level, fresh, count = 0, list(leaf_hashes), size
    if any(len(value) != HASH_LENGTH for value in fresh):
        raise ProofError("a leaf hash is 32 bytes", "bewijs_lengte")
    while fresh:
        index, width = divmod(count, WIDTH)
        held = existing.get((level, index), b"")[: width * HASH_LENGTH]
        if len(held) != width * HASH_LENGTH:
            raise ProofError(f"tile {level}/{index} is missing or too short", "tegel_kort")
        data = held + b"".join(fresh)
        span = WIDTH * HASH_LENGTH
        full = len(data) // span
        pieces = [data[at : at + span] for at in range(0, len(data), span)]
        changed.update({(level, index + number): piece for number, piece in enumerate(pieces)})
        fresh = [
            root_of([piece[at : at + HASH_LENGTH] for at in range(0, span, HASH_LENGTH)]) for piece in pieces[:full]
        ]
        level, count = level + 1, index
    new_size = size + len(leaf_hashes)
    return Grown(changed, new_size, root(new_size, {**existing, **changed}))
