"""Control looked at closely: secrecy and consent, what was stopped, tasks, uses, and who takes part."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.acts import Correction
from schemas.content import Ground
from schemas.facts import StoppedFact, WithdrawnFact
from schemas.ids import Term
from schemas.rules.matter import Matter
from schemas.rules.secrecy import lifted, needs_consent
from schemas.rules.uses import bound_to_its_purpose, compatible, same_purpose
from tests.making import (
    COLLEGE,
    CONSENT,
    HOUSE,
    MELDER,
    NOW,
    PARTY,
    RELATIVE,
    SOME_ITEM,
    address,
    case_fact,
    ground_of,
    item_of,
    pack,
    party_fact,
    reference,
)
from tests.schemas.scene import Scene, assert_refused
from tests.schemas.scenes import answer, key_request, notification, opened, question, start
from tests.schemas.scenes_life import agreement_request, correction, permission, withdrawal
from tests.schemas.scenes_meeting import GGZ, POLICE, contribution, health

STRANGER = address(7, "woningcorporatie")


def codes(scene: Scene) -> set[str]:
    """The codes of the reasons; none where it is allowed."""
    return {code for _, code, _ in scene.reasons()}


def with_parties(scene: Scene, *rows: Any) -> Scene:
    """The scene with more parties known, or with other facts about those that are."""
    known = {row.address: row for row in (*scene.facts.parties, *rows)}
    return scene.known(parties=[row.model_dump() for row in known.values()])


# secrecy and consent


def test_72_a_secrecy_that_the_pack_says_needs_no_consent_asks_for_none() -> None:
    rows = tuple(row.model_copy(update={"consent": False}) for row in pack().secrecies)
    lenient = pack().model_copy(update={"secrecies": rows})
    lenient.__dict__.pop("secrecy", None)
    assert needs_consent(pack(), party_fact(GGZ))
    assert not needs_consent(lenient, party_fact(GGZ))


def consent(day: date) -> dict[str, Any]:
    """A consent of this day."""
    return {"ref": CONSENT.ref, "date": day}


def wrong(phase: str, day: date, *, own: bool = True) -> bool:
    """Whether a consent of this day is of another time than the phase asks for."""
    scene = contribution().message(**{"grounds.0.consent": consent(day)}).known(case=case_fact(phase).model_dump())
    ground = scene.manifest.grounds[0]
    assert isinstance(ground, Ground)
    reasons = lifted(Matter(scene.pack, scene.facts, scene.manifest, NOW), ground, "", own=own)
    return "toestemming_buiten_fase" in {reason.code for reason in reasons}


OPENED, PHASE = date(2026, 3, 5), date(2026, 3, 8)
DAY = timedelta(days=1)


def test_72a_consent_of_today_is_in_time_and_of_tomorrow_is_not() -> None:
    assert not wrong("casusoverleg", NOW.date())
    assert wrong("casusoverleg", NOW.date() + DAY)


def test_72b_what_goes_on_has_a_consent_of_the_case_and_after_triage_of_the_phase() -> None:
    assert not wrong("aanmelding", OPENED - DAY)
    assert [wrong("aanmelding", day, own=False) for day in (OPENED - DAY, OPENED)] == [True, False]
    assert [wrong("triage", day, own=False) for day in (OPENED - DAY, OPENED)] == [True, False]
    for phase in ("casusoverleg", "afschaling"):
        assert [wrong(phase, day, own=False) for day in (PHASE - DAY, PHASE)] == [True, False]


def test_72a_who_is_known_has_a_consent_of_this_phase_also_without_items() -> None:
    scene = opened("ggz").sealed(items=())
    early = consent(PHASE - DAY)
    assert "toestemming_buiten_fase" in codes(scene.sealed(**{"grounds.0.consent": early}))
    assert "toestemming_buiten_fase" not in codes(scene)


def test_72e_an_exception_is_one_of_the_pack_also_where_none_is_needed() -> None:
    scene = contribution()
    refused = scene.message(**{"grounds.0.exception": "iets_anders"})
    assert_refused(scene, refused, ("7.2e", "uitzondering_onbekend", "/grounds/0/exception"))


def test_72b_what_the_house_writes_has_the_consent_of_whom_it_acts_for() -> None:
    text = item_of("bericht", ("aanleiding",), "B", HOUSE, item=reference("eigen tekst"), ground=1)
    text |= {"origin": {"party": HOUSE, "item": reference("eigen tekst")}, "category": "bericht"}
    scene = question()
    said = ground_of(secrecy=pack().capacity["ggz"].secrecy, consent=consent(PHASE - DAY))
    more = scene.message(items=(*scene.manifest.items, text), grounds=(*scene.manifest.grounds, said))
    acting = with_parties(more, party_fact(GGZ)).known(**{"case.acting_for": GGZ})
    assert "toestemming_buiten_fase" not in codes(acting)
    late = acting.message(**{"grounds.1.consent": consent(OPENED - DAY)})
    assert "toestemming_buiten_fase" in codes(late)


EXCEPTION = next(row.id for row in pack().codes if row.use == "exception")


def excused(*grounds: dict[str, Any], sender: str = GGZ) -> Scene:
    """What a party contributes with these grounds, an item for each about the person, all of its own."""
    items = [
        item_of("woonsituatie", ("woonvorm",), "I", GGZ, item=reference(f"stuk {index}"), ground=index)
        | {"origin": {"party": GGZ, "item": reference(f"stuk {index}")}}
        for index in range(len(grounds))
    ]
    scene = health(grounds=[ground_of(secrecy=pack().capacity["ggz"].secrecy, **row) for row in grounds], items=items)
    to = (COLLEGE,) if sender == HOUSE else (HOUSE,)
    return scene.message(sender=sender, to=to, on_behalf_of=MELDER if sender == HOUSE else None)


def test_72e_each_ground_is_looked_at() -> None:
    both = {"consent": consent(PHASE), "exception": EXCEPTION}
    scene = excused({"task": {"of": GGZ, "code": "wgbo"}}, both)
    assert ("7.2e", "toestemming_en_uitzondering", "/grounds/1/exception") in scene.reasons()


def about(scene: Scene, index: int, who: str) -> Scene:
    """The scene with one item about somebody else."""
    return scene.message(**{f"items.{index}.subject": who, f"items.{index}.subject_category": "directe_relatie"})


def test_72a_a_consent_covers_the_items_of_its_ground_and_an_exception_no_person() -> None:
    given, weighed = {"consent": consent(PHASE)}, {"exception": EXCEPTION}
    assert "toestemming_voor_een" not in codes(about(excused(given, given), 1, RELATIVE))
    one = about(excused(given, given), 1, RELATIVE).message(**{"items.1.ground": 0})
    assert "toestemming_voor_een" in codes(one)
    one = about(excused(weighed, weighed), 1, RELATIVE).message(**{"items.1.ground": 0})
    assert "toestemming_voor_een" not in codes(one)


def test_72e_nobody_weighs_an_exception_for_somebody_else() -> None:
    reason = ("7.2e", "uitzondering_van_ander", "/grounds/0/exception")
    own = excused({"exception": EXCEPTION})
    assert reason not in own.reasons()
    assert reason in own.message(**{"items.0.origin.party": COLLEGE}).reasons()
    house = own.message(sender=HOUSE, to=(COLLEGE,), on_behalf_of=MELDER, **{"items.0.origin.party": HOUSE})
    assert reason in house.reasons()
    two = excused({"exception": EXCEPTION}, {"exception": EXCEPTION}).message(**{"items.1.ground": 0})
    assert reason in two.message(**{"items.1.origin.party": COLLEGE}).reasons()


# what was stopped


def test_72d_what_was_taken_back_stops_no_ground_without_consent() -> None:
    taken = WithdrawnFact(consent=reference("toestemming"), provider=GGZ, since=NOW - DAY)
    for scene in (contribution(), answer()):
        assert scene.known(withdrawn=(taken.model_dump(),)).reasons() == []


def test_95_what_stopped_is_another_item() -> None:
    fact = StoppedFact(item=SOME_ITEM, provider=COLLEGE, why="onjuist", since=NOW - DAY)
    assert contribution().known(stopped=(fact.model_dump(),)).reasons() == []


def test_21_each_item_is_looked_at() -> None:
    scene = correction()
    assert isinstance(scene.manifest.act, Correction)
    own, other = scene.manifest.act.items[0], {"party": COLLEGE, "item": SOME_ITEM}
    refused = scene.message(**{"act.items": (own, other)})
    assert_refused(scene, refused, ("2.1", "item_van_ander", "/act/items/1/party"))


def test_72d_the_consent_to_anothers_data_is_no_matter_of_its_desk() -> None:
    assert codes(withdrawal(GGZ, POLICE)) == {"item_van_ander"}


def test_21_whose_item_it_is_is_known() -> None:
    refused = correction(HOUSE, STRANGER)
    assert_refused(correction(HOUSE, COLLEGE), refused, ("2.1", "herkomst_onbekend", "/act/items/0/party"))


# tasks


def test_521_a_task_is_one_of_the_party_and_of_its_capacity() -> None:
    scene = notification()
    code = next(row for row in pack().task if row not in pack().capacity["college_bw"].tasks)
    named = scene.message(**{"grounds.0.task.code": code}).party(MELDER, tasks=(Term(code),))
    assert "taak_niet_van_partij" in codes(named)
    stranger = scene.message(**{"grounds.0.task.of": STRANGER})
    known = with_parties(stranger, party_fact(STRANGER, tasks=(Term("wmo_2_3_1_2_3_5"),)))
    assert "taak_niet_van_partij" in codes(known)


def test_64_who_has_no_ground_is_asked_only_for_the_tasks_that_it_named() -> None:
    where = PARTY["geen_grondslag"]
    scene = with_parties(question().message(to=(where,)), party_fact(where))
    reason = ("6.4", "niet_voor_deze_taak", "/act/ceiling/grounds/0/task")
    assert reason not in scene.reasons()
    assert reason in scene.party(where, provides_for=()).reasons()
    unknown = tuple(row for row in scene.facts.parties if row.address != where)
    assert reason in scene.known(parties=unknown).reasons()


def test_64_of_who_has_no_capacity_at_all_that_is_said() -> None:
    scene = notification().message(sender=STRANGER)
    assert "hoedanigheid_onbekend" in codes(scene)
    assert "niet_voor_deze_taak" not in codes(scene)


def test_52_question_and_ceiling_each_say_why() -> None:
    found = question().message(necessity=None, **{"act.ceiling.necessity.code": "iets_anders"}).reasons()
    assert ("5.2", "noodzaak_ontbreekt", "/necessity") in found
    assert ("5.2", "noodzaak_onbekend", "/act/ceiling/necessity/code") in found


# uses


def test_35b_no_purpose_counts_as_one_that_is_not_named() -> None:
    grouped = pack().model_copy(
        update={"purposes": tuple(row.model_copy(update={"counts_as": Term("een")}) for row in pack().purposes)}
    )
    grouped.__dict__.pop("purpose", None)
    assert same_purpose(grouped, "eerste_beeld", "routering")
    for other in (None, "", "onbekend"):
        assert not same_purpose(grouped, "eerste_beeld", other)
        assert not same_purpose(grouped, other, "eerste_beeld")
        assert not compatible(grouped, "eerste_beeld", other)


def test_135_police_and_prosecution_are_bound_to_the_purpose_as_such() -> None:
    found = {name: bound_to_its_purpose(pack(), PARTY[name], None) for name in ("politie", "om", "ggz", "college_bw")}
    assert found == {"politie": "13.5", "om": "13.5", "ggz": None, "college_bw": None}
    assert bound_to_its_purpose(pack(), GGZ, party_fact(GGZ)) == "13.6"


@pytest.mark.parametrize("scene", [agreement_request, permission])
def test_35c_a_use_is_in_a_phase_of_the_pack(scene: Any) -> None:
    told = scene()
    phase = getattr(told.manifest.act, "use", told.manifest.act).phase
    rows = tuple(row for row in told.pack.phases if row.id != phase)
    assert "gebruik_onbekend" not in codes(told)
    assert "gebruik_onbekend" in codes(told.under(phases=rows))


# who takes part


def only_for(scene: Scene, kind: str, *senders: str) -> Scene:
    """The scene where the pack lets only these send its kind."""
    rows = tuple(
        row.model_copy(update={"senders": tuple(map(Term, senders))}) if row.id == kind else row
        for row in scene.pack.kinds
    )
    return scene.under(kinds=rows)


def test_118_who_opens_a_case_is_its_notifier() -> None:
    assert only_for(start(), "aanmelding_start", "melder").reasons() == []
    assert codes(only_for(start(), "aanmelding_start", "gevraagd")) == {"afzender_niet_bevoegd"}
    asked = case_fact("aanmelding", asked=[COLLEGE])
    again = start().message(sender=COLLEGE).known(case=asked.model_dump())
    assert "afzender_niet_bevoegd" in codes(only_for(again, "aanmelding_start", "melder"))
    assert "afzender_niet_bevoegd" not in codes(only_for(again, "aanmelding_start", "gevraagd"))


def test_118_in_a_case_nobody_is_the_notifier_by_sending() -> None:
    scene = with_parties(notification().message(sender=COLLEGE), party_fact(COLLEGE))
    assert {"afzender_niet_bevoegd", "geen_deelnemer"} <= codes(only_for(scene, "aanmelding", "melder"))


def test_96_who_opens_a_case_takes_part_in_none() -> None:
    scene = start().message(sender=COLLEGE).known(case=case_fact("aanmelding").model_dump())
    assert "casus_bestaat" in codes(scene)
    assert "geen_deelnemer" not in codes(scene)


def test_96_only_the_house_brings_somebody_into_a_case() -> None:
    scene = key_request()
    reason = ("9.6", "geen_deelnemer", "/to/0")
    assert reason not in scene.reasons()
    assert reason in scene.message(sender=MELDER, on_behalf_of=None).reasons()
