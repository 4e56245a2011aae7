"""What people see: progress while it runs, and one screen at the end. Everything goes to standard error.

The screen names people P and Q; it shows no value of theirs. Terms of the protocol stay in Dutch.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.panel import Panel
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from deploy.demo.blindness import Search
from deploy.demo.run import Run
from deploy.demo.sandbox import Sandbox
from deploy.demo.search import Looked
from deploy.demo.steps import Course

MEGA = 1 << 20
NOT_YET = (
    "Not shown yet: case meetings and scaling down, pages for desk and fg, witnesses beside the broker's own log, "
    "erasure when a case ends."
)


class Progress:
    """A line that moves on a terminal, a line per stage elsewhere."""

    def __init__(self, console: Console) -> None:
        """``console``: on standard error."""
        self._console = console
        columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
        self._bar = Bar(*columns, console=console, transient=True) if console.is_terminal else None
        self._task = self._bar.add_task("starting") if self._bar else None

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def say(self, text: str) -> None:
        """What is going on now."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=text)
            self._bar.console.print(Text(f"  {text}", style="dim"))
        else:
            self._console.print(f"  {text}", markup=False, highlight=False)


def show(console: Console, run: Run) -> None:
    """The screen."""
    course = run.course
    state = Text("every step came out as expected", "bold green") if run.ok else Text("NOT as expected", "bold red")
    head = Text.assemble(
        "Two people, P and Q, from aanmelding to the filled triage: ", state, f" ({run.seconds:.0f} s)"
    )
    parts: list[Text | Table] = [head, *_stopped(run), *_wrong(course), _given(course), _refused(course), _ledger(run)]
    if course.tried:
        parts.append(_tried(course))
    if run.search is not None:
        parts.append(_search(run.search))
    parts.append(_look_on(run))
    console.print(Panel(Group(*parts), title=f"Ketenbroker · {run.house}", padding=(0, 1)))
    console.print(NOT_YET, highlight=False)


def tell_wrong(console: Console, run: Run) -> None:
    """Only what went wrong and where to look; nothing for a run that went well."""
    for line in (*_stopped(run), *_wrong(run.course)):
        console.print(line)
    if not run.ok:
        console.print(f"Logs: {run.logs}", markup=False, highlight=False, soft_wrap=True)


def show_addresses(console: Console, sandbox: Sandbox) -> None:
    """Where everything is, for somebody who wants to look on while it runs."""
    founded = sandbox.founded_or_none
    lines = [f"It keeps running; Ctrl-C ends it. Everything lies in {sandbox.base}"]
    lines.append(f"broker          {sandbox.url}   health http://127.0.0.1:{sandbox.ports.health}/readyz")
    lines.append(f"PostgreSQL      {sandbox.postgres.dsn(sandbox.database)}")
    parties = founded.parties.values() if founded else ()
    lines += [f"{one.role.key:<16}{_program()} register|audit --settings {one.settings}" for one in parties]
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


def _program() -> str:
    """As it can be typed here."""
    installed = Path(sys.executable).with_name("ketenconnector")
    return str(installed) if installed.exists() else f"{sys.executable} -m connectors.cli"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", expand=True, padding=(0, 1), box=None)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _wrong(course: Course) -> Sequence[Text]:
    return [
        Text(f"{step.id} ({step.who}): expected {step.expected}, came out as {step.outcome}", "red")
        for step in course.wrong
    ]


def _stopped(run: Run) -> Sequence[Text]:
    return [Text(f"It stopped early. {run.error}", "red")] if run.error else []


def _given(course: Course) -> Table:
    table = _table(
        "\nWho was asked, and what came back (the broker saw a ceiling, the same for every outcome)",
        *("party", "about", "answer", "what", "on which basis"),
    )
    for row in course.given:
        table.add_row(row.party, row.person, row.outcome, row.what, row.basis)
    return table


def _refused(course: Course) -> Table:
    table = _table("\nWhat was refused, and why", "what", "where", "rule", "reason")
    for row in course.refused:
        table.add_row(row.what, row.where, row.rule, row.sentence)
    return table


def _tried(course: Course) -> Table:
    table = _table(
        "\nSomebody tried to break it, and who noticed (all attacks, and what is not defended: docs/adversary.md)",
        *("who", "tried", "who notices", "what that one sees"),
    )
    for row in course.tried:
        table.add_row(row.who, row.what, row.notices, Text(row.saw, "green" if row.ok else "red"))
    return table


def _ledger(run: Run) -> Table:
    table = _table(
        f"\nThe ledger {run.origin}, verified by the parties themselves",
        *("party", "entries", "own", "decided again", "state"),
    )
    for audit in run.course.audits:
        whole = "whole: tree, checkpoint, own entries, decisions, facts"
        found = Text(
            f"{whole}; and found, as it must: {'; '.join(audit.problems)}" if audit.problems else whole, "green"
        )
        state = found if audit.ok else Text("; ".join(audit.problems) or "not verified", "red")
        if audit.unchecked:
            state.append(f"; not checkable here: {'; '.join(audit.unchecked)}", "yellow")
        table.add_row(audit.party, str(audit.size), str(audit.own), str(audit.replayed), state)
    return table


def _search(search: Search) -> Table:
    found = f"{search.hits} hits" if search.hits else "nothing found"
    title = f"\nWhat the broker could have read: {search.values} values in {search.patterns} forms: {found}"
    table = _table(title, "place", "searched", "control value", "found")
    for place in search.places:
        table.add_row(place.place, f"{place.size / MEGA:.1f} MB", _control(place), _hits(place))
    return table


def _control(place: Looked) -> Text:
    if place.control is None:
        return Text("-")
    return Text("found", "green") if place.control else Text("NOT FOUND: the search does not count", "red")


def _hits(place: Looked) -> Text:
    if not place.found:
        return Text("nothing", "green")
    return Text("\n".join(finding.sentence.partition(": ")[2] for finding in place.found), "red")


def _look_on(run: Run) -> Text:
    lines = ["\nLook on: make demo DEMO_ARGS=--keep leaves it running and prints the addresses; then for each party"]
    lines += [
        "  ketenconnector register --settings FILE    what it gave and got, what was refused",
        "  ketenconnector audit --settings FILE       the ledger verified by itself",
        "With people of your own: make demo PEOPLE=FILE (LO3). For a script: make demo DEMO_ARGS=--json",
    ]
    if not run.ok:
        lines.append(f"Logs: {run.logs}")
    return Text("\n".join(lines))
