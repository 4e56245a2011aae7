"""Small files that hold secrets: written whole, durable, readable by their owner alone (mode 0600).

Decides how bytes reach the disk so that a kill -9 at any moment leaves the old file or the new one. What is in the
files is the business of :mod:`keys.keystore` and :mod:`keys.pki`.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path

from keys import KeyStoreError


def sync_folder(folder: Path) -> None:
    """Make renames and removals in ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write(path: Path, data: bytes) -> None:
    """Replace or make ``path`` with ``data``: written beside it, fsynced, renamed, folder fsynced. Raises OSError."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


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


def destroy(path: Path) -> None:
    """Overwrite and remove; what a file system or disk keeps besides is a stated limit. Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(os.fstat(file.fileno()).st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    sync_folder(path.parent)
