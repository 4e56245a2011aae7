"""What stories leave behind is gathered and searched: planted in any of its places, a value is found."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.connectors.exchange import PERSON
from tests.stories.gathering_traces import Traces, personal_values
from tests.stories.live import Answer, Live

NAME = str(PERSON["geslachtsnaam"])


def _report(**members: Any) -> pytest.TestReport:
    """A report of a test that never was."""
    given: dict[str, Any] = {"nodeid": "tests/x.py::test_y", "longrepr": None, "outcome": "passed", "when": "call"}
    given |= {"location": ("tests/x.py", 1, "test_y"), "keywords": {}, "sections": [], **members}
    return pytest.TestReport(**given)


def found(traces: Traces) -> set[str]:
    """The places in which something was found."""
    return {place for place, _, _ in traces.search().found}


def test_reports_of_tests() -> None:
    traces = Traces()
    traces.keep_report(_report())
    assert found(traces) == set()
    traces.keep_report(_report(nodeid=f"tests/x.py::test_y[{NAME}]"))
    traces.keep_report(_report(sections=[("Captured stdout call", f'{{"naam": "{NAME}"}}')]))
    traces.keep_report(_report(sections=[("Captured log call", NAME.upper())]))
    traces.keep_report(_report(outcome="failed", longrepr=f"    x = 1\nE   ValueError: {NAME}"))
    assert found(traces) == {"report", "output", "log", "exception"}


def test_addresses_problems_and_logs(tmp_path: Path) -> None:
    traces = Traces()
    answers = iter([Answer(200, NAME.encode(), {}), Answer(400, NAME.encode(), {}), Answer(404, b"", {"X": NAME})])
    called = traces.listen(lambda *_, **__: next(answers))
    live = cast("Live", SimpleNamespace())
    called(live, None, "GET", "inbox")
    assert found(traces) == set()  # what is asked for and given may hold it
    called(live, None, "GET", "inbox")
    assert found(traces) == {"problem"}
    called(live, None, "GET", f"cases/{NAME}")
    (tmp_path / "broker.log").write_bytes(NAME.encode("utf-16-le"))
    traces.keep_logs(tmp_path)
    assert found(traces) == {"problem", "url", "log"}


def test_markers_that_were_drawn(marker: str, traces: Traces) -> None:
    assert marker in traces.markers
    own = Traces(markers=[marker])
    own.keep("metric", f'keten_requests{{route="{marker}"}} 1')
    assert found(own) == {"metric"}


def test_values_that_are_looked_for() -> None:
    names = {needle.what for needle in personal_values()}
    assert names >= {"geslachtsnaam", "voornamen", "geboortedatum", "naam", "straat", "postcode", "aanleiding"}
