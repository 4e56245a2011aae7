"""The whole of ``run``: the connector and its socket, started in order and ended in order.

Decides that a broker that is away at the start is waited for, and that the socket is there only while the connector is.
"""

from __future__ import annotations

import asyncio
import signal
from functools import partial
from typing import Final

import structlog

from connectors import LinkError
from connectors.app import Connector
from connectors.control.serving import Act, ControlSocket
from connectors.desk.acts import ACTS
from connectors.exchanges.link import BrokerLink
from connectors.exchanges.workplace import Workplace
from connectors.settings import Settings

log = structlog.get_logger(__name__)
RETRY_SECONDS: Final = 2.0


def acts_of(place: Workplace) -> dict[str, Act]:
    """The acts of the desk, bound to one connector."""
    return {name: Act(model, partial(do, place)) for name, (model, do) in ACTS.items()}


async def run(settings: Settings, link: BrokerLink) -> None:
    """Until SIGINT or SIGTERM. Raises :class:`connectors.ConnectorError` where it cannot start."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    try:
        connector = await _open(settings, link, stopping)
        if connector is not None:
            await _serve(connector, stopping)
    finally:
        await link.close()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def _open(settings: Settings, link: BrokerLink, stopping: asyncio.Event) -> Connector | None:
    """The connector, as soon as the broker can be reached; None where it was stopped before."""
    while not stopping.is_set():
        try:
            return await Connector.open(settings, link)
        except LinkError as error:
            log.warning("broker_away", error=type(error).__name__, retry_seconds=RETRY_SECONDS)
        try:
            await asyncio.wait_for(stopping.wait(), RETRY_SECONDS)
        except TimeoutError:
            continue
    return None


async def _serve(connector: Connector, stopping: asyncio.Event) -> None:
    control = ControlSocket(connector.place.settings.data, acts_of(connector.place))
    try:
        await control.start()
        connector.start()
        house, held = connector.place.house, connector.place.book.held
        log.info("running", house=house.directory.house, sandbox=house.sandbox, log_size=held.size if held else 0)
        await stopping.wait()
        log.info("stopping")
    finally:
        await control.stop()
        await connector.stop()
