"""Runs the tests against one mutant: a fork that imports the changed module instead of the file, and stops at the first
test that fails.

What does not depend on the modules under test is imported once, before the forks; the rest each fork imports anew, so
that a changed constant or decorator counts as much as a changed line. The tests are chosen by order alone, never left
out: first those that lately noticed something in the same function, then those that call it, then all others.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.metadata
import os
import pickle
import resource
import signal
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NoReturn

import grimp
import hypothesis
import pytest

from tests.mutation.mutants import ROOT, Mutant

SELECTION = (
    "tests/schemas/rules",
    "tests/schemas/test_policy.py",
)
"""The tests of the kernel: fast ones, that need no server and no files of others."""

CPU_SECONDS = 30
WALL_SECONDS = 300
MEMORY = 4 << 30
OPTIONS = (
    *("-q", "-x", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:pytest_cov"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)

Function = tuple[str, str]
"""Path of a module and qualified name of a function in it."""


class BaselineError(Exception):
    """The tests do not pass on the code as it is, so that they can say nothing about mutants."""


@dataclass
class Baseline:
    """What the tests did on the code as it is: how long each took, and what it called."""

    seconds: dict[str, float] = field(default_factory=dict)
    called: dict[str, set[Function]] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """``killed``: ``by`` a test, by ``import`` or by ``time``; else it survived."""

    mutant: str
    killed: bool
    by: str
    seconds: float


class _Source(InspectLoader):
    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def get_source(self, fullname: str) -> str:
        return self._mutant.source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._mutant.source, str(ROOT / self._mutant.path), "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    """Gives the changed source for one module."""

    def __init__(self, mutant: Mutant) -> None:
        self._name = module_name(mutant.path)
        self._loader = _Source(mutant)

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """The module with the mutant in it; None for every other."""
        return spec_from_loader(fullname, self._loader) if fullname == self._name else None


def module_name(path: str) -> str:
    """``schemas/rules/basis.py`` -> ``schemas.rules.basis``."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


class _Settled:
    """The same examples of hypothesis every time, whatever tests/conftest.py loads."""

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        hypothesis.settings.register_profile("mutation", deadline=None, derandomize=True, database=None)
        hypothesis.settings.load_profile("mutation")


class _Recorder(_Settled):
    """Notes what each test calls of the modules under test."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.baseline = Baseline()
        self._paths = {str(ROOT / path): path for path in paths}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        called: set[Function] = set()
        paths = self._paths

        def note(frame: FrameType, event: str, _argument: object) -> None:
            path = paths.get(frame.f_code.co_filename) if event == "call" else None
            if path:
                called.add((path, frame.f_code.co_qualname.replace(".<locals>", "").partition(".<")[0]))

        start = time.perf_counter()
        sys.setprofile(note)
        try:
            return (yield)
        finally:
            sys.setprofile(None)
            self.baseline.seconds[item.nodeid] = time.perf_counter() - start
            self.baseline.called[item.nodeid] = called


class _Order(_Settled):
    """Puts the likely tests first, and says which one failed."""

    def __init__(self, order: Sequence[str], tell: Callable[[str], None]) -> None:
        self._place = {name: index for index, name in enumerate(order)}
        self._tell = tell

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self._place.get(item.nodeid, len(self._place)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._tell(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._tell("import")


def selection() -> list[str]:
    """The tests of ``SELECTION`` that are there."""
    return [name for name in SELECTION if (ROOT / name).exists()]


def preload(paths: Sequence[str]) -> None:
    """Import, once for all forks, what does not depend on the modules under test."""
    graph = grimp.build_graph("schemas", cache_dir=None)
    names = {module_name(path) for path in paths}
    moving = set(names).union(*(graph.find_downstream_modules(name) for name in names & graph.modules))
    for name in sorted(graph.modules - moving):
        importlib.import_module(name)
    from schemas import packs

    for pack in packs.names():
        with contextlib.suppress(Exception):  # a pack that does not load is for the tests to tell
            packs.load(pack)
    for plugin in importlib.metadata.entry_points(group="pytest11"):
        plugin.load()
    for name in ("hypothesis.internal.conjecture.engine", "deploy.embedded_postgres"):
        importlib.import_module(name)
    loaded = sorted(name for name in sys.modules if name in moving or name.startswith("tests.schemas"))
    if loaded:
        raise BaselineError(f"already imported, so that no mutant would be seen: {', '.join(loaded)}")
    gc.freeze()  # or each fork would walk all of this again


def _quiet() -> None:
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


def baseline(paths: Sequence[str], tests: Sequence[str]) -> Baseline:
    """The tests on the code as it is, in a fork. Raises :class:`BaselineError` when one fails."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(2, 1)
        recorder = _Recorder(paths)
        code = pytest.main([*OPTIONS, *tests], plugins=[recorder])
        with os.fdopen(writing, "wb") as out:
            pickle.dump((int(code), recorder.baseline), out)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as given:
        code, found = pickle.load(given)  # noqa: S301 - from our own fork
    os.waitpid(child, 0)
    if code != 0 or not found.seconds:
        raise BaselineError("the tests fail on the code as it is; make them pass first")
    return found  # type: ignore[no-any-return]  # pickle.load knows no types


def _child(mutant: Mutant, order: Sequence[str], tests: Sequence[str], writing: int) -> NoReturn:
    _quiet()
    _limit()
    sys.meta_path.insert(0, _Finder(mutant))

    def tell(name: str) -> None:
        os.write(writing, f"{name}\n".encode())

    code = 1
    try:
        code = int(pytest.main([*OPTIONS, *tests], plugins=[_Order(order, tell)]))
    finally:
        os._exit(code)


class Judge:
    """Judges mutants, some at a time, and learns which tests notice something."""

    def __init__(self, paths: Sequence[str], jobs: int = 1) -> None:
        self._tests = selection()
        preload(paths)
        self.baseline = baseline(paths, self._tests)
        self._jobs = jobs
        self._noticed: dict[Function, list[str]] = {}

    def order(self, mutant: Mutant) -> list[str]:
        """Every test, the likeliest first."""
        place = (mutant.path, mutant.function)
        seconds, called = self.baseline.seconds, self.baseline.called
        name = f"test_{Path(mutant.path).stem}.py"
        rest = sorted(seconds, key=lambda test: (place not in called[test], name not in test, seconds[test]))
        near, wide = self._noticed.get(place, []), self._noticed.get((mutant.path, ""), [])
        return list(dict.fromkeys([*near, *wide[:20], *rest]))

    def judge(self, mutants: Iterator[Mutant]) -> Iterator[Verdict]:
        """The verdict on each mutant, as they come."""
        running: dict[int, tuple[Mutant, int, float]] = {}
        for mutant in mutants:
            if len(running) >= self._jobs:
                yield self._wait(running)
            reading, writing = os.pipe()
            child = os.fork()
            if child == 0:
                os.close(reading)
                _child(mutant, self.order(mutant), self._tests, writing)
            os.close(writing)
            running[child] = (mutant, reading, time.perf_counter())
        while running:
            yield self._wait(running)

    def _wait(self, running: dict[int, tuple[Mutant, int, float]]) -> Verdict:
        child, status = os.wait()
        mutant, reading, start = running.pop(child)
        with os.fdopen(reading, encoding="utf-8") as given:
            told = given.read().splitlines()
        seconds = time.perf_counter() - start
        code = os.waitstatus_to_exitcode(status)
        if code == 0:
            return Verdict(mutant.key, killed=False, by="", seconds=seconds)
        by = told[0] if told else "time" if code < 0 else "import"
        if "::" in by:
            for place in ((mutant.path, mutant.function), (mutant.path, "")):
                noticed = self._noticed.setdefault(place, [])
                if by in noticed:
                    noticed.remove(by)
                noticed.insert(0, by)
        return Verdict(mutant.key, killed=True, by=by, seconds=seconds)
