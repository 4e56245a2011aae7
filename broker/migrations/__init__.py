"""The tables and their history (Alembic). :func:`upgrade` brings a database to the newest form."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool


def _upgrade(connection: Connection) -> None:
    # Two brokers that start at once: one migrates, the other waits and then finds nothing to do.
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('keten:migrations', 0))"))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def upgrade(dsn: str) -> None:
    """Bring the database at ``dsn`` (``postgresql+asyncpg://...``) to the newest revision; nothing if it is there."""
    engine = create_async_engine(dsn, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()
