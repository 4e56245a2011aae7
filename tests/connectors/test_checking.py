"""What a recipient refuses, whoever lies: the broker, the sender, or both. And each guard is shown to be the one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from connectors import CheckError, LinkError
from connectors.desk import stories
from connectors.exchanges import checking, inbox, keys_of_cases, log_view, notifying, opening, outgoing, pages
from connectors.exchanges.checking import Checked, Replay, check
from connectors.exchanges.deciding import move
from connectors.exchanges.drafting import Salted
from connectors.exchanges.pages import Delivery
from connectors.exchanges.workplace import Workplace
from keys import disclosure, jws
from keys.checkpoint import Checkpoint
from keys.sealing import Plaintext
from schemas.gathering import FACT_KINDS, gather
from schemas.ids import Address, CaseRef, FieldPath, Oin
from schemas.manifest import MANIFEST_TYP, Manifest
from schemas.policy import Allowed
from tests import memory_broker
from tests.connectors.exchange import Exchange, form
from tests.connectors.parties import COLLEGE, HOUSE, POLICE, TOWN, signing_key
from tests.memory_broker import MemoryLink

pytestmark = pytest.mark.slow


def link_of(exchange: Exchange, address: Address) -> MemoryLink:
    link = exchange[address].link
    assert isinstance(link, MemoryLink)
    return link


async def codes(place: Workplace) -> list[str]:
    return [finding.code for finding in await stories.findings(place)]


async def sent_notification(exchange: Exchange) -> CaseRef:
    """A notification that lies at the broker, not yet fetched by the house."""
    town, house = exchange.connectors[TOWN], exchange.connectors[HOUSE]
    link = link_of(exchange, HOUSE)
    link.tamper = without("aanmelding")
    town.start()
    house.start()
    done = await notifying.notify(town.place, form(reuse=[]), wait=5)
    await town.rest()
    await house.rest()
    link.tamper = lambda page: None
    return done.case


def kind_of(delivery: dict[str, Any]) -> str:
    if delivery["envelope"] is None:
        return ""
    kind: str = json.loads(jws.parse(delivery["envelope"]["manifest"], MANIFEST_TYP).payload)["kind"]
    return kind


def without(kind: str) -> Callable[[dict[str, Any]], None]:
    """A broker that holds a kind of message back, and what comes after it."""

    def tamper(page: dict[str, Any]) -> None:
        kinds = [kind_of(delivery) for delivery in page["deliveries"]]
        if kind in kinds:
            page["deliveries"] = page["deliveries"][: kinds.index(kind)]

    return tamper


def changing(kind: str, change: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def tamper(page: dict[str, Any]) -> None:
        for delivery in page["deliveries"]:
            if kind_of(delivery) == kind:
                change(delivery)

    return tamper


async def take(exchange: Exchange, address: Address) -> None:
    while await inbox.take_page(exchange[address], 0.0):
        pass


async def held(exchange: Exchange, case: CaseRef) -> set[str]:
    return {item.category for item in await stories.case_items(exchange[HOUSE], case)}


# ------------------------------------------------------------------------------------------- a broker that lies


def other_body(delivery: dict[str, Any]) -> None:
    body = json.loads(delivery["body"])
    body["blind"] = "A" * 22
    delivery["body"] = json.dumps(body, separators=(",", ":"), sort_keys=True)


async def test_what_is_not_in_the_log_is_not_filed(exchange: Exchange) -> None:
    case = await sent_notification(exchange)
    link_of(exchange, HOUSE).tamper = changing("aanmelding", other_body)
    await take(exchange, HOUSE)
    assert await codes(exchange[HOUSE]) == ["bewijs"]
    assert await held(exchange, case) == set()


async def test_without_the_proof_check_it_would_be(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    case = await sent_notification(exchange)
    monkeypatch.setattr(checking, "proven", lambda *_: 0)
    link_of(exchange, HOUSE).tamper = changing("aanmelding", other_body)
    await take(exchange, HOUSE)
    assert await codes(exchange[HOUSE]) == []
    assert "personalia" in await held(exchange, case)


def set_path(*path: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(delivery: dict[str, Any]) -> None:
        place: Any = delivery
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


def other_outcome(delivery: dict[str, Any]) -> None:
    delivery["body"] = delivery["body"].replace('"outcome":"allowed"', '"outcome":"refused"')


def other_signature(delivery: dict[str, Any]) -> None:
    head, payload, signature = delivery["envelope"]["manifest"].split(".")
    swapped = ("B" if signature[0] == "A" else "A") + signature[1:]
    delivery["envelope"]["manifest"] = f"{head}.{payload}.{swapped}"


LIES: list[tuple[Callable[[dict[str, Any]], None], str]] = [
    (set_path("body", value="{}"), "vorm"),
    (set_path("body", value='{"blind":1,"blind":1}'), "vorm"),
    (set_path("envelope", "manifest", value="a.b"), "handtekening_vorm"),
    (other_signature, "handtekening_fout"),
    (set_path("envelope", "sealed", value=None), "logregel_anders"),
    (set_path("envelope", "sealed", value="{}"), "logregel_anders"),
    (other_outcome, "logregel_anders"),
    (set_path("proof", value=None), "bewijs_ontbreekt"),
    (set_path("proof", value="c2sp.org/tlog-proof@v1\nindex 0\n\nx"), "bewijs"),
    (set_path("sources", value=[]), "feiten_kloppen_niet"),
    (set_path("sources", 0, "body", value="{}"), "vorm"),
    (set_path("sources", 0, "proof", value=None), "bewijs_ontbreekt"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("lie", "code"), LIES, ids=[f"{number}-{code}" for number, (_, code) in enumerate(LIES)])
async def test_every_lie_of_the_broker_is_a_finding(
    exchange: Exchange, lie: Callable[[dict[str, Any]], None], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await sent_notification(exchange)
    # A source that was verified before needs no new look: here everything is new.
    original = inbox._knowledge

    async def forgetful(*arguments: Any) -> Any:
        return replace(await original(*arguments), sources={})

    monkeypatch.setattr(inbox, "_knowledge", forgetful)
    link_of(exchange, HOUSE).tamper = changing("aanmelding", lie)
    await take(exchange, HOUSE)
    assert await codes(exchange[HOUSE]) == [code]
    assert await held(exchange, case) == set()


async def test_a_broker_that_waves_through_is_not_obeyed(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notification without informing anybody: refused here, whatever the broker thinks of it."""
    monkeypatch.setattr(memory_broker, "decide", lambda *_: Allowed())
    monkeypatch.setattr("connectors.exchanges.outgoing.decide", lambda *_: Allowed())
    late = form(informed={"recheck": "2026-03-11"})
    exchange.connectors[TOWN].start()
    exchange.connectors[HOUSE].start()
    done = await notifying.notify(exchange[TOWN], late, wait=5)
    await exchange.connectors[TOWN].rest()
    await exchange.connectors[HOUSE].rest()
    exchange.clock.forward(days=3)
    second = await exchange.run(
        notifying._send(
            exchange[TOWN],
            late,
            TOWN,
            done.case,
            notifying._items(exchange[TOWN], late, TOWN, done.subjects, exchange.clock.now),
            await key_of_house(exchange, done.case),
        )
    )
    await exchange.settle()
    findings = await stories.findings(exchange[HOUSE])
    assert [(finding.message, finding.code) for finding in findings] == [(second, "niet_toegestaan")]


async def key_of_house(exchange: Exchange, case: CaseRef) -> Any:
    async with exchange[TOWN].database.begin() as tx:
        return await keys_of_cases.peer(tx, case, "aanmelding", HOUSE, exchange.clock.now)


async def test_two_histories_are_caught(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    await exchange.notified()
    exchange.broker.leaves[3] = b"\x01another history"
    leaves, exchange.broker.leaves, exchange.broker.tiles = exchange.broker.leaves, [], {}
    for leaf in leaves:
        exchange.broker._append(leaf)
    exchange.broker._append(b"\x01one more")
    with pytest.raises(CheckError) as caught:
        await inbox.take_page(exchange[HOUSE], 0.0)
    assert caught.value.code == "logboek_gespleten"
    monkeypatch.setattr(log_view, "verify_consistency", lambda *_: None)
    await inbox.take_page(exchange[HOUSE], 0.0)  # without the check it is taken


async def test_an_older_tree_of_the_same_history_is_fine(exchange: Exchange) -> None:
    await exchange.notified()
    book = exchange[HOUSE].book
    assert book.held is not None
    older = exchange.broker.head()
    exchange.broker._append(b"\x01one more")
    await inbox.take_page(exchange[HOUSE], 0.0)
    size = book.held.size
    head = await book.agree(older, (), Checkpoint("x", 1, b"\0" * 32))
    assert head.size < size == book.held.size


# ------------------------------------------------------------------------------------------- a sender that lies


def lying(items: tuple[Salted, ...]) -> tuple[str, ...]:
    """Other disclosures than the digests in the manifest: another surname."""
    told = []
    for one in items:
        for row, text in zip(one.item.fields, one.disclosures, strict=True):
            other = disclosure.disclose(FieldPath("/geslachtsnaam"), "Anders", disclosure.new_salt()).text
            told.append(other if row.path == "/geslachtsnaam" else text)
    return tuple(told)


async def test_other_values_than_announced_are_not_filed(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifying, "all_disclosures", lying)
    monkeypatch.setattr(outgoing, "check_going", lambda *_: None)
    case = await sent_notification(exchange)
    await exchange.settle()
    assert await codes(exchange[HOUSE]) == ["onthulling_zonder_digest"]
    assert await held(exchange, case) == set()
    # The sender hears the place and the code, in the ledger.
    told = [e.source.manifest for e in exchange.broker.entries if e.source.manifest.kind == "minimalisatie_schending"]
    assert [act["findings"] for act in [told[0].act.model_dump() if told[0].act else {}]] == [
        ({"path": "/geslachtsnaam", "code": "onthulling_zonder_digest"},)
    ]
    assert await codes(exchange[TOWN]) == ["onthulling_zonder_digest"]


async def test_without_the_digest_check_they_would_be(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    def trusting(exact: Manifest, plaintext: Plaintext) -> Any:
        told = [disclosure.read(text) for text in plaintext.disclosures]
        found = {}
        for item in exact.exact_items:
            found[item.item] = {row.path[1:]: told.pop(0).value for row in item.fields}
        return found

    monkeypatch.setattr(notifying, "all_disclosures", lying)
    monkeypatch.setattr(outgoing, "check_going", lambda *_: None)
    monkeypatch.setattr(opening, "check_disclosures", trusting)
    case = await sent_notification(exchange)
    await exchange.settle()
    names = [item.values.get("geslachtsnaam") for item in await stories.case_items(exchange[HOUSE], case)]
    assert "Anders" in names


async def the_delivery(exchange: Exchange, address: Address, kind: str) -> Delivery:
    """The delivery of that kind as the broker serves it now."""
    page = exchange.broker.page(Oin(address.oin), 0, 0)
    raw = next(delivery for delivery in page["deliveries"] if kind_of(delivery) == kind)
    return Delivery.model_validate(raw)


async def checked_again(exchange: Exchange, delivery: Delivery) -> Checked | Replay:
    place = exchange[HOUSE]
    page = exchange.broker.page(Oin(HOUSE.oin), 0, 0)
    head = await place.book.agree(page["checkpoint"], (), Checkpoint("x", 1, b"\0" * 32))
    return check(delivery, await inbox._knowledge(place, delivery, head), place.clock())


async def test_the_same_message_again_opens_nothing(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    await exchange.notified()
    delivery = await the_delivery(exchange, HOUSE, "aanmelding")
    opened: list[str] = []
    monkeypatch.setattr(checking, "open_sealed", lambda *_: opened.append("opened"))
    assert isinstance(await checked_again(exchange, delivery), Replay)
    assert opened == []
    monkeypatch.setattr(checking, "check_replay", lambda *_: False)
    await checked_again(exchange, delivery)
    assert opened == ["opened"]


async def test_the_same_message_again_gets_the_same_receipt(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    await exchange.notified()
    inboxes = exchange.broker.inboxes[Oin(HOUSE.oin)]
    row = next(row for row in inboxes if row.get("envelope") and row["entry"].source.manifest.kind == "aanmelding")
    inboxes.append(row)
    sent: list[bytes] = []
    submit = exchange.broker.submit

    def watch(caller: Oin, data: bytes) -> Any:
        sent.append(data)
        return submit(caller, data)

    monkeypatch.setattr(exchange.broker, "submit", watch)
    before = len(exchange.broker.entries)
    await exchange.settle()
    assert len(sent) == 1
    assert sent[0] in exchange.broker.envelopes.values()
    assert len(exchange.broker.entries) == before


async def second_under_one_id(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> Delivery:
    """The sender signs other content under an id that it used, and the broker plays along."""
    await exchange.notified()
    delivery = await the_delivery(exchange, HOUSE, "aanmelding")
    assert delivery.envelope is not None
    payload = json.loads(jws.parse(delivery.envelope.manifest, MANIFEST_TYP).payload)
    payload["necessity"]["code"] = "criteria_toetsen"
    payload["expires"] = "2026-03-20T09:00:00Z"
    text = jws.sign(json.dumps(payload).encode(), signing_key(TOWN), MANIFEST_TYP)
    envelope = {"manifest": text, "sealed": delivery.envelope.sealed}
    exchange.broker.envelopes.clear()
    exchange.broker.inboxes[Oin(HOUSE.oin)].clear()
    monkeypatch.setattr(exchange.broker, "_gather", lambda manifest: not_taken(exchange.broker, manifest))
    answer = exchange.broker.submit(Oin(TOWN.oin), json.dumps(envelope).encode())
    assert answer.accepted, answer.data
    return await the_delivery(exchange, HOUSE, "aanmelding")


def not_taken(broker: memory_broker.MemoryBroker, manifest: Manifest) -> Any:
    sources = [source for source in broker._allowed(manifest.case) if source.manifest.kind in FACT_KINDS]
    return gather(broker.members(), sources, manifest, None)


async def test_another_message_under_a_known_id_is_refused(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = await second_under_one_id(exchange, monkeypatch)
    with pytest.raises(CheckError) as caught:
        await checked_again(exchange, delivery)
    assert caught.value.code == "nummer_hergebruikt"
    monkeypatch.setattr(checking, "check_replay", lambda *_: False)
    passed = await checked_again(exchange, delivery)
    assert isinstance(passed, Checked)
    assert passed.result == "filed"


async def test_a_message_for_somebody_else_is_refused(exchange: Exchange) -> None:
    await exchange.open(POLICE)
    await exchange.notified()
    delivery = await the_delivery(exchange, HOUSE, "aanmelding")
    place = exchange[POLICE]
    page = exchange.broker.page(Oin(POLICE.oin), 0, 0)
    head = await place.book.agree(page["checkpoint"], (), Checkpoint("x", 1, b"\0" * 32))
    with pytest.raises(CheckError) as caught:
        check(delivery, await inbox._knowledge(place, delivery, head), place.clock())
    assert caught.value.code == "niet_aan_mij"


async def test_an_expired_message_is_refused(exchange: Exchange) -> None:
    await sent_notification(exchange)
    exchange.clock.forward(days=15)
    await take(exchange, HOUSE)
    assert await codes(exchange[HOUSE]) == ["verlopen"]


async def test_what_the_case_has_overtaken_is_not_opened(exchange: Exchange) -> None:
    done = await exchange.in_triage()
    await exchange.asked(done, COLLEGE)
    (line,) = await stories.questions(exchange[COLLEGE])
    exchange.clock.forward(hours=1, seconds=1)
    college = exchange.connectors[COLLEGE]
    await college.round()
    await move(exchange[HOUSE], done.case, "afgewezen", "criteria_niet_voldaan")
    await exchange.settle()
    assert await codes(exchange[HOUSE]) == ["overtaken"]
    assert line.state == "open"


def test_pages_are_read_strictly() -> None:
    for data in (
        b"[]",
        b'{"deliveries":[],"last":0}',
        b'{"deliveries":[],"checkpoint":"x","last":0,"more":1}',
        b"\xff",
    ):
        with pytest.raises(LinkError):
            pages.read(pages.Page, data)
