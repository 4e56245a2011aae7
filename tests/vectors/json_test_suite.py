"""JSON texts: the one parser of foreign bytes. ``y_`` is JSON, ``n_`` is none, ``i_`` is ours to decide."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from schemas import strict
from tests.vectors.judging import Case, Want

WANTS = {"y": Want.OPEN, "n": Want.REFUSE, "i": Want.FREE}


def cases(folder: Path) -> Iterator[Case]:
    """Each file is one text."""
    for path in sorted(folder.glob("*.json")):
        yield Case(path.name, "", WANTS[path.name[0]], partial(_parsed, path.read_bytes()))


def _parsed(data: bytes) -> None:
    value = strict.parse(data)
    assert value == json.loads(data), "what is accepted means what it means to others"
