"""kill -9 at every step of erasing an item: keystore and database together, real files, a child that dies.

Nothing that was kept is lost, whatever the moment; and once the erasure was written down it is done at the next start.
The thief has a copy of the database of before and all that the keystore holds after.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from connectors.casefiles import dossier, erasure, store
from connectors.casefiles.dossier import FiledItem
from connectors.casefiles.keyring import Keyring
from connectors.casefiles.store import ItemRow
from connectors.database import Database, Transaction
from keys import KeysError, atrest
from keys.keystore import FileKeyStore
from keys.sealing import ReceiveKey
from schemas.content import Item
from schemas.ids import Kid
from tests.making import item_of
from tests.making_names import CASE, MELDER, NOW, message_id, reference

pytestmark = pytest.mark.slow

PHASE = "triage"
VALUES = {"straat": "Proefstraat"}


def an_item(number: int) -> FiledItem:
    label = reference(f"item {number}")
    members = item_of("adresgegevens", ["straat"], "I", MELDER) | {"item": label}
    item = Item.model_validate(members | {"origin": {"party": MELDER, "item": label}})
    return FiledItem(item, message_id("kill"), PHASE, {**VALUES, "huisnummer": number})


ITEMS = tuple(an_item(number) for number in range(4))
DOOMED = ITEMS[1].item.item


@dataclass
class Steps:
    """Hears each step of keystore and database; dies at number ``at``, once armed."""

    at: int = 0
    armed: bool = False
    heard: list[str] = field(default_factory=list)

    def __call__(self, step: str) -> None:
        if self.armed:
            self.heard.append(step)
            if len(self.heard) == self.at:
                os.kill(os.getpid(), signal.SIGKILL)


@asynccontextmanager
async def opened(folder: Path, steps: Steps) -> AsyncIterator[tuple[Database, Keyring]]:
    keystore = FileKeyStore.open(folder / "a" / "store", folder / "b", step=steps)
    database = await Database.open(f"sqlite+aiosqlite:///{folder / 'data.sqlite'}")
    begin = database.begin

    @asynccontextmanager
    async def heard() -> AsyncIterator[Transaction]:
        async with begin() as tx:
            yield tx
            steps("before commit")
        steps("after commit")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "begin", heard)  # the same, with somebody listening
        try:
            yield database, Keyring(keystore)
        finally:
            await database.close()
            keystore.close()


async def prepare(folder: Path) -> Kid:
    """Four items and a receive key."""
    FileKeyStore.create(folder / "a" / "store", folder / "b").close()
    key = ReceiveKey.generate()
    async with opened(folder, Steps()) as (database, keyring):
        await keyring.keep_receive(key)
        rows = await dossier.seal_items(keyring, CASE, PHASE, ITEMS, NOW)
        async with database.begin() as tx:
            await store.add_items(tx, rows)
    return key.kid


async def erase(folder: Path, kid: Kid, steps: Steps) -> None:
    async with opened(folder, steps) as (database, keyring):
        steps.armed = True
        await erasure.erase_items(database, keyring, CASE, PHASE, [DOOMED], [kid], NOW)


async def start(folder: Path, steps: Steps) -> None:
    """What a start does."""
    async with opened(folder, steps) as (database, keyring):
        steps.armed = True
        await erasure.carry_out(database, keyring, NOW)


async def look(folder: Path) -> tuple[dict[str, object], tuple[ItemRow, ...], list[bytes], int]:
    """What can be read, the rows, all secrets that are left, and how much evidence there is."""
    async with opened(folder, Steps()) as (database, keyring), database.begin() as tx:
        items = await dossier.read_items(tx, keyring, CASE)
        names = keyring._store.names()
        receipts = await store.erasures(tx, CASE)
        assert not {name for one in receipts for name in one.names} & set(names)
        assert all(one.after == one.before + 1 and one.singing == () for one in receipts)
        rows = await store.items_of(tx, CASE)
        return {one.item.item: one.values for one in items}, rows, [keyring._store.get(n) for n in names], len(receipts)


def stolen(secrets: list[bytes], rows: tuple[ItemRow, ...]) -> set[str]:
    """The items among rows of a backup that open with any of these secrets."""
    found: set[str] = set()
    for row in rows:
        for secret in secrets:
            try:
                own = atrest.unwrap(secret, row.wrapped, f"keten-1.item-key.{row.item}".encode())
            except KeysError:
                continue
            assert json.loads(atrest.unwrap(own, row.content, f"keten-1.item.{row.item}".encode()))
            found.add(row.item)
    return found


def killed(work: Callable[[Steps], object], at: int) -> bool:
    child = os.fork()
    if not child:
        try:
            work(Steps(at))
            os._exit(0)
        finally:
            os._exit(3)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def run(story: Callable[..., Coroutine[Any, Any, None]], *given: object) -> Callable[[Steps], None]:
    return lambda steps: asyncio.run(story(*given, steps))


def test_a_kill_at_any_step_of_erasing_an_item(tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    origin.mkdir()
    kid = asyncio.run(prepare(origin))
    whole = {one.item.item: one.values for one in ITEMS}
    rest = {item: values for item, values in whole.items() if item != DOOMED}
    before, backup, secrets, _ = asyncio.run(look(origin))
    assert before == whole
    assert stolen(secrets, backup) == set(whole)
    seen, at = [], 0
    while True:
        at += 1
        folder = tmp_path / str(at)
        shutil.copytree(origin, folder)
        dead = killed(run(erase, folder, kid), at)
        asyncio.run(start(folder, Steps()))
        held, _, secrets, receipts = asyncio.run(look(folder))
        assert held in (whole, rest)  # all that was kept opens, whatever the moment
        assert (held == rest) == (receipts == 1)
        if held == rest:
            assert stolen(secrets, backup) == set()
        seen.append(held == rest)
        asyncio.run(erase(folder, kid, Steps()))  # whoever wanted it gone asks again
        held, _, secrets, _ = asyncio.run(look(folder))
        assert held == rest
        assert stolen(secrets, backup) == set()
        if not dead:
            break
    assert seen == sorted(seen)  # the commit that writes it down is the moment
    assert at - 1 == 46  # 10 of the next file key, 28 of the erasure, 4 commits
    figures = Path("build") / "erasure_kills.json"
    figures.parent.mkdir(exist_ok=True)
    figures.write_text(json.dumps({"killed": at - 1, "items_lost": 0, "items_that_open_after": 0}, indent=1) + "\n")


def test_a_kill_while_a_start_finishes_an_erasure(tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    origin.mkdir()
    kid = asyncio.run(prepare(origin))
    _, backup, _, _ = asyncio.run(look(origin))
    steps = Steps()
    dry = tmp_path / "dry"
    shutil.copytree(origin, dry)
    asyncio.run(erase(dry, kid, steps))
    written = [number for number, step in enumerate(steps.heard, 1) if step == "after commit"][1]
    assert killed(run(erase, origin, kid), written)
    at = 0
    while True:
        at += 1
        folder = tmp_path / str(at)
        shutil.copytree(origin, folder)
        dead = killed(run(start, folder), at)
        asyncio.run(start(folder, Steps()))
        held, _, secrets, receipts = asyncio.run(look(folder))
        assert len(held) == 3
        assert stolen(secrets, backup) == set()
        assert receipts == 1
        if not dead:
            break
    assert at > 30


@pytest.mark.parametrize("guard", ["the note", "the next key"])
def test_without_the_guard_it_would_be_noticed(guard: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if guard == "the note":  # what is to be destroyed is not written down with the rows that go

        async def nothing(*_: object) -> None:
            return None

        monkeypatch.setattr(store, "add_doomed", nothing)
    else:  # the old file key stays: only the row goes
        monkeypatch.setattr(Keyring, "erase", lambda keyring, names: asyncio.to_thread(keyring._store.erase, ()))
    with pytest.raises(AssertionError):
        test_a_kill_at_any_step_of_erasing_an_item(tmp_path)
