"""SQL of the case files: items, notes, explanations, the register of provisions, consents, erasures. No decisions."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from connectors.database import (
    Transaction,
    case_key,
    consent,
    erasing,
    erasure,
    explanation,
    item,
    provision,
    question,
)
from schemas.ids import CaseRef, ItemRef, Kid, MessageId, Reference, SubjectRef


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as it lies there: its codes in clear, its values sealed."""

    item: ItemRef
    case: CaseRef
    phase: str
    message: MessageId
    codes: str
    wrapped: bytes
    content: bytes
    filed: datetime


@dataclass(frozen=True, slots=True)
class ProvisionRow:
    """One line of the register: codes and ids. ``manifest``: JSON, as exact as this party knows it."""

    message: MessageId
    at: datetime
    way: str
    outcome: str
    kind: str
    case: CaseRef | None
    reasons: str
    manifest: str


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A consent as it was recorded (7.2c); never the document."""

    ref: Reference
    case: CaseRef
    subject: SubjectRef
    date: date
    categories: tuple[str, ...]
    how: str
    recorded_by: str
    withdrawn: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExplanationRow:
    """Why something was given, sealed under the audit key of its case."""

    message: MessageId
    case: CaseRef
    sealed: bytes
    kept: datetime


@dataclass(frozen=True, slots=True)
class NoteRow:
    """What lies ready about a question, sealed under a file key. ``ref``: the question."""

    ref: MessageId
    proposal: bytes | None
    decision: bytes | None


@dataclass(frozen=True, slots=True)
class Doomed:
    """What is decided to be destroyed: written down before it is done, in the transaction that drops the rows.

    ``scope`` and ``ids`` as in ``vernietigd``; ``kids``: receive keys; ``names``: all keys, as the keystore has them;
    ``canaries``: by such a name, a ciphertext that this key alone opens. ``nr`` is that of the row.
    """

    at: datetime
    case: CaseRef
    phase: str
    scope: str
    ids: tuple[str, ...]
    kids: tuple[Kid, ...]
    items: int
    names: tuple[str, ...]
    canaries: Mapping[str, str]
    nr: int = 0


@dataclass(frozen=True, slots=True)
class ErasureReceipt:
    """That keys were destroyed, and what shows it: generation ``before`` and ``after``, ``method``, ``backend``
    (``file`` counts as weak), and ``singing``: the names of keys whose canary still opened, which must be none."""

    at: datetime
    case: CaseRef
    phase: str
    scope: str
    ids: tuple[str, ...]
    kids: tuple[Kid, ...]
    items: int
    names: tuple[str, ...]
    before: int
    after: int
    method: str
    backend: str
    singing: tuple[str, ...] = ()
    canaries: Mapping[str, str] = field(default_factory=dict)

    @property
    def weak(self) -> bool:
        """Whether a snapshot of the whole machine of before would still open it."""
        return self.backend == "file"


async def add_items(tx: Transaction, rows: Sequence[ItemRow]) -> None:
    """New items; one that is there already is an error of ours."""
    if rows:
        await tx.execute(
            insert(item),
            [
                {
                    "item": row.item,
                    "case_ref": row.case,
                    "phase": row.phase,
                    "message": row.message,
                    "codes": row.codes,
                    "wrapped": row.wrapped,
                    "content": row.content,
                    "filed": row.filed,
                }
                for row in rows
            ],
        )


async def items_of(tx: Transaction, case: CaseRef, message: MessageId | None = None) -> tuple[ItemRow, ...]:
    """What is held of a case (or came with one message), in the order it was filed."""
    query = select(item).where(item.c.case_ref == case).order_by(item.c.filed, item.c.item)
    if message is not None:
        query = query.where(item.c.message == message)
    return tuple(
        ItemRow(
            item=ItemRef(row.item),
            case=CaseRef(row.case_ref),
            phase=row.phase,
            message=MessageId(row.message),
            codes=row.codes,
            wrapped=row.wrapped,
            content=row.content,
            filed=row.filed,
        )
        for row in await tx.execute(query)
    )


async def known_items(tx: Transaction, refs: Collection[ItemRef]) -> frozenset[ItemRef]:
    """Those of these numbers under which something lies here, of whatever case."""
    rows = await tx.execute(select(item.c.item).where(item.c.item.in_(list(refs))))
    return frozenset(ItemRef(row.item) for row in rows)


async def rewrap_items(tx: Transaction, phase: str, wrapped: Sequence[tuple[ItemRef, bytes]]) -> None:
    """Put items under the file key of ``phase``."""
    for ref, key in wrapped:  # a phase keeps a handful, once in a case's life
        await tx.execute(update(item).where(item.c.item == ref).values(phase=phase, wrapped=key))


async def drop_items(tx: Transaction, refs: Collection[ItemRef]) -> None:
    """Forget rows; that no copy opens is the keystore's work."""
    if refs:
        await tx.execute(delete(item).where(item.c.item.in_(list(refs))))


async def add_provision(tx: Transaction, row: ProvisionRow) -> None:
    """One line in the register."""
    await tx.execute(
        insert(provision).values(
            message=row.message,
            at=row.at,
            way=row.way,
            outcome=row.outcome,
            kind=row.kind,
            case_ref=row.case,
            reasons=row.reasons,
            manifest=row.manifest,
        )
    )


async def provisions(tx: Transaction, case: CaseRef | None, outcome: str | None) -> tuple[ProvisionRow, ...]:
    """The register, oldest first."""
    query = select(provision).order_by(provision.c.nr)
    if case is not None:
        query = query.where(provision.c.case_ref == case)
    if outcome is not None:
        query = query.where(provision.c.outcome == outcome)
    return tuple(
        ProvisionRow(
            message=MessageId(row.message),
            at=row.at,
            way=row.way,
            outcome=row.outcome,
            kind=row.kind,
            case=CaseRef(row.case_ref) if row.case_ref else None,
            reasons=row.reasons,
            manifest=row.manifest,
        )
        for row in await tx.execute(query)
    )


async def add_consent(tx: Transaction, row: ConsentRow) -> None:
    """A recorded consent."""
    await tx.execute(
        insert(consent).values(
            ref=row.ref,
            case_ref=row.case,
            subject=row.subject,
            date=row.date.isoformat(),
            categories=" ".join(row.categories),
            how=row.how,
            recorded_by=row.recorded_by,
        )
    )


async def consents(tx: Transaction, case: CaseRef, subject: SubjectRef) -> tuple[ConsentRow, ...]:
    """Those that were not withdrawn, newest first."""
    query = (
        select(consent)
        .where(consent.c.case_ref == case, consent.c.subject == subject, consent.c.withdrawn.is_(None))
        .order_by(consent.c.date.desc())
    )
    return tuple(
        ConsentRow(
            ref=Reference(row.ref),
            case=CaseRef(row.case_ref),
            subject=SubjectRef(row.subject),
            date=date.fromisoformat(row.date),
            categories=tuple(row.categories.split()),
            how=row.how,
            recorded_by=row.recorded_by,
        )
        for row in await tx.execute(query)
    )


async def add_explanation(tx: Transaction, row: ExplanationRow) -> None:
    """One's own explanation of one message."""
    await tx.execute(
        insert(explanation).values(message=row.message, case_ref=row.case, sealed=row.sealed, kept=row.kept)
    )


async def explanations(tx: Transaction, case: CaseRef) -> tuple[ExplanationRow, ...]:
    """Of a case, in the order in which they were kept."""
    query = (
        select(explanation).where(explanation.c.case_ref == case).order_by(explanation.c.kept, explanation.c.message)
    )
    rows = await tx.execute(query)
    return tuple(ExplanationRow(MessageId(row.message), CaseRef(row.case_ref), row.sealed, row.kept) for row in rows)


async def drop_case(tx: Transaction, case: CaseRef) -> int:
    """Forget all sealed rows of a case; how many items there were."""
    await tx.execute(delete(explanation).where(explanation.c.case_ref == case))
    await tx.execute(update(question).where(question.c.case_ref == case).values(proposal=None, decision=None))
    return (await tx.execute(delete(item).where(item.c.case_ref == case))).rowcount


async def notes(tx: Transaction, case: CaseRef, phase: str) -> tuple[NoteRow, ...]:
    """What lies ready about the questions of (case, phase)."""
    there = question.c.proposal.is_not(None) | question.c.decision.is_not(None)
    query = select(question.c.id, question.c.proposal, question.c.decision)
    rows = await tx.execute(query.where(question.c.case_ref == case, question.c.phase == phase, there))
    return tuple(NoteRow(MessageId(row.id), row.proposal, row.decision) for row in rows)


async def put_note(tx: Transaction, row: NoteRow) -> None:
    """The same, sealed anew."""
    sealed = {"proposal": row.proposal, "decision": row.decision}
    await tx.execute(update(question).where(question.c.id == row.ref).values(sealed))


def _destroyed(row: Doomed | ErasureReceipt) -> dict[str, object]:
    """What both tables say of an erasure, to be done or done."""
    return {
        "at": row.at,
        "case_ref": row.case,
        "phase": row.phase,
        "scope": row.scope,
        "ids": " ".join(row.ids),
        "kids": " ".join(row.kids),
        "items": row.items,
        "names": " ".join(row.names),
        "canaries": json.dumps(dict(row.canaries)),
    }


def _read_destroyed(row: Any) -> dict[str, Any]:
    return {
        "at": row.at,
        "case": CaseRef(row.case_ref),
        "phase": row.phase,
        "scope": row.scope,
        "ids": tuple(row.ids.split()),
        "kids": tuple(Kid(kid) for kid in row.kids.split()),
        "items": row.items,
        "names": tuple(row.names.split()),
        "canaries": json.loads(row.canaries),
    }


async def add_doomed(tx: Transaction, row: Doomed) -> None:
    """To be destroyed, whatever happens next."""
    await tx.execute(insert(erasing).values(_destroyed(row)))


async def doomed(tx: Transaction) -> tuple[Doomed, ...]:
    """What still has to be destroyed, oldest first."""
    return tuple(
        Doomed(**_read_destroyed(row), nr=row.nr) for row in await tx.execute(select(erasing).order_by(erasing.c.nr))
    )


async def add_erasure(tx: Transaction, row: ErasureReceipt, nr: int) -> None:
    """The evidence of an erasure in the place of what was to be done, number ``nr``; its receive keys are marked."""
    await tx.execute(delete(erasing).where(erasing.c.nr == nr))
    await tx.execute(
        insert(erasure).values(
            {
                **_destroyed(row),
                "generation_before": row.before,
                "generation_after": row.after,
                "method": row.method,
                "backend": row.backend,
                "singing": " ".join(row.singing),
            }
        )
    )
    if row.kids:
        await tx.execute(update(case_key).where(case_key.c.kid.in_(list(row.kids))).values(erased=row.at))


async def erasures(tx: Transaction, case: CaseRef | None = None) -> tuple[ErasureReceipt, ...]:
    """What was destroyed of a case, or of all; oldest first."""
    query = select(erasure).order_by(erasure.c.nr)
    if case is not None:
        query = query.where(erasure.c.case_ref == case)
    return tuple(
        ErasureReceipt(
            **_read_destroyed(row),
            before=row.generation_before,
            after=row.generation_after,
            method=row.method,
            backend=row.backend,
            singing=tuple(row.singing.split()),
        )
        for row in await tx.execute(query)
    )
