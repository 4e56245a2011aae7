"""Agreements looked at closely: which of several counts, whose task it is for, and what needs none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from schemas.facts import PermissionFact
from schemas.ids import Term
from schemas.rules.agreements import least, own_task
from schemas.rules.matter import Matter
from tests.making import (
    COLLEGE,
    CONSENT,
    CONTACT,
    HOUSE,
    MELDER,
    NOW,
    PERSON,
    a_notification,
    case_fact,
    changed,
    facts_for,
    ground_of,
    item_of,
    pack,
    party_fact,
    reference,
)
from tests.schemas.scene import Scene
from tests.schemas.scenes import question
from tests.schemas.scenes_life import PERMITTED
from tests.schemas.scenes_meeting import (
    GGZ,
    POLICE,
    agreements_for,
    assigned,
    contribution,
    deed,
    from_police,
    kept_for,
    passed_on,
)


def codes(scene: Scene) -> set[str]:
    """The codes of the reasons; none where it is allowed."""
    return {code for _, code, _ in scene.reasons()}


def agreed(scene: Scene, *rows: dict[str, Any]) -> Scene:
    """The scene with, for each recipient, an agreement per row that differs from a good one in what the row says."""
    good = agreements_for(scene.manifest, scene.manifest.exact_items[0])
    return scene.known(agreements=[changed(fact, **row).model_dump() for fact in good for row in rows])


def under(scene: Scene, purpose: str, **updates: Any) -> Scene:
    """The scene with one purpose of the pack changed."""
    rows = tuple(row.model_copy(update=updates) if row.id == purpose else row for row in scene.pack.purposes)
    return scene.under(purposes=rows)


# whose task


def test_for_the_task_of_the_case_a_participant_needs_no_agreement_that_names_a_task() -> None:
    assert passed_on(GGZ, (HOUSE, POLICE)).reasons() == []


def test_what_the_house_assigns_for_a_task_of_who_gets_it_needs_one_that_names_it() -> None:
    own = {"of": GGZ, "code": "wgbo"}
    scene = assigned().message(**{"grounds.0.task": own})
    assert codes(scene) == {"eigen_taak_zonder_akkoord"}
    assert agreed(scene, {"task": own, "given_for": "toetsen_criteria"}).reasons() == []


def test_in_an_actie_the_task_of_the_notifier_is_that_of_the_case() -> None:
    item = item_of("woonsituatie", ("woonvorm",), "I", GGZ) | {"item": reference("doorgegeven")}
    scene = deed(sender=COLLEGE, to=MELDER, items=(item,))
    assert "eigen_taak_zonder_akkoord" not in codes(agreed(scene, {}))


def test_the_task_of_a_recipient_is_none_to_agree_to_outside_an_actie() -> None:
    scene = passed_on(GGZ, (HOUSE, POLICE)).message(**{"grounds.0.task": {"of": POLICE, "code": "politiewet_3"}})
    assert {"taak_van_ander"} <= codes(scene)
    assert "eigen_taak_zonder_akkoord" not in codes(scene)


def test_nor_is_the_task_of_who_has_no_part_in_an_actie() -> None:
    item = item_of("woonsituatie", ("woonvorm",), "I", COLLEGE) | {"item": reference("doorgegeven")}
    scene = deed(to=GGZ, items=(item,), grounds=(ground_of(task={"of": POLICE, "code": "politiewet_3"}),))
    assert {"taak_van_ander"} <= codes(agreed(scene, {}))
    assert "eigen_taak_zonder_akkoord" not in codes(agreed(scene, {}))


def test_what_names_no_ground_is_for_nobodys_own_task() -> None:
    scene = question().message(**{"act.ceiling.items.0.ground": 7})
    matter = Matter(scene.pack, scene.facts, scene.manifest, NOW)
    asked = next(piece for piece in matter.pieces if piece.exact is None)
    assert asked.ground is None
    assert own_task(matter, asked) is None


# which agreement


def test_what_is_lacking_is_said_of_the_agreement_that_lacks_least() -> None:
    far, near = ["akkoord_anders", "akkoord_voor_toetreding"], ["eigen_taak_zonder_akkoord"]
    assert least([far, near]) == least([near, far]) == near
    assert least([["b"], ["a"]]) == least([["a"], ["b"]]) == ["a"]
    assert least([far, []]) == []
    assert least([]) == ["akkoord_ontbreekt"]


def secret(*rows: dict[str, Any], category: str = "woonsituatie", names: tuple[str, ...] = ("woonvorm",)) -> Scene:
    """The house passes on what the ggz gave with a consent; an agreement per row."""
    ground = ground_of(secrecy=pack().capacity["ggz"].secrecy, consent=CONSENT.model_dump())
    item = item_of(category, names, "I", GGZ) | {"item": reference("doorgegeven")}
    return agreed(passed_on(to=(COLLEGE,), grounds=(ground,), items=(item,)), *rows)


GIVEN = {"consent": CONSENT.model_dump()}


def test_72b_the_consent_stands_in_the_agreement_that_suffices() -> None:
    assert secret(GIVEN).reasons() == []
    assert secret({}, GIVEN).reasons() == []
    for lacking in ({"fields": ("/andere",)}, {"task": {"of": MELDER, "code": "jeugdwet_2_3"}}):
        assert secret({}, GIVEN | lacking).reasons() != []


def test_72b_also_for_who_joined_later() -> None:
    early = GIVEN | {"holder": "college_bw", "since": NOW - timedelta(days=2)}
    assert secret({}, early).reasons() != []
    assert secret(early, GIVEN).reasons() == []


def test_72b_where_no_consent_is_named_that_is_what_is_missing() -> None:
    found = codes(secret(GIVEN).message(**{"grounds.0.consent": None}))
    assert "toestemming_ontbreekt" in found
    assert "toestemming_niet_doorgegeven" not in found


def test_72b_data_on_health_go_on_with_the_consent_named_whoever_gave_them() -> None:
    item = item_of("gezondheid", ("zorg_betrokken",), "I", COLLEGE) | {"item": reference("doorgegeven")}
    scene = passed_on(items=(item,), grounds=(ground_of(consent=CONSENT.model_dump()),))
    assert "toestemming_niet_doorgegeven" in codes(agreed(scene, {}))
    assert "toestemming_niet_doorgegeven" not in codes(agreed(scene, GIVEN))


def test_135_who_is_not_bound_to_the_purpose_may_agree_to_another() -> None:
    scene = passed_on()
    item = scene.manifest.exact_items[0].origin.item
    other = agreed(scene, {"given_for": "besluit_afbouw"}).known(**{"case.kept": kept_for("toestandsbeeld", item)})
    assert other.reasons() == []


def test_136_one_agreement_for_a_compatible_purpose_suffices() -> None:
    rows = (GIVEN | {"given_for": "besluit_opschaling"}, GIVEN)
    for both in (rows, rows[::-1]):
        assert "doel_niet_verenigbaar" not in codes(secret(*both))
    assert "doel_niet_verenigbaar" in codes(secret(rows[0]))


# what was given here and now


def test_35b_a_purpose_of_two_phases_does_not_say_that_it_was_given_in_this_one() -> None:
    scene = passed_on()
    wide = under(scene, "toestandsbeeld", phases=(Term("triage"), Term("casusoverleg")))
    assert scene.reasons() == []
    assert wide.reasons() == [("3.5b", "niet_voortgezet", "/items/0/origin")]


@pytest.mark.parametrize(
    ("lacking", "code"),
    [
        ({"fields": ("/andere",)}, "akkoord_anders"),
        ({"holder": "college_bw", "since": NOW - timedelta(days=2)}, "akkoord_voor_toetreding"),
        ({"task": {"of": MELDER, "code": "jeugdwet_2_3"}}, "eigen_taak_zonder_akkoord"),
    ],
)
def test_136_an_agreement_to_something_else_is_none_for_what_is_secret(lacking: dict[str, Any], code: str) -> None:
    assert codes(secret(GIVEN | lacking)) == {code, "geheim_zonder_akkoord"}


EXCEPTION = next(row.id for row in pack().codes if row.use == "exception")


def test_72e_an_exception_is_that_of_the_agreement() -> None:
    scene = passed_on()
    weighed = agreed(scene, {"exception": EXCEPTION})
    assert weighed.reasons() == []
    assert weighed.message(**{"grounds.0.exception": EXCEPTION}).reasons() == []
    reason = ("7.2e", "uitzondering_van_ander", "/items/0/origin")
    for other in (scene, scene.known(agreements=())):
        assert reason not in other.reasons()
        assert reason in other.message(**{"grounds.0.exception": EXCEPTION}).reasons()


def test_72e_for_each_recipient_but_its_own_professional() -> None:
    reason = ("7.2e", "uitzondering_van_ander", "/grounds/0/exception")
    scene = passed_on(to=(COLLEGE, GGZ, POLICE)).message(**{"grounds.0.exception": EXCEPTION})

    def weighed_for(*who: str) -> Scene:
        rows = [
            changed(fact, exception=EXCEPTION if fact.holder in who else None).model_dump()
            for fact in scene.facts.agreements
        ]
        return scene.known(agreements=rows)

    assert weighed_for(GGZ, POLICE).reasons() == []
    assert reason in weighed_for(GGZ).reasons()
    assert reason in weighed_for().reasons()


def test_35c_each_recipient_is_looked_at_beside_its_own_provider() -> None:
    scene = passed_on(to=(COLLEGE, GGZ, POLICE))
    rows = [row.model_dump() for row in scene.facts.agreements if row.holder == GGZ]
    assert codes(scene.known(agreements=rows)) == {"akkoord_ontbreekt", "niet_voortgezet"}


def test_35b_one_agreement_from_this_phase_suffices() -> None:
    scene = agreed(passed_on(), {"given_for": "besluit_afbouw"}, {})
    assert scene.reasons() == []


def test_35b_also_what_goes_back_to_its_provider_is_necessary_again() -> None:
    scene = passed_on(to=(COLLEGE,)).known(agreements=())
    assert codes(scene) == {"akkoord_ontbreekt", "niet_voortgezet"}
    item = scene.manifest.exact_items[0].origin.item
    assert codes(scene.known(**{"case.kept": kept_for("toestandsbeeld", item)})) == {"akkoord_ontbreekt"}
    back = passed_on(to=(COLLEGE, GGZ))
    others = [row.model_dump() for row in back.facts.agreements if row.holder != COLLEGE]
    assert back.known(agreements=others).reasons() == []


def test_35b_outside_a_case_nothing_was_taken_along() -> None:
    found = codes(passed_on().known(case=None))
    assert "casus_onbekend" in found
    assert "niet_voortgezet" not in found


def test_35b_in_the_first_phase_there_is_nothing_to_take_along() -> None:
    item = item_of("woonsituatie", ("woonvorm",), "I", COLLEGE) | {"item": reference("doorgegeven")}
    first = a_notification()
    manifest = a_notification(items=(*first.items, item))
    scene = Scene(manifest, facts_for(manifest, case_fact("aanmelding"))).known(**{"case.kept": ()})
    early = scene.known(agreements=[changed(row, given_for="eerste_beeld") for row in scene.facts.agreements])
    assert "niet_voortgezet" not in codes(early)
    assert "niet_voortgezet" in codes(early.known(**{"case.phase": "triage"}))


def test_71_what_the_police_allow_to_pass_on_needs_no_mark_of_the_house() -> None:
    told = from_police()
    item = told.manifest.exact_items[0].model_dump() | {"item": reference("doorgegeven")}
    ground = told.manifest.grounds[0].model_dump(by_alias=True) | {"permission": PERMITTED}
    scene = from_police(MELDER, (HOUSE, COLLEGE), items=(item,), grounds=(ground,))
    fact = PermissionFact(
        id=PERMITTED,
        provider=POLICE,
        subject=PERSON,
        subject_category=Term("betrokkene"),
        categories=(Term("politiegegevens_art8"),),
        holder=MELDER,
        phase=Term("casusoverleg"),
        purpose=Term("toestandsbeeld"),
        until=NOW + timedelta(days=9),
    )
    plain = scene.known(
        agreements=(), parties=[row.model_dump() for row in (*scene.facts.parties, party_fact(POLICE))]
    ).known(**{"case.kept": ()})
    allowed = plain.known(permissions=(fact.model_dump(),))
    assert allowed.reasons() == []
    assert {"akkoord_ontbreekt", "niet_voortgezet", "toestemming_politie_onbekend"} <= codes(plain)


# whose it is


def test_21_the_house_may_name_its_own_staff() -> None:
    staff = item_of("personalia", ("geslachtsnaam",), "B", HOUSE) | {"subject": CONTACT}
    scene = contribution(HOUSE, (GGZ,), items=(staff,))
    assert "huis_geen_bron" in codes(scene)
    for name in pack().staff:
        assert "huis_geen_bron" not in codes(scene.message(**{"items.0.subject_category": name}))


def test_21_a_number_is_used_once() -> None:
    taken = contribution().known(item_taken=True)
    assert codes(taken) == {"item_bekend"}
