"""The log is never in the way of the work."""

from __future__ import annotations

import io
import json

import pytest
import structlog

from connectors import logs


def test_lines_go_to_standard_error_and_a_closed_one_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stderr", first)
    logs.configure()
    log = structlog.get_logger("connectors")
    log.info("filed", n=1)
    assert json.loads(first.getvalue())["event"] == "filed"
    first.close()
    log.error("round_failed")
    monkeypatch.setattr("sys.stderr", second)
    log.warning("again")
    assert [json.loads(line)["event"] for line in second.getvalue().splitlines()] == ["again"]
