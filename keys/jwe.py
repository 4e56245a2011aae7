"""Bytes to a JWE General JSON for several recipients and back (RFC 7516, 7.2.1). Connectors only.

Decides how content is encrypted and written: AES-256-GCM under one fresh content key per message, wrapped to each
recipient. Under ``keten-pq`` by :mod:`keys.hpke`; jwcrypto knows no HPKE, so there it is not used. Under ``keten-ec``
(``ECDH-ES+A256KW`` on X25519: RFC 7518 4.6, RFC 8037) jwcrypto does it all, from a header that is written here anew.
What a sealed text must look like is read in :mod:`keys.binding`; what the content means is :mod:`keys.sealing`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jwcrypto.common import JWException
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from keys import KeysError, SealError
from keys.binding import PROTECTED, Bound, Entry, Sealed
from keys.hpke import ReceiveKey, unwrap_key, wrap_key
from keys.suites import CONTENT_ENCRYPTION, EC_ALGORITHM, AkpKey, EcKey, PublicKey, check_ec_key, thumbprint
from schemas.ids import Kid
from schemas.strict import decode_base64url, encode_base64url

TAG_LENGTH = 16
_CONTENT_LENGTHS: Final = (32, 12, TAG_LENGTH)
_EC_ALLOWED: Final = (EC_ALGORITHM, CONTENT_ENCRYPTION)
_EC_SECRET: Final = b"\x01"


@dataclass(frozen=True, slots=True)
class EcReceiveKey:
    """The private half of a case key of ``keten-ec``; ``secret`` is what a keystore keeps. Never shown by ``repr``."""

    kid: Kid
    public: EcKey
    secret: bytes = field(repr=False, compare=False)
    _jwk: JWK = field(repr=False, compare=False)

    @classmethod
    def generate(cls) -> Self:
        """A new key from the system's randomness."""
        return cls.from_seed(secrets.token_bytes(32))

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The key of X25519's 32 bytes (RFC 7748, 5). Raises :class:`KeysError` for another length."""
        if len(seed) != 32:
            raise KeysError("the seed of a receive key is 32 bytes")
        raw = X25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        public = EcKey(x=encode_base64url(raw))
        jwk = JWK(kty=public.kty, crv=public.crv, x=public.x, d=encode_base64url(seed))
        return cls(thumbprint(public), public, _EC_SECRET + seed, jwk)


HeldKey = ReceiveKey | EcReceiveKey
"""A private receive key of either suite."""


def held_key(secret: bytes) -> HeldKey:
    """The key of what a keystore kept: 32 bytes of ``keten-pq``, or 33 of ``keten-ec``. Raises :class:`KeysError`."""
    if len(secret) == 33 and secret.startswith(_EC_SECRET):
        return EcReceiveKey.from_seed(secret[1:])
    return ReceiveKey.from_seed(secret)


def encrypt(content: bytes, recipients: Sequence[tuple[PublicKey, Bound]], aad: str) -> str:
    """The JWE text: ``content`` for each (public key, what its part is bound to), in that order, bound to ``aad``.

    Raises :class:`KeysError` for recipients of two suites: the weaker one would be that of the whole message.
    """
    hybrid = [(public, bound) for public, bound in recipients if isinstance(public, AkpKey)]
    curve = [(public, bound) for public, bound in recipients if isinstance(public, EcKey)]
    if hybrid and curve:
        raise KeysError("recipients of two suites in one message; send one to each suite")
    return _encrypt_curve(content, curve, aad) if curve else _encrypt_hybrid(content, hybrid, aad)


def _encrypt_hybrid(content: bytes, recipients: Sequence[tuple[AkpKey, Bound]], aad: str) -> str:
    content_key = AESGCM.generate_key(256)
    iv = secrets.token_bytes(12)
    both = AESGCM(content_key).encrypt(iv, content, f"{PROTECTED}.{aad}".encode("ascii"))
    entries = []
    for public, bound in recipients:
        encapsulated, wrapped = wrap_key(content_key, public, bound.context)
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


def _curve_header(kid: Kid, bound: Bound) -> dict[str, object]:
    return {
        "alg": EC_ALGORITHM,
        "kid": kid,
        "apu": encode_base64url(bound.sender),
        "apv": encode_base64url(bound.context),
    }


def _encrypt_curve(content: bytes, recipients: Sequence[tuple[EcKey, Bound]], aad: str) -> str:
    protected = decode_base64url(PROTECTED).decode("ascii")
    token = JWE(content, protected, aad=decode_base64url(aad), algs=list(_EC_ALLOWED), flattened=False)
    for public, bound in recipients:
        check_ec_key(public)
        jwk = JWK(kty=public.kty, crv=public.crv, x=public.x)
        token.add_recipient(jwk, json.dumps(_curve_header(thumbprint(public), bound)))
    text: str = token.serialize()
    return text


def decrypt_content(content_key: bytes, sealed: Sealed) -> bytes:
    """AES-256-GCM's part: key, nonce and tag of exactly 32, 12 and 16 bytes, though the library would take others.

    Raises :class:`SealError`.
    """
    if (len(content_key), len(sealed.iv), len(sealed.tag)) != _CONTENT_LENGTHS:
        raise SealError
    try:
        return AESGCM(content_key).decrypt(sealed.iv, sealed.ciphertext + sealed.tag, sealed.authenticated)
    except InvalidTag as error:
        raise SealError from error


def decrypt(sealed: Sealed, key: HeldKey, bound: Bound) -> bytes:
    """The content for the one entry that names ``key``, under that key's own algorithm. Raises :class:`SealError`."""
    for entry in sealed.entries:
        if entry.kid == key.kid:
            if isinstance(key, EcReceiveKey):
                return _decrypt_curve(sealed, entry, key, bound)
            return decrypt_content(unwrap_key(entry.encapsulated, entry.wrapped, key, bound.context), sealed)
    raise SealError


def _decrypt_curve(sealed: Sealed, entry: Entry, key: EcReceiveKey, bound: Bound) -> bytes:
    """By jwcrypto, from a text that holds this one recipient and the header that it must have, not the one that came:
    a recipient's header is protected by nothing, and jwcrypto would take algorithm and context from it."""
    if entry.bound != bound:
        raise SealError
    share = {"kty": "OKP", "crv": "X25519", "x": encode_base64url(entry.encapsulated)}
    members = {
        "protected": sealed.protected,
        "header": {**_curve_header(key.kid, bound), "epk": share},
        "encrypted_key": encode_base64url(entry.wrapped),
        "aad": sealed.aad,
        "iv": encode_base64url(sealed.iv),
        "ciphertext": encode_base64url(sealed.ciphertext),
        "tag": encode_base64url(sealed.tag),
    }
    token = JWE(algs=list(_EC_ALLOWED))
    try:
        token.deserialize(json.dumps(members), key._jwk)
    except JWException as error:
        raise SealError from error
    content: bytes = token.payload
    return content
