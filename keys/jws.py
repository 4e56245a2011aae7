"""Compact JWS with Ed25519 over exact bytes: sign, parse, verify (RFC 7515, 8037, 9864; wire.md "Bytes").

Decides whether text carries a valid signature of one given key under one given type. Leaves to :mod:`keys.identity`
whose key that is and whether it counted at that time. jwcrypto does the signing; before it sees anything, this module
has narrowed the text: three parts of canonical base64url, a header of exactly ``alg``, ``kid`` and ``typ``.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwcrypto.common import JWException
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from keys import KeysError, SignatureFailedError
from keys.suites import SIGNING_ALGORITHM, check_signing_key, thumbprint
from schemas import strict
from schemas.ids import IdError, Kid
from schemas.records import OkpKey

HEADER_LIMIT = 256
SIGNATURE_LENGTH = 64
_MEMBERS = {"alg", "kid", "typ"}


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """A public Ed25519 key that passed :func:`keys.suites.check_signing_key`; made by :meth:`from_public`."""

    kid: Kid
    public: OkpKey
    _raw: Ed25519PublicKey = field(repr=False, compare=False)
    _jwk: JWK = field(repr=False, compare=False)

    @classmethod
    def from_public(cls, public: OkpKey) -> Self:
        """Raises :class:`keys.KeyRecordError` for a key that nobody may use."""
        raw = Ed25519PublicKey.from_public_bytes(check_signing_key(public))
        return cls(thumbprint(public), public, raw, JWK(**public.model_dump()))

    def verify_bytes(self, signature: bytes, data: bytes) -> None:
        """A bare Ed25519 signature (signed notes). Raises :class:`SignatureFailedError`."""
        try:
            self._raw.verify(signature, data)
        except InvalidSignature as error:
            raise SignatureFailedError("the signature is not of this key") from error


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private Ed25519 key; ``seed`` (32 bytes) is what a keystore keeps. Never shown by ``repr``."""

    kid: Kid
    public: OkpKey
    seed: bytes = field(repr=False, compare=False)
    _raw: Ed25519PrivateKey = field(repr=False, compare=False)
    _jwk: JWK = field(repr=False, compare=False)

    @classmethod
    def generate(cls) -> Self:
        """A new key from the system's randomness."""
        return cls.from_seed(secrets.token_bytes(32))

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The key of 32 bytes of seed (RFC 8032). Raises :class:`KeysError` for another length."""
        if len(seed) != 32:
            raise KeysError("the seed of a signing key is 32 bytes")
        raw = Ed25519PrivateKey.from_private_bytes(seed)
        x = strict.encode_base64url(raw.public_key().public_bytes_raw())
        public = OkpKey(kty="OKP", crv="Ed25519", x=x)
        jwk = JWK(**public.model_dump(), d=strict.encode_base64url(seed))
        return cls(thumbprint(public), public, seed, raw, jwk)

    @property
    def verify_key(self) -> VerifyKey:
        """The public half, ready to verify with."""
        return VerifyKey.from_public(self.public)

    def sign_bytes(self, data: bytes) -> bytes:
        """A bare Ed25519 signature (signed notes), 64 bytes."""
        return self._raw.sign(data)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A well-formed compact JWS of which nothing is verified yet; ``kid`` says which key to look for."""

    kid: Kid
    payload: bytes
    text: str


def sign(payload: bytes, key: SigningKey, typ: str) -> str:
    """The compact JWS over ``payload`` under exactly ``{alg, kid, typ}``. Deterministic."""
    token = JWS(payload)
    header = json.dumps({"alg": SIGNING_ALGORITHM, "kid": key.kid, "typ": typ}, separators=(",", ":"))
    token.add_signature(key._jwk, None, header, None)
    text: str = token.serialize(compact=True)
    return text


def _misshapen(text: str) -> SignatureFailedError:
    return SignatureFailedError(text, "handtekening_vorm")


def parse(text: str, typ: str, limit: int = strict.COMPACT_LIMIT) -> Parsed:
    """Narrow ``text`` (at most ``limit`` characters) to our form of type ``typ``; verifies nothing.

    Raises :class:`SignatureFailedError` (``handtekening_vorm``) whatever is wrong; the cause is chained.
    """
    if len(text) > limit:
        raise _misshapen(f"a compact JWS of more than {limit} characters")
    parts = text.split(".")
    if len(parts) != 3:
        raise _misshapen("a compact JWS has three parts")
    try:
        header = strict.parse_object(strict.decode_base64url(parts[0]), HEADER_LIMIT)
        payload = strict.decode_base64url(parts[1])
        signature = strict.decode_base64url(parts[2])
        kid = header.get("kid")
        if header.keys() != _MEMBERS or not isinstance(kid, str):
            raise _misshapen("the header of a JWS is exactly alg, kid and typ")
        if header["alg"] != SIGNING_ALGORITHM:
            raise _misshapen(f"the algorithm of a signature is {SIGNING_ALGORITHM}")
        if header["typ"] != typ:
            raise _misshapen(f"a JWS of type {typ} is expected here")
        if len(signature) != SIGNATURE_LENGTH:
            raise _misshapen("a signature is 64 bytes")
        return Parsed(Kid(kid), payload, text)
    except (strict.StrictError, IdError) as error:
        raise _misshapen("not a compact JWS of this profile") from error


def verify(parsed: Parsed, key: VerifyKey) -> bytes:
    """The payload, if the signature of ``key`` over the received bytes holds. Raises :class:`SignatureFailedError`."""
    if parsed.kid != key.kid:
        raise SignatureFailedError("the JWS names another key")
    token = JWS()
    try:
        token.deserialize(parsed.text, key._jwk, alg=SIGNING_ALGORITHM)
    except JWException as error:
        raise SignatureFailedError("the signature is not of the key that it names") from error
    return parsed.payload
