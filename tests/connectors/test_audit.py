"""The audit finds what a broker changes, hides, forks or decides wrongly; and finds nothing where nothing is wrong."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from connectors import LinkError, UseError
from connectors.control import auditing
from connectors.exchanges.drafting import Frame, draft
from connectors.exchanges.outgoing import Sent, send, signed
from connectors.proofs import replay
from connectors.proofs.replay import NO_MANIFEST
from connectors.proofs.report import TEXTS, Report
from keys import merkle, tiles
from keys.identity import record_bytes
from schemas.acts import Informed
from schemas.canonical import encode
from schemas.envelope import parse_envelope
from schemas.ids import Address, CaseRef, Oin
from tests.connectors.commanding import command, write_settings
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, HOUSE, LOG, POLICE, TOWN
from tests.memory_broker import Entry, MemoryBroker, MemoryLink

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class AuditedLink(MemoryLink):
    """What a broker serves to who audits; ``entry``: what it makes of one of the entries, None to hide it."""

    entry: Callable[[Entry], Entry | None] = lambda entry: entry
    bundle: Callable[[str, bytes], bytes] = lambda path, data: data
    asked: list[str] = field(default_factory=list)

    async def entries(self, after: int, limit: int) -> bytes:
        found = [shown for entry in self.broker.entries if self._mine(entry) and (shown := self.entry(entry))]
        rows = [
            {"index": one.index, "body": one.body, "manifest": one.manifest if one.allowed else None}
            for one in found
            if one.index > after
        ]
        return json.dumps({"entries": rows[:limit]}).encode()

    async def tile(self, path: str) -> bytes:
        self.asked.append(path)
        return self.bundle(path, await super().tile(path))

    def _mine(self, entry: Entry) -> bool:
        manifest = entry.source.manifest
        return self.oin in {address.oin for address in (manifest.sender, *manifest.to)}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    """A case in triage with a question to the municipality; one for all, since a test changes only its copy."""
    made = await Exchange(tmp_path_factory.mktemp("audit")).open()
    done = await made.in_triage()
    await made.asked(done, COLLEGE)
    yield made
    await made.close()


def link(exchange: Exchange, address: Address = HOUSE, **lies: Any) -> AuditedLink:
    """A copy of the broker, so that what a test does to it does not reach the connectors."""
    return AuditedLink(copy.deepcopy(exchange.broker), Oin(address.oin), **lies)


async def audited(exchange: Exchange, served: AuditedLink, address: Address = HOUSE, **later: float) -> Report:
    now = exchange.clock() + timedelta(**(later or {"hours": 1}))
    return await auditing.audit_house(exchange[address].settings, served, lambda *_: None, now)


def codes(report: Report) -> set[str]:
    assert not report.ok
    return {problem.code for problem in report.problems}


def rebuilt(broker: MemoryBroker, leaves: list[bytes]) -> None:
    """The whole log made anew over other leaves and signed with the log's real key."""
    broker.leaves = leaves
    broker.tiles = dict(tiles.grow(0, {}, [merkle.leaf_hash(leaf) for leaf in leaves]).tiles)


def changed_body(entry: Entry, **members: Any) -> Entry:
    return replace(entry, body=encode({**json.loads(entry.body), **members}).decode())


def last_of(served: AuditedLink, kind: str) -> Entry:
    return next(one for one in reversed(served.broker.entries) if one.source.manifest.kind == kind)


async def test_nothing_is_wrong_where_nothing_is(exchange: Exchange) -> None:
    for address in (HOUSE, TOWN, COLLEGE):
        report = await audited(exchange, link(exchange, address), address)
        assert report.ok, report
        assert (report.size, report.unchecked) == (len(exchange.broker.leaves), ())
        assert report.own_entries == report.replayed == report.register > 0
        assert report.records == len(exchange.broker.records)


async def test_a_party_without_messages_still_verifies_the_log(exchange: Exchange) -> None:
    report = await audited(exchange, link(exchange, POLICE), POLICE)
    assert report.ok
    assert (report.own_entries, report.size) == (0, len(exchange.broker.leaves))


@pytest.mark.parametrize("where", ["tile/0/", "tile/entries/"])
async def test_a_flipped_byte_in_a_tile_or_leaf(exchange: Exchange, where: str) -> None:
    def flip(path: str, data: bytes) -> bytes:
        return data[:-1] + bytes([data[-1] ^ 1]) if path.startswith(where) else data

    found = codes(await audited(exchange, link(exchange, bundle=flip)))
    assert ("wortel_anders" if "entries" in where else "tegel_anders") in found


async def test_a_leaf_that_is_not_served(exchange: Exchange) -> None:
    def cut(path: str, data: bytes) -> bytes:
        return data[:-1] if "entries" in path else data

    report = await audited(exchange, link(exchange, bundle=cut))
    assert codes(report) == {"blad_ontbreekt"}
    assert report.unchecked


async def test_an_edited_body(exchange: Exchange) -> None:
    served = link(exchange)
    target = last_of(served, "triagevraag").index
    served.entry = lambda one: changed_body(one, case_seq=99) if one.index == target else one
    report = await audited(exchange, served)
    assert ("vermelding_anders", target) in {(one.code, one.index) for one in report.problems}


async def test_another_manifest_under_the_same_body(exchange: Exchange) -> None:
    served = link(exchange)
    target, other = last_of(served, "triagevraag"), last_of(served, "fase_besluit")
    served.entry = lambda one: replace(one, manifest=other.manifest) if one.index == target.index else one
    assert codes(await audited(exchange, served)) == {"manifest_anders"}


async def test_an_omitted_entry(exchange: Exchange) -> None:
    served = link(exchange)
    target = last_of(served, "triagevraag").index
    served.entry = lambda one: None if one.index == target else one
    report = await audited(exchange, served)
    assert [(one.code, one.index) for one in report.problems] == [("vermelding_verzwegen", target)]


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


def relogged(served: AuditedLink, target: Entry, changed: Entry) -> None:
    """One body replaced, the log made anew around it: nothing but the decision itself is wrong."""
    leaves = list(served.broker.leaves)
    leaves[target.index] = merkle.body_leaf(changed.body.encode())
    rebuilt(served.broker, leaves)
    served.entry = lambda one: changed if one.index == target.index else one


async def test_a_decision_that_was_never_right(exchange: Exchange) -> None:
    """Facts under which the kernel refuses, recorded as allowed, before this party saw anything of the log."""
    served = link(exchange)
    target = last_of(served, "triagevraag")
    facts = json.loads(target.body)["facts"]
    facts["case"]["keys"] = []
    relogged(served, target, changed_body(target, facts=facts))
    report = await audited(exchange, served)
    assert ("besluit_onterecht", target.index) in {(one.code, one.index) for one in report.problems}


async def test_a_flipped_outcome(exchange: Exchange) -> None:
    served = link(exchange)
    target = last_of(served, "triagevraag")
    reasons = [{"rule": "3.4", "code": "fase_onjuist", "pointer": "/phase"}]
    flipped = replace(changed_body(target, outcome="refused", reasons=reasons), allowed=False)
    relogged(served, target, flipped)
    found = codes(await audited(exchange, served))
    assert {"uitkomst_anders", "besluit_onterecht", "logboek_gespleten"} <= found


async def test_a_checkpoint_of_another_key(exchange: Exchange) -> None:
    served = link(exchange)
    served.broker.log_key = type(LOG).generate()
    assert codes(await audited(exchange, served)) == {"controlepunt_ongeldig"}


async def test_a_record_that_is_hidden_or_changed(exchange: Exchange) -> None:
    served = link(exchange, POLICE)
    served.broker.records = served.broker.records[:-1]
    assert codes(await audited(exchange, served, POLICE)) == {"besluit_verzwegen"}
    swapped = link(exchange, POLICE)
    last = swapped.broker.leaves.index(merkle.record_leaf(record_bytes(swapped.broker.records[-1][0])))
    leaves = list(swapped.broker.leaves)
    leaves[last] = leaves[1]
    fork = {"besluit_anders", "wortel_anders"}

    async def served_leaves(path: str) -> bytes:
        data = tiles.encode_bundle(leaves)
        return data if "entries" in path else await MemoryLink.tile(swapped, path)

    swapped.tile = served_leaves  # type: ignore[method-assign]  # a broker that lies about one leaf
    assert fork <= codes(await audited(exchange, swapped, POLICE))


def refusal(exchange: Exchange, served: AuditedLink) -> str:
    """A message that its sender forced past its own kernel: the broker refuses it, and keeps no manifest. Its JWS."""
    town = exchange[TOWN]
    source = next(one for one in exchange.broker.entries if one.source.manifest.kind == "geinformeerd").source.manifest
    frame = Frame(kind="geinformeerd", sender=TOWN, to=(HOUSE,), case=CaseRef(source.case or ""), phase="aanmelding",
                  act=source.act)  # fmt: skip
    data = signed(town, draft(town, frame, exchange.clock()), None)
    assert served.broker.submit(Oin(TOWN.oin), data).status == 403
    return parse_envelope(data).manifest


async def test_a_refusal_without_its_manifest_is_named_as_unchecked(exchange: Exchange) -> None:
    served = link(exchange, TOWN)
    refusal(exchange, served)
    report = await audited(exchange, served, TOWN)
    assert report.ok
    assert report.unchecked == (f"{NO_MANIFEST} (1)",)
    assert report.replayed == report.own_entries - 1


async def test_a_refusal_of_which_i_kept_the_manifest_is_decided_again(exchange: Exchange) -> None:
    served = link(exchange, TOWN)
    text = refusal(exchange, served)
    entry = served.broker.entries[-1]
    leaves, house = served.broker.leaves, exchange[TOWN].house
    whole = replay.replay(replay.Entry(entry.index, entry.body, None), leaves, house.directory, house.packs, text)
    assert (whole.decided, whole.problems) == (True, ())
    lighter = changed_body(entry, reasons=[])
    leaves[entry.index] = merkle.body_leaf(lighter.body.encode())
    found = replay.replay(replay.Entry(entry.index, lighter.body, None), leaves, house.directory, house.packs, text)
    assert [one.code for one in found.problems] == ["besluit_onterecht"]


async def test_the_broker_away_is_no_finding(exchange: Exchange) -> None:
    served = link(exchange)
    served.broker.away = True
    with pytest.raises(LinkError):
        await audited(exchange, served)


async def test_another_house_is_refused(exchange: Exchange) -> None:
    settings = exchange[HOUSE].settings
    other = settings.model_copy(update={"house": settings.house.model_copy(update={"genesis": "A" * 43})})
    with pytest.raises(UseError, match="Bijlage 1"):
        await auditing.audit_house(other, link(exchange), lambda *_: None)


class TestCommand:
    """`audit` itself, beside a running connector."""

    async def run(self, exchange: Exchange, served: AuditedLink, monkeypatch: pytest.MonkeyPatch, *more: str) -> Any:
        async def open_(*_: object) -> AuditedLink:
            return served

        monkeypatch.setattr("connectors.exchanges.mutual_tls.MutualTlsLink.open", open_)
        now = exchange.clock() + timedelta(hours=1)
        monkeypatch.setattr(auditing, "datetime", type("Then", (datetime,), {"now": classmethod(lambda *_: now)}))
        path = write_settings(exchange.folder / "settings.yaml", exchange[HOUSE].settings)
        return await asyncio.to_thread(command, "audit", "--settings", str(path), *more)

    async def test_whole(self, exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
        ran = await self.run(exchange, link(exchange), monkeypatch, "--json")
        assert ran.code == 0
        assert ran.json["ok"] is True
        assert ran.json["size"] == len(exchange.broker.leaves)
        text = await self.run(exchange, link(exchange), monkeypatch)
        assert "ongewijzigd en volledig" in text.out

    async def test_wrong(self, exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
        served = link(exchange, entry=lambda one: None)
        ran = await self.run(exchange, served, monkeypatch, "--json")
        assert ran.code == 1
        assert {one["code"] for one in ran.json["problems"]} == {"vermelding_verzwegen"}
        assert all(one["text"] == TEXTS[one["code"]] for one in ran.json["problems"])

    async def test_never_ran(self, exchange: Exchange, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        settings = exchange[HOUSE].settings.model_copy(update={"data": tmp_path / "nowhere"})
        with pytest.raises(UseError, match="ketenconnector run"):
            await auditing.audit_house(settings, link(exchange), lambda *_: None)


async def test_what_has_no_proof_yet_is_no_finding_for_a_minute(exchange: Exchange) -> None:
    """Accepted, and not under the checkpoint that the audit is about."""
    before = link(exchange, TOWN)
    await one_more(exchange)
    soon = await audited(exchange, before, TOWN, seconds=30)
    assert soon.ok
    assert [one for one in soon.unchecked if "laatste minuut" in one]
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
