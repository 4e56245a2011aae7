"""Within whom data of a case go: participants, meeting, hand-over, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schemas.ids import Address
from tests.making import COLLEGE, HOUSE, MELDER, NOW, PARTY, case_fact, party_fact
from tests.schemas.scene import Scene, assert_refused
from tests.schemas.scenes import question
from tests.schemas.scenes_meeting import (
    DIRECTOR,
    GGZ,
    POLICE,
    contribution,
    deed,
    from_police,
    hand_over,
    health,
    meeting,
    passed_on,
    sealed_for,
)


def _with_asked(scene: Scene, who: Address) -> Scene:
    """The same, where somebody is only asked and takes no part in the meeting."""
    rest = tuple(row for row in (MELDER, COLLEGE, GGZ, POLICE) if row != who)
    return scene.known(case=case_fact("casusoverleg", asked=[who], taking_part=rest))


@pytest.mark.rule("24")
@pytest.mark.parametrize("scene", [contribution(), question()])
def test_24_nothing_goes_beyond_who_takes_part(scene: Scene) -> None:
    last = len(scene.manifest.to) - 1
    case = scene.facts.case
    assert case is not None
    rows = tuple(row for row in case.roster if row.address != scene.manifest.to[last])
    refused = scene.known(**{"case.roster": rows})
    reason = ("9.6", "geen_deelnemer", f"/to/{last}")
    assert_refused(scene, refused, ("24", "buiten_de_deelnemers", f"/to/{last}"), reason)


@pytest.mark.rule("1.20")
def test_120_participants_and_the_house_share_with_each_other() -> None:
    scene = contribution()
    assert_refused(scene, _with_asked(scene, POLICE), ("1.20", "niet_in_het_overleg", "/to/2"))
    assert_refused(scene, _with_asked(scene, COLLEGE), ("1.20", "niet_in_het_overleg", "/from"))
    alone = contribution(HOUSE, (GGZ,), items=passed_on().manifest.items)
    assert ("1.20", "niet_in_het_overleg", "/from") not in alone.reasons()


@pytest.mark.rule("1.20")
@pytest.mark.parametrize("make", [from_police, health])
def test_120_whoever_was_admitted_contributes(make: object) -> None:
    assert callable(make)
    assert make().reasons() == []


@pytest.mark.rule("1.20", "5.3.1")
def test_531c_assigning_goes_beyond_the_meeting() -> None:
    asked = deed("toebedelen").known(
        case=case_fact("casusoverleg", asked=[DIRECTOR], taking_part=[MELDER], casusregie=DIRECTOR)
    )
    carrying_out = deed("uitvoeren_actie").known(case=asked.facts.case)
    assert_refused(asked, carrying_out, ("1.20", "niet_in_het_overleg", "/to/0"))


@pytest.mark.rule("1.21", "11.2a")
def test_121_only_house_and_director_receive_for_the_hand_over() -> None:
    scene = hand_over()
    wider = (HOUSE, DIRECTOR, GGZ)
    refused = hand_over(to=wider)
    assert_refused(scene, refused, ("1.21", "alleen_voor_overdracht", "/to/2"))
    nobody = scene.known(**{"case.casusregie": None})
    assert_refused(scene, nobody, ("1.21", "alleen_voor_overdracht", "/to/1"))
    assert hand_over(to=(HOUSE,)).known(**{"case.casusregie": None}).reasons() == []
    without = scene.known(case=None)
    assert ("1.21", "alleen_voor_overdracht", "/to/1") in without.reasons()


@pytest.mark.rule("11.2a")
def test_112a_the_hand_over_ends_after_its_term() -> None:
    scene, days = hand_over(), timedelta(days=hand_over().pack.limits.handover_days)
    last = scene.known(**{"case.phase_since": NOW - days})
    refused = scene.known(**{"case.phase_since": NOW - days - timedelta(seconds=1)})
    assert_refused(last, refused, ("11.2a", "afschaling_voorbij", "/phase"))


@pytest.mark.rule("6.4", "24")
def test_64_who_has_no_ground_provides_and_receives_nothing() -> None:
    nobody = PARTY["geen_grondslag"]
    to = (HOUSE, nobody)
    scene = contribution()
    refused = contribution(to=to, sealed=sealed_for(to, "casusoverleg")).known(
        case=meeting(who=(MELDER, COLLEGE, nobody)), parties=(*scene.facts.parties, party_fact(nobody))
    )
    assert_refused(scene, refused, ("6.4", "ontvanger_zonder_grondslag", "/to/1"))


@pytest.mark.rule("30", "28.3")
@pytest.mark.parametrize(("who", "place"), [(GGZ, "/to/1"), (COLLEGE, "/from")])
def test_30_who_left_is_out_of_the_meeting_at_once(who: Address, place: str) -> None:
    scene = contribution()
    assert_refused(scene, scene.party(who, left=NOW), ("30", "uitgetreden", place))
