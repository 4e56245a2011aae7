"""Which bytes are bound to a sealed message, and what its outside may look like (wire.md "Bytes").

The one composition that both sides use: the context of a recipient, the additional data, the digest, and the strict
reading of a JWE General JSON. No key enters here, so the broker may load it: it checks recipients, suite and bucket of
what it passes on. AES-GCM's ciphertext is as long as its plaintext, so a bucket shows from outside.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from keys import KeyRecordError, SealError
from keys.suites import (
    BUCKETS,
    CONTENT_ENCRYPTION,
    EC_WRAPPED_LENGTH,
    ENCAPSULATED_LENGTH,
    KETEN_EC,
    SUITE_OF_ALGORITHM,
    WRAPPED_LENGTH,
    X25519_LENGTH,
    check_ec_point,
)
from schemas import canonical, strict
from schemas.ids import Address, CaseRef, Digest, HouseId, IdError, Kid, MessageId, Term
from schemas.manifest import Manifest
from schemas.records import Suite

PROFILE: Final = "keten-1"
JWE_TYPE: Final = "keten+jwe"
RECIPIENT_LIMIT: Final = 64
_MEMBERS: Final = {"protected", "recipients", "aad", "iv", "ciphertext", "tag"}
PROTECTED: Final = strict.encode_base64url(canonical.encode({"enc": CONTENT_ENCRYPTION, "typ": JWE_TYPE}))


@dataclass(frozen=True, slots=True)
class Context:
    """What a sealed message belongs to; a copy under another case, house, id, sender or phase does not open."""

    case: CaseRef | None
    house: HouseId
    id: MessageId
    iss: Address
    phase: Term | None


@dataclass(frozen=True, slots=True)
class Bound:
    """What one recipient's wrapped key is bound to: HPKE's ``recipient_extra_info``, or ``apv`` with ``apu``."""

    context: bytes
    """Of :func:`recipient_context`, 32 bytes."""
    sender: bytes
    """The address ``iss``; it is in the context too, and stands apart only where the algorithm has a place for it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One recipient of a JWE: which key, the encapsulated key, and the content key wrapped to it."""

    kid: Kid
    suite: Suite
    encapsulated: bytes
    """``ek``; under ``keten-ec`` the 32 bytes of ``epk``."""
    wrapped: bytes
    bound: Bound | None = None
    """Under ``keten-ec``: ``apv`` and ``apu`` as they stand in the header."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A JWE General JSON of our form; ``protected`` and ``aad`` as received, the rest decoded."""

    protected: str
    aad: str
    entries: tuple[Entry, ...]
    iv: bytes
    ciphertext: bytes
    tag: bytes

    @property
    def authenticated(self) -> bytes:
        """The additional data of the content encryption (RFC 7516, 5.1 step 14)."""
        return f"{self.protected}.{self.aad}".encode("ascii")

    @property
    def shape(self) -> Shape:
        """Suite, recipients in order and bucket."""
        length = len(self.ciphertext)
        return Shape(
            suite=self.entries[0].suite,  # all entries have the same
            recipients=tuple(entry.kid for entry in self.entries),
            bucket=length if length in BUCKETS else None,
            aad=self.aad,
        )


@dataclass(frozen=True, slots=True)
class Shape:
    """What may be known of a sealed text without any key. ``bucket`` is None for a length that is none."""

    suite: Suite
    recipients: tuple[Kid, ...]
    bucket: int | None
    aad: str


def recipient_context(context: Context, rcpt: Address) -> bytes:
    """SHA-256 of JCS ``{case, house, id, iss, phase, rcpt}``; what a message does not have is null. 32 bytes."""
    members = {
        "case": context.case,
        "house": context.house,
        "id": context.id,
        "iss": context.iss,
        "phase": context.phase,
        "rcpt": rcpt,
    }
    return hashlib.sha256(canonical.encode(members)).digest()


def bind(context: Context, rcpt: Address) -> Bound:
    """What the key for one recipient is bound to."""
    return Bound(recipient_context(context, rcpt), str(context.iss).encode("ascii"))


def aad(message: MessageId) -> str:
    """The JWE's ``aad`` member: base64url of ``keten-1.`` and the id of the message."""
    return strict.encode_base64url(f"{PROFILE}.{message}".encode("ascii"))


def sealed_digest(text: str) -> Digest:
    """``sealed.sha256`` of a manifest: over the UTF-8 of the sealed text, before anything parses it."""
    return canonical.digest_text(text)


def _bytes(value: strict.Json, length: int | None = None) -> bytes:
    if not isinstance(value, str):
        raise strict.StrictError("vorm", "a text is expected here")
    data = strict.decode_base64url(value)
    if length is not None and len(data) != length:
        raise strict.StrictError("vorm", "a member of another length")
    return data


def _object(value: strict.Json, members: set[str]) -> dict[str, strict.Json]:
    if not isinstance(value, dict) or value.keys() != members:
        raise strict.StrictError("vorm", "other members than agreed")
    return value


def _entry(value: strict.Json) -> Entry:
    recipient = _object(value, {"header", "encrypted_key"})
    header, wrapped = recipient["header"], recipient["encrypted_key"]
    if not isinstance(header, dict):
        raise strict.StrictError("vorm", "a recipient without a header")
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in SUITE_OF_ALGORITHM or not isinstance(kid, str):
        raise strict.StrictError("vorm", "a recipient under no suite of ours")
    suite = SUITE_OF_ALGORITHM[algorithm]
    if suite == KETEN_EC:
        return _ec_entry(Kid(kid), header, wrapped)
    _object(header, {"alg", "kid", "ek"})
    return Entry(Kid(kid), suite, _bytes(header["ek"], ENCAPSULATED_LENGTH), _bytes(wrapped, WRAPPED_LENGTH))


def _ec_entry(kid: Kid, header: dict[str, strict.Json], wrapped: strict.Json) -> Entry:
    _object(header, {"alg", "kid", "epk", "apu", "apv"})
    share = _object(header["epk"], {"kty", "crv", "x"})
    if (share["kty"], share["crv"]) != ("OKP", "X25519"):
        raise strict.StrictError("vorm", "an ephemeral key of another curve")
    point = _bytes(share["x"], X25519_LENGTH)
    check_ec_point(point)
    bound = Bound(_bytes(header["apv"], 32), _bytes(header["apu"]))
    return Entry(kid, KETEN_EC, point, _bytes(wrapped, EC_WRAPPED_LENGTH), bound)


def parse(text: str) -> Sealed:
    """Read a sealed text strictly: exactly the agreed members, no ``zip``, no second header, no recipient twice, all of
    them under one suite: one key that is easier to get gives the content of all.

    Raises :class:`SealError`, whatever is wrong.
    """
    try:
        return _parse(text)
    except (strict.StrictError, IdError, KeyRecordError, UnicodeEncodeError) as error:
        raise SealError from error


def _parse(text: str) -> Sealed:
    members = _object(strict.parse(text.encode("utf-8")), _MEMBERS)
    protected, additional, recipients = members["protected"], members["aad"], members["recipients"]
    header = _object(strict.parse(_bytes(protected)), {"enc", "typ"})
    if header != {"enc": CONTENT_ENCRYPTION, "typ": JWE_TYPE}:
        raise strict.StrictError("vorm", "another content encryption or type")
    _bytes(additional)
    if not isinstance(recipients, list) or not 1 <= len(recipients) <= RECIPIENT_LIMIT:
        raise strict.StrictError("vorm", "no list of recipients")
    entries = tuple(_entry(recipient) for recipient in recipients)
    if len({entry.kid for entry in entries}) != len(entries):
        raise strict.StrictError("vorm", "one key stands twice among the recipients")
    if len({entry.suite for entry in entries}) != 1:
        raise strict.StrictError("vorm", "recipients under different suites")
    return Sealed(
        protected=str(protected),
        aad=str(additional),
        entries=entries,
        iv=_bytes(members["iv"], 12),
        ciphertext=_bytes(members["ciphertext"]),
        tag=_bytes(members["tag"], 16),
    )


def shape(text: str) -> Shape:
    """Suite, recipients in order and bucket of a sealed text. Raises :class:`SealError` where it is none of ours."""
    return parse(text).shape


def read_announced(manifest: Manifest, text: str | None) -> Sealed | None:
    """The sealed text that the manifest announces: digest first, then suite, recipients in order, bucket and message;
    None where it announces none. Raises :class:`SealError` for any other.

    The broker looks, and the recipient again: a sender and a broker together could else seal under another suite, or to
    more than stand in the manifest.
    """
    announced = manifest.sealed
    if announced is None and text is None:
        return None
    if announced is None or text is None or sealed_digest(text) != announced.sha256:
        raise SealError
    sealed = parse(text)
    if sealed.shape != Shape(announced.suite, announced.recipients, announced.bucket, aad(manifest.id)):
        raise SealError
    return sealed
