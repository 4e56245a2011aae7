"""Broken proofs: checkpoints, inclusion, consistency, proofs in one text, tiles and bundles (C2SP, RFC 9162)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

from keys import checkpoint, merkle, proof, tiles
from keys.checkpoint import Checkpoint
from tests.testkit import house
from tests.testkit.bodies import body, write
from tests.testkit.case import Case, Parts, written

SIZE, OLD, INDEX = 11, 6, 4
BODY = write(body())
LEAVES = tuple(
    merkle.leaf_hash(merkle.body_leaf(BODY.encode() if n == INDEX else f"vermelding {n}".encode())) for n in range(SIZE)
)
GROWN = tiles.grow(0, {}, LEAVES)
ROOT = GROWN.root
FORM, LENGTH, WRONG_ROOT = "bewijs_vorm", "bewijs_lengte", "bewijs_wortel"


def b64(data: bytes) -> str:
    """Standard base64, as notes and proofs have it."""
    return base64.b64encode(data).decode("ascii")


def _root(size: int) -> bytes:
    return merkle.root_of(LEAVES[:size]) if size & (size - 1) == 0 else tiles.root(size, GROWN.tiles)


def note(origin: str = house.ORIGIN, signer: str = "log", name: str | None = None) -> str:
    """The signed checkpoint of the log."""
    return checkpoint.sign(Checkpoint(origin, SIZE, ROOT), house.key(signer), name)


def signed_text(text: str, signer: str = "log") -> str:
    """Any text as a note, truly signed under the log's name."""
    signer_key = house.key(signer)
    named = checkpoint.NoteKey.of(signer_key.verify_key, house.ORIGIN)
    line = b64(named.key_id + signer_key.sign_bytes(text.encode()))
    return f"{text}\n\u2014 {house.ORIGIN} {line}\n"


def checkpoints() -> Iterator[Case]:
    """Signed notes of three lines."""
    given = {"origin": house.ORIGIN, "key": house.public("log")}
    text = note()
    valid = Case("checkpoint", "valid-signed", "A checkpoint of eleven entries", text, given=given)
    yield valid
    other = checkpoint.sign(Checkpoint(house.ORIGIN, SIZE, ROOT), house.key("vreemde"), "witness.example/w1")
    line = other.split("\n\n")[1]
    yield Case("checkpoint", "valid-cosigned", "With a signature that nobody here knows", text + line, given=given)
    lines, root = text.split("\n"), b64(ROOT)
    three = f"{house.ORIGIN}\n{SIZE}\n{root}\n"
    assert signed_text(three) == text
    rows: list[tuple[str, str, str | Parts, str]] = [
        ("empty", "No text", "", FORM),
        ("unsigned", "No signatures", three, FORM),
        ("no-line", "No line under the empty line", three + "\n", FORM),
        ("line-break-end", "The last line does not end", text[:-1], FORM),
        ("two-lines", "No root", signed_text(f"{house.ORIGIN}\n{SIZE}\n"), FORM),
        ("four-lines", "A fourth line", signed_text(f"{three}extension\n"), FORM),
        ("carriage-return", "Lines that end in CR LF", text.replace("\n", "\r\n"), FORM),
        ("tab", "A tab", signed_text(f"{house.ORIGIN}\n{SIZE}\t\n{root}\n"), FORM),
        ("nul", "A NUL", signed_text(f"{house.ORIGIN}\n{SIZE}\n{root}\0\n"), FORM),
        ("origin-space", "An origin with a space", signed_text(f"een logboek\n{SIZE}\n{root}\n"), FORM),
        ("origin-plus", "An origin with a plus", signed_text(f"a+b\n{SIZE}\n{root}\n"), FORM),
        ("origin-empty", "An empty origin", signed_text(f"\n{SIZE}\n{root}\n"), FORM),
        (
            "size-zero-in-front",
            "A size with a zero in front",
            signed_text(three.replace("\n11\n", "\n011\n")),
            "bewijs_getal",
        ),
        ("size-plus", "A size with a plus", signed_text(three.replace("\n11\n", "\n+11\n")), "bewijs_getal"),
        ("size-minus", "A size below zero", signed_text(three.replace("\n11\n", "\n-11\n")), "bewijs_getal"),
        ("size-space", "A size with a space", signed_text(three.replace("\n11\n", "\n11 \n")), "bewijs_getal"),
        ("size-hex", "A size in hexadecimal", signed_text(three.replace("\n11\n", "\n0x0b\n")), "bewijs_getal"),
        ("size-huge", "A size of 2^63", signed_text(three.replace("\n11\n", f"\n{2**63}\n")), "bewijs_getal"),
        (
            "size-digits",
            "A size in digits of another script",
            signed_text(three.replace("\n11\n", "\n\u0661\u0661\n")),
            "bewijs_getal",
        ),
        ("root-short", "A root of 31 bytes", signed_text(f"{house.ORIGIN}\n{SIZE}\n{b64(ROOT[:31])}\n"), LENGTH),
        ("root-long", "A root of 33 bytes", signed_text(f"{house.ORIGIN}\n{SIZE}\n{b64(ROOT + b'0')}\n"), LENGTH),
        ("root-unpadded", "A root without padding", signed_text(three.replace("=", "")), "bewijs_base64"),
        (
            "root-stray-bits",
            "A root with stray bits",
            signed_text(f"{house.ORIGIN}\n{SIZE}\n{_stray(root)}\n"),
            "bewijs_base64",
        ),
        (
            "root-hex",
            "A root with other characters",
            signed_text(f"{house.ORIGIN}\n{SIZE}\n!{root[1:]}\n"),
            "bewijs_base64",
        ),
        ("dash", "A signature line with a hyphen", text.replace("\u2014", "-"), FORM),
        ("line-two-spaces", "Two spaces in a signature line", text.replace("\u2014 ", "\u2014  "), FORM),
        ("line-words", "A signature line of words", f"{three}\ngetekend: de makelaar\n", FORM),
        ("line-short", "A signature of three bytes", f"{three}\n\u2014 {house.ORIGIN} AAAA\n", FORM),
        ("line-base64", "A signature that is no base64", f"{three}\n\u2014 {house.ORIGIN} A\n", "bewijs_base64"),
        ("line-empty", "An empty line between signatures", f"{text}\n{line}", FORM),
        ("signatures-65", "Sixty-five signatures", ((three + "\n", 1), (lines[4] + "\n", 65)), "bewijs_te_groot"),
        ("long", "Above 64 KiB", ((text, 1), ("\u2014 w.example/1 AAAAAAAA\n", 4000)), "bewijs_te_groot"),
        ("origin-other", "The checkpoint of another log", note("broker.example/ander/2026"), "bewijs_logboek"),
        ("origin-year", "The checkpoint of another year", note(f"broker.example/{house.HOUSE}/2025"), "bewijs_logboek"),
        ("signer-other", "Signed by another key alone", note(signer="vreemde"), "handtekening_ontbreekt"),
        ("name-other", "Signed under another name", note(name="broker.example/x"), "handtekening_ontbreekt"),
        ("key-id", "The id of another key", _key_id(text), "handtekening_ontbreekt"),
        ("size-changed", "The size was changed", text.replace("\n11\n", "\n12\n"), "handtekening_fout"),
        ("root-changed", "The root was changed", text.replace(root, b64(bytes(32))), "handtekening_fout"),
        ("signature-changed", "A bit of the signature was changed", _signature(text, -1), "handtekening_fout"),
        ("signature-cut", "A signature of 63 bytes", _signature(text, None), "handtekening_fout"),
        ("signature-second", "A second, wrong signature of the same key", text + _second(text), "handtekening_fout"),
    ]
    for name, what, data, code in rows:
        yield Case("checkpoint", name, what, data, code, base=valid.name, given=given)


def _stray(text: str) -> str:
    """The same bytes with bits behind the last of them: 32 bytes leave two."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return text[:-2] + letters[letters.index(text[-2]) + 1] + "="


def _line(text: str, change: Callable[[bytes], bytes]) -> str:
    head, _, data = text.rstrip("\n").rpartition(" ")
    return f"{head} {b64(change(base64.b64decode(data)))}\n"


def _key_id(text: str) -> str:
    return _line(text, lambda data: bytes(4) + data[4:])


def _signature(text: str, flip: int | None) -> str:
    return _line(text, lambda data: data[:-1] if flip is None else data[:-1] + bytes([data[flip] ^ 1]))


def _second(text: str) -> str:
    return _signature(text, -1).split("\n\n")[1]


# ---------------------------------------------------------------------------------------------- inclusion, consistency


def inclusions() -> Iterator[Case]:
    """Bytes: the JSON list of hashes, each in base64; ``given``: leaf, place and root (RFC 9162, 2.1.3)."""
    hashes = list(tiles.inclusion_proof(INDEX, SIZE, GROWN.tiles))
    given = {"index": INDEX, "size": SIZE, "leaf_hash": b64(LEAVES[INDEX]), "root": b64(ROOT)}
    valid = Case("inclusion", "valid-fifth", "The fifth entry of eleven", _listed(hashes), given=given)
    yield valid
    last = {"index": 10, "size": SIZE, "leaf_hash": b64(LEAVES[10]), "root": b64(ROOT)}
    path = list(tiles.inclusion_proof(10, SIZE, GROWN.tiles))
    yield Case("inclusion", "valid-last", "The last entry of eleven", _listed(path), given=last)

    def row(name: str, what: str, proof_: list[bytes], code: str, **changed: Any) -> Case:
        return Case("inclusion", name, what, _listed(proof_), code, base=valid.name, given=given | changed)

    yield row("missing", "The last hash is missing", hashes[:-1], WRONG_ROOT)
    yield row("none", "No hashes", [], WRONG_ROOT)
    yield row("too-many", "A hash too many", [*hashes, hashes[0]], LENGTH)
    yield row("order", "Two hashes changed places", [hashes[1], hashes[0], *hashes[2:]], WRONG_ROOT)
    yield row("changed", "A bit of a hash was changed", [_flip(hashes[0]), *hashes[1:]], WRONG_ROOT)
    yield row("short", "A hash of 31 bytes", [hashes[0][:31], *hashes[1:]], LENGTH)
    yield row("sixty-seven", "Sixty-seven hashes", [hashes[0]] * 67, LENGTH)
    yield row("leaf-other", "The proof of another entry", hashes, WRONG_ROOT, leaf_hash=b64(LEAVES[3]))
    yield row(
        "leaf-node",
        "A node of the tree passed off as an entry",
        hashes[1:],
        WRONG_ROOT,
        leaf_hash=b64(_node()),
        index=2,
    )
    yield row("index-other", "Another place", hashes, WRONG_ROOT, index=5)
    yield row("index-behind", "A place behind the last", hashes, "bewijs_plaats", index=SIZE)
    yield row("index-negative", "A place below zero", hashes, "bewijs_plaats", index=-1)
    yield row("size-zero", "A tree of nothing", hashes, "bewijs_plaats", size=0)
    yield row("root-other", "Another root", hashes, WRONG_ROOT, root=b64(bytes(32)))
    unpadded = written([b64(one).rstrip("=") for one in hashes])
    yield Case("inclusion", "base64", "Hashes without padding", unpadded, "bewijs_base64", base=valid.name, given=given)


def _node() -> bytes:
    return merkle.node_hash(LEAVES[4], LEAVES[5])


def _flip(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


def _listed(hashes: list[bytes]) -> str:
    return written([b64(one) for one in hashes])


def consistencies() -> Iterator[Case]:
    """Bytes: the JSON list of hashes; ``given``: both trees (RFC 9162, 2.1.4)."""
    hashes = list(tiles.consistency_proof(OLD, SIZE, GROWN.tiles))
    given = {"old": OLD, "new": SIZE, "old_root": b64(_root(OLD)), "new_root": b64(ROOT)}
    valid = Case("consistency", "valid-six", "From six entries to eleven", _listed(hashes), given=given)
    yield valid
    eight = {"old": 8, "new": SIZE, "old_root": b64(_root(8)), "new_root": b64(ROOT)}
    path = list(tiles.consistency_proof(8, SIZE, GROWN.tiles))
    yield Case("consistency", "valid-eight", "From eight, a whole tree, to eleven", _listed(path), given=eight)
    same = given | {"old": SIZE, "old_root": b64(ROOT)}
    yield Case("consistency", "valid-same", "One and the same tree", "[]", given=same)

    def row(name: str, what: str, proof_: list[bytes], code: str, **changed: Any) -> Case:
        return Case("consistency", name, what, _listed(proof_), code, base=valid.name, given=given | changed)

    yield row("none", "No hashes", [], LENGTH)
    yield row("missing", "The last hash is missing", hashes[:-1], WRONG_ROOT)
    yield row("too-many", "A hash too many", [*hashes, hashes[0]], LENGTH)
    yield row("order", "Two hashes changed places", [hashes[1], hashes[0], *hashes[2:]], WRONG_ROOT)
    yield row("changed", "A bit of a hash was changed", [*hashes[:-1], _flip(hashes[-1])], WRONG_ROOT)
    yield row("old-root", "The old tree was another one", hashes, WRONG_ROOT, old_root=b64(bytes(32)))
    yield row("new-root", "The new tree is another one", hashes, WRONG_ROOT, new_root=b64(bytes(32)))
    yield row("shrunk", "The new tree is the smaller one", hashes, "bewijs_plaats", old=SIZE, new=OLD)
    yield row("from-nothing", "From an empty tree", hashes, "bewijs_plaats", old=0)
    yield row("same-with-hashes", "One size, and hashes", hashes, WRONG_ROOT, old=SIZE, old_root=b64(ROOT))
    yield row("fork", "Two trees of one size", [], WRONG_ROOT, old=SIZE, old_root=b64(bytes(32)))
    yield row("old-other", "Another old size", hashes, WRONG_ROOT, old=7)
    yield row("short", "A hash of 16 bytes", [hashes[0][:16], *hashes[1:]], LENGTH)


def texts() -> Iterator[Case]:
    """Proofs in one text (C2SP tlog-proof): index, hashes, an empty line, the checkpoint."""
    given = {"origin": house.ORIGIN, "key": house.public("log"), "body": BODY}
    hashes = tiles.inclusion_proof(INDEX, SIZE, GROWN.tiles)
    text = proof.build(INDEX, hashes, note())
    valid = Case("tlog-proof", "valid-fifth", "That an entry stands in the log", text, given=given)
    yield valid
    first, index, *rest = text.split("\n")
    rows: list[tuple[str, str, str | Parts, str]] = [
        ("empty", "No text", "", FORM),
        ("header-missing", "The first line is missing", "\n".join([index, *rest]), FORM),
        ("header-version", "Another version", text.replace("@v1", "@v2"), FORM),
        ("header-behind", "A space behind the first line", text.replace(first, first + " "), FORM),
        ("index-missing", "The index is missing", "\n".join([first, *rest]), FORM),
        ("index-word", "The index under another name", text.replace(index, "leaf 4"), FORM),
        ("extra", "An extra line, which nobody signed", text.replace(index, f"extra eA==\n{index}"), FORM),
        ("no-checkpoint", "No checkpoint", text.split("\n\n")[0] + "\n", FORM),
        ("carriage-return", "Lines that end in CR LF", text.replace("\n", "\r\n"), FORM),
        ("index-zero-in-front", "An index with a zero in front", text.replace(index, "index 04"), "bewijs_getal"),
        ("index-negative", "An index below zero", text.replace(index, "index -4"), "bewijs_getal"),
        ("index-space", "Two spaces before the index", text.replace(index, "index  4"), "bewijs_getal"),
        ("index-huge", "An index of 2^63", text.replace(index, f"index {2**63}"), "bewijs_getal"),
        ("index-behind", "An index behind the last", text.replace(index, f"index {SIZE}"), "bewijs_plaats"),
        ("index-other", "The index of another entry", text.replace(index, "index 5"), WRONG_ROOT),
        ("hash-unpadded", "A hash without padding", text.replace(rest[0], rest[0].rstrip("=")), "bewijs_base64"),
        ("hash-url", "A hash in base64url", text.replace(rest[0], "-" + rest[0][1:]), "bewijs_base64"),
        ("hash-short", "A hash of 30 bytes", text.replace(rest[0], b64(hashes[0][:30])), LENGTH),
        ("hash-missing", "A hash is missing", text.replace(rest[0] + "\n", ""), WRONG_ROOT),
        ("hash-changed", "A bit of a hash was changed", text.replace(rest[0], b64(_flip(hashes[0]))), WRONG_ROOT),
        ("hashes-64", "Sixty-four hashes", text.replace(rest[0], "\n".join([rest[0]] * 61)), LENGTH),
        ("checkpoint-unsigned", "The checkpoint is not signed", proof.build(INDEX, hashes, "x\n11\n"), FORM),
        (
            "checkpoint-other",
            "The checkpoint of another log",
            proof.build(INDEX, hashes, note("x.example/a/2026")),
            "bewijs_logboek",
        ),
        (
            "checkpoint-signer",
            "Signed by another key",
            proof.build(INDEX, hashes, note(signer="vreemde")),
            "handtekening_ontbreekt",
        ),
        ("checkpoint-changed", "The size was changed", text.replace("\n11\n", "\n12\n"), "handtekening_fout"),
        ("long", "Too long", ((text, 1), ("\u2014 w.example/1 AAAAAAAA\n", 4000)), "bewijs_te_groot"),
    ]
    for name, what, data, code in rows:
        yield Case("tlog-proof", name, what, data, code, base=valid.name, given=given)
    edited = given | {"body": BODY.replace('"case_seq":1', '"case_seq":2')}
    yield Case("tlog-proof", "body-edited", "The entry was edited", text, WRONG_ROOT, base=valid.name, given=edited)


# --------------------------------------------------------------------------------------------------------------- tiles


def tile_paths() -> Iterator[Case]:
    """The names of tiles and bundles in a URL (C2SP tlog-tiles)."""
    valid = Case("tile-path", "valid-partial", "A tile of 113 hashes", "tile/0/x001/x234/067.p/113")
    yield valid
    yield Case("tile-path", "valid-entries", "A whole bundle", "tile/entries/000")
    for name, what, path in (
        ("level-missing", "No level", "tile/000"),
        ("level-word", "A level that is none", "tile/data/000"),
        ("level-zero-in-front", "A level with a zero in front", "tile/00/000"),
        ("level-64", "Above the highest level", "tile/64/000"),
        ("index-short", "An index of two digits", "tile/0/67"),
        ("index-long", "An index of four digits in one piece", "tile/0/1234"),
        ("index-no-x", "A first piece without an x", "tile/0/001/067"),
        ("index-x-last", "An x in the last piece", "tile/0/x001/x067"),
        ("index-zeroes", "A piece of zeroes in front", "tile/0/x000/067"),
        ("width-zero", "A width of zero", "tile/0/000.p/0"),
        ("width-256", "A width of 256, which is a whole tile", "tile/0/000.p/256"),
        ("width-257", "A width of 257", "tile/0/000.p/257"),
        ("width-zero-in-front", "A width with a zero in front", "tile/0/000.p/01"),
        ("width-empty", "A width without a number", "tile/0/000.p/"),
        ("climbs", "A path that climbs", "tile/0/../../keys"),
        ("slash-in-front", "A slash in front", "/tile/0/000"),
        ("slash-behind", "A slash behind", "tile/0/000/"),
        ("encoded", "A slash in percent-encoding", "tile%2F0/000"),
        ("digits", "Digits of another script", "tile/0/\u0660\u0660\u0660"),
    ):
        yield Case("tile-path", name, what, path, "tegel_pad", base=valid.name)


def tile_bytes() -> Iterator[Case]:
    """Tile 0/0 of a log of eleven entries; ``given``: the size and root of its checkpoint."""
    data = GROWN.tiles[0, 0]
    given = {"size": SIZE, "root": b64(ROOT)}
    valid = Case("tile", "valid-eleven", "Eleven hashes", data, given=given)
    yield valid
    for name, what, changed, code in (
        ("empty", "No bytes", b"", "tegel_kort"),
        ("short", "Ten hashes", data[:-32], "tegel_kort"),
        ("cut", "The last hash is cut off", data[:-1], "tegel_kort"),
        ("changed", "A bit of a hash was changed", _flip(data), WRONG_ROOT),
        ("order", "Two hashes changed places", data[32:64] + data[:32] + data[64:], WRONG_ROOT),
        ("shifted", "A byte too many in front", b"\0" + data, WRONG_ROOT),
    ):
        yield Case("tile", name, what, changed, code, base=valid.name, given=given)


def bundles() -> Iterator[Case]:
    """Entry bundles: each entry with its length in two bytes."""
    entries = [merkle.body_leaf(f"vermelding {n}".encode()) for n in range(3)]
    data = tiles.encode_bundle(entries)
    valid = Case("bundle", "valid-three", "Three entries", data)
    yield valid
    for name, what, changed in (
        ("cut", "The last entry is cut off", data[:-1]),
        ("length-cut", "Half a length", data + b"\0"),
        ("length-high", "A length above what follows", data[:-35] + b"\xff\xff" + data[-33:]),
        ("little-endian", "Lengths with their low byte first", data.replace(b"\0\x21", b"\x21\0")),
        ("four-bytes", "Lengths of four bytes", data.replace(b"\0\x21", b"\0\0\0\x21") + b"\0"),
        ("entries-257", "Two hundred and fifty-seven entries", b"\0\0" * 257),
    ):
        yield Case("bundle", name, what, changed, "bundel_vorm", base=valid.name)
