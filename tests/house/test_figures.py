"""Figures about the project, written under ``build/`` while they are checked: sizes; what the kernel cites."""

from __future__ import annotations

import json
import re
from pathlib import Path

from schemas.policy import RULES
from tests.conftest import ROOT
from tests.house.tree import name, python_files

PACKAGES = ("schemas", "keys", "broker", "connectors", "deploy", "tests")


def _write(file: str, figures: object) -> None:
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / file).write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")


def test_sizes_are_on_record() -> None:
    lengths = {name(path): len(path.read_text().splitlines()) for path in python_files()}
    sizes = {package: sum(n for file, n in lengths.items() if file.startswith(package + "/")) for package in PACKAGES}
    longest = max(lengths, key=lambda file: lengths[file])
    _write("sizes.json", {"lines": sizes, "files": len(lengths), "longest": {longest: lengths[longest]}})
    assert all(sizes.values())


def test_rules_cite_rows_of_the_protocol(shared: Path) -> None:
    """Every id that the kernel cites is a row of the rules, read from their own text and not from the pack."""
    text = (shared / "protocol" / "rules.md").read_text()
    found = re.findall(r"^\| ([0-9B][^|]*?) \|.*\| [KCRTHU][^|]* \|$", text, re.MULTILINE)
    rows = [part.strip() for ids in found for part in ids.split(",")]
    cited = {article for rule in RULES for article in rule.articles}

    assert len(rows) > 60
    assert cited <= {*rows, *(article for row in rows for article in _articles(row))}


def _articles(row: str) -> set[str]:
    """The articles of a row such as ``6.4``, ``6.1-6.3``, ``5.2.1-3``, ``7.2a-b`` or ``B4-1``, and what they are in."""
    if row.startswith("B") or row.endswith("-terms"):
        return {row, row.partition("-")[0]}
    first, _, last = row.partition("-")
    form = re.fullmatch(r"(.*?)([0-9]+|[a-z])", first)
    assert form is not None
    head, tail = form.groups()
    end = re.sub(r".*\.", "", last) or tail
    ends = range(ord(tail), ord(end) + 1) if tail.isalpha() else range(int(tail), int(end) + 1)
    return {head.rstrip("."), *(head + (chr(n) if tail.isalpha() else str(n)) for n in ends)} - {""}
