"""What goes on to another purpose, phase or party: marked, agreed, compatible; and what is made of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.content import ConsentRef
from tests.making import (
    COLLEGE,
    CONSENT,
    HOUSE,
    MELDER,
    NOW,
    PARTY,
    SOME_ITEM,
    changed,
    ground_of,
    item_of,
    pack,
    party_fact,
    reference,
)
from tests.schemas.scene import Scene, assert_refused
from tests.schemas.scenes import question
from tests.schemas.scenes_meeting import (
    DIRECTOR,
    GGZ,
    POLICE,
    agreements_for,
    contribution,
    deed,
    from_police,
    joined,
    kept_for,
    passed_on,
    plan,
)

AT = "/items/0/origin"


def _all(scene: Scene, **updates: Any) -> Scene:
    """The scene with every agreement changed."""
    return scene.known(agreements=[changed(row, **updates) for row in scene.facts.agreements])


@pytest.mark.rule("3.5c")
def test_35c_each_recipient_needs_the_providers_agreement() -> None:
    scene = passed_on()
    for index in (0, 1):
        one = scene.known(agreements=scene.facts.agreements[index : index + 1])
        assert_refused(scene, one, ("3.5c", "akkoord_ontbreekt", AT))


@pytest.mark.rule("3.5c")
def test_35c_a_late_joiner_was_not_meant_by_an_agreement_for_its_function() -> None:
    scene = _all(passed_on(to=(GGZ,)), holder="ggz", since=NOW - timedelta(hours=2))
    before, later = joined(scene, GGZ, timedelta(hours=2)), joined(scene, GGZ, timedelta(hours=1))
    assert_refused(before, later, ("3.5c", "akkoord_voor_toetreding", AT))
    assert _all(later, holder=GGZ).reasons() == []


@pytest.mark.rule("3.5c")
def test_35c_before_the_meeting_an_agreement_for_a_function_is_for_whoever_is_asked() -> None:
    scene = question("ggz")
    assert scene.known(**{"agreements.0.holder": "ggz", "agreements.0.since": NOW - timedelta(days=3)}).reasons() == []


@pytest.mark.rule("3.5b", "3.5c")
def test_35b_what_counts_as_one_purpose_is_refused_as_one() -> None:
    scene = _all(passed_on(), purpose="plan_van_aanpak", given_for="monitoring")
    assert _all(scene, refused=("besluit_afbouw",)).reasons() == []
    refused = _all(scene, refused=("monitoring",))
    assert_refused(scene, refused, ("3.5c", "akkoord_ontbreekt", AT))
    other = _all(scene, purpose="besluit_afbouw")
    assert_refused(scene, other, ("3.5c", "akkoord_ontbreekt", AT))


OWN = {"of": MELDER, "code": "jeugdwet_2_3"}


@pytest.mark.rule("3.5d")
def test_35d_for_its_own_task_a_party_needs_an_agreement_that_names_it() -> None:
    scene = passed_on(MELDER, (HOUSE, POLICE), grounds=(ground_of(task=OWN),))
    named = _all(scene, task=OWN)
    assert_refused(named, scene, ("3.5d", "eigen_taak_zonder_akkoord", AT))
    other = _all(scene, task=OWN | {"code": "jeugdwet_2_4"})
    assert_refused(named, other, ("3.5d", "eigen_taak_zonder_akkoord", AT))


@pytest.mark.rule("3.5d")
def test_35d_and_that_agreement_is_for_nothing_else() -> None:
    scene = passed_on()
    assert_refused(scene, _all(scene, task=OWN), ("3.5d", "eigen_taak_zonder_akkoord", AT))


@pytest.mark.rule("3.5d", "5.3.1")
def test_35d_an_actie_for_the_task_of_who_receives_it() -> None:
    task = {"of": GGZ, "code": "wgbo"}
    item = item_of("woonsituatie", ("woonvorm",), "I", DIRECTOR) | {"item": reference("doorgegeven")}
    scene = deed(to=GGZ, items=(item,), grounds=(ground_of(task=task),))
    given = agreements_for(scene.manifest, scene.manifest.exact_items[0])
    without = scene.known(agreements=[row.model_dump() for row in given])
    assert_refused(_all(without, task=task), without, ("3.5d", "eigen_taak_zonder_akkoord", AT))
    case_task = deed(sender=HOUSE, to=GGZ, items=(item,)).known(agreements=[row.model_dump() for row in given])
    assert case_task.reasons() == []


@pytest.mark.rule("3.5c", "3.5d")
def test_35_an_agreement_lacks_what_the_nearest_lacks() -> None:
    scene = passed_on(to=(GGZ,))
    first = scene.facts.agreements[0]
    worse = first.model_copy(
        update={"task": None, "category": "relaties", "holder": "ggz", "since": NOW - timedelta(9)}
    )
    near = first.model_copy(update={"fields": ("/woonvorm",)})
    refused = scene.known(agreements=[row.model_dump() for row in (worse, near)])
    codes = {code for _, code, _ in refused.reasons()}
    assert "akkoord_anders" in codes
    assert "akkoord_voor_toetreding" not in codes


@pytest.mark.rule("3.5b")
def test_35b_what_was_given_here_for_this_purpose_needs_no_mark() -> None:
    scene = passed_on()
    assert_refused(scene, _all(scene, given_for="eerste_beeld"), ("3.5b", "niet_voortgezet", AT))
    assert_refused(scene, _all(scene, given_for="besluit_afbouw"), ("3.5b", "niet_voortgezet", AT))
    assert_refused(scene, _all(scene, given_for="onbekend"), ("3.5b", "niet_voortgezet", AT))


@pytest.mark.rule("3.5b")
def test_35b_a_mark_is_for_a_purpose_that_counts_as_this_one() -> None:
    scene, item = _all(passed_on(), given_for="eerste_beeld"), passed_on().manifest.exact_items[0].origin.item
    marked = scene.known(**{"case.kept": kept_for("monitoring", item)})
    refused = scene.known(**{"case.kept": kept_for("besluit_afbouw", item)})
    assert_refused(marked, refused, ("3.5b", "niet_voortgezet", AT))
    other = scene.known(**{"case.kept": kept_for("monitoring", SOME_ITEM)})
    assert_refused(marked, other, ("3.5b", "niet_voortgezet", AT))


def _police(**updates: Any) -> Scene:
    """The house passes on what the police gave in the meeting."""
    told = from_police()
    item = told.manifest.exact_items[0].model_dump() | {"item": reference("doorgegeven")}
    scene = from_police(HOUSE, (COLLEGE,), items=(item,))
    given = agreements_for(scene.manifest, scene.manifest.exact_items[0], **updates)
    parties = (*scene.facts.parties, party_fact(POLICE))
    return scene.known(
        agreements=[row.model_dump() for row in given],
        parties=[row.model_dump() for row in parties],
        **{"case.kept": kept_for("toestandsbeeld", scene.manifest.exact_items[0].origin.item)},
    )


@pytest.mark.rule("13.5")
def test_135_police_data_go_on_for_a_compatible_purpose() -> None:
    refused = _police(given_for="besluit_afbouw")
    assert_refused(_police(given_for="eerste_beeld"), refused, ("13.5", "doel_niet_verenigbaar", AT))


def _secret(**updates: Any) -> Scene:
    """The house passes on what the ggz gave in the meeting, with a consent of this phase."""
    ground = ground_of(
        task={"of": MELDER, "code": "wmo_2_3_1_2_3_5"},
        secrecy=pack().capacity["ggz"].secrecy,
        consent=CONSENT.model_dump(),
    )
    item = item_of("woonsituatie", ("woonvorm",), "I", GGZ) | {"item": reference("doorgegeven")}
    scene = passed_on(to=(COLLEGE,), grounds=(ground,), items=(item,))
    whole = {"consent": CONSENT.model_dump(), "given_for": "toestandsbeeld"} | updates
    given = agreements_for(scene.manifest, scene.manifest.exact_items[0], **whole)
    return scene.known(agreements=[row.model_dump() for row in given])


@pytest.mark.rule("13.6")
def test_136_what_is_under_secrecy_goes_on_with_agreement_for_a_compatible_purpose() -> None:
    scene = _secret()
    assert_refused(
        scene, scene.known(agreements=()), ("13.6", "geheim_zonder_akkoord", AT), ("3.5c", "akkoord_ontbreekt", AT)
    )
    refused = _secret(given_for="besluit_opschaling").known(
        **{"case.kept": kept_for("toestandsbeeld", scene.manifest.exact_items[0].origin.item)}
    )
    assert_refused(scene, refused, ("13.6", "doel_niet_verenigbaar", AT))


@pytest.mark.rule("13.6")
def test_136_what_is_not_under_secrecy_asks_only_for_agreement() -> None:
    scene = passed_on()
    codes = {code for _, code, _ in scene.known(agreements=()).reasons()}
    assert "akkoord_ontbreekt" in codes
    assert "geheim_zonder_akkoord" not in codes


@pytest.mark.rule("7.2a-b")
def test_72b_a_consent_that_nobody_needs_is_in_no_ones_way() -> None:
    scene = passed_on()
    assert scene.message(**{"grounds.0.consent": CONSENT}).reasons() == []


@pytest.mark.rule("7.2a-b")
def test_72a_in_the_meeting_consent_is_of_this_phase_also_for_what_goes_on() -> None:
    def on(day: date) -> Scene:
        consent = ConsentRef(ref=CONSENT.ref, date=day).model_dump()
        return _secret(consent=consent).message(**{"grounds.0.consent": consent})

    reason = ("7.2a", "toestemming_buiten_fase", "/grounds/0/consent/date")
    assert_refused(on(date(2026, 3, 8)), on(date(2026, 3, 7)), reason)


# what is made of it

MADE = "/items/0/derived_from/0"
SOURCE = ({"party": COLLEGE, "item": SOME_ITEM},)


@pytest.mark.rule("2.1", "3.5c")
def test_35c_a_plan_rests_on_what_was_agreed_to() -> None:
    scene = plan()
    assert_refused(scene, scene.known(agreements=()), ("3.5c", "akkoord_ontbreekt", MADE))
    one = scene.known(agreements=scene.facts.agreements[:2])
    assert_refused(scene, one, ("3.5c", "akkoord_ontbreekt", MADE))
    assert_refused(scene, _all(scene, task=OWN), ("3.5d", "eigen_taak_zonder_akkoord", MADE))


@pytest.mark.rule("2.1")
def test_21_only_the_houses_own_text_in_the_meeting_is_made_of_other_items() -> None:
    reason = ("2.1", "afgeleid_niet_hier", "/items/0/derived_from")
    scene = contribution()
    refused = scene.message(**{"items.0.derived_from": SOURCE})
    assert_refused(scene, refused, reason)
    carried = passed_on()
    assert_refused(carried, carried.message(**{"items.0.derived_from": SOURCE}), reason)
    whole = plan()
    assert_refused(whole, whole.message(phase="afschaling"), reason)


@pytest.mark.rule("2.1")
def test_21_or_on_an_item_of_the_same_message() -> None:
    scene = plan()
    original = passed_on().manifest.exact_items[0].model_dump() | {"origin": {"party": COLLEGE, "item": SOME_ITEM}}
    both = scene.message(items=(*scene.manifest.items, original))
    rows = [row for row in scene.facts.agreements if row.holder != COLLEGE]
    assert both.known(agreements=rows).reasons() == []
    itself = scene.message(**{"items.0.derived_from": (scene.manifest.exact_items[0].origin,)})
    assert ("3.5c", "akkoord_ontbreekt", MADE) in itself.reasons()


@pytest.mark.rule("3.5b")
def test_35b_what_is_of_an_earlier_phase_was_marked_for_the_plan_too() -> None:
    scene = _all(plan(), given_for="eerste_beeld")
    marked = scene.known(**{"case.kept": kept_for("toestandsbeeld")})
    assert_refused(marked, scene, ("3.5b", "niet_voortgezet", MADE))


@pytest.mark.rule("3.5c")
def test_35c_a_late_joiner_gets_no_plan_made_of_what_it_was_not_meant_for() -> None:
    scene = _all(plan(to=(GGZ,)), holder="ggz", since=NOW - timedelta(hours=2))
    later = joined(scene, GGZ, timedelta(hours=1))
    assert_refused(joined(scene, GGZ, timedelta(hours=3)), later, ("3.5c", "akkoord_voor_toetreding", MADE))


def _made_of(who: str, **updates: Any) -> Scene:
    """A plan made of something of this party."""
    scene = plan()
    party = PARTY[who]
    rows = {row.address: row for row in (*scene.facts.parties, party_fact(party))}
    known = scene.known(parties=[row.model_dump() for row in rows.values()])
    made = known.message(**{"items.0.derived_from.0.party": party, "grounds.0.secrecy": pack().capacity[who].secrecy})
    return _all(made, **({"provider": party} | updates))


@pytest.mark.rule("7.2a-b")
def test_72b_a_plan_made_of_what_is_under_secrecy_needs_the_consent_named_to_it() -> None:
    allowed = _made_of("ggz", consent=CONSENT.model_dump())
    assert_refused(allowed, _made_of("ggz"), ("7.2b", "toestemming_niet_doorgegeven", MADE))
    unknown = allowed.known(parties=[row for row in allowed.facts.parties if row.address != GGZ])
    assert_refused(allowed, unknown, ("2.1", "herkomst_onbekend", MADE))


@pytest.mark.rule("7.1", "13.5")
def test_71_a_plan_made_of_police_data_bears_their_mark_and_serves_their_purpose() -> None:
    allowed = _made_of("politie").message(**{"grounds.0.conditions": ("wpg7_geheimhouding",)})
    assert_refused(allowed, _made_of("politie"), ("7.1", "kenmerk_ontbreekt", "/grounds/0/conditions"))
    refused = _all(allowed, given_for="besluit_afbouw").known(**{"case.kept": kept_for("toestandsbeeld")})
    assert_refused(allowed, refused, ("13.5", "doel_niet_verenigbaar", MADE))


@pytest.mark.rule("7.1")
def test_71_also_where_these_are_in_the_same_message() -> None:
    police = _police().message(kind="plan_van_aanpak", purpose="plan_van_aanpak")
    made_of = police.manifest.exact_items[0].origin
    text = item_of("bericht", ("doel", "acties"), "S", HOUSE, derived_from=(made_of,), ground=1)
    plain = police.message(grounds=(*police.manifest.grounds, ground_of()), items=(*police.manifest.items, text))
    reason = ("7.1", "kenmerk_ontbreekt", "/grounds/1/conditions")
    assert_refused(plain.message(**{"grounds.1.conditions": ("wpg7_geheimhouding",)}), plain, reason)
