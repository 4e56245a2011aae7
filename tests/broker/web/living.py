"""A whole broker over real TLS and PostgreSQL with one house, for tests that call it as a connector does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from broker.app import application
from broker.database import Database
from broker.house import Broker
from broker.ledger import log_keys
from broker.parties.houses import create_house
from broker.settings import Settings
from broker.web.limits import Limits
from broker.web.serving import listening
from broker.web.tls import server_context
from tests.broker.web.certificates import OTHER, PARTY, Files, Sandbox
from tests.broker.web.conftest import Running
from tests.broker.web.founding import Founded, found

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Live(Running):
    """A broker with one house and two parties."""

    founded: Founded
    melder: Files
    police: Files

    async def post(self, data: bytes, files: Files | None = None, **headers: str) -> tuple[int, dict[str, Any]]:
        """Hand in a message."""
        call = self.call(files or self.melder, "POST", self.house("messages"), data=data, headers=JSON | headers)
        async with call as response:
            return response.status, json.loads(await response.read())

    async def get(self, path: str, files: Files | None = None) -> Any:
        """A JSON answer, which is a 200."""
        async with self.call(files or self.melder, "GET", self.house(path)) as response:
            assert response.status == 200, await response.text()
            return json.loads(await response.read())

    async def ask(self, path: str, body: object, files: Files | None = None) -> Any:
        """The JSON answer to a POST, which is a 200."""
        async with self.call(files or self.melder, "POST", self.house(path), json=body) as response:
            assert response.status == 200, await response.text()
            return json.loads(await response.read())

    async def deliveries(self, count: int, files: Files | None = None, wait: int = 5) -> dict[str, Any]:
        """A page with at least ``count`` deliveries, waited for."""
        async with asyncio.timeout(2 * wait):
            while True:
                page = await self.get(f"inbox?after=0&wait={wait}", files)
                if len(page["deliveries"]) >= count:
                    found: dict[str, Any] = page
                    return found


@asynccontextmanager
async def living(
    database: str, sandbox: Sandbox, folder: Path, limits: Limits | None = None, packs: tuple[Path, ...] = ()
) -> AsyncIterator[Live]:
    """Found a house, start everything. ``packs``: folders with packs beside those of the program."""

    def clock() -> datetime:
        return datetime.now(UTC)

    now = clock().replace(microsecond=0)
    founded = found(now, log_keys.make(folder), log_keys.make(folder), sandbox.authority)
    pool = Database(database)
    await create_house(pool, folder, founded.genesis, founded.records, now)
    await pool.close()
    settings = Settings(dsn=database, keys=folder, tls=sandbox.tls(), port=0, limits=limits or Limits(), packs=packs)
    broker = Broker(settings, clock)
    await broker.start()
    try:
        app = application(broker, settings, clock)
        async with listening(app, server_context(settings.tls), "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            yield Live(app, port, sandbox, founded, sandbox.issue(PARTY), sandbox.issue(OTHER))
    finally:
        await broker.stop()
