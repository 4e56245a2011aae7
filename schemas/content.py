"""Grounds and items: on what basis something goes, and which fields it is (wire.md "Manifest").

``exact`` names each field with a salted digest; ``ceiling`` names at most what a triage answer may hold, so that
neither broker nor log learns who is known where.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StrictInt

from schemas.ids import (
    Address,
    Day,
    Digest,
    FieldPath,
    Instant,
    ItemRef,
    MessageId,
    Reference,
    SubjectRef,
    Term,
)
from schemas.records import Frozen

Level = Literal["B", "I", "S", "D"]
LEVELS: tuple[Level, ...] = ("B", "I", "S", "D")
"""Bekendheid, indicatie, samenvatting, detail (data-model.md 8.7), lowest first."""


def _true(value: object) -> object:
    if value is not True:
        raise ValueError("true, or absent")
    return value


Deferred = Annotated[Literal[True], BeforeValidator(_true)]
"""``true`` and no other spelling: pydantic takes 1 for it, and one statement would have two forms on the wire."""

MESSAGE_CATEGORY = Term("bericht")
"""The pseudo-category of what is no field of Bijlage 4: outcome, life domains, criteria, reservation."""


class TaskRef(Frozen):
    """Whose task, and which (5.2.1-3)."""

    of: Address
    code: Term


class ConsentRef(Frozen):
    """A recorded consent: its reference and date, never the document (7.2c)."""

    ref: Reference
    date: Day


class Reuse(Frozen):
    """Agreement beforehand to further use (3.5c): what the provider says beside its data, to be shown to people.

    It becomes no fact. Facts come from messages that travel with a delivery; the manifest of a provision tells the next
    recipient everything else that was provided with it, and that of a triage answer shows no item at all. So agreement
    beforehand counts as an ``akkoord`` of its own, which shows the items and their use and nothing more.
    """

    phase: Term
    purpose: Term
    holder: Address | Term


class CeilingGround(Frozen):
    """A ground as it stands in clear over a triage answer."""

    basis: Term
    task: TaskRef
    secrecy: Annotated[tuple[Term, ...], Field(max_length=8)] = ()
    decree: Term | None = None


class Ground(CeilingGround):
    """A ground in full: basis, task, secrecy and what lifts it, informing, conditions, reuse."""

    consent: ConsentRef | None = None
    exception: Term | None = None
    informed: Day | None = None
    deferred: Deferred | None = None
    recheck: Day | None = None
    conditions: Annotated[tuple[Term, ...], Field(max_length=8)] = ()
    reuse: Annotated[tuple[Reuse, ...], Field(max_length=32)] = ()
    permission: MessageId | None = None
    """The message in which the police allow to pass on what the sender held from before (7.1)."""


class FieldDigest(Frozen):
    """One disclosed field: where it stands and the digest of its salted disclosure (RFC 9901 form)."""

    path: FieldPath
    digest: Digest


class Origin(Frozen):
    """The first provider and its item; set once and never changed."""

    party: Address
    item: ItemRef


class Item(Frozen):
    """One category about one person, exactly."""

    item: ItemRef
    subject: SubjectRef
    subject_category: Term
    category: Term
    level: Level
    nature: Literal["feit", "oordeel"]
    as_of: Day
    valid_until: Day | None = None
    ground: Annotated[StrictInt, Field(ge=0, lt=32)]
    origin: Origin
    regime: Term
    derived_from: Annotated[tuple[Origin, ...], Field(max_length=32)] = ()
    """What it was made of: the original items, each with whose it is."""
    fields: Annotated[tuple[FieldDigest, ...], Field(min_length=1, max_length=60)]


class CeilingItem(Frozen):
    """One category about one person, at most."""

    subject: SubjectRef
    subject_category: Term
    category: Term
    level: Level
    regime: Term
    ground: Annotated[StrictInt, Field(ge=0, lt=32)]
    fields: Annotated[tuple[FieldPath, ...], Field(min_length=1, max_length=60)]


class Necessity(Frozen):
    """Why this is needed: a code of the pack and, but for a ceiling, the commitment to the sealed explanation."""

    code: Term
    commitment: Digest | None = None


class Ceiling(Frozen):
    """What an answer may hold at most; the question carries it, the answer's manifest copies it."""

    items: Annotated[tuple[CeilingItem, ...], Field(min_length=1, max_length=60)]
    grounds: Annotated[tuple[CeilingGround, ...], Field(min_length=1, max_length=8)]
    necessity: Necessity
    expires: Instant
    bucket: Literal[4096, 16384, 65536]


class AkpPublic(Frozen):
    """A public HPKE key in JOSE form (AKP): ML-KEM-768 with X25519."""

    kty: Literal["AKP"]
    alg: Literal["HPKE-10-KE"]
    pub: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=2048)]


class EcPublic(Frozen):
    """A public X25519 key in JOSE form (OKP), for an address that the house names for ``keten-ec``."""

    kty: Literal["OKP"]
    crv: Literal["X25519"]
    alg: Literal["ECDH-ES+A256KW"]
    x: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]


ReceivePublic = Annotated[AkpPublic | EcPublic, Field(discriminator="kty")]
"""What may be sealed to; which suite that is, the key says."""


class Inner(Frozen):
    """The sealed half of a ceiling answer (typ ``keten-inner+jws``): what it really holds, as under ``exact``."""

    salt: Reference
    id: MessageId
    reply_key: ReceivePublic
    outcome: Term
    refusal: Term | None = None
    items: Annotated[tuple[Item, ...], Field(max_length=60)]
    grounds: Annotated[tuple[Ground, ...], Field(max_length=8)]
    necessity: Necessity
