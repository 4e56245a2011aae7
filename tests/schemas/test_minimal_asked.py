"""What values tell besides themselves, and an answer that stays with what was asked."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.ids import Term
from schemas.minimal import check, consent_findings, cut, implied_categories
from schemas.strict import Json
from schemas.values import never_allowed
from tests.making import COLLEGE, HOUSE, PARTY, PERSON, a_ceiling, pack
from tests.schemas.test_minimal import MESSAGE, answered, exact, notified


@pytest.mark.parametrize(
    ("who", "value"),
    [
        ("dji", "forensische_zorg"),
        ("reclassering", "reclasseringstoezicht"),
        ("rvdk", "jeugdstrafzaak"),
        ("gecertificeerde_instelling", "jeugdreclassering"),
    ],
)
def test_a_kind_of_involvement_whose_category_may_not_go_is_in_no_list(who: str, value: str) -> None:
    assert "waarde_niet_in_lijst" in answered(who, {"/aard_betrokkenheid": [value]})
    own = pack().category["bericht"].by_name["aard_betrokkenheid"].values_by_capacity[Term(who)]
    assert answered(who, {"/aard_betrokkenheid": [str(own[0])]}) == []


@pytest.mark.parametrize(("who", "value"), [("college_bw", "schuldhulp"), ("dji", "detentie"), ("ggz", "behandeling")])
def test_of_a_relative_no_kind_of_involvement_goes(who: str, value: str) -> None:
    values: dict[str, Json] = {"/aard_betrokkenheid": [value]}
    item = exact("bericht", values, "I", origin=PARTY[who], subject_category="directe_relatie")
    codes = {finding.code for finding in check(pack(), "triage", "triageantwoord", item, values)}
    assert "veld_niet_hier" in codes
    assert "categorie_niet_toegestaan" in codes
    known: dict[str, Json] = {"/betrokkenheid": "actueel"}
    fine = exact("bericht", known, "I", origin=PARTY[who], subject_category="directe_relatie")
    assert check(pack(), "triage", "triageantwoord", fine, known) == []


def test_a_kind_of_involvement_that_tells_of_health_needs_consent() -> None:
    values: dict[str, Json] = {"/aard_betrokkenheid": ["behandeling"]}
    item = exact("bericht", values, "I", origin=PARTY["ggz"])
    assert implied_categories(pack(), item, values) == {"gezondheid"}
    assert [found.code for found in consent_findings(pack(), item, values, lifted=False)] == ["toestemming_ontbreekt"]
    assert consent_findings(pack(), item, values, lifted=True) == []


def _within(values: dict[str, Json], asked: Any = None, themes: Any = None) -> list[tuple[str, str]]:
    item = exact("bericht", values, "I", origin=COLLEGE)
    return [
        (found.path, found.code)
        for found in check(pack(), "triage", "triageantwoord", item, values, asked=asked, themes=themes)
    ]


def test_an_answer_stays_with_the_categories_that_were_asked() -> None:
    asked = {row.category for row in a_ceiling(COLLEGE, categories=["woonsituatie"]).items}
    housing: dict[str, Json] = {"/leefgebieden": ["huisvesting", "werk_en_opleiding"]}
    debts: dict[str, Json] = {"/leefgebieden": ["financien"]}
    assert _within(housing, asked) == []
    assert _within(debts, asked) == [("/leefgebieden", "niet_gevraagd")]
    assert _within(debts, None) == []
    assert _within({"/aard_betrokkenheid": ["schuldhulp"]}, asked) == [("/aard_betrokkenheid", "niet_gevraagd")]
    text: dict[str, Json] = {"/voorbehoud": "Grote schulden.", "/bevat_categorieen": ["financiele_gegevens"]}
    assert _within(text, asked) == [("/bevat_categorieen", "niet_gevraagd")]
    assert _within(text, {row.category for row in a_ceiling(COLLEGE).items}) == []


def test_an_answer_stays_with_the_themes_that_were_asked() -> None:
    themes = ["huisvesting"]
    assert _within({"/leefgebieden": ["huisvesting"]}, themes=themes) == []
    assert _within({"/leefgebieden": ["tijdsbesteding"]}, themes=themes) == [("/leefgebieden", "niet_gevraagd")]
    item = exact("bericht", {"/leefgebieden": []}, "I", origin=COLLEGE)
    ticked: dict[str, Json] = {"/leefgebieden": ["tijdsbesteding"]}
    assert cut(pack(), "triage", "triageantwoord", item, ticked, themes=themes) == {}


@pytest.mark.parametrize(("who", "codes"), [("ggz", ["categorie_niet_toegestaan"]), ("politie", [])])
def test_justice_is_asked_of_those_who_may_answer_it(who: str, codes: list[str]) -> None:
    values: dict[str, Json] = {"/leefgebieden": ["justitie"]}
    item = exact("bericht", values, "I", origin=HOUSE)
    found = check(pack(), "triage", "triagevraag", item, values, asked_of=who)
    assert [finding.code for finding in found] == codes


def test_a_notification_names_a_criterion() -> None:
    assert notified("bericht", MESSAGE | {"/criteria": []}) == [("/criteria", "waarde_leeg")]


@pytest.mark.parametrize(
    ("category", "rest", "path", "good", "members"),
    [
        (
            "politiegegevens_art8",
            {"/rol": "verdachte"},
            "/artikel20_besluit_ref",
            "besluit_1",
            {"origin": PARTY["politie"]},
        ),
        (
            "toezicht_handhaving",
            {"/soort": "overig"},
            "/directe_relatie_met",
            str(PERSON),
            {"origin": COLLEGE, "subject_category": "directe_relatie"},
        ),
    ],
)
def test_a_reference_holds_no_sentence(
    category: str, rest: dict[str, Json], path: str, good: str, members: dict[str, Any]
) -> None:
    for value, codes in (
        (good, []),
        ("drugspand, psychotisch", ["verwijzing_onjuist"]),
        ("bsn_123456782", ["bsn"]),
        (7, ["waarde_type"]),
    ):
        values: dict[str, Json] = rest | {path: value}
        item = exact(category, values, "I", **members)
        assert [found.code for found in check(pack(), "triage", "triageantwoord", item, values)] == codes


@pytest.mark.parametrize(
    "name", ["burgerservicenr", "sofinr", "persoonsnummer", "vreemdelingennummer", "Burger-Service-Nr"]
)
def test_numbers_of_persons_have_no_field(name: str) -> None:
    assert never_allowed(pack(), {name: "x"}) == "verboden_veld"
