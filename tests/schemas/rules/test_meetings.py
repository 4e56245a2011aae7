"""Who comes to the case meeting, and who leaves it."""

from __future__ import annotations

import pytest

from tests.making import COLLEGE, HOUSE, MELDER, NOW, PARTY, case_fact, message_id, party_fact
from tests.schemas.scene import assert_refused
from tests.schemas.scenes_life import departure, invitation
from tests.schemas.scenes_meeting import GGZ


@pytest.mark.rule("1.20")
@pytest.mark.parametrize(
    ("updates", "code"),
    [
        ({"agreed": None}, "afspraak_onbekend"),
        ({"agreed.id": message_id("iets anders")}, "afspraak_onbekend"),
        ({"agreed.kind": "plan_van_aanpak"}, "afspraak_past_niet"),
    ],
)
def test_120_the_house_admits_by_a_decision(updates: dict[str, object], code: str) -> None:
    scene = invitation()
    assert_refused(scene, scene.known(**updates), ("1.20", code, "/act/agreement"))


@pytest.mark.rule("1.20")
@pytest.mark.parametrize(
    ("agreed", "fits"),
    [
        ({"phase": "triage", "decision": "in_casusoverleg"}, True),
        ({"phase": "triage", "decision": "casusoverleg"}, True),
        ({"phase": "casusoverleg", "decision": "opschaling"}, True),
        ({"phase": "aanmelding", "decision": "in_triage"}, False),
        ({"phase": "triage", "decision": "toebedeling"}, False),
    ],
)
def test_120_by_the_decision_that_led_to_the_meeting_or_one_of_it(agreed: dict[str, str], fits: bool) -> None:
    scene = invitation()
    named = scene.known(**{f"agreed.{member}": value for member, value in agreed.items()})
    if fits:
        assert named.reasons() == []
    else:
        assert_refused(scene, named, ("1.20", "afspraak_past_niet", "/act/agreement"))


@pytest.mark.rule("1.20", "9.6")
def test_120_who_is_admitted_belongs_to_the_case() -> None:
    scene = invitation()
    refused = scene.known(case=case_fact("casusoverleg", taking_part=[COLLEGE]))
    assert_refused(scene, refused, ("9.6", "geen_deelnemer", "/act/admit/0"))


@pytest.mark.rule("1.20")
def test_120_and_is_told() -> None:
    scene = invitation()
    refused = scene.message(to=(MELDER,))
    assert_refused(scene, refused, ("1.20", "uitnodiging_zonder_ontvanger", "/act/admit/0"))


@pytest.mark.rule("1.19", "1.20")
def test_119_an_invitation_tells_of_nobody_else() -> None:
    scene = invitation()
    two = scene.message(to=(MELDER, GGZ), **{"act.admit": (MELDER, GGZ)})
    assert_refused(scene, two, ("1.19", "te_veel_ontvangers", "/to"), ("1.19", "te_veel_ontvangers", "/act/admit"))
    along = scene.message(to=(GGZ, COLLEGE))
    assert_refused(scene, along, ("1.19", "te_veel_ontvangers", "/to/1"))


@pytest.mark.rule("29", "30", "28.3")
@pytest.mark.parametrize(
    ("updates", "rule", "code"),
    [({"since": NOW.replace(year=2027)}, "29", "niet_toegetreden"), ({"left": NOW}, "30", "uitgetreden")],
)
def test_30_nobody_is_admitted_who_does_not_belong(updates: dict[str, object], rule: str, code: str) -> None:
    scene = invitation()
    assert_refused(scene, scene.party(GGZ, **updates), (rule, code, "/act/admit/0"))


@pytest.mark.rule("1.20")
def test_120_only_the_house_admits() -> None:
    scene = invitation()
    refused = scene.message(sender=COLLEGE, on_behalf_of=None)
    assert_refused(scene, refused, ("9.6", "afzender_niet_bevoegd", "/from"))


@pytest.mark.rule("9.6")
def test_96_a_party_ends_its_own_part_only() -> None:
    scene = departure()
    for remove in ((COLLEGE,), (GGZ, COLLEGE)):
        refused = scene.message(**{"act.remove": remove})
        assert_refused(scene, refused, ("9.6", "alleen_eigen_deelname", "/act/remove"))
    assert departure(HOUSE).message(**{"act.remove": (GGZ, COLLEGE)}).reasons() == []


@pytest.mark.rule("9.6")
def test_96_with_a_reason_of_the_pack() -> None:
    scene = departure()
    assert_refused(scene, scene.message(**{"act.reason": "zomaar"}), ("9.6", "reden_onbekend", "/act/reason"))


@pytest.mark.rule("30", "28.3")
def test_30_who_left_can_still_be_removed() -> None:
    scene = departure(HOUSE).message(to=(COLLEGE,))
    gone = scene.party(GGZ, left=NOW)
    assert gone.reasons() == []
    told = departure(HOUSE)
    assert_refused(told, told.party(GGZ, left=NOW), ("30", "uitgetreden", "/to/0"))


@pytest.mark.rule("9.6")
def test_96_who_is_removed_is_told() -> None:
    scene = departure(HOUSE)
    refused = scene.message(to=(COLLEGE,))
    assert_refused(scene, refused, ("9.6", "einde_zonder_ontvanger", "/act/remove/0"))
    assert departure().reasons() == []


@pytest.mark.rule("1.20", "6.4")
def test_64_a_party_without_a_ground_does_not_sit_at_the_table() -> None:
    nobody = PARTY["geen_grondslag"]
    scene = invitation().message(to=(nobody,), **{"act.admit": (nobody,)})
    known = scene.known(
        case=case_fact("casusoverleg", asked=[nobody], taking_part=[COLLEGE]),
        parties=(*scene.facts.parties, party_fact(nobody)),
    )
    assert_refused(invitation(), known, ("6.4", "ontvanger_zonder_grondslag", "/act/admit/0"))
