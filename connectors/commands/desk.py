"""The professional: questions that wait, what the own system found, and what goes (people.md "The desk")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from connectors import UseError
from connectors.commands.terminal import (
    AsJson,
    By,
    Explanation,
    SettingsFile,
    Yes,
    ask_connector,
    clean,
    confirm,
    err,
    explained,
    listed,
    out,
    person,
    show_json,
    table,
    values_of,
)

app = typer.Typer(no_args_is_help=True, help="Vragen die op u wachten: bekijken, toestaan, minder geven, weigeren.")
Question = Annotated[str, typer.Argument(help="De vraag: het nummer uit `desk list`.")]
Message = Annotated[
    list[str] | None,
    typer.Option("--message", help="Een veld van het antwoord zelf, bijvoorbeeld betrokkenheid=actueel. Herhaalbaar."),
]
Consent = Annotated[str | None, typer.Option("--consent", help="De vastgelegde toestemming (zie `consent`).")]
Exception_ = Annotated[
    str | None, typer.Option("--exception", help="De uitzondering van 7.2e, met de code van het pakket.")
]
Judgement = Annotated[bool, typer.Option("--judgement", help="Dit is een oordeel van de professional, geen feit.")]
_MATCHES = {
    "geen": "niemand gevonden",
    "een": "één persoon gevonden",
    "meer": "meer dan één persoon past",
    "onbekend": "niet gezocht: geen bron, of de bron is niet te lezen",
}


@app.command("list")
def list_(
    settings: SettingsFile,
    everything: Annotated[bool, typer.Option("--all", help="Ook wat al beantwoord is.")] = False,
    as_json: AsJson = False,
) -> None:
    """De vragen die wachten, oudste termijn eerst."""
    rows = ask_connector(settings, "questions", {"everything": everything})
    if as_json:
        show_json(rows)
        return
    _print_more(ask_connector(settings, "messages", {}))
    if not rows:
        out().print("Er wachten geen vragen op u.")
        return
    heading = f"{len(rows)} {'vraag' if len(rows) == 1 else 'vragen'}"
    out().print(
        table(
            heading,
            ("nummer", "van", "aan", "antwoord op", "stand", "gevonden"),
            (
                (
                    row["short"],
                    row["from"],
                    row["address"].partition(":")[2],
                    row["answer_at"],
                    _state(row),
                    _MATCHES.get(row["match"], "wordt gezocht" if row["state"] == "open" else ""),
                )
                for row in rows
            ),
        )
    )


def _print_more(rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        many = "1 bericht" if len(rows) == 1 else f"{len(rows)} berichten"
        err().print(f"Ook gekomen, zonder eigen scherm: {many}. Zie `desk messages`.")


@app.command("messages")
def messages(settings: SettingsFile, as_json: AsJson = False) -> None:
    """Berichten waarvoor nog geen eigen scherm is: inbreng, verzoeken, beperkingen. Gecontroleerd en bewaard."""
    rows = ask_connector(settings, "messages", {})
    if as_json:
        show_json(rows)
        return
    if not rows:
        out().print("Er zijn geen andere berichten.")
        return
    heading = "1 bericht" if len(rows) == 1 else f"{len(rows)} berichten"
    lines = ((row["short"], row["at"], row["kind"], row["sender"], row["case"], row["items"]) for row in rows)
    out().print(table(heading, ("nummer", "gekomen", "soort", "van", "casus", "items"), lines))


@app.command("message")
def message(
    number: Annotated[str, typer.Argument(help="Het bericht: het nummer uit `desk messages`.")],
    settings: SettingsFile,
    as_json: AsJson = False,
) -> None:
    """Eén bericht uit `desk messages`: wat het zegt, en de gegevens die erbij kwamen."""
    page = ask_connector(settings, "message", {"message": number})
    if as_json:
        show_json(page)
        return
    line = page["line"]
    said = "; ".join(f"{name}: {clean(value)}" for name, value in page["says"].items())
    rows = (
        ("Soort", f"{line['kind']}: {line['label']}"),
        ("Van", line["sender"]),
        ("Aan", ", ".join(page["to"])),
        ("Casus", f"{line['case']}, fase {page['phase']}"),
        ("Doel", page["purpose"]),
        ("Gekomen", line["at"]),
        ("Zegt", said),
    )
    out().print(table(f"Bericht {line['short']}", ("", ""), rows))
    held = (
        (
            row["person"] or "",
            row["category"],
            row["party"],
            values_of(row),
        )
        for row in page["held"]
    )
    if line["items"]:
        out().print(table("Wat ervan hier ligt", ("persoon", "categorie", "van", "gegevens"), held))
    out().print(page["note"])


def _state(row: Mapping[str, Any]) -> str:
    states = {"open": "wacht op u", "answered": "beantwoord", "overtaken": "ingehaald"}
    state = (
        f"besloten door {row['decided_by']}" if row["state"] == "decided" else states.get(row["state"], row["state"])
    )
    return f"{state} (boven de dagelijkse grens)" if row["human"] else state


@app.command()
def show(question: Question, settings: SettingsFile, as_json: AsJson = False) -> None:
    """Eén vraag: wie, waarom, wat hooguit, en wat het eigen systeem heeft."""
    page = ask_connector(settings, "show", {"question": question})
    if as_json:
        show_json(page)
        return
    _print_question(page)
    _print_found(page)


def _print_question(page: Mapping[str, Any]) -> None:
    words = page["words"]
    out().print(
        table(
            f"Vraag {page['short']}",
            ("", ""),
            (
                ("Wie vraagt", f"{words['asker']}, namens {words['on_behalf_of']}"),
                ("Aan", words["address"]),
                ("Casus", f"{page['line']['case']}, fase {words['phase']}"),
                ("Doel", words["purpose"]),
                ("Taak", words["task"]),
                ("Noodzaak", words["necessity"]),
                ("Toelichting", page["explanation"]),
                ("Over wie", ", ".join(f"{name}: {clean(value)}" for name, value in page["person"].items())),
                ("Antwoord op", page["line"]["answer_at"]),
            ),
        )
    )
    out().print(
        table(
            "Wat zij hooguit te weten komen",
            ("categorie", "velden", "grondslag"),
            ((row["label"], ", ".join(row["fields"]), row["basis"]) for row in page["asked"]),
        )
    )


def _print_found(page: Mapping[str, Any]) -> None:
    match = page["line"]["match"]
    out().print(f"\nIn het eigen systeem: {_MATCHES.get(match, 'wordt nog gezocht')}.")
    if page["candidates"]:
        names = list(dict.fromkeys(name for one in page["candidates"] for name in one))
        rows = [[name, *(one.get(name, "") for one in page["candidates"])] for name in names]
        marked = [[row[0] if len(set(row[1:])) <= 1 else f"{row[0]} (verschilt)", *row[1:]] for row in rows]
        numbers = [str(number) for number in range(1, len(page["candidates"]) + 1)]
        out().print(table("Naast elkaar", ("", *numbers), marked))
    if match == "meer":
        out().print("Kies nooit op de gok: `desk conclude` met meervoudige_treffer of niet_bekend (geen van deze).")
    if page["proposal"]:
        rows = [
            [f"{row['category']}.{row['name']}", row["value"], row["source"], row["as_of"]] for row in page["proposal"]
        ]
        out().print(table("Wat mee kan", ("veld", "waarde", "bron", "stand van"), rows))
    if page["words"]["cannot_go"]:
        rows = [[f"{row['category']}.{row['name']}", row["rule"], row["why"]] for row in page["words"]["cannot_go"]]
        out().print(table("Wat niet mee kan", ("veld", "artikel", "waarom"), rows))
    for row in page["words"]["consents"]:
        out().print(f"Toestemming {row['ref']} van {row['date']} voor {', '.join(row['categories'])}.")


@app.command()
def approve(
    question: Question,
    settings: SettingsFile,
    explanation: Explanation,
    by: By = None,
    message: Message = None,
    consent: Consent = None,
    exception: Exception_ = None,
    judgement: Judgement = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Bekend: alles wat mee kan, gaat op het afgesproken moment."""
    _approve(settings, question, explanation, by, message, consent, exception, judgement, yes, as_json, None)


@app.command()
def less(
    question: Question,
    settings: SettingsFile,
    explanation: Explanation,
    keep: Annotated[
        list[str] | None, typer.Option("--keep", help="Een veld dat wel mee gaat: categorie.veld. Herhaalbaar.")
    ] = None,
    by: By = None,
    message: Message = None,
    consent: Consent = None,
    exception: Exception_ = None,
    judgement: Judgement = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Bekend, maar alleen met de velden die u noemt."""
    kept: dict[str, list[str]] = {}
    for name in listed(keep):
        category, dot, one = name.partition(".")
        if not dot:
            raise UseError(f"schrijf {clean(name)} als categorie.veld, zoals `desk show` het toont")
        kept.setdefault(category, []).append(one)
    _approve(settings, question, explanation, by, message, consent, exception, judgement, yes, as_json, kept)


def _approve(
    settings: Path,
    question: str,
    explanation: str,
    by: str | None,
    message: list[str] | None,
    consent: str | None,
    exception: str | None,
    judgement: bool,
    yes: bool,
    as_json: bool,
    keep: dict[str, list[str]] | None,
) -> None:
    own = _fields(message)
    body: dict[str, object] = {
        "question": question,
        "by": person(by),
        "explanation": explained(explanation),
        "bericht": own,
        "consent": consent,
        "exception": exception,
        "nature": "oordeel" if judgement else "feit",
    }
    if keep is not None:
        body["keep"] = keep
    if not yes:
        page = ask_connector(settings, "show", {"question": question})
        body["question"] = page["line"]["id"]
        _print_going(page, own, keep)
        confirm("Dit gaat naar de vrager. Akkoord?", yes=False)
    _decided(ask_connector(settings, "approve", body), as_json=as_json)


def _print_going(page: Mapping[str, Any], own: Mapping[str, object], keep: Mapping[str, list[str]] | None) -> None:
    """Exactly what goes, before anybody agrees to it."""
    stopped = {(row["category"], row["name"]) for row in page["words"]["cannot_go"]}
    rows = [
        [f"{row['category']}.{row['name']}", row["value"], row["source"], row["as_of"]]
        for row in page["proposal"]
        if (row["category"], row["name"]) not in stopped
        and (keep is None or row["name"] in keep.get(row["category"], ()))
    ]
    rows += [[f"bericht.{name}", value, "u", ""] for name, value in own.items()]
    title = f"Dit gaat op {page['line']['answer_at']} naar {clean(page['words']['asker'])}"
    err().print(table(title, ("veld", "waarde", "bron", "stand van"), rows))
    if any(row["category"] == "medewerker_hulpverlening_gegevens" for row in page["asked"]):
        err().print("Daarbij de contactpersoon uit de instellingen van deze connector.")


def _fields(message: list[str] | None) -> dict[str, str | list[str]]:
    """``name=value``; a name that comes more than once is a list."""
    found: dict[str, list[str]] = {}
    for one in message or ():
        name, equals, value = one.partition("=")
        if not equals:
            raise UseError(f"schrijf {clean(name)} als veld=waarde")
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


@app.command()
def decline(
    question: Question,
    settings: SettingsFile,
    explanation: Explanation,
    code: Annotated[str, typer.Option("--code", help="De reden, een code van het pakket (zie de foutmelding).")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Weigeren, met een reden uit de lijst."""
    body = {"question": question, "by": person(by), "code": code, "explanation": explained(explanation)}
    _decided(ask_connector(settings, "decline", body), as_json=as_json)


@app.command()
def conclude(
    question: Question,
    settings: SettingsFile,
    explanation: Explanation,
    outcome: Annotated[
        str, typer.Option("--outcome", help="niet_bekend (geen van deze), meervoudige_treffer of geen_uitspraak.")
    ],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Een uitkomst zonder gegevens."""
    body = {"question": question, "by": person(by), "outcome": outcome, "explanation": explained(explanation)}
    _decided(ask_connector(settings, "conclude", body), as_json=as_json)


def _decided(value: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(value)
    else:
        out().print(
            f"Vastgelegd: {value['decision']}. Het antwoord gaat op {value['goes_at']}; tot dan kunt u het wijzigen."
        )
