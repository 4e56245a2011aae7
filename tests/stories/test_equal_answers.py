"""Whoever reads along cannot tell the answers apart: known with much, unknown, several, refused, silent look the same.

Answers and receipts as the real connectors make them, as they lie at the broker. Compared is every member of manifest,
JWS header and JWE: by value, and where the value is an id, a key, a digest, a time or a ciphertext, by its length.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from connectors.desk import stories
from connectors.desk.stories import Approval
from schemas import strict
from schemas.ids import Address, MessageId
from tests.connectors.exchange import PERSON, Exchange
from tests.connectors.parties import COLLEGE, GGZ, HOUSE, PARTIES, POLICE, _party, seed
from tests.stories.forging import Message

pytestmark = pytest.mark.slow

NEIGHBOUR = Address("00000099000000006000:college_bw")
"""A second municipality, which is asked the same."""
OUTCOMES = ("bekend", "bekend_weinig", "niet_bekend", "geen_uitspraak", "meervoudige_treffer", "geweigerd")
RANDOM = {"id", "reply_to", "kid", "recipients", "sha256", "sealed_sha256", "manifest_sha256", "inner_digest", "of"}
TIMES = {"created", "expires"}
SECRET = {"ek", "encrypted_key", "iv", "ciphertext", "tag", "signature", "aad"}

MUCH = {
    "woonsituatie": {"woonvorm": "huur", "dreigende_uithuiszetting": "ja"},
    "financiele_gegevens": {"problematische_schulden": "ja", "schuldhulptraject": "minnelijk"},
    "relaties": {"minderjarigen_aanwezig": "ja"},
}


@pytest_asyncio.fixture
async def exchange(tmp_path: Path) -> AsyncIterator[Exchange]:
    made = Exchange(tmp_path)
    for record in _party(NEIGHBOUR, seed(59)):
        made.broker.add_record(record)
    await made.open(*PARTIES, NEIGHBOUR)
    yield made
    await made.close()


@dataclass(frozen=True)
class Seen:
    """What lies at the broker of one answer, and of the receipt that the house gave for it."""

    answer: Message
    receipt: Message
    kinds: tuple[str, ...]
    """What the asked party sent because of the question, in its order; at the first one it also exchanges keys."""


def lengths(value: Any) -> Any:
    """A text as its length, a list element by element."""
    return [len(one) for one in value] if isinstance(value, list) else len(value)


def shape(value: Any, seen: dict[str, int]) -> Any:
    """The value, with ids and the like as their lengths and references as the order in which they first come."""
    if isinstance(value, list):
        return [shape(one, seen) for one in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for name, inner in value.items():
        if name == "recipients" and inner and isinstance(inner[0], dict):
            found[name] = shape(inner, seen)
        elif name in RANDOM | TIMES | SECRET:
            found[name] = lengths(inner)
        elif name in {"subject", "case"}:
            found[name] = seen.setdefault(inner, len(seen))
        else:
            found[name] = shape(inner, seen)
    return found


def outside(data: bytes) -> Message:
    """All that can be seen of a message: lengths of the texts, JWS header, manifest, JWE."""
    envelope = json.loads(data)
    header, payload, signature = envelope["manifest"].split(".")
    jwe = json.loads(envelope["sealed"])
    whole = {
        "lengths": [len(data), len(envelope["manifest"]), len(envelope["sealed"])],
        "header": json.loads(strict.decode_base64url(header)),
        "manifest": json.loads(strict.decode_base64url(payload)),
        "signature": signature,
        "jwe": jwe | {"protected": json.loads(strict.decode_base64url(jwe["protected"]))},
        "order": list(jwe),
    }
    made: Message = shape(whole, {})
    return made


async def decide(exchange: Exchange, who: Address, question: MessageId, outcome: str) -> None:
    """The desk of an asked party."""
    place = exchange[who]
    if outcome == "bekend":
        aard = ["wmo", "jeugd", "participatie", "schuldhulp", "leerplicht", "handhaving"]
        bericht: dict[str, Any] = {
            "betrokkenheid": "afgelopen_12_maanden",
            "aard_betrokkenheid": aard,
            "leefgebieden": ["financien", "huisvesting", "huiselijke_relaties", "sociaal_netwerk"],
            "veiligheidssignaal": "aandacht",
            "advies_deelname": "deelnemen",
            "voorbehoud": "Nog niet met alle betrokken teams besproken. " * 6,
            "bevat_categorieen": ["woonsituatie", "financiele_gegevens", "relaties"],
            "voorwaarden": ["niet_delen_met_betrokkene", "alleen_procesregisseur", "geen_doorverstrekking"],
        }
        long = "Nodig voor het eerste beeld van deze persoon. " * 6
        await stories.approve(place, question, Approval(by="mw-12", explanation=long, bericht=bericht))
    elif outcome == "bekend_weinig":
        ok = Approval(by="mw-12", explanation="Nodig.", bericht={"betrokkenheid": "ouder"})
        await stories.less(place, question, ok, {})
    elif outcome == "geweigerd":
        await stories.decline(place, question, "mw-1", "zwaarwegende_redenen", "Weegt zwaar.")
    elif outcome != "geen_uitspraak":  # nobody decides
        await stories.conclude(place, question, "mw-1", outcome, "Nagekeken.")


async def play(exchange: Exchange, done: Any, who: Address, outcome: str) -> Seen:
    """Ask, decide, answer, and see what lies at the broker."""
    before = len(exchange.broker.entries)
    await exchange.asked(done, who)
    question = next(line for line in await stories.questions(exchange[who]) if line.state == "open").id
    await decide(exchange, who, question, outcome)
    exchange.clock.forward(hours=1, seconds=3)
    await exchange.settle()
    row = next(row for row in await stories.board(exchange[HOUSE], done.case) if row.question == question)
    assert row.outcome == outcome.removesuffix("_weinig")
    sent = [entry.source.manifest for entry in exchange.broker.entries[before:]]
    answer = next(manifest for manifest in sent if manifest.kind == "triageantwoord")
    receipt = next(manifest for manifest in sent if manifest.kind == "ontvangst" and manifest.reply_to == answer.id)
    envelopes = exchange.broker.envelopes
    kinds = tuple(manifest.kind for manifest in sent if manifest.sender == who and "sleutel" not in manifest.kind)
    return Seen(outside(envelopes[answer.id]), outside(envelopes[receipt.id]), kinds)


def known(exchange: Exchange, who: Address, outcome: str) -> None:
    """What the source of a party has of the person, so that the outcome is what a search would give too."""
    people = exchange.sources[who]
    people.records.clear()
    many = {"niet_bekend": 0, "meervoudige_treffer": 2}.get(outcome, 1)
    for number in range(many):
        people.add(str(number), MUCH, **PERSON)


async def test_all_outcomes_look_the_same(exchange: Exchange) -> None:
    done = await exchange.in_triage()
    seen = {}
    for outcome in OUTCOMES:
        known(exchange, COLLEGE, outcome)
        seen[outcome] = await play(exchange, done, COLLEGE, outcome)
    first = seen["bekend"]
    assert first.kinds == ("ontvangst", "triageantwoord")
    assert first.answer["jwe"]["ciphertext"] == len(strict.encode_base64url(bytes(16384)))
    for outcome in OUTCOMES:
        assert (outcome, seen[outcome]) == (outcome, first)
    # And they were different: the house holds much of the first, and nothing of the others.
    held = [item for item in await stories.case_items(exchange[HOUSE], done.case) if item.party == COLLEGE]
    assert {"woonsituatie", "financiele_gegevens", "relaties"} <= {item.category for item in held}


async def test_equal_questions_to_several_look_the_same(exchange: Exchange) -> None:
    """Two municipalities, asked the same at once: one knows much, the other nothing; but for their addresses alike."""
    done = await exchange.in_triage(reuse=["college_bw"])
    known(exchange, COLLEGE, "bekend")
    known(exchange, NEIGHBOUR, "niet_bekend")
    seen = [
        await play(exchange, done, COLLEGE, "bekend"),
        await play(exchange, done, NEIGHBOUR, "niet_bekend"),
    ]
    texts = [json.dumps([one.answer, one.receipt, one.kinds]) for one in seen]
    assert COLLEGE in texts[0]
    assert NEIGHBOUR in texts[1]
    assert texts[0].replace(COLLEGE, "X") == texts[1].replace(NEIGHBOUR, "X")


async def test_under_secrecy_known_with_consent_looks_like_silence(exchange: Exchange) -> None:
    done = await exchange.in_triage()
    exchange.sources[GGZ].add("7", {"gezondheid": {"zorg_betrokken": "ja"}}, **PERSON)
    silent = await play(exchange, done, GGZ, "geen_uitspraak")
    await exchange.asked(done, GGZ)
    before = len(exchange.broker.entries)
    question = next(line for line in await stories.questions(exchange[GGZ]) if line.state == "open").id
    ref = await stories.record_consent(
        exchange[GGZ], done.case, done.subjects[0], date(2026, 3, 10), ("gezondheid",), "schriftelijk", "arts-3"
    )
    ok = Approval(by="arts-3", explanation="Toestemming.", bericht={"betrokkenheid": "actueel"}, consent=ref)
    await stories.approve(exchange[GGZ], question, ok)
    exchange.clock.forward(hours=1, seconds=3)
    await exchange.settle()
    sent = [entry.source.manifest for entry in exchange.broker.entries[before:]]
    answer = next(manifest for manifest in sent if manifest.kind == "triageantwoord")
    assert outside(exchange.broker.envelopes[answer.id]) == silent.answer
    row = next(row for row in await stories.board(exchange[HOUSE], done.case) if row.question == question)
    assert row.outcome == "bekend"


async def test_a_faulty_answer_gets_a_receipt_like_any_other(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the house found wrong after opening is in the sealed part of its receipt, which is as long as ever."""
    from connectors.exchanges import answering
    from tests.connectors.test_checking import lying

    done = await exchange.in_triage()
    known(exchange, COLLEGE, "bekend")
    good = await play(exchange, done, COLLEGE, "bekend")
    monkeypatch.setattr("connectors.exchanges.outgoing.check_going", lambda *_: None)
    monkeypatch.setattr(answering, "all_disclosures", lambda items: (*lying(items)[:-1], lying(items)[0]))
    before = len(exchange.broker.entries)
    await exchange.asked(done, COLLEGE)
    question = next(line for line in await stories.questions(exchange[COLLEGE]) if line.state == "open").id
    await decide(exchange, COLLEGE, question, "bekend")
    exchange.clock.forward(hours=1, seconds=3)
    await exchange.settle()
    sent = [entry.source.manifest for entry in exchange.broker.entries[before:]]
    receipt = next(m for m in sent if m.kind == "ontvangst" and m.sender == HOUSE)
    assert outside(exchange.broker.envelopes[receipt.id]) == good.receipt
    assert "onthulling_dubbel" in [finding.code for finding in await stories.findings(exchange[COLLEGE])]
    assert POLICE not in {manifest.sender for manifest in sent}
