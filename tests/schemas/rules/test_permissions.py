"""Police data that somebody held from before, and the permission of the police."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.making import COLLEGE, HOUSE, MELDER, NOW, PERSON, RELATIVE, message_id, reference
from tests.schemas.scene import Scene, assert_refused
from tests.schemas.scenes import informed, notification
from tests.schemas.scenes_life import PERMITTED, permission, permitted, permitted_in_the_meeting
from tests.schemas.scenes_meeting import (
    GGZ,
    POLICE,
    from_police,
    sealed_for,
)

pytestmark = pytest.mark.rule("7.1")

REASON = ("7.1", "toestemming_politie_onbekend", "/grounds/1/permission")


def test_71_what_was_held_from_before_goes_with_a_permission_of_the_police() -> None:
    scene = permitted()
    refused = scene.message(**{"grounds.1.permission": None})
    assert_refused(
        scene,
        refused,
        ("7.1", "politiegegevens_van_ander", "/items/3/origin/party"),
        ("3.5c", "akkoord_ontbreekt", "/items/3/origin"),
    )


@pytest.mark.parametrize(
    "updates",
    [
        {"id": message_id("een ander")},
        {"provider": COLLEGE},
        {"subject": RELATIVE},
        {"subject_category": "directe_relatie"},
        {"categories": ("politiegegevens_art13",)},
        {"holder": COLLEGE},
        {"phase": "triage"},
        {"purpose": "eerste_beeld"},
        {"until": NOW},
    ],
)
def test_71_the_permission_is_the_polices_for_just_this(updates: dict[str, object]) -> None:
    scene = permitted()
    refused = scene.known(**{f"permissions.0.{name}": value for name, value in updates.items()})
    assert_refused(scene, refused, REASON, ("7.1", "politiegegevens_van_ander", "/items/3/origin/party"))


def _without_the_house() -> Scene:
    """The notifier hands police data that it held from before to the ggz, past the house."""
    scene = permitted_in_the_meeting()
    return scene.message(to=(GGZ,), sealed=sealed_for((GGZ,), "casusoverleg"))


def test_71_the_permission_is_to_pass_on_to_the_house() -> None:
    refused = _without_the_house()
    assert_refused(
        permitted_in_the_meeting(),
        refused,
        ("7.1", "toestemming_politie_onbekend", "/grounds/0/permission"),
        ("7.1", "politiegegevens_van_ander", "/items/0/origin/party"),
    )


def test_71_the_police_allow_what_they_could_provide_themselves() -> None:
    scene = permission()
    refused = scene.message(**{"act.categories": ("politiegegevens_art8", "verzoeken_rechten")})
    assert_refused(scene, refused, ("4.2", "mag_niet_verstrekken", "/act/categories/1"))


def test_71_the_permission_is_on_record() -> None:
    scene = permitted()
    assert_refused(scene, scene.known(permissions=()), REASON)


def test_71_a_permission_is_for_police_data_of_another_only() -> None:
    scene = permitted()
    own = scene.message(**{"grounds.0.permission": PERMITTED})
    assert_refused(scene, own, ("7.1", "toestemming_politie_onbekend", "/grounds/0/permission"))
    told = from_police()
    assert_refused(
        told,
        told.message(**{"grounds.0.permission": PERMITTED}),
        ("7.1", "toestemming_politie_onbekend", "/grounds/0/permission"),
    )


def test_71_the_house_held_nothing_from_before() -> None:
    scene = permitted()
    house = scene.message(sender=HOUSE, to=(MELDER,), on_behalf_of=MELDER).known(**{"permissions.0.holder": HOUSE})
    assert_refused(scene, house, REASON)


@pytest.mark.rule("6.4d")
def test_64d_with_decree_and_mark_all_the_same() -> None:
    scene = permitted()
    assert_refused(
        scene, scene.message(**{"grounds.1.decree": None}), ("6.4d", "besluit_ontbreekt", "/grounds/1/decree")
    )
    assert_refused(
        scene, scene.message(**{"grounds.1.conditions": ()}), ("7.1", "kenmerk_ontbreekt", "/grounds/1/conditions")
    )


@pytest.mark.parametrize(
    ("updates", "reason"),
    [
        ({"act.phase": "uitvoering"}, ("7.1", "gebruik_onbekend", "/act/phase")),
        ({"act.purpose": "monitoring"}, ("7.1", "gebruik_onbekend", "/act/phase")),
        ({"act.holder": f"{MELDER.oin}:woningcorporatie"}, ("7.1", "houder_onbekend", "/act/holder")),
        ({"act.until": NOW}, ("7.1", "akkoord_verlopen", "/act/until")),
        ({"act.subject_category": "iemand"}, ("B4", "persoon_onbekend", "/act/subject_category")),
        ({"act.categories": ("burgerservicenummer",)}, ("B4", "categorie_onbekend", "/act/categories/0")),
    ],
)
def test_71_the_police_allow_a_use_that_the_protocol_knows(
    updates: dict[str, object], reason: tuple[str, str, str]
) -> None:
    scene = permission()
    assert_refused(scene, scene.message(**updates), reason)


@pytest.mark.rule("9.6")
def test_71_only_the_police_allow_and_need_take_no_part_for_that() -> None:
    scene = permission()
    assert POLICE not in {row.address for row in (scene.facts.case.roster if scene.facts.case else ())}
    refused = scene.message(sender=COLLEGE)
    assert_refused(scene, refused, ("9.6", "afzender_niet_bevoegd", "/from"))
    stranger = informed().message(sender=POLICE)
    codes = {code for _, code, _ in stranger.reasons()}
    assert {"geen_deelnemer", "alleen_melder_en_huis"} <= codes
    beyond = scene.message(to=(HOUSE, COLLEGE))
    assert_refused(scene, beyond, ("1.18", "alleen_melder_en_huis", "/to/1"))


def test_71_without_police_data_nothing_is_asked() -> None:
    assert notification().reasons() == []
    assert PERSON != RELATIVE
    assert permitted().at(NOW + timedelta(hours=1)).reasons() == []
    assert reference("van de politie")
