"""Sealed texts and who still has to receive them: the statements that make an end to both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from broker.database import Connection, Row
from schemas.ids import Term

RECEIPT: Final = "ontvangst"
"""The kind whose sealed text goes when its delivery is acknowledged: nobody sends a receipt of a receipt."""


@dataclass(frozen=True, slots=True)
class HeldText:
    """A sealed text that is still here, and the parties (OINs) whose ``ontvangst`` has not come."""

    seq: int
    id: str
    sender: str
    kind: str
    case: str | None
    phase: str | None
    sealed_sha256: str
    parties: tuple[str, ...]
    waiting: frozenset[str]

    def closes_with(self, phase: Term) -> bool:
        """Whether it goes when a phase is closed. Findings about what was received are no content of a phase."""
        return self.phase == phase and self.kind != RECEIPT


_HELD = """
SELECT m.seq, m.id::text AS id, m.sender, m.kind, m.case_ref, s.phase, m.sealed_sha256, e.parties,
    array(SELECT d.oin FROM delivery d WHERE d.seq = m.seq AND d.held) AS waiting
FROM sealed s JOIN message m ON m.seq = s.seq JOIN entry e ON e.seq = s.seq WHERE s.house = $1
"""


def _held(row: Row) -> HeldText:
    return HeldText(
        seq=row["seq"],
        id=row["id"],
        sender=row["sender"],
        kind=row["kind"],
        case=row["case_ref"],
        phase=row["phase"],
        sealed_sha256=row["sealed_sha256"],
        parties=tuple(row["parties"]),
        waiting=frozenset(row["waiting"]),
    )


async def read_held(connection: Connection, house: str, ids: Sequence[str], cases: Sequence[str]) -> list[HeldText]:
    """The sealed texts of these messages, and those of these cases."""
    rows = await connection.fetch(
        _HELD + "AND (m.id = ANY($2::uuid[]) OR s.case_ref = ANY($3)) ORDER BY m.seq", house, ids, cases
    )
    return [_held(row) for row in rows]


async def find_expired(connection: Connection, house: str, now: datetime, most: int) -> list[HeldText]:
    """The oldest sealed texts past their term; nothing is locked yet."""
    rows = await connection.fetch(_HELD + "AND s.expires <= $2 ORDER BY s.expires LIMIT $3", house, now, most)
    return [_held(row) for row in rows]


async def lock_free_cases(connection: Connection, house: str, cases: Sequence[str]) -> dict[str, int]:
    """Lock those of these cases that nobody works on now: case -> its last number."""
    rows = await connection.fetch(
        "SELECT case_ref, last_seq FROM casus WHERE house = $1 AND case_ref = ANY($2)"
        " ORDER BY case_ref FOR UPDATE SKIP LOCKED",
        house,
        cases,
    )
    return {row["case_ref"]: row["last_seq"] for row in rows}


async def count_up(connection: Connection, house: str, numbers: Sequence[tuple[str, int]]) -> None:
    """Say how far each case (locked) has counted."""
    await connection.execute(
        "UPDATE casus SET last_seq = counted.last FROM unnest($2::text[], $3::bigint[]) AS counted (case_ref, last)"
        " WHERE casus.house = $1 AND casus.case_ref = counted.case_ref",
        house,
        [case for case, _ in numbers],
        [last for _, last in numbers],
    )


async def delete_texts(connection: Connection, seqs: Sequence[int]) -> set[int]:
    """Delete sealed texts; those that were still there."""
    rows = await connection.fetch("DELETE FROM sealed WHERE seq = ANY($1::bigint[]) RETURNING seq", seqs)
    return {row["seq"] for row in rows}


async def take_received(connection: Connection, pairs: Sequence[tuple[int, str]]) -> None:
    """Remove the deliveries (seq, OIN) whose ``ontvangst`` came."""
    await connection.execute(
        "DELETE FROM delivery USING unnest($1::bigint[], $2::text[]) AS received (seq, oin)"
        " WHERE delivery.seq = received.seq AND delivery.oin = received.oin AND delivery.held",
        [seq for seq, _ in pairs],
        [oin for _, oin in pairs],
    )


async def withdraw(connection: Connection, seqs: Sequence[int]) -> None:
    """What is not received loses its envelope; body and proof are still delivered, so that no number is missing.

    Also of an ``ontvangst``, which nobody holds: an envelope that announces a text that is gone is a false alarm.
    """
    await connection.execute(
        "UPDATE delivery SET held = false, envelope = false WHERE seq = ANY($1::bigint[]) AND (held OR envelope)", seqs
    )


async def acknowledge(connection: Connection, house: str, oin: str, after: int) -> None:
    """Move the party's cursor, and remove what it passed and what is not held; an ``ontvangst`` loses its findings."""
    moved: str = await connection.execute(
        "UPDATE inbox SET acknowledged = $3 WHERE house = $1 AND oin = $2 AND acknowledged < $3 AND $3 <= last",
        house,
        oin,
        after,
    )
    if moved != "UPDATE 1":
        return
    await connection.execute(
        "WITH passed AS (DELETE FROM delivery WHERE house = $1 AND oin = $2 AND n <= $3 AND NOT held"
        " RETURNING seq, envelope)"
        " DELETE FROM sealed USING passed, message m WHERE sealed.seq = passed.seq AND passed.envelope"
        " AND m.seq = sealed.seq AND m.kind = $4",
        house,
        oin,
        after,
        RECEIPT,
    )
