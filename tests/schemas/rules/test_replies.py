"""What replies to what, when, and inside which bounds; questions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.making import (
    ANSWER_TIME,
    COLLEGE,
    MELDER,
    NOW,
    PARTY,
    RELATIVE,
    digest,
    message_id,
    reference,
)
from tests.schemas.scenes import Scene, answer, assert_refused, keys, notification, opened, question, receipt, violation


@pytest.mark.rule("1.19")
def test_119_an_answer_names_its_question() -> None:
    scene = answer()
    assert_refused(scene, scene.message(reply_to=None), ("1.19", "antwoord_op_ontbreekt", "/reply_to"))


@pytest.mark.rule("1.19")
def test_119_what_is_no_reply_names_nothing() -> None:
    scene = notification()
    refused = scene.message(reply_to=message_id("iets"))
    assert_refused(scene, refused, ("1.19", "antwoord_op_niet_gevraagd", "/reply_to"))


@pytest.mark.rule("1.19")
def test_119_the_question_is_known_in_this_case() -> None:
    scene = answer()
    place = ("1.19", "antwoord_op_onbekend", "/reply_to")
    assert_refused(scene, scene.known(thread=None), place)
    assert_refused(scene, scene.message(reply_to=message_id("iets")), place)
    assert_refused(scene, scene.known(**{"thread.case": reference("andere casus")}), place)


@pytest.mark.rule("1.19")
def test_119_a_reply_fits_its_message() -> None:
    scene = answer()
    refused = scene.known(**{"thread.kind": "aanmelding"})
    assert_refused(scene, refused, ("1.19", "antwoord_past_niet", "/reply_to"))


def test_12_keys_are_also_published_without_a_request() -> None:
    assert keys().message(reply_to=None).reasons() == []


@pytest.mark.rule("1.19")
def test_119_only_who_was_asked_answers() -> None:
    scene = answer()
    refused = scene.known(**{"thread.to": (PARTY["ggz"],)})
    assert_refused(scene, refused, ("1.19", "vraag_niet_aan_u", "/from"))


@pytest.mark.rule("1.19")
def test_119_only_to_who_asked() -> None:
    scene = answer()
    refused = scene.known(**{"thread.sender": MELDER})
    assert_refused(scene, refused, ("1.19", "antwoord_aan_ander", "/to"))


@pytest.mark.rule("1.19")
def test_119_one_answer_to_a_question() -> None:
    scene = answer()
    assert_refused(scene, scene.known(**{"thread.answered": True}), ("1.19", "al_beantwoord", "/reply_to"))


@pytest.mark.rule("7.2a")
def test_72a_an_answer_comes_at_its_moment() -> None:
    scene = answer()
    early = scene.at(ANSWER_TIME - timedelta(seconds=1))
    assert_refused(scene, early, ("7.2a", "te_vroeg", "/reply_to"))
    assert_refused(scene, scene.at(scene.manifest.expires), ("7.2a", "te_laat", "/reply_to"))


def test_72a_a_receipt_does_not_wait() -> None:
    assert receipt().at(NOW).reasons() == []


@pytest.mark.rule("7.2a")
@pytest.mark.parametrize("who", ["college_bw", "ggz", "politie"])
def test_72a_the_clear_part_is_that_of_the_question(who: str) -> None:
    scene = answer(who)
    items, grounds = scene.manifest.items, scene.manifest.grounds
    changes: dict[str, dict[str, object]] = {
        "/items": {"items": items[:1]},
        "/grounds": {"grounds": (*grounds, grounds[0])},
        "/necessity": {"necessity.code": "route_bepalen"},
        "/expires": {"expires": scene.manifest.expires - timedelta(seconds=1)},
        "/sealed/bucket": {"sealed.bucket": 16384},
        "/purpose": {"purpose": "routering"},
    }
    for place, updates in changes.items():
        assert_refused(scene, scene.message(**updates), ("7.2a", "wijkt_af_van_vraag", place))


@pytest.mark.rule("7.2a")
def test_72a_a_question_without_a_ceiling_has_no_answer() -> None:
    scene = answer()
    refused = scene.known(**{"thread.ceiling": None})
    assert_refused(scene, refused, ("7.2a", "vraag_zonder_plafond", "/reply_to"))


def test_72a_the_same_answer_whatever_it_is() -> None:
    known, silent = opened("ggz"), opened("ggz").sealed(outcome="geen_uitspraak", items=(), grounds=())
    assert known.manifest == silent.manifest
    assert (known.reasons(), silent.reasons()) == ([], [])


@pytest.mark.rule("3.5a")
@pytest.mark.parametrize(
    "updates",
    [
        {"items.1.category": "relaties", "items.1.fields.0.path": "/aantal", "items.1.level": "S"},
        {"items.1.subject": RELATIVE},
        {"items.1.subject_category": "directe_relatie"},
        {"items.1.level": "S"},
        {"items.1.regime": "wpg"},
        {"items.1.fields.0.path": "/toelichting"},
    ],
)
def test_35a_what_is_sealed_lies_inside_the_question(updates: dict[str, object]) -> None:
    scene = opened()
    assert_refused(scene, scene.sealed(**updates), ("3.5a", "buiten_het_plafond", "/items/1"))


@pytest.mark.rule("3.5a")
def test_35a_its_grounds_are_those_of_the_question() -> None:
    scene = opened()
    refused = scene.sealed(**{"grounds.0.task.code": "jeugdwet_2_3"})
    assert_refused(scene, refused, ("3.5a", "grondslag_buiten_vraag", "/grounds/0"))


def test_35a_less_than_was_asked_may_always() -> None:
    scene = opened()
    assert scene.inner is not None
    assert scene.sealed(items=scene.inner.items[:1]).reasons() == []


def test_35a_nothing_is_inside_a_question_that_is_not_there() -> None:
    scene = opened()
    assert ("1.19", "antwoord_op_onbekend", "/reply_to") in scene.known(thread=None).reasons()


@pytest.mark.rule("1.19")
def test_119_a_question_is_about_one_person() -> None:
    scene = question()
    other = scene.manifest.exact_items[0].model_copy(
        update={"item": reference("tweede"), "subject": RELATIVE, "subject_category": "directe_relatie"}
    )
    refused = scene.message(items=(*scene.manifest.items, other))
    assert_refused(scene, refused, ("1.19", "een_persoon", "/items"))


@pytest.mark.rule("1.19")
def test_119_the_answer_is_about_that_person() -> None:
    scene = question()
    refused = scene.message(**{"act.ceiling.items.0.subject": RELATIVE})
    assert_refused(scene, refused, ("1.19", "andere_persoon", "/act/ceiling/items/0/subject"))


@pytest.mark.rule("7.2a")
def test_72a_the_moment_lies_ahead() -> None:
    scene = question()
    refused = scene.message(**{"act.answer_at": NOW})
    assert_refused(scene, refused, ("7.2a", "antwoordmoment_voorbij", "/act/answer_at"))


@pytest.mark.rule("7.2a")
def test_72a_the_moment_lies_before_the_end() -> None:
    scene = question()
    refused = scene.message(**{"act.answer_at": NOW + timedelta(days=2)})
    assert_refused(scene, refused, ("7.2a", "antwoordmoment_te_laat", "/act/answer_at"))


@pytest.mark.rule("11.1")
def test_111_an_answer_lives_no_longer_than_its_kind_may() -> None:
    scene = question()
    longest = NOW + timedelta(days=1, seconds=scene.pack.kind["triageantwoord"].seconds_max)
    assert_refused(
        scene.message(**{"act.ceiling.expires": longest}),
        scene.message(**{"act.ceiling.expires": longest + timedelta(seconds=1)}),
        ("11.1", "antwoord_te_lang_geldig", "/act/ceiling/expires"),
    )


@pytest.mark.rule("11.1")
def test_111_a_question_that_nothing_answers() -> None:
    scene = question()
    kinds = tuple(row for row in scene.pack.kinds if row.id != "triageantwoord")
    refused = scene.under(kinds=kinds)
    assert_refused(scene, refused, ("11.1", "antwoord_te_lang_geldig", "/act/ceiling/expires"))


@pytest.mark.rule("5.1")
def test_51_the_house_asks_by_the_mandate_of_the_notifier() -> None:
    scene = question()
    place = ("5.1", "mandaat_onjuist", "/act/mandate")
    assert_refused(scene, scene.message(**{"act.mandate": "een ander"}), place)
    assert_refused(scene, scene.known(case=None), place)


@pytest.mark.rule("11.1")
def test_111_a_receipt_is_about_what_it_replies_to() -> None:
    scene = receipt()
    assert_refused(scene, scene.message(**{"act.of": message_id("iets")}), ("11.1", "ontvangst_van_ander", "/act/of"))
    refused = scene.message(**{"act.manifest_sha256": digest("iets anders")})
    assert_refused(scene, refused, ("11.1", "ontvangst_klopt_niet", "/act/manifest_sha256"))
    other = scene.message(**{"act.sealed_sha256": digest("iets anders")})
    assert_refused(scene, other, ("11.1", "ontvangst_klopt_niet", "/act/sealed_sha256"))


@pytest.mark.rule("1.19")
@pytest.mark.parametrize("scene", [receipt(), violation()])
def test_111_what_replies_to_nothing_known_tells_nothing(scene: Scene) -> None:
    assert_refused(scene, scene.known(thread=None), ("1.19", "antwoord_op_onbekend", "/reply_to"))


@pytest.mark.rule("1.19")
def test_111_only_who_received_it_says_so() -> None:
    scene = receipt()
    refused = scene.known(**{"thread.to": (COLLEGE,)})
    assert_refused(scene, refused, ("1.19", "vraag_niet_aan_u", "/from"))


@pytest.mark.rule("7.2a")
@pytest.mark.parametrize("kind", ["triageantwoord", "onbekend"])
def test_72a_of_a_ceiling_answer_nothing_is_told_in_clear(kind: str) -> None:
    scene = violation()
    assert_refused(scene, scene.known(**{"thread.kind": kind}), ("7.2a", "bevinding_verraadt", "/act/of"))
