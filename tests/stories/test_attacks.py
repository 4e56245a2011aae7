"""Attacks on the running broker by who holds a real party's certificate and signing key: signed well, and not allowed.

A refusal is on record with its reasons and its digest, and with nothing else: no manifest, no sealed text, no number of
an item. What does not even fit its own seal is no matter of the protocol and leaves no trace.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from keys.binding import sealed_digest
from schemas.ids import Address
from tests.stories.forging import Case, Message, changed, draw, envelope
from tests.stories.live import Live

Attack = Callable[[Case, str], Message]


@pytest.fixture(scope="module")
def case(live: Live) -> Case:
    """A case in triage; child protection and the police may be asked, the public prosecutor may not."""
    made = Case(live).in_triage(live.address("rvdk"), live.address("politie"))
    made.waiting = made.allowed(made.question(live.address("rvdk")))
    return made


@pytest.fixture
def marker() -> str:
    """Letters that nobody else writes."""
    return "kanarie" + "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _ in range(14))


def rvdk(case: Case) -> Address:
    return case.live.address("rvdk")


def police(case: Case) -> Address:
    return case.live.address("politie")


def prosecutor(case: Case) -> Address:
    return case.live.address("om")


def refused(case: Case, message: Message, marker: str, sender: Address | None = None) -> set[str]:
    """Hand in, and look that nothing but the refusal is on record; gives back ``rule code`` of every reason."""
    live = case.live
    bound, text = case.sealed(message)
    data = envelope(case.sign(bound), text)
    before = live.counts()
    answer = live.post(data, (sender or Address(message["from"])).oin)
    assert (answer.status, answer.code) == (403, "geweigerd"), (answer.status, answer.code, answer.body.get("pointer"))
    more = live.counts()
    more.subtract(before)
    assert {table: count for table, count in more.items() if count and table != "refusals"} == {
        "entry": 1,
        "message": 1,
        "delivery": 1,
    }
    (row,) = live.fetch("SELECT * FROM message ORDER BY seq DESC LIMIT 1")
    assert (row["allowed"], row["manifest"], row["recipients"]) == (False, None, [])
    assert marker.encode() not in answer.raw
    assert live.held(marker) == []
    if text is not None:
        ciphertext = json.loads(text)["ciphertext"]
        assert ciphertext[:60].encode() not in live.everything()
    assert live.post(data, Address(message["from"]).oin).body["receipt"] == answer.body["receipt"]
    return answer.rules


# --------------------------------------------------------------------------------------------- case, phase, purpose


def question(case: Case, **updates: Any) -> Message:
    """A question to child protection, with one thing changed."""
    return changed(case.question(rvdk(case)), **updates)


def over_asking(case: Case) -> Message:
    """Criminal records, in detail, among what may be answered."""
    made = case.question(rvdk(case))
    ceiling = made["act"]["ceiling"]
    ceiling["grounds"].append(ceiling["grounds"][0] | {"basis": "wjsg_8a"})
    row = {"category": "justitiele_gegevens", "level": "D", "ground": 1, "fields": ["/veroordelingen"]}
    ceiling["items"].append(ceiling["items"][0] | row)
    return made


def with_item(case: Case, category: str, names: tuple[str, ...], level: str, **members: Any) -> Message:
    made = case.question(rvdk(case))
    made["items"].append(case.item(category, names, level, case.melder, **members))
    return made


def mine(case: Case) -> Message:
    """The notifier's words as if they came from the house."""
    made = case.question(rvdk(case))
    item = made["items"][0]
    item["origin"] = {"party": case.house, "item": item["item"]}
    return made


REFUSED: dict[str, tuple[Attack, set[str]]] = {
    "a case that is there": (lambda c, m: c.start(), {"1.18 casus_bestaat", "3.5a fase_onjuist"}),
    "a case that is not": (lambda c, m: c.informed(case=draw()), {"1.18 casus_onbekend"}),
    "no case": (lambda c, m: changed(c.informed(phase="triage"), case=None), {"3.4 casus_ontbreekt"}),
    "a phase that has passed": (lambda c, m: c.informed(), {"3.5a fase_onjuist"}),
    "a phase to come": (lambda c, m: c.informed(phase="casusoverleg"), {"3.5a fase_onjuist"}),
    "a phase of fantasy": (
        lambda c, m: c.informed(phase=m),
        {"3.5a fase_onbekend", "3.5a fase_onjuist", "3.5a soort_niet_in_fase"},
    ),
    "a phase skipped": (
        lambda c, m: changed(c.to_triage(), **{"phase": "triage", "act.from": "triage", "act.to": "afschaling"}),
        set(),
    ),
    "a purpose of another phase": (lambda c, m: question(c, purpose="plan_van_aanpak"), set()),
    "a purpose of fantasy": (lambda c, m: question(c, purpose=m), set()),
    "another purpose than agreed": (lambda c, m: question(c, purpose="routering"), set()),
    "a purpose where none belongs": (lambda c, m: c.informed(phase="triage", purpose=m), set()),
    # who asks, on whose behalf, whom
    "a mandate that the house signed": (
        lambda c, m: question(c, **{"act.mandate": c.mandate(signer=c.house)}),
        {"5.1 mandaat_onjuist"},
    ),
    "on behalf of nobody": (lambda c, m: question(c, on_behalf_of=None), {"5.1 namens_ontbreekt"}),
    "on behalf of another": (lambda c, m: question(c, on_behalf_of=police(c)), set()),
    "the notifier asks by itself": (
        lambda c, m: changed(c.question(rvdk(c)), **{"from": c.melder, "on_behalf_of": None}),
        set(),
    ),
    "two at once": (lambda c, m: changed(c.question(rvdk(c)), to=[rvdk(c), police(c)]), set()),
    "whom nobody agreed to": (lambda c, m: c.question(prosecutor(c)), set()),
    "the police decide on the phase": (lambda c, m: changed(c.to_triage(), **{"from": police(c)}), set()),
    "who is no participant": (lambda c, m: c.message("sleutel_verzoek", prosecutor(c), c.house), set()),
    "past the house": (lambda c, m: c.message("sleutel_verzoek", c.melder, police(c)), set()),
    # too much
    "over-asking": (lambda c, m: over_asking(c), set()),
    "an unasked category": (lambda c, m: with_item(c, "woonsituatie", ("woonvorm",), "I"), set()),
    "a category of fantasy": (lambda c, m: with_item(c, m, ("naam",), "B"), set()),
    "an unasked field": (lambda c, m: question(c, **{"items.0.fields.0.path": "/burgerlijke_staat"}), set()),
    "a field of fantasy": (lambda c, m: question(c, **{"items.0.fields.0.path": f"/{m}"}), set()),
    "a number of the citizen": (lambda c, m: question(c, **{"items.0.fields.0.path": "/bsn"}), set()),
    "the same spelled out": (lambda c, m: question(c, **{"items.0.fields.0.path": "/burger_service_nummer"}), set()),
    "a field asked that may never go": (lambda c, m: question(c, **{"act.ceiling.items.0.fields.0": "/bsn"}), set()),
    "more detail": (lambda c, m: question(c, **{"items.0.level": "D"}), set()),
    "more detail asked": (lambda c, m: question(c, **{"act.ceiling.items.0.level": "S"}), set()),
    "another person asked": (lambda c, m: question(c, **{"act.ceiling.items.0.subject": draw()}), set()),
    "somebody who was not told": (
        lambda c, m: with_item(c, "personalia", ("geslachtsnaam",), "B", subject=draw()),
        set(),
    ),
    # another's
    "another's item as one's own": (lambda c, m: mine(c), set()),
    "an item that nobody agreed to": (
        lambda c, m: question(c, **{"items.0.origin.item": c.items["bericht"]["item"]}),
        {"3.5c akkoord_ontbreekt"},
    ),
    "a number that is taken": (
        lambda c, m: question(c, **{"items.0.item": c.items["personalia"]["item"]}),
        {"2.1 item_bekend"},
    ),
    # receipts
    "a receipt for another's message": (
        lambda c, m: c.message("ontvangst", police(c), c.house, reply_to=draw_id(c), act=receipt(c)),
        set(),
    ),
}


def draw_id(case: Case) -> str:
    """A message of the house to child protection."""
    return str(case.waiting["id"])


def receipt(case: Case) -> Message:
    waiting = case.waiting
    return {
        "of": waiting["id"],
        "manifest_sha256": sealed_digest(case.sign(waiting)),
        "sealed_sha256": waiting["sealed"]["sha256"],
        "result": "filed",
    }


@pytest.mark.parametrize("what", REFUSED)
def test_signed_well_and_not_allowed(case: Case, marker: str, what: str) -> None:
    attack, rules = REFUSED[what]
    assert refused(case, attack(case, marker), marker) == rules
