"""One item erased: its key, every copy of it elsewhere, the epoch; and all else stays."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import Any

import pytest

from connectors import StateError
from connectors.casefiles import dossier, erasure
from connectors.casefiles import store as casefiles
from connectors.casefiles.keyring import audit_name, receive_name
from connectors.casefiles.store import ErasureReceipt
from connectors.desk import stories
from connectors.exchanges import closing, queries
from connectors.exchanges.asking import ask
from connectors.exchanges.notifying import Notified
from keys import KeysError, KeyStoreError, atrest
from keys.binding import Context
from keys.keystore import FileKeyStore
from keys.sealing import held_key, open_
from schemas.acts import Keys
from schemas.canonical import digest_text
from schemas.ids import CaseRef, ItemRef, Term
from schemas.strict import decode_base64url
from tests.connectors.exchange import PERSON, Exchange
from tests.connectors.parties import COLLEGE, HOUSE, TOWN, rule

pytestmark = pytest.mark.slow


def secrets_of(exchange: Exchange, address: Any = HOUSE) -> list[bytes]:
    """All that the keystore of a party still holds."""
    keystore = exchange.connectors[address]._keystore
    return [keystore.get(name) for name in keystore.names()]


async def one_item(exchange: Exchange, done: Notified) -> ItemRef:
    return next(
        one.item for one in await stories.case_items(exchange[HOUSE], done.case) if one.category == "personalia"
    )


async def item_rows(exchange: Exchange, case: CaseRef) -> tuple[casefiles.ItemRow, ...]:
    async with exchange[HOUSE].database.begin() as tx:
        return await casefiles.items_of(tx, case)


def opens(secrets: list[bytes], row: casefiles.ItemRow) -> bool:
    """Whether any of these opens a row of the database, as somebody with a backup of it would try."""
    for secret in secrets:
        with contextlib.suppress(KeysError):
            return bool(atrest.unwrap(secret, row.wrapped, f"keten-1.item-key.{row.item}".encode()))
    return False


async def erased(exchange: Exchange, done: Notified, *items: ItemRef) -> ErasureReceipt:
    receipt = await closing.erase_items(exchange[HOUSE], done.case, items)
    assert receipt is not None
    return receipt


async def test_an_erased_item_opens_nowhere(exchange: Exchange) -> None:
    done = await exchange.in_triage()
    item = await one_item(exchange, done)
    await exchange.asked(done, COLLEGE)  # so that the house has a receive key in this phase
    backup = await item_rows(exchange, done.case)
    async with exchange[HOUSE].database.begin() as tx:
        (key,) = [row for row in await queries.case_keys(tx, done.case) if row.phase == "triage"]
    before = exchange.connectors[HOUSE]._keystore.get(receive_name(key.kid))
    assert all(opens(secrets_of(exchange), row) for row in backup)
    receipt = await erased(exchange, done, item)
    left = {one.item: one.values for one in await stories.case_items(exchange[HOUSE], done.case)}
    assert item not in left
    assert len(left) == len(backup) - 1
    assert all(left.values())  # and all else opens
    # No row of a backup opens with anything that is left: that of the item has no other, those of the rest have.
    assert not any(opens(secrets_of(exchange), row) for row in backup)
    # What was published when the key was made opens with what was destroyed, and with nothing that is left.
    context = Context(done.case, exchange.broker.members().house, key.message, HOUSE, Term("triage"))
    assert open_(key.canary, held_key(before), HOUSE, context, 4096).disclosures == ()
    published = [
        one.canary
        for entry in exchange.broker.entries
        if isinstance(entry.source.manifest.act, Keys)
        for one in entry.source.manifest.act.keys
        if one.kid == key.kid
    ]
    assert published[0] == digest_text(key.canary)
    assert before not in secrets_of(exchange)
    assert exchange[HOUSE].keyring.receive(key.kid) is None
    # The evidence.
    assert (receipt.scope, receipt.ids, receipt.items, receipt.kids) == ("item", (item,), 1, (key.kid,))
    assert receipt.after == receipt.before + 1
    assert (receipt.method, receipt.backend, receipt.weak) == ("generatie_vervangen", "file", True)
    assert set(receipt.names) == set(receipt.canaries) == {f"file/{done.case}/triage", receive_name(key.kid)}
    assert receipt.singing == ()
    assert atrest.sings(decode_base64url(receipt.canaries[receive_name(key.kid)]), before)
    assert receipt == (await stories.erasures(exchange[HOUSE], done.case))[-1]


async def test_the_next_key_goes_to_everybody_who_had_the_old_one(exchange: Exchange) -> None:
    exchange.sources[COLLEGE].add("7", {}, **PERSON)
    done = await exchange.in_triage()
    await exchange.asked(done, COLLEGE)
    before = len(exchange.broker.entries)
    await erased(exchange, done, await one_item(exchange, done))
    sent = [entry.source.manifest for entry in exchange.broker.entries[before:]]
    assert [(one.kind, one.to) for one in sent] == [("sleutel", (TOWN,)), ("sleutel", (COLLEGE,))]  # each apart
    (key,) = sent[0].act.keys if isinstance(sent[0].act, Keys) else ()
    assert key.epoch == 1
    assert await closing.publish(exchange[HOUSE], done.case) == 0  # nobody is told twice
    # What is sealed from now on is sealed to that one, and filed.
    await exchange.settle()
    exchange.clock.forward(hours=1, seconds=3)
    await exchange.settle()
    (line,) = await stories.board(exchange[HOUSE], done.case)
    assert line.outcome is not None
    answer = next(e.source.manifest for e in exchange.broker.entries if e.source.manifest.kind == "triageantwoord")
    assert answer.sealed is not None
    assert answer.sealed.recipients == (key.kid,)
    assert await stories.findings(exchange[HOUSE]) == ()


async def test_what_arrives_under_the_old_key_is_answered_so(exchange: Exchange) -> None:
    """The answer was on its way when the epoch closed."""
    done = await exchange.in_triage()
    await exchange.asked(done, COLLEGE)
    exchange.clock.forward(hours=1, seconds=3)
    await exchange.connectors[COLLEGE].round()
    assert exchange.broker.entries[-1].source.manifest.kind == "triageantwoord"
    await erased(exchange, done, await one_item(exchange, done))
    await exchange.settle()
    receipts = [e.source.manifest for e in exchange.broker.entries if e.source.manifest.kind == "ontvangst"]
    assert receipts[-1].act is not None
    assert receipts[-1].act.model_dump()["result"] == "key_closed"
    (line,) = await stories.board(exchange[HOUSE], done.case)
    assert line.outcome is None


async def test_an_epoch_closes_without_an_item_too(exchange: Exchange) -> None:
    done = await exchange.in_triage()
    assert await closing.close_epoch(exchange[COLLEGE], done.case) is None  # it knows nothing of the case
    await exchange.asked(done, COLLEGE)
    items = await item_rows(exchange, done.case)
    receipt = await closing.close_epoch(exchange[HOUSE], done.case)
    assert receipt is not None
    assert (receipt.scope, receipt.items, len(receipt.kids)) == ("key", 0, 1)
    assert receipt.ids == receipt.kids
    assert await item_rows(exchange, done.case) == items  # not wrapped anew: nothing of the file went
    again = await closing.close_epoch(exchange[HOUSE], done.case)
    assert again is not None
    assert set(again.kids).isdisjoint(receipt.kids)
    async with exchange[HOUSE].database.begin() as tx:
        rows = [row for row in await queries.case_keys(tx, done.case) if row.phase == "triage"]
    assert [(row.epoch, row.erased is None) for row in rows] == [(0, False), (1, False), (2, True)]


async def test_an_item_that_is_not_here_is_nothing_to_erase(exchange: Exchange) -> None:
    done = await exchange.in_triage()
    assert await closing.erase_items(exchange[COLLEGE], done.case, [await one_item(exchange, done)]) is None
    rows = await item_rows(exchange, done.case)
    receipt = await erased(exchange, done, ItemRef("A" * 22))  # a copy sealed to the house may be anywhere all the same
    assert receipt.items == 0
    assert [name.partition("/")[0] for name in receipt.names] == ["receive"]
    assert await item_rows(exchange, done.case) == rows


async def test_what_lies_ready_about_a_question_stays_and_its_old_seal_does_not_open(exchange: Exchange) -> None:
    exchange.sources[COLLEGE].add("7", {}, **PERSON)
    done = await exchange.in_triage()
    await exchange.asked(done, COLLEGE)
    college = exchange[COLLEGE]
    async with college.database.begin() as tx:
        (row,) = await queries.open_questions(tx)
        (item, *_) = await casefiles.items_of(tx, done.case)
    assert row.proposal is not None
    page = await stories.show(college, row.id)
    assert await closing.erase_items(college, done.case, [item.item]) is not None
    assert (await stories.show(college, row.id)).candidates == page.candidates
    assert page.candidates
    async with college.database.begin() as tx:
        (after,) = await queries.open_questions(tx)
    assert after.proposal != row.proposal
    with pytest.raises(StateError):
        await dossier.read_note(college.keyring, done.case, "triage", row.id, row.proposal)


# -------------------------------------------------------------------------------------- crashes and old copies


class PowerCutError(RuntimeError):
    """As if the process had ended here."""


@pytest.mark.parametrize("where", ["drop", "carry_out", "add_erasure", "publish"])
async def test_a_crash_anywhere_is_finished_at_the_next_start(
    where: str, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = await exchange.in_triage()
    await exchange.asked(done, COLLEGE)
    item, backup = await one_item(exchange, done), await item_rows(exchange, done.case)
    module: Any = {"drop": dossier, "carry_out": erasure, "add_erasure": casefiles, "publish": closing}[where]

    async def cut(*_: Any) -> None:
        raise PowerCutError

    monkeypatch.setattr(module, where, cut)
    with pytest.raises(PowerCutError):
        await closing.erase_items(exchange[HOUSE], done.case, [item])
    monkeypatch.undo()
    await exchange.connectors.pop(HOUSE).stop()
    await exchange.open(HOUSE)
    await exchange.settle()
    left = await stories.case_items(exchange[HOUSE], done.case)
    assert all(one.values for one in left)
    if where == "drop":  # nothing had been decided for good: it is there, and whoever wanted it gone does it again
        assert len(left) == 2
        await erased(exchange, done, item)
    else:
        assert len(left) == 1
        assert [one.scope for one in await stories.erasures(exchange[HOUSE], done.case)] == ["phase", "item"]
    assert not any(opens(secrets_of(exchange), row) for row in backup)
    await exchange.settle()
    told = [e.source.manifest.act for e in exchange.broker.entries if e.source.manifest.to == (COLLEGE,)]
    assert max(key.epoch for act in told if isinstance(act, Keys) for key in act.keys) >= 1


async def test_an_older_copy_of_the_keystore_brings_nothing_back(exchange: Exchange, tmp_path: Path) -> None:
    """Both halves were copied, and put back after an erasure: what was erased is destroyed again at the start."""
    done = await exchange.in_triage()
    await exchange.asked(done, COLLEGE)
    item, backup = await one_item(exchange, done), await item_rows(exchange, done.case)
    home, copy = exchange.folder / HOUSE.oin, tmp_path / "copy"
    for part in ("keys", "generations"):
        shutil.copytree(home / part, copy / part)
    receipt = await erased(exchange, done, item)
    await exchange.connectors.pop(HOUSE).stop()
    newest = FileKeyStore.open(home / "keys" / "store", home / "generations")
    fresh = {name: newest.get(name) for name in newest.names()}
    newest.close()
    for part in ("keys", "generations"):
        shutil.rmtree(home / part)
        shutil.copytree(copy / part, home / part)
    older = FileKeyStore.open(home / "keys" / "store", home / "generations")
    assert set(receipt.names) <= set(older.names())
    older.put({name: secret for name, secret in fresh.items() if name not in older.names()})
    older.close()
    await exchange.open(HOUSE)
    await exchange.settle()
    assert not any(opens(secrets_of(exchange), row) for row in backup)
    assert not set(receipt.names) & set(exchange.connectors[HOUSE]._keystore.names())
    last = (await stories.erasures(exchange[HOUSE], done.case))[-1]
    assert set(last.names) == set(receipt.names)
    assert len(await stories.case_items(exchange[HOUSE], done.case)) == 1


async def test_a_key_that_still_opens_is_told(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """A keystore that says that it forgot, and did not."""
    done = await exchange.in_triage()
    keystore: Any = exchange.connectors[HOUSE]._keystore
    real = keystore.erase
    monkeypatch.setattr(keystore, "erase", lambda names: real(()))
    receipt = await erased(exchange, done, await one_item(exchange, done))
    assert set(receipt.singing) == set(receipt.names)
    assert f"file/{done.case}/triage" in receipt.names
    assert [one.code for one in await stories.findings(exchange[HOUSE])] == ["sleutel_niet_vernietigd"]


# ------------------------------------------------------------------------------------------- what outlives it


async def test_ones_own_explanation_lies_under_the_audit_key(exchange: Exchange) -> None:
    done = await exchange.in_triage()
    await closing.erase_items(
        exchange[TOWN], done.case, [one.item for one in await stories.case_items(exchange[TOWN], done.case)]
    )
    assert await stories.case_items(exchange[TOWN], done.case) == ()
    town = exchange[TOWN]
    async with town.database.begin() as tx:
        kept = await dossier.read_explanations(tx, town.keyring, done.case)
        (row,) = await casefiles.explanations(tx, done.case)
        assert await dossier.read_explanations(tx, exchange[HOUSE].keyring, done.case) == {}  # another's key
    assert list(kept.values()) == ["Zonder deze gegevens is niet te toetsen of de casus aan de criteria voldoet."]
    assert b"criteria" not in row.sealed


@pytest.mark.parametrize("outcome", ["niet_bekend", "geen_uitspraak"])
async def test_an_answer_without_items_leaves_its_explanation_too(outcome: str, tmp_path: Path) -> None:
    exchange = await Exchange(tmp_path).open(HOUSE, TOWN)
    await exchange.open(COLLEGE, automatic=[rule(COLLEGE, outcome)])
    try:
        done = await exchange.in_triage()
        await exchange.run(ask(exchange[HOUSE], exchange.asking(done), wait=5))
        await exchange.settle()
        exchange.clock.forward(hours=1, seconds=3)
        await exchange.settle()
        async with exchange[COLLEGE].database.begin() as tx:
            kept = await dossier.read_explanations(tx, exchange[COLLEGE].keyring, done.case)
        assert len(kept) == 1
    finally:
        await exchange.close()


async def test_at_the_end_of_all_terms_nothing_is_left(exchange: Exchange) -> None:
    done = await exchange.in_triage()
    town = exchange[TOWN]
    async with town.database.begin() as tx:
        kids = [row.kid for row in await queries.case_keys(tx, done.case) if row.erased is None]
    async with town.keyring.turn(done.case):
        receipt = await erasure.forget_case(town.database, town.keyring, done.case, kids, (), exchange.clock())
    assert receipt is not None
    assert (receipt.scope, receipt.ids, receipt.singing) == ("case", (done.case,), ())
    assert audit_name(done.case) in receipt.names
    names = exchange.connectors[TOWN]._keystore.names()
    assert [name for name in names if done.case in name] == []
    async with town.database.begin() as tx:
        assert await dossier.read_explanations(tx, town.keyring, done.case) == {}
        assert await casefiles.explanations(tx, done.case) == ()
        assert await casefiles.items_of(tx, done.case) == ()
    again = await erasure.forget_case(town.database, town.keyring, done.case, (), (), exchange.clock())
    assert again is None


async def test_a_failing_disk_while_erasing_is_told_and_loses_nothing(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = await exchange.in_triage()
    item = await one_item(exchange, done)

    writes: list[str] = []

    def full(step: str) -> None:
        writes.extend([step] if step == "before write store" else [])
        if len(writes) == 3:  # the next receive key, the next file key, and now without the old ones
            raise OSError(28, "No space left on device")

    keystore: Any = exchange.connectors[HOUSE]._keystore
    monkeypatch.setattr(keystore, "_step", full)
    with pytest.raises(KeyStoreError, match="No space left on device; open it again"):
        await closing.erase_items(exchange[HOUSE], done.case, [item])
    await exchange.connectors.pop(HOUSE).stop()
    await exchange.open(HOUSE)
    await exchange.settle()
    assert len(await stories.case_items(exchange[HOUSE], done.case)) == 1
