"""Category, person, phase, level, field, provider, form."""

from __future__ import annotations

import pytest

from schemas.rules.minimisation import forbidden, within
from tests.making import MELDER, NOW, PARTY, PERSON, RELATIVE, field_digests, item_of, pack, reference
from tests.schemas.scenes import (
    Scene,
    answer,
    assert_refused,
    informed,
    notification,
    opened,
    question,
    receipt,
)


def with_item(category: str, names: tuple[str, ...], level: str = "I", **members: object) -> Scene:
    """The notification with one item more."""
    scene = notification()
    item = item_of(category, names, level, MELDER, item=reference("erbij"), **members)
    item["origin"] = {"party": MELDER, "item": reference("erbij")}
    return scene.message(items=(*scene.manifest.items, item))


def test_levels_are_ordered() -> None:
    assert [within("B", "I"), within("I", "I"), within("S", "I"), within("D", "S")] == [True, True, False, False]


def test_b4_a_category_of_persons() -> None:
    refused = with_item("woonsituatie", ("woonvorm",), subject_category="buurman")
    assert_refused(
        with_item("woonsituatie", ("woonvorm",)), refused, ("B4", "persoon_onbekend", "/items/3/subject_category")
    )


def test_b4_a_category_of_data() -> None:
    refused = with_item("hobbys", ("naam",))
    assert_refused(
        notification(),
        refused,
        ("B4", "categorie_onbekend", "/items/3/category"),
        ("3.5a", "niet_in_deze_fase", "/items/3/category"),
        ("3.5a", "veld_onbekend", "/items/3/fields/0/path"),
    )


@pytest.mark.parametrize(
    ("category", "person", "rule"),
    [
        ("medewerker_derde_gegevens", "betrokkene", "B4-1"),
        ("woonsituatie", "directe_relatie", "B4-2"),
        ("financiele_gegevens", "directe_relatie", "B4-2"),
        ("relaties", "directe_relatie", "B4-2"),
        ("justitiele_gegevens", "directe_relatie", "B4-2"),
        ("tenuitvoerleggingsgegevens", "directe_relatie", "B4-2"),
        ("personalia", "medewerker_hulpverlening", "B4-3"),
        ("medewerker_hulpverlening_gegevens", "medewerker_derde", "B4-4"),
    ],
)
def test_b4_what_bijlage_4_lists_per_person(category: str, person: str, rule: str) -> None:
    refused = with_item(category, ("naam",), subject_category=person)
    assert_refused(notification(), refused, (rule, "categorie_niet_voor_persoon", "/items/3/category"))


def test_b4_2_a_relative_may_be_named() -> None:
    allowed = with_item("personalia", ("geslachtsnaam",), "S", subject=RELATIVE, subject_category="directe_relatie")
    assert allowed.reasons() == []


@pytest.mark.parametrize("category", ["contactgegevens", "justitiele_gegevens"])
def test_35a_only_what_the_phase_needs(category: str) -> None:
    refused = with_item(category, (pack().category[category].fields[0].name,), "D")
    assert_refused(notification(), refused, ("3.5a", "niet_in_deze_fase", "/items/3/category"))


def test_35a_no_answer_repeats_personal_details() -> None:
    scene = question()
    extra = {
        "subject": PERSON,
        "subject_category": "betrokkene",
        "category": "personalia",
        "level": "B",
        "regime": "avg",
        "ground": 0,
        "fields": ["/geslachtsnaam"],
    }
    ceiling = scene.manifest.act.ceiling  # type: ignore[union-attr]  # a question has a ceiling
    refused = scene.message(**{"act.ceiling.items": (*ceiling.items, extra)})
    place = f"/act/ceiling/items/{len(ceiling.items)}/category"
    assert_refused(scene, refused, ("3.5a", "niet_in_deze_fase", place))


def test_35a_a_purpose_may_narrow() -> None:
    scene = question()
    rows = tuple(row.model_copy(update={"purposes": ("routering",)}) for row in scene.pack.ceilings)
    assert_refused(scene, scene.under(ceilings=rows), ("3.5a", "niet_voor_dit_doel", "/items/0/category"))


@pytest.mark.parametrize("who", ["om", "dji"])
def test_35a_some_come_from_their_own_notifier_only(who: str) -> None:
    refused = with_item("tenuitvoerleggingsgegevens", ("loopt",))
    assert_refused(notification(), refused, ("3.5a", "niet_van_deze_melder", "/items/3/category"))
    row = pack().ceiling["aanmelding", "aanmelding", "tenuitvoerleggingsgegevens", "betrokkene"]
    assert who in row.providers


def test_35a_no_more_detail_than_the_phase_allows() -> None:
    allowed = with_item("woonsituatie", ("woonvorm",))
    refused = with_item("woonsituatie", ("woonvorm",), "S")
    assert_refused(allowed, refused, ("3.5a", "niveau_te_hoog", "/items/3/level"))
    asking = question()
    assert_refused(asking, asking.message(**{"items.0.level": "S"}), ("3.5a", "niveau_te_hoog", "/items/0/level"))


@pytest.mark.parametrize("name", ["bsn", "burgerservicenummer", "geslacht", "nationaliteit", "religie"])
def test_b4_x_some_fields_never_go(name: str) -> None:
    scene = notification()
    refused = scene.message(**{"items.0.fields": field_digests(("geslachtsnaam", name))})
    assert_refused(scene, refused, ("B4-x", "verboden_veld", "/items/0/fields/1/path"))


@pytest.mark.parametrize("name", ["BSN", "bsn_nummer", "Sofi-nummer", "burger service nummer"])
def test_b4_x_in_any_spelling(name: str) -> None:
    assert forbidden(pack(), name)
    assert not forbidden(pack(), "geslachtsnaam")


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("woonvorm", "kleur"), "veld_onbekend"),
        (("woonvorm", "toelichting"), "veld_boven_niveau"),
        (("woonvorm", "woonvorm"), "veld_dubbel"),
    ],
)
def test_35a_fields_of_the_category_at_the_level(names: tuple[str, ...], code: str) -> None:
    refused = with_item("woonsituatie", names)
    place = "/items/3/fields/1/path"
    assert_refused(with_item("woonsituatie", names[:1]), refused, ("3.5a", code, place))


def test_35a_fields_of_the_kind() -> None:
    scene = question()
    theme = item_of("bericht", ("leefgebieden",), "I", scene.manifest.sender, item=reference("thema"))
    theme["origin"] = {"party": scene.manifest.sender, "item": reference("thema")}
    allowed = scene.message(items=(*scene.manifest.items, theme))
    other = theme | {"fields": field_digests(("criteria",))}
    refused = scene.message(items=(*scene.manifest.items, other))
    assert_refused(allowed, refused, ("3.5a", "veld_niet_hier", "/items/1/fields/0/path"))


def test_35a_a_search_key_may_tell_people_apart() -> None:
    scene = question()
    names = ("geslachtsnaam", "voornamen", "geboortedatum", "geboorteplaats")
    assert scene.message(**{"items.0.fields": field_digests(names)}).reasons() == []


def test_35a_an_address_in_a_search_key_is_postcode_and_number() -> None:
    scene = question()

    def with_address(names: tuple[str, ...]) -> Scene:
        item = item_of("adresgegevens", names, "B", MELDER, item=reference("adres"))
        agreed = scene.facts.agreements[0].model_copy(update={"item": item["origin"]["item"]})
        changed = scene.message(items=(*scene.manifest.items, item))
        return changed.known(agreements=(*scene.facts.agreements, agreed))

    refused = with_address(("postcode", "woonplaats"))
    assert_refused(
        with_address(("postcode", "huisnummer")), refused, ("3.5a", "veld_boven_niveau", "/items/1/fields/1/path")
    )


def test_b4_2_supervision_of_a_relative_names_the_relation() -> None:
    asked = PARTY["burgemeester"]
    scene = question("burgemeester")
    about = {
        "items.0.subject": RELATIVE,
        "items.0.subject_category": "directe_relatie",
        "act.ceiling.grounds": scene.manifest.act.ceiling.grounds,  # type: ignore[union-attr]  # a question
    }
    row = {
        "subject": RELATIVE,
        "subject_category": "directe_relatie",
        "category": "toezicht_handhaving",
        "level": "I",
        "regime": "avg",
        "ground": 0,
        "fields": ["/soort", "/directe_relatie_met"],
    }
    allowed = scene.message(**about, **{"act.ceiling.items": (row,)})
    assert allowed.manifest.to == (asked,)
    refused = scene.message(**about, **{"act.ceiling.items": (row | {"fields": ["/soort"]},)})
    assert_refused(allowed, refused, ("B4-2", "veld_vereist", "/act/ceiling/items/0/fields"))


def test_42_who_may_provide_stands_in_the_table() -> None:
    scene = question("om")
    refused = scene.message(
        **{"act.ceiling.items.0.category": "woonsituatie", "act.ceiling.items.0.fields": ["/woonvorm"]}
    )
    assert_refused(scene, refused, ("4.2", "mag_niet_verstrekken", "/act/ceiling/items/0/category"))


def test_35a_an_item_stands_once() -> None:
    scene = notification()
    twice = scene.message(items=(*scene.manifest.items, scene.manifest.items[0]))
    assert_refused(scene, twice, ("3.5a", "item_dubbel", "/items/3"))
    asking = question()
    items = asking.manifest.act.ceiling.items  # type: ignore[union-attr]  # a question has a ceiling
    more = asking.message(**{"act.ceiling.items": (*items, items[0])})
    assert_refused(asking, more, ("3.5a", "item_dubbel", f"/act/ceiling/items/{len(items)}"))


def test_35a_a_kind_without_data_carries_none() -> None:
    scene = informed()
    data = notification().manifest
    refused = scene.message(
        disclosure="exact", items=data.items, grounds=data.grounds, necessity=data.necessity, sealed=data.sealed
    )
    assert_refused(scene, refused, ("3.5a", "items_niet_toegestaan", "/items"))
    assert_refused(scene, scene.message(sealed=data.sealed), ("3.5a", "verzegeld_zonder_items", "/sealed"))


def test_35a_a_receipt_may_seal_its_findings() -> None:
    scene = receipt()
    sealed = notification().manifest.sealed
    assert scene.message(sealed=sealed).reasons() == []


def test_35a_a_kind_with_data_carries_some() -> None:
    scene = notification()
    assert_refused(scene, scene.message(items=()), ("3.5a", "items_ontbreken", "/items"))


def test_35a_an_answer_never_shows_what_it_holds() -> None:
    scene = answer()
    inside = opened().inner
    assert inside is not None
    refused = scene.message(
        disclosure="exact", items=inside.items, grounds=inside.grounds, necessity=inside.necessity, inner_digest=None
    )
    assert_refused(scene, refused, ("3.5a", "vorm_onjuist", "/disclosure"))


def test_35a_a_notification_is_exact() -> None:
    scene = notification()
    ceiling = answer().manifest
    refused = scene.message(
        disclosure="ceiling", items=ceiling.items, grounds=ceiling.grounds, inner_digest=ceiling.inner_digest
    )
    assert_refused(scene, refused, ("3.5a", "vorm_onjuist", "/disclosure"))
    assert refused.at(NOW).reasons() == refused.reasons()
