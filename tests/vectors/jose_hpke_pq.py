"""The published ``HPKE-10-KE`` key and messages: the key is ours to the bit, the messages are of a form that we refuse.

So the key encryption opens through :func:`keys.hpke.unwrap_key` and the content through AES-256-GCM as it is used here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from keys import atrest, binding
from keys.hpke import ReceiveKey, unwrap_key
from keys.suites import AkpKey, check_receive_key, thumbprint
from schemas.strict import decode_base64url
from tests.vectors.judging import Case, Want

JWK = "examples/jwks/HPKE-10-KE.json"
FLATTENED = "examples/jwe/HPKE-10-KE-flattened.json"
COMPACT = "examples/jwe/HPKE-10-KE-compact.txt"


def cases(folder: Path) -> Iterator[Case]:
    """The key, and both serialisations of the message."""
    jwk = json.loads((folder / JWK).read_text())
    key = ReceiveKey.from_seed(decode_base64url(jwk["priv"]))
    public = AkpKey(kty=jwk["kty"], alg=jwk["alg"], pub=jwk["pub"])

    def named() -> None:
        check_receive_key(public)
        assert thumbprint(public) == jwk["kid"] == key.kid
        assert key.public == public

    yield Case(JWK, "seed, public key and thumbprint", Want.OPEN, named)
    yield Case(JWK, "private key as a public one", Want.REFUSE, lambda: AkpKey.model_validate(jwk))
    compact = (folder / COMPACT).read_text().strip()
    names = ("protected", "encrypted_key", "iv", "ciphertext", "tag")
    flattened = json.loads((folder / FLATTENED).read_text())
    parts = {FLATTENED: flattened, COMPACT: dict(zip(names, compact.split("."), strict=True))}
    texts = {FLATTENED: json.dumps(flattened), COMPACT: compact}
    for file, members in parts.items():
        yield Case(file, "whole", Want.OPEN, partial(binding.parse, texts[file]))
        yield Case(file, "key and content", Want.OPEN, partial(_open, members, key, b""))
        yield Case(file, "in another context", Want.REFUSE, partial(_open, members, key, b"x"))
        other = ReceiveKey.from_seed(bytes(32))
        yield Case(file, "by another key", Want.REFUSE, partial(_open, members, other, b""))


def _open(members: dict[str, str], key: ReceiveKey, context: bytes) -> None:
    header = json.loads(decode_base64url(members["protected"]))
    content_key = unwrap_key(decode_base64url(header["ek"]), decode_base64url(members["encrypted_key"]), key, context)
    both = b"".join(decode_base64url(members[name]) for name in ("iv", "ciphertext", "tag"))
    authenticated = members["protected"] + (f".{members['aad']}" if "aad" in members else "")
    content = atrest.unwrap(content_key, both, authenticated.encode())
    assert content.startswith(b"You can trust us to stick with you")
