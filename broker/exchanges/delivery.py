"""Inboxes: a cursor that locks nothing, long polls that one notification a round wakes, proofs made at delivery.

Every proof of a page is against one checkpoint; the tiles for all of them, and for the consistency with what the
caller holds, are one query. What is acknowledged by ``after`` goes, but for sealed content that waits for its
``ontvangst`` (wire.md "Interface of the broker").
"""

from __future__ import annotations

import asyncio
import base64
from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import Field

from broker.database import CHANNEL, Connection, Database, Row, UnavailableError
from broker.exchanges import queries
from broker.ledger.queries import read_note, read_place
from broker.ledger.store import read_tiles
from broker.logs import log_fault
from broker.parties.directories import Directories
from broker.problem import ProblemError
from broker.retention.store import acknowledge
from keys import proof, tiles
from keys.tiles import Position
from schemas.envelope import Envelope
from schemas.ids import HouseId, MessageId, Oin
from schemas.records import Frozen

MOST_A_PAGE: Final = 32
MOST_BYTES: Final = 4 * 1024 * 1024
RECONNECT_SECONDS: Final = 1.0


class SourceMessage(Frozen):
    """A signed message that facts of a delivered body come from."""

    manifest: Annotated[str, Field(description="Manifest (JWS).")]
    body: Annotated[str, Field(description="Canonieke tekst van zijn vermelding.")]
    proof: Annotated[str | None, Field(description="Bewijs (C2SP tlog-proof).")]


class Delivered(Frozen):
    """One delivery. Without ``envelope`` it brings the proof of one's own, a later proof, or what came to an end."""

    n: Annotated[int, Field(ge=1, description="Volgnummer per huis en partij, zonder gaten.")]
    envelope: Annotated[Envelope | None, Field(description="Het bericht.")]
    body: Annotated[str, Field(description="Canonieke tekst van de vermelding.")]
    sources: Annotated[tuple[SourceMessage, ...], Field(description="De berichten achter de feiten.")]
    proof: Annotated[str | None, Field(description="Bewijs (C2SP tlog-proof); van wat beperkt kan het later komen.")]


class Page(Frozen):
    """What came after a number."""

    deliveries: Annotated[tuple[Delivered, ...], Field(description="Leveringen, op volgorde.")]
    consistency: Annotated[tuple[str, ...], Field(description="Hashes van `since` tot het controlepunt (base64).")]
    checkpoint: Annotated[str, Field(description="Controlepunt van alle bewijzen op deze bladzijde.")]
    last: Annotated[int, Field(ge=0, description="Hoogste uitgegeven volgnummer.")]


class Delivery:
    """The inboxes of every house of this broker."""

    def __init__(self, database: Database, directories: Directories) -> None:
        self._database = database
        self._directories = directories
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._by_inbox: dict[asyncio.Event, tuple[str, int]] = {}
        self._rung: set[str | None] = set()
        self._bell = asyncio.Event()

    async def run(self) -> None:
        """Listen for ever; after a lost connection everybody who waits looks for himself."""
        while True:
            try:
                async with self._database.listening(CHANNEL, self._ring) as connection:
                    self._wake_all()
                    await self._wake_as_rung(connection)
            except Exception as error:  # whatever it was: without it nobody who waits hears of anything
                log_fault("listening", error)
                await asyncio.sleep(RECONNECT_SECONDS)

    def _ring(self, house: str | None) -> None:
        self._rung.add(house)
        self._bell.set()

    async def _wake_as_rung(self, connection: Connection) -> None:
        """One query per notification, however many wait: only those wake for whom there is something."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            rung, self._rung = self._rung, set()
            if None in rung:
                raise UnavailableError("the connection that listens is lost")
            for house in filter(None, rung):
                if self._waiting[house]:
                    last = await queries.read_last(connection, house)
                    for event in list(self._waiting[house]):
                        oin, after = self._by_inbox[event]
                        if not oin or last.get(oin, 0) > after:
                            event.set()

    def _wake_all(self) -> None:
        for event in self._by_inbox:
            event.set()

    async def inbox(self, house: HouseId, oin: Oin, after: int, since: int, wait: float) -> Page:
        """The deliveries after ``after`` (acknowledged by it), proofs against one checkpoint consistent with ``since``.

        Waits up to ``wait`` seconds for something to deliver. Raises :class:`ProblemError`: ``huis_onbekend``,
        ``geen_toetreding``, ``vraag_vorm`` for a ``since`` beyond our log.
        """
        view = await self._directories.get(house)
        if oin not in {address.oin for address in view.members.parties}:
            view = await self._directories.refresh(house)
            if oin not in {address.oin for address in view.members.parties}:
                raise ProblemError("geen_toetreding")
        loop = asyncio.get_running_loop()
        end = loop.time() + wait
        event = self._wait_for(str(house), str(oin), after)
        try:
            if after:
                async with self._database.transaction() as connection:
                    await acknowledge(connection, str(house), str(oin), after)
            while True:
                event.clear()
                page = await self._page(house, oin, after, since)
                if page.deliveries or not await _rings(event, end - loop.time()):
                    return page
        finally:
            self._forget(str(house), event)

    async def proof(self, house: HouseId, entry: MessageId, wait: float) -> str | None:
        """The proof of an entry once a checkpoint covers it; None if that takes longer than ``wait`` seconds."""
        loop = asyncio.get_running_loop()
        end = loop.time() + wait
        event = self._wait_for(str(house), "", 0)
        try:
            while True:
                event.clear()
                found = await self._proof(house, entry)
                if found is not None or not await _rings(event, end - loop.time()):
                    return found
        finally:
            self._forget(str(house), event)

    async def _proof(self, house: HouseId, entry: MessageId) -> str | None:
        async with self._database.connection() as connection:
            index = await read_place(connection, str(house), str(entry))
            note = await read_note(connection, str(house))
            if index is None or note is None or index >= note[0]:
                return None
            held = await read_tiles(connection, str(house), tiles.tiles_for_inclusion(index, note[0]))
        return proof.build(index, tiles.inclusion_proof(index, note[0], held), note[1])

    def _wait_for(self, house: str, oin: str, after: int) -> asyncio.Event:
        """Before looking, so that nothing comes in between. Without an OIN every round wakes."""
        event = asyncio.Event()
        self._waiting[house].add(event)
        self._by_inbox[event] = (oin, after)
        return event

    def _forget(self, house: str, event: asyncio.Event) -> None:
        self._waiting[house].discard(event)
        self._by_inbox.pop(event, None)

    async def _page(self, house: HouseId, oin: Oin, after: int, since: int) -> Page:
        async with self._database.connection() as connection:
            rows = await queries.read_page(connection, str(house), str(oin), after, MOST_A_PAGE, MOST_BYTES)
            wanted = sorted({entry for row in rows if row["envelope"] for entry in row["sources"] or ()})
            sources = await queries.read_by_entry(connection, str(house), wanted) if wanted else []
            last = await queries.read_last_of(connection, str(house), str(oin))
            # After the rows: what has a number is under this checkpoint, or narrows.
            note = await read_note(connection, str(house))
            if note is None:
                raise ProblemError("huis_onbekend")
            size, text = note
            if since > size:
                raise ProblemError("vraag_vorm", "/since")
            needed = _tiles_for([row["idx"] for row in [*rows, *sources]], since, size)
            held = await read_tiles(connection, str(house), needed) if needed else {}
        proofs = _Proofs(size, text, held)
        by_entry = {row["entry"]: row for row in sources}
        return Page(
            deliveries=tuple(_delivered(row, by_entry, proofs) for row in rows),
            consistency=proofs.consistency(since),
            checkpoint=text,
            last=last,
        )


async def _rings(event: asyncio.Event, seconds: float) -> bool:
    if seconds <= 0:
        return False
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


def _tiles_for(indices: Sequence[int | None], since: int, size: int) -> set[Position]:
    needed: set[Position] = tiles.tiles_for_consistency(since, size) if 0 < since < size else set()
    for index in indices:
        if index is not None and index < size:
            needed |= tiles.tiles_for_inclusion(index, size)
    return needed


class _Proofs:
    """Proofs of one page; each entry's is made once."""

    def __init__(self, size: int, note: str, held: dict[Position, bytes]) -> None:
        self._size, self._note, self._held = size, note, held
        self._made: dict[int, str] = {}

    def of(self, index: int | None) -> str | None:
        """The proof text of an entry; None while the checkpoint does not cover it."""
        if index is None or index >= self._size:
            return None
        if index not in self._made:
            hashes = tiles.inclusion_proof(index, self._size, self._held)
            self._made[index] = proof.build(index, hashes, self._note)
        return self._made[index]

    def consistency(self, since: int) -> tuple[str, ...]:
        """From the tree of ``since`` to this one, base64."""
        if not 0 < since < self._size:
            return ()
        hashes = tiles.consistency_proof(since, self._size, self._held)
        return tuple(base64.b64encode(value).decode("ascii") for value in hashes)


def _delivered(row: Row, by_entry: dict[str, Row], proofs: _Proofs) -> Delivered:
    envelope = None
    sources: list[SourceMessage] = []
    if row["envelope"]:
        envelope = Envelope(manifest=row["manifest"], sealed=row["sealed"])
        for entry in row["sources"]:
            source = by_entry[entry]
            body = source["body"].decode("utf-8")
            sources.append(SourceMessage(manifest=source["manifest"], body=body, proof=proofs.of(source["idx"])))
    return Delivered(
        n=row["n"],
        envelope=envelope,
        body=row["body"].decode("utf-8"),
        sources=tuple(sources),
        proof=proofs.of(row["idx"]),
    )
