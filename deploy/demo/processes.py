"""The programs of a run, each a process of its own; none of them outlives us.

Decides how they are started (own session, own log file, and on Linux the kernel's promise to end them when we die) and
how they are ended. Which programs there are is decided in :mod:`deploy.demo.sandbox`. Tests hand in other programs;
the command line of the demo cannot.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.demo import DemoError

STOP_SECONDS = 5.0
PR_SET_PDEATHSIG = 1


class StartError(DemoError):
    """A program did not start; the text ends with the last lines of its log."""


@dataclass(frozen=True)
class Programs:
    """How each program is called; ``connectors`` has the ones that are called otherwise, by the party's short name."""

    broker: Sequence[str] = (sys.executable, "-m", "broker.cli")
    connector: Sequence[str] = (sys.executable, "-m", "connectors.cli")
    connectors: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def connector_of(self, key: str) -> Sequence[str]:
        """The program of one party."""
        return self.connectors.get(key, self.connector)


def environment() -> dict[str, str]:
    """Ours, but that compiled modules may be kept: a dozen programs start, and each would compile everything again."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Child:
    """One running program."""

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        """Start it; its output goes to ``log``. Only what the main thread starts ends with us if we are killed."""
        self.name = name
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment(),
                start_new_session=True,  # Ctrl-C is for us: we end them when we are ready
                preexec_fn=_die_with_parent(),  # noqa: PLW1509 - one system call, its library loaded beforehand
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self._process.poll() is None

    def ask_to_stop(self) -> None:
        """SIGTERM; returns at once."""
        if self.running:
            self._process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """SIGTERM, and after a while SIGKILL; returns when it is gone."""
        self.ask_to_stop()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Return when ``ready``. Raises :class:`StartError` when the program ended, or the time is over."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running:
                raise StartError(f"{self.name} ended with code {self._process.returncode}; {self.tail()}")
            if time.monotonic() > deadline:
                raise StartError(f"{self.name} was not ready after {seconds:.0f} s; {self.tail()}")
            time.sleep(0.02)

    def tail(self) -> str:
        """Where its log is and how it ends."""
        try:
            lines = self.log.read_text(errors="replace").splitlines()[-8:]
        except OSError:
            lines = []
        return f"its log {self.log} ends:\n" + "\n".join(lines)


class Children:
    """All of them; leaving the block ends them all."""

    def __init__(self, logs: Path) -> None:
        """Each writes its output to ``<name>.log`` in the folder ``logs``."""
        self._logs = logs
        self._children: dict[str, Child] = {}

    def start(self, name: str, command: Sequence[str]) -> Child:
        """Start a program under a name that is not in use."""
        child = self._children[name] = Child(name, command, self._logs / f"{name}.log")
        return child

    def __getitem__(self, name: str) -> Child:
        """The program of that name."""
        return self._children[name]

    def stop(self) -> None:
        """All at once, the last started first."""
        children = list(reversed(self._children.values()))
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.stop()


def _die_with_parent() -> Callable[[], None] | None:
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return None  # the kernel's promise is about the thread that starts it
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
