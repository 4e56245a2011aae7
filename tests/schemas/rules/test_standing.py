"""What was taken back, is wrong, or is restricted; and who decides so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from schemas.facts import RestrictionFact, StoppedFact, WithdrawnFact
from schemas.ids import Address, ItemRef, Term
from tests.making import COLLEGE, HOUSE, MELDER, NOW, PARTY, SOME_ITEM, reference
from tests.schemas.scene import Scene, assert_refused
from tests.schemas.scenes import answer, opened
from tests.schemas.scenes_life import correction, restriction, restriction_end, withdrawal
from tests.schemas.scenes_meeting import (
    GGZ,
    OM,
    POLICE,
    health,
    passed_on,
    plan,
)

GONE = NOW - timedelta(hours=1)
ORIGINAL = passed_on().manifest.exact_items[0].origin.item


def _stopped(why: str, item: ItemRef) -> StoppedFact:
    return StoppedFact.model_validate({"item": item, "provider": COLLEGE, "why": why, "since": GONE})


def _restricted(item: ItemRef) -> RestrictionFact:
    return RestrictionFact(item=item, provider=COLLEGE, ground=Term("juistheid_betwist"), since=GONE)


PLACES = [(passed_on, ORIGINAL, "/items/0/origin"), (plan, SOME_ITEM, "/items/0/derived_from/0")]


@pytest.mark.parametrize(("make", "item", "place"), PLACES)
@pytest.mark.parametrize(
    ("why", "rule", "code"),
    [
        pytest.param("ingetrokken", "7.2d", "toestemming_ingetrokken", marks=pytest.mark.rule("7.2d", "13.7")),
        pytest.param("onjuist", "9.5", "item_onjuist", marks=pytest.mark.rule("9.5", "19")),
    ],
)
def test_72d_95_what_was_stopped_goes_no_further(
    make: Callable[[], Scene], item: ItemRef, place: str, why: str, rule: str, code: str
) -> None:
    scene = make().known(stopped=(_stopped(why, ItemRef(reference("iets anders"))),))
    assert_refused(scene, make().known(stopped=(_stopped(why, item),)), (rule, code, place))


@pytest.mark.rule("7.2d", "13.7")
@pytest.mark.parametrize("scene", [health(), opened("ggz")])
def test_72d_nothing_more_on_a_consent_that_was_withdrawn(scene: Scene) -> None:
    def known(ref: str) -> Scene:
        fact = WithdrawnFact(consent=reference(ref), provider=GGZ, since=GONE)
        return scene.known(withdrawn=(fact,))

    refused = known("toestemming")
    assert_refused(known("een andere"), refused, ("7.2d", "toestemming_ingetrokken", "/grounds/0/consent"))


@pytest.mark.rule("20", "21")
@pytest.mark.parametrize(("make", "item", "place"), PLACES)
def test_20_what_is_restricted_is_not_used(make: Callable[[], Scene], item: ItemRef, place: str) -> None:
    scene = make()
    refused = scene.known(restrictions=(_restricted(item),))
    assert_refused(scene, refused, ("20", "item_beperkt", place))
    other = scene.known(restrictions=(_restricted(ItemRef(reference("iets anders"))),))
    assert other.reasons() == []
    named = refused.message(**{"grounds.0.conditions": ("rechtsvordering",)})
    wrong = refused.message(**{"grounds.0.conditions": ("juistheid_betwist",)})
    assert_refused(named, wrong, ("20", "item_beperkt", place))


@pytest.mark.rule("7.2d", "20")
def test_72d_a_ceiling_names_no_items() -> None:
    scene = answer()
    known = scene.known(stopped=(_stopped("onjuist", ORIGINAL),), restrictions=(_restricted(ORIGINAL),))
    assert known.reasons() == []


@pytest.mark.rule("2.1")
@pytest.mark.parametrize("make", [withdrawal, correction, restriction, restriction_end])
def test_21_a_party_decides_about_its_own(make: Callable[[Address, Address], Scene]) -> None:
    refused = make(GGZ, MELDER)
    assert_refused(make(GGZ, GGZ), refused, ("2.1", "item_van_ander", "/act/items/0/party"))
    unknown = make(GGZ, GGZ).message(**{"act.items.0.party": f"{MELDER.oin}:woningcorporatie"})
    assert ("2.1", "herkomst_onbekend", "/act/items/0/party") in unknown.reasons()


@pytest.mark.rule("2.1", "7.2d")
def test_21_the_consent_is_its_providers_to_end() -> None:
    refused = withdrawal(HOUSE, GGZ)
    assert_refused(withdrawal(), refused, ("2.1", "item_van_ander", "/act/items/0/party"))


@pytest.mark.rule("9.5", "20", "17.5-6")
@pytest.mark.parametrize("make", [correction, restriction, restriction_end])
@pytest.mark.parametrize("whose", [POLICE, OM, PARTY["dji"]])
def test_175_police_and_om_decide_at_their_own_desk(make: Callable[..., Scene], whose: Address) -> None:
    refused = make(HOUSE, whose)
    assert_refused(make(HOUSE, GGZ), refused, ("17.5-6", "eigen_loket", "/act/items/0/party"))
    assert make(POLICE, POLICE).reasons() == []


@pytest.mark.rule("9.5")
def test_95_the_house_and_the_director_are_told() -> None:
    scene, reason = correction(), ("9.5", "correctie_niet_gemeld", "/to")
    assert_refused(scene, scene.message(to=(COLLEGE,)), reason)
    directed = scene.known(**{"case.casusregie": COLLEGE})
    assert_refused(directed, directed.message(to=(HOUSE,)), reason)
    gone = directed.message(to=(HOUSE,)).party(COLLEGE, left=NOW)
    assert gone.reasons() == []
    assert ("9.5", "correctie_niet_gemeld", "/to") not in scene.known(case=None).reasons()


@pytest.mark.rule("20", "21")
def test_202_restricted_and_ended_on_a_ground_of_the_pack() -> None:
    begun, ended = restriction(), restriction_end()
    reason = ("20", "beperking_grond_onbekend", "/act/ground")
    assert_refused(begun, begun.message(**{"act.ground": "rechtsvordering"}), reason)
    reason = ("20", "beperking_grond_onbekend", "/act/reason")
    assert_refused(ended, ended.message(**{"act.reason": "juistheid_betwist"}), reason)
