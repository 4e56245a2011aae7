"""Broken seals: the JWE of a message as anyone can read it, and as its recipient opens it (wire.md "Bytes").

The sealed texts are under ``keten-ec``, built here from RFC 7518 (4.6, 5.3) with a fixed ephemeral key, content key and
nonce, so that they are the same every time and any JOSE library can open them. The fixed values are safe for nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

from keys.sealing import EcReceiveKey
from schemas import canonical
from schemas.strict import decode_base64url, encode_base64url
from tests.testkit import house
from tests.testkit.case import Case, Row, changes, drop, put, written

CODE = "verzegeling_fout"
SHUT = "opent_niet"
BUCKET = 4096
MESSAGE = house.message_id("verzegeld bericht")
RECIPIENT = EcReceiveKey.from_seed(house.key("ontvangstsleutel").seed)
CONTEXT = {
    "case": house.ref("casus"),
    "house": house.HOUSE,
    "id": MESSAGE,
    "iss": house.MELDER,
    "phase": "aanmelding",
    "rcpt": house.DOOR,
}
_ALG = "ECDH-ES+A256KW"
_PROTECTED = {"enc": "A256GCM", "typ": "keten+jwe"}


def _length(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big")


def _concat_kdf(secret: bytes, apu: bytes, apv: bytes) -> bytes:
    """RFC 7518, 4.6.2, for a key of 256 bits: one round of SHA-256."""
    alg = _ALG.encode()
    info = b"".join(_length(part) + part for part in (alg, apu, apv)) + (256).to_bytes(4, "big")
    return hashlib.sha256((1).to_bytes(4, "big") + secret + info).digest()


def plaintext(**changes: Any) -> dict[str, Any]:
    """The members inside, without their padding; None leaves one out."""
    whole: dict[str, Any] = {"v": 1, "disclosures": [], "explanation": "WyJh" + "A" * 20}
    return {name: value for name, value in (whole | changes).items() if value is not None}


def padded(members: dict[str, Any], bucket: int = BUCKET) -> bytes:
    """The content with ``pad`` up to the bucket."""
    bare = written(members | {"pad": ""}).encode()
    return bare[:-2] + b"0" * (bucket - len(bare)) + bare[-2:]


def seal(content: bytes, context: dict[str, Any] | None = None, aad: str | None = None, **protected: Any) -> str:
    """A sealed text of our form, the same every time."""
    named = CONTEXT | (context or {})
    apu, apv = str(named["iss"]).encode(), hashlib.sha256(canonical.encode(named)).digest()
    ephemeral = X25519PrivateKey.from_private_bytes(house.key("eenmalige sleutel").seed)
    secret = ephemeral.exchange(X25519PublicKey.from_public_bytes(decode_base64url(RECIPIENT.public.x)))
    content_key, iv = hashlib.sha256(b"testkit content key").digest(), bytes(range(12))
    head = encode_base64url(canonical.encode(_PROTECTED | protected))
    additional = encode_base64url(f"keten-1.{MESSAGE}".encode()) if aad is None else aad
    both = AESGCM(content_key).encrypt(iv, content, f"{head}.{additional}".encode())
    header = {
        "alg": _ALG,
        "kid": str(RECIPIENT.kid),
        "apu": encode_base64url(apu),
        "apv": encode_base64url(apv),
        "epk": {"kty": "OKP", "crv": "X25519", "x": encode_base64url(ephemeral.public_key().public_bytes_raw())},
    }
    wrapped = aes_key_wrap(_concat_kdf(secret, apu, apv), content_key)
    return written(
        {
            "protected": head,
            "recipients": [{"header": header, "encrypted_key": encode_base64url(wrapped)}],
            "aad": additional,
            "iv": encode_base64url(iv),
            "ciphertext": encode_base64url(both[:-16]),
            "tag": encode_base64url(both[-16:]),
        }
    )


def whole() -> dict[str, Any]:
    """A sealed text that opens, as its members."""
    members: dict[str, Any] = json.loads(seal(padded(plaintext())))
    return members


def hybrid() -> dict[str, Any]:
    """A seal under ``keten-pq`` as it looks from outside: of the right lengths, and opened by no key."""
    header = {"alg": "HPKE-10-KE", "kid": house.digest("sleutel"), "ek": house.drawn("ek", 1120)}
    return whole() | {"recipients": [{"header": header, "encrypted_key": house.drawn("wrapped", 48)}]}


def _second(**header: Any) -> Callable[[Any], Any]:
    def change(members: Any) -> Any:
        first = members["recipients"][0]
        members["recipients"].append(first | {"header": first["header"] | header})
        return members

    return change


def _head(**members: Any) -> Callable[[Any], Any]:
    return put("protected", encode_base64url(canonical.encode(_PROTECTED | members)))


def _point(value: int) -> str:
    return encode_base64url(value.to_bytes(32, "little"))


_AT = "recipients.0"
_SHAPE: list[Row] = [
    ("member-missing", "No nonce", drop("iv"), CODE, None),
    ("unprotected", "An unprotected header for all", put("unprotected", {"zip": "DEF"}), CODE, None),
    ("flattened", "The flattened form", lambda m: m | m.pop("recipients")[0], CODE, None),
    ("recipients-none", "No recipients", put("recipients", []), CODE, None),
    ("recipients-object", "A recipient outside a list", lambda m: m | {"recipients": m["recipients"][0]}, CODE, None),
    ("recipient-twice", "One key twice", _second(), CODE, None),
    ("recipient-key", "No wrapped key", drop(f"{_AT}.encrypted_key"), CODE, None),
    ("recipient-header", "No header", drop(f"{_AT}.header"), CODE, None),
    ("recipient-unknown", "A member that nobody knows", put(f"{_AT}.note", "x"), CODE, None),
    ("alg-missing", "No algorithm", drop(f"{_AT}.header.alg"), CODE, None),
    ("alg-direct", "dir: one secret for all", put(f"{_AT}.header.alg", "dir"), CODE, None),
    ("alg-ecdh-es", "ECDH-ES without key wrap", put(f"{_AT}.header.alg", "ECDH-ES"), CODE, None),
    ("alg-rsa", "RSA1_5", put(f"{_AT}.header.alg", "RSA1_5"), CODE, None),
    ("alg-password", "PBES2: work as an attack", put(f"{_AT}.header.alg", "PBES2-HS256+A128KW"), CODE, None),
    ("kid-missing", "No key named", drop(f"{_AT}.header.kid"), CODE, None),
    ("kid-short", "A key that is no thumbprint", put(f"{_AT}.header.kid", "x"), CODE, None),
    ("apv-missing", "Bound to nothing", drop(f"{_AT}.header.apv"), CODE, None),
    ("apv-short", "Bound to 16 bytes", put(f"{_AT}.header.apv", house.drawn("apv", 16)), CODE, None),
    ("epk-missing", "No ephemeral key", drop(f"{_AT}.header.epk"), CODE, None),
    ("epk-private", "The private half stands there too", put(f"{_AT}.header.epk.d", "AA"), CODE, None),
    ("epk-curve", "An ephemeral key of another curve", put(f"{_AT}.header.epk.crv", "P-256"), CODE, None),
    ("epk-short", "An ephemeral key of 31 bytes", put(f"{_AT}.header.epk.x", house.drawn("e", 31)), CODE, None),
    ("epk-zero", "An ephemeral key of zeroes", put(f"{_AT}.header.epk.x", "A" * 43), CODE, None),
    ("epk-order", "An ephemeral key of small order", put(f"{_AT}.header.epk.x", _point(1)), CODE, None),
    ("epk-not-reduced", "An ephemeral key of 2^255 - 18", put(f"{_AT}.header.epk.x", _point(2**255 - 10)), CODE, None),
    ("header-zip", "Compression", put(f"{_AT}.header.zip", "DEF"), CODE, None),
    ("header-jku", "A place to fetch a key from", put(f"{_AT}.header.jku", "https://x.example/"), CODE, None),
    ("wrapped-short", "A wrapped key of 32 bytes", put(f"{_AT}.encrypted_key", house.drawn("w", 32)), CODE, None),
    ("wrapped-long", "A wrapped key of 48 bytes", put(f"{_AT}.encrypted_key", house.drawn("w", 48)), CODE, None),
    ("protected-zip", "Compression in the protected header", _head(zip="DEF"), CODE, None),
    ("protected-enc", "Another content encryption", _head(enc="A128CBC-HS256"), CODE, None),
    ("protected-typ", "Another type", _head(typ="JWE"), CODE, None),
    ("protected-crit", "A critical extension", _head(crit=["exp"]), CODE, None),
    ("protected-empty", "An empty protected header", put("protected", ""), CODE, None),
    ("protected-object", "The protected header as an object", put("protected", _PROTECTED), CODE, None),
    ("iv-short", "A nonce of 8 bytes", put("iv", house.drawn("iv", 8)), CODE, None),
    ("iv-padding", "A nonce with padding", put("iv", "AAECAwQFBgcICQoL="), CODE, None),
    ("tag-short", "A tag of 96 bits", put("tag", house.drawn("tag", 12)), CODE, None),
    ("ciphertext-bucket", "A ciphertext a byte longer than a bucket", put("ciphertext", "A" * 5463), CODE, None),
    ("ciphertext-empty", "An empty ciphertext", put("ciphertext", ""), CODE, None),
    ("aad-missing", "No additional data", drop("aad"), CODE, None),
]


_HYBRID: list[Row] = [
    ("ek-missing", "No encapsulated key", drop(f"{_AT}.header.ek"), CODE, None),
    ("ek-short", "An encapsulated key of ML-KEM alone", put(f"{_AT}.header.ek", house.drawn("ek", 1088)), CODE, None),
    ("ek-epk", "An ephemeral key beside it", put(f"{_AT}.header.epk", {}), CODE, None),
    ("hybrid-wrapped", "A wrapped key of 40 bytes", put(f"{_AT}.encrypted_key", house.drawn("w", 40)), CODE, None),
    ("psk", "HPKE with a shared secret", put(f"{_AT}.header.psk_id", "x"), CODE, None),
    (
        "suites-mixed",
        "Recipients under two suites",
        lambda m: m | {"recipients": [*m["recipients"], whole()["recipients"][0]]},
        CODE,
        None,
    ),
]


def shapes() -> Iterator[Case]:
    """What the broker sees of a seal without any key."""
    valid = Case("sealed", "valid-ec", "A seal under keten-ec for one recipient", written(whole()))
    yield valid
    yield from changes(valid, whole(), _SHAPE)
    text = written(whole())
    for name, what, data in (
        ("no-json", "No JSON", text[:-1]),
        ("compact", "The compact form", "e30.e30.e30.e30.e30"),
        ("member-twice", "The ciphertext twice", text[:-1] + ',"ciphertext":"AA"}'),
    ):
        yield Case("sealed", name, what, data, CODE, base=valid.name)
    other = Case("sealed", "valid-pq", "A seal under keten-pq, from outside", written(hybrid()))
    yield other
    yield from changes(other, hybrid(), _HYBRID)


def openings() -> Iterator[Case]:
    """What the recipient finds on opening: one error, whatever it is. ``given`` has the private key."""
    given = {"private_key_hex": house.key("ontvangstsleutel").seed.hex(), "context": CONTEXT, "bucket": BUCKET}
    content = padded(plaintext())
    valid = Case("opening", "valid-content", "A seal that opens", seal(content), given=given)
    yield valid
    members = whole()
    spoiled: list[tuple[str, str, str]] = [
        ("ciphertext", "A bit of the ciphertext was changed", written(_flip(members, "ciphertext"))),
        ("tag", "A bit of the tag was changed", written(_flip(members, "tag"))),
        ("iv", "A bit of the nonce was changed", written(_flip(members, "iv"))),
        ("aad", "The additional data of another message", _other_aad(members)),
        ("wrapped", "A bit of the wrapped key was changed", written(_flip(members, "recipients.0.encrypted_key"))),
        ("kid", "For another key", written(put("recipients.0.header.kid", house.digest("x"))(whole()))),
        ("apu", "Another sender in apu", written(put("recipients.0.header.apu", "eA")(whole()))),
        ("apv", "Another context in apv", written(put("recipients.0.header.apv", house.drawn("apv", 32))(whole()))),
        ("case", "Sealed for another case", seal(content, {"case": house.ref("andere casus")})),
        ("house", "Sealed for another house", seal(content, {"house": "anderhuis"})),
        ("sender", "Sealed by another sender", seal(content, {"iss": house.POLICE})),
        ("phase", "Sealed for another phase", seal(content, {"phase": "triage"})),
        ("recipient", "Sealed for another recipient", seal(content, {"rcpt": house.POLICE})),
        ("id", "Sealed for another message", seal(content, {"id": house.message_id("ander")}, _aad("ander"))),
        ("bucket", "Sealed in another bucket than announced", seal(padded(plaintext(), 16384))),
        ("version", "Content of another version", seal(padded(plaintext(v=2)))),
        ("version-true", "A version that is true", seal(padded(plaintext(v=True)))),
        ("version-missing", "Content without a version", seal(padded(plaintext(v=None)))),
        ("disclosures-missing", "Content without disclosures", seal(padded(plaintext(disclosures=None)))),
        ("disclosures-object", "A disclosure as an object", seal(padded(plaintext(disclosures=[{}])))),
        ("inner-object", "The inner part as an object", seal(padded(plaintext(inner={})))),
        ("explanation-number", "An explanation that is a number", seal(padded(plaintext(explanation=7)))),
        ("unknown", "A member that nobody knows", seal(padded(plaintext(note="x")))),
        ("pad-ones", "Padding that says something", seal(content.replace(b'0"}', b'1"}'))),
        ("twice", "A member twice", seal(padded(plaintext(), BUCKET - 6).replace(b'"v":1', b'"v":1,"v":1', 1))),
        ("no-json", "Content that is no JSON", seal(b"0" * BUCKET)),
    ]
    for name, what, text in spoiled:
        yield Case("opening", name, what, text, SHUT, base=valid.name, given=given)


def _aad(label: str) -> str:
    return encode_base64url(f"keten-1.{house.message_id(label)}".encode())


def _other_aad(members: dict[str, Any]) -> str:
    return written(members | {"aad": _aad("ander")})


def _flip(members: dict[str, Any], path: str) -> dict[str, Any]:
    copied: dict[str, Any] = json.loads(written(members))
    spot, *way = reversed(path.split("."))
    place: Any = copied
    for step in reversed(way):
        place = place[int(step) if step.isdigit() else step]
    data = bytearray(decode_base64url(place[spot]))
    data[-1] ^= 1
    place[spot] = encode_base64url(bytes(data))
    return copied
