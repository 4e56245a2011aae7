"""An older copy of a store never costs the newer one, and what an interrupted act left is seen and goes."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from keys import KeyStoreError, checkup, escrow, secretfiles
from keys.keystore import FileKeyStore, read_key
from tests.keys.test_keystore_kill import ACTS, NEXT, Steps, do, killed
from tests.keys.thief import Filled, Mounts, opened

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OLD_KEY_IS_NEXT = 19
"""The step of an erasure before which the new store is durable and the old key still whole."""


@pytest.fixture
def mounts(tmp_path: Path) -> Mounts:
    return Mounts(tmp_path / "party")


@pytest.fixture
def filled(mounts: Mounts) -> Filled:
    return Filled.by(1, mounts)


def elsewhere(mounts: Mounts, tmp_path: Path) -> Path:
    """A backup of the store's disk, laid out in another place."""
    copy = tmp_path / "copy" / mounts.path.name
    shutil.copytree(mounts.path.parent, copy.parent)
    return copy


def interrupted(mounts: Mounts, filled: Filled, step: int = OLD_KEY_IS_NEXT) -> None:
    assert killed(lambda steps: do(mounts, filled, ACTS["erase"], steps), step)
    assert len(list(mounts.folder.glob("*.key"))) == 2


@pytest.mark.parametrize("put_back", [False, True], ids=["elsewhere", "put back"])
def test_an_older_copy_opened_after_a_kill_in_an_erasure(
    put_back: bool, mounts: Mounts, filled: Filled, tmp_path: Path
) -> None:
    copy = elsewhere(mounts, tmp_path)
    do(mounts, filled, ACTS["put"], Steps())
    interrupted(mounts, filled)
    newest = mounts.path.read_bytes()
    path = mounts.path if put_back else copy
    if put_back:
        shutil.copy(copy, path)
    for _ in range(2):
        with pytest.raises(KeyStoreError, match=r"an older copy: a newer keystore, of generation .* put that back"):
            FileKeyStore.open(path, mounts.folder)
    mounts.path.write_bytes(newest)
    assert mounts.contents() == {**filled.live, **NEXT}
    assert mounts.tidy()


def test_without_looking_at_what_it_succeeds_the_newer_store_would_be_lost(
    mounts: Mounts, filled: Filled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = elsewhere(mounts, tmp_path)
    do(mounts, filled, ACTS["put"], Steps())
    interrupted(mounts, filled)
    monkeypatch.setattr(FileKeyStore, "_check_successor", lambda *_: None)
    FileKeyStore.open(copy, mounts.folder).close()
    with pytest.raises(KeyStoreError, match="needs the key of generation"):
        mounts.contents()


def test_a_copy_with_the_same_bytes_loses_nothing_that_was_confirmed(
    mounts: Mounts, filled: Filled, tmp_path: Path
) -> None:
    """It cannot be told from a kill before the new store was there; the erasure was not confirmed: it is done again."""
    copy = elsewhere(mounts, tmp_path)
    interrupted(mounts, filled)
    store = FileKeyStore.open(copy, mounts.folder)
    assert {name: store.get(name) for name in store.names()} == {**filled.live, **filled.doomed}
    store.close()


def test_a_copy_of_the_same_generation_is_another_store_from_its_first_erasure(
    mounts: Mounts, filled: Filled, tmp_path: Path
) -> None:
    """The limit that is stated: two files of one generation, opened one after the other."""
    copy = elsewhere(mounts, tmp_path)
    do(mounts, filled, ACTS["put"], Steps())
    store = FileKeyStore.open(copy, mounts.folder)
    store.erase(filled.doomed)
    store.close()
    with pytest.raises(KeyStoreError, match="needs the key of generation"):
        mounts.contents()


def test_half_a_store_of_a_neighbour_stays(mounts: Mounts, filled: Filled) -> None:
    """``store`` and ``store.b`` in one folder: opening the one while the other writes."""
    neighbour = mounts.path.with_name(mounts.path.name + ".b")
    other = FileKeyStore.create(neighbour, mounts.folder)
    seen: list[Path] = []

    def meanwhile(step: str) -> None:
        if step == "before rename store":
            assert mounts.contents() == {**filled.live, **filled.doomed}
            seen.extend(secretfiles.halves(neighbour))

    other._step = meanwhile
    other.put(NEXT)
    assert len(seen) == 1
    assert secretfiles.halves(mounts.path) == []
    other.close()
    again = FileKeyStore.open(neighbour, mounts.folder)
    assert again.get("next") == NEXT["next"]
    again.close()


# -------------------------------------------------------------------------------------- copies of a generation key


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "safe"


def half_a_copy(mounts: Mounts, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A deposit that is killed before the copy has its name."""
    real = secretfiles.write

    def write(path: Path, data: bytes) -> None:
        real(path, data, lambda step: os._exit(9) if step == "before rename file" else None)

    child = os.fork()
    if not child:
        monkeypatch.setattr(secretfiles, "write", write)
        try:
            escrow.deposit(mounts.path, mounts.folder, folder, NOW)
        finally:
            os._exit(3)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    (half,) = folder.iterdir()
    return half


def grave(mounts: Mounts, folder: Path) -> list[str]:
    remarks = checkup.examine(mounts.path, mounts.folder, NOW, folder)
    return [remark.code for remark in remarks if remark.grave]


def test_half_a_copy_is_seen_and_goes_with_the_next(
    mounts: Mounts, filled: Filled, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = mounts.path.read_bytes()
    half = half_a_copy(mounts, folder, monkeypatch)
    assert opened([backup, half.read_bytes()]) == {**filled.live, **filled.doomed}
    assert escrow.copies(folder) == ()
    assert escrow.strays(folder) == (half,)
    assert grave(mounts, folder) == ["copy_stray"]
    do(mounts, filled, ACTS["erase"], Steps())
    last = escrow.deposit(mounts.path, mounts.folder, folder, NOW + timedelta(days=8))
    assert list(folder.iterdir()) == [last.file]
    assert opened([backup, last.file.read_bytes()]) == {}
    assert grave(mounts, folder) == []


def test_half_a_copy_of_another_store_stays(
    mounts: Mounts, filled: Filled, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Mounts(tmp_path / "other")
    assert Filled.by(2, other).live != filled.live
    half = half_a_copy(other, folder, monkeypatch)
    escrow.deposit(mounts.path, mounts.folder, folder, NOW)
    assert escrow.strays(folder) == (half,)


def test_a_name_without_a_time_is_told_and_stops_nothing(mounts: Mounts, filled: Filled, folder: Path) -> None:
    folder.mkdir()
    odd = folder / "0123456789abcdef-1.20261399T000000Z.escrow"
    odd.write_bytes(b"x")
    assert grave(mounts, folder) == ["copy_stray"]
    copy = escrow.deposit(mounts.path, mounts.folder, folder, NOW)
    assert escrow.copies(folder) == (copy,)
    assert escrow.strays(folder) == (odd,)
    assert filled.live


def test_a_copy_holds_the_key_alone(mounts: Mounts, filled: Filled, folder: Path) -> None:
    copy = escrow.deposit(mounts.path, mounts.folder, folder, NOW)
    (key,) = mounts.folder.glob("*.key")
    assert len(key.read_bytes()) == 64
    assert copy.file.read_bytes() == read_key(key) == key.read_bytes()[:32]
    assert filled.live
