"""Spectral with the linter of the NL GOV API Design Rules over our OpenAPI document: no error, no warning.

The linter and its rules are other people's: the package is pinned in ``spectral/package-lock.json``, the rules stand in
the folder with the material of others.
"""

from __future__ import annotations

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from broker.app import TABLE
from broker.web.openapi import Contact, document
from broker.web.serving import full_table
from tests.conftest import ROOT
from tests.strangers.programs import node_packages

pytestmark = pytest.mark.slow
RULES = "standards/api-design-rules/media/linter.yaml"
WORDS = {0: "error", 1: "warning", 2: "information", 3: "hint"}


def lint(described: dict[str, Any], shared: Path, folder: Path) -> list[tuple[str, str, str]]:
    """(severity, rule, place) of each result."""
    target = node_packages(Path(__file__).parent / "spectral", "spectral")
    file, found = folder / "openapi.json", folder / "found.json"
    file.write_text(json.dumps(described), encoding="utf-8")
    command = [str(target / "node_modules/.bin/spectral"), "lint", "--ruleset", str(shared / RULES)]
    command += ["--format", "json", "--output", str(found), "--quiet", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    results = json.loads(found.read_text(encoding="utf-8"))
    return [(WORDS[row["severity"]], str(row["code"]), "/".join(map(str, row["path"]))) for row in results]


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The document of the whole broker."""
    return document(full_table(TABLE), Contact(), "https://makelaar.example")


def test_the_document_keeps_the_api_design_rules(described: dict[str, Any], shared: Path, tmp_path: Path) -> None:
    results = lint(described, shared, tmp_path)
    figures = {"results": len(results), "errors": sum(severity == "error" for severity, _, _ in results)}
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "spectral.json").write_text(json.dumps(figures) + "\n", encoding="utf-8")
    assert results == []


def test_the_linter_sees_what_breaks_them(described: dict[str, Any], shared: Path, tmp_path: Path) -> None:
    broken = copy.deepcopy(described)
    del broken["info"]["contact"]
    broken["paths"]["/openapi.json"]["get"]["responses"]["200"].pop("headers")
    results = lint(broken, shared, tmp_path)
    assert {rule for _, rule, _ in results} >= {"info-contact", "nlgov:missing-header"}
