"""The sweep: at every tick what has expired is ended, house by house, in small batches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from broker.database import Database
from broker.logs import log_fault
from broker.retention.expiring import expire
from schemas.ids import HouseId


async def sweep(database: Database, wakes: Mapping[HouseId, Callable[[], None]], clock: Callable[[], datetime]) -> int:
    """End everything that has expired by now; ``wakes`` are the sequencers of the houses. How many."""
    ended = 0
    for house, wake in wakes.items():
        while found := await expire(database, house, clock()):
            ended += found
            wake()
    return ended


async def run(
    database: Database, wakes: Mapping[HouseId, Callable[[], None]], clock: Callable[[], datetime], seconds: float
) -> None:
    """Sweep for ever, every ``seconds``."""
    while True:
        try:
            await sweep(database, wakes, clock)
        except Exception as error:  # whatever it was: without sweeps contents outlive their term
            log_fault("sweep", error)
        await asyncio.sleep(seconds)
