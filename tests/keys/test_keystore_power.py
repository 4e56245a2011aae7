"""Power cuts: whatever the disks had not synced may be gone, and on each disk by itself. No live key goes with it.

What the keystore asks of the disk is recorded; then every state that two disks may be in after a cut at any moment is
laid out as real files and opened. Pessimistic on purpose: what was not fsynced may be there, half there or not; names
that were changed since their folder was synced may have changed in any combination. A kill takes less (see
test_keystore_kill.py), but a kill, an opening and then a cut are here too.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from keys import KeyStoreError, secretfiles
from keys.keystore import FileKeyStore
from tests.keys.test_keystore_kill import Steps
from tests.keys.thief import Filled, Mounts, opened

pytestmark = pytest.mark.slow

Op = tuple[Any, ...]


@dataclass
class Recorder:
    """What was asked of the disk, in order. Files are numbers, so that a rename moves no bytes."""

    base: Path
    ops: list[Op] = field(default_factory=list)
    names: dict[Path, int] = field(default_factory=dict)
    handles: dict[int, tuple[str, Any]] = field(default_factory=dict)

    def note(self, *op: Any) -> None:
        self.ops.append(op)

    def open(self, real: Callable[..., int], path: Any, flags: int, *rest: Any) -> int:
        handle, path = real(path, flags, *rest), Path(path)
        if flags & os.O_DIRECTORY:
            self.handles[handle] = ("folder", path)
        else:
            if flags & os.O_CREAT and path not in self.names:
                self.names[path] = len(self.names) + 1000 * (len(self.ops) + 1)
                self.note("create", path, self.names[path])
            self.handles[handle] = ("file", self.names.get(path))
        return handle

    def write(self, real: Callable[..., int], handle: int, data: bytes) -> int:
        self.note("write", self.handles[handle][1], bytes(data))
        return real(handle, data)

    def fsync(self, real: Callable[..., None], handle: int) -> None:
        real(handle)
        kind, what = self.handles[handle]
        self.note("sync folder" if kind == "folder" else "fsync", what)

    def replace(self, real: Callable[..., None], old: Any, new: Any) -> None:
        real(old, new)
        number = self.names.pop(Path(old))
        self.names[Path(new)] = number
        self.note("rename", Path(old), Path(new), number)

    def unlink(self, real: Callable[..., None], path: Any) -> None:
        real(path)
        self.names.pop(Path(path), None)
        self.note("unlink", Path(path))

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("open", "write", "fsync", "replace", "unlink"):
                heard, real = getattr(self, name), getattr(os, name)
                patch.setattr(os, name, lambda *given, h=heard, r=real: h(r, *given))
            yield


@dataclass
class Disks:
    """What is durable, and what might be, after some operations."""

    names: dict[Path, int]
    contents: dict[int, bytes]
    loose_names: dict[Path, list[Op]] = field(default_factory=dict)
    loose_contents: dict[int, list[bytes]] = field(default_factory=dict)

    def do(self, op: Op) -> None:
        match op:
            case ("create" | "rename" | "unlink", path, *_):
                self.loose_names.setdefault(path.parent, []).append(op)
                if op[0] == "create":
                    self.contents[op[2]] = b""
            case ("write", number, data):
                self.loose_contents.setdefault(number, []).append(data)
            case ("fsync", number):
                for data in self.loose_contents.pop(number, []):  # each is written once, from its beginning
                    self.contents[number] = data + self.contents[number][len(data) :]
            case ("sync folder", folder):
                for loose in self.loose_names.pop(folder, []):
                    apply(self.names, loose)

    def states(self) -> Iterator[dict[Path, bytes]]:
        """Every way in which the files may be found after the cut."""
        subsets = [
            [kept for size in range(len(ops) + 1) for kept in itertools.combinations(ops, size)]
            for ops in self.loose_names.values()
        ]
        numbers = sorted(self.loose_contents)
        variants = [[self.contents[n], *halves(self.loose_contents[n][-1], self.contents[n])] for n in numbers]
        for chosen in itertools.product(*subsets):
            names = dict(self.names)
            for op in itertools.chain(*chosen):
                apply(names, op)
            for found in itertools.product(*variants):
                contents = {**self.contents, **dict(zip(numbers, found, strict=True))}
                yield {path: contents[number] for path, number in names.items()}


def halves(data: bytes, before: bytes) -> tuple[bytes, bytes]:
    """Written in part over what was there, and written whole."""
    half = len(data) // 2
    return data[:half] + before[half:], data + before[len(data) :]


def apply(names: dict[Path, int], op: Op) -> None:
    match op:
        case ("create", path, number):
            names[path] = number
        case ("rename", old, new, number):
            names.pop(old, None)
            names[new] = number
        case ("unlink", path):
            names.pop(path, None)


@dataclass
class Scene:
    """A store, its content, and what an act on it asked of the disks."""

    mounts: Mounts
    filled: Filled
    backup: bytes
    before: dict[Path, bytes]
    ops: list[Op]
    numbers: dict[Path, int]

    @classmethod
    def of(cls, base: Path, seed: int, act: Callable[[Mounts, Filled], None]) -> Scene:
        mounts = Mounts(base)
        filled = Filled.by(seed, mounts)
        files = [file for file in mounts.files() if file.suffix != ".lock"]
        numbers = {file: number for number, file in enumerate(files)}
        recorder = Recorder(base, names=dict(numbers))
        before = {file: file.read_bytes() for file in files}
        with recorder.listening():
            act(mounts, filled)
        ops = [op for op in recorder.ops if not str(op[1]).endswith(".lock")]
        return cls(mounts, filled, before[mounts.path], before, ops, numbers)

    def cuts(self, ops: list[Op]) -> Iterator[tuple[bool, dict[Path, bytes]]]:
        """Every state after a cut at every moment; True for those after all was done."""
        disks = Disks(dict(self.numbers), {number: self.before[file] for file, number in self.numbers.items()})
        for done in range(len(ops) + 1):
            for state in disks.states():
                yield done == len(ops), state
            if done < len(ops):
                disks.do(ops[done])

    def judge(self, base: Path, ops: list[Op] | None = None, *, erased: bool = True) -> int:
        """Lay out each state and open it; how many there were."""
        seen: set[tuple[bool, tuple[tuple[Path, bytes], ...]]] = set()
        for last, state in self.cuts(self.ops if ops is None else ops):
            key = (last, tuple(sorted(state.items())))
            if key in seen:
                continue
            seen.add(key)
            mounts = Mounts(base / str(len(seen)))
            for file, data in state.items():
                there = mounts.base / file.relative_to(self.mounts.base)
                there.parent.mkdir(parents=True, exist_ok=True)
                there.write_bytes(data)
                there.chmod(0o600)
            self._judge_one(mounts, done=last and erased)
        return len(seen)

    def _judge_one(self, mounts: Mounts, *, done: bool) -> None:
        old, new = {**self.filled.live, **self.filled.doomed}, self.filled.live
        held = mounts.contents()
        assert held in ((new,) if done else (old, new))
        assert opened([self.backup, *(file.read_bytes() for file in mounts.files())]) == held


def erase(mounts: Mounts, filled: Filled) -> None:
    store = FileKeyStore.open(mounts.path, mounts.folder)
    store.erase(filled.doomed)
    store.close()


class Killed(BaseException):
    """As good as dead: nothing below asks the disk for anything more."""


def killed_and_opened(step: str) -> Callable[[Mounts, Filled], None]:
    def act(mounts: Mounts, filled: Filled) -> None:
        steps = Steps()

        def stop(heard: str) -> None:
            steps(heard)
            if heard == step:
                raise Killed

        store = FileKeyStore.open(mounts.path, mounts.folder, step=stop)
        with contextlib.suppress(Killed):
            store.erase(filled.doomed)
        store.close()
        FileKeyStore.open(mounts.path, mounts.folder).close()

    return act


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_power_cut_in_an_erasure(seed: int, tmp_path: Path) -> None:
    assert Scene.of(tmp_path / "real", seed, erase).judge(tmp_path / "cut") == 13


UNSYNCED = {"after rename store": 23, "after sync folder of store": 16, "before unlink old key": 18}


@pytest.mark.parametrize("step", UNSYNCED)
def test_a_power_cut_after_a_kill_and_an_opening(step: str, tmp_path: Path) -> None:
    """The new store was read from memory, its rename on no disk yet: nothing may be destroyed on the word of that."""
    scene = Scene.of(tmp_path / "real", 1, killed_and_opened(step))
    assert scene.judge(tmp_path / "cut") == UNSYNCED[step]


def test_opening_without_syncing_first_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it was: opening destroyed the other generation on the word of a rename that was on no disk."""

    def hasty(store: FileKeyStore) -> None:
        for file in sorted(store._folder.glob(f"{store._store}-*.key")):
            if file != store._key_file(store._generation):
                secretfiles.destroy(file)

    with monkeypatch.context() as patch:
        patch.setattr(FileKeyStore, "_clean", hasty)
        scene = Scene.of(tmp_path / "real", 1, killed_and_opened("after rename store"))
    with pytest.raises(KeyStoreError, match=r"needs the key of generation|damaged or not of this generation key"):
        scene.judge(tmp_path / "cut")


@pytest.mark.parametrize("guard", ["fsync", "sync folder"])
def test_without_syncing_a_live_key_would_be_lost(guard: str, tmp_path: Path) -> None:
    scene = Scene.of(tmp_path / "real", 1, erase)
    fewer = [op for op in scene.ops if op[0] != guard]
    assert len(fewer) < len(scene.ops)
    with pytest.raises((KeyStoreError, AssertionError)):
        scene.judge(tmp_path / "cut", fewer, erased=False)


def test_without_syncing_the_last_folder_a_dead_key_would_be_kept(tmp_path: Path) -> None:
    """The removal of the old key is made durable: else the key that opens every backup could come back."""
    scene = Scene.of(tmp_path / "real", 1, erase)
    assert [op[0] for op in scene.ops[-3:]] == ["fsync", "unlink", "sync folder"]
    disks = Disks(dict(scene.numbers), {number: scene.before[file] for file, number in scene.numbers.items()})
    for op in scene.ops[:-1]:
        if op[0] != "write" or len(op[2]) != 32:
            disks.do(op)
    kept = [state for state in disks.states() if opened([scene.backup, *state.values()]) != scene.filled.live]
    assert kept
