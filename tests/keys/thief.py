"""Somebody who has every file of a keystore that there is or was, and tries every key on every store."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from keys import KeysError, atrest
from keys.keystore import FileKeyStore

HEAD = len(b"keten-keystore-1\n") + 16


@dataclass(frozen=True)
class Mounts:
    """Where a keystore lies: two folders, as on two disks."""

    base: Path

    @property
    def path(self) -> Path:
        return self.base / "disk-a" / "keystore.bin"

    @property
    def folder(self) -> Path:
        return self.base / "disk-b" / "generations"

    def files(self) -> list[Path]:
        """All of them, temporary ones included."""
        return sorted(one for one in self.base.rglob("*") if one.is_file())

    def contents(self) -> dict[str, bytes]:
        """What the store holds, for who opens it in the ordinary way."""
        store = FileKeyStore.open(self.path, self.folder)
        try:
            return {name: store.get(name) for name in store.names()}
        finally:
            store.close()

    def tidy(self) -> bool:
        """One store, one generation key, and the two locks."""
        kinds = sorted(file.suffix for file in self.files())
        return kinds == [".bin", ".key", ".lock", ".lock"]


@dataclass(frozen=True)
class Filled:
    """What a test put in, by a seed: what must live, and what is to die."""

    live: dict[str, bytes]
    doomed: dict[str, bytes]

    @classmethod
    def by(cls, seed: int, mounts: Mounts) -> Filled:
        """A store that has lived a little: some puts, some erasures."""
        chance = random.Random(seed)

        def some(kind: str, least: int) -> dict[str, bytes]:
            count = chance.randint(least, 6)
            return {f"{kind}/{chance.getrandbits(48):012x}": chance.randbytes(32) for _ in range(count)}

        live, doomed = some("live", 1), some("doomed", 1)
        store = FileKeyStore.create(mounts.path, mounts.folder)
        for _ in range(chance.randint(0, 2)):
            past = some("past", 1)
            store.put(past)
            store.erase(past)
        store.put({**live, **doomed})
        store.close()
        return cls(live, doomed)


def opened(files: Iterable[bytes]) -> dict[str, bytes]:
    """Every secret in any store among these files that opens under any 32 bytes of the small ones."""
    files = tuple(files)
    keys = {data[at : at + 32] for data in files if len(data) <= 96 for at in range(len(data) - 31)}
    found: dict[str, bytes] = {}
    for data in files:
        for key in keys:
            try:
                plain = atrest.unwrap(key, data[HEAD:], data[:HEAD])
            except KeysError:
                continue
            found |= {name: base64.b64decode(secret) for name, secret in json.loads(plain).items()}
    return found
