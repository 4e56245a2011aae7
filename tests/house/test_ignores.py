"""Places where a check is switched off: few, counted, and each with its reason on the same line."""

from __future__ import annotations

import io
import json
import re
import tokenize
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT
from tests.house.tree import name, python_files

# Raise a number only together with the reason in the commit.
MOST = {"type: ignore": 8, "pragma: no cover": 4, "noqa": 12, "nosec": 0}
CODES = r"[A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)*"
REASONED = {
    "type: ignore": re.compile(r"# type: ignore\[[a-z-]+(?:, ?[a-z-]+)*\]  # \w.{7,}"),
    "pragma: no cover": re.compile(r"# pragma: no cover(?: - |  # )\w.{7,}"),
    "noqa": re.compile(rf"# noqa: {CODES}(?: - |  # )\w.{{7,}}"),
    "nosec": re.compile(r"# nosec B\d+(?: - |  # )\w.{7,}"),
}


SWITCH = re.compile(rf"#\s*(?:{'|'.join(MOST)})\b", re.IGNORECASE)


def comments(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of every comment; what stands in strings does not count."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def switches(source: str) -> Iterator[tuple[int, str, str]]:
    """Line, kind and text of every comment that switches a check off."""
    if not SWITCH.search(source):
        return  # most files have none, also not in a string
    for number, text in comments(source):
        for kind in MOST:
            if re.search(rf"#\s*{kind}\b", text, re.IGNORECASE):
                yield number, kind, text


def test_ignores_are_few_and_have_reasons() -> None:
    counts = dict.fromkeys(MOST, 0)
    silent = []
    for path in python_files():
        for number, kind, text in switches(path.read_text()):
            counts[kind] += 1
            if not REASONED[kind].search(text):
                silent.append(f"{name(path)}:{number} {text}")
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "ignores.json").write_text(json.dumps(counts, indent=2) + "\n")
    assert silent == []
    assert {kind: count for kind, count in counts.items() if count > MOST[kind]} == {}


@pytest.mark.parametrize(
    ("rest", "reasoned"),
    [
        ("type: ignore", False),
        ("type: ignore[arg-type]", False),
        ("type: ignore[arg-type]  # the library's stub is wrong", True),
        ("noqa", False),
        ("noqa: E501", False),
        ("noqa: S603, E501 - a fixed program", True),
        ("noqa: S603  # a fixed program", True),
        ("pragma: no cover", False),
        ("pragma: no cover - only on Windows", True),
    ],
)
def test_reasons_are_recognised(rest: str, reasoned: bool) -> None:
    [(_, kind, text)] = switches(f"x = 1  # {rest}")
    assert bool(REASONED[kind].search(text)) is reasoned
