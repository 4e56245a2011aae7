"""Basis and regime follow the origin."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schemas.facts import DecreeFact
from schemas.ids import Term
from schemas.policy import Refused
from schemas.rules.basis import expected_basis
from tests.making import (
    ANSWER_TIME,
    COLLEGE,
    DECREE,
    HOUSE,
    MELDER,
    NOW,
    PARTY,
    address,
    agreed,
    case_fact,
    digest,
    item_of,
    pack,
    party_fact,
    reference,
)
from tests.schemas.scenes import Scene, answer, assert_refused, notification, opened, question
from tests.schemas.scenes_meeting import contribution

OM = PARTY["om"]
WJSG = DecreeFact(id=Term("om_1"), basis=Term("wjsg_8a"), since=NOW - timedelta(days=1), until=NOW + timedelta(days=9))


@pytest.mark.rule("6.1")
def test_61_an_item_has_a_ground() -> None:
    scene = question()
    refused = scene.message(**{"act.ceiling.items.0.ground": 7})
    assert_refused(scene, refused, ("6.1", "grondslag_ontbreekt", "/act/ceiling/items/0/ground"))


@pytest.mark.rule("12")
def test_12_what_is_sealed_is_a_message() -> None:
    scene = opened()
    assert_refused(scene, scene.sealed(**{"items.0.ground": 7}), ("12", "inhoud_onleesbaar", "/inner_digest"))


@pytest.mark.rule("6.1")
def test_61_a_basis_of_the_pack() -> None:
    scene = notification()
    refused = scene.message(**{"grounds.0.basis": "avg_6_1_a"})
    assert_refused(scene, refused, ("6.1", "grondslag_onbekend", "/grounds/0/basis"))


@pytest.mark.rule("6.1")
@pytest.mark.parametrize("basis", ["wpg_20", "wjsg_8a"])
def test_61_the_basis_follows_from_the_origin(basis: str) -> None:
    scene = notification()
    refused = scene.message(**{"grounds.0.basis": basis})
    assert_refused(scene, refused, ("6.1", "grondslag_onjuist", "/grounds/0/basis"))


@pytest.mark.parametrize("category", ["personalia", "bericht", "relaties", "politiegegevens_art8"])
def test_61_everything_of_the_police_is_police_data(category: str) -> None:
    capacity = pack().capacity["politie"]
    assert expected_basis(pack(), capacity, party_fact(PARTY["politie"]), category, NOW) == "wpg_20"
    assert capacity.regime == "wpg"


@pytest.mark.rule("6.1")
def test_61_a_question_says_the_basis_of_who_answers() -> None:
    scene = question("politie")
    assert_refused(
        scene,
        scene.message(**{"act.ceiling.grounds.0.basis": "avg_6_1_e"}),
        ("6.1", "grondslag_onjuist", "/act/ceiling/grounds/0/basis"),
    )


@pytest.mark.parametrize(
    ("category", "basis"),
    [
        ("justitiele_gegevens", "wjsg_8a"),
        ("strafvorderlijke_gegevens", "wjsg_39f"),
        ("tenuitvoerleggingsgegevens", "wjsg_51c"),
        ("bericht", "wjsg_39f"),
    ],
)
def test_61_the_om_provides_on_the_basis_of_the_category(category: str, basis: str) -> None:
    capacity = pack().capacity["om"]
    assert expected_basis(pack(), capacity, party_fact(PARTY["om"]), category, NOW) == basis


def test_61_the_decree_of_the_om_names_the_basis_of_the_rest() -> None:
    capacity, party = pack().capacity["om"], party_fact(PARTY["om"], decrees=(WJSG,))
    assert expected_basis(pack(), capacity, party, "bericht", NOW) == "wjsg_8a"
    assert expected_basis(pack(), capacity, party, "tenuitvoerleggingsgegevens", NOW) == "wjsg_51c"
    assert expected_basis(pack(), capacity, party, "bericht", WJSG.until) == "wjsg_39f"
    foreign = WJSG.model_copy(update={"basis": Term("wpg_20")})
    assert expected_basis(pack(), capacity, party_fact(PARTY["om"], decrees=(foreign,)), "bericht", NOW) == "wjsg_39f"


def _om(basis: str, *decrees: str) -> Scene:
    """The OM tells something of no category of its own, with decrees of these bases on record."""
    ground = {"basis": basis, "task": {"of": MELDER, "code": "wmo_2_3_1_2_3_5"}}
    item = item_of("personalia", ("geslachtsnaam",), "S", OM)
    scene = contribution(OM, (HOUSE,), grounds=(ground,), items=(item,))
    case = case_fact("casusoverleg", taking_part=[OM])
    rows = tuple(WJSG.model_copy(update={"id": Term(f"om_{name}"), "basis": Term(name)}) for name in decrees)
    return scene.known(case=case).party(OM, decrees=rows)


@pytest.mark.rule("6.1", "6.2", "6.3")
@pytest.mark.parametrize(
    ("decrees", "right", "wrong"),
    [
        ((), "wjsg_39f", "wjsg_8a"),
        (("wjsg_8a",), "wjsg_8a", "wjsg_39f"),
        (("wjsg_8a", "wjsg_51c"), "wjsg_51c", "wjsg_39f"),
        (("wjsg_8a", "wjsg_51c"), "wjsg_8a", "avg_6_1_e"),
        (("wjsg_dji", "wpg_20"), "wjsg_39f", "wjsg_dji"),
    ],
)
def test_61_any_of_the_bases_that_the_oms_decrees_name(decrees: tuple[str, ...], right: str, wrong: str) -> None:
    assert_refused(_om(right, *decrees), _om(wrong, *decrees), ("6.1", "grondslag_onjuist", "/grounds/0/basis"))


@pytest.mark.rule("6.4d")
def test_64d_a_decree_that_is_named_is_the_oms_own_and_live() -> None:
    named = _om("wjsg_8a", "wjsg_8a").message(**{"grounds.0.decree": "om_wjsg_8a"})
    refused = named.message(**{"grounds.0.decree": "om_2"})
    assert_refused(named, refused, ("6.4d", "besluit_ongeldig", "/grounds/0/decree"))


@pytest.mark.rule("6.2")
def test_62_the_regime_follows_from_the_origin() -> None:
    scene = notification()
    assert_refused(scene, scene.message(**{"items.1.regime": "wpg"}), ("6.2", "regime_onjuist", "/items/1/regime"))
    asking = question("politie")
    assert_refused(
        asking,
        asking.message(**{"act.ceiling.items.0.regime": "avg"}),
        ("6.2", "regime_onjuist", "/act/ceiling/items/0/regime"),
    )


@pytest.mark.rule("2.1")
def test_21_the_first_provider_is_a_party() -> None:
    scene = question()
    others = tuple(row for row in scene.facts.parties if row.address != MELDER)
    assert_refused(scene, scene.known(parties=others), ("2.1", "herkomst_onbekend", "/items/0/origin/party"))


@pytest.mark.rule("2.1")
def test_21_the_first_provider_acts_in_a_capacity() -> None:
    scene = question()
    unknown = address(7, "woningcorporatie")
    refused = scene.message(**{"items.0.origin.party": unknown}).known(
        parties=(*scene.facts.parties, party_fact(unknown)), **{"agreements.0.provider": unknown}
    )
    assert_refused(scene, refused, ("2.1", "herkomst_onbekend", "/items/0/origin/party"))


@pytest.mark.rule("6.4d")
def test_64d_police_data_go_under_a_decree() -> None:
    scene = question("politie")
    place = "/act/ceiling/grounds/0/decree"
    assert_refused(scene, scene.message(**{"act.ceiling.grounds.0.decree": None}), ("6.4d", "besluit_ontbreekt", place))
    assert_refused(
        scene,
        scene.message(**{"act.ceiling.grounds.0.decree": "besluit_2"}),
        ("6.4d", "besluit_ongeldig", place),
    )


@pytest.mark.rule("6.4d")
@pytest.mark.parametrize(
    "update",
    [{"since": NOW + timedelta(days=2)}, {"until": ANSWER_TIME}, {"basis": Term("wjsg_8a")}, {"id": Term("besluit_2")}],
)
def test_64d_the_decree_is_on_record_and_valid(update: dict[str, object]) -> None:
    scene = answer("politie")
    refused = scene.party(PARTY["politie"], decrees=(DECREE.model_copy(update=update),))
    assert_refused(scene, refused, ("6.4d", "besluit_ongeldig", "/grounds/0/decree"))


@pytest.mark.rule("7.1")
def test_71_the_mark_travels_with_police_data() -> None:
    scene = opened("politie")
    refused = scene.sealed(**{"grounds.0.conditions": ()})
    assert_refused(scene, refused, ("7.1", "kenmerk_ontbreekt", "/grounds/0/conditions"))


@pytest.mark.rule("7.1", "4.2", "3.5a")
def test_71_police_data_come_from_the_police() -> None:
    scene = notification()
    police = item_of("politiegegevens_art8", ("rol",), "I", MELDER)
    refused = scene.message(items=(*scene.manifest.items, police))
    assert_refused(
        scene,
        refused,
        ("7.1", "niet_uit_deze_bron", "/items/3/category"),
        ("4.2", "mag_niet_verstrekken", "/items/3/category"),
        ("3.5a", "niet_van_deze_melder", "/items/3/category"),
    )


@pytest.mark.rule("4.2")
def test_42_criminal_procedure_data_come_from_the_om() -> None:
    scene = notification()
    item = item_of("strafvorderlijke_gegevens", ("lopende_zaak",), "I", MELDER)
    refused = scene.message(items=(*scene.manifest.items, item))
    assert_refused(scene, refused, ("4.2", "niet_uit_deze_bron", "/items/3/category"))


@pytest.mark.rule("7.1")
def test_71_a_party_does_not_pass_on_police_data() -> None:
    scene = notification()
    origin = {"party": PARTY["politie"], "item": reference("van de politie")}
    personal = item_of("personalia", ("geslachtsnaam",), "S", MELDER) | {"origin": origin, "regime": "wpg"}
    refused = scene.message(items=(personal,)).known(parties=(*scene.facts.parties, party_fact(PARTY["politie"])))
    assert_refused(scene, refused, ("7.1", "politiegegevens_van_ander", "/items/0/origin/party"))


def _carried(decree: str | None) -> Scene:
    """A question with personal details that the police gave when they notified the case."""
    scene = question()
    police = PARTY["politie"]
    origin = {"party": police, "item": reference("van de politie")}
    item = scene.manifest.exact_items[0].model_copy(update={"regime": Term("wpg")})
    ground = {
        "basis": "wpg_20",
        "task": {"of": MELDER, "code": "wmo_2_3_1_2_3_5"},
        "conditions": ("wpg7_geheimhouding",),
        "decree": decree,
    }
    given = agreed(item) | {
        "item": reference("van de politie"),
        "provider": police,
        "phase": "triage",
        "purpose": "eerste_beeld",
        "holder": COLLEGE,
        "until": NOW + timedelta(days=9),
        "since": NOW,
        "given_for": "toetsen_criteria",
    }
    changed = scene.message(items=(item.model_dump() | {"origin": origin},), grounds=(ground,))
    return changed.known(
        parties=(*scene.facts.parties, party_fact(police)),
        agreements=(given,),
        **{"case.kept": ({"item": reference("van de politie"), "purpose": "eerste_beeld"},)},
    )


@pytest.mark.rule("6.4d")
def test_71_the_house_carries_police_data_with_their_agreement_basis_and_mark() -> None:
    assert_refused(_carried("besluit_1"), _carried(None), ("6.4d", "besluit_ontbreekt", "/grounds/0/decree"))


def test_71_who_provides_it_instead_is_named() -> None:
    scene = answer("om")
    decision = (
        question("om")
        .message(**{"act.ceiling.items.0.category": "politiegegevens_art8", "act.ceiling.items.0.fields": ["/rol"]})
        .decide()
    )
    assert isinstance(decision, Refused)
    texts = [reason.nl for reason in decision.reasons if reason.code == "niet_uit_deze_bron"]
    assert texts == [
        f"Alleen {scene.pack.capacity['politie'].label.nl} verstrekt deze gegevens. Laat ze daar opnieuw vragen."
    ]


def test_digest_of_the_answer_is_no_ground() -> None:
    assert answer("dji").message(inner_digest=digest("iets anders")).reasons() == []
