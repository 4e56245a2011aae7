"""Case, phase, purpose, time, and the decisions that move a case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.making import NOW, reference
from tests.schemas.scenes import assert_refused, notification, phase_decision, question, receipt, start


@pytest.mark.rule("3.4")
def test_34_no_message_without_a_case() -> None:
    scene = notification()
    assert_refused(scene, scene.message(case=None), ("3.4", "casus_ontbreekt", "/case"))


@pytest.mark.rule("1.18")
def test_118_a_case_is_opened_once() -> None:
    scene = start()
    assert_refused(scene, scene.known(case=notification().facts.case), ("1.18", "casus_bestaat", "/case"))


@pytest.mark.rule("1.18")
def test_118_a_message_is_about_a_case_that_exists() -> None:
    scene = notification()
    assert_refused(scene, scene.known(case=None), ("1.18", "casus_onbekend", "/case"))
    assert_refused(scene, scene.message(case=reference("andere casus")), ("1.18", "casus_onbekend", "/case"))


@pytest.mark.rule("3.4")
def test_34_no_message_without_a_phase() -> None:
    scene = notification()
    assert_refused(scene, scene.message(phase=None), ("3.4", "fase_ontbreekt", "/phase"))


@pytest.mark.rule("3.5a")
def test_35a_the_phase_is_that_of_the_case() -> None:
    scene = question()
    assert_refused(scene, scene.known(**{"case.phase": "aanmelding"}), ("3.5a", "fase_onjuist", "/phase"))


@pytest.mark.rule("3.5a")
def test_118_a_case_begins_as_a_notification() -> None:
    scene = start()
    assert_refused(
        scene,
        scene.message(phase="triage"),
        ("3.5a", "fase_onjuist", "/phase"),
        ("3.5a", "soort_niet_in_fase", "/phase"),
    )


@pytest.mark.rule("3.5a")
def test_35a_the_pack_knows_the_phase() -> None:
    scene = receipt()
    assert_refused(scene, scene.message(phase="uitvoering"), ("3.5a", "fase_onbekend", "/phase"))


@pytest.mark.rule("3.5a")
def test_35a_the_kind_belongs_to_the_phase() -> None:
    scene = notification()
    refused = scene.message(phase="triage").known(**{"case.phase": "triage"})
    assert_refused(scene, refused, ("3.5a", "soort_niet_in_fase", "/phase"))


@pytest.mark.rule("3.4")
def test_34_data_go_for_a_purpose() -> None:
    scene = question()
    assert_refused(scene, scene.message(purpose=None), ("3.4", "doel_ontbreekt", "/purpose"))


@pytest.mark.rule("3.4")
def test_34_what_holds_no_data_has_no_purpose() -> None:
    scene = receipt()
    assert_refused(scene, scene.message(purpose="eerste_beeld"), ("3.4", "doel_niet_gevraagd", "/purpose"))


@pytest.mark.rule("B2")
@pytest.mark.parametrize(
    ("purpose", "code"),
    [("opsporing", "doel_onbekend"), ("toetsen_criteria", "doel_niet_in_fase"), ("monitoring", "doel_niet_in_fase")],
)
def test_b2_the_purpose_is_of_the_phase(purpose: str, code: str) -> None:
    scene = question()
    assert_refused(scene, scene.message(purpose=purpose), ("B2", code, "/purpose"))


@pytest.mark.rule("11.1")
def test_111_an_expired_message_does_not_go() -> None:
    scene = notification()
    assert_refused(scene, scene.at(scene.manifest.expires), ("11.1", "verlopen", "/expires"))
    assert_refused(scene, scene.message(created=scene.manifest.expires), ("11.1", "verlopen", "/expires"))


@pytest.mark.rule("11.1")
def test_111_no_longer_than_the_kind_may() -> None:
    scene = notification()
    longest = NOW + timedelta(seconds=scene.pack.kind["aanmelding"].seconds_max)
    assert_refused(
        scene.message(expires=longest),
        scene.message(expires=longest + timedelta(seconds=1)),
        ("11.1", "te_lang_geldig", "/expires"),
    )


@pytest.mark.rule("B2-out")
def test_b2_out_a_decision_starts_where_the_case_is() -> None:
    scene = phase_decision()
    assert_refused(scene, scene.message(**{"act.old": "triage"}), ("B2-out", "van_fase_onjuist", "/act/from"))


@pytest.mark.rule("B2-out")
@pytest.mark.parametrize("new", ["casusoverleg", "afschaling", "aanmelding", "vernietigd", "uitvoering"])
def test_b2_out_no_phase_is_skipped_and_none_entered_again(new: str) -> None:
    scene = phase_decision()
    refused = scene.message(**{"act.new": new, "act.decision": new})
    assert_refused(scene, refused, ("B2-out", "overgang_niet_toegestaan", "/act/to"))


NOTHING_KEPT: dict[str, object] = {"act.keep": (), "act.keep_for": ()}


@pytest.mark.parametrize("end", ["afgewezen", "elders"])
def test_b2_out_a_notification_can_end(end: str) -> None:
    act: dict[str, object] = {"act.new": end, "act.decision": end, "act.reason": "andere_tafel_passender"}
    assert phase_decision().message(**(act | NOTHING_KEPT)).reasons() == []


@pytest.mark.rule("B2-out")
@pytest.mark.parametrize("decision", ["afgewezen", "in_orde", "triage"])
def test_b2_out_decision_and_phase_agree(decision: str) -> None:
    scene = phase_decision()
    refused = scene.message(**{"act.decision": decision})
    assert_refused(scene, refused, ("B2-out", "besluit_past_niet", "/act/decision"))


@pytest.mark.rule("B2-out")
@pytest.mark.parametrize("reason", ["zomaar", "overleg_nodig"])
def test_b2_out_a_reason_of_the_pack_for_this_phase(reason: str) -> None:
    scene = phase_decision()
    assert_refused(scene, scene.message(**{"act.reason": reason}), ("B2-out", "reden_onbekend", "/act/reason"))


@pytest.mark.rule("B2-out")
def test_b2_out_a_decision_was_taken_already() -> None:
    scene = phase_decision()
    refused = scene.message(**{"act.decided_on": date(2026, 3, 11)})
    assert_refused(scene, refused, ("B2-out", "dag_in_toekomst", "/act/decided_on"))


@pytest.mark.rule("B2-out")
def test_b2_out_a_decision_was_taken_in_this_phase() -> None:
    scene = phase_decision()
    allowed = scene.message(**{"act.decided_on": date(2026, 3, 8)})
    refused = scene.message(**{"act.decided_on": date(2026, 3, 7)})
    assert_refused(allowed, refused, ("B2-out", "dag_voor_fase", "/act/decided_on"))


@pytest.mark.rule("B2-out")
@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        ("triage", "criteria_niet_voldaan"),
        ("triage", "ingetrokken_door_melder"),
        ("afgewezen", "criteria_voldaan"),
        ("elders", "criteria_voldaan"),
    ],
)
def test_b2_out_the_reason_carries_the_decision(decision: str, reason: str) -> None:
    scene = phase_decision()
    act = {"act.new": decision, "act.decision": "in_triage" if decision == "triage" else decision, "act.reason": reason}
    assert_refused(scene, scene.message(**act), ("B2-out", "reden_past_niet", "/act/reason"))
