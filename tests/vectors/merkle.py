"""Inclusion and consistency proofs (RFC 6962, 9162), honest and spoiled."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from keys.merkle import verify_consistency, verify_inclusion
from tests.vectors.judging import Case, Want


def cases(folder: Path) -> Iterator[Case]:
    """Each file is one proof."""
    for path in sorted(folder.rglob("*.json")):
        vector = json.loads(path.read_text())
        run = _inclusion if "inclusion" in path.parts else _consistency
        want = Want.REFUSE if vector["wantErr"] else Want.OPEN
        yield Case(str(path.relative_to(folder)), "", want, partial(run, vector))


def _bytes(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def _proof(vector: dict[str, Any]) -> list[bytes]:
    return [_bytes(text) for text in vector["proof"] or []]


def _inclusion(vector: dict[str, Any]) -> None:
    leaf, root = _bytes(vector["leafHash"]), _bytes(vector["root"])
    verify_inclusion(vector["leafIdx"], vector["treeSize"], leaf, _proof(vector), root)


def _consistency(vector: dict[str, Any]) -> None:
    old, new = _bytes(vector["root1"]), _bytes(vector["root2"])
    verify_consistency(vector["size1"], vector["size2"], old, new, _proof(vector))
