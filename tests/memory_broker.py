"""A broker in memory, for tests of the connectors without a server: the same link, the same records, log and proofs.

It decides with the same kernel on the same facts as the real one, but keeps nothing and runs a round per message. What
a dishonest broker would do, a test does by changing ``pages`` or ``entries``. Whole paths run on the real broker
(``tests/world.py``).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from uuid_utils import uuid7

from connectors import LinkError, LinkRefusedError
from connectors.exchanges.link import Submitted
from keys import checkpoint, jws, merkle, proof, tiles
from keys.identity import Directory, parse_record, record_bytes
from keys.jws import SigningKey
from keys.tiles import Tile
from schemas import canonical
from schemas.canonical import digest_text
from schemas.entry import Body, ReasonMark, Receipt, body_bytes
from schemas.envelope import Envelope, parse_envelope, parse_manifest
from schemas.gathering import FACT_KINDS, Gathered, Source, gather
from schemas.ids import CaseRef, MessageId, Oin, PackDigest, Reference, Term, format_instant
from schemas.manifest import MANIFEST_TYP, RECEIPT_TYP, Manifest
from schemas.members import Members
from schemas.pack import Pack
from schemas.policy import Allowed, Refused, decide
from schemas.records import SignedRecord


@dataclass
class Entry:
    """One entry of the log about a message."""

    index: int
    body: str
    manifest: str
    source: Source
    allowed: bool


@dataclass
class MemoryBroker:
    """One house at one broker."""

    pack: Pack
    log_key: SigningKey
    receipt_key: SigningKey
    clock: Callable[[], datetime]
    records: list[tuple[SignedRecord, datetime]]
    leaves: list[bytes] = field(default_factory=list)
    tiles: dict[tiles.Position, bytes] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    envelopes: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, Submitted] = field(default_factory=dict)
    inboxes: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    away: bool = False
    rung: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        for signed, _ in self.records:
            self._append(merkle.record_leaf(record_bytes(signed)))
        self.directory = Directory.of(self.records)

    @property
    def origin(self) -> str:
        return self.directory.genesis.origin

    def add_record(self, signed: SignedRecord) -> None:
        """A later record of the house."""
        self.directory = self.directory.add(signed, self.clock())
        self.records.append((signed, self.clock()))
        self._append(merkle.record_leaf(record_bytes(signed)))

    def members(self) -> Members:
        return Members.of(parse_record(signed).record for signed, _ in self.records)

    def head(self) -> str:
        """The signed checkpoint of all leaves."""
        root = tiles.root(len(self.leaves), self.tiles)
        return checkpoint.sign(checkpoint.Checkpoint(self.origin, len(self.leaves), root), self.log_key)

    def _append(self, leaf: bytes) -> int:
        grown = tiles.grow(len(self.leaves), lambda at: self.tiles.get(at, b""), [merkle.leaf_hash(leaf)])
        self.tiles |= grown.tiles
        self.leaves.append(leaf)
        return len(self.leaves) - 1

    def proof_of(self, index: int) -> str:
        return proof.build(index, tiles.inclusion_proof(index, len(self.leaves), self.tiles), self.head())

    def submit(self, caller: Oin, data: bytes) -> Submitted:
        """One message, decided and in the log at once."""
        envelope = parse_envelope(data)
        parsed = jws.parse(envelope.manifest, MANIFEST_TYP)
        now = self.clock()
        key, signer = self.directory.signing_key(parsed.kid, now)
        manifest = parse_manifest(jws.verify(parsed, key))
        if signer != manifest.sender or signer.oin != caller:
            raise LinkRefusedError(403, "verkeerde_afzender")
        if manifest.id in self.envelopes:
            if self.envelopes[manifest.id] != data:
                raise LinkRefusedError(409, "nummer_hergebruikt")
            return self.answers[manifest.id]
        gathered = self._gather(manifest)
        decision = decide(self.pack, gathered.facts, manifest, now)
        answer = self._record(envelope, manifest, gathered, decision, now)
        self.envelopes[manifest.id], self.answers[manifest.id] = data, answer
        self.rung.set()
        self.rung = asyncio.Event()
        return answer

    def _allowed(self, case: CaseRef | None) -> list[Source]:
        return [e.source for e in self.entries if e.allowed and e.source.manifest.case == case]

    def _gather(self, manifest: Manifest) -> Gathered:
        known = self._allowed(manifest.case)
        thread = next((s for s in known if s.manifest.id == manifest.reply_to), None)
        answered = any(
            (s.manifest.reply_to, s.manifest.kind, s.manifest.sender)
            == (manifest.reply_to, manifest.kind, manifest.sender)
            for s in known
            if manifest.reply_to
        )
        taken = {i.item for e in self.entries if e.allowed for i in e.source.manifest.exact_items}
        facts = [s for s in known if s.manifest.kind in FACT_KINDS]
        return gather(
            self.members(),
            facts,
            manifest,
            thread,
            answered=answered,
            item_taken=any(i.item in taken for i in manifest.exact_items),
        )

    def _record(
        self, envelope: Envelope, manifest: Manifest, gathered: Gathered, decision: Allowed | Refused, now: datetime
    ) -> Submitted:
        allowed = isinstance(decision, Allowed)
        reasons = decision.reasons if isinstance(decision, Refused) else ()
        body = Body(
            blind=Reference(base64.urlsafe_b64encode(uuid7().bytes).rstrip(b"=").decode()),
            entry=MessageId(str(uuid7())),
            time=now,
            house=manifest.house,
            case=manifest.case,
            case_seq=len(self._allowed(manifest.case)),
            outcome="allowed" if allowed else "refused",
            reasons=tuple(ReasonMark(rule=r.rule, code=Term(r.code), pointer=r.pointer) for r in reasons),
            manifest_sha256=digest_text(envelope.manifest),
            sealed_sha256=None if envelope.sealed is None else digest_text(envelope.sealed),
            facts=gathered.facts,
        )
        text = body_bytes(body).decode()
        source = Source(manifest, digest_text(envelope.manifest), now)
        entry = Entry(self._append(merkle.body_leaf(text.encode())), text, envelope.manifest, source, allowed)
        self.entries.append(entry)
        receipt = Receipt(entry=body.entry, manifest_sha256=source.sha256, time=now)
        signed = jws.sign(canonical.encode(receipt.model_dump(mode="json")), self.receipt_key, RECEIPT_TYP)
        self._deliver(manifest.sender.oin, {"entry": entry})
        if not allowed:
            problem = {
                "code": "geweigerd",
                "status": 403,
                "receipt": signed,
                "reasons": [
                    {"rule": r.rule, "code": r.code, "pointer": r.pointer, "nl": r.nl, "en": r.en} for r in reasons
                ],
            }
            return Submitted(403, json.dumps(problem).encode())
        sources = [e for e in self.entries if e.source.sha256 in gathered.sources]
        for oin in dict.fromkeys(address.oin for address in manifest.to):
            self._deliver(oin, {"entry": entry, "envelope": envelope, "sources": sources})
        return Submitted(202, json.dumps({"receipt": signed, "outcome": "allowed"}).encode())

    def _deliver(self, oin: Oin, row: dict[str, Any]) -> None:
        self.inboxes[oin].append(row)

    def page(self, oin: Oin, after: int, since: int) -> dict[str, Any]:
        """What the inbox of a party answers."""
        rows = list(enumerate(self.inboxes[oin], 1))[after : after + 50]
        size = len(self.leaves)
        hashes = tiles.consistency_proof(since, size, self.tiles) if 0 < since < size else ()
        return {
            "deliveries": [self._delivery(n, row) for n, row in rows],
            "consistency": [base64.b64encode(value).decode() for value in hashes],
            "checkpoint": self.head(),
            "last": len(self.inboxes[oin]),
        }

    def _delivery(self, n: int, row: dict[str, Any]) -> dict[str, Any]:
        envelope, entry = row.get("envelope"), row["entry"]
        return {
            "n": n,
            "envelope": envelope.model_dump(mode="json") if envelope else None,
            "body": entry.body,
            "proof": self.proof_of(entry.index),
            "sources": [
                {"manifest": e.manifest, "body": e.body, "proof": self.proof_of(e.index)}
                for e in row.get("sources", ())
            ],
        }


@dataclass
class MemoryLink:
    """The link of one party to a :class:`MemoryBroker`. ``tamper``: what a dishonest broker does to a page."""

    broker: MemoryBroker
    oin: Oin
    tamper: Callable[[dict[str, Any]], None] = lambda page: None

    def _reach(self) -> None:
        if self.broker.away:
            raise LinkError("the broker is away")

    async def submit(self, data: bytes) -> Submitted:
        self._reach()
        return self.broker.submit(self.oin, data)

    async def inbox(self, after: int, since: int, wait: float) -> bytes:
        self._reach()
        rung = self.broker.rung
        page = self.broker.page(self.oin, after, since)
        if not page["deliveries"] and wait:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(rung.wait(), wait)
            page = self.broker.page(self.oin, after, since)
        self.tamper(page)
        return json.dumps(page).encode()

    async def directory(self) -> bytes:
        self._reach()
        rows = [
            {**signed.model_dump(exclude_none=True), "index": self._index(signed), "time": format_instant(time)}
            for signed, time in self.broker.records
        ]
        return json.dumps({"records": rows, "checkpoint": self.broker.head()}).encode()

    def _index(self, signed: SignedRecord) -> int:
        return self.broker.leaves.index(merkle.record_leaf(record_bytes(signed)))

    async def pack(self, digest: PackDigest) -> bytes:
        raise LinkRefusedError(404, "pakket_onbekend")

    async def case(self, case: CaseRef) -> bytes:
        raise LinkRefusedError(404, "casus_onbekend")

    async def checkpoint(self) -> str:
        self._reach()
        return self.broker.head()

    async def tile(self, path: str) -> bytes:
        self._reach()
        wanted = Tile.parse(path)
        if wanted.level is None:
            return tiles.encode_bundle(self.broker.leaves[wanted.index * 256 : wanted.index * 256 + wanted.width])
        return self.broker.tiles[(wanted.level, wanted.index)][: 32 * wanted.width]

    async def entries(self, after: int, limit: int) -> bytes:
        raise LinkRefusedError(404, "niet_gevonden")

    async def close(self) -> None:
        return None


def lie(entry: Entry, **changes: Any) -> Entry:
    """An entry with something else in it, for a broker that lies."""
    return replace(entry, **changes)


def texts_of(rows: Sequence[Entry]) -> list[str]:
    """The bodies of entries."""
    return [row.body for row in rows]
