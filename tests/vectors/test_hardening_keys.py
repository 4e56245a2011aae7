"""Public keys that published vectors try: other spellings, points of small order, other curves, private parts."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ValidationError

from keys import KeyRecordError, KeysError
from keys.hpke import ReceiveKey
from keys.jws import SigningKey, VerifyKey
from keys.sealing import EcReceiveKey, held_key
from keys.suites import AkpKey, EcKey, check_ec_key, check_receive_key
from schemas.records import OkpKey
from schemas.strict import decode_base64url, encode_base64url

P = 2**255 - 19
SIGNING = SigningKey.from_seed(bytes(32)).public
CURVE = EcReceiveKey.from_seed(bytes(range(32))).public
HYBRID = ReceiveKey.from_seed(bytes(32)).public
MODULUS = 3329
"""ML-KEM's: a coefficient is 12 bits, and smaller than this (FIPS 203, 7.2)."""
TOP = 1 << 255
EIGHT = [
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
]
SMALL = [0, 1, P - 1, *EIGHT]
"""The u of the points of small order, and of their twins on the twist."""


def okp(value: int) -> OkpKey:
    return OkpKey(kty="OKP", crv="Ed25519", x=encode_base64url(value.to_bytes(32, "little")))


def curve(value: int) -> EcKey:
    return EcKey(x=encode_base64url(value.to_bytes(32, "little")))


def hybrid(value: int) -> AkpKey:
    return AkpKey(pub=encode_base64url(decode_base64url(HYBRID.pub)[:1184] + value.to_bytes(32, "little")))


@pytest.mark.parametrize("sign", [0, TOP])
@pytest.mark.parametrize("y", range(P, 2**255))
def test_an_ed25519_key_has_one_spelling(y: int, sign: int) -> None:
    with pytest.raises(KeyRecordError, match="canonical"):
        VerifyKey.from_public(okp(y | sign))


@pytest.mark.parametrize("y", [1, P - 1])
def test_minus_zero_is_no_x(y: int) -> None:
    with pytest.raises(KeyRecordError):
        VerifyKey.from_public(okp(y | TOP))


@pytest.mark.parametrize("top", [0, TOP])
@pytest.mark.parametrize("value", SMALL)
def test_points_of_small_order_are_no_keys_to_seal_to(value: int, top: int) -> None:
    for spelling in (value, value + P):
        if spelling >= 2**255:
            continue
        with pytest.raises(KeyRecordError):
            check_ec_key(curve(spelling | top))
        with pytest.raises(KeyRecordError):
            check_receive_key(hybrid(spelling | top))


@pytest.mark.parametrize("value", [*range(P, 2**255), 9 | TOP])
def test_an_x25519_key_has_one_spelling(value: int) -> None:
    with pytest.raises(KeyRecordError, match="canonical"):
        check_ec_key(curve(value))


def with_coefficient(at: int, value: int) -> AkpKey:
    """The hybrid key with one of the 768 coefficients of its ML-KEM half replaced."""
    data = bytearray(decode_base64url(HYBRID.pub))
    place = at // 2 * 3
    packed = int.from_bytes(data[place : place + 3], "little")
    shift = 12 * (at % 2)
    packed = packed & ~(0xFFF << shift) | value << shift
    data[place : place + 3] = packed.to_bytes(3, "little")
    return AkpKey(pub=encode_base64url(bytes(data)))


@pytest.mark.parametrize("value", [MODULUS, MODULUS + 1, 0xFFF])
def test_a_coefficient_of_ml_kem_is_reduced(value: int) -> None:
    for at in [*range(0, 768, 7), 767]:
        with pytest.raises(KeyRecordError, match="ML-KEM"):
            check_receive_key(with_coefficient(at, value))
    assert check_receive_key(with_coefficient(5, MODULUS - 1))


def changed(key: BaseModel, name: str, **members: object) -> tuple[type[BaseModel], str, dict[str, object]]:
    return type(key), name, {**key.model_dump(), **members}


BAD = [
    changed(SIGNING, "a private part", d=SIGNING.x),
    changed(SIGNING, "another curve", crv="Ed448"),
    changed(SIGNING, "the curve of the other use", crv="X25519"),
    changed(SIGNING, "another type", kty="EC"),
    changed(SIGNING, "a second coordinate", y=SIGNING.x),
    changed(SIGNING, "an alg", alg="Ed25519"),
    changed(SIGNING, "a use", use="enc"),
    changed(SIGNING, "operations", key_ops=["sign"]),
    changed(SIGNING, "a symmetric part", k="AAAA"),
    changed(SIGNING, "short", x=SIGNING.x[:-1]),
    changed(SIGNING, "long", x=SIGNING.x + "A"),
    changed(SIGNING, "padded", x=SIGNING.x + "="),
    changed(SIGNING, "a break behind", x=SIGNING.x + "\n"),
    changed(SIGNING, "a break inside", x=SIGNING.x[:-1] + "\n"),
    changed(SIGNING, "no text", x=7),
    changed(SIGNING, "nothing", x=None),
    changed(SIGNING, "hexadecimal", x="00" * 32),
    changed(CURVE, "a private part", d=CURVE.x),
    changed(CURVE, "another curve", crv="X448"),
    changed(CURVE, "the curve of the other use", crv="Ed25519"),
    changed(CURVE, "a curve of NIST", crv="P-256"),
    changed(CURVE, "direct agreement", alg="ECDH-ES"),
    changed(CURVE, "a shorter wrap", alg="ECDH-ES+A128KW"),
    changed(CURVE, "short", x=CURVE.x[:-1]),
    changed(CURVE, "padded", x=CURVE.x + "="),
    changed(HYBRID, "a private part", priv=SIGNING.x),
    changed(HYBRID, "another algorithm", alg="HPKE-4-KE"),
    changed(HYBRID, "another type", kty="OKP"),
    changed(HYBRID, "half", pub=HYBRID.pub[: 1184 * 4 // 3]),
    changed(HYBRID, "short", pub=HYBRID.pub[:-1]),
    changed(HYBRID, "padded", pub=HYBRID.pub + "=="),
]


@pytest.mark.parametrize(("kind", "name", "members"), BAD, ids=[f"{kind.__name__} {name}" for kind, name, _ in BAD])
def test_what_is_no_public_key_of_ours_is_refused(kind: type[BaseModel], name: str, members: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(members)
    assert SIGNING.x not in str(caught.value), name


def test_bits_that_say_nothing_are_zero() -> None:
    """The last character of 32 or 1216 bytes has two or four bits too many."""
    keys = [SIGNING.model_copy(update={"x": SIGNING.x[:-1] + chr(ord(SIGNING.x[-1]) + 1)})]
    for key in keys:
        with pytest.raises(KeyRecordError, match="base64url"):
            VerifyKey.from_public(key)
    with pytest.raises(KeyRecordError, match="base64url"):
        check_ec_key(CURVE.model_copy(update={"x": CURVE.x[:-1] + chr(ord(CURVE.x[-1]) + 1)}))
    with pytest.raises(KeyRecordError, match="base64url"):
        check_receive_key(AkpKey(pub=HYBRID.pub[:-1] + chr(ord(HYBRID.pub[-1]) + 1)))


@pytest.mark.parametrize("length", [0, 1, 16, 31, 33, 34, 56, 64])
def test_seeds_have_one_length(length: int) -> None:
    for make in (SigningKey.from_seed, ReceiveKey.from_seed, EcReceiveKey.from_seed):
        with pytest.raises(KeysError):
            make(bytes(length))
    with pytest.raises(KeysError):
        held_key(bytes(length))
