"""Broken public keys: those that nobody may verify with or seal to (RFC 8032, RFC 7748, FIPS 203)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.strict import encode_base64url
from tests.testkit import house
from tests.testkit.case import Case, Row, changes, drop, put, written
from tests.testkit.house import key, public

UNFIT = "sleutel_ongeschikt"
_P = 2**255 - 19


def _point(value: int) -> str:
    return encode_base64url(value.to_bytes(32, "little"))


def public_keys() -> Iterator[Case]:
    """Keys in JOSE form that nobody may verify with (``sign``) or seal to (``seal``)."""
    given = {"for": "sign"}
    valid = Case("public-key", "valid-ed25519", "An Ed25519 key", written(public("log")), given=given)
    yield valid
    for name, what, x in (
        ("ed25519-zero", "The point with y = 0, of order 4", _point(0)),
        ("ed25519-one", "The neutral element", _point(1)),
        ("ed25519-minus-one", "The point of order 2", _point(_P - 1)),
        ("ed25519-order-8", "A point of order 8", encode_base64url(bytes.fromhex(_ORDER_8))),
        ("ed25519-not-reduced", "y = p + 3: another spelling of y = 3", _point(_P + 3)),
        ("ed25519-no-point", "A y that is on no point", _point(2)),
        ("ed25519-stray-bits", "Stray bits behind the last byte", "A" * 42 + "B"),
    ):
        yield Case("public-key", name, what, written(public("log") | {"x": x}), UNFIT, base=valid.name, given=given)
    seal = {"for": "seal"}
    curve = {"kty": "OKP", "crv": "X25519", "alg": "ECDH-ES+A256KW", "x": house.drawn("x25519", 31) + "A"}
    curve["x"] = encode_base64url(key("x25519").seed[:31] + b"\x10")
    good = Case("public-key", "valid-x25519", "An X25519 key", written(curve), given=seal)
    yield good
    changed: list[Row] = [
        ("x25519-zero", "Zero: of small order", put("x", _point(0)), UNFIT, None),
        ("x25519-one", "One: of small order", put("x", _point(1)), UNFIT, None),
        ("x25519-order-8", "A point of order 8", put("x", encode_base64url(bytes.fromhex(_MONTGOMERY_8))), UNFIT, None),
        ("x25519-not-reduced", "p + 9: another spelling of 9", put("x", _point(_P + 9)), UNFIT, None),
        ("x25519-high-bit", "The high bit is set: another spelling", put("x", _point(2**255 + 9)), UNFIT, None),
        ("x25519-short", "31 bytes", put("x", house.drawn("x", 31)), UNFIT, None),
        ("x25519-alg", "Another algorithm", put("alg", "ECDH-ES"), UNFIT, None),
        ("x25519-alg-missing", "No algorithm", drop("alg"), UNFIT, None),
        ("x25519-curve", "A signing key", put("crv", "Ed25519"), UNFIT, None),
        ("x25519-private", "The private half stands there too", put("d", "AA"), UNFIT, None),
        ("x25519-use", "A member that is not agreed", put("use", "enc"), UNFIT, None),
        ("key-ec", "A key of another type", lambda _: {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, UNFIT, None),
        ("key-secret", "A shared secret", lambda _: {"kty": "oct", "k": "AA"}, UNFIT, None),
        ("akp-short", "A hybrid key of ML-KEM alone", lambda _: _akp(1184), UNFIT, None),
        ("akp-modulus", "A hybrid key with coefficients above the modulus", lambda _: _akp(1216), UNFIT, None),
        ("akp-curve", "A hybrid key whose X25519 half is zero", lambda _: _akp(1216, b"\0"), UNFIT, None),
    ]
    yield from changes(good, curve, changed)


_ORDER_8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
_MONTGOMERY_8 = "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"


def _akp(length: int, fill: bytes = b"\xff") -> dict[str, str]:
    return {"kty": "AKP", "alg": "HPKE-10-KE", "pub": encode_base64url(fill * length)}
