"""Names of keys and which public keys are acceptable."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from keys import KeyRecordError
from keys.hpke import ReceiveKey
from keys.jws import SigningKey, VerifyKey
from keys.suites import AkpKey, check_receive_key, check_signing_key, thumbprint
from schemas.records import OkpKey
from schemas.strict import decode_base64url, encode_base64url

P = 2**255 - 19
# The y of the points of order 8; the others of small order are 0 (order 4), 1 (order 1) and -1 (order 2).
ORDER_EIGHT = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)


def okp(data: bytes) -> OkpKey:
    return OkpKey(kty="OKP", crv="Ed25519", x=encode_base64url(data))


def of_y(y: int, sign: int = 0) -> OkpKey:
    return okp((y | sign << 255).to_bytes(32, "little"))


def test_thumbprint_of_rfc_8037() -> None:
    key = OkpKey(kty="OKP", crv="Ed25519", x="11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    assert thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("y", [0, 1, P - 1, ORDER_EIGHT, P - ORDER_EIGHT])
def test_points_of_small_order_are_refused(y: int, sign: int) -> None:
    with pytest.raises(KeyRecordError, match="small order") as caught:
        check_signing_key(of_y(y, sign))
    assert caught.value.code == "sleutel_ongeschikt"


@pytest.mark.parametrize("y", [P, P + 1, P + 3, 2**255 - 1])
def test_encodings_that_are_not_canonical_are_refused(y: int) -> None:
    with pytest.raises(KeyRecordError, match="canonical"):
        check_signing_key(of_y(y))


def test_what_is_no_point_is_refused() -> None:
    off_the_curve = [y for y in range(2, 40) if "not a point" in refusal(of_y(y))]
    assert len(off_the_curve) == 13
    assert all(refusal(of_y(y)) == "" for y in range(2, 40) if y not in off_the_curve)


def refusal(key: OkpKey) -> str:
    """Why a key is refused; nothing if it is not."""
    try:
        check_signing_key(key)
    except KeyRecordError as error:
        return str(error)
    return ""


def test_a_key_in_other_base64_is_refused() -> None:
    x = SigningKey.generate().public.x
    last = "AEIMQUYcgkosw048"  # what 32 bytes can end in
    sloppy = x[:-1] + chr(ord(x[-1]) + 1)
    assert x[-1] in last
    with pytest.raises(KeyRecordError, match="base64url"):
        check_signing_key(OkpKey(kty="OKP", crv="Ed25519", x=sloppy))


def test_made_keys_are_accepted() -> None:
    for _ in range(20):
        key = SigningKey.generate()
        assert VerifyKey.from_public(key.public).kid == key.kid
        assert check_receive_key(ReceiveKey.generate().public)


def test_a_receive_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValidationError):
        AkpKey(pub="A" * 100)


def test_a_receive_key_whose_halves_are_unfit_is_refused() -> None:
    good = decode_base64url(ReceiveKey.generate().public.pub)
    unreduced = AkpKey(pub=encode_base64url(b"\xff" * 1184 + good[1184:]))
    with pytest.raises(KeyRecordError, match="ML-KEM"):
        check_receive_key(unreduced)
