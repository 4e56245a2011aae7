"""Provisions outside the meeting: carrying out, directing, assigning (5.3.1)."""

from __future__ import annotations

import pytest

from schemas.ids import Address
from tests.making import COLLEGE, MELDER, item_of, message_id, party_fact
from tests.schemas.scene import assert_refused
from tests.schemas.scenes_meeting import DIRECTOR, GGZ, HOUSING, assigned, contribution, deed, sealed_for

pytestmark = pytest.mark.rule("5.3.1")

PURPOSES = ("uitvoeren_actie", "casusregie", "toebedelen")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_531_names_what_was_agreed(purpose: str) -> None:
    scene = deed(purpose)
    for updates in ({"agreed": None}, {"agreed.id": message_id("iets anders")}):
        assert_refused(scene, scene.known(**updates), ("5.3.1", "afspraak_onbekend", "/act/agreement"))


@pytest.mark.parametrize(
    ("purpose", "updates"),
    [
        ("uitvoeren_actie", {"agreed.kind": "fase_besluit"}),
        ("casusregie", {"agreed.kind": "plan_van_aanpak"}),
        ("casusregie", {"agreed.casusregie": None}),
        ("casusregie", {"agreed.phase": "triage"}),
        ("toebedelen", {"agreed.kind": "plan_van_aanpak"}),
        ("toebedelen", {"agreed.decision": "opschaling"}),
    ],
)
def test_531_what_was_agreed_carries_the_purpose(purpose: str, updates: dict[str, object]) -> None:
    scene = deed(purpose)
    assert_refused(scene, scene.known(**updates), ("5.3.1", "afspraak_past_niet", "/act/agreement"))


def test_531b_case_direction_goes_to_who_directs() -> None:
    refused = deed("casusregie", to=GGZ)
    assert_refused(deed("casusregie"), refused, ("5.3.1", "afspraak_past_niet", "/to/0"))


@pytest.mark.parametrize("director", [None, GGZ])
def test_531b_and_not_to_who_directed_before(director: Address | None) -> None:
    scene = deed("casusregie")
    refused = scene.known(**{"case.casusregie": director})
    assert_refused(scene, refused, ("5.3.1", "afspraak_past_niet", "/to/0"))
    assert ("5.3.1", "afspraak_past_niet", "/to/0") in scene.known(case=None).reasons()


def test_531_an_actie_is_for_these_purposes_only() -> None:
    scene = deed()
    for purpose in ("toestandsbeeld", None):
        assert_refused(scene, scene.message(purpose=purpose), ("5.3.1", "afspraak_past_niet", "/purpose"))


@pytest.mark.parametrize("purpose", PURPOSES)
def test_531_and_these_purposes_for_an_actie_only(purpose: str) -> None:
    scene = contribution()
    assert_refused(scene, scene.message(purpose=purpose), ("5.3.1", "doel_vraagt_actie", "/purpose"))


def test_531_to_one_party() -> None:
    to = (DIRECTOR, GGZ)
    refused = deed().message(to=to, sealed=sealed_for(to, "casusoverleg"))
    assert_refused(deed(), refused, ("1.19", "te_veel_ontvangers", "/to"))


def test_531c_also_in_triage_by_the_decision_to_assign() -> None:
    scene = assigned()
    assert_refused(scene, scene.known(agreed=None), ("5.3.1", "afspraak_onbekend", "/act/agreement"))


@pytest.mark.rule("5.2.1-3")
def test_532_for_the_task_of_who_does_it() -> None:
    ground = {"basis": "avg_6_1_e", "task": {"of": DIRECTOR, "code": "jeugdwet_2_3"}}
    allowed = deed(grounds=(ground,))
    other = {"basis": "avg_6_1_e", "task": {"of": GGZ, "code": "wgbo"}}
    refused = deed(grounds=(other,)).known(parties=(*allowed.facts.parties, party_fact(GGZ)))
    assert_refused(allowed, refused, ("5.2", "taak_van_ander", "/grounds/0/task/of"))
    items = (item_of("woonsituatie", HOUSING, "I", COLLEGE),)
    told = contribution(grounds=(ground | {"task": {"of": GGZ, "code": "wgbo"}},), items=items)
    assert ("5.2", "taak_van_ander", "/grounds/0/task/of") in told.reasons()
    assert MELDER != DIRECTOR


@pytest.mark.rule("5.3.1")
def test_531_an_assignment_of_another_phase_is_over() -> None:
    scene = deed("toebedelen")
    refused = scene.known(**{"agreed.phase": "triage"})
    assert_refused(scene, refused, ("5.3.1", "afspraak_past_niet", "/act/agreement"))
    early = assigned()
    assert_refused(
        early, early.known(**{"agreed.phase": "casusoverleg"}), ("5.3.1", "afspraak_past_niet", "/act/agreement")
    )


@pytest.mark.rule("5.3.1")
def test_531_direction_is_agreed_in_the_meeting() -> None:
    scene = deed("casusregie")
    refused = scene.known(**{"agreed.phase": "triage"})
    assert_refused(scene, refused, ("5.3.1", "afspraak_past_niet", "/act/agreement"))
