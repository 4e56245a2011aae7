"""The benchmark measures what it says; no test asserts a time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from schemas.policy import Allowed
from tests.bench.__main__ import main
from tests.bench.kernel import ROWS, Row
from tests.bench.measuring import measure


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_each_row_is_decided_as_it_says(row: Row) -> None:
    assert isinstance(row.scene().decide(), Allowed) == row.allowed


def test_everything_is_compared_with_the_calibration_of_its_round() -> None:
    calls = {"twice": 0}

    def twice() -> None:
        calls["twice"] += 2

    timings = measure({"twice": twice}, rounds=3, least=0.001)
    assert set(timings) == {"", "twice"}
    assert calls["twice"] >= 8
    assert timings[""].ratio.least == timings[""].ratio.most == 1.0
    speed, ratio = timings["twice"].per_second, timings["twice"].ratio
    assert 0 < speed.least <= speed.median <= speed.most
    assert 0 < ratio.least <= ratio.median <= ratio.most


def test_the_result_says_on_what_it_was_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "bench.json"
    assert main(["--only", "K1", "--rounds", "1", "--out", str(out)]) == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    assert [row["id"] for row in result["rows"]] == ["K1"]
    assert {"machine", "versions", "rounds", "calibration"} <= set(result)
    printed = capsys.readouterr().out
    assert "K1" in printed
    assert "notification" in printed


def test_a_row_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "K77"]) == 2
    assert "K1, K2" in capsys.readouterr().err
