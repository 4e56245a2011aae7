"""The pack beside the tables of the protocol, cell by cell, both ways; and every cell otherwise is seen to be so."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from schemas.pack import Pack
from tests.making import pack as the_pack
from tests.oracle.agreed import COMPARISONS, DIVERGENCES, Tables
from tests.oracle.cells import Cells, Key, Value, differing, stale, told
from tests.oracle.fields import LEVELS
from tests.oracle.readings import FINDING, UNDER


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The pack as it comes with the program."""
    return the_pack()


@pytest.mark.parametrize("name", COMPARISONS)
def test_the_pack_holds_what_the_table_says(name: str, tables: Tables, pack: Pack) -> None:
    comparison, must = tables.comparisons[name], tables.settled[name]
    found = comparison.pack(pack)
    assert told(differing(must, found), must, found) == []
    assert len(must) >= 10


@pytest.mark.parametrize("name", COMPARISONS)
def test_a_decided_difference_is_one(name: str, tables: Tables) -> None:
    assert sorted(stale(name, tables.said[name], DIVERGENCES)) == []


@pytest.mark.parametrize("name", COMPARISONS)
def test_one_cell_otherwise_is_seen_and_no_other(name: str, tables: Tables, pack: Pack) -> None:
    comparison, must = tables.comparisons[name], tables.settled[name]
    wrong, seen = [], set()
    for flip in comparison.flips(pack):
        found = differing(must, comparison.pack(flip.pack))
        seen |= found
        if found != flip.cells:
            wrong.append(f"{flip.what}: {sorted(found)}")
    assert wrong == []
    assert must.keys() - seen == set()


def test_every_divergence_says_why_and_about_which_table() -> None:
    assert [entry for entry in DIVERGENCES if entry.table not in COMPARISONS or len(entry.reason) < 20] == []


def test_an_entry_that_is_no_difference_is_an_error() -> None:
    document: Cells = {("a",): 1, ("b",): 2}
    made = type(DIVERGENCES[0])
    fine: Mapping[Key, tuple[Value, Value]] = {("a",): (1, 3), ("c",): (None, 4)}
    assert stale("t", document, [made("t", "reden", fine)]) == set()
    wrongs: list[Mapping[Key, tuple[Value, Value]]] = [{("a",): (1, 1)}, {("b",): (1, 3)}, {("c",): (2, None)}]
    for wrong in wrongs:
        assert stale("t", document, [made("t", "reden", wrong)]) == set(wrong)


def test_kinds_without_a_column_stay_under_that_of_their_phase(tables: Tables) -> None:
    must = {key: value for key, value in tables.settled["ceilings"].items() if isinstance(value, tuple)}
    held = 0
    for place, column in UNDER.items():
        for key, cell in must.items():
            if key[:2] != place or key[2] == "bericht":
                continue
            finding = FINDING.get(place)
            above = must.get((*column, *key[2:])) or (must.get((*finding, *key[2:])) if finding else None)
            assert above is not None, key
            assert LEVELS.index(str(cell[0])) <= LEVELS.index(str(above[0])), key
            held += 1
    assert held > 30
