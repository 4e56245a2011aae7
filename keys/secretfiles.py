"""Small files that hold secrets: written whole, durable, readable by their owner alone (mode 0600).

Decides how bytes reach the disk so that a kill -9 or a power cut at any moment leaves the old file or the new one. What
is in the files is the business of :mod:`keys.keystore` and :mod:`keys.pki`.

Whoever writes may hand over a :data:`Step`: it hears ``before`` and ``after`` each thing that the disk is asked to do.
The tests die or fail there; the product leaves it :func:`quiet`.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator
from io import RawIOBase
from pathlib import Path

from keys import KeyStoreError

Step = Callable[[str], None]


def quiet(_: str) -> None:
    """Nobody listens."""


@contextlib.contextmanager
def _marked(step: Step, what: str) -> Iterator[None]:
    step(f"before {what}")
    yield  # what fails in here has no "after"
    step(f"after {what}")


def sync_folder(folder: Path) -> None:
    """Make renames and removals in ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """``folder`` and what is missing above it, for the owner alone, each durable in its parent. Raises OSError."""
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        missing.mkdir(mode=0o700)
        sync_folder(missing.parent)
    if not folder.is_dir():
        raise NotADirectoryError(20, "Not a directory")


def write(path: Path, data: bytes, step: Step = quiet, what: str = "file") -> None:
    """Replace or make ``path`` with ``data``: written beside it, fsynced, renamed, folder fsynced. Raises OSError."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        step(f"before create {what}")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb", buffering=0) as file:
            step(f"after create {what}")
            _fill(file, data, step, what)
        with _marked(step, f"rename {what}"):
            beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    with _marked(step, f"sync folder of {what}"):
        sync_folder(path.parent)


def _fill(file: RawIOBase, data: bytes, step: Step, what: str) -> None:
    """From the beginning, durable on return."""
    with _marked(step, f"write {what}"):
        left = memoryview(data)
        while left:
            left = left[os.write(file.fileno(), left) :]
    with _marked(step, f"fsync {what}"):
        os.fsync(file.fileno())


def write_new(path: Path, data: bytes) -> None:
    """As :func:`write` for a file that must not be there yet. Raises :class:`KeyStoreError`."""
    if path.exists():
        raise KeyStoreError(f"{path.name} is already there; move it away first")
    try:
        write(path, data)
    except OSError as error:
        raise KeyStoreError(f"{path.name} cannot be written: {error.strerror}") from error


def read(path: Path) -> bytes:
    """The bytes of a secret file. Raises :class:`KeyStoreError` if it is missing or others may read it."""
    try:
        mode = path.stat().st_mode
        if stat.S_IMODE(mode) & 0o077:
            raise KeyStoreError(f"{path.name} can be read by others; run: chmod 600 on it")
        return path.read_bytes()
    except OSError as error:
        raise KeyStoreError(f"{path.name} cannot be read: {error.strerror}") from error


def halves(path: Path) -> list[Path]:
    """What an interrupted :func:`write` of exactly this path left beside it, and of no other."""
    form = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{8}}\.new")
    return sorted(file for file in path.parent.iterdir() if form.fullmatch(file.name))


def destroy(path: Path, step: Step = quiet, what: str = "file", secret: int | None = None) -> None:
    """Overwrite (``secret``: this many bytes of it, from the beginning) and remove; what a file system or disk keeps
    besides is a stated limit. Raises OSError.
    """
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CLOEXEC), "wb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        _fill(file, secrets.token_bytes(size if secret is None else min(size, secret)), step, f"over {what}")
    with _marked(step, f"unlink {what}"):
        path.unlink()
    with _marked(step, f"sync folder without {what}"):
        sync_folder(path.parent)
