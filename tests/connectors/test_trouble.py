"""Passing trouble loses nothing: the cursor moves past what was filed, or judged for good. And a bad log is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connectors import CheckError, LinkError, LinkRefusedError
from connectors.app import Connector
from connectors.casefiles.keyring import file_name, reply_name
from connectors.desk import stories
from connectors.exchanges import inbox, keys_of_cases, queries
from connectors.exchanges.deciding import move
from connectors.exchanges.inbox import take_page
from connectors.exchanges.outgoing import Pending, Sent
from connectors.exchanges.workplace import Workplace
from keys import KeyStoreError
from keys.keystore import FileKeyStore
from schemas.ids import CaseRef
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, HOUSE, TOWN

pytestmark = pytest.mark.slow


async def codes(place: Workplace) -> list[str]:
    return [finding.code for finding in await stories.findings(place)]


async def phase(place: Workplace, case: CaseRef) -> str | None:
    async with place.database.begin() as tx:
        row = await queries.case_row(tx, case)
    return None if row is None else row.phase


async def pages(place: Workplace) -> None:
    """All that there is."""
    while await take_page(place, 0.0):
        pass


async def rounds(connector: Connector) -> None:
    """Until nothing moves."""
    while await connector.round():
        pass


def full(*_: Any) -> None:
    raise KeyStoreError("No space left on device")


# ------------------------------------------------------------------------------------------------ the own keystore


async def test_a_full_disk_loses_no_request(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    done = await exchange.in_triage()
    house, college = exchange[HOUSE], exchange[COLLEGE]
    await keys_of_cases.request(house, done.case, "triage", HOUSE, COLLEGE)
    monkeypatch.setattr(FileKeyStore, "put", full)
    with pytest.raises(KeyStoreError):
        await take_page(college, 0.0)
    monkeypatch.undo()
    await exchange.settle()
    assert await codes(college) == []
    async with house.database.begin() as tx:
        assert await keys_of_cases.peer(tx, done.case, "triage", COLLEGE, exchange.clock())


async def test_a_full_disk_delays_an_erasure_and_does_not_cancel_it(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = await exchange.notified()
    town = exchange[TOWN]
    assert isinstance(await move(exchange[HOUSE], done.case, "elders", "andere_tafel_passender"), Sent)
    monkeypatch.setattr(FileKeyStore, "erase", full)
    with pytest.raises(KeyStoreError):
        await exchange.connectors[TOWN].round()
    monkeypatch.undo()
    assert await phase(town, done.case) == "elders"
    assert "aanmelding" in town.keyring.phases_of(done.case)
    await exchange.settle()
    assert town.keyring.phases_of(done.case) == ("elders",)
    assert await codes(town) == []


async def test_a_keystore_that_fails_is_not_a_key_that_is_gone(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the sender would hear that the key is closed, and the broker would drop what was sent."""
    done = await exchange.in_triage()
    await exchange.asked(done, COLLEGE)
    exchange.clock.forward(hours=1, seconds=3)
    await exchange.connectors[COLLEGE].round()
    monkeypatch.setattr(FileKeyStore, "_usable", full)
    with pytest.raises(KeyStoreError):
        await take_page(exchange[HOUSE], 0.0)
    monkeypatch.undo()
    await exchange.settle()
    (line,) = await stories.board(exchange[HOUSE], done.case)
    assert line.outcome == "geen_uitspraak"


async def test_a_one_time_key_goes_at_the_next_round(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    done = await exchange.in_triage()
    await exchange.asked(done, COLLEGE)
    exchange.clock.forward(hours=1, seconds=3)
    college = exchange.connectors[COLLEGE]
    await college.round()
    (answer,) = college.place.keyring.replies()
    await exchange.connectors[HOUSE].round()
    monkeypatch.setattr(FileKeyStore, "erase", full)
    with pytest.raises(KeyStoreError):
        await rounds(college)
    monkeypatch.undo()
    assert college.place.keyring.reply(answer) is not None
    await exchange.settle()
    assert college.place.keyring.reply(answer) is None, reply_name(answer)


# --------------------------------------------------------------------------------------------------- the own clock


async def test_a_clock_that_is_behind_loses_no_decision(exchange: Exchange) -> None:
    done = await exchange.notified()
    town = exchange[TOWN]
    exchange.clock.forward(seconds=90)
    assert isinstance(await move(exchange[HOUSE], done.case, "elders", "andere_tafel_passender"), Sent)
    exchange.clock.forward(seconds=-90)
    for _ in range(2):
        with pytest.raises(CheckError) as caught:
            await pages(town)
        assert caught.value.code == "te_vroeg"
    assert await codes(town) == ["te_vroeg"]  # a person hears of the clock, once
    assert await phase(town, done.case) == "aanmelding"
    exchange.clock.forward(seconds=90)
    await exchange.settle()
    assert await phase(town, done.case) == "elders"


async def test_a_decision_that_closes_is_obeyed_however_late(exchange: Exchange) -> None:
    done = await exchange.notified()
    town = exchange[TOWN]
    assert isinstance(await move(exchange[HOUSE], done.case, "elders", "andere_tafel_passender"), Sent)
    exchange.clock.forward(days=31)
    await exchange.settle()
    assert await phase(town, done.case) == "elders"
    assert town.keyring.phases_of(done.case) == ("elders",), file_name(done.case, "aanmelding")
    assert await stories.case_items(town, done.case) == ()
    assert "verlopen" not in await codes(town)


# -------------------------------------------------------------------------------------------- answers that cross


async def test_a_reply_waits_for_what_it_replies_to(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker took the request and does not answer: its reply is not judged without it."""
    done = await exchange.in_triage()
    house = exchange[HOUSE]
    link: Any = house.link
    submit = link.submit

    async def lost(data: bytes) -> None:
        await submit(data)
        raise LinkError("gone")

    monkeypatch.setattr(link, "submit", lost)
    outcome = await keys_of_cases.request(house, done.case, "triage", HOUSE, COLLEGE)
    assert isinstance(outcome, Pending)
    await exchange.connectors[COLLEGE].round()
    with pytest.raises(LinkError):
        await pages(house)
    monkeypatch.undo()
    await exchange.settle()
    assert await codes(house) == []
    async with house.database.begin() as tx:
        assert await keys_of_cases.peer(tx, done.case, "triage", COLLEGE, exchange.clock())


# ------------------------------------------------------------------------------------------------ a log that lies


async def evidence(place: Workplace, code: str) -> dict[str, str]:
    async with place.database.begin() as tx:
        text = await queries.get_state(tx, f"evidence_{code}")
    assert text is not None
    found: dict[str, str] = json.loads(text)
    return found


async def test_two_histories_are_told_once_with_both_notes(exchange: Exchange) -> None:
    await exchange.notified()
    town, broker = exchange[TOWN], exchange.broker
    mine = broker.head()
    leaves, broker.leaves, broker.tiles = broker.leaves, [], {}
    for leaf in [*leaves[:-1], b"\x01another history", b"\x01and on"]:
        broker._append(leaf)
    for _ in range(2):
        with pytest.raises(CheckError):
            await take_page(town, 0.0)
    assert await codes(town) == ["logboek_gespleten"]
    assert await evidence(town, "logboek_gespleten") == {"held": mine, "served": broker.head()}


async def test_a_log_that_was_rolled_back_is_told(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    await exchange.notified()
    town, broker = exchange[TOWN], exchange.broker
    mine = broker.head()
    leaves, broker.leaves, broker.tiles = broker.leaves, [], {}
    for leaf in leaves[:-2]:
        broker._append(leaf)

    async def beyond(*_: Any) -> bytes:
        raise LinkRefusedError(400, "vraag_vorm")

    monkeypatch.setattr(town.link, "inbox", beyond)
    for _ in range(2):
        with pytest.raises(CheckError) as caught:
            await take_page(town, 0.0)
        assert caught.value.code == inbox.SHRUNK
    assert await codes(town) == [inbox.SHRUNK]
    assert await evidence(town, inbox.SHRUNK) == {"held": mine, "served": broker.head()}


async def test_a_directory_that_does_not_hold_costs_no_message(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check that may fail for want of a fresh directory is not decided with a bad one."""
    done = await exchange.in_triage()
    house, college = exchange[HOUSE], exchange[COLLEGE]
    await keys_of_cases.request(house, done.case, "triage", HOUSE, COLLEGE)
    link: Any = college.link
    known = json.loads(await link.directory())

    async def shorter() -> bytes:
        return json.dumps({**known, "records": known["records"][:-1]}).encode()

    def stale(*_: Any) -> None:
        raise CheckError("niet_toegestaan")

    monkeypatch.setattr(link, "directory", shorter)
    monkeypatch.setattr(inbox, "check", stale)
    with pytest.raises(CheckError):
        await take_page(college, 0.0)
    monkeypatch.undo()
    await exchange.settle()
    assert set(await codes(college)) == {"directory_veranderd"}
    async with house.database.begin() as tx:
        assert await keys_of_cases.peer(tx, done.case, "triage", COLLEGE, exchange.clock())
