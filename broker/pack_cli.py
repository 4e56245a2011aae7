"""``ketenbroker pack``: look at a protocol pack, check one, and ask the kernel what it decides and what may be asked.

Works on packs that come with the program, or on a folder; needs no broker, database or key. Decides nothing itself:
:mod:`schemas.policy` and :mod:`schemas.pack_scope` do. Exit codes: 0 done or allowed, 2 wrong use or unreadable,
3 refused by a rule. Data to standard output, all else to standard error.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel, ValidationError

from broker import pack_work
from broker.pack_reading import DEFAULT, AsJson, Target, read_bytes, read_pack, unreadable, written
from schemas import pack_html, pack_pages, pack_text, packs, policy, strict
from schemas.facts import Facts
from schemas.ids import IdError, parse_instant
from schemas.manifest import Manifest
from schemas.pack import Pack
from schemas.pack_questions import jurist_page
from schemas.pack_scope import Scope, scope

app = typer.Typer(no_args_is_help=True, help="Protocol packs: what the parties agreed, as data.")

_MEMBERS = {"now", "pack", "facts", "manifest"}
_MODELS: dict[str, type[BaseModel]] = {"facts": Facts, "manifest": Manifest}
_FAULTS_SHOWN = 20


@app.command()
def check(target: Target = DEFAULT) -> None:
    """Check that a pack holds together; every fault with file, line and what to do."""
    pack = read_pack(target)
    readings = sum(1 for section in Pack.model_fields for row in _rows(getattr(pack, section)) if row.reading)
    typer.echo(f"{pack.id} {pack.version}: in orde")
    typer.echo(f"vingerafdruk {pack.digest}")
    typer.echo(
        f"{len(pack.categories)} categorieën, {len(pack.kinds)} soorten bericht, {len(pack.ceilings)} plafonds, "
        f"{len(pack.terms)} termijnen, {len(pack.rules)} regels; {readings} rijen rusten (mede) op een eigen lezing"
    )


def _rows(value: Any) -> Iterable[Any]:
    """The rows of a section that say where they come from, fields of categories too."""
    rows = value if isinstance(value, tuple) else (value,)
    for row in rows:
        if hasattr(row, "reading"):
            yield row
        yield from getattr(row, "fields", ()) if hasattr(row, "data_class") else ()


@app.command()
def show(
    target: Target = DEFAULT,
    phase: Annotated[str, typer.Option(help="One phase only; default all in which data are exchanged.")] = "",
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page to read and print instead of this text.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what may be asked and given: per phase about whom, from whom, on which basis, to which level."""
    pack = read_pack(target)
    if phase:
        _known("--phase", phase, pack.phase)
    pages = [pack_pages.page(pack, row) for row in pack.phases if (row.id == phase if phase else not row.end)]
    general = None if phase else pack_pages.general(pack)
    if html is not None:  # what is printed is whole: parties and terms come along with one phase too
        _write(html, pack_html.render(pack, pages, general or pack_pages.general(pack)))
    if as_json:
        shown: dict[str, Any] = {"pack": pack.id, "digest": pack.digest, "phases": [*map(dataclasses.asdict, pages)]}
        typer.echo(written(shown | ({"general": dataclasses.asdict(general)} if general else {})))
    elif html is None:
        typer.echo(pack_text.render(pack, pages, general))
        if general is None:
            typer.echo("Partijen, termijnen en getallen: zonder --phase, of met --html.", err=True)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        unreadable(f"{path}: kan niet worden geschreven ({error.strerror})")
    typer.echo(f"{path}: geschreven; open het met een browser, of druk het af op A4 (liggend)", err=True)


@app.command()
def decide(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help='JSON with "now", "pack", "facts" and "manifest".')],
    target: Annotated[
        str, typer.Option("--pack", metavar="FOLDER|NAME", help='The pack to decide by, whatever "pack" says.')
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Let the kernel decide about a manifest, with these facts at this time; nothing is sent or recorded."""
    try:
        said = strict.parse_object(read_bytes(file))
        if said.keys() != _MEMBERS:
            unreadable(f"{file}: precies deze leden horen hier: {', '.join(sorted(_MEMBERS))}{_difference(said)}")
        now = parse_instant(said["now"])
    except IdError as error:
        unreadable(f"{file}: now: {error}")
    except strict.StrictError as error:
        unreadable(f"{file}: {error}")
    pack = read_pack(target) if target else _shipped(said["pack"])
    facts, manifest = _models(file, said)
    decision = policy.decide(pack, facts, manifest, now)
    allowed = isinstance(decision, policy.Allowed)
    reasons = [] if isinstance(decision, policy.Allowed) else [dataclasses.asdict(r) for r in decision.reasons]
    effects = [dataclasses.asdict(e) for e in decision.effects] if isinstance(decision, policy.Allowed) else []
    if as_json:
        typer.echo(written({"outcome": "allowed" if allowed else "refused", "reasons": reasons, "effects": effects}))
    else:
        typer.echo("TOEGESTAAN" if allowed else "GEWEIGERD")
        for reason in reasons:
            typer.echo(f"\n{reason['rule']}  {reason['code']}  {reason['pointer'] or '/'}\n  {reason['nl']}")
        for effect in effects:
            typer.echo(f"gevolg: {effect['what']} {effect['value']}".rstrip())
    raise typer.Exit(0 if allowed else 3)


def _difference(said: Collection[str]) -> str:
    missing, more = sorted(_MEMBERS.difference(said)), sorted(set(said) - _MEMBERS)
    words = [f"er ontbreekt {', '.join(missing)}"] if missing else []
    words += [f"{len(more)} te veel"] if more else []  # not by name: what was typed by mistake may be data
    return f" ({'; '.join(words)})"


def _models(file: str, said: dict[str, strict.Json]) -> tuple[Facts, Manifest]:
    """Facts and manifest; every fault of both ends the program, without the values."""
    found: dict[str, Any] = {}
    faults: list[str] = []
    for name, model in _MODELS.items():
        try:
            found[name] = model.model_validate(said[name])
        except ValidationError as error:
            for one in error.errors(include_url=False, include_input=False, include_context=False):
                place = "/".join(str(step) for step in one["loc"])
                faults.append(f"{file}: {error.title} heeft niet de afgesproken vorm, bij /{place}: {one['msg']}")
    if faults:
        unreadable(*faults[:_FAULTS_SHOWN], *[f"en nog {len(faults) - _FAULTS_SHOWN}"][: len(faults) > _FAULTS_SHOWN])
    return found["facts"], found["manifest"]


@app.command("may-ask")
def may_ask(
    of: Annotated[str, typer.Option("--of", help="The capacity of the party that is asked, such as college_bw.")],
    target: Target = DEFAULT,
    phase: Annotated[str, typer.Option(help="The phase of the case.")] = "triage",
    purpose: Annotated[str, typer.Option(help="One purpose of that phase; default all of them.")] = "",
    as_json: AsJson = False,
) -> None:
    """What may be asked of a party, and what it may provide itself: in a phase, per kind of message and purpose."""
    pack = read_pack(target)
    _known("--of", of, pack.capacity)
    _known("--phase", phase, pack.phase)
    purposes = tuple(row.id for row in pack.purposes if phase in row.phases)
    if purpose:
        _known("--purpose", purpose, pack.purpose)
        _known(f"--purpose, in de fase {phase}", purpose, purposes or ("geen; hier wordt niets uitgewisseld",))
    rows = scope(pack, of, phase, (purpose,) if purpose else purposes)
    if as_json:
        lines = [
            {"kind": row.kind, "asked": row.asked, "purposes": row.purposes} | dataclasses.asdict(row.allowance)
            for row in rows
        ]
        typer.echo(written({"pack": pack.id, "of": of, "phase": phase, "purposes": purposes, "rows": lines}))
        return
    asked, own = [row for row in rows if row.asked], [row for row in rows if not row.asked]
    typer.echo(f"{pack.capacity[of].label.nl}, fase {phase}")
    typer.echo("Dit mag worden gevraagd:" if asked else "Er mag niets worden gevraagd.")
    _print_scope(asked)
    typer.echo("Dit mag deze partij zelf verstrekken:" if own else "Zelf mag deze partij hier niets verstrekken.")
    _print_scope(own)


def _print_scope(rows: Iterable[Scope]) -> None:
    heading = ""
    for row in rows:
        said = f"  {row.kind}, voor {', '.join(row.purposes)}"
        if said != heading:
            typer.echo(said)
        heading, one = said, row.allowance
        how = ", alleen vanuit de eigen rol" if one.provider == "limited" else ""
        consent = ", alleen met toestemming of uitzondering" if one.consent else ""
        typer.echo(f"    {one.category} over {one.subject_category}: niveau {one.level}, {one.basis}{how}{consent}")
        typer.echo(f"        {', '.join(one.fields)}")


def _known(option: str, word: str, known: Collection[str]) -> None:
    if word not in known:
        unreadable(f"{option}: `{word}` staat niet in dit pakket; kies uit {', '.join(known)}")


def _shipped(wanted: object) -> Pack:
    """A pack of this program by its name or its digest."""
    loaded = ((name, packs.load(name)) for name in packs.names())
    found = next((pack for name, pack in loaded if wanted in (name, pack.digest)), None)
    if found is None:
        known = ", ".join(packs.names())
        unreadable(f"pack: geen pakket van dit programma; kies uit {known}, noem zijn vingerafdruk, of geef --pack MAP")
    return found


@app.command()
def questions(target: Target = DEFAULT) -> None:
    """The questions for a jurist and every reading of our own, with what was chosen and why: one page of Markdown."""
    typer.echo(jurist_page(read_pack(target)), nl=False)


app.command()(pack_work.diff)
app.command()(pack_work.new)
