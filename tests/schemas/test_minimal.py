"""Values against their fields, at both ends: what is found, and what is left when it is cut."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.content import CeilingItem, Item
from schemas.ids import Term
from schemas.minimal import check, consent_findings, cut, implied_categories
from schemas.pack_rows import FieldPart, FieldRow, Label
from schemas.strict import Json
from schemas.values import leaves, names, never_allowed, wrong_value
from tests.conftest import examples
from tests.making import HOUSE, MELDER, PARTY, PERSON, changed, item_of, pack

PERSONAL: dict[str, Json] = {
    "/geslachtsnaam": "Voorbeeld",
    "/voornamen": "Anna Maria",
    "/geboortedatum": "1980-02",
}
ADDRESS: dict[str, Json] = {"/straat": "Dorpsstraat", "/huisnummer": 12, "/postcode": "9401AB", "/woonplaats": "Assen"}
MESSAGE: dict[str, Json] = {
    "/aanleiding": "Overlast en schulden.",
    "/gewenst_resultaat": "Rust.",
    "/onderbouwing": "Meer leefgebieden.",
    "/criteria": ["lk_meervoudig"],
    "/bevat_categorieen": ["financiele_gegevens"],
}


def exact(category: str, values: dict[str, Json], level: str = "S", **members: Any) -> Item:
    """An item that names exactly these values; names that are no path are left out."""
    fields = [path[1:] for path in values if path[1:].islower()]
    return Item.model_validate(item_of(category, fields, level, members.pop("origin", MELDER), **members))


def notified(category: str, values: dict[str, Json], level: str = "S", **members: Any) -> list[tuple[str, str]]:
    """What is wrong with an item of a notification."""
    item = exact(category, values, level, **members)
    return [(found.path, found.code) for found in check(pack(), "aanmelding", "aanmelding", item, values)]


@pytest.mark.parametrize(
    ("category", "values", "level"),
    [
        ("personalia", PERSONAL, "S"),
        ("adresgegevens", ADDRESS, "S"),
        ("bericht", MESSAGE, "S"),
        ("woonsituatie", {"/woonvorm": "huur", "/dreigende_uithuiszetting": "ja"}, "I"),
        ("relaties", {"/aantal": 0, "/minderjarigen_aanwezig": "nee"}, "I"),
    ],
)
def test_what_fits_passes(category: str, values: dict[str, Json], level: str) -> None:
    assert notified(category, values, level) == []


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/geslachtsnaam", 7, "waarde_type"),
        ("/geslachtsnaam", "  ", "waarde_leeg"),
        ("/geslachtsnaam", "A" * 201, "waarde_te_lang"),
        ("/geslachtsnaam", "Jan\u0000", "waarde_tekens"),
        ("/geslachtsnaam", "Jan\u202egnik", "waarde_tekens"),
        ("/geslachtsnaam", "Jan 123456782", "bsn"),
        ("/geboortedatum", "1980-13", "dag_onjuist"),
        ("/geboortedatum", "1980-02-30", "dag_onjuist"),
        ("/geboortedatum", "0000", "dag_onjuist"),
        ("/geboortedatum", "02-1980", "dag_onjuist"),
        ("/geboortedatum", "123456782", "bsn"),
        ("/geboortedatum", 1980, "waarde_type"),
        ("/geboortedatum", None, "waarde_type"),
        ("/geslachtsnaam", ["Jan"], "waarde_type"),
    ],
)
def test_values_of_personal_details(path: str, value: Json, code: str) -> None:
    assert notified("personalia", PERSONAL | {path: value}) == [(path, code)]


@pytest.mark.parametrize("value", ["1980", "1980-02", "1980-02-29"])
def test_a_date_may_be_less_precise(value: str) -> None:
    assert notified("personalia", PERSONAL | {"/geboortedatum": value}) == []


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/huisnummer", "12", "waarde_type"),
        ("/huisnummer", True, "waarde_type"),
        ("/huisnummer", 0, "waarde_buiten_bereik"),
        ("/huisnummer", 100000, "waarde_buiten_bereik"),
        ("/huisnummer", 123456782, "bsn"),
        ("/postcode", "9401 AB", "postcode_onjuist"),
        ("/postcode", "0401AB", "postcode_onjuist"),
        ("/postcode", 9401, "waarde_type"),
    ],
)
def test_values_of_an_address(path: str, value: Json, code: str) -> None:
    assert notified("adresgegevens", ADDRESS | {path: value}) == [(path, code)]


def test_a_secret_address_is_not_given() -> None:
    assert notified("adresgegevens", {"/geheim": True}) == []
    assert notified("adresgegevens", {"/geheim": False} | ADDRESS) == []
    wrong = notified("adresgegevens", {"/geheim": True, "/woonplaats": "Assen"})
    assert wrong == [("/woonplaats", "adres_geheim")]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/criteria", ["lk_anders"], "waarde_niet_in_lijst"),
        ("/criteria", ["lk_meervoudig", "lk_meervoudig"], "waarde_dubbel"),
        ("/criteria", "lk_meervoudig", "waarde_type"),
        ("/criteria", [1], "waarde_type"),
        ("/aanleiding", "x" * 501, "waarde_te_lang"),
        ("/aanleiding", "Zijn nummer is 123.456.782", "bsn"),
        ("/bevat_categorieen", ["contactgegevens"], "categorie_niet_toegestaan"),
        ("/bevat_categorieen", ["politiegegevens_art8"], "categorie_niet_toegestaan"),
        ("/leefgebieden", ["justitie"], "categorie_niet_toegestaan"),
    ],
)
def test_values_of_the_message(path: str, value: Json, code: str) -> None:
    assert notified("bericht", MESSAGE | {path: value}) == [(path, code)]


@pytest.mark.parametrize("domain", ["financien", "huisvesting", "werk_en_opleiding", "geestelijke_gezondheid"])
def test_a_tick_is_a_provision_that_must_be_allowed(domain: str) -> None:
    assert notified("bericht", MESSAGE | {"/leefgebieden": [domain]}) == []


def test_a_text_names_the_categories_in_it() -> None:
    silent = {path: value for path, value in MESSAGE.items() if path != "/bevat_categorieen"}
    assert notified("bericht", silent) == [("/bevat_categorieen", "categorieen_ontbreken")]
    assert notified("bericht", {"/criteria": ["lk_systeem"]}) == []
    assert notified("bericht", MESSAGE | {"/bevat_categorieen": []}) == []


def test_staff_may_be_named_in_a_text() -> None:
    assert notified("bericht", MESSAGE | {"/bevat_categorieen": ["medewerker_hulpverlening_gegevens"]}) == []


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/bsn", "123456782", "verboden_veld"),
        ("/Burgerservicenummer", "x", "verboden_veld"),
        ("/kleur", "rood", "veld_onbekend"),
        ("geslachtsnaam", "Voorbeeld", "veld_onbekend"),
        ("", "", "veld_onbekend"),
    ],
)
def test_only_fields_of_the_category(path: str, value: Json, code: str) -> None:
    item = exact("personalia", PERSONAL)
    found = check(pack(), "aanmelding", "aanmelding", item, PERSONAL | {path: value})
    assert code in {finding.code for finding in found}
    assert all(str(value) not in str(finding.path) for finding in found if value)


def test_a_field_of_another_level_phase_or_kind() -> None:
    assert notified("woonsituatie", {"/toelichting": "klein"}, "I") == [("/toelichting", "veld_boven_niveau")]
    assert notified("contactgegevens", {"/emailadres": "a@b.example"}) == [("/emailadres", "niet_in_deze_fase")]
    assert notified("bericht", {"/betrokkenheid": "actueel"}) == [("/betrokkenheid", "veld_niet_hier")]
    assert notified("hobbys", {"/naam": "vissen"}) == [("/naam", "veld_onbekend")]


def test_an_unknown_field_that_holds_a_number_says_both() -> None:
    item = exact("personalia", PERSONAL)
    found = check(pack(), "aanmelding", "aanmelding", item, PERSONAL | {"/opmerking": {"bsn": ["123456782"]}})
    assert [finding.code for finding in found] == ["veld_onbekend", "bsn"]


def test_exactly_the_values_that_are_named() -> None:
    item = exact("personalia", PERSONAL)
    more = check(pack(), "aanmelding", "aanmelding", item, PERSONAL | {"/voorvoegsel": "van"})
    assert [(finding.path, finding.code) for finding in more] == [("/voorvoegsel", "veld_niet_genoemd")]
    less = check(pack(), "aanmelding", "aanmelding", item, {"/geslachtsnaam": "Voorbeeld"})
    assert {(finding.path, finding.code) for finding in less} == {
        ("/voornamen", "veld_ontbreekt"),
        ("/geboortedatum", "veld_ontbreekt"),
    }


def ceiling(category: str, *fields: str, **members: Any) -> CeilingItem:
    """An item of a question's ceiling."""
    whole: dict[str, Any] = {
        "subject": PERSON,
        "subject_category": "betrokkene",
        "category": category,
        "level": "I",
        "regime": "avg",
        "ground": 0,
        "fields": [f"/{name}" for name in fields],
    }
    return CeilingItem.model_validate(whole | members)


def test_under_a_ceiling_less_is_fine_and_more_is_not() -> None:
    item = ceiling("woonsituatie", "woonvorm", "dreigende_uithuiszetting")
    assert check(pack(), "triage", "triageantwoord", item, {"/woonvorm": "koop"}) == []
    found = check(
        pack(), "triage", "triageantwoord", ceiling("woonsituatie", "woonvorm"), {"/dreigende_uithuiszetting": "ja"}
    )
    assert [finding.code for finding in found] == ["veld_niet_genoemd"]


def test_a_relative_under_supervision_is_related_to_somebody() -> None:
    item = ceiling("toezicht_handhaving", "soort", "directe_relatie_met", subject_category="directe_relatie")
    values: dict[str, Json] = {"/soort": "huisverbod"}
    found = check(pack(), "triage", "triageantwoord", item, values)
    assert [(finding.path, finding.code) for finding in found] == [("/directe_relatie_met", "veld_vereist")]
    assert cut(pack(), "triage", "triageantwoord", item, values) == {}
    assert check(pack(), "triage", "triageantwoord", item, values | {"/directe_relatie_met": str(PERSON)}) == []


def answered(who: str, values: dict[str, Json]) -> list[str]:
    """What is wrong with the message's own fields in an answer."""
    item = exact("bericht", values, "I", origin=PARTY[who])
    return [finding.code for finding in check(pack(), "triage", "triageantwoord", item, values)]


@pytest.mark.parametrize("who", ["politie", "om", "dji"])
def test_who_may_tick_justice(who: str) -> None:
    assert answered(who, {"/leefgebieden": ["justitie"]}) == []


@pytest.mark.parametrize("who", ["college_bw", "ggz", "reclassering"])
def test_nobody_else_ticks_justice(who: str) -> None:
    assert answered(who, {"/leefgebieden": ["justitie"]}) == ["categorie_niet_toegestaan"]


def test_the_police_do_not_tick_health() -> None:
    assert answered("politie", {"/leefgebieden": ["geestelijke_gezondheid"]}) == ["categorie_niet_toegestaan"]
    assert answered("ggz", {"/leefgebieden": ["geestelijke_gezondheid"]}) == []


def test_each_capacity_has_its_own_kinds_of_involvement() -> None:
    assert answered("ggz", {"/aard_betrokkenheid": ["behandeling"]}) == []
    assert answered("ggz", {"/aard_betrokkenheid": ["raadsonderzoek"]}) == ["waarde_niet_in_lijst"]


def test_a_question_may_name_any_theme() -> None:
    values: dict[str, Json] = {"/leefgebieden": ["justitie", "financien", "middelengebruik"]}
    item = exact("bericht", values, "I", origin=HOUSE)
    assert check(pack(), "triage", "triagevraag", item, values) == []


def test_a_mark_is_true() -> None:
    item = exact("politiegegevens_art8", {"/wpg7_geheimhouding": True}, "I", origin=PARTY["politie"])
    assert check(pack(), "triage", "triageantwoord", item, {"/wpg7_geheimhouding": True}) == []
    found = check(pack(), "triage", "triageantwoord", item, {"/wpg7_geheimhouding": False})
    assert [finding.code for finding in found] == ["waarde_niet_in_lijst"]
    other = check(pack(), "triage", "triageantwoord", item, {"/wpg7_geheimhouding": "ja"})
    assert [finding.code for finding in other] == ["waarde_type"]


def test_cut_leaves_what_may_go() -> None:
    item = ceiling("woonsituatie", "woonvorm", "dreigende_uithuiszetting", "toelichting")
    values: dict[str, Json] = {
        "/woonvorm": "huur",
        "/dreigende_uithuiszetting": "misschien",
        "/toelichting": "in de Dorpsstraat",
        "/bsn": "123456782",
        "/kleur": "rood",
    }
    assert cut(pack(), "triage", "triageantwoord", item, values) == {"/woonvorm": "huur"}
    assert cut(pack(), "triage", "triageantwoord", item, {}) == {}


def test_cut_takes_texts_that_do_not_say_what_is_in_them() -> None:
    item = exact("bericht", MESSAGE)
    silent = {path: value for path, value in MESSAGE.items() if path != "/bevat_categorieen"}
    assert cut(pack(), "aanmelding", "aanmelding", item, silent) == {"/criteria": ["lk_meervoudig"]}
    assert cut(pack(), "aanmelding", "aanmelding", item, MESSAGE) == MESSAGE


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["huur", "123456782", "justitie"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PATHS = st.sampled_from(
    ["/woonvorm", "/leefgebieden", "/bevat_categorieen", "/voorbehoud", "/geheim", "/bsn"]
) | st.text(max_size=12)


@settings(max_examples=examples(300), deadline=None)
@given(
    st.sampled_from(["woonsituatie", "bericht", "adresgegevens", "relaties", "hobbys"]),
    st.dictionaries(PATHS, JSON, max_size=4),
    st.booleans(),
)
def test_any_json_gets_findings_and_what_is_cut_passes(category: str, values: dict[str, Json], under: bool) -> None:
    names_ = ("woonvorm", "leefgebieden", "bevat_categorieen", "voorbehoud", "geheim")
    item = ceiling(category, *names_) if under else exact(category, {f"/{name}": "" for name in names_}, "I")
    check(pack(), "triage", "triageantwoord", item, values)
    kept = cut(pack(), "triage", "triageantwoord", item, values)
    assert kept.items() <= values.items()
    left = check(pack(), "triage", "triageantwoord", item, kept)
    assert {finding.code for finding in left} <= {"veld_ontbreekt"}


def test_objects_have_the_parts_of_their_field() -> None:
    field = pack().category["relaties"].by_name["relatie"]
    parent: Json = {"ref": str(PERSON), "soort": "ouder"}
    assert wrong_value(field, [parent]) is None
    assert wrong_value(field, [{"ref": str(PERSON), "kleur": "rood"}]) == "veld_onbekend"
    assert wrong_value(field, [{"soort": "buurman"}]) == "waarde_niet_in_lijst"
    assert wrong_value(field, ["ouder"]) == "waarde_type"
    assert wrong_value(field, "ouder") == "waarde_type"
    assert wrong_value(field, [parent] * 61) == "waarde_te_lang"
    part = FieldPart(name=Term("in"), label=Label(nl="in", en="in"), type="objects")
    assert wrong_value(part, [{}]) is None
    assert wrong_value(part, [{"x": 1}]) == "veld_onbekend"


def test_day_and_list_limits() -> None:
    day = FieldRow(article="1", name=Term("dag"), label=Label(nl="dag", en="day"), type="day", level="S")
    assert wrong_value(day, "2026-03-10") is None
    assert wrong_value(day, "2026-03") == "dag_onjuist"
    some = changed(day, type="enum_list", values=("a", "b"), max=1)
    assert wrong_value(some, ["a", "b"]) == "waarde_te_lang"
    one = changed(day, type="enum", values=("a",))
    assert (wrong_value(one, "a"), wrong_value(one, "b"), wrong_value(one, 1)) == (
        None,
        "waarde_niet_in_lijst",
        "waarde_type",
    )
    yes = changed(day, type="boolean")
    assert (wrong_value(yes, False), wrong_value(yes, 0)) == (None, "waarde_type")
    number = changed(day, type="integer")
    assert (wrong_value(number, 5), wrong_value(number, -1)) == (None, "waarde_buiten_bereik")


def test_what_is_inside_a_value() -> None:
    value: Json = {"a": [1, {"b": "twee"}, None, True], "c": {"d": "drie"}}
    assert list(leaves(value)) == ["1", "twee", "drie"]
    assert list(names(value)) == ["a", "c", "b", "d"]
    assert never_allowed(pack(), {"sofi_nummer": 1}) == "verboden_veld"
    assert never_allowed(pack(), value) is None
    assert never_allowed(pack(), "123456782", dated=True) is None


def test_what_a_message_tells_beside_its_items() -> None:
    item = exact("bericht", {"/leefgebieden": []}, "I", origin=PARTY["politie"])
    values: dict[str, Json] = {
        "/leefgebieden": ["justitie", "middelengebruik", "onzin"],
        "/bevat_categorieen": ["woonsituatie", "onzin", 3],
    }
    assert implied_categories(pack(), item, values) == {
        "gezondheid",
        "politiegegevens_art8",
        "politiegegevens_art13",
        "woonsituatie",
    }
    assert implied_categories(pack(), item, {}) == frozenset()
    college = exact("bericht", {"/leefgebieden": []}, "I", origin=PARTY["college_bw"])
    assert implied_categories(pack(), college, {"/leefgebieden": ["justitie"]}) == frozenset()


def test_a_tick_that_tells_of_health_needs_consent() -> None:
    item = exact("bericht", {"/leefgebieden": []}, "I", origin=PARTY["college_bw"])
    ticked: dict[str, Json] = {"/leefgebieden": ["middelengebruik"]}
    found = consent_findings(pack(), item, ticked, lifted=False)
    assert [(finding.path, finding.code) for finding in found] == [("/leefgebieden", "toestemming_ontbreekt")]
    assert consent_findings(pack(), item, ticked, lifted=True) == []
    assert consent_findings(pack(), item, {"/leefgebieden": ["financien"]}, lifted=False) == []
