"""Broken signatures: the compact JWS of a manifest, and the inner JWS of an answer under a ceiling."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from keys import jws
from keys.jws import SigningKey
from keys.sealing import EcReceiveKey
from schemas import canonical
from schemas.strict import decode_base64url, encode_base64url
from tests.testkit import house
from tests.testkit.case import Case, Row, changes, drop, more, put, times, written
from tests.testkit.messages import GROUND, ITEM, a_message

MANIFEST_TYP = "keten-manifest+jws"
INNER_TYP = "keten-inner+jws"
_ORDER = 2**252 + 27742317777372353535851937790883648493
FORM, WRONG = "handtekening_vorm", "handtekening_fout"


def forged(header: str, payload: bytes, signer: SigningKey) -> str:
    """A compact JWS with any header, truly signed."""
    head = f"{encode_base64url(header.encode())}.{encode_base64url(payload)}"
    return f"{head}.{encode_base64url(signer.sign_bytes(head.encode()))}"


def headed(**members: Any) -> str:
    """The header of the municipality's key, with members otherwise; None leaves one out."""
    whole = {"alg": "Ed25519", "kid": str(house.key(house.MELDER).kid), "typ": MANIFEST_TYP} | members
    return written({name: value for name, value in whole.items() if value is not None})


def _parts(text: str) -> list[str]:
    return text.split(".")


def _with(text: str, index: int, change: Callable[[str], str]) -> str:
    parts = _parts(text)
    parts[index] = change(parts[index])
    return ".".join(parts)


def _flipped(part: str) -> str:
    data = bytearray(decode_base64url(part))
    data[0] ^= 1
    return encode_base64url(bytes(data))


def _above_the_order(part: str) -> str:
    """The same signature with S + L: some libraries take it, RFC 8032 (5.1.7) does not."""
    data = decode_base64url(part)
    high = int.from_bytes(data[32:], "little") + _ORDER
    return encode_base64url(data[:32] + high.to_bytes(32, "little"))


def compact() -> Iterator[Case]:
    """The JWS of a manifest: ``given`` has the only key that may have signed it."""
    signer, payload = house.key(house.MELDER), canonical.encode(a_message("geinformeerd"))
    text = jws.sign(payload, signer, MANIFEST_TYP)
    given = {"typ": MANIFEST_TYP, "key": house.public(house.MELDER)}
    valid = Case("jws", "valid-manifest", "A manifest signed by the municipality", text, given=given)
    yield valid
    rows: list[tuple[str, str, str, str]] = [
        ("empty", "No text", "", FORM),
        ("two-parts", "The signature is missing", ".".join(_parts(text)[:2]), FORM),
        ("four-parts", "A fourth part", f"{text}.e30", FORM),
        ("five-parts", "The form of a JWE", f"{text}.e30.e30", FORM),
        ("json-form", "A JWS in JSON", written({"payload": _parts(text)[1], "signatures": []}), FORM),
        ("space-behind", "A space behind it", f"{text} ", FORM),
        ("line-break-behind", "A line break behind it", f"{text}\n", FORM),
        ("header-padding", "The header with padding", _with(text, 0, lambda part: f"{part}="), FORM),
        ("payload-padding", "The payload with padding", _with(text, 1, lambda part: f"{part}=="), FORM),
        ("signature-padding", "The signature with padding", _with(text, 2, lambda part: f"{part}=="), FORM),
        ("signature-stray-bits", "Stray bits behind the signature", _with(text, 2, _stray), FORM),
        ("signature-empty", "An empty signature", _with(text, 2, lambda _: ""), FORM),
        ("signature-short", "A signature of 63 bytes", _with(text, 2, lambda p: _cut(p, 63)), FORM),
        ("signature-long", "A signature of 65 bytes", _with(text, 2, lambda p: _cut(p, 64, b"\0")), FORM),
        ("header-no-json", "A header that is no JSON", forged("alg", payload, signer), FORM),
        ("header-list", "A header that is a list", forged("[]", payload, signer), FORM),
        ("header-long", "A header above 256 bytes", forged(headed() + " " * 200, payload, signer), FORM),
        (
            "header-alg-twice",
            "alg twice in the header",
            forged(headed()[:-1] + ',"alg":"none"}', payload, signer),
            FORM,
        ),
        ("alg-missing", "alg is missing", forged(headed(alg=None), payload, signer), FORM),
        ("alg-none", "alg none, truly signed", forged(headed(alg="none"), payload, signer), FORM),
        (
            "alg-eddsa",
            "alg EdDSA, the name that does not say the curve",
            forged(headed(alg="EdDSA"), payload, signer),
            FORM,
        ),
        ("alg-hs256", "alg HS256: a secret where a key is public", forged(headed(alg="HS256"), payload, signer), FORM),
        ("alg-case", "alg in small letters", forged(headed(alg="ed25519"), payload, signer), FORM),
        ("alg-list", "alg in a list", forged(headed(alg=["Ed25519"]), payload, signer), FORM),
        ("kid-missing", "kid is missing", forged(headed(kid=None), payload, signer), FORM),
        ("kid-number", "kid is a number", forged(headed(kid=7), payload, signer), FORM),
        ("kid-short", "kid is no thumbprint", forged(headed(kid="melder"), payload, signer), FORM),
        ("typ-missing", "typ is missing", forged(headed(typ=None), payload, signer), FORM),
        ("typ-other", "typ of an inner JWS", forged(headed(typ=INNER_TYP), payload, signer), FORM),
        ("typ-record", "typ of a record", forged(headed(typ="keten-record+jws"), payload, signer), FORM),
        (
            "typ-media",
            "typ as a whole media type",
            forged(headed(typ=f"application/{MANIFEST_TYP}"), payload, signer),
            FORM,
        ),
        ("crit", "A critical extension", forged(headed(crit=["b64"]), payload, signer), FORM),
        ("b64", "An unencoded payload (RFC 7797)", forged(headed(b64=False), payload, signer), FORM),
        ("jwk", "The key itself in the header", forged(headed(jwk={"kty": "OKP"}), payload, signer), FORM),
        ("jku", "A place to fetch the key from", forged(headed(jku="https://x.example/"), payload, signer), FORM),
        ("x5c", "A certificate in the header", forged(headed(x5c=["MA=="]), payload, signer), FORM),
        ("zip", "Compression", forged(headed(zip="DEF"), payload, signer), FORM),
        ("kid-other", "It names another key than signed", forged(headed(kid=_police()), payload, signer), WRONG),
        ("signer-other", "Signed by another key than it names", forged(headed(), payload, house.key("vreemde")), WRONG),
        ("payload-changed", "The payload was changed", _with(text, 1, _flipped), WRONG),
        ("header-changed", "The header was written anew", _with(text, 0, lambda _: _reordered()), WRONG),
        ("signature-changed", "A bit of the signature was changed", _with(text, 2, _flipped), WRONG),
        ("signature-zero", "A signature of zeroes", _with(text, 2, lambda _: encode_base64url(bytes(64))), WRONG),
        ("signature-malleable", "The same signature with S + L", _with(text, 2, _above_the_order), WRONG),
        ("signature-of-payload", "A signature over the payload alone", _bare(text, payload, signer), WRONG),
    ]
    for name, what, data, code in rows:
        yield Case("jws", name, what, data, code, base=valid.name, given=given)


def _police() -> str:
    return str(house.key(house.POLICE).kid)


def _reordered() -> str:
    members = json.loads(headed())
    return encode_base64url(written(dict(reversed(members.items()))).encode())


def _bare(text: str, payload: bytes, signer: SigningKey) -> str:
    return _with(text, 2, lambda _: encode_base64url(signer.sign_bytes(payload)))


def _cut(part: str, length: int, behind: bytes = b"") -> str:
    return encode_base64url(decode_base64url(part)[:length] + behind)


def _stray(part: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + alphabet[alphabet.index(part[-1]) + 1]


# -------------------------------------------------------------------------------------------------------------- inner


def _inner() -> dict[str, Any]:
    return {
        "salt": house.ref("zout"),
        "id": house.message_id("triageantwoord"),
        "reply_key": {"kty": "OKP", "crv": "X25519", "alg": "ECDH-ES+A256KW", "x": reply_key()},
        "outcome": "bekend",
        "items": [ITEM],
        "grounds": [GROUND],
        "necessity": {"code": "eerste_beeld_vormen", "commitment": house.digest("toelichting")},
    }


def reply_key() -> str:
    """The public X25519 key of a fixed scalar."""
    return EcReceiveKey.from_seed(house.key("antwoordsleutel").seed).public.x


def inner() -> Iterator[Case]:
    """What is sealed in an answer: signed by the answering address, and read as a manifest's items are."""
    given = {"typ": INNER_TYP, "key": house.public(house.POLICE)}

    def write(value: Any) -> str:
        return jws.sign(written(value).encode(), house.key(house.POLICE), INNER_TYP)

    valid = Case("inner", "valid-answer", "The inner JWS of an answer", write(_inner()), given=given)
    yield valid
    form = "manifest_vorm"
    rows: list[Row] = [
        ("salt-missing", "Without a salt the digest can be guessed", drop("salt"), form, "/salt"),
        ("salt-short", "A salt of 96 bits", put("salt", house.drawn("kort", 12)), form, "/salt"),
        ("id-missing", "It does not say of which answer it is", drop("id"), form, "/id"),
        ("id-v4", "The id is a UUIDv4", put("id", "4c9dfb1a-0b1d-4f0e-9a5b-3d8f2a6c7e10"), form, "/id"),
        ("reply-key-missing", "No key to seal findings to", drop("reply_key"), form, "/reply_key"),
        ("reply-key-private", "The private half stands there too", put("reply_key.d", "AA"), form, "/reply_key"),
        ("reply-key-type", "A key of a type that is not ours", put("reply_key.kty", "EC"), form, "/reply_key"),
        ("reply-key-short", "A key of 31 bytes", put("reply_key.x", house.drawn("k", 31)), form, "/reply_key/x"),
        ("reply-key-curve", "A signing key", put("reply_key.crv", "Ed25519"), form, "/reply_key/crv"),
        ("reply-key-zero", "A key of small order", put("reply_key.x", "A" * 43), "sleutel_ongeschikt", "/reply_key"),
        ("outcome-missing", "No outcome", drop("outcome"), form, "/outcome"),
        ("outcome-text", "An outcome that is a sentence", put("outcome", "Is bekend"), form, "/outcome"),
        ("items-missing", "No list of items", drop("items"), form, "/items"),
        ("items-61", "Sixty-one items", times("items", 61), form, "/items"),
        ("item-digest", "A digest that is none", put("items.0.fields.0.digest", "x"), form, "/items/0/fields/0/digest"),
        (
            "item-value",
            "The value stands beside its digest",
            put("items.0.fields.0.value", "x"),
            form,
            "/items/0/fields/0",
        ),
        ("item-level", "A level that is none", put("items.0.level", "X"), form, "/items/0/level"),
        ("grounds-nine", "Nine grounds", times("grounds", 9), form, "/grounds"),
        ("ground-task", "A ground without a task", drop("grounds.0.task"), form, "/grounds/0/task"),
        ("necessity-missing", "No necessity", drop("necessity"), form, "/necessity"),
        ("unknown", "A member that nobody knows", put("note", "x"), form, ""),
        ("fields-twice", "A list where a text belongs", more("items.0.fields", ["/a"]), form, "/items/0/fields/2"),
    ]
    yield from changes(valid, _inner(), rows, write)
    payload, signer = written(_inner()).encode(), house.key(house.POLICE)
    other = house.key(house.MELDER)
    for name, what, data, code in (
        ("typ", "Under the type of a manifest", jws.sign(payload, signer, MANIFEST_TYP), FORM),
        ("signer", "Signed by another party", jws.sign(payload, other, INNER_TYP), WRONG),
        (
            "member-twice",
            "A member twice",
            jws.sign(payload[:-1] + b',"outcome":"x"}', signer, INNER_TYP),
            "dubbel_lid",
        ),
        ("number", "A number with a fraction", jws.sign(payload[:-1] + b',"a":1.5}', signer, INNER_TYP), "getal"),
        ("no-json", "A payload that is no JSON", jws.sign(b"bekend", signer, INNER_TYP), "geen_json"),
        ("list", "A payload that is a list", jws.sign(b"[]", signer, INNER_TYP), "geen_object"),
    ):
        yield Case("inner", name, what, data, code, base=valid.name, given=given)
