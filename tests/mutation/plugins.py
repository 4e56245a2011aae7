"""What pytest is asked to do besides: note what tests call, run the likely tests first, wait after collecting."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from types import FrameType

import hypothesis
import pytest

from tests.mutation.forks import Tell
from tests.mutation.mutants import ROOT
from tests.mutation.swapping import Function, function_of


@dataclass
class Baseline:
    """What the tests did on the code as it is: how long each took, what it called, and what ran before any test."""

    seconds: dict[str, float] = field(default_factory=dict)
    called: dict[str, set[Function]] = field(default_factory=dict)
    early: set[Function] = field(default_factory=set)


class _Settled:
    """The same examples of hypothesis every time, whatever tests/conftest.py loads."""

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        hypothesis.settings.register_profile("mutation", deadline=None, derandomize=True, database=None)
        hypothesis.settings.load_profile("mutation")


class Recorder(_Settled):
    """Notes what each test calls of the modules under test, and what importing and collecting calls."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.baseline = Baseline()
        self._paths = {str(ROOT / path): path for path in paths}

    def _note(self, into: set[Function]) -> None:
        paths = self._paths

        def note(frame: FrameType, event: str, _argument: object) -> None:
            path = paths.get(frame.f_code.co_filename) if event == "call" else None
            if path:
                into.add(function_of(path, frame.f_code.co_qualname))

        sys.setprofile(note)

    def watch_imports(self) -> None:
        """From now until the tests are collected; pytest imports each conftest.py before it says anything."""
        self._note(self.baseline.early)

    def pytest_collection_finish(self) -> None:
        sys.setprofile(None)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        called = self.baseline.called[item.nodeid] = set()
        start = time.perf_counter()
        self._note(called)
        try:
            return (yield)
        finally:
            sys.setprofile(None)
            self.baseline.seconds[item.nodeid] = time.perf_counter() - start


class Order(_Settled):
    """Puts the likely tests first, and says which one failed."""

    def __init__(self, order: Sequence[str], tell: Tell) -> None:
        self._order = order
        self._tell = tell

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        put_first(items, self._order)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._tell(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._tell("import")


def put_first(items: list[pytest.Item], order: Sequence[str]) -> None:
    """Sort tests as ``order`` says; others come last."""
    place = {name: index for index, name in enumerate(order)}
    items.sort(key=lambda item: place.get(item.nodeid, len(place)))


class Collected(_Settled):
    """Once the tests are collected ``work`` runs instead of them; it may run them, in forks, by :meth:`run`."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._session: pytest.Session | None = None
        self._tell: Tell | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """The work; in a fork that runs the tests the usual loop."""
        if self._tell is not None:
            return None
        self._session = session
        self._work()
        return True

    def run(self, order: Sequence[str], tell: Tell) -> int:
        """The tests in this order, in a fork, up to the first that fails; 0 when none did."""
        assert self._session is not None
        self._tell = tell
        self._session.config.pluginmanager.unregister(name="terminalreporter")
        put_first(self._session.items, order)
        try:
            self._session.config.hook.pytest_runtestloop(session=self._session)
        except self._session.Failed:
            return 1
        return int(self._session.testsfailed > 0)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and self._tell is not None:
            self._tell(report.nodeid)
