"""SQL of the case files: items, the register of provisions, consents, erasures. No decisions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update

from connectors.database import Transaction, consent, erasure, item, provision
from schemas.ids import CaseRef, ItemRef, MessageId, Reference, SubjectRef


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
class ErasureRow:
    """That keys were destroyed, and what shows it."""

    at: datetime
    case: CaseRef
    phase: str
    kids: tuple[str, ...]
    items: int
    before: int
    after: int
    backend: str


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


async def add_erasure(tx: Transaction, row: ErasureRow) -> None:
    """The evidence of an erasure."""
    await tx.execute(
        insert(erasure).values(
            at=row.at,
            case_ref=row.case,
            phase=row.phase,
            kids=" ".join(row.kids),
            items=row.items,
            generation_before=row.before,
            generation_after=row.after,
            backend=row.backend,
        )
    )


async def erasures(tx: Transaction, case: CaseRef) -> tuple[ErasureRow, ...]:
    """What was destroyed of a case, oldest first."""
    query = select(erasure).where(erasure.c.case_ref == case).order_by(erasure.c.nr)
    return tuple(
        ErasureRow(
            at=row.at,
            case=CaseRef(row.case_ref),
            phase=row.phase,
            kids=tuple(row.kids.split()),
            items=row.items,
            before=row.generation_before,
            after=row.generation_after,
            backend=row.backend,
        )
        for row in await tx.execute(query)
    )
