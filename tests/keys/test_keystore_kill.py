"""kill -9 and a failing disk at every step: no live key is lost, no dead key is kept.

A child process with real files dies by SIGKILL before and after each thing that it asks of the disk. Then everything is
opened again, and a thief tries every file that is left or was copied before. Power cuts, which also take what was not
synced: test_keystore_power.py.
"""

from __future__ import annotations

import errno
import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from keys import KeyStoreError, atrest, secretfiles
from keys.keystore import FileKeyStore
from tests.keys.thief import Filled, Mounts, opened

pytestmark = pytest.mark.slow

SEEDS = (1, 2, 3)
NEXT = {"next": b"n" * 32}
Act = Callable[[FileKeyStore, Filled], object]
ACTS: dict[str, Act] = {
    "put": lambda store, _: store.put(NEXT),
    "replace": lambda store, filled: store.put(dict.fromkeys(filled.doomed, b"x" * 32)),
    "erase": lambda store, filled: store.erase(filled.doomed),
    "erase and put": lambda store, filled: store.erase(filled.doomed, put=NEXT),
}


def after(act: str, filled: Filled) -> dict[str, bytes]:
    """What the store holds once ``act`` is done."""
    if act == "put":
        return {**filled.live, **filled.doomed, **NEXT}
    if act == "replace":
        return {**filled.live, **dict.fromkeys(filled.doomed, b"x" * 32)}
    return {**filled.live, **(NEXT if act == "erase and put" else {})}


@dataclass
class Steps:
    """Hears every step; at number ``at`` (from 1, once armed) something happens."""

    at: int = 0
    happens: Callable[[], None] = lambda: None
    armed: bool = False
    heard: list[str] = field(default_factory=list)

    def __call__(self, step: str) -> None:
        if self.armed:
            self.heard.append(step)
            if len(self.heard) == self.at:
                self.happens()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def do(mounts: Mounts, filled: Filled, act: Act, steps: Steps) -> None:
    store = FileKeyStore.open(mounts.path, mounts.folder, step=steps)
    try:
        steps.armed = True
        act(store, filled)
    finally:
        store.close()


def reopen(mounts: Mounts, steps: Steps) -> None:
    steps.armed = True
    FileKeyStore.open(mounts.path, mounts.folder, step=steps).close()


def killed(work: Callable[[Steps], object], at: int) -> bool:
    """Whether a child that does ``work`` dies at step ``at``; False: it had fewer."""
    child = os.fork()
    if not child:
        try:
            work(Steps(at, die))
            os._exit(0)
        finally:
            os._exit(3)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def check(mounts: Mounts, filled: Filled, act: str, copies: list[bytes]) -> bool:
    """Open again and judge; whether ``act`` is done. Half of it there is not."""
    held = mounts.contents()
    assert held in ({**filled.live, **filled.doomed}, after(act, filled))
    assert mounts.tidy(), mounts.files()
    stolen = opened([*copies, *(file.read_bytes() for file in mounts.files())])
    assert stolen == held  # nothing else opens: neither generation, no copy, no temporary file
    return held == after(act, filled)


def every_step(base: Path, act: str, seed: int) -> tuple[list[bool], int]:
    """Kill at each step in turn: whether the act was done after each, and how many steps there were."""
    done, at = [], 0
    while True:
        at += 1
        mounts = Mounts(base / str(at))
        filled = Filled.by(seed, mounts)
        copies = [mounts.path.read_bytes()]  # a backup of the store's disk
        dead = killed(partial(do, mounts, filled, ACTS[act]), at)
        done.append(check(mounts, filled, act, copies))
        if not dead:
            return done, at - 1


@pytest.fixture(scope="module")
def kills() -> Iterator[Counter[str]]:
    """Counted, and written where figures are shown."""
    counted: Counter[str] = Counter()
    yield counted
    Path("build").mkdir(exist_ok=True)
    figures = {"killed": dict(counted), "seeds": len(SEEDS), "live_keys_lost": 0, "dead_keys_kept": 0}
    Path("build/keystore_kills.json").write_text(json.dumps(figures, indent=1) + "\n")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("act", ACTS)
def test_a_kill_at_any_step(act: str, seed: int, tmp_path: Path, kills: Counter[str]) -> None:
    done, steps = every_step(tmp_path, act, seed)
    assert steps == (10 if act == "put" else 28)
    # First not, then done, and never back: the rename of the store is the moment.
    assert done == sorted(done)
    assert Counter(done)[True] == (4 if act == "put" else 12)
    kills[act] += steps


@pytest.mark.parametrize("seed", SEEDS)
def test_a_kill_while_the_traces_of_a_kill_are_removed(seed: int, tmp_path: Path, kills: Counter[str]) -> None:
    """Killed in an erasure, then killed again at each step of opening, then opened."""
    second_steps = []
    for first in range(1, 29, 2):  # before each; what lies there after one step is what lies there before the next
        second = 0
        while True:
            second += 1
            mounts = Mounts(tmp_path / f"{first}-{second}")
            filled = Filled.by(seed, mounts)
            copies = [mounts.path.read_bytes()]
            assert killed(partial(do, mounts, filled, ACTS["erase"]), first)
            done = after("erase", filled) == peek(mounts)
            dead = killed(partial(reopen, mounts), second)
            assert check(mounts, filled, "erase", copies) == done
            if not dead:
                break
        second_steps.append(second - 1)
        kills["opening again"] += second - 1
    assert min(second_steps) == 0  # killed before there was anything to remove
    assert max(second_steps) == 26  # the store once more, the other key, half a store


def peek(mounts: Mounts) -> dict[str, bytes]:
    """What a store that was killed holds, read without opening it as its owner (that removes the traces)."""
    return opened([mounts.path.read_bytes(), *(file.read_bytes() for file in mounts.folder.glob("*.key"))])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_kill_while_a_store_is_made(seed: int, tmp_path: Path, kills: Counter[str]) -> None:
    at = 0
    while True:
        at += 1
        mounts = Mounts(tmp_path / str(at))
        if not killed(partial(make, mounts), at):
            break
        if not mounts.path.exists():
            FileKeyStore.create(mounts.path, mounts.folder).close()
        assert mounts.contents() == {}
        filled = Filled({"live": b"l"}, {"doomed": b"d"})
        do(mounts, filled, lambda store, both: store.put({**both.live, **both.doomed}), Steps())
        do(mounts, filled, ACTS["erase"], Steps())
        assert mounts.contents() == filled.live
    assert at - 1 == 20
    kills["create"] += at - 1


def make(mounts: Mounts, steps: Steps) -> None:
    steps.armed = True
    FileKeyStore.create(mounts.path, mounts.folder, step=steps).close()


# ---------------------------------------------------------------------------------------- a disk that says no


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS], ids=["full", "broken", "read-only"])
@pytest.mark.parametrize("act", ACTS)
def test_an_error_at_any_step_is_told_and_loses_nothing(act: str, code: int, tmp_path: Path) -> None:
    def fail() -> None:
        raise OSError(code, os.strerror(code))

    for at in range(1, (10 if act == "put" else 28) + 1):
        mounts = Mounts(tmp_path / str(at))
        filled = Filled.by(at, mounts)
        copies = [mounts.path.read_bytes()]
        steps = Steps(at, fail)
        store = FileKeyStore.open(mounts.path, mounts.folder, step=steps)
        steps.armed = True
        with pytest.raises(KeyStoreError, match=f"{os.strerror(code)}; open it again"):
            ACTS[act](store, filled)
        for use in (store.names, partial(store.get, "x"), partial(store.erase, []), partial(store.put, {})):
            with pytest.raises(KeyStoreError, match="open it again"):
                use()
        store.close()
        check(mounts, filled, act, copies)


def test_an_error_while_opening_is_told_and_loses_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    for at in range(1, 19):
        mounts = Mounts(tmp_path / str(at))
        filled = Filled.by(at, mounts)
        assert killed(partial(do, mounts, filled, ACTS["erase"]), 20)  # the new store is there, the old key too
        with pytest.raises(KeyStoreError, match=r"keystore.bin cannot be opened: Input/output error"):
            reopen(mounts, Steps(at, fail))
        assert check(mounts, filled, "erase", [])


# -------------------------------------------------------------------------------- the guards are what does it


def destroy_first(store: FileKeyStore, held: dict[str, bytes]) -> None:
    """The order turned round: the old key goes before the new store is there."""
    fresh, old = atrest.new_key(), store._key_file(store._generation)
    secretfiles.write(store._key_file(store._generation + 1), fresh, store._step, "new key")
    secretfiles.destroy(old, store._step, "old key")
    store._write(held, store._generation + 1, fresh)


def store_first(store: FileKeyStore, held: dict[str, bytes]) -> None:
    """The order turned round: the new store is there before its key."""
    fresh, old = atrest.new_key(), store._key_file(store._generation)
    store._write(held, store._generation + 1, fresh)
    secretfiles.write(store._key_file(store._generation + 1), fresh, store._step, "new key")
    secretfiles.destroy(old, store._step, "old key")


def same_key(store: FileKeyStore, held: dict[str, bytes]) -> None:
    """No new generation: what was erased is in every older copy."""
    store._write(held, store._generation, store._key)


def in_place(path: Path, data: bytes, step: secretfiles.Step = secretfiles.quiet, what: str = "file") -> None:
    """No file beside it and no rename."""
    step(f"before create {what}")
    with path.open("wb", buffering=0) as file:
        path.chmod(0o600)
        step(f"after create {what}")
        file.write(data)
        step(f"after write {what}")


@pytest.mark.parametrize("order", [destroy_first, store_first, same_key])
def test_another_order_would_be_noticed(
    order: Callable[[FileKeyStore, dict[str, bytes]], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = Mounts(tmp_path / "there")
    Filled.by(1, mounts)
    real = FileKeyStore._rotate
    monkeypatch.setattr(
        FileKeyStore, "_rotate", lambda store, held: (order if store._generation else real)(store, held)
    )
    with pytest.raises((AssertionError, KeyStoreError)):
        every_step(tmp_path / "kills", "erase", 1)


def test_writing_in_place_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secretfiles, "write", in_place)
    with pytest.raises((AssertionError, KeyStoreError)):
        every_step(tmp_path, "erase", 1)


def test_leaving_traces_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FileKeyStore, "_clean", lambda _: None)
    with pytest.raises(AssertionError):
        every_step(tmp_path, "erase", 1)
