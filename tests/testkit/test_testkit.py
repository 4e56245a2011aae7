"""Every file of the testkit, read from disk, meets exactly the error it says; every base is accepted.

Also that the files are what the generator makes, each with one fault and a base, that they are enough and small, and
that the codes are those that our errors declare. Figures: ``build/testkit.json``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import keys
from keys.jws import SigningKey
from schemas.acts import ACTS
from schemas.problems import PROBLEMS
from tests.conftest import ROOT
from tests.testkit.case import FOLDER, bytes_of
from tests.testkit.generating import BROKEN_PACKS, files, reach
from tests.testkit.judging import JUDGES, Judge, Verdict
from tests.testkit.knocking import Door

README = Path(__file__).with_name("README.md")
BESIDE = {"index.json", "keys.json", "house.json"}
COUNTS: dict[str, tuple[int, int]] = {
    "act": (26, 166),
    "base64url": (1, 8),
    "body": (2, 23),
    "bundle": (1, 6),
    "checkpoint": (2, 42),
    "consistency": (3, 13),
    "directory": (2, 68),
    "disclosure": (2, 28),
    "door": (3, 55),
    "envelope": (2, 18),
    "explanation": (1, 9),
    "inclusion": (2, 15),
    "inner": (1, 28),
    "jws": (1, 45),
    "manifest": (2, 148),
    "opening": (1, 26),
    "pack": (2, 37),
    "public-key": (2, 23),
    "record": (1, 23),
    "sealed": (2, 50),
    "strict": (4, 66),
    "tile": (1, 6),
    "tile-path": (2, 19),
    "tlog-proof": (1, 27),
    "value": (10, 35),
}
"""Per layer: valid bases, and files with one fault."""


def _read(name: str) -> dict[str, Any]:
    members: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return members


FILES = {str(path.relative_to(FOLDER)): path for path in sorted(FOLDER.glob("*/*.json"))}
READ = {name: _read(name) for name in FILES}


def test_the_files_are_those_that_the_generator_makes() -> None:
    """Stale: run ``python -m tests.testkit``."""
    made = files()
    assert {*FILES, *BESIDE} == set(made)
    stale = [name for name, text in made.items() if (FOLDER / name).read_text(encoding="utf-8") != text]
    assert stale == []


@pytest.mark.parametrize("layer", sorted(JUDGES))
def test_every_file_meets_exactly_what_it_says(layer: str) -> None:
    """Whatever is raised beside the declared error goes through and fails here."""
    assert differing(layer, JUDGES[layer]) == {}


def differing(layer: str, judge: Judge) -> dict[str, tuple[Verdict, Verdict]]:
    """The files of a layer of which ``judge`` says something else than they expect, and both."""
    wrong = {}
    for name, members in READ.items():
        if members["layer"] == layer:
            verdict, expects = judge(bytes_of(members["bytes"]), members.get("given", {})), members["expects"]
            wanted = None if expects["accepted"] else (expects["code"], expects.get("at"))
            if wanted != verdict:
                wrong[name] = verdict, wanted
    return wrong


def test_who_accepts_all_or_refuses_all_is_found_out() -> None:
    for layer in JUDGES:
        mine = {name: one["expects"]["accepted"] for name, one in READ.items() if one["layer"] == layer}
        assert set(differing(layer, lambda *_: None)) == {name for name, accepted in mine.items() if not accepted}
        assert set(differing(layer, lambda *_: ("anders", None))) == set(mine)


async def test_every_message_at_the_door_meets_exactly_what_it_says() -> None:
    door, wrong = Door(json.loads((FOLDER / "house.json").read_text())), {}
    for name, members in READ.items():
        if members["layer"] == "door":
            before = members["given"].get("first")
            first = bytes_of(READ[before]["bytes"]) if before else None
            found = await door.knock(bytes_of(members["bytes"]), members["given"], first)
            if found != members["expects"]:
                wrong[name] = found, members["expects"]
    assert wrong == {}


def test_each_file_has_one_base_that_is_accepted() -> None:
    for name, members in READ.items():
        assert members["what"], name
        assert members["layer"] == name.split("/")[0]
        if members["expects"]["accepted"]:
            assert "base" not in members, name
            continue
        base = READ[members["base"]]
        assert base["layer"] == members["layer"], name
        assert base["expects"]["accepted"], name
        assert (base["bytes"], base.get("given")) != (members["bytes"], members.get("given")), name


def test_no_two_files_are_the_same() -> None:
    told = Counter(json.dumps([one["layer"], one["bytes"], one.get("given")]) for one in READ.values())
    assert [text[:200] for text, count in told.items() if count > 1] == []


def test_each_kind_of_act_has_a_base_and_a_fault() -> None:
    about = {(one["about"], one["expects"]["accepted"]) for one in READ.values() if one["layer"] == "act"}
    assert about == {(kind, accepted) for kind in ACTS for accepted in (True, False)}


def test_the_readme_says_of_every_layer_how_to_reach_it() -> None:
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (http|wrapped|signed|in-process) \|", README.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted((layer, reach(layer)) for layer in COUNTS)


def test_the_private_keys_of_the_kit_are_those_of_its_files() -> None:
    """Or nobody else could sign in the house of the files."""
    told = _read("keys.json")["ed25519"]
    for row in told.values():
        assert SigningKey.from_seed(bytes.fromhex(row["seed_hex"])).public.model_dump() == row["public"]
    assert READ["jws/valid-manifest.json"]["given"]["key"] in [row["public"] for row in told.values()]


def test_codes_are_declared() -> None:
    """Each code is one of the closed list of the wire, or named where its error is defined."""
    texts = (ROOT / "keys" / "__init__.py").read_text() + (ROOT / "keys" / "disclosure.py").read_text()
    texts += (ROOT / "schemas" / "values.py").read_text()
    declared = set(re.findall(r"[`\"]([a-z_0-9]+)[`\"]", texts)) | set(PROBLEMS) | {"vorm", "opent_niet", "pakket_vorm"}
    assert {one["expects"]["code"] for one in READ.values() if not one["expects"]["accepted"]} <= declared
    assert keys.ProofError("x").code == "bewijs"


def test_there_are_enough_and_they_are_small() -> None:
    counts: dict[str, list[int]] = {}
    for members in READ.values():
        counts.setdefault(members["layer"], [0, 0])[0 if members["expects"]["accepted"] else 1] += 1
    codes = Counter(one["expects"]["code"] for one in READ.values() if not one["expects"]["accepted"])
    size = sum(path.stat().st_size for path in FOLDER.rglob("*.json"))
    figures = {
        "files": len(READ),
        "broken": sum(codes.values()),
        "valid": len(READ) - sum(codes.values()),
        "broken_packs_elsewhere": len(list(BROKEN_PACKS.glob("*.yaml"))),
        "codes": len(codes),
        "bytes": size,
        "layers": {
            layer: {"reach": reach(layer), "valid": good, "broken": bad}
            for layer, (good, bad) in sorted(counts.items())
        },
    }
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "testkit.json").write_text(json.dumps(figures, indent=2) + "\n")
    assert {layer: (good, bad) for layer, (good, bad) in counts.items()} == COUNTS
    assert sum(codes.values()) >= 300
    assert size < 3_000_000
