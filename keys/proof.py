"""A proof that one leaf is in the log, in one text (C2SP tlog-proof): index, hashes, and the signed checkpoint.

Decides form and truth of the proof under one log key; cosignatures come with the witnesses. The optional ``extra`` line
is not authenticated and nobody here needs it: refused.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from keys import ProofError, checkpoint
from keys.checkpoint import Checkpoint
from keys.jws import VerifyKey
from keys.merkle import HASH_LENGTH, PROOF_LIMIT, leaf_hash, verify_inclusion

HEADER: Final = "c2sp.org/tlog-proof@v1"
_INDEX: Final = "index "
_LIMIT: Final = checkpoint.NOTE_LIMIT + 8192


@dataclass(frozen=True, slots=True)
class ParsedProof:
    """A well-formed proof of which nothing is verified yet."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str


def build(index: int, hashes: Sequence[bytes], checkpoint_text: str) -> str:
    """The proof's text; ``hashes`` from :func:`keys.tiles.inclusion_proof`, the checkpoint verbatim."""
    lines = [HEADER, f"{_INDEX}{index}", *(base64.b64encode(value).decode("ascii") for value in hashes), ""]
    return "\n".join(lines) + "\n" + checkpoint_text


def parse(text: str) -> ParsedProof:
    """Read a proof strictly. Raises :class:`ProofError`."""
    if len(text) > _LIMIT:
        raise ProofError("a proof that is too long", "bewijs_te_groot")
    head, separator, note = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines[0] != HEADER or len(lines) < 2 or not lines[1].startswith(_INDEX):
        raise ProofError(f"not a proof: {HEADER}, index, hashes, an empty line, the checkpoint", "bewijs_vorm")
    hashes = tuple(checkpoint.decode_base64(line) for line in lines[2:])
    if len(hashes) > PROOF_LIMIT or any(len(value) != HASH_LENGTH for value in hashes):
        raise ProofError("a proof is at most 63 hashes of 32 bytes", "bewijs_lengte")
    return ParsedProof(checkpoint.parse_decimal(lines[1].removeprefix(_INDEX)), hashes, note)


def verify(proof_text: str, leaf: bytes, key: VerifyKey, origin: str) -> Checkpoint:
    """The checkpoint under which ``leaf`` (:func:`keys.merkle.body_leaf`, ``record_leaf``) is proven to stand.

    Raises :class:`ProofError`. The checkpoint's consistency with what one holds is the caller's next question.
    """
    parsed = parse(proof_text)
    head = checkpoint.verify(parsed.checkpoint, key, origin)
    verify_inclusion(parsed.index, head.size, leaf_hash(leaf), parsed.hashes, head.root)
    return head
