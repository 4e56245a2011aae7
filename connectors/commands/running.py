"""``run``: the connector itself, with its socket, until it is asked to stop (SIGINT, SIGTERM)."""

from __future__ import annotations

from connectors.commands.terminal import SettingsFile
from connectors.settings import Settings, read_settings


def run(settings: SettingsFile) -> None:
    """Start deze connector; hij stopt met Ctrl-C of SIGTERM. Logt op standard error, zonder persoonsgegevens."""
    import asyncio

    from connectors import logs

    read = read_settings(settings)
    logs.configure()
    asyncio.run(_run(read))


async def _run(settings: Settings) -> None:
    from connectors.control import running
    from connectors.exchanges.mutual_tls import MutualTlsLink

    await running.run(settings, await MutualTlsLink.open(settings.broker, settings.house.id))
