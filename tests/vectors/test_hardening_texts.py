"""Faults that published JSON and JWS vectors try, over texts that are ours and whole but for that one fault."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import SignatureFailedError
from keys.jws import SigningKey, parse, sign, verify
from schemas.strict import StrictError, encode_base64url
from schemas.strict import parse as parse_json

TYP = "keten-manifest+jws"
KEY = SigningKey.from_seed(b"\x05" * 32)
TEXT = sign(b'{"a":1}', KEY, TYP)
HEADER, PAYLOAD, SIGNATURE = TEXT.split(".")
HEAD = json.loads(base64.urlsafe_b64decode(HEADER + "=="))
ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of Ed25519's group: S and S + ORDER satisfy the same equation."""


def signed(header: str, payload: str = PAYLOAD) -> str:
    """Parts as they are, with a valid signature."""
    return f"{header}.{payload}.{encode_base64url(KEY.sign_bytes(f'{header}.{payload}'.encode()))}"


def headed(**members: object) -> str:
    return signed(encode_base64url(json.dumps({**HEAD, **members}).encode()))


def mac(secret: bytes) -> str:
    """HS256 under what everybody knows: the public key."""
    header = encode_base64url(json.dumps({**HEAD, "alg": "HS256"}).encode())
    tag = hmac.digest(secret, f"{header}.{PAYLOAD}".encode(), hashlib.sha256)
    return f"{header}.{PAYLOAD}.{encode_base64url(tag)}"


PUBLIC = KEY.verify_key.public
FAULTS: dict[str, str] = {
    "alg none": headed(alg="none").rsplit(".", 1)[0] + ".",
    "mac with the key's bytes": mac(base64.urlsafe_b64decode(PUBLIC.x + "=")),
    "mac with the key's text": mac(PUBLIC.x.encode()),
    "mac with the key's JWK": mac(PUBLIC.model_dump_json().encode()),
    "two algs, the right one last": signed(encode_base64url(b'{"alg":"none",' + json.dumps(HEAD).encode()[1:])),
    "two algs, the right one first": signed(encode_base64url(json.dumps(HEAD).encode()[:-1] + b',"alg":"none"}')),
    "two kids, one escaped": signed(encode_base64url(json.dumps(HEAD).encode()[:-1] + b',"k\\u0069d":"x"}')),
    "crit": headed(crit=["exp"], exp=1),
    "empty crit": headed(crit=[]),
    "b64 without crit": headed(b64=False),
    "b64 of true": headed(b64=True, crit=["b64"]),
    "payload not encoded": signed(encode_base64url(json.dumps({**HEAD, "b64": False, "crit": ["b64"]}).encode()), "{}"),
    "key in the header": headed(jwk=PUBLIC.model_dump()),
    "key by URL": headed(jku="https://keys.example/"),
    "certificate by URL": headed(x5u="https://keys.example/"),
    "certificate in the header": headed(x5c=["AAAA"]),
    "zip": headed(zip="DEF"),
    "enc": headed(enc="A256GCM"),
    "kid as a path": headed(kid="../../dev/null"),
    "kid null": headed(kid=None),
    "kid a list": headed(kid=[HEAD["kid"]]),
    "alg a list": headed(alg=["Ed25519"]),
    "alg with a space": headed(alg="Ed25519 "),
    "alg a look-alike": headed(alg="\u0415d25519"),
    "typ with a prefix": headed(typ=f"application/{TYP}"),
    "header with a mark": signed(encode_base64url(b"\xef\xbb\xbf" + json.dumps(HEAD).encode())),
    "header in UTF-16": signed(encode_base64url(json.dumps(HEAD).encode("utf-16"))),
    "header a list": signed(encode_base64url(json.dumps([HEAD]).encode())),
    "header a text": signed(encode_base64url(json.dumps("x").encode())),
    "header with a tail": signed(encode_base64url(json.dumps(HEAD).encode() + b"{}")),
    "header too long": signed(encode_base64url(b" " * 300 + json.dumps(HEAD).encode())),
    "padded header": signed(HEADER + "="),
    "padded payload": signed(HEADER, PAYLOAD + "="),
    "payload in another spelling": signed(HEADER, PAYLOAD[:-1] + chr(ord(PAYLOAD[-1]) + 1)),
    "standard base64": signed(HEADER, base64.b64encode(b"\xfb\xff\xfe").decode()),
    "line break in the payload": signed(HEADER, PAYLOAD[:4] + "\n" + PAYLOAD[4:]),
    "space in the payload": signed(HEADER, PAYLOAD[:4] + " " + PAYLOAD[4:]),
    "a stranger in the payload": signed(HEADER, PAYLOAD[:4] + "?" + PAYLOAD[4:]),
    "no signature": f"{HEADER}.{PAYLOAD}.",
    "two parts": f"{HEADER}.{PAYLOAD}",
    "four parts": f"{TEXT}.{SIGNATURE}",
    "five parts": f"{TEXT}.{SIGNATURE}.{SIGNATURE}",
    "detached": f"{HEADER}..{SIGNATURE}",
    "no header": f".{PAYLOAD}.{SIGNATURE}",
    "unencoded": f"{json.dumps(HEAD)}.{PAYLOAD}.{SIGNATURE}",
    "a break behind": TEXT + "\n",
    "a space before": " " + TEXT,
    "a mark before": "\ufeff" + TEXT,
    "a NUL behind": TEXT + "\x00",
    "a padded signature": TEXT + "==",
    "a signature in another spelling": TEXT[:-1] + chr(ord(TEXT[-1]) + 1),
    "a longer signature": f"{HEADER}.{PAYLOAD}.{encode_base64url(base64.urlsafe_b64decode(SIGNATURE + '==') + b'0')}",
    "a hexadecimal signature": f"{HEADER}.{PAYLOAD}.{base64.urlsafe_b64decode(SIGNATURE + '==').hex()}",
    "flattened JSON": json.dumps({"protected": HEADER, "payload": PAYLOAD, "signature": SIGNATURE}),
    "general JSON": json.dumps({"payload": PAYLOAD, "signatures": [{"protected": HEADER, "signature": SIGNATURE}]}),
    "JSON with dots": json.dumps({"payload": f"..{PAYLOAD}"}),
    "nothing": "",
    "dots": "..",
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_text_with_one_fault_is_refused(name: str) -> None:
    assert FAULTS[name] != TEXT
    with pytest.raises(SignatureFailedError):
        verify(parse(FAULTS[name], TYP), KEY.verify_key)


def test_the_text_without_a_fault_verifies() -> None:
    """Also in another spelling of the header, which is what was signed."""
    assert verify(parse(TEXT, TYP), KEY.verify_key) == b'{"a":1}'
    assert verify(parse(headed(), TYP), KEY.verify_key) == b'{"a":1}'


def test_a_signature_has_one_form() -> None:
    """By both ways to verify: S below the order of the group, and both halves as they are."""
    raw = base64.urlsafe_b64decode(SIGNATURE + "==")
    first, second = raw[:32], int.from_bytes(raw[32:], "little")
    data = f"{HEADER}.{PAYLOAD}".encode()
    KEY.verify_key.verify_bytes(raw, data)
    times = range(1, 16)
    spoiled = [
        first + (second + time * ORDER).to_bytes(32, "little") for time in times if second + time * ORDER < 2**256
    ]
    spoiled += [raw[:-1] + bytes([raw[-1] | bit]) for bit in (0x20, 0x40, 0x80)]
    spoiled += [raw[:31] + bytes([raw[31] ^ 0x80]) + raw[32:], raw[32:] + raw[:32], bytes(64), first + bytes(32)]
    assert len(spoiled) > 15
    for one in spoiled:
        with pytest.raises(SignatureFailedError):
            KEY.verify_key.verify_bytes(one, data)
        with pytest.raises(SignatureFailedError):
            verify(parse(f"{HEADER}.{PAYLOAD}.{encode_base64url(one)}", TYP), KEY.verify_key)


@pytest.mark.parametrize("length", [*range(64), 65, 66, 96, 128])
def test_a_signature_has_one_length(length: int) -> None:
    raw = (base64.urlsafe_b64decode(SIGNATURE + "==") * 2)[:length]
    with pytest.raises(SignatureFailedError):
        KEY.verify_key.verify_bytes(raw, f"{HEADER}.{PAYLOAD}".encode())
    with pytest.raises(SignatureFailedError):
        parse(f"{HEADER}.{PAYLOAD}.{encode_base64url(raw)}", TYP)


# Each of these passes some JSON reader, the standard library's among them for a few.
NO_JSON = {
    "sign in an escape": b'"\\u00+1"',
    "space in an escape": b'"\\u 041"',
    "underscore in an escape": b'"\\u0_41"',
    "capital escape": b'"\\U00000041"',
    "hexadecimal escape": b'"\\x41"',
    "other digits": '"a":\u0661'.encode(),
    "a digit of others": "[\u0661]".encode(),
    "a wide digit": "[\uff11]".encode(),
    "a vertical tab": b"[\x0b1]",
    "a form feed": b"[1\x0c]",
    "a hard space before": "\u00a0[1]".encode(),
    "a hard space behind": "[1]\u00a0".encode(),
    "a line separator": "[1,\u2028 2]".encode(),
    "a NUL behind": b"[1]\x00",
    "a NUL before": b"\x00[1]",
    "a mark": b"\xef\xbb\xbf[1]",
    "UTF-16": "[1]".encode("utf-16"),
    "UTF-16 without a mark": "[1]".encode("utf-16-le"),
    "UTF-32": "[1]".encode("utf-32-be"),
    "CESU-8": b'"\xed\xa0\xbd\xed\xb8\x80"',
    "overlong": b'"\xc0\xaf"',
    "above Unicode": b'"\xf4\x90\x80\x80"',
    "underscore in a number": b"[1_000]",
    "hexadecimal": b"[0x1]",
    "octal": b"[0o1]",
    "a leading zero": b"[01]",
    "a leading plus": b"[+1]",
    "a lone minus": b"[-]",
    "minus zero": b"[-0]",
    "a point": b"[1.0]",
    "an exponent": b"[1e0]",
    "minus infinity": b"[-Infinity]",
    "True": b"[True]",
    "nul": b"[nul]",
    "undefined": b"[undefined]",
    "apostrophes": b"['a']",
    "a name without quotes": b"{a:1}",
    "a comma at the end": b'{"a":1,}',
    "a comment": b'{"a":1/**/}',
    "a control character": b'["\x1f"]',
    "a tab in a text": b'["\t"]',
    "2^53": b"[9007199254740992]",
    "one above 2^64": b"[18446744073709551617]",
    "half a pair": b'["\\ud83d"]',
    "a pair turned": b'["\\ude00\\ud83d"]',
    "half a pair as a name": b'{"\\udc00":1}',
    "a letter and its accent": '["e\u0301"]'.encode(),
    "an angstrom sign": '["\u212b"]'.encode(),
    "names that meet": b'{"a":1,"\\u0061":1}',
    "names that meet deep down": b'[[{"x":{"a":1,"a":1}}]]',
}


@pytest.mark.parametrize("name", NO_JSON)
def test_what_some_readers_take_is_refused(name: str) -> None:
    with pytest.raises(StrictError):
        parse_json(NO_JSON[name])


BIG: dict[str, Callable[[], bytes]] = {
    "lists": lambda: b"[" * 1_000_000,
    "objects": lambda: b'{"a":' * 400_000,
    "mixed": lambda: b'[{"a":' * 300_000,
    "closed lists": lambda: b"[" * 500 + b"]" * 500,
    "a million digits": lambda: b"1" * 1_000_000,
    "minus and a million digits": lambda: b"-" + b"1" * 1_000_000,
    "a million decimals": lambda: b"0." + b"1" * 1_000_000,
    "one name a hundred thousand times": lambda: b"{" + b",".join([b'"a":1'] * 100_000) + b"}",
    "a hundred thousand names": lambda: json.dumps({str(n): n for n in range(100_000)}).encode(),
    "empty lists": lambda: b"[" + b"[]," * 600_000 + b"[]]",
    "white space": lambda: b" " * 2_100_000,
}


@pytest.mark.parametrize("name", BIG)
def test_what_is_too_big_is_refused(name: str) -> None:
    with pytest.raises(StrictError):
        parse_json(BIG[name]())


@given(st.binary(min_size=1, max_size=40), st.integers(0, 60))
def test_what_reads_as_base64url_is_its_own_spelling(data: bytes, at: int) -> None:
    text = encode_base64url(data)
    for stranger in "=+/ \n\u00e9\x00?":
        with pytest.raises(SignatureFailedError):
            parse(f"{HEADER}.{text[:at]}{stranger}{text[at:]}.{SIGNATURE}", TYP)
