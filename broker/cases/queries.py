"""The messages that facts about a case come from, as they were accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from broker.database import Connection, Row
from broker.ledger.manifests import read_manifest
from schemas.gathering import Source
from schemas.ids import Digest, MessageId


@dataclass(frozen=True, slots=True)
class HeldSource:
    """A message that facts come from, and its entry."""

    source: Source
    entry: MessageId


def source_of(row: Row) -> Source:
    """A row with manifest, manifest_sha256 and time."""
    return Source(read_manifest(row["manifest"]), Digest(row["manifest_sha256"]), row["time"])


async def read_sources(connection: Connection, house: str, cases: Sequence[str]) -> dict[str, list[HeldSource]]:
    """Per case its sources, in order of the ledger."""
    sources: dict[str, list[HeldSource]] = {case: [] for case in cases}
    if sources:
        rows = await connection.fetch(
            "SELECT m.case_ref, m.manifest, m.manifest_sha256, e.time, e.entry::text AS entry"
            " FROM message m JOIN entry e ON e.seq = m.seq WHERE m.house = $1 AND m.case_ref = ANY($2) AND m.source"
            " AND m.manifest IS NOT NULL ORDER BY m.case_ref, m.seq",
            house,
            list(sources),
        )
        for row in rows:
            sources[row["case_ref"]].append(HeldSource(source_of(row), MessageId(row["entry"])))
    return sources
