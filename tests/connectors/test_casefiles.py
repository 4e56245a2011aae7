"""What lies at rest, what a phase decision destroys, what the outbox survives, and what never lies there in clear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors import LinkError, StateError
from connectors.casefiles import dossier, erasure, store
from connectors.casefiles.keyring import file_name, receive_name
from connectors.desk import stories
from connectors.exchanges import outgoing, queries
from connectors.exchanges.deciding import decide_intake, move
from connectors.exchanges.drafting import new_id
from connectors.exchanges.outgoing import NotSent, Pending, Sent
from keys import KeyStoreError, SealError
from keys.binding import Context
from keys.keystore import FileKeyStore
from keys.sealing import ReceiveKey, open_
from schemas.acts import Keys
from schemas.ids import Term
from tests.connectors.exchange import PERSON, Exchange
from tests.connectors.parties import COLLEGE, HOUSE, TOWN, open_connector, settings

pytestmark = pytest.mark.slow


async def keys_of(exchange: Exchange, case: Any) -> dict[str, Any]:
    async with exchange[HOUSE].database.begin() as tx:
        return {row.phase: row for row in await queries.case_keys(tx, case)}


async def test_a_phase_decision_destroys_the_old_keys(exchange: Exchange) -> None:
    done = await exchange.notified()
    old = (await keys_of(exchange, done.case))["aanmelding"]
    keystore = exchange.connectors[HOUSE]._keystore
    before = keystore.get(receive_name(old.kid))
    keep = [item.item for item in await stories.case_items(exchange[HOUSE], done.case)]
    assert isinstance(await move(exchange[HOUSE], done.case, "triage", "criteria_voldaan", keep), Sent)
    await exchange.settle()
    for name in (receive_name(old.kid), file_name(done.case, "aanmelding")):
        with pytest.raises(KeyStoreError):
            keystore.get(name)
    (row,) = await stories.erasures(exchange[HOUSE], done.case)
    assert row.kids == (old.kid,)
    assert row.after == row.before + 1
    # The canary that was logged with the key opens with what was destroyed, and with nothing that is left.
    published = next(
        key
        for entry in exchange.broker.entries
        if isinstance(entry.source.manifest.act, Keys)
        for key in entry.source.manifest.act.keys
        if key.kid == old.kid
    )
    assert published.phase == "aanmelding"
    context = Context(done.case, exchange.broker.members().house, old.message, HOUSE, Term("aanmelding"))
    assert open_(old.canary, ReceiveKey.from_seed(before), HOUSE, context, 4096).disclosures == ()
    assert exchange[HOUSE].keyring.receive(old.kid) is None


@pytest.mark.rule("3.5b", part="C")
async def test_only_what_is_needed_and_agreed_goes_along(exchange: Exchange) -> None:
    done = await exchange.notified()
    items = await stories.case_items(exchange[HOUSE], done.case)
    # bericht is needed, says the decision, but its provider agreed to names and addresses only.
    await move(exchange[HOUSE], done.case, "triage", "criteria_voldaan", [item.item for item in items])
    await exchange.settle()
    kept = await stories.case_items(exchange[HOUSE], done.case)
    assert {item.category for item in kept} == {"personalia", "adresgegevens"}
    assert {item.phase for item in kept} == {"triage"}
    # The provider keeps its own that the decision names.
    own = await stories.case_items(exchange[TOWN], done.case)
    assert {item.category for item in own} == {"personalia", "adresgegevens", "bericht"}


async def test_doing_nothing_drops(exchange: Exchange) -> None:
    done = await exchange.notified()
    await move(exchange[HOUSE], done.case, "triage", "criteria_voldaan")
    await exchange.settle()
    assert await stories.case_items(exchange[HOUSE], done.case) == ()
    (row,) = await stories.erasures(exchange[HOUSE], done.case)
    assert row.items == 3


async def test_a_case_that_is_refused_leaves_nothing(exchange: Exchange) -> None:
    done = await exchange.notified()
    decided = await decide_intake(exchange[HOUSE], done.case, "afgewezen", "criteria_niet_voldaan")
    assert isinstance(decided, Sent)
    assert isinstance(await move(exchange[HOUSE], done.case, "afgewezen", "criteria_niet_voldaan"), Sent)
    await exchange.settle()
    for address in (HOUSE, TOWN):
        assert await stories.case_items(exchange[address], done.case) == ()
        (row,) = await stories.cases(exchange[address])
        assert row.phase == "afgewezen"


async def test_a_crash_between_decision_and_carrying_loses_nothing_kept(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = await exchange.notified()
    keep = [item.item for item in await stories.case_items(exchange[HOUSE], done.case)]

    async def crash(*_: Any) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(outgoing, "take_decisions", crash)
    with pytest.raises(RuntimeError):
        await move(exchange[HOUSE], done.case, "triage", "criteria_voldaan", keep)
    monkeypatch.undo()
    await reopened(exchange)
    await exchange.settle()
    kept = await stories.case_items(exchange[HOUSE], done.case)
    assert {item.category for item in kept} == {"personalia", "adresgegevens"}
    assert exchange[HOUSE].keyring.phases_of(done.case) == ("triage",)


async def test_a_crash_before_the_keys_are_destroyed_is_made_good(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = await exchange.notified()
    keep = [item.item for item in await stories.case_items(exchange[HOUSE], done.case)]

    async def crash(*_: Any) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(erasure, "settle", crash)
    with pytest.raises(RuntimeError):
        await move(exchange[HOUSE], done.case, "triage", "criteria_voldaan", keep)
    monkeypatch.undo()
    assert "aanmelding" in exchange[HOUSE].keyring.phases_of(done.case)
    await reopened(exchange)
    await exchange.settle()
    assert exchange[HOUSE].keyring.phases_of(done.case) == ("triage",)
    old = (await keys_of(exchange, done.case))["aanmelding"]
    assert exchange[HOUSE].keyring.receive(old.kid) is None
    assert len(await stories.case_items(exchange[HOUSE], done.case)) == 2


async def reopened(exchange: Exchange) -> None:
    """The house's connector, stopped and started."""
    await exchange.connectors.pop(HOUSE).stop()
    await exchange.open(HOUSE)


async def test_an_item_opens_under_its_own_key_only(exchange: Exchange) -> None:
    done = await exchange.notified()
    place = exchange[HOUSE]
    async with place.database.begin() as tx:
        rows = await store.items_of(tx, done.case)
        key = await place.keyring.file_key(done.case, "aanmelding")
        swapped = [(rows[0].item, rows[1].wrapped)]
        await store.rewrap_items(tx, "aanmelding", swapped)
        assert key
        with pytest.raises(StateError):
            await dossier.read_items(tx, place.keyring, done.case)


# ------------------------------------------------------------------------------------------------- the outbox


async def test_what_could_not_go_goes_later_as_the_same_bytes(exchange: Exchange) -> None:
    done = await exchange.notified()
    exchange.broker.away = True
    outcome = await decide_intake(exchange[HOUSE], done.case, "in_triage", "criteria_voldaan")
    assert isinstance(outcome, Pending)
    async with exchange[HOUSE].database.begin() as tx:
        (waiting,) = await queries.waiting(tx)
    exchange.broker.away = False
    await exchange.settle()
    assert exchange.broker.envelopes[outcome.id] == waiting.data


async def test_an_answer_that_was_lost_is_asked_for_again(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker accepted, the connector never heard of it: the same bytes get the same answer."""
    done = await exchange.notified()
    link: Any = exchange[HOUSE].link
    submit = link.submit

    async def lost(data: bytes) -> None:
        await submit(data)
        raise LinkError("gone")

    monkeypatch.setattr(link, "submit", lost)
    outcome = await decide_intake(exchange[HOUSE], done.case, "in_triage", "criteria_voldaan")
    assert isinstance(outcome, Pending)
    monkeypatch.undo()
    before = len(exchange.broker.entries)
    await exchange.settle()
    assert len(exchange.broker.entries) == before
    async with exchange[HOUSE].database.begin() as tx:
        row = await queries.sent(tx, outcome.id)
        assert await queries.known(tx, outcome.id) is not None
    assert row is not None
    assert (row.state, row.data) == ("accepted", None)


async def test_a_refusal_of_the_broker_is_recorded(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    from schemas.policy import Allowed

    done = await exchange.notified()
    monkeypatch.setattr(outgoing, "decide", lambda *_: Allowed())
    outcome = await move(exchange[HOUSE], done.case, "casusoverleg", "criteria_voldaan")
    assert isinstance(outcome, NotSent)
    assert not outcome.at_home
    assert "overgang_niet_toegestaan" in [reason.code for reason in outcome.reasons]
    assert [finding.code for finding in await stories.findings(exchange[HOUSE])] == ["makelaar_weigert"]


async def test_a_receipt_of_somebody_else_is_no_answer(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    from connectors.exchanges.link import Submitted

    done = await exchange.notified()
    other = next(iter(exchange.broker.answers.values()))
    link: Any = exchange[HOUSE].link

    async def forged(data: bytes) -> Submitted:
        return other

    monkeypatch.setattr(link, "submit", forged)
    outcome = await decide_intake(exchange[HOUSE], done.case, "in_triage", "criteria_voldaan")
    assert isinstance(outcome, Pending)
    assert [finding.code for finding in await stories.findings(exchange[HOUSE])] == ["ontvangstbewijs_ongeldig"]


# ------------------------------------------------------------------------------------------ nothing lies open


async def test_nothing_about_a_person_lies_in_clear(exchange: Exchange, capfd: pytest.CaptureFixture[str]) -> None:
    exchange.sources[COLLEGE].add("7", {"woonsituatie": {"woonvorm": "inwonend"}}, **PERSON)
    done = await exchange.in_triage()
    await exchange.asked(done, COLLEGE, disambiguate=True)
    (line,) = await stories.questions(exchange[COLLEGE])
    approval = stories.Approval(by="mw-1", explanation="Een bijzondere uitleg.", bericht={"betrokkenheid": "actueel"})
    await stories.approve(exchange[COLLEGE], line.id, approval)
    exchange.clock.forward(hours=1, seconds=3)
    await exchange.settle()
    await exchange.close()
    exchange.connectors.clear()
    words = [*PERSON.values(), "7811AB", "Proefstraat", "inwonend", "bijzondere uitleg", "Overlast in de wijk"]
    files = [path for path in exchange.folder.rglob("*") if path.is_file()]
    assert len(files) > 6
    for path in files:
        data = path.read_bytes()
        for word in words:
            assert word.encode() not in data, (path.relative_to(exchange.folder), word)
    said = capfd.readouterr()
    for word in words:
        assert word not in said.out + said.err
    for entry in exchange.broker.entries:
        assert not [word for word in words if word in entry.body + entry.manifest]


async def test_tables_are_what_the_models_say(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from connectors.database import Database, metadata

    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'x.sqlite'}")
    async with database.begin() as tx:
        found = await tx.run_sync(lambda c: compare_metadata(MigrationContext.configure(c), metadata))
    await database.close()
    assert found == []


def test_a_sealed_note_needs_its_key() -> None:
    from keys import atrest

    with pytest.raises(SealError):
        atrest.unwrap(atrest.new_key(), atrest.wrap(atrest.new_key(), b"x", b"y"), b"y")
    assert FileKeyStore.backend == "file"


async def test_a_message_under_a_destroyed_key_is_answered_so(exchange: Exchange) -> None:
    """The key went between sealing and opening: nothing opens, and the sender is told to seal again."""
    done = await exchange.in_triage()
    await exchange.asked(done, COLLEGE)
    row = (await keys_of(exchange, done.case))["triage"]
    await exchange[HOUSE].keyring.erase([receive_name(row.kid)])
    exchange.clock.forward(hours=1, seconds=3)
    await exchange.settle()
    receipts = [e.source.manifest for e in exchange.broker.entries if e.source.manifest.kind == "ontvangst"]
    assert receipts[-1].act is not None
    assert receipts[-1].act.model_dump()["result"] == "key_closed"
    assert [finding.code for finding in await stories.findings(exchange[HOUSE])] == ["key_closed"]
    (line,) = await stories.board(exchange[HOUSE], done.case)
    assert line.outcome is None


async def test_the_same_on_postgresql(database: str, postgres: object, tmp_path: Path) -> None:
    """A party may keep its database on a server: same tables, same stories."""
    exchange = await Exchange(tmp_path).open(TOWN)
    chosen = settings(HOUSE, tmp_path).model_copy(update={"database": database})
    exchange.connectors[HOUSE] = await open_connector(chosen, exchange.link(HOUSE), exchange.clock)
    try:
        done = await exchange.in_triage()
        kept = await stories.case_items(exchange[HOUSE], done.case)
        assert {item.category for item in kept} == {"personalia", "adresgegevens"}
        assert await stories.findings(exchange[HOUSE]) == ()
    finally:
        await exchange.close()


async def test_a_database_of_the_version_before_is_taken_along(tmp_path: Path) -> None:
    """Evidence and keys of before the step are there after it, as what they were."""
    import sqlite3

    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    from connectors import migrations
    from connectors.database import Database

    file = tmp_path / "old.sqlite"
    config = Config()
    config.set_main_option("script_location", str(Path(str(migrations.__file__)).parent))
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    when, case, kid, ident = "2026-03-10T09:00:00Z", "A" * 22, "A" * 43, str(new_id())
    with sqlite3.connect(file) as old:
        old.execute("INSERT INTO erasure VALUES (1, ?, ?, 'aanmelding', ?, 3, 4, 5, 'file')", (when, case, kid))
        values = (kid, case, str(HOUSE), when, ident, when)
        old.execute("INSERT INTO case_key VALUES (?, ?, 'aanmelding', 0, ?, '{}', ?, 'c', ?, ?)", values)
    old.close()
    database = await Database.open(f"sqlite+aiosqlite:///{file}")
    async with database.begin() as tx:
        (row,) = await store.erasures(tx)
        (key,) = await queries.case_keys(tx, row.case)
    await database.close()
    assert (row.scope, row.kids, row.before, row.after, row.singing) == ("phase", (kid,), 4, 5, ())
    assert (key.kid, key.suite, key.epoch, key.erased) == (kid, "keten-pq", 0, row.at)
