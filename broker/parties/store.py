"""Houses and how often their vouched records changed."""

from __future__ import annotations

from broker.database import Connection

_VERSION = "SELECT directory FROM house WHERE house = $1"
_VERSION_SHARED = f"{_VERSION} FOR SHARE"


async def read_version(connection: Connection, house: str, *, share: bool = False) -> int | None:
    """How often the vouched records changed; None for a house that is not here.

    ``share``: nobody changes them until this transaction ends.
    """
    version: int | None = await connection.fetchval(_VERSION_SHARED if share else _VERSION, house)
    return version


async def lock(connection: Connection, house: str) -> bool:
    """Hold the house alone (acts that change its directory). False where there is none."""
    return await connection.fetchval("SELECT true FROM house WHERE house = $1 FOR UPDATE", house) is True


async def read_houses(connection: Connection) -> list[str]:
    """Every house of this database."""
    return [row["house"] for row in await connection.fetch("SELECT house FROM house ORDER BY house")]
