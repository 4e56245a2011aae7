"""A party's connector as it is at this moment, copied, so that what is done to it harms nobody else.

The copy is the real program with the party's real database, keys and certificate, and reads at the door of whoever
plays the broker. It is not at work: it takes a page when told.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, closing
from pathlib import Path

from connectors import CheckError, ConnectorError
from connectors.app import Connector
from connectors.desk import stories
from connectors.exchanges.inbox import follow_house, take_page
from connectors.exchanges.link import Submitted
from connectors.exchanges.mutual_tls import MutualTlsLink
from connectors.settings import Settings, read_settings
from deploy.demo.founding import Party

DATABASE = "connector.sqlite"


class SplitLink(MutualTlsLink):
    """Reads at one door, hands in at another: the lies are in what is read."""

    real: MutualTlsLink | None = None

    async def submit(self, data: bytes) -> Submitted:
        """At the real door, if there is one for this connector."""
        return await (super().submit(data) if self.real is None else self.real.submit(data))

    async def close(self) -> None:
        """Both."""
        await super().close()
        if self.real is not None:
            await self.real.close()


def copy_party(party: Party, folder: Path) -> Settings:
    """A copy of all that a party has, while its connector may run; its settings there."""
    shutil.copytree(party.folder, folder, ignore=shutil.ignore_patterns("*.sock", "*.sqlite*", "*.lock"))
    source = party.folder / "data" / DATABASE
    if source.exists():
        with closing(sqlite3.connect(source)) as theirs, closing(sqlite3.connect(folder / "data" / DATABASE)) as mine:
            theirs.backup(mine)
    return read_settings(folder / party.settings.name)


def through(settings: Settings, url: str) -> Settings:
    """The same, but for where the broker is."""
    return settings.model_copy(update={"broker": settings.broker.model_copy(update={"url": url})})


class Victim:
    """One copied connector."""

    def __init__(self, connector: Connector) -> None:
        """Use :func:`open_victim`."""
        self.connector, self.place = connector, connector.place

    async def codes(self) -> list[str]:
        """Every finding so far: its code."""
        return [row.code for row in await stories.findings(self.place)]

    async def questions(self) -> int:
        """How many questions it has to answer."""
        return len(await stories.questions(self.place))

    async def polled(self) -> tuple[str, ...]:
        """Take what there is, once; the findings that come of it, and the error that ended it; sorted."""
        before = len(await self.codes())
        stopped = await _code_of(take_page(self.place, 0.0))
        return tuple(sorted({*(await self.codes())[before:], *stopped}))

    async def followed(self) -> tuple[str, ...]:
        """The same for a look at the directory of the house."""
        before = len(await self.codes())
        stopped = await _code_of(follow_house(self.place))
        return tuple(sorted({*(await self.codes())[before:], *stopped}))


async def _code_of(work: Awaitable[object]) -> set[str]:
    try:
        await work
    except CheckError as error:
        return {error.code}
    except ConnectorError as error:
        return {type(error).__name__}
    return set()


@asynccontextmanager
async def open_victim(party: Party, folder: Path, url: str, real: str | None = None) -> AsyncIterator[Victim]:
    """A copy in ``folder`` that reads at ``url``. ``real``: where it hands in; without it all it says is lost."""
    settings = copy_party(party, folder)
    link = await SplitLink.open(through(settings, url).broker, settings.house.id)
    if real is not None:
        link.real = await MutualTlsLink.open(through(settings, real).broker, settings.house.id)
    try:
        connector = await Connector.open(settings, link, poll=1.0, tick=0.2)
    except BaseException:
        await link.close()
        raise
    try:
        yield Victim(connector)
    finally:
        await connector.stop()
        shutil.rmtree(folder, ignore_errors=True)
