"""``ketenconnector run`` as a process of its own: it waits for a broker that is away, and ends when it is asked to."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors import UseError, joining
from connectors.control.calling import NotRunningError, call
from tests.connectors.commanding import command
from tests.connectors.founding import Founding, founding, issue, newcomer, signed_genesis

pytestmark = pytest.mark.slow

SECONDS = 30


@pytest.fixture
def party(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of a party that did both steps of ``init``; nobody listens at its broker."""
    made: Founding = founding(tmp_path)
    signed_genesis(made)
    folder = joining.begin(tmp_path / "gemeente", newcomer(made, "gemeente")).folder
    from tests.connectors.founding import NOW

    joining.finish(folder.path, issue(made, folder), NOW)
    text = folder.settings.read_text(encoding="utf-8").replace("https://localhost:8443", "https://127.0.0.1:9")
    folder.settings.write_text(text, encoding="utf-8")
    return folder.settings


@pytest.fixture
def running(party: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "connectors.cli", "run", "--settings", str(party)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def lines_until(process: subprocess.Popen[str], event: str) -> list[Any]:
    """Its log so far, up to that event."""
    assert process.stderr is not None
    found: list[Any] = []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and (line := process.stderr.readline()):
        found.append(json.loads(line))
        if found[-1]["event"] == event:
            return found
    raise AssertionError((event, found))


@pytest.mark.slow
def test_it_waits_for_the_broker_and_stops_when_asked(running: subprocess.Popen[str], party: Path) -> None:
    lines = lines_until(running, "broker_away")
    assert all(line.keys() >= {"event", "level", "timestamp"} for line in lines)
    with pytest.raises(NotRunningError):
        call(party.parent / "data", "status", {})
    running.send_signal(signal.SIGTERM)
    out, _ = running.communicate(timeout=SECONDS)
    assert (running.returncode, out) == (0, "")


@pytest.mark.slow
def test_only_one_runs_on_a_keystore(running: subprocess.Popen[str], party: Path) -> None:
    """The first holds the lock only while it is open, so hold it here."""
    from keys.keystore import FileKeyStore

    folder = joining.Folder(party.parent)
    lines_until(running, "broker_away")
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=SECONDS)
    store = FileKeyStore.open(*folder.keystore)
    try:
        second = subprocess.run(
            [sys.executable, "-m", "connectors.cli", "run", "--settings", str(party)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    finally:
        store.close()
    assert second.returncode == 1
    assert "another process" in second.stderr


def test_without_certificates_it_says_so(party: Path) -> None:
    (party.parent / "tls" / "client.pem").unlink()
    ran = command("run", "--settings", str(party))
    assert (ran.code, ran.out) == (2, "")
    assert "certificates" in ran.err


def test_a_path_too_long_for_a_socket_is_said(tmp_path: Path) -> None:
    with pytest.raises(UseError, match="te lang"):
        call(tmp_path / ("x" * 120), "status", {})
