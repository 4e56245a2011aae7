"""``ketenbroker pack``: look at a protocol pack, check one, and ask the kernel what it decides and what may be asked.

Works on packs that come with the program, or on a folder; needs no broker, database or key. Decides nothing itself:
:mod:`schemas.policy` and :mod:`schemas.asking_scope` do. Exit codes: 0 done or allowed, 2 wrong use or unreadable,
3 refused by a rule. Data to standard output, all else to standard error.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError

from schemas import asking_scope, pack_pages, packs, policy, strict
from schemas.facts import Facts
from schemas.ids import IdError, parse_instant
from schemas.manifest import Manifest
from schemas.pack import Pack, PackError
from schemas.pack_yaml import parse

app = typer.Typer(no_args_is_help=True, help="Protocol packs: what the parties agreed, as data.")

DEFAULT = "zvh-protocol-2019"
_MEMBERS = {"now", "pack", "facts", "manifest"}
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Target = Annotated[str, typer.Argument(metavar="[FOLDER|NAME]", help="A folder, or a pack of this program.")]


@app.command()
def check(target: Target = DEFAULT) -> None:
    """Check that a pack holds together; every fault with file, line and what to do."""
    pack = _pack(target)
    readings = sum(1 for section in Pack.model_fields for row in _rows(getattr(pack, section)) if row.reading)
    typer.echo(f"{pack.id} {pack.version}: in orde")
    typer.echo(f"vingerafdruk {pack.digest}")
    typer.echo(
        f"{len(pack.categories)} categorieën, {len(pack.kinds)} soorten bericht, {len(pack.ceilings)} plafonds, "
        f"{readings} regels rusten (mede) op een eigen lezing"
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
    as_json: AsJson = False,
) -> None:
    """Show what may be asked and given: per phase about whom, from whom, on which basis, to which level."""
    pack = _pack(target)
    if phase and phase not in pack.phase:
        _unreadable(f"--phase: deze fase bestaat niet; kies uit {', '.join(pack.phase)}")
    pages = [pack_pages.page(pack, row) for row in pack.phases if (row.id == phase if phase else not row.end)]
    if as_json:
        typer.echo(_json({"pack": pack.id, "digest": pack.digest, "phases": [dataclasses.asdict(p) for p in pages]}))
    else:
        typer.echo(pack_pages.render(pack, pages))


@app.command()
def decide(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help='JSON with "now", "pack", "facts" and "manifest".')],
    as_json: AsJson = False,
) -> None:
    """Let the kernel decide about a manifest, with these facts at this time; nothing is sent or recorded."""
    try:
        said = strict.parse_object(_bytes(file))
        if said.keys() != _MEMBERS:
            _unreadable(f"{file}: precies deze leden horen hier: {', '.join(sorted(_MEMBERS))}")
        now = parse_instant(said["now"])
        pack = _known_pack(said["pack"])
        facts, manifest = Facts.model_validate(said["facts"]), Manifest.model_validate(said["manifest"])
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = "/".join(str(step) for step in first["loc"])
        _unreadable(f"{file}: {error.title} heeft niet de afgesproken vorm, bij /{place}: {first['msg']}")
    except (IdError, strict.StrictError) as error:
        _unreadable(f"{file}: {error}")
    decision = policy.decide(pack, facts, manifest, now)
    allowed = isinstance(decision, policy.Allowed)
    reasons = [] if isinstance(decision, policy.Allowed) else [dataclasses.asdict(r) for r in decision.reasons]
    effects = [dataclasses.asdict(e) for e in decision.effects] if isinstance(decision, policy.Allowed) else []
    if as_json:
        typer.echo(_json({"outcome": "allowed" if allowed else "refused", "reasons": reasons, "effects": effects}))
    else:
        typer.echo("TOEGESTAAN" if allowed else "GEWEIGERD")
        for reason in reasons:
            typer.echo(f"\n{reason['rule']}  {reason['code']}  {reason['pointer'] or '/'}\n  {reason['nl']}")
        for effect in effects:
            typer.echo(f"gevolg: {effect['what']} {effect['value']}".rstrip())
    raise typer.Exit(0 if allowed else 3)


@app.command("may-ask")
def may_ask(
    of: Annotated[str, typer.Option("--of", help="The capacity of the party that is asked, such as college_bw.")],
    target: Target = DEFAULT,
    phase: Annotated[str, typer.Option(help="The phase of the case.")] = "triage",
    purpose: Annotated[str, typer.Option(help="The purpose of the question.")] = "eerste_beeld",
    as_json: AsJson = False,
) -> None:
    """What may be asked of a party in a capacity, in a phase, for a purpose."""
    pack = _pack(target)
    for option, word, known in (
        ("--of", of, pack.capacity),
        ("--phase", phase, pack.phase),
        ("--purpose", purpose, pack.purpose),
    ):
        if word not in known:
            _unreadable(f"{option}: `{word}` staat niet in dit pakket; kies uit {', '.join(known)}")
    rows = asking_scope.may_ask(pack, of, phase, purpose)
    if as_json:
        typer.echo(_json({"pack": pack.id, "of": of, "phase": phase, "purpose": purpose, "rows": [*map(_plain, rows)]}))
        return
    if not rows:
        typer.echo("Er mag niets worden gevraagd.")
    for row in rows:
        consent = ", alleen met toestemming of uitzondering" if row.consent else ""
        typer.echo(
            f"{row.category} over {row.subject_category}: niveau {row.level}, {row.basis} ({row.provider}){consent}"
        )
        typer.echo(f"    {', '.join(row.fields)}")


def _plain(row: asking_scope.Allowance) -> dict[str, Any]:
    return dataclasses.asdict(row)


def _pack(target: str) -> Pack:
    """The pack in a folder, or of this program; what is wrong with it goes to standard error."""
    folder = Path(target)
    try:
        return parse(packs.read_folder(folder)) if folder.is_dir() else packs.load(target)
    except PackError as error:
        for one in error.all:
            typer.echo(str(PackError(one.file, one.line, one.text)), err=True)
    except OSError as error:
        typer.echo(f"{target}: kan niet worden gelezen ({error.strerror})", err=True)
    raise typer.Exit(2)


def _known_pack(wanted: object) -> Pack:
    """A pack of this program by its name or its digest."""
    found = next((pack for name, pack in _shipped() if wanted in (name, pack.digest)), None)
    if found is None:
        known = ", ".join(packs.names())
        _unreadable(f"pack: geen pakket van dit programma; kies uit {known}, of noem zijn vingerafdruk")
    return found


def _shipped() -> Iterable[tuple[str, Pack]]:
    return ((name, packs.load(name)) for name in packs.names())


def _bytes(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(strict.MESSAGE_LIMIT + 1)
    try:
        with Path(file).open("rb") as stream:
            return stream.read(strict.MESSAGE_LIMIT + 1)
    except OSError as error:
        _unreadable(f"{file}: kan niet worden gelezen ({error.strerror})")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _unreadable(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)
