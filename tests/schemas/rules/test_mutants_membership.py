"""Belonging looked at closely: the pack of a question, the first moment of an accession, and who left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.making import (
    ANSWER_TIME,
    COLLEGE,
    HOUSE,
    MELDER,
    NOW,
    OTHER_PACK,
    PARTY,
    address,
    message_id,
    party_fact,
    thread_of,
)
from tests.schemas.scene import Scene, assert_refused
from tests.schemas.scenes import answer, notification, phase_decision, question, receipt
from tests.schemas.scenes_life import correction, directed, scaling_down
from tests.schemas.scenes_meeting import GGZ, contribution

STRANGER = address(7, "woningcorporatie")


def codes(scene: Scene) -> set[str]:
    """The codes of the reasons; none where it is allowed."""
    return {code for _, code, _ in scene.reasons()}


# the pack


def in_force(scene: Scene, **updates: Any) -> Scene:
    """The scene with what is on record of its pack changed."""
    return scene.known(**{f"packs.0.{name}": value for name, value in updates.items()})


def test_28_a_pack_is_in_force_from_its_first_moment_until_its_last() -> None:
    scene = notification()
    assert in_force(scene, until=NOW + timedelta(seconds=1)).reasons() == []
    assert "pakket_niet_van_kracht" in codes(in_force(scene, until=NOW))
    assert "pakket_niet_van_kracht" not in codes(in_force(scene, since=NOW))
    assert "pakket_niet_van_kracht" in codes(in_force(scene, since=NOW + timedelta(seconds=1)))


def test_28_only_an_answer_is_decided_under_the_pack_of_its_question() -> None:
    ended = in_force(answer(), until=ANSWER_TIME)
    assert ended.reasons() == []
    other = message_id("een andere vraag")
    assert "pakket_niet_van_kracht" in codes(ended.known(**{"thread.id": other}))
    assert "pakket_niet_van_kracht" in codes(ended.known(**{"thread.pack": OTHER_PACK}))
    unasked = in_force(notification(), until=NOW)
    thread = thread_of(question().manifest).model_dump(by_alias=True)
    assert "pakket_niet_van_kracht" in codes(unasked.known(thread=thread))


def test_28_only_what_answers_under_a_ceiling_names_the_pack_of_its_question() -> None:
    reason = ("28", "pakket_van_de_vraag", "/pack")
    assert_refused(answer(), answer().known(**{"thread.pack": OTHER_PACK}), reason)
    assert receipt().known(**{"thread.pack": OTHER_PACK}).reasons() == []
    elsewhere = {"thread.pack": OTHER_PACK, "thread.id": message_id("een andere vraag")}
    assert reason not in answer().known(**elsewhere).reasons()
    assert reason not in answer().known(**{"thread.pack": OTHER_PACK}).under(kinds=()).reasons()


def test_28_under_a_pack_in_force_a_reply_needs_no_deadline_of_its_question() -> None:
    scene = receipt()
    late = scene.known(**{"thread.ceiling.expires": scene.now})
    assert late.reasons() == []
    refused = in_force(late, until=scene.now)
    assert_refused(in_force(scene, until=scene.now), refused, ("28", "pakket_niet_van_kracht", "/pack"))


# who belongs


def test_29_a_party_belongs_from_the_moment_of_its_accession() -> None:
    scene = notification()
    refused = scene.party(MELDER, since=NOW + timedelta(seconds=1))
    assert_refused(scene.party(MELDER, since=NOW), refused, ("29", "niet_toegetreden", "/from"))


def ending(*to: str) -> Scene:
    """The house ends the case and tells these."""
    act = {"decision": "afgewezen", "new": "afgewezen", "reason": "criteria_niet_voldaan", "keep": ()}
    scene = phase_decision().message(to=to or (MELDER,), **{f"act.{name}": value for name, value in act.items()})
    rows = {row.address: row for row in (*scene.facts.parties, party_fact(COLLEGE))}
    return scene.known(parties=[row.model_dump() for row in rows.values()])


def gone(scene: Scene, *who: str) -> list[str]:
    """Where the message names somebody who left, when these did."""
    for one in who:
        scene = scene.party(one, left=NOW)
    return [place for _, code, place in scene.reasons() if code == "uitgetreden"]


def test_30_a_case_whose_notifier_left_is_ended_and_the_notifier_told() -> None:
    assert gone(ending(), MELDER) == []


def test_30_but_nobody_else_who_left_is_told() -> None:
    assert gone(ending(MELDER, COLLEGE), COLLEGE) == ["/to/1"]
    assert gone(ending(MELDER, COLLEGE), MELDER, COLLEGE) == ["/to/1"]


def test_94_who_left_directs_no_case_to_its_end() -> None:
    assert gone(scaling_down(), MELDER) == []
    named = scaling_down().message(**{"act.casusregie": MELDER})
    assert gone(named, MELDER) == ["/act/casusregie"]


def test_94_another_director_is_named_for_who_left_and_that_one_is_not_told() -> None:
    assert gone(directed().message(to=(COLLEGE,)), MELDER) == []
    assert gone(directed(), MELDER) == ["/to/0"]


def test_30_who_left_corrects_nothing_and_is_not_told_of_a_correction() -> None:
    own = correction(MELDER, MELDER)
    assert own.reasons() == []
    assert "/from" in gone(own, MELDER)
    told = correction().message(to=(HOUSE, MELDER))
    assert "/to/1" in gone(told, MELDER)
    assert gone(correction(), MELDER) == []


# for whom the house acts


def acting_for(scene: Scene, who: str) -> set[str]:
    """The codes where the house acts for somebody else."""
    return codes(scene.known(**{"case.acting_for": who}))


def test_64_between_parties_it_does_not_matter_for_whom_the_house_acts() -> None:
    scene = contribution(COLLEGE, (GGZ,))
    assert "huis_zonder_grondslag" not in acting_for(scene, STRANGER)
    assert "huis_zonder_grondslag" in acting_for(contribution(COLLEGE, (HOUSE, GGZ)), STRANGER)
    assert "huis_zonder_grondslag" in acting_for(contribution(COLLEGE, (HOUSE,)), PARTY["geen_grondslag"])


def test_64_a_case_can_always_be_ended() -> None:
    assert "huis_zonder_grondslag" not in acting_for(ending(), STRANGER)
    assert "huis_zonder_grondslag" in acting_for(phase_decision(), STRANGER)
