"""What every story of a connector works with, in one frozen place; composed in :mod:`connectors.app`."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from connectors.casefiles.keyring import Keyring
from connectors.database import Database
from connectors.exchanges.house import House, HouseBook
from connectors.exchanges.link import BrokerLink
from connectors.settings import HOUSE_ROLE, Settings
from connectors.sources import Source
from schemas.ids import Address

T = TypeVar("T")


class Arrivals:
    """Wakes whoever waits for something to come in or to be accepted."""

    def __init__(self) -> None:
        """Nobody waits yet."""
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Something happened."""
        self._rung.set()
        self._rung = asyncio.Event()

    async def until(self, look: Callable[[], Awaitable[T | None]], seconds: float) -> T | None:
        """What ``look`` finds, now or after something happened; None after ``seconds``."""
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while True:
            rung = self._rung
            found = await look()  # never cut off: it may be in a transaction
            if found is not None:
                return found
            try:
                await asyncio.wait_for(rung.wait(), end - clock())
            except TimeoutError:
                return None


@dataclass(frozen=True)
class Workplace:
    """One connector, at work."""

    settings: Settings
    database: Database
    keyring: Keyring
    book: HouseBook
    link: BrokerLink
    clock: Callable[[], datetime]
    """Whole seconds UTC."""
    source: Source | None = None
    arrivals: Arrivals = field(default_factory=Arrivals)
    spread: Callable[[int], int] = lambda seconds: secrets.randbelow(seconds + 1)
    """A random number of seconds up to and including its argument."""

    @property
    def house(self) -> House:
        """The house as it is known now."""
        return self.book.house

    @property
    def own(self) -> frozenset[Address]:
        """My addresses."""
        return frozenset(self.settings.own)

    @property
    def directs(self) -> bool:
        """Whether this is the house's own connector."""
        return self.settings.role == HOUSE_ROLE

    @property
    def house_address(self) -> Address:
        """The address of the house."""
        return self.house.members(self.clock()).house_address
