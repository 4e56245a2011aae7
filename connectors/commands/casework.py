"""The notifier and the procesregisseur: starting a case, informing, asking, the board, decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from connectors.commands.terminal import (
    FAULT,
    REFUSED,
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
    finish_sent,
    listed,
    moment,
    out,
    person,
    show_json,
    show_reasons,
    table,
    values_of,
)

Case = Annotated[str, typer.Option("--case", help="De casus, of het begin van de verwijzing (zie `cases`).")]
Wait = Annotated[int, typer.Option("--wait", min=1, max=240, help="Seconden om op een sleutel te wachten.")]


def notify(
    form: Annotated[Path, typer.Argument(help="De aanmelding (YAML).")],
    settings: SettingsFile,
    wait: Wait = 30,
    as_json: AsJson = False,
) -> None:
    """Meld een casus aan bij het huis."""
    from connectors.exchanges.notifying import read_form

    read = read_form(form)
    body = {"form": read.model_dump(mode="json", exclude_none=True), "wait": wait}
    value = ask_connector(settings, "notify", body, "de casus wordt aangemeld")
    if as_json:
        show_json(value)
    elif value["outcome"] == "sent":
        out().print(f"Aangemeld: casus {value['case']}.")
        for number, subject in enumerate(value["subjects"], 1):
            out().print(f"Persoon {number}: {subject}")
    for refusal in value["refusals"]:
        err().print("Geweigerd:" if refusal["at_home"] else "Geweigerd door de broker:")
        show_reasons(refusal["reasons"])
    if value["refusals"]:
        raise typer.Exit(REFUSED)


def informed(
    case: Case,
    settings: SettingsFile,
    subjects: Annotated[
        list[str] | None, typer.Option("--subjects", help="Nummers van personen; zonder: iedereen in de casus.")
    ] = None,
    at: Annotated[str | None, typer.Option("--at", help="De dag (JJJJ-MM-DD).")] = None,
    how: Annotated[str | None, typer.Option("--how", help="gesprek, brief of telefoon.")] = None,
    recheck: Annotated[str | None, typer.Option("--recheck", help="Uitgesteld: wanneer opnieuw wordt gekeken.")] = None,
    function: Annotated[str | None, typer.Option("--function", help="Namens welke functie van deze partij.")] = None,
    as_json: AsJson = False,
) -> None:
    """Leg vast dat personen geïnformeerd zijn, of waarom dat nog wacht (16)."""
    told = {name: value for name, value in {"at": at, "how": how, "recheck": recheck}.items() if value is not None}
    body = {"case": case, "subjects": listed(subjects), "told": told, "function": function}
    finish_sent(ask_connector(settings, "inform", body), "Vastgelegd bij het huis.", as_json=as_json)


def consent(
    settings: SettingsFile,
    date: Annotated[str, typer.Option("--date", help="De dag waarop de toestemming is gegeven (JJJJ-MM-DD).")],
    categories: Annotated[list[str], typer.Option("--categories", help="Waarvoor; herhaalbaar of met komma's.")],
    how: Annotated[str, typer.Option("--how", help="schriftelijk of digitaal.")],
    question: Annotated[str | None, typer.Option("--question", help="De vraag (zie `desk list`).")] = None,
    case: Annotated[str | None, typer.Option("--case", help="Of: de casus, met --subject.")] = None,
    subject: Annotated[str | None, typer.Option("--subject", help="Nummer van de persoon in de casus.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Leg een toestemming vast (7.2c). Nooit het document zelf."""
    body = {
        "date": date,
        "categories": listed(categories),
        "how": how,
        "question": question,
        "case": case,
        "subject": subject,
        "by": person(by),
    }
    value = ask_connector(settings, "consent", body)
    if as_json:
        show_json(value)
    else:
        out().print(f"Vastgelegd: toestemming {value['consent']}. Gebruik die bij `desk approve --consent`.")


def ask(
    case: Case,
    settings: SettingsFile,
    person_: Annotated[str, typer.Option("--person", help="Nummer van de persoon in de casus.")],
    of: Annotated[list[str], typer.Option("--of", help="Aan wie: functie, OIN of oin:functie. Herhaalbaar.")],
    answer_at: Annotated[
        str, typer.Option("--answer-at", help="Wanneer alle antwoorden komen: 2026-11-23T12:00:00Z, of +2d.")
    ],
    explanation: Explanation,
    categories: Annotated[
        list[str] | None, typer.Option("--categories", help="Waarnaar; zonder: alles wat het pakket toelaat.")
    ] = None,
    themes: Annotated[list[str] | None, typer.Option("--themes", help="Leefgebieden waarnaar u vraagt.")] = None,
    expires: Annotated[str | None, typer.Option("--expires", help="Tot wanneer een antwoord nog mag komen.")] = None,
    code: Annotated[
        str, typer.Option("--necessity-code", help="De noodzaak, een code van het pakket.")
    ] = "eerste_beeld_vormen",
    disambiguate: Annotated[
        bool, typer.Option("--disambiguate", help="Met geboorteplaats, postcode en huisnummer erbij.")
    ] = False,
    wait: Wait = 30,
    as_json: AsJson = False,
) -> None:
    """Stel partijen een vraag over één persoon (alleen het huis)."""
    body = {
        "case": case,
        "person": person_,
        "of": listed(of),
        "answer_at": moment(answer_at),
        "explanation": explained(explanation),
        "categories": listed(categories) or None,
        "themes": listed(themes),
        "expires": moment(expires) if expires else None,
        "necessity": code,
        "disambiguate": disambiguate,
        "wait": wait,
    }
    rows = ask_connector(settings, "ask", body, "de vragen worden gesteld")
    if as_json:
        show_json(rows)
    else:
        words = {"sent": "gesteld", "pending": "ligt klaar; de broker antwoordt nu niet", "refused": "geweigerd"}
        lines = ((row["name"], words.get(row["outcome"], "geen sleutel gekregen")) for row in rows)
        out().print(table("Gevraagd", ("aan", "uitkomst"), lines))
    _print_not_asked(rows)
    outcomes = {row["outcome"] for row in rows}
    if "refused" in outcomes:
        raise typer.Exit(REFUSED)
    if "no_key" in outcomes:
        raise typer.Exit(FAULT)


def _print_not_asked(rows: list[Mapping[str, Any]]) -> None:
    for row in rows:
        if row["outcome"] == "refused":
            err().print(f"{clean(row['name'])}: geweigerd{' voordat er iets weg was' if row['at_home'] else ''}:")
            show_reasons(row["reasons"])
        if row["outcome"] == "no_key":
            err().print(f"{clean(row['name'])} gaf geen sleutel. Draait die connector? Probeer het later opnieuw.")


def cases(
    settings: SettingsFile,
    case: Annotated[str | None, typer.Option("--case", help="Eén casus, met wat ervan hier ligt.")] = None,
    as_json: AsJson = False,
) -> None:
    """De casussen die hier bekend zijn."""
    value = ask_connector(settings, "case", {"case": case}) if case else ask_connector(settings, "cases", {})
    if as_json:
        show_json(value)
    elif case:
        _print_case(value)
    else:
        rows = ((row["case"], row["phase"], row["opened"], row["phase_since"]) for row in value)
        heading = f"{len(value)} {'casus' if len(value) == 1 else 'casussen'}"
        out().print(table(heading, ("casus", "fase", "geopend", "fase sinds"), rows))


def _print_case(value: Mapping[str, Any]) -> None:
    out().print(f"Casus {value['case']}, fase {value['phase']} sinds {value['phase_since']}.")
    numbers = {subject: str(number) for number, subject in enumerate(value["persons"], 1)}
    rows = (
        (
            numbers.get(row["subject"], ""),
            row["category"],
            row["party"],
            row["item"],
            values_of(row),
        )
        for row in value["items"]
    )
    out().print(table("Wat hier ligt", ("persoon", "categorie", "van", "item", "gegevens"), rows))
    for row in value["erasures"]:
        out().print(f"Vernietigd op {row['at']}: {row['items']} items en {len(row['kids'])} sleutels ({row['phase']}).")


def board(case: Case, settings: SettingsFile, as_json: AsJson = False) -> None:
    """Wat er van elke vraag in een casus is geworden (alleen het huis)."""
    rows = ask_connector(settings, "board", {"case": case})
    if as_json:
        show_json(rows)
        return
    headings = ("aan", "persoon", "stand", "antwoord op", "uitkomst")
    lines = (
        (
            row["name"],
            row["person"],
            row["state"],
            row["answer_at"],
            f"{row['outcome']} ({row['refusal']})" if row["refusal"] else row["outcome"],
        )
        for row in rows
    )
    out().print(table("Vragen in deze casus", headings, lines))


def decide(
    case: Case,
    settings: SettingsFile,
    to: Annotated[str, typer.Option("--to", help="triage, afgewezen, elders, of een volgende fase.")],
    reason: Annotated[str, typer.Option("--reason", help="De reden, een code van het pakket.")],
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", help="Wat mee gaat: een item of een categorie. Wat u niet noemt wordt vernietigd."),
    ] = None,
    purpose: Annotated[
        list[str] | None,
        typer.Option(
            "--purpose", help="Waarvoor dat daar nodig is (3.5b); zonder: de doelen van de akkoorden. Herhaalbaar."
        ),
    ] = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Besluit over een aanmelding of een volgende fase (alleen het huis)."""
    purposes, known = listed(purpose), dict[str, str]()
    if keep:
        view = ask_connector(settings, "keeping", {"case": case, "to": to, "keep": listed(keep)})
        purposes, known = purposes or view["purposes"], view["known"]
    confirm(_what_goes(to, listed(keep), [known.get(one, one) for one in purposes]), yes=yes)
    body = {"case": case, "to": to, "reason": reason, "keep": listed(keep), "purposes": purposes or None}
    value = ask_connector(settings, "decide", body, "het besluit gaat uit")
    step = value.get("move") or value["intake"]
    if as_json:
        show_json(value)
    if value["outcome"] == "sent" and not as_json:
        out().print(f"Besloten: {to}. Mee gaan {len(value['kept'])} items; al het andere is vernietigd.")
    if value["outcome"] != "sent":
        finish_sent(step, "", as_json=False)


def _what_goes(to: str, keep: Sequence[str], purposes: Sequence[str]) -> str:
    """What the decision destroys, said before it is taken: nothing brings it back (3.5b, drop by default)."""
    why = f", voor: {', '.join(purposes)}" if purposes else ""
    kept = f"Alleen {', '.join(keep)} gaat mee{why}" if keep else "Niets gaat mee"
    return f"Naar {to}. {kept}; alle andere gegevens van deze fase worden vernietigd. Doorgaan?"
