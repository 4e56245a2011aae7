"""What is written down about a request: codes and ids, never a path, a query value, a body or an exception's text."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from prometheus_client import CollectorRegistry, generate_latest

from broker import logs
from broker.web.metrics import METRICS
from broker.web.security_log import SecurityLog
from schemas.ids import Oin
from tests.broker.web.certificates import PARTY, Files
from tests.broker.web.conftest import Start

SECRET = "Jan-de-Vries-999990019"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """A log file in force for one test."""
    file = tmp_path / "log.jsonl"
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    with logs.configure(file):
        yield file
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(level)


def written(file: Path) -> str:
    """All that is in the log so far."""
    return file.read_text()


def lines(file: Path) -> list[dict[str, Any]]:
    """The lines so far."""
    return [json.loads(line) for line in written(file).splitlines()]


async def test_one_line_a_request_with_codes_and_ids_only(start: Start, party: Files, log: Path) -> None:
    async with start() as running, running.session(party) as client:
        await client.post(running.house("echo"), json={"naam": SECRET})
        await client.post(running.house(f"ask?naam={SECRET}"), json={})
        await client.get(running.house(SECRET))
        await client.get(running.url(f"/v1/houses/{SECRET}/slow"))
        await client.patch(running.house("echo"))
    requests = [line for line in lines(log) if line["event"] == "request"]
    assert [(line["route"], line["status"], line["code"]) for line in requests] == [
        ("/houses/{house}/echo", 200, None),
        ("/houses/{house}/ask", 400, "vraag_vorm"),
        ("-", 404, "niet_gevonden"),
        ("/houses/{house}/slow", 404, "huis_onbekend"),
        ("-", 405, "methode"),
    ]
    assert {line["oin"] for line in requests} == {PARTY}
    assert all(line["ms"] >= 0 for line in requests)
    assert SECRET not in written(log)


async def test_a_bug_is_logged_by_its_class_and_place(start: Start, party: Files, log: Path) -> None:
    async with start() as running, running.session(party) as client:
        response = await client.get(running.house("fail"))
        assert response.status == 500
        assert "999990019" not in await response.text()
    fault = next(line for line in lines(log) if line["event"] == "fault")
    assert fault["error"] == ["RuntimeError"]
    assert any(place.startswith("web/conftest.py:") for place in fault["where"])
    assert "999990019" not in written(log)


def test_the_words_of_libraries_are_dropped(log: Path) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("een.bibliotheek").exception("cannot handle %s", SECRET)
    structlog.get_logger("x").error("own", exc_info=KeyError(SECRET))
    assert [(line["event"], line["error"]) for line in lines(log)] == [("library", ["ValueError"]), ("own", "KeyError")]
    assert SECRET not in written(log)


def test_a_cause_is_named_too(log: Path) -> None:
    try:
        try:
            raise OSError(SECRET)
        except OSError as error:
            raise RuntimeError(SECRET) from error
    except RuntimeError as error:
        logs.log_fault("fault", error)
    logs.log_fault("fault", None)
    assert [line["error"] for line in lines(log)] == [["RuntimeError", "OSError"], []]


def test_what_was_turned_away_becomes_counts(log: Path) -> None:
    security = SecurityLog(CollectorRegistry())
    for _ in range(3):
        security.count("handtekening_fout", PARTY)
    security.count("geen_certificaat", None)
    security.flush()
    security.flush()
    counts = {(line["code"], line["oin"]): line["count"] for line in lines(log)}
    assert counts == {("handtekening_fout", PARTY): 3, ("geen_certificaat", None): 1}
    assert len(lines(log)) == 2


def test_a_flood_of_parties_does_not_fill_the_memory(log: Path) -> None:
    security = SecurityLog(CollectorRegistry())
    for number in range(1500):
        security.count("te_veel", Oin(f"00000099{number:012d}"))
    security.flush()
    assert len(lines(log)) == 1001
    assert sum(line["count"] for line in lines(log)) == 1500


async def test_figures_have_templates_for_labels(start: Start, party: Files, log: Path) -> None:
    async with start() as running, running.session(party) as client:
        await client.post(running.house("echo"), json={})
        await client.request("PROPFIND", running.house(SECRET))
        figures = generate_latest(running.application[METRICS].registry).decode()
    assert 'keten_requests_total{method="POST",route="/houses/{house}/echo",status="200"} 1.0' in figures
    assert 'keten_requests_total{method="other",route="-",status="404"} 1.0' in figures
    assert "keten_connections 1.0" in figures
    assert SECRET not in figures
