"""The clock of sealed texts: past ``expires`` they are deleted, in batches, and the ledger says so.

The same order of locks as the committer (cases, then contents); a case that is busy now has its turn at the next look.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from broker.database import Database
from broker.ledger.append import new_identity, whole_second
from broker.ledger.store import DeliveryRow, insert_deliveries, insert_entries, reserve
from broker.retention import store
from broker.retention.events import EXPIRED, ended
from schemas.ids import Address, HouseId

BATCH: Final = 200


async def expire(database: Database, house: HouseId, now: datetime) -> int:
    """Delete one batch of what has expired, record each, tell its sender. How many; 0 when there is nothing to do."""
    async with database.transaction() as connection:
        found = await store.find_expired(connection, str(house), now, BATCH)
        if not found:
            return 0
        last = await store.lock_free_cases(connection, str(house), sorted({held.case for held in found if held.case}))
        ready = [held for held in found if held.case is None or held.case in last]
        gone = await store.delete_texts(connection, [held.seq for held in ready])
        rows = []
        for held in ready:
            if held.seq in gone:
                number = 0
                if held.case is not None:
                    number = last[held.case] = last[held.case] + 1
                rows.append((held, ended(house, held, EXPIRED, number, whole_second(now), new_identity())))
        seqs = await reserve(connection, len(rows))
        await insert_entries(connection, [(seq, row) for seq, (_, row) in zip(seqs, rows, strict=True)])
        senders = [
            (seq, DeliveryRow(str(Address(held.sender).oin), envelope=False))
            for seq, (held, _) in zip(seqs, rows, strict=True)
        ]
        await insert_deliveries(connection, str(house), senders)
        await store.withdraw(connection, sorted(gone))
        await store.count_up(connection, str(house), sorted(last.items()))
        return len(rows)
