"""The house as its ledger says: who is in it, whose keys count when, which packs are in force.

Own copy: the records are verified from the genesis whose digest was typed in, and each is proven to stand in the log
under a checkpoint that agrees with the largest held. The broker can withhold a record, not make one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache

from connectors import CheckError, LinkError, UseError
from connectors.database import Database
from connectors.exchanges import log_view, pages, queries, store
from connectors.exchanges.link import BrokerLink
from connectors.exchanges.rows import RecordRow
from connectors.settings import HouseSettings
from keys import KeyRecordError, checkpoint
from keys.checkpoint import Checkpoint
from keys.identity import Directory, parse_record, record_bytes
from keys.merkle import record_leaf
from schemas import packs
from schemas.ids import PackDigest
from schemas.members import Members
from schemas.pack import Pack, PackError
from schemas.pack_yaml import parse as parse_pack
from schemas.records import Exit, KeyRevocation, Record, SignedRecord

CHECKPOINT = "checkpoint"
AHEAD = timedelta(seconds=60)
"""How far the broker's clock may be ahead of mine, and how far two of its own entries may be out of order."""


@lru_cache(maxsize=8)
def _members(records: tuple[Record, ...]) -> Members:
    return Members.of(records)


@dataclass(frozen=True)
class House:
    """One moment's copy of the directory, with the packs it names."""

    directory: Directory
    records: tuple[tuple[Record, datetime], ...] = field(repr=False)
    packs: Mapping[PackDigest, Pack] = field(repr=False)
    places: tuple[tuple[int, datetime], ...] = field(default=(), repr=False)
    """Where each record stands in the log, and its time."""

    def dated_back(self, index: int, time: datetime) -> bool:
        """Whether an entry at ``index`` says to be older than a record that stands before it in the log. No leaf holds
        a time, but the order is proven: so what a revoked key signs cannot be dated before its revocation."""
        return any(place < index and time < since - AHEAD for place, since in self.places)

    def members(self, at: datetime, *, before: bool = False) -> Members:
        """The members at an entry's time; with ``before`` without the records of that very second."""
        held = [record for record, time in self.records if time < at or (time == at and not before)]
        return _members(tuple(held))

    @property
    def origin(self) -> str:
        """The log."""
        return self.directory.genesis.origin

    @property
    def sandbox(self) -> bool:
        """Whether the genesis says that nothing here is real."""
        return self.directory.genesis.unsafe_sandbox

    def pack_at(self, now: datetime) -> Pack:
        """The pack in force. Raises :class:`UseError` where this connector does not have it."""
        for digest, (since, until) in self.directory.packs().items():
            if since <= now and (until is None or now < until) and digest in self.packs:
                return self.packs[digest]
        raise UseError("het geldende protocolpakket is hier niet; is de broker bereikbaar, en loopt de klok goed?")


class HouseBook:
    """Holds the current :class:`House` and the largest checkpoint seen; both only ever grow."""

    def __init__(
        self, settings: HouseSettings, database: Database, link: BrokerLink, clock: Callable[[], datetime]
    ) -> None:
        """Nothing is known until :meth:`open`."""
        self._settings, self._database, self._link, self._clock = settings, database, link, clock
        self._seen: dict[tuple[str, str | None], datetime] = {}
        """From when what narrows counts here: no later than when it was first seen, whatever is said later."""
        self._house: House | None = None
        self._held: Checkpoint | None = None
        self._moving = asyncio.Lock()

    @property
    def house(self) -> House:
        """The current copy. Raises :class:`UseError` before the first."""
        if self._house is None:
            raise UseError("het huis is hier nog niet bekend; het eerste contact met de broker moet lukken")
        return self._house

    @property
    def held(self) -> Checkpoint | None:
        """The largest tree seen."""
        return self._held

    async def open(self) -> None:
        """Read the own copy; where there is none yet, or the broker can be reached, bring it up to date."""
        async with self._database.begin() as tx:
            rows = await queries.records(tx)
            text = await queries.get_state(tx, CHECKPOINT)
        if rows:
            directory = self._directory(rows)
            if text is not None:
                self._held = checkpoint.verify(text, directory.log_key, directory.genesis.origin)
            try:
                await self._set(directory, rows)
                await self.refresh()
            except LinkError:
                return
        else:
            await self.refresh()

    async def refresh(self) -> None:
        """Fetch the records and verify them all. Raises :class:`LinkError`, :class:`CheckError`, :class:`UseError`."""
        async with self._moving:
            page = pages.read(pages.DirectoryPage, await self._link.directory())
            async with self._database.begin() as tx:
                known = await queries.records(tx)
            claimed = tuple(RecordRow(row.index, row.first, row.second, row.time) for row in page.records)
            rows = self._timed(claimed, known)
            directory = self._directory(rows)
            head = await log_view.agree_by_tiles(
                self._held, page.checkpoint, self._link, directory.log_key, directory.genesis.origin
            )
            placed = tuple(row for row in rows if row.index is not None)
            if placed[: len(known)] != known or any(not _narrows(row) for row in rows if row.index is None):
                raise CheckError("directory_veranderd")
            added = placed[len(known) :]
            leaves = {row.index: record_leaf(record_bytes(_signed(row))) for row in added if row.index is not None}
            await log_view.prove_leaves(self._link, head, leaves)
            async with self._database.begin() as tx:
                await store.add_records(tx, added)
            await self._set(directory, rows)
            await self._hold(head, page.checkpoint)

    def _timed(self, rows: Sequence[RecordRow], known: Sequence[RecordRow]) -> tuple[RecordRow, ...]:
        """The rows with the times from which they count here. No leaf holds a time: it is the broker's word alone.

        So what widens is not of tomorrow, all of it is in the order of the log, and what narrows counts no later than
        when it was first seen. Raises :class:`CheckError` (``directory_tijd``).
        """
        now, stored = self._clock(), {(row.first, row.second): row.time for row in known}
        timed: list[RecordRow] = []
        latest = rows[0].time
        for row in rows:
            name, time = (row.first, row.second), row.time
            if time != stored.get(name):
                narrows = _narrows(row)
                if time < latest - AHEAD or (time > now + AHEAD and not narrows):
                    raise CheckError("directory_tijd")
                if narrows:
                    time = stored.get(name) or min(time, self._seen.setdefault(name, min(time, now + AHEAD)))
            latest = max(latest, min(time, now))
            timed.append(replace(row, time=time))
        return tuple(timed)

    async def agree(self, text: str, hashes: Sequence[bytes], since: Checkpoint | None) -> Checkpoint:
        """A page's checkpoint, proven to continue ``since``, which was the largest when the page was asked for."""
        async with self._moving:
            directory = self.house.directory
            if since == self._held:
                head = log_view.agree(self._held, text, hashes, directory.log_key, self.house.origin)
            else:
                head = await log_view.agree_by_tiles(self._held, text, self._link, directory.log_key, self.house.origin)
            await self._hold(head, text)
            return head

    async def _hold(self, head: Checkpoint, text: str) -> None:
        if self._held is None or head.size > self._held.size:
            async with self._database.begin() as tx:
                await store.put_state(tx, CHECKPOINT, text)
            self._held = head

    def _directory(self, rows: Sequence[RecordRow]) -> Directory:
        try:
            directory = Directory.of((_signed(row), row.time) for row in rows)
        except KeyRecordError as error:
            raise CheckError("directory_ongeldig") from error
        if directory.digest_of_genesis != self._settings.genesis or directory.house != self._settings.id:
            raise UseError("the broker serves another house than the settings name; check `house` with the form")
        if directory.genesis.unsafe_sandbox != self._settings.unsafe_sandbox:
            raise UseError("a sandbox house and a real one never mix; check `unsafe_sandbox` in the settings")
        return directory

    async def _set(self, directory: Directory, rows: Sequence[RecordRow]) -> None:
        records = tuple((parse_record(_signed(row)).record, row.time) for row in rows)
        held = dict(self._house.packs) if self._house else {}
        for digest in directory.packs():
            if digest not in held:
                held[digest] = await self._pack(digest)
        places = tuple((row.index, row.time) for row in rows if row.index is not None)
        self._house = House(directory, records, held, places)

    async def _pack(self, digest: PackDigest) -> Pack:
        for name in packs.names():
            own = await asyncio.to_thread(packs.load, name)
            if own.digest == digest:
                return own
        name = f"pack_{digest[:32]}"
        async with self._database.begin() as tx:
            kept = await queries.get_state(tx, name)
        data = kept.encode("utf-8") if kept else await self._link.pack(digest)
        pack = _verified(pages.read(pages.PackPage, data), digest)
        if kept is None:  # so that it is here when the broker is away
            async with self._database.begin() as tx:
                await store.put_state(tx, name, data.decode("utf-8"))
        return pack


def _verified(page: pages.PackPage, digest: PackDigest) -> Pack:
    try:
        pack = parse_pack(page.files)
    except PackError as error:
        raise CheckError("pakket_ongeldig") from error
    if pack.digest != digest:
        raise CheckError("pakket_ongeldig")
    return pack


def _narrows(row: RecordRow) -> bool:
    """Fail closed for opening, never for closing: an exit or a revocation counts before its proof."""
    try:
        return isinstance(parse_record(_signed(row)).record, Exit | KeyRevocation)
    except KeyRecordError as error:
        raise CheckError("directory_ongeldig") from error


def _signed(row: RecordRow) -> SignedRecord:
    return SignedRecord(first=row.first, second=row.second)
