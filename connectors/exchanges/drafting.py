"""Manifests in the making: new ids, the members that every message has, items with fresh salts, what is to be sealed.

Decides nothing about what is allowed. A sealed message is first drafted with an empty digest, so that the kernel can be
asked before anything is sealed (:mod:`connectors.exchanges.outgoing`).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar, cast

from uuid_utils import uuid7

from connectors.exchanges.workplace import Workplace
from keys import disclosure
from keys.binding import sealed_digest
from keys.sealing import Plaintext, Recipient, choose_bucket
from keys.suites import suite_of, thumbprint
from schemas.acts import ACTS, Act, Empty
from schemas.content import FieldDigest, Ground, Item, Level, Necessity, Origin
from schemas.ids import Address, CaseRef, FieldPath, ItemRef, MessageId, PackDigest, Reference, SubjectRef, Term
from schemas.manifest import Bucket, Manifest, Sealed
from schemas.strict import Json, encode_base64url

R = TypeVar("R", bound=Reference)
_NOTHING_YET = sealed_digest("")


def new_id() -> MessageId:
    """The id of a new message."""
    return MessageId(str(uuid7()))


def new_reference(kind: type[R]) -> R:
    """128 random bits, never derived from anything."""
    return kind(encode_base64url(secrets.token_bytes(16)))


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be sealed, to whom, in which bucket."""

    plaintext: Plaintext
    recipients: tuple[Recipient, ...]
    bucket: Bucket

    @classmethod
    def of(cls, plaintext: Plaintext, recipients: Sequence[Recipient], bucket: int | None = None) -> Parcel:
        """In the smallest bucket that holds it, unless told."""
        chosen = choose_bucket(plaintext) if bucket is None else bucket
        return cls(plaintext, tuple(recipients), cast(Bucket, chosen))

    @classmethod
    def empty(cls, recipients: Sequence[Recipient], bucket: int) -> Parcel:
        """For what the manifest says of a sealed part of another form."""
        return cls.of(Plaintext(()), recipients, bucket)

    @property
    def outside(self) -> Sealed:
        """What the manifest says of it, but for the digest."""
        kids = tuple(thumbprint(recipient.public) for recipient in self.recipients)
        suite = suite_of(self.recipients[0].public)  # of all: the seal is refused where another has another one
        return Sealed(sha256=_NOTHING_YET, bucket=self.bucket, suite=suite, recipients=kids)


@dataclass(frozen=True, slots=True)
class Salted:
    """An item whose fields were salted, and the disclosures that go with it."""

    item: Item
    disclosures: tuple[str, ...] = field(repr=False)
    values: Mapping[str, Json] = field(repr=False)


@dataclass(frozen=True, slots=True)
class About:
    """What an item is about, but for its fields."""

    subject: SubjectRef
    subject_category: Term
    category: Term
    level: Level
    regime: Term
    as_of: date
    nature: str = "feit"
    ground: int = 0
    origin: Origin | None = None
    """None: mine, and new."""


def salt(about: About, values: Mapping[str, Json], party: Address) -> Salted:
    """A new item of ``party`` with one fresh salt a field; ``values`` by field name, absent ones left out."""
    ref = new_reference(ItemRef)
    parts = [
        (FieldPath(f"/{name}"), disclosure.disclose(FieldPath(f"/{name}"), value, disclosure.new_salt()))
        for name, value in values.items()
    ]
    item = Item.model_validate(
        {
            "item": ref,
            "subject": about.subject,
            "subject_category": about.subject_category,
            "category": about.category,
            "level": about.level,
            "nature": about.nature,
            "as_of": about.as_of,
            "ground": about.ground,
            "origin": about.origin or Origin(party=party, item=ref),
            "regime": about.regime,
            "fields": tuple(FieldDigest(path=path, digest=part.digest) for path, part in parts),
        }
    )
    return Salted(item, tuple(part.text for _, part in parts), dict(values))


def all_disclosures(items: Iterable[Salted]) -> tuple[str, ...]:
    """Those of several items, in order."""
    return tuple(text for one in items for text in one.disclosures)


def explained(code: str, text: str) -> tuple[Necessity, str]:
    """A necessity under ``exact`` and the opening of its explanation, which is sealed."""
    opening, commitment = disclosure.explain(text, disclosure.new_salt())
    return Necessity(code=Term(code), commitment=commitment), opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Who says what kind of thing to whom, in which case; the rest of a manifest follows from it or from the pack."""

    kind: str
    sender: Address
    to: tuple[Address, ...]
    case: CaseRef
    phase: str
    purpose: str | None = None
    act: Act | None = None
    reply_to: MessageId | None = None
    on_behalf_of: Address | None = None
    expires: datetime | None = None
    pack: PackDigest | None = None
    """None: the pack in force. An answer goes under the pack of its question."""
    id: MessageId = field(default_factory=new_id)


def draft(place: Workplace, frame: Frame, now: datetime, **content: object) -> Manifest:
    """The manifest of a message; ``content``: items, grounds, sealed and the like. Expires as late as it may."""
    pack = place.house.packs[frame.pack] if frame.pack else place.house.pack_at(now)
    kind = pack.kind.get(frame.kind)
    latest = now + timedelta(seconds=kind.seconds_max if kind else 3600)
    act = frame.act if frame.act is not None or ACTS.get(frame.kind) is not Empty else Empty()
    members = {
        "profile": "keten-1",
        "id": frame.id,
        "kind": frame.kind,
        "house": place.house.directory.house,
        "pack": pack.digest,
        "case": frame.case,
        "phase": frame.phase,
        "purpose": frame.purpose,
        "sender": frame.sender,
        "to": frame.to,
        "on_behalf_of": frame.on_behalf_of,
        "created": now,
        "expires": frame.expires or latest,
        "reply_to": frame.reply_to,
        "act": act,
        **content,
    }
    return Manifest.model_validate(members)


def grounds_of(rows: Iterable[Ground]) -> tuple[tuple[Ground, ...], list[int]]:
    """Each different ground once, and for each row the index of its ground."""
    found: list[Ground] = []
    places = []
    for row in rows:
        if row not in found:
            found.append(row)
        places.append(found.index(row))
    return tuple(found), places
