"""A settings file or a pack with a mistake in it stops the start, with file, line and the nearest known key.

Real programs on real files: `ketenbroker serve` and `ketenconnector run` beside a broker that runs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from deploy.demo.settings_files import write_connector
from tests.conftest import ROOT
from tests.stories.live import Live

PACK = Path("schemas", "packs", "zvh-protocol-2019")


def start(module: str, command: str, settings: Path, program: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The program until it ends; ``program``: the folder whose ``schemas`` it runs with."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(program), str(ROOT)))}
    return subprocess.run(
        [sys.executable, "-m", module, command, "--settings", str(settings)],
        cwd=program,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def told(result: subprocess.CompletedProcess[str], *texts: str) -> None:
    """It ended with "wrong use", in a sentence for people, with these in it."""
    said = " ".join(result.stderr.split())
    assert (result.returncode, result.stdout) == (2, "")
    assert "Traceback" not in said
    for text in texts:
        assert text in said


@pytest.fixture
def settings(live: Live, tmp_path: Path) -> dict[str, Path]:
    """Settings that both programs would start with: copies of those of the running house."""
    party = live.founded.parties["rvdk"]
    write_connector(live.founded, party, f"https://localhost:{live.ports.public}", tmp_path / "x", date(2026, 1, 1))
    broker = live.base / "broker" / "settings.yaml"
    return {"broker.cli": broker, "connectors.cli": party.settings}


COMMANDS = {"broker.cli": "serve", "connectors.cli": "run"}
MISTAKES = [
    ("broker.cli", "keys:", "keyz:", "did you mean `keys`?"),
    ("broker.cli", "  certificate:", "  certificat:", "did you mean `certificate`?"),
    ("broker.cli", "port:", "port: 1\nport:", "port"),
    ("connectors.cli", "addresses:", "adresses:", "did you mean `addresses`?"),
    ("connectors.cli", "  generations:", "  generation:", "did you mean `generations`?"),
    ("connectors.cli", "  unsafe_sandbox: 'true'", "  unsafe_sandbox: yes", "write true or false"),
]


@pytest.mark.parametrize(("module", "old", "new", "hint"), MISTAKES)
def test_a_mistake_in_the_settings(settings: dict[str, Path], module: str, old: str, new: str, hint: str) -> None:
    good = settings[module].read_text(encoding="utf-8")
    assert f"\n{old}" in good
    broken = settings[module].with_name("broken.yaml")
    broken.write_text(good.replace(f"\n{old}", f"\n{new}", 1), encoding="utf-8")
    line = good[: good.index(f"\n{old}")].count("\n") + 2 + new.count("\n")
    told(start(module, COMMANDS[module], broken), f"broken.yaml:{line}", hint)


@pytest.mark.parametrize("module", COMMANDS)
def test_a_mistake_in_a_pack(settings: dict[str, Path], tmp_path: Path, module: str) -> None:
    """The program with a pack that somebody edited by hand."""
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas", ignore=shutil.ignore_patterns("__pycache__"))
    file = tmp_path / PACK / "kinds.yaml"
    good = file.read_text(encoding="utf-8")
    file.write_text(good.replace("recipients:", "recipient:", 1), encoding="utf-8")
    line = good[: good.index("recipients:")].count("\n") + 1
    result = start(module, COMMANDS[module], settings[module], tmp_path)
    told(result, f"kinds.yaml:{line}", "did you mean `recipients`?")
