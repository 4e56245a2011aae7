"""``python -m tests.api --examples 5000``: many more requests than ``make test`` has time for.

Starts a PostgreSQL and a broker of its own, asks as a party, writes ``build/schemathesis.json``; exit 1 where an answer
was not as described.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from deploy.embedded_postgres import EmbeddedPostgres
from tests.api.testing import describe, known, run
from tests.conftest import ROOT
from tests.stories.live import living

FIGURES = ROOT / "build" / "schemathesis.json"


def main() -> int:
    """Run once."""
    parser = argparse.ArgumentParser(prog="python -m tests.api", description=__doc__)
    parser.add_argument("--examples", type=int, default=500, help="requests an operation, beside the systematic ones")
    parser.add_argument("--seed", type=int, default=1, help="the same seed asks the same")
    given = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="keten-api-"))
    base.chmod(0o711)
    folder, broker = base / "run", base / "broker"
    folder.mkdir()
    broker.mkdir()
    try:
        with (
            EmbeddedPostgres(base / "postgres", fsync=False) as server,
            living(broker, server.create_database("api")) as live,
        ):
            report = run(live, folder, describe(live), known(live), given.examples, seed=given.seed)
    finally:
        shutil.rmtree(base, ignore_errors=True)
    FIGURES.parent.mkdir(exist_ok=True)
    FIGURES.write_text(json.dumps(report.figures(), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(report.output)
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
