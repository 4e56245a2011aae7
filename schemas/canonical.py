"""RFC 8785 bytes, for hashing objects that we store ourselves: ledger bodies, records, packs, sealing contexts.

Nothing foreign is canonicalised to verify it: signatures and hashes of messages are over received bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import rfc8785

from schemas.ids import Digest
from schemas.strict import encode_base64url

Value = Mapping[str, "Value"] | Sequence["Value"] | str | int | bool | None


def encode(value: Value) -> bytes:
    """The RFC 8785 form of ``value`` (UTF-8)."""
    return rfc8785.dumps(value)


def digest(data: bytes) -> Digest:
    """SHA-256 of ``data`` in base64url."""
    return Digest(encode_base64url(hashlib.sha256(data).digest()))


def digest_text(text: str) -> Digest:
    """SHA-256 over the UTF-8 of ``text``."""
    return digest(text.encode("utf-8"))
