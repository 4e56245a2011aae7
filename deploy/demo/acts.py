"""People acting: each act is ``ketenconnector ...`` in a process of its own, as somebody at a desk would type it.

Decides how a command is called and its answer read (exit code, one JSON value on standard output). What is done when,
and what must come of it, is :mod:`deploy.demo.story`.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from deploy.demo import DemoError
from deploy.demo.sandbox import Sandbox

SECONDS = 60
AT_ONCE = 4
REFUSED = 3

T = TypeVar("T")


class ActError(DemoError):
    """A command did not do what it is there for; the text ends with what it said, which names no person."""


@dataclass(frozen=True, repr=False)
class Said:
    """What a command answered: its exit code (0 done, 1 fault, 2 wrong use, 3 refused by a rule) and its JSON."""

    code: int
    data: Any
    error: str

    @property
    def outcome(self) -> str:
        """For a step."""
        return {0: "done", REFUSED: "refused"}.get(self.code, f"exit {self.code}")


class Acts:
    """Everybody at their desks."""

    def __init__(self, sandbox: Sandbox) -> None:
        """``sandbox``: started."""
        self._sandbox = sandbox

    def say(self, key: str, *arguments: str) -> Said:
        """Run one command at party ``key``. Never raises for what the command answers."""
        command = self._sandbox.connector_command(key, *arguments)
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        try:
            data = json.loads(done.stdout) if done.stdout.strip() else None
        except json.JSONDecodeError:
            data = None
        return Said(done.returncode, data, done.stderr.strip())

    def do(self, key: str, *arguments: str) -> Any:
        """As :meth:`say` for what must succeed; its JSON. Raises :class:`ActError`."""
        said = self.say(key, *arguments)
        if said.code != 0 or said.data is None:
            raise ActError(f"`ketenconnector {arguments[0]}` at {key} ended with code {said.code}: {said.error[-800:]}")
        return said.data

    def until(self, look: Callable[[], T | None], what: str, seconds: float = 30.0, pause: float = 0.2) -> T:
        """What ``look`` finds, sooner or later. Raises :class:`ActError` after ``seconds``."""
        deadline = time.monotonic() + seconds
        while (found := look()) is None:
            if time.monotonic() > deadline:
                raise ActError(f"waited {seconds:.0f} s in vain for {what}")
            time.sleep(pause)
        return found


def together(work: Sequence[Callable[[], T]]) -> list[T]:
    """Several people at once; results in order. Raises the first error, after all have ended."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [future.result() for future in [pool.submit(one) for one in work]]
