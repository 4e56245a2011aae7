"""What an operator should look at where a keystore lies, without opening it; the connector may be running.

Decides what is worth a remark: both halves on one disk, files that others can read, a copy of a generation key that
lives too long or that nobody counts, traces of an interrupted write. Each remark says what to do. It changes nothing.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from keys import KeyStoreError, escrow, secretfiles
from keys.keystore import Header, header_of


@dataclass(frozen=True)
class Remark:
    """One thing to look at. ``grave``: the connector does not start like this, or a promise is broken."""

    code: str
    text: str
    grave: bool = False


def examine(path: Path, generations: Path, now: datetime, copies: Path | None = None) -> tuple[Remark, ...]:
    """Remarks about the keystore at ``path``, its generation keys, and the folder of their ``copies``; none is best."""
    try:
        return tuple(_remarks(path, generations, now, copies))
    except OSError as error:
        return (Remark("unreadable", f"{path.name} or its folders cannot be looked at: {error.strerror}", grave=True),)


def _remarks(path: Path, generations: Path, now: datetime, copies: Path | None) -> Iterator[Remark]:
    if not path.exists():
        yield Remark("no_keystore", f"{path} is not there; put it back, or make one with `init`", grave=True)
        return
    for file in (path, path.parent, generations):
        if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield Remark("open_to_others", f"{file} can be used by others; run: chmod go-rwx on it", grave=True)
    try:
        header = header_of(path.read_bytes(), path.name)
    except KeyStoreError as error:
        yield Remark("not_a_keystore", str(error), grave=True)
        return
    yield from _generation(path, generations, header)
    if copies is not None:
        yield from _copies(path, copies, now)


def _generation(path: Path, generations: Path, header: Header) -> Iterator[Remark]:
    if not header.key_file(generations).exists():
        text = f"{generations} has no key of generation {header.generation}; mount that disk, or put back a copy"
        yield Remark("no_generation_key", text, grave=True)
        return
    if path.stat().st_dev == generations.stat().st_dev:
        text = f"{path.parent} and {generations} are on one file system: who copies it has both; move one elsewhere"
        yield Remark("one_file_system", text)
    others = [file for file in generations.glob(f"{header.store}-*.key") if file != header.key_file(generations)]
    halves = [*secretfiles.halves(path), *generations.glob(f".{header.store}-*.new")]
    if others or halves:
        yield Remark("interrupted", "an erasure or a write was interrupted; start the connector, which finishes it")


def _copies(path: Path, folder: Path, now: datetime) -> Iterator[Remark]:
    try:
        found, strays = escrow.copies(folder), [file.name for file in escrow.strays(folder)]
    except KeyStoreError as error:
        yield Remark("no_copies", f"{error}; mount it, or make it")
        return
    late = [copy.file.name for copy in found if copy.overdue(now)]
    if late:
        days = escrow.LIFE.days
        text = f"{folder} has copies older than {days} days: what was erased before still opens; destroy {late}"
        yield Remark("copy_overdue", text, grave=True)
    if strays:
        text = f"{folder} has files that may be a generation key and never grow overdue; destroy {strays}"
        yield Remark("copy_stray", text, grave=True)
    if folder.stat().st_dev == path.stat().st_dev:
        yield Remark("copy_beside", f"{folder} is on the file system of {path.name}; keep copies elsewhere")
