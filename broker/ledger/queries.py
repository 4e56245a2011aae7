"""What is read of a log: notes, leaves, entries of a party, vouched records."""

from __future__ import annotations

from collections.abc import Sequence

from broker.database import Connection, Row


async def read_note(connection: Connection, house: str) -> tuple[int, str] | None:
    """Size and text of the newest signed checkpoint."""
    row = await connection.fetchrow(
        "SELECT size, note FROM checkpoint WHERE house = $1 AND note IS NOT NULL ORDER BY size DESC LIMIT 1", house
    )
    return (row["size"], row["note"]) if row else None


async def read_leaves(connection: Connection, house: str, first: int, count: int) -> list[bytes]:
    """Leaves in order of the log."""
    rows = await connection.fetch(
        "SELECT leaf FROM entry WHERE house = $1 AND idx >= $2 AND idx < $3 ORDER BY idx", house, first, first + count
    )
    return [row["leaf"] for row in rows]


async def read_entries(
    connection: Connection, house: str, oin: str, size: int, after: int, limit: int, indices: Sequence[int] | None
) -> list[Row]:
    """Entries below ``size`` in which a party takes part: idx, body, manifest."""
    rows: list[Row] = await connection.fetch(
        "SELECT e.idx, e.body, m.manifest FROM entry e LEFT JOIN message m ON m.seq = e.seq"
        " WHERE e.house = $1 AND e.parties @> ARRAY[$2] AND e.idx < $3 AND e.idx > $4 AND e.body IS NOT NULL"
        " AND ($6::bigint[] IS NULL OR e.idx = ANY($6)) ORDER BY e.idx LIMIT $5",
        house,
        oin,
        size,
        after,
        limit,
        indices,
    )
    return rows


async def read_records(connection: Connection, house: str) -> list[Row]:
    """Vouched records in order of the log, with index and time; those without a place last."""
    rows: list[Row] = await connection.fetch(
        "SELECT r.first, r.second, r.narrows, r.proven, e.idx, e.time"
        " FROM record r JOIN entry e ON e.seq = r.seq WHERE r.house = $1 ORDER BY e.idx NULLS LAST, r.seq",
        house,
    )
    return rows


async def read_first_record(connection: Connection, house: str) -> Row:
    """The record that made a house."""
    return await connection.fetchrow("SELECT first, second FROM record WHERE house = $1 ORDER BY seq LIMIT 1", house)


async def read_place(connection: Connection, house: str, entry: str) -> int | None:
    """The index of an entry, once it has one."""
    index: int | None = await connection.fetchval("SELECT idx FROM entry WHERE house = $1 AND entry = $2", house, entry)
    return index
