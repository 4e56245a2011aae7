"""Bytes to a JWE General JSON for several recipients and back (RFC 7516, 7.2.1). Connectors only.

Decides how content is encrypted and written: AES-256-GCM under one fresh content key per message, wrapped to each
recipient by :mod:`keys.hpke`. What a sealed text must look like is read in :mod:`keys.binding`; what the content means
is :mod:`keys.sealing`. jwcrypto knows no HPKE, so it is not used here; ``keten-ec`` would use it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys import SealError
from keys.binding import PROTECTED, Sealed
from keys.hpke import ReceiveKey, unwrap_key, wrap_key
from keys.suites import AkpKey, thumbprint
from schemas.strict import encode_base64url

TAG_LENGTH = 16


def encrypt(content: bytes, recipients: Sequence[tuple[AkpKey, bytes]], aad: str) -> str:
    """The JWE text: ``content`` for each (public key, recipient context), in that order, bound to ``aad``."""
    content_key = AESGCM.generate_key(256)
    iv = secrets.token_bytes(12)
    both = AESGCM(content_key).encrypt(iv, content, f"{PROTECTED}.{aad}".encode("ascii"))
    entries = []
    for public, context in recipients:
        encapsulated, wrapped = wrap_key(content_key, public, context)
        header = {"alg": public.alg, "kid": thumbprint(public), "ek": encode_base64url(encapsulated)}
        entries.append({"header": header, "encrypted_key": encode_base64url(wrapped)})
    members = {
        "protected": PROTECTED,
        "recipients": entries,
        "aad": aad,
        "iv": encode_base64url(iv),
        "ciphertext": encode_base64url(both[:-TAG_LENGTH]),
        "tag": encode_base64url(both[-TAG_LENGTH:]),
    }
    return json.dumps(members, separators=(",", ":"))


def decrypt_content(content_key: bytes, sealed: Sealed) -> bytes:
    """AES-256-GCM's part. Raises :class:`SealError`."""
    try:
        return AESGCM(content_key).decrypt(sealed.iv, sealed.ciphertext + sealed.tag, sealed.authenticated)
    except InvalidTag as error:
        raise SealError from error


def decrypt(sealed: Sealed, key: ReceiveKey, context: bytes) -> bytes:
    """The content for the one entry that names ``key``. Raises :class:`SealError`."""
    for entry in sealed.entries:
        if entry.kid == key.kid:
            return decrypt_content(unwrap_key(entry.encapsulated, entry.wrapped, key, context), sealed)
    raise SealError
