"""Which files are ours: the ground that the checks of the house stand on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

PACKAGES = ("broker", "connectors", "keys", "schemas", "deploy", "tests")
NOT_OURS = {".git", ".venv", "build", "dist", "node_modules", "vendor", "__pycache__"}
TEXTS = {".py", ".md", ".toml", ".yaml", ".yml", ".feature", ".html", ".css", ".js", ".sh", ".mako", ".ini", ".cfg", ""}


def python_files() -> list[Path]:
    """Every Python file of the project."""
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if _ours(path))


def text_files() -> Iterator[Path]:
    """Every file that people read: code, packs, pages, guides. Not LICENSE and the lock, which others wrote."""
    for path in sorted(ROOT.rglob("*")):
        if (
            path.is_file()
            and path.suffix in TEXTS
            and _ours(path)
            and path.name not in {"LICENSE", "requirements.lock"}
        ):
            yield path


def _ours(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    hidden = any(part.startswith(".") and part not in {".ci", ".gitignore"} for part in parts)
    return not hidden and not NOT_OURS.intersection(parts) and not any(part.endswith(".egg-info") for part in parts)


def name(path: Path) -> str:
    """The path as people write it: from the project's root."""
    return str(path.relative_to(ROOT))
