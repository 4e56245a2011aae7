"""The packs that come with the program: the one place in this package that reads files (architecture.md "Layout")."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from schemas.pack import Pack, PackError
from schemas.pack_yaml import parse


def names() -> tuple[str, ...]:
    """The packs that there are, in the order of their names."""
    return tuple(sorted(entry.name for entry in files(__name__).iterdir() if entry.joinpath("pack.yaml").is_file()))


def read(name: str) -> Mapping[str, str]:
    """The files of a pack: name relative to its folder -> text. Raises :class:`PackError` for an unknown pack."""
    if name not in names():
        raise PackError(name, 1, f"there is no such pack; known: {', '.join(names())}")
    return read_folder(files(__name__).joinpath(name))


def read_folder(folder: Traversable) -> Mapping[str, str]:
    """The YAML files in a folder and in its ``categories``. Raises :class:`PackError` for what is no UTF-8."""
    found = _texts(folder, "")
    inner = folder.joinpath("categories")
    return found | _texts(inner, "categories/") if inner.is_dir() else found


def _texts(folder: Traversable, prefix: str) -> dict[str, str]:
    entries = sorted((e for e in folder.iterdir() if e.name.endswith(".yaml")), key=lambda entry: entry.name)
    return {f"{prefix}{entry.name}": _text(entry, f"{prefix}{entry.name}") for entry in entries}


def _text(entry: Traversable, name: str) -> str:
    try:
        return entry.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PackError(name, 1, "not UTF-8; save the file as UTF-8") from error


@lru_cache(maxsize=8)
def load(name: str) -> Pack:
    """A pack that comes with the program, parsed and checked once. Raises :class:`PackError`."""
    return parse(read(name))
