"""What the broker answers is what its document says, whatever one asks: no server error, nothing undocumented.

A hundred or so requests an operation here; ``python -m tests.api --examples 5000`` asks more.
"""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from tests.api.testing import describe, known, run
from tests.stories.live import Live

pytestmark = pytest.mark.slow
SUBMIT = "POST /houses/{house}/messages"
"""Nobody guesses a signature: accepted only where the tester hands in again what it read in the inbox."""


def test_a_member_of_the_house(live: Live, tmp_path: Path) -> None:
    report = run(live, tmp_path, describe(live), known(live), 40)
    assert report.failures == {}, report.output
    accepted = report.accepted()
    assert {name for name, count in accepted.items() if not count} <= {SUBMIT}
    assert len(accepted) == 12
    assert report.cases > 500


def test_names_that_nobody_knows(live: Live, tmp_path: Path) -> None:
    report = run(live, tmp_path, describe(live), {}, 15)
    assert report.failures == {}, report.output
    assert report.cases > 300


def test_somebody_without_a_certificate(live: Live, tmp_path: Path) -> None:
    report = run(live, tmp_path, describe(live), known(live), 10, caller=None)
    assert report.failures == {}, report.output
    assert [name for name, count in report.accepted().items() if count] == ["GET /openapi.json"]


def test_an_answer_that_is_not_in_the_document_is_seen(live: Live, tmp_path: Path) -> None:
    described = copy.deepcopy(describe(live))
    for path, operations in described["paths"].items():
        if path.endswith("/inbox"):
            del operations["get"]["responses"]["400"]
    report = run(live, tmp_path, described, known(live), 10)
    assert report.failures == {"UndefinedStatusCode": ["GET /houses/{house}/inbox"]}
