"""What was received or given, sealed at rest per case, phase and item.

Decides how items lie there: the values under a key of their own, that key under the file key of (case, phase), which is
in the keystore. So a phase is forgotten with its file key, also in backups of the database. One item is forgotten with
its key, of which backups hold a wrapped copy: so all others go under a next file key, and the one before is destroyed.
What one explained oneself lies under the audit key of the case, which outlives the phases (Wpg 32; Wjsg 39j).
What may be filed is decided before (:mod:`connectors.exchanges.checking`); what a new phase keeps is said by its
decision.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connectors import StateError
from connectors.casefiles import store
from connectors.casefiles.keyring import Keyring
from connectors.casefiles.store import ExplanationRow, ItemRow, NoteRow
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


def _keys(keyring: Keyring, case: CaseRef, phase: str) -> tuple[bytes, ...]:
    keys = keyring.file_keys(case, phase)
    if not keys:
        raise StateError("the file key of this part of the dossier was destroyed")
    return keys


def _unwrap(keys: Sequence[bytes], wrapped: bytes, aad: bytes) -> bytes:
    """Under the newest file key of the phase, or under the one before it that is about to go."""
    for key in keys[:-1]:
        with contextlib.suppress(SealError):
            return atrest.unwrap(key, wrapped, aad)
    return atrest.unwrap(keys[-1], wrapped, aad)


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


def _open(keys: Sequence[bytes], row: ItemRow) -> FiledItem:
    try:
        own = _unwrap(keys, row.wrapped, _aad("item-key", row.item))
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
    keys = {phase: _keys(keyring, case, phase) for phase in {row.phase for row in rows}}
    return tuple(_open(keys[row.phase], row) for row in rows)


async def seal_explanation(
    keyring: Keyring, case: CaseRef, message: MessageId, text: str, now: datetime
) -> ExplanationRow:
    """Why I gave what I gave, for as long as that must be shown; run before the transaction, as :func:`seal_items`."""
    key = await keyring.audit_key(case)
    sealed = atrest.wrap(key, text.encode("utf-8"), _aad("explanation", message))
    return ExplanationRow(message=message, case=case, sealed=sealed, kept=now)


async def read_explanations(tx: Transaction, keyring: Keyring, case: CaseRef) -> dict[MessageId, str]:
    """My own explanations in a case; none once its audit key is gone."""
    key = keyring.held_audit_key(case)
    if key is None:
        return {}
    rows = await store.explanations(tx, case)
    try:
        return {row.message: atrest.unwrap(key, row.sealed, _aad("explanation", row.message)).decode() for row in rows}
    except SealError as error:
        raise StateError("an explanation does not open under the audit key of its case") from error


async def seal_note(keyring: Keyring, case: CaseRef, phase: str, ref: str, value: strict.Json) -> bytes:
    """A working note about a case (a proposal, a decision in the making), under its file key."""
    key = await keyring.file_key(case, phase)
    return atrest.wrap(key, json.dumps(value, ensure_ascii=False).encode("utf-8"), _aad("note", ref))


async def read_note(keyring: Keyring, case: CaseRef, phase: str, ref: str, sealed: bytes) -> strict.Json:
    """What :func:`seal_note` took."""
    try:
        value: strict.Json = json.loads(_unwrap(_keys(keyring, case, phase), sealed, _aad("note", ref)))
    except SealError as error:
        raise StateError("a note of the dossier does not open under its file key") from error
    return value


async def drop(tx: Transaction, keyring: Keyring, case: CaseRef, phase: str, gone: Collection[ItemRef]) -> int:
    """Forget the rows of these items; all else of (case, phase) goes under the newest file key of that phase.

    Returns how many went. The file keys before the newest are destroyed after the transaction, by
    :func:`connectors.casefiles.erasure.carry_out`; until then they open what backups hold, and nothing here needs them.
    """
    keys = _keys(keyring, case, phase)
    rows = [row for row in await store.items_of(tx, case) if row.phase == phase]
    doomed = [row.item for row in rows if row.item in gone]
    wrapped = []
    for row in rows:
        if row.item not in gone:
            aad = _aad("item-key", row.item)
            wrapped.append((row.item, atrest.wrap(keys[0], _unwrap(keys, row.wrapped, aad), aad)))
    await store.rewrap_items(tx, phase, wrapped)
    await store.drop_items(tx, doomed)
    for note in await store.notes(tx, case, phase):
        aad = _aad("note", note.ref)
        sealed = [one and atrest.wrap(keys[0], _unwrap(keys, one, aad), aad) for one in (note.proposal, note.decision)]
        await store.put_note(tx, NoteRow(note.ref, *sealed))
    return len(doomed)


async def carry(
    tx: Transaction, keyring: Keyring, case: CaseRef, new: str, keep: Collection[ItemRef], *, fresh: bytes
) -> int:
    """Re-wrap the kept items of earlier phases under ``fresh``, the file key of ``new``; drop all others.

    Returns how many were dropped. The earlier file keys are destroyed after the transaction, by
    :func:`connectors.casefiles.erasure.settle`; until then a crash loses nothing that was kept.
    """
    earlier = [row for row in await store.items_of(tx, case) if row.phase != new]
    kept = [row for row in earlier if row.item in keep]
    keys = {phase: _keys(keyring, case, phase) for phase in {row.phase for row in kept}}
    wrapped = []
    for row in kept:
        own = _unwrap(keys[row.phase], row.wrapped, _aad("item-key", row.item))
        wrapped.append((row.item, atrest.wrap(fresh, own, _aad("item-key", row.item))))
    await store.rewrap_items(tx, new, wrapped)
    dropped = [row.item for row in earlier if row.item not in keep]
    await store.drop_items(tx, dropped)
    return len(dropped)
