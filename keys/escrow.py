"""Copies of a generation key, kept apart for at most seven days, so that the loss of one disk is not the loss of all.

Decides how such a copy is named, when it is too old, and how a store is put back with one. A copy opens the store as it
was backed up under that generation, with all that was erased since: so the promise that erased means gone is whole only
when the last copy of before is gone, which is why none lives longer than :data:`LIFE` (ledger-and-keys.md "Keys").
Where the copies lie, and who may take them, is for the party; putting back is followed by the erasures that were done
since (a connector does so when it starts).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from keys import KeyStoreError, secretfiles
from keys.keystore import FileKeyStore, Header, header_of, read_key, unwrap_store

LIFE: Final = timedelta(days=7)
_STAMP: Final = "%Y%m%dT%H%M%SZ"
_NAME: Final = re.compile(r"([0-9a-f]{16})-([0-9]{1,20})\.([0-9]{8}T[0-9]{6}Z)\.escrow")


@dataclass(frozen=True)
class Copy:
    """One copy; when it was ``made`` stands in its name, whole seconds UTC."""

    file: Path
    header: Header
    made: datetime

    def overdue(self, now: datetime) -> bool:
        """Whether it should be gone."""
        return now - self.made >= LIFE


def copies(folder: Path) -> tuple[Copy, ...]:
    """The copies in ``folder``, of whatever store, oldest first. Raises :class:`KeyStoreError`."""
    found = [copy for copy in map(_copy, _files(folder)) if copy]
    return tuple(sorted(found, key=lambda copy: (copy.made, copy.header)))


def strays(folder: Path) -> tuple[Path, ...]:
    """Files that may be a key and are no copy: half-written ones, and names without a time. They grow old unseen.

    Raises :class:`KeyStoreError`.
    """
    return tuple(
        file
        for file in _files(folder)
        if (file.name.startswith(".") and file.name.endswith(".new"))
        or (file.name.endswith(".escrow") and _copy(file) is None)
    )


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise KeyStoreError(f"{folder.name} cannot be read: {error.strerror}") from error


def _copy(file: Path) -> Copy | None:
    name = _NAME.fullmatch(file.name)
    if name is None:
        return None
    try:
        made = datetime.strptime(name[3], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Copy(file, Header(name[1], int(name[2])), made)


def deposit(path: Path, generations: Path, folder: Path, now: datetime) -> Copy:
    """Put a copy of the generation key of the store at ``path`` into ``folder``; the store may be in use.

    Goes with a copy of the store itself, taken after it. Copies of this store that are overdue are destroyed, and so is
    an earlier one of the same key, and half of one that was interrupted. Raises :class:`KeyStoreError`.
    """
    store = secretfiles.read(path)
    header = header_of(store, path.name)
    key = read_key(header.key_file(generations))
    unwrap_store(store, key, path.name)  # or an erasure came between; then once more
    made = now.astimezone(UTC).replace(microsecond=0)
    copy = Copy(folder / f"{header.store}-{header.generation}.{made.strftime(_STAMP)}.escrow", header, made)
    try:
        secretfiles.make_folder(folder)
        for half in folder.glob(f".{header.store}-*.new"):
            secretfiles.destroy(half)
        secretfiles.write(copy.file, key)
        for other in copies(folder):
            mine = other.header.store == header.store
            if mine and other.file != copy.file and (other.overdue(now) or secretfiles.read(other.file) == key):
                secretfiles.destroy(other.file)
    except OSError as error:
        raise KeyStoreError(f"no copy in {folder.name}: {error.strerror}") from error
    return copy


def restore(path: Path, generations: Path, folder: Path) -> None:
    """Make the store at ``path``, put back from a backup, open again with the copy of its key in ``folder``.

    It goes on under a new generation, which the copy does not open. Raises :class:`KeyStoreError`.
    """
    header = header_of(secretfiles.read(path), path.name)
    try:
        secretfiles.make_folder(generations)
        if any(generations.glob(f"{header.store}-*.key")):
            text = f"{generations.name} still has a generation key of this keystore; put back the newest {path.name}"
            raise KeyStoreError(text)
        for copy in reversed(copies(folder)):
            if copy.header == header and _opens(path, generations, header, secretfiles.read(copy.file)):
                return
    except OSError as error:
        raise KeyStoreError(f"{path.name} cannot be put back: {error.strerror}") from error
    raise KeyStoreError(
        f"{folder.name} has no copy that opens {path.name} (generation {header.generation}); take the backup of the "
        "keystore that was made with a copy that is there"
    )


def _opens(path: Path, generations: Path, header: Header, key: bytes) -> bool:
    file = header.key_file(generations)
    secretfiles.write(file, key)
    try:
        store = FileKeyStore.open(path, generations)
    except KeyStoreError:
        secretfiles.destroy(file)
        return False
    try:
        store.erase(())
    finally:
        store.close()
    return True
