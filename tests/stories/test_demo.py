"""The main job: the demo as a script runs it, every step as expected; and that a leak turns it red.

Both start a whole house of their own, so they are slow and need PostgreSQL and Linux.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.processes import Programs
from deploy.demo.stage import Stage
from deploy.demo.story import EXPECTED
from deploy.postgres_binaries import NoBinariesError, find_binaries
from tests.conftest import ROOT, absent

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgres,
    pytest.mark.skipif(sys.platform != "linux", reason="the search reads /proc, which only Linux has"),
]

PLACES = {
    "memory of the broker",
    "memory of PostgreSQL",
    "tables and other files of PostgreSQL",
    "tables as they are read",
    "write-ahead log",
    "temporary files",
    "log of PostgreSQL",
    "log of the broker",
    "output of the broker",
    "settings and keys of the broker",
}


@pytest.fixture(scope="module", autouse=True)
def _server() -> None:
    try:
        find_binaries()
    except NoBinariesError as error:
        absent(str(error))


@pytest.fixture(scope="module")
def outcome() -> dict[str, Any]:
    """One run with people made up, as `make demo DEMO_ARGS=--json` makes it."""
    command = [sys.executable, "-m", "deploy.demo", "--json"]
    environment = {name: value for name, value in os.environ.items() if name != "PEOPLE"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment, timeout=300)
    value: dict[str, Any] = json.loads(done.stdout)
    wrong = [step for step in value["steps"] if step["expected"] != step["outcome"]]
    assert (done.returncode, wrong, value.get("error")) == (0, [], None), done.stderr[-3000:]
    return value


def test_every_step_comes_out_as_expected(outcome: dict[str, Any]) -> None:
    assert set(outcome) == {"ok", "seconds", "people", "steps", "ledger", "search"}
    assert outcome["ok"] is True
    steps = {step["id"]: step for step in outcome["steps"]}
    assert len(steps) == len(outcome["steps"])
    assert all(set(step) == {"id", "who", "expected", "outcome", "rules"} for step in outcome["steps"])
    for (key, function, who), expected in EXPECTED.items():
        assert steps[f"antwoord.{key}.{function}.{who.lower()}"]["outcome"] == expected
    assert steps["overvraag.thuis"]["outcome"] == "refused_at_home"
    assert steps["overvraag.afgedwongen"]["outcome"] == "geweigerd"
    assert "3.5a" in steps["overvraag.afgedwongen"]["rules"]
    assert steps["overvraag.in_logboek"]["outcome"] == "refused"
    assert steps["rvdk.gestopt"]["outcome"] == "stopped"


def test_the_ledger_is_verified_by_several_parties(outcome: dict[str, Any]) -> None:
    ledger = outcome["ledger"]
    assert ledger["ok"] is True
    assert [audit["ok"] for audit in ledger["audits"]] == [True] * 4
    assert all(audit["size"] > 0 and audit["own_entries"] > 0 for audit in ledger["audits"])


def test_the_search_finds_its_controls_and_nothing_else(outcome: dict[str, Any]) -> None:
    search = outcome["search"]
    assert (search["ok"], search["hits"]) == (True, 0)
    places = {place["place"]: place for place in search["places"]}
    assert set(places) == PLACES
    assert places.pop("output of the broker")["control_found"] is None
    assert all(place["control_found"] is True and place["bytes"] > 0 for place in places.values())


def test_a_message_in_clear_turns_it_red() -> None:
    program = (sys.executable, "-m", "tests.leaking_connector")
    programs = Programs(connectors={"emmen": program, "huis": program})
    with Stage(None, programs) as stage:
        run = stage.play(lambda _: None)
        base = stage.sandbox.base
    shutil.rmtree(base, ignore_errors=True)
    assert run.error is None
    assert run.course.wrong == []
    assert run.search is not None
    assert (run.ok, run.search.ok) == (False, False)
    hits = [finding for place in run.search.places for finding in place.found]
    assert {finding.whose for finding in hits} >= {"P", "Q", "zaak"}
    assert {finding.what for finding in hits} >= {"geslachtsnaam", "geboortedatum", "straat", "vrije tekst"}
    assert "write-ahead log" in {finding.place for finding in hits}
    assert all(place.control is not False for place in run.search.places)


def test_a_file_that_is_no_lo3_is_refused_before_anything_starts(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("naam;geboren\nNiemand;1970\n", encoding="utf-8")
    command = [sys.executable, "-m", "deploy.demo", "--people", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "people.csv" in done.stderr
    assert "Niemand" not in done.stderr + done.stdout
