"""The statements that make the log: entries, head, tiles, checkpoints, and the numbering of what they release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from broker.database import CHANNEL, Connection
from keys.tiles import Position
from schemas.records import SignedRecord


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry before it has a place. ``leaf`` as it is hashed into the tree; ``parties`` are OINs."""

    house: str
    entry: str
    time: datetime
    case: str | None
    case_seq: int
    outcome: str
    event: str | None
    leaf: bytes
    body: bytes | None
    parties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log stands."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """A committed entry without a place."""

    seq: int
    leaf: bytes


async def reserve(connection: Connection, count: int) -> list[int]:
    """Numbers for ``count`` entries, rising."""
    rows = await connection.fetch(
        "SELECT nextval(pg_get_serial_sequence('entry', 'seq')) FROM generate_series(1, $1)", count
    )
    return sorted(row[0] for row in rows)


async def insert_entries(connection: Connection, rows: Sequence[tuple[int, EntryRow]]) -> None:
    """Write entries under the numbers that were reserved for them."""
    await connection.executemany(
        "INSERT INTO entry (seq, house, entry, time, case_ref, case_seq, outcome, event, leaf, body, parties)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        [
            (seq, r.house, r.entry, r.time, r.case, r.case_seq, r.outcome, r.event, r.leaf, r.body, r.parties)
            for seq, r in rows
        ],
    )


async def insert_records(connection: Connection, house: str, rows: Sequence[tuple[int, SignedRecord, bool]]) -> None:
    """Write vouched records beside their entries: (seq, record, whether it narrows)."""
    await connection.executemany(
        "INSERT INTO record (seq, house, narrows, first, second) VALUES ($1, $2, $3, $4, $5)",
        [(seq, house, narrows, signed.first, signed.second) for seq, signed, narrows in rows],
    )


async def insert_log(connection: Connection, house: str, head: Head, now: datetime) -> None:
    """A new house and its empty log. A unique violation where one of them exists."""
    await connection.execute("INSERT INTO house (house, created) VALUES ($1, $2)", house, now)
    await connection.execute(
        "INSERT INTO log (house, origin, size, root) VALUES ($1, $2, $3, $4)", house, head.origin, head.size, head.root
    )


async def try_lock(connection: Connection, house: str) -> bool:
    """Take the sequencer's advisory lock of a house for this session, if it is free."""
    taken: bool = await connection.fetchval(
        "SELECT pg_try_advisory_lock(hashtextextended('keten:sequencer:' || $1, 0))", house
    )
    return taken


async def unlock(connection: Connection, house: str) -> None:
    """Give it back."""
    await connection.execute("SELECT pg_advisory_unlock(hashtextextended('keten:sequencer:' || $1, 0))", house)


async def read_head(connection: Connection, house: str) -> Head | None:
    """The head of a log, locked by nobody."""
    row = await connection.fetchrow("SELECT origin, size, root FROM log WHERE house = $1", house)
    return Head(row["origin"], row["size"], row["root"]) if row else None


async def read_waiting(connection: Connection, house: str, most: int) -> list[Waiting]:
    """Committed entries without a place, by (case, case_seq) within the oldest ``most``."""
    rows = await connection.fetch(
        "SELECT seq, leaf FROM (SELECT seq, leaf, case_ref, case_seq FROM entry WHERE house = $1 AND idx IS NULL"
        ' ORDER BY seq LIMIT $2) AS oldest ORDER BY case_ref COLLATE "C" NULLS FIRST, case_seq, seq',
        house,
        most,
    )
    return [Waiting(row["seq"], row["leaf"]) for row in rows]


async def read_tiles(connection: Connection, house: str, positions: Collection[Position]) -> dict[Position, bytes]:
    """The tiles at these positions, as far as they are there."""
    rows = await connection.fetch(
        "SELECT level, idx, data FROM tile WHERE house = $1 AND (level, idx) IN"
        " (SELECT * FROM unnest($2::smallint[], $3::bigint[]))",
        house,
        [level for level, _ in positions],
        [index for _, index in positions],
    )
    return {(row["level"], row["idx"]): row["data"] for row in rows}


async def write_tiles(connection: Connection, house: str, tiles: Mapping[Position, bytes]) -> None:
    """Put whole tiles; they only ever grow."""
    await connection.executemany(
        "INSERT INTO tile (house, level, idx, data) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (house, level, idx) DO UPDATE SET data = EXCLUDED.data",
        [(house, level, index, data) for (level, index), data in tiles.items()],
    )


async def write_places(connection: Connection, first: int, entries: Sequence[Waiting]) -> None:
    """Give entries their places, from ``first`` on, in this order."""
    await connection.execute(
        "UPDATE entry SET idx = placed.idx FROM unnest($1::bigint[], $2::bigint[]) AS placed (seq, idx)"
        " WHERE entry.seq = placed.seq",
        [entry.seq for entry in entries],
        list(range(first, first + len(entries))),
    )


SWAP = "UPDATE log SET size = $4, root = $5 WHERE house = $1 AND size = $2 AND root = $3"
"""The guard that keeps one log from growing two ways, whoever thinks it is the sequencer."""


async def swap_head(connection: Connection, house: str, old: Head, size: int, root: bytes) -> bool:
    """Move the head from ``old``, if that is where it still is, and leave a checkpoint to be signed."""
    done: str = await connection.execute(
        SWAP,
        house,
        old.size,
        old.root,
        size,
        root,
    )
    if done != "UPDATE 1":
        return False
    await connection.execute("INSERT INTO checkpoint (house, size, root) VALUES ($1, $2, $3)", house, size, root)
    return True


async def read_unsigned(connection: Connection, house: str) -> list[tuple[int, bytes]]:
    """Size and root of every round that was committed and is not signed, oldest first."""
    rows = await connection.fetch(
        "SELECT size, root FROM checkpoint WHERE house = $1 AND note IS NULL ORDER BY size", house
    )
    return [(row["size"], row["root"]) for row in rows]


async def write_note(connection: Connection, house: str, size: int, note: str) -> None:
    """Keep the signed checkpoint; one that is there stays."""
    await connection.execute(
        "UPDATE checkpoint SET note = $3 WHERE house = $1 AND size = $2 AND note IS NULL", house, size, note
    )


RELEASE = """
WITH ready AS (
    SELECT d.id, d.oin, row_number() OVER (PARTITION BY d.oin ORDER BY e.idx, d.id) AS place
    FROM delivery d JOIN entry e ON e.seq = d.seq WHERE d.house = $1 AND d.n IS NULL AND e.idx < $2
), counted AS (
    SELECT oin, count(*) AS many FROM ready GROUP BY oin
), bumped AS (
    INSERT INTO inbox AS i (house, oin, last) SELECT $1, oin, many FROM counted ORDER BY oin
    ON CONFLICT (house, oin) DO UPDATE SET last = i.last + EXCLUDED.last RETURNING oin, last
)
UPDATE delivery SET n = bumped.last - counted.many + ready.place
FROM ready JOIN bumped USING (oin) JOIN counted USING (oin) WHERE delivery.id = ready.id
"""


async def release(connection: Connection, house: str, size: int) -> None:
    """Number every delivery of an entry below ``size``, gapless per party, let new records count, tell once.

    Locks in the order of every transaction here: house, log, inboxes. The head's row is locked so that two releases
    of one log come one after the other, or a number would be lost.
    """
    proven: str = await connection.execute(
        "UPDATE record SET proven = true FROM entry e"
        " WHERE record.house = $1 AND NOT record.proven AND e.seq = record.seq AND e.idx < $2",
        house,
        size,
    )
    if proven != "UPDATE 0":
        await bump_directory(connection, house)
    await connection.execute("SELECT 1 FROM log WHERE house = $1 FOR UPDATE", house)
    await connection.execute(RELEASE, house, size)
    await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, house)


async def bump_directory(connection: Connection, house: str) -> None:
    """Say to every process that the vouched records are others than before."""
    await connection.execute("UPDATE house SET directory = directory + 1 WHERE house = $1", house)


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One entry for one party. ``envelope`` false: only body and proof; ``held``: it stays until its ``ontvangst``;
    ``at_once``: numbered at the commit, as what narrows is."""

    oin: str
    envelope: bool
    held: bool = False
    at_once: bool = False


async def insert_deliveries(connection: Connection, house: str, rows: Sequence[tuple[int, DeliveryRow]]) -> bool:
    """Put entries (by seq) into inboxes. True if one of them was numbered at once: then tell at the commit."""
    many = Counter(row.oin for _, row in rows if row.at_once)
    last: dict[str, int] = {}
    if many:
        oins = sorted(many)
        bumped = await connection.fetch(
            "INSERT INTO inbox AS i (house, oin, last) SELECT $1, oin, many FROM unnest($2::text[], $3::bigint[])"
            " AS counted (oin, many) ORDER BY oin"
            " ON CONFLICT (house, oin) DO UPDATE SET last = i.last + EXCLUDED.last RETURNING oin, last",
            house,
            oins,
            [many[oin] for oin in oins],
        )
        last = {row["oin"]: row["last"] - many[row["oin"]] for row in bumped}
    values = []
    for seq, row in rows:
        number = None
        if row.at_once:
            number = last[row.oin] = last[row.oin] + 1
        values.append((house, row.oin, seq, row.envelope, row.held, number))
    await connection.executemany(
        "INSERT INTO delivery (house, oin, seq, envelope, held, n) VALUES ($1, $2, $3, $4, $5, $6)", values
    )
    if many:
        await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, house)
    return bool(many)
