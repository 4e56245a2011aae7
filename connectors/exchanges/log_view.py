"""The largest tree of the log that this connector has seen, and that every other one agrees with it.

Decides whether a checkpoint is signed by the log's key and is the same history as the one held, in whichever direction
(wire.md "What a recipient checks"). A log that shows two histories is thereby caught by whoever sees both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence

from connectors import CheckError
from connectors.exchanges.link import BrokerLink
from keys import ProofError, checkpoint, tiles
from keys.checkpoint import Checkpoint
from keys.jws import VerifyKey
from keys.merkle import leaf_hash, verify_consistency, verify_inclusion
from keys.tiles import HEIGHT, WIDTH, Position, Tile

FORKED = "logboek_gespleten"
BAD_LOG = "logboek_bewijs"


def agree(held: Checkpoint | None, text: str, hashes: Sequence[bytes], key: VerifyKey, origin: str) -> Checkpoint:
    """The checkpoint in ``text``, once it is signed and continues ``held`` by the proof ``hashes``.

    Raises :class:`CheckError`: ``logboek_bewijs``, or ``logboek_gespleten`` where the histories cannot be one.
    """
    try:
        new = checkpoint.verify(text, key, origin)
    except ProofError as error:
        raise CheckError(BAD_LOG) from error
    if held is None or new == held:
        return new
    old, large = (held, new) if held.size <= new.size else (new, held)
    try:
        verify_consistency(old.size, large.size, old.root, large.root, hashes)
    except ProofError as error:
        raise CheckError(FORKED) from error
    return new


async def fetch(link: BrokerLink, positions: Collection[Position], size: int) -> Mapping[Position, bytes]:
    """The tiles at ``positions`` of the tree of ``size``; nothing in them is believed yet."""
    wanted = sorted(positions)
    names = [Tile(level, index, min(WIDTH, (size >> (HEIGHT * level)) - WIDTH * index)).path for level, index in wanted]
    return dict(zip(wanted, await asyncio.gather(*(link.tile(name) for name in names)), strict=True))


async def agree_by_tiles(
    held: Checkpoint | None, text: str, link: BrokerLink, key: VerifyKey, origin: str
) -> Checkpoint:
    """As :func:`agree`, with a proof made here from the log's tiles."""
    try:
        new = checkpoint.verify(text, key, origin)
        hashes: tuple[bytes, ...] = ()
        if held is not None and held.size != new.size:
            small, large = sorted((held.size, new.size))
            found = await fetch(link, tiles.tiles_for_consistency(small, large), large)
            hashes = tiles.consistency_proof(small, large, found)
    except ProofError as error:
        raise CheckError(BAD_LOG) from error
    return agree(held, text, hashes, key, origin)


async def prove_leaves(link: BrokerLink, head: Checkpoint, leaves: Mapping[int, bytes]) -> None:
    """That each leaf stands at its index under ``head``. Raises :class:`CheckError` (``logboek_bewijs``)."""
    try:
        needed = {place for index in leaves for place in tiles.tiles_for_inclusion(index, head.size)}
        found = await fetch(link, needed, head.size)
        for index, leaf in leaves.items():
            path = tiles.inclusion_proof(index, head.size, found)
            verify_inclusion(index, head.size, leaf_hash(leaf), path, head.root)
    except ProofError as error:
        raise CheckError(BAD_LOG) from error
