"""The log's formats (C2SP): signed note and checkpoint, proof in one text, tile path, tile, entry bundle."""

from __future__ import annotations

import base64

from keys import ProofError, checkpoint, proof, tiles
from keys.jws import SigningKey
from keys.merkle import body_leaf
from tests.fuzzing.oracle import FindingError, Target, kit, same, text_of

KEY = SigningKey.from_seed(b"\x08" * 32)
ORIGIN = "makelaar.example/noord"
SIGNED = checkpoint.sign(checkpoint.Checkpoint(ORIGIN, 3, b"\x01" * 32), KEY)


def note_text(note: checkpoint.ParsedNote) -> str:
    """A note written anew from what was read."""
    lines = [
        f"\u2014 {one.name} {base64.b64encode(one.key_id + one.signature).decode('ascii')}\n" for one in note.signatures
    ]
    return f"{note.checkpoint.text}\n{''.join(lines)}"


def _note(data: bytes) -> bool:
    text = text_of(data)
    try:
        note = checkpoint.parse(text)
    except ProofError:
        return False
    same(note_text(note), text, "another note than came in")
    same(note.signed, note.checkpoint.text.encode(), "other signed bytes than the three lines")
    return True


def _checkpoint(data: bytes) -> bool:
    try:
        found = checkpoint.verify(text_of(data), KEY.verify_key, ORIGIN)
    except ProofError:
        return False
    if found.text != SIGNED.partition("\n\n")[0] + "\n":
        raise FindingError("a checkpoint holds that nobody signed")
    return True


def _proof(data: bytes) -> bool:
    text = text_of(data)
    try:
        parsed = proof.parse(text)
    except ProofError:
        return False
    same(proof.build(parsed.index, parsed.hashes, parsed.checkpoint), text, "another proof than came in")
    try:
        proof.verify(text, body_leaf(b"{}"), KEY.verify_key, ORIGIN)
    except ProofError:
        return True
    raise FindingError("a proof holds for a leaf that is in no log")


def _path(data: bytes) -> bool:
    text = text_of(data)
    try:
        tile = tiles.Tile.parse(text)
    except ProofError:
        return False
    same(tile.path, text, "another path than came in")
    return True


def _bundle(data: bytes) -> bool:
    try:
        entries = tiles.decode_bundle(data)
    except ProofError:
        return False
    same(tiles.encode_bundle(entries), data, "another bundle than came in")
    return True


def _tile(data: bytes) -> bool:
    """The bytes of tile 0/0 of a log of nine leaves: a root or the declared error, whatever they are."""
    try:
        found = tiles.root(9, {(0, 0): data})
    except ProofError:
        return False
    same(found, tiles.root(9, {(0, 0): data[: 9 * 32]}), "a root that depends on what is behind the tree")
    return True


def _notes() -> tuple[bytes, ...]:
    return (SIGNED.encode(), *kit("checkpoint")())


TARGETS = (
    Target("signed-note", _note, _notes),
    Target("checkpoint", _checkpoint, _notes),
    Target("tlog-proof", _proof, kit("tlog-proof")),
    Target("tile-path", _path, kit("tile-path")),
    Target("entry-bundle", _bundle, kit("bundle")),
    Target("tile", _tile, kit("tile")),
)
