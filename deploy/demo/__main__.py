"""``make demo``: run the play, show the screen, and say by the exit code whether all came out as expected.

Exit codes: 0 every step as expected, 1 not, 2 wrong use or input, 130 after Ctrl-C. With ``--json`` one object on
standard output; progress and screen always go to standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path

from rich.console import Console

from deploy.demo.people import PeopleError
from deploy.demo.screen import Progress, show, show_addresses, tell_wrong
from deploy.demo.stage import Stage

INTERRUPTED = 130
WIDTH = 140
"""Of the screen where there is no terminal to ask."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make demo", description="A whole house on this machine, one case, two people. See DEMO_ARGS."
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object on standard output, no screen")
    parser.add_argument("--keep", action="store_true", help="leave everything running until Ctrl-C")
    parser.add_argument(
        "--people",
        type=Path,
        default=Path(os.environ["PEOPLE"]) if os.environ.get("PEOPLE") else None,
        help="an LO3 file with fictitious people (make demo PEOPLE=FILE); without it they are made up",
    )
    return parser.parse_args()


def main() -> int:
    """Run it; the exit code."""
    given = _arguments()
    console = Console(stderr=True, width=None if sys.stderr.isatty() else WIDTH)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored for what runs beside it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(INTERRUPTED))
    try:
        with Stage(given.people) as stage:
            with Progress(console) as progress:
                run = stage.play(progress.say)
            if given.json:
                print(json.dumps(run.as_json(), ensure_ascii=False, indent=2), flush=True)
                tell_wrong(console, run)
            else:
                show(console, run)
            if given.keep:
                show_addresses(console, stage.sandbox)
                while True:
                    time.sleep(3600)
            return 0 if run.ok else 1
    except PeopleError as error:
        console.print(str(error), style="red", markup=False)
        return 2
    except KeyboardInterrupt:
        console.print("stopped", style="dim")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
