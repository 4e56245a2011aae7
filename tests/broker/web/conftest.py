"""A server of the web layer alone, over real TLS on loopback, with routes that the tests bring themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import aiohttp
import pytest
from aiohttp import web

from broker.problem import ProblemError
from broker.web.limits import Limits
from broker.web.openapi import Contact
from broker.web.routes import (
    Handler,
    Number,
    Reply,
    Route,
    Table,
    caller_of,
    json_answer,
    read_body,
    read_model,
    read_query,
)
from broker.web.serving import listening, make_application
from broker.web.tls import server_context
from schemas.ids import HouseId, Oin
from schemas.records import Frozen
from tests.broker.web.certificates import PARTY, Files, Sandbox

HOUSE = "zuidpolder"


class Ask(Frozen):
    """A query and a body of the test routes."""

    after: Number = 0
    kind: str = "x"


async def echo(request: web.Request) -> web.Response:
    """Gives back who called and what it sent."""
    data = await read_body(request, 1000)
    return json_answer({"oin": caller_of(request).oin, "size": str(len(data))}, dict[str, str])


async def ask(request: web.Request) -> web.Response:
    """Reads a closed model from body and query."""
    read_query(request, Ask)
    return json_answer(await read_model(request, Ask), Ask)


async def fail(request: web.Request) -> web.Response:
    """A bug whose text holds a value."""
    raise RuntimeError("Jan de Vries 999990019")


async def slow(request: web.Request) -> web.Response:
    """Busy for a while."""
    await asyncio.sleep(0.5)
    return web.Response(text="klaar")


async def big(request: web.Request) -> web.Response:
    """More than the buffers of a socket hold."""
    return web.Response(body=b"x" * 30_000_000)


async def refuse(request: web.Request) -> web.Response:
    """A fault with a place."""
    raise ProblemError("manifest_vorm", "/items/0")


def _row(method: Literal["GET", "POST"], name: str, handler: Handler) -> Route:
    return Route(
        method=method,
        path=f"/houses/{{house}}/{name}",
        name=name,
        tag="proef",
        nl="Proef.",
        en="A trial.",
        handler=handler,
        replies=(Reply(200, "Goed.", dict[str, str]),),
    )


TRIALS: Table = (
    _row("POST", "echo", echo),
    _row("POST", "ask", ask),
    _row("GET", "fail", fail),
    _row("GET", "slow", slow),
    _row("GET", "big", big),
    _row("POST", "refuse", refuse),
)


@dataclass(frozen=True)
class Running:
    """A server that listens."""

    application: web.Application
    port: int
    sandbox: Sandbox

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"https://127.0.0.1:{self.port}{path}"

    def house(self, path: str) -> str:
        """The address of a path of the test house."""
        return self.url(f"/v1/houses/{HOUSE}/{path}")

    @asynccontextmanager
    async def call(
        self, files: Files | None, method: str, url: str, **given: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """One request on a connection of its own."""
        async with self.session(files) as client, client.request(method, url, **given) as response:
            yield response

    def session(self, files: Files | None) -> aiohttp.ClientSession:
        """A client with that certificate."""
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=self.sandbox.client(files)))


Start = Callable[..., AbstractAsyncContextManager[Running]]


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """An authority for all tests of a session."""
    return Sandbox(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def party(sandbox: Sandbox) -> Files:
    """The certificate of a party."""
    return sandbox.issue(PARTY)


@pytest.fixture
def start(sandbox: Sandbox) -> Start:
    """Start a server with the trial routes: ``async with start(limits) as running``."""

    @asynccontextmanager
    async def starting(limits: Limits | None = None, trusted: Sandbox | None = None) -> AsyncIterator[Running]:
        async def authorities(house: HouseId, oin: Oin) -> list[bytes]:
            if house != HOUSE:
                raise ProblemError("huis_onbekend")
            return [(trusted or sandbox).der]

        application = make_application(
            TRIALS, authorities, lambda: datetime.now(UTC), limits or Limits(), Contact(), "https://localhost"
        )
        async with listening(application, server_context(sandbox.tls()), "127.0.0.1", 0) as server:
            yield Running(application, server.sockets[0].getsockname()[1], sandbox)

    return starting
