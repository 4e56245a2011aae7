"""Which algorithms and sizes are allowed, and what makes a public key acceptable (wire.md "Bytes").

Decides: the suites, the buckets, the name of a key (RFC 7638), and that a key is a point or a module element that the
algorithm can safely use (RFC 8032 5.1.3, RFC 7748 6.1, FIPS 203 7.2). Leaves who owns a key to :mod:`keys.identity`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Final, Literal

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from pydantic import Field, TypeAdapter, ValidationError

from keys import KeyRecordError
from schemas import canonical, strict
from schemas.ids import Kid
from schemas.records import Frozen, OkpKey, Suite

SIGNING_ALGORITHM: Final = "Ed25519"
"""The fully specified name of RFC 9864; a message never chooses another."""

KETEN_PQ: Final = "keten-pq"
KETEN_EC: Final = "keten-ec"
"""Only to and from an address that the house names for it (:meth:`keys.identity.Directory.allows_suite`)."""
SUITES: Final[tuple[Suite, ...]] = (KETEN_PQ, KETEN_EC)
EC_ALGORITHM: Final = "ECDH-ES+A256KW"
SUITE_OF_ALGORITHM: Final[dict[str, Suite]] = {"HPKE-10-KE": KETEN_PQ, EC_ALGORITHM: KETEN_EC}
CONTENT_ENCRYPTION: Final = "A256GCM"

BUCKETS: Final = (4096, 16384, 65536, 262144, 1048576)
"""Lengths of plaintext in bytes; nothing is sealed in another length."""

ML_KEM_LENGTH: Final = 1184
ENCAPSULATED_LENGTH: Final = 1120
"""Bytes of ``ek``: an ML-KEM-768 ciphertext and an X25519 share."""
WRAPPED_LENGTH: Final = 48
"""Bytes of ``encrypted_key``: the content key and the tag of AES-256-GCM."""
EC_WRAPPED_LENGTH: Final = 40
"""Bytes of ``encrypted_key`` under ``keten-ec``: the content key and the block that AES key wrap adds (RFC 3394)."""
X25519_LENGTH: Final = 32

_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
# A fixed scalar: only whether the shared secret is zero matters, and any clamped scalar tells (a multiple of 8).
_PROBE: Final = X25519PrivateKey.from_private_bytes(b"\x40" * 32)


class AkpKey(Frozen):
    """A public key of ``HPKE-10-KE``: ML-KEM-768 (1184 bytes) then X25519 (32), key type AKP."""

    kty: Literal["AKP"] = "AKP"
    alg: Literal["HPKE-10-KE"] = "HPKE-10-KE"
    pub: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1622}$")]


class EcKey(Frozen):
    """A public key of ``ECDH-ES+A256KW``: X25519 (32 bytes), key type OKP (RFC 8037)."""

    kty: Literal["OKP"] = "OKP"
    crv: Literal["X25519"] = "X25519"
    alg: Literal["ECDH-ES+A256KW"] = "ECDH-ES+A256KW"
    x: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]


PublicKey = AkpKey | EcKey
"""What may be sealed to. A key says its algorithm, and with it the suite; a message never chooses it."""
_PUBLIC: Final[TypeAdapter[PublicKey]] = TypeAdapter(Annotated[PublicKey, Field(discriminator="kty")])


def _unfit(text: str) -> KeyRecordError:
    return KeyRecordError(text, "sleutel_ongeschikt")


def _decode(text: str) -> bytes:
    # The patterns of the models fix the length of the text, and with it that of the bytes.
    try:
        return strict.decode_base64url(text)
    except strict.StrictError as error:
        raise _unfit("a public key is base64url without padding") from error


def thumbprint(key: OkpKey | PublicKey) -> Kid:
    """The RFC 7638 thumbprint over the required members: ``crv, kty, x``, for AKP ``alg, kty, pub``."""
    members = key.model_dump(exclude={"alg"} if isinstance(key, EcKey) else None)
    return Kid(strict.encode_base64url(hashlib.sha256(canonical.encode(members)).digest()))


def public_key(members: Mapping[str, object]) -> PublicKey:
    """The key that foreign members say, of either suite. Raises :class:`KeyRecordError` where nobody may seal to it."""
    try:
        key = _PUBLIC.validate_python(dict(members))
    except ValidationError as error:
        raise _unfit("not a public key of a suite of ours") from error
    if members.keys() != type(key).model_fields.keys():
        raise _unfit("a public key says its type and its algorithm")
    if isinstance(key, EcKey):
        check_ec_key(key)
    else:
        check_receive_key(key)
    return key


def suite_of(key: PublicKey) -> Suite:
    """The suite in which is sealed to this key."""
    return SUITE_OF_ALGORITHM[key.alg]


@lru_cache(maxsize=4096)  # the keys of a partnership, over and over
def check_signing_key(key: OkpKey) -> bytes:
    """The 32 bytes of an acceptable Ed25519 key.

    Raises :class:`KeyRecordError` (``sleutel_ongeschikt``) for a non-canonical encoding, what is no point of the curve
    and the eight points of small order, under which one signature fits many messages.
    """
    data = _decode(key.x)
    y = int.from_bytes(data, "little") & (1 << 255) - 1
    if y >= _P:
        raise _unfit("not the canonical form of an Ed25519 key")
    numerator, denominator = (y * y - 1) % _P, (_D * y * y + 1) % _P
    square = numerator * pow(denominator, -1, _P) % _P
    if pow(square, (_P - 1) // 2, _P) not in (0, 1):
        raise _unfit("not a point of Ed25519")
    if _has_small_order(square, y):
        raise _unfit("an Ed25519 key of small order")
    return data


def _has_small_order(square: int, y: int) -> bool:
    # Doubling three times ends in the neutral element; y after doubling depends on x^2 and y^2 alone.
    for _ in range(3):
        y2 = y * y % _P
        product = _D * square % _P * y2 % _P
        doubled_y = (y2 + square) * pow(1 - product, -1, _P) % _P
        square = 4 * square * y2 % _P * pow(1 + product, -2, _P) % _P
        y = doubled_y
    return square == 0 and y == 1


def check_receive_key(key: AkpKey) -> tuple[MLKEM768PublicKey, X25519PublicKey]:
    """Both halves of an acceptable ``HPKE-10-KE`` key.

    Raises :class:`KeyRecordError` (``sleutel_ongeschikt``) where ML-KEM's modulus check fails or X25519 yields zero.
    """
    data = _decode(key.pub)
    try:
        module = MLKEM768PublicKey.from_public_bytes(data[:ML_KEM_LENGTH])
    except ValueError as error:
        raise _unfit("not an ML-KEM-768 key") from error
    curve = X25519PublicKey.from_public_bytes(data[ML_KEM_LENGTH:])
    try:
        _PROBE.exchange(curve)
    except ValueError as error:
        raise _unfit("an X25519 key of small order") from error
    return module, curve


def check_ec_point(data: bytes) -> X25519PublicKey:
    """An X25519 key of 32 bytes, as published or as an ephemeral share of ``keten-ec``.

    Raises :class:`KeyRecordError` (``sleutel_ongeschikt``) for another length, what is not reduced or not in its one
    encoding (RFC 7748 would let it pass: then one message has two spellings), and what yields zero.
    """
    if len(data) != X25519_LENGTH or int.from_bytes(data, "little") >= _P:
        raise _unfit("not the canonical form of an X25519 key")
    curve = X25519PublicKey.from_public_bytes(data)
    try:
        _PROBE.exchange(curve)
    except ValueError as error:
        raise _unfit("an X25519 key of small order") from error
    return curve


def check_ec_key(key: EcKey) -> bytes:
    """The 32 bytes of an acceptable ``ECDH-ES+A256KW`` key. Raises :class:`KeyRecordError` (``sleutel_ongeschikt``)."""
    data = _decode(key.x)
    check_ec_point(data)
    return data
