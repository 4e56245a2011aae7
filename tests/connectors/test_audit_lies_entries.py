"""Lies about single entries that an audit must find, and honest histories beside them that it must not accuse."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from connectors import LinkRefusedError
from connectors.control import auditing
from connectors.exchanges import store
from connectors.exchanges.drafting import Frame, draft
from connectors.exchanges.link import Submitted
from connectors.exchanges.outgoing import hand_in, signed
from keys import jws, merkle
from schemas.envelope import parse_envelope, parse_manifest
from schemas.ids import CaseRef, MessageId, Oin, Term, format_instant
from schemas.manifest import MANIFEST_TYP
from tests.connectors.audits import (
    AuditedLink,
    audited,
    changed_body,
    codes,
    found,
    last_of,
    link,
    rebuilt,
    relogged,
    two_cases,
    unchecked,
)
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, GGZ, HOUSE, POLICE, TOWN
from tests.memory_broker import Entry

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    """Two cases: one in triage with a question to the municipality, one that the house does not take."""
    async with two_cases(tmp_path_factory.mktemp("audit")) as made:
        yield made


def copied(served: AuditedLink) -> AuditedLink:
    """The same broker, to be lied with once more."""
    return AuditedLink(copy.deepcopy(served.broker), served.oin)


def ended_case(exchange: Exchange) -> str:
    """The case that the house did not take."""
    return str(last_of(link(exchange), "fase_besluit").source.manifest.case)


@asynccontextmanager
async def refused(exchange: Exchange, case: str, phase: str) -> AsyncIterator[tuple[AuditedLink, Entry]]:
    """The town informs the house out of its phase; the broker refuses, and the connector keeps what it sent."""
    town, broker = exchange[TOWN], copy.deepcopy(exchange.broker)
    like = last_of(link(exchange), "geinformeerd").source.manifest
    frame = Frame(
        kind=Term("geinformeerd"), sender=TOWN, to=(HOUSE,), case=CaseRef(case), phase=Term(phase), act=like.act
    )
    data = signed(town, draft(town, frame, exchange.clock()), None)
    assert broker.submit(Oin(TOWN.oin), data).status == 403
    ident = MessageId(parse_manifest(jws.parse(parse_envelope(data).manifest, MANIFEST_TYP).payload).id)
    async with town.database.begin() as tx:
        await store.add_outbox(tx, ident, data, exchange.clock())
        await store.finish_outbox(tx, ident, "refused", 403, "fase_onjuist", data=data)
    try:
        yield AuditedLink(broker, Oin(TOWN.oin)), broker.entries[-1]
    finally:
        async with town.database.begin() as tx:
            await tx.exec_driver_sql("DELETE FROM outbox WHERE id = ?", (ident,))


# ------------------------------------------------------------------------------------------------------- refusals


async def test_a_refusal_goes_with_its_case(exchange: Exchange) -> None:
    """A case that was turned down is erased at once, with the entry of what was refused in it: no finding."""
    case = ended_case(exchange)
    async with refused(exchange, case, "triage") as (served, entry):
        assert (await audited(exchange, served, TOWN)).ok
        served.entry = lambda one: None if one.source.manifest.case == case else one
        for keep in (False, True):
            report = await audited(exchange, served, TOWN, keep=keep)
            assert report.ok, found(report)
            assert unchecked(report)["gewist_na_termijn"] >= 1
    lasting = str(last_of(link(exchange), "triagevraag").source.manifest.case)
    async with refused(exchange, lasting, "aanmelding") as (served, entry):
        served.entry = lambda one: None if one.index == entry.index else one
        assert codes(await audited(exchange, served, TOWN)) == {"vermelding_verzwegen"}


SAID: dict[str, Any] = {"kind": "unknown", "from": TOWN, "to": [HOUSE], "phase": "unknown", "purpose": "unknown"}


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        ({"case": "Q" * 21 + "A"}, "manifest_anders"),
        ({"case": None}, "manifest_anders"),
        ({"about": {**SAID, "kind": "akkoord"}}, "manifest_anders"),
        ({"about": {**SAID, "from": POLICE}}, "manifest_anders"),
        ({"about": {**SAID, "to": [GGZ]}}, "manifest_anders"),
        ({"event": "gewist"}, "vermelding_onleesbaar"),
        ({}, None),
        ({"about": {**SAID, "kind": "geinformeerd", "phase": "aanmelding"}}, None),
    ],
)
async def test_a_refusal_says_what_was_refused(exchange: Exchange, lie: dict[str, Any], code: str | None) -> None:
    """The broker keeps no manifest of it: its sender does, and compares."""
    case = str(last_of(link(exchange), "triagevraag").source.manifest.case)
    async with refused(exchange, case, "aanmelding") as (served, entry):
        relogged(served, entry, changed_body(entry, **lie))
        seen = found(await audited(exchange, served, TOWN))
        assert {one for one, index in seen if index == entry.index} == (set() if code is None else {code})


async def test_a_refusal_for_another_place(exchange: Exchange) -> None:
    case = str(last_of(link(exchange), "triagevraag").source.manifest.case)
    async with refused(exchange, case, "aanmelding") as (served, entry):
        reasons = [{**one, "pointer": "/to/99"} for one in json.loads(entry.body)["reasons"]]
        relogged(served, entry, changed_body(entry, reasons=reasons))
        assert ("redenen_anders", entry.index) in found(await audited(exchange, served, TOWN))


async def test_a_reason_that_no_rule_has_is_not_printed(exchange: Exchange) -> None:
    """A code is the broker's to choose, and could be a name."""
    served = link(exchange, COLLEGE)
    target = last_of(served, "triagevraag")
    reasons = [{"rule": "1.1", "code": "jan_de_vries", "pointer": ""}]
    relogged(served, target, changed_body(target, reasons=reasons))
    report = await audited(exchange, served, COLLEGE)
    assert ("besluit_onterecht", "onbekend") in {(one.code, one.what) for one in report.problems}
    assert "jan_de_vries" not in json.dumps(report.as_json())


# ------------------------------------------------------------------------------------------- ends, and what never came


def with_end(exchange: Exchange, target: Entry, **said: Any) -> tuple[AuditedLink, int]:
    """The municipality is shown one more entry behind all others: what the broker says that became of a content."""
    served = link(exchange, COLLEGE)
    ended = {"outcome": "recorded", "facts": None, "manifest_sha256": None, "blind": "C" * 21 + "A", "case_seq": 99}
    body = changed_body(target, **{**ended, "event": "verlopen", **said}).body
    served.more = [{"index": len(served.broker.leaves), "body": body, "manifest": None}]
    rebuilt(served.broker, [*served.broker.leaves, merkle.body_leaf(body.encode())])
    return served, len(served.broker.leaves) - 1


@asynccontextmanager
async def without(exchange: Exchange, since: int, until: int = 10**6) -> AsyncIterator[None]:
    """The municipality's connector was never given the messages of a part of the log."""
    place = exchange[COLLEGE]
    async with place.database.begin() as tx:
        await tx.exec_driver_sql(
            "CREATE TABLE kept AS SELECT * FROM message WHERE idx >= ? AND idx < ?", (since, until)
        )
        await tx.exec_driver_sql("DELETE FROM message WHERE idx >= ? AND idx < ?", (since, until))
    try:
        yield
    finally:
        async with place.database.begin() as tx:
            await tx.exec_driver_sql("INSERT INTO message SELECT * FROM kept")
            await tx.exec_driver_sql("DROP TABLE kept")


async def test_an_end_before_its_term_excuses_nothing(exchange: Exchange) -> None:
    """11.1: a content lapses at its term and not before, so one that lapsed at once was withheld."""
    target = last_of(link(exchange, COLLEGE), "triagevraag")
    expires = target.source.manifest.expires
    async with without(exchange, target.index, target.index + 1):
        for moment, lie in ((target.source.time, True), (expires - timedelta(seconds=1), True), (expires, False)):
            served, end = with_end(exchange, target, time=format_instant(moment))
            seen = found(await audited(exchange, served, COLLEGE, days=300))
            assert (("einde_onbekend", end) in seen) == lie
            assert (("vermelding_onbekend", target.index) in seen) == lie


async def test_what_everybody_confirmed_excuses_nobody(exchange: Exchange) -> None:
    target = last_of(link(exchange, COLLEGE), "triagevraag")
    served, _ = with_end(exchange, target, event="gewist")
    async with without(exchange, target.index, target.index + 1):
        seen = found(await audited(exchange, served, COLLEGE))
        assert ("vermelding_onbekend", target.index) in seen
    assert (await audited(exchange, served, COLLEGE)).ok


@pytest.mark.parametrize("event", ["verlopen", "ingetrokken"])
async def test_a_content_that_was_confirmed_did_not_lapse(exchange: Exchange, event: str) -> None:
    target = last_of(link(exchange, COLLEGE), "triagevraag")
    late = format_instant(target.source.manifest.expires)
    served, end = with_end(exchange, target, event=event, time=late)
    assert found(await audited(exchange, served, COLLEGE, days=300)) == {("einde_onbekend", end)}


@pytest.mark.parametrize(
    "said",
    [
        {"event": "geopend"},
        {"sealed_sha256": None},
        {"event": "gewist", "reasons": [{"rule": "1.1", "code": "x", "pointer": ""}]},
        {"event": "gewist", "about": {"kind": "akkoord", "from": COLLEGE, "to": [], "phase": "triage", "purpose": "x"}},
        {"event": "more_refused"},
    ],
)
async def test_what_the_broker_never_does_itself(exchange: Exchange, said: dict[str, Any]) -> None:
    served, end = with_end(exchange, last_of(link(exchange, COLLEGE), "triagevraag"), **said)
    assert ("vermelding_onleesbaar", end) in found(await audited(exchange, served, COLLEGE))


async def test_the_end_of_a_content_of_another_case(exchange: Exchange) -> None:
    served, end = with_end(
        exchange, last_of(link(exchange, COLLEGE), "triagevraag"), event="gewist", case="Q" * 21 + "A"
    )
    assert ("einde_onbekend", end) in found(await audited(exchange, served, COLLEGE))


async def test_a_message_that_is_withheld_for_ever(exchange: Exchange) -> None:
    """The last messages to a party are never delivered: after a day that is no delay."""
    served = link(exchange, COLLEGE)
    target = last_of(served, "triagevraag")
    served.entry = lambda one: one if one.source.manifest.sender == HOUSE or one.index < target.index else None
    async with without(exchange, target.index):
        late = found(await audited(exchange, served, COLLEGE, days=2))
        assert ("vermelding_onbekend", target.index) in late
        report = await audited(exchange, served, COLLEGE)
        assert ("vermelding_onbekend", target.index) not in found(report)
        assert unchecked(report)["nog_niet_opgehaald"] >= 1


# ---------------------------------------------------------------------------------------- times, and what was not taken


async def test_another_time_than_the_receipt_says(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before there is a proof of the entry: the broker dates it anew."""
    monkeypatch.setattr(auditing, "_held", lambda *_: None)
    served = link(exchange, TOWN)
    target = [one for one in served.broker.entries if one.source.manifest.sender == TOWN][-1]
    later = format_instant(target.source.time + timedelta(minutes=40))
    relogged(served, target, changed_body(target, time=later))
    assert ("tijd_onjuist", target.index) in found(await audited(exchange, served, TOWN, hours=2))


async def test_what_the_broker_said_not_to_have_taken(exchange: Exchange) -> None:
    """Made here, so nobody else has our key: the broker told us something else than it logged."""
    town, served = exchange[TOWN], link(exchange, TOWN)
    target = [one for one in served.broker.entries if one.source.manifest.sender == TOWN][-1]
    ident = target.source.manifest.id
    async with town.database.begin() as tx:
        await tx.exec_driver_sql("CREATE TABLE kept AS SELECT * FROM message WHERE id = ?", (ident,))
        await tx.exec_driver_sql("DELETE FROM message WHERE id = ?", (ident,))
        await tx.exec_driver_sql("CREATE TABLE sent AS SELECT * FROM outbox WHERE id = ?", (ident,))
        await tx.exec_driver_sql("DELETE FROM outbox WHERE id = ?", (ident,))
        data = json.dumps({"manifest": target.manifest, "sealed": None}).encode()
        await store.add_outbox(tx, ident, data, exchange.clock())

    async def no(_: bytes) -> Submitted:
        raise LinkRefusedError(400, "bericht_vorm")

    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(town.link, "submit", no)
            await hand_in(town, ident)
        seen = found(await audited(exchange, served, TOWN))
        assert ("uitkomst_anders", target.index) in seen
        assert "vermelding_niet_van_ons" not in {code for code, _ in seen}
    finally:
        async with town.database.begin() as tx:
            await tx.exec_driver_sql("DELETE FROM outbox WHERE id = ?", (ident,))
            await tx.exec_driver_sql("DELETE FROM finding WHERE message = ?", (ident,))
            await tx.exec_driver_sql("INSERT INTO message SELECT * FROM kept")
            await tx.exec_driver_sql("INSERT INTO outbox SELECT * FROM sent")
            await tx.exec_driver_sql("DROP TABLE kept")
            await tx.exec_driver_sql("DROP TABLE sent")
