"""The coverage page and the page of examples are fresh, and "covered" is earned: a test that goes takes it away."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from schemas.policy import RULES
from schemas.rules.reason import CAUSES
from tests.conftest import ROOT
from tests.examples import page
from tests.examples.features import FOLDER
from tests.house import coverage
from tests.house.coverage import COVERED, NOT_YET, THROUGH, Covered, covered, deciders, names, of_project
from tests.house.showing import of_features, of_module, of_tests
from tests.making import pack
from tests.pages import RENEW, pages, write_figures


def test_the_pages_are_fresh() -> None:
    made = pages()
    assert {coverage.PAGE, page.PAGE} <= set(made)
    stale = [file for file, text in made.items() if not (ROOT / file).exists() or (ROOT / file).read_text() != text]
    assert stale == [], f"{', '.join(stale)}: stale; renew with: {RENEW}"


def test_the_figures_are_on_record() -> None:
    found = write_figures()["counts"]
    assert isinstance(found, dict)
    assert found["rules"] == found["covered"] + found["through_others"] + found["not_yet"] == len(pack().rules)
    assert found["kernel_not_yet"] == 0


def _row(rows: tuple[Covered, ...], rule: str) -> Covered:
    return next(one for one in rows if one.row.id == rule)


def test_what_the_kernel_cites_are_rules_of_the_pack() -> None:
    cited = {article for rule in RULES for article in rule.articles} | {cause.rule for cause in CAUSES.values()}
    assert sorted(cited - {name for row in pack().rules for name in names(row)}) == []


def test_every_function_that_decides_can_be_found() -> None:
    found = {function for functions in deciders().values() for function in functions}
    assert len(found) > 60
    assert "schemas.rules.basis.decree_on_record" in found
    assert "schemas.rules.outcomes.outcome_under_secrecy" in found
    for function in found:
        module, _, name = function.rpartition(".")
        assert f"def {name}(" in (ROOT / f"{module.replace('.', '/')}.py").read_text(), function


def test_an_article_that_a_rule_names_itself_is_among_those_that_it_declares() -> None:
    """``because(code, place, "9.6")``: or the page would not know who decides it."""
    by_article, undeclared = deciders(), []
    for path in sorted((ROOT / "schemas/rules").glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.decorator_list:
                name = f"schemas.rules.{path.stem}.{node.name}"
                articles = {article for article, functions in by_article.items() if name in functions}
                undeclared += [f"{name}: {one}" for one in _named_articles(node) - articles]
    assert undeclared == []


def _named_articles(node: ast.FunctionDef) -> set[str]:
    calls = [call for call in ast.walk(node) if isinstance(call, ast.Call) and ast.unparse(call.func) == "because"]
    literals = [inner for call in calls for third in call.args[2:3] for inner in ast.walk(third)]
    return {str(one.value) for one in literals if isinstance(one, ast.Constant) and isinstance(one.value, str)} - {
        "B4-"
    }


@pytest.mark.parametrize("side", ["geweigerd", "toegestaan"])
def test_a_rule_whose_example_goes_is_covered_no_longer(tmp_path: Path, side: str) -> None:
    """6.4d: take the tag of its one example of a kind away in a copy, and nothing else."""
    copy = tmp_path / "examples"
    shutil.copytree(FOLDER, copy)
    before = of_project(tmp_path, pack().rules, copy)
    changed = 0
    for path in copy.glob("*.feature"):
        text = path.read_text(encoding="utf-8")
        changed += text.count(f"@regel-6.4d @{side}")
        path.write_text(text.replace(f"@regel-6.4d @{side}", f"@regel-6.4 @{side}"), encoding="utf-8")
    after = of_project(tmp_path, pack().rules, copy)

    assert changed == 1
    assert _row(before, "6.4d").state == COVERED
    assert _row(after, "6.4d").state == NOT_YET
    assert {one.row.id for one in after if one.state != _row(before, one.row.id).state} == {"6.4d"}


def test_a_rule_that_nothing_decides_is_not_covered_by_examples() -> None:
    rows = covered(pack().rules, list(of_features(FOLDER)), {})
    assert {one.state for one in rows} == {NOT_YET}


def test_a_rule_without_a_decision_goes_through_others() -> None:
    rows = of_project(ROOT, pack().rules)
    assert _row(rows, "6.5").state == THROUGH
    shown = [one for one in [*of_features(FOLDER), *of_tests(ROOT)] if one.rule not in names(_row(rows, "7.1").row)]
    assert _row(covered(pack().rules, shown, deciders()), "6.5").state == NOT_YET


MODULE = """
import pytest

REFUSED = [("7.2b", "geen_toestemming")]
CASES = [pytest.param("a", marks=pytest.mark.rule("9.2"))]
pytestmark = pytest.mark.rule("10", part="C", shows="allowed")

@pytest.mark.rule("7.1", "7.2a-b", "6.4d")
@pytest.mark.parametrize("reason", REFUSED)
def test_one(reason):
    assert_refused(1, 2, ("7.1", "kenmerk_ontbreekt", "/x"), reason)

@pytest.mark.parametrize("case", CASES)
async def test_other(case):
    ...

def not_a_test():
    assert_refused(1, 2)
"""


def test_marks_are_found_without_running(tmp_path: Path) -> None:
    path = tmp_path / "test_it.py"
    path.write_text(MODULE)
    assert [(one.rule, one.part, one.refused, one.allowed, one.name) for one in sorted(of_module(path, "it"))] == [
        ("10", "C", False, True, "test_one"),
        ("10", "C", False, True, "test_other"),
        ("6.4d", "K", False, True, "test_one"),  # no refusal of it is cited
        ("7.1", "K", True, True, "test_one"),
        ("7.2a-b", "K", True, True, "test_one"),
        ("9.2", "K", False, False, "test_other"),
    ]


def test_marks_name_rules_of_the_pack() -> None:
    known = {name for row in pack().rules for name in names(row)}
    assert [one for one in of_tests(ROOT) if one.rule not in known] == []
    assert {one.part for one in of_tests(ROOT)} <= set("KCRTHU")
