"""Copies of a generation key (at most seven days), and what an operator is told about where things lie."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from keys import KeyStoreError, checkup, escrow
from keys.keystore import FileKeyStore
from tests.keys.test_keystore_kill import ACTS, Steps, do, killed
from tests.keys.thief import Filled, Mounts, opened

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def mounts(tmp_path: Path) -> Mounts:
    return Mounts(tmp_path / "party")


@pytest.fixture
def filled(mounts: Mounts) -> Filled:
    return Filled.by(1, mounts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "safe"


def codes(mounts: Mounts, folder: Path | None = None, now: datetime = NOW) -> list[str]:
    return [remark.code for remark in checkup.examine(mounts.path, mounts.folder, now, folder)]


def erase(mounts: Mounts, filled: Filled) -> None:
    do(mounts, filled, ACTS["erase"], Steps())


def deposit(mounts: Mounts, folder: Path, now: datetime = NOW) -> escrow.Copy:
    return escrow.deposit(mounts.path, mounts.folder, folder, now)


def test_a_copy_is_renewed_and_an_old_one_goes(mounts: Mounts, filled: Filled, folder: Path) -> None:
    first = deposit(mounts, folder)
    assert first.file.stat().st_mode & 0o777 == 0o600
    second = deposit(mounts, folder, NOW + timedelta(days=1))
    assert escrow.copies(folder) == (second,)  # of the same key the newer one
    erase(mounts, filled)
    third = deposit(mounts, folder, NOW + timedelta(days=2))
    assert escrow.copies(folder) == (second, third)
    assert third.header.generation == second.header.generation + 1
    (folder / "note.txt").write_text("of the party itself")
    fourth = deposit(mounts, folder, NOW + timedelta(days=8))
    assert escrow.copies(folder) == (fourth,)
    assert sorted(file.name for file in folder.iterdir()) == [fourth.file.name, "note.txt"]


def test_a_copy_of_before_an_erasure_opens_what_was_erased(mounts: Mounts, filled: Filled, folder: Path) -> None:
    """The limit that is stated: for seven days, with a backup of the store of before."""
    deposit(mounts, folder)
    backup = mounts.path.read_bytes()
    erase(mounts, filled)
    files = [backup, *(file.read_bytes() for file in mounts.files())]
    assert opened(files) == filled.live
    assert opened([*files, *(file.read_bytes() for file in folder.iterdir())]) == {**filled.live, **filled.doomed}
    deposit(mounts, folder, NOW + escrow.LIFE)
    assert opened([*files, *(file.read_bytes() for file in folder.iterdir())]) == filled.live


def test_the_copies_of_another_store_stay(mounts: Mounts, filled: Filled, folder: Path, tmp_path: Path) -> None:
    other = Mounts(tmp_path / "other")
    Filled.by(2, other)
    theirs = deposit(other, folder)
    deposit(mounts, folder, NOW + timedelta(days=30))
    assert theirs in escrow.copies(folder)
    assert filled.live


def test_both_disks_lost(mounts: Mounts, filled: Filled, folder: Path, tmp_path: Path) -> None:
    deposit(mounts, folder)
    backup = mounts.path.read_bytes()
    shutil.rmtree(mounts.base)
    again = Mounts(tmp_path / "again")
    again.path.parent.mkdir(parents=True)
    again.path.write_bytes(backup)
    again.path.chmod(0o600)
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    with pytest.raises(KeyStoreError, match="has no copy that opens"):
        escrow.restore(again.path, again.folder, wrong)
    right = next(folder.iterdir())
    (wrong / right.name).write_bytes(b"x" * 32)  # of another history, under the same number
    (wrong / right.name).chmod(0o600)
    with pytest.raises(KeyStoreError, match="has no copy that opens"):
        escrow.restore(again.path, again.folder, wrong)
    assert list(again.folder.glob("*.key")) == []
    escrow.restore(again.path, again.folder, folder)
    assert again.contents() == {**filled.live, **filled.doomed}
    # What goes on is not what the copy opens.
    assert opened([again.path.read_bytes(), right.read_bytes()]) == {}


def test_an_older_store_is_not_put_back_over_a_newer_one(mounts: Mounts, filled: Filled, folder: Path) -> None:
    deposit(mounts, folder)
    backup = mounts.path.read_bytes()
    erase(mounts, filled)
    newest = mounts.path.read_bytes()
    mounts.path.write_bytes(backup)
    with pytest.raises(KeyStoreError, match="put back the newest"):
        escrow.restore(mounts.path, mounts.folder, folder)
    mounts.path.write_bytes(newest)
    assert mounts.contents() == filled.live


def test_no_copy_is_made_of_a_key_that_is_just_being_destroyed(mounts: Mounts, filled: Filled, folder: Path) -> None:
    (key,) = mounts.folder.glob("*.key")
    key.write_bytes(bytes(32))
    with pytest.raises(KeyStoreError, match="not of this generation key"):
        deposit(mounts, folder)
    assert not folder.exists()
    assert filled.live


def test_copies_that_cannot_be(mounts: Mounts, filled: Filled, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyStoreError, match="safe cannot be read: No such file"):
        escrow.copies(folder)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(KeyStoreError, match="no copy in file: Not a directory"):
        deposit(mounts, tmp_path / "file")
    with pytest.raises(KeyStoreError, match="cannot be put back: Not a directory"):
        escrow.restore(mounts.path, tmp_path / "file", folder)
    assert filled.live


# ---------------------------------------------------------------------------------------------- looking at it


def test_all_is_well_but_for_the_one_disk(
    mounts: Mounts, filled: Filled, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (remark,) = checkup.examine(mounts.path, mounts.folder, NOW)
    assert remark.code == "one_file_system"
    assert not remark.grave
    assert str(mounts.folder) in remark.text
    deposit(mounts, folder)
    real = Path.stat

    def other_disks(path: Path, **options: bool) -> os.stat_result:
        found = real(path, **options)
        values = list(found)
        values[2] += (
            (mounts.path, mounts.folder, folder).index(path) if path in (mounts.folder, folder) else 0
        )  # st_dev
        return os.stat_result(values)

    monkeypatch.setattr(Path, "stat", other_disks)
    assert codes(mounts, folder) == []
    assert filled.live


def test_old_copies_are_a_broken_promise(mounts: Mounts, filled: Filled, folder: Path) -> None:
    assert codes(mounts, folder) == ["one_file_system", "no_copies"]
    deposit(mounts, folder)
    week = NOW + escrow.LIFE
    assert codes(mounts, folder, week - timedelta(seconds=1)) == ["one_file_system", "copy_beside"]
    assert codes(mounts, folder, week) == ["one_file_system", "copy_overdue", "copy_beside"]
    remarks = checkup.examine(mounts.path, mounts.folder, week, folder)
    assert [remark.grave for remark in remarks] == [False, True, False]
    assert filled.live


def test_what_keeps_a_connector_from_starting(mounts: Mounts, filled: Filled) -> None:
    mounts.folder.chmod(0o755)
    mounts.path.chmod(0o644)
    assert codes(mounts) == ["open_to_others", "open_to_others", "one_file_system"]
    mounts.path.chmod(0o600)
    mounts.folder.chmod(0o700)
    (key,) = mounts.folder.glob("*.key")
    key.rename(mounts.base / "elsewhere")
    assert codes(mounts) == ["no_generation_key"]
    mounts.path.write_bytes(b"something else")
    assert codes(mounts) == ["not_a_keystore"]
    mounts.path.unlink()
    assert codes(mounts) == ["no_keystore"]
    assert checkup.examine(mounts.path, mounts.folder, NOW)[0].grave
    assert filled.live


@pytest.mark.parametrize("step", [3, 13, 21])
def test_traces_of_a_kill_are_seen_and_go(step: int, mounts: Mounts, filled: Filled) -> None:
    assert killed(lambda steps: do(mounts, filled, ACTS["erase"], steps), step)
    assert codes(mounts) == ["one_file_system", "interrupted"]
    FileKeyStore.open(mounts.path, mounts.folder).close()
    assert codes(mounts) == ["one_file_system"]


def test_a_disk_that_does_not_answer(mounts: Mounts, filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Path) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", broken)
    assert codes(mounts) == ["unreadable"]
    assert filled.live
