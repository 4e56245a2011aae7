"""Which tests show which rules, read from the tests without running them.

A scenario of a feature shows the rules of its tags. A test function shows those of its mark
``@pytest.mark.rule("7.1", part="C", shows="refused")``, also where the mark stands on a parameter or on the module.
``part``: kernel (K, where nothing is said), connector, register, timer, human, screen. A test that calls
``assert_refused`` shows both sides, any other says which one; a refusal by the kernel counts only where the test cites
the id in so many words.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.examples.features import chapters
from tests.making import pack

BOTH = "assert_refused"
Function = ast.FunctionDef | ast.AsyncFunctionDef
Side = tuple[str, str, bool, bool]
"""A rule, a part of it, and whether a refusal and an allowance of it are shown."""


@dataclass(frozen=True, order=True)
class Shown:
    """One test that shows a rule: as its tag or mark names it, of which part, which sides, where."""

    rule: str
    part: str
    refused: bool
    allowed: bool
    file: str
    name: str
    example: bool = False


def of_features(folder: Path) -> Iterator[Shown]:
    """What the examples show; the kernel decides them."""
    for chapter in chapters(folder):
        for example in chapter.examples:
            for rule in example.rules:
                yield Shown(rule, "K", not example.allowed, example.allowed, chapter.file, example.name, example=True)


def _is_mark(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.rule"


def _marks(node: ast.AST, named: dict[str, ast.expr]) -> Iterator[ast.Call]:
    """The marks in a decorator or a list of parameters; a name is looked up in the module."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and _is_mark(inner):
            yield inner
        elif isinstance(inner, ast.Name) and inner.id in named:
            rest = {name: value for name, value in named.items() if name != inner.id}
            yield from _marks(named[inner.id], rest)


def _said(call: ast.Call, name: str, otherwise: str) -> str:
    found = next((word.value for word in call.keywords if word.arg == name), None)
    return ast.literal_eval(found) if found is not None else otherwise


def _words(nodes: list[ast.AST], named: dict[str, ast.expr]) -> set[str]:
    """The strings in a test, its parameters and the lists of the module that it names, but for those of marks."""
    found: set[str] = set()
    for node in nodes:
        if _is_mark(node):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        elif isinstance(node, ast.Name) and node.id in named:
            rest = {name: value for name, value in named.items() if name != node.id}
            found |= _words([named[node.id]], rest)
        found |= _words(list(ast.iter_child_nodes(node)), named)
    return found


def _cites(rule: str, words: set[str]) -> bool:
    """Whether one of the words is a name of the rule."""
    row = pack().rule.get(rule)
    return bool(words & ({row.id, *row.cites} if row else {rule}))


def _function(node: Function, more: list[ast.expr], named: dict[str, ast.expr]) -> Iterator[Side]:
    calls = {ast.unparse(inner.func) for inner in ast.walk(node) if isinstance(inner, ast.Call)}
    words = _words([*node.body, *node.decorator_list], named)
    for decorator in [*node.decorator_list, *more]:
        for mark in _marks(decorator, named):
            side, part = _said(mark, "shows", "both" if BOTH in calls else ""), _said(mark, "part", "K")
            for rule in map(ast.literal_eval, mark.args):
                refused = side in {"refused", "both"} and (part != "K" or _cites(rule, words))
                yield rule, part, refused, side in {"allowed", "both"}


def of_module(path: Path, file: str) -> Iterator[Shown]:
    """What the marked tests of one module show."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    more = [named["pytestmark"]] if "pytestmark" in named else []
    for node in ast.walk(tree):
        if isinstance(node, Function) and node.name.startswith("test_"):
            for rule, part, refused, allowed in sorted(set(_function(node, more, named))):
                yield Shown(rule, part, refused, allowed, file, node.name)


@cache
def of_tests(root: Path) -> tuple[Shown, ...]:
    """What the marked tests under ``root``/tests show."""
    marked = [
        path
        for path in sorted((root / "tests").rglob("test_*.py"))
        if "pytest.mark.rule" in path.read_text(encoding="utf-8")
    ]
    return tuple(one for path in marked for one in of_module(path, path.relative_to(root).as_posix()))
