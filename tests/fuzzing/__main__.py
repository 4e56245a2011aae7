"""``python -m tests.fuzzing --seconds 600 [TARGET...]``: atheris over each target, one after another.

Writes ``build/fuzzing.json``: executions, seconds by the clock and of the processor, edges reached, what was found.
Inputs that reach something new are kept below ``build/fuzzing/<target>/corpus`` for the next run; what breaks an oracle
below ``.../found``. Exit 1 where something was found, 2 without atheris.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import re
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.fuzzing.targets import TARGETS

FOLDER = ROOT / "build" / "fuzzing"
FIGURES = ROOT / "build" / "fuzzing.json"
MEMORY = 1024
"""Megabytes for the whole process."""
ONE_INPUT = 10
"""Seconds that one input may take."""


def plant(name: str, corpus: Path) -> None:
    """The seeds as files; what is there already stays."""
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in TARGETS[name].seeds():
        (corpus / hashlib.sha1(seed, usedforsecurity=False).hexdigest()).write_bytes(seed)


def computing() -> float:
    """Seconds of processor that finished children took: on a busy machine fewer than those of the clock."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def fuzz(name: str, seconds: int) -> dict[str, Any]:
    """Run one target; the figures."""
    corpus, found = FOLDER / name / "corpus", FOLDER / name / "found"
    plant(name, corpus)
    found.mkdir(parents=True, exist_ok=True)
    known = set(found.iterdir())
    options = [f"-max_total_time={seconds}", f"-rss_limit_mb={MEMORY}", f"-timeout={ONE_INPUT}", "-max_len=20000"]
    options += [f"-artifact_prefix={found}/", "-print_final_stats=1", str(corpus)]
    began, computed = time.monotonic(), computing()
    command = [sys.executable, "-m", "tests.fuzzing.child", name, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    took, computed = time.monotonic() - began, computing() - computed
    said = done.stdout + done.stderr
    (FOLDER / name / "log.txt").write_text(said[-200_000:], encoding="utf-8")
    reached = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", said)
    edges, features, kept = map(int, reached[-1]) if reached else (0, 0, 0)
    executed = re.search(r"stat::number_of_executed_units: (\d+)", said)
    return {
        "seconds": round(took, 1),
        "cpu": round(computed, 1),
        "executions": int(executed[1]) if executed else 0,
        "edges": edges,
        "features": features,
        "corpus": kept,
        "found": sorted(path.name for path in set(found.iterdir()) - known),
        "ended": done.returncode,
    }


def main() -> int:
    """Run the targets named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    given = parser.parse_args()
    if unknown := set(given.targets) - set(TARGETS):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not here: pip install atheris", file=sys.stderr)
        return 2
    whole: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    broken = False
    for name in given.targets or TARGETS:
        figures = fuzz(name, given.seconds)
        broken |= bool(figures["found"]) or figures["ended"] != 0
        runs = [*whole.get(name, {}).get("runs", ()), figures]
        total = {key: round(sum(run.get(key, 0) for run in runs), 1) for key in ("seconds", "cpu", "executions")}
        whole[name] = {
            **total,
            "edges": figures["edges"],
            "found": sum(len(run["found"]) for run in runs),
            "runs": runs,
        }
        FIGURES.parent.mkdir(exist_ok=True)
        FIGURES.write_text(json.dumps(whole, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        print(f"{name}: {figures}", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
