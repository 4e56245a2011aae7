"""Some forks at a time, each with bounds on time and memory, and what became of the mutant in each."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

CPU_SECONDS = 30
WALL_SECONDS = 300
MEMORY = 4 << 30

Tell = Callable[[str], None]
"""Says which test failed."""


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant, by its key: ``killed`` ``by`` a test, by ``import`` or by ``time``; else it survived."""

    mutant: str
    killed: bool
    by: str = ""


def quiet() -> None:
    """Say nothing more in this process."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(WALL_SECONDS)


def _write(pipe: int, name: str) -> None:
    os.write(pipe, f"{name}\n".encode())


class Forks:
    """At most ``jobs`` forks at a time."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._running: dict[int, tuple[str, int]] = {}

    def start(self, mutant: str, work: Callable[[Tell], int]) -> Iterator[Verdict]:
        """``work`` in a fork, which ends with its code: 0 when the mutant survived. Gives what ended before."""
        if len(self._running) >= self._jobs:
            yield self._wait()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.close(reading)
                _limit()
                code = work(lambda name: _write(writing, name))
            finally:
                os._exit(code)
        os.close(writing)
        self._running[child] = (mutant, reading)

    def rest(self) -> Iterator[Verdict]:
        """What still runs."""
        while self._running:
            yield self._wait()

    def _wait(self) -> Verdict:
        child, status = os.wait()
        mutant, reading = self._running.pop(child)
        with os.fdopen(reading, encoding="utf-8") as given:
            told = given.read().splitlines()
        code = os.waitstatus_to_exitcode(status)
        if code == 0:
            return Verdict(mutant, killed=False)
        return Verdict(mutant, killed=True, by=told[0] if told else "time" if code < 0 else "import")
