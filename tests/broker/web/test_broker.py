"""The whole broker over real TLS and PostgreSQL: what a connector sees, route by route."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from broker.app import TABLE as ROWS
from broker.database import Database
from broker.web.limits import Limits
from broker.web.problems import Refusal
from broker.web.routes import TABLE
from keys import jws, proof, tiles
from keys.identity import Directory
from keys.jws import VerifyKey
from keys.merkle import body_leaf
from schemas import canonical
from schemas.entry import Body, Receipt
from schemas.ids import CaseRef, Oin, parse_instant
from schemas.manifest import RECEIPT_TYP
from schemas.records import SignedRecord
from tests.broker.web.certificates import Sandbox
from tests.broker.web.founding import DOOR, HOUSE, POLICE
from tests.broker.web.living import Live, living
from tests.making import reference

CASE = CaseRef(reference("casus"))


@pytest.fixture
async def live(dsn: str, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Live]:
    """A broker for one test."""
    async with living(dsn, sandbox, tmp_path / "keys") as running:
        yield running


def directory_of(live: Live) -> Directory:
    """The house as its records say it."""
    return Directory.of([(signed, live.founded.now) for signed in (live.founded.genesis, *live.founded.records)])


def receipt_of(live: Live, text: str) -> Receipt:
    """What a receipt says, its signature verified."""
    key: VerifyKey = directory_of(live).receipt_key
    return Receipt.model_validate_json(jws.verify(jws.parse(text, RECEIPT_TYP), key))


async def test_every_route_asks_for_a_certificate(live: Live) -> None:
    served = live.application[TABLE]
    assert {route.name for route in ROWS} < served.keys()
    for route in ROWS:
        path = "/v1" + route.template.format(house=HOUSE, case="x", digest="x", level="0", index="000")
        async with live.call(None, route.method, live.url(path), json={}) as response:
            assert (route.name, response.status) == (route.name, 401)
    async with live.call(None, "GET", live.url("/v1/openapi.json")) as response:
        assert response.status == 200


async def test_a_message_gets_a_receipt_and_the_same_bytes_the_same_answer(live: Live) -> None:
    data = live.founded.start()
    status, answer = await live.post(data)
    assert (status, answer["outcome"]) == (202, "allowed")
    receipt = receipt_of(live, answer["receipt"])
    assert receipt.manifest_sha256 == canonical.digest_text(json.loads(data)["manifest"])
    status, again = await live.post(data)
    assert status == 202
    assert receipt_of(live, again["receipt"]) == receipt


async def test_other_bytes_under_the_same_number_are_a_conflict(live: Live) -> None:
    number = "0190c0de-0000-7000-8000-000000000001"
    assert (await live.post(live.founded.start(id=number)))[0] == 202
    status, problem = await live.post(live.founded.start("andere", id=number))
    assert (status, problem["code"]) == (409, "nummer_hergebruikt")


async def test_who_waits_gets_the_proof_with_the_receipt(live: Live) -> None:
    status, answer = await live.post(live.founded.start(), Prefer="respond-async, wait=10")
    assert status == 201
    receipt = receipt_of(live, answer["receipt"])
    page = await live.deliveries(1)
    own = next(d for d in page["deliveries"] if Body.model_validate_json(d["body"]).entry == receipt.entry)
    origin = directory_of(live).genesis.origin
    proof.verify(answer["proof"], body_leaf(own["body"].encode()), directory_of(live).log_key, origin)


async def test_a_refusal_names_every_reason_and_is_on_record(live: Live) -> None:
    manifest = live.founded.manifest("aanmelding_start", POLICE, DOOR, case=CASE, act={"mandate": "x"})
    manifest["phase"] = "triage"
    manifest["act"] = json.loads(canonical.encode({"mandate": _mandate(live, POLICE)}))
    status, answer = await live.post(live.founded.sign(manifest), live.police)
    assert status == 403
    refusal = Refusal.model_validate(answer)
    assert refusal.code == "geweigerd"
    assert refusal.reasons
    assert all(reason.nl and reason.en and reason.rule for reason in refusal.reasons)
    page = await live.deliveries(1, live.police)
    entry = receipt_of(live, refusal.receipt).entry
    bodies = {body.entry: body for d in page["deliveries"] for body in [Body.model_validate_json(d["body"])]}
    assert bodies[entry].outcome == "refused"
    assert {mark.code for mark in bodies[entry].reasons} == {reason.code for reason in refusal.reasons}


def _mandate(live: Live, signer: Any) -> str:
    text = {"case": CASE, "date": live.founded.now.date().isoformat(), "house": HOUSE, "to": DOOR}
    return jws.sign(canonical.encode(text), live.founded.signers[signer], "keten-mandate+jws")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda data: b"geen json", "geen_json"),
        (lambda data: b"[]", "geen_object"),
        (lambda data: data[:-1] + b',"manifest":"x"}', "dubbel_lid"),
        (lambda data: data[:-1] + b',"naam":"x"}', "bericht_vorm"),
        (lambda data: b'{"manifest":"a.b.c"}', "handtekening_vorm"),
        (lambda data: data[:-88] + b"A" * 86 + data[-2:], "handtekening_fout"),
        (lambda data: data[:-1] + b',"sealed":"x"}', "verzegeling_fout"),
    ],
)
async def test_what_is_no_message_is_told_by_code(live: Live, spoil: Any, code: str) -> None:
    status, problem = await live.post(spoil(live.founded.start()))
    assert status == 400
    assert problem["code"] == code


async def test_a_certificate_speaks_for_its_own_party_only(live: Live) -> None:
    status, problem = await live.post(live.founded.start(), live.police)
    assert (status, problem["code"]) == (403, "verkeerde_afzender")


async def test_an_inbox_is_its_partys_own_and_its_proofs_hold(live: Live) -> None:
    await live.post(live.founded.start())
    page = await live.deliveries(1)
    assert [d["n"] for d in page["deliveries"]] == list(range(1, len(page["deliveries"]) + 1))
    house = directory_of(live)
    for delivery in page["deliveries"]:
        leaf = body_leaf(delivery["body"].encode())
        assert proof.verify(delivery["proof"], leaf, house.log_key, house.genesis.origin).size > 0
    assert (await live.get("inbox", live.police))["deliveries"] == []


async def test_the_log_can_be_read_and_holds_the_records(live: Live) -> None:
    async with live.call(live.police, "GET", live.house("log/checkpoint")) as response:
        assert response.headers["Content-Type"].startswith("text/plain")
        note = await response.text()
    origin, size, *_ = note.split("\n")
    assert origin == directory_of(live).genesis.origin
    count = int(size)
    path = tiles.Tile(None, 0, count).path.removeprefix("tile/entries/")
    async with live.call(live.police, "GET", live.house(f"log/tile/entries/{path}")) as response:
        assert response.headers["Content-Type"] == "application/octet-stream"
        leaves = tiles.decode_bundle(await response.read())
    assert len(leaves) == count >= 5
    async with live.call(live.police, "GET", live.house(f"log/tile/0/{path}")) as response:
        assert len(await response.read()) == 32 * count


@pytest.mark.parametrize(
    "path", ["log/tile/0/000", "log/tile/0/0", "log/tile/64/000.p/1", "log/tile/entries/x.p/1", "log/tile/0/001.p/1"]
)
async def test_a_tile_that_is_not_there_is_not_found(live: Live, path: str) -> None:
    async with live.call(live.melder, "GET", live.house(path)) as response:
        assert response.status == 404


async def test_the_directory_can_be_verified_by_who_reads_it(live: Live) -> None:
    view = await live.get("directory", live.police)
    rows = [
        (SignedRecord(first=row["first"], second=row["second"]), parse_instant(row["time"])) for row in view["records"]
    ]
    assert Directory.of(rows).genesis == directory_of(live).genesis
    assert [row["index"] for row in view["records"]] == list(range(len(rows)))
    assert view["checkpoint"].startswith(directory_of(live).genesis.origin)


async def test_the_pack_in_force_and_what_it_lets_one_ask(live: Live) -> None:
    digest = live.founded.pack.digest
    assert "pack.yaml" in (await live.get(f"packs/{digest}"))["files"]
    asked = {"phase": "triage", "purpose": "eerste_beeld", "recipient": POLICE}
    view = await live.ask("questions/_allowed", asked)
    assert view["pack"] == digest
    assert "politiegegevens_art8" in {row["category"] for row in view["allowed"]}
    stranger = asked | {"recipient": POLICE.replace("2000", "3000")}
    assert (await live.ask("questions/_allowed", stranger))["allowed"] == []
    for unknown in ("A" * 43, "x"):
        async with live.call(live.melder, "GET", live.house(f"packs/{unknown}")) as response:
            assert response.status == 404


async def test_a_case_is_seen_by_who_takes_part(live: Live) -> None:
    await live.post(live.founded.start())
    view = await live.get(f"cases/{CASE}")
    assert view["phase"] == "aanmelding"
    for path in (f"cases/{CASE}", "cases/x"):
        async with live.call(live.police, "GET", live.house(path)) as response:
            assert response.status == 404
            assert (await response.json(content_type=None))["code"] == "casus_onbekend"


@pytest.mark.rule("8", part="R", shows="allowed")
async def test_entries_and_register_are_scoped_to_the_caller(live: Live) -> None:
    _, answer = await live.post(live.founded.start())
    await live.deliveries(1)
    entry = receipt_of(live, answer["receipt"]).entry
    own = await live.ask("log/_entries", {"after": -1, "limit": 10})
    assert [Body.model_validate_json(row["body"]).entry for row in own["entries"]] == [entry]
    assert own["entries"][0]["manifest"].count(".") == 2
    named = await live.ask("log/_entries", {"indices": [own["entries"][0]["index"]]})
    assert named == own
    assert (await live.ask("log/_entries", {}, live.police))["entries"] == []
    assert (await live.ask("provisions/_search", {}, live.police))["provisions"] == []


@pytest.mark.parametrize("path", ["log/_entries", "provisions/_search"])
@pytest.mark.parametrize("after", [False, "5", 2**53 - 1, -2])
async def test_a_number_in_a_body_is_a_number(live: Live, path: str, after: object) -> None:
    async with live.call(live.melder, "POST", live.house(path), json={"after": after}) as response:
        assert response.status == (200 if after == 2**53 - 1 else 400)


async def test_an_organisation_that_did_not_accede_sees_nothing(live: Live) -> None:
    stranger = live.sandbox.issue(Oin("00000099000000007000"))
    for route in ROWS:
        path = "/v1" + route.template.format(house=HOUSE, case="x", digest="x", level="0", index="000")
        async with live.call(stranger, route.method, live.url(path), json={}) as response:
            assert (route.name, response.status) == (route.name, 403)
            assert (await response.json(content_type=None))["code"] == "geen_toetreding"


async def test_another_house_is_not_here(live: Live) -> None:
    async with live.call(live.melder, "GET", live.url("/v1/houses/elders/inbox")) as response:
        assert (await response.json(content_type=None))["code"] == "huis_onbekend"


async def test_a_long_poll_wakes_when_something_comes(live: Live) -> None:
    waiting = asyncio.create_task(live.deliveries(1, wait=20))
    await asyncio.sleep(0.5)
    assert not waiting.done()
    await live.post(live.founded.start())
    async with asyncio.timeout(5):
        assert (await waiting)["deliveries"]


async def test_more_messages_than_places_are_sent_away_with_a_time(dsn: str, sandbox: Sandbox, tmp_path: Path) -> None:
    other = Database(dsn)
    async with living(dsn, sandbox, tmp_path / "keys", Limits(waiting_messages=1)) as live:
        async with other.transaction() as connection:
            await connection.execute("SELECT 1 FROM house FOR UPDATE")  # nothing is decided while somebody has it
            posts = [asyncio.create_task(live.post(live.founded.start(f"casus {n}"))) for n in range(8)]
            await asyncio.wait(posts, return_when=asyncio.FIRST_COMPLETED, timeout=10)
        answers = await asyncio.gather(*posts)
    await other.close()
    statuses = {status for status, _ in answers}
    assert statuses == {202, 503}
    assert {body["code"] for status, body in answers if status == 503} == {"even_niet"}
