"""The lowest layer: strict JSON, base64url, compact JWS."""

from __future__ import annotations

import json

from keys import SignatureFailedError, jws
from keys.jws import SigningKey
from schemas import canonical, strict
from schemas.manifest import MANIFEST_TYP
from schemas.strict import StrictError
from tests.fuzzing.oracle import FindingError, Target, kit, same, text_of

KEY = SigningKey.from_seed(b"\x07" * 32)
PAYLOADS = (b'{"profile":"keten-1"}', b"", b"\xff\x00")
SIGNED = {jws.sign(payload, KEY, MANIFEST_TYP): payload for payload in PAYLOADS}


def _strict(data: bytes) -> bool:
    try:
        value = strict.parse(data)
    except StrictError:
        return False
    same(value, json.loads(data), "another value than the standard library reads")
    again = canonical.encode(value)
    same(strict.parse(again, 8 * strict.MESSAGE_LIMIT), value, "the canonical form has another value")
    same(canonical.encode(strict.parse(again, 8 * strict.MESSAGE_LIMIT)), again, "the canonical form is not its own")
    return True


def _base64url(data: bytes) -> bool:
    text = text_of(data)
    try:
        decoded = strict.decode_base64url(text)
    except StrictError:
        return False
    same(strict.encode_base64url(decoded), text, "other base64url than came in")
    return True


def _jws(data: bytes) -> bool:
    text = text_of(data)
    try:
        parsed = jws.parse(text, MANIFEST_TYP)
    except SignatureFailedError:
        return False
    same(strict.encode_base64url(parsed.payload), text.split(".")[1], "another payload than came in")
    same(parsed.text, text, "another text than came in")
    try:
        payload = jws.verify(parsed, KEY.verify_key)
    except SignatureFailedError:
        return True
    if SIGNED.get(text) != payload:
        raise FindingError("a signature holds over what was never signed")
    return True


def _signed() -> tuple[bytes, ...]:
    return (*(text.encode() for text in SIGNED), *kit("jws")())


TARGETS = (
    Target("strict-json", _strict, kit("strict", "envelope")),
    Target("base64url", _base64url, kit("base64url")),
    Target("jws", _jws, _signed),
)
