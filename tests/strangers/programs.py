"""Which programs of others are here: Go with ``x/mod``, node with the packages of ``package-lock.json``.

Decides when absence is a skip: at a developer always, visibly; with CI=true it is a failure, unless ``.ci/run`` could
not install them and says so (``KETEN_STRANGERS=absent``): then the skip stands in that run's log, with this reason.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.conftest import ROOT, absent

HERE = Path(__file__).parent
BUILD = ROOT / "build"
FIGURES = BUILD / "strangers.json"
GO_PATH = Path("/usr/share/gocode")
"""Where Debian puts the sources of Go libraries (golang-golang-x-mod-dev)."""
OLDEST_NODE = 20


def not_here(what: str) -> NoReturn:
    """Skip, or fail where CI=true and nobody said that they could not be installed."""
    if os.environ.get("KETEN_STRANGERS") == "absent":
        pytest.skip(f"{what}; .ci/run could not install it")
    absent(what)


def _run(arguments: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=300, **options)


@cache
def go_program() -> Path:
    """Our Go program, built from Debian's packages, without a network."""
    if shutil.which("go") is None:
        not_here("go is not here: apt-get install golang-go golang-golang-x-mod-dev")
    if not (GO_PATH / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        not_here("Go's x/mod is not here: apt-get install golang-golang-x-mod-dev")
    made = BUILD / "go" / "strangers"
    made.parent.mkdir(parents=True, exist_ok=True)
    environment = {
        "GO111MODULE": "off",
        "GOPATH": str(GO_PATH),
        "GOCACHE": str(BUILD / "go/cache"),
        "GOFLAGS": "",
        "GOPROXY": "off",
    }
    done = _run(["go", "build", "-o", str(made), "."], cwd=HERE / "go", env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr
    return made


def node_packages(folder: Path = HERE / "node", name: str = "node") -> Path:
    """``build/<name>`` with the packages that ``folder/package-lock.json`` pins, installed once by ``npm ci``."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        not_here("node or npm is not here: apt-get install nodejs npm")
    version = _run(["node", "--version"]).stdout.strip()
    if int(version.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        not_here(f"node {version} is here; jose needs {OLDEST_NODE} or newer")
    target = BUILD / name
    target.mkdir(parents=True, exist_ok=True)
    files = [folder / "package.json", folder / "package-lock.json"]
    wanted = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    with (target / "lock").open("w") as lock:  # two workers of one run
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = target / "installed"
        if not stamp.exists() or stamp.read_text().strip() != wanted:
            for file in files:
                shutil.copy(file, target)
            done = _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=target)
            if done.returncode:
                not_here(f"npm ci did not get the packages: {done.stderr.strip()[-300:]}")
            stamp.write_text(wanted)
    return target


def ask_node(script: Path, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers of a script over the installed packages, one for each request: ``{"value"}`` or ``{"error"}``."""
    target = node_packages()
    shutil.copy(script, target)
    done = _run(["node", script.name], cwd=target, input=json.dumps(requests))
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    assert len(answers) == len(requests)
    return answers


def keep_figures(name: str, figures: Mapping[str, object]) -> None:
    """Into ``build/strangers.json``, beside those of the other program."""
    FIGURES.parent.mkdir(exist_ok=True)
    with (BUILD / "strangers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        held = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
        FIGURES.write_text(json.dumps({**held, name: figures}, indent=2, sort_keys=True) + "\n")
