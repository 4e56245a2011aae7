"""Texts and scores of the case meeting and after it: what they tell, who may write it, and what is left when cut."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.facts import HOUSE_FUNCTION
from schemas.ids import Address
from schemas.minimal import check, consent_findings, cut, implied_categories, longest_explanation
from schemas.strict import Json
from schemas.values import wrong_value
from tests.making import HOUSE, PARTY, pack
from tests.schemas.test_minimal import JSON, exact

COLLEGE, GGZ, POLICE, OM = PARTY["college_bw"], PARTY["ggz"], PARTY["politie"], PARTY["om"]
PICTURE: dict[str, Json] = {
    "/toestandsbeeld": [{"leefgebied": "financien", "score": 2, "tekst": "Drie schulden, geen regeling."}],
    "/bevat_categorieen": ["financiele_gegevens"],
}
PLAN: dict[str, Json] = {
    "/doel": "Rust in huis.",
    "/acties": [{"omschrijving": "Huisbezoek", "belegd_bij": "Gemeente Testdorp", "termijn": "2026-05"}],
    "/bevat_categorieen": [],
}
RESULT: dict[str, Json] = {
    "/resultaat": "De schulden zijn geregeld.",
    "/leefgebied_scores": [{"leefgebied": "financien", "begin": 2, "eind": 4}],
    "/bevat_categorieen": ["financiele_gegevens"],
}


def found(kind: str, values: dict[str, Json], origin: Address, phase: str = "casusoverleg") -> list[tuple[str, str]]:
    """What is wrong with an item about the message itself."""
    item = exact("bericht", values, "S", origin=origin)
    return [(one.path, one.code) for one in check(pack(), phase, kind, item, values)]


@pytest.mark.parametrize(
    ("phase", "kind", "values", "origin"),
    [
        ("casusoverleg", "inbreng", PICTURE, COLLEGE),
        ("casusoverleg", "plan_van_aanpak", PLAN | PICTURE, HOUSE),
        ("casusoverleg", "actie", {"/opdracht": "Bel eerst.", "/bevat_categorieen": []}, COLLEGE),
        ("afschaling", "inbreng", RESULT, COLLEGE),
    ],
)
def test_what_fits_passes(phase: str, kind: str, values: dict[str, Json], origin: Address) -> None:
    assert found(kind, values, origin, phase) == []


def test_texts_inside_objects_name_their_categories_too() -> None:
    silent = {path: value for path, value in PICTURE.items() if path != "/bevat_categorieen"}
    assert found("inbreng", silent, COLLEGE) == [("/bevat_categorieen", "categorieen_ontbreken")]
    item = exact("bericht", silent, "S", origin=COLLEGE)
    assert cut(pack(), "casusoverleg", "inbreng", item, silent) == {}
    scores: dict[str, Json] = {"/leefgebied_scores": RESULT["/leefgebied_scores"]}
    assert found("inbreng", scores, COLLEGE, "afschaling") == [], "numbers are no text"


def test_a_life_domain_inside_objects_tells_the_same_as_a_tick() -> None:
    health: dict[str, Json] = {
        "/toestandsbeeld": [{"leefgebied": "middelengebruik", "tekst": "Drinkt."}, "onzin", {"tekst": "Los."}],
        "/bevat_categorieen": [],
    }
    item = exact("bericht", health, "S", origin=GGZ)
    assert implied_categories(pack(), item, health) == {"gezondheid"}
    assert [one.code for one in consent_findings(pack(), item, health, lifted=False)] == ["toestemming_ontbreekt"]
    justice: dict[str, Json] = {
        "/toestandsbeeld": [{"leefgebied": "justitie", "tekst": "Loopt."}],
        "/bevat_categorieen": [],
    }
    assert found("inbreng", justice, GGZ) == [("/toestandsbeeld", "categorie_niet_toegestaan")]
    assert found("inbreng", justice, POLICE) == []
    asked = check(pack(), "casusoverleg", "inbreng", item, PICTURE, themes=["huisvesting"])
    assert ("/toestandsbeeld", "niet_gevraagd") in [(one.path, one.code) for one in asked]


@pytest.mark.parametrize(
    "category", ["politiegegevens_art8", "strafvorderlijke_gegevens", "tenuitvoerleggingsgegevens"]
)
def test_the_house_writes_nothing_that_one_source_alone_may_provide(category: str) -> None:
    """7.1: such data go as the item of their source, with its basis and marks, never in a text of the house."""
    values: dict[str, Json] = PLAN | {"/bevat_categorieen": [category]}
    assert HOUSE.function == HOUSE_FUNCTION
    assert found("plan_van_aanpak", values, HOUSE) == [("/bevat_categorieen", "categorie_niet_toegestaan")]
    fine: dict[str, Json] = PLAN | {"/bevat_categorieen": ["gezondheid", "woonsituatie", "medewerker_derde_gegevens"]}
    assert found("plan_van_aanpak", fine, HOUSE) == []


def test_a_plan_holds_no_judicial_data() -> None:
    values: dict[str, Json] = PLAN | {"/bevat_categorieen": ["justitiele_gegevens"]}
    assert found("plan_van_aanpak", values, OM) == [("/bevat_categorieen", "categorie_niet_toegestaan")]
    told: dict[str, Json] = PICTURE | {"/bevat_categorieen": ["justitiele_gegevens"]}
    assert ("/bevat_categorieen", "categorie_niet_toegestaan") not in found("inbreng", told, OM)
    assert ("/bevat_categorieen", "categorie_niet_toegestaan") in found("inbreng", told, COLLEGE)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/toestandsbeeld", [{"leefgebied": "financien"}], "waarde_onvolledig"),
        ("/toestandsbeeld", [{"leefgebied": "financien", "score": 0, "tekst": "x"}], "waarde_buiten_bereik"),
        ("/toestandsbeeld", [{"leefgebied": "financien", "score": 6, "tekst": "x"}], "waarde_buiten_bereik"),
        ("/toestandsbeeld", [{"leefgebied": "financien", "tekst": "x" * 501}], "waarde_te_lang"),
        ("/toestandsbeeld", [{"leefgebied": "geld", "tekst": "x"}], "waarde_niet_in_lijst"),
        ("/toestandsbeeld", [{"leefgebied": "financien", "tekst": "BSN 123456782"}], "bsn"),
        ("/acties", [{"omschrijving": "Bellen", "belegd_bij": "GGD", "wie": "x"}], "veld_onbekend"),
        ("/acties", [{"omschrijving": "Bellen"}], "waarde_onvolledig"),
        ("/acties", [{"omschrijving": "Bellen", "belegd_bij": "GGD"}] * 31, "waarde_te_lang"),
        ("/doel", "x" * 501, "waarde_te_lang"),
    ],
)
def test_each_text_has_its_end_and_each_object_its_parts(path: str, value: Json, code: str) -> None:
    assert (path, code) in found("plan_van_aanpak", PLAN | {path: value}, COLLEGE)


@pytest.mark.parametrize(
    ("kind", "phase", "path"),
    [
        ("inbreng", "casusoverleg", "/resultaat"),
        ("inbreng", "casusoverleg", "/leefgebied_scores"),
        ("inbreng", "afschaling", "/toestandsbeeld"),
        ("inbreng", "afschaling", "/leefgebieden"),
        ("actie", "casusoverleg", "/acties"),
        ("plan_van_aanpak", "casusoverleg", "/opdracht"),
        ("actie", "triage", "/opdracht"),
    ],
)
def test_a_text_goes_in_its_own_kind_and_phase_only(kind: str, phase: str, path: str) -> None:
    values: dict[str, Json] = {
        **PICTURE,
        **PLAN,
        **RESULT,
        "/opdracht": "Bel eerst.",
        "/leefgebieden": ["tijdsbesteding"],
    }
    one: dict[str, Json] = {path: values[path]}
    codes = [code for place, code in found(kind, one, COLLEGE, phase) if place == path]
    assert set(codes) & {"veld_niet_hier", "veld_boven_niveau"}


def test_the_explanation_is_as_long_as_the_longest_text() -> None:
    assert {longest_explanation(pack(), kind) for kind in ("inbreng", "plan_van_aanpak", "actie")} == {500}


def test_a_member_of_an_object_may_be_absent_only_where_the_pack_says_so() -> None:
    field = pack().category["bericht"].by_name["acties"]
    assert {part.name for part in field.parts if part.optional} == {"conditie", "termijn"}
    assert wrong_value(field, []) is None
    assert wrong_value(field, [{"omschrijving": "Bellen", "belegd_bij": "GGD", "conditie": "na akkoord"}]) is None


@given(
    st.sampled_from([("casusoverleg", "inbreng"), ("casusoverleg", "plan_van_aanpak"), ("afschaling", "inbreng")]),
    st.sampled_from([HOUSE, COLLEGE, POLICE]),
    st.dictionaries(
        st.sampled_from(["/toestandsbeeld", "/acties", "/leefgebied_scores", "/bevat_categorieen", "/resultaat"]),
        st.one_of(JSON, st.lists(st.fixed_dictionaries({"leefgebied": JSON}, optional={"tekst": JSON}), max_size=3)),
        max_size=4,
    ),
)
def test_any_json_gets_findings_and_what_is_cut_passes(
    place: tuple[str, str], origin: Address, values: dict[str, Any]
) -> None:
    phase, kind = place
    item = exact("bericht", dict.fromkeys(["/doel", *values], ""), "S", origin=origin)
    check(pack(), phase, kind, item, values)
    kept = cut(pack(), phase, kind, item, values)
    assert kept.items() <= values.items()
    assert {one.code for one in check(pack(), phase, kind, item, kept)} <= {"veld_ontbreekt"}
    implied_categories(pack(), item, values)
