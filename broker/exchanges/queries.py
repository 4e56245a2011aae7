"""What a page of an inbox is made of."""

from __future__ import annotations

from collections.abc import Sequence

from broker.database import Connection, Row

_PAGE = """
WITH following AS (
    SELECT d.n, d.seq, d.envelope FROM delivery d
    WHERE d.house = $1 AND d.oin = $2 AND d.n > $3 ORDER BY d.n LIMIT $4
), measured AS (
    SELECT f.n, f.seq, f.envelope, s.sealed, min(f.n) OVER () AS first,
        sum(coalesce(octet_length(s.sealed), 0) + coalesce(behind.bytes, 0)) OVER (ORDER BY f.n) AS bytes
    FROM following f LEFT JOIN sealed s ON s.seq = f.seq AND f.envelope
    LEFT JOIN LATERAL (
        SELECT sum(octet_length(e.body) + octet_length(c.manifest)) AS bytes
        FROM message m CROSS JOIN unnest(m.sources) AS source (entry)
        JOIN entry e ON e.house = $1 AND e.entry = source.entry JOIN message c ON c.seq = e.seq
        WHERE m.seq = f.seq AND f.envelope
    ) behind ON true
)
SELECT p.n, p.envelope, p.sealed, e.idx, e.leaf, e.body, m.manifest, m.sources::text[] AS sources
FROM measured p JOIN entry e ON e.seq = p.seq LEFT JOIN message m ON m.seq = p.seq
WHERE p.bytes <= $5 OR p.n = p.first ORDER BY p.n
"""


async def read_page(connection: Connection, house: str, oin: str, after: int, most: int, most_bytes: int) -> list[Row]:
    """The next deliveries: at most ``most``, and as many as fit in ``most_bytes`` of sealed texts and of the messages
    behind their facts, but one at least."""
    rows: list[Row] = await connection.fetch(_PAGE, house, oin, after, most, most_bytes)
    return rows


async def read_by_entry(connection: Connection, house: str, entries: Sequence[str]) -> list[Row]:
    """Manifest, body and place of these entries."""
    rows: list[Row] = await connection.fetch(
        "SELECT e.entry::text AS entry, e.idx, e.body, m.manifest FROM entry e JOIN message m ON m.seq = e.seq"
        " WHERE e.house = $1 AND e.entry = ANY($2::uuid[]) AND e.body IS NOT NULL AND m.manifest IS NOT NULL",
        house,
        entries,
    )
    return rows


async def read_last(connection: Connection, house: str) -> dict[str, int]:
    """The highest number of every inbox of a house."""
    rows = await connection.fetch("SELECT oin, last FROM inbox WHERE house = $1", house)
    return {row["oin"]: row["last"] for row in rows}


async def read_last_of(connection: Connection, house: str, oin: str) -> int:
    """The highest number of one inbox; 0 for one that never had anything."""
    last: int | None = await connection.fetchval("SELECT last FROM inbox WHERE house = $1 AND oin = $2", house, oin)
    return last or 0
