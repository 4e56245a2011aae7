"""A part of the walk that is drawn by a seed, for every check; the whole of it is in the files beside this one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schemas.pack import Pack
from tests.conftest import untraced
from tests.making import pack
from tests.oracle.agreed import Tables
from tests.oracle.flipping import altered, replaced
from tests.oracle.verdict import Verdicts
from tests.oracle.walking import PARTS, Walk, WalkError, drawn, record, steps_at

SEED = 2019


def test_the_kernel_says_what_the_tables_say(tables: Tables) -> None:
    walk = Walk(tables, seed=SEED)
    with untraced():
        figures = walk.go(drawn(walk.verdicts, 14_000, SEED), spoil=8)
    record("getrokken", figures)
    assert 400 < figures.allowed < figures.steps
    assert figures.decisions >= 20_000


def test_the_whole_walk_leaves_no_kind_out(tables: Tables) -> None:
    parts = [place for places in PARTS.values() for place in places]
    places = {(phase, kind) for phase, _, kind in Verdicts(tables).places()}
    assert sorted(parts) == sorted(places)


def _without_a_provider() -> Pack:
    row = next(row for row in pack().providers if row.category == "woonsituatie")
    return altered(pack(), "providers", row, usual=tuple(who for who in row.usual if who != "college_bw"))


def _without_a_ceiling() -> Pack:
    row = next(r for r in pack().ceilings if (r.phase, r.kind, r.category) == ("casusoverleg", "inbreng", "relaties"))
    return replaced(pack(), "ceilings", row, ())


def _everybody_receives() -> Pack:
    row = pack().capacity["geen_grondslag"]
    return altered(pack(), "capacities", row, receives=True)


def _another_basis() -> Pack:
    row = pack().capacity["dji"]
    return altered(pack(), "capacities", row, default_basis="wjsg_39f")


def _own(tables: Tables, under: Pack | None = None) -> None:
    """What two parties contribute themselves, decided under the pack, or under another one."""
    walk = Walk(tables, under=under)
    steps = steps_at(walk.verdicts, "casusoverleg", "monitoring", "inbreng")
    with untraced():
        walk.go(step for step in steps if step.sender in {"college_bw", "dji"})


def test_of_what_two_parties_contribute_nothing_strays(tables: Tables) -> None:
    _own(tables)


@pytest.mark.parametrize("stray", [_without_a_provider, _without_a_ceiling, _everybody_receives, _another_basis])
def test_a_kernel_that_strays_is_seen(stray: Callable[[], Pack], tables: Tables) -> None:
    """By what it strays in: the same steps agree under the pack itself, as the test above shows."""
    with pytest.raises(WalkError):
        _own(tables, stray())
