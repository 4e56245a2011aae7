"""A broker that plans its lies over several audits, or lists records that stand in no leaf."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from connectors import LinkError
from connectors.control import auditing
from connectors.proofs.audit import audit
from connectors.proofs.given import Served
from keys import merkle
from keys.identity import record_bytes
from schemas import packs
from schemas.ids import Oin, PackDigest, Term, format_instant
from schemas.records import Decree, KeyRevocation, PackDecision, Record, SignedRecord
from tests.connectors.audits import (
    AuditedLink,
    audited,
    case_in_triage,
    codes,
    found,
    last_of,
    lied,
    link,
    rebuilt,
    unchecked,
)
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, GGZ, POLICE, _both, pack, signing_key

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]
FAR = 10**9


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    """A case in triage with a question to the municipality."""
    async with case_in_triage(tmp_path_factory.mktemp("audit")) as made:
        yield made


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

    async def spied(served: Served, *more: Any) -> Any:
        seen.extend(record for record, _ in served.house.records)
        return await audit(served, *more)

    monkeypatch.setattr(auditing, "audit", spied)
    return seen


def named(believed: list[Record]) -> set[str]:
    """The decrees among them."""
    return {str(record.id) for record in believed if isinstance(record, Decree)}


async def test_a_record_without_a_place_counts_for_nothing(
    exchange: Exchange, believed: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    served = link(exchange, POLICE)
    page = await rows_of(served)
    page["records"].append(row(exchange, decree(exchange), None))
    listed(monkeypatch, served, page)
    assert found(await audited(exchange, served, POLICE)) == {("besluit_anders", None)}
    assert named(believed) == {"besluit_1"}


async def test_a_record_behind_the_checkpoint_does_not_count_yet(
    exchange: Exchange, believed: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have come in meanwhile, so it is no finding; but no leaf vouches for it."""
    served = link(exchange, POLICE)
    page = await rows_of(served)
    page["records"].append(row(exchange, decree(exchange), FAR))
    listed(monkeypatch, served, page)
    assert (await audited(exchange, served, POLICE)).ok
    assert named(believed) == {"besluit_1"}


async def test_two_records_at_one_place(
    exchange: Exchange, believed: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
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


async def test_what_narrows_may_count_before_it_has_a_place(
    exchange: Exchange, believed: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    served = link(exchange, POLICE)
    page = await rows_of(served)
    page["records"].append(row(exchange, revocation(exchange), None))
    listed(monkeypatch, served, page)
    assert (await audited(exchange, served, POLICE)).ok
    assert any(isinstance(record, KeyRevocation) for record in believed)


async def test_a_record_that_the_connector_learns_meanwhile_is_no_finding(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
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


# ------------------------------------------------------------------------------------------------------ over two audits


async def test_a_decision_under_a_pack_that_was_withheld_is_made_again_later(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broker that hides the pack on the day of its lie, and shows it on the next."""
    monkeypatch.setattr(auditing, "_held", lambda *_: None)
    lie = lied(exchange, "triagevraag", lambda facts: facts["case"].update(keys=[]))
    place = last_of(lie, "triagevraag").index
    with monkeypatch.context() as hidden:
        hidden.setattr(packs, "names", lambda: ())
        first = await audited(exchange, lie)
        assert first.replayed == 0
        assert unchecked(first)["geen_pakket"] == first.own_entries
    second = await audited(exchange, lie, keep=True)
    assert ("besluit_onterecht", place) in found(second)
    assert second.replayed == second.own_entries


@pytest.mark.parametrize("other", [True, False])
async def test_a_manifest_that_is_swapped_or_withheld_later(exchange: Exchange, other: bool) -> None:
    """The body, which is in the leaf, is as it was."""
    assert (await audited(exchange, link(exchange))).ok
    served = link(exchange)
    target = last_of(served, "triagevraag")
    text = last_of(served, "sleutel").manifest if other else None

    def swapped(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**one, "manifest": text} if one["index"] == target.index else one for one in rows]

    served.rows = swapped
    assert found(await audited(exchange, served, keep=True)) == {("manifest_anders", target.index)}
    assert (await audited(exchange, link(exchange), keep=True)).ok


async def test_a_log_that_is_shorter_than_what_an_audit_that_broke_off_saw(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where that audit had verified nothing yet; and what it saw beyond is not counted as seen."""
    monkeypatch.setattr(auditing, "_held", lambda *_: None)

    def silent(path: str, _: bytes) -> bytes:
        raise LinkError(path)

    with pytest.raises(LinkError):
        await audited(exchange, link(exchange, bundle=silent))
    served = link(exchange)
    target = last_of(served, "triagevraag")
    rebuilt(served.broker, served.broker.leaves[: target.index])
    served.broker.entries = [one for one in served.broker.entries if one.index < target.index]
    report = await audited(exchange, served, keep=True)
    assert {("logboek_gekrompen", target.index), ("vermelding_verzwegen", target.index)} <= found(report)
    assert report.own_entries == sum(served._mine(one) for one in served.broker.entries)


async def test_another_log_than_what_an_audit_that_broke_off_saw(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed twice, of one size or a longer one: both signatures are the broker's."""
    monkeypatch.setattr(auditing, "_held", lambda *_: None)

    def silent(path: str, _: bytes) -> bytes:
        raise LinkError(path)

    for more in (0, 2):
        before = link(exchange, POLICE)
        rebuilt(before.broker, [*before.broker.leaves, b"\x01" + bytes(32)])
        before.bundle = silent
        with pytest.raises(LinkError):
            await audited(exchange, before, POLICE)
        served = link(exchange, POLICE)
        others = [b"\x01" + bytes([9]) * 32] * (1 + more)
        rebuilt(served.broker, [*served.broker.leaves, *others])
        size = len(before.broker.leaves)
        assert ("logboek_gespleten", size) in found(await audited(exchange, served, POLICE, keep=True))


async def test_an_entry_that_is_shown_no_more_after_a_log_that_broke_off(exchange: Exchange) -> None:
    """What stood in a verified log is not forgotten for a walk that led nowhere. The register knows nothing of it."""
    place = exchange[COLLEGE]
    target = last_of(link(exchange, COLLEGE), "triagevraag")
    assert (await audited(exchange, link(exchange, COLLEGE), COLLEGE)).ok
    async with place.database.begin() as tx:
        await tx.exec_driver_sql("CREATE TABLE kept AS SELECT * FROM message WHERE sha256 = ?", (target.source.sha256,))
        await tx.exec_driver_sql("DELETE FROM message WHERE sha256 = ?", (target.source.sha256,))
    try:
        broken = link(exchange, COLLEGE)
        rebuilt(broken.broker, [*broken.broker.leaves, b"\x01" + bytes(32)])
        broken.bundle = lambda path, data: data[:-1] if "entries" in path else data
        assert "blad_ontbreekt" in codes(await audited(exchange, broken, COLLEGE, keep=True))
        served = link(exchange, COLLEGE)
        served.entry = lambda one: None if one.index == target.index else one
        assert ("vermelding_verzwegen", target.index) in found(await audited(exchange, served, COLLEGE, keep=True))
    finally:
        async with place.database.begin() as tx:
            await tx.exec_driver_sql("INSERT INTO message SELECT * FROM kept")
            await tx.exec_driver_sql("DROP TABLE kept")
