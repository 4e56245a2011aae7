"""What an audit reads of the connector's own database, over a connection of its own that cannot write.

So it works while the connector runs and while it does not. Codes, ids, digests, signed texts; nothing about a person.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from connectors import UseError
from connectors.database import message, outbox, state
from connectors.proofs.audit import Expected
from schemas.canonical import digest_text
from schemas.envelope import parse_envelope
from schemas.ids import Digest

CHECKPOINT = "checkpoint"
_SQLITE = "sqlite+aiosqlite:///"


async def read_register(dsn: str) -> tuple[tuple[Expected, ...], str | None]:
    """Every message that went into the ledger, and the checkpoint that is held. Raises :class:`UseError`."""
    if not _exists(dsn):
        raise UseError("deze connector heeft nog geen database; laat hem eerst draaien (`ketenconnector run`)")
    engine = create_async_engine(dsn)
    try:
        async with engine.connect() as connection:
            read_only = "PRAGMA query_only=ON" if engine.dialect.name == "sqlite" else "SET TRANSACTION READ ONLY"
            await connection.execute(text(read_only))
            held = (
                await connection.execute(select(state.c.value).where(state.c.name == CHECKPOINT))
            ).scalar_one_or_none()
            return (*await _accepted(connection), *await _refused(connection)), held
    finally:
        await engine.dispose()


def _exists(dsn: str) -> bool:
    return not dsn.startswith(_SQLITE) or Path(dsn.removeprefix(_SQLITE)).exists()


async def _accepted(connection: AsyncConnection) -> list[Expected]:
    """Mine and to me; what was only seen as a source is not mine to ask for."""
    rows = await connection.execute(select(message).where(message.c.way.in_(("in", "out"))).order_by(message.c.time))
    return [
        Expected(row.id, Digest(row.sha256), "allowed", row.time, index=row.idx, manifest=row.manifest) for row in rows
    ]


async def _refused(connection: AsyncConnection) -> list[Expected]:
    """Mine that the broker refused, as far as their bytes were kept."""
    kept = select(outbox).where(outbox.c.state == "refused", outbox.c.data.is_not(None))
    found = []
    for row in await connection.execute(kept):
        manifest = parse_envelope(row.data).manifest
        found.append(Expected(row.id, digest_text(manifest), "refused", row.since, manifest=manifest))
    return found
