"""What must no longer open: keys of phases that are over, destroyed in the keystore, with the evidence kept.

Decides nothing about when (a phase decision says so); does it in the order in which a crash loses nothing that was
kept: the new file key first, then the rows in one transaction, then the old keys. :func:`settle` runs again at every
start.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from connectors.casefiles import store
from connectors.casefiles.keyring import Keyring, file_name, receive_name
from connectors.casefiles.store import ErasureRow
from connectors.database import Database
from schemas.ids import CaseRef, Kid


async def settle(
    database: Database, keyring: Keyring, case: CaseRef, phase: str, closed: Collection[Kid], items: int, now: datetime
) -> ErasureRow | None:
    """Destroy every key of ``case`` that is not of its current ``phase``: file keys, and the ``closed`` receive keys.

    ``items``: how many items were dropped, for the evidence. None where there was nothing to destroy.
    """
    old = [name for name in keyring.phases_of(case) if name != phase]
    names = [file_name(case, name) for name in old] + [receive_name(kid) for kid in closed]
    if not names:
        return None
    generations = await keyring.erase(names)
    row = ErasureRow(
        at=now,
        case=case,
        phase=" ".join(old) or phase,
        kids=tuple(closed),
        items=items,
        before=generations.before,
        after=generations.after,
        backend=keyring.backend,
    )
    async with database.begin() as tx:
        await store.add_erasure(tx, row)
    return row
