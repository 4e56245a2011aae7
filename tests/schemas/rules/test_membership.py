"""Who belongs, in which function, under which pack."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schemas.facts import PackFact
from schemas.ids import Address
from tests.making import (
    ANSWER_TIME,
    COLLEGE,
    HOUSE,
    MELDER,
    NOW,
    OTHER_PACK,
    PARTY,
    address,
    pack,
    pack_fact,
    party_fact,
)
from tests.schemas.scenes import (
    answer,
    assert_refused,
    key_request,
    notification,
    opened,
    phase_decision,
    question,
    receipt,
    receipt_of_answer,
    start,
    to_meeting,
)

NOTHING_KEPT: dict[str, object] = {"act.keep": (), "act.keep_for": ()}


@pytest.mark.rule("28")
def test_28_the_message_names_the_pack_that_decides() -> None:
    scene = notification()
    assert_refused(scene, scene.message(pack=OTHER_PACK), ("28", "pakket_anders", "/pack"))


@pytest.mark.rule("28")
@pytest.mark.parametrize(
    "row",
    [
        PackFact(digest=pack().digest, since=NOW + timedelta(seconds=1)),
        PackFact(digest=pack().digest, since=NOW - timedelta(days=9), until=NOW),
        PackFact(digest=OTHER_PACK, since=NOW - timedelta(days=9)),
    ],
)
def test_28_the_pack_is_in_force(row: PackFact) -> None:
    scene = notification()
    assert_refused(scene, scene.known(packs=(row,)), ("28", "pakket_niet_van_kracht", "/pack"))


def test_28_an_answer_is_decided_under_its_questions_pack_until_the_deadline() -> None:
    scene = answer()
    ended = pack_fact(until=ANSWER_TIME)
    overtaken = scene.known(packs=(ended,))
    assert overtaken.reasons() == []
    late = overtaken.at(NOW + timedelta(days=2))
    assert ("28", "pakket_niet_van_kracht", "/pack") in late.reasons()


@pytest.mark.rule("28")
def test_28_an_answer_names_the_pack_of_its_question() -> None:
    scene = answer()
    assert_refused(scene, scene.known(**{"thread.pack": OTHER_PACK}), ("28", "pakket_van_de_vraag", "/pack"))


@pytest.mark.rule("29")
def test_29_sender_and_recipient_acceded() -> None:
    scene = notification()
    later = scene.party(MELDER, since=NOW + timedelta(seconds=1))
    assert_refused(scene, later, ("29", "niet_toegetreden", "/from"))
    assert_refused(scene, scene.known(parties=(party_fact(MELDER),)), ("29", "niet_toegetreden", "/to/0"))


@pytest.mark.rule("29")
def test_29_whom_the_house_acts_for_acceded() -> None:
    scene = question()
    assert_refused(
        scene,
        scene.known(parties=(party_fact(HOUSE), party_fact(COLLEGE))),
        ("29", "niet_toegetreden", "/on_behalf_of"),
    )


@pytest.mark.rule("29", "9.4")
def test_29_who_is_to_direct_the_case_acceded() -> None:
    assert_refused(
        to_meeting(COLLEGE),
        to_meeting(PARTY["ggz"]),
        ("29", "niet_toegetreden", "/act/casusregie"),
        ("9.4", "casusregie_geen_partij", "/act/casusregie"),
    )


@pytest.mark.rule("9.4")
def test_94_a_case_gets_its_director_with_the_case_meeting_and_no_earlier() -> None:
    scene = phase_decision()
    refused = scene.message(**{"act.casusregie": MELDER})
    assert_refused(scene, refused, ("9.4", "casusregie_niet_hier", "/act/casusregie"))
    ended = {"act.new": "afgewezen", "act.decision": "afgewezen", "act.reason": "criteria_niet_voldaan"}
    directed = to_meeting(COLLEGE)
    assert_refused(directed, directed.message(**ended), ("9.4", "casusregie_niet_hier", "/act/casusregie"))


@pytest.mark.rule("9.4")
@pytest.mark.parametrize("who", [HOUSE, PARTY["geen_grondslag"]])
def test_94_the_director_is_a_party_with_a_ground(who: Address) -> None:
    refused = to_meeting(who)
    assert_refused(to_meeting(COLLEGE), refused, ("9.4", "casusregie_geen_partij", "/act/casusregie"))


@pytest.mark.rule("30")
def test_30_nothing_goes_to_the_house_for_a_party_that_left() -> None:
    for scene in (answer("politie"), opened("politie")):
        left = scene.party(MELDER, left=scene.now - timedelta(hours=1))
        assert_refused(scene, left, ("30", "uitgetreden", "/to/0"))


@pytest.mark.rule("30")
def test_94_a_case_of_a_party_that_left_can_be_ended_and_receipts_go() -> None:
    ended = {"act.new": "afgewezen", "act.decision": "afgewezen", "act.reason": "criteria_niet_voldaan"} | NOTHING_KEPT
    end = phase_decision().message(**ended).party(MELDER, left=NOW - timedelta(hours=1))
    on = phase_decision().party(MELDER, left=NOW - timedelta(hours=1))
    assert_refused(end, on, ("30", "uitgetreden", "/to/0"), ("30", "uitgetreden", "/on_behalf_of"))
    for scene in (receipt(), receipt_of_answer()):
        assert scene.party(MELDER, left=NOW - timedelta(hours=1)).reasons() == []
    own = receipt().party(PARTY["ggz"], left=NOW - timedelta(hours=1))
    assert_refused(receipt(), own, ("30", "uitgetreden", "/from"))


@pytest.mark.rule("30")
def test_30_who_left_sends_and_receives_nothing() -> None:
    scene = question()
    assert scene.party(COLLEGE, left=NOW + timedelta(seconds=1)).reasons() == []
    assert_refused(scene, scene.party(COLLEGE, left=NOW), ("30", "uitgetreden", "/to/0"))
    assert_refused(scene, scene.party(MELDER, left=NOW), ("30", "uitgetreden", "/on_behalf_of"))


@pytest.mark.rule("6.4")
def test_64_a_capacity_of_the_pack() -> None:
    scene = start()
    unknown = address(2, "woningcorporatie")
    assert_refused(
        scene,
        scene.message(sender=unknown).known(parties=(party_fact(HOUSE), party_fact(unknown))),
        ("6.4", "hoedanigheid_onbekend", "/from"),
    )


@pytest.mark.rule("6.4")
def test_64_who_has_no_capacity_receives_no_case_data() -> None:
    scene = question()
    nobody = PARTY["geen_grondslag"]
    refused = scene.message(to=(nobody,)).known(parties=(*scene.facts.parties, party_fact(nobody)))
    assert_refused(scene, refused, ("6.4", "ontvanger_zonder_grondslag", "/to/0"))


def test_64_who_has_no_capacity_is_asked_for_a_key_all_the_same() -> None:
    assert key_request("geen_grondslag").reasons() == []


@pytest.mark.rule("5.1")
def test_51_the_house_names_the_party_that_it_acts_for() -> None:
    scene = question()
    assert_refused(scene, scene.message(on_behalf_of=None), ("5.1", "namens_ontbreekt", "/on_behalf_of"))
    assert_refused(scene, scene.message(on_behalf_of=COLLEGE), ("5.1", "namens_onjuist", "/on_behalf_of"))


@pytest.mark.rule("5.1")
def test_51_nobody_else_acts_for_another() -> None:
    scene = notification()
    assert_refused(scene, scene.message(on_behalf_of=COLLEGE), ("5.1", "namens_alleen_huis", "/on_behalf_of"))


@pytest.mark.rule("5.1")
def test_51_the_house_acts_only_for_a_party_with_a_capacity() -> None:
    scene = start()
    nobody = PARTY["geen_grondslag"]
    refused = scene.message(sender=nobody).known(parties=(party_fact(HOUSE), party_fact(nobody)))
    assert_refused(scene, refused, ("5.1", "huis_zonder_grondslag", "/from"))
    asking = question()
    assert_refused(
        asking,
        asking.known(**{"case.acting_for": nobody}),
        ("5.1", "huis_zonder_grondslag", "/on_behalf_of"),
    )


@pytest.mark.rule("6.4")
def test_51_the_house_receives_for_the_party_of_the_case() -> None:
    scene = notification()
    assert_refused(
        scene,
        scene.known(**{"case.acting_for": PARTY["geen_grondslag"]}),
        ("6.4", "ontvanger_zonder_grondslag", "/to/0"),
    )
