"""SQL of the exchanges, the writing half: messages, outbox, cases, keys, questions, findings. No decisions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import insert, select, update

from connectors.database import (
    Transaction,
    asked,
    case_file,
    case_key,
    finding,
    message,
    outbox,
    question,
    record,
    state,
)
from connectors.exchanges.rows import AskedRow, CaseKeyRow, CaseRow, KnownRow, QuestionRow, RecordRow
from schemas.ids import CaseRef, MessageId


async def put_state(tx: Transaction, name: str, value: str) -> None:
    """One of the few single values: the cursor of the inbox, the held checkpoint."""
    changed = await tx.execute(update(state).where(state.c.name == name).values(value=value))
    if not changed.rowcount:
        await tx.execute(insert(state).values(name=name, value=value))


async def add_records(tx: Transaction, rows: Sequence[RecordRow]) -> None:
    """Records of the house that were verified and are in the log."""
    if rows:
        await tx.execute(
            insert(record), [{"idx": r.index, "first": r.first, "second": r.second, "time": r.time} for r in rows]
        )


async def remember(tx: Transaction, row: KnownRow) -> None:
    """Remember a message. One only seen as a source becomes what ``row`` says; else a second time is an error."""
    if row.way != "seen":
        values = {"way": row.way, "result": row.result, "idx": row.index}
        known = (message.c.id == row.id) & (message.c.sha256 == row.sha256) & (message.c.way == "seen")
        if (await tx.execute(update(message).where(known).values(values))).rowcount:
            return
    await tx.execute(
        insert(message).values(
            id=row.id,
            way=row.way,
            kind=row.kind,
            case_ref=row.case,
            sender=row.sender,
            reply_to=row.reply_to,
            manifest=row.manifest,
            sha256=row.sha256,
            time=row.time,
            idx=row.index,
            result=row.result,
        )
    )


async def remember_sources(tx: Transaction, rows: Collection[KnownRow]) -> None:
    """Remember verified sources that are not known yet; the index of those that are is filled in."""
    known = {
        row.sha256
        for row in await tx.execute(select(message.c.sha256).where(message.c.sha256.in_([r.sha256 for r in rows])))
    }
    for row in rows:
        if row.sha256 not in known:
            await remember(tx, row)


async def set_index(tx: Transaction, sha256: str, time: datetime, index: int) -> bool:
    """Where my own message stands in the log, now that its proof is here; False where it is not known."""
    changed = await tx.execute(update(message).where(message.c.sha256 == sha256).values(idx=index, time=time))
    return bool(changed.rowcount)


async def add_outbox(tx: Transaction, ident: MessageId, data: bytes, now: datetime) -> None:
    """Bytes that must reach the broker."""
    await tx.execute(insert(outbox).values(id=ident, data=data, state="waiting", since=now))


async def finish_outbox(
    tx: Transaction, ident: MessageId, outcome: str, status: int, answer: str, *, data: bytes | None
) -> None:
    """There is an answer. ``data``: what is kept of the bytes, which is nothing unless they are needed again."""
    values = {"state": outcome, "status": status, "answer": answer, "data": data}
    await tx.execute(update(outbox).where(outbox.c.id == ident).values(values))


async def requeue(tx: Transaction, ident: MessageId) -> None:
    """The same bytes go once more, where they were kept."""
    await tx.execute(
        update(outbox)
        .where(outbox.c.id == ident, outbox.c.data.is_not(None), outbox.c.state != "failed")
        .values(state="waiting")
    )


async def open_case(tx: Transaction, row: CaseRow) -> None:
    """A case is known here from now on; known already is fine."""
    there = await tx.execute(select(case_file.c.case_ref).where(case_file.c.case_ref == row.case))
    if there.first() is None:
        await tx.execute(
            insert(case_file).values(
                case_ref=row.case,
                phase=row.phase,
                notifier=row.notifier,
                acting_for=row.acting_for,
                opened=row.opened,
                phase_since=row.phase_since,
            )
        )


async def move_case(tx: Transaction, case: CaseRef, phase: str, acting_for: str | None, since: datetime) -> None:
    """The case is in another phase, or somebody else directs it."""
    values: dict[str, object] = {"phase": phase, "phase_since": since}
    if acting_for is not None:
        values["acting_for"] = acting_for
    await tx.execute(update(case_file).where(case_file.c.case_ref == case).values(values))


async def add_case_key(tx: Transaction, row: CaseKeyRow) -> None:
    """A receive key of mine that is published, or about to be."""
    await tx.execute(
        insert(case_key).values(
            kid=row.kid,
            case_ref=row.case,
            phase=row.phase,
            epoch=row.epoch,
            address=row.address,
            public=row.public,
            not_after=row.not_after,
            canary=row.canary,
            message=row.message,
            suite=row.suite,
        )
    )


async def add_question(tx: Transaction, row: QuestionRow) -> None:
    """A question to me that was checked and filed."""
    await tx.execute(
        insert(question).values(
            id=row.id,
            case_ref=row.case,
            phase=row.phase,
            subject=row.subject,
            asker=row.asker,
            address=row.address,
            received=row.received,
            answer_at=row.answer_at,
            due=row.due,
            expires=row.expires,
            state=row.state,
            human=row.human,
        )
    )


async def set_proposal(tx: Transaction, ident: MessageId, sealed: bytes) -> None:
    """What the own system found, for a person to decide on."""
    await tx.execute(update(question).where(question.c.id == ident).values(proposal=sealed))


async def set_decision(tx: Transaction, ident: MessageId, sealed: bytes, by: str) -> bool:
    """What goes at the agreed moment; False where the question is no longer open for it."""
    undecided = (question.c.id == ident) & question.c.state.in_(("open", "decided"))
    changed = await tx.execute(
        update(question).where(undecided).values(decision=sealed, decided_by=by, state="decided")
    )
    return bool(changed.rowcount)


async def claim_answer(tx: Transaction, ident: MessageId, answer: MessageId, keep: bool = False) -> bool:
    """Exactly one answer per question: True for the one that may be handed in.

    ``keep`` the decision, sealed, where the answer does not tell it: until the phase is over.
    """
    free = (question.c.id == ident) & question.c.answer.is_(None) & question.c.state.in_(("open", "decided"))
    values: dict[str, object] = {"answer": answer, "state": "answered", "proposal": None}
    if not keep:
        values["decision"] = None
    changed = await tx.execute(update(question).where(free).values(values))
    return bool(changed.rowcount)


async def close_question(tx: Transaction, ident: MessageId) -> None:
    """No answer will come any more."""
    await tx.execute(
        update(question).where(question.c.id == ident).values(state="overtaken", proposal=None, decision=None)
    )


async def overtake_questions(tx: Transaction, case: CaseRef, phase: str) -> None:
    """The phase of these questions is over: what is not answered will not be."""
    waiting = (question.c.case_ref == case) & (question.c.phase != phase) & question.c.state.in_(("open", "decided"))
    await tx.execute(update(question).where(waiting).values(state="overtaken", proposal=None, decision=None))
    over = (question.c.case_ref == case) & (question.c.phase != phase) & question.c.decision.is_not(None)
    await tx.execute(update(question).where(over).values(decision=None))


async def add_asked(tx: Transaction, row: AskedRow) -> None:
    """A question of mine that the broker accepted."""
    await tx.execute(
        insert(asked).values(
            id=row.id,
            case_ref=row.case,
            subject=row.subject,
            address=row.address,
            sent=row.sent,
            answer_at=row.answer_at,
            expires=row.expires,
        )
    )


async def set_collected(tx: Transaction, ident: MessageId, now: datetime) -> None:
    """The asked party filed the question."""
    await tx.execute(update(asked).where(asked.c.id == ident, asked.c.collected.is_(None)).values(collected=now))


async def set_answered(tx: Transaction, ident: MessageId, answer: MessageId, outcome: str, refusal: str | None) -> bool:
    """The one answer to a question of mine; False for a second."""
    changed = await tx.execute(
        update(asked)
        .where(asked.c.id == ident, asked.c.answer.is_(None))
        .values(answer=answer, outcome=outcome, refusal=refusal)
    )
    return bool(changed.rowcount)


async def add_finding(
    tx: Transaction, now: datetime, ident: MessageId | None, code: str, path: str | None = None
) -> None:
    """Something that a person should look at: a code, never a value."""
    await tx.execute(insert(finding).values(at=now, message=ident, code=code, path=path))
