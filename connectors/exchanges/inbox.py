"""The inbox: one page after the other, each delivery checked and filed before the cursor moves.

Decides what happens around a check: the own copy of the directory is refreshed once where a check may have failed for
want of it; a replay gets the stored receipt again; a failure becomes a finding with a code, and the outside hears
nothing. What may go right later (the clock, the keystore, the broker, a directory that does not hold) leaves the
delivery where it is: the cursor moves past what was filed, or judged for good.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

import structlog

from connectors import CheckError, LinkError, LinkRefusedError, StateError
from connectors.database import Transaction
from connectors.exchanges import log_view, outgoing, pages, queries, store
from connectors.exchanges.checking import (
    Checked,
    Knowledge,
    LaterError,
    Replay,
    check,
    proven,
    read_body,
)
from connectors.exchanges.filing import CURSOR, file, follow
from connectors.exchanges.house import CHECKPOINT
from connectors.exchanges.outgoing import Pending
from connectors.exchanges.pages import Delivery, Page
from connectors.exchanges.rows import OutboxRow, manifest_of
from connectors.exchanges.workplace import Workplace
from keys import KeysError, KeyStoreError, ProofError, SignatureFailedError, checkpoint
from keys.checkpoint import Checkpoint
from schemas import SchemaError
from schemas.canonical import digest_text
from schemas.envelope import parse_envelope
from schemas.ids import MessageId
from schemas.manifest import Manifest

log = structlog.get_logger(__name__)
PROOF_DUE = timedelta(seconds=60)
"""How long a receipt may be without a proof (wire.md "Interface of the broker")."""
NO_PROOF = "bewijs_uitgebleven"
SHRUNK = "logboek_gekrompen"
STALE = frozenset({"sleutel_onbekend", "pakket_onbekend", "feiten_kloppen_niet", "niet_toegestaan"})
"""Failures that a fresh copy of the directory may mend."""


async def take_page(place: Workplace, wait: float, stopping: asyncio.Event | None = None) -> int:
    """Fetch and take one page; how many deliveries it had. Raises :class:`connectors.LinkError`.

    ``stopping`` ends the waiting for a page, and nothing that has begun.
    """
    since, asked = place.book.held, place.clock()
    async with place.database.begin() as tx:
        after = int(await queries.get_state(tx, CURSOR) or 0)
    try:
        data = await _fetch(place.link.inbox(after, since.size if since else 0, wait), stopping)
    except LinkRefusedError as error:
        if error.status == 400 and since:
            await _shrunk(place, since)
        raise
    if data is None:
        return 0
    page = pages.read(Page, data)
    try:
        head = await place.book.agree(page.checkpoint, pages.hashes_of(page), since)
    except CheckError as error:
        await _distrust(place, error.code, page.checkpoint)
        raise
    fresh = [delivery for delivery in page.deliveries if delivery.n > after]
    for delivery in fresh:
        await take(place, delivery, head)
    await _miss_proofs(place, page, max([after, *(delivery.n for delivery in fresh)]), asked)
    return len(fresh)


async def follow_house(place: Workplace) -> None:
    """Bring the own copy of the directory up to date: who is in the house, and which pack is next (28).

    Raises :class:`LinkError`, and :class:`CheckError` for a directory that does not hold, which a person hears of.
    """
    try:
        await place.book.refresh()
    except CheckError as error:
        await _distrust(place, error.code)
        raise


async def _distrust(place: Workplace, code: str, served: str | None = None) -> None:
    """The log is not one history any more, or the directory is not what it was: nothing is taken, and a person hears
    so, once. Both signed notes are kept, mine and the one ``served``: together they are the evidence."""
    async with place.database.begin() as tx:
        if not await _told(tx, code, None):
            await store.add_finding(tx, place.clock(), None, code)
            if served is not None:
                notes = {"held": await queries.get_state(tx, CHECKPOINT), "served": served}
                await store.put_state(tx, f"evidence_{code}", json.dumps(notes))


async def _told(tx: Transaction, code: str, ident: MessageId | None) -> bool:
    return (code, ident) in {(row.code, row.message) for row in await queries.findings(tx)}


async def _shrunk(place: Workplace, held: Checkpoint) -> None:
    """The broker has no tree as large as the one it showed: its log was rolled back, or it is another."""
    served = await place.link.checkpoint()
    try:
        now = checkpoint.verify(served, place.house.directory.log_key, place.house.origin)
    except ProofError:
        await _distrust(place, log_view.BAD_LOG, served)
        raise CheckError(log_view.BAD_LOG) from None
    if now.size < held.size:
        await _distrust(place, SHRUNK, served)
        raise CheckError(SHRUNK)


async def _miss_proofs(place: Workplace, page: Page, taken: int, asked: datetime) -> None:
    """A finding for each message of mine whose receipt is too old for a proof that is not among all there is.

    ``asked``: when the page was; what was sent after it cannot be in it.
    """
    if page.last > taken:
        return
    due = asked - PROOF_DUE
    async with place.database.begin() as tx:
        for ident in await queries.unproven(tx, due, NO_PROOF):
            await store.add_finding(tx, place.clock(), ident, NO_PROOF)
            log.warning("proof_missing", message=ident)


async def _fetch(poll: Coroutine[Any, Any, bytes], stopping: asyncio.Event | None) -> bytes | None:
    if stopping is None:
        return await poll
    fetching, ending = asyncio.create_task(poll), asyncio.create_task(stopping.wait())
    await asyncio.wait((fetching, ending), return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()
    if fetching.done():
        return fetching.result()
    fetching.cancel()
    return None


async def take(place: Workplace, delivery: Delivery, head: Checkpoint) -> None:
    """One delivery: file it, or write down why not."""
    now = place.clock()
    await _finish_sending(place, delivery)
    try:
        if delivery.envelope is None:
            await _own_entry(place, delivery, head)
            return
        outcome = await _checked(place, delivery, head, now)
        if isinstance(outcome, Replay):
            await _again(place, outcome.id, delivery.n)
            return
        filed = await file(place, outcome, delivery.n, now)
    except LaterError as error:
        await _wait(place, delivery, error.code, now)
        raise
    except KeyStoreError:
        raise
    except CheckError as error:
        await _refuse(place, delivery, error.code, error.path, now)
    except (KeysError, SchemaError, StateError, ValueError, LookupError, TypeError, ArithmeticError) as error:
        # Not theirs but ours: the rest of the inbox must not wait for it. No text, it might quote a value.
        log.error("delivery_failed", n=delivery.n, error=type(error).__name__)
        await _refuse(place, delivery, "storing", None, now)
    else:
        await follow(place, filed)


async def _finish_sending(place: Workplace, delivery: Delivery) -> None:
    """The proof of a message of mine, or the reply to it, may come before the broker's answer to it was written down,
    certainly after a crash; then that is finished first. The same bytes get the same answer. Raises
    :class:`LinkError` where it cannot be finished now: this delivery must not be judged without it."""
    async with place.database.begin() as tx:
        waiting = await queries.waiting(tx)
    if not waiting:
        return
    claimed = _claimed(delivery)
    for row in waiting:
        meant = row.id == claimed.reply_to if claimed else _entry_of(row, delivery)
        if meant and isinstance(await outgoing.hand_in(place, row.id), Pending):
            raise LinkError("the broker does not answer about a message of mine")


def _entry_of(row: OutboxRow, delivery: Delivery) -> bool:
    """Whether a delivery without an envelope is the entry of what waits in the outbox."""
    if row.data is None or delivery.envelope is not None:
        return False
    try:
        return read_body(delivery.body).manifest_sha256 == digest_text(parse_envelope(row.data).manifest)
    except (CheckError, SchemaError):
        return False


async def _wait(place: Workplace, delivery: Delivery, code: str, now: datetime) -> None:
    claimed = _claimed(delivery)
    ident = claimed.id if claimed else None
    async with place.database.begin() as tx:
        if not await _told(tx, code, ident):
            await store.add_finding(tx, now, ident, code)
    log.warning("delivery_waits", n=delivery.n, code=code)


async def _checked(place: Workplace, delivery: Delivery, head: Checkpoint, now: datetime) -> Checked | Replay:
    try:
        return check(delivery, await _knowledge(place, delivery, head), now)
    except CheckError as error:
        if error.code not in STALE:
            raise
        try:
            await follow_house(place)
        except CheckError as bad:
            raise LaterError(bad.code) from bad
        return check(delivery, await _knowledge(place, delivery, head), now)


def _claimed(delivery: Delivery) -> Manifest | None:
    """What the manifest says, before anything is verified: only to look up what may be known about it."""
    if delivery.envelope is None:
        return None
    try:
        return manifest_of(delivery.envelope.manifest)
    except (SchemaError, SignatureFailedError):
        return None


async def _knowledge(place: Workplace, delivery: Delivery, head: Checkpoint) -> Knowledge:
    claimed = _claimed(delivery)
    async with place.database.begin() as tx:
        known = await queries.known(tx, claimed.id) if claimed else None
        thread = await queries.known(tx, claimed.reply_to) if claimed and claimed.reply_to else None
        rows = await queries.messages_of(tx, claimed.case) if claimed and claimed.case else ()
        case = await queries.case_row(tx, claimed.case) if claimed and claimed.case else None
    return Knowledge(
        own=place.own,
        house=place.house,
        head=head,
        known=known,
        thread=thread.source if thread else None,
        sources={row.sha256: row for row in rows},
        case=case,
        receive=place.keyring.receive,
        reply=place.keyring.reply,
    )


async def _own_entry(place: Workplace, delivery: Delivery, head: Checkpoint) -> None:
    """The proof of a message of mine, or of one that I obeyed before its proof."""
    if delivery.too_large:
        raise CheckError("te_groot")
    body = read_body(delivery.body)
    # What narrows is delivered before its proof, which then comes as a delivery of its own.
    index = None if delivery.proof is None else proven(delivery.proof, delivery.body, place.house, head)
    async with place.database.begin() as tx:
        if body.manifest_sha256 is not None and index is not None:
            await store.set_index(tx, body.manifest_sha256, body.time, index)
        await store.put_state(tx, CURSOR, str(delivery.n))


async def _again(place: Workplace, ident: MessageId, n: int) -> None:
    """The same message came again: the stored receipt goes again, and nothing is opened."""
    async with place.database.begin() as tx:
        for row in await queries.replies(tx, ident, "ontvangst"):
            await store.requeue(tx, row.id)
        await store.put_state(tx, CURSOR, str(n))
    log.info("replayed", message=ident)


async def _refuse(place: Workplace, delivery: Delivery, code: str, path: str | None, now: datetime) -> None:
    claimed = _claimed(delivery)
    async with place.database.begin() as tx:
        await store.add_finding(tx, now, claimed.id if claimed else None, code, path)
        await store.put_state(tx, CURSOR, str(delivery.n))
    log.warning("delivery_refused", n=delivery.n, code=code)
