"""Whose word counts for what goes on: one agreement, of the item's own provider, for each recipient."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.facts import WithdrawnFact
from tests.making import (
    COLLEGE,
    CONSENT,
    HOUSE,
    MELDER,
    NOW,
    SOME_ITEM,
    changed,
    facts_for,
    ground_of,
    item_of,
    pack,
    party_fact,
    reference,
)
from tests.schemas.scene import Scene, assert_refused
from tests.schemas.scenes_meeting import GGZ, POLICE, agreements_for, carrying, meeting, passed_on, plan

AT, MADE = "/items/0/origin", "/items/0/derived_from/0"
HEALTH = {"task": {"of": MELDER, "code": "wmo_2_3_1_2_3_5"}, "secrecy": pack().capacity["ggz"].secrecy}


def _health(*to: Any, said: tuple[dict[str, Any], ...], **ground: Any) -> Scene:
    """The house passes on what the ggz gave on health, to each as its agreement in ``said`` says."""
    item = item_of("gezondheid", ("zorg_betrokken",), "I", GGZ) | {"item": reference("doorgegeven")}
    grounds = (ground_of(**(HEALTH | {"consent": CONSENT.model_dump()} | ground)),)
    scene = passed_on(to=to, grounds=grounds, items=(item,))
    given = agreements_for(scene.manifest, scene.manifest.exact_items[0])
    facts = [changed(fact, **more) for fact, more in zip(given, said, strict=True)]
    return scene.known(agreements=[fact.model_dump() for fact in facts])


WITH = {"consent": CONSENT.model_dump()}


@pytest.mark.rule("7.2a-b", "3.5c")
def test_72b_a_consent_that_was_named_for_one_recipient_is_not_anothers() -> None:
    both = _health(COLLEGE, MELDER, said=(WITH, WITH))
    one = _health(COLLEGE, MELDER, said=(WITH, {}))
    assert_refused(both, one, ("7.2b", "toestemming_niet_doorgegeven", AT))


@pytest.mark.rule("3.5b", "3.5c", "3.5d", "7.2a-b")
def test_35c_two_agreements_that_each_lack_something_make_none() -> None:
    scene = _health(COLLEGE, said=(WITH,))
    whole = scene.facts.agreements[0]
    plain = changed(whole, consent=None)
    other = changed(whole, given_for="eerste_beeld")
    refused = scene.known(agreements=[plain.model_dump(), other.model_dump()])
    assert_refused(scene, refused)
    assert len({code for _, code, _ in refused.reasons()} & {"toestemming_niet_doorgegeven", "niet_voortgezet"}) == 1


# what the house did not write itself, and what goes back


@pytest.mark.rule("2.1")
@pytest.mark.parametrize("to", [(HOUSE,), (COLLEGE,)])
def test_21_what_is_the_houses_only_the_house_sends(to: tuple[Any, ...]) -> None:
    text = item_of("bericht", ("toestandsbeeld", "bevat_categorieen"), "S", HOUSE)
    item = text | {"item": reference("nieuw"), "origin": {"party": HOUSE, "item": SOME_ITEM}}
    message = carrying("inbreng", MELDER, to, items=(item,))
    claimed = Scene(message, facts_for(message, meeting()))
    own = carrying("inbreng", MELDER, to, items=(text | {"origin": {"party": MELDER, "item": text["item"]}},))
    assert_refused(Scene(own, facts_for(own, meeting())), claimed, ("2.1", "huis_zendt_zelf", "/items/0/origin/party"))


@pytest.mark.rule("2.1", "3.5c")
def test_35c_what_goes_back_to_its_provider_is_known_to_be_what_it_says() -> None:
    both = passed_on(to=(GGZ, COLLEGE))
    rows = [fact for fact in both.facts.agreements if fact.holder == GGZ]
    known = both.known(agreements=[fact.model_dump() for fact in rows])
    alone = passed_on(GGZ, (COLLEGE,)).known(agreements=())
    assert_refused(known, alone, ("3.5c", "akkoord_ontbreekt", AT))
    nothing = both.known(agreements=())
    assert_refused(known, nothing, ("3.5c", "akkoord_ontbreekt", AT))


# what something is made of


@pytest.mark.rule("2.1", "3.5c")
def test_35c_nobody_agrees_to_what_another_gave() -> None:
    scene = plan()
    others = [changed(fact, provider=GGZ).model_dump() for fact in scene.facts.agreements]
    assert_refused(scene, scene.known(agreements=others), ("3.5c", "akkoord_ontbreekt", MADE))


def _made_of_health(**said: Any) -> Scene:
    secret = {"grounds.0.secrecy": pack().capacity["ggz"].secrecy}
    scene = plan().message(**{"items.0.derived_from.0.party": GGZ}, **secret)
    rows = {row.address: row for row in (*scene.facts.parties, party_fact(GGZ))}
    facts = [changed(fact, provider=GGZ, **(WITH | said)) for fact in scene.facts.agreements]
    return scene.known(
        parties=[row.model_dump() for row in rows.values()], agreements=[fact.model_dump() for fact in facts]
    )


@pytest.mark.rule("7.2a-b")
@pytest.mark.parametrize("day", [date(1999, 1, 1), date(2026, 3, 7), date(2026, 3, 11)])
def test_72a_a_plan_rests_on_a_consent_of_this_phase(day: date) -> None:
    refused = _made_of_health(consent=CONSENT.model_dump() | {"date": day})
    assert_refused(_made_of_health(), refused, ("7.2a", "toestemming_buiten_fase", MADE))


@pytest.mark.rule("7.2d", "13.7")
def test_72d_no_plan_on_a_consent_that_was_taken_back() -> None:
    scene = _made_of_health()
    fact = WithdrawnFact(consent=CONSENT.ref, provider=GGZ, since=NOW - timedelta(hours=1))
    assert_refused(
        scene.known(withdrawn=(fact.model_copy(update={"provider": COLLEGE}),)),
        scene.known(withdrawn=(fact,)),
        ("7.2d", "toestemming_ingetrokken", MADE),
    )


@pytest.mark.rule("2.1", "3.5c")
def test_21_text_that_tells_of_others_says_what_it_was_made_of() -> None:
    def without(*names: str) -> Scene:
        text = item_of("bericht", ("doel", "acties", *names), "S", HOUSE)
        return plan(items=(text,)).known(agreements=())

    for name in ("toestandsbeeld", "bevat_categorieen"):
        refused = without(name)
        assert_refused(without(), refused, ("2.1", "herkomst_niet_genoemd", "/items/0/derived_from"))
        made_of = refused.manifest.items[0].model_copy(
            update={"derived_from": plan().manifest.exact_items[0].derived_from}
        )
        named = refused.message(items=(made_of,))
        assert {code for _, code, _ in named.reasons()} == {"akkoord_ontbreekt"}


@pytest.mark.rule("9.3", "3.5c")
def test_93_a_plan_is_not_made_of_what_does_not_go_into_one() -> None:
    scene = plan()
    others = [changed(fact, category="verzoeken_rechten").model_dump() for fact in scene.facts.agreements]
    assert_refused(scene, scene.known(agreements=others), ("9.3", "niet_in_deze_fase", MADE))
    police = [changed(fact, category="politiegegevens_art8").model_dump() for fact in scene.facts.agreements]
    assert_refused(scene, scene.known(agreements=police), ("9.3", "niet_in_deze_fase", MADE))


@pytest.mark.rule("6.4d")
def test_64d_a_plan_of_police_data_rests_on_their_decree() -> None:
    scene = plan().message(**{"items.0.derived_from.0.party": POLICE, "grounds.0.conditions": ("wpg7_geheimhouding",)})
    rows = {row.address: row for row in (*scene.facts.parties, party_fact(POLICE))}
    facts = [changed(fact, provider=POLICE, category="politiegegevens_art8") for fact in scene.facts.agreements]
    allowed = scene.known(
        parties=[row.model_dump() for row in rows.values()], agreements=[fact.model_dump() for fact in facts]
    )
    assert_refused(allowed, allowed.party(POLICE, decrees=()), ("6.4d", "besluit_ontbreekt", MADE))


@pytest.mark.rule("7.2a-b")
def test_72_a_plan_says_which_secrecy_rests_on_what_it_was_made_of() -> None:
    scene = _made_of_health()
    reason = ("7.2", "geheimhouding_onjuist", "/grounds/0/secrecy")
    assert_refused(scene, scene.message(**{"grounds.0.secrecy": ()}), reason)
    assert_refused(plan(), plan().message(**{"grounds.0.secrecy": pack().capacity["ggz"].secrecy}), reason)
