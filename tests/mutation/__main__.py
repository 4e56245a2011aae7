"""`make mutate`: judges the mutants, keeps the counts, writes the page, and fails for what nobody explained."""

from __future__ import annotations

import argparse
import importlib.metadata
import platform
import sys
import time
from collections.abc import Sequence

from tests.mutation.mutants import ROOT, Module
from tests.mutation.page import PAGE, render
from tests.mutation.record import GOAL, Outcome, Record, digest_of, modules, read_outcomes, reviewed, unexplained
from tests.mutation.running import BaselineError, Judge


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    parser.add_argument("paths", nargs="*", help="modules, or parts of their names; none means all")
    parser.add_argument("--jobs", type=int, default=1, help="how many mutants at a time (1)")
    parser.add_argument("--again", action="store_true", help="only earlier survivors, and modules that changed")
    parser.add_argument("--list", action="store_true", help="show the mutants, run nothing")
    return parser.parse_args(given)


def _chosen(parts: Sequence[str]) -> list[str]:
    return [path for path in modules() if not parts or any(part in path for part in parts)]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _outcome(judge: Judge, path: str, earlier: Outcome | None) -> Outcome:
    """The outcome of one module. With an earlier outcome of the same source only its survivors are judged again."""
    module = Module(path)
    mutants = list(module.mutants())
    again = [mutant for mutant in mutants if earlier is None or mutant.key in earlier.survived]
    survived: set[str] = set()
    by = {"import": earlier.by_import if earlier else 0, "time": earlier.by_time if earlier else 0}
    for verdict in judge.judge(module, again):
        if not verdict.killed:
            survived.add(verdict.mutant)
            _say(f"  survived: {verdict.mutant}")
        elif verdict.by in by:
            by[verdict.by] += 1
    keys = tuple(mutant.key for mutant in again if mutant.key in survived)
    _say(f"{path}: {len(mutants) - len(keys)} of {len(mutants)} killed")
    return Outcome(digest_of(path), len(mutants), by["import"], by["time"], module.sentences, keys)


def _run(paths: Sequence[str], jobs: int, again: bool) -> Record:
    start = time.monotonic()
    earlier = read_outcomes()
    judge = Judge(modules(), jobs)
    found = dict(earlier)
    versions = {"mutmut": importlib.metadata.version("mutmut"), "python": platform.python_version()}
    record = Record(found, len(judge.baseline.seconds), 0.0, jobs, versions)
    for path in paths:
        found[path] = _outcome(judge, path, earlier.get(path) if again else None)
        outcomes = {name: found[name] for name in modules() if name in found}
        record = Record(outcomes, len(judge.baseline.seconds), time.monotonic() - start, jobs, versions)
        record.write()
    return record


def main(given: Sequence[str]) -> int:
    """0 when the score reaches the goal and every survivor is explained."""
    arguments = _arguments(given)
    paths = _chosen(arguments.paths)
    if not paths:
        _say(f"no such module; there are: {', '.join(modules())}")
        return 2
    if arguments.list:
        for path in paths:
            print(*(mutant.key for mutant in Module(path).mutants()), sep="\n")
        return 0
    sys.pycache_prefix = str(ROOT / "build" / "mutation" / "pycache")
    sys.dont_write_bytecode = False
    try:
        record = _run(paths, arguments.jobs, arguments.again)
    except BaselineError as error:
        _say(str(error))
        return 2
    holes = unexplained(record.survived)
    gone = sorted(key for key in reviewed() if key.split("::")[0] in record.outcomes and key not in record.survived)
    for key in gone:
        _say(f"survivors.yaml explains a mutant that does not survive; take it out: {key}")
    _say(f"score {record.score:.1f} %: {record.mutants - len(record.survived)} of {record.mutants} killed")
    _say(f"{len(holes)} survivors that tests/mutation/survivors.yaml does not explain")
    if record.complete:
        PAGE.write_text(render(record, reviewed()), encoding="utf-8")
    else:
        _say("not every module was judged as it is now: docs/mutation.md stays as it was")
    return 0 if record.score >= GOAL and not holes and not gone else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
