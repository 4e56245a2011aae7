"""Closing an epoch: what was sealed to a receive key of mine must not open any more, wherever copies of it lie.

Decides the order (ledger-and-keys.md "An erasure closes the epoch"): the next key is made and durable; the old private
half, with the keys of the erased items, is destroyed at once; then everybody who had the old public half gets the next
one by a ``sleutel``. What still arrives under the old key is answered ``key_closed``, by
:mod:`connectors.exchanges.filing`. Whether something is to be erased is decided elsewhere; sealing again what was
answered so is the sender's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import structlog

from connectors.casefiles import erasure
from connectors.casefiles.store import ErasureReceipt
from connectors.database import Transaction
from connectors.exchanges import outgoing, queries
from connectors.exchanges.drafting import new_id
from connectors.exchanges.keys_of_cases import between, next_key, publication
from connectors.exchanges.moving import tell_of
from connectors.exchanges.outgoing import NotSent
from connectors.exchanges.rows import CaseKeyRow, manifest_of
from connectors.exchanges.workplace import Workplace
from schemas.acts import Keys
from schemas.envelope import parse_envelope
from schemas.ids import Address, CaseRef, ItemRef, Kid
from schemas.manifest import Manifest

log = structlog.get_logger(__name__)


async def erase_items(place: Workplace, case: CaseRef, items: Collection[ItemRef]) -> ErasureReceipt | None:
    """Destroy these items of a case here, and every key under which a copy of them may lie elsewhere.

    The receipt, or None where nothing was there to destroy. Raises :class:`keys.KeyStoreError`; then it is done at the
    next start at the latest, or did not begin.
    """
    async with place.keyring.turn(case):
        async with place.database.begin() as tx:
            row = await queries.case_row(tx, case)
            keys = await queries.case_keys(tx, case)
        if row is None:
            return None
        live = _newest(key for key in keys if key.phase == row.phase and key.erased is None)
        closed = [key.kid for key in keys if key.phase == row.phase and key.erased is None]
        for key in live:
            await next_key(place, case, row.phase, key.address, new_id(), key.suite)
        receipt = await erasure.erase_items(
            place.database, place.keyring, case, row.phase, items, closed, place.clock()
        )
    await tell_of(place, [receipt] if receipt else ())
    await publish(place, case)
    return receipt


async def close_epoch(place: Workplace, case: CaseRef) -> ErasureReceipt | None:
    """As :func:`erase_items` where no item lies here: only what is sealed to me elsewhere is to open no more."""
    return await erase_items(place, case, ())


async def publish(place: Workplace, case: CaseRef) -> int:
    """Tell everybody who knows an older key of mine in this phase the newest one, each apart; how many were told.

    Safe to do again: who was told, or is about to be, is not told twice. At a start this finishes what a crash left.
    """
    async with place.database.begin() as tx:
        row = await queries.case_row(tx, case)
        keys = await queries.case_keys(tx, case)
        told = await _told(tx, case)
    count = 0
    for key in _newest(one for one in keys if row and one.phase == row.phase and one.erased is None):
        mine = (key.phase, key.address, key.suite)
        older = [one.kid for one in keys if (one.phase, one.address, one.suite) == mine and one.kid != key.kid]
        knows = {to for kid in older for to in told.get(kid, ())} - told.get(key.kid, set())
        # Whom the house gave another suite since asks for a key of that one.
        for to in sorted(to for to in knows if between(place, key.address, to) == key.suite):
            count += await _tell(place, key, to)
    return count


async def publish_all(place: Workplace) -> int:
    """:func:`publish` for every case in which an epoch was closed."""
    async with place.database.begin() as tx:
        cases = await queries.reopened_cases(tx)
    return sum([await publish(place, case) for case in cases])


async def _tell(place: Workplace, key: CaseKeyRow, to: Address) -> bool:
    prepared = await publication(place, key.case, key.phase, key.address, to)
    if isinstance(prepared, NotSent):  # it left, or the case moved on: then it has nothing to seal to me either
        log.warning("next_key_not_told", case=key.case, codes=[reason.code for reason in prepared.reasons])
        return False
    async with place.database.begin() as tx:
        await outgoing.post(tx, place, prepared)
    await outgoing.hand_in(place, prepared.manifest.id)
    return True


def _newest(keys: Iterable[CaseKeyRow]) -> list[CaseKeyRow]:
    """Of each address and suite the one of the latest epoch."""
    found: dict[tuple[Address, str], CaseKeyRow] = {}
    for key in keys:
        held = found.get((key.address, key.suite))
        if held is None or key.epoch > held.epoch:
            found[(key.address, key.suite)] = key
    return list(found.values())


async def _told(tx: Transaction, case: CaseRef) -> Mapping[Kid, set[Address]]:
    """Who got which key of mine, also where it is still on its way."""
    sent = [row.source.manifest for row in await queries.messages_of(tx, case, "sleutel") if row.way == "out"]
    waiting = [manifest_of(parse_envelope(row.data).manifest) for row in await queries.waiting(tx) if row.data]
    found: dict[Kid, set[Address]] = {}
    for manifest in (*sent, *waiting):
        for kid in _kids(manifest, case):
            found.setdefault(kid, set()).update(manifest.to)
    return found


def _kids(manifest: Manifest, case: CaseRef) -> list[Kid]:
    act = manifest.act
    return [key.kid for key in act.keys] if manifest.case == case and isinstance(act, Keys) else []
