"""What ``ketenbroker pack`` reads: a pack by name or folder, a file or standard input. Errors: exit code 2."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from schemas import packs, strict
from schemas.pack import Pack, PackError
from schemas.pack_yaml import parse

DEFAULT = "zvh-protocol-2019"
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Target = Annotated[str, typer.Argument(metavar="[FOLDER|NAME]", help="A folder, or a pack of this program.")]


def read_pack(target: str) -> Pack:
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


def read_bytes(file: str) -> bytes:
    """A file, or standard input for ``-``; one byte more than a message may have, so that too much is seen."""
    if file == "-":
        return sys.stdin.buffer.read(strict.MESSAGE_LIMIT + 1)
    try:
        with Path(file).open("rb") as stream:
            return stream.read(strict.MESSAGE_LIMIT + 1)
    except OSError as error:
        unreadable(f"{file}: kan niet worden gelezen ({error.strerror})")


def written(value: Any) -> str:
    """JSON for people and programs."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def unreadable(*lines: str) -> NoReturn:
    """Say what is wrong with what was given, and stop."""
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(2)
