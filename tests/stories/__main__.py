"""``python -m tests.stories FILE...``: is a personal value of the stories in a report of tests? Exit 1 where it is.

`make test` runs it over ``build/tests.xml``, which holds the names of all tests, their output and why they failed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.canaries import Canaries
from tests.stories.gathering_traces import personal_values


def main() -> int:
    """Search the files named."""
    canaries = Canaries(personal_values())
    for name in sys.argv[1:]:
        canaries.look(name, Path(name).read_bytes())
    for sentence in canaries.sentences:
        print(sentence, file=sys.stderr)
    print(f"{sum(canaries.looked.values())} bytes of {len(canaries.looked)} reports searched", file=sys.stderr)
    return 1 if canaries.sentences or not all(canaries.looked.values()) or not canaries.looked else 0


if __name__ == "__main__":
    sys.exit(main())
