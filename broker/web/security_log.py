"""What cannot be put on anybody's account: counted, not written down line by line.

A ledger entry is made only for messages signed with an enrolled key. All else that is turned away at the door (no
certificate, a signature that fails, bytes that are no message, a peer that is too slow) becomes counts per code, one
line a minute at most. Who it was stands there only as an OIN, never as an address of the network.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client import Counter as Metric

from schemas.ids import Oin

_LOG = structlog.get_logger("broker.security")
_MOST: Final = 1000


class SecurityLog:
    """Counts of what was turned away, per code and party; :meth:`flush` writes and forgets them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._counts: Counter[tuple[str, Oin | None]] = Counter()
        self._total = Metric("keten_turned_away", "Requests without a ledger entry", ["code"], registry=registry)

    def count(self, code: str, oin: Oin | None) -> None:
        """One more. A flood of OINs beyond bounds is counted without them."""
        self._total.labels(code).inc()
        mark = (code, oin)
        if mark not in self._counts and len(self._counts) >= _MOST:
            mark = (code, None)
        self._counts[mark] += 1

    def flush(self) -> None:
        """Write the counts since the last time, one line per code and party."""
        counts, self._counts = self._counts, Counter()
        for (code, oin), number in sorted(counts.items(), key=str):
            _LOG.warning("turned_away", code=code, oin=oin, count=number)

    async def run(self, seconds: float = 60) -> None:
        """Flush for ever; and once more when cancelled."""
        try:
            while True:
                await asyncio.sleep(seconds)
                self.flush()
        finally:
            self.flush()


SECURITY: Final = web.AppKey("security", SecurityLog)
