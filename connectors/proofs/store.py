"""What an audit keeps of itself: ``audit.sqlite`` in the data folder, beside the database of the running connector.

So an audit goes on where it was stopped, also by force, and the next one need not make every decision again. Digests,
places and codes only: no body, no manifest, no case (a tag under a random salt stands for it). Who deletes the file
loses nothing but time.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    cast,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from connectors import StateError, StorageError
from connectors.proofs.course import DAMAGED, Course
from connectors.proofs.findings import KINDS, REASONS
from connectors.proofs.leaves import Edge
from connectors.proofs.report import Problem

FILE: Final = "audit.sqlite"
LAYOUT: Final = 2
_MANY: Final = 500
_SALT: Final = 16

metadata = MetaData()

state = Table("state", metadata, Column("name", String(20), primary_key=True), Column("value", Text, nullable=False))

entry = Table(
    "entry",
    metadata,
    Column("idx", Integer, primary_key=True, autoincrement=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("run", Integer, nullable=False),  # the audit that saw it last
    Column("decided", Boolean, nullable=False),
    Column("gathered", Boolean, nullable=False),
    Column("clean", Boolean, nullable=False),  # nothing was wrong: it need not be judged again
    Column("proven", Boolean, nullable=False),  # its leaf was compared
    Column("once", Boolean, nullable=False),  # it stood in a log that was verified
    Column("unchecked", Text, nullable=False),  # codes with spaces between
    Column("tag", LargeBinary),  # of its case
    Column("seq", Integer, nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("mine", Boolean, nullable=False),  # this party is its sender
    Column("sha256", String(43)),
    Column("message", String(36)),
    Column("sealed", String(43)),
    Column("time", String(20), nullable=False),
    Column("expires", String(20), nullable=False),  # of the message: when its sealed text may be let go
    Column("event", String(40), nullable=False),
    Index("entry_by_case", "tag", "seq"),
    Index("entry_by_message", "sha256"),
    Index("entry_by_text", "sealed"),
)

problem = Table(
    "problem",
    metadata,
    Column("nr", Integer, primary_key=True),
    Column("code", String(40), nullable=False),
    Column("idx", Integer),
    Column("what", Text),
)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """What is kept of one entry."""

    idx: int
    leaf: bytes
    decided: bool = False
    gathered: bool = False
    clean: bool = False
    proven: bool = False
    once: bool = False
    unchecked: tuple[str, ...] = ()
    tag: bytes | None = None
    seq: int = 0
    outcome: str = ""
    mine: bool = False
    sha256: str | None = None
    message: str | None = None
    sealed: str | None = None
    time: str = ""
    expires: str = ""
    event: str = ""


class AuditStore:
    """One file. Every method is one transaction, so that what is kept is true at whatever moment the process ends."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Use :meth:`open`."""
        self._engine = engine
        self._salt = b""

    @classmethod
    async def open(cls, data: Path, identity: str, *, again: bool = False) -> Self:
        """The store in a data folder, of one log; what belongs to another, or ``again``, is thrown away."""
        store = cls(create_async_engine(f"sqlite+aiosqlite:///{data / FILE}"))
        try:
            await store._prepare(identity, again=again)
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Let go of it."""
        await self._engine.dispose()

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.begin() as tx:
                yield tx
        except SQLAlchemyError as error:
            text = f"wat de controle bijhoudt ({FILE} in de datamap) is niet te lezen of te schrijven; verwijder het"
            raise StorageError(f"{text} en begin opnieuw ({type(error).__name__})") from error

    async def _prepare(self, identity: str, *, again: bool) -> None:
        whole = f"{LAYOUT} {identity}"
        async with self._begin() as tx:
            await tx.run_sync(metadata.create_all, tables=[state])
            kept = await _get(tx, "identity")
            if kept is not None and kept.partition(" ")[0] != str(LAYOUT):
                await tx.run_sync(metadata.drop_all, tables=[entry, problem])
            await tx.run_sync(metadata.create_all)
            if kept != whole or again:
                for table in (state, entry, problem):
                    await tx.execute(delete(table))
                await _put(tx, "identity", whole)
                await _put(tx, "salt", secrets.token_hex(_SALT))
            salt = await _get(tx, "salt") or ""
        if re.fullmatch(f"[0-9a-f]{{{2 * _SALT}}}", salt) is None:
            raise StateError(DAMAGED)
        self._salt = bytes.fromhex(salt)

    def tag(self, case: str | None) -> bytes | None:
        """What stands for a case here."""
        return None if case is None else hashlib.sha256(self._salt + case.encode()).digest()[:16]

    async def begin(self) -> tuple[Course, Edge, Edge]:
        """Where the audit is: one that was broken off goes on, else a new one begins. With the tree that was verified
        under a signed root, and the one that was walked to since."""
        async with self._begin() as tx:
            kept = await _get(tx, "course")
            course = Course.of_json(_object(kept)) if kept else Course()
            if course.finished:
                course = Course(course.run + 1)
                await tx.execute(delete(problem))
            await _put(tx, "course", json.dumps(asdict(course)))
            verified, walked = await _get(tx, "verified"), await _get(tx, "walked")
        first = Edge.of_json(_object(verified)) if verified else Edge()
        return course, first, Edge.of_json(_object(walked)) if walked else first

    async def restart(self, course: Course) -> None:
        """An audit that was broken off is about another, shorter log by now: none of the entries was seen in it."""
        async with self._begin() as tx:
            await tx.execute(update(entry).where(entry.c.run == course.run).values(run=course.run - 1))
            await _put(tx, "course", json.dumps(asdict(course)))

    async def keep_entries(self, course: Course, rows: Sequence[EntryRow], problems: Iterable[Problem]) -> None:
        """Own entries that were judged, and how far the audit is with that."""
        put = upsert(entry)
        put = put.on_conflict_do_update(["idx"], set_={column.name: put.excluded[column.name] for column in entry.c})
        values = [{**asdict(row), "unchecked": " ".join(row.unchecked), "run": course.run} for row in rows]
        async with self._begin() as tx:
            if values:
                await tx.execute(put, values)
            await _add(tx, problems)
            await _put(tx, "course", json.dumps(asdict(course)))

    async def keep_seen(self, course: Course, indices: Collection[int]) -> None:
        """Own entries that are as they were when they were judged."""
        async with self._begin() as tx:
            for some in _some(sorted(indices)):
                await tx.execute(update(entry).where(entry.c.idx.in_(some)).values(run=course.run))

    async def keep_walked(self, edge: Edge, proven: Collection[int], problems: Iterable[Problem]) -> None:
        """How far the tree was walked, and the own entries whose leaves were compared on the way."""
        async with self._begin() as tx:
            for some in _some(sorted(proven)):
                await tx.execute(update(entry).where(entry.c.idx.in_(some)).values(proven=True))
            await _add(tx, problems)
            await _put(tx, "walked", json.dumps(edge.as_json()))

    async def keep_verified(self, edge: Edge | None) -> None:
        """The tree that a signed root covers; with None what was walked is forgotten, as it led nowhere."""
        async with self._begin() as tx:
            if edge is not None:
                await tx.execute(update(entry).where(entry.c.proven).values(once=True))
                await _put(tx, "verified", json.dumps(edge.as_json()))
            else:
                await tx.execute(update(entry).values(proven=False))
            await tx.execute(delete(state).where(state.c.name == "walked"))

    async def keep_proven(self, proven: Collection[int]) -> None:
        """Own entries that were proven to stand in the log."""
        async with self._begin() as tx:
            for some in _some(sorted(proven)):
                await tx.execute(update(entry).where(entry.c.idx.in_(some)).values(proven=True))

    async def keep_course(self, course: Course, problems: Iterable[Problem] = ()) -> None:
        """How far the audit is."""
        async with self._begin() as tx:
            await _add(tx, problems)
            await _put(tx, "course", json.dumps(asdict(course)))

    async def entries(self, indices: Collection[int]) -> dict[int, EntryRow]:
        """What is kept of these."""
        found: dict[int, EntryRow] = {}
        async with self._begin() as tx:
            for some in _some(sorted(indices)):
                found |= {row.idx: _row(row) for row in await tx.execute(select(entry).where(entry.c.idx.in_(some)))}
        return found

    async def between(self, first: int, end: int, run: int) -> dict[int, bytes]:
        """The leaves of the own entries in a part of the log, as this audit made them from their bodies."""
        async with self._begin() as tx:
            rows = await tx.execute(
                select(entry.c.idx, entry.c.leaf).where(entry.c.idx >= first, entry.c.idx < end, entry.c.run == run)
            )
            return {row.idx: row.leaf for row in rows}

    async def unproven(self, end: int, run: int) -> dict[int, bytes]:
        """The leaves of own entries before ``end`` that were compared with no leaf of the log yet."""
        async with self._begin() as tx:
            rows = await tx.execute(
                select(entry.c.idx, entry.c.leaf).where(
                    entry.c.idx < end, entry.c.run == run, entry.c.proven.is_(False)
                )
            )
            return {row.idx: row.leaf for row in rows}

    async def numbers(self, case: str) -> list[tuple[int, int]]:
        """Where the entries of a case stand that this party sees, and their numbers within it."""
        async with self._begin() as tx:
            query = select(entry.c.idx, entry.c.seq).where(entry.c.tag == self.tag(case)).order_by(entry.c.idx)
            return [(row.idx, row.seq) for row in await tx.execute(query)]

    async def messages(self, run: int) -> dict[str, EntryRow]:
        """The entries about messages that this audit saw, by the digest of the manifest; the first of each."""
        async with self._begin() as tx:
            rows = await tx.execute(
                select(entry).where(entry.c.run == run, entry.c.sha256.is_not(None)).order_by(entry.c.idx.desc())
            )
            return {row.sha256: _row(row) for row in rows}

    async def doubles(self, run: int) -> list[int]:
        """Entries about a message that an earlier entry is about too."""
        first = select(entry.c.sha256, func.min(entry.c.idx).label("idx")).where(entry.c.run == run)
        first = first.where(entry.c.sha256.is_not(None)).group_by(entry.c.sha256).having(func.count() > 1)
        more = first.subquery()
        async with self._begin() as tx:
            rows = select(entry.c.idx).join(more, more.c.sha256 == entry.c.sha256)
            rows = rows.where(entry.c.run == run, entry.c.idx > more.c.idx).order_by(entry.c.idx)
            return list((await tx.execute(rows)).scalars())

    async def ends(self, run: int) -> list[EntryRow]:
        """The entries about the end of a sealed text."""
        ended = (entry.c.outcome == "recorded") & entry.c.sealed.is_not(None)
        async with self._begin() as tx:
            return [_row(row) for row in await tx.execute(select(entry).where(ended, entry.c.run == run))]

    async def texts(self) -> dict[str, list[EntryRow]]:
        """The messages that were ever let through with a sealed text, by its digest."""
        found: dict[str, list[EntryRow]] = {}
        async with self._begin() as tx:
            query = select(entry).where(entry.c.outcome == "allowed", entry.c.sealed.is_not(None))
            for row in await tx.execute(query):
                found.setdefault(row.sealed, []).append(_row(row))
        return found

    async def times(self, run: int) -> list[EntryRow]:
        """The entries of cases that this audit saw, in the order of the log, case by case."""
        async with self._begin() as tx:
            query = select(entry).where(entry.c.run == run, entry.c.tag.is_not(None), entry.c.time != "")
            return [_row(row) for row in await tx.execute(query.order_by(entry.c.tag, entry.c.idx))]

    async def gone(self, run: int) -> list[EntryRow]:
        """Entries that an earlier audit saw, and this one not."""
        async with self._begin() as tx:
            seen = entry.c.proven | entry.c.once
            rows = await tx.execute(select(entry).where(entry.c.run != run, seen).order_by(entry.c.idx))
            return [_row(row) for row in rows]

    async def counted(self, run: int) -> tuple[int, int, int, dict[str, int]]:
        """Own entries, decisions made again, facts gathered again, and what could not be checked by code."""
        async with self._begin() as tx:
            seen = entry.c.run == run
            own, decided, gathered = (
                await tx.execute(
                    select(
                        func.count(),
                        func.sum(cast(entry.c.decided, Integer)),
                        func.sum(cast(entry.c.gathered, Integer)),
                    ).where(seen)
                )
            ).one()
            many: dict[str, int] = {}
            query = select(entry.c.unchecked, func.count()).where(seen, entry.c.unchecked != "")
            for codes, count in await tx.execute(query.group_by(entry.c.unchecked)):
                for code in codes.split():
                    many[code] = many.get(code, 0) + count
        if not many.keys() <= REASONS.keys():
            raise StateError(DAMAGED)
        return own, int(decided or 0), int(gathered or 0), many

    async def problems(self, most: int) -> tuple[tuple[Problem, ...], int]:
        """What was found, each once, the first ``most`` of it in the order of the log; and how many there are."""
        async with self._begin() as tx:
            rows = select(problem.c.code, problem.c.idx, problem.c.what).distinct()
            total = (await tx.execute(select(func.count()).select_from(rows.subquery()))).scalar_one()
            ordered = rows.order_by(problem.c.idx.is_not(None), problem.c.idx, problem.c.code, problem.c.what)
            found = tuple(Problem(row.code, row.idx, row.what) for row in await tx.execute(ordered.limit(most)))
        if any(one.code not in KINDS for one in found):
            raise StateError(DAMAGED)
        return found, total


def _row(row: Any) -> EntryRow:
    names = [name for name in EntryRow.__dataclass_fields__ if name != "unchecked"]
    return EntryRow(**{name: getattr(row, name) for name in names}, unchecked=tuple(row.unchecked.split()))


def _some(values: Sequence[int]) -> Iterable[Sequence[int]]:
    return (values[start : start + _MANY] for start in range(0, len(values), _MANY))


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise StateError(DAMAGED) from error
    return value if isinstance(value, dict) else {}


async def _get(tx: AsyncConnection, name: str) -> str | None:
    value = (await tx.execute(select(state.c.value).where(state.c.name == name))).scalar_one_or_none()
    return None if value is None else str(value)


async def _put(tx: AsyncConnection, name: str, value: str) -> None:
    values: Mapping[str, str] = {"name": name, "value": value}
    await tx.execute(upsert(state).values(values).on_conflict_do_update(["name"], set_={"value": value}))


async def _add(tx: AsyncConnection, problems: Iterable[Problem]) -> None:
    rows = [{"code": one.code, "idx": one.index, "what": one.what} for one in problems]
    if rows:
        await tx.execute(insert(problem), rows)
