"""The composition root: settings in, a broker that answers out. No logic, only who gets what.

The table of routes stands here whole, so that the description of the interface can be printed without a database.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import structlog
from aiohttp import web

from broker.cases import api as cases
from broker.exchanges import api as exchanges
from broker.house import Broker
from broker.ledger import api as ledger
from broker.parties import api as parties
from broker.parties.directories import HouseView
from broker.problem import ProblemError
from broker.registers import api as registers
from broker.settings import Settings
from broker.web.identity import Authorities
from broker.web.routes import Table
from broker.web.serving import health_listening, listening, make_application
from broker.web.tls import server_context
from schemas.ids import HouseId, Oin

TABLE: Final[Table] = (*exchanges.TABLE, *ledger.TABLE, *parties.TABLE, *cases.TABLE, *registers.TABLE)

_LOG = structlog.get_logger("broker")


def authorities_of(broker: Broker) -> Authorities:
    """The authorities of a house, for who is or was a party of it (one that left may still check the log)."""

    async def authorities(house: HouseId, oin: Oin) -> Sequence[bytes]:
        view = await broker.directories.get(house)
        if oin not in parties_of(view):
            view = await broker.directories.refresh(house)
        if oin not in parties_of(view):
            raise ProblemError("geen_toetreding")
        return view.directory.authorities

    def parties_of(view: HouseView) -> set[Oin]:
        return {address.oin for address in view.members.parties}

    return authorities


def application(broker: Broker, settings: Settings, clock: Callable[[], datetime]) -> web.Application:
    """The HTTP application over a broker; the caller starts and stops the broker."""
    app = make_application(TABLE, authorities_of(broker), clock, settings.limits, settings.contact, settings.public_url)
    app[exchanges.INTAKE] = broker.intake
    app[exchanges.DELIVERY] = broker.delivery
    app[ledger.READING] = broker.reading
    app[parties.DIRECTORIES] = broker.directories
    app[parties.RECORDS] = broker.reading
    app[parties.PACKS] = broker.packs
    app[cases.CASES] = broker.cases
    app[registers.PROVISIONS] = broker.provisions
    return app


async def run(settings: Settings, clock: Callable[[], datetime]) -> None:
    """Serve until SIGINT or SIGTERM. Raises :class:`broker.BrokerError` for what an operator can mend."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    broker = Broker(settings, clock)
    await broker.start()
    try:
        app = application(broker, settings, clock)
        houses = [(await broker.directories.get(house)).directory for house in broker.houses]
        trusted = [der for house in houses for der in house.authorities]
        context = server_context(settings.tls, trusted)
        async with (
            listening(app, context, settings.host, settings.port) as server,
            health_listening(app, broker.ready, settings.health_host, settings.health_port) as health,
        ):
            ports = {"port": server.sockets[0].getsockname()[1], "health_port": health.addresses[0][1]}
            _LOG.info("listening", host=settings.host, **ports, houses=list(broker.houses))
            await stop.wait()
            _LOG.info("stopping")
    finally:
        await broker.stop()
