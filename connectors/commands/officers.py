"""Chair and manager: keys, forms, signatures. Works alone on files; never at the broker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from connectors.commands.terminal import AsJson, Yes, confirm, err, out, show_json, table
from schemas.records import SignedRecord

if TYPE_CHECKING:
    from connectors import officer

app = typer.Typer(
    no_args_is_help=True,
    help="Voorzitter en manager: sleutels, besluiten en handtekeningen. De een maakt een besluit, de ander tekent mee.",
)
Form = Annotated[Path, typer.Argument(help="Het formulier (YAML).")]
Key = Annotated[Path, typer.Option("--key", help="Uw privésleutel (chair.key of manager.key).")]
Genesis = Annotated[Path | None, typer.Option("--genesis", help="De oprichting van het huis, door beiden getekend.")]
Packs = Annotated[
    list[Path] | None, typer.Option("--pack", help="De map van een protocolpakket dat niet bij dit programma zit.")
]
Replaces = Annotated[
    str | None,
    typer.Option("--replaces", help="Naam of map van het pakket dat nu geldt; zonder: dat van de oprichting."),
]
Out = Annotated[Path | None, typer.Option("--out", help="Waar het besluit komt; zonder: naast het formulier, .json.")]


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@app.command()
def keys(
    folder: Annotated[Path, typer.Argument(help="De map waarin de sleutels komen.")],
    role: Annotated[Literal["chair", "manager"], typer.Option("--role", help="chair is de voorzitter.")],
    as_json: AsJson = False,
) -> None:
    """Maak uw sleutel. De privésleutel blijft bij u; het .pub.json-bestand mag iedereen zien."""
    from connectors import officer

    private, public, kid = officer.make_key(folder, role)
    if as_json:
        show_json({"private": str(private), "public": str(public), "kid": kid})
        return
    out().print(f"Privésleutel: {private}\nPubliek: {public}\nNaam: {kid}")
    err().print("Bewaar de privésleutel op een drager die alleen u gebruikt, met een kopie in de kluis.")


def _print_sheet(signed: SignedRecord, packs: officer.Packs, *, as_json: bool, files: dict[str, str]) -> None:
    from connectors import officer

    sheet = officer.sheet(signed, packs)
    if as_json:
        said = {"title": sheet.title, "says": dict(sheet.rows), "sha256": sheet.digest, "signers": list(sheet.signers)}
        show_json({**said, **files, "complete": signed.second is not None})
        return
    rows = (*sheet.rows, ("SHA-256", sheet.digest), ("Getekend door", "\n".join(sheet.signers)))
    out().print(table(sheet.title, ("", ""), rows))


def _begin(
    kind: str,
    form: Path,
    key: Path,
    genesis: Path | None,
    target: Path | None,
    *,
    as_json: bool,
    replaces: str | None = None,
) -> None:
    from connectors import officer

    now = _now()
    signed = officer.begin(kind, form, officer.read_key(key), genesis, now)
    path = target or form.with_suffix(".json")
    own = officer.pack_of_form(form) if kind in {"genesis", "pack"} else None
    packs = officer.packs_at_hand((), replaces, genesis, now).with_more(own)
    officer.write_signed(path, signed)
    _print_sheet(signed, packs, as_json=as_json, files={"file": str(path)})
    more = "" if genesis is None else f" --genesis {genesis}"
    err().print(f"Getekend in {path}. Nu de ander: ketenconnector officer sign {path} --key SLEUTEL{more}")


@app.command()
def genesis(form: Form, key: Key, out_: Out = None, as_json: AsJson = False) -> None:
    """De oprichting van een huis."""
    _begin("genesis", form, key, None, out_, as_json=as_json)


def _command(kind: str, text: str) -> Callable[..., None]:
    def command(form: Form, key: Key, genesis: Genesis = None, out_: Out = None, as_json: AsJson = False) -> None:
        _begin(kind, form, key, genesis, out_, as_json=as_json)

    command.__doc__ = text
    return command


for _kind, _text in {
    "accession": "Toetreding van een partij (29, Bijlage 1).",
    "exit": "Uittreding of uitsluiting van een partij (28.3, 30).",
    "decree": "Het artikel 20-besluit van een partij; alleen de SHA-256 ervan komt in het logboek.",
    "revocation": "Intrekking van een sleutel, als de partij dat zelf niet kan.",
}.items():
    app.command(_kind)(_command(_kind, _text))


@app.command()
def pack(
    form: Form,
    key: Key,
    genesis: Genesis = None,
    replaces: Replaces = None,
    out_: Out = None,
    as_json: AsJson = False,
) -> None:
    """Een volgend protocolpakket (28): na DPIA, 14 dagen voor de fg's (15.1) en een besluit van de stuurgroep."""
    _begin("pack", form, key, genesis, out_, as_json=as_json, replaces=replaces)


@app.command()
def show(
    file: Annotated[Path, typer.Argument(help="Een getekend besluit.")],
    genesis: Genesis = None,
    packs: Packs = None,
    replaces: Replaces = None,
    as_json: AsJson = False,
) -> None:
    """Wat een besluit zegt en wie het tekende. Controleert geen handtekeningen."""
    from connectors import officer

    known = officer.packs_at_hand(packs or (), replaces, genesis, _now())
    _print_sheet(officer.read_signed(file), known, as_json=as_json, files={"file": str(file)})


@app.command()
def sign(
    file: Annotated[Path, typer.Argument(help="Het besluit dat de ander tekende.")],
    key: Key,
    genesis: Genesis = None,
    packs: Packs = None,
    replaces: Replaces = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Bekijk wat de ander tekende en teken mee."""
    from connectors import officer

    signed = officer.read_signed(file)
    both = officer.countersign(signed, officer.read_key(key), genesis, _now())
    known = officer.packs_at_hand(packs or (), replaces, genesis, _now())
    if not as_json:
        _print_sheet(signed, known, as_json=False, files={})
    confirm("Klopt dit, en tekent u mee?", yes=yes)
    officer.write_signed(file, both, replace=True)
    if as_json:
        _print_sheet(both, known, as_json=True, files={"file": str(file)})
    what = officer.sheet(both)
    founding = what.title.startswith("Oprichting")
    act = "house create --genesis" if founding else f"record add --house {dict(what.rows)['Huis']}"
    err().print(f"Getekend door beiden: {file}. Geef het aan de beheerder: ketenbroker {act} {file}")
    if founding:
        err().print(f"SHA-256 van de oprichting, voor het formulier van Bijlage 1: {what.digest}")
