"""The one writer of a house in this process: takes what waits, decides in order, commits once, then answers.

Group commit (performance.md): at most 64 messages share a transaction. The house's row is locked ``FOR SHARE`` (its
records do not change meanwhile), then the cases in order ``FOR UPDATE``; facts are loaded once; :func:`accept` decides
in memory; a phase decision begins a batch. A batch that fails is run again message by message. An error from COMMIT
means unknown and is looked into.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from broker.database import CommitUnknownError, ConflictError, Connection, Database, DatabaseError
from broker.exchanges import store
from broker.exchanges.accepting import State, accept
from broker.exchanges.message import Answer, Message, Verdict
from broker.exchanges.rows import Rows
from broker.ledger.append import new_identity, whole_second
from broker.logs import log_fault
from broker.parties.directories import Directories
from broker.parties.store import read_version
from broker.problem import ProblemError
from broker.retention.store import read_held
from keys import jws
from keys.jws import SigningKey
from schemas import canonical
from schemas.acts import PhaseDecision
from schemas.acts import Receipt as ReceiptAct
from schemas.entry import Receipt
from schemas.ids import HouseId
from schemas.manifest import RECEIPT_TYP

MOST_A_BATCH: Final = 64
ATTEMPTS: Final = 3

Clock = Callable[[], datetime]
Outcome = Verdict | ProblemError


@dataclass(frozen=True, slots=True)
class _Waiting:
    message: Message
    answer: asyncio.Future[Answer]


def _split(batch: Sequence[_Waiting]) -> list[list[_Waiting]]:
    """In parts that each begin at a phase decision: it withdraws what is written, not what still has to be."""
    parts: list[list[_Waiting]] = [[]]
    for waiting in batch:
        if parts[-1] and isinstance(waiting.message.manifest.act, PhaseDecision):
            parts.append([])
        parts[-1].append(waiting)
    return parts


class Committer:
    """The queue and the transactions of one house. ``committed`` is called after each commit (the sequencer's wake)."""

    def __init__(
        self,
        database: Database,
        house: HouseId,
        directories: Directories,
        receipt_key: SigningKey,
        clock: Clock,
        committed: Callable[[], None],
        most_waiting: int = 1024,
    ) -> None:
        self._database = database
        self._house = house
        self._directories = directories
        self._receipt_key = receipt_key
        self._clock = clock
        self._committed = committed
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(most_waiting)

    async def submit(self, message: Message) -> Answer:
        """Queue a message and wait for what was decided. Raises :class:`ProblemError`."""
        waiting = _Waiting(message, asyncio.get_running_loop().create_future())
        try:
            self._queue.put_nowait(waiting)
        except asyncio.QueueFull:
            raise ProblemError("even_niet") from None
        return await waiting.answer

    async def run(self) -> None:
        """Batches for ever."""
        while True:
            batch = [await self._queue.get()]
            while len(batch) < MOST_A_BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            for part in _split(batch):
                await self._serve(part)

    async def _serve(self, batch: Sequence[_Waiting]) -> None:
        """One batch; each waiting message gets an answer or an exception, whatever happens."""
        messages = [waiting.message for waiting in batch]
        try:
            outcomes: Sequence[Outcome | Exception] = await self.commit(messages)
        except Exception as error:
            log_fault("batch", error, house=str(self._house), messages=len(messages))
            unknown = isinstance(error, CommitUnknownError)
            outcomes = [await self._alone(message, unknown=unknown) for message in messages]
        self._committed()
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if waiting.answer.done():  # its sender went away
                continue
            if isinstance(outcome, Exception):
                waiting.answer.set_exception(outcome)
            else:
                waiting.answer.set_result(self._answer(outcome))

    async def _alone(self, message: Message, *, unknown: bool) -> Outcome | Exception:
        """One message of a batch that failed: what became of it, or a transaction of its own."""
        for _ in range(ATTEMPTS):
            try:
                if unknown and not await self._is_free(message):
                    unknown = False  # it is there: commit() finds its answer
                return (await self.commit([message]))[0]
            except ConflictError:
                continue
            except CommitUnknownError:
                unknown = True
            except DatabaseError as error:
                log_fault("message", error, house=str(self._house))
                break
            except Exception as error:
                log_fault("message", error, house=str(self._house))
                return error
        return ProblemError("even_niet")

    async def _is_free(self, message: Message) -> bool:
        """Whether a message of which COMMIT failed was not written. Waits for the transaction that is writing it."""
        async with self._database.connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                return await store.probe(connection, str(self._house), message, self._clock())
            finally:
                await transaction.rollback()

    async def commit(self, messages: Sequence[Message]) -> list[Outcome]:
        """One transaction over ``messages``, in their order. Raises the errors of :mod:`broker.database`."""
        house = str(self._house)
        async with self._database.transaction() as connection:
            before = await self.load(connection, messages)
            state, outcomes, rows = before, list[Outcome](), list[Rows]()
            for message in messages:
                state, written, outcome = accept(state, message, new_identity)
                outcomes.append(outcome)
                rows.append(written)
            changed = {case: now for case, now in state.cases.items() if now != before.cases.get(case)}
            if changed:
                await store.write_cases(connection, house, changed)
            refusals = {who: now for who, now in state.refusals.items() if now != before.refusals.get(who)}
            if refusals:
                await store.write_refusals(connection, house, state.time.date(), refusals)
            await store.write_rows(connection, house, rows)
        return outcomes

    async def load(self, connection: Connection, messages: Sequence[Message]) -> State:
        """Lock house and cases, and load everything that bears on these messages."""
        house, manifests = str(self._house), [message.manifest for message in messages]
        version = await read_version(connection, house, share=True)
        if version is None:
            raise ProblemError("huis_onbekend")
        cases = sorted({manifest.case for manifest in manifests if manifest.case})
        last = await store.lock_cases(connection, house, cases) if cases else {}
        # Only now: who waited for a lock decides at the time at which it got it.
        time = whole_second(self._clock())
        threads = sorted({manifest.reply_to for manifest in manifests if manifest.reply_to})
        items = sorted({str(item.item) for manifest in manifests for item in manifest.exact_items})
        received = [str(m.act.of) for m in manifests if isinstance(m.act, ReceiptAct)]
        closing = [str(m.case) for m in manifests if isinstance(m.act, PhaseDecision)]
        held = await read_held(connection, house, received, closing) if received or closing else []
        senders = sorted({manifest.sender for manifest in manifests})
        return State(
            view=await self._directories.at_version(connection, self._house, version),
            time=time,
            known=await store.read_known(connection, house, [message.key for message in messages]),
            cases=await store.read_cases(connection, house, last),
            threads=await store.read_threads(connection, house, threads) if threads else {},
            answered=await store.read_answered(connection, house, threads) if threads else frozenset(),
            items=await store.read_items(connection, house, items) if items else frozenset(),
            held={text.seq: text for text in held},
            refusals=await store.read_refusals(connection, house, senders, time.date()),
        )

    def _answer(self, outcome: Verdict) -> Answer:
        receipt = Receipt(entry=outcome.entry, manifest_sha256=outcome.manifest_sha256, time=outcome.time)
        signed = jws.sign(canonical.encode(receipt.model_dump(mode="json")), self._receipt_key, RECEIPT_TYP)
        return Answer(
            status=403 if outcome.reasons else 202,
            receipt=signed,
            outcome="refused" if outcome.reasons else "allowed",
            reasons=outcome.reasons,
            entry=outcome.entry,
            replayed=outcome.replayed,
        )
