"""What the exchanges keep, row by row: frozen, ids and codes, signed texts, sealed bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from keys import jws
from schemas.envelope import parse_manifest
from schemas.gathering import Source
from schemas.ids import Address, CaseRef, Digest, Kid, MessageId, SubjectRef
from schemas.manifest import MANIFEST_TYP, Manifest
from schemas.records import Suite


@lru_cache(maxsize=2048)
def manifest_of(text: str) -> Manifest:
    """The manifest of a JWS that was verified when it was stored."""
    return parse_manifest(jws.parse(text, MANIFEST_TYP).payload)


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record of the house. Without an index it narrows, and is not under a checkpoint yet."""

    index: int | None
    first: str
    second: str | None
    time: datetime


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A message that is in the ledger: mine (``out``), to me (``in``), or seen as a source (``seen``)."""

    id: MessageId
    way: str
    kind: str
    case: CaseRef | None
    sender: Address
    reply_to: MessageId | None
    manifest: str
    sha256: Digest
    time: datetime
    index: int | None = None
    result: str | None = None

    @property
    def source(self) -> Source:
        """As the constructor of facts takes it."""
        return Source(manifest_of(self.manifest), self.sha256, self.time)


def known_row(
    text: str, manifest: Manifest, sha256: Digest, time: datetime, way: str, index: int | None = None
) -> KnownRow:
    """The row of a verified message."""
    return KnownRow(
        id=manifest.id,
        way=way,
        kind=manifest.kind,
        case=manifest.case,
        sender=manifest.sender,
        reply_to=manifest.reply_to,
        manifest=text,
        sha256=sha256,
        time=time,
        index=index,
    )


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as this connector knows it."""

    case: CaseRef
    phase: str
    notifier: Address
    acting_for: Address
    opened: datetime
    phase_since: datetime


@dataclass(frozen=True, slots=True)
class CaseKeyRow:
    """A receive key of mine; ``public``: JSON. ``canary``: a ciphertext that must not open once it is erased."""

    kid: Kid
    case: CaseRef
    phase: str
    epoch: int
    address: Address
    public: str
    not_after: datetime
    canary: str
    message: MessageId
    erased: datetime | None = None
    suite: Suite = "keten-pq"


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question to me. ``due``: the agreed moment plus its random part. ``human``: no rule may answer it."""

    id: MessageId
    case: CaseRef
    phase: str
    subject: SubjectRef
    asker: Address
    address: Address
    received: datetime
    answer_at: datetime
    due: datetime
    expires: datetime
    state: str = "open"
    human: bool = False
    proposal: bytes | None = field(default=None, repr=False)
    decision: bytes | None = field(default=None, repr=False)
    decided_by: str | None = None
    answer: MessageId | None = None


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A question of mine to one address about one person."""

    id: MessageId
    case: CaseRef
    subject: SubjectRef
    address: Address
    sent: datetime
    answer_at: datetime
    expires: datetime
    collected: datetime | None = None
    answer: MessageId | None = None
    outcome: str | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Bytes on their way, or the answer to them."""

    id: MessageId
    data: bytes | None = field(repr=False)
    state: str
    status: int | None
    answer: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class FindingRow:
    """Something for a person to look at."""

    at: datetime
    message: MessageId | None
    code: str
    path: str | None
