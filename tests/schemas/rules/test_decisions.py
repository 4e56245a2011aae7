"""Recorded decisions: within a phase, to scale down, who directs, what comes along, and about terms."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.making import COLLEGE, HOUSE, MELDER, NOW, PARTY, SOME_ITEM
from tests.schemas.scene import Scene, assert_refused
from tests.schemas.scenes import phase_decision, to_meeting
from tests.schemas.scenes_life import (
    directed,
    looked_at_again,
    scaling_down,
    scaling_up,
    term_decision,
)
from tests.schemas.scenes_meeting import (
    DIRECTOR,
    GGZ,
)


@pytest.mark.rule("B2-out")
@pytest.mark.parametrize("scene", [scaling_up(), directed(), looked_at_again()])
def test_b2_out_some_decisions_change_no_phase(scene: Scene) -> None:
    moved = scene.message(**{"act.new": "afschaling"})
    assert_refused(scene, moved, ("B2-out", "overgang_niet_toegestaan", "/act/to"))


@pytest.mark.rule("B2-out")
def test_b2_out_a_decision_that_moves_does_not_stay() -> None:
    scene = phase_decision()
    stays = scene.message(**{"act.new": "aanmelding", "act.keep": (), "act.keep_for": ()})
    assert_refused(
        scene,
        stays,
        ("B2-out", "overgang_niet_toegestaan", "/act/to"),
        ("B2-out", "besluit_past_niet", "/act/decision"),
    )


@pytest.mark.rule("B2-out", "1.21")
@pytest.mark.parametrize(
    ("updates", "place"),
    [
        ({"act.meeting": None}, "/act/meeting"),
        ({"act.took_part": ()}, "/act/took_part"),
        ({"act.took_part": (HOUSE,)}, "/act/took_part"),
        ({"act.took_part": (MELDER, PARTY["om"])}, "/act/took_part/1"),
    ],
)
def test_b2_out_scaling_down_is_decided_in_the_meeting(updates: dict[str, object], place: str) -> None:
    scene = scaling_down()
    assert_refused(scene, scene.message(**updates), ("B2-out", "overleg_ontbreekt", place))


@pytest.mark.rule("3.5b")
@pytest.mark.parametrize(
    ("updates", "place"),
    [
        ({"act.keep_for": ()}, "/act/keep_for"),
        ({"act.keep_for": ("eerste_beeld", "monitoring")}, "/act/keep_for/1"),
        ({"act.keep_for": ("handig",)}, "/act/keep_for/0"),
    ],
)
def test_35b_what_comes_along_is_necessary_for_a_purpose_of_the_new_phase(
    updates: dict[str, object], place: str
) -> None:
    scene = phase_decision()
    assert_refused(scene, scene.message(**updates), ("3.5b", "behoud_zonder_doel", place))


@pytest.mark.rule("3.5b", "9.4")
def test_35b_nothing_comes_along_to_an_end() -> None:
    ended = {"act.new": "afgewezen", "act.decision": "afgewezen", "act.reason": "criteria_niet_voldaan"}
    end = phase_decision().message(**ended, **{"act.keep": (), "act.keep_for": ()})
    refused = end.message(**{"act.keep": (SOME_ITEM,), "act.keep_for": ("toetsen_criteria",)})
    assert_refused(end, refused, ("3.5b", "behoud_zonder_doel", "/act/keep_for/0"))


@pytest.mark.rule("B2-out")
def test_b2_out_a_decision_about_direction_says_whose() -> None:
    scene = directed()
    refused = scene.message(**{"act.casusregie": None})
    assert_refused(scene, refused, ("B2-out", "casusregie_ontbreekt", "/act/casusregie"))


@pytest.mark.rule("9.4")
def test_94_no_director_before_the_meeting() -> None:
    allowed = to_meeting(COLLEGE)
    again = {"act.decision": "herbeoordeling", "act.new": "triage", "act.reason": "nodig_voor_ander_doel"}
    assert_refused(allowed, allowed.message(**again), ("9.4", "casusregie_niet_hier", "/act/casusregie"))


@pytest.mark.rule("9.4")
def test_94_the_director_takes_part() -> None:
    scene = directed()
    assert scene.message(**{"act.casusregie": GGZ}).reasons() == []
    refused = scene.known(**{"case.roster": ()})
    assert ("9.4", "casusregie_geen_partij", "/act/casusregie") in refused.reasons()
    assert scene.facts.case is not None
    assert DIRECTOR in {row.address for row in scene.facts.case.roster}


@pytest.mark.rule("11.4")
@pytest.mark.parametrize(
    ("updates", "reason"),
    [
        ({"act.scope": "altijd"}, ("11.4", "termijn_onbekend", "/act/scope")),
        ({"act.scope": "register_om"}, ("11.4", "termijn_onbekend", "/act/scope")),
        ({"act.until": NOW}, ("11.4", "termijn_voorbij", "/act/until")),
        ({"act.until": NOW + timedelta(days=366)}, ("11.4", "termijn_te_ver", "/act/until")),
        ({"act.reason": "doel_bereikt"}, ("11.4", "reden_onbekend", "/act/reason")),
    ],
)
def test_114_a_term_is_moved_with_a_reason_and_an_end(updates: dict[str, object], reason: tuple[str, str, str]) -> None:
    scene = term_decision().message(**{"act.until": NOW + timedelta(days=365)})
    assert_refused(scene, scene.message(**updates), reason)


@pytest.mark.rule("11.4")
def test_114_a_pack_that_does_not_say_how_far_moves_nothing() -> None:
    scene = term_decision()
    rows = tuple(row for row in scene.pack.terms if row.id != "uitstel_ten_hoogste")
    assert_refused(scene, scene.under(terms=rows), ("11.4", "termijn_te_ver", "/act/until"))
