"""What goes, looked at closely: form, fields, what a message must say, outcomes, permissions and questions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from schemas.acts import Question, Receipt
from schemas.facts import PermissionFact
from schemas.ids import Address, Term
from schemas.policy import RULES, Refused
from schemas.rules.reason import CAUSES, Rule, because, decides, decides_act, decides_item
from tests.making import (
    COLLEGE,
    CONTACT,
    HOUSE,
    MELDER,
    NOW,
    PERSON,
    RELATIVE,
    address,
    field_digests,
    item_of,
    pack,
    reference,
)
from tests.schemas.scene import Scene, assert_refused
from tests.schemas.scenes import answer, ceiling_of, informed, notification, opened, question, start
from tests.schemas.scenes_life import PERMITTED, permission, permitted
from tests.schemas.scenes_meeting import GGZ, POLICE, contribution, from_police, passed_on

STRANGER = address(7, "woningcorporatie")


def codes(scene: Scene) -> set[str]:
    """The codes of the reasons; none where it is allowed."""
    return {code for _, code, _ in scene.reasons()}


def places(scene: Scene, wanted: str) -> list[str]:
    """Where this code is given."""
    return [place for _, code, place in scene.reasons() if code == wanted]


# form


@pytest.mark.parametrize("name", ["grounds", "disclosure"])
def test_35a_a_kind_without_data_holds_nothing_of_what_goes_with_data(name: str) -> None:
    value = getattr(notification().manifest, name)
    refused = informed().message(**{name: value})
    assert_refused(informed(), refused, ("3.5a", "items_niet_toegestaan", "/items"))


def test_92_what_holds_nothing_is_refused_for_that_alone() -> None:
    assert codes(notification().message(items=())) == {"items_ontbreken"}


def test_92_the_criteria_stand_in_the_message_itself() -> None:
    scene = notification()
    assert_refused(scene, scene.message(**{"items.2.category": "relaties"}), ("9.2", "bericht_onvolledig", "/items"))


def test_92_under_a_ceiling_a_message_need_not_say_all_that_it_could() -> None:
    scene = answer()
    bare = scene.message(items=tuple(item for item in scene.manifest.items if item.category != "bericht"))
    assert "bericht_onvolledig" not in codes(bare)


def test_35a_two_items_of_a_category_are_two_items() -> None:
    scene = contribution()
    second = scene.manifest.exact_items[0].model_dump() | {"item": reference("nog een")}
    second |= {"origin": {"party": COLLEGE, "item": reference("nog een")}}
    both = scene.message(items=(*scene.manifest.items, second))
    assert_refused(both, both.message(**{"items.1.item": scene.manifest.exact_items[0].item}), ITEM_TWICE)


ITEM_TWICE = ("3.5a", "item_dubbel", "/items/1")


def test_35a_a_ceiling_says_a_category_once_of_each_person() -> None:
    scene = question()
    ceiling = ceiling_of(scene)
    first, last = ceiling.items[0], len(ceiling.items)
    for who, expected in ((PERSON, [f"/act/ceiling/items/{last}"]), (RELATIVE, [])):
        more = (*ceiling.items, first.model_copy(update={"subject": who}))
        found = scene.message(**{"act.ceiling": ceiling.model_copy(update={"items": more})})
        assert places(found, "item_dubbel") == expected


# fields


def told(level: str, *names: str) -> Scene:
    """A notification that tells of housing too: there at most level I, of which ``woonvorm`` is a field."""
    item = item_of("woonsituatie", names, level, MELDER)
    return notification().message(items=(*notification().manifest.items, item))


def test_35a_a_field_is_not_blamed_for_the_level_of_its_item() -> None:
    assert told("I", "woonvorm").reasons() == []
    assert codes(told("S", "woonvorm", "aantal_personen_huishouden")) == {"niveau_te_hoog"}
    assert codes(told("D", "woonvorm", "aantal_personen_huishouden", "toelichting")) == {"niveau_te_hoog"}


def test_35a_nor_the_level_of_its_item_for_a_field() -> None:
    assert places(told("B", "woonvorm"), "veld_boven_niveau") == ["/items/3/fields/0/path"]
    assert codes(told("I", "aantal_personen_huishouden")) == {"veld_boven_niveau"}


def test_35a_nor_where_nothing_of_its_category_may_go() -> None:
    item = item_of("woonsituatie", ("woonvorm",), "I", MELDER)
    scene = notification().message(items=(*notification().manifest.items, item))
    row = ("aanmelding", "aanmelding", "woonsituatie", "betrokkene")
    if row in pack().ceiling:
        rows = tuple(each for each in scene.pack.ceilings if each.category != "woonsituatie")
        scene = scene.under(ceilings=rows)
    assert "niet_in_deze_fase" in codes(scene)
    assert "veld_niet_hier" not in codes(scene)


def test_35a_a_field_under_a_ceiling_stands_at_its_own_place() -> None:
    scene = question().message(**{"act.ceiling.items.0.fields": ("/iets_anders",)})
    assert places(scene, "veld_onbekend") == ["/act/ceiling/items/0/fields/0"]


def test_b42_what_is_required_may_be_all_there_is() -> None:
    (category, who), must = next(iter(pack().required_fields.items()))
    item = item_of(category, [path[1:] for path in must], "I", COLLEGE, subject=RELATIVE, subject_category=who)
    scene = contribution(items=(item,))
    assert "veld_vereist" not in codes(scene)
    assert "veld_vereist" in codes(scene.message(**{"items.0.fields": field_digests(["iets_anders"])}))


def test_42_what_nobody_knows_nobody_provides() -> None:
    scene = contribution().message(**{"items.0.category": "iets_anders"})
    assert "categorie_onbekend" in codes(scene)
    assert "mag_niet_verstrekken" not in codes(scene)


def test_35a_what_only_some_may_tell_is_not_told_by_nobody() -> None:
    names = ("rol", "thema")
    item = item_of("politiegegevens_art8", names, "I", POLICE) | {
        "origin": {"party": HOUSE, "item": reference("niemand")}
    }
    scene = notification().message(items=(*notification().manifest.items, item)).known(case=None)
    assert ("3.5a", "niet_van_deze_melder", "/items/3/category") in scene.reasons()


# outcomes


def test_72a_an_outcome_that_nobody_knows_tells_of_secrecy_too() -> None:
    assert {"uitkomst_onbekend", "uitkomst_verraadt"} <= codes(opened("ggz").sealed(outcome="iets"))


def test_72a_every_ground_of_who_is_known_names_what_lifts_the_secrecy() -> None:
    scene = opened("ggz")
    assert scene.inner is not None
    bare = scene.inner.grounds[0].model_copy(update={"consent": None})
    both = scene.sealed(grounds=(*scene.inner.grounds, bare))
    assert ("7.2a", "bekend_zonder_toestemming", "/outcome") in both.reasons()


# permissions


def allowed_to_pass_on(scene: Scene, provider: Address, holder: Address) -> Scene:
    """The message names a permission of the provider for just its first item, and that is on record."""
    item = scene.manifest.exact_items[0]
    fact = PermissionFact(
        id=PERMITTED,
        provider=provider,
        subject=item.subject,
        subject_category=item.subject_category,
        categories=(item.category,),
        holder=holder,
        phase=scene.manifest.phase or Term("triage"),
        purpose=scene.manifest.purpose or Term("eerste_beeld"),
        until=NOW + timedelta(days=9),
    )
    return scene.message(**{"grounds.0.permission": PERMITTED}).known(permissions=(fact.model_dump(),))


def test_71_only_data_under_secrecy_go_on_by_a_permission() -> None:
    scene = passed_on(GGZ, (HOUSE, POLICE))
    named = allowed_to_pass_on(scene, COLLEGE, GGZ)
    reason = ("7.1", "toestemming_politie_onbekend", "/grounds/0/permission")
    assert_refused(scene, named, reason)
    assert "akkoord_ontbreekt" in codes(named.known(agreements=()))


def test_71_the_police_need_no_permission_for_their_own_data() -> None:
    scene = from_police()
    named = allowed_to_pass_on(scene, POLICE, POLICE)
    assert_refused(scene, named, ("7.1", "toestemming_politie_onbekend", "/grounds/0/permission"))


def test_71_a_permission_about_data_of_a_stranger_is_unknown() -> None:
    scene = permitted()
    last = len(scene.manifest.items) - 1
    found = codes(scene.message(**{f"items.{last}.origin.party": STRANGER}))
    assert {"herkomst_onbekend", "toestemming_politie_onbekend"} <= found


def test_71_what_nobody_knows_the_police_do_not_allow() -> None:
    found = codes(permission().message(**{"act.categories": ("iets_anders",)}))
    assert "categorie_onbekend" in found
    assert "mag_niet_verstrekken" not in found


# phases


def test_34_a_phase_that_is_not_named_is_not_unknown_too() -> None:
    assert codes(start().message(phase=None)) >= {"fase_ontbreekt"}
    assert "fase_onbekend" not in codes(start().message(phase=None))


def test_34_outside_a_case_no_phase_is_the_wrong_one() -> None:
    found = codes(question().known(case=None))
    assert "casus_onbekend" in found
    assert "fase_onjuist" not in found
    assert "geen_deelnemer" not in found


# questions


def test_119_staff_in_a_question_make_no_second_person() -> None:
    scene = question()
    staff = item_of("personalia", ("geslachtsnaam",), "B", MELDER, subject=CONTACT, item=reference("medewerker"))
    for name in pack().staff:
        more = scene.message(items=(*scene.manifest.items, staff | {"subject_category": name}))
        assert "een_persoon" not in codes(more)
    other = scene.message(items=(*scene.manifest.items, staff | {"subject_category": "directe_relatie"}))
    assert "een_persoon" in codes(other)
    assert "niets_te_antwoorden" not in codes(other)


def test_72a_what_has_no_answer_is_not_answered_for_long() -> None:
    scene = question()
    rows = tuple(row for row in scene.pack.kinds if row.id != "triageantwoord")
    assert isinstance(scene.manifest.act, Question)
    at = scene.manifest.act.answer_at
    soon = scene.message(**{"act.ceiling.expires": at + timedelta(seconds=1)})
    reason = ("11.1", "antwoord_te_lang_geldig", "/act/ceiling/expires")
    assert_refused(soon, soon.under(kinds=rows), reason)


# replies


def test_72a_a_question_without_a_moment_is_answered_at_any() -> None:
    found = codes(answer().known(**{"thread.answer_at": None}))
    assert not {"te_vroeg", "te_laat"} & found


def test_72a_of_a_kind_that_nobody_knows_no_moment_was_agreed() -> None:
    scene = answer().under(kinds=()).at(NOW)
    assert "soort_onbekend" in codes(scene)
    assert "te_vroeg" not in codes(scene)


def test_72a_an_answer_to_nothing_differs_from_nothing() -> None:
    found = codes(answer().known(thread=None))
    assert "antwoord_op_onbekend" in found
    assert "vraag_zonder_plafond" not in found


def test_72a_an_answer_that_is_not_sealed_differs_from_its_question() -> None:
    scene = answer().message(items=(), grounds=(), sealed=None)
    assert "/sealed/bucket" in places(scene, "wijkt_af_van_vraag")


def test_35a_what_is_in_clear_is_compared_with_the_question_only() -> None:
    scene = answer().message(**{"grounds.0.task.code": "jeugdwet_2_3"})
    assert "/grounds" in places(scene, "wijkt_af_van_vraag")
    assert "grondslag_buiten_vraag" not in codes(scene)


def test_35a_an_answer_may_hold_all_fields_that_were_asked() -> None:
    scene = opened()
    asked = {item.category: item for item in scene.manifest.ceiling_items if item.subject == PERSON}
    assert scene.inner is not None
    index = next(i for i, item in enumerate(scene.inner.items) if item.category == "woonsituatie")
    ceiling = asked[Term("woonsituatie")]
    whole = scene.sealed(
        **{
            f"items.{index}.level": ceiling.level,
            f"items.{index}.fields": field_digests([path[1:] for path in ceiling.fields]),
        }
    )
    assert "buiten_het_plafond" not in codes(whole)


# marks of rules and their texts


def test_a_reason_has_both_texts_of_its_code() -> None:
    decision = notification().known(informed=()).decide()
    assert isinstance(decision, Refused)
    for reason in decision.reasons:
        assert (reason.nl, reason.en) == (CAUSES[reason.code].nl, CAUSES[reason.code].en)
    assert because("soort_onbekend").pointer == ""


def test_a_rule_about_a_body_is_asked_of_that_body_only() -> None:
    for rule in RULES:
        for asked in {act for other in RULES for act in other.acts}:
            assert rule.bears_on(asked, items=True) == (not rule.acts or asked in rule.acts)


def nothing(*_: Any) -> list[Any]:
    """Nothing."""
    return []


def test_a_rule_is_about_all_messages_unless_it_says_otherwise() -> None:
    plain = Rule("naam", ("soort_onbekend",), "tekst", nothing)
    assert (plain.acts, plain.items, plain.cites) == ((), False, ())
    assert plain.articles == (CAUSES["soort_onbekend"].rule,)
    cites = ("9.9",)

    def about(_: Any, act: Receipt) -> list[Any]:
        return [act]

    about.__annotations__ = {"_": Any, "act": Receipt, "return": list}
    marked = [
        decides("soort_onbekend", cites=cites)(nothing),
        decides_act("soort_onbekend", cites=cites)(about),
        decides_item("soort_onbekend", cites=cites)(nothing),
    ]
    assert [rule.articles for rule in marked] == [cites] * 3
    assert [rule.items for rule in marked] == [False, False, True]
    assert [rule.acts for rule in marked] == [(), (Receipt,), ()]
    assert [rule.text for rule in marked] == ["Nothing.", "", "Nothing."]
