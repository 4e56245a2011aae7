"""The composition of one connector: settings in, a running connector out; no logic.

Three tasks run: the inbox, the answers at their moments, and the outbox. Each survives what goes wrong in one round; the
broker being away is weather. The running connector is the only writer of its database and keystore.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import structlog

from connectors import ConnectorError, LinkError
from connectors.casefiles.keyring import Keyring
from connectors.database import Database
from connectors.exchanges import queries
from connectors.exchanges.answering import answer_due
from connectors.exchanges.house import HouseBook
from connectors.exchanges.inbox import take_page
from connectors.exchanges.link import BrokerLink
from connectors.exchanges.moving import take_decisions
from connectors.exchanges.outgoing import resend
from connectors.exchanges.workplace import Workplace
from connectors.settings import Settings
from connectors.sources import Source
from connectors.sources.table import Table
from keys import KeysError
from keys.keystore import FileKeyStore, KeyStore

log = structlog.get_logger(__name__)
POLL_SECONDS = 25.0
PAUSE_SECONDS = 2.0


def utc_now() -> datetime:
    """Now, in whole seconds UTC."""
    return datetime.now(UTC).replace(microsecond=0)


class Connector:
    """One party's connector, or the house's. ``place`` is what the stories take."""

    def __init__(self, place: Workplace, keystore: KeyStore, *, poll: float = POLL_SECONDS, tick: float = 0.5) -> None:
        """Use :meth:`open`. ``poll``: seconds of one long poll; ``tick``: between looks at the clock."""
        self.place, self._keystore, self._poll, self._tick = place, keystore, poll, tick
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def open(
        cls,
        settings: Settings,
        link: BrokerLink,
        *,
        clock: Callable[[], datetime] = utc_now,
        source: Source | None = None,
        poll: float = POLL_SECONDS,
        tick: float = 0.5,
    ) -> Connector:
        """Open keystore and database, learn the house, finish what a crash left. Raises :class:`ConnectorError`."""
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        keystore = await asyncio.to_thread(FileKeyStore.open, settings.keystore.file, settings.keystore.generations)
        try:
            database = await Database.open(settings.dsn)
            book = HouseBook(settings.house, database, link)
            await book.open()
        except BaseException:
            keystore.close()
            raise
        if source is None and settings.source is not None:
            source = Table(settings.source, Path())
        place = Workplace(settings, database, Keyring(keystore), book, link, clock, source)
        connector = cls(place, keystore, poll=poll, tick=tick)
        await connector._recover()
        return connector

    async def _recover(self) -> None:
        async with self.place.database.begin() as tx:
            cases = await queries.cases(tx)
        for row in cases:
            await take_decisions(self.place, row.case)

    def start(self) -> None:
        """Run until :meth:`stop`."""
        rounds = ((self._inbox, 0.0), (self._answers, self._tick), (self._outbox, PAUSE_SECONDS))
        self._tasks = [asyncio.create_task(self._forever(work, pause)) for work, pause in rounds]

    async def stop(self) -> None:
        """Let the rounds end, and let go of everything."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self.place.database.close()
        await self.place.link.close()
        self._keystore.close() if isinstance(self._keystore, FileKeyStore) else None

    async def round(self) -> int:
        """One round of everything, at once: for tests and for `run --once`. How much was done."""
        await resend(self.place)
        return await take_page(self.place, 0.0) + await answer_due(self.place, self.place.clock())

    async def _inbox(self) -> None:
        await take_page(self.place, self._poll)

    async def _answers(self) -> None:
        await answer_due(self.place, self.place.clock())

    async def _outbox(self) -> None:
        await resend(self.place)

    async def _forever(self, work: Callable[[], Awaitable[None]], pause: float) -> None:
        while True:
            wait = pause
            try:
                await work()
            except LinkError as error:
                log.info("broker_away", error=type(error).__name__)
                wait = max(pause, PAUSE_SECONDS)
            except (ConnectorError, KeysError, OSError) as error:
                log.error("round_failed", work=work.__name__, error=type(error).__name__)
                wait = max(pause, PAUSE_SECONDS)
            await asyncio.sleep(wait)
