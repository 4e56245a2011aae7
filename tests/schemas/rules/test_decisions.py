"""Recorded decisions: within a phase, to scale down, who directs, what comes along, and about terms."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schemas.ids import Address
from tests.making import COLLEGE, MELDER, NOW, SOME_ITEM, case_fact, digest
from tests.schemas.scene import Scene, assert_refused
from tests.schemas.scenes import phase_decision, to_meeting
from tests.schemas.scenes_life import (
    decision,
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
def test_b2_out_scaling_down_is_decided_in_the_meeting() -> None:
    scene = scaling_down()
    assert_refused(scene, scene.message(**{"act.meeting": None}), ("B2-out", "overleg_ontbreekt", "/act/meeting"))


@pytest.mark.rule("B2-out", "5.3.1")
def test_531b_in_the_meeting_direction_is_agreed_in_the_meeting() -> None:
    scene = directed()
    assert_refused(scene, scene.message(**{"act.meeting": None}), ("B2-out", "overleg_ontbreekt", "/act/meeting"))


@pytest.mark.rule("3.5b", "9.4")
@pytest.mark.parametrize(
    "act",
    [
        {"decision": "casusregie", "reason": "casusregie_overgedragen", "casusregie": GGZ},
        {
            "decision": "herbeoordeling",
            "reason": "nodig_voor_ander_doel",
            "keep": [SOME_ITEM],
            "keep_for": ["resultaat_beoordelen"],
        },
    ],
)
def test_94_while_scaling_down_the_procesregisseur_decides_without_a_meeting(act: dict[str, object]) -> None:
    assert decision("afschaling", act).reasons() == []


@pytest.mark.rule("9.4", "30")
@pytest.mark.parametrize("left", [MELDER, DIRECTOR])
@pytest.mark.parametrize(
    ("phase", "act"),
    [
        ("triage", {"decision": "afgewezen", "to": "afgewezen", "reason": "criteria_niet_voldaan"}),
        ("triage", {"decision": "elders", "to": "elders", "reason": "criteria_niet_voldaan"}),
        (
            "casusoverleg",
            {"decision": "in_afschaling", "to": "afschaling", "reason": "doel_bereikt", "meeting": digest("overleg")},
        ),
        ("afschaling", {"decision": "afgeschaald", "to": "afgeschaald", "reason": "termijn_verstreken"}),
    ],
)
def test_94_a_case_goes_to_its_end_when_whom_the_house_acts_for_left(
    phase: str, act: dict[str, object], left: Address
) -> None:
    scene = _for(decision(phase, act), left)
    assert scene.party(left, left=NOW).reasons() == []
    on = _for(decision(phase, GOING_ON[phase]), left)
    assert_refused(on, on.party(left, left=NOW), ("30", "uitgetreden", "/on_behalf_of"))


@pytest.mark.rule("9.4", "30")
@pytest.mark.parametrize("left", [MELDER, DIRECTOR])
@pytest.mark.parametrize("phase", ["casusoverleg", "afschaling"])
def test_94_another_party_directs_when_whom_the_house_acts_for_left(phase: str, left: Address) -> None:
    act = {"decision": "casusregie", "reason": "casusregie_overgedragen", "casusregie": GGZ}
    scene = _for(decision(phase, act | {"meeting": digest("overleg")}, to=GGZ), left)
    same = scene.message(**{"act.casusregie": left})
    gone = scene.party(left, left=NOW)
    assert_refused(
        gone,
        same.party(left, left=NOW),
        ("30", "uitgetreden", "/act/casusregie"),
        ("30", "uitgetreden", "/on_behalf_of"),
    )
    told = scene.message(to=(left,)).party(left, left=NOW)
    assert_refused(gone, told, ("30", "uitgetreden", "/to/0"))
    assert_refused(gone, gone.party(GGZ, left=NOW), ("30", "uitgetreden", "/act/casusregie"))


GOING_ON: dict[str, dict[str, object]] = {
    "triage": {"decision": "toebedeling", "reason": "partij_neemt_over"},
    "casusoverleg": {"decision": "opschaling", "reason": "opschaling_nodig"},
    "afschaling": {
        "decision": "herbeoordeling",
        "reason": "nodig_voor_ander_doel",
        "keep": [SOME_ITEM],
        "keep_for": ["resultaat_beoordelen"],
    },
}


def _for(scene: Scene, party: Address) -> Scene:
    """The decision in a case in which the house acts for this party."""
    return scene.message(on_behalf_of=party).known(**{"case.acting_for": party})


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
    asked = case_fact("casusoverleg", asked=[DIRECTOR], taking_part=[MELDER, GGZ])
    outside = scene.known(case=asked)
    assert_refused(scene, outside, ("9.4", "casusregie_geen_partij", "/act/casusregie"))
    assert to_meeting(COLLEGE).reasons() == []
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
        ({"act.scope": "overdracht"}, ("11.4", "termijn_onbekend", "/act/scope")),
        ({"act.until": NOW + timedelta(days=363)}, ("11.4", "termijn_voorbij", "/act/until")),
        ({"act.until": NOW + timedelta(days=729)}, ("11.4", "termijn_te_ver", "/act/until")),
        ({"act.reason": "doel_bereikt"}, ("11.4", "reden_onbekend", "/act/reason")),
    ],
)
def test_114_a_term_is_moved_with_a_reason_and_an_end(updates: dict[str, object], reason: tuple[str, str, str]) -> None:
    scene = term_decision()
    assert scene.message(**{"act.until": NOW + timedelta(days=364)}).reasons() == []
    assert_refused(scene.message(**{"act.until": NOW + timedelta(days=728)}), scene.message(**updates), reason)


@pytest.mark.rule("11.4")
@pytest.mark.parametrize("updates", [{"phase": "gearchiveerd"}, {"act.scope": "archivering", "phase": "gearchiveerd"}])
def test_114_where_the_end_is_not_told_the_year_counts_from_now(updates: dict[str, object]) -> None:
    later = term_decision().message(**updates).known(**{"case.phase": "gearchiveerd"})
    refused = later.message(**{"act.until": NOW + timedelta(days=366)})
    allowed = later.message(**{"act.until": NOW + timedelta(days=365)})
    assert_refused(allowed, refused, ("11.4", "termijn_te_ver", "/act/until"))


@pytest.mark.rule("11.4")
def test_114_only_terms_of_scaling_down_have_their_end_told() -> None:
    scene = term_decision()
    row = scene.pack.term["vernietiging"].model_copy(update={"from_": "iets_anders"})
    rows = tuple(row if term.id == row.id else term for term in scene.pack.terms)
    other = scene.under(terms=rows).message(**{"act.until": NOW + timedelta(days=366)})
    refused = [reason for reason in other.reasons() if reason[1].startswith("termijn")]
    assert refused == [("11.4", "termijn_te_ver", "/act/until")]


@pytest.mark.rule("11.4")
def test_114_a_pack_that_does_not_say_how_far_moves_nothing() -> None:
    scene = term_decision()
    rows = tuple(row for row in scene.pack.terms if row.id != "uitstel_ten_hoogste")
    assert_refused(scene, scene.under(terms=rows), ("11.4", "termijn_te_ver", "/act/until"))
