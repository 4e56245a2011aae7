"""A small log of another program, at every size: checkpoints, tiles, entry bundles, and all proofs out of them.

The folder has no public key, so the signatures are read and not verified. Of the files that the other program keeps for
itself (``.state``) only the tree means something outside it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

from keys import checkpoint, merkle, tiles
from keys.checkpoint import Checkpoint
from keys.tiles import Tile
from tests.vectors.judging import Case, Want

LOG = "testdata/log"
ORIGIN = "example.com/log/testdata"
KEY_ID = bytes.fromhex("33d7b496")
"""Of the key under every checkpoint, which is not here."""
SIZES = range(16)


@cache
def _head(file: Path) -> Checkpoint:
    note = checkpoint.parse(file.read_text(encoding="utf-8"))
    assert [line.key_id for line in note.signatures] == [KEY_ID]
    assert note.checkpoint.text.encode() == note.signed
    assert note.checkpoint.origin == ORIGIN
    return note.checkpoint


def cases(folder: Path) -> Iterator[Case]:
    """Per size its files; then each proof between and into trees, with the same proof for another tree or leaf."""
    log = folder / LOG
    yield Case(f"{LOG}/checkpoint", "", Want.OPEN, partial(_size, log / "checkpoint", max(SIZES)))
    yield Case(f"{LOG}/.state/treeState", "", Want.OPEN, lambda: _state(log))
    for file in ("publish.lock", "treeState.lock", "version"):
        yield Case(f"{LOG}/.state/{file}", "of that program alone", Want.LATER, lambda: None)
    for size in SIZES:
        file = f"checkpoint.{size}"
        yield Case(f"{LOG}/{file}", "", Want.OPEN, partial(_size, log / file, size))
        yield Case(f"{LOG}/{file}", "root", Want.OPEN, partial(_root, log, size))
        for kind in (0, None) if size else ():
            tile = Tile(kind, 0, size)
            yield Case(f"{LOG}/{tile.path}", "", Want.OPEN, partial(_tile, log, tile))
    for size in SIZES[1:]:
        for index in range(size):
            for other, want in ((False, Want.OPEN), (True, Want.REFUSE)):
                name = f"inclusion of {index}" + " for another leaf" * other
                yield Case(
                    f"{LOG}/checkpoint.{size}",
                    name,
                    want,
                    partial(_included, log, size, index, other),
                )
            old = index + 1
            yield Case(
                f"{LOG}/checkpoint.{size}",
                f"consistency with {old}",
                Want.OPEN,
                partial(_consistent, log, old, size, old),
            )
            yield Case(
                f"{LOG}/checkpoint.{size}",
                f"consistency of another {old}",
                Want.REFUSE,
                partial(_consistent, log, old, size, old - 1),
            )


def _size(file: Path, size: int) -> None:
    assert _head(file).size == size


def _state(log: Path) -> None:
    state = json.loads((log / ".state/treeState").read_text())
    assert state["size"] == max(SIZES)
    assert tiles.root(state["size"], _held(log, state["size"])) == base64.b64decode(state["root"])


def _leaves(log: Path) -> list[bytes]:
    entries = tiles.decode_bundle((log / Tile(None, 0, max(SIZES)).path).read_bytes())
    return [merkle.leaf_hash(entry) for entry in entries]


def _held(log: Path, size: int) -> dict[tiles.Position, bytes]:
    return {(0, 0): (log / Tile(0, 0, size).path).read_bytes()} if size else {}


def _root(log: Path, size: int) -> None:
    assert tiles.root(size, _held(log, size)) == _head(log / f"checkpoint.{size}").root


def _tile(log: Path, tile: Tile) -> None:
    """Growing by the entries one by one, or all at once, makes the other program's bytes, names and bundles."""
    assert Tile.parse(tile.path) == tile
    data = (log / tile.path).read_bytes()
    if tile.level is None:
        entries = tiles.decode_bundle(data)
        assert len(entries) == tile.width
        assert tiles.encode_bundle(entries) == data
        return
    leaves = _leaves(log)[: tile.width]
    assert tiles.grow(0, {}, leaves).tiles == {(0, 0): data}
    assert tiles.grow(tile.width - 1, _held(log, tile.width - 1), leaves[-1:]).tiles == {(0, 0): data}


def _included(log: Path, size: int, index: int, other: bool) -> None:
    proof = tiles.inclusion_proof(index, size, _held(log, size))
    leaf = merkle.leaf_hash(b"another") if other else _leaves(log)[index]
    merkle.verify_inclusion(index, size, leaf, proof, _head(log / f"checkpoint.{size}").root)


def _consistent(log: Path, old: int, size: int, root_of: int) -> None:
    """That the tree of ``old`` with the root of that of ``root_of`` is the beginning."""
    old_root = _head(log / f"checkpoint.{root_of}").root
    proof = tiles.consistency_proof(old, size, _held(log, size))
    merkle.verify_consistency(old, size, old_root, _head(log / f"checkpoint.{size}").root, proof)
