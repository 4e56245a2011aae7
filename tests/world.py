"""A broker and some connectors in one process: the real engine on a real database, over a link in memory.

The link implements the seam of :mod:`connectors.exchanges.link` and nothing more: what HTTP does with bytes and
problems, it does with the same models. Whole paths (``tests/stories``) run here. Time is the caller's: a clock that
stands still until it is moved; the broker's sequencer runs on its own.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from typing_extensions import override

from broker.database import Database, DatabaseError
from broker.exchanges.intake import Answer
from broker.house import Broker
from broker.migrations import upgrade
from broker.parties.api import DirectoryView
from broker.parties.houses import create_house
from broker.problem import ProblemError
from broker.settings import Settings as BrokerSettings
from broker.web.tls import Tls
from connectors import LinkError, LinkRefusedError
from connectors.exchanges.link import Submitted
from keys.tiles import Tile
from schemas import strict
from schemas.ids import Address, CaseRef, HouseId, Oin, PackDigest
from tests.connectors.exchange import Exchange
from tests.connectors.parties import HOUSE_ID, LOG, PARTIES, RECEIPTS, Clock, house_records

T = TypeVar("T")


@dataclass
class DirectLink:
    """The calls of one party on a broker, without a network between them."""

    broker: Broker
    house: HouseId
    oin: Oin

    async def submit(self, data: bytes) -> Submitted:
        answer: Answer = await _called(self.broker.intake.submit(self.house, self.oin, data))
        if answer.status == 202:
            return Submitted(202, json.dumps({"receipt": answer.receipt, "outcome": answer.outcome}).encode())
        reasons = [
            {"rule": r.rule, "code": r.code, "pointer": r.pointer, "nl": r.nl, "en": r.en} for r in answer.reasons
        ]
        problem = {"code": "geweigerd", "status": 403, "reasons": reasons, "receipt": answer.receipt}
        return Submitted(403, json.dumps(problem).encode())

    async def inbox(self, after: int, since: int, wait: float) -> bytes:
        page = await _called(self.broker.delivery.inbox(self.house, self.oin, after, since, wait))
        return page.model_dump_json().encode()

    async def directory(self) -> bytes:
        reading = self.broker.reading
        records = await _called(reading.records(self.house))
        view = DirectoryView(records=tuple(records), checkpoint=await _called(reading.checkpoint(self.house)))
        return view.model_dump_json().encode()

    async def pack(self, digest: PackDigest) -> bytes:
        files = self.broker.packs.files.get(digest)
        if files is None:
            raise LinkRefusedError(404, "pakket_onbekend")
        return json.dumps({"files": dict(files)}).encode()

    async def case(self, case: CaseRef) -> bytes:
        view = await _called(self.broker.cases.case_view(self.house, case, self.oin))
        if view is None:
            raise LinkRefusedError(404, "casus_onbekend")
        return view.model_dump_json(by_alias=True).encode()

    async def checkpoint(self) -> str:
        return await _called(self.broker.reading.checkpoint(self.house))

    async def tile(self, path: str) -> bytes:
        wanted = Tile.parse(path)
        if wanted.level is None:
            return await _called(self.broker.reading.bundle(self.house, wanted.index, wanted.width))
        return await _called(self.broker.reading.tile(self.house, wanted.level, wanted.index, wanted.width))

    async def entries(self, after: int, limit: int) -> bytes:
        rows = await _called(self.broker.reading.entries(self.house, self.oin, after, limit))
        return json.dumps({"entries": [row.model_dump(mode="json") for row in rows]}).encode()

    async def close(self) -> None:
        return None


async def _called(call: Awaitable[T]) -> T:
    try:
        return await call
    except ProblemError as error:
        raise LinkRefusedError(error.problem.status, error.code) from error
    except DatabaseError as error:
        raise LinkError("the broker's database does not answer") from error


class World(Exchange):
    """An :class:`Exchange` around a real broker."""

    real: Broker

    @override
    def link(self, address: Address) -> DirectLink:
        return DirectLink(self.real, HOUSE_ID, Oin(address.oin))

    @override
    async def settle(self) -> None:
        """Until nothing moves: a message takes a round of the sequencer before it is delivered."""
        quiet = 0
        for _ in range(400):
            quiet = 0 if sum([await connector.round() for connector in self.connectors.values()]) else quiet + 1
            if quiet == 3 and await self._all_delivered():
                return
            await asyncio.sleep(0.02)
        raise AssertionError("it does not come to rest")

    async def _all_delivered(self) -> bool:
        async with self.real.database.connection() as connection:
            return not await connection.fetchval("SELECT count(*) FROM entry WHERE idx IS NULL")


def write_log_keys(folder: Path) -> None:
    """The keys that the genesis of :mod:`tests.connectors.parties` names, as a broker finds them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for key in (LOG, RECEIPTS):
        file = folder / f"{key.kid}.key"
        file.touch(mode=0o600)
        file.write_text(strict.encode_base64url(key.seed) + "\n", encoding="ascii")


@asynccontextmanager
async def a_world(
    dsn: str, folder: Path, *addresses: Address, migrate: bool = True, clock: Callable[[], Clock] = Clock
) -> AsyncIterator[World]:
    """Everybody open and at rest; closed at the end."""
    if migrate:
        await asyncio.to_thread(lambda: asyncio.run(upgrade(dsn)))
    write_log_keys(folder / "log")
    moment = clock()
    genesis, *records = house_records()
    database = Database(dsn)
    await create_house(database, folder / "log", genesis, records, moment())
    await database.close()
    tls = Tls(certificate=folder / "none", key=folder / "none")
    broker = Broker(BrokerSettings(keys=folder / "log", dsn=dsn, tls=tls), moment)
    await broker.start()
    world = World(folder, moment)
    world.real = broker
    try:
        await world.open(*(addresses or PARTIES))
        yield world
    finally:
        await world.close()
        await broker.stop()
