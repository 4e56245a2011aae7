"""Who is told that a person was informed: the other parties of the case too (16.2)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.making import COLLEGE, HOUSE, MELDER, NOW, PERSON, case_fact, facts_for, manifest_of
from tests.schemas.scene import Scene, assert_refused
from tests.schemas.scenes_meeting import GGZ, POLICE, meeting

pytestmark = pytest.mark.rule("16.2")


def _informed(phase: str = "casusoverleg") -> Scene:
    act = {"subjects": [PERSON], "at": date(2026, 3, 9), "how": "gesprek"}
    manifest = manifest_of("geinformeerd", MELDER, (HOUSE, COLLEGE, GGZ, POLICE), phase=phase, act=act)
    return Scene(manifest, facts_for(manifest, meeting(phase)))


@pytest.mark.parametrize("phase", ["casusoverleg", "afschaling"])
def test_162_when_and_how_is_made_known_to_the_others_of_the_case(phase: str) -> None:
    scene = _informed(phase)
    late = {"act.at": date(2026, 3, 12)}
    assert NOW.date() < date(2026, 3, 12)
    assert_refused(scene, scene.message(**late), ("16.2", "geinformeerd_in_toekomst", "/act/at"))


@pytest.mark.rule("1.19", "9.6")
def test_119_in_triage_only_the_house_is_told_so_that_nobody_learns_who_was_asked() -> None:
    told = _informed().message(phase="triage", to=(HOUSE,)).known(case=case_fact("triage", asked=[GGZ]))
    refused = told.message(to=(HOUSE, GGZ))
    assert_refused(told, refused, ("9.6", "ontvanger_niet_bevoegd", "/to/1"))
