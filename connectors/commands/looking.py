"""How this connector is doing, and its own register of provisions and refusals (8), for the party's fg."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from connectors.commands.terminal import AsJson, SettingsFile, ask_connector, err, out, show_json, table


def status(settings: SettingsFile, as_json: AsJson = False) -> None:
    """Hoe het met deze connector gaat."""
    value = ask_connector(settings, "status", {})
    if as_json:
        show_json(value)
        return
    if value["unsafe_sandbox"]:
        err().print("PROEFHUIS: niets hierin is echt.")
    rows = (
        ("Partij", value["party"]),
        ("Adressen", ", ".join(value["addresses"])),
        ("Huis", value["house"]),
        ("Logboek", f"{value['log']['origin']}, {value['log']['size']} regels gezien"),
        ("Casussen", value["cases"]),
        ("Vragen die wachten", value["questions"]),
        ("Nog te versturen", value["outbox"]),
    )
    out().print(table("Deze connector", ("", ""), rows))
    if value["findings"]:
        found = ((row["at"], row["code"], row["message"], row["path"]) for row in value["findings"])
        out().print(table("Om naar te kijken", ("wanneer", "code", "bericht", "plaats"), found))


def register(
    settings: SettingsFile,
    case: Annotated[str | None, typer.Option("--case", help="Alleen deze casus.")] = None,
    outcome: Annotated[str | None, typer.Option("--outcome", help="allowed of refused.")] = None,
    as_json: AsJson = False,
) -> None:
    """Wat hier is gegeven, gekregen en geweigerd."""
    rows = ask_connector(settings, "register", {"case": case, "outcome": outcome})
    if as_json:
        show_json(rows)
        return
    headings = ("wanneer", "", "soort", "van", "aan", "wat", "grondslag", "uitkomst")
    out().print(table(f"{len(rows)} {'regel' if len(rows) == 1 else 'regels'}", headings, (_line(row) for row in rows)))


def _line(row: dict[str, Any]) -> tuple[object, ...]:
    refused = ", ".join(f"{one['rule']} {one['code']}" for one in row["reasons"])
    return (
        row["at"],
        {"in": "gekregen", "out": "gegeven"}[row["way"]],
        row["kind"],
        row["from"],
        ", ".join(row["to"]),
        ", ".join(dict.fromkeys(f"{one['category']} ({one['level']})" for one in row["items"])),
        ", ".join(dict.fromkeys(one["basis"] for one in row["items"] if one["basis"])),
        f"geweigerd: {refused}" if row["outcome"] == "refused" else "toegestaan",
    )
