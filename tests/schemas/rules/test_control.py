"""Agreement of the provider, informing the person, case keys, and what bodies say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from schemas.facts import InformedFact
from schemas.ids import Address
from tests.making import (
    COLLEGE,
    HOUSE,
    MELDER,
    NOW,
    PARTY,
    PERSON,
    RELATIVE,
    a_ceiling,
    a_question,
    address,
    case_fact,
    facts_for,
    reference,
)
from tests.schemas.scenes import (
    Scene,
    agreement,
    answer,
    assert_refused,
    informed,
    intake_decision,
    keys,
    notification,
    question,
)


@pytest.mark.rule("3.5c")
def test_35c_what_is_anothers_goes_on_with_its_agreement() -> None:
    scene = question()
    assert_refused(scene, scene.known(agreements=()), ("3.5c", "akkoord_ontbreekt", "/items/0/origin"))


@pytest.mark.rule("3.5c")
@pytest.mark.parametrize(
    "updates",
    [
        {"item": reference("iets anders")},
        {"provider": COLLEGE},
        {"phase": "casusoverleg"},
        {"purpose": "routering"},
        {"purpose": "onbekend"},
        {"holder": "ggz"},
        {"holder": PARTY["ggz"]},
        {"until": NOW},
    ],
)
def test_35c_agreement_is_for_item_phase_purpose_and_recipient(updates: dict[str, object]) -> None:
    scene = question()
    refused = scene.known(**{f"agreements.0.{name}": value for name, value in updates.items()})
    assert_refused(scene, refused, ("3.5c", "akkoord_ontbreekt", "/items/0/origin"))


def test_35c_agreement_may_be_for_a_capacity() -> None:
    assert question().known(**{"agreements.0.holder": "college_bw"}).reasons() == []


@pytest.mark.rule("3.5c")
def test_35b_purposes_that_the_pack_counts_as_one() -> None:
    scene = question()
    other = scene.known(**{"agreements.0.purpose": "routering"})
    rows = tuple(
        row.model_copy(update={"counts_as": "een"}) if row.id in {"routering", "eerste_beeld"} else row
        for row in scene.pack.purposes
    )
    assert_refused(other.under(purposes=rows), other, ("3.5c", "akkoord_ontbreekt", "/items/0/origin"))


@pytest.mark.rule("3.5c")
def test_35c_an_own_item_is_its_own_origin() -> None:
    scene = notification()
    refused = scene.message(**{"items.0.origin.item": reference("een eerder item")})
    assert_refused(scene, refused, ("3.5c", "akkoord_ontbreekt", "/items/0/origin"))


@pytest.mark.rule("2.1")
def test_21_an_item_has_its_own_number() -> None:
    scene = notification()
    assert_refused(scene, scene.known(item_taken=True), ("2.1", "item_bekend", "/items"))
    assert answer().known(item_taken=True).reasons() == []


@pytest.mark.rule("16.1")
def test_161_nothing_goes_before_the_person_is_told() -> None:
    for scene, place in ((notification(), "/items/0/subject"), (question(), "/act/ceiling/items/0/subject")):
        assert_refused(scene, scene.known(informed=()), ("16.1", "niet_geinformeerd", place))


@pytest.mark.rule("16.1")
def test_161_being_told_tomorrow_is_not_told() -> None:
    scene = notification()
    later = InformedFact(subject=PERSON, by=MELDER, at=date(2026, 3, 11))
    assert_refused(scene, scene.known(informed=(later,)), ("16.1", "niet_geinformeerd", "/items/0/subject"))


@pytest.mark.rule("16.7")
def test_166_informing_can_be_deferred_until_it_is_looked_at_again() -> None:
    scene = notification()
    deferred = InformedFact(subject=PERSON, by=MELDER, recheck=date(2026, 3, 10))
    overdue = InformedFact(subject=PERSON, by=MELDER, recheck=date(2026, 3, 9))
    assert_refused(
        scene.known(informed=(deferred,)),
        scene.known(informed=(overdue,)),
        ("16.7", "hercontrole_verlopen", "/items/0/subject"),
    )


def test_161_staff_are_told_at_work() -> None:
    scene = answer()
    contact = [item for item in scene.manifest.ceiling_items if item.subject_category == "medewerker_hulpverlening"]
    assert contact
    assert scene.reasons() == []


@pytest.mark.rule("12")
@pytest.mark.parametrize(
    "updates",
    [
        {"case.keys": ()},
        {"case.keys.1.kid": "A" * 43},
        {"case.keys.1.phase": "triage"},
        {"case.keys.1.not_after": NOW},
        {"case.keys.1.address": COLLEGE},
        {"case": None},
    ],
)
def test_12_sealed_to_the_live_case_key_of_the_recipient(updates: dict[str, object]) -> None:
    scene = notification()
    assert_refused(scene, scene.known(**updates), ("12", "sleutel_ontbreekt", "/sealed/recipients/0"))


@pytest.mark.rule("11.2")
@pytest.mark.parametrize(
    ("updates", "reason"),
    [
        ({"act.keys.0.phase": "casusoverleg"}, ("11.2", "sleutel_fase", "/act/keys/0/phase")),
        ({"act.keys.0.not_after": NOW}, ("11.2", "sleutel_verlopen", "/act/keys/0/not_after")),
    ],
)
def test_112_a_case_key_is_for_this_phase_and_a_while(updates: dict[str, object], reason: tuple[str, str, str]) -> None:
    scene = keys()
    assert_refused(scene, scene.message(**updates), reason)


@pytest.mark.rule("11.2")
def test_112_a_case_key_is_published_once() -> None:
    scene = keys()
    both = scene.manifest.act.keys * 2  # type: ignore[union-attr]  # a message with keys
    assert_refused(scene, scene.message(**{"act.keys": both}), ("11.2", "sleutel_dubbel", "/act/keys/1/kid"))


@pytest.mark.rule("3.5c")
@pytest.mark.parametrize(
    ("updates", "reason"),
    [
        ({"act.use.phase": "uitvoering"}, ("3.5c", "gebruik_onbekend", "/act/for")),
        ({"act.use.purpose": "monitoring"}, ("3.5c", "gebruik_onbekend", "/act/for")),
        ({"act.use.purpose": "handig"}, ("3.5c", "gebruik_onbekend", "/act/for")),
        ({"act.use.holder": "woningcorporatie"}, ("3.5c", "houder_onbekend", "/act/for/holder")),
        ({"act.until": NOW}, ("3.5c", "akkoord_verlopen", "/act/until")),
    ],
)
def test_35c_an_agreement_is_for_a_known_use(updates: dict[str, object], reason: tuple[str, str, str]) -> None:
    scene = agreement()
    assert_refused(scene, scene.message(**updates), reason)


@pytest.mark.parametrize("holder", ["procesregie", "om", PARTY["ggz"]])
def test_35c_an_agreement_is_for_a_capacity_an_address_or_the_house(holder: str) -> None:
    assert agreement().message(**{"act.use.holder": holder}).reasons() == []


@pytest.mark.rule("16.2")
def test_162_who_was_told_was_told_already() -> None:
    scene = informed()
    refused = scene.message(**{"act.at": date(2026, 3, 11)})
    assert_refused(scene, refused, ("16.2", "geinformeerd_in_toekomst", "/act/at"))


@pytest.mark.rule("16.7")
def test_167_a_check_lies_ahead() -> None:
    scene = informed()
    subjects = (PERSON,)
    allowed = scene.message(act={"subjects": subjects, "deferred": True, "recheck": NOW.date()})
    past = NOW.date() - timedelta(days=1)
    refused = scene.message(act={"subjects": subjects, "deferred": True, "recheck": past})
    assert_refused(allowed, refused, ("16.7", "hercontrole_voorbij", "/act/recheck"))


@pytest.mark.rule("B2-out")
def test_b2_out_a_notification_is_decided_with_a_reason_of_the_pack() -> None:
    scene = intake_decision()
    refused = scene.message(**{"act.reason": "overleg_nodig"})
    assert_refused(scene, refused, ("B2-out", "reden_onbekend", "/act/reason"))


@pytest.mark.rule("B2-out")
@pytest.mark.parametrize(
    ("decision", "reason"), [("in_triage", "criteria_niet_voldaan"), ("afgewezen", "criteria_voldaan")]
)
def test_b2_out_the_reason_carries_what_becomes_of_a_notification(decision: str, reason: str) -> None:
    scene = intake_decision()
    refused = scene.message(**{"act.decision": decision, "act.reason": reason})
    assert_refused(scene, refused, ("B2-out", "reden_past_niet", "/act/reason"))


@pytest.mark.rule("3.5c")
@pytest.mark.parametrize(
    "updates",
    [
        {"subject": RELATIVE},
        {"subject_category": "directe_relatie"},
        {"category": "adresgegevens"},
        {"fields": ["/geslachtsnaam"]},
    ],
)
def test_35c_no_more_goes_on_than_was_agreed(updates: dict[str, object]) -> None:
    scene = question()
    refused = scene.known(**{f"agreements.0.{name}": value for name, value in updates.items()})
    assert_refused(scene, refused, ("3.5c", "akkoord_anders", "/items/0/origin"))


@pytest.mark.rule("3.5b")
def test_35b_only_what_was_taken_along_goes_on() -> None:
    scene = question()
    assert_refused(scene, scene.known(**{"case.kept": ()}), ("3.5b", "niet_voortgezet", "/items/0/origin"))


@pytest.mark.rule("2.1")
def test_21_the_house_is_no_source_of_personal_details() -> None:
    scene = question()
    number = scene.manifest.exact_items[0].item
    refused = scene.message(**{"items.0.origin": {"party": HOUSE, "item": number}})
    assert_refused(scene, refused, ("2.1", "huis_geen_bron", "/items/0/origin/party"))


@pytest.mark.rule("2.1")
def test_21_nothing_derived_goes() -> None:
    scene = notification()
    refused = scene.message(
        **{"items.0.derived_from": ({"party": PARTY["politie"], "item": reference("van de politie")},)}
    )
    assert_refused(scene, refused, ("2.1", "afgeleid_niet_hier", "/items/0/derived_from"))


@pytest.mark.rule("3.5c")
def test_35c_the_notifier_can_be_asked_too_about_what_it_agreed_to() -> None:
    manifest = a_question(MELDER, ceiling=a_ceiling(MELDER))
    scene = Scene(manifest, facts_for(manifest, case_fact()))
    assert_refused(scene, scene.known(agreements=()), ("3.5c", "akkoord_ontbreekt", "/items/0/origin"))


@pytest.mark.rule("16.1")
@pytest.mark.parametrize("who", [COLLEGE, address(77, "ggd")])
def test_162_only_who_must_tell_the_person_says_so(who: Address) -> None:
    scene = notification()
    refused = scene.known(**{"informed.0.by": who, "informed.1.by": who})
    assert_refused(scene, refused, ("16.1", "niet_geinformeerd", "/items/0/subject"))


def test_162_told_by_one_is_told_whatever_another_puts_off() -> None:
    scene = answer()
    late = InformedFact(subject=PERSON, by=COLLEGE, recheck=date(2026, 3, 9))
    assert scene.known(informed=(*scene.facts.informed, late)).reasons() == []
    own = InformedFact(subject=PERSON, by=COLLEGE, at=date(2026, 3, 9))
    assert scene.known(informed=(own,)).reasons() == []


@pytest.mark.rule("16.2", "16.1")
def test_162_told_about_this_case() -> None:
    scene = informed()
    allowed, refused = scene.message(**{"act.at": date(2025, 3, 5)}), scene.message(**{"act.at": date(2025, 3, 4)})
    assert_refused(allowed, refused, ("16.2", "geinformeerd_te_oud", "/act/at"))
    told = notification()
    old = told.known(**{"informed.0.at": date(2001, 1, 1), "informed.1.at": date(2001, 1, 1)})
    assert_refused(told, old, ("16.1", "niet_geinformeerd", "/items/0/subject"))


@pytest.mark.rule("16.7")
def test_167_a_check_is_not_put_off_for_ever() -> None:
    scene = informed()

    def deferred(day: date) -> Scene:
        return scene.message(act={"subjects": (PERSON,), "deferred": True, "recheck": day})

    refused = deferred(date(2026, 6, 11))
    assert_refused(deferred(date(2026, 6, 10)), refused, ("16.7", "hercontrole_te_ver", "/act/recheck"))


@pytest.mark.rule("16.2")
@pytest.mark.parametrize(
    ("name", "value"), [("informed", date(2026, 3, 8)), ("deferred", True), ("recheck", date(2026, 4, 1))]
)
def test_162_a_ground_says_what_is_on_record(name: str, value: object) -> None:
    scene = notification().message(**{"grounds.0.informed": date(2026, 3, 1)})
    refused = scene.message(**{f"grounds.0.{name}": value})
    assert_refused(scene, refused, ("16.2", "geinformeerd_anders", f"/grounds/0/{name}"))
    waits = InformedFact(subject=PERSON, by=MELDER, recheck=date(2026, 4, 1))
    later = {"grounds.0.deferred": True, "grounds.0.recheck": date(2026, 4, 1)}
    assert notification().known(informed=(waits,)).message(**later).reasons() == []
