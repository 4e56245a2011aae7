"""Faults that published JWE, AES-GCM, key wrap and ML-KEM vectors try, at the functions behind the strict reading.

Each is given what it could only get if that reading had a hole: other lengths that the library would take, a key
wrapped otherwise, a share that agrees on nothing. One constant error, and none of the library's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_wrap, aes_key_wrap_with_padding

from keys import KeysError, SealError, atrest
from keys.binding import Bound, Sealed, parse
from keys.hpke import ReceiveKey, unwrap_key, wrap_key
from keys.jwe import EcReceiveKey, HeldKey, decrypt, decrypt_content, encrypt
from keys.suites import ENCAPSULATED_LENGTH
from schemas.strict import decode_base64url, encode_base64url
from tests.vectors.wycheproof import AGREEMENT

BOUND = Bound(hashlib.sha256(b"context").digest(), b"00000099000000001000:politie")
AAD = encode_base64url(b"keten-1.01930000-0000-7000-8000-000000000001")
HYBRID, CURVE = ReceiveKey.from_seed(b"\x01" * 32), EcReceiveKey.from_seed(b"\x02" * 32)
KEYS: dict[str, HeldKey] = {"keten-pq": HYBRID, "keten-ec": CURVE}
SEALED = {suite: parse(encrypt(b"content", [(key.public, BOUND)], AAD)) for suite, key in KEYS.items()}


def entry(sealed: Sealed, **changes: Any) -> Sealed:
    return replace(sealed, entries=(replace(sealed.entries[0], **changes),))


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def shorter_tag(length: int) -> Callable[[Sealed], Sealed]:
    return lambda sealed: replace(sealed, tag=sealed.tag[:length])


def nonce(length: int) -> Callable[[Sealed], Sealed]:
    return lambda sealed: replace(sealed, iv=(sealed.iv * 2)[:length])


FAULTS: dict[str, Callable[[Sealed], Sealed]] = {
    **{f"tag of {length}": shorter_tag(length) for length in (0, 4, 8, 12, 13, 14, 15)},
    **{f"nonce of {length}": nonce(length) for length in (0, 1, 7, 8, 11, 13, 16, 24)},
    "longer tag": lambda s: replace(s, tag=s.tag + b"\x00"),
    "tag into the content": lambda s: replace(s, ciphertext=s.ciphertext + s.tag[:1], tag=s.tag[1:]),
    "content into the tag": lambda s: replace(s, ciphertext=s.ciphertext[:-1], tag=s.ciphertext[-1:] + s.tag),
    "tag changed": lambda s: replace(s, tag=flipped(s.tag, 15)),
    "nonce changed": lambda s: replace(s, iv=flipped(s.iv, 0)),
    "no content": lambda s: replace(s, ciphertext=b""),
    "content changed": lambda s: replace(s, ciphertext=flipped(s.ciphertext, 0)),
    "no aad": lambda s: replace(s, aad=""),
    "aad of another": lambda s: replace(s, aad=encode_base64url(b"keten-1.x")),
    "no protected header": lambda s: replace(s, protected=""),
    "a header that compresses": lambda s: replace(s, protected=encode_base64url(b'{"enc":"A256GCM","zip":"DEF"}')),
    "a smaller enc": lambda s: replace(s, protected=encode_base64url(b'{"enc":"A128GCM","typ":"keten+jwe"}')),
    "no key": lambda s: entry(s, wrapped=b""),
    "key cut": lambda s: entry(s, wrapped=s.entries[0].wrapped[:-1]),
    "key cut by a block": lambda s: entry(s, wrapped=s.entries[0].wrapped[:-8]),
    "longer key": lambda s: entry(s, wrapped=s.entries[0].wrapped + bytes(8)),
    "key changed at the start": lambda s: entry(s, wrapped=flipped(s.entries[0].wrapped, 0)),
    "key changed at the end": lambda s: entry(s, wrapped=flipped(s.entries[0].wrapped, -1 % len(s.entries[0].wrapped))),
    "no share": lambda s: entry(s, encapsulated=b""),
    "share cut": lambda s: entry(s, encapsulated=s.entries[0].encapsulated[:-1]),
    "longer share": lambda s: entry(s, encapsulated=s.entries[0].encapsulated + b"\x00"),
    "share of zeroes": lambda s: entry(s, encapsulated=bytes(len(s.entries[0].encapsulated))),
    "share of ones": lambda s: entry(s, encapsulated=b"\xff" * len(s.entries[0].encapsulated)),
    "share changed": lambda s: entry(s, encapsulated=flipped(s.entries[0].encapsulated, 0)),
    "nobody": lambda s: replace(s, entries=()),
}


@pytest.mark.parametrize("suite", KEYS)
@pytest.mark.parametrize("name", FAULTS)
def test_with_one_fault_it_does_not_open(name: str, suite: str) -> None:
    assert decrypt(SEALED[suite], KEYS[suite], BOUND) == b"content"
    with pytest.raises(SealError):
        decrypt(FAULTS[name](SEALED[suite]), KEYS[suite], BOUND)


@pytest.mark.parametrize(("key_length", "nonce_length"), [(16, 12), (24, 12), (32, 8), (32, 16), (32, 64), (16, 16)])
def test_content_that_the_library_would_open_stays_closed(key_length: int, nonce_length: int) -> None:
    """Sealed as it should be, in lengths that AES-GCM knows and this profile does not."""
    key, iv = bytes(key_length), bytes(nonce_length)
    both = AESGCM(key).encrypt(iv, b"content", SEALED["keten-pq"].authenticated)
    sealed = replace(SEALED["keten-pq"], iv=iv, ciphertext=both[:-16], tag=both[-16:])
    assert AESGCM(key).decrypt(iv, both, sealed.authenticated) == b"content"
    with pytest.raises(SealError):
        decrypt_content(key, sealed)


@pytest.mark.parametrize("length", [0, 1, 15, 17, 31, 33, 64])
def test_a_key_of_no_length_of_aes_is_one_error(length: int) -> None:
    with pytest.raises(SealError):
        decrypt_content(bytes(length), SEALED["keten-pq"])
    with pytest.raises(KeysError):
        atrest.unwrap(bytes(length), bytes(40), b"")


def test_bytes_do_not_move_between_share_and_key() -> None:
    """The library takes both in one text, so that any cut of it would open."""
    encapsulated, wrapped = wrap_key(bytes(32), HYBRID.public, b"context")
    both = encapsulated + wrapped
    assert unwrap_key(encapsulated, wrapped, HYBRID, b"context") == bytes(32)
    for cut in (0, 32, ENCAPSULATED_LENGTH - 1, ENCAPSULATED_LENGTH + 1, len(both)):
        with pytest.raises(SealError):
            unwrap_key(both[:cut], both[cut:], HYBRID, b"context")


@pytest.mark.parametrize("length", [0, 16, 24, 31, 33, 64])
def test_a_content_key_is_32_bytes(length: int) -> None:
    encapsulated, wrapped = wrap_key(bytes(length), HYBRID.public, b"context")
    with pytest.raises(SealError):
        unwrap_key(encapsulated, wrapped, HYBRID, b"context")


def kek(shared: bytes) -> bytes:
    """RFC 7518, 4.6.2: one round of SHA-256."""
    parts = [len(part).to_bytes(4, "big") + part for part in (BOUND.sender, BOUND.context)]
    other = AGREEMENT + b"".join(parts) + (256).to_bytes(4, "big")
    return hashlib.sha256(b"\x00\x00\x00\x01" + shared + other).digest()


def from_share(wrap: Callable[[bytes, bytes], bytes], content_key: bytes) -> Sealed:
    """As a sender would make it that knows the secret, with any wrapping of any key."""
    sealed = SEALED["keten-ec"]
    sender = EcReceiveKey.from_seed(b"\x09" * 32)
    shared = X25519PrivateKey.from_private_bytes(b"\x09" * 32).exchange(
        X25519PrivateKey.from_private_bytes(b"\x02" * 32).public_key()
    )
    both = AESGCM(content_key).encrypt(sealed.iv, b"content", sealed.authenticated)
    share = decode_base64url(sender.public.x)
    with_content = replace(sealed, ciphertext=both[:-16], tag=both[-16:])
    return entry(with_content, encapsulated=share, wrapped=wrap(kek(shared), content_key))


def other_start(key: bytes, content_key: bytes) -> bytes:
    """Validly wrapped, and the block that says so changed: the check of RFC 3394, 2.2.3."""
    return flipped(aes_key_wrap(key, content_key), 7)


@pytest.mark.parametrize(
    ("wrap", "length"),
    [
        (aes_key_wrap_with_padding, 32),
        (other_start, 32),
        (lambda key, content_key: aes_key_wrap(key[:16], content_key), 32),
        (lambda key, content_key: content_key + bytes(8), 32),
        (lambda key, content_key: aes_key_wrap(key, content_key + bytes(8)), 32),
        (aes_key_wrap, 16),
        (aes_key_wrap, 24),
    ],
    ids=["padded", "changed", "another cipher", "not wrapped", "a longer key", "128 bits", "192 bits"],
)
def test_a_key_wrapped_otherwise_does_not_open(wrap: Callable[[bytes, bytes], bytes], length: int) -> None:
    assert decrypt(from_share(aes_key_wrap, bytes(32)), CURVE, BOUND) == b"content"
    with pytest.raises(SealError):
        decrypt(from_share(wrap, bytes(length)), CURVE, BOUND)


@pytest.mark.parametrize("value", [0, 1, 2**255 - 20, 2**255 - 19, 2**255 - 18])
def test_a_share_that_agrees_on_zeroes_does_not_open(value: int) -> None:
    """The secret is zero whatever the recipient's key is, so anybody could have made this."""
    sealed = SEALED["keten-ec"]
    both = AESGCM(bytes(32)).encrypt(sealed.iv, b"content", sealed.authenticated)
    made = replace(sealed, ciphertext=both[:-16], tag=both[-16:])
    share = value.to_bytes(32, "little")
    with pytest.raises(SealError):
        decrypt(entry(made, encapsulated=share, wrapped=aes_key_wrap(kek(bytes(32)), bytes(32))), CURVE, BOUND)


def test_a_key_of_one_suite_opens_nothing_of_the_other() -> None:
    for suite, other in (("keten-pq", CURVE), ("keten-ec", HYBRID)):
        named = entry(SEALED[suite], kid=other.kid)
        with pytest.raises(SealError):
            decrypt(named, other, BOUND)
