"""All files of the testkit, made anew: the same bytes every time.

``python -m tests.testkit`` writes them under ``files/`` and takes away what is no longer made.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import Any

from tests.conftest import ROOT
from tests.testkit import (
    acts,
    bodies,
    disclosures,
    door,
    house,
    manifests,
    packs,
    proofs,
    public_keys,
    reading,
    records,
    sealed,
)
from tests.testkit import signatures as jws
from tests.testkit.case import FOLDER, HTTP_LAYERS, SIGNED_LAYERS, WRAPPED_LAYERS, Case

BROKEN_PACKS = ROOT / "tests" / "schemas" / "broken"


def cases() -> Iterator[Case]:
    """Every case, layer by layer."""
    return chain(
        reading.strict(),
        reading.base64url(),
        reading.envelope(),
        jws.compact(),
        jws.inner(),
        manifests.manifests(),
        acts.acts(),
        sealed.shapes(),
        sealed.openings(),
        disclosures.disclosures(),
        disclosures.explanations(),
        disclosures.values(),
        bodies.bodies(),
        proofs.checkpoints(),
        proofs.inclusions(),
        proofs.consistencies(),
        proofs.texts(),
        proofs.tile_paths(),
        proofs.tile_bytes(),
        proofs.bundles(),
        public_keys.public_keys(),
        records.records(),
        records.directories(),
        packs.packs(),
        door.messages(),
    )


@cache
def files() -> dict[str, str]:
    """Every file below ``files/`` and its text."""
    made = list(cases())
    texts = {case.path: case.text() for case in made}
    if len(texts) != len(made):
        doubled = [path for path, count in Counter(case.path for case in made).items() if count > 1]
        raise ValueError(f"two cases of one name: {doubled}")
    return texts | {
        "index.json": _written(index(made)),
        "keys.json": _written(house.keys_file()),
        "house.json": _written(door.house_records()),
    }


def index(made: list[Case]) -> dict[str, Any]:
    """What there is: counts by layer, then a line for each file."""
    layers: dict[str, dict[str, Any]] = {}
    for case in made:
        row = layers.setdefault(case.layer, {"reach": reach(case.layer), "valid": 0, "broken": 0})
        row["valid" if case.code is None else "broken"] += 1
    return {
        "profile": "keten-1",
        "licence": "EUPL-1.2",
        "now": house.keys_file()["now"],
        "layers": layers,
        "packs_elsewhere": {
            "folder": "tests/schemas/broken",
            "what": "edits of the whole pack of the program, with file, line and text of each fault",
        },
        "files": [_line(case) for case in made],
    }


def reach(layer: str) -> str:
    """How the bytes of a layer are handed to a program: ``http`` as they stand, ``signed`` or ``wrapped`` first."""
    if layer in HTTP_LAYERS:
        return "http"
    if layer in SIGNED_LAYERS:
        return "signed"
    return "wrapped" if layer in WRAPPED_LAYERS else "in-process"


def _line(case: Case) -> dict[str, Any]:
    line: dict[str, Any] = {"file": case.path, "what": case.what}
    if case.code is not None:
        line |= {"code": case.code, "at": case.at}
    return line


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def write() -> int:
    """Write what changed and take away what is no longer made; how many files there are."""
    made = files()
    for path in FOLDER.rglob("*.json"):
        if str(path.relative_to(FOLDER)) not in made:
            path.unlink()
    for name, text in made.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    return len(made)
