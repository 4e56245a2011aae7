"""The audit makes each decision again and gathers its facts again: what is wrong is named with its place."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from connectors.exchanges.drafting import Frame, draft
from connectors.exchanges.outgoing import signed
from connectors.proofs.regathering import Gathered
from keys import jws, merkle
from keys.jws import SigningKey
from schemas.canonical import digest_text, encode
from schemas.entry import Body, body_bytes
from schemas.envelope import parse_envelope
from schemas.gathering import FACT_KINDS, Source, gather
from schemas.ids import Address, CaseRef, Digest, MessageId, Oin, PackDigest, Reference
from schemas.manifest import MANIFEST_TYP, Manifest
from schemas.records import KeyRevocation, PackDecision, SignedRecord
from tests.connectors.audits import (
    AuditedLink,
    audited,
    case_in_triage,
    changed_body,
    codes,
    facts_of,
    found,
    last_of,
    lied,
    link,
    rebuilt,
    relogged,
    unchecked,
)
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, GGZ, HOUSE, POLICE, TOWN, _both, seed, signing_key
from tests.memory_broker import Entry

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]
Tell = Callable[[dict[str, Any]], None]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    """A case in triage with a question to the municipality; one for all, since a test changes only its copy."""
    async with case_in_triage(tmp_path_factory.mktemp("audit")) as made:
        yield made


def in_case(name: str, change: Callable[[Any], Any]) -> Tell:
    def tell(facts: dict[str, Any]) -> None:
        facts["case"][name] = change(facts["case"][name])

    return tell


def in_facts(name: str, change: Callable[[Any], Any]) -> Tell:
    def tell(facts: dict[str, Any]) -> None:
        facts[name] = change(facts.get(name))

    return tell


def asked(address: Address) -> dict[str, str]:
    return {"address": address, "role": "gevraagd", "since": "2026-03-10T09:00:01Z"}


LATER = "2026-03-10T09:00:59Z"
TOLD: list[tuple[str, Address, str, Tell, tuple[str, str]]] = [
    ("no key", HOUSE, "triagevraag", in_case("keys", lambda _: []), ("feit_weggelaten", "case.keys")),
    ("another key", HOUSE, "triagevraag", in_case("keys", lambda keys: [{**keys[0], "kid": "A" * 43}]),
     ("feit_anders", "case.keys")),
    ("another time of the phase", HOUSE, "triagevraag", in_case("phase_since", lambda _: LATER),
     ("feit_anders", "case.phase_since")),
    ("another phase", HOUSE, "sleutel", in_case("phase", lambda _: "casusoverleg"), ("feit_anders", "case.phase")),
    ("another notifier", HOUSE, "triagevraag", in_case("notifier", lambda _: COLLEGE),
     ("feit_anders", "case.notifier")),
    ("somebody who was never asked", HOUSE, "triagevraag", in_case("roster", lambda rows: [*rows, asked(GGZ)]),
     ("feit_verzonnen", "case.roster")),
    ("somebody left out", HOUSE, "triagevraag", in_case("roster", lambda rows: rows[:-1]),
     ("feit_weggelaten", "case.roster")),
    ("nothing kept", HOUSE, "triagevraag", in_case("kept", lambda _: []), ("feit_weggelaten", "case.kept")),
    ("nobody told", HOUSE, "triagevraag", in_facts("informed", lambda _: []), ("feit_weggelaten", "informed")),
    ("told on another day", HOUSE, "triagevraag", in_facts("informed", lambda rows: [{**rows[0], "at": "2026-02-01"}]),
     ("feit_anders", "informed")),
    ("no agreement", HOUSE, "triagevraag", in_facts("agreements", lambda _: []), ("feit_weggelaten", "agreements")),
    ("a longer agreement", HOUSE, "triagevraag",
     in_facts("agreements", lambda rows: [{**rows[0], "until": "2031-01-01T00:00:00Z"}]),
     ("feit_anders", "agreements")),
    ("no pack", HOUSE, "triagevraag", in_facts("packs", lambda _: []), ("feit_weggelaten", "packs")),
    ("a party with another task", HOUSE, "triagevraag",
     in_facts("parties", lambda rows: [*rows[:-1], {**rows[-1], "tasks": ["wpg_13"]}]), ("feit_anders", "parties")),
    ("a thread that was answered", HOUSE, "aanmelding_besluit",
     in_facts("thread", lambda row: {**row, "answered": True}), ("feit_verzonnen", "thread.answered")),
    # what came to a party with its sources
    ("no key, to who was asked", COLLEGE, "triagevraag", in_case("keys", lambda _: []),
     ("feit_weggelaten", "case.keys")),
    ("another phase, to who was asked", COLLEGE, "triagevraag", in_case("phase_since", lambda _: LATER),
     ("feit_anders", "case.phase_since")),
    # what a party sent itself, of a case that it sees little of
    ("an agreement that it never gave", COLLEGE, "ontvangst", in_facts("agreements", lambda _: [{
        "item": "A" * 22, "subject": "B" * 21 + "A", "subject_category": "betrokkene", "category": "personalia",
        "fields": ["/voornamen"], "provider": COLLEGE, "phase": "triage", "purpose": "eerste_beeld",
        "holder": "politie", "until": LATER, "since": LATER, "given_for": "eerste_beeld", "refused": []}]),
     ("feit_verzonnen", "agreements")),
    ("a person that it never told", COLLEGE, "ontvangst",
     in_facts("informed", lambda _: [{"subject": "B" * 21 + "A", "by": COLLEGE, "at": "2026-03-01"}]),
     ("feit_verzonnen", "informed")),
    ("a consent that it never took back", COLLEGE, "ontvangst",
     in_facts("withdrawn", lambda _: [{"consent": "A" * 22, "provider": COLLEGE, "since": LATER}]),
     ("feit_verzonnen", "withdrawn")),
    ("an item that it never stopped", COLLEGE, "ontvangst", in_facts("stopped", lambda _: [
        {"item": "A" * 22, "provider": COLLEGE, "why": "ingetrokken", "since": LATER}]), ("feit_verzonnen", "stopped")),
    ("a party with another task, to who sees little", COLLEGE, "ontvangst",
     in_facts("parties", lambda rows: [*rows[:-1], {**rows[-1], "tasks": ["wpg_13"]}]), ("feit_verzonnen", "parties")),
    ("no pack, to who sees little", COLLEGE, "ontvangst", in_facts("packs", lambda _: []),
     ("feit_weggelaten", "packs")),
    ("no thread, to who sees little", COLLEGE, "ontvangst", in_facts("thread", lambda _: None),
     ("feit_weggelaten", "thread")),
    ("a case meeting to which it was never invited", COLLEGE, "ontvangst",
     in_case("roster", lambda rows: [*rows[:-1], {"address": COLLEGE, "role": "deelnemer", "since": LATER}]),
     ("feit_verzonnen", "case.roster")),
]  # fmt: skip


@pytest.mark.parametrize(("to", "kind", "tell", "said"), [row[1:] for row in TOLD], ids=[row[0] for row in TOLD])
async def test_a_fact_that_is_not_that_of_the_log(
    exchange: Exchange, to: Address, kind: str, tell: Tell, said: tuple[str, str]
) -> None:
    served = lied(exchange, kind, tell, to)
    place = last_of(served, kind).index
    report = await audited(exchange, served, to)
    assert (*said, place) in {(one.code, one.what, one.index) for one in report.problems}


async def test_without_gathering_again_nobody_would_know(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard of the tests above: the decision itself is right on the facts as they were recorded."""
    lie = in_facts("informed", lambda rows: [{**rows[0], "at": "2026-02-01"}])
    served = lied(exchange, "triagevraag", lie)
    assert "feit_anders" in codes(await audited(exchange, served))
    monkeypatch.setattr("connectors.proofs.audit.regather", lambda *_: Gathered(same=True))
    assert codes(await audited(exchange, served)) == {"logboek_gespleten"}


async def test_what_others_said_is_named_as_not_seen(exchange: Exchange) -> None:
    """The municipality was asked, and sees neither the notification nor what the house decided on it."""
    report = await audited(exchange, link(exchange, COLLEGE), COLLEGE)
    assert report.ok
    assert unchecked(report) == {"feiten_niet_zichtbaar": report.replayed - report.gathered}
    assert 0 < report.gathered < report.replayed


# -------------------------------------------------------------------------------------------------- the decision


async def test_a_decision_that_was_never_right(exchange: Exchange) -> None:
    served = lied(exchange, "triagevraag", in_case("keys", lambda _: []))
    target = last_of(served, "triagevraag").index
    report = await audited(exchange, served)
    assert ("besluit_onterecht", target) in found(report)
    assert any("B" in (one.what or "") or "." in (one.what or "") for one in report.problems if one.index == target)


async def test_a_refusal_that_was_never_right(exchange: Exchange) -> None:
    served = link(exchange)
    target = last_of(served, "triagevraag")
    reasons = [{"rule": "3.4", "code": "fase_onjuist", "pointer": "/phase"}]
    flipped = replace(changed_body(target, outcome="refused", reasons=reasons), allowed=False)
    relogged(served, target, flipped)
    served.rows = lambda rows: [
        {**row, "manifest": target.manifest} if row["index"] == target.index else row for row in rows
    ]
    assert {("uitkomst_anders", target.index), ("weigering_onterecht", target.index)} <= found(
        await audited(exchange, served)
    )


def refusal(exchange: Exchange, served: AuditedLink) -> tuple[str, Entry]:
    """A message that its sender forced past its own kernel: the broker refuses it, and keeps no manifest."""
    town = exchange[TOWN]
    source = next(one for one in exchange.broker.entries if one.source.manifest.kind == "geinformeerd").source.manifest
    frame = Frame(kind="geinformeerd", sender=TOWN, to=(HOUSE,), case=CaseRef(source.case or ""), phase="aanmelding",
                  act=source.act)  # fmt: skip
    data = signed(town, draft(town, frame, exchange.clock()), None)
    assert served.broker.submit(Oin(TOWN.oin), data).status == 403
    return parse_envelope(data).manifest, served.broker.entries[-1]


async def test_a_refusal_without_its_manifest_is_named_as_unchecked(exchange: Exchange) -> None:
    """And as not of this party, whose outbox knows nothing of it."""
    served = link(exchange, TOWN)
    _, entry = refusal(exchange, served)
    served.broker.entries[-1] = changed_body(entry, about={"kind": "geinformeerd", "from": TOWN, "to": [HOUSE],
                                             "phase": "triage", "purpose": "unknown"})  # fmt: skip
    relogged(served, entry, served.broker.entries[-1])
    report = await audited(exchange, served, TOWN)
    assert found(report) == {("vermelding_niet_van_ons", entry.index)}
    assert unchecked(report)["geen_manifest"] == 1
    assert report.replayed == report.own_entries - 1


async def test_a_refusal_for_other_reasons(exchange: Exchange) -> None:
    served = link(exchange, TOWN)
    text, entry = refusal(exchange, served)
    served.rows = lambda rows: [{**row, "manifest": text} if row["index"] == entry.index else row for row in rows]
    whole = await audited(exchange, served, TOWN)
    assert found(whole) == {("vermelding_niet_van_ons", entry.index)}
    reasons = json.loads(entry.body)["reasons"]
    relogged(served, entry, changed_body(entry, reasons=[{**reasons[0], "code": "verlopen_pakket"}]))
    assert ("redenen_anders", entry.index) in found(await audited(exchange, served, TOWN))


async def test_a_message_that_should_have_been_refused_and_is_in_the_log(exchange: Exchange) -> None:
    served = link(exchange, TOWN)
    _, entry = refusal(exchange, served)
    relogged(served, entry, replace(changed_body(entry, outcome="allowed", reasons=[]), allowed=True))
    assert ("besluit_onterecht", entry.index) in found(await audited(exchange, served, TOWN))


# ----------------------------------------------------------------------------------------------- keys and packs


def logged(exchange: Exchange, served: AuditedLink, key: SigningKey, **changes: Any) -> int:
    """A message of the town like its last one, signed with ``key``, allowed by the broker: where it stands."""
    like = last_of(served, "geinformeerd").source.manifest
    members = {**like.model_dump(mode="json", by_alias=True, exclude_none=True),
               "id": "0199a0de-0000-7000-8000-00000000beef", "phase": "triage", **changes}  # fmt: skip
    manifest = Manifest.model_validate(members)
    text = jws.sign(encode(manifest.model_dump(mode="json", by_alias=True, exclude_none=True)), key, MANIFEST_TYP)
    rows = [one.source for one in served.broker.entries if one.source.manifest.kind in FACT_KINDS]
    facts = gather(served.broker.members(), rows, manifest).facts
    sealed = manifest.sealed.sha256 if manifest.sealed else None
    body = Body(blind=Reference("A" * 22), entry=MessageId(manifest.id), time=exchange.clock(), house=manifest.house,
                case=manifest.case, case_seq=len(served.broker.entries), outcome="allowed",
                manifest_sha256=digest_text(text), sealed_sha256=sealed, facts=facts)  # fmt: skip
    data = body_bytes(body)
    rebuilt(served.broker, [*served.broker.leaves, merkle.body_leaf(data)])
    place = len(served.broker.leaves) - 1
    source = Source(manifest, Digest(digest_text(text)), exchange.clock())
    served.broker.entries.append(Entry(place, data.decode(), text, source, allowed=True))
    return place


async def test_an_entry_about_us_that_we_never_made(exchange: Exchange) -> None:
    """Somebody has our key, or our register lost something: either way a person must know."""
    served = link(exchange, TOWN)
    place = logged(exchange, served, signing_key(TOWN))
    assert found(await audited(exchange, served, TOWN)) == {("vermelding_niet_van_ons", place)}


async def test_a_key_that_nobody_recorded(exchange: Exchange) -> None:
    served = link(exchange)
    place = logged(exchange, served, seed(99))
    assert ("sleutel_onbekend", place) in found(await audited(exchange, served))


async def test_a_key_of_another(exchange: Exchange) -> None:
    served = link(exchange)
    place = logged(exchange, served, signing_key(POLICE))
    assert ("handtekening_fout", place) in found(await audited(exchange, served))


async def test_a_key_that_was_revoked(exchange: Exchange) -> None:
    served = link(exchange)
    record = KeyRevocation(record="sleutel_intrekking", house=served.broker.directory.house, address=TOWN,
                           kid=signing_key(TOWN).kid, since=exchange.clock())  # fmt: skip
    signed_record = _both(record)
    served.broker.directory = served.broker.directory.add(signed_record, exchange.clock() - timedelta(seconds=5))
    served.broker.records.append((signed_record, exchange.clock() - timedelta(seconds=5)))
    rebuilt(served.broker, [*served.broker.leaves, merkle.record_leaf(merkle_bytes(signed_record))])
    before = {one.index for one in served.broker.entries if one.source.manifest.sender == TOWN}
    place = logged(exchange, served, signing_key(TOWN))
    seen = found(await audited(exchange, served))
    assert ("sleutel_ingetrokken", place) in seen
    # What it signed long before is as right as it was.
    early = {one.index for one in served.broker.entries if one.source.time < exchange.clock() - timedelta(seconds=5)}
    assert not {place for code, place in seen if code == "sleutel_ingetrokken"} & before & early


def merkle_bytes(signed_record: SignedRecord) -> bytes:
    """As in its leaf."""
    return encode(signed_record.model_dump(exclude_none=True))


async def test_a_changed_letter_in_a_manifest(exchange: Exchange) -> None:
    """The digest in the body was changed with it, and the log made anew: the signature is what is left."""
    served = link(exchange)
    target = last_of(served, "triagevraag")
    head, payload, signature = target.manifest.split(".")
    forged = f"{head}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    changed = replace(changed_body(target, manifest_sha256=digest_text(forged)), manifest=forged)
    relogged(served, target, changed)
    assert {("handtekening_fout", target.index), ("vermelding_verzwegen", target.index)} <= found(
        await audited(exchange, served)
    )


async def test_a_pack_on_which_the_house_never_decided(exchange: Exchange) -> None:
    served = link(exchange)
    place = logged(exchange, served, signing_key(TOWN), pack="A" * 43)
    assert ("pakket_onbekend", place) in found(await audited(exchange, served))


@pytest.mark.parametrize(("given", "code"), [(None, "pakket_niet_gegeven"), (b'{"files": {"pack.yaml": "x"}}',
                         "pakket_anders"), (b"no json", "pakket_anders")])  # fmt: skip
async def test_a_pack_that_is_withheld_or_another(exchange: Exchange, given: bytes | None, code: str) -> None:
    served = link(exchange)
    digest = PackDigest("B" * 42 + "A")
    record = PackDecision(record="pack_besluit", house=served.broker.directory.house, pack=digest,
                          since=exchange.clock() + timedelta(days=30), dpia="DPIA 2026-2",
                          consulted=(exchange.clock() - timedelta(days=20)).date(), decision="besluit 2")  # fmt: skip
    signed_record = _both(record)
    served.broker.records.append((signed_record, exchange.clock()))
    rebuilt(served.broker, [*served.broker.leaves, merkle.record_leaf(merkle_bytes(signed_record))])
    if given is not None:
        served.packs[digest] = given
    report = await audited(exchange, served)
    assert facts_of(report) == {(code, digest)}


async def test_a_time_that_cannot_be(exchange: Exchange) -> None:
    served = link(exchange)
    target = last_of(served, "triagevraag")
    relogged(served, target, changed_body(target, time="2031-01-01T00:00:00Z"))
    assert ("tijd_onjuist", target.index) in found(await audited(exchange, served))


async def test_a_case_that_counts_backwards(exchange: Exchange) -> None:
    served = link(exchange)
    target = last_of(served, "triagevraag")
    relogged(served, target, changed_body(target, case_seq=1))
    assert ("nummering_anders", target.index) in found(await audited(exchange, served))


async def test_an_entry_of_others(exchange: Exchange) -> None:
    """What the broker shows to who has no part in it is a leak of the broker."""
    served = link(exchange, POLICE)
    other = last_of(served, "triagevraag")
    served.more = [{"index": other.index, "body": other.body, "manifest": other.manifest}]
    assert ("vermelding_van_ander", other.index) in found(await audited(exchange, served, POLICE))
