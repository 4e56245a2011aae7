"""Tiles: names, bundles, growing, proofs; checked against a whole log that another program wrote."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys import ProofError
from keys.merkle import EMPTY_ROOT, leaf_hash, root_of, verify_consistency, verify_inclusion
from keys.tiles import (
    Position,
    Tile,
    consistency_proof,
    decode_bundle,
    encode_bundle,
    grow,
    inclusion_proof,
    root,
    tiles_for_consistency,
    tiles_for_inclusion,
    tiles_for_root,
)

BIG = 70_000


@cache
def leaves(size: int) -> tuple[bytes, ...]:
    return tuple(leaf_hash(number.to_bytes(4, "big")) for number in range(size))


@cache
def big_log() -> dict[Position, bytes]:
    return grow(0, {}, leaves(BIG)).tiles


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 0, 5), "tile/0/000.p/5"),
        (Tile(1, 1234067), "tile/1/x001/x234/067"),
        (Tile(63, 1000, 255), "tile/63/x001/000.p/255"),
        (Tile(None, 999, 1), "tile/entries/999.p/1"),
    ],
)
def test_paths_both_ways(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert Tile.parse(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/00/000",
        "tile/64/000",
        "tile/0/0",
        "tile/0/x000/000",
        "tile/0/000/000",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/01",
        "tile/-1/000",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0/\u0660\u0660\u0660",
    ],
)
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(ProofError):
        Tile.parse(path)


@given(st.lists(st.binary(max_size=40), max_size=256))
def test_bundles_both_ways(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries)) == tuple(entries)


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x02a", encode_bundle([b"x"] * 257), encode_bundle([b"x"]) + b"\x00"])
def test_other_bundles_are_refused(data: bytes) -> None:
    with pytest.raises(ProofError):
        decode_bundle(data)


def test_an_entry_fits_a_uint16() -> None:
    assert decode_bundle(encode_bundle([b"x" * 65535])) == (b"x" * 65535,)
    with pytest.raises(ProofError):
        encode_bundle([b"x" * 65536])


@settings(max_examples=60)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=6))
def test_growing_in_steps_equals_growing_at_once(steps: list[int]) -> None:
    tiles: dict[Position, bytes] = {}
    size = 0
    for step in steps:
        asked: list[Position] = []

        def read(at: Position, asked: list[Position] = asked) -> bytes:
            asked.append(at)
            return tiles[at]

        grown = grow(size, read, leaves(4200)[size : size + step])
        assert set(asked) == tiles_for_root(size)
        tiles.update(grown.tiles)
        size += step
        assert grown.size == size
        assert grown.root == root_of(leaves(4200)[:size])
    whole = grow(0, {}, leaves(4200)[:size])
    assert tiles == whole.tiles


def test_growing_by_nothing_changes_nothing() -> None:
    assert grow(0, {}, []) == ({}, 0, EMPTY_ROOT)
    tiles = grow(0, {}, leaves(300)).tiles
    assert grow(300, tiles, []) == ({}, 300, root_of(leaves(300)))


def test_the_shape_of_70000_is_that_of_the_specification() -> None:
    log = big_log()
    assert {level: sum(1 for at in log if at[0] == level) for level in range(3)} == {0: 274, 1: 2, 2: 1}
    assert [len(log[at]) // 32 for at in [(0, 273), (1, 0), (1, 1), (2, 0)]] == [112, 256, 17, 1]
    assert tiles_for_root(BIG) == {(0, 273), (1, 1), (2, 0)}


sizes = st.one_of(st.integers(1, BIG), st.sampled_from([1, 2, 255, 256, 257, 511, 512, 65535, 65536, 65537, BIG]))


@settings(max_examples=80)
@given(sizes, st.data())
def test_inclusion_out_of_just_those_tiles(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    log = big_log()
    tiles = {at: log[at] for at in tiles_for_inclusion(index, size)}
    top = root(size, {at: log[at] for at in tiles_for_root(size)})
    proof = inclusion_proof(index, size, tiles)
    verify_inclusion(index, size, leaves(BIG)[index], proof, top)
    with pytest.raises(ProofError):
        verify_inclusion(index, size, leaf_hash(b"another"), proof, top)


@settings(max_examples=80)
@given(sizes, st.data())
def test_consistency_out_of_just_those_tiles(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    log = big_log()
    tiles = {at: log[at] for at in tiles_for_consistency(old, new)}
    proof = consistency_proof(old, new, tiles)
    verify_consistency(old, new, root(old, log), root(new, log), proof)
    if old != new:
        with pytest.raises(ProofError):
            verify_consistency(old, new, root(new, log), root(new, log), proof)


def test_all_proofs_of_all_small_trees() -> None:
    held = leaves(34)
    tiles = grow(0, {}, held).tiles
    for size in range(1, 35):
        top = root_of(held[:size])
        for index in range(size):
            verify_inclusion(index, size, held[index], inclusion_proof(index, size, tiles), top)
            old = index + 1
            verify_consistency(old, size, root_of(held[:old]), top, consistency_proof(old, size, tiles))


def test_missing_or_short_tiles_are_named() -> None:
    tiles = grow(0, {}, leaves(300)).tiles
    with pytest.raises(ProofError, match="1/0"):
        root(300, {(0, 1): tiles[(0, 1)]})
    with pytest.raises(ProofError, match="0/1"):
        inclusion_proof(298, 300, {**tiles, (0, 1): tiles[(0, 1)][:-1]})
    with pytest.raises(ProofError, match="0/1"):
        grow(300, {(1, 0): tiles[(1, 0)]}, leaves(1))
    with pytest.raises(ProofError, match="32 bytes"):
        grow(0, {}, [b"short"])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_indices_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ProofError):
        tiles_for_inclusion(index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (0, 0)])
def test_consistency_needs_a_beginning(old: int, new: int) -> None:
    with pytest.raises(ProofError):
        tiles_for_consistency(old, new)
