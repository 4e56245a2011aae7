"""``docs/protocol-coverage.md``: for each rule of the pack who decides it and which tests show it, or what is missing.

A rule is *covered* when the kernel or another part decides it, a refusing test cites it and an allowed twin stands
beside that; *through others* when it has no decision of its own and the rules that it goes through are covered; else
*not yet*. What of a rule lies outside the kernel (connector, register, timer, human, screen) is told for each row until
a test that is marked for that part shows it.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import schemas.rules as rules_of_kernel
from schemas import policy
from schemas.pack_rows import RuleRow
from schemas.rules.reason import CAUSES, Rule
from tests.examples.features import FOLDER, Chapter, chapters
from tests.examples.page import slug
from tests.house.showing import Shown, of_features, of_tests

PAGE = "docs/protocol-coverage.md"
PARTS: Mapping[str, str] = {
    "K": "kernel",
    "C": "connector",
    "R": "register",
    "T": "timer",
    "H": "human",
    "U": "screen",
}
COVERED, THROUGH, NOT_YET = "covered", "through others", "not yet"


@dataclass(frozen=True)
class Covered:
    """One row of the page. ``missing``: the parts of ``where`` that no test shows yet."""

    row: RuleRow
    deciders: tuple[str, ...]
    shown: tuple[Shown, ...]
    state: str
    missing: tuple[str, ...]

    @property
    def refused(self) -> bool:
        """Whether a test shows a refusal that cites it."""
        return any(one.refused for one in self.shown)

    @property
    def allowed(self) -> bool:
        """Whether a test shows the allowed twin."""
        return any(one.allowed for one in self.shown)


def names(row: RuleRow) -> frozenset[str]:
    """All ways in which a decision, a tag or a mark names a rule."""
    return frozenset({row.id, *row.cites})


def _modules() -> Iterable[ModuleType]:
    for module in pkgutil.iter_modules(rules_of_kernel.__path__, f"{rules_of_kernel.__name__}."):
        yield importlib.import_module(module.name)
    yield policy


@cache
def deciders() -> Mapping[str, set[str]]:
    """Article -> the functions whose reasons cite it, as ``schemas.rules.basis.decree_on_record``."""
    found: dict[str, set[str]] = {}
    for module in _modules():
        for article, function in (*_ruled(module), *_sealed(module)):
            found.setdefault(article, set()).add(f"{module.__name__}.{function}")
    return found


def _ruled(module: ModuleType) -> Iterable[tuple[str, str]]:
    """The rules that a module defines and that the kernel asks."""
    functions = {node.name for node in _body(module) if isinstance(node, ast.FunctionDef)}
    for name, rule in vars(module).items():
        if isinstance(rule, Rule) and name in functions and any(rule is one for one in policy.RULES):
            for article in rule.articles:
                yield article, name


def _sealed(module: ModuleType) -> Iterable[tuple[str, str]]:
    """Those that judge the sealed half of an answer: plain functions, whose reasons are read from their text."""
    for node in _body(module):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not node.decorator_list:
            for code in _given(node):
                yield CAUSES[code].rule, node.name


def _body(module: ModuleType) -> list[ast.stmt]:
    return ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8")).body


def _given(node: ast.FunctionDef) -> Iterable[str]:
    """The codes that a function gives by name."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "because" and call.args:
            code = call.args[0]
            if isinstance(code, ast.Constant) and code.value in CAUSES:
                yield code.value


def covered(rules: Iterable[RuleRow], shown: Iterable[Shown], decided: Mapping[str, set[str]]) -> tuple[Covered, ...]:
    """Every rule with its state, in the order of the pack."""
    rows, seen = tuple(rules), tuple(shown)
    own: dict[str, Covered] = {}
    for row in rows:
        called = names(row)
        by = tuple(sorted({function for article in called for function in decided.get(article, ())}))
        tests = tuple(sorted({one for one in seen if one.rule in called}))
        proven = {one.part for one in tests if one.part != "K"}
        kernel = any(one.refused for one in tests if one.part == "K") and any(
            one.allowed for one in tests if one.part == "K"
        )
        if by and kernel:
            proven.add("K")
        both = any(one.refused for one in tests) and any(one.allowed for one in tests)
        state = COVERED if both and (by or (proven and "K" not in row.where)) else NOT_YET
        missing = tuple(PARTS[part] for part in row.where if part not in proven)
        own[row.id] = Covered(row, by, tests, state, missing)
    return tuple(_through(one, own) for one in own.values())


def _through(one: Covered, own: Mapping[str, Covered]) -> Covered:
    by_name = {name: other for other in own.values() for name in names(other.row)}
    through = [by_name[name] for name in one.row.through]
    if one.state == COVERED or not through or any(other.state != COVERED for other in through):
        return one
    missing = tuple(part for part in one.missing if part != PARTS["K"])
    return Covered(one.row, one.deciders, one.shown, THROUGH, missing)


def of_project(root: Path, rules: Iterable[RuleRow], features: Path = FOLDER) -> tuple[Covered, ...]:
    """The rules as the tests under ``root`` and the examples show them."""
    return covered(rules, [*of_features(features), *of_tests(root)], deciders())


def counts(rows: Iterable[Covered]) -> dict[str, int]:
    """How many rules, how many the kernel is to decide, and how far that is."""
    found = tuple(rows)
    kernel = [one for one in found if "K" in one.row.where]
    return {
        "rules": len(found),
        "covered": sum(one.state == COVERED for one in found),
        "through_others": sum(one.state == THROUGH for one in found),
        "not_yet": sum(one.state == NOT_YET for one in found),
        "whole": sum(one.state != NOT_YET and not one.missing for one in found),
        "kernel_rules": len(kernel),
        "kernel_covered": sum(one.state == COVERED for one in kernel),
        "kernel_through_others": sum(one.state == THROUGH for one in kernel),
        "kernel_not_yet": sum(one.state == NOT_YET for one in kernel),
        "examples": sum(one.example for row in found for one in row.shown),
    }


def figures(rows: tuple[Covered, ...]) -> dict[str, object]:
    """For ``build/coverage_of_rules.json``."""
    states = {one.row.id: {"state": one.state, "missing": list(one.missing)} for one in rows}
    return {"counts": counts(rows), "rules": states}


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _function(dotted: str) -> str:
    module, _, function = dotted.rpartition(".")
    return f"[`{module.rpartition('.')[2]}.{function}`](../{module.replace('.', '/')}.py)"


def _tests(one: Covered, anchors: Mapping[str, str]) -> str:
    """The examples by number with a link to the page of them, the test files by name."""
    parts = []
    examples = [test for test in one.shown if test.example]
    if examples:
        may = sum(test.allowed for test in examples)
        anchor = next(anchors[name] for name in (one.row.id, *one.row.cites) if name in anchors)
        parts.append(f"[{len(examples) - may} refused, {may} allowed](voorbeelden.md#{anchor})")
    files = sorted({test.file for test in one.shown if not test.example})
    parts += [f"[{Path(file).stem}](../{file})" for file in files]
    return ", ".join(parts) or "–"


def _state(one: Covered) -> str:
    if one.state == THROUGH:
        return f"through {', '.join(one.row.through)}" + (f"; missing: {', '.join(one.missing)}" if one.missing else "")
    return one.state + (f"; missing: {', '.join(one.missing)}" if one.missing else "")


INTRO = """# The rules of the protocol, and how far they are kept

Made by `make docs` from the pack's `rules.yaml`, the kernel's own list of rules, the examples and the marks of the
tests; a test fails while this page is stale. One row per rule of the protocol.

* **where**: K the kernel decides · C the connector of the party · R a register or record · T a timer · H a human
  decides, the software asks and records · U a user sees it.
* **decided by**: the functions of the kernel whose refusals cite the rule.
* **tests**: the [examples](voorbeelden.md) (Dutch, for an fg to read), and tests that carry a mark for the rule.
* **state**: *covered* needs a refusing test that cites the rule and its allowed twin, which differs in one thing.
  *through ...*: the rule has no decision of its own; those it names carry it. *missing*: the parts of **where** that
  no test shows yet.
"""


def _line(name: str, number: Mapping[str, int], of: str) -> str:
    parts = [number[of + part] for part in ("rules", "covered", "through_others", "not_yet")]
    return f"| {name} | {' | '.join(map(str, parts))} |"


def page(rows: tuple[Covered, ...], features: tuple[Chapter, ...]) -> str:
    """The page. The same rules and tests give the same bytes."""
    anchors: dict[str, str] = {}
    for chapter in features:
        for heading in chapter.headings:
            for example in heading.examples:
                for rule in example.rules:
                    anchors.setdefault(rule, slug(heading.name))
    number = counts(rows)
    lines = [
        INTRO,
        "| | rules | covered | through others | not yet |",
        "|---|---|---|---|---|",
        _line("decided by the kernel (K)", number, "kernel_"),
        _line("all", number, ""),
        "",
        f"Shown in all their parts: {number['whole']}. Examples: {sum(len(chapter.examples) for chapter in features)}.",
        "",
        "| id | rule | where | decided by | tests | state |",
        "|---|---|---|---|---|---|",
    ]
    for one in rows:
        by = ", ".join(map(_function, one.deciders)) or "–"
        lines.append(
            f"| {one.row.id} | {_cell(one.row.label.nl)} | {' '.join(one.row.where)} | {by} "
            f"| {_tests(one, anchors)} | {_state(one)} |"
        )
    return "\n".join(lines) + "\n"


def written(root: Path, rules: Iterable[RuleRow], features: Path = FOLDER) -> tuple[str, tuple[Covered, ...]]:
    """The page and its rows, for those who write it and those who check that it is fresh."""
    rows = of_project(root, rules, features)
    return page(rows, chapters(features)), rows
