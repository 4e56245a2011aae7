"""The audit finds what a broker changes, hides, forks or shrinks; and finds nothing where nothing is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from connectors import LinkError, UseError
from connectors.control import auditing
from connectors.exchanges.drafting import Frame, draft
from connectors.exchanges.outgoing import Sent, send
from connectors.proofs import leaves
from keys import merkle, tiles
from keys.checkpoint import Checkpoint, sign
from keys.identity import record_bytes
from keys.tiles import Tile
from schemas.acts import Informed
from schemas.ids import CaseRef
from tests.connectors.audits import (
    audited,
    changed_body,
    codes,
    found,
    last_of,
    link,
    rebuilt,
    unchecked,
)
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, GGZ, HOUSE, LOG, POLICE, TOWN, house_records
from tests.memory_broker import MemoryLink

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    """A case in triage with a question to the municipality; one for all, since a test changes only its copy."""
    made = await Exchange(tmp_path_factory.mktemp("audit")).open()
    done = await made.in_triage()
    await made.asked(done, COLLEGE)
    yield made
    await made.close()


async def test_nothing_is_wrong_where_nothing_is(exchange: Exchange) -> None:
    for address in (HOUSE, TOWN, COLLEGE):
        report = await audited(exchange, link(exchange, address), address)
        assert report.ok, report
        assert report.size == len(exchange.broker.leaves)
        assert report.own_entries == report.replayed == report.register > 0
        assert report.records == len(exchange.broker.records)
        assert report.gathered + unchecked(report).get("feiten_niet_zichtbaar", 0) == report.replayed


async def test_the_house_sees_all_so_it_gathers_all_facts_again(exchange: Exchange) -> None:
    report = await audited(exchange, link(exchange))
    assert (report.gathered, unchecked(report)) == (report.replayed, {})


async def test_a_party_without_messages_still_verifies_the_log(exchange: Exchange) -> None:
    report = await audited(exchange, link(exchange, GGZ), GGZ)
    assert report.ok
    assert (report.own_entries, report.size) == (0, len(exchange.broker.leaves))


@pytest.mark.parametrize("where", ["tile/0/", "tile/entries/"])
async def test_a_flipped_byte_in_a_tile_or_leaf(exchange: Exchange, where: str) -> None:
    def flip(path: str, data: bytes) -> bytes:
        return data[:-1] + bytes([data[-1] ^ 1]) if path.startswith(where) else data

    assert ("wortel_anders" if "entries" in where else "tegel_anders") in codes(
        await audited(exchange, link(exchange, bundle=flip))
    )


async def test_a_log_that_breaks_off_is_named(exchange: Exchange) -> None:
    def cut(path: str, data: bytes) -> bytes:
        return data[:-1] if "entries" in path else data

    report = await audited(exchange, link(exchange, bundle=cut))
    assert codes(report) == {"blad_ontbreekt"}
    assert report.problems[0].what == Tile(None, 0, report.size).path
    assert unchecked(report)["bladen_onvolledig"] == report.own_entries


async def test_a_leaf_of_no_form(exchange: Exchange) -> None:
    served = link(exchange, GGZ)
    rebuilt(served.broker, [*served.broker.leaves, b"\x07onbekend"])
    assert found(await audited(exchange, served, GGZ)) == {("blad_onbekend", len(served.broker.leaves) - 1)}


async def test_an_edited_body(exchange: Exchange) -> None:
    served = link(exchange)
    target = last_of(served, "triagevraag").index
    served.entry = lambda one: changed_body(one, blind="A" * 22) if one.index == target else one
    assert found(await audited(exchange, served)) == {("vermelding_anders", target)}


@pytest.mark.parametrize("text", ["{}", "[]", "\\ud800", '{"a": 1.5}', "", "{" * 400])
async def test_a_body_that_is_none(exchange: Exchange, text: str) -> None:
    served = link(exchange)
    target = last_of(served, "triagevraag").index
    served.entry = lambda one: replace(one, body=text) if one.index == target else one
    assert {("vermelding_onleesbaar", target), ("vermelding_anders", target)} <= found(await audited(exchange, served))


async def test_another_manifest_under_the_same_body(exchange: Exchange) -> None:
    served = link(exchange)
    target, other = last_of(served, "triagevraag"), last_of(served, "fase_besluit")
    served.entry = lambda one: replace(one, manifest=other.manifest) if one.index == target.index else one
    assert found(await audited(exchange, served)) == {("manifest_anders", target.index)}


async def test_an_entry_without_its_manifest(exchange: Exchange) -> None:
    def bare(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**row, "manifest": None} for row in rows]

    report = await audited(exchange, link(exchange, rows=bare))
    assert codes(report) == {"manifest_anders"}
    assert len(report.problems) == report.own_entries


async def test_an_omitted_entry_is_our_message_that_misses(exchange: Exchange) -> None:
    served = link(exchange)
    target = last_of(served, "triagevraag")
    served.entry = lambda one: None if one.index == target.index else one
    report = await audited(exchange, served)
    assert [(one.code, one.index, one.what) for one in report.problems] == [
        ("vermelding_verzwegen", target.index, target.source.manifest.id)
    ]


async def test_entries_out_of_their_order(exchange: Exchange) -> None:
    served = link(exchange, rows=lambda rows: rows[::-1])
    assert codes(await audited(exchange, served)) == {"volgorde_anders"}


async def test_a_log_in_another_order(exchange: Exchange) -> None:
    """Two entries change places in the whole log: the bodies, the leaves and the root all hold."""
    served = link(exchange)
    one, other = last_of(served, "triagevraag"), last_of(served, "fase_besluit")
    swapped = list(served.broker.leaves)
    swapped[one.index], swapped[other.index] = swapped[other.index], swapped[one.index]
    rebuilt(served.broker, swapped)
    places = {one.index: other.index, other.index: one.index}
    served.entry = lambda row: replace(row, index=places.get(row.index, row.index))
    seen = found(await audited(exchange, served))
    assert {("plaats_anders", one.index), ("plaats_anders", other.index)} <= seen
    assert "logboek_gespleten" in {code for code, _ in seen}


async def test_a_shrunk_log(exchange: Exchange) -> None:
    served = link(exchange)
    rebuilt(served.broker, served.broker.leaves[:-2])
    served.broker.entries = [one for one in served.broker.entries if one.index < len(served.broker.leaves)]
    assert {"logboek_gekrompen", "vermelding_verzwegen"} <= codes(await audited(exchange, served))


async def test_a_forked_log(exchange: Exchange) -> None:
    """Every signature, tile and root holds; only what was seen before gives it away."""
    served = link(exchange, POLICE)
    rebuilt(served.broker, [*served.broker.leaves[:-1], b"\x01" + bytes(32), b"\x01" + bytes(32)])
    assert codes(await audited(exchange, served, POLICE)) == {"logboek_gespleten"}


async def test_two_roots_of_one_size(exchange: Exchange) -> None:
    served = link(exchange, POLICE)
    rebuilt(served.broker, [*served.broker.leaves[:-1], b"\x01" + bytes(32)])
    assert found(await audited(exchange, served, POLICE)) == {("logboek_gespleten", len(served.broker.leaves))}


async def test_a_checkpoint_of_another_key(exchange: Exchange) -> None:
    served = link(exchange)
    served.broker.log_key = type(LOG).generate()
    report = await audited(exchange, served)
    assert codes(report) == {"controlepunt_ongeldig"}
    assert (report.size, report.replayed) == (0, 0)


async def test_a_log_of_more_leaves_than_anybody_writes(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    served = link(exchange)
    text = sign(Checkpoint(served.broker.origin, leaves.MOST_LEAVES + 1, bytes(32)), LOG)
    monkeypatch.setattr(type(served.broker), "head", lambda _: text)
    report = await audited(exchange, served)
    assert codes(report) == {"logboek_te_groot"}
    assert not served.asked


async def test_a_record_that_is_hidden(exchange: Exchange) -> None:
    served = link(exchange, POLICE)
    served.broker.records = served.broker.records[:-1]
    place = len(served.broker.records)
    assert found(await audited(exchange, served, POLICE)) == {("besluit_verzwegen", place)}


async def test_a_record_that_is_not_that_of_its_leaf(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    served = link(exchange, POLICE)
    last = served.broker.leaves.index(merkle.record_leaf(record_bytes(served.broker.records[-1][0])))
    swapped = list(served.broker.leaves)
    swapped[last] = swapped[1]

    async def served_leaves(path: str) -> bytes:
        return tiles.encode_bundle(swapped) if "entries" in path else await MemoryLink.tile(served, path)

    monkeypatch.setattr(served, "tile", served_leaves)
    assert {"besluit_anders", "wortel_anders"} <= codes(await audited(exchange, served, POLICE))


async def test_records_that_nobody_vouched_for(exchange: Exchange) -> None:
    """The own copy is what the rest is judged by."""
    served = link(exchange)
    forged = house_records()[1].model_copy(update={"second": None})
    served.broker.leaves.append(merkle.record_leaf(record_bytes(forged)))
    rebuilt(served.broker, served.broker.leaves)
    served.broker.records.append((forged, exchange.clock()))
    report = await audited(exchange, served)
    assert {"besluiten_ongeldig"} <= codes(report)
    assert report.replayed == report.own_entries > 0


async def test_a_record_of_another_time(exchange: Exchange) -> None:
    served = link(exchange, POLICE)
    signed_record, time = served.broker.records[3]
    served.broker.records[3] = (signed_record, time - timedelta(days=1))
    assert found(await audited(exchange, served, POLICE)) == {("besluit_tijd_anders", 3)}


async def test_the_broker_away_is_no_finding(exchange: Exchange) -> None:
    served = link(exchange)
    served.broker.away = True
    with pytest.raises(LinkError):
        await audited(exchange, served)


async def test_a_broker_that_goes_away_half_way_is_no_finding(exchange: Exchange) -> None:
    def gone(path: str, _: bytes) -> bytes:
        raise LinkError(path)

    with pytest.raises(LinkError):
        await audited(exchange, link(exchange, bundle=gone))


async def test_a_broker_that_never_answers_is_away(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    served = link(exchange)

    async def stall(path: str) -> bytes:
        await asyncio.sleep(3600)
        return b""

    monkeypatch.setattr(served, "tile", stall)
    with pytest.raises(LinkError, match="binnen"):
        await auditing.audit_house(
            exchange[HOUSE].settings, served, lambda *_: None, exchange.clock(), again=True, patience=0.05
        )


@pytest.mark.parametrize("answer", ["", "[]", '{"entries": [{}]}', '{"entries": [], "more": 1}', '{"entries": 3}'])
async def test_entries_of_another_form_are_no_answer(
    exchange: Exchange, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = link(exchange)

    async def other(after: int, limit: int) -> bytes:
        return answer.encode()

    monkeypatch.setattr(served, "entries", other)
    with pytest.raises(LinkError):
        await audited(exchange, served)


async def test_another_house_is_refused(exchange: Exchange) -> None:
    settings = exchange[HOUSE].settings
    other = settings.model_copy(update={"house": settings.house.model_copy(update={"genesis": "A" * 43})})
    with pytest.raises(UseError, match="Bijlage 1"):
        await auditing.audit_house(other, link(exchange), lambda *_: None)


async def test_one_audit_at_a_time(exchange: Exchange) -> None:
    settings, served = exchange[HOUSE].settings, link(exchange)
    both = await asyncio.gather(
        *(auditing.audit_house(settings, served, lambda *_: None, again=True) for _ in range(2)),
        return_exceptions=True,
    )
    assert [type(one) for one in both if isinstance(one, Exception)] == [UseError]


async def test_what_has_no_proof_yet_is_no_finding_for_a_minute(exchange: Exchange) -> None:
    """Accepted, and not under the checkpoint that the audit is about."""
    before = link(exchange, TOWN)
    await one_more(exchange)
    soon = await audited(exchange, before, TOWN, seconds=30)
    assert soon.ok
    assert unchecked(soon)["nog_zonder_bewijs"] == 1
    assert codes(await audited(exchange, before, TOWN, seconds=90)) == {"vermelding_verzwegen"}


async def one_more(exchange: Exchange) -> None:
    """A message that the broker took and whose proof its sender has not seen."""
    town = exchange[TOWN]
    source = next(one for one in exchange.broker.entries if one.source.manifest.kind == "geinformeerd").source.manifest
    assert isinstance(source.act, Informed)
    frame = Frame(kind="geinformeerd", sender=TOWN, to=(HOUSE,), case=CaseRef(source.case or ""), phase="triage",
                  act=source.act)  # fmt: skip
    outcome = await send(town, draft(town, frame, exchange.clock()))
    assert isinstance(outcome, Sent), outcome
