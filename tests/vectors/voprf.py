"""RFC 9497: counted, not run. Nothing in this release matches without revealing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.vectors.judging import Case, Want

FILE = "poc/vectors/allVectors.json"


def cases(folder: Path) -> Iterator[Case]:
    """Each suite, mode and vector."""
    for suite in json.loads((folder / FILE).read_text()):
        for number, _ in enumerate(suite["vectors"]):
            yield Case(FILE, f"{suite['identifier']}/{suite['mode']}/{number}", Want.LATER, lambda: None)
