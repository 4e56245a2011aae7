"""AES-256-GCM for what lies in a connector's own database: case files, wrapped item keys, canaries.

Decides the form ``nonce (12) || ciphertext || tag``; which key and which ``aad`` (what the row is) is the caller's. A
nonce is random: one key wraps at most 2^32 texts (NIST SP 800-38D, 8.3).

A *canary* is an empty text that a secret of any length opens. It is kept when the secret is destroyed: that nothing
which is left opens it is what can be shown of forgetting (ledger-and-keys.md "Evidence of erasure").
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys import KeysError, SealError

KEY_LENGTH: Final = 32
_NONCE_LENGTH: Final = 12
_CANARY: Final = b"keten-1.canary."


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


def make_canary(secret: bytes) -> bytes:
    """A ciphertext that tells nothing, for :func:`sings`."""
    return wrap(_canary_key(secret), b"", _CANARY)


def sings(canary: bytes, secret: bytes) -> bool:
    """Whether ``canary`` was made of this secret."""
    try:
        unwrap(_canary_key(secret), canary, _CANARY)
    except SealError:
        return False
    return True


def _canary_key(secret: bytes) -> bytes:
    """Of its own: the secret itself is a key for something else, or a seed."""
    return hashlib.sha256(_CANARY + secret).digest()
