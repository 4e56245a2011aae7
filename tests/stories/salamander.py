"""Sealed parts that say one thing to one recipient and another to the next: how a liar would make them.

*Split*: each recipient is given a content key of his own; the ciphertext opens under the first. *Salamander*: one
ciphertext with one tag that AES-GCM accepts under both keys, because a polynomial over GF(2^128) has room for it
(Dodis and others, "Fast message franking: from invisible salamanders to encryptment").
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.binding import PROTECTED, Bound
from keys.hpke import wrap_key
from keys.suites import AkpKey, thumbprint
from schemas.strict import encode_base64url

BLOCK = 16
_R = 0xE1 << 120
Recipients = Sequence[tuple[AkpKey, Bound]]


def _times(x: int, y: int) -> int:
    """The product in GCM's field (NIST SP 800-38D, 6.3)."""
    product = 0
    for bit in range(127, -1, -1):
        if x >> bit & 1:
            product ^= y
        y = (y >> 1) ^ (_R if y & 1 else 0)
    return product


def _power(x: int, exponent: int) -> int:
    found = 1 << 127  # the field's one
    while exponent:
        if exponent & 1:
            found = _times(found, x)
        x, exponent = _times(x, x), exponent >> 1
    return found


def _blocks(data: bytes) -> list[int]:
    padded = data + bytes(-len(data) % BLOCK)
    return [int.from_bytes(padded[at : at + BLOCK], "big") for at in range(0, len(padded), BLOCK)]


def _ghash(key: int, blocks: Sequence[int]) -> int:
    found = 0
    for block in blocks:
        found = _times(found ^ block, key)
    return found


def _encrypt_block(key: bytes, block: bytes) -> int:
    done = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - one block of GCM, by hand
    return int.from_bytes(done.update(block) + done.finalize(), "big")


def collide(first: bytes, second: bytes, iv: bytes, aad: bytes, ciphertext: bytes) -> tuple[bytes, bytes]:
    """The ciphertext with its last block chosen so that one tag holds under both keys; and that tag."""
    lengths = (len(aad) * 8) << 64 | len(ciphertext) * 8
    keys = [(_encrypt_block(key, bytes(BLOCK)), _encrypt_block(key, iv + b"\0\0\0\1")) for key in (first, second)]
    body = _blocks(ciphertext[:-BLOCK])
    wanted = 0
    for key, mask in keys:
        wanted ^= _ghash(key, [*_blocks(aad), *body, 0, lengths]) ^ mask
    # The last block is multiplied by the square of each key, so it must be `wanted` over the sum of these squares.
    squares = _times(keys[0][0], keys[0][0]) ^ _times(keys[1][0], keys[1][0])
    last = _times(wanted, _power(squares, 2**128 - 2))
    key, mask = keys[0]
    tag = _ghash(key, [*_blocks(aad), *body, last, lengths]) ^ mask
    return ciphertext[:-BLOCK] + last.to_bytes(BLOCK, "big"), tag.to_bytes(BLOCK, "big")


def two_keys(content: bytes, recipients: Recipients, aad: str, *, salamander: bool) -> str:
    """``content`` sealed so that the two recipients are given different content keys."""
    keys, iv = [AESGCM.generate_key(256) for _ in recipients], secrets.token_bytes(12)
    authenticated = f"{PROTECTED}.{aad}".encode("ascii")
    both = AESGCM(keys[0]).encrypt(iv, content, authenticated)
    ciphertext, tag = both[:-BLOCK], both[-BLOCK:]
    if salamander:
        ciphertext, tag = collide(keys[0], keys[1], iv, authenticated, ciphertext)
        for key in keys:
            AESGCM(key).decrypt(iv, ciphertext + tag, authenticated)  # it is one: both keys take it
    entries = []
    for key, (public, bound) in zip(keys, recipients, strict=True):
        encapsulated, wrapped = wrap_key(key, public, bound.context)
        header = {"alg": public.alg, "kid": thumbprint(public), "ek": encode_base64url(encapsulated)}
        entries.append({"header": header, "encrypted_key": encode_base64url(wrapped)})
    members = {
        "protected": PROTECTED,
        "recipients": entries,
        "aad": aad,
        "iv": encode_base64url(iv),
        "ciphertext": encode_base64url(ciphertext),
        "tag": encode_base64url(tag),
    }
    return json.dumps(members, separators=(",", ":"))
