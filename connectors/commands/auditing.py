"""``audit``: the ledger verified by this party itself, without trusting the broker. Works alone, also beside `run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from connectors.commands.terminal import FAULT, AsJson, SettingsFile, clean, connect, err, out, show_json, table

if TYPE_CHECKING:
    from rich.progress import TaskID

    from connectors.proofs.leaves import Progress
    from connectors.proofs.report import Report
    from connectors.settings import Settings


def audit(settings: SettingsFile, as_json: AsJson = False) -> None:
    """Is het logboek ongewijzigd, volledig, en volgens de afspraken beslist? Rekent alles zelf na."""
    import asyncio

    from rich.progress import Progress as Bar

    with Bar(console=err(), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def progress(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        report = asyncio.run(_audit(connect(settings), progress))
    if as_json:
        show_json(report.as_json())
    else:
        _print(report)
    if not report.ok:
        raise typer.Exit(FAULT)


async def _audit(settings: Settings, progress: Progress) -> Report:
    from connectors.control.auditing import audit_house
    from connectors.exchanges.mutual_tls import MutualTlsLink

    link = await MutualTlsLink.open(settings.broker, settings.house.id)
    try:
        return await audit_house(settings, link, progress)
    finally:
        await link.close()


def _print(report: Report) -> None:
    rows = (
        ("Logboek", report.origin),
        ("Bladen", f"{report.size}, waarvan {report.records} besluiten van het huis"),
        ("Eerder gezien", f"{report.held}"),
        ("Eigen vermeldingen", f"{report.own_entries}, opnieuw beslist: {report.replayed}"),
        ("Eigen register", f"{report.register} berichten opgezocht"),
        ("Uitkomst", "ongewijzigd en volledig" if report.ok else f"{len(report.problems)} bevindingen"),
    )
    out().print(table("Controle van het logboek", ("", ""), rows))
    for problem in report.problems:
        where = "" if problem.index is None else f" (vermelding {problem.index})"
        out().print(clean(f"{problem.text}{where} [{problem.code}] {problem.what or ''}".rstrip()))
    for text in report.unchecked:
        out().print(clean(f"Niet te controleren: {text}."))
    if not report.ok:
        err().print(
            "Bewaar deze uitkomst en neem contact op met de fg van het huis; de broker kan dit niet herstellen."
        )
