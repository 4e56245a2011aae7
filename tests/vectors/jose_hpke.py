"""HPKE in JOSE with classical algorithms: none of them is a suite of ours, so no whole text is read.

The key encryption of six of them (``-KE`` on P-256, P-384, P-521 and X25519) runs through the library call and the
``info`` that :mod:`keys.hpke` uses. What is left: integrated encryption, which needs additional data that the call does
not take, and X448, which it does not know.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from keys import SealError, binding, hpke
from keys.suites import CONTENT_ENCRYPTION
from schemas.strict import decode_base64url
from tests.vectors.judging import Case, Want

FILE = "examples/jose-vectors.json"
SUITES: Final = {
    "HPKE-0-KE": Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM),
    "HPKE-1-KE": Suite(KEM.P384, KDF.HKDF_SHA384, AEAD.AES_256_GCM),
    "HPKE-2-KE": Suite(KEM.P521, KDF.HKDF_SHA512, AEAD.AES_256_GCM),
    "HPKE-3-KE": Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM),
    "HPKE-4-KE": Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305),
    "HPKE-7-KE": Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
}
CURVES: Final = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}


def cases(folder: Path) -> Iterator[Case]:
    """Both serialisations of each."""
    for vector in json.loads((folder / FILE).read_text()):
        flattened, compact = vector["flattened"], vector["compact"]
        names = ("protected", "encrypted_key", "iv", "ciphertext", "tag")
        for form, text, members in (
            ("flattened", json.dumps(flattened), flattened),
            ("compact", compact, dict(zip(names, compact.split("."), strict=True))),
        ):
            name = f"{vector['alg']}/{form}"
            yield Case(FILE, f"{name}/whole", Want.OPEN, partial(binding.parse, text))
            if vector["alg"] in SUITES:
                for part, context, want in (("key", b"", Want.OPEN), ("key in another context", b"x", Want.REFUSE)):
                    yield Case(
                        FILE,
                        f"{name}/{part}",
                        want,
                        partial(_open, vector, members, context),
                    )


def _private(jwk: dict[str, str]) -> Any:
    scalar = decode_base64url(jwk["d"])
    if jwk["crv"] == "X25519":
        return X25519PrivateKey.from_private_bytes(scalar)
    return ec.derive_private_key(int.from_bytes(scalar, "big"), CURVES[jwk["crv"]])


def _open(vector: dict[str, Any], members: dict[str, str], context: bytes) -> None:
    header = json.loads(decode_base64url(members["protected"]))
    # Our own info names the content encryption of our own profile; two of these have a smaller one.
    info = hpke._info(context).replace(CONTENT_ENCRYPTION.encode(), header["enc"].encode())
    wrapped = decode_base64url(header["ek"]) + decode_base64url(members["encrypted_key"])
    try:
        content_key = SUITES[vector["alg"]].decrypt(wrapped, _private(vector["jwk"]), info)
    except InvalidTag as error:
        raise SealError from error
    authenticated = members["protected"] + (f".{members['aad']}" if "aad" in members else "")
    both = decode_base64url(members["ciphertext"]) + decode_base64url(members["tag"])
    content = AESGCM(content_key).decrypt(decode_base64url(members["iv"]), both, authenticated.encode())
    assert content.startswith(b"You can trust us to stick with you")
