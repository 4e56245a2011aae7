"""Runs the tests against mutants, each in a fork of its own, up to the first test that fails.

What does not depend on the modules under test is imported once. A mutant inside a function is put in its place after
the tests were collected (:mod:`tests.mutation.swapping`); any other, a constant or a decorator, is imported anew in its
fork. Tests are chosen by order alone, never left out: first those that lately noticed something in the same function,
then those that call it, then all others.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.metadata
import os
import pickle
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, BinaryIO

import grimp
import pytest

from tests.mutation.forks import Forks, Tell, Verdict, quiet
from tests.mutation.mutants import ROOT, Module, Mutant
from tests.mutation.plugins import Baseline, Collected, Order, Recorder
from tests.mutation.swapping import Function, Place, Swap, compiled, live_functions, swap_of

SELECTION = (
    "tests/schemas/rules",
    "tests/schemas/test_policy.py",
    "tests/schemas/test_causes.py",
    "tests/schemas/test_effects.py",
    "tests/schemas/test_properties_reasons.py",
    "tests/examples",
)
"""The tests of the kernel: fast ones, that need no server and no files of others."""

OPTIONS = (
    *("-q", "-x", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:pytest_cov"),
    *("-m", "not slow", "-W", "ignore::pytest.PytestAssertRewriteWarning"),
)


class BaselineError(Exception):
    """The tests do not pass on the code as it is, so that they can say nothing about mutants."""


class _Source(InspectLoader):
    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def get_source(self, fullname: str) -> str:
        return self._mutant.source

    def get_code(self, fullname: str) -> CodeType:
        return compiled(self._mutant.source, self._mutant.path)


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


def _ask(work: Callable[[BinaryIO], None]) -> Iterator[Any]:
    """What ``work`` pickles in a fork, as it comes."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(2, 1)
        with os.fdopen(writing, "wb") as out:
            work(out)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as given, contextlib.suppress(EOFError):
        while True:
            yield pickle.load(given)  # noqa: S301 - from our own fork
    os.waitpid(child, 0)


def baseline(paths: Sequence[str], tests: Sequence[str]) -> Baseline:
    """The tests on the code as it is, in a fork. Raises :class:`BaselineError` when one fails."""

    def work(out: BinaryIO) -> None:
        recorder = Recorder(paths)
        recorder.watch_imports()
        code = pytest.main([*OPTIONS, *tests], plugins=[recorder])
        pickle.dump((int(code), recorder.baseline), out)

    for code, found in list(_ask(work)):
        if code == 0 and isinstance(found, Baseline) and found.seconds:
            return found
    raise BaselineError("the tests fail on the code as it is; make them pass first")


class Judge:
    """Judges mutants, some at a time, and learns which tests notice something."""

    def __init__(self, paths: Sequence[str], jobs: int = 1) -> None:
        self._tests = selection()
        self._jobs = jobs
        preload(paths)
        self.baseline = baseline(paths, self._tests)
        self._noticed: dict[Function, list[str]] = {}

    def judge(self, module: Module, mutants: Sequence[Mutant]) -> Iterator[Verdict]:
        """The verdict on each mutant of a module, as they come."""
        named = {mutant.key: mutant for mutant in mutants}
        swaps = [swap for swap in (swap_of(mutant, module, self.baseline.early) for mutant in mutants) if swap]
        for verdict in _ask(lambda out: self._swapped(swaps, out)) if swaps else ():
            self._learn(named.pop(verdict.mutant), verdict)
            yield verdict
        forks, left = Forks(self._jobs), dict(named)
        for mutant in left.values():
            for verdict in forks.start(mutant.key, partial(self._imported, mutant)):
                self._learn(left[verdict.mutant], verdict)
                yield verdict
        yield from forks.rest()
        self._check(module)

    def _check(self, module: Module) -> None:
        """That the module as it is passes still. Raises :class:`BaselineError`: what changed meanwhile spoiled it."""
        same = Mutant(module.path, 0, "", "as it is", "as it is", module.source)
        forks = Forks(1)
        for verdict in (*forks.start(same.key, partial(self._imported, same)), *forks.rest()):
            if verdict.killed:
                raise BaselineError(f"{module.path} as it is fails now: {verdict.by}; was something changed meanwhile?")

    def _swapped(self, swaps: Sequence[Swap], out: BinaryIO) -> None:
        """In a fork: collect the tests once, and judge each mutant in a fork of that. What does not fit is left."""

        def run(swap: Swap, tell: Tell) -> int:
            quiet()
            swap.apply(live)
            return collected.run(self._order(swap.mutant), tell)

        def say(verdict: Verdict) -> None:
            self._learn(mutants[verdict.mutant], verdict)
            pickle.dump(verdict, out)
            out.flush()

        def work() -> None:
            live.update(live_functions())
            gc.freeze()
            forks = Forks(self._jobs)
            for swap in swaps:
                if swap.fits(live):
                    for verdict in forks.start(swap.mutant.key, partial(run, swap)):
                        say(verdict)
            for verdict in forks.rest():
                say(verdict)

        live: dict[Place, list[FunctionType]] = {}
        mutants = {swap.mutant.key: swap.mutant for swap in swaps}
        collected = Collected(work)
        pytest.main([*OPTIONS, *self._tests], plugins=[collected])

    def _imported(self, mutant: Mutant, tell: Tell) -> int:
        """In a fork: the tests with the changed module in the place of the file."""
        quiet()
        sys.meta_path.insert(0, _Finder(mutant))
        order = self._order(mutant)
        likely = list(dict.fromkeys(name.partition("::")[0] for name in order[:4]))
        code = 0
        for tests in (likely, self._tests):  # most end in the likely files, so that the others need not be collected
            code = code or int(pytest.main([*OPTIONS, *tests], plugins=[Order(order, tell)]))
        return code

    def _order(self, mutant: Mutant) -> list[str]:
        """Every test, the likeliest first."""
        place = (mutant.path, mutant.function)
        seconds, called = self.baseline.seconds, self.baseline.called
        name = f"test_{Path(mutant.path).stem}.py"
        rest = sorted(seconds, key=lambda test: (place not in called[test], name not in test, seconds[test]))
        near, wide = self._noticed.get(place, []), self._noticed.get((mutant.path, ""), [])
        return list(dict.fromkeys([*near, *wide[:20], *rest]))

    def _learn(self, mutant: Mutant, verdict: Verdict) -> None:
        """The test that killed a mutant is tried first on its neighbours."""
        if "::" in verdict.by:
            for place in ((mutant.path, mutant.function), (mutant.path, "")):
                noticed = self._noticed.setdefault(place, [])
                if verdict.by in noticed:
                    noticed.remove(verdict.by)
                noticed.insert(0, verdict.by)
