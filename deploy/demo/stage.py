"""One run from beginning to end: choose people, start everything, play the case, search, and clear up.

Decides what happens when something goes wrong: what was done stays written down, the search is still made where the
broker lives, everything is ended, and the folder of the run stays for whoever wants to look.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from connectors.sources import SourceError
from deploy.demo import DemoError
from deploy.demo.blindness import Search, choose, live, search
from deploy.demo.made_up import write_made_up
from deploy.demo.needles import Needle, of_person, of_texts
from deploy.demo.people import PeopleError, Population, read_population
from deploy.demo.processes import Programs
from deploy.demo.run import Run
from deploy.demo.sandbox import Sandbox
from deploy.demo.steps import Course
from deploy.demo.story import TEXTS, tell
from deploy.demo.tables import Cast, write_tables
from deploy.postgres_binaries import EmbeddedPostgresError
from keys import KeysError


class Stage:
    """Holds what runs; leaving the block ends it all."""

    def __init__(self, people: Path | None, programs: Programs | None = None) -> None:
        """``people``: an LO3 file, or None for people made up. ``programs``: other ones, for tests only."""
        self._file = people
        self._chance = random.SystemRandom()
        self._kept = False
        self.sandbox = Sandbox(programs or Programs())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sandbox.stop()
        if not self._kept:
            shutil.rmtree(self.sandbox.base, ignore_errors=True)

    def play(self, say: Callable[[str], None]) -> Run:
        """The whole run. Raises :class:`PeopleError` where it cannot begin; all else is in the result."""
        started = time.monotonic()
        people = self._people()
        course, summary = Course(), people.summary()
        found: Search | None = None
        error: str | None = None
        try:
            self.sandbox.start(people.file, say)
            say("looking for P and Q, of whom nothing is in memory yet")
            cast, summary["replaced"] = choose(live(self.sandbox), people, of_texts(TEXTS))
            write_tables(self._folders(), people, cast, self._chance)
            try:
                tell(self.sandbox, cast, course, say)
            except DemoError as failure:
                error = f"{type(failure).__name__}: {failure}"
            say("searching the broker's disk, logs and memory")
            found = self._search(cast)
        except (DemoError, SourceError, KeysError, EmbeddedPostgresError, OSError) as failure:
            error = f"{type(failure).__name__}: {failure}"
        run = self._run(time.monotonic() - started, summary, course, found, error)
        self._kept = not run.ok
        return run

    def _people(self) -> Population:
        file, made_up = self._file, self._file is None
        if file is None:
            file = self.sandbox.base / "people.csv"
            write_made_up(file, self._chance)
        try:
            return read_population(file.absolute(), made_up=made_up, chance=self._chance)
        except SourceError as error:
            raise PeopleError(f"PEOPLE={file}: {error}") from error

    def _folders(self) -> dict[str, Path]:
        return {key: party.folder for key, party in self.sandbox.founded.parties.items()}

    def _search(self, cast: Cast) -> Search:
        needles: list[Needle] = [*of_person("P", cast.p), *of_person("Q", cast.q), *of_texts(TEXTS)]
        caller = str(self.sandbox.founded.parties["huis"].oin)
        return asyncio.run(search(self.sandbox, needles, caller))

    def _run(
        self, seconds: float, summary: dict[str, int | str], course: Course, found: Search | None, error: str | None
    ) -> Run:
        founded = self.sandbox.founded_or_none
        return Run(
            seconds=seconds,
            house=str(founded.house) if founded else "",
            origin=founded.origin if founded else "",
            logs=self.sandbox.logs,
            people=summary,
            course=course,
            search=found,
            error=error,
        )
