"""Accepted messages of the kinds that are provisions, for one party."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from broker.database import Connection, Row


async def read_provisions(
    connection: Connection,
    house: str,
    oin: str,
    kinds: Sequence[str],
    case: str | None,
    since: datetime | None,
    until: datetime | None,
    after: int,
    limit: int,
) -> list[Row]:
    """Manifest, entry, index, time and outcome, in order of the log."""
    rows: list[Row] = await connection.fetch(
        "SELECT e.idx, e.entry::text AS entry, e.time, m.manifest FROM entry e JOIN message m ON m.seq = e.seq"
        " WHERE e.house = $1 AND e.parties @> ARRAY[$2] AND e.idx > $8 AND m.allowed AND m.kind = ANY($3)"
        " AND m.manifest IS NOT NULL AND ($4::text IS NULL OR m.case_ref = $4)"
        " AND ($5::timestamptz IS NULL OR e.time >= $5) AND ($6::timestamptz IS NULL OR e.time < $6)"
        " ORDER BY e.idx LIMIT $7",
        house,
        oin,
        kinds,
        case,
        since,
        until,
        limit,
        after,
    )
    return rows
