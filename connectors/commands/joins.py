"""``init``: a party makes its folder, and later takes its certificates in. Works alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from connectors import UseError
from connectors.commands.terminal import AsJson, err, listed, out, show_json
from schemas.ids import Digest, HouseId, IdError, Oin, Term, format_instant


def init(
    folder: Annotated[Path, typer.Argument(help="De map van deze partij; nieuw, of die van de eerste stap.")],
    oin: Annotated[str | None, typer.Option("--oin", help="Het OIN van de partij.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="De naam, zoals in het certificaat.")] = None,
    function: Annotated[
        list[str] | None, typer.Option("--function", help="Een hoedanigheid van 6.4, of procesregie. Herhaalbaar.")
    ] = None,
    house: Annotated[
        str | None, typer.Option("--house", help="Het huis, zoals op het formulier van Bijlage 1.")
    ] = None,
    house_genesis: Annotated[
        str | None, typer.Option("--house-genesis", help="SHA-256 van de oprichting, van datzelfde formulier.")
    ] = None,
    broker: Annotated[str | None, typer.Option("--broker", help="Het adres van de broker (https://...).")] = None,
    sandbox: Annotated[bool, typer.Option("--unsafe-sandbox", help="Voor een proefhuis; niets is echt.")] = False,
    certificates: Annotated[
        Path | None,
        typer.Option("--certificates", help="Tweede stap: de map met root.pem, client.pem en authority.pem."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sluit een partij aan: eerst sleutels, aanvragen en instellingen; daarna de certificaten."""
    if certificates is not None:
        _finish(folder, certificates, as_json=as_json)
    else:
        _begin(folder, oin, name, function, (house, house_genesis, broker), sandbox=sandbox, as_json=as_json)


def _begin(
    folder: Path,
    oin: str | None,
    name: str | None,
    function: list[str] | None,
    where: tuple[str | None, str | None, str | None],
    *,
    sandbox: bool,
    as_json: bool,
) -> None:
    from connectors import joining

    if oin is None or name is None or not function:
        raise UseError("geef --oin, --name en minstens één --function (of, voor de tweede stap, --certificates)")
    house, genesis, broker = where
    try:
        newcomer = joining.Newcomer(
            oin=Oin(oin),
            name=name,
            functions=tuple(Term(one) for one in listed(function)),
            house=HouseId(house) if house else None,
            genesis=Digest(genesis) if genesis else None,
            broker=broker,
            unsafe_sandbox=sandbox,
        )
    except IdError as error:
        raise UseError(f"een van de opties klopt niet: {error}") from error
    begun = joining.begin(folder, newcomer)
    if as_json:
        show_json({"settings": str(begun.folder.settings), "requests": [str(path) for path in begun.requests]})
        return
    root, tls = begun.requests
    out().print(
        f"""Gemaakt in {folder}.
Wat u nu doet:
1. Vraag twee certificaten aan (PKIoverheid; in een proefhuis bij de beheerder van de broker):
   {root} voor de wortelsleutel, {tls} voor de verbinding.
2. Vul {begun.folder.settings} aan; wat nog ontbreekt heet daar {joining.TO_FILL}.
3. Leg root.pem, client.pem en authority.pem (van de broker) in één map en geef:
   ketenconnector init {folder} --certificates MAP
4. Zet de map `generations` op een andere schijf dan `keystore`, en neem `root` offline na stap 3."""
    )


def _finish(folder: Path, certificates: Path, *, as_json: bool) -> None:
    from connectors import joining

    finished = joining.finish(folder, certificates, datetime.now(UTC).replace(microsecond=0))
    if as_json:
        show_json(
            {
                "root": str(finished.root_certificate),
                "records": [str(path) for path in finished.records],
                "until": format_instant(finished.until),
            }
        )
        return
    records = " ".join(str(path) for path in finished.records)
    out().print(
        f"""De certificaten kloppen; de sleutels zijn getekend en gelden tot {format_instant(finished.until)}.
Wat u nu doet:
1. Geef {finished.root_certificate} aan voorzitter en manager, voor de toetreding.
2. Is de toetreding getekend, dan voegt de beheerder van de broker uw sleutels toe:
   ketenbroker record add --house HUIS {records}
3. Start: ketenconnector run --settings {folder / joining.SETTINGS}"""
    )
    err().print("Neem de map `root` nu offline.")
