"""The connector's own database: SQLite in its data folder, or PostgreSQL where the party wants that.

Decides the tables and what a transaction is. What is about a person stands here only sealed (``bytes`` columns, under
keys that are in the keystore); all else is ids, codes, signed manifests and times. The running connector is the only
writer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    event,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from typing_extensions import override

from connectors import StateError, StorageError
from schemas.ids import format_instant, parse_instant

Transaction = AsyncConnection
"""What stories pass on, so that filing and remembering are one."""


class Moment(TypeDecorator[datetime]):
    """Whole seconds UTC as the wire writes them; the order of the texts is that of the times."""

    impl = String(20)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else format_instant(value)

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else parse_instant(value)


metadata = MetaData()

state = Table("state", metadata, Column("name", String(40), primary_key=True), Column("value", Text, nullable=False))

record = Table(
    "record",
    metadata,
    Column("idx", Integer, primary_key=True, autoincrement=False),
    Column("first", Text, nullable=False),
    Column("second", Text),
    Column("time", Moment, nullable=False),
)

message = Table(
    "message",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("way", String(4), nullable=False),  # in: to me; out: mine; seen: a source that travelled with another
    Column("kind", String(64), nullable=False),
    Column("case_ref", String(22)),
    Column("sender", String(61), nullable=False),
    Column("reply_to", String(36)),
    Column("manifest", Text, nullable=False),
    Column("sha256", String(43), nullable=False, unique=True),
    Column("time", Moment, nullable=False),  # of the ledger's entry
    Column("idx", Integer),  # in the log, once proven
    Column("result", String(20)),
    Index("message_by_case", "case_ref", "kind"),
    Index("message_by_thread", "reply_to"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("nr", Integer, primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("data", LargeBinary),  # the bytes that go, again and again the same, until there is an answer
    Column("state", String(10), nullable=False),  # waiting, accepted, refused, failed
    Column("status", Integer),
    Column("answer", Text),
    Column("since", Moment, nullable=False),
    Index("outbox_waiting", "state"),
)

case_file = Table(
    "case_file",
    metadata,
    Column("case_ref", String(22), primary_key=True),
    Column("phase", String(64), nullable=False),
    Column("notifier", String(61), nullable=False),
    Column("acting_for", String(61), nullable=False),
    Column("opened", Moment, nullable=False),
    Column("phase_since", Moment, nullable=False),
)

case_key = Table(
    "case_key",
    metadata,
    Column("kid", String(43), primary_key=True),
    Column("case_ref", String(22), nullable=False),
    Column("phase", String(64), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("address", String(61), nullable=False),
    Column("public", Text, nullable=False),
    Column("not_after", Moment, nullable=False),
    Column("canary", Text, nullable=False),
    Column("message", String(36), nullable=False),
    Column("erased", Moment),
    Column("suite", String(20), nullable=False, server_default="keten-pq"),
    Index("case_key_once", "case_ref", "phase", "epoch", "address", "suite", unique=True),
)

question = Table(
    "question",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_ref", String(22), nullable=False),
    Column("phase", String(64), nullable=False),
    Column("subject", String(22), nullable=False),
    Column("asker", String(61), nullable=False),
    Column("address", String(61), nullable=False),
    Column("received", Moment, nullable=False),
    Column("answer_at", Moment, nullable=False),
    Column("due", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("state", String(10), nullable=False),  # open, decided, answered, overtaken
    Column("human", Boolean, nullable=False),
    Column("proposal", LargeBinary),
    Column("decision", LargeBinary),
    Column("decided_by", String(80)),
    Column("answer", String(36), unique=True),
    Index("question_due", "state", "due"),
)

asked = Table(
    "asked",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_ref", String(22), nullable=False),
    Column("subject", String(22), nullable=False),
    Column("address", String(61), nullable=False),
    Column("sent", Moment, nullable=False),
    Column("answer_at", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("collected", Moment),
    Column("answer", String(36), unique=True),
    Column("outcome", String(64)),
    Column("refusal", String(64)),
    Index("asked_by_case", "case_ref"),
)

item = Table(
    "item",
    metadata,
    Column("item", String(22), primary_key=True),
    Column("case_ref", String(22), nullable=False),
    Column("phase", String(64), nullable=False),
    Column("message", String(36), nullable=False),
    Column("codes", Text, nullable=False),  # the item as its manifest has it: codes, ids, digests
    Column("wrapped", LargeBinary, nullable=False),  # the item's key under the file key of (case, phase)
    Column("content", LargeBinary, nullable=False),  # the values under the item's key
    Column("filed", Moment, nullable=False),
    Index("item_by_case", "case_ref", "phase"),
)

provision = Table(
    "provision",
    metadata,
    Column("nr", Integer, primary_key=True),
    Column("message", String(36), nullable=False),
    Column("at", Moment, nullable=False),
    Column("way", String(3), nullable=False),  # in, out
    Column("outcome", String(10), nullable=False),  # allowed, refused
    Column("kind", String(64), nullable=False),
    Column("case_ref", String(22)),
    Column("reasons", Text, nullable=False),
    Column("manifest", Text, nullable=False),  # as exact as this party knows it
)

consent = Table(
    "consent",
    metadata,
    Column("ref", String(22), primary_key=True),
    Column("case_ref", String(22), nullable=False),
    Column("subject", String(22), nullable=False),
    Column("date", String(10), nullable=False),
    Column("categories", Text, nullable=False),
    Column("how", String(20), nullable=False),
    Column("recorded_by", String(80), nullable=False),
    Column("withdrawn", Moment),
)

finding = Table(
    "finding",
    metadata,
    Column("nr", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("message", String(36)),
    Column("code", String(64), nullable=False),
    Column("path", String(66)),
)

explanation = Table(
    "explanation",
    metadata,
    Column("message", String(36), primary_key=True),
    Column("case_ref", String(22), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # under the audit key of the case
    Column("kept", Moment, nullable=False),
    Index("explanation_by_case", "case_ref"),
)

erasing = Table(  # decided, and not known to be done
    "erasing",
    metadata,
    Column("nr", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("case_ref", String(22), nullable=False),
    Column("phase", Text, nullable=False),
    Column("scope", String(10), nullable=False),
    Column("ids", Text, nullable=False),
    Column("kids", Text, nullable=False),
    Column("items", Integer, nullable=False),
    Column("names", Text, nullable=False),
    Column("canaries", Text, nullable=False),
)

erasure = Table(
    "erasure",
    metadata,
    Column("nr", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("case_ref", String(22), nullable=False),
    Column("phase", String(64), nullable=False),
    Column("kids", Text, nullable=False),
    Column("items", Integer, nullable=False),
    Column("generation_before", Integer, nullable=False),
    Column("generation_after", Integer, nullable=False),
    Column("backend", String(10), nullable=False),
    Column("scope", String(10), nullable=False, server_default="phase"),
    Column("ids", Text, nullable=False, server_default=""),
    Column("names", Text, nullable=False, server_default=""),
    Column("method", String(64), nullable=False, server_default=""),
    Column("singing", Text, nullable=False, server_default=""),
    Column("canaries", Text, nullable=False, server_default="{}"),
)


def _prepare_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        # Its driver begins a transaction for rows only: without this a crash leaves a step half done, and no way on.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


class Database:
    """One engine; :meth:`begin` is the only way in."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Use :meth:`open`."""
        self._engine = engine
        # SQLite has one writer: waiting here is fair, waiting in the file is not.
        self._turn = asyncio.Lock() if engine.dialect.name == "sqlite" else None

    @classmethod
    async def open(cls, dsn: str) -> Database:
        """Connect, and bring the tables up to date."""
        engine = create_async_engine(dsn)
        if engine.dialect.name == "sqlite":
            event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        database = cls(engine)
        async with database.begin() as tx:
            await tx.run_sync(_migrate)
        return database

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """A transaction: committed at the end, rolled back on any error. Do not call the broker inside.

        Raises :class:`StorageError`, and :class:`StateError` where a constraint of the tables says no. A task in
        here is not to be cancelled: SQLite would stay locked until the connection is gone.
        """
        try:
            async with self._turn or nullcontext(), self._engine.begin() as tx:
                yield tx
        except IntegrityError as error:
            raise StateError("a row that is there already, or that misses what it needs") from error
        except SQLAlchemyError as error:
            raise StorageError(f"the own database does not answer ({type(error).__name__})") from error

    async def close(self) -> None:
        """Let go of all connections."""
        await self._engine.dispose()
