"""Where a party's secrets live: one small file outside the database, under a generation key that lies elsewhere.

Decides how secrets are kept and forgotten (ledger-and-keys.md "Keys"). *Erasing* writes what remains under a new
generation key and destroys the old one, so that no older copy of the file opens any more. What a secret is for is in
its name, which is the caller's. Software cannot prove that it forgot, and a snapshot of the whole machine does open.

Files: the store ``<magic> <store id> <generation> <nonce> <ciphertext>``, and on the other mount ``<store id>-<n>.key``
for generation n: its key, and the SHA-256 of the store file that it succeeds. The order of an erasure is: new key
durable, new store durable, old key destroyed. Whatever moment it stops at, the store names the generation that opens
it. Opening it again first makes that store durable once more (what was read may be in memory only, the two mounts know
nothing of each other), and then destroys every other key of this store; one of a later generation only if it succeeds
the very file that was opened, or opening an older copy of the store would cost the newer one. What an operator should
look at is :mod:`keys.checkup`; copies of a generation key are :mod:`keys.escrow`.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import secrets
import struct
import threading
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol, Self

from typing_extensions import override

from keys import KeysError, KeyStoreError, atrest, secretfiles
from keys.secretfiles import Step, quiet

_FAMILY: Final = b"keten-keystore-"
_MAGIC: Final = _FAMILY + b"1\n"
_ID_LENGTH: Final = 8
_HEADER: Final = struct.Struct(f">{_ID_LENGTH}sQ")
_LENGTH: Final = len(_MAGIC) + _HEADER.size
_KEY_LENGTH: Final = 32
_NOTHING: Final[Mapping[str, bytes]] = MappingProxyType({})


class Generations(NamedTuple):
    """The numbers before and after an erasure, for its receipt."""

    before: int
    after: int


class KeyStore(Protocol):
    """What a connector needs of a keystore; the file is one, an HSM another. All raise :class:`KeyStoreError`."""

    backend: str
    """For the receipt of an erasure: ``file`` counts as weak."""

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """The names that begin so, sorted."""

    def get(self, name: str) -> bytes:
        """The secret of that name."""

    def put(self, secrets_by_name: Mapping[str, bytes]) -> None:
        """Add or replace, all or nothing, durable on return."""

    def erase(self, names: Collection[str], put: Mapping[str, bytes] = _NOTHING) -> Generations:
        """Forget ``names`` (unknown ones too) and, in the same step, add ``put``; durable on return."""


class Header(NamedTuple):
    """What a store says of itself in clear: which one it is, and the generation that opens it."""

    store: str
    generation: int

    def key_file(self, generations: Path) -> Path:
        """Where its generation key lies."""
        return generations / f"{self.store}-{self.generation}.key"


def read_key(file: Path) -> bytes:
    """The generation key in a file of one, without what stands behind it. Raises :class:`KeyStoreError`."""
    return secretfiles.read(file)[:_KEY_LENGTH]


def header_of(data: bytes, name: str) -> Header:
    """The header of a store file. Raises :class:`KeyStoreError`."""
    if data.startswith(_FAMILY) and not data.startswith(_MAGIC):
        raise KeyStoreError(f"{name} was written by another version of this program; start that one")
    if not data.startswith(_MAGIC) or len(data) < _LENGTH:
        raise KeyStoreError(f"{name} is not a keystore; put back the right file")
    store, generation = _HEADER.unpack(data[len(_MAGIC) : _LENGTH])
    return Header(store.hex(), generation)


def unwrap_store(data: bytes, key: bytes, name: str) -> bytes:
    """What a store file holds, under its generation key. Raises :class:`KeyStoreError`."""
    try:
        return atrest.unwrap(key, data[_LENGTH:], data[:_LENGTH])
    except KeysError as error:
        raise KeyStoreError(f"{name} is damaged or not of this generation key") from error


class FileKeyStore(KeyStore):
    """A keystore in two files in two folders; one process at a time, threads may share it.

    After a failed write nothing is known for sure, so every later call refuses until the store is opened again.
    """

    backend = "file"

    def __init__(self, path: Path, generations: Path, locks: list[int], step: Step) -> None:
        """Use :meth:`create` or :meth:`open`."""
        self._path = path
        self._folder = generations
        self._locks = locks
        self._step = step
        self._mutex = threading.Lock()
        self._store = ""
        self._generation = 0
        self._key = b""
        self._written = b""
        self._held: dict[str, bytes] = {}
        self._broken = False

    @classmethod
    def create(cls, path: Path, generations: Path, *, step: Step = quiet) -> Self:
        """A new, empty store at ``path``; its generation keys in the other folder ``generations`` (made if absent).

        ``step`` hears of each write, as in :mod:`keys.secretfiles`.
        """
        store = cls(path, generations, [_lock(path)], step)
        try:
            if path.exists():
                raise KeyStoreError(f"{path.name} is already there; open it, or move it away first")
            secretfiles.make_folder(generations)
            store._store = secrets.token_hex(_ID_LENGTH)
            store._lock_copies()
            store._rotate({})
        except BaseException as error:
            store.close()
            if isinstance(error, OSError):
                raise KeyStoreError(f"{path.name} cannot be created: {error.strerror}") from error
            raise
        return store

    @classmethod
    def open(cls, path: Path, generations: Path, *, step: Step = quiet) -> Self:
        """The store at ``path``, with what an interrupted write left behind cleaned up."""
        path = path.resolve()  # a link would be replaced by the next write, and have a lock of its own
        store = cls(path, generations, [_lock(path)], step)
        try:
            store._load()
            store._clean()
        except BaseException as error:
            store.close()
            if isinstance(error, OSError):
                raise KeyStoreError(f"{path.name} cannot be opened: {error.strerror}") from error
            raise
        return store

    @property
    def generation(self) -> int:
        """The number of the key that wraps the store now."""
        return self._generation

    @override
    def names(self, prefix: str = "") -> tuple[str, ...]:
        with self._mutex:
            return tuple(sorted(name for name in self._usable() if name.startswith(prefix)))

    @override
    def get(self, name: str) -> bytes:
        with self._mutex:  # while another thread writes, nothing is known for sure: wait for it
            held = self._usable()
            if name not in held:
                raise KeyStoreError("no such key in the keystore: never made, or erased")
            return held[name]

    @override
    def put(self, secrets_by_name: Mapping[str, bytes]) -> None:
        with self._mutex:
            before = self._usable()
            held = {**before, **secrets_by_name}
            # What is replaced is over: then this is an erasure too, or a copy of the file would still hold it.
            replaces = any(held[name] != secret for name, secret in before.items())
            self._broken = True
            try:
                if replaces:
                    self._rotate(held)
                else:
                    self._write(held, self._generation, self._key)
            except OSError as error:
                raise KeyStoreError(f"{self._path.name} cannot be written: {error.strerror}; open it again") from error
            self._held = held
            self._broken = False

    @override
    def erase(self, names: Collection[str], put: Mapping[str, bytes] = _NOTHING) -> Generations:
        with self._mutex:
            held = {name: secret for name, secret in self._usable().items() if name not in names}
            before = self._generation
            self._broken = True
            try:
                self._rotate({**held, **put})
            except OSError as error:
                raise KeyStoreError(
                    f"the erasure in {self._path.name} did not finish: {error.strerror}; open it again"
                ) from error
            self._broken = False
            return Generations(before, self._generation)

    def close(self) -> None:
        """Let go of the locks; nothing is usable afterwards."""
        while self._locks:
            os.close(self._locks.pop())
        self._held, self._key, self._broken = {}, b"", True

    def _usable(self) -> dict[str, bytes]:
        if self._broken:
            raise KeyStoreError("the keystore was closed or a write failed; open it again")
        return self._held

    def _key_file(self, generation: int) -> Path:
        return Header(self._store, generation).key_file(self._folder)

    def _rotate(self, held: dict[str, bytes]) -> None:
        fresh, generation = atrest.new_key(), self._generation + 1
        secretfiles.write(self._key_file(generation), fresh + self._digest(), self._step, "new key")
        self._write(held, generation, fresh)
        if self._generation:
            secretfiles.destroy(self._key_file(self._generation), self._step, "old key", _KEY_LENGTH)
        self._generation, self._key, self._held = generation, fresh, held

    def _write(self, held: Mapping[str, bytes], generation: int, key: bytes) -> None:
        encoded = {name: base64.b64encode(secret).decode("ascii") for name, secret in held.items()}
        header = _MAGIC + _HEADER.pack(bytes.fromhex(self._store), generation)
        data = header + atrest.wrap(key, json.dumps(encoded).encode("ascii"), header)
        secretfiles.write(self._path, data, self._step, "store")
        self._written = data

    def _digest(self) -> bytes:
        """Of the store file as it is now, which a next generation succeeds."""
        return hashlib.sha256(self._written).digest()

    def _load(self) -> None:
        data = secretfiles.read(self._path)
        self._store, self._generation = header_of(data, self._path.name)
        file = self._key_file(self._generation)
        if not file.exists():
            raise KeyStoreError(
                f"{self._path.name} needs the key of generation {self._generation}, which is not in "
                f"{self._folder.name}. Is that disk mounted? Or is this an older copy of {self._path.name}? Then an "
                "erasure destroyed its key; put back the newest copy"
            )
        self._lock_copies()
        self._key = read_key(file)
        self._written = data
        plain = json.loads(unwrap_store(data, self._key, self._path.name))
        self._held = {name: base64.b64decode(secret) for name, secret in plain.items()}

    def _clean(self) -> None:
        """Destroy what an interrupted write left: other generations of this store, half-written files."""
        mine = self._key_file(self._generation)
        stale = [file for file in sorted(self._folder.glob(f"{self._store}-*.key")) if file != mine]
        for file in stale:
            self._check_successor(file)
        if stale:  # a kill came before the folder was synced, perhaps: a power cut must not bring back the older file
            secretfiles.write(self._path, self._written, self._step, "store")  # these bytes: their digest is in a key
        for file in stale:
            secretfiles.destroy(file, self._step, "stale key", _KEY_LENGTH)  # the digest stays till the file goes
        for half in (*secretfiles.halves(self._path), *self._folder.glob(f".{self._store}-*.new")):
            secretfiles.destroy(half, self._step, "half a file")

    def _check_successor(self, file: Path) -> None:
        """A later generation may go only if no store was finished under it: it then succeeds the file opened here, or
        one with the same bytes, in which all is that was ever confirmed."""
        later = int(file.stem.rpartition("-")[2])
        if later > self._generation and secretfiles.read(file)[_KEY_LENGTH:] != self._digest():
            raise KeyStoreError(
                f"{self._path.name} is an older copy: a newer keystore, of generation {later}, was written; put that "
                "back. This one opens what was erased since: destroy it"
            )

    def _lock_copies(self) -> None:
        """A copy of the store elsewhere has another lock, and would destroy the generation key of this one."""
        self._locks.append(_flock(self._folder / f"{self._store}.lock", self._path.name))


def _lock(path: Path) -> int:
    try:
        secretfiles.make_folder(path.parent)
    except OSError as error:
        raise KeyStoreError(f"{path.name} cannot be locked: {error.strerror}") from error
    return _flock(path.with_name(f"{path.name}.lock"), path.name)


def _flock(file: Path, name: str) -> int:
    try:
        lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise KeyStoreError(f"{name} cannot be locked: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise KeyStoreError(f"another process has {name} open; stop it first") from error
    return lock
