"""``ketenbroker pack diff`` and ``pack new``: what a next pack changes, and how a house begins its own.

Decides nothing: :mod:`schemas.pack_diff` compares, :mod:`schemas.pack_copy` renames. Only here files are written, and
never over what is there.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from broker.pack_reading import DEFAULT, AsJson, read_bytes, read_pack, unreadable, written
from schemas import packs, strict
from schemas.pack import Pack
from schemas.pack_changes import Change
from schemas.pack_copy import renamed
from schemas.pack_diff import OpenCase, compare, render, touched
from schemas.pack_rows import Label
from schemas.pack_weights import WEIGHTS
from schemas.pack_yaml import parse

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{2,60}")
_NODES = 100_000


def diff(
    old: Annotated[str, typer.Argument(metavar="A", help="The pack of now: a folder, or a name.")],
    new: Annotated[str, typer.Argument(metavar="B", help="The next pack: a folder, or a name.")],
    cases: Annotated[
        str,
        typer.Option(metavar="FILE|-", help="Open cases as JSON, such as `ketenconnector cases --json` prints them."),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say what a next pack changes, wider first, and which open cases that touches."""
    before, after = read_pack(old), read_pack(new)
    open_cases = _open_cases(cases, before) if cases else ()
    changes = compare(before, after)
    if as_json:
        typer.echo(written(_plain(before, after, changes, open_cases)))
    else:
        typer.echo(render(before, after, changes, open_cases))


def _open_cases(file: str, pack: Pack) -> tuple[OpenCase, ...]:
    """The cases that are not destroyed. Ends the program where the file is not of the agreed form."""
    try:
        rows = strict.parse(read_bytes(file), nodes=_NODES)
        if not isinstance(rows, list):
            unreadable(f"{file}: een lijst van casussen hoort hier, elk met `case` en `phase`")
        found = [OpenCase.model_validate(row) for row in rows]
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = "/".join(str(step) for step in first["loc"])
        unreadable(f"{file}: elke casus heeft `case` en `phase` (tekst); bij /{place}: {first['msg']}")
    except strict.StrictError as error:
        unreadable(f"{file}: {error}")
    if unknown := sorted({one.phase for one in found} - pack.phase.keys()):
        known = ", ".join(pack.phase)
        unreadable(f"{file}: pakket {pack.id} kent deze fase niet: {', '.join(unknown)}; kies uit {known}")
    return tuple(found)


def _plain(old: Pack, new: Pack, changes: Sequence[Change], cases: Sequence[OpenCase]) -> dict[str, Any]:
    counts = Counter(change.weight for change in changes if not change.words_only)
    return {
        "from": _named(old),
        "to": _named(new),
        "counts": {weight: counts[weight] for weight in WEIGHTS}
        | {"words_only": sum(change.words_only for change in changes)},
        "changes": [dataclasses.asdict(change) for change in changes],
        "cases": [_touched(changes, case) for case in cases],
    }


def _named(pack: Pack) -> dict[str, str]:
    return {"id": pack.id, "version": pack.version, "digest": pack.digest}


def _touched(changes: Sequence[Change], case: OpenCase) -> dict[str, Any]:
    mine = touched(changes, case)
    return {
        "case": case.case,
        "phase": case.phase,
        "changes": [number for number, change in enumerate(changes) if change in mine],
    }


def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The id of the new pack: small letters, digits, hyphens.")
    ],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where it comes; not there yet, or empty.")],
    source: Annotated[str, typer.Option("--from", metavar="FOLDER|NAME", help="The pack to begin with.")] = DEFAULT,
    version: Annotated[str, typer.Option("--version", help="The version of the new pack.")] = "0.1",
    title: Annotated[
        str, typer.Option("--title", help="Its title in Dutch; without: that of the other, as a copy.")
    ] = "",
    title_en: Annotated[str, typer.Option("--title-en", help="Its title in English.")] = "",
) -> None:
    """Begin a pack of your own as a copy of another; it holds together, and you change it from there."""
    if _NAME.fullmatch(name) is None:
        unreadable(f"NAME: `{name}` kan niet; gebruik 3 tot 61 kleine letters, cijfers en koppeltekens")
    if name in packs.names():
        unreadable(f"NAME: `{name}` is al een pakket van dit programma; kies een andere naam")
    pack = read_pack(source)
    label = Label(
        nl=(title or f"Concept van {name}, begonnen met: {pack.label.nl}")[:600],
        en=(title_en or title or f"Draft of {name}, begun from: {pack.label.en}")[:600],
    )
    files = renamed(_texts(source), pack, name, version, label)
    made = parse(files)
    _write(folder, files)
    typer.echo(_next_steps(folder, made, source))


def _texts(source: str) -> Mapping[str, str]:
    folder = Path(source)
    return packs.read_folder(folder) if folder.is_dir() else packs.read(source)


def _write(folder: Path, files: Mapping[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if next(folder.iterdir(), None) is not None:
            unreadable(f"{folder}: hier staat al iets; kies een map die nog niet bestaat of leeg is")
        for file, text in files.items():
            path = folder / file
            path.parent.mkdir(exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
    except OSError as error:
        unreadable(f"{folder}: kan niet worden geschreven ({error.strerror})")


def _next_steps(folder: Path, pack: Pack, source: str) -> str:
    return "\n".join(
        (
            f"{folder} bevat {pack.id} {pack.version}. Het klopt, en zegt nog hetzelfde als {source}.",
            f"vingerafdruk {pack.digest}",
            "",
            "Kijk hier eerst naar:",
            f"  {folder / 'pack.yaml'}: label, en onder limits de getallen van uw huis",
            f"  {folder / 'providers.yaml'}: wie bij u wat mag verstrekken; per partij te bevestigen door haar fg",
            f"  {folder / 'ceilings.yaml'}: tot welk niveau; wat bij u niet mag, hoort onder absences met een reden",
            "  elke regel met `reading: own`: deelt u die lezing? Zo niet: verander de regel en de reden",
            "",
            "Daarna, en na elke verandering:",
            f"  ketenbroker pack check {folder}",
            f"  ketenbroker pack diff {source} {folder}",
            f"  ketenbroker pack show {folder} --html {pack.id}.html",
        )
    )
