"""The audit: is the log that the broker serves whole, unchanged, decided as agreed, and is all of mine in it.

Trusts the genesis (its digest was typed in), the connector's own register and the largest tree that it held; believes
nothing that it fetches. Names what it could not check. The steps: checkpoint, tree (:mod:`connectors.proofs.leaves`),
records, own entries (:mod:`connectors.proofs.replay`), own register.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, StrictInt, ValidationError

from connectors import LinkError
from connectors.proofs.leaves import Fetch, Progress, rebuild
from connectors.proofs.replay import Entry, Replayed, replay
from connectors.proofs.report import Problem, Report
from keys import ProofError, checkpoint
from keys.checkpoint import Checkpoint
from keys.identity import Directory, record_bytes
from keys.merkle import record_leaf
from schemas import strict
from schemas.ids import Digest, PackDigest
from schemas.pack import Pack
from schemas.records import Frozen, SignedRecord

PROOF_DUE = timedelta(seconds=60)
"""How long a receipt may be without a proof (wire.md "Interface of the broker")."""
PAGE = 200
PAGE_LIMIT = 64 * 1024 * 1024
_RECORD = b"\x02"
_BODY = b"\x01"


@dataclass(frozen=True, slots=True)
class Expected:
    """A message of the own register. ``manifest``: my copy, if I have one; ``index``: where it was proven to stand."""

    id: str
    sha256: Digest
    outcome: Literal["allowed", "refused"]
    since: datetime
    index: int | None = None
    manifest: str | None = None


@dataclass(frozen=True)
class Own:
    """What the connector brings: its register, and the largest tree that it held."""

    register: tuple[Expected, ...]
    held: Checkpoint | None


@dataclass(frozen=True)
class Served:
    """What the broker serves: the checkpoint that the audit is about, the records, and where the rest is fetched.

    ``records``: with their places; ``entries``: a page of own entries after an index, as JSON.
    """

    checkpoint: str
    directory: Directory
    records: Mapping[int, SignedRecord]
    tile: Fetch
    entries: Callable[[int, int], Awaitable[bytes]]


class _Row(Frozen):
    index: Annotated[StrictInt, Field(ge=0)]
    body: Annotated[str, Field(max_length=strict.COMPACT_LIMIT)]
    manifest: Annotated[str, Field(max_length=strict.COMPACT_LIMIT)] | None = None


class _Page(Frozen):
    entries: Annotated[tuple[_Row, ...], Field(max_length=1000)]


def _silent(_: str, __: int, ___: int) -> None:
    return None


async def audit(
    served: Served, own: Own, packs: Mapping[PackDigest, Pack], now: datetime, progress: Progress = _silent
) -> Report:
    """The whole audit. Raises :class:`LinkError` where the broker is away: that is no finding."""
    genesis = served.directory.genesis
    held = own.held.size if own.held else 0
    try:
        head = checkpoint.verify(served.checkpoint, served.directory.log_key, genesis.origin)
    except ProofError:
        return Report(genesis.origin, 0, "", held, 0, 0, 0, 0, (Problem("controlepunt_ongeldig"),))
    tree = await rebuild(served.tile, head, own.held, progress)
    problems = list(tree.problems)
    unchecked: list[str] = []
    entries: list[Replayed] = []
    whole = len(tree.leaves) == head.size
    if whole:
        problems += _records(tree.leaves, served.records)
        copies = {row.sha256: row.manifest for row in own.register if row.manifest}
        entries = [
            replay(entry, tree.leaves, served.directory, packs, _copy(entry, copies))
            for entry in await _own_entries(served, head.size, progress)
        ]
        problems += [problem for entry in entries for problem in entry.problems]
        unchecked += [f"{why} ({count})" for why, count in Counter(e.unchecked for e in entries if e.unchecked).items()]
        problems += _register(own.register, entries, now)
    else:
        unchecked.append("de eigen vermeldingen en het register: zonder alle bladen is niets na te rekenen")
    unchecked += _pending(own.register, entries, now)
    return Report(
        origin=genesis.origin,
        size=head.size,
        root=base64.b64encode(head.root).decode("ascii"),
        held=held,
        records=sum(leaf.startswith(_RECORD) for leaf in tree.leaves),
        own_entries=len(entries),
        replayed=sum(entry.decided for entry in entries),
        register=len(own.register),
        problems=tuple(dict.fromkeys(problems)),
        unchecked=tuple(unchecked),
    )


def _records(leaves: Sequence[bytes], records: Mapping[int, SignedRecord]) -> Iterator[Problem]:
    """The vouched records in the log are exactly those that are served; every other leaf is of a body."""
    for index, leaf in enumerate(leaves):
        record = records.get(index)
        if record is not None and leaf != record_leaf(record_bytes(record)):
            yield Problem("besluit_anders", index)
        elif record is None and leaf.startswith(_RECORD):
            yield Problem("besluit_verzwegen", index)
        elif record is None and (not leaf.startswith(_BODY) or len(leaf) != 33):
            yield Problem("blad_onbekend", index)


async def _own_entries(served: Served, size: int, progress: Progress) -> list[Entry]:
    """All that the broker serves me under this checkpoint, in the order of the log."""
    found: list[Entry] = []
    after = -1
    while True:
        try:
            page = _Page.model_validate(strict.parse_object(await served.entries(after, PAGE), PAGE_LIMIT))
        except (strict.StrictError, ValidationError) as error:
            raise LinkError("the broker sent entries that are not of the form agreed") from error
        fresh = [row for row in page.entries if after < row.index < size]
        found += [Entry(row.index, row.body, row.manifest) for row in fresh]
        progress("eigen vermeldingen", len(found), len(found))
        if not fresh:
            return found
        after = max(row.index for row in fresh)


def _copy(entry: Entry, copies: Mapping[Digest, str]) -> str | None:
    """My own copy of the manifest of a refusal, found by the digest that the body claims."""
    if entry.manifest is not None or not copies:
        return None
    try:
        claimed = strict.parse_object(entry.body.encode("utf-8")).get("manifest_sha256")
    except (strict.StrictError, UnicodeEncodeError):
        return None
    return copies.get(Digest(claimed)) if isinstance(claimed, str) and claimed in copies else None


def _register(register: Sequence[Expected], entries: Sequence[Replayed], now: datetime) -> Iterator[Problem]:
    """Every message of the own register is there, where it was, with the outcome that this party was told."""
    served = {entry.body.manifest_sha256: entry for entry in entries if entry.body and entry.body.manifest_sha256}
    for row in register:
        entry = served.get(row.sha256)
        if entry is None or entry.body is None:
            if not _due_later(row, now):
                yield Problem("vermelding_verzwegen", row.index, row.id)
            continue
        if entry.body.outcome != row.outcome:
            yield Problem("uitkomst_anders", entry.index, row.id)
        if row.index is not None and row.index != entry.index:
            yield Problem("plaats_anders", entry.index, row.id)


def _due_later(row: Expected, now: datetime) -> bool:
    return row.index is None and now - row.since < PROOF_DUE


def _pending(register: Sequence[Expected], entries: Sequence[Replayed], now: datetime) -> Iterator[str]:
    served = {entry.body.manifest_sha256 for entry in entries if entry.body}
    late = [row for row in register if _due_later(row, now) and row.sha256 not in served]
    if late:
        yield f"{len(late)} berichten van de laatste minuut: hun bewijs is er nog niet"
