"""Wycheproof: Ed25519, X25519, AES-GCM and JWS, each by the narrowest function of ours that does the work.

X25519 runs through a whole JWE under ``keten-ec``: the vector's private key is the recipient's, its public key the
``epk``, and the content key is wrapped here under what the vector says that both share. So the content opens if and
only if our code comes to the same secret. What RFC 7748 leaves open ("acceptable") is decided: no shared secret of
zeroes, no second spelling of a point; points on the twist are fine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

from keys import atrest, binding, jwe, jws
from keys.binding import Bound, Entry, Sealed
from keys.hpke import ReceiveKey
from keys.jwe import EcReceiveKey
from keys.jws import VerifyKey
from keys.suites import AkpKey, check_receive_key
from schemas.records import OkpKey
from schemas.strict import decode_base64url, encode_base64url
from tests.vectors.judging import Case, Want

WANTS = {"valid": Want.OPEN, "invalid": Want.REFUSE}
BOUND = Bound(context=hashlib.sha256(b"context").digest(), sender=b"00000099000000001000:politie")
AAD = encode_base64url(b"keten-1.01930000-0000-7000-8000-000000000001")
CONTENT_KEY, IV, CONTENT = bytes(range(32)), bytes(12), b"content"
AGREEMENT = b"\x00\x00\x00\x0eECDH-ES+A256KW"
HYBRID = decode_base64url(ReceiveKey.from_seed(bytes(32)).public.pub)[:1184]


def cases(folder: Path) -> Iterator[Case]:
    """All groups of the four files."""
    for kind, made in (("aes_gcm", _gcm), ("ed25519", _ed25519), ("json_web_signature", _jws), ("x25519", _x25519)):
        file = f"testvectors_v1/{kind}_test.json"
        for group in json.loads((folder / file).read_text())["testGroups"]:
            for test in group["tests"]:
                yield from made(file, group, test)


def _hex(test: dict[str, Any], *names: str) -> list[bytes]:
    return [bytes.fromhex(test[name]) for name in names]


def _gcm(file: str, group: dict[str, Any], test: dict[str, Any]) -> Iterator[Case]:
    """At rest the form is nonce, ciphertext, tag; the sizes of key, nonce and tag are fixed."""
    name = f"{group['keySize']}/{group['ivSize']}/{group['tagSize']}/{test['tcId']}"
    key, iv, text, tag, aad, plain = _hex(test, "key", "iv", "ct", "tag", "aad", "msg")
    yield Case(file, name, WANTS[test["result"]], lambda: _equal(atrest.unwrap(key, iv + text + tag, aad), plain))


def _ed25519(file: str, group: dict[str, Any], test: dict[str, Any]) -> Iterator[Case]:
    """The key as its JWK gives it, the signature bare, as under a checkpoint."""
    jwk = group["publicKeyJwk"]
    signature, message = _hex(test, "sig", "msg")
    yield Case(
        file,
        str(test["tcId"]),
        WANTS[test["result"]],
        lambda: VerifyKey.from_public(OkpKey(kty=jwk["kty"], crv=jwk["crv"], x=jwk["x"])).verify_bytes(
            signature, message
        ),
    )


def _jws(file: str, group: dict[str, Any], test: dict[str, Any]) -> Iterator[Case]:
    """Under each type of ours the same; the first that would accept shows."""
    text = test["jws"] if isinstance(test["jws"], str) else json.dumps(test["jws"])
    name = f"{group['comment']}/{test['tcId']}"
    yield Case(file, name, WANTS[test["result"]], lambda: jws.parse(text, "keten-manifest+jws"))


def _x25519(file: str, group: dict[str, Any], test: dict[str, Any]) -> Iterator[Case]:
    public, private, shared = _hex(test, "public", "private", "shared")
    flags = set(test["flags"])
    zero = "ZeroSharedSecret" in flags
    refused = Want.REFUSE if zero or "NonCanonicalPublic" in flags else Want.OPEN
    sealed = _sealed(EcReceiveKey.from_seed(private), public, shared)
    name, key = str(test["tcId"]), EcReceiveKey.from_seed(private)
    yield Case(file, f"jwe/{name}", refused, lambda: _equal(jwe.decrypt(binding.parse(sealed), key, BOUND), CONTENT))
    if zero:
        past = _parsed(key, public, shared)
        yield Case(file, f"past the parser/{name}", Want.REFUSE, lambda: jwe.decrypt(past, key, BOUND))
    hybrid = AkpKey(pub=encode_base64url(HYBRID + public))
    yield Case(file, f"hybrid/{name}", Want.REFUSE if zero else Want.OPEN, lambda: check_receive_key(hybrid))


def _lengthed(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _wrapped(shared: bytes) -> bytes:
    """RFC 7518, 4.6.2 and RFC 3394: one round of SHA-256, and the content key under it."""
    other = AGREEMENT + _lengthed(BOUND.sender) + _lengthed(BOUND.context) + (256).to_bytes(4, "big")
    return aes_key_wrap(hashlib.sha256(b"\x00\x00\x00\x01" + shared + other).digest(), CONTENT_KEY)


def _sealed(key: EcReceiveKey, public: bytes, shared: bytes) -> str:
    """The text that a sender whose ephemeral key is ``public`` would have sent."""
    both = AESGCM(CONTENT_KEY).encrypt(IV, CONTENT, f"{binding.PROTECTED}.{AAD}".encode())
    header = {
        "alg": "ECDH-ES+A256KW",
        "kid": key.kid,
        "epk": {"kty": "OKP", "crv": "X25519", "x": encode_base64url(public)},
        "apu": encode_base64url(BOUND.sender),
        "apv": encode_base64url(BOUND.context),
    }
    members = {
        "protected": binding.PROTECTED,
        "recipients": [{"header": header, "encrypted_key": encode_base64url(_wrapped(shared))}],
        "aad": AAD,
        "iv": encode_base64url(IV),
        "ciphertext": encode_base64url(both[:-16]),
        "tag": encode_base64url(both[-16:]),
    }
    return json.dumps(members)


def _parsed(key: EcReceiveKey, public: bytes, shared: bytes) -> Sealed:
    """The same, as if the strict reading had let the point through."""
    both = AESGCM(CONTENT_KEY).encrypt(IV, CONTENT, f"{binding.PROTECTED}.{AAD}".encode())
    entry = Entry(key.kid, "keten-ec", public, _wrapped(shared), BOUND)
    return Sealed(binding.PROTECTED, AAD, (entry,), IV, both[:-16], both[-16:])


def _equal(found: bytes, wanted: bytes) -> None:
    assert found == wanted
