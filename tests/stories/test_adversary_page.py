"""The table of attacks and SECURITY.md are whole: nothing is claimed that no test shows, no threat is passed over."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from deploy.demo.adversary.listing import ATTACKS, NOT_DEFENDED
from tests.conftest import ROOT
from tests.stories.attack_page import PAGE, PLAYED, page

SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
THREATS = [f"T{number}" for number in range(1, 29)]
STATES = {"shown by", "partly", "later", "not defended"}
ROW = re.compile(r"^\| (T\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)`")
ROWS = {found[1]: (found[3].strip(), found[4]) for found in ROW.finditer(SECURITY)}


def functions_of(file: str) -> set[str]:
    """The names of the test functions in a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {one.name for one in functions if one.name.startswith("test_")}


def test_ids_are_distinct_and_every_player_plays() -> None:
    assert len({one.id for one in ATTACKS}) == len(ATTACKS) > 60
    assert all(count > 3 for count in Counter(one.player for one in ATTACKS).values())
    assert 5 <= sum(one.shown for one in ATTACKS) <= 8


def test_what_is_played_elsewhere_is_there() -> None:
    """These need more than a case in triage."""
    for one in ATTACKS:
        file, _, name = one.elsewhere.partition("::")
        assert (one.play is None) == bool(file), one.id
        if file:
            assert name in functions_of(file), one.id
    assert {"test_it_is_noticed", "test_without_the_lie_it_passes"} <= functions_of(PLAYED)


def test_the_page_has_every_attack_and_what_is_not_defended() -> None:
    """That it is fresh is looked at with the other pages that are made."""
    text = page()
    for one in ATTACKS:
        assert f"| {one.id} " in text
    for what, _ in NOT_DEFENDED:
        assert f"| {what} |" in text
    assert (ROOT / PAGE).exists()


def test_every_threat_has_its_row_and_state() -> None:
    assert list(ROWS) == THREATS
    assert {state for state, _ in ROWS.values()} == STATES


def test_a_state_says_what_it_shows() -> None:
    for threat, (state, where) in ROWS.items():
        named = TEST.findall(where)
        assert bool(named) == (state in {"shown by", "partly"}), threat
        assert state != "partly" or re.search(r"[:;] .*\w", TEST.sub("", where)), f"{threat}: what is missing?"


@pytest.mark.parametrize("file", sorted(set(TEST.findall(SECURITY))))
def test_a_test_that_is_named_is_there(file: str) -> None:
    assert functions_of(file), file


def test_attacks_and_threats_name_each_other() -> None:
    """Every attack is on a threat that is said to be shown; who names the attacks' test as showing a threat has one."""
    attacked = {threat for one in ATTACKS for threat in one.threats}
    assert {threat for threat in attacked if not TEST.findall(ROWS[threat][1])} == set()
    named = {threat for threat, (_, where) in ROWS.items() if PLAYED in where}
    assert named <= attacked


def test_every_promise_names_a_test() -> None:
    promises = SECURITY.partition("## Promised")[2].partition("\n## ")[0]
    rows = [line for line in promises.splitlines() if line.startswith("| ") and not line.startswith("| promise")]
    assert len(rows) >= 8
    for row in rows:
        assert TEST.findall(row), row
