"""A real log for programs of others: a broker with over 300 entries, and what it serves, written to a folder."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from keys import checkpoint, tiles
from keys.checkpoint import Checkpoint, NoteKey
from keys.jws import VerifyKey
from keys.merkle import body_leaf, leaf_hash
from keys.tiles import Position, Tile
from tests.broker.scene import Scene
from tests.making import HOUSE, HOUSE_ID

MOST = 60
"""Messages that are under way at once."""


@dataclass(frozen=True)
class Log:
    """What was served, and the leaves: so that every proof can be made from it."""

    folder: Path
    key: VerifyKey
    origin: str
    notes: tuple[str, ...]
    """Signed checkpoints, oldest first."""
    leaves: tuple[bytes, ...]
    proofs: tuple[tuple[str, bytes], ...]
    """Proofs as they stand in an inbox, each with its leaf."""
    tiles: dict[Position, bytes]

    @property
    def heads(self) -> tuple[Checkpoint, ...]:
        """The trees that the notes speak of."""
        return tuple(checkpoint.verify(note, self.key, self.origin) for note in self.notes)

    @property
    def head(self) -> Checkpoint:
        """The newest."""
        return self.heads[-1]

    @property
    def vkey(self) -> str:
        """As Go's ``sumdb/note`` is told it."""
        return NoteKey.of(self.key, self.origin).vkey

    def root(self, size: int) -> bytes:
        """The root at an older size."""
        return tiles.root(size, self.tiles)


async def write(dsn: str, folder: Path, batches: int = 5) -> Log:
    """Run a broker until there is a full tile and a partial one; write checkpoint, tiles and bundles."""
    scene = await Scene.open(dsn, folder / "keys")
    try:
        await scene.allowed(scene.start())
        notes = []
        for _ in range(batches):
            await asyncio.gather(*(scene.allowed(scene.informed()) for _ in range(MOST)))
            await scene.settled()
            notes.append(await scene.broker.reading.checkpoint(HOUSE_ID))
        page = await scene.inbox(HOUSE)
        proofs = tuple(
            (one.proof, body_leaf(one.body.encode())) for one in page.deliveries if one.proof and one.body is not None
        )
        assert scene.genesis is not None
        key, origin = VerifyKey.from_public(scene.genesis.log_key), scene.genesis.origin
        head = checkpoint.verify(notes[-1], key, origin)
        leaves, held = await _save(scene, folder / "log", notes[-1], head.size)
    finally:
        await scene.broker.stop()
    return Log(folder / "log", key, origin, tuple(notes), leaves, proofs, held)


async def _save(scene: Scene, folder: Path, note: str, size: int) -> tuple[tuple[bytes, ...], dict[Position, bytes]]:
    leaves: list[bytes] = []
    held: dict[Position, bytes] = {}
    served = {"checkpoint": note.encode()}
    level = 0
    while size >> (tiles.HEIGHT * level):
        count = size >> (tiles.HEIGHT * level)
        for index in range(-(-count // tiles.WIDTH)):
            width = min(tiles.WIDTH, count - index * tiles.WIDTH)
            held[level, index] = await scene.broker.reading.tile(HOUSE_ID, level, index, width)
            served[Tile(level, index, width).path] = held[level, index]
            if level == 0:
                bundle = await scene.broker.reading.bundle(HOUSE_ID, index, width)
                served[Tile(None, index, width).path] = bundle
                leaves += tiles.decode_bundle(bundle)
        level += 1
    for name, data in served.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert tiles.grow(0, {}, [leaf_hash(leaf) for leaf in leaves]).tiles == held
    return tuple(leaves), held
