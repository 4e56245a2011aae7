"""What all commands share: the two consoles, options, the call to the running connector, and exit codes."""

from __future__ import annotations

import getpass
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from connectors import UseError
from connectors.control.calling import NotRunningError, call
from connectors.settings import Settings, read_settings
from schemas.ids import IdError, format_instant, parse_instant

FAULT: Final = 1
WRONG_USE: Final = 2
REFUSED: Final = 3
WHY_LIMIT: Final = 4000
FILE_WIDTH: Final = 160
"""Columns where the output is no terminal."""
_AHEAD = re.compile(r"\+([0-9]{1,5})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

SettingsFile = Annotated[
    Path, typer.Option("--settings", envvar="KETEN_SETTINGS", help="De instellingen van deze connector (YAML).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Het antwoord als JSON op standard output.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Zonder vraag om bevestiging.")]
By = Annotated[
    str | None,
    typer.Option("--by", envvar="KETEN_BY", help="Verwijzing naar wie dit beslist; zonder: uw naam op dit systeem."),
]
Explanation = Annotated[
    str,
    typer.Option(
        "--explanation", "--necessity", help="Waarom dit nodig is, hooguit 500 tekens; - leest het van standard input."
    ),
]


def out() -> Console:
    """Data. Made when needed, so that a test's replacement of standard output counts."""
    return _console(sys.stdout.isatty(), stderr=False)


def err() -> Console:
    """All else."""
    return _console(sys.stderr.isatty(), stderr=True)


def _console(terminal: bool, *, stderr: bool) -> Console:
    width = None if terminal else FILE_WIDTH
    return Console(
        stderr=stderr, width=width, soft_wrap=not terminal and stderr, markup=False, highlight=False, emoji=False
    )


def clean(value: object) -> str:
    """Text of others, without anything that could steer a terminal."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "".join("\ufffd" if unicodedata.category(one) in {"Cc", "Cf"} and one != "\n" else one for one in text)


def show_json(value: object) -> None:
    """One JSON value on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def table(title: str, headings: Iterable[str], rows: Iterable[Iterable[object]]) -> Table:
    """A table of foreign values."""
    made = Table(title=title, title_justify="left", show_lines=False)
    for heading in headings:
        made.add_column(heading, overflow="fold")
    for row in rows:
        made.add_row(*(clean("" if one is None else one) for one in row))
    return made


NOT_USED: Final = {
    "ingetrokken": "toestemming ingetrokken: niet gebruiken",
    "onjuist": "onjuist gemeld: niet gebruiken",
    "beperkt": "beperkt: bewaren en niet gebruiken",
}


def values_of(row: Mapping[str, Any]) -> str:
    """The values of an item on one line, or why it is not to be used."""
    standing = row.get("standing")
    if standing:
        return NOT_USED.get(standing, clean(standing))
    return "; ".join(f"{name}: {clean(one)}" for name, one in row["values"].items())


def connect(settings: Path) -> Settings:
    """The settings, for the folder of the socket. Raises :class:`UseError`."""
    return read_settings(settings)


def ask_connector(settings: Path, act: str, body: Mapping[str, object], waiting: str = "even wachten") -> Any:
    """What the running connector answers; shows ``waiting`` on a terminal. Raises :class:`ConnectorError`."""
    data = connect(settings).data
    try:
        with err().status(waiting):
            return call(data, act, body)
    except NotRunningError as error:
        raise UseError(f"{error}\nStart hem met: ketenconnector run --settings {settings}") from error


def person(by: str | None) -> str:
    """Who acts, for the register."""
    return by or getpass.getuser()


def explained(text: str) -> str:
    """An explanation as given or, with ``-``, from standard input, so that no list of processes shows it."""
    return sys.stdin.read(WHY_LIMIT).strip() if text == "-" else text


def listed(values: Iterable[str] | None) -> list[str]:
    """Values given one by one, or with commas between."""
    return [part.strip() for value in values or () for part in value.split(",") if part.strip()]


def moment(text: str, now: datetime | None = None) -> str:
    """``YYYY-MM-DDTHH:MM:SSZ``, or ``+4h`` from now, in the form of the wire. Raises :class:`UseError`."""
    if found := _AHEAD.fullmatch(text):
        ahead = timedelta(seconds=int(found[1]) * _SECONDS[found[2]])
        return format_instant((now or datetime.now(UTC)) + ahead)
    try:
        return format_instant(parse_instant(text))
    except IdError as error:
        raise UseError("geef een moment als 2026-11-23T12:00:00Z, of vanaf nu: +30s, +15m, +4h, +2d") from error


def confirm(question: str, *, yes: bool) -> None:
    """Ends the command unless the person agrees."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UseError(f"bevestig met --yes; er is hier niemand om het te vragen: {question}")
    if not typer.confirm(question, err=True):
        err().print("Er is niets gedaan.")
        raise typer.Exit(WRONG_USE)


def show_reasons(reasons: Iterable[Mapping[str, Any]]) -> None:
    """Why a rule refuses: article, sentence, place."""
    for reason in reasons:
        err().print(clean(f"  {reason['rule']}: {reason['nl']} ({reason['code']} {reason['pointer']})"))


def finish_sent(value: Mapping[str, Any], done: str, *, as_json: bool) -> None:
    """Show what became of a message, and end with the exit code that goes with it."""
    if as_json:
        show_json(value)
    outcome = value["outcome"]
    if outcome == "sent" and not as_json:
        out().print(done)
    if outcome == "pending":
        err().print("De broker antwoordt nu niet. Het bericht ligt klaar en gaat vanzelf.")
    if outcome == "refused":
        where = "hier al, er is niets verstuurd" if value.get("at_home") else "door de broker; het staat in het logboek"
        err().print(f"Geweigerd ({where}):")
        show_reasons(value.get("reasons", ()))
        raise typer.Exit(REFUSED)
    if outcome == "no_key":
        err().print("De andere kant gaf geen sleutel. Draait die connector? Probeer het later opnieuw.")
        raise typer.Exit(FAULT)
