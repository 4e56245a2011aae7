"""RFC 7520's examples and those on Curve25519. Whole texts are of other algorithms and so not ours; parts are.

What is run: every serialisation through our readers; every JWK as a key of ours; Ed25519 keys, signatures and seeds;
contents under AES-256-GCM.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from keys import atrest, binding, jws
from keys.jwe import EcReceiveKey
from keys.jws import SigningKey, VerifyKey
from keys.suites import EcKey, check_ec_key
from schemas.records import OkpKey
from schemas.strict import decode_base64url, encode_base64url
from tests.vectors.judging import Case, Want

TYP = "keten-manifest+jws"


def cases(folder: Path) -> Iterator[Case]:
    """All files."""
    for path in sorted(folder.rglob("*.json")):
        file, vector = str(path.relative_to(folder)), json.loads(path.read_text(encoding="utf-8"))
        match path.parent.name, path.stem:
            case "jwk", _:
                yield Case(file, "key", Want.OPEN, partial(OkpKey.model_validate, vector))
            case "jws", _:
                yield from _texts(file, vector, jws=True)
            case "curve25519", "jws":
                yield from _texts(file, vector, jws=True)
                yield from _ed25519(file, vector)
            case _:
                yield from _texts(file, vector, jws=False)
                yield from _contents(file, vector)
    readme = "curve25519/README.md"
    yield Case(readme, "says what the two files are", Want.LATER, lambda: None)


def _texts(file: str, vector: dict[str, Any], *, jws: bool) -> Iterator[Case]:
    for form, value in vector["output"].items():
        text = value if isinstance(value, str) else json.dumps(value)
        yield Case(file, form, Want.OPEN, partial(_read, text, jws))


def _read(text: str, is_jws: bool) -> object:
    return jws.parse(text, TYP) if is_jws else binding.parse(text)


def _ed25519(file: str, vector: dict[str, Any]) -> Iterator[Case]:
    jwk, signing = vector["input"]["key"], vector["signing"]
    public = {name: jwk[name] for name in ("kty", "crv", "x")}
    signed, signature = signing["sig-input"].encode(), decode_base64url(signing["sig"])

    def as_seed() -> None:
        key = SigningKey.from_seed(decode_base64url(jwk["d"]))
        assert key.public.x == jwk["x"]
        assert key.sign_bytes(signed) == signature

    def as_jws() -> None:
        """Our own text over the same payload, signed by the published key, verifies and changes when the key does."""
        key = SigningKey.from_seed(decode_base64url(jwk["d"]))
        text = jws.sign(vector["input"]["payload"].encode(), key, TYP)
        payload = jws.verify(jws.parse(text, TYP), VerifyKey.from_public(OkpKey.model_validate(public)))
        assert payload.decode() == vector["input"]["payload"]

    yield Case(file, "public key", Want.OPEN, lambda: VerifyKey.from_public(OkpKey.model_validate(public)))
    yield Case(file, "private key as a public one", Want.REFUSE, lambda: OkpKey.model_validate(jwk))
    yield Case(file, "seed", Want.OPEN, as_seed)
    yield Case(file, "signed by us", Want.OPEN, as_jws)
    yield Case(
        file,
        "signature",
        Want.OPEN,
        lambda: VerifyKey.from_public(OkpKey.model_validate(public)).verify_bytes(signature, signed),
    )
    yield Case(
        file,
        "signature under another payload",
        Want.REFUSE,
        lambda: VerifyKey.from_public(OkpKey.model_validate(public)).verify_bytes(signature, signed + b"A"),
    )


def _contents(file: str, vector: dict[str, Any]) -> Iterator[Case]:
    """Where the content is under AES-256-GCM, that part opens; where a key is of X25519, it may be sealed to."""
    if vector["input"]["enc"] == "A256GCM":
        parts = vector["output"]["json"]
        key = decode_base64url(vector["generated"]["cek"])
        both = b"".join(decode_base64url(parts[name]) for name in ("iv", "ciphertext", "tag"))
        aad = parts["protected"].encode()
        yield Case(file, "content", Want.OPEN, lambda: _is(atrest.unwrap(key, both, aad), vector["input"]["plaintext"]))
        yield Case(file, "content of another header", Want.REFUSE, lambda: atrest.unwrap(key, both, aad + b"A"))
    jwk = vector["input"].get("key")
    if isinstance(jwk, dict) and jwk.get("crv") == "X25519":
        public = EcKey(x=jwk["x"])
        yield Case(file, "public key", Want.OPEN, lambda: _agrees(public, jwk["d"]))
        yield Case(file, "private key as a public one", Want.REFUSE, lambda: EcKey.model_validate(jwk))


def _agrees(public: EcKey, private: str) -> None:
    assert encode_base64url(check_ec_key(public)) == EcReceiveKey.from_seed(decode_base64url(private)).public.x


def _is(found: bytes, wanted: str) -> None:
    assert found.decode() == wanted
