"""Commands as people give them: in a thread of their own, over the real socket, to connectors of the test's process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from typer.testing import CliRunner

from connectors.cli import app
from connectors.control.running import acts_of
from connectors.control.serving import ControlSocket
from connectors.settings import Settings
from schemas.ids import Address
from tests.connectors.exchange import Exchange


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code in {0, 1, 3}, self
        return json.loads(self.out)


def command(*arguments: str, stdin: str | None = None) -> Ran:
    """One command, in this thread."""
    done = CliRunner().invoke(app, list(arguments), input=stdin)
    return Ran(done.exit_code, done.stdout, done.stderr)


def write_settings(path: Path, settings: Settings) -> Path:
    """The settings as a file of strings, as the loader wants them."""
    path.write_text(yaml.safe_dump(_text(settings.model_dump(mode="json", exclude_none=True))), encoding="utf-8")
    return path


def _text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_text(inner) for inner in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Desk:
    """Connectors at work, each behind its socket."""

    exchange: Exchange
    folder: Path

    def settings(self, address: Address) -> Path:
        return self.folder / f"{address.oin}.yaml"

    async def at(self, address: Address, *arguments: str, stdin: str | None = None) -> Ran:
        """A command to one connector."""
        settings = str(self.settings(address))
        return await asyncio.to_thread(command, *arguments, "--settings", settings, stdin=stdin)


@asynccontextmanager
async def desks(exchange: Exchange) -> AsyncIterator[Desk]:
    """Everybody runs and listens."""
    sockets = []
    for connector in exchange.connectors.values():
        place = connector.place
        write_settings(exchange.folder / f"{place.settings.party.oin}.yaml", place.settings)
        sockets.append(ControlSocket(place.settings.data, acts_of(place)))
    try:
        for socket in sockets:
            await socket.start()
        for connector in exchange.connectors.values():
            connector.start()
        yield Desk(exchange, exchange.folder)
    finally:
        for socket in sockets:
            await socket.stop()
        for connector in exchange.connectors.values():
            await connector.rest()
