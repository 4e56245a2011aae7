"""What the whole product leaves out: phase, purpose and kind that do not fit, and a house that acts for others."""

from __future__ import annotations

import pytest

from tests.conftest import untraced
from tests.oracle.agreed import Tables
from tests.oracle.parties import CAPACITIES
from tests.oracle.verdict import HOUSE
from tests.oracle.walking import Walk, drawn, record

pytestmark = pytest.mark.slow


def test_what_does_not_fit_is_refused(tables: Tables) -> None:
    walk = Walk(tables, seed=1)
    with untraced():
        walk.go(drawn(walk.verdicts, 40_000, 1, mismatched=True))
    record("willekeurig", walk.figures)
    assert walk.figures.allowed > 0


def test_for_whoever_the_house_acts(tables: Tables) -> None:
    allowed: dict[str, int] = {}
    for number, capacity in enumerate(CAPACITIES):
        walk = Walk(tables, capacity, seed=number)
        with untraced():
            steps = drawn(walk.verdicts, 12_000, number)
            walk.go(step for step in steps if HOUSE in (step.sender, step.recipient))
        record(f"namens {capacity}", walk.figures)
        allowed[capacity] = walk.figures.allowed
    assert allowed.pop("geen_grondslag") == 0
    assert min(allowed.values()) > 5
