"""Where a party's secrets live: one small file outside the database, under a generation key that lies elsewhere.

Decides how secrets are kept and forgotten (ledger-and-keys.md "Keys"). *Erasing* writes what remains under a new
generation key and destroys the old one, so that no older copy of the file opens any more. What a secret is for is in
its name, which is the caller's. Software cannot prove that it forgot, and a snapshot of the whole machine does open.

Files: the store ``<magic> <store id> <generation> <nonce> <ciphertext>``, and ``<store id>-<generation>.key`` for each
generation. The order of an erasure is: new key durable, new store durable, old key destroyed. Whatever moment it stops
at, the store names the generation that opens it; opening it again destroys every other key of this store.
"""

from __future__ import annotations

import base64
import fcntl
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

from keys import KeyStoreError, SealError, atrest, secretfiles

_MAGIC: Final = b"keten-keystore-1\n"
_HEADER: Final = struct.Struct(">8sQ")
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


class FileKeyStore(KeyStore):
    """A keystore in two files in two folders; one process at a time, threads may share it.

    After a failed write nothing is known for sure, so every later call refuses until the store is opened again.
    """

    backend = "file"

    def __init__(self, path: Path, generations: Path, lock: int) -> None:
        """Use :meth:`create` or :meth:`open`."""
        self._path = path
        self._folder = generations
        self._lock: int | None = lock
        self._mutex = threading.Lock()
        self._store = b""
        self._generation = 0
        self._key = b""
        self._held: dict[str, bytes] = {}
        self._broken = False

    @classmethod
    def create(cls, path: Path, generations: Path) -> Self:
        """A new, empty store at ``path``; its generation keys in the other folder ``generations`` (made if absent)."""
        store = cls(path, generations, _lock(path))
        try:
            if path.exists():
                raise KeyStoreError(f"{path.name} is already there; open it, or move it away first")
            generations.mkdir(mode=0o700, parents=True, exist_ok=True)
            store._store = secrets.token_bytes(8)
            store._rotate({})
        except BaseException as error:
            store.close()
            if isinstance(error, OSError):
                raise KeyStoreError(f"{path.name} cannot be created: {error.strerror}") from error
            raise
        return store

    @classmethod
    def open(cls, path: Path, generations: Path) -> Self:
        """The store at ``path``, with what an interrupted write left behind cleaned up."""
        store = cls(path, generations, _lock(path))
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
            held = {**self._usable(), **secrets_by_name}
            self._broken = True
            try:
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
        """Let go of the lock; nothing is usable afterwards."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        self._held, self._key, self._broken = {}, b"", True

    def _usable(self) -> dict[str, bytes]:
        if self._broken:
            raise KeyStoreError("the keystore was closed or a write failed; open it again")
        return self._held

    def _key_file(self, generation: int) -> Path:
        return self._folder / f"{self._store.hex()}-{generation}.key"

    def _rotate(self, held: dict[str, bytes]) -> None:
        fresh, generation = atrest.new_key(), self._generation + 1
        secretfiles.write(self._key_file(generation), fresh)
        self._write(held, generation, fresh)
        if self._generation:
            secretfiles.destroy(self._key_file(self._generation))
        self._generation, self._key, self._held = generation, fresh, held

    def _write(self, held: Mapping[str, bytes], generation: int, key: bytes) -> None:
        encoded = {name: base64.b64encode(secret).decode("ascii") for name, secret in held.items()}
        header = _MAGIC + _HEADER.pack(self._store, generation)
        secretfiles.write(self._path, header + atrest.wrap(key, json.dumps(encoded).encode("ascii"), header))

    def _load(self) -> None:
        data = secretfiles.read(self._path)
        length = len(_MAGIC) + _HEADER.size
        if not data.startswith(_MAGIC) or len(data) < length:
            raise KeyStoreError(f"{self._path.name} is not a keystore; put back the right file")
        self._store, self._generation = _HEADER.unpack(data[len(_MAGIC) : length])
        self._key = secretfiles.read(self._key_file(self._generation))
        try:
            plain = atrest.unwrap(self._key, data[length:], data[:length])
        except SealError as error:
            raise KeyStoreError(f"{self._path.name} is damaged or not of this generation key") from error
        self._held = {name: base64.b64decode(secret) for name, secret in json.loads(plain).items()}

    def _clean(self) -> None:
        """Destroy what an interrupted write left: other generations of this store, half-written files."""
        mine = self._key_file(self._generation)
        for stale in self._folder.glob(f"{self._store.hex()}-*.key"):
            if stale != mine:
                secretfiles.destroy(stale)
        for half in (
            *self._path.parent.glob(f".{self._path.name}.*.new"),
            *self._folder.glob(f".{self._store.hex()}-*.new"),
        ):
            secretfiles.destroy(half)


def _lock(path: Path) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise KeyStoreError(f"{path.name} cannot be locked: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise KeyStoreError(f"another process has {path.name} open; stop it first") from error
    return lock
