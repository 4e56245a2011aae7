"""Professional secrecy, consent, and what a sealed answer may say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from schemas.content import ConsentRef
from schemas.ids import Term
from schemas.rules.secrecy import needs_consent, secrecies
from tests.making import (
    CONSENT,
    HOUSE,
    MELDER,
    NOW,
    PARTY,
    RELATIVE,
    agreed,
    changed,
    item_of,
    message_id,
    pack,
    party_fact,
    reference,
)
from tests.schemas.scenes import Scene, answer, assert_refused, notification, opened, question
from tests.schemas.scenes_meeting import health, plan

UNDER_SECRECY = ["veilig_thuis", "reclassering", "gecertificeerde_instelling", "ggz", "ggd", "zorgaanbieder"]


def test_72_secrecy_is_that_of_the_accession_or_else_of_the_capacity() -> None:
    ggz = PARTY["ggz"]
    assert secrecies(pack(), party_fact(ggz, secrecy=(Term("wet_big_88"),))) == ("wet_big_88",)
    assert secrecies(pack(), party_fact(ggz, secrecy=())) == pack().capacity["ggz"].secrecy
    assert secrecies(pack(), None) == ()
    assert secrecies(pack(), party_fact(HOUSE)) == ()


@pytest.mark.rule("7.2")
@pytest.mark.parametrize("listed", [(), ("wgbo_7_457",), ("wgbo_7_457", "wet_big_88", "nip_71_87", "nvo_8")])
def test_72_the_ground_lists_all_secrecy_and_no_other(listed: tuple[str, ...]) -> None:
    scene = question("ggz")
    refused = scene.message(**{"act.ceiling.grounds.0.secrecy": listed})
    assert_refused(scene, refused, ("7.2", "geheimhouding_onjuist", "/act/ceiling/grounds/0/secrecy"))


@pytest.mark.rule("7.2b", "7.2a")
@pytest.mark.parametrize("who", UNDER_SECRECY)
def test_72b_under_secrecy_nothing_goes_without_consent(who: str) -> None:
    scene = opened(who)
    refused = scene.sealed(**{"grounds.0.consent": None})
    assert_refused(
        scene,
        refused,
        ("7.2b", "toestemming_ontbreekt", "/grounds/0/consent"),
        ("7.2a", "bekend_zonder_toestemming", "/outcome"),
    )


@pytest.mark.rule("7.2e")
@pytest.mark.parametrize("who", UNDER_SECRECY)
def test_72e_or_by_an_exception_that_the_professional_weighed(who: str) -> None:
    scene = opened(who)
    weighed = scene.sealed(**{"grounds.0.consent": None, "grounds.0.exception": "conflict_van_plichten"})
    assert_refused(
        weighed,
        weighed.sealed(**{"grounds.0.exception": "haast"}),
        ("7.2e", "uitzondering_onbekend", "/grounds/0/exception"),
    )


def test_72_under_a_ceiling_consent_stays_sealed() -> None:
    assert answer("ggz").reasons() == []


@pytest.mark.rule("7.2a")
@pytest.mark.parametrize("day", [date(2026, 3, 7), date(2025, 1, 1), date(2026, 3, 12)])
def test_72a_consent_is_for_this_case_and_phase(day: date) -> None:
    scene = opened("ggz")
    first = scene.sealed(**{"grounds.0.consent": ConsentRef(ref=CONSENT.ref, date=date(2026, 3, 8))})
    refused = scene.sealed(**{"grounds.0.consent": ConsentRef(ref=CONSENT.ref, date=day)})
    assert_refused(first, refused, ("7.2a", "toestemming_buiten_fase", "/grounds/0/consent/date"))


def _with_health(consent: ConsentRef | None) -> Scene:
    scene = notification()
    health = item_of("gezondheid", ("zorg_betrokken",), "I", MELDER, ground=1)
    ground = scene.manifest.grounds[0].model_copy(update={"consent": consent})
    return scene.message(items=(*scene.manifest.items, health), grounds=(*scene.manifest.grounds, ground))


@pytest.mark.rule("7.2b")
def test_72_health_needs_consent_whoever_holds_it() -> None:
    refused = _with_health(None)
    assert_refused(_with_health(CONSENT), refused, ("7.2b", "toestemming_ontbreekt", "/grounds/1/consent"))
    assert needs_consent(pack(), party_fact(MELDER), "gezondheid")
    assert not needs_consent(pack(), party_fact(MELDER), "woonsituatie")
    assert not needs_consent(pack(), party_fact(MELDER), "onbekend")
    assert not needs_consent(pack(), party_fact(MELDER))


@pytest.mark.rule("7.2a")
def test_72a_consent_without_a_case_is_no_consent_for_it() -> None:
    scene = _with_health(CONSENT)
    assert_refused(scene, scene.known(case=None), ("7.2a", "toestemming_buiten_fase", "/grounds/1/consent/date"))


_KEPT = ({"item": reference("van de ggz"), "purpose": "eerste_beeld"},)


def _carried(day: date) -> Scene:
    """A question with personal details of a case that the ggz notified."""
    scene, ggz = question(), PARTY["ggz"]
    ground = {
        "basis": "avg_6_1_e",
        "task": {"of": ggz, "code": "wgbo"},
        "secrecy": pack().capacity["ggz"].secrecy,
        "consent": {"ref": CONSENT.ref, "date": day},
    }
    origin = {"party": ggz, "item": reference("van de ggz")}
    given = agreed(scene.manifest.exact_items[0]) | {
        "consent": {"ref": CONSENT.ref, "date": day},
        "item": reference("van de ggz"),
        "provider": ggz,
        "phase": "triage",
        "purpose": "eerste_beeld",
        "holder": "college_bw",
        "until": NOW + timedelta(days=9),
        "since": NOW,
        "given_for": "toetsen_criteria",
    }
    message = scene.message(
        on_behalf_of=ggz,
        grounds=(ground,),
        items=(scene.manifest.exact_items[0].model_dump() | {"origin": origin},),
        **{"act.ceiling.grounds.0.task": {"of": ggz, "code": "wgbo"}},
    )
    return message.known(
        parties=(*scene.facts.parties, party_fact(ggz)),
        agreements=(given,),
        informed=tuple(changed(row, by=ggz) for row in scene.facts.informed),
        **{"case.notifier": ggz, "case.acting_for": ggz, "case.kept": _KEPT},
    )


@pytest.mark.rule("7.2a")
def test_72a_what_goes_on_has_consent_for_the_case_and_agreement_for_the_phase() -> None:
    assert_refused(
        _carried(date(2026, 3, 5)),
        _carried(date(2026, 3, 4)),
        ("7.2a", "toestemming_buiten_fase", "/grounds/0/consent/date"),
    )


@pytest.mark.rule("1.19", "3.5a", "12")
@pytest.mark.parametrize(
    ("updates", "reason"),
    [
        ({"outcome": "misschien"}, ("1.19", "uitkomst_onbekend", "/outcome")),
        ({"outcome": "niet_bekend"}, ("3.5a", "items_zonder_bekend", "/outcome")),
        ({"outcome": "geweigerd", "items": ()}, ("1.19", "weigering_past_niet", "/refusal")),
        ({"refusal": "geheimhouding"}, ("1.19", "weigering_past_niet", "/refusal")),
        (
            {"outcome": "geweigerd", "items": (), "refusal": "geen_zin"},
            ("1.19", "weigering_onbekend", "/refusal"),
        ),
        ({"id": message_id("een ander")}, ("12", "nummer_anders", "/id")),
    ],
)
def test_119_the_outcome_fits_what_is_said(updates: dict[str, object], reason: tuple[str, str, str]) -> None:
    scene = opened()
    assert_refused(scene, scene.sealed(**updates), reason)


def test_119_a_refusal_with_a_code_is_an_answer() -> None:
    scene = opened().sealed(outcome="geweigerd", items=(), refusal="onderzoeksbelang")
    assert scene.reasons() == []


@pytest.mark.rule("7.2a")
@pytest.mark.parametrize("outcome", ["niet_bekend", "meervoudige_treffer", "geweigerd"])
def test_72a_under_secrecy_everything_but_known_is_no_statement(outcome: str) -> None:
    refusal = "geheimhouding" if outcome == "geweigerd" else None
    silent = opened("ggz").sealed(outcome="geen_uitspraak", items=())
    assert_refused(
        silent,
        silent.sealed(outcome=outcome, refusal=refusal),
        ("7.2a", "uitkomst_verraadt", "/outcome"),
    )


@pytest.mark.rule("7.2a")
def test_72a_known_alone_tells_of_a_treatment() -> None:
    scene = opened("ggz").sealed(items=())
    refused = scene.sealed(**{"grounds.0.consent": None})
    assert_refused(scene, refused, ("7.2a", "bekend_zonder_toestemming", "/outcome"))


@pytest.mark.rule("7.2a", "7.2e")
@pytest.mark.parametrize(
    ("ground", "reason"),
    [
        (
            {"consent": ConsentRef(ref=CONSENT.ref, date=date(2010, 1, 1))},
            ("7.2a", "toestemming_buiten_fase", "/consent/date"),
        ),
        ({"consent": None, "exception": "zomaar"}, ("7.2e", "uitzondering_onbekend", "/exception")),
        ({"exception": "goed_hulpverlenerschap"}, ("7.2e", "toestemming_en_uitzondering", "/exception")),
    ],
)
def test_72a_known_without_items_is_lifted_like_data(ground: dict[str, object], reason: tuple[str, str, str]) -> None:
    scene = opened("ggz").sealed(items=())
    rule, code, place = reason
    refused = scene.sealed(**{f"grounds.0.{name}": value for name, value in ground.items()})
    assert_refused(scene, refused, (rule, code, f"/grounds/0{place}"))
    assert ("7.2a", "bekend_zonder_toestemming", "/outcome") in scene.sealed(grounds=()).reasons()


@pytest.mark.rule("7.2a")
def test_72_a_secrecy_that_the_pack_does_not_know_needs_consent() -> None:
    scene, own = opened("ggz"), (Term("huisreglement"),)
    inner, thread = scene.inner, scene.facts.thread
    assert inner is not None
    assert thread is not None
    asked = changed(
        thread.ceiling,
        grounds=tuple(changed(ground, secrecy=own) for ground in scene.manifest.grounds),
    )
    bound = (
        scene.message(grounds=asked.grounds)
        .known(**{"thread.ceiling": asked})
        .party(PARTY["ggz"], secrecy=own)
        .sealed(grounds=tuple(changed(ground, secrecy=own) for ground in inner.grounds))
    )
    refused = bound.sealed(**{"grounds.0.consent": None})
    assert_refused(bound, refused, ("7.2a", "bekend_zonder_toestemming", "/outcome"))


@pytest.mark.rule("7.2a")
def test_72a_in_the_first_phase_consent_may_be_a_little_older_than_the_case() -> None:
    def given(day: date) -> Scene:
        return _with_health(ConsentRef(ref=CONSENT.ref, date=day))

    refused = given(date(2026, 2, 2))
    assert_refused(given(date(2026, 2, 3)), refused, ("7.2a", "toestemming_buiten_fase", "/grounds/1/consent/date"))


@pytest.mark.rule("7.2a")
def test_72a_in_every_later_phase_consent_is_asked_anew() -> None:
    for phase in ("casusoverleg", "afschaling"):
        asked = health(phase=phase)
        for day in (date(2026, 3, 7), date(2026, 3, 12)):
            refused = health(day, phase)
            assert_refused(asked, refused, ("7.2a", "toestemming_buiten_fase", "/grounds/0/consent/date"))


@pytest.mark.rule("7.2b", "7.2e")
def test_72e_in_the_meeting_the_professional_weighs_himself() -> None:
    told = health()
    weighed = told.message(**{"grounds.0.consent": None, "grounds.0.exception": "conflict_van_plichten"})
    neither = told.message(**{"grounds.0.consent": None})
    assert_refused(weighed, neither, ("7.2b", "toestemming_ontbreekt", "/grounds/0/consent"))
    made_up = weighed.message(**{"grounds.0.exception": "haast"})
    assert_refused(weighed, made_up, ("7.2e", "uitzondering_onbekend", "/grounds/0/exception"))


@pytest.mark.rule("7.2a")
def test_72a_consent_is_of_one_person() -> None:
    scene = notification()
    relative = item_of(
        "personalia", ("geslachtsnaam",), "S", MELDER, subject=RELATIVE, subject_category="directe_relatie"
    )
    relative |= {"item": reference("r"), "origin": {"party": MELDER, "item": reference("r")}}
    allowed = scene.message(items=(*scene.manifest.items, relative))
    refused = allowed.message(**{"grounds.0.consent": CONSENT})
    assert_refused(allowed, refused, ("7.2a", "toestemming_voor_een", "/grounds/0/consent"))


@pytest.mark.rule("7.2e")
def test_72e_nobody_weighs_for_the_professional() -> None:
    allowed = _carried(date(2026, 3, 9))
    weighed = allowed.message(**{"grounds.0.consent": None, "grounds.0.exception": "goed_hulpverlenerschap"})
    assert_refused(allowed, weighed, ("7.2e", "uitzondering_van_ander", "/grounds/0/exception"))


@pytest.mark.rule("7.2e")
@pytest.mark.parametrize("named", [None, "goed_hulpverlenerschap"])
def test_72e_what_he_weighed_goes_on_when_he_names_the_same_exception_in_his_agreement(named: str | None) -> None:
    exception = {"grounds.0.consent": None, "grounds.0.exception": "conflict_van_plichten"}
    carried = _carried(date(2026, 3, 9)).message(**exception)
    allowed = carried.known(**{"agreements.0.consent": None, "agreements.0.exception": "conflict_van_plichten"})
    refused = carried.known(**{"agreements.0.consent": None, "agreements.0.exception": named})
    assert_refused(
        allowed,
        refused,
        ("7.2e", "uitzondering_van_ander", "/grounds/0/exception"),
        ("7.2e", "uitzondering_van_ander", "/items/0/origin"),
    )
    neither = allowed.message(**{"grounds.0.exception": None})
    assert ("7.2b", "toestemming_ontbreekt", "/grounds/0/consent") in neither.reasons()


@pytest.mark.rule("7.2e")
def test_72e_the_house_has_no_professional_who_weighs() -> None:
    scene = plan()
    ground = scene.manifest.grounds[0].model_copy(update={"exception": Term("conflict_van_plichten")})
    assert_refused(scene, scene.message(grounds=(ground,)), ("7.2e", "uitzondering_van_ander", "/grounds/0/exception"))


@pytest.mark.rule("7.2e", "7.2b")
@pytest.mark.parametrize("named", [None, "haast"])
def test_72e_a_plan_is_made_of_what_he_weighed_when_he_agrees_with_it(named: str | None) -> None:
    def known(exception: str | None) -> Scene:
        facts = plan().facts
        rows = tuple(row.model_copy(update={"category": Term("gezondheid")}) for row in facts.agreements)
        return plan().known(agreements=tuple(changed(row, exception=exception) for row in rows))

    refused = known(named)
    place = "/items/0/derived_from/0"
    assert_refused(known("conflict_van_plichten"), refused, ("7.2b", "toestemming_niet_doorgegeven", place))


@pytest.mark.rule("7.2a")
def test_72a_a_consent_that_is_named_is_judged_where_nothing_has_to_be_lifted_too() -> None:
    scene = notification()
    named = scene.message(**{"grounds.0.consent": CONSENT})
    old = scene.message(**{"grounds.0.consent": ConsentRef(ref=CONSENT.ref, date=date(2010, 1, 1))})
    assert_refused(named, old, ("7.2a", "toestemming_buiten_fase", "/grounds/0/consent/date"))


@pytest.mark.rule("7.2b")
def test_72b_what_goes_on_goes_on_the_consent_that_its_provider_named() -> None:
    allowed = _carried(date(2026, 3, 9))
    for consent in (None, ConsentRef(ref=reference("een andere"), date=date(2026, 3, 9))):
        refused = allowed.known(**{"agreements.0.consent": consent})
        assert_refused(allowed, refused, ("7.2b", "toestemming_niet_doorgegeven", "/items/0/origin"))
