"""Which files are ours: the ground that the checks of the house stand on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.conftest import ROOT

PACKAGES = ("broker", "connectors", "keys", "schemas", "deploy", "tests")
NOT_OURS = {".git", ".venv", "build", "dist", "node_modules", "vendor", "__pycache__"}
TEXTS = {".py", ".md", ".toml", ".yaml", ".yml", ".feature", ".html", ".css", ".js", ".sh", ".mako", ".ini", ".cfg", ""}


def python_files() -> list[Path]:
    """Every Python file of the project."""
    return [path for path in _files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in PACKAGES]


def text_files() -> Iterator[Path]:
    """Every file that people read: code, packs, pages, guides. Not LICENSE and the lock, which others wrote."""
    for path in _files():
        if path.suffix in TEXTS and path.name not in {"LICENSE", "requirements.lock"}:
            yield path


@cache
def _files() -> tuple[Path, ...]:
    """All our files; what is not ours is not even looked into, for it is a hundred times as much."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = filter(_ours, folders)
        found += [Path(folder, name) for name in filter(_ours, names)]
    return tuple(sorted(found))


def _ours(part: str) -> bool:
    hidden = part.startswith(".") and part not in {".ci", ".gitignore"}
    return not hidden and part not in NOT_OURS and not part.endswith(".egg-info")


def name(path: Path) -> str:
    """The path as people write it: from the project's root."""
    return str(path.relative_to(ROOT))
