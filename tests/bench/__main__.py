"""`make bench`: prints the ratios and the decisions per second on one core, and writes build/bench.json."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from schemas.manifest import Manifest
from schemas.policy import Allowed
from tests.bench.kernel import ROWS, Row
from tests.bench.measuring import ROUNDS, Timing, measure
from tests.conftest import ROOT

RESULT = ROOT / "build" / "bench.json"
OF_AUDITS = ("B8", "B8s", "B8r", "B8d")
"""Ratios of :mod:`tests.bench.ledger`, which loads a whole connector and is loaded for these alone."""
CALIBRATION = "canonical JSON of a fixed document (rfc8785)"


def _operations(rows: Sequence[Row]) -> dict[str, Callable[[], object]]:
    """Per row the decision, and the parsing of the same message. Raises ValueError where the decision is another."""
    found: dict[str, Callable[[], object]] = {}
    for row in rows:
        scene = row.scene()
        if isinstance(scene.decide(), Allowed) != row.allowed:
            raise ValueError(f"{row.id}: the kernel decides otherwise than the benchmark says: {scene.reasons()}")
        found[row.id] = scene.decide
        found[f"{row.id} parse"] = partial(Manifest.model_validate_json, scene.manifest.model_dump_json(by_alias=True))
    return found


def _line(timing: Timing) -> dict[str, Any]:
    return {name: {key: float(f"{value:.4g}") for key, value in row.items()} for name, row in asdict(timing).items()}


def _result(rows: Sequence[Row], timings: dict[str, Timing], rounds: int) -> dict[str, Any]:
    return {
        "what": "decisions of the kernel on one core; ratio = time of one / time of one calibrating operation",
        "machine": {"python": platform.python_version(), "system": platform.platform(), "cpus": os.cpu_count()},
        "versions": {name: importlib.metadata.version(name) for name in ("pydantic", "rfc8785")},
        "rounds": rounds,
        "calibration": {"what": CALIBRATION, **_line(timings[""])},
        "rows": [
            {"id": row.id, "what": row.what, **_line(timings[row.id]), "parse": _line(timings[f"{row.id} parse"])}
            for row in rows
        ],
    }


def _print(result: dict[str, Any]) -> None:
    machine = result["machine"]
    print(f"Python {machine['python']}, {machine['system']}, {machine['cpus']} CPUs; CPU time of one core,")
    print(f"median (least-most) of {result['rounds']} rounds; ratio to: {CALIBRATION},")
    print(f"{result['calibration']['per_second']['median']:.0f}/s here. Trust the ratios, not the numbers.\n")
    print(f"{'id':4}{'decision':54}{'per second':>20}{'ratio':>18}{'parse':>8}")
    for row in result["rows"]:
        speed, ratio = row["per_second"], row["ratio"]
        print(
            f"{row['id']:4}{row['what']:54}{speed['median']:>7.0f} ({speed['least']:.0f}-{speed['most']:.0f})".ljust(78)
            + f"{ratio['median']:>6.2f} ({ratio['least']:.2f}-{ratio['most']:.2f})"
            + f"{row['parse']['ratio']['median']:>8.2f}"
        )
    for name, row in result.get("ratios", {}).items():
        aim = f", aim {row['aim']}" if row["aim"] else ""
        spread = f"{row['ratio']} ({row['least']}-{row['most']}{aim})"
        print(f"\n{name:4}{row['what']}\n    {spread}, {row['per_second']}/s here")


def main(given: Sequence[str]) -> int:
    """0 when everything was measured; 2 for a row that is not there."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", default="", help="ids of rows, with commas between them")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how many rounds ({ROUNDS})")
    parser.add_argument("--out", type=Path, default=RESULT, help="where the result goes (build/bench.json)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    arguments = parser.parse_args(given)
    wanted = {name for name in arguments.only.split(",") if name}
    known = [*(row.id for row in ROWS), *OF_AUDITS]
    if wanted - set(known):
        print(f"no such row; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    rows = [row for row in ROWS if not wanted or row.id in wanted]
    result = _result(rows, measure(_operations(rows), arguments.rounds), arguments.rounds)
    if not wanted or wanted & set(OF_AUDITS):
        from tests.bench import ledger

        result["ratios"] = ledger.measured(ledger.made(), arguments.rounds)
    arguments.out.parent.mkdir(exist_ok=True)
    arguments.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if arguments.json:
        print(json.dumps(result, indent=1))
    else:
        _print(result)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
