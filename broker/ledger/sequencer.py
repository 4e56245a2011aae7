"""Rounds: entries that were committed get a place, the head is signed, and what waited for it is released.

One sequencer a log at a time by an advisory lock; what makes it safe is the compare-and-swap of the head
(:data:`broker.ledger.store.SWAP`). A checkpoint is signed only after its round is known to be committed; Ed25519 is
deterministic, so whoever recovers signs the same bytes. The next round begins when the quorum is in: ``quorum`` is the
place for witnesses, and with none of them it is at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from broker.database import Connection, Database, within
from broker.ledger import LedgerError, store
from broker.logs import log_fault
from keys import checkpoint, merkle, tiles
from keys.checkpoint import Checkpoint
from keys.jws import SigningKey
from schemas.ids import HouseId

MOST_A_ROUND: Final = 4096
IDLE_SECONDS: Final = 1.0
"""Another process may have committed and died before its round."""
BUSY_SECONDS: Final = 0.02

Quorum = Callable[[str], Awaitable[str]]
"""Takes the log's own signed note and gives it back with the cosignatures that the policy asks for."""


class LostRoundError(LedgerError):
    """Another sequencer moved the head first; nothing of this round is kept."""


async def no_witnesses(note: str) -> str:
    """The quorum of a policy without witnesses: at once."""
    return note


class Sequencer:
    """The rounds of one house's log."""

    def __init__(self, database: Database, house: HouseId, key: SigningKey, quorum: Quorum = no_witnesses) -> None:
        self._database = database
        self._house = str(house)
        self._key = key
        self._quorum = quorum
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that something was committed."""
        self._woken.set()

    async def run(self) -> None:
        """Rounds for ever; what goes wrong is logged and waited out."""
        while True:
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()
            try:
                await self.advance()
            except Exception as error:  # whatever it was: without rounds no message ever gets its proof
                log_fault("sequencer", error, house=self._house)
                await asyncio.sleep(IDLE_SECONDS)
                self.wake()

    async def advance(self) -> None:
        """Rounds until nothing waits. While another process has its round, wait for that."""
        while True:
            async with self._database.connection() as connection:
                if await store.try_lock(connection, self._house):
                    try:
                        more = await self.round(connection)
                    finally:
                        await store.unlock(connection, self._house)
                    if not more:
                        return
                    continue
            await asyncio.sleep(BUSY_SECONDS)

    async def round(self, connection: Connection) -> bool:
        """One round. True when there may be more."""
        try:
            grown = await self.grow(connection)
        except LostRoundError:
            grown = True
        await self.sign(connection)
        return grown

    async def grow(self, connection: Connection) -> bool:
        """Give what waits its places, tiles and root. Raises :class:`LostRoundError`."""
        async with within(connection):
            head = await store.read_head(connection, self._house)
            if head is None:
                raise LedgerError("this house has no log here")
            waiting = await store.read_waiting(connection, self._house, MOST_A_ROUND)
            if not waiting:
                return False
            edge = await store.read_tiles(connection, self._house, tiles.tiles_for_root(head.size))
            grown = tiles.grow(head.size, edge, [merkle.leaf_hash(entry.leaf) for entry in waiting])
            if not await store.swap_head(connection, self._house, head, grown.size, grown.root):
                raise LostRoundError("another sequencer moved the head")
            await store.write_places(connection, head.size, waiting)
            await store.write_tiles(connection, self._house, grown.tiles)
        return True

    async def sign(self, connection: Connection) -> None:
        """Sign every committed round that is not signed, gather its quorum, release what it proves."""
        unsigned = await store.read_unsigned(connection, self._house)
        head = await store.read_head(connection, self._house) if unsigned else None
        for size, root in unsigned:
            if head is None or size > head.size:
                raise LedgerError("a checkpoint beyond the head of its log; nothing is signed")
            note = await self._quorum(checkpoint.sign(Checkpoint(head.origin, size, root), self._key))
            async with within(connection):
                await store.write_note(connection, self._house, size, note)
                await store.release(connection, self._house, size)
