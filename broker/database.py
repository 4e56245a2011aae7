"""The way to PostgreSQL: one engine with its pool, transactions, a connection that listens.

Statements are plain SQL for asyncpg under SQLAlchemy's engine (performance.md: Core costs two to three times the
CPU of the hot path); they stand in the ``store.py`` and ``queries.py`` of each folder. No foreign exception leaves
this module.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from broker import BrokerError

Connection: TypeAlias = Any
"""An ``asyncpg.Connection``; the library ships no types."""
Row: TypeAlias = Any
"""An ``asyncpg.Record``: columns by name."""

CHANNEL = "keten"
"""One notification a round (and one at a commit that narrows), with the house as its payload."""

_WEATHER = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.InterfaceError,
    SQLAlchemyError,
    OSError,
)


class DatabaseError(BrokerError):
    """Something between us and PostgreSQL."""


class ConflictError(DatabaseError):
    """Another transaction was first: a unique constraint or a deadlock. Running again gives the right answer."""


class CommitUnknownError(DatabaseError):
    """COMMIT failed in a way that leaves open whether it took effect."""


class UnavailableError(DatabaseError):
    """The database cannot be used now."""


_LOST_RACES = (
    asyncpg.UniqueViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
)


class Database:
    """The pool of one broker process over one DSN (``postgresql+asyncpg://...``)."""

    def __init__(self, dsn: str, pool_size: int = 10) -> None:
        self._engine: AsyncEngine = create_async_engine(
            dsn if dsn.startswith("postgresql+asyncpg:") else dsn.replace("postgresql:", "postgresql+asyncpg:", 1),
            pool_pre_ping=True,
            pool_size=pool_size,
            max_overflow=pool_size,
        )

    async def close(self) -> None:
        """Give all connections back."""
        await self._engine.dispose()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection outside any transaction: each statement commits by itself."""
        try:
            async with self._engine.connect() as pooled:
                yield await _driver(pooled)
        except _LOST_RACES as error:
            raise ConflictError("another transaction was first") from error
        except asyncpg.UndefinedTableError as error:
            raise UnavailableError("the database has no tables for this; run `ketenbroker migrate`") from error
        except _WEATHER as error:
            raise UnavailableError("the database cannot be used now; does it run, and is `dsn` right?") from error
        except asyncpg.PostgresError as error:
            raise UnavailableError("the database refused a statement; see its own log for the reason") from error

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A transaction (READ COMMITTED): committed at the end, undone by any exception.

        Raises the errors of this module; :class:`CommitUnknownError` only from COMMIT itself.
        """
        async with self.connection() as connection, within(connection):
            yield connection

    @asynccontextmanager
    async def listening(self, channel: str, heard: Callable[[str | None], None]) -> AsyncIterator[Connection]:
        """A connection of its own on which ``heard(payload)`` is called for each notification; None: it is lost."""

        def call(_connection: Connection, _pid: int, _channel: str, payload: str) -> None:
            heard(payload)

        def lost(_connection: Connection) -> None:
            heard(None)

        async with self.connection() as connection:
            await connection.add_listener(channel, call)
            connection.add_termination_listener(lost)
            try:
                yield connection
            finally:
                connection.remove_termination_listener(lost)
                with suppress(*_WEATHER):
                    await connection.remove_listener(channel, call)


async def _driver(pooled: AsyncConnection) -> Connection:
    return (await pooled.get_raw_connection()).driver_connection


@asynccontextmanager
async def within(connection: Connection) -> AsyncIterator[None]:
    """A transaction on a connection that one has, for who needs several on the same one."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield
    except BaseException:
        with suppress(*_WEATHER):
            await transaction.rollback()
        raise
    try:
        await transaction.commit()
    except _LOST_RACES:
        raise
    except (*_WEATHER, asyncpg.PostgresError) as error:
        raise CommitUnknownError("COMMIT gave an error; whether it took effect is unknown") from error
