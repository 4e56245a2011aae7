"""From a table of routes to a port that listens: the one place where the parts of this folder come together.

:func:`make_application` knows no house and no engine, so the tests of this layer use it with routes of their own.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry

from broker.web.connections import Connection
from broker.web.health import Ready, health_application
from broker.web.identity import TRUST, Authorities, Trust
from broker.web.limits import CONNECTIONS, LIMITS, WAITING, Connections, Limits, Waiting
from broker.web.metrics import METRICS, Metrics
from broker.web.middlewares import account, admit, identify
from broker.web.openapi import Contact, document, openapi_route
from broker.web.polls import POLLS, Polls
from broker.web.routes import CLOCK, Table, register
from broker.web.security_log import SECURITY, SecurityLog

LEAVING_SECONDS: Final = 3
"""That a request in hand may still take when the broker stops; a long poll is cut at once."""
OPENAPI: Final = web.AppKey("openapi", bytes)


def full_table(table: Table) -> Table:
    """The table with the one route that every broker has: its own description."""
    return (openapi_route(lambda request: request.app[OPENAPI]), *table)


def make_application(
    table: Table,
    authorities: Authorities,
    clock: Callable[[], datetime],
    limits: Limits,
    contact: Contact,
    server: str,
) -> web.Application:
    """The application for ``table``; ``server``: the public address without ``/v1``; ``clock``: aware, UTC."""
    application = web.Application(middlewares=[account, admit, identify])
    rows = full_table(table)
    register(application, rows)
    registry = CollectorRegistry()
    application[CLOCK] = clock
    application[LIMITS] = limits
    application[CONNECTIONS] = Connections(limits)
    application[WAITING] = Waiting(limits.waiting_messages)
    application[SECURITY] = SecurityLog(registry)
    application[METRICS] = Metrics(registry, application[CONNECTIONS], application[WAITING])
    application[TRUST] = Trust(authorities)
    application[POLLS] = Polls()
    application.on_shutdown.append(application[POLLS].cut)
    application[OPENAPI] = json.dumps(document(rows, contact, server), ensure_ascii=False).encode()
    return application


@asynccontextmanager
async def listening(
    application: web.Application, context: ssl.SSLContext, host: str, port: int
) -> AsyncIterator[asyncio.Server]:
    """Serve ``application`` over TLS until the block ends; port 0 takes a free one."""
    limits = application[LIMITS]
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=LEAVING_SECONDS)
    await runner.setup()
    served = runner.server
    if served is None:
        raise TypeError("aiohttp made no server")  # it does after setup()

    def connection() -> Connection:
        return Connection(served, limits, application[CONNECTIONS], application[SECURITY])

    server = await asyncio.get_running_loop().create_server(
        connection,
        host,
        port,
        ssl=context,
        ssl_handshake_timeout=limits.handshake_seconds,
        ssl_shutdown_timeout=2,
        backlog=1024,
    )
    counting = asyncio.create_task(application[SECURITY].run())
    try:
        yield server
    finally:
        server.close()
        counting.cancel()
        with suppress(asyncio.CancelledError):
            await counting
        await runner.cleanup()


@asynccontextmanager
async def health_listening(
    application: web.Application, ready: Ready, host: str, port: int
) -> AsyncIterator[web.AppRunner]:
    """Serve the operator's port beside ``application`` until the block ends."""
    runner = web.AppRunner(health_application(application[METRICS].registry, ready), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield runner
    finally:
        await runner.cleanup()
