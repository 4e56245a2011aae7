"""Category, person, phase, level, field, provider, form."""

from __future__ import annotations

import pytest

from schemas.ids import Address, Term
from schemas.rules.minimisation import forbidden, within
from tests.making import (
    COLLEGE,
    MELDER,
    NOW,
    PARTY,
    PERSON,
    RELATIVE,
    a_ceiling,
    a_question,
    case_fact,
    facts_for,
    field_digests,
    item_of,
    pack,
    reference,
)
from tests.schemas.scenes import (
    Scene,
    answer,
    assert_refused,
    ceiling_of,
    informed,
    notification,
    opened,
    question,
    receipt,
    receipt_of_answer,
)
from tests.schemas.scenes_meeting import contribution, hand_over


def with_item(category: str, names: tuple[str, ...], level: str = "I", **members: object) -> Scene:
    """The notification with one item more."""
    scene = notification()
    item = item_of(category, names, level, MELDER, item=reference("erbij"), **members)
    item["origin"] = {"party": MELDER, "item": reference("erbij")}
    return scene.message(items=(*scene.manifest.items, item))


def test_levels_are_ordered() -> None:
    assert [within("B", "I"), within("I", "I"), within("S", "I"), within("D", "S")] == [True, True, False, False]


@pytest.mark.rule("B4")
def test_b4_a_category_of_persons() -> None:
    refused = with_item("woonsituatie", ("woonvorm",), subject_category="buurman")
    assert_refused(
        with_item("woonsituatie", ("woonvorm",)), refused, ("B4", "persoon_onbekend", "/items/3/subject_category")
    )


@pytest.mark.rule("B4", "9.2", "3.5a")
def test_b4_a_category_of_data() -> None:
    refused = with_item("hobbys", ("naam",))
    assert_refused(
        notification(),
        refused,
        ("B4", "categorie_onbekend", "/items/3/category"),
        ("9.2", "niet_in_deze_fase", "/items/3/category"),
        ("3.5a", "veld_onbekend", "/items/3/fields/0/path"),
    )


@pytest.mark.rule("B4-1", "B4-2", "B4-3", "B4-4")
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


@pytest.mark.rule("9.2")
@pytest.mark.parametrize("category", ["contactgegevens", "justitiele_gegevens"])
def test_35a_only_what_the_phase_needs(category: str) -> None:
    refused = with_item(category, (pack().category[category].fields[0].name,), "D")
    assert_refused(notification(), refused, ("9.2", "niet_in_deze_fase", "/items/3/category"))


@pytest.mark.rule("3.5a")
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
    ceiling = ceiling_of(scene)
    refused = scene.message(**{"act.ceiling.items": (*ceiling.items, extra)})
    place = f"/act/ceiling/items/{len(ceiling.items)}/category"
    assert_refused(scene, refused, ("3.5a", "niet_in_deze_fase", place))


@pytest.mark.rule("3.5a")
def test_35a_a_purpose_may_narrow() -> None:
    scene = question()
    rows = tuple(row.model_copy(update={"purposes": ("routering",)}) for row in scene.pack.ceilings)
    assert_refused(scene, scene.under(ceilings=rows), ("3.5a", "niet_voor_dit_doel", "/items/0/category"))


@pytest.mark.rule("3.5a")
@pytest.mark.parametrize("who", ["om", "dji"])
def test_35a_some_come_from_their_own_notifier_only(who: str) -> None:
    refused = with_item("tenuitvoerleggingsgegevens", ("loopt",))
    assert_refused(notification(), refused, ("3.5a", "niet_van_deze_melder", "/items/3/category"))
    row = pack().ceiling["aanmelding", "aanmelding", "tenuitvoerleggingsgegevens", "betrokkene"]
    assert who in row.providers


@pytest.mark.rule("9.2", "3.5a")
def test_35a_no_more_detail_than_the_phase_allows() -> None:
    allowed = with_item("woonsituatie", ("woonvorm",))
    refused = with_item("woonsituatie", ("woonvorm",), "S")
    assert_refused(allowed, refused, ("9.2", "niveau_te_hoog", "/items/3/level"))
    asking = question()
    assert_refused(asking, asking.message(**{"items.0.level": "S"}), ("3.5a", "niveau_te_hoog", "/items/0/level"))


def _one(scene: Scene, category: str, names: tuple[str, ...], level: str, origin: Address) -> Scene:
    """The scene with another item in the place of its first."""
    return scene.message(items=(item_of(category, names, level, origin),))


@pytest.mark.rule("9.3", "3.5a")
def test_93_in_the_meeting_only_what_the_plan_needs() -> None:
    scene = contribution()
    detail = _one(scene, "woonsituatie", ("woonvorm", "toelichting"), "D", COLLEGE)
    contact = _one(scene, "contactgegevens", ("telefoonnummer",), "S", COLLEGE)
    assert detail.reasons() == []
    assert_refused(contact, contact.message(**{"items.0.level": "D"}), ("9.3", "niveau_te_hoog", "/items/0/level"))
    requests = _one(scene, "verzoeken_rechten", ("soort",), "S", COLLEGE)
    assert_refused(detail, requests, ("9.3", "niet_in_deze_fase", "/items/0/category"))


@pytest.mark.rule("9.4", "3.5a")
def test_94_while_scaling_down_only_what_judging_the_result_needs() -> None:
    scene = hand_over()
    detail = _one(scene, "woonsituatie", ("woonvorm", "toelichting"), "D", MELDER)
    assert_refused(scene, detail, ("9.4", "niveau_te_hoog", "/items/0/level"))
    crime = _one(scene, "strafrechtelijk_avg10", ("soort",), "S", MELDER)
    assert_refused(scene, crime, ("9.4", "niet_in_deze_fase", "/items/0/category"))


@pytest.mark.rule("B4-x")
@pytest.mark.parametrize("name", ["bsn", "burgerservicenummer", "geslacht", "nationaliteit", "religie"])
def test_b4_x_some_fields_never_go(name: str) -> None:
    scene = notification()
    refused = scene.message(**{"items.0.fields": field_digests(("geslachtsnaam", name))})
    assert_refused(scene, refused, ("B4-x", "verboden_veld", "/items/0/fields/1/path"))


@pytest.mark.parametrize("name", ["BSN", "bsn_nummer", "Sofi-nummer", "burger service nummer"])
def test_b4_x_in_any_spelling(name: str) -> None:
    assert forbidden(pack(), name)
    assert not forbidden(pack(), "geslachtsnaam")


@pytest.mark.rule("3.5a")
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


@pytest.mark.rule("3.5a")
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
    agreed = {"agreements.0.fields": [f"/{name}" for name in names]}
    assert scene.message(**{"items.0.fields": field_digests(names)}).known(**agreed).reasons() == []


@pytest.mark.rule("3.5a")
def test_35a_an_address_in_a_search_key_is_postcode_and_number() -> None:
    scene = question()

    def with_address(names: tuple[str, ...]) -> Scene:
        item = item_of("adresgegevens", names, "B", MELDER, item=reference("adres"))
        about = {"item": item["origin"]["item"], "category": "adresgegevens", "fields": [f"/{name}" for name in names]}
        given = scene.facts.agreements[0].model_copy(update=about)
        message = scene.message(items=(*scene.manifest.items, item))
        known = scene.facts.case.kept if scene.facts.case else ()
        kept = (*known, {"item": item["origin"]["item"], "purpose": "eerste_beeld"})
        return message.known(agreements=(*scene.facts.agreements, given), **{"case.kept": kept})

    refused = with_address(("postcode", "woonplaats"))
    assert_refused(
        with_address(("postcode", "huisnummer")), refused, ("3.5a", "veld_boven_niveau", "/items/1/fields/1/path")
    )


@pytest.mark.rule("B4-2")
def test_b4_2_supervision_of_a_relative_names_the_relation() -> None:
    asked = PARTY["burgemeester"]
    scene = question("burgemeester")
    about = {
        "items.0.subject": RELATIVE,
        "items.0.subject_category": "directe_relatie",
        "act.ceiling.grounds": ceiling_of(scene).grounds,
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
    message = row | {"category": "bericht", "fields": ["/betrokkenheid"]}
    related = scene.known(**{"agreements.0.subject": RELATIVE, "agreements.0.subject_category": "directe_relatie"})
    allowed = related.message(**about, **{"act.ceiling.items": (row, message)})
    assert allowed.manifest.to == (asked,)
    refused = related.message(**about, **{"act.ceiling.items": (row | {"fields": ["/soort"]}, message)})
    assert_refused(allowed, refused, ("B4-2", "veld_vereist", "/act/ceiling/items/0/fields"))


@pytest.mark.rule("4.2")
def test_42_who_may_provide_stands_in_the_table() -> None:
    scene = question("om")
    refused = scene.message(
        **{"act.ceiling.items.0.category": "woonsituatie", "act.ceiling.items.0.fields": ["/woonvorm"]}
    )
    assert_refused(scene, refused, ("4.2", "mag_niet_verstrekken", "/act/ceiling/items/0/category"))


@pytest.mark.rule("3.5a")
def test_35a_an_item_stands_once() -> None:
    scene = notification()
    twice = scene.message(items=(*scene.manifest.items, scene.manifest.items[0]))
    assert_refused(scene, twice, ("3.5a", "item_dubbel", "/items/3"))
    asking = question()
    items = ceiling_of(asking).items
    more = asking.message(**{"act.ceiling.items": (*items, items[0])})
    assert_refused(asking, more, ("3.5a", "item_dubbel", f"/act/ceiling/items/{len(items)}"))


@pytest.mark.rule("3.5a")
def test_35a_a_kind_without_data_carries_none() -> None:
    scene = informed()
    data = notification().manifest
    refused = scene.message(
        disclosure="exact", items=data.items, grounds=data.grounds, necessity=data.necessity, sealed=data.sealed
    )
    assert_refused(scene, refused, ("3.5a", "items_niet_toegestaan", "/items"))
    assert_refused(scene, scene.message(sealed=data.sealed), ("3.5a", "verzegeld_zonder_items", "/sealed"))


@pytest.mark.rule("7.2a")
def test_72a_the_receipt_of_a_triage_answer_seals_what_was_found() -> None:
    scene = receipt_of_answer()
    for updates in ({"sealed": None}, {"sealed.bucket": 16384}):
        assert_refused(scene, scene.message(**updates), ("7.2a", "ontvangst_onverzegeld", "/sealed"))
    for result in ("filed", "refused"):
        refused = scene.message(**{"act.result": result})
        assert_refused(scene, refused, ("7.2a", "ontvangst_verraadt", "/act/result"))
    closed = scene.message(**{"act.result": "key_closed", "sealed": None})
    assert_refused(closed, closed.message(sealed=scene.manifest.sealed), ("7.2a", "ontvangst_verzegeld", "/sealed"))


@pytest.mark.rule("7.2a")
def test_72a_no_other_receipt_holds_anything() -> None:
    scene = receipt()
    refused = scene.message(sealed=notification().manifest.sealed)
    assert_refused(scene, refused, ("7.2a", "ontvangst_verzegeld", "/sealed"))


@pytest.mark.rule("B4")
def test_b4_2_a_person_is_of_one_category_in_a_message() -> None:
    scene = notification()
    relative = item_of(
        "personalia", ("geslachtsnaam",), "S", MELDER, subject=RELATIVE, subject_category="directe_relatie"
    )
    relative |= {"item": reference("r"), "origin": {"party": MELDER, "item": reference("r")}}
    debts = item_of("financiele_gegevens", ("problematische_schulden",), "I", MELDER, subject=RELATIVE)
    allowed = scene.message(items=(*scene.manifest.items, relative))
    refused = scene.message(items=(*scene.manifest.items, relative, debts))
    assert_refused(allowed, refused, ("B4", "persoon_dubbel", "/items/4/subject_category"))


@pytest.mark.rule("9.2")
@pytest.mark.parametrize("left_out", ["criteria", "aanleiding", "gewenst_resultaat", "onderbouwing"])
def test_92_a_notification_says_what_the_criteria_need(left_out: str) -> None:
    scene = notification()
    fields = tuple(f for f in scene.manifest.exact_items[2].fields if f.path != f"/{left_out}")
    refused = scene.message(**{"items.2.fields": fields})
    assert_refused(scene, refused, ("9.2", "bericht_onvolledig", "/items"))
    assert_refused(scene, scene.message(items=scene.manifest.items[:2]), ("9.2", "bericht_onvolledig", "/items"))


def _about_relative(who: str) -> Scene:
    scene, told = question("college_bw"), {"subject": RELATIVE, "subject_category": "directe_relatie"}
    manifest = a_question(
        PARTY[who],
        ceiling=a_ceiling(COLLEGE, subject=RELATIVE, subject_category=Term("directe_relatie")),
        items=(scene.manifest.exact_items[0].model_dump() | told,),
    )
    return Scene(manifest, facts_for(manifest, case_fact(asked=[PARTY[who]])))


@pytest.mark.rule("3.5a")
def test_b4_2_of_a_relative_only_some_may_say_whether_they_know_him() -> None:
    allowed, refused = _about_relative("college_bw"), _about_relative("om")
    assert [item.fields for item in ceiling_of(allowed).items if item.category == "bericht"] == [
        ("/betrokkenheid", "/advies_deelname")
    ]
    rows = [index for index, item in enumerate(ceiling_of(refused).items) if item.category == "bericht"]
    assert_refused(allowed, refused, ("3.5a", "niet_van_deze_melder", f"/act/ceiling/items/{rows[0]}/category"))


@pytest.mark.rule("3.5a")
def test_35a_where_not_even_the_message_may_be_answered_nothing_is_asked() -> None:
    scene = question()
    rows = tuple(row for row in ceiling_of(scene).items if row.category != "bericht")
    refused = scene.message(**{"act.ceiling.items": rows})
    assert_refused(scene, refused, ("3.5a", "niets_te_antwoorden", "/act/ceiling/items"))


@pytest.mark.rule("3.5a")
def test_35a_a_kind_with_data_carries_some() -> None:
    scene = notification()
    assert_refused(scene, scene.message(items=()), ("3.5a", "items_ontbreken", "/items"))


@pytest.mark.rule("3.5a")
def test_35a_an_answer_never_shows_what_it_holds() -> None:
    scene = answer()
    inside = opened().inner
    assert inside is not None
    refused = scene.message(
        disclosure="exact", items=inside.items, grounds=inside.grounds, necessity=inside.necessity, inner_digest=None
    )
    assert_refused(scene, refused, ("3.5a", "vorm_onjuist", "/disclosure"))


@pytest.mark.rule("3.5a")
def test_35a_a_notification_is_exact() -> None:
    scene = notification()
    ceiling = answer().manifest
    refused = scene.message(
        disclosure="ceiling", items=ceiling.items, grounds=ceiling.grounds, inner_digest=ceiling.inner_digest
    )
    assert_refused(scene, refused, ("3.5a", "vorm_onjuist", "/disclosure"))
    assert refused.at(NOW).reasons() == refused.reasons()
