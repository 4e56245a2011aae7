"""The two proofs against other people's vectors, and the leaves of our ledger."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import ProofError
from keys.merkle import (
    EMPTY_ROOT,
    body_leaf,
    fold,
    leaf_hash,
    node_hash,
    record_leaf,
    root_of,
    verify_consistency,
    verify_inclusion,
)


def simple_root(hashes: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(simple_root(hashes[:split]), simple_root(hashes[split:]))


@given(st.integers(0, 70))
def test_the_root_is_that_of_the_definition(size: int) -> None:
    hashes = [leaf_hash(bytes([number])) for number in range(size)]
    assert root_of(hashes) == simple_root(hashes)


def test_roots_of_nothing_and_one() -> None:
    assert root_of([]) == EMPTY_ROOT
    one = leaf_hash(b"x")
    assert root_of([one]) == fold([one]) == one == hashlib.sha256(b"\x00x").digest()


def test_the_two_kinds_of_leaf() -> None:
    assert body_leaf(b"{}") == b"\x01" + hashlib.sha256(b"{}").digest()
    assert record_leaf(b"{}") == b"\x02{}"


def test_a_proof_that_is_too_long_is_refused() -> None:
    one = leaf_hash(b"x")
    with pytest.raises(ProofError, match="63"):
        verify_inclusion(0, 1, one, [one] * 65, one)
    with pytest.raises(ProofError, match="too long"):
        verify_inclusion(0, 1, one, [one], one)
    with pytest.raises(ProofError, match="too long"):
        verify_consistency(1, 2, one, one, [one] * 3)
