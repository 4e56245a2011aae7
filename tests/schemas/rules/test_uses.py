"""Agreements, requests for them, and the further uses that a provider names beforehand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from schemas.pack_rows import Purpose
from schemas.rules.uses import compatible, same_purpose
from tests.making import (
    COLLEGE,
    HOUSE,
    MELDER,
    NOW,
    RELATIVE,
    SOME_ITEM,
    address,
    agreed,
    case_fact,
    facts_for,
    item_of,
    manifest_of,
    pack,
    reference,
)
from tests.schemas.scene import Scene, assert_refused
from tests.schemas.scenes import agreement, notification
from tests.schemas.scenes_life import agreement_request, permission
from tests.schemas.scenes_meeting import (
    GGZ,
    POLICE,
)


@pytest.mark.rule("3.5c", "3.5d")
@pytest.mark.parametrize(
    ("updates", "reason"),
    [
        ({"act.use.phase": "uitvoering"}, ("3.5c", "gebruik_onbekend", "/act/for")),
        ({"act.use.purpose": "eerste_beeld"}, ("3.5c", "gebruik_onbekend", "/act/for")),
        ({"act.use.holder": "woningcorporatie"}, ("3.5c", "houder_onbekend", "/act/for/holder")),
        ({"act.use.task": {"of": GGZ, "code": "x"}}, ("3.5c", "gebruik_onbekend", "/act/for/task")),
        ({"act.until": NOW}, ("3.5c", "akkoord_verlopen", "/act/until")),
    ],
)
def test_35c_a_request_is_for_a_known_use(updates: dict[str, object], reason: tuple[str, str, str]) -> None:
    scene = agreement_request().message(**{"act.use.task": {"of": GGZ, "code": "wgbo"}})
    assert_refused(scene, scene.message(**updates), reason)


@pytest.mark.rule("3.5c")
def test_35c_the_provider_of_each_item_is_asked_and_nobody_else() -> None:
    scene = agreement_request()
    other = scene.message(**{"act.items.0.party": GGZ})
    assert_refused(
        scene, other, ("3.5c", "verzoek_aan_ander", "/act/items/0/party"), ("3.5c", "verzoek_aan_ander", "/to/0")
    )


def _of_police(
    given_for: str, purpose: str = "toestandsbeeld", decision: str = "akkoord", who: object = POLICE
) -> Scene:
    sender = POLICE if who is POLICE else GGZ if who is GGZ else MELDER
    act = {
        "items": [agreed(item_of("personalia", ("geslachtsnaam",), "S", sender), given_for=given_for)],
        "for": {"phase": "casusoverleg", "purpose": purpose, "holder": "ggz"},
        "until": NOW + timedelta(days=30),
        "decision": decision,
    }
    manifest = manifest_of("akkoord", sender, HOUSE, phase="casusoverleg", act=act)
    case = case_fact("casusoverleg", taking_part=[POLICE, GGZ, COLLEGE, MELDER])
    return Scene(manifest, facts_for(manifest, case))


PLACE = "/act/items/0/given_for"


@pytest.mark.parametrize(
    ("who", "rule"),
    [
        pytest.param(POLICE, "13.5", marks=pytest.mark.rule("13.5")),
        pytest.param(GGZ, "13.6", marks=pytest.mark.rule("13.6")),
    ],
)
def test_135_136_agreed_to_for_a_purpose_that_goes_with_that_of_the_provision(who: object, rule: str) -> None:
    refused = _of_police("toestandsbeeld", "verdere_verstrekking", who=who)
    assert refused.reasons() == []
    wrong = _of_police("verdere_verstrekking", who=who)
    assert_refused(_of_police("eerste_beeld", who=who), wrong, (rule, "doel_niet_verenigbaar", PLACE))
    assert _of_police("verdere_verstrekking", decision="geen_akkoord", who=who).reasons() == []


@pytest.mark.rule("13.5", "13.6")
def test_135_of_others_the_agreement_itself_is_enough() -> None:
    assert _of_police("verdere_verstrekking", who=None).reasons() == []


@pytest.mark.rule("3.5c")
def test_35c_an_agreement_says_for_which_known_purpose_it_was_given() -> None:
    scene = agreement()
    assert_refused(scene, scene.message(**{"act.items.0.given_for": "handig"}), ("3.5c", "gebruik_onbekend", PLACE))


@pytest.mark.rule("3.5c")
@pytest.mark.parametrize(
    ("use", "reason"),
    [
        (
            {"phase": "triage", "purpose": "monitoring", "holder": "ggz"},
            ("3.5c", "gebruik_onbekend", "/grounds/0/reuse/0"),
        ),
        (
            {"phase": "triage", "purpose": "eerste_beeld", "holder": "woningcorporatie"},
            ("3.5c", "houder_onbekend", "/grounds/0/reuse/0/holder"),
        ),
    ],
)
def test_35c_further_use_that_is_named_beforehand_exists(use: dict[str, str], reason: tuple[str, str, str]) -> None:
    real = {"phase": "triage", "purpose": "eerste_beeld", "holder": "ggz"}
    scene = notification().message(**{"grounds.0.reuse": (real,)})
    assert_refused(scene, scene.message(**{"grounds.0.reuse": (use,)}), reason)


@pytest.mark.rule("3.5c")
def test_35c_and_alone_it_allows_nothing() -> None:
    from tests.schemas.scenes import question

    scene = question()
    use = {"phase": "triage", "purpose": "eerste_beeld", "holder": COLLEGE}
    named = scene.message(**{"grounds.0.reuse": (use,)})
    assert_refused(named, named.known(agreements=()), ("3.5c", "akkoord_ontbreekt", "/items/0/origin"))


@pytest.mark.rule("1.19", "3.5c")
def test_119_an_agreement_on_request_may_also_go_to_the_house() -> None:
    asking = agreement_request().message(sender=GGZ, on_behalf_of=None).manifest
    scene = _of_police("eerste_beeld", who=None)
    from tests.making import thread_of

    thread = thread_of(asking).model_copy(update={"to": (MELDER,)})
    reply = scene.message(reply_to=asking.id).known(thread=thread)
    both = reply.message(to=(GGZ, HOUSE)).known(
        parties=[*scene.facts.parties, *facts_for(asking).parties], thread=thread
    )
    assert_refused(both, reply, ("1.19", "antwoord_aan_ander", "/to"))
    beyond = both.message(to=(GGZ, COLLEGE))
    assert_refused(both, beyond, ("1.19", "antwoord_aan_ander", "/to"))


@pytest.mark.rule("3.5b", "13.5", "13.6")
def test_35b_one_purpose_follows_another() -> None:
    real = pack()
    assert same_purpose(real, "toestandsbeeld", "monitoring")
    assert not same_purpose(real, "toestandsbeeld", "besluit_afbouw")
    assert not same_purpose(real, "onbekend", None)
    assert compatible(real, "plan_van_aanpak", "besluit_afbouw")
    assert not compatible(real, "besluit_afbouw", "plan_van_aanpak")
    assert not compatible(real, "besluit_afbouw", "onbekend")
    assert isinstance(real.purpose["monitoring"], Purpose)
    assert SOME_ITEM


@pytest.mark.rule("3.5c", "7.1")
@pytest.mark.parametrize(("make", "rule"), [(agreement, "3.5c"), (agreement_request, "3.5c"), (permission, "7.1")])
def test_35c_71_nothing_is_agreed_to_for_ever(make: Callable[[], Scene], rule: str) -> None:
    most = timedelta(days=pack().limits.agreement_days_max)
    longest = make().message(**{"act.until": NOW + most})
    refused = make().message(**{"act.until": NOW + most + timedelta(seconds=1)})
    assert_refused(longest, refused, (rule, "akkoord_te_lang", "/act/until"))


@pytest.mark.rule("3.5c")
def test_35c_an_agreement_is_about_one_person() -> None:
    first = agreed(item_of("personalia", ("geslachtsnaam",), "S", MELDER))
    same = first | {"item": reference("nog een"), "category": "adresgegevens"}
    other = same | {"subject": RELATIVE, "subject_category": "directe_relatie"}
    staff = same | {"subject": RELATIVE, "subject_category": "medewerker_derde"}
    scene = agreement().message(**{"act.items": (first, same)})
    refused = agreement().message(**{"act.items": (first, other)})
    assert_refused(scene, refused, ("3.5c", "akkoord_voor_een_persoon", "/act/items"))
    assert agreement().message(**{"act.items": (first, staff)}).reasons() == []


@pytest.mark.rule("3.5d")
def test_35d_a_task_of_nobody_is_not_agreed_to() -> None:
    scene = agreement_request().message(**{"act.use.task": {"of": GGZ, "code": "wgbo"}})
    reason = ("3.5d", "taak_van_niemand", "/act/for/task/of")
    refused = scene.message(**{"act.use.task.of": address(5001, "ggz")})
    assert_refused(scene, refused, reason)
    function = scene.message(**{"act.use.holder": "ggz"})
    assert function.message(**{"act.use.task.of": address(5001, "ggz")}).reasons() == []
    sender = scene.message(**{"act.use.task": {"of": COLLEGE, "code": "wmo_2_3_1_2_3_5"}})
    assert sender.reasons() == []
    without = scene.message(**{"act.use.task": {"of": COLLEGE, "code": "wgbo"}})
    assert_refused(sender, without, reason)
