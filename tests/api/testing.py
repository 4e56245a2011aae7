"""Schemathesis over the running broker: what its OpenAPI document promises, asked for thousands of times.

Decides how it is called: the document as the broker serves it, a party's own certificate, and names of things that
exist here, for with random names every answer is 404. Everything is checked but one: that what has the described form
is accepted. A message of the right form without the right signature is refused, and that is the point of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.ids import PackDigest
from tests.stories.forging import Case
from tests.stories.live import Live

NOT_ASKED = "positive_data_acceptance"
REFUSALS = ("400", "401", "403", "404", "405", "408", "409", "413", "415", "429", "503")
"""How the broker may turn away what has not the described form: all of them are in the document."""


@dataclass(frozen=True)
class Report:
    """What one run gave."""

    value: Mapping[str, Any]
    output: str
    """The end of what it printed."""

    @property
    def cases(self) -> int:
        """Requests sent."""
        count: int = self.value["test_cases"]["generated"]
        return count

    @property
    def failures(self) -> dict[str, list[str]]:
        """What was wrong: kind of failure -> operations."""
        found: dict[str, list[str]] = {}
        for one in (*self.value["failures"], *self.value["errors"]):
            found.setdefault(str(one.get("type", one.get("title"))), []).extend(one.get("operations", ()))
        return found

    def accepted(self) -> dict[str, int]:
        """Operation -> how many requests were answered well."""
        rates = self.value["valid_rates"]
        return {name: sum(phase["accepted"] for phase in phases.values()) for name, phases in rates.items()}

    def figures(self) -> dict[str, object]:
        """For ``build/schemathesis.json``."""
        return {
            "version": self.value["schemathesis_version"],
            "operations": self.value["operations"]["tested"],
            "cases": self.cases,
            "seconds": round(self.value["running_time"], 1),
            "failures": self.failures,
            "accepted": self.accepted(),
        }


def describe(live: Live) -> dict[str, Any]:
    """The document as it is served."""
    return live.call(live.context(None), "GET", "/v1/openapi.json").body


def known(live: Live) -> dict[str, str]:
    """Names of what exists: the house, its pack, a case in which the caller takes part, the first tile."""
    size = int(live.call(live.context(live.address("emmen").oin), "GET", "log/checkpoint").raw.split(b"\n")[1])
    return {
        "house": live.founded.house,
        "digest": str(PackDigest(live.founded.pack.digest)),
        "case": Case(live).opened().ref,
        "level": "0",
        "index": f"000.p/{size}" if size < 256 else "000",
    }


def settings(parameters: Mapping[str, str]) -> str:
    """The TOML of one run."""
    quoted = ", ".join(f'"{status}"' for status in REFUSALS)
    lines = ["[parameters]", *(f'{name} = "{value}"' for name, value in parameters.items())]
    lines += ["[checks.negative_data_rejection]", f"expected-statuses = [{quoted}]"]
    return "\n".join(lines) + "\n"


def run(
    live: Live,
    folder: Path,
    described: Mapping[str, Any],
    parameters: Mapping[str, str],
    examples: int,
    *,
    caller: str | None = "emmen",
    seed: int = 1,
) -> Report:
    """One run with ``examples`` an operation beside the systematic cases; ``caller`` None: without a certificate."""
    document, config, report = folder / "openapi.json", folder / "run.toml", folder / "report.json"
    document.write_text(json.dumps(described), encoding="utf-8")
    config.write_text(settings(parameters), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("schemathesis")), "--no-color", "--config-file", str(config), "run"]
    command += [str(document), "--url", f"https://localhost:{live.ports.public}/v1"]
    command += ["--tls-verify", str(live.founded.authority)]
    if caller is not None:
        party = live.founded.parties[caller]
        command += ["--request-cert", str(party.certificate), "--request-cert-key", str(party.tls_key)]
    # Without a certificate every method is answered 401 alike, so that nothing shows which of them there are.
    unasked = [NOT_ASKED] if caller is not None else [NOT_ASKED, "unsupported_method"]
    command += ["--checks", "all", "--exclude-checks", ",".join(unasked), "--phases", "coverage,fuzzing"]
    command += ["--max-examples", str(examples), "--seed", str(seed), "--continue-on-failure", "--no-shrink"]
    command += ["--request-timeout", "40", "--report", "json", "--report-json-path", str(report)]
    environment = {**os.environ, "NO_PROXY": "localhost", "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "found")}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    if not report.exists():
        raise RuntimeError(f"schemathesis ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return Report(json.loads(report.read_text(encoding="utf-8")), done.stdout[-3000:])
