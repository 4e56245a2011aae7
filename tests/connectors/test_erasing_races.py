"""Erasures beside each other, beside what is being filed, and after a crash: each is told, and none takes too much."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio

from connectors import CheckError, app
from connectors.casefiles import erasure, store
from connectors.casefiles.keyring import Keyring, file_name, receive_name
from connectors.casefiles.store import Doomed, ErasureReceipt
from connectors.database import Database
from connectors.desk import stories
from connectors.exchanges import checking, closing, filing, inbox, keys_of_cases
from connectors.exchanges.checking import Checked
from connectors.exchanges.deciding import move
from connectors.exchanges.drafting import new_id
from connectors.exchanges.outgoing import Sent
from connectors.exchanges.workplace import Workplace
from keys.keystore import FileKeyStore
from keys.sealing import ReceiveKey
from schemas.ids import CaseRef, parse_instant
from tests.connectors.exchange import PERSON, Exchange
from tests.connectors.parties import COLLEGE, HOUSE, TOWN, rule
from tests.making_names import NOW

pytestmark = pytest.mark.slow

ONE, OTHER = CaseRef("A" * 22), CaseRef("B" * 21 + "A")


@pytest_asyncio.fixture
async def ring(tmp_path: Path) -> AsyncIterator[tuple[Database, Keyring, FileKeyStore]]:
    """Two cases, each with a file key of a phase that is over and one of the next."""
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'data.sqlite'}")
    keystore = FileKeyStore.create(tmp_path / "a" / "store", tmp_path / "b")
    keyring = Keyring(keystore)
    for case in (ONE, OTHER):
        for phase in ("aanmelding", "triage"):
            await keyring.file_key(case, phase)
    yield database, keyring, keystore
    await database.close()
    keystore.close()


async def both_at_once(database: Database, keyring: Keyring) -> list[ErasureReceipt | None]:
    async def one(case: CaseRef) -> ErasureReceipt | None:
        async with keyring.turn(case):
            return await erasure.settle(database, keyring, case, "triage", (), 0, NOW)

    return list(await asyncio.gather(one(ONE), one(OTHER)))


async def test_of_two_erasures_at_once_each_gets_its_own_evidence(
    ring: tuple[Database, Keyring, FileKeyStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its own alarm, where a keystore did not forget."""
    database, keyring, keystore = ring
    real: Any = keystore.erase
    monkeypatch.setattr(keystore, "erase", lambda _: real(()))
    receipts = await both_at_once(database, keyring)
    expected = [(case, (file_name(case, "aanmelding"),)) for case in (ONE, OTHER)]
    assert [one and (one.case, one.singing) for one in receipts] == expected
    async with database.begin() as tx:
        assert {one.case for one in await store.erasures(tx)} == {ONE, OTHER}
        assert await store.doomed(tx) == ()


async def test_what_another_carried_out_is_told_all_the_same(
    ring: tuple[Database, Keyring, FileKeyStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start, say, that finishes everything between the note and its carrying out."""
    database, keyring, _ = ring
    real = erasure.carry_out

    async def late(*given: Any) -> Any:
        assert len(await real(database, keyring, NOW)) == 1
        return await real(*given)

    monkeypatch.setattr(erasure, "carry_out", late)
    receipt = await erasure.settle(database, keyring, ONE, "triage", (), 0, NOW)
    assert receipt is not None
    assert receipt.names == (file_name(ONE, "aanmelding"),)


async def test_a_key_that_goes_in_another_thread_while_it_is_looked_for(
    ring: tuple[Database, Keyring, FileKeyStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is as if it had gone just before."""
    _, keyring, keystore = ring
    key = ReceiveKey.generate()
    await keyring.keep_receive(key)
    canaries = keyring.canaries([receive_name(key.kid)])
    real, going = keystore.get, {receive_name(key.kid), file_name(ONE, "aanmelding"), file_name(ONE, "triage")}

    def get(name: str) -> bytes:
        if name in going:
            keystore.erase([name])
        return real(name)

    monkeypatch.setattr(keystore, "get", get)
    assert keyring.receive(key.kid) is None
    assert keyring.file_keys(ONE, "aanmelding") == ()
    assert len(await keyring.open_file(ONE, "triage")) == 32  # another one
    going.clear()
    going.add(file_name(OTHER, "triage"))
    assert keyring.singing(canaries) == ()


# ------------------------------------------------------------------------------------------------ beside filing


async def test_what_was_erased_between_its_opening_and_its_filing_is_not_filed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = await Exchange(tmp_path).open(HOUSE, TOWN)
    await exchange.open(COLLEGE, automatic=[rule(COLLEGE, "bekend")])
    exchange.sources[COLLEGE].add("7", {}, **PERSON)
    seen: list[tuple[set[str], ErasureReceipt]] = []
    real = filing.file

    async def beside(place: Workplace, checked: Checked, *rest: Any) -> Any:
        manifest = checked.verified.manifest
        if manifest.kind == "triageantwoord" and manifest.case and checked.opened and not seen:
            items = {item.item for item in checked.opened.exact.exact_items}
            receipt = await closing.erase_items(place, manifest.case, items)
            assert receipt is not None
            seen.append(({str(item) for item in items}, receipt))
        return await real(place, checked, *rest)

    monkeypatch.setattr(inbox, "file", beside)
    try:
        done = await exchange.in_triage()
        await exchange.asked(done, COLLEGE)
        exchange.clock.forward(hours=1, seconds=3)
        await exchange.settle()
        ((items, receipt),) = seen
        assert items
        assert set(receipt.ids) == items
        left = {str(item.item) for item in await stories.case_items(exchange[HOUSE], done.case)}
        assert left
        assert left.isdisjoint(items)
        (line,) = await stories.board(exchange[HOUSE], done.case)
        assert line.outcome is None
        told = [e.source.manifest.act for e in exchange.broker.entries if e.source.manifest.kind == "ontvangst"]
        assert told[-1] is not None
        assert told[-1].model_dump()["result"] == "key_closed"
    finally:
        await exchange.close()


async def test_what_cannot_be_reckoned_with_is_refused_and_the_rest_goes_on(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = filing.file

    async def beyond(place: Workplace, checked: Checked, *rest: Any) -> Any:
        if checked.verified.manifest.kind == "aanmelding":
            raise OverflowError
        return await real(place, checked, *rest)

    monkeypatch.setattr(inbox, "file", beyond)
    await exchange.notified()
    assert {finding.code for finding in await stories.findings(exchange[HOUSE])} == {"storing"}


@pytest.mark.parametrize("entry", ["9999-12-31T23:59:58Z", "0001-01-01T00:00:02Z"])
def test_a_time_at_the_end_of_the_calendar_is_only_wrong(entry: str) -> None:
    made: Any = SimpleNamespace
    manifest = made(to=["me"], sender="s", house="h", case="c", created=NOW, expires=NOW)
    body = made(house="h", case="c", time=parse_instant(entry))
    mine = made(own={"me"}, house=made(directory=made(house="h")))
    with pytest.raises(CheckError) as failure:
        checking.check_addressed(manifest, manifest.sender, body, mine, NOW)
    assert failure.value.code == "te_vroeg"


# ------------------------------------------------------------------------------------------------ after a crash


async def doom(exchange: Exchange, case: CaseRef, phase: str) -> None:
    """As a crash left it: a key of that phase is written down as to be destroyed, and lies there."""
    keyring = exchange[HOUSE].keyring
    await keyring.open_file(case, phase)
    names = keyring.file_names(case, phase)
    row = Doomed(exchange.clock(), case, phase, "phase", (phase,), (), 0, names, keyring.canaries(names))
    async with exchange[HOUSE].database.begin() as tx:
        await store.add_doomed(tx, row)


async def test_a_phase_that_begins_again_gets_a_key_that_stays(exchange: Exchange) -> None:
    done = await exchange.notified()
    house = exchange[HOUSE]
    keep = [item.item for item in await stories.case_items(house, done.case)]
    await doom(exchange, done.case, "triage")
    assert isinstance(await move(house, done.case, "triage", "criteria_voldaan", keep), Sent)
    await exchange.settle()
    await erasure.carry_out(house.database, house.keyring, exchange.clock())
    left = await stories.case_items(house, done.case)
    assert left
    assert all(item.values for item in left)


async def test_nothing_is_taken_in_before_erasures_are_finished(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = await exchange.notified()
    await doom(exchange, done.case, "interventie")
    await exchange.connectors.pop(HOUSE).stop()
    await exchange.open(HOUSE)
    pending: list[int] = []
    real = inbox.take_page

    async def counted(place: Workplace, *rest: Any) -> int:
        async with place.database.begin() as tx:
            pending.append(len(await store.doomed(tx)))
        return await real(place, *rest)

    monkeypatch.setattr(app, "take_page", counted)
    await exchange.connectors[HOUSE].round()
    assert pending == [0]
    assert len(await stories.erasures(exchange[HOUSE], done.case)) == 1


async def test_after_an_older_copy_of_the_keystore_the_phase_goes_on(exchange: Exchange, tmp_path: Path) -> None:
    done = await exchange.notified()
    home, copy = exchange.folder / HOUSE.oin, tmp_path / "copy"
    for part in ("keys", "generations"):
        shutil.copytree(home / part, copy / part)
    item = (await stories.case_items(exchange[HOUSE], done.case))[0].item
    assert await closing.erase_items(exchange[HOUSE], done.case, [item]) is not None
    await exchange.connectors.pop(HOUSE).stop()
    for part in ("keys", "generations"):
        shutil.rmtree(home / part)
        shutil.copytree(copy / part, home / part)
    await exchange.open(HOUSE)
    await exchange.settle()
    keyring = exchange[HOUSE].keyring
    assert keyring.file_names(done.case, "aanmelding") == ()
    assert len(await keyring.file_key(done.case, "aanmelding")) == 32


async def test_a_key_that_expired_has_a_next_one(exchange: Exchange) -> None:
    done = await exchange.notified()
    house = exchange[HOUSE]
    first, again = [
        await keys_of_cases.own_key(house, done.case, "aanmelding", HOUSE, new_id(), "keten-pq") for _ in range(2)
    ]
    assert again == first
    exchange.clock.now = first.not_after - timedelta(seconds=1)
    assert (await keys_of_cases.own_key(house, done.case, "aanmelding", HOUSE, new_id(), "keten-pq")) == first
    exchange.clock.now = first.not_after
    fresh = await keys_of_cases.own_key(house, done.case, "aanmelding", HOUSE, new_id(), "keten-pq")
    assert fresh.kid != first.kid
    assert (fresh.epoch, first.epoch) == (1, 0)
    assert replace(first, erased=None) == first  # the older one still opens what was sealed to it
