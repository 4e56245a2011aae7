"""Go's ``sumdb/note`` and ``sumdb/tlog`` accept our checkpoints, proofs and tiles, and refuse tampered ones; so do we.

The log is a real one: a broker over PostgreSQL took over 300 messages. Every case goes to both programs, and both must
say the same: Go is not told which cases are tampered with.
"""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from broker.migrations import upgrade
from deploy.embedded_postgres import EmbeddedPostgres
from keys import ProofError, checkpoint, proof, tiles
from keys.checkpoint import NoteKey
from keys.jws import SigningKey
from keys.merkle import leaf_hash, verify_consistency, verify_inclusion
from keys.tiles import Tile
from tests.strangers.log_on_disk import Log, write
from tests.strangers.programs import go_program, keep_figures

pytestmark = pytest.mark.slow

STRANGER = SigningKey.from_seed(b"\x21" * 32)


@pytest.fixture(scope="module")
def log(postgres: EmbeddedPostgres) -> Iterator[Log]:
    """The log; nothing in it changes a test's mind, so one for all."""
    go_program()  # absent: say so before a broker is started
    dsn = postgres.create_database("strangers_log")
    with TemporaryDirectory(prefix="kc-") as folder:
        asyncio.run(upgrade(dsn))
        yield asyncio.run(write(dsn, Path(folder)))


@dataclass(frozen=True)
class Case:
    """Something to believe or not, as Go is told it."""

    name: str
    kind: str
    members: dict[str, Any] = field(repr=False)

    def told(self) -> dict[str, Any]:
        """As JSON; Go reads bytes as base64."""
        return {"name": self.name, "kind": self.kind, **{name: _plain(value) for name, value in self.members.items()}}

    def changed(self, name: str, **members: Any) -> Case:
        return Case(name, self.kind, {**self.members, **members})


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def go_says(cases: list[Case]) -> dict[str, dict[str, Any]]:
    asked = json.dumps([case.told() for case in cases])
    done = subprocess.run([go_program()], input=asked, capture_output=True, text=True, check=True, timeout=300)
    verdicts = {one["name"]: one for one in json.loads(done.stdout)}
    assert len(verdicts) == len(cases)
    return verdicts


def we_say(log: Log, case: Case) -> bool:
    """Our verdict, by the functions that a connector uses."""
    told = case.members
    try:
        match case.kind:
            case "checkpoint":
                _known(log, told["vkey"])
                checkpoint.verify(told["text"], log.key, told["origin"])
            case "proof":
                proof.verify(told["text"], told["leaf"], log.key, told["origin"])
            case "inclusion":
                verify_inclusion(told["index"], told["size"], leaf_hash(told["leaf"]), told["proof"], told["root"])
            case "consistency":
                verify_consistency(told["old"], told["size"], told["before"], told["root"], told["proof"])
            case _:
                _read_log(log, Path(told["folder"]))
    except ProofError:
        return False
    return True


def _known(log: Log, vkey: str) -> None:
    if vkey != log.vkey:
        raise ProofError("another key than that of genesis")


def _read_log(log: Log, folder: Path) -> None:
    """As an audit: every leaf from the bundles, the tree from the leaves, and every tile as served."""
    head = checkpoint.verify((folder / "checkpoint").read_text(), log.key, log.origin)
    leaves: list[bytes] = []
    for first in range(0, head.size, tiles.WIDTH):
        width = min(tiles.WIDTH, head.size - first)
        found = tiles.decode_bundle(_read(folder, Tile(None, first // tiles.WIDTH, width)))
        if len(found) != width:
            raise ProofError("a bundle of another length")
        leaves += found
    grown = tiles.grow(0, {}, [leaf_hash(leaf) for leaf in leaves])
    if grown.root != head.root:
        raise ProofError("the leaves are not those of the checkpoint")
    for (level, index), data in grown.tiles.items():
        if _read(folder, Tile(level, index, len(data) // 32)) != data:
            raise ProofError("a tile is not that of the leaves")


def _read(folder: Path, tile: Tile) -> bytes:
    path = folder / tile.path
    if not path.exists():
        raise ProofError("a tile is missing")
    return path.read_bytes()


def note_case(log: Log, text: str, name: str, **members: Any) -> Case:
    return Case(name, "checkpoint", {"text": text, "vkey": log.vkey, "origin": log.origin, **members})


def inclusion(log: Log, index: int, size: int) -> Case:
    members = {
        "index": index,
        "size": size,
        "leaf": log.leaves[index],
        "root": log.root(size),
        "proof": tiles.inclusion_proof(index, size, log.tiles),
    }
    return Case(f"inclusion of {index} in {size}", "inclusion", members)


def consistency(log: Log, old: int, size: int) -> Case:
    members = {
        "old": old,
        "size": size,
        "before": log.root(old),
        "root": log.root(size),
        "proof": tiles.consistency_proof(old, size, log.tiles),
    }
    return Case(f"consistency of {old} with {size}", "consistency", members)


def served_proofs(log: Log) -> list[Case]:
    return [
        Case(
            f"proof {number} of an inbox", "proof", {"text": text, "leaf": leaf, "vkey": log.vkey, "origin": log.origin}
        )
        for number, (text, leaf) in enumerate(log.proofs)
    ]


def test_the_log_has_a_full_tile_and_partial_ones(log: Log) -> None:
    assert log.head.size > 300
    assert {at: len(data) // 32 for at, data in log.tiles.items()} == {
        (0, 0): 256,
        (0, 1): log.head.size - 256,
        (1, 0): 1,
    }


def test_go_accepts_what_we_made(log: Log) -> None:
    size = log.head.size
    cases = [note_case(log, text, f"checkpoint {number}") for number, text in enumerate(log.notes)]
    cases += [note_case(log, log.notes[-1] + _line_of(STRANGER, log), "with a line of another key")]
    cases += served_proofs(log)
    cases += [inclusion(log, index, size) for index in range(size)]
    cases += [inclusion(log, index, 257) for index in (0, 1, 127, 128, 255, 256)]
    cases += [consistency(log, old, size) for old in range(1, size + 1)]
    cases += [consistency(log, old, 256) for old in (1, 2, 3, 128, 255, 256)]
    heads = log.heads
    cases += [
        consistency(log, one.size, other.size).changed(
            f"head {one.size} with {other.size}", before=one.root, root=other.root
        )
        for one in heads
        for other in heads
        if one.size <= other.size
    ]
    cases += [Case("the whole log", "log", {"folder": str(log.folder), "vkey": log.vkey, "origin": log.origin})]
    verdicts = go_says(cases)
    assert {name: one.get("why") for name, one in verdicts.items() if not one["holds"]} == {}
    assert [case.name for case in cases if not we_say(log, case)] == []
    assert verdicts["the whole log"]["checked"] == size
    assert len(log.proofs) > 20
    keep_figures("go_accepts", {"entries": size, **Counter(case.kind for case in cases)})


def _line_of(key: SigningKey, log: Log, name: str = "example.org/witness") -> str:
    """A valid signature line over the newest checkpoint by another key."""
    line: str = checkpoint.sign(log.head, key, name).split("\n\n")[1]
    return line


def _flip(data: bytes, at: int = 0) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _text_flip(line: str) -> str:
    return base64.b64encode(_flip(base64.b64decode(line), 67)).decode()


def tampered_notes(log: Log) -> list[Case]:
    text, head = log.notes[-1], log.head
    body, line = text.split("\n\n")
    mark, name, signature = line.rstrip("\n").split(" ")
    root = base64.b64encode(head.root).decode()
    key_id = base64.b64decode(signature)
    older = log.notes[0].split("\n\n")[1]
    of_stranger = checkpoint.sign(head, STRANGER, log.origin)
    changes = {
        "a larger size": text.replace(f"\n{head.size}\n", f"\n{head.size + 1}\n"),
        "a smaller size": text.replace(f"\n{head.size}\n", f"\n{head.size - 1}\n"),
        "a size with a zero before it": text.replace(f"\n{head.size}\n", f"\n0{head.size}\n"),
        "another root": text.replace(root, base64.b64encode(_flip(head.root)).decode()),
        "another origin": text.replace(log.origin, log.origin.replace("2", "3")),
        "signature changed": f"{body}\n\n{mark} {name} {_text_flip(signature)}\n",
        "key id changed": f"{body}\n\n{mark} {name} {base64.b64encode(_flip(key_id)).decode()}\n",
        "signature cut": f"{body}\n\n{mark} {name} {base64.b64encode(key_id[:-1]).decode()}\n",
        "signed under another name": f"{body}\n\n{mark} {name}x {signature}\n",
        "signature of an older checkpoint": f"{body}\n\n{older}",
        "signed by another key under the log's name": of_stranger,
        "only a line of another key": f"{body}\n\n{_line_of(STRANGER, log)}",
        "no signature": f"{body}\n\n",
        "no empty line": text.replace("\n\n", "\n"),
        "a line added": f"{body}\nextra\n\n{line}",
        "lines exchanged": "\n".join(body.split("\n")[i] for i in (0, 2, 1)) + f"\n\n{line}",
        "no end of line": text[:-1],
        "something behind it": text + "x\n",
        "ends of line of another system": text.replace("\n", "\r\n"),
        "cut in half": text[: len(text) // 2],
        "nothing": "",
    }
    cases = [note_case(log, changed, f"checkpoint: {what}") for what, changed in changes.items()]
    vkey = NoteKey.of(STRANGER.verify_key, log.origin).vkey
    return [
        *cases,
        note_case(log, text, "checkpoint: read with another key", vkey=vkey),
        note_case(log, text, "checkpoint: of another log", origin="example.org/zuid/2026"),
    ]


def tampered_inclusions(log: Log) -> list[Case]:
    size = log.head.size
    good = inclusion(log, 70, size)
    hashes, leaf = list(good.members["proof"]), good.members["leaf"]
    return [
        good.changed("inclusion: first hash changed", proof=[_flip(hashes[0]), *hashes[1:]]),
        good.changed("inclusion: last hash changed", proof=[*hashes[:-1], _flip(hashes[-1])]),
        good.changed("inclusion: hashes exchanged", proof=[hashes[1], hashes[0], *hashes[2:]]),
        good.changed("inclusion: hashes turned round", proof=hashes[::-1]),
        good.changed("inclusion: a hash less", proof=hashes[:-1]),
        good.changed("inclusion: a hash more", proof=[*hashes, hashes[0]]),
        good.changed("inclusion: no hashes", proof=[]),
        good.changed("inclusion: a hash of 31 bytes", proof=[hashes[0][:-1], *hashes[1:]]),
        good.changed("inclusion: another leaf", leaf=_flip(leaf, len(leaf) - 1)),
        good.changed("inclusion: a leaf of the other sort", leaf=b"\x02" + leaf[1:]),
        good.changed("inclusion: the leaf of its neighbour", leaf=log.leaves[71]),
        good.changed("inclusion: its neighbour's place", index=71),
        good.changed("inclusion: a place far away", index=70 + 128),
        good.changed("inclusion: a place outside", index=size),
        good.changed("inclusion: a place before the first", index=-1),
        good.changed("inclusion: another root", root=_flip(good.members["root"])),
        good.changed("inclusion: the root of an older tree", root=log.root(log.heads[0].size)),
        good.changed("inclusion: a smaller tree", size=200),
        good.changed("inclusion: a node taken for a leaf", leaf=hashes[0] + hashes[1], proof=hashes[2:], index=35),
    ]


def tampered_consistencies(log: Log) -> list[Case]:
    size, old = log.head.size, log.heads[0].size
    good = consistency(log, old, size)
    hashes = list(good.members["proof"])
    forked = tiles.grow(0, {}, [leaf_hash(leaf) for leaf in (b"\x01" + bytes(32), *log.leaves[1:old])]).root
    omitted = tiles.grow(0, {}, [leaf_hash(leaf) for leaf in (*log.leaves[:5], *log.leaves[6:])]).root
    exchanged = [*log.leaves[:5], log.leaves[6], log.leaves[5], *log.leaves[7:]]
    reordered = tiles.grow(0, {}, [leaf_hash(leaf) for leaf in exchanged]).root
    return [
        good.changed("consistency: a forked past", before=forked),
        good.changed("consistency: an entry left out", root=omitted, size=size - 1),
        good.changed("consistency: two entries exchanged", root=reordered),
        good.changed("consistency: a shrunk log", old=size, size=old, before=log.root(size), root=log.root(old)),
        good.changed("consistency: from nothing", old=0),
        good.changed("consistency: another old size", old=old + 1),
        good.changed("consistency: another new root", root=_flip(good.members["root"])),
        good.changed("consistency: first hash changed", proof=[_flip(hashes[0]), *hashes[1:]]),
        good.changed("consistency: last hash changed", proof=[*hashes[:-1], _flip(hashes[-1])]),
        good.changed("consistency: a hash less", proof=hashes[:-1]),
        good.changed("consistency: a hash more", proof=[*hashes, hashes[-1]]),
        good.changed("consistency: no hashes", proof=[]),
        good.changed("consistency: two trees of one size", old=size, before=_flip(good.members["root"]), proof=[]),
    ]


def tampered_proofs(log: Log) -> list[Case]:
    good = served_proofs(log)[0]
    text, leaf = good.members["text"], good.members["leaf"]
    index = proof.parse(text).index
    lines = text.split("\n")
    return [
        good.changed("proof: another leaf", leaf=_flip(leaf, 1)),
        good.changed("proof: another place", text=text.replace(f"index {index}", f"index {index + 1}")),
        good.changed("proof: a hash less", text="\n".join([*lines[:2], *lines[3:]])),
        good.changed("proof: another version", text=text.replace("@v1", "@v2")),
        good.changed("proof: under an older checkpoint", text=text.split("\n\n")[0] + "\n\n" + log.notes[0]),
        good.changed("proof: no checkpoint", text=text.split("\n\n")[0] + "\n"),
    ]


def tampered_logs(log: Log, base: Path) -> list[Case]:
    last = log.head.size - tiles.WIDTH
    full, part = Tile(0, 0).path, Tile(0, 1, last).path
    above, first, second = Tile(1, 0, 1).path, Tile(None, 0).path, Tile(None, 1, last).path

    def bundle(leaves: tuple[bytes, ...] | list[bytes]) -> bytes:
        return tiles.encode_bundle(leaves)

    few = list(log.leaves[:256])
    changes: dict[str, Callable[[dict[str, bytes]], Any]] = {
        "a full tile changed": lambda f: f.update({full: _flip(f[full], 100)}),
        "a partial tile changed": lambda f: f.update({part: _flip(f[part], 100)}),
        "the tile above changed": lambda f: f.update({above: _flip(f[above], 3)}),
        "a full tile cut": lambda f: f.update({full: f[full][:-32]}),
        "a tile missing": lambda f: f.pop(part),
        "tiles exchanged": lambda f: f.update({part: f[full][: last * 32]}),
        "an entry changed": lambda f: f.update({first: bundle([*few[:9], few[9][:-1] + b"\x00", *few[10:]])}),
        "entries exchanged": lambda f: f.update({first: bundle([*few[:9], few[10], few[9], *few[11:]])}),
        "an entry left out": lambda f: f.update({first: bundle(few[:9] + few[10:])}),
        "an entry twice": lambda f: f.update({first: bundle([*few[:9], few[9], *few[9:255]])}),
        "an entry more": lambda f: f.update({second: f[second] + b"\x00\x01x"}),
        "a bundle cut": lambda f: f.update({second: f[second][:-1]}),
        "a bundle missing": lambda f: f.pop(second),
        "an older checkpoint over newer tiles, its size raised": lambda f: f.update(
            checkpoint=log.notes[0].replace(f"\n{log.heads[0].size}\n", f"\n{log.head.size}\n").encode()
        ),
    }
    served = {str(path.relative_to(log.folder)): path for path in log.folder.rglob("*") if path.is_file()}
    cases = []
    for number, (what, change) in enumerate(changes.items()):
        files = {name: path.read_bytes() for name, path in served.items()}
        change(files)
        folder = base / str(number)
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        members = {"folder": str(folder), "vkey": log.vkey, "origin": log.origin}
        cases.append(Case(f"log: {what}", "log", members))
    return cases


def test_both_refuse_what_was_tampered_with(log: Log, tmp_path: Path) -> None:
    cases = [
        *tampered_notes(log),
        *tampered_inclusions(log),
        *tampered_consistencies(log),
        *tampered_proofs(log),
        *tampered_logs(log, tmp_path),
    ]
    verdicts = go_says(cases)
    assert [name for name, one in verdicts.items() if one["holds"]] == []
    assert [case.name for case in cases if we_say(log, case)] == []
    kinds = Counter(case.kind for case in cases)
    assert kinds == {"checkpoint": 23, "inclusion": 19, "consistency": 13, "proof": 6, "log": 14}
    keep_figures("go_refuses", {"tamperings": len(cases), **kinds})


def test_the_copy_from_which_logs_are_tampered_with_is_accepted(log: Log, tmp_path: Path) -> None:
    """So that the refusals above are of what was changed, not of the copy."""
    shutil.copytree(log.folder, tmp_path / "copy")
    case = Case("a copy", "log", {"folder": str(tmp_path / "copy"), "vkey": log.vkey, "origin": log.origin})
    assert go_says([case])["a copy"]["holds"]
    assert we_say(log, case)
