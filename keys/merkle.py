"""The Merkle tree of RFC 9162, 2.1 (as RFC 6962): hashes of leaves and nodes, roots, and the two proofs.

Bytes only. Decides whether a proof holds; which hashes a proof takes is :mod:`keys.tiles`, what is signed is
:mod:`keys.checkpoint`. Also the two kinds of leaf of our ledger (ledger-and-keys.md "Ledger").
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from keys import ProofError

HASH_LENGTH: Final = 32
PROOF_LIMIT: Final = 63
"""A tree of 2^63 leaves has no longer proof."""
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


def body_leaf(body: bytes) -> bytes:
    """The leaf of an entry about a case: ``0x01 || SHA-256(canonical body)``, mute once the body is gone."""
    return b"\x01" + hashlib.sha256(body).digest()


def record_leaf(record: bytes) -> bytes:
    """The leaf of a record in clear: ``0x02 || canonical bytes`` (see :func:`keys.identity.record_bytes`)."""
    return b"\x02" + record


def leaf_hash(leaf: bytes) -> bytes:
    """``SHA-256(0x00 || leaf)``."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """``SHA-256(0x01 || left || right)``."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The tree hash over subtree hashes of one height, left to right; the empty tree's for none."""
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def fold(peaks: Sequence[bytes]) -> bytes:
    """The root over complete subtrees of falling size, left to right (at least one)."""
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def _check_lengths(hashes: Sequence[bytes]) -> None:
    if len(hashes) > PROOF_LIMIT + 3 or any(len(value) != HASH_LENGTH for value in hashes):
        raise ProofError("a proof is at most 63 hashes of 32 bytes", "bewijs_lengte")


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """That the leaf with *hash* ``leaf`` stands at ``index`` in the tree of ``size`` (RFC 9162, 2.1.3.2).

    Raises :class:`ProofError`.
    """
    _check_lengths([leaf, *proof, root])
    if not 0 <= index < size:
        raise ProofError("an index outside the tree", "bewijs_plaats")
    node, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("an inclusion proof that is too long", "bewijs_lengte")
        if node & 1 or node == last:
            value = node_hash(sibling, value)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        node, last = node >> 1, last >> 1
    if last or value != root:
        raise ProofError("an inclusion proof that does not lead to the root", "bewijs_wortel")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """That the tree of ``old`` leaves is the beginning of the tree of ``new`` (RFC 9162, 2.1.4.2).

    Nothing follows from an empty tree: ``old`` is at least 1. Raises :class:`ProofError`.
    """
    _check_lengths([old_root, new_root, *proof])
    if not 0 < old <= new:
        raise ProofError(
            "consistency is between a tree of at least one leaf and one as large or larger", "bewijs_plaats"
        )
    if old == new:
        if proof or old_root != new_root:
            raise ProofError("two trees of one size differ", "bewijs_wortel")
        return
    if not proof:
        raise ProofError("an empty consistency proof between trees of different size", "bewijs_lengte")
    # A complete old tree is its own first hash.
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for value in path[1:]:
        if last == 0:
            raise ProofError("a consistency proof that is too long", "bewijs_lengte")
        if node & 1 or node == last:
            first, second = node_hash(value, first), node_hash(value, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, value)
        node, last = node >> 1, last >> 1
    if last or first != old_root or second != new_root:
        raise ProofError("a consistency proof that does not lead to both roots", "bewijs_wortel")
