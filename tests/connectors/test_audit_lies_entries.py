"""Lies about single entries that an audit must find, and honest histories beside them that it must not accuse."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from connectors.control import auditing
from connectors.exchanges import store
from connectors.exchanges.deciding import decide_intake, move
from connectors.exchanges.drafting import Frame, draft
from connectors.exchanges.outgoing import Sent, signed
from keys import jws, merkle
from schemas.envelope import parse_envelope, parse_manifest
from schemas.ids import Address, CaseRef, MessageId, Oin, Term, format_instant
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
    unchecked,
)
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, GGZ, HOUSE, POLICE, TOWN
from tests.memory_broker import Entry

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    """Two cases: one in triage with a question to the municipality, one that the house does not take."""
    made = await Exchange(tmp_path_factory.mktemp("audit")).open()
    done = await made.in_triage()
    await made.asked(done, COLLEGE)
    ended = await made.notified()
    assert isinstance(await decide_intake(made[HOUSE], ended.case, "afgewezen", "criteria_niet_voldaan"), Sent)
    made.clock.forward(seconds=1)
    assert isinstance(await move(made[HOUSE], ended.case, "afgewezen", "criteria_niet_voldaan"), Sent)
    await made.settle()
    yield made
    await made.close()


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
