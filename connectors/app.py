"""The composition of one connector: settings in, a running connector out; no logic.

Three tasks run: the inbox, the answers at their moments, and the outbox. Each survives what goes wrong in one round;
the broker being away is weather. The running connector is the only writer of its database and keystore.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import structlog

from connectors import CheckError, LinkError
from connectors.casefiles.keyring import Keyring
from connectors.database import Database
from connectors.exchanges import queries
from connectors.exchanges.answering import answer_due
from connectors.exchanges.closing import publish_all
from connectors.exchanges.house import HouseBook
from connectors.exchanges.inbox import follow_house, take_page
from connectors.exchanges.link import BrokerLink
from connectors.exchanges.moving import finish_erasures, recover
from connectors.exchanges.outgoing import resend
from connectors.exchanges.questions import look_up
from connectors.exchanges.workplace import Workplace
from connectors.settings import Settings
from connectors.sources import Source
from connectors.sources.table import Table
from keys.keystore import FileKeyStore, KeyStore

log = structlog.get_logger(__name__)
POLL_SECONDS = 25.0
PAUSE_SECONDS = 2.0
HOUSE_SECONDS = 600.0
"""Between two looks at the directory of the house."""
GRACE_SECONDS = 40.0


def utc_now() -> datetime:
    """Now, in whole seconds UTC."""
    return datetime.now(UTC).replace(microsecond=0)


class Connector:
    """One party's connector, or the house's. ``place`` is what the stories take."""

    def __init__(self, place: Workplace, keystore: KeyStore, *, poll: float = POLL_SECONDS, tick: float = 0.5) -> None:
        """Use :meth:`open`. ``poll``: seconds of one long poll; ``tick``: between looks at the clock."""
        self.place, self._keystore, self._poll, self._tick = place, keystore, poll, tick
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()
        self._recovering = True
        self._erased = False
        """Whether the erasures that an earlier run left were finished: before that nothing is taken in."""
        self._mending = asyncio.Lock()

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
            try:
                book = HouseBook(settings.house, database, link, clock)
                await book.open()
            except BaseException:
                await database.close()
                raise
        except BaseException:
            keystore.close()
            raise
        if source is None and settings.source is not None:
            source = Table(settings.source, Path())
        place = Workplace(settings, database, Keyring(keystore), book, link, clock, source)
        return cls(place, keystore, poll=poll, tick=tick)

    def start(self) -> None:
        """Work until :meth:`stop` or :meth:`rest`."""
        self._stopping.clear()
        rounds = (
            (self._inbox, 0.0),
            (self._desk, self._tick),
            (self._outbox, PAUSE_SECONDS),
            (self._house, HOUSE_SECONDS),
        )
        self._tasks = [asyncio.create_task(self._forever(work, pause)) for work, pause in rounds]

    async def rest(self) -> None:
        """End the work and keep everything open. What has begun is finished: nothing is cut off in a transaction."""
        self._stopping.set()
        tasks, self._tasks = self._tasks, []
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=GRACE_SECONDS)
            for task in late:
                task.cancel()

    async def stop(self) -> None:
        """End the work and let go of everything."""
        await self.rest()
        await self.place.link.close()
        await self.place.database.close()
        if isinstance(self._keystore, FileKeyStore):
            self._keystore.close()

    async def round(self) -> int:
        """One round of everything, at once: for tests and for `run --once`. How much was done."""
        await resend(self.place)
        return await self._page(0.0) + await self._desk()

    async def _inbox(self) -> int:
        return await self._page(self._poll, self._stopping)

    async def _page(self, wait: float, stopping: asyncio.Event | None = None) -> int:
        try:
            async with self._mending:
                if not self._erased:
                    await finish_erasures(self.place)
                    self._erased = True
            return await take_page(self.place, wait, stopping)
        except LinkError:
            raise
        except Exception:  # whatever it was, it goes on upwards; only the mark is made here
            self._recovering = True  # what followed from something filed may not have happened
            raise

    async def _desk(self) -> int:
        """What lies here and waits for nothing but us; after a failure this is where it goes on."""
        done = 0
        if self._recovering:
            self._recovering = False
            try:
                async with self._mending:
                    done = await recover(self.place) + await publish_all(self.place)
            except Exception:  # as above: marked, and raised again
                self._recovering = True
                raise
        async with self.place.database.begin() as tx:
            rows = await queries.open_questions(tx)
        return done + await look_up(self.place, rows) + await answer_due(self.place, rows, self.place.clock())

    async def _outbox(self) -> int:
        return await resend(self.place)

    async def _house(self) -> int:
        """Nobody sends who joins or which pack comes next: it is looked up, well before it counts."""
        await follow_house(self.place)
        return 0

    async def _forever(self, work: Callable[[], Awaitable[int]], pause: float) -> None:
        while not self._stopping.is_set():
            wait = pause
            try:
                await work()
            except LinkError as error:
                log.info("broker_away", error=type(error).__name__)
                wait = max(pause, PAUSE_SECONDS)
            except Exception as error:
                # A round that fails must not end the rounds. The text stays away: it might quote a value.
                code = error.code if isinstance(error, CheckError) else None
                log.error("round_failed", work=work.__name__, error=type(error).__name__, code=code)
                self._recovering = True
                wait = max(pause, PAUSE_SECONDS)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)
