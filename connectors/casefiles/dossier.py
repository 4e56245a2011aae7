"""What was received or given, sealed at rest per case, phase and item.

Decides how items lie there: the values under a key of their own, that key under the file key of (case, phase), which is
in the keystore. So one item is forgotten with its key, and a phase with its file key, also in backups of the database.
What may be filed is decided before (:mod:`connectors.exchanges.checking`); what a new phase keeps is said by its
decision.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connectors import StateError
from connectors.casefiles import store
from connectors.casefiles.keyring import Keyring
from connectors.casefiles.store import ItemRow
from connectors.database import Transaction
from keys import SealError, atrest
from schemas import strict
from schemas.content import Item
from schemas.ids import CaseRef, ItemRef, MessageId

Values = dict[str, strict.Json]


@dataclass(frozen=True, slots=True)
class FiledItem:
    """An item with its values. ``explanation`` comes once, with the first item of a message."""

    item: Item
    message: MessageId
    phase: str
    values: Values = field(repr=False)
    explanation: str | None = field(repr=False, default=None)


def _aad(what: str, ref: str) -> bytes:
    return f"keten-1.{what}.{ref}".encode("ascii")


def _key(keyring: Keyring, case: CaseRef, phase: str) -> bytes:
    key = keyring.old_file_key(case, phase)
    if key is None:
        raise StateError("the file key of this part of the dossier was destroyed")
    return key


async def seal_items(
    keyring: Keyring, case: CaseRef, phase: str, items: Sequence[FiledItem], now: datetime
) -> tuple[ItemRow, ...]:
    """Rows ready to store; run before the transaction, since a new file key is synced first."""
    if not items:
        return ()
    key = await keyring.file_key(case, phase)
    return tuple(_seal(key, case, phase, one, now) for one in items)


def _seal(key: bytes, case: CaseRef, phase: str, one: FiledItem, now: datetime) -> ItemRow:
    own, ref = atrest.new_key(), one.item.item
    content = json.dumps({"values": one.values, "explanation": one.explanation}, ensure_ascii=False).encode("utf-8")
    return ItemRow(
        item=ref,
        case=case,
        phase=phase,
        message=one.message,
        codes=one.item.model_dump_json(exclude_none=True),
        wrapped=atrest.wrap(key, own, _aad("item-key", ref)),
        content=atrest.wrap(own, content, _aad("item", ref)),
        filed=now,
    )


def _open(key: bytes, row: ItemRow) -> FiledItem:
    try:
        own = atrest.unwrap(key, row.wrapped, _aad("item-key", row.item))
        content = json.loads(atrest.unwrap(own, row.content, _aad("item", row.item)))
    except SealError as error:
        raise StateError("an item of the dossier does not open under its file key") from error
    return FiledItem(
        item=Item.model_validate_json(row.codes),
        message=row.message,
        phase=row.phase,
        values=content["values"],
        explanation=content["explanation"],
    )


async def read_items(
    tx: Transaction, keyring: Keyring, case: CaseRef, message: MessageId | None = None
) -> tuple[FiledItem, ...]:
    """The items of a case (or of one message of it) that are there, opened."""
    rows = await store.items_of(tx, case, message)
    keys = {phase: _key(keyring, case, phase) for phase in {row.phase for row in rows}}
    return tuple(_open(keys[row.phase], row) for row in rows)


async def seal_note(keyring: Keyring, case: CaseRef, phase: str, ref: str, value: strict.Json) -> bytes:
    """A working note about a case (a proposal, a decision in the making), under its file key."""
    key = await keyring.file_key(case, phase)
    return atrest.wrap(key, json.dumps(value, ensure_ascii=False).encode("utf-8"), _aad("note", ref))


async def read_note(keyring: Keyring, case: CaseRef, phase: str, ref: str, sealed: bytes) -> strict.Json:
    """What :func:`seal_note` took."""
    try:
        value: strict.Json = json.loads(atrest.unwrap(_key(keyring, case, phase), sealed, _aad("note", ref)))
    except SealError as error:
        raise StateError("a note of the dossier does not open under its file key") from error
    return value


async def carry(
    tx: Transaction, keyring: Keyring, case: CaseRef, new: str, keep: Collection[ItemRef], *, fresh: bytes
) -> int:
    """Re-wrap the kept items of earlier phases under ``fresh``, the file key of ``new``; drop all others.

    Returns how many were dropped. The earlier file keys are destroyed after the transaction, by
    :func:`connectors.casefiles.erasure.settle`; until then a crash loses nothing that was kept.
    """
    earlier = [row for row in await store.items_of(tx, case) if row.phase != new]
    kept = [row for row in earlier if row.item in keep]
    keys = {phase: _key(keyring, case, phase) for phase in {row.phase for row in kept}}
    wrapped = []
    for row in kept:
        own = atrest.unwrap(keys[row.phase], row.wrapped, _aad("item-key", row.item))
        wrapped.append((row.item, atrest.wrap(fresh, own, _aad("item-key", row.item))))
    await store.rewrap_items(tx, new, wrapped)
    dropped = [row.item for row in earlier if row.item not in keep]
    await store.drop_items(tx, dropped)
    return len(dropped)
