"""The broker as a whole, without HTTP: every house of one database, with its committer, sequencer and sweep.

Only composition: what is given in is put together here, started and stopped. :mod:`broker.app` puts HTTP around it, and
the tests of connectors use it as it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from broker.cases.store import Cases
from broker.database import Database, DatabaseError
from broker.exchanges import deadlines
from broker.exchanges.committer import Committer
from broker.exchanges.delivery import Delivery
from broker.exchanges.intake import Intake
from broker.ledger import log_keys
from broker.ledger.reading import Reading
from broker.ledger.sequencer import Sequencer
from broker.logs import log_fault
from broker.parties.directories import Directories
from broker.parties.houses import read_genesis
from broker.parties.packs import Packs
from broker.registers.provisions import Provisions
from broker.settings import Settings
from schemas.ids import HouseId


class Broker:
    """One broker process. The parts are there at once; they work between :meth:`start` and :meth:`stop`."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.packs = Packs.of(settings.packs)
        self.database = Database(settings.dsn or "", settings.pool_size)
        self.directories = Directories(self.database)
        self.committers: dict[HouseId, Committer] = {}
        self.sequencers: dict[HouseId, Sequencer] = {}
        self.intake = Intake(self.directories, self.packs.by_digest, self.committers, clock)
        self.delivery = Delivery(self.database, self.directories)
        self.reading = Reading(self.database)
        self.cases = Cases(self.database, self.directories.members, clock)
        self.provisions = Provisions(self.database, self.packs.by_digest)
        self._settings = settings
        self._clock = clock
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def houses(self) -> tuple[HouseId, ...]:
        """The houses that were here at the start."""
        return tuple(self.committers)

    async def start(self) -> None:
        """Read the houses and begin. Raises :class:`broker.ledger.LedgerError` where a log's key is not here."""
        for genesis in await read_genesis(self.database):
            house = genesis.house
            signing = log_keys.of_genesis(self._settings.keys, genesis)
            sequencer = Sequencer(self.database, house, signing.log)
            # What was committed before an end that nobody chose, first of all the records of a new house.
            await sequencer.advance()
            await self.directories.get(house)
            self.sequencers[house] = sequencer
            self.committers[house] = Committer(
                self.database,
                house,
                self.directories,
                signing.receipt,
                self._clock,
                sequencer.wake,
                self._settings.limits.waiting_messages,
            )
        wakes = {house: sequencer.wake for house, sequencer in self.sequencers.items()}
        self._begin(self.delivery.run())
        for house, sequencer in self.sequencers.items():
            sequencer.wake()
            self._begin(sequencer.run())
            self._begin(self.committers[house].run())
        self._begin(deadlines.run(self.database, wakes, self._clock, float(self._settings.sweep_seconds)))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    async def ready(self) -> bool:
        """Whether the database answers and every task lives."""
        try:
            async with self.database.connection() as connection:
                await connection.fetchval("SELECT 1")
        except DatabaseError as error:
            log_fault("ready", error)
            return False
        return bool(self._tasks) and not any(task.done() for task in self._tasks)

    async def stop(self) -> None:
        """End all tasks. What was committed and not sequenced is taken up at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self.database.close()
