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


def theirs(case: Case) -> Message:
    """As if the police had provided what the notifier did."""
    made = case.question(rvdk(case))
    item = made["items"][0]
    item["origin"] = {"party": police(case), "item": item["item"]}
    return made


REFUSED: dict[str, tuple[Attack, set[str]]] = {
    "a case that is there": (lambda c, m: c.start(), {"1.18 casus_bestaat"}),
    "a case that is not": (
        lambda c, m: c.informed(case=draw()),
        {"1.18 casus_onbekend", "5.1 huis_zonder_grondslag", "9.6 afzender_niet_bevoegd"},
    ),
    "no case": (
        lambda c, m: changed(c.informed(phase="triage"), case=None),
        {"3.4 casus_ontbreekt", "5.1 huis_zonder_grondslag", "9.6 afzender_niet_bevoegd"},
    ),
    "a phase that has passed": (lambda c, m: c.informed(), {"3.5a fase_onjuist"}),
    "a phase to come": (lambda c, m: c.informed(phase="casusoverleg"), {"3.5a fase_onjuist"}),
    "a phase of fantasy": (
        lambda c, m: c.informed(phase=m),
        {"3.5a fase_onbekend", "3.5a fase_onjuist", "3.5a soort_niet_in_fase"},
    ),
    "a phase skipped": (
        lambda c, m: changed(
            c.to_triage(), **{"phase": "triage", "act.from": "triage", "act.to": "afschaling", "act.reason": "routering"}
        ),
        {"B2-out overgang_niet_toegestaan", "B2-out besluit_past_niet", "B2-out reden_onbekend"},
    ),
    "a purpose of another phase": (
        lambda c, m: question(c, purpose="plan_van_aanpak"),
        {"B2 doel_niet_in_fase", "3.5a niet_voor_dit_doel", "3.5c akkoord_ontbreekt"},
    ),
    "a purpose of fantasy": (
        lambda c, m: question(c, purpose=m),
        {"B2 doel_onbekend", "3.5a niet_voor_dit_doel", "3.5c akkoord_ontbreekt"},
    ),
    "another purpose than agreed": (lambda c, m: question(c, purpose="routering"), {"3.5c akkoord_ontbreekt"}),
    "a purpose where none belongs": (
        lambda c, m: c.informed(phase="triage", purpose=m),
        {"3.4 doel_niet_gevraagd", "B2 doel_onbekend"},
    ),
    # who asks, on whose behalf, whom
    "a mandate that the house signed": (
        lambda c, m: question(c, **{"act.mandate": c.mandate(signer=c.house)}),
        {"5.1 mandaat_onjuist"},
    ),
    "on behalf of nobody": (lambda c, m: question(c, on_behalf_of=None), {"5.1 namens_ontbreekt"}),
    "on behalf of another": (lambda c, m: question(c, on_behalf_of=police(c)), {"5.1 namens_onjuist"}),
    "the notifier asks by itself": (
        lambda c, m: changed(c.question(rvdk(c)), **{"from": c.melder, "on_behalf_of": None}),
        {"9.6 afzender_niet_bevoegd", "9.6 geen_deelnemer", "12 sleutel_ontbreekt"},
    ),
    "two at once": (
        lambda c, m: changed(c.question(rvdk(c)), to=[rvdk(c), police(c)]),
        {"1.19 te_veel_ontvangers"},
    ),
    "whom nobody agreed to": (
        lambda c, m: c.question(prosecutor(c)),
        {"9.6 ontvanger_niet_bevoegd", "9.6 geen_deelnemer", "3.5c akkoord_ontbreekt", "12 sleutel_ontbreekt"},
    ),
    "the police decide on the phase": (
        lambda c, m: changed(c.to_triage(), **{"from": police(c)}),
        {"3.5a fase_onjuist", "5.1 namens_alleen_huis", "9.6 afzender_niet_bevoegd"},
    ),
    "who is no participant": (
        lambda c, m: c.message("sleutel_verzoek", prosecutor(c), c.house),
        {"1.18 casus_onbekend", "5.1 huis_zonder_grondslag", "9.6 afzender_niet_bevoegd"},
    ),
    # too much
    "over-asking": (
        lambda c, m: over_asking(c),
        {"3.5a niet_in_deze_fase", "4.2 mag_niet_verstrekken", "4.2 niet_uit_deze_bron", "6.1 grondslag_onjuist"},
    ),
    "an unasked category": (
        lambda c, m: with_item(c, "woonsituatie", ("woonvorm",), "I"),
        {"3.5a niet_in_deze_fase", "3.5c akkoord_ontbreekt"},
    ),
    "a category of fantasy": (
        lambda c, m: with_item(c, m, ("naam",), "B"),
        {"B4 categorie_onbekend", "3.5a niet_in_deze_fase", "3.5a veld_onbekend", "3.5c akkoord_ontbreekt"},
    ),
    "a field of another category": (
        lambda c, m: question(c, **{"items.0.fields.0.path": "/woonvorm"}),
        {"3.5a veld_onbekend"},
    ),
    "a field of fantasy": (lambda c, m: question(c, **{"items.0.fields.0.path": f"/{m}"}), {"3.5a veld_onbekend"}),
    "a number of the citizen": (
        lambda c, m: question(c, **{"items.0.fields.0.path": "/bsn"}),
        {"B4-x verboden_veld"},
    ),
    "the same spelled out": (
        lambda c, m: question(c, **{"items.0.fields.0.path": "/burger_service_nummer"}),
        {"B4-x verboden_veld"},
    ),
    "a field asked that may never go": (
        lambda c, m: question(c, **{"act.ceiling.items.0.fields.0": "/bsn"}),
        {"B4-x verboden_veld"},
    ),
    "more detail": (lambda c, m: question(c, **{"items.0.level": "D"}), {"3.5a niveau_te_hoog"}),
    "more detail asked": (lambda c, m: question(c, **{"act.ceiling.items.0.level": "S"}), {"3.5a niveau_te_hoog"}),
    "another person asked": (
        lambda c, m: question(c, **{"act.ceiling.items.0.subject": draw()}),
        {"1.19 andere_persoon", "16.1 niet_geinformeerd"},
    ),
    "somebody who was not told": (
        lambda c, m: with_item(c, "personalia", ("geslachtsnaam",), "B", subject=draw()),
        {"1.19 een_persoon", "16.1 niet_geinformeerd", "3.5c akkoord_ontbreekt"},
    ),
    # another's
    "the notifier's words as those of the police": (lambda c, m: theirs(c), {"3.5c akkoord_ontbreekt"}),
    "an item that nobody agreed to": (
        lambda c, m: question(c, **{"items.0.origin.item": c.items["bericht"]["item"]}),
        {"3.5c akkoord_ontbreekt"},
    ),
    "a number that is taken": (
        lambda c, m: question(c, **{"items.0.item": c.items["personalia"]["item"]}),
        {"2.1 item_bekend"},
    ),
    "agreement by who gave nothing": (
        lambda c, m: changed(c.agreement(prosecutor(c)), **{"from": police(c), "phase": "triage"}),
        {"9.6 afzender_niet_bevoegd"},
    ),
    # receipts
    "a receipt by who got nothing": (
        lambda c, m: c.message("ontvangst", police(c), c.house, reply_to=c.waiting["id"], act=receipt(c)),
        {"1.19 vraag_niet_aan_u"},
    ),
    "a receipt for other content": (
        lambda c, m: changed(received(c), **{"act.sealed_sha256": sealed_digest(m)}),
        {"11.1 ontvangst_klopt_niet"},
    ),
    "a receipt for a message in a reply to another": (
        lambda c, m: changed(received(c), **{"act.of": str(c.message("x", c.house, c.house)["id"])}),
        {"11.1 ontvangst_van_ander"},
    ),
}


def receipt(case: Case) -> Message:
    """As if the waiting question had come."""
    waiting = case.waiting
    return {
        "of": waiting["id"],
        "manifest_sha256": sealed_digest(case.sign(waiting)),
        "sealed_sha256": waiting["sealed"]["sha256"],
        "result": "filed",
    }


def received(case: Case) -> Message:
    """The receipt that child protection could send."""
    return case.message("ontvangst", rvdk(case), case.house, reply_to=case.waiting["id"], act=receipt(case))


@pytest.mark.parametrize("what", REFUSED)
def test_signed_well_and_not_allowed(case: Case, marker: str, what: str) -> None:
    attack, rules = REFUSED[what]
    assert refused(case, attack(case, marker), marker) == rules


def test_the_question_still_waits_whoever_says_it_came(case: Case) -> None:
    """After the receipts above: the sealed text is there, for who it is for."""
    page = inbox(case, rvdk(case))
    kinds = [row["envelope"] for row in page["deliveries"] if row["envelope"]]
    assert any(one["sealed"] and sealed_digest(one["sealed"]) == case.waiting["sealed"]["sha256"] for one in kinds)


def inbox(case: Case, who: Address) -> Message:
    """All that waits for a party."""
    live = case.live
    answer = live.call(live.context(who.oin), "GET", "inbox?wait=2")
    assert answer.status == 200
    return answer.body


# ------------------------------------------------------------------------------------- who else takes part, is nobody's


def test_nobody_finds_out_who_was_asked(case: Case, marker: str) -> None:
    """The notifier writes to one that was asked and to one that was not: the same refusal, to the letter."""
    told = []
    for who in (police(case), prosecutor(case)):
        message = case.message("sleutel_verzoek", case.melder, who)
        rules = refused(case, message, marker)
        (body,) = last_bodies(case, 1)
        facts = body["facts"]["case"]
        told.append((rules, sorted(row["role"] for row in facts["roster"]), facts["keys"], body["about"]["kind"]))
    assert told[0] == told[1] == ({"9.6 geen_deelnemer"}, ["huis", "melder"], [], "sleutel_verzoek")


def test_who_is_outside_learns_nothing_of_the_case(case: Case, marker: str) -> None:
    """A real case and one that never was give an outsider the same refusal, and the same entry."""
    told = []
    for ref in (case.ref, draw()):
        rules = refused(case, case.message("sleutel_verzoek", prosecutor(case), case.house, case=ref), marker)
        (body,) = last_bodies(case, 1)
        told.append((rules, {name: body.get(name) for name in ("case", "case_seq", "facts", "about", "reasons")}))
    assert told[0] == told[1]
    live = case.live
    for ref in (case.ref, draw()):
        answer = live.call(live.context(prosecutor(case).oin), "GET", f"cases/{ref}")
        assert (answer.status, answer.code) == (404, "casus_onbekend")


def last_bodies(case: Case, many: int) -> list[Message]:
    rows = case.live.fetch("SELECT body FROM entry WHERE body IS NOT NULL ORDER BY seq DESC LIMIT $1", many)
    return [json.loads(row["body"]) for row in rows]


# ------------------------------------------------------------------------------------------------------------- seals


def forge(case: Case, change: Callable[[Message, Message], None]) -> bytes:
    """A question whose manifest and JWE are changed by hand; the digest is made to fit where it was not touched."""
    bound, text = case.sealed(case.question(rvdk(case)))
    assert text is not None
    parts, before = json.loads(text), bound["sealed"]["sha256"]
    change(bound, parts)
    whole = parts.pop("whole", None) or json.dumps(parts, separators=(",", ":"))
    if bound["sealed"]["sha256"] == before:
        bound["sealed"]["sha256"] = sealed_digest(whole)
    return envelope(case.sign(bound), whole)


def shorter(_: Message, parts: Message) -> None:
    parts["ciphertext"] = parts["ciphertext"][:4000]


def with_zip(_: Message, parts: Message) -> None:
    header = json.loads(strict.decode_base64url(parts["protected"])) | {"zip": "DEF"}
    parts["protected"] = strict.encode_base64url(json.dumps(header).encode())


def put(*way: Any, value: Any) -> Callable[[Message, Message], None]:
    """Set something in ``{"manifest": ..., "jwe": ...}``."""

    def change(manifest: Message, parts: Message) -> None:
        place: Any = {"manifest": manifest, "jwe": parts}
        for step in way[:-1]:
            place = place[step]
        place[way[-1]] = value

    return change


def twice(manifest: Message, parts: Message) -> None:
    parts["recipients"].append(parts["recipients"][0])


def of_other_message(_: Message, parts: Message) -> None:
    parts["aad"] = strict.encode_base64url(b"keten-1.0190c0de-0000-7000-8000-000000000001")


SEALS: dict[str, Callable[[Message, Message], None]] = {
    "another digest": put("manifest", "sealed", "sha256", value=sealed_digest("anders")),
    "truncated": shorter,
    "a bucket too many": put("manifest", "sealed", "bucket", value=16384),
    "another suite": put("manifest", "sealed", "suite", value="keten-ec"),
    "another key than announced": put("jwe", "recipients", 0, "header", "kid", value="A" * 43),
    "another algorithm": put("jwe", "recipients", 0, "header", "alg", value="RSA1_5"),
    "direct encryption": put("jwe", "recipients", 0, "header", "alg", value="dir"),
    "a member more": put("jwe", "unprotected", value={"kanarie": "x"}),
    "compressed": with_zip,
    "a recipient twice": twice,
    "of another message": of_other_message,
    "no JSON": put("jwe", "whole", value="kanarie"),
}


@pytest.mark.parametrize("what", SEALS)
def test_a_seal_that_is_not_the_announced_one(case: Case, what: str) -> None:
    before = case.live.counts()
    answer = case.live.post(forge(case, SEALS[what]), case.house.oin)
    assert (answer.status, answer.code, answer.body["pointer"]) == (400, "verzegeling_fout", "/sealed")
    assert b"kanarie" not in answer.raw
    assert case.live.counts() == before


def test_a_seal_swapped_taken_away_or_added(case: Case) -> None:
    live, before = case.live, case.live.counts()
    (one, first), (_, second) = (case.sealed(case.question(rvdk(case))) for _ in range(2))
    bare = case.informed(phase="triage")
    for data, sender in (
        (envelope(case.sign(one), second), case.house),
        (envelope(case.sign(one), None), case.house),
        (envelope(case.sign(one), (first or "") + " "), case.house),
        (envelope(case.sign(bare), first), case.melder),
    ):
        answer = live.post(data, sender.oin)
        assert (answer.status, answer.code) == (400, "verzegeling_fout")
    assert live.counts() == before


def test_sealed_to_a_key_that_is_not_of_this_case_and_phase(case: Case, marker: str) -> None:
    """One's own key, the recipient's key of another case, the house's key of the phase before."""
    other = Case(case.live)
    for key in (ReceiveKey.generate(), other.receive(rvdk(case)), case.receive(rvdk(case), "aanmelding")):
        bound, text = case.sealed(case.question(rvdk(case)), keys=[key])
        before = case.live.counts()
        answer = case.live.post(envelope(case.sign(bound), text), case.house.oin)
        assert (answer.status, answer.rules) == (403, {"12 sleutel_ontbreekt"})
        assert case.live.counts()["sealed"] == before["sealed"]
    assert case.live.held(marker) == []


# ------------------------------------------------------------------------------------------------ mandates and answers


def test_a_mandate_that_is_for_something_else(case: Case, marker: str) -> None:
    """Of another case, cut off, unsigned, none at all; at the start also by somebody else."""
    live, own = case.live, case.mandate()
    spoiled = {
        "mandaat_fout": [case.mandate(case=CaseRef(draw())), own[:-10], own.rsplit(".", 1)[0] + ".", marker],
        "manifest_vorm": [None],
    }
    before = live.counts()
    for code, mandates in spoiled.items():
        for mandate in mandates:
            answer = send(case, question(case, **{"act.mandate": mandate}))
            assert (answer.status, answer.code) == (400, code)
            assert marker.encode() not in answer.raw
    opening = Case(live)
    for mandate in (opening.mandate(signer=police(case)), opening.mandate(case=case.ref), own):
        answer = send(opening, changed(opening.start(), **{"act.mandate": mandate}))
        assert (answer.status, answer.code, answer.body["pointer"]) == (400, "mandaat_fout", "/act/mandate")
    assert live.counts() == before
    assert live.held(marker) == []


def send(case: Case, message: Message) -> Answer:
    return case.send(message)


def test_one_answer_at_its_moment_by_who_was_asked(case: Case, marker: str) -> None:
    """Before its moment, by another, to another question, with something changed, and a second time."""
    soon = case.allowed(question(case, **{"act.answer_at": later(seconds=2)}))
    answer = case.answer(soon)
    assert refused(case, answer, marker) == {"7.2a te_vroeg"}
    wait_for(soon["act"]["answer_at"])
    by_police = changed(case.answer(soon), **{"from": police(case)})
    assert "1.19 vraag_niet_aan_u" in refused(case, by_police, marker)
    assert refused(case, changed(case.answer(soon), reply_to=answer["id"]), marker) == {"1.19 antwoord_op_onbekend"}
    for updates, more in (
        ({"items.0.fields": [f"/{marker}"]}, {"3.5a veld_onbekend"}),
        ({"items.0.level": "D"}, {"3.5a niveau_te_hoog"}),
        ({"expires": later(hours=5)}, set[str]()),
        ({"purpose": "routering"}, set[str]()),
    ):
        assert refused(case, changed(case.answer(soon), **updates), marker) == {"7.2a wijkt_af_van_vraag"} | more
    exact = changed(case.answer(soon), disclosure="exact", inner_digest=None, items=[], grounds=[])
    assert "3.5a vorm_onjuist" in refused(case, exact, marker)
    case.allowed(case.answer(soon))
    assert refused(case, case.answer(soon), marker) == {"1.19 al_beantwoord"}
    assert refused(case, changed(case.answer(soon), id=str(case.answer(soon)["id"])), marker) == {"1.19 al_beantwoord"}
