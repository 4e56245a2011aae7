"""What was taken back, is wrong, or is restricted; and who decides so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from schemas.facts import RestrictionFact, StoppedFact, WithdrawnFact
from schemas.ids import Address, ItemRef, Term
from tests.making import COLLEGE, HOUSE, MELDER, NOW, PARTY, SOME_ITEM, reference
from tests.schemas.scene import Scene, assert_refused
from tests.schemas.scenes import answer, opened
from tests.schemas.scenes_life import correction, erased, restriction, restriction_end, withdrawal
from tests.schemas.scenes_meeting import (
    GGZ,
    OM,
    POLICE,
    contribution,
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
    assert ("20", "item_beperkt", place) in named.reasons()


@pytest.mark.rule("20", "21")
def test_203_only_its_own_provider_uses_what_is_restricted_as_20_3_allows() -> None:
    scene = contribution()
    item = scene.manifest.exact_items[0].item
    named = scene.known(restrictions=(_restricted(item),)).message(**{"grounds.0.conditions": ("rechtsvordering",)})
    wrong = named.message(**{"grounds.0.conditions": ("juistheid_betwist",)})
    assert_refused(named, wrong, ("20", "item_beperkt", "/items/0/origin"))
    passing = passed_on().known(restrictions=(_restricted(ORIGINAL),))
    assert ("20", "item_beperkt", "/items/0/origin") in passing.message(
        **{"grounds.0.conditions": ("rechtsvordering",)}
    ).reasons()


@pytest.mark.rule("2.1", "7.2d", "9.5", "20")
@pytest.mark.parametrize(("make", "item", "place"), PLACES)
def test_21_nobody_stops_or_restricts_an_item_of_another(make: Callable[[], Scene], item: ItemRef, place: str) -> None:
    theirs = make().known(stopped=(_stopped("onjuist", item),), restrictions=(_restricted(item),))
    stopped = _stopped("onjuist", item).model_copy(update={"provider": GGZ})
    restricted = _restricted(item).model_copy(update={"provider": GGZ})
    another = make().known(stopped=(stopped,), restrictions=(restricted,))
    assert_refused(another, theirs, ("9.5", "item_onjuist", place), ("20", "item_beperkt", place))


@pytest.mark.rule("7.2d")
def test_72d_a_consent_is_taken_back_by_who_had_it() -> None:
    fact = WithdrawnFact(consent=reference("toestemming"), provider=GGZ, since=GONE)
    refused = health().known(withdrawn=(fact,))
    other = health().known(withdrawn=(fact.model_copy(update={"provider": COLLEGE}),))
    assert_refused(other, refused, ("7.2d", "toestemming_ingetrokken", "/grounds/0/consent"))


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
@pytest.mark.parametrize("whose", [POLICE, OM])
def test_175_police_and_om_decide_at_their_own_desk(make: Callable[..., Scene], whose: Address) -> None:
    refused = make(HOUSE, whose)
    assert_refused(make(HOUSE, GGZ), refused, ("17.5-6", "eigen_loket", "/act/items/0/party"))
    # 17.5-6 name these two and no others: the desk of the house is there for who asks about data of DJI.
    assert_refused(make(HOUSE, PARTY["dji"]), refused, ("17.5-6", "eigen_loket", "/act/items/0/party"))
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


@pytest.mark.rule("11.2c")
def test_112c_what_was_destroyed_leaves_a_later_keystore() -> None:
    scene = erased()
    for generation in ((9, 3), (4, 4)):
        refused = scene.message(**{"act.generation": generation})
        assert_refused(scene, refused, ("11.2c", "vernietiging_klopt_niet", "/act/generation"))


def _under(ground: str, since: datetime = GONE) -> RestrictionFact:
    """A restriction of what the ggz tells on health."""
    item = health().manifest.exact_items[0].item
    return RestrictionFact(item=item, provider=GGZ, ground=Term(ground), since=since)


@pytest.mark.rule("21", "20")
@pytest.mark.parametrize("code", ["rechtsvordering", "gewichtig_algemeen_belang", "toestemming_betrokkene"])
def test_21_an_objection_that_was_granted_is_carried_out_whatever_20_3_says(code: str) -> None:
    scene = health(day=date(2026, 3, 10)).message(**{"grounds.0.conditions": (code,)})
    before = NOW - timedelta(days=1)
    refused = scene.known(restrictions=(_under("verzet_toegewezen", before),))
    allowed = scene.known(restrictions=(_under("bezwaar_loopt", before),))
    assert_refused(allowed, refused, ("21", "verzet_toegewezen_blijft", "/items/0/origin"))
    both = scene.known(restrictions=(_under("verzet_toegewezen", before), _under("bezwaar_loopt", before)))
    assert ("20", "item_beperkt", "/items/0/origin") not in both.reasons()
    unnamed = refused.message(**{"grounds.0.conditions": ()})
    assert [code for _, code, _ in unnamed.reasons()] == ["verzet_toegewezen_blijft"]


@pytest.mark.rule("21")
@pytest.mark.parametrize(("make", "item", "place"), PLACES)
def test_21_nor_does_anybody_pass_it_on(make: Callable[[], Scene], item: ItemRef, place: str) -> None:
    granted = _restricted(item).model_copy(update={"ground": Term("verzet_toegewezen")})
    assert_refused(
        make().known(restrictions=()),
        make().known(restrictions=(granted,)),
        ("21", "verzet_toegewezen_blijft", place),
    )


@pytest.mark.rule("20")
def test_203_the_consent_of_the_person_is_named_and_later_than_the_restriction() -> None:
    scene = health(day=date(2026, 3, 10)).message(**{"grounds.0.conditions": ("toestemming_betrokkene",)})
    allowed = scene.known(restrictions=(_under("bezwaar_loopt", NOW - timedelta(days=1)),))
    refused = scene.known(restrictions=(_under("bezwaar_loopt", NOW),))
    assert_refused(allowed, refused, ("20", "item_beperkt", "/items/0/origin"))
    unnamed = allowed.message(**{"grounds.0.consent": None, "grounds.0.exception": "conflict_van_plichten"})
    assert_refused(allowed, unnamed, ("20", "item_beperkt", "/items/0/origin"))
    assert unnamed.message(**{"grounds.0.conditions": ("rechtsvordering",)}).reasons() == []


@pytest.mark.rule("13.7", "7.2d")
def test_137_a_withdrawal_is_told_to_the_house() -> None:
    scene = withdrawal()
    assert_refused(scene, scene.message(to=(COLLEGE,)), ("13.7", "intrekking_niet_gemeld", "/to"))
