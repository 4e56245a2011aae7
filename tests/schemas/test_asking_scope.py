"""What may be asked of whom, and the ceilings that are made of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schemas.asking_scope import AskingError, ceiling_for, exact_ground, first_necessity, may_ask
from schemas.content import CeilingGround, TaskRef
from schemas.ids import Term
from tests.making import (
    CONSENT,
    CONTACT,
    DECREE,
    MELDER,
    NOW,
    PARTY,
    PERSON,
    RELATIVE,
    a_ceiling,
    a_question,
    case_fact,
    facts_for,
    pack,
    party_fact,
)
from tests.schemas.scenes import Scene

CAN_BE_ASKED = sorted(set(PARTY) - {"geen_grondslag"})


@pytest.mark.parametrize("who", CAN_BE_ASKED)
@pytest.mark.parametrize("purpose", ["eerste_beeld", "relevante_partijen"])
def test_whatever_may_be_asked_makes_a_question_that_goes(who: str, purpose: str) -> None:
    question = a_question(PARTY[who], purpose=purpose, ceiling=a_ceiling(PARTY[who], purpose=purpose))
    facts = facts_for(question, case_fact(asked=[PARTY[who]]))
    assert Scene(question, facts).reasons() == []


@pytest.mark.parametrize("who", CAN_BE_ASKED)
def test_an_answer_is_indications_only(who: str) -> None:
    rows = may_ask(pack(), who, "triage", "eerste_beeld")
    assert {row.level for row in rows} == {"I"}
    assert {row.category for row in rows} >= {"bericht"}
    assert not {row.category for row in rows} & {
        "personalia",
        "adresgegevens",
        "contactgegevens",
        "justitiele_gegevens",
    }


@pytest.mark.parametrize(
    ("who", "phase", "purpose"),
    [
        ("geen_grondslag", "triage", "eerste_beeld"),
        ("woningcorporatie", "triage", "eerste_beeld"),
        ("ggz", "triage", "monitoring"),
        ("ggz", "triage", "handig"),
        ("ggz", "aanmelding", "eerste_beeld"),
        ("ggz", "triage", "toebedelen"),
    ],
)
def test_nothing_may_be_asked(who: str, phase: str, purpose: str) -> None:
    assert may_ask(pack(), who, phase, purpose) == ()


def test_police_data_are_asked_of_the_police_alone() -> None:
    askers = [
        w for w in CAN_BE_ASKED if any("politie" in r.category for r in may_ask(pack(), w, "triage", "routering"))
    ]
    assert askers == ["politie"]


def test_consent_is_shown_where_it_is_needed() -> None:
    college = {str(row.category): row.consent for row in may_ask(pack(), "college_bw", "triage", "eerste_beeld")}
    assert college["gezondheid"]
    assert not college["woonsituatie"]
    assert all(row.consent for row in may_ask(pack(), "ggz", "triage", "eerste_beeld"))


def test_a_ceiling_of_some_categories() -> None:
    ceiling = a_ceiling(PARTY["ggd"], categories={"woonsituatie"}, contact=None)
    assert [item.category for item in ceiling.items] == ["woonsituatie", "bericht"]
    assert ceiling.necessity.code == first_necessity(pack(), "triage")


def test_a_ceiling_names_the_contact_person_apart() -> None:
    ceiling = a_ceiling(PARTY["ggd"])
    subjects = {item.subject_category: item.subject for item in ceiling.items}
    assert subjects == {"betrokkene": PERSON, "medewerker_hulpverlening": CONTACT}


def test_a_ceiling_about_a_relative_is_narrower() -> None:
    ceiling = a_ceiling(PARTY["politie"], subject=RELATIVE, subject_category=Term("directe_relatie"), contact=None)
    assert {item.category for item in ceiling.items} == {
        "toezicht_handhaving",
        "politiegegevens_art8",
        "politiegegevens_art13",
        "bericht",
    }


def test_a_ceiling_has_a_ground_for_each_basis() -> None:
    ceiling = a_ceiling(PARTY["om"])
    by_category = {str(item.category): ceiling.grounds[item.ground].basis for item in ceiling.items}
    assert by_category["tenuitvoerleggingsgegevens"] == "wjsg_51c"
    assert by_category["bericht"] == "wjsg_39f"


def test_a_ceiling_of_the_police_names_their_decree() -> None:
    assert {ground.decree for ground in a_ceiling(PARTY["politie"]).grounds} == {DECREE.id}


def test_nothing_left_to_ask() -> None:
    with pytest.raises(AskingError):
        a_ceiling(PARTY["geen_grondslag"])
    with pytest.raises(AskingError):
        first_necessity(pack(), "vernietigd")
    with pytest.raises(AskingError):
        ceiling_for(
            pack(),
            party_fact(PARTY["ggz"]),
            subject=PERSON,
            subject_category=Term("medewerker_derde"),
            acting_for=MELDER,
            task=Term("wmo_2_3_1_2_3_5"),
            expires=NOW + timedelta(days=1),
            now=NOW,
        )


def test_a_sealed_ground_bears_the_mark_of_its_regime() -> None:
    task = TaskRef(of=MELDER, code=Term("wmo_2_3_1_2_3_5"))
    police = exact_ground(pack(), CeilingGround(basis=Term("wpg_20"), task=task, decree=DECREE.id))
    assert police.conditions == ("wpg7_geheimhouding",)
    care = exact_ground(pack(), CeilingGround(basis=Term("avg_6_1_e"), task=task), consent=CONSENT)
    assert (care.conditions, care.consent) == ((), CONSENT)
    assert exact_ground(pack(), CeilingGround(basis=Term("onbekend"), task=task)).conditions == ()
