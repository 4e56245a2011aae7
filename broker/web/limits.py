"""How much at once and how slow is allowed; the numbers are part of the contract of the interface.

Decides about connections and requests in flight only. What a party may send in a day is the pack's, and counted
with the entries. Source: threats-and-tests 2.4 (slow, oversized and many).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from broker.problem import ProblemError
from schemas import strict
from schemas.ids import Oin
from schemas.records import Frozen

Seconds = Annotated[float, Field(gt=0, le=600)]
Count = Annotated[int, Field(ge=1, le=100_000)]


class Limits(Frozen):
    """Seconds and counts; the defaults are those that are documented."""

    header_seconds: Seconds = 30
    """For a whole request head, and for the first bytes of a fresh connection."""
    body_seconds: Seconds = 30
    write_seconds: Seconds = 60
    """That a peer may leave our answer unread."""
    idle_seconds: Seconds = 75
    handshake_seconds: Seconds = 10
    body_bytes: Annotated[int, Field(ge=1, le=strict.MESSAGE_LIMIT)] = strict.MESSAGE_LIMIT
    query_bytes: Count = 64 * 1024
    """For every body that is no message."""
    connections: Count = 4096
    connections_per_party: Count = 64
    connections_anonymous: Count = 256
    """Without a certificate, all together."""
    waiting_messages: Count = 1024
    """Messages that were read and wait for their place in a batch."""


class Connections:
    """Counts live connections: all, and per party. One event loop, no locks."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._per_party: Counter[Oin | None] = Counter()

    @property
    def total(self) -> int:
        """All live connections."""
        return self._per_party.total()

    def parties(self) -> int:
        """How many parties are connected."""
        return sum(1 for oin, count in self._per_party.items() if oin is not None and count)

    def enter(self, oin: Oin | None) -> str | None:
        """Count a connection; ``None``: welcome, else the code that each of its requests is answered with."""
        full = self.total >= self._limits.connections
        allowed = self._limits.connections_anonymous if oin is None else self._limits.connections_per_party
        crowded = self._per_party[oin] >= allowed
        self._per_party[oin] += 1
        if full:
            return "even_niet"
        return "te_veel" if crowded else None

    def leave(self, oin: Oin | None) -> None:
        """The connection is gone."""
        self._per_party[oin] -= 1
        if self._per_party[oin] <= 0:
            del self._per_party[oin]


class Waiting:
    """A bounded queue in front of the committer: the one too many is sent away at once, with a time to return."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.now = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place. Raises :class:`ProblemError` ``even_niet``."""
        if self.now >= self._most:
            raise ProblemError("even_niet")
        self.now += 1
        try:
            yield
        finally:
            self.now -= 1


LIMITS: Final = web.AppKey("limits", Limits)
CONNECTIONS: Final = web.AppKey("connections", Connections)
WAITING: Final = web.AppKey("waiting", Waiting)
