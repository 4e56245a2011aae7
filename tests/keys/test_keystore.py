"""The keystore: what is put is found, what is erased is gone. Kills and failing disks: test_keystore_kill.py."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keys import KeyStoreError, secretfiles
from keys.keystore import FileKeyStore, Generations

LIVE = {"root": b"r" * 32, "case/1/a": b"a" * 32}
DOOMED = {"case/1/b": b"b" * 32}
WRITTEN = (
    "6b6574656e2d6b657973746f72652d310a01020304050607080000000000000007cf247d2a784819ac7b33bc8f7068f222ca"
    "012e29b5b44d46b2c7b256bcd2aafb84e9fa86f67b7d5e8e3e061c59533f153b48ac1a1b44cf85ccdbebe3b5052dc9c07127"
    "e3b0c4c436aeff899dafb5476ea2eaffb36e2970025954a51ced13765edac9365cb22626c47d3acc11d39d3a122ba7cc58ef"
    "89a22231648cff90c41bcf1606df4746e3d1ae2acc1ed7b8c5cd9976d7835dd2"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "keys"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mount" / "generations"


@pytest.fixture
def filled(path: Path, folder: Path) -> tuple[Path, Path]:
    """A closed store with live and doomed keys."""
    store = FileKeyStore.create(path, folder)
    store.put({**LIVE, **DOOMED})
    store.close()
    return path, folder


def contents(path: Path, folder: Path) -> dict[str, bytes]:
    store = FileKeyStore.open(path, folder)
    try:
        return {name: store.get(name) for name in store.names()}
    finally:
        store.close()


def keys_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.key"))


def test_what_is_put_is_found_again(filled: tuple[Path, Path]) -> None:
    store = FileKeyStore.open(*filled)
    assert store.names() == ("case/1/a", "case/1/b", "root")
    assert store.names("case/") == ("case/1/a", "case/1/b")
    assert store.get("root") == LIVE["root"]
    store.put({"root": b"new"})
    assert store.get("root") == b"new"
    assert store.backend == "file"
    store.close()
    assert contents(*filled) == {**LIVE, **DOOMED, "root": b"new"}


def test_what_is_erased_is_gone_from_old_copies_too(filled: tuple[Path, Path]) -> None:
    path, folder = filled
    old_copy = path.read_bytes()
    store = FileKeyStore.open(path, folder)
    assert store.erase(["case/1/b", "never there"], put={"case/1/c": b"c"}) == Generations(1, 2)
    assert store.generation == 2
    with pytest.raises(KeyStoreError, match="no such key"):
        store.get("case/1/b")
    store.close()
    assert contents(path, folder) == {**LIVE, "case/1/c": b"c"}
    path.write_bytes(old_copy)
    with pytest.raises(KeyStoreError, match=r"needs the key of generation 1.*older copy"):
        FileKeyStore.open(path, folder)


def test_what_is_replaced_is_gone_from_old_copies_too(filled: tuple[Path, Path]) -> None:
    path, folder = filled
    old_copy = path.read_bytes()
    store = FileKeyStore.open(path, folder)
    store.put({"root": b"new", "case/1/c": b"c"})
    assert store.generation == 2
    store.put({"root": b"new", "case/1/d": b"d"})  # adds, replaces nothing
    assert store.generation == 2
    store.close()
    path.write_bytes(old_copy)
    with pytest.raises(KeyStoreError, match="older copy"):
        FileKeyStore.open(path, folder)


def test_a_snapshot_of_both_files_does_open(filled: tuple[Path, Path]) -> None:
    """The documented limit of a file: whoever copied the whole machine has the old keys."""
    path, folder = filled
    snapshot = {file: file.read_bytes() for file in [path, *keys_in(folder)]}
    store = FileKeyStore.open(path, folder)
    store.erase(DOOMED)
    store.close()
    for file in keys_in(folder):
        file.unlink()
    for file, data in snapshot.items():
        file.write_bytes(data)
        file.chmod(0o600)
    assert contents(path, folder) == {**LIVE, **DOOMED}


def test_files_are_for_their_owner_alone(filled: tuple[Path, Path]) -> None:
    path, folder = filled
    assert {file.stat().st_mode & 0o777 for file in (*path.parent.iterdir(), *folder.iterdir())} == {0o600}
    assert folder.stat().st_mode & 0o777 == path.parent.stat().st_mode & 0o777 == 0o700
    for file in (path, *keys_in(folder)):
        file.chmod(0o640)
        with pytest.raises(KeyStoreError, match="chmod 600"):
            FileKeyStore.open(path, folder)
        file.chmod(0o600)
    assert all(secret not in path.read_bytes() for secret in LIVE.values())


def test_one_process_at_a_time(filled: tuple[Path, Path]) -> None:
    store = FileKeyStore.open(*filled)
    with pytest.raises(KeyStoreError, match="another process"):
        FileKeyStore.open(*filled)
    store.close()
    store.close()
    assert contents(*filled)
    with pytest.raises(KeyStoreError, match="closed"):
        store.names()


def test_a_link_is_the_same_store(filled: tuple[Path, Path], tmp_path: Path) -> None:
    path, folder = filled
    link = tmp_path / "link"
    link.symlink_to(path)
    store = FileKeyStore.open(path, folder)
    with pytest.raises(KeyStoreError, match="another process"):
        FileKeyStore.open(link, folder)
    store.close()
    through = FileKeyStore.open(link, folder)
    through.erase(DOOMED)
    through.close()
    assert link.is_symlink()
    assert contents(path, folder) == LIVE


def test_a_copy_beside_it_cannot_destroy_its_generation(filled: tuple[Path, Path], tmp_path: Path) -> None:
    """Two files with one id share the generation keys: whoever erased in one would lock the other out for ever."""
    path, folder = filled
    copy = tmp_path / "copy" / "keys"
    copy.parent.mkdir()
    copy.write_bytes(path.read_bytes())
    copy.chmod(0o600)
    store = FileKeyStore.open(path, folder)
    with pytest.raises(KeyStoreError, match="another process"):
        FileKeyStore.open(copy, folder)
    store.erase(DOOMED)
    store.close()
    assert contents(path, folder) == LIVE


def test_creating_and_opening_the_wrong_thing(filled: tuple[Path, Path], tmp_path: Path) -> None:
    path, folder = filled
    with pytest.raises(KeyStoreError, match="already there"):
        FileKeyStore.create(path, folder)
    with pytest.raises(KeyStoreError, match="cannot be read"):
        FileKeyStore.open(tmp_path / "none" / "keys", folder)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(KeyStoreError, match="cannot be locked"):
        FileKeyStore.create(tmp_path / "file" / "keys", folder)
    (tmp_path / "odd" / "keys.lock").mkdir(parents=True)
    with pytest.raises(KeyStoreError, match="cannot be locked: Is a directory"):
        FileKeyStore.create(tmp_path / "odd" / "keys", folder)
    with pytest.raises(KeyStoreError, match="cannot be created"):
        FileKeyStore.create(tmp_path / "other" / "keys", tmp_path / "file")


def test_two_stores_may_share_a_folder_of_generations(filled: tuple[Path, Path], tmp_path: Path) -> None:
    path, folder = filled
    second = FileKeyStore.create(tmp_path / "second" / "keys", folder)
    second.erase([])
    second.close()
    assert contents(path, folder) == {**LIVE, **DOOMED}


@pytest.mark.parametrize("damage", [lambda data: b"x" + data, lambda data: data[:20], lambda data: data[:-1] + b"\0\0"])
def test_a_damaged_file_is_named(filled: tuple[Path, Path], damage: Callable[[bytes], bytes]) -> None:
    path, folder = filled
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(KeyStoreError, match=r"not a keystore|damaged"):
        FileKeyStore.open(path, folder)


def test_a_store_written_today_opens_tomorrow(tmp_path: Path) -> None:
    """These bytes were written by the first version; the form has not changed since."""
    path, folder = tmp_path / "keys", tmp_path / "generations"
    folder.mkdir()
    path.write_bytes(bytes.fromhex(WRITTEN))
    (folder / "0102030405060708-7.key").write_bytes(bytes(range(32)))
    for file in (path, *keys_in(folder)):
        file.chmod(0o600)
    assert contents(path, folder) == {"root": b"r" * 32, "file/x/triage": b"f" * 32}
    path.write_bytes(path.read_bytes().replace(b"keystore-1", b"keystore-2"))
    with pytest.raises(KeyStoreError, match="another version of this program; start that one"):
        FileKeyStore.open(path, folder)


def test_opening_survives_a_disk_that_fails(filled: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path, folder = filled
    (stale,) = keys_in(folder)
    digest = hashlib.sha256(path.read_bytes()).digest()
    secretfiles.write(stale.with_name(stale.name.replace("-1.key", "-2.key")), b"x" * 32 + digest)

    def broken(*_: Any) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(secretfiles, "destroy", broken)
        with pytest.raises(KeyStoreError, match="cannot be opened: Input/output"):
            FileKeyStore.open(path, folder)
    assert contents(path, folder) == {**LIVE, **DOOMED}
    assert len(keys_in(folder)) == 1


def test_secret_files(tmp_path: Path) -> None:
    file = tmp_path / "client.key"
    secretfiles.write_new(file, b"pem")
    assert secretfiles.read(file) == b"pem"
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeyStoreError, match="already there"):
        secretfiles.write_new(file, b"other")
    with pytest.raises(KeyStoreError, match="cannot be written"):
        secretfiles.write_new(tmp_path / "none" / "client.key", b"pem")
    secretfiles.destroy(file)
    assert not file.exists()
    with pytest.raises(KeyStoreError, match="cannot be read"):
        secretfiles.read(file)


def test_a_new_folder_is_on_the_disk_before_anything_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(secretfiles, "sync_folder", synced.append)
    secretfiles.make_folder(tmp_path / "a" / "b" / "c")
    assert synced == [tmp_path, tmp_path / "a", tmp_path / "a" / "b"]
    secretfiles.make_folder(tmp_path / "a" / "b" / "c")
    assert len(synced) == 3
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NotADirectoryError):
        secretfiles.make_folder(tmp_path / "file")
