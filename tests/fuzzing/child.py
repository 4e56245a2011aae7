"""One target under atheris until its time is up or something is found.

``python -m tests.fuzzing.child NAME OPTION...``: a process of its own, for libFuzzer ends it. Our packages are imported
instrumented, so that their branches guide it.
"""

from __future__ import annotations

import importlib
import sys
from functools import lru_cache
from typing import Any


def main() -> None:
    """``argv``: the target's name, then options and folders of libFuzzer."""
    name, *options = sys.argv[1:]
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["schemas", "keys", "connectors"], enable_loader_override=False):
        from schemas import pack_yaml
        from tests.fuzzing.targets import TARGETS
    # Of a pack one file differs from input to input: the others are read once, as in all tests.
    pack_yaml._read = lru_cache(maxsize=256)(pack_yaml._read)
    judge = TARGETS[name].judge

    def once(data: bytes) -> None:
        judge(data)

    atheris.Setup([sys.argv[0], *options], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
