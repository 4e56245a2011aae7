"""AES-256-GCM for what lies in a connector's own database: case files, wrapped item keys.

Decides the form ``nonce (12) || ciphertext || tag``; which key and which ``aad`` (what the row is) is the caller's. A
nonce is random: one key wraps at most 2^32 texts (NIST SP 800-38D, 8.3).
"""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys import KeysError, SealError

KEY_LENGTH: Final = 32
_NONCE_LENGTH: Final = 12


def new_key() -> bytes:
    """256 random bits."""
    return secrets.token_bytes(KEY_LENGTH)


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_LENGTH:
        raise KeysError("a key at rest is 32 bytes")
    return AESGCM(key)


def wrap(key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """``plaintext`` under ``key``, bound to ``aad``."""
    nonce = secrets.token_bytes(_NONCE_LENGTH)
    return nonce + _cipher(key).encrypt(nonce, plaintext, aad)


def unwrap(key: bytes, wrapped: bytes, aad: bytes) -> bytes:
    """What :func:`wrap` took. Raises :class:`SealError` for another key, other ``aad`` or changed bytes."""
    if len(wrapped) < _NONCE_LENGTH + 16:
        raise SealError
    try:
        return _cipher(key).decrypt(wrapped[:_NONCE_LENGTH], wrapped[_NONCE_LENGTH:], aad)
    except InvalidTag as error:
        raise SealError from error
