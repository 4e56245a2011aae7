"""RFC 8785: the canonical form in which our own objects are hashed, and which of these texts we take from others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from schemas import canonical, strict
from tests.vectors.judging import Case, Want


def cases(folder: Path) -> Iterator[Case]:
    """Per text: its canonical bytes (also as the hex file has them), those again, and the strict parser on both."""
    for path in sorted((folder / "testdata/input").glob("*.json")):
        data = path.read_bytes()
        output = folder / "testdata/output" / path.name
        outhex = folder / "testdata/outhex" / f"{path.stem}.txt"
        wanted, hexed = output.read_bytes(), bytes.fromhex(outhex.read_text())
        files = [str(one.relative_to(folder)) for one in (path, output, outhex)]
        yield Case(files[0], "canonical", Want.OPEN, partial(_same, data, wanted))
        yield Case(files[0], "strict", Want.OPEN, partial(strict.parse, data))
        yield Case(files[1], "canonical", Want.OPEN, partial(_same, wanted, wanted))
        yield Case(files[1], "strict", Want.OPEN, partial(strict.parse, wanted))
        yield Case(files[2], "canonical", Want.OPEN, partial(_same, data, hexed))


def _same(data: bytes, wanted: bytes) -> None:
    assert canonical.encode(json.loads(data)) == wanted
