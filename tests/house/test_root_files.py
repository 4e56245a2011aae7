"""The files at the root: the licence is the licence, the lock is whole and holds no addresses."""

from __future__ import annotations

import re
import tomllib

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "requirements.lock").read_text()


def plain(requirement: str) -> str:
    """The normalised name in a requirement (PEP 503)."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=;!~ ]", requirement, maxsplit=1)[0]).lower()


def test_lock_holds_no_addresses() -> None:
    assert re.findall(r"\S*(?:://|\bfile:|--(?:extra-)?index-url|--find-links)\S*", LOCK) == []


def test_lock_holds_every_dependency_pinned_and_hashed() -> None:
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    locked = {plain(entry) for entry in entries}
    extras = PROJECT["optional-dependencies"].values()
    wanted = {plain(requirement) for group in (PROJECT["dependencies"], *extras) for requirement in group}
    assert len(wanted) > 25
    assert wanted - locked == set()
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==\S+", entry), entry.splitlines()[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry.splitlines()[0]


def test_licence_is_the_whole_eupl() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert PROJECT["license"] == "EUPL-1.2"
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    for article in range(1, 16):
        assert re.search(rf"^{article}\.\S", text, re.MULTILINE), f"article {article} is missing"
    assert "‘Compatible Licences’ according to Article 5 EUPL are:" in text
    assert len(text.split()) > 2000


def test_scripts_have_their_modules_in_the_packages() -> None:
    assert PROJECT["scripts"] == {"ketenbroker": "broker.cli:main", "ketenconnector": "connectors.cli:main"}
