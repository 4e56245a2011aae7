"""What the committer loads for a batch and writes for it: a few statements each, whatever the batch holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from broker.cases.queries import read_sources, source_of
from broker.database import Connection, Row
from broker.exchanges.accepting import CaseState, Refusals, Reply
from broker.exchanges.message import Message, Verdict
from broker.exchanges.rows import MessageRow, Rows
from broker.ledger.store import insert_deliveries, insert_entries, reserve
from broker.retention import store as retention
from schemas.gathering import Source
from schemas.ids import Address, CaseRef, Digest, MessageId
from schemas.policy import Reason


def _plain(values: Sequence[str]) -> list[str]:
    return [str(value) for value in values]


def _text(value: str | None) -> str | None:
    return None if value is None else str(value)


LOCK_CASES = "SELECT case_ref, last_seq FROM casus WHERE house = $1 AND case_ref = ANY($2) ORDER BY case_ref FOR UPDATE"
"""The guard of everything that is decided about a case: one transaction at a time, in one order."""


async def lock_cases(connection: Connection, house: str, cases: Sequence[CaseRef]) -> dict[str, int]:
    """Lock these cases as far as they exist: case -> its last number."""
    rows = await connection.fetch(LOCK_CASES, house, _plain(cases))
    return {row["case_ref"]: row["last_seq"] for row in rows}


async def read_known(
    connection: Connection, house: str, keys: Sequence[tuple[MessageId, Address]]
) -> dict[tuple[MessageId, Address], Verdict]:
    """What was answered before to these messages (id, sender)."""
    rows = await connection.fetch(
        "SELECT m.id::text AS id, m.sender, m.manifest_sha256, m.sealed_sha256, m.reasons, e.time,"
        " e.entry::text AS entry FROM message m JOIN entry e ON e.seq = m.seq"
        " WHERE m.house = $1 AND (m.id, m.sender) IN (SELECT * FROM unnest($2::uuid[], $3::text[]))",
        house,
        [str(message) for message, _ in keys],
        [str(sender) for _, sender in keys],
    )
    return {(MessageId(row["id"]), Address(row["sender"])): _verdict(row) for row in rows}


def _verdict(row: Row) -> Verdict:
    return Verdict(
        entry=MessageId(row["entry"]),
        time=row["time"],
        manifest_sha256=Digest(row["manifest_sha256"]),
        sealed_sha256=None if row["sealed_sha256"] is None else Digest(row["sealed_sha256"]),
        reasons=tuple(Reason(*reason) for reason in json.loads(row["reasons"] or "[]")),
    )


async def read_cases(connection: Connection, house: str, last: Mapping[str, int]) -> dict[CaseRef, CaseState]:
    """The locked cases with the messages that their facts come from, in order of the ledger."""
    sources = await read_sources(connection, house, list(last))
    return {CaseRef(case): CaseState(number, tuple(sources[case])) for case, number in last.items()}


async def read_threads(
    connection: Connection, house: str, ids: Sequence[MessageId]
) -> dict[MessageId, tuple[Source, ...]]:
    """Accepted messages of these ids, oldest first."""
    rows = await connection.fetch(
        "SELECT m.id::text AS id, m.manifest, m.manifest_sha256, e.time FROM message m JOIN entry e ON e.seq = m.seq"
        " WHERE m.house = $1 AND m.id = ANY($2::uuid[]) AND m.allowed AND m.manifest IS NOT NULL ORDER BY m.seq",
        house,
        _plain(ids),
    )
    threads: dict[MessageId, tuple[Source, ...]] = {}
    for row in rows:
        key = MessageId(row["id"])
        threads[key] = (*threads.get(key, ()), source_of(row))
    return threads


async def read_answered(connection: Connection, house: str, ids: Sequence[MessageId]) -> frozenset[Reply]:
    """Who replied to these messages before, by which kind."""
    rows = await connection.fetch(
        "SELECT reply_to::text AS reply_to, sender, kind FROM message"
        " WHERE house = $1 AND reply_to = ANY($2::uuid[]) AND allowed",
        house,
        _plain(ids),
    )
    return frozenset((MessageId(row["reply_to"]), Address(row["sender"]), row["kind"]) for row in rows)


async def read_items(connection: Connection, house: str, items: Sequence[str]) -> frozenset[str]:
    """Those of these items that the house knows already."""
    rows = await connection.fetch("SELECT item FROM item WHERE house = $1 AND item = ANY($2)", house, items)
    return frozenset(row["item"] for row in rows)


async def read_refusals(
    connection: Connection, house: str, senders: Sequence[Address], day: date
) -> dict[Address, Refusals]:
    """How often these addresses were refused today."""
    rows = await connection.fetch(
        "SELECT sender, refused, told FROM refusals WHERE house = $1 AND sender = ANY($2) AND day = $3",
        house,
        _plain(senders),
        day,
    )
    return {Address(row["sender"]): Refusals(row["refused"], row["told"]) for row in rows}


async def write_rows(connection: Connection, house: str, rows: Sequence[Rows]) -> bool:
    """Entries, messages, sealed texts, items and deliveries of a batch. True if something was delivered at once.

    A unique violation where another transaction was first with an id or an item.
    """
    written = [one for row in rows for one in row.written]
    if not written:
        return False
    seqs = await reserve(connection, len(written))
    numbered = list(zip(seqs, written, strict=True))
    await insert_entries(connection, [(seq, one.entry) for seq, one in numbered])
    messages = [(seq, one.message) for seq, one in numbered if one.message is not None]
    await connection.executemany(
        "INSERT INTO message (seq, house, id, sender, case_ref, kind, allowed, source, manifest, manifest_sha256,"
        " sealed_sha256, expires, reply_to, recipients, sources, reasons)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        [_message_values(seq, house, row) for seq, row in messages],
    )
    sealed = [(seq, row.message) for seq, row in messages if row.allowed and row.message.sealed is not None]
    if sealed:
        await connection.executemany(
            "INSERT INTO sealed (seq, house, case_ref, phase, expires, sealed) VALUES ($1, $2, $3, $4, $5, $6)",
            [
                (seq, house, _text(m.manifest.case), _text(m.manifest.phase), m.manifest.expires, m.sealed)
                for seq, m in sealed
            ],
        )
    items = [item for row in rows for item in row.items]
    if items:
        await connection.execute("INSERT INTO item (house, item) SELECT $1, unnest($2::text[])", house, items)
    await _end_texts(connection, rows)
    deliveries = [(seq, delivery) for seq, one in numbered for delivery in one.deliveries]
    return await insert_deliveries(connection, house, deliveries)


async def _end_texts(connection: Connection, rows: Sequence[Rows]) -> None:
    received = [pair for row in rows for pair in row.received]
    if received:
        await retention.take_received(connection, received)
    withdrawn = [seq for row in rows for seq in row.withdrawn]
    if withdrawn:
        await retention.withdraw(connection, withdrawn)
    dropped = [seq for row in rows for seq in row.dropped]
    if dropped:
        await retention.delete_texts(connection, dropped)


def _message_values(seq: int, house: str, row: MessageRow) -> tuple[object, ...]:
    message, manifest = row.message, row.message.manifest
    refused = not row.allowed
    reasons = [(r.rule, r.code, r.pointer, r.nl, r.en) for r in row.reasons]
    return (
        seq,
        house,
        str(manifest.id),
        str(manifest.sender),
        None if refused else _text(manifest.case),
        "unknown" if refused else str(manifest.kind),
        row.allowed,
        row.source,
        None if refused else message.text,
        str(message.sha256),
        _text(message.sealed_sha256),
        manifest.expires,
        None if refused or manifest.reply_to is None else str(manifest.reply_to),
        [] if refused else _plain(manifest.to),
        _plain(row.sources),
        json.dumps(reasons, ensure_ascii=False) if refused else None,
    )


async def write_cases(connection: Connection, house: str, cases: Mapping[CaseRef, CaseState]) -> None:
    """How far each case has counted. A unique violation where another transaction opened the same case."""
    opened = [(house, str(case), state.last_seq) for case, state in cases.items() if state.opened]
    if opened:
        await connection.executemany("INSERT INTO casus (house, case_ref, last_seq) VALUES ($1, $2, $3)", opened)
    counted = [(str(case), state.last_seq) for case, state in cases.items() if not state.opened]
    if counted:
        await retention.count_up(connection, house, sorted(counted))


async def write_refusals(connection: Connection, house: str, day: date, rows: Mapping[Address, Refusals]) -> None:
    """How often addresses were refused today."""
    await connection.executemany(
        "INSERT INTO refusals (house, sender, day, refused, told) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (house, sender, day) DO UPDATE SET"
        " refused = greatest(refusals.refused, EXCLUDED.refused), told = EXCLUDED.told",
        [(house, str(sender), day, today.count, today.told) for sender, today in sorted(rows.items())],
    )


async def probe(connection: Connection, house: str, message: Message, time: datetime) -> bool:
    """Whether a message is free to be written: waits for a transaction that is writing it now. To be rolled back."""
    await connection.execute("SET LOCAL lock_timeout = '3s'")
    written: str = await connection.execute(
        "INSERT INTO message (seq, house, id, sender, kind, allowed, source, manifest_sha256, expires, recipients,"
        " sources) VALUES (nextval(pg_get_serial_sequence('entry', 'seq')), $1, $2, $3, 'unknown', false, false, '',"
        " $4, '{}', '{}') ON CONFLICT (house, id, sender) DO NOTHING",
        house,
        str(message.manifest.id),
        str(message.manifest.sender),
        time,
    )
    return written == "INSERT 0 1"
