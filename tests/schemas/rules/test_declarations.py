"""What must be on record before data go: of the pack, and of the people who will see them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from schemas.ids import Address
from tests.making import COLLEGE, HOUSE, NOW, pack, pack_fact
from tests.schemas.scene import Scene, assert_refused
from tests.schemas.scenes import answer, informed, notification, question
from tests.schemas.scenes_life import term_decision
from tests.schemas.scenes_meeting import GGZ, contribution, hand_over, health

LONG = timedelta(days=pack().limits.screening_days)
TODAY = NOW.date()


@pytest.mark.rule("13.1")
@pytest.mark.parametrize(
    ("scene", "who", "place"),
    [
        (notification(), HOUSE, "/to/0"),
        (question(), COLLEGE, "/to/0"),
        (answer(), HOUSE, "/to/0"),
        (contribution(), GGZ, "/to/1"),
    ],
)
@pytest.mark.parametrize("declared", [None, date(2026, 3, 12)])
def test_131_nobody_sees_data_without_secrecy_on_record(
    scene: Scene, who: Address, place: str, declared: date | None
) -> None:
    assert_refused(scene, scene.party(who, declared=declared), ("13.1", "geheimhouding_ontbreekt", place))


@pytest.mark.rule("13.1", "13.3")
def test_131_who_receives_no_data_need_not_have_declared() -> None:
    assert informed().party(HOUSE, declared=None, screened=None).reasons() == []


@pytest.mark.rule("13.1", "13.3")
def test_131_of_somebody_unknown_nothing_is_on_record() -> None:
    scene = notification()
    rest = tuple(row for row in scene.facts.parties if row.address != HOUSE)
    refused = scene.known(parties=rest)
    assert_refused(
        scene, refused, ("13.1", "geheimhouding_ontbreekt", "/to/0"), ("13.3", "screening_verlopen", "/to/0")
    )


@pytest.mark.rule("13.3")
@pytest.mark.parametrize("screened", [None, TODAY - LONG - timedelta(days=1), date(2026, 3, 12)])
def test_133_nor_without_a_screening_that_is_not_too_old(screened: date | None) -> None:
    scene = contribution()
    last = scene.party(GGZ, screened=TODAY - LONG)
    assert_refused(last, scene.party(GGZ, screened=screened), ("13.3", "screening_verlopen", "/to/1"))


@pytest.mark.parametrize(
    ("updates", "rule", "code"),
    [
        pytest.param({"dpia": None}, "15", "pakket_zonder_dpia", marks=pytest.mark.rule("15")),
        pytest.param({"dpia": ""}, "15", "pakket_zonder_dpia", marks=pytest.mark.rule("15")),
        pytest.param({"consulted": None}, "15", "pakket_te_vroeg", marks=pytest.mark.rule("15")),
        pytest.param({"decision": None}, "28", "pakket_zonder_besluit", marks=pytest.mark.rule("28")),
    ],
)
def test_15_28_before_a_pack_is_in_force(updates: dict[str, object], rule: str, code: str) -> None:
    scene = notification()
    assert_refused(scene, scene.known(packs=(pack_fact(**updates),)), (rule, code, "/pack"))


@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC, microsecond=0)])
def test_a_decision_is_made_on_any_day_of_the_calendar(moment: datetime) -> None:
    for scene in (notification(), informed(), contribution(), hand_over(), health(), term_decision()):
        assert scene.at(moment).reasons() != []
        known = {"case.opened": moment, "case.phase_since": moment, "packs.0.consulted": moment.date()}
        assert scene.known(**known).at(moment).reasons() != []


@pytest.mark.rule("15")
def test_15_the_fgs_have_fourteen_days() -> None:
    scene, since = notification(), pack_fact().since.date()
    first = scene.known(packs=(pack_fact(consulted=since - timedelta(days=14)),))
    refused = scene.known(packs=(pack_fact(consulted=since - timedelta(days=13)),))
    assert_refused(first, refused, ("15", "pakket_te_vroeg", "/pack"))
