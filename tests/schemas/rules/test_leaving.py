"""What remains of a party that left: nothing of it goes any further (3.5c, 28.3, 30)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.making import COLLEGE, NOW
from tests.schemas.scene import Scene, assert_refused
from tests.schemas.scenes_life import permitted
from tests.schemas.scenes_meeting import POLICE, contribution, passed_on, plan

pytestmark = pytest.mark.rule("30", "28.3", "3.5c")


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (lambda: passed_on(to=(POLICE,)), "/items/0/origin"),
        (lambda: plan(to=(POLICE,)), "/items/0/derived_from/0"),
    ],
)
def test_30_what_came_from_a_party_that_left_goes_no_further(make: Callable[[], Scene], place: str) -> None:
    scene = make()
    refused = scene.party(COLLEGE, left=NOW)
    later = scene.party(COLLEGE, left=NOW + timedelta(seconds=1))
    assert_refused(later, refused, ("30", "verstrekker_uitgetreden", place))


@pytest.mark.rule("7.1")
def test_30_nor_on_a_permission_of_it() -> None:
    scene = permitted()
    assert_refused(scene, scene.party(POLICE, left=NOW), ("30", "verstrekker_uitgetreden", "/items/3/origin"))


def test_30_of_who_sends_itself_that_is_said_once() -> None:
    scene = contribution()
    refused = scene.party(COLLEGE, left=NOW)
    assert_refused(scene, refused, ("30", "uitgetreden", "/from"))
    assert "verstrekker_uitgetreden" not in {code for _, code, _ in refused.reasons()}
