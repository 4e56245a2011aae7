"""Wrapping at rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import KeysError, SealError
from keys.atrest import make_canary, new_key, sings, unwrap, wrap

KEY = new_key()


@given(st.binary(max_size=100), st.binary(max_size=20))
def test_round_trip(plaintext: bytes, aad: bytes) -> None:
    assert unwrap(KEY, wrap(KEY, plaintext, aad), aad) == plaintext


def test_anything_else_does_not_open() -> None:
    wrapped = wrap(KEY, b"dossier", b"row 1")
    assert wrapped != wrap(KEY, b"dossier", b"row 1")
    for key, data, aad in [
        (new_key(), wrapped, b"row 1"),
        (KEY, wrapped, b"row 2"),
        (KEY, wrapped[:-1], b"row 1"),
        (KEY, wrapped[:27], b"row 1"),
        (KEY, b"", b"row 1"),
        (KEY, bytes([wrapped[0] ^ 1]) + wrapped[1:], b"row 1"),
    ]:
        with pytest.raises(SealError):
            unwrap(key, data, aad)


def test_a_key_has_32_bytes() -> None:
    with pytest.raises(KeysError):
        wrap(b"k" * 16, b"", b"")


def test_wycheproof_aes_256_gcm(shared: Path) -> None:
    suite = json.loads((shared / "vectors/wycheproof/testvectors_v1/aes_gcm_test.json").read_text())
    counted = {"valid": 0, "invalid": 0}
    for group in suite["testGroups"]:
        if (group["keySize"], group["ivSize"], group["tagSize"]) != (256, 96, 128):
            continue
        for test in group["tests"]:
            key, iv, text, tag, aad, plain = (
                bytes.fromhex(test[name]) for name in ("key", "iv", "ct", "tag", "aad", "msg")
            )
            counted[test["result"]] += 1
            if test["result"] == "valid":
                assert unwrap(key, iv + text + tag, aad) == plain
            else:
                with pytest.raises(SealError):
                    unwrap(key, iv + text + tag, aad)
    assert counted == {"valid": 39, "invalid": 27}


@given(st.binary(min_size=1, max_size=40), st.binary(min_size=1, max_size=40))
def test_a_canary_sings_for_its_own_secret_only(secret: bytes, other: bytes) -> None:
    canary = make_canary(secret)
    assert sings(canary, secret)
    assert sings(canary, other) == (secret == other)
    assert not sings(canary[:-1], secret)
    assert not sings(b"", secret)


def test_a_canary_is_not_a_text_under_the_secret_itself() -> None:
    with pytest.raises(SealError):
        unwrap(KEY, make_canary(KEY), b"keten-1.canary.")
