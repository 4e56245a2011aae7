"""What lies before the rules, looked at closely: the day, who takes part, whose data it is, what is judged at all."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas.effects import Effect
from schemas.facts import RosterFact
from schemas.ids import Address
from schemas.policy import RULES, Allowed, Refused
from schemas.rules.causes import Cause
from schemas.rules.matter import Matter, Provision
from schemas.rules.reason import Reason, because
from tests.making import COLLEGE, HOUSE, MELDER, NOW, changed
from tests.schemas.scene import Scene
from tests.schemas.scenes import answer, ceiling_of, informed, intake_decision, notification, opened, question, start
from tests.schemas.scenes_meeting import GGZ, contribution, passed_on


def codes(scene: Scene) -> set[str]:
    """The codes of the reasons; none where it is allowed."""
    return {code for _, code, _ in scene.reasons()}


def matter(scene: Scene) -> Matter:
    """What lies before the rules."""
    return Matter(scene.pack, scene.facts, scene.manifest, scene.now)


# values


@pytest.mark.parametrize(
    "value",
    [
        Allowed(),
        Refused(()),
        Effect("fase"),
        Cause("2.1", "tekst", "text"),
        because("soort_onbekend"),
        RULES[0],
        matter(notification()),
        matter(notification()).provisions[0],
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_of_the_kernel_cannot_be_changed(value: Any) -> None:
    name = dataclasses.fields(value)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, name, None)


def test_nothing_follows_unless_it_is_said() -> None:
    assert Allowed() == Allowed(())
    assert Effect("fase") == Effect("fase", "")


def test_reasons_can_be_put_in_order() -> None:
    first, second = because("soort_onbekend", "/a"), because("soort_onbekend", "/b")
    assert sorted([second, first]) == [first, second]
    assert isinstance(first, Reason)


# the day


def day(hour: int, minute: int = 0) -> date:
    """The latest date that it can be where the parties are."""
    scene = notification().at(datetime(2026, 3, 10, hour, minute, tzinfo=UTC))
    return matter(scene).today


def test_from_two_hours_before_midnight_it_can_be_tomorrow() -> None:
    assert [day(0), day(21, 59)] == [date(2026, 3, 10)] * 2
    assert [day(22), day(22, 30), day(23, 59)] == [date(2026, 3, 11)] * 3


# who takes part


def row(address: Address, role: str, since: timedelta, until: timedelta | None = None) -> dict[str, Any]:
    """A row of the roster, with its times before (or after) now."""
    fact = RosterFact.model_validate(
        {"address": address, "role": role, "since": NOW - since, "until": None if until is None else NOW + until}
    )
    return fact.model_dump()


def role(*rows: dict[str, Any]) -> str | None:
    """By which role ``GGZ`` takes part."""
    scene = contribution().known(**{"case.roster": rows})
    found = matter(scene).roster_row(GGZ)
    return found.role if found else None


HOUR = timedelta(hours=1)


def test_somebody_takes_part_from_a_moment_until_another() -> None:
    assert role(row(GGZ, "gevraagd", timedelta())) == "gevraagd"
    assert role(row(GGZ, "gevraagd", -HOUR)) is None
    assert role(row(GGZ, "gevraagd", HOUR, HOUR)) == "gevraagd"
    assert role(row(GGZ, "gevraagd", HOUR, timedelta())) is None


def test_who_is_in_the_meeting_is_so_before_anything_else() -> None:
    asked, admitted = row(GGZ, "gevraagd", HOUR), row(GGZ, "deelnemer", 2 * HOUR)
    assert role(asked, admitted) == role(admitted, asked) == "deelnemer"


def test_of_two_rows_the_later_counts() -> None:
    asked, notifier = row(GGZ, "gevraagd", HOUR), row(GGZ, "melder", 2 * HOUR)
    assert role(asked, notifier) == role(notifier, asked) == "gevraagd"


# for whom the house acts


def test_before_there_is_a_case_the_house_acts_for_who_opens_it() -> None:
    assert matter(start()).acting_for == MELDER
    other = question().message(on_behalf_of=COLLEGE).known(case=None)
    assert matter(other).acting_for == COLLEGE


# what is judged


def test_a_question_without_items_is_judged_on_what_it_asks_for() -> None:
    scene = question().message(items=(), grounds=(), **{"act.ceiling.grounds.0.basis": "wpg_20"})
    assert {"items_ontbreken", "grondslag_onjuist"} <= codes(scene)


def laden(scene: Scene) -> Scene:
    """The message with the data of a notification in it, whatever its kind says."""
    data = notification().manifest
    names = ("items", "grounds", "sealed", "disclosure")
    return scene.message(**{name: getattr(data, name) for name in names})


def test_a_message_that_should_carry_nothing_is_judged_on_what_it_carries() -> None:
    assert {"items_niet_toegestaan", "noodzaak_ontbreekt"} <= codes(laden(informed()))


def test_who_asks_receives_the_answer() -> None:
    asked = matter(question()).provisions[1]
    assert (asked.at, asked.sender, asked.to) == ("/act/ceiling", COLLEGE, (HOUSE,))
    assert isinstance(asked, Provision)


def test_without_items_nothing_is_provided() -> None:
    scene = notification().message(items=(), grounds=())
    assert matter(scene).provisions == ()
    assert codes(scene) == {"items_ontbreken"}


def test_a_question_names_a_ground_just_past_its_last() -> None:
    past = len(ceiling_of(question()).grounds)
    scene = question().message(**{"act.ceiling.items.0.ground": past})
    assert ("6.1", "grondslag_ontbreekt", "/act/ceiling/items/0/ground") in scene.reasons()


def test_anothers_item_under_its_own_number_is_passed_on_all_the_same() -> None:
    scene = passed_on()
    number = scene.manifest.exact_items[0].origin.item
    same = scene.message(**{"items.0.item": number})
    assert codes(same.known(agreements=())) >= {"akkoord_ontbreekt"}
    assert matter(same).pieces[0].passed_on


def test_data_of_nobody_are_of_an_unknown_origin() -> None:
    scene = passed_on().known(case=None).message(on_behalf_of=None, **{"items.0.origin.party": HOUSE})
    assert "herkomst_onbekend" in codes(scene)


def test_only_a_question_asks_for_something_whatever_may_be_answered() -> None:
    scene = notification()
    rows = tuple(
        changed(row, replies_to=(*row.replies_to, "aanmelding")) if row.items == "ceiling" else row
        for row in scene.pack.kinds
    )
    answered = matter(scene.under(kinds=rows))
    assert answered.answer_kind is not None
    assert [provision.at for provision in answered.provisions] == [""]
    assert scene.under(kinds=rows).reasons() == []


def test_a_message_that_names_no_phase_and_no_purpose_is_of_none() -> None:
    nameless = matter(notification().message(phase=None, purpose=None))
    assert nameless.phase == "onbekend"
    assert nameless.purposes == frozenset()


# secrecy of the people who see it


def test_13_data_are_seen_also_where_only_their_ceiling_is_in_clear() -> None:
    bare = answer().message(items=(), grounds=()).party(HOUSE, declared=None)
    assert "geheimhouding_ontbreekt" in codes(bare)
    assert "geheimhouding_ontbreekt" not in codes(informed().party(HOUSE, declared=None))


def test_13_also_of_a_kind_that_should_hold_none_or_that_nobody_knows() -> None:
    for scene in (laden(informed()), notification().under(kinds=())):
        assert "geheimhouding_ontbreekt" in codes(scene.party(HOUSE, declared=None))


# reasons of decisions


def reasons_for(**updates: Any) -> Scene:
    """The intake decision, with the reason that it names changed in the pack."""
    scene = intake_decision()
    rows = tuple(
        changed(each, **updates) if (each.use, each.id) == ("reason", "criteria_voldaan") else each
        for each in scene.pack.codes
    )
    return scene.under(codes=rows)


def test_a_reason_that_names_no_decision_goes_with_all_and_else_with_those_alone() -> None:
    assert reasons_for(decisions=()).reasons() == []
    assert reasons_for(decisions=("in_triage", "afgewezen")).reasons() == []
    assert codes(reasons_for(decisions=("afgewezen",))) == {"reden_past_niet"}


def test_that_a_reason_is_not_one_of_the_pack_is_not_said_of_the_decision() -> None:
    assert matter(intake_decision()).reason_for("zomaar", "in_triage")
    assert codes(intake_decision().message(**{"act.reason": "zomaar"})) == {"reden_onbekend"}


# the sealed half


def test_what_is_wrong_with_the_number_is_said_before_what_is_wrong_inside() -> None:
    scene = opened().sealed(id="01900000-0000-7000-8000-000000000000", outcome="iets")
    found = [code for _, code, _ in scene.reasons()]
    assert found.index("nummer_anders") == found.index("uitkomst_onbekend") - 1


ABOUT_EVERY_MESSAGE = {
    *("readable_by_all", "pack_in_force", "pack_prepared", "known_kind"),
    *("acceded", "not_left", "known_capacity", "on_behalf", "house_has_ground", "receiving_capacity"),
    *("who_sees_it_is_bound", "one_case", "right_phase", "right_purpose", "within_time"),
    *("functions_of_the_kind", "few_recipients", "takes_part", "asked_alone", "bilateral"),
    *("fits_its_thread", "between_the_same", "once", "at_the_agreed_moment", "as_the_question_says"),
    *("inside_the_ceiling", "form_of_the_kind", "sealed_to_case_keys"),
}
"""The rules that have something to say of any message; every other is about a body, or about data that go."""


def test_a_rule_about_data_is_asked_only_where_data_go() -> None:
    assert {rule.name for rule in RULES if not rule.items and not rule.acts} == ABOUT_EVERY_MESSAGE
