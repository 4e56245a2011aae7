"""A broker that plans its lies over several audits, and the file that an audit keeps: neither is believed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from connectors.control import auditing
from connectors.proofs.given import Served
from keys import merkle
from keys.identity import record_bytes
from schemas.ids import Oin, PackDigest, Term, format_instant
from schemas.records import Decree, KeyRevocation, PackDecision, Record, SignedRecord
from tests.connectors.audits import AuditedLink, audited, found, link, rebuilt
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, GGZ, POLICE, _both, pack, signing_key

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]
FAR = 10**9


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    """A case in triage with a question to the municipality."""
    made = await Exchange(tmp_path_factory.mktemp("audit")).open()
    done = await made.in_triage()
    await made.asked(done, COLLEGE)
    yield made
    await made.close()


# --------------------------------------------------------------------------------------------------- records in no leaf


def decree(exchange: Exchange) -> SignedRecord:
    """A decree that the officers signed, and that nobody logged."""
    return _both(
        Decree(
            record="artikel20_besluit",
            house=exchange.broker.directory.house,
            id=Term("besluit_9"),
            oin=Oin(GGZ.oin),
            basis=Term("wpg_20"),
            digest=pack().digest,
            since=exchange.clock() - timedelta(days=1),
            until=exchange.clock() + timedelta(days=300),
        )
    )


def revocation(exchange: Exchange) -> SignedRecord:
    """A record that narrows."""
    return _both(
        KeyRevocation(
            record="sleutel_intrekking",
            house=exchange.broker.directory.house,
            address=GGZ,
            kid=signing_key(GGZ).kid,
            since=exchange.clock(),
        )
    )


def listed(monkeypatch: pytest.MonkeyPatch, served: AuditedLink, page: dict[str, Any]) -> None:
    """The directory as a page of these rows."""

    async def directory() -> bytes:
        return json.dumps(page).encode()

    monkeypatch.setattr(served, "directory", directory)


async def rows_of(served: AuditedLink) -> dict[str, Any]:
    page: dict[str, Any] = json.loads(await served.directory())
    return page


def row(exchange: Exchange, signed: SignedRecord, index: int | None) -> dict[str, Any]:
    plain = signed.model_dump(exclude_none=True)
    return {**plain, "time": format_instant(exchange.clock())} | ({} if index is None else {"index": index})


@pytest.fixture
def believed(monkeypatch: pytest.MonkeyPatch) -> list[Record]:
    """The records that an audit judged by."""
    seen: list[Record] = []
    whole = auditing.audit

    async def spied(served: Served, *more: Any) -> Any:
        seen.extend(record for record, _ in served.house.records)
        return await whole(served, *more)

    monkeypatch.setattr(auditing, "audit", spied)
    return seen


def named(believed: list[Record]) -> set[str]:
    """The decrees among them."""
    return {str(record.id) for record in believed if isinstance(record, Decree)}


async def test_a_record_without_a_place_counts_for_nothing(exchange: Exchange, believed: list[Record], monkeypatch: pytest.MonkeyPatch) -> None:
    served = link(exchange, POLICE)
    page = await rows_of(served)
    page["records"].append(row(exchange, decree(exchange), None))
    listed(monkeypatch, served, page)
    assert found(await audited(exchange, served, POLICE)) == {("besluit_anders", None)}
    assert named(believed) == {"besluit_1"}


async def test_a_record_behind_the_checkpoint_does_not_count_yet(exchange: Exchange, believed: list[Record], monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have come in meanwhile, so it is no finding; but no leaf vouches for it."""
    served = link(exchange, POLICE)
    page = await rows_of(served)
    page["records"].append(row(exchange, decree(exchange), FAR))
    listed(monkeypatch, served, page)
    assert (await audited(exchange, served, POLICE)).ok
    assert named(believed) == {"besluit_1"}


async def test_two_records_at_one_place(exchange: Exchange, believed: list[Record], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever comes first, one of them stands in no leaf."""
    for first in (True, False):
        believed.clear()
        served = link(exchange, POLICE)
        true = revocation(exchange)
        served.broker.records.append((true, exchange.clock()))
        rebuilt(served.broker, [*served.broker.leaves, merkle.record_leaf(record_bytes(true))])
        page = await rows_of(served)
        place = page["records"][-1]["index"]
        page["records"].insert(len(page["records"]) - first, row(exchange, decree(exchange), place))
        listed(monkeypatch, served, page)
        report = await audited(exchange, served, POLICE)
        assert ("besluit_anders", place) in found(report)
        assert len(believed) == len(exchange.broker.records) + 1


async def test_what_narrows_may_count_before_it_has_a_place(exchange: Exchange, believed: list[Record], monkeypatch: pytest.MonkeyPatch) -> None:
    served = link(exchange, POLICE)
    page = await rows_of(served)
    page["records"].append(row(exchange, revocation(exchange), None))
    listed(monkeypatch, served, page)
    assert (await audited(exchange, served, POLICE)).ok
    assert any(isinstance(record, KeyRevocation) for record in believed)


async def test_a_record_that_the_connector_learns_meanwhile_is_no_finding(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """The running connector reads the directory too, between our question and its answer."""
    served, place = link(exchange, POLICE), exchange[POLICE]
    page = await rows_of(served)
    fresh = _both(
        PackDecision(
            record="pack_besluit",
            house=exchange.broker.directory.house,
            pack=PackDigest("B" * 42 + "A"),
            since=exchange.clock() + timedelta(days=30),
            dpia="DPIA 2026-2",
            consulted=(exchange.clock() - timedelta(days=20)).date(),
            decision="besluit 2",
        )
    )

    async def directory() -> bytes:
        async with place.database.begin() as tx:
            await tx.exec_driver_sql(
                "INSERT INTO record (idx, first, second, time) VALUES (?, ?, ?, ?)",
                (FAR, fresh.first, fresh.second, format_instant(exchange.clock())),
            )
        return json.dumps(page).encode()

    monkeypatch.setattr(served, "directory", directory)
    try:
        assert (await audited(exchange, served, POLICE)).ok
    finally:
        async with place.database.begin() as tx:
            await tx.exec_driver_sql("DELETE FROM record WHERE idx = ?", (FAR,))
