"""The benchmark of the audit does what it says it measures; no test asserts a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keys.merkle import body_leaf
from tests.bench import ledger
from tests.bench.__main__ import OF_AUDITS
from tests.bench.ledger import MANY, Scene, _pages, decided, made, measured, verified
from tests.bench.measuring import measure

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scene() -> Scene:
    return made()


def test_every_entry_is_verified(scene: Scene) -> None:
    many = [scene.entries[place % len(scene.entries)] for place in range(MANY)]
    leaves = tuple(body_leaf(one.body.encode()) for one in many)
    assert verified(_pages(many), leaves) == MANY
    with pytest.raises(ValueError, match="leaf"):
        verified(_pages(many), (*leaves[:-1], bytes(33)))


def test_every_decision_is_made_again(scene: Scene) -> None:
    assert decided(scene, facts=True) == decided(scene, facts=False) == len(scene.entries) > 15
    wrong = replace(scene.entries[3], manifest=scene.entries[4].manifest)
    with pytest.raises(ValueError, match="otherwise"):
        decided(replace(scene, entries=(wrong,)), facts=False)


def test_ratios_are_of_two_rates_of_one_run(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "measure", lambda rows, rounds: measure(rows, rounds, 0.001))
    rows = measured(scene, 2)
    assert set(rows) == set(OF_AUDITS) == set(ledger.WHAT)
    for row in rows.values():
        assert 0 < row["least"] <= row["ratio"] <= row["most"]
        assert row["ratio"] == pytest.approx(row["per_second"] / row["bare_per_second"], rel=0.05)
