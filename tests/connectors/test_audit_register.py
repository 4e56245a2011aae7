"""The log against the own register: what is missing and why, what was never made or never came, and whose keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from connectors.officer import write_public
from connectors.proofs import terms
from keys import merkle
from schemas.acts import PhaseDecision
from schemas.gathering import Source
from schemas.ids import Address, Digest
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
from tests.connectors.parties import COLLEGE, HOUSE, TOWN, pack, seed, signing_key
from tests.schemas.scenes import phase_decision

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    """Two cases: one in triage with a question to the municipality, one that was turned down."""
    async with two_cases(tmp_path_factory.mktemp("audit")) as made:
        yield made


def without_the_ended_case(exchange: Exchange, address: Address = HOUSE) -> tuple[AuditedLink, int]:
    """A broker that deleted the bodies of the case that was turned down; how many of these the party saw."""
    served = link(exchange, address)
    case = last_of(served, "fase_besluit").source.manifest.case
    gone = [one for one in served.broker.entries if one.source.manifest.case == case]
    served.entry = lambda one: None if one.source.manifest.case == case else one
    return served, sum(served._mine(one) for one in gone)


async def test_bodies_that_went_at_their_term_are_no_finding(exchange: Exchange) -> None:
    """9.2, 11.1: the data of a case that was turned down are erased at once. The tree holds without them."""
    for address in (HOUSE, TOWN):
        served, many = without_the_ended_case(exchange, address)
        report = await audited(exchange, served, address)
        assert report.ok, report
        assert unchecked(report) == {"gewist_na_termijn": many}


async def test_bodies_that_went_before_their_term(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_AFTER", {"afgewezen": "vernietiging"})
    served, many = without_the_ended_case(exchange)
    report = await audited(exchange, served)
    assert codes(report) == {"vermelding_te_vroeg_weg"}
    assert len(report.problems) == many
    assert (await audited(exchange, served, days=367)).ok


async def test_a_body_of_a_case_that_goes_on_may_not_be_gone(exchange: Exchange) -> None:
    served = link(exchange)
    target = last_of(served, "triagevraag").index
    served.entry = lambda one: None if one.index == target else one
    assert found(await audited(exchange, served, days=4000)) == {("vermelding_verzwegen", target)}


async def test_a_message_to_us_that_never_came(exchange: Exchange) -> None:
    """The log says that it was delivered; what came after it in the inbox did come."""
    served = link(exchange, COLLEGE)
    place = exchange[COLLEGE]
    target = last_of(served, "triagevraag")
    async with place.database.begin() as tx:
        await tx.exec_driver_sql("DELETE FROM message WHERE sha256 = ?", (target.source.sha256,))
    try:
        assert ("vermelding_onbekend", target.index) in found(await audited(exchange, served, COLLEGE))
        async with place.database.begin() as tx:
            await tx.exec_driver_sql(
                "INSERT INTO finding (at, message, code) VALUES ('2026-03-10T09:00:00Z', ?, 'vorm')",
                (target.source.manifest.id,),
            )
        report = await audited(exchange, served, COLLEGE)
        assert ("vermelding_onbekend", target.index) not in found(report) if report.problems else True
    finally:
        await remember_again(exchange, target.source)


async def remember_again(exchange: Exchange, source: Source) -> None:
    """Put back what a test took away."""
    text = next(one.manifest for one in exchange.broker.entries if one.source.sha256 == source.sha256)
    manifest = source.manifest
    place = next(one.index for one in exchange.broker.entries if one.source.sha256 == source.sha256)
    async with exchange[COLLEGE].database.begin() as tx:
        await tx.exec_driver_sql(
            "INSERT INTO message (id, way, kind, case_ref, sender, manifest, sha256, time, idx)"
            " VALUES (?, 'in', ?, ?, ?, ?, ?, '2026-03-10T09:00:01Z', ?)",
            (manifest.id, manifest.kind, manifest.case, manifest.sender, text, source.sha256, place),
        )
        await tx.exec_driver_sql("DELETE FROM finding WHERE code = 'vorm'")


async def test_what_is_not_fetched_yet_is_no_finding(exchange: Exchange) -> None:
    """The connector was away when its last messages came."""
    place = exchange[COLLEGE]
    served = link(exchange, COLLEGE)
    target = last_of(served, "triagevraag")
    async with place.database.begin() as tx:
        await tx.exec_driver_sql("CREATE TABLE kept AS SELECT * FROM message WHERE idx >= ?", (target.index,))
        await tx.exec_driver_sql("DELETE FROM message WHERE idx >= ?", (target.index,))
    try:
        served.entry = lambda one: one if one.source.manifest.sender == HOUSE else None
        report = await audited(exchange, served, COLLEGE)
        assert unchecked(report)["nog_niet_opgehaald"] >= 1
        assert "vermelding_onbekend" not in {one.code for one in report.problems}
    finally:
        async with place.database.begin() as tx:
            await tx.exec_driver_sql("INSERT INTO message SELECT * FROM kept")
            await tx.exec_driver_sql("DROP TABLE kept")


async def test_a_message_that_was_logged_twice(exchange: Exchange) -> None:
    """Once more, under another blind: whoever counts what went counts it double."""
    served = link(exchange)
    one = last_of(served, "triagevraag")
    twin = replace(changed_body(one, blind="A" * 22), index=len(served.broker.leaves))
    rebuilt(served.broker, [*served.broker.leaves, merkle.body_leaf(twin.body.encode())])
    served.broker.entries.append(twin)
    assert ("vermelding_dubbel", twin.index) in found(await audited(exchange, served))


async def test_a_refusal_of_another(exchange: Exchange) -> None:
    served = link(exchange, COLLEGE)
    one = last_of(served, "akkoord")
    about = {"kind": "akkoord", "from": TOWN, "to": [HOUSE], "phase": "triage", "purpose": "unknown"}
    shown = changed_body(one, outcome="refused", reasons=[], about=about)
    served.more = [{"index": one.index, "body": shown.body, "manifest": None}]
    assert ("vermelding_van_ander", one.index) in found(await audited(exchange, served, COLLEGE))


async def test_the_end_of_a_content_that_nobody_sent(exchange: Exchange) -> None:
    served = link(exchange)
    question = last_of(served, "triagevraag").source.manifest
    target = next(one for one in served.broker.entries if one.source.manifest.reply_to == question.id)
    ended = {"outcome": "recorded", "facts": None, "manifest_sha256": None, "event": "gewist"}
    relogged(served, target, changed_body(target, **ended, sealed_sha256="A" * 43))
    assert ("einde_onbekend", target.index) in found(await audited(exchange, served))
    assert question.sealed is not None
    relogged(served, target, changed_body(target, **ended, sealed_sha256=question.sealed.sha256))
    assert "einde_onbekend" not in codes(await audited(exchange, served))


async def test_a_key_under_our_number_that_we_never_made(exchange: Exchange) -> None:
    """The broker cannot make one; who holds the party root can. Where `init` left no files nothing can be said."""
    settings = exchange[TOWN].settings
    folder = settings.keystore.file.parent.parent / "keys"
    honest = await audited(exchange, link(exchange, TOWN), TOWN)
    assert [(one.code, one.count) for one in honest.unchecked] == [("eigen_sleutels", 1)]
    folder.mkdir(exist_ok=True)
    file = folder / "burgemeester.pub.json"
    try:
        write_public(file, signing_key(TOWN))
        assert (await audited(exchange, link(exchange, TOWN), TOWN)).unchecked == ()
        write_public(file, seed(77))
        # It signed with the key before: that one is its own too.
        assert (await audited(exchange, link(exchange, TOWN), TOWN)).ok
    finally:
        file.unlink()
    nobody = exchange[COLLEGE].settings
    (nobody.keystore.file.parent.parent / "keys").mkdir(exist_ok=True)
    other = nobody.keystore.file.parent.parent / "keys" / "college_bw.pub.json"
    async with exchange[COLLEGE].database.begin() as tx:
        await tx.exec_driver_sql("UPDATE message SET way = 'OUT' WHERE way = 'out'")
    try:
        write_public(other, seed(77))
        report = await audited(exchange, link(exchange, COLLEGE), COLLEGE)
        assert ("sleutel_niet_van_ons", signing_key(COLLEGE).kid) in {(one.code, one.what) for one in report.problems}
    finally:
        other.unlink()
        async with exchange[COLLEGE].database.begin() as tx:
            await tx.exec_driver_sql("UPDATE message SET way = 'out' WHERE way = 'OUT'")


# --------------------------------------------------------------------------------------------------------- terms

WHEN = datetime(2027, 8, 31, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "unit", "until"),
    [
        (0, "days", WHEN),
        (24, "hours", WHEN + timedelta(days=1)),
        (4, "weeks", WHEN + timedelta(days=28)),
        (6, "months", datetime(2028, 2, 29, tzinfo=UTC)),
        (5, "months", datetime(2028, 1, 31, tzinfo=UTC)),
        (1, "years", datetime(2028, 8, 31, tzinfo=UTC)),
    ],
)
async def test_when_a_term_is_over(amount: int, unit: str, until: datetime) -> None:
    period = pack().term["vernietiging"].model_copy(update={"amount": amount, "unit": unit})
    assert terms.due(period, WHEN) == until


async def test_from_when_bodies_may_be_gone() -> None:
    def decided(new: str, at: datetime) -> Source:
        manifest = phase_decision().manifest
        assert isinstance(manifest.act, PhaseDecision)
        act = manifest.act.model_copy(update={"old": "elders", "new": new})
        return Source(manifest.model_copy(update={"act": act, "pack": pack().digest}), Digest("A" * 43), at)

    packs = {pack().digest: pack()}
    later = WHEN + timedelta(days=40)
    assert terms.gone_from([decided("triage", WHEN)], packs) is None
    assert terms.gone_from([decided("afgewezen", WHEN)], packs) == WHEN
    assert terms.gone_from([decided("afschaling", WHEN)], packs) == datetime(2028, 8, 31, tzinfo=UTC)
    assert terms.gone_from([decided("afschaling", WHEN), decided("afgeschaald", later)], packs) == datetime(
        2028, 8, 31, tzinfo=UTC
    )
    assert terms.gone_from([decided("afschaling", WHEN), decided("vernietigd", later)], packs) == later
    assert terms.gone_from([decided("afgewezen", WHEN)], {}) is None
