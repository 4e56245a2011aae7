"""For whose task, and why."""

from __future__ import annotations

import pytest

from schemas.ids import Term
from tests.making import COLLEGE, HOUSE, MELDER, PARTY, digest, party_fact
from tests.schemas.scenes import Scene, assert_refused, notification, opened, question
from tests.schemas.scenes_meeting import GGZ, contribution


@pytest.mark.rule("5.2")
def test_52_the_task_is_ones_own_or_of_whom_it_is_done_for() -> None:
    scene = notification()
    refused = scene.message(**{"grounds.0.task.of": PARTY["ggz"]})
    assert_refused(scene, refused, ("5.2", "taak_van_ander", "/grounds/0/task/of"))


@pytest.mark.rule("5.2")
def test_62_the_notifiers_task_stays_a_ground_beside_that_of_the_director() -> None:
    scene = contribution().known(**{"case.acting_for": GGZ, "case.casusregie": GGZ})
    assert scene.manifest.grounds[0].task.of == MELDER
    refused = scene.message(**{"grounds.0.task.of": PARTY["politie"]})
    assert_refused(scene, refused, ("5.2", "taak_van_ander", "/grounds/0/task/of"))
    assert ("5.2", "taak_van_ander", "/grounds/0/task/of") in scene.known(case=None).reasons()


@pytest.mark.rule("5.2")
def test_52_the_house_has_no_task_of_its_own() -> None:
    scene = question()
    refused = scene.message(**{"grounds.0.task.of": HOUSE})
    assert_refused(scene, refused, ("5.2", "taak_van_ander", "/grounds/0/task/of"))


@pytest.mark.rule("5.2")
def test_52_an_answer_can_be_for_the_own_task_of_who_answers() -> None:
    scene = question("ggz")
    own = scene.message(**{"act.ceiling.grounds.0.task": {"of": PARTY["ggz"], "code": "wgbo"}})
    assert own.reasons() == []
    assert_refused(
        own,
        scene.message(**{"act.ceiling.grounds.0.task": {"of": COLLEGE, "code": "jeugdwet_2_3"}}),
        ("5.2", "taak_van_ander", "/act/ceiling/grounds/0/task/of"),
    )


@pytest.mark.rule("5.2")
@pytest.mark.parametrize(("code", "reason"), [("handhaven", "taak_onbekend"), ("politiewet_3", "taak_niet_van_partij")])
def test_52_the_task_is_one_that_the_party_has(code: str, reason: str) -> None:
    scene = notification()
    refused = scene.message(**{"grounds.0.task.code": code})
    assert_refused(scene, refused, ("5.2", reason, "/grounds/0/task/code"))


@pytest.mark.rule("5.2")
def test_64_a_party_acts_only_in_tasks_of_its_accession() -> None:
    scene = notification()
    refused = scene.party(MELDER, tasks=(Term("jeugdwet_2_3"),))
    assert_refused(scene, refused, ("5.2", "taak_niet_van_partij", "/grounds/0/task/code"))


def _without_ground() -> Scene:
    """A notification as it would come from a party without a capacity, under a pack that lets it speak."""
    nobody = PARTY["geen_grondslag"]
    scene = notification()
    rows = tuple(
        row.model_copy(update={"limited": (*row.limited, Term("geen_grondslag"))}) for row in scene.pack.providers
    )
    items = tuple(
        item.model_copy(update={"origin": item.origin.model_copy(update={"party": nobody})})
        for item in scene.manifest.exact_items
    )
    changed = scene.under(providers=rows).message(sender=nobody, items=items)
    return changed.known(
        parties=(*scene.facts.parties, party_fact(nobody)),
        **{"case.notifier": nobody, "case.roster.0.address": nobody},
    )


@pytest.mark.rule("6.4")
def test_64_who_has_no_capacity_provides_only_for_tasks_that_its_accession_names() -> None:
    scene = _without_ground()
    nobody = PARTY["geen_grondslag"]
    assert_refused(scene, scene.party(nobody, provides_for=()), ("6.4", "niet_voor_deze_taak", "/grounds/0/task"))
    other = scene.message(**{"grounds.0.task.code": "jeugdwet_2_3"})
    assert_refused(scene, other, ("6.4", "niet_voor_deze_taak", "/grounds/0/task"))
    own = scene.message(**{"grounds.0.task.of": nobody})
    assert_refused(scene, own, ("6.4", "niet_voor_deze_taak", "/grounds/0/task"))


@pytest.mark.rule("5.2")
def test_52_every_provision_says_why() -> None:
    scene = notification()
    assert_refused(scene, scene.message(necessity=None), ("5.2", "noodzaak_ontbreekt", "/necessity"))


@pytest.mark.rule("5.2")
@pytest.mark.parametrize("code", ["handig", "eerste_beeld_vormen"])
def test_52_a_necessity_of_the_pack_for_this_phase(code: str) -> None:
    scene = notification()
    refused = scene.message(**{"necessity.code": code})
    assert_refused(scene, refused, ("5.2", "noodzaak_onbekend", "/necessity/code"))


@pytest.mark.rule("5.2")
def test_52_the_explanation_is_committed_to() -> None:
    scene = notification()
    refused = scene.message(**{"necessity.commitment": None})
    assert_refused(scene, refused, ("5.2", "noodzaak_zonder_toelichting", "/necessity/commitment"))
    inside = opened()
    assert_refused(
        inside,
        inside.sealed(**{"necessity.commitment": None}),
        ("5.2", "noodzaak_zonder_toelichting", "/necessity/commitment"),
    )


@pytest.mark.rule("5.2")
def test_52_under_a_ceiling_the_commitment_stays_sealed() -> None:
    scene = question()
    refused = scene.message(**{"act.ceiling.necessity.commitment": digest("toelichting")})
    assert_refused(scene, refused, ("5.2", "toelichting_in_het_open", "/act/ceiling/necessity/commitment"))
