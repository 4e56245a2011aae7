"""The broker as its own enemy: a second door to the broker's own database, with its TLS certificate and its log key.

Whoever comes in is who the certificate says, as at the real door; what goes out is what the operator makes of it. A
lie is a function from an honest answer to another. Nothing is taken in here: messages go to the real door.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware

from broker import settings as broker_settings
from broker.app import application
from broker.house import Broker
from broker.ledger import log_keys
from broker.problem import ProblemError
from broker.web.identity import CALLER
from broker.web.routes import Handler, caller_of, route_of
from broker.web.serving import listening
from broker.web.tls import server_context
from deploy.demo.adversary.attack import AttackError
from deploy.demo.sandbox import Sandbox
from keys.identity import parse_record
from keys.jws import SigningKey
from schemas.ids import Oin
from schemas.records import Genesis

SUBMIT = "submitMessage"
MUTED = "even_niet"


@dataclass(frozen=True)
class Asked:
    """Who asked for what: the name of the route, the path within the house, the query."""

    oin: Oin
    route: str
    path: str
    query: dict[str, str]


Lie = Callable[[Asked, bytes], bytes]
"""The honest answer's bytes to what goes out. May raise :class:`ProblemError` to answer with that."""


def as_json(change: Callable[[Asked, dict[str, Any]], None], route: str) -> Lie:
    """A lie about one route that answers in JSON: ``change`` edits it in place."""

    def lie(asked: Asked, data: bytes) -> bytes:
        if asked.route != route:
            return data
        content = json.loads(data)
        change(asked, content)
        return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()

    return lie


class Front:
    """The second door; use :func:`open_front`."""

    def __init__(self, broker: Broker, log_key: SigningKey, house: str) -> None:
        """Honest until told otherwise."""
        self.broker, self.log_key, self.house = broker, log_key, house
        self.port = 0
        self._lie: Lie | None = None

    @property
    def url(self) -> str:
        """Where a connector would reach it."""
        return f"https://localhost:{self.port}"

    @contextmanager
    def lying(self, lie: Lie | None) -> Iterator[None]:
        """Tell this lie meanwhile."""
        self._lie = lie
        try:
            yield
        finally:
            self._lie = None

    async def meddle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Innermost: the honest answer, and what becomes of it."""
        route = route_of(request)
        if route is not None and route.name == SUBMIT:
            raise ProblemError(MUTED)
        lie, after = self._lie, request.path.partition(f"/houses/{self.house}/")[2]
        try:
            response = await handler(request)
        except ProblemError:
            if lie is None or route is None:
                raise
            response = web.Response(body=b"")
        if lie is None or route is None or not isinstance(response, web.Response) or CALLER not in request:
            return response
        asked = Asked(caller_of(request).oin, route.name, after, dict(request.query))
        body = response.body if isinstance(response.body, bytes) else b""
        return web.Response(body=lie(asked, body), content_type=response.content_type)


@asynccontextmanager
async def open_front(sandbox: Sandbox) -> AsyncIterator[Front]:
    """Listen on a port of its own until the block ends."""
    settings = broker_settings.load(sandbox.broker_settings, {})
    genesis = parse_record(sandbox.founded.genesis).record
    if not isinstance(genesis, Genesis):
        raise AttackError("the house has no genesis")
    broker = Broker(settings, lambda: datetime.now(UTC))
    front = Front(broker, log_keys.of_genesis(settings.keys, genesis).log, str(genesis.house))
    app = application(broker, settings, lambda: datetime.now(UTC))
    app.middlewares.append(_middleware(front))
    context = server_context(settings.tls, ())
    try:
        async with listening(app, context, "127.0.0.1", 0) as server:
            front.port = server.sockets[0].getsockname()[1]
            yield front
    finally:
        await broker.stop()


def _middleware(front: Front) -> Middleware:
    @web.middleware
    async def meddle(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await front.meddle(request, handler)

    return meddle
