"""SQL of the exchanges, the reading half."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, union

from connectors.database import (
    Transaction,
    asked,
    case_file,
    case_key,
    finding,
    item,
    message,
    outbox,
    question,
    record,
    state,
)
from connectors.exchanges.rows import (
    AskedRow,
    CaseKeyRow,
    CaseRow,
    FindingRow,
    KnownRow,
    OutboxRow,
    QuestionRow,
    RecordRow,
)
from schemas.ids import Address, CaseRef, Digest, Kid, MessageId, SubjectRef

_LAST = 2**62


async def get_state(tx: Transaction, name: str) -> str | None:
    """A single value."""
    value = (await tx.execute(select(state.c.value).where(state.c.name == name))).scalar_one_or_none()
    return None if value is None else str(value)


async def records(tx: Transaction) -> tuple[RecordRow, ...]:
    """The records of the house, in the order of the log."""
    rows = await tx.execute(select(record).order_by(record.c.idx))
    return tuple(RecordRow(row.idx, row.first, row.second, row.time) for row in rows)


def _known(row: Any) -> KnownRow:
    return KnownRow(
        id=MessageId(row.id),
        way=row.way,
        kind=row.kind,
        case=CaseRef(row.case_ref) if row.case_ref else None,
        sender=Address(row.sender),
        reply_to=MessageId(row.reply_to) if row.reply_to else None,
        manifest=row.manifest,
        sha256=Digest(row.sha256),
        time=row.time,
        index=row.idx,
        result=row.result,
    )


async def known(tx: Transaction, ident: MessageId) -> KnownRow | None:
    """A message by its id."""
    row = (await tx.execute(select(message).where(message.c.id == ident))).first()
    return None if row is None else _known(row)


async def known_by_digest(tx: Transaction, sha256: Digest) -> KnownRow | None:
    """A message by the digest of its manifest."""
    row = (await tx.execute(select(message).where(message.c.sha256 == sha256))).first()
    return None if row is None else _known(row)


async def replies(tx: Transaction, ident: MessageId, kind: str) -> tuple[KnownRow, ...]:
    """The messages of a kind that reply to one."""
    rows = await tx.execute(select(message).where(message.c.reply_to == ident, message.c.kind == kind))
    return tuple(_known(row) for row in rows)


async def messages_of(tx: Transaction, case: CaseRef, kind: str | None = None) -> tuple[KnownRow, ...]:
    """What is known of a case, in ledger order; what has no index yet comes last."""
    query = select(message).where(message.c.case_ref == case)
    if kind is not None:
        query = query.where(message.c.kind == kind)
    query = query.order_by(func.coalesce(message.c.idx, _LAST), message.c.time, message.c.id)
    return tuple(_known(row) for row in await tx.execute(query))


async def received(tx: Transaction, but: Collection[str]) -> tuple[KnownRow, ...]:
    """Messages to me of other kinds than ``but``, newest first."""
    query = select(message).where(message.c.way == "in", message.c.kind.not_in(sorted(but)))
    return tuple(_known(row) for row in await tx.execute(query.order_by(message.c.time.desc(), message.c.id.desc())))


async def waiting(tx: Transaction) -> tuple[OutboxRow, ...]:
    """What still has to reach the broker, oldest first."""
    rows = await tx.execute(select(outbox).where(outbox.c.state == "waiting").order_by(outbox.c.nr))
    return tuple(_sent(row) for row in rows)


async def unproven(tx: Transaction, due: datetime, told: str) -> tuple[MessageId, ...]:
    """Messages of mine in the ledger since before ``due`` without a proof, and without a finding ``told`` yet."""
    known = select(finding.c.message).where(finding.c.code == told, finding.c.message.is_not(None))
    late = select(message.c.id).where(message.c.way == "out", message.c.idx.is_(None), message.c.time <= due)
    return tuple(MessageId(row.id) for row in await tx.execute(late.where(message.c.id.not_in(known))))


async def sent(tx: Transaction, ident: MessageId) -> OutboxRow | None:
    """A message of mine on its way, or the answer to it."""
    row = (await tx.execute(select(outbox).where(outbox.c.id == ident))).first()
    return None if row is None else _sent(row)


def _sent(row: Any) -> OutboxRow:
    return OutboxRow(MessageId(row.id), row.data, row.state, row.status, row.answer, row.since)


async def case_row(tx: Transaction, case: CaseRef) -> CaseRow | None:
    """A case by its reference."""
    row = (await tx.execute(select(case_file).where(case_file.c.case_ref == case))).first()
    return None if row is None else _case(row)


async def cases(tx: Transaction) -> tuple[CaseRow, ...]:
    """All cases known here, newest first."""
    rows = await tx.execute(select(case_file).order_by(case_file.c.opened.desc(), case_file.c.case_ref))
    return tuple(_case(row) for row in rows)


def _case(row: Any) -> CaseRow:
    return CaseRow(
        case=CaseRef(row.case_ref),
        phase=row.phase,
        notifier=Address(row.notifier),
        acting_for=Address(row.acting_for),
        opened=row.opened,
        phase_since=row.phase_since,
    )


async def unsettled_cases(tx: Transaction) -> tuple[CaseRef, ...]:
    """Cases whose file still holds keys or items of a phase that is over."""
    keys = select(case_key.c.case_ref).join(case_file, case_file.c.case_ref == case_key.c.case_ref)
    keys = keys.where(case_key.c.erased.is_(None), case_key.c.phase != case_file.c.phase)
    items = select(item.c.case_ref).join(case_file, case_file.c.case_ref == item.c.case_ref)
    items = items.where(item.c.phase != case_file.c.phase)
    return tuple(CaseRef(row.case_ref) for row in await tx.execute(union(keys, items)))


async def reopened_cases(tx: Transaction) -> tuple[CaseRef, ...]:
    """Cases in which a live receive key of mine came after another one."""
    later = select(case_key.c.case_ref).where(case_key.c.epoch > 0, case_key.c.erased.is_(None))
    return tuple(CaseRef(row.case_ref) for row in await tx.execute(later.distinct()))


async def case_keys(tx: Transaction, case: CaseRef) -> tuple[CaseKeyRow, ...]:
    """My receive keys of a case, erased ones included."""
    rows = await tx.execute(select(case_key).where(case_key.c.case_ref == case).order_by(case_key.c.epoch))
    return tuple(
        CaseKeyRow(
            kid=Kid(row.kid),
            case=CaseRef(row.case_ref),
            phase=row.phase,
            epoch=row.epoch,
            address=Address(row.address),
            public=row.public,
            not_after=row.not_after,
            canary=row.canary,
            message=MessageId(row.message),
            erased=row.erased,
            suite=row.suite,
        )
        for row in rows
    )


def _question(row: Any) -> QuestionRow:
    return QuestionRow(
        id=MessageId(row.id),
        case=CaseRef(row.case_ref),
        phase=row.phase,
        subject=SubjectRef(row.subject),
        asker=Address(row.asker),
        address=Address(row.address),
        received=row.received,
        answer_at=row.answer_at,
        due=row.due,
        expires=row.expires,
        state=row.state,
        human=bool(row.human),
        proposal=row.proposal,
        decision=row.decision,
        decided_by=row.decided_by,
        answer=MessageId(row.answer) if row.answer else None,
    )


async def question_row(tx: Transaction, ident: MessageId) -> QuestionRow | None:
    """A question to me by its id."""
    row = (await tx.execute(select(question).where(question.c.id == ident))).first()
    return None if row is None else _question(row)


async def open_questions(tx: Transaction) -> tuple[QuestionRow, ...]:
    """Questions that are not answered, oldest deadline first."""
    query = select(question).where(question.c.state.in_(("open", "decided"))).order_by(question.c.due, question.c.id)
    return tuple(_question(row) for row in await tx.execute(query))


async def all_questions(tx: Transaction) -> tuple[QuestionRow, ...]:
    """Every question, the newest first."""
    rows = await tx.execute(select(question).order_by(question.c.received.desc(), question.c.id))
    return tuple(_question(row) for row in rows)


async def count_questions(
    tx: Transaction, asker: Address, since: datetime, case: CaseRef, subject: SubjectRef
) -> tuple[int, int]:
    """How many questions came from this asker since then, and how many ever about this person in this case."""
    mine = select(func.count()).select_from(question)
    lately = await tx.execute(mine.where(question.c.asker == asker, question.c.received >= since))
    about = await tx.execute(mine.where(question.c.case_ref == case, question.c.subject == subject))
    return int(lately.scalar_one()), int(about.scalar_one())


async def asked_of(tx: Transaction, case: CaseRef) -> tuple[AskedRow, ...]:
    """My questions in a case."""
    rows = await tx.execute(select(asked).where(asked.c.case_ref == case).order_by(asked.c.address, asked.c.id))
    return tuple(_asked(row) for row in rows)


def _asked(row: Any) -> AskedRow:
    return AskedRow(
        id=MessageId(row.id),
        case=CaseRef(row.case_ref),
        subject=SubjectRef(row.subject),
        address=Address(row.address),
        sent=row.sent,
        answer_at=row.answer_at,
        expires=row.expires,
        collected=row.collected,
        answer=MessageId(row.answer) if row.answer else None,
        outcome=row.outcome,
        refusal=row.refusal,
    )


async def findings(tx: Transaction) -> tuple[FindingRow, ...]:
    """All findings, oldest first."""
    rows = await tx.execute(select(finding).order_by(finding.c.nr))
    return tuple(
        FindingRow(row.at, MessageId(row.message) if row.message else None, row.code, row.path) for row in rows
    )
