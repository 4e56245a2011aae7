"""What an audit reads of the connector's own database, over connections of its own that cannot write.

So it works while the connector runs and while it does not. Codes, ids, digests, signed texts; nothing about a person.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Self

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from connectors import StorageError, UseError
from connectors.database import finding, message, outbox, record, state
from keys import jws
from schemas.canonical import digest_text
from schemas.envelope import parse_envelope, parse_manifest
from schemas.ids import Digest
from schemas.manifest import MANIFEST_TYP
from schemas.records import SignedRecord

CHECKPOINT = "checkpoint"
_SQLITE = "sqlite+aiosqlite:///"
_PACK = "pack_"


@dataclass(frozen=True, slots=True)
class Expected:
    """A message of the own register: ``in`` (to me), ``out`` (mine) or ``seen`` (a source that came with another).

    ``index``: where it was proven to stand; ``manifest``: my copy, of a refusal, of which the broker keeps none.
    """

    id: str
    sha256: Digest
    outcome: Literal["allowed", "refused"]
    since: datetime
    way: str
    kind: str | None = None
    case: str | None = None
    sender: str | None = None
    reply_to: str | None = None
    index: int | None = None
    manifest: str | None = None


@dataclass(frozen=True, slots=True)
class KnownText:
    """A message of a case, with its manifest as it was signed."""

    manifest: str
    sha256: Digest
    time: datetime
    index: int | None
    way: str


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A record of the house as this connector verified it."""

    index: int
    signed: SignedRecord
    time: datetime


class Register:
    """The own register, read only. Every method raises :class:`StorageError` where the database does not answer."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Use :meth:`open`."""
        self._engine = engine

    @classmethod
    def open(cls, dsn: str) -> Self:
        """Raises :class:`UseError` where there is none yet."""
        if dsn.startswith(_SQLITE) and not Path(dsn.removeprefix(_SQLITE)).exists():
            raise UseError("deze connector heeft nog geen database; laat hem eerst draaien (`ketenconnector run`)")
        return cls(create_async_engine(dsn))

    async def close(self) -> None:
        """Let go of it."""
        await self._engine.dispose()

    @asynccontextmanager
    async def _connect(self) -> AsyncIterator[AsyncConnection]:
        sqlite = self._engine.dialect.name == "sqlite"
        try:
            async with self._engine.connect() as connection:
                await connection.execute(text("PRAGMA query_only=ON" if sqlite else "SET TRANSACTION READ ONLY"))
                yield connection
        except SQLAlchemyError as error:
            raise StorageError(f"de eigen database antwoordt niet ({type(error).__name__})") from error

    async def held(self) -> str | None:
        """The largest checkpoint that was seen."""
        async with self._connect() as connection:
            query = select(state.c.value).where(state.c.name == CHECKPOINT)
            return (await connection.execute(query)).scalar_one_or_none()

    async def records(self) -> tuple[KnownRecord, ...]:
        """The records of the house, in the order of the log."""
        async with self._connect() as connection:
            rows = await connection.execute(select(record).order_by(record.c.idx))
            return tuple(KnownRecord(r.idx, SignedRecord(first=r.first, second=r.second), r.time) for r in rows)

    async def packs(self) -> tuple[str, ...]:
        """The packs that were fetched before, as they came."""
        async with self._connect() as connection:
            return tuple(
                (await connection.execute(select(state.c.value).where(state.c.name.startswith(_PACK)))).scalars()
            )

    async def messages(self) -> tuple[Expected, ...]:
        """Every message that went into the ledger, mine and to me, and what was seen as a source; and mine that the
        broker refused. Without the manifests of what was accepted."""
        async with self._connect() as connection:
            columns = [column for column in message.c if column.name != "manifest"]
            rows = await connection.execute(select(*columns).order_by(message.c.time))
            accepted = [
                Expected(
                    id=row.id,
                    sha256=Digest(row.sha256),
                    outcome="allowed",
                    since=row.time,
                    way=row.way,
                    kind=row.kind,
                    case=row.case_ref,
                    sender=row.sender,
                    reply_to=row.reply_to,
                    index=row.idx,
                )
                for row in rows
            ]
            return (*accepted, *await _handed_in(connection, "refused"))

    async def handed_in(self) -> frozenset[Digest]:
        """Messages of mine that the broker has, or may have, whatever it answered."""
        async with self._connect() as connection:
            return frozenset([one.sha256 for one in await _handed_in(connection, "waiting", "refused", "accepted")])

    async def failed(self) -> frozenset[Digest]:
        """Messages of mine that the broker said it did not take at all."""
        async with self._connect() as connection:
            return frozenset([one.sha256 for one in await _handed_in(connection, "failed")])

    async def found(self) -> frozenset[str]:
        """Messages to me that were not taken, and why is a finding already."""
        async with self._connect() as connection:
            query = select(finding.c.message).where(finding.c.message.is_not(None))
            return frozenset((await connection.execute(query)).scalars())

    async def knows(self, sha256: str) -> bool:
        """Whether a message was sent or taken by now."""
        async with self._connect() as connection:
            query = select(func.count()).select_from(message).where(message.c.sha256 == sha256, message.c.way != "seen")
            return bool((await connection.execute(query)).scalar_one())

    async def signers(self) -> frozenset[str]:
        """The keys that my messages were signed with, as their headers say."""
        async with self._connect() as connection:
            texts = (await connection.execute(select(message.c.manifest).where(message.c.way == "out"))).scalars()
            return frozenset(jws.parse(text, MANIFEST_TYP).kid for text in texts)

    async def of_case(self, case: str) -> tuple[KnownText, ...]:
        """The messages of a case with their manifests, in the order of the log; those without a place last."""
        async with self._connect() as connection:
            rows = await connection.execute(
                select(message).where(message.c.case_ref == case).order_by(message.c.idx.is_(None), message.c.idx)
            )
            return tuple(KnownText(r.manifest, Digest(r.sha256), r.time, r.idx, r.way) for r in rows)


async def _handed_in(connection: AsyncConnection, *states: str) -> list[Expected]:
    """Mine in the outbox, as far as their bytes were kept: refused, not taken, or without an answer yet."""
    kept = select(outbox).where(outbox.c.data.is_not(None), outbox.c.state.in_(states))
    found = []
    for row in await connection.execute(kept):
        text = parse_envelope(row.data).manifest
        manifest = parse_manifest(jws.parse(text, MANIFEST_TYP).payload)
        found.append(
            Expected(
                id=row.id,
                sha256=digest_text(text),
                outcome="refused" if row.state == "refused" else "allowed",
                since=row.since,
                way="out",
                kind=manifest.kind,
                case=manifest.case,
                sender=manifest.sender,
                reply_to=manifest.reply_to,
                manifest=text,
            )
        )
    return found
