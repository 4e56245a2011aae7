"""The content key wrapped to one recipient with HPKE-10: ML-KEM-768 with X25519, SHAKE256, AES-256-GCM.

Decides the private form of a receive key and the ``info`` string; the HPKE itself is ``cryptography``'s. Form:
draft-ietf-jose-hpke-encrypt ("JOSE-HPKE rcpt") with the hybrid algorithms of jose-hpke-pq. Connectors only.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from keys import KeysError, SealError
from keys.suites import CONTENT_ENCRYPTION, ENCAPSULATED_LENGTH, WRAPPED_LENGTH, AkpKey, check_receive_key, thumbprint
from schemas import strict
from schemas.ids import Kid

_SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.SHAKE256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class ReceiveKey:
    """The private half of a case key; ``seed`` (32 bytes) is what a keystore keeps. Never shown by ``repr``."""

    kid: Kid
    public: AkpKey
    seed: bytes = field(repr=False, compare=False)
    _raw: MLKEM768X25519PrivateKey = field(repr=False, compare=False)

    @classmethod
    def generate(cls) -> Self:
        """A new key from the system's randomness."""
        return cls.from_seed(secrets.token_bytes(32))

    @property
    def secret(self) -> bytes:
        """What a keystore keeps: the seed as it is (:func:`keys.sealing.held_key` reads it back)."""
        return self.seed

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """SHAKE256 of the seed to 96 bytes: ML-KEM's seed (64), X25519's scalar (32). Raises :class:`KeysError`."""
        if len(seed) != 32:
            raise KeysError("the seed of a receive key is 32 bytes")
        expanded = hashlib.shake_256(seed).digest(96)
        module = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        curve = X25519PrivateKey.from_private_bytes(expanded[64:])
        halves = module.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
        public = AkpKey(pub=strict.encode_base64url(halves))
        return cls(thumbprint(public), public, seed, MLKEM768X25519PrivateKey(module, curve))


def _info(context: bytes) -> bytes:
    return b"\xff".join((b"JOSE-HPKE rcpt", CONTENT_ENCRYPTION.encode("ascii"), context))


def wrap_key(content_key: bytes, public: AkpKey, context: bytes) -> tuple[bytes, bytes]:
    """``(encapsulated, wrapped)`` of a content key for one recipient in one context.

    Raises :class:`keys.KeyRecordError` for a public key that nobody may use.
    """
    both = _SUITE.encrypt(content_key, MLKEM768X25519PublicKey(*check_receive_key(public)), _info(context))
    return both[:ENCAPSULATED_LENGTH], both[ENCAPSULATED_LENGTH:]


def unwrap_key(encapsulated: bytes, wrapped: bytes, key: ReceiveKey, context: bytes) -> bytes:
    """The content key, 32 bytes. Raises :class:`SealError`."""
    # The library takes both in one: bytes moved from one to the other would be a second spelling.
    if (len(encapsulated), len(wrapped)) != (ENCAPSULATED_LENGTH, WRAPPED_LENGTH):
        raise SealError
    try:
        return _SUITE.decrypt(encapsulated + wrapped, key._raw, _info(context))
    except InvalidTag as error:
        raise SealError from error
