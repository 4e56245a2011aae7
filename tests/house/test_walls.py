"""The import walls hold: each contract breaks on a tree that violates it; the living broker loads nothing that opens.

The contracts themselves run over the project in `make check`; here a small tree shows that they would notice.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

OPENING = ("keys.sealing", "keys.jwe", "keys.hpke", "jwcrypto.jwe")
RIGHT = {
    "broker/app.py": "import broker.exchanges.api",
    "broker/cli.py": "import broker.app",
    "broker/database.py": "import sqlalchemy",
    "broker/exchanges/api.py": "import aiohttp, broker.exchanges.intake",
    "broker/exchanges/intake.py": "import broker.exchanges.store, keys.binding, schemas.ids",
    "broker/exchanges/store.py": "import sqlalchemy, asyncpg, broker.database",
    "connectors/database.py": "import sqlalchemy",
    "connectors/exchanges/asking.py": "import keys.sealing",
    "keys/binding.py": "import keys.jws, cryptography",
    "keys/hpke.py": "import cryptography",
    "keys/jwe.py": "import jwcrypto.jwe",
    "keys/jws.py": "import jwcrypto.jws, schemas.ids",
    "keys/sealing.py": "import keys.jwe, keys.hpke",
    "schemas/ids.py": "import re, hashlib, json, datetime",
}
WRONG = [
    ("connectors/database.py", "import broker.database", {"packages"}),
    ("schemas/ids.py", "import keys.binding", {"packages", "pure"}),
    ("broker/database.py", "import broker.exchanges.store", {"broker"}),
    ("broker/ledger/append.py", "import broker.retention.clocks", {"broker"}),
    ("broker/leftovers.py", "", {"broker"}),
    ("connectors/proofs/audit.py", "import connectors.exchanges.asking", {"connectors"}),
    ("broker/ledger/append.py", "import broker.cli", {"broker", "programs"}),
    *(
        ("schemas/ids.py", f"import {module}", {"pure"})
        for module in ("asyncio", "os.path", "time", "random", "aiohttp")
    ),
    ("keys/binding.py", "import jwcrypto.jwk", {"jwcrypto"}),
    ("connectors/exchanges/asking.py", "import cryptography.x509", {"cryptography"}),
    ("broker/exchanges/api.py", "import keys.sealing", {"blind"}),
    ("keys/binding.py", "import keys.jwe", {"blind"}),
    ("broker/exchanges/intake.py", "import sqlalchemy.ext.asyncio", {"sql"}),
    ("broker/exchanges/intake.py", "import aiohttp.web", {"stories"}),
]


def build(tree: dict[str, str], root: Path) -> None:
    """Write the packages, with an empty ``broker/retention/clocks.py`` for one of the violations to reach."""
    for file, source in {"broker/retention/clocks.py": "", **tree}.items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        (root / file.split("/")[0] / "__init__.py").touch()
        path.write_text(source + "\n")


def broken(root: Path) -> set[str]:
    """Ids of the contracts of our pyproject.toml that do not hold in the tree at ``root``."""
    shutil.copy(ROOT / "pyproject.toml", root)
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "300"},
    )
    contracts = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    output = " ".join(done.stdout.split())
    verdicts = {each["id"]: re.search(re.escape(each["name"]) + r" (KEPT|BROKEN)", output) for each in contracts}
    assert all(verdicts.values()), done.stdout + done.stderr
    return {key for key, verdict in verdicts.items() if verdict is not None and verdict[1] == "BROKEN"}


def test_a_right_tree_is_kept(tmp_path: Path) -> None:
    build(RIGHT, tmp_path)
    assert broken(tmp_path) == set()


@pytest.mark.slow
@pytest.mark.parametrize(("file", "line", "contracts"), WRONG)
def test_a_wrong_import_breaks_its_contract(tmp_path: Path, file: str, line: str, contracts: set[str]) -> None:
    build({**RIGHT, file: f"{RIGHT.get(file, '')}\n{line}"}, tmp_path)
    assert broken(tmp_path) == contracts


def test_every_contract_is_shown_to_break() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {each["id"] for each in contracts} == set().union(*(broken_by for _, _, broken_by in WRONG))


# __main__ would run the program, and Alembic's env.py runs only under Alembic; both stand under the `blind` contract.
IMPORT_ALL = """
import importlib, pkgutil, sys
import broker
names = [each.name for each in pkgutil.walk_packages(broker.__path__, "broker.", onerror=lambda name: None)]
for name in names:
    if not name.endswith((".__main__", ".migrations.env")):
        importlib.import_module(name)
print(*sorted(sys.modules), sep="\\n")
"""


def loaded_with_broker(root: Path) -> set[str]:
    """Every module that is loaded once a fresh process has imported all of ``broker`` under ``root``."""
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines())


def test_the_living_broker_loads_nothing_that_opens() -> None:
    loaded = loaded_with_broker(ROOT)
    parts = [path.relative_to(ROOT).with_suffix("").parts for path in (ROOT / "broker").rglob("*.py")]
    own = {
        ".".join(each).removesuffix(".__init__")
        for each in parts
        if each[-1] != "__main__" and "migrations" not in each
    }
    assert own - loaded == set()
    assert loaded & set(OPENING) == set()


def test_a_broker_that_opens_is_found_out(tmp_path: Path) -> None:
    tree = {"broker/parties/sly.py": "import importlib\nimportlib.import_module('keys.sealing')", "keys/sealing.py": ""}
    build(tree, tmp_path)
    assert loaded_with_broker(tmp_path) & set(OPENING) == {"keys.sealing"}
