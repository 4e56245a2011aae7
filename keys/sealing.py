"""Seal a payload to the recipients' case keys, in those keys' suite, and open it again. Connectors only.

Decides the form of the plaintext, its padding to a bucket and the binding of it all to case, house, message, sender,
phase and recipient. Leaves the check of disclosures against the manifest to :mod:`keys.disclosure`, the order of
recipients against ``to`` to the caller (:func:`keys.binding.shape`). Everything that fails on opening is one
:class:`keys.SealError` with one text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from keys import KeysError, SealError
from keys.binding import Context, Sealed, aad, bind, parse
from keys.hpke import ReceiveKey
from keys.jwe import EcReceiveKey, HeldKey, decrypt, encrypt, held_key
from keys.suites import BUCKETS, KETEN_PQ, PublicKey
from schemas import strict
from schemas.ids import Address
from schemas.records import Suite

__all__ = [
    "EcReceiveKey",
    "HeldKey",
    "Plaintext",
    "ReceiveKey",
    "Recipient",
    "choose_bucket",
    "held_key",
    "new_key",
    "open_",
    "open_members",
    "seal",
    "seal_members",
]

VERSION = 1


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address of ``to`` and the public key it published for this case, phase and epoch (or a ``reply_key``)."""

    address: Address
    public: PublicKey


@dataclass(frozen=True, slots=True)
class Plaintext:
    """What is sealed: disclosures, under a ceiling the inner JWS, and the opening of the explanation."""

    disclosures: tuple[str, ...] = field(repr=False)
    inner: str | None = field(repr=False, default=None)
    explanation: str | None = field(repr=False, default=None)


def new_key(suite: Suite) -> HeldKey:
    """A fresh receive key of that suite."""
    return ReceiveKey.generate() if suite == KETEN_PQ else EcReceiveKey.generate()


def _members(plaintext: Plaintext) -> dict[str, strict.Json]:
    members: dict[str, strict.Json] = {"disclosures": list(plaintext.disclosures)}
    if plaintext.inner is not None:
        members["inner"] = plaintext.inner
    if plaintext.explanation is not None:
        members["explanation"] = plaintext.explanation
    return members


def _padded(members: Mapping[str, strict.Json], bucket: int | None) -> bytes:
    """The content with its ``pad``; without a bucket with an empty one."""
    content = {"v": VERSION, **members, "pad": ""}
    bare = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    if bucket is None:
        return bare
    room = bucket - len(bare)
    if bucket not in BUCKETS or room < 0:
        raise KeysError("the content does not fit this bucket; take one of choose_bucket()")
    return bare[:-2] + b"0" * room + b'"}'


def choose_bucket(plaintext: Plaintext) -> int:
    """The smallest bucket that holds it. Raises :class:`KeysError` above the largest: send less at once."""
    length = len(_padded(_members(plaintext), None))
    for bucket in BUCKETS:
        if length <= bucket:
            return bucket
    raise KeysError("more than fits in one message; send it in parts")


def seal(plaintext: Plaintext, recipients: Sequence[Recipient], context: Context, bucket: int) -> str:
    """The sealed text for ``recipients`` in the order of ``to``, exactly ``bucket`` bytes inside.

    Raises :class:`KeysError` where it does not fit or the keys are of two suites, :class:`keys.KeyRecordError` for an
    unusable public key.
    """
    return seal_members(_members(plaintext), recipients, context, bucket)


def open_(sealed: str | Sealed, key: HeldKey, address: Address, context: Context, bucket: int) -> Plaintext:
    """What was sealed to ``address`` under ``key`` in ``context``, in that bucket. ``sealed``: the text, or what
    :mod:`keys.binding` read of it already. Raises :class:`SealError`."""
    members = open_members(sealed, key, address, context, bucket)
    disclosures = members.pop("disclosures", None)
    if not isinstance(disclosures, list):
        raise SealError
    plaintext = Plaintext(
        disclosures=tuple(_text(disclosure) for disclosure in disclosures),
        inner=_text(members.pop("inner")) if "inner" in members else None,
        explanation=_text(members.pop("explanation")) if "explanation" in members else None,
    )
    if members:
        raise SealError
    return plaintext


def _text(value: strict.Json) -> str:
    if not isinstance(value, str):
        raise SealError
    return value


def seal_members(
    members: Mapping[str, strict.Json], recipients: Sequence[Recipient], context: Context, bucket: int
) -> str:
    """As :func:`seal` for members of another form, such as findings to a one-time ``reply_key``."""
    if not recipients:
        raise KeysError("sealed to nobody")
    keys = [(recipient.public, bind(context, recipient.address)) for recipient in recipients]
    return encrypt(_padded(members, bucket), keys, aad(context.id))


def open_members(
    sealed: str | Sealed, key: HeldKey, address: Address, context: Context, bucket: int
) -> dict[str, strict.Json]:
    """The members without ``v`` and ``pad``. Raises :class:`SealError`."""
    parsed = parse(sealed) if isinstance(sealed, str) else sealed
    if parsed.aad != aad(context.id) or len(parsed.ciphertext) != bucket or bucket not in BUCKETS:
        raise SealError
    content = decrypt(parsed, key, bind(context, address))
    try:
        members = strict.parse_object(content)
    except strict.StrictError as error:
        raise SealError from error
    version, pad = members.pop("v", None), members.pop("pad", None)
    if type(version) is not int or version != VERSION or not isinstance(pad, str) or pad.strip("0"):
        raise SealError
    return members
