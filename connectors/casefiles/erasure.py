"""What must no longer open: keys destroyed in the keystore, with the evidence kept.

Decides nothing about when (a phase decision says so, an order, a term); does it in the order in which a crash loses
nothing that was kept and leaves nothing that must go: the new keys first; then one transaction that puts what is kept
under them, drops the rows, and writes down what is to be destroyed; then the old keys; then the evidence in the place
of that note. :func:`carry_out` runs again at every start, so what is written down is done.

The evidence (ledger-and-keys.md "Evidence of erasure") names the keys, the generations, the method and the backend, and
keeps a canary of each key, made while it lived: nothing that is left opened it. It also tells, when an older copy of
the keystore was put back, which keys are dead all the same: :func:`repeat` destroys them again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from connectors.casefiles import dossier, store
from connectors.casefiles.keyring import Keyring, audit_name, receive_name, reply_name
from connectors.casefiles.store import Doomed, ErasureReceipt
from connectors.database import Database
from schemas.acts import Scope
from schemas.ids import CaseRef, ItemRef, Kid, MessageId

METHOD: Final = "generatie_vervangen"
"""The store was written anew under another generation key, and the one before was destroyed."""


def _doom(
    keyring: Keyring, case: CaseRef, phase: str, now: datetime, scope: Scope, ids: Sequence[str], names: Sequence[str]
) -> Doomed:
    """Made while the keys live: the canaries are."""
    kids = tuple(Kid(name.removeprefix("receive/")) for name in names if name.startswith("receive/"))
    return Doomed(now, case, phase, scope, tuple(ids), kids, 0, tuple(names), keyring.canaries(names))


async def settle(
    database: Database, keyring: Keyring, case: CaseRef, phase: str, closed: Collection[Kid], items: int, now: datetime
) -> ErasureReceipt | None:
    """Destroy every key of ``case`` that is not of its current ``phase``: file keys, and the ``closed`` receive keys.

    ``items``: how many items were dropped, for the evidence. None where there was nothing to destroy.
    """
    old = [name for name in keyring.phases_of(case) if name != phase]
    names = [name for one in old for name in keyring.file_names(case, one)] + [receive_name(kid) for kid in closed]
    if not names:
        return None
    doomed = _doom(keyring, case, old[-1] if old else phase, now, "phase", old or (phase,), names)
    async with database.begin() as tx:
        await store.add_doomed(tx, replace(doomed, items=items))
    return await _carried(database, keyring, doomed, now)


async def erase_items(
    database: Database,
    keyring: Keyring,
    case: CaseRef,
    phase: str,
    items: Collection[ItemRef],
    closed: Collection[Kid],
    now: datetime,
) -> ErasureReceipt | None:
    """Forget these items of (case, phase), and destroy the receive keys under which copies of them lie elsewhere.

    Their keys are wrapped under the file key, also in backups: so that goes, and all else of the phase is under a next
    one first. Hold the turn of the case. None where there is nothing: no such item here, no key to close.
    """
    async with database.begin() as tx:
        held = {row.item for row in await store.items_of(tx, case) if row.phase == phase and row.item in items}
    before = keyring.file_names(case, phase) if held else ()
    if not before and not closed:
        return None
    if before:
        await keyring.next_file(case, phase)
    names = [*before, *(receive_name(kid) for kid in closed)]
    doomed = _doom(keyring, case, phase, now, "item" if items else "key", sorted(items) or sorted(closed), names)
    async with database.begin() as tx:
        gone = await dossier.drop(tx, keyring, case, phase, held) if before else 0
        await store.add_doomed(tx, replace(doomed, items=gone))
    return await _carried(database, keyring, doomed, now)


async def forget_case(
    database: Database,
    keyring: Keyring,
    case: CaseRef,
    closed: Collection[Kid],
    answers: Collection[MessageId],
    now: datetime,
) -> ErasureReceipt | None:
    """Destroy every key of a case: also that of the audit, over what was explained, and those of its ``answers``.

    For the end of all terms; hold the turn of the case. None where there is nothing left.
    """
    phases = keyring.phases_of(case)
    names = [name for phase in phases for name in keyring.file_names(case, phase)]
    names += [receive_name(kid) for kid in closed] + [reply_name(answer) for answer in answers]
    names += [audit_name(case)] if keyring.held_audit_key(case) is not None else []
    if not names:
        return None
    doomed = _doom(keyring, case, phases[-1] if phases else "", now, "case", (case,), names)
    async with database.begin() as tx:
        await store.add_doomed(tx, replace(doomed, items=await store.drop_case(tx, case)))
    return await _carried(database, keyring, doomed, now)


async def carry_out(
    database: Database, keyring: Keyring, now: datetime, only: Doomed | None = None
) -> tuple[ErasureReceipt, ...]:
    """Destroy what is written down to be destroyed, or ``only`` this of it; after a crash, once more. The evidence of
    each: the caller tells of it, so it takes no more than it tells of."""
    receipts = []
    async with keyring.erasing:
        async with database.begin() as tx:
            pending = [one for one in await store.doomed(tx) if only is None or _same(one, only)]
        for one in pending:
            receipt = await _destroy(keyring, one, now)
            async with database.begin() as tx:
                await store.add_erasure(tx, receipt, one.nr)
            receipts.append(receipt)
    return tuple(receipts)


async def _destroy(keyring: Keyring, one: Doomed, now: datetime) -> ErasureReceipt:
    generations = await keyring.erase(one.names)
    return ErasureReceipt(
        at=now,
        case=one.case,
        phase=one.phase,
        scope=one.scope,
        ids=one.ids,
        kids=one.kids,
        items=one.items,
        names=one.names,
        before=generations.before,
        after=generations.after,
        method=METHOD,
        backend=keyring.backend,
        singing=keyring.singing(one.canaries),
        canaries=one.canaries,
    )


async def repeat(database: Database, keyring: Keyring, now: datetime) -> tuple[ErasureReceipt, ...]:
    """Destroy again what was destroyed and is there again: an older copy of the keystore was put back."""
    async with database.begin() as tx:
        for row in await store.erasures(tx):
            back = keyring.back(row.canaries)
            if back:
                kids = tuple(kid for kid in row.kids if receive_name(kid) in back)
                canaries = {name: row.canaries[name] for name in back}
                again = Doomed(now, row.case, row.phase, row.scope, row.ids, kids, 0, back, canaries)
                await store.add_doomed(tx, again)
    return await carry_out(database, keyring, now)


async def _carried(database: Database, keyring: Keyring, doomed: Doomed, now: datetime) -> ErasureReceipt | None:
    """The evidence of what was just written down, also where a :func:`carry_out` at the same time was before."""
    receipts = await carry_out(database, keyring, now, doomed)
    if not receipts:
        async with database.begin() as tx:
            receipts = await store.erasures(tx, doomed.case)
    return next((one for one in reversed(receipts) if _same(one, doomed)), None)


def _same(one: Doomed | ErasureReceipt, other: Doomed) -> bool:
    """No two canaries are alike; where no key was left to make one with, what was asked tells."""
    told = (one.case, one.scope, tuple(one.ids), tuple(one.names), dict(one.canaries))
    return told == (other.case, other.scope, tuple(other.ids), tuple(other.names), dict(other.canaries))
