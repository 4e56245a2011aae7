"""``audit``: the ledger verified by this party itself, without trusting the broker. Works alone, also beside `run`.

Exit codes of its own, so that a timer can tell them apart: 0 nothing is wrong, 1 findings, 2 it could not be done.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from connectors import ConnectorError, UseError
from connectors.commands.terminal import (
    FAULT,
    WRONG_USE,
    AsJson,
    SettingsFile,
    clean,
    connect,
    err,
    out,
    show_json,
    table,
)
from keys import KeysError

if TYPE_CHECKING:
    from rich.progress import TaskID

    from connectors.proofs.audit import Progress
    from connectors.proofs.report import Report
    from connectors.settings import Settings

FINDINGS: Final = FAULT
NOT_DONE: Final = WRONG_USE
MOST_SHOWN: Final = 50

PageFile = Annotated[
    Path | None, typer.Option("--page", help="Schrijf het verslag ook als pagina (HTML), om te printen en te bewaren.")
]
Again = Annotated[
    bool, typer.Option("--again", help="Vanaf het eerste blad, ook wat een eerdere controle al heeft nagerekend.")
]


def audit(settings: SettingsFile, as_json: AsJson = False, page: PageFile = None, again: Again = False) -> None:
    """Is het logboek ongewijzigd, volledig, en volgens de afspraken beslist? Rekent alles zelf na.

    Gaat verder waar een eerdere controle was. Eindigt met 0 (niets mis), 1 (bevindingen) of 2 (niet gelukt).
    """
    import asyncio

    from rich.progress import Progress as Bar

    chosen = connect(settings)
    try:
        with Bar(console=err(), transient=True) as bar:
            tasks: dict[str, TaskID] = {}

            def progress(what: str, done: int, total: int) -> None:
                if what not in tasks:
                    tasks[what] = bar.add_task(what, total=total)
                bar.update(tasks[what], completed=done, total=total)

            report = asyncio.run(_audit(chosen, progress, again=again))
        if page is not None:
            _write(page, report)
    except UseError:
        raise
    except (ConnectorError, KeysError) as error:
        err().print(clean(f"De controle is niet gelukt: {error}"))
        err().print("Er is niets over het logboek gezegd. Start haar opnieuw; zij gaat verder waar zij was.")
        raise typer.Exit(NOT_DONE) from error
    except Exception as error:
        # A timer reads the exit code: what nobody foresaw is no finding, and no "nothing is wrong" either.
        err().print(clean(f"De controle is niet gelukt door een fout in het programma ({type(error).__name__})."))
        err().print("Er is niets over het logboek gezegd. Probeer het met --again; blijft het, meld het dan.")
        raise typer.Exit(NOT_DONE) from error
    if as_json:
        show_json(report.as_json())
    else:
        _print(report)
    if not report.ok:
        raise typer.Exit(FINDINGS)


async def _audit(settings: Settings, progress: Progress, *, again: bool) -> Report:
    from connectors.control.auditing import audit_house
    from connectors.exchanges.mutual_tls import MutualTlsLink

    link = await MutualTlsLink.open(settings.broker, settings.house.id)
    try:
        return await audit_house(settings, link, progress, again=again)
    finally:
        await link.close()


def _write(path: Path, report: Report) -> None:
    from connectors.proofs.page import page

    try:
        path.write_text(page(report), encoding="utf-8")
    except OSError as error:
        raise UseError(f"{path}: {error.strerror}; kies een plaats waar u mag schrijven") from error


def _print(report: Report) -> None:
    count = len(report.problems) + report.more
    rows = (
        ("Logboek", report.origin),
        ("Bladen", f"{report.size}, waarvan {report.records} besluiten van het huis"),
        ("Eerder nagerekend", f"{report.since}"),
        ("Eerder gezien", f"{report.held}"),
        ("Eigen vermeldingen", f"{report.own_entries}, opnieuw beslist: {report.replayed}"),
        ("Feiten", f"{report.gathered} keer opnieuw verzameld uit het logboek"),
        ("Eigen register", f"{report.register} berichten opgezocht"),
        ("Uitkomst", "ongewijzigd en volledig" if report.ok else f"{count} bevinding{'en' * (count != 1)}"),
    )
    out().print(table("Controle van het logboek", ("", ""), rows))
    if report.problems:
        lines = [
            (
                one.kind.severity,
                "" if one.index is None else one.index,
                one.kind.rule,
                f"{one.text} [{one.code}] {one.what or ''}".rstrip(),
                one.kind.advice,
            )
            for one in report.problems[:MOST_SHOWN]
        ]
        out().print(table("Bevindingen", ("Weging", "Vermelding", "Regel", "Wat", "Wat te doen"), lines))
        if count > MOST_SHOWN:
            out().print(f"En {count - MOST_SHOWN} meer; alles staat in --json en in --page.")
    for one in report.unchecked:
        out().print(clean(f"Niet te controleren: {one.count} {one.text}."))
    if not report.ok:
        err().print(
            "Bewaar deze uitkomst en neem contact op met de fg van het huis; de broker kan dit niet herstellen."
        )
