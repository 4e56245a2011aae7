"""One party that the house names for ``keten-ec``: all with it goes in that suite, all else in the default (T28)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from connectors import officer
from connectors.desk import stories
from connectors.exchanges import closing, keys_of_cases, queries
from keys import binding
from keys.identity import Directory
from keys.sealing import EcReceiveKey
from schemas.acts import Keys
from schemas.content import AkpPublic, EcPublic
from schemas.ids import Address
from schemas.manifest import Manifest
from schemas.records import Accession, AddressGrant, Record, SignedRecord, Suite
from tests.connectors import parties
from tests.connectors.exchange import PERSON, Exchange
from tests.connectors.founding import NOW, founding, join, signed_genesis
from tests.connectors.parties import COLLEGE, HOUSE, TOWN
from tests.connectors.test_answering import OK, answered, asked

pytestmark = pytest.mark.slow

EC: Suite = "keten-ec"
PQ: Suite = "keten-pq"


@pytest_asyncio.fixture
async def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Exchange]:
    """The college is named; the house and the town are not."""
    both = parties._both

    def naming(record: Record) -> SignedRecord:
        if isinstance(record, Accession) and record.oin == COLLEGE.oin:
            grants = tuple(AddressGrant(**{**dict(one), "suite": EC}) for one in record.addresses)
            return both(record.model_copy(update={"addresses": grants}))
        return both(record)

    monkeypatch.setattr(parties, "_both", naming)
    made = await Exchange(tmp_path).open(HOUSE, TOWN, COLLEGE)
    yield made
    await made.close()


def messages(exchange: Exchange) -> list[Manifest]:
    return [entry.source.manifest for entry in exchange.broker.entries if entry.allowed]


def sealed_suites(exchange: Exchange) -> set[tuple[str, Address, Address, Suite]]:
    """Of each sealed message its kind, from, to and suite; as the manifest says and as the seal shows."""
    said = {
        (str(one.kind), one.sender, one.to[0], one.sealed.suite) for one in messages(exchange) if one.sealed is not None
    }
    shown = set()
    for data in exchange.broker.envelopes.values():
        envelope = json.loads(data)
        if envelope["sealed"]:
            shown.add(binding.shape(envelope["sealed"]).suite)
    assert shown == {suite for *_, suite in said}
    return said


async def question_and_answer(exchange: Exchange) -> Any:
    exchange.sources[COLLEGE].add("7", {"woonsituatie": {"woonvorm": "huur"}}, **PERSON)
    done, line = await asked(exchange)
    await stories.approve(exchange[COLLEGE], line.id, OK)
    assert (await answered(exchange, done)).outcome == "bekend"
    return done


async def test_a_whole_triage_with_a_named_party(named: Exchange) -> None:
    """Notification by the town, question, answer and its receipt: each sealed, opened and filed."""
    done = await question_and_answer(named)
    assert sealed_suites(named) == {
        ("aanmelding", TOWN, HOUSE, PQ),
        ("triagevraag", HOUSE, COLLEGE, EC),
        ("triageantwoord", COLLEGE, HOUSE, EC),
        ("ontvangst", HOUSE, COLLEGE, EC),
    }
    for place in (named[HOUSE], named[COLLEGE]):
        assert [finding.code for finding in await stories.findings(place)] == []
    async with named[HOUSE].database.begin() as tx:
        keys = await queries.case_keys(tx, done.case)
    assert {(key.phase, key.suite) for key in keys} == {("aanmelding", PQ), ("triage", EC), ("triage", PQ)}


async def test_without_a_name_nothing_changes(exchange: Exchange) -> None:
    await question_and_answer(exchange)
    assert {suite for *_, suite in sealed_suites(exchange)} == {PQ}


async def test_each_gets_the_key_of_its_own_suite(named: Exchange) -> None:
    """The house has a key of each for one phase, and two parties see both: each seals to the one for it."""
    done = await question_and_answer(named)
    house = named[HOUSE]
    async with house.database.begin() as tx:
        now, case = house.clock(), done.case
        curve = await keys_of_cases.peer(tx, case, "triage", HOUSE, now, EC)
        hybrid = await keys_of_cases.peer(tx, case, "triage", HOUSE, now, PQ)
        default = await keys_of_cases.peer(tx, case, "triage", HOUSE, now)
    assert (curve and curve.public.alg, hybrid and hybrid.public.alg) == ("ECDH-ES+A256KW", "HPKE-10-KE")
    assert default == hybrid
    assert keys_of_cases.between(house, HOUSE, COLLEGE) == EC == keys_of_cases.between(house, COLLEGE, HOUSE)
    assert keys_of_cases.between(house, HOUSE, TOWN) == PQ


async def test_a_closed_epoch_is_told_to_each_in_its_own_suite_and_once(named: Exchange) -> None:
    done = await question_and_answer(named)
    await named.settle()
    await closing.close_epoch(named[HOUSE], done.case)
    await named.settle()
    fresh = {
        (one.to[0], key.suite, key.epoch)
        for one in messages(named)
        if one.sender == HOUSE
        for key in (one.act.keys if isinstance(one.act, Keys) else ())
        if key.epoch == 1
    }
    assert fresh == {(COLLEGE, EC, 1), (TOWN, PQ, 1)}
    assert await closing.publish(named[HOUSE], done.case) == 0


async def test_a_message_in_a_suite_that_is_not_allowed_is_refused(named: Exchange, monkeypatch: Any) -> None:
    """A broker lets it through; the recipient, who decides again, does not."""
    named.sources[COLLEGE].add("7", {"woonsituatie": {"woonvorm": "huur"}}, **PERSON)
    done, line = await asked(named)
    await stories.approve(named[COLLEGE], line.id, OK)
    weakest = Directory.weakest_suite
    house = named[HOUSE].house.directory

    def not_at_the_house(self: Directory, *arguments: Any) -> str:
        return PQ if self is house else weakest(self, *arguments)

    monkeypatch.setattr(Directory, "weakest_suite", not_at_the_house)
    assert (await answered(named, done)).outcome is None
    assert "suite_niet_toegestaan" in [finding.code for finding in await stories.findings(named[HOUSE])]


@pytest.mark.parametrize(
    "public",
    [
        {"kty": "AKP", "alg": "HPKE-10-KE", "pub": "AAAA"},
        {"kty": "OKP", "crv": "X25519", "alg": "ECDH-ES+A256KW", "x": "A" * 43},
        EcReceiveKey.from_seed(b"\x05" * 32).public.model_dump(),
    ],
)
async def test_who_names_no_key_to_answer_to_is_not_filed(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch, public: dict[str, str]
) -> None:
    """No key, one of small order, and one of a suite that is not between us: nothing is filed, and nobody stumbles."""
    exchange.sources[COLLEGE].add("7", {"woonsituatie": {"woonvorm": "huur"}}, **PERSON)
    done, line = await asked(exchange)
    await stories.approve(exchange[COLLEGE], line.id, OK)
    model = AkpPublic if public["kty"] == "AKP" else EcPublic
    monkeypatch.setattr(keys_of_cases, "published", lambda _: model.model_validate(public))
    assert (await answered(exchange, done)).outcome is None
    assert [finding.code for finding in await stories.findings(exchange[HOUSE])] == ["binnenste_fout"]


def test_an_officer_names_and_sees_it(tmp_path: Path) -> None:
    """The form says it, and the sheet that is signed shows it in words."""
    made = founding(tmp_path)
    signed_genesis(made)
    both = join(made, "emmen")[0]
    assert EC not in dict(officer.sheet(both).rows)["Functies"]
    form = made.base / "emmen.yaml"
    form.write_text(
        form.read_text().replace("  - function: college_bw", "  - function: college_bw\n    suite: keten-ec")
    )
    once = officer.begin("accession", form, made.key("manager"), made.genesis, NOW)
    assert "verzegeling: keten-ec, later met een kwantumcomputer te lezen" in dict(officer.sheet(once).rows)["Functies"]


async def test_who_is_not_named_any_more_asks_again_and_answers(named: Exchange, monkeypatch: Any) -> None:
    """The key that it asked for is of the old suite: that request does not count for the new one. Asked once more."""
    named.sources[COLLEGE].add("7", {"woonsituatie": {"woonvorm": "huur"}}, **PERSON)
    done, line = await asked(named)
    await stories.approve(named[COLLEGE], line.id, OK)
    await named.settle()
    before = len([one for one in messages(named) if one.kind == "sleutel_verzoek" and one.sender == COLLEGE])
    monkeypatch.setattr(Directory, "weakest_suite", lambda *_: PQ)
    assert (await answered(named, done)).outcome is None  # now it asks
    await named.settle()
    await named.settle()
    (row,) = await stories.board(named[HOUSE], done.case)
    assert row.outcome == "bekend"
    requests = [one for one in messages(named) if one.kind == "sleutel_verzoek" and one.sender == COLLEGE]
    assert len(requests) == before + 1


async def test_who_is_not_named_any_more_is_not_told_a_key_at_every_start(named: Exchange, monkeypatch: Any) -> None:
    done = await question_and_answer(named)
    await named.settle()
    house = named[HOUSE]

    async def cut(*_: Any) -> int:
        return 0

    with monkeypatch.context() as patch:
        patch.setattr(closing, "publish", cut)  # a crash before the next keys were told
        await closing.close_epoch(house, done.case)
    monkeypatch.setattr(Directory, "weakest_suite", lambda *_: PQ)
    assert await closing.publish_all(house) == 1  # the town
    await named.settle()
    assert await closing.publish_all(house) == 0
