"""``ketenbroker``: what an operator does. Data to standard output, all else to standard error.

Exit codes: 0 done, 1 fault, 2 wrong use or input. Every error says what to do next. Nothing is decided here; each
command is one call into the parts of the broker.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from broker import BrokerError, ca_cli, pack_cli
from keys import KeysError
from schemas import SchemaError, strict
from schemas.records import SignedRecord

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="The broker: routes sealed messages, decides whether the protocol allows them, records every outcome.",
)
house = typer.Typer(no_args_is_help=True, help="Houses of this broker.")
record = typer.Typer(no_args_is_help=True, help="Vouched records: accessions, exits, keys, packs, decrees.")
keys = typer.Typer(no_args_is_help=True, help="The broker's own signing keys.")
app.add_typer(house, name="house")
app.add_typer(record, name="record")
app.add_typer(keys, name="keys")
app.add_typer(ca_cli.app, name="ca")
app.add_typer(pack_cli.app, name="pack")

SettingsFile = Annotated[Path, typer.Option("--settings", help="The operator's settings (YAML).")]


class InputError(BrokerError):
    """A file on the command line that cannot be used; the text names it."""


@app.command()
def serve(settings: SettingsFile) -> None:
    """Run the broker until it is asked to stop (SIGINT, SIGTERM)."""
    import uvloop

    from broker import logs
    from broker.app import run
    from broker.settings import load

    loaded = load(settings, os.environ)
    logs.configure(loaded.log_file)
    uvloop.run(run(loaded, lambda: datetime.now(UTC)))


@app.command()
def migrate(settings: SettingsFile) -> None:
    """Bring the database to the newest form; does nothing where it is there already."""
    from broker.migrations import upgrade
    from broker.settings import load

    asyncio.run(upgrade(load(settings, os.environ).dsn or ""))
    typer.echo("the database is up to date", err=True)


@house.command("create")
def create(
    settings: SettingsFile,
    genesis: Annotated[Path, typer.Option(help="The genesis, signed by chair and manager.")],
    records: Annotated[list[Path] | None, typer.Option(help="A record, or a folder of them; may be repeated.")] = None,
    more: Annotated[list[Path] | None, typer.Argument(help="Further records or folders.")] = None,
) -> None:
    """Make a house: genesis and first records become the first leaves of its log."""
    from broker.database import ConflictError, Database
    from broker.parties.houses import create_house
    from broker.settings import load

    loaded = load(settings, os.environ)
    first = read_record(genesis)
    others = read_records([*(records or ()), *(more or ())], but=genesis)

    async def make() -> str:
        database = Database(loaded.dsn or "", loaded.pool_size)
        try:
            return await create_house(database, loaded.keys, first, others, datetime.now(UTC))
        except ConflictError as error:
            raise ConflictError("this house is here already; give further records to `record add`") from error
        finally:
            await database.close()

    made = asyncio.run(make())
    typer.echo(json.dumps({"house": made, "records": 1 + len(others)}))
    typer.echo("a broker that is running takes a new house up when it is started again", err=True)


@record.command("add")
def add(
    settings: SettingsFile,
    files: Annotated[list[Path], typer.Argument(help="Signed records, or folders of them.")],
    name: Annotated[str, typer.Option("--house", help="The house they are for.")],
) -> None:
    """Add vouched records to a house, all or none."""
    from broker.database import Database
    from broker.parties.houses import add_records
    from broker.settings import load
    from schemas.ids import HouseId

    loaded = load(settings, os.environ)
    new = read_records(files)
    check_packs(new, loaded.packs)

    async def write() -> None:
        database = Database(loaded.dsn or "", loaded.pool_size)
        try:
            await add_records(database, loaded.keys, HouseId(name), new, datetime.now(UTC))
        finally:
            await database.close()

    asyncio.run(write())
    typer.echo(json.dumps({"house": name, "records": len(new)}))


@keys.command("make")
def make_keys(
    settings: Annotated[Path | None, typer.Option("--settings", help="Settings that name the key folder.")] = None,
    folder: Annotated[Path | None, typer.Option("--folder", help="The key folder itself.")] = None,
) -> None:
    """Make the keys for a new house's log and receipts; prints the public halves that its genesis names."""
    from broker.ledger import log_keys
    from broker.settings import load

    if folder is None:
        if settings is None:
            raise typer.BadParameter("give --settings or --folder")
        folder = load(settings, os.environ).keys
    public = {name: log_keys.make(folder).public.model_dump() for name in ("log_key", "receipt_key")}
    typer.echo(json.dumps(public))


@app.command()
def openapi(
    server: Annotated[str, typer.Option(help="Public address of the broker, without /v1.")] = "https://localhost:8443",
) -> None:
    """Print the description of the interface (OpenAPI 3.1)."""
    from broker.app import TABLE
    from broker.web.openapi import Contact, document
    from broker.web.serving import full_table

    typer.echo(json.dumps(document(full_table(TABLE), Contact(), server), ensure_ascii=False, indent=2))


def check_packs(records: Iterable[SignedRecord], folders: Iterable[Path]) -> None:
    """That this broker has the packs which records bring into force: without one nothing would go from that day on.

    Raises :class:`InputError`, and what :class:`broker.parties.packs.Packs` raises for a folder that is no pack.
    """
    from broker.parties.packs import Packs
    from keys.identity import parse_record
    from schemas.records import PackDecision

    known = Packs.of(folders).by_digest
    for signed in records:
        one = parse_record(signed).record
        if isinstance(one, PackDecision) and one.pack not in known:
            text = "name its folder under `packs` in the settings and start the broker again, then add this record"
            raise InputError(f"pack {one.pack} is not here: {text}")


def read_record(path: Path) -> SignedRecord:
    """A signed record in a file. Raises :class:`InputError`."""
    try:
        return SignedRecord.model_validate(strict.parse_object(path.read_bytes()))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except strict.StrictError as error:
        raise InputError(f"{path}: {error}") from error
    except ValidationError as error:
        text = 'no signed record; it has the members "first" and "second", as `ketenconnector officer` writes it'
        raise InputError(f"{path}: {text}") from error


def read_records(paths: Iterable[Path], but: Path | None = None) -> list[SignedRecord]:
    """The records in files, and in the ``*.json`` of folders by name; ``but`` is left out of folders."""
    files: list[Path] = []
    for path in paths:
        found = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not found:
            raise InputError(f"{path}: holds no records (*.json); give the files, or the folder that they are in")
        files += found
    skipped = but.resolve() if but else None
    return [read_record(path) for path in files if path.resolve() != skipped]


def main() -> None:
    """Run the command line; a known error becomes one line and an exit code."""
    try:
        app()
    except (InputError, SchemaError) as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except OSError as error:
        typer.echo(": ".join(filter(None, (error.filename, error.strerror or type(error).__name__))), err=True)
        sys.exit(1)
    except (BrokerError, KeysError) as error:
        from broker.settings import SettingsError

        typer.echo(str(error), err=True)
        sys.exit(2 if isinstance(error, SettingsError) else 1)


if __name__ == "__main__":
    main()
