"""Salted digests of fields, and their check: exactly one disclosure per digest, both ways (RFC 9901 form, wire.md).

A disclosure is base64url of ``[salt, path, value]``, the path in clear; its digest is SHA-256 over that text. The
explanation of the necessity is the same form without a path. Decides whether what was opened is what was signed; what a
value may be is decided by the schemas of the category.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from keys import DisclosureError
from schemas import canonical, strict
from schemas.ids import Digest, FieldPath, IdError

SALT_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One field: ``text`` is sealed, ``digest`` stands in the manifest."""

    text: str = field(repr=False)
    digest: Digest


class Disclosed(NamedTuple):
    """What a disclosure says."""

    path: FieldPath
    value: strict.Json
    digest: Digest


class Explanation(NamedTuple):
    """The ``opening`` is sealed, the ``commitment`` stands in the manifest."""

    opening: str
    commitment: Digest


def new_salt() -> bytes:
    """128 random bits, for one disclosure only."""
    return secrets.token_bytes(SALT_LENGTH)


def _encode(salt: bytes, rest: list[strict.Json]) -> str:
    if len(salt) != SALT_LENGTH:
        raise DisclosureError("zout", "a salt is 16 bytes")
    text = json.dumps([strict.encode_base64url(salt), *rest], ensure_ascii=False, separators=(",", ":"))
    try:
        data = text.encode("utf-8")
        strict.parse(data)
    except (UnicodeEncodeError, strict.StrictError) as error:
        raise DisclosureError("waarde", "a value that the recipient's strict parser would refuse") from error
    return strict.encode_base64url(data)


def _decode(text: str, length: int) -> list[strict.Json]:
    try:
        parts = strict.parse(strict.decode_base64url(text))
        if not isinstance(parts, list) or len(parts) != length or not isinstance(parts[0], str):
            raise DisclosureError("onthulling", "not a disclosure")
        if len(strict.decode_base64url(parts[0])) != SALT_LENGTH:
            raise DisclosureError("zout", "a salt is 16 bytes")
    except strict.StrictError as error:
        raise DisclosureError("onthulling", "not a disclosure") from error
    return parts[1:]


def disclose(path: FieldPath, value: strict.Json, salt: bytes) -> Disclosure:
    """The disclosure of one field under a fresh ``salt`` of 16 bytes (:func:`new_salt`).

    Raises :class:`DisclosureError` (``waarde``) for a value outside the profile's JSON: no floats, NFC only.
    """
    text = _encode(salt, [str(path), value])
    return Disclosure(text, canonical.digest_text(text))


def read(text: str) -> Disclosed:
    """Path, value and digest of a disclosure. Raises :class:`DisclosureError`."""
    path, value = _decode(text, 3)
    if not isinstance(path, str):
        raise DisclosureError("pad", "a disclosure without the path of a field")
    try:
        return Disclosed(FieldPath(path), value, canonical.digest_text(text))
    except IdError as error:
        raise DisclosureError("pad", "a disclosure without the path of a field") from error


def match(texts: Iterable[str], expected: Iterable[tuple[FieldPath, Digest]]) -> dict[Digest, strict.Json]:
    """The value behind each expected digest, once disclosures and (path, digest) pairs go exactly one to one.

    Raises :class:`DisclosureError` with the path where known: ``digest_dubbel``, ``onthulling_zonder_digest``,
    ``onthulling_dubbel``, ``pad``, ``digest_zonder_onthulling``, or what :func:`read` raises.
    """
    wanted: dict[Digest, FieldPath] = {}
    for path, digest in expected:
        if digest in wanted:
            raise DisclosureError("digest_dubbel", "one digest stands at two fields", path)
        wanted[digest] = path
    values: dict[Digest, strict.Json] = {}
    for text in texts:
        disclosed = read(text)
        path = disclosed.path
        if disclosed.digest not in wanted:
            raise DisclosureError("onthulling_zonder_digest", "a disclosure that the manifest does not announce", path)
        if disclosed.digest in values:
            raise DisclosureError("onthulling_dubbel", "one disclosure stands twice", path)
        if path != wanted[disclosed.digest]:
            raise DisclosureError("pad", "a disclosure of another field than announced", path)
        values[disclosed.digest] = disclosed.value
    for digest, path in wanted.items():
        if digest not in values:
            raise DisclosureError("digest_zonder_onthulling", "a field that is announced but not disclosed", path)
    return values


def explain(text: str, salt: bytes) -> Explanation:
    """Why something is necessary, as the pair (opening, commitment). Raises :class:`DisclosureError`."""
    opening = _encode(salt, [text])
    return Explanation(opening, canonical.digest_text(opening))


def read_explanation(opening: str, commitment: Digest) -> str:
    """The text of an opening that fits its commitment. Raises :class:`DisclosureError`."""
    if canonical.digest_text(opening) != commitment:
        raise DisclosureError("toelichting", "the explanation is not the one that was committed to")
    (text,) = _decode(opening, 2)
    if not isinstance(text, str):
        raise DisclosureError("toelichting", "the explanation is no text")
    return text
