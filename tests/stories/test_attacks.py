"""Attacks on the running broker by who holds a real party's certificate and signing key: signed well, and not allowed.

A refusal is on record with its reasons and its digest, and with nothing else: no manifest, no sealed text, no number of
an item (:func:`tests.stories.forging.refused`). Seals and answers are in ``test_seals_and_answers.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from keys.binding import sealed_digest
from schemas.ids import Address
from tests.stories.forging import Case, Message, changed, draw, police, prosecutor, question, refused, rvdk

Attack = Callable[[Case, str], Message]


# --------------------------------------------------------------------------------------------- case, phase, purpose


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
            c.to_triage(),
            **{"phase": "triage", "act.from": "triage", "act.to": "afschaling", "act.reason": "routering"},
        ),
        {
            "B2-out overgang_niet_toegestaan",
            "B2-out besluit_past_niet",
            "B2-out reden_onbekend",
            "B2-out overleg_ontbreekt",
            "3.5b behoud_zonder_doel",
        },
    ),
    "a purpose of another phase": (
        lambda c, m: question(c, purpose="plan_van_aanpak"),
        {"B2 doel_niet_in_fase", "3.5a niet_voor_dit_doel", "3.5b niet_voortgezet", "3.5c akkoord_ontbreekt"},
    ),
    "a purpose of fantasy": (
        lambda c, m: question(c, purpose=m),
        {"B2 doel_onbekend", "3.5a niet_voor_dit_doel", "3.5b niet_voortgezet", "3.5c akkoord_ontbreekt"},
    ),
    "another purpose than agreed": (
        lambda c, m: question(c, purpose="routering"),
        {"3.5b niet_voortgezet", "3.5c akkoord_ontbreekt"},
    ),
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
        {
            "9.6 afzender_niet_bevoegd",
            "9.6 ontvanger_niet_bevoegd",
            "9.6 geen_deelnemer",
            "24 buiten_de_deelnemers",
            "3.5c akkoord_ontbreekt",
            "12 sleutel_ontbreekt",
        },
    ),
    "two at once": (
        lambda c, m: changed(c.question(rvdk(c)), to=[rvdk(c), police(c)]),
        {"1.19 te_veel_ontvangers", "1.19 gevraagde_alleen"},
    ),
    "whom nobody agreed to": (
        lambda c, m: c.question(prosecutor(c)),
        {
            "9.6 ontvanger_niet_bevoegd",
            "9.6 geen_deelnemer",
            "24 buiten_de_deelnemers",
            "3.5c akkoord_ontbreekt",
            "12 sleutel_ontbreekt",
        },
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
        {"3.5a niet_in_deze_fase", "3.5b niet_voortgezet", "3.5c akkoord_ontbreekt"},
    ),
    "a category of fantasy": (
        lambda c, m: with_item(c, m, ("naam",), "B"),
        {
            "B4 categorie_onbekend",
            "3.5a niet_in_deze_fase",
            "3.5a veld_onbekend",
            "3.5b niet_voortgezet",
            "3.5c akkoord_ontbreekt",
        },
    ),
    "a field of another category": (
        lambda c, m: question(c, **{"items.0.fields.0.path": "/woonvorm"}),
        {"3.5a veld_onbekend", "3.5c akkoord_anders"},
    ),
    "a field of fantasy": (
        lambda c, m: question(c, **{"items.0.fields.0.path": f"/{m}"}),
        {"3.5a veld_onbekend", "3.5c akkoord_anders"},
    ),
    "a number of the citizen": (
        lambda c, m: question(c, **{"items.0.fields.0.path": "/bsn"}),
        {"B4-x verboden_veld", "3.5c akkoord_anders"},
    ),
    "the same spelled out": (
        lambda c, m: question(c, **{"items.0.fields.0.path": "/burger_service_nummer"}),
        {"B4-x verboden_veld", "3.5c akkoord_anders"},
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
        {"1.19 een_persoon", "16.1 niet_geinformeerd", "3.5b niet_voortgezet", "3.5c akkoord_ontbreekt"},
    ),
    # another's
    "the notifier's words as those of the police": (
        lambda c, m: theirs(c),
        {
            "3.5b niet_voortgezet",
            "3.5c akkoord_ontbreekt",
            "6.1 grondslag_onjuist",
            "6.2 regime_onjuist",
            "7.1 kenmerk_ontbreekt",
        },
    ),
    "an item that nobody agreed to": (
        lambda c, m: question(c, **{"items.0.origin.item": c.items["bericht"]["item"]}),
        {"3.5c akkoord_ontbreekt"},
    ),
    "a number that is taken": (
        lambda c, m: question(c, **{"items.0.item": c.items["personalia"]["item"]}),
        {"2.1 item_bekend"},
    ),
    # receipts
    "a receipt by who got nothing": (
        lambda c, m: c.message("ontvangst", police(c), c.house, reply_to=c.waiting["id"], act=receipt(c)),
        {"1.19 antwoord_op_onbekend"},
    ),
    "a receipt for other content": (
        lambda c, m: changed(received(c), **{"act.sealed_sha256": sealed_digest(m)}),
        {"11.1 ontvangst_klopt_niet"},
    ),
    "a receipt for another message than it replies to": (
        lambda c, m: changed(received(c), **{"act.of": c.informed()["id"]}),
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


def test_agreement_by_who_gave_nothing_is_none(case: Case, marker: str) -> None:
    """The police agree that the notifier's words go to the prosecutor: it may be said, and has no effect."""
    said = changed(case.agreement(prosecutor(case)), **{"from": police(case), "phase": "triage"})
    case.allowed(said)
    assert "3.5c akkoord_ontbreekt" in refused(case, case.question(prosecutor(case)), marker)


# ------------------------------------------------------------------------------------- who else takes part, is nobody's


def test_nobody_finds_out_who_was_asked(case: Case, marker: str) -> None:
    """Notifier and police write to one that was asked and to one that was not: the same refusal, to the letter."""
    for sender, roles in ((case.melder, ["huis", "melder"]), (police(case), ["gevraagd", "huis", "melder"])):
        for to in (rvdk(case), prosecutor(case)):
            rules = refused(case, case.message("sleutel_verzoek", sender, to), marker)
            (body,) = last_bodies(case, 1)
            facts = body["facts"]["case"]
            assert (rules, sorted(row["role"] for row in facts["roster"]), facts["keys"]) == (
                {"9.6 geen_deelnemer"},
                roles,
                [],
            )


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
