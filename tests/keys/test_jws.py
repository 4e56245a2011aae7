"""Compact JWS: what is signed verifies, and nothing else does."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from keys import KeysError, SignatureFailedError
from keys.jws import SigningKey, parse, sign, verify
from schemas.strict import encode_base64url

TYP = "keten-manifest+jws"
KEY = SigningKey.from_seed(b"\x07" * 32)
OTHER = SigningKey.from_seed(b"\x08" * 32)
TEXT = sign(b'{"a":1}', KEY, TYP)


def signed_with(header: str, payload: bytes = b"{}", key: SigningKey = KEY) -> str:
    """A JWS with a valid signature under any header text."""
    text = f"{encode_base64url(header.encode())}.{encode_base64url(payload)}"
    return f"{text}.{encode_base64url(key.sign_bytes(text.encode()))}"


def header(**members: object) -> str:
    return json.dumps({"alg": "Ed25519", "kid": KEY.kid, "typ": TYP, **members})


@given(st.binary(max_size=300))
def test_what_is_signed_verifies(payload: bytes) -> None:
    text = sign(payload, KEY, TYP)
    parsed = parse(text, TYP)
    assert parsed.kid == KEY.kid
    assert verify(parsed, KEY.verify_key) == payload == parsed.payload
    assert sign(payload, KEY, TYP) == text


def test_the_header_is_exactly_alg_kid_typ() -> None:
    head = base64.urlsafe_b64decode(TEXT.split(".")[0] + "==")
    assert json.loads(head) == {"alg": "Ed25519", "kid": KEY.kid, "typ": TYP}
    assert verify(parse(signed_with(header()), TYP), KEY.verify_key) == b"{}"


def test_another_implementation_reads_it() -> None:
    token = JWS()
    token.deserialize(TEXT, JWK(**KEY.public.model_dump()), alg="Ed25519")
    assert token.payload == b'{"a":1}'


@pytest.mark.parametrize(
    "head",
    [
        header(alg="EdDSA"),
        header(alg="none"),
        header(alg=None),
        header(alg="HS256"),
        header(typ="keten-receipt+jws"),
        header(typ=TYP.upper()),
        header(crit=["b64"], b64=False),
        header(jwk=KEY.public.model_dump()),
        header(cty="json"),
        header(kid=OTHER.kid + "A"),
        header(kid=7),
        json.dumps({"alg": "Ed25519", "kid": KEY.kid}),
        header().replace('"kid"', '"alg":"Ed25519","kid"'),
        "[]",
        "",
        header() + " " * 256,
    ],
)
def test_other_headers_are_refused_though_validly_signed(head: str) -> None:
    with pytest.raises(SignatureFailedError):
        parse(signed_with(head), TYP)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        TEXT + ".",
        TEXT + "=",
        TEXT[:-1],
        TEXT[:-3],
        TEXT.replace(".", ". ", 1),
        "é" + TEXT,
        TEXT.rsplit(".", 1)[0] + ".",
        TEXT.rsplit(".", 1)[0] + "." + encode_base64url(bytes(65)),
        TEXT[:-1] + chr(ord(TEXT[-1]) + 1),
    ],
)
def test_malformed_text_is_refused(text: str) -> None:
    with pytest.raises(SignatureFailedError):
        parse(text, TYP)


def test_the_limit_holds() -> None:
    assert parse(TEXT, TYP, len(TEXT)).text == TEXT
    with pytest.raises(SignatureFailedError, match="more than"):
        parse(TEXT, TYP, len(TEXT) - 1)


def test_another_key_does_not_verify() -> None:
    with pytest.raises(SignatureFailedError, match="another key"):
        verify(parse(TEXT, TYP), OTHER.verify_key)
    forged = signed_with(header(), key=OTHER)
    with pytest.raises(SignatureFailedError, match="not of the key"):
        verify(parse(forged, TYP), KEY.verify_key)


@given(st.integers(0, len(TEXT) - 1), st.sampled_from("ABab01_-"))
def test_no_changed_character_verifies(at: int, character: str) -> None:
    changed = TEXT[:at] + character + TEXT[at + 1 :]
    if changed != TEXT:
        with pytest.raises(SignatureFailedError):
            verify(parse(changed, TYP), KEY.verify_key)


def test_secrets_do_not_show() -> None:
    shown = repr(KEY)
    assert KEY.kid in shown
    assert "seed" not in shown
    assert encode_base64url(KEY.seed) not in shown
    assert repr(KEY.seed) not in shown


def test_a_seed_has_32_bytes() -> None:
    with pytest.raises(KeysError):
        SigningKey.from_seed(b"short")
    assert SigningKey.from_seed(KEY.seed) == KEY != OTHER
