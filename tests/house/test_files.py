"""The house style as far as a file can show it: sizes, names, docstrings, words that do not belong here."""

from __future__ import annotations

import ast
import re

from tests.house.tree import name, python_files, text_files

MOST_LINES = 400
FORBIDDEN_NAMES = {
    "utils",
    "util",
    "common",
    "core",
    "base",
    "helpers",
    "helper",
    "manager",
    "service",
    "services",
    "misc",
}
# With [l]etters in brackets, so that this file does not hold what it looks for.
FORBIDDEN_WORDS = re.compile(r"(?<![\w.])/(?:w[o]rk|r[o]ot)/|\bis[s]ue #?\d", re.IGNORECASE)


def test_the_project_is_seen() -> None:
    names = {name(path) for path in python_files()}
    assert {"schemas/ids.py", "deploy/embedded_postgres.py", "tests/house/test_files.py"} <= names
    assert "pyproject.toml" in {name(path) for path in text_files()}


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {name(path): len(path.read_text().splitlines()) for path in python_files()}
    assert {file: length for file, length in lengths.items() if length > MOST_LINES} == {}


def test_no_module_is_called_after_nothing() -> None:
    wrong = [
        name(path)
        for path in python_files()
        if FORBIDDEN_NAMES & {path.stem.lower().removeprefix("test_"), path.parent.name.lower()}
    ]
    assert wrong == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name(path)
        for path in python_files()
        if not (path.name == "__init__.py" and name(path).startswith("tests/"))
        and not says_what_it_is_for(path.read_text())
    ]
    assert silent == []


def says_what_it_is_for(source: str) -> bool:
    """Whether there is a docstring; only where it is not plain to see, the source is parsed."""
    return re.match(r'"""\w', source) is not None or bool(ast.get_docstring(ast.parse(source)))


def test_a_docstring_is_recognised() -> None:
    assert all(map(says_what_it_is_for, ('"""What."""', "# first\n'What.'", '"""\nWhat."""')))
    assert not any(map(says_what_it_is_for, ("", '""""""', "# What", "import os\n'What.'", 'x = """What."""')))


def test_text_stands_on_its_own() -> None:
    found = [
        f"{name(path)}:{number}"
        for path in text_files()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if FORBIDDEN_WORDS.search(line)
    ]
    assert found == []


def test_forbidden_words_are_recognised() -> None:
    for text in ("see /wo~rk/main", "Is~sue 12", "is~sue #3"):
        assert FORBIDDEN_WORDS.search(text.replace("~", ""))
    for text in ("the issue of a certificate", "../shared", "homework/9", "a model of the pack"):
        assert not FORBIDDEN_WORDS.search(text)
