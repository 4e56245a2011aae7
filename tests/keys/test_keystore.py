"""The keystore: what is put is found, what is erased is gone, and a kill at any moment loses no live key."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from keys import KeyStoreError, secretfiles
from keys.keystore import FileKeyStore, Generations

LIVE = {"root": b"r" * 32, "case/1/a": b"a" * 32}
DOOMED = {"case/1/b": b"b" * 32}
CALLS = ("open", "fsync", "replace", "unlink")


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
    with pytest.raises(KeyStoreError, match="cannot be read"):
        FileKeyStore.open(path, folder)


def test_a_snapshot_of_both_files_does_open(filled: tuple[Path, Path]) -> None:
    """The documented limit of a file: whoever copied the whole machine has the old keys."""
    path, folder = filled
    snapshot = {file: file.read_bytes() for file in [path, *folder.iterdir()]}
    store = FileKeyStore.open(path, folder)
    store.erase(DOOMED)
    store.close()
    for file in folder.iterdir():
        file.unlink()
    for file, data in snapshot.items():
        file.write_bytes(data)
        file.chmod(0o600)
    assert contents(path, folder) == {**LIVE, **DOOMED}


def test_files_are_for_their_owner_alone(filled: tuple[Path, Path]) -> None:
    path, folder = filled
    assert [file.stat().st_mode & 0o777 for file in (path, *folder.iterdir())] == [0o600, 0o600]
    assert folder.stat().st_mode & 0o777 == 0o700
    for file in (path, *folder.iterdir()):
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


def test_creating_and_opening_the_wrong_thing(filled: tuple[Path, Path], tmp_path: Path) -> None:
    path, folder = filled
    with pytest.raises(KeyStoreError, match="already there"):
        FileKeyStore.create(path, folder)
    with pytest.raises(KeyStoreError, match="cannot be read"):
        FileKeyStore.open(tmp_path / "none" / "keys", folder)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(KeyStoreError, match="cannot be locked"):
        FileKeyStore.create(tmp_path / "file" / "keys", folder)
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


def fail_at(monkeypatch: pytest.MonkeyPatch, step: int, after: bool, failure: Callable[[], object]) -> None:
    """Let the system call number ``step`` (from 1) fail, before or after it took effect."""
    count = 0

    def wrap(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count != step:
                return real(*arguments, **options)
            if after:
                result = real(*arguments, **options)
                if isinstance(result, int):
                    os.close(result)
            return failure()

        return call

    for name in CALLS:
        monkeypatch.setattr(os, name, wrap(getattr(os, name)))


def count_calls(action: Callable[[], object]) -> int:
    """How many of the system calls ``action`` makes."""
    count = 0

    def wrap(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            return real(*arguments, **options)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, wrap(getattr(os, name)))
        action()
    return count


def killed(action: Callable[[], object], step: int, after: bool) -> bool:
    """Do ``action`` in a child that is killed at that system call; False if it ended before."""
    child = os.fork()
    if not child:
        try:
            fail_at(pytest.MonkeyPatch(), step, after, lambda: os.kill(os.getpid(), signal.SIGKILL))
            action()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


ACTIONS: dict[str, Callable[[FileKeyStore], object]] = {
    "erase": lambda store: store.erase(DOOMED, put={"next": b"n"}),
    "put": lambda store: store.put({"next": b"n"}),
}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("action", ACTIONS)
def test_a_kill_at_any_step_loses_no_live_key(action: str, after: bool, tmp_path: Path) -> None:
    seen: set[frozenset[str]] = set()
    step = 0
    while True:
        step += 1
        path, folder = tmp_path / str(step) / "keys", tmp_path / str(step) / "generations"
        store = FileKeyStore.create(path, folder)
        store.put({**LIVE, **DOOMED})
        old_copy = path.read_bytes()
        died = killed(partial(ACTIONS[action], store), step, after)
        store.close()
        held = contents(path, folder)
        assert {name: held.get(name) for name in LIVE} == LIVE
        assert len(list(folder.iterdir())) == 1
        assert {file.name for file in path.parent.iterdir()} == {"keys", "keys.lock", "generations"}
        # Never half: the old contents or the new.
        new = set(LIVE) | {"next"} | (set(DOOMED) if action == "put" else set())
        assert set(held) in ({*LIVE, *DOOMED}, new)
        seen.add(frozenset(held))
        if action == "erase" and "next" in held:
            path.write_bytes(old_copy)
            with pytest.raises(KeyStoreError):
                FileKeyStore.open(path, folder)
        if not died:
            break
    assert step > (12 if action == "erase" else 4)
    assert len(seen) == 2


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("action", ACTIONS)
def test_after_an_error_the_store_asks_to_be_opened_again(
    action: str, after: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    probe = FileKeyStore.create(tmp_path / "probe" / "keys", tmp_path / "probe" / "generations")
    steps = count_calls(lambda: ACTIONS[action](probe))
    probe.close()
    for step in range(1, steps + 1):
        path, folder = tmp_path / str(step) / "keys", tmp_path / str(step) / "generations"
        store = FileKeyStore.create(path, folder)
        store.put({**LIVE, **DOOMED})
        with monkeypatch.context() as patch:
            fail_at(patch, step, after, full)
            with pytest.raises(KeyStoreError, match=r"No space left.*open it again"):
                ACTIONS[action](store)
        for use in (store.names, partial(store.get, "root"), partial(store.erase, [])):
            with pytest.raises(KeyStoreError, match="open it again"):
                use()
        store.close()
        held = contents(path, folder)
        assert {name: held.get(name) for name in LIVE} == LIVE
        assert len(list(folder.iterdir())) == 1


def test_an_interrupted_creation_can_be_tried_again(path: Path, folder: Path) -> None:
    assert killed(lambda: FileKeyStore.create(path, folder), 8, False)
    assert not path.exists()
    FileKeyStore.create(path, folder).close()
    assert contents(path, folder) == {}


def test_opening_survives_a_disk_that_fails(filled: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path, folder = filled
    stale = next(folder.iterdir())
    stale.with_name(stale.name.replace("-1.key", "-2.key")).write_bytes(b"x" * 32)

    def broken(_: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(secretfiles, "destroy", broken)
        with pytest.raises(KeyStoreError, match="cannot be opened: Input/output"):
            FileKeyStore.open(path, folder)
    assert contents(path, folder) == {**LIVE, **DOOMED}
    assert len(list(folder.iterdir())) == 1


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
