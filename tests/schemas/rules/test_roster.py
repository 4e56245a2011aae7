"""Which kind, from whom, to whom, and who takes part."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.making import COLLEGE, HOUSE, MELDER, NOW, PARTY, case_fact, facts_for, manifest_of, party_fact
from tests.schemas.scenes import (
    SCENES,
    Scene,
    answer,
    assert_refused,
    informed,
    key_request,
    notification,
    question,
    receipt,
)
from tests.schemas.scenes_life import correction, restriction, restriction_end
from tests.schemas.scenes_meeting import GGZ


@pytest.mark.rule("3.4")
def test_34_a_kind_of_the_pack() -> None:
    scene = key_request()
    without = scene.pack.kinds[:1]
    assert_refused(scene, scene.under(kinds=without), ("3.4", "soort_onbekend", "/kind"))
    told = notification()
    assert_refused(told, told.under(kinds=without), ("3.4", "soort_onbekend", "/kind"))


@pytest.mark.rule("9.6")
def test_96_the_pack_says_who_sends() -> None:
    scene = informed()
    refused = scene.message(sender=HOUSE, to=(MELDER,), on_behalf_of=MELDER)
    assert_refused(
        scene,
        refused,
        ("9.6", "afzender_niet_bevoegd", "/from"),
        ("9.6", "ontvanger_niet_bevoegd", "/to/0"),
    )


@pytest.mark.rule("9.6", "1.18")
def test_118_only_the_notifier_notifies() -> None:
    scene = notification()
    refused = scene.message(sender=COLLEGE).known(
        parties=(*scene.facts.parties, party_fact(COLLEGE)),
        case=case_fact("aanmelding", asked=[COLLEGE]),
    )
    assert_refused(
        scene,
        refused,
        ("9.6", "afzender_niet_bevoegd", "/from"),
        ("1.18", "alleen_melder_en_huis", "/from"),
    )


@pytest.mark.rule("9.6")
def test_119_an_answer_goes_to_the_house() -> None:
    scene = answer()
    assert_refused(scene, scene.message(to=(MELDER,)), ("9.6", "ontvanger_niet_bevoegd", "/to/0"))


@pytest.mark.rule("1.19")
def test_119_a_question_has_one_recipient() -> None:
    scene = question()
    sealed = scene.manifest.sealed
    assert sealed is not None
    wider = sealed.model_copy(update={"recipients": (sealed.recipients[0], sealed.recipients[0])})
    refused = scene.message(to=(COLLEGE, PARTY["ggz"]), sealed=wider)
    assert_refused(scene, refused, ("1.19", "te_veel_ontvangers", "/to"))


@pytest.mark.rule("9.6")
def test_96_who_takes_no_part_sends_and_receives_nothing() -> None:
    scene = receipt()
    out = scene.known(case=case_fact())
    assert_refused(scene, out, ("9.6", "geen_deelnemer", "/from"))
    asking = question()
    not_yet = asking.known(**{"case.roster.2.since": NOW + timedelta(seconds=1)})
    assert_refused(asking, not_yet, ("9.6", "geen_deelnemer", "/to/0"))
    no_more = asking.known(**{"case.roster.2.until": NOW})
    assert_refused(asking, no_more, ("9.6", "geen_deelnemer", "/to/0"))


def test_119_the_house_brings_in_a_party_in_triage() -> None:
    assert key_request("veilig_thuis").reasons() == []


@pytest.mark.rule("1.18")
def test_118_nobody_else_is_asked_before_triage() -> None:
    manifest = manifest_of("sleutel_verzoek", HOUSE, PARTY["ggz"], phase="aanmelding")
    scene = Scene(manifest, facts_for(manifest, case_fact("aanmelding")))
    assert_refused(key_request("ggz"), scene, ("1.18", "alleen_melder_en_huis", "/to/0"))


def test_118_the_notifier_asks_the_house_for_its_key() -> None:
    manifest = manifest_of("sleutel_verzoek", MELDER, HOUSE, phase="aanmelding")
    scene = Scene(manifest, facts_for(manifest, case_fact("aanmelding")))
    assert scene.reasons() == []


@pytest.mark.parametrize("kind", sorted(SCENES))
def test_every_kind_of_the_pack_can_go(kind: str) -> None:
    assert SCENES[kind]().reasons() == []


def test_there_is_a_scene_for_every_kind() -> None:
    assert set(SCENES) == set(notification().pack.kind)


@pytest.mark.rule("1.19")
@pytest.mark.parametrize("make", [correction, restriction, restriction_end])
def test_119_who_was_asked_reads_of_no_other_recipient(make: Callable[..., Scene]) -> None:
    ggd = PARTY["ggd"]
    case = case_fact("casusoverleg", asked=[GGZ, ggd], taking_part=[COLLEGE])
    one = make(HOUSE, COLLEGE).known(case=case).message(to=(GGZ,))
    known = one.known(parties=(*one.facts.parties, party_fact(ggd)))
    for to, index in (((GGZ, ggd), 1), ((COLLEGE, GGZ), 1), ((GGZ, MELDER), 0)):
        refused = known.message(to=to)
        assert_refused(known, refused, ("1.19", "gevraagde_alleen", f"/to/{index}"))
    own = make(COLLEGE, COLLEGE).known(case=case).message(to=(HOUSE, GGZ))
    assert own.known(parties=(*own.facts.parties, party_fact(GGZ))).reasons() == []
