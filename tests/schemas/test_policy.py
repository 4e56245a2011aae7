"""The kernel as a whole: total, the same every time, in a fixed order; nothing taken away ever opens a door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.entry import ReasonMark
from schemas.facts import Facts
from schemas.ids import Term
from schemas.policy import RULES, Allowed, Effect, Refused
from schemas.rules.reason import CAUSES
from tests.conftest import examples
from tests.making import (
    ANSWER_TIME,
    CASE,
    COLLEGE,
    HOUSE,
    MELDER,
    NOW,
    PARTY,
    PERSON,
    case_fact,
    digest,
    message_id,
    reference,
)
from tests.schemas.scenes import (
    MORE_SCENES,
    SCENES,
    Scene,
    answer,
    informed,
    key_request,
    keys,
    notification,
    opened,
    phase_decision,
    question,
    receipt,
    start,
    to_meeting,
)
from tests.schemas.scenes_life import invitation, permitted, restriction, scaling_down
from tests.schemas.scenes_meeting import (
    DIRECTOR,
    GGZ,
    contribution,
    deed,
    hand_over,
    joined,
    passed_on,
    plan,
)

ALL: dict[str, Callable[[], Scene]] = {**SCENES, **MORE_SCENES, "geopend": opened}

VALUES: tuple[Any, ...] = (
    None,
    "",
    "onbekend",
    "ggz",
    "triage",
    "aanmelding",
    "afgewezen",
    "eerste_beeld",
    "monitoring",
    "directe_relatie",
    "politiegegevens_art8",
    "wpg",
    "wpg_20",
    "D",
    0,
    31,
    HOUSE,
    MELDER,
    COLLEGE,
    PARTY["geen_grondslag"],
    PARTY["politie"],
    (HOUSE,),
    (MELDER, COLLEGE),
    (),
    NOW,
    ANSWER_TIME,
    NOW - timedelta(days=1000),
    NOW.date(),
    reference("iets anders"),
    message_id("iets anders"),
    digest("iets anders"),
    True,
)
PLACES = [
    "kind",
    "sender",
    "to",
    "case",
    "phase",
    "purpose",
    "on_behalf_of",
    "created",
    "expires",
    "reply_to",
    "replaces",
    "act",
    "disclosure",
    "grounds",
    "items",
    "necessity",
    "sealed",
    "inner_digest",
    "pack",
    "items.0.subject",
    "items.0.subject_category",
    "items.0.category",
    "items.0.level",
    "items.0.regime",
    "items.0.ground",
    "items.0.fields",
    "items.0.origin.party",
    "items.0.origin.item",
    "grounds.0.basis",
    "grounds.0.task.of",
    "grounds.0.task.code",
    "grounds.0.secrecy",
    "grounds.0.decree",
    "grounds.0.consent",
    "grounds.0.exception",
    "necessity.code",
    "necessity.commitment",
    "sealed.bucket",
    "sealed.recipients",
    "act.reason",
    "act.decision",
    "act.old",
    "act.new",
    "act.casusregie",
    "act.ceiling.items.0.ground",
    "act.ceiling.items.0.category",
    "act.ceiling.grounds.0.basis",
    "act.ceiling.expires",
    "act.answer_at",
    "act.until",
    "act.of",
    "act.use.holder",
    "act.use.phase",
    "act.keys.0.phase",
    "act.recheck",
    "act.admit",
    "act.remove",
    "act.agreement",
    "act.items",
    "act.items.0.party",
    "act.items.0.given_for",
    "act.use.task",
    "act.keep",
    "act.keep_for",
    "act.meeting",
    "act.scope",
    "act.ground",
    "act.holder",
    "act.categories",
    "items.0.derived_from",
    "grounds.0.conditions",
    "grounds.0.permission",
    "grounds.0.reuse",
]
FACTS = [
    "packs",
    "parties",
    "case",
    "thread",
    "informed",
    "agreements",
    "item_taken",
    "house_address",
    "case.phase",
    "case.acting_for",
    "case.notifier",
    "case.roster",
    "case.keys",
    "case.phase_since",
    "case.opened",
    "case.mandate",
    "case.case",
    "thread.kind",
    "thread.pack",
    "thread.ceiling",
    "thread.answered",
    "thread.answer_at",
    "thread.sender",
    "thread.to",
    "thread.id",
    "parties.0.tasks",
    "parties.0.secrecy",
    "parties.0.left",
    "parties.0.declared",
    "parties.1.screened",
    "packs.0.dpia",
    "packs.0.consulted",
    "case.kept",
    "case.casusregie",
    "case.roster.0.role",
    "agreed",
    "agreed.kind",
    "agreed.decision",
    "agreed.casusregie",
    "permissions",
    "permissions.0.until",
    "agreements.0.task",
    "agreements.0.refused",
    "agreements.0.given_for",
    "agreements.0.since",
    "stopped",
    "withdrawn",
    "restrictions",
]


def _cited() -> dict[str, set[str]]:
    """Code -> the articles that it may cite, by the rules that give it."""
    found = {code: {cause.rule} for code, cause in CAUSES.items()}
    for rule in RULES:
        for code in rule.codes:
            found[code].update(rule.articles)
    return found


CITED = _cited()


def _try(scene: Scene, how: str, place: str, value: Any) -> Scene:
    """The scene with one thing changed, if the models let it be."""
    try:
        changed: Scene = getattr(scene, how)(**{place: value})
    except (ValidationError, ValueError, AttributeError, TypeError, IndexError, KeyError):
        return scene
    return changed


@settings(max_examples=examples(400), deadline=None)
@given(
    st.sampled_from(sorted(ALL)),
    st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(VALUES)), max_size=4),
    st.lists(st.tuples(st.sampled_from(FACTS), st.sampled_from(VALUES)), max_size=3),
    st.sampled_from([NOW, ANSWER_TIME, NOW - timedelta(days=500), NOW + timedelta(days=500)]),
)
def test_decide_never_raises_and_says_the_same_twice(
    name: str, changes: list[tuple[str, Any]], facts: list[tuple[str, Any]], now: datetime
) -> None:
    scene = ALL[name]().at(now)
    for place, value in changes:
        scene = _try(scene, "message", place, value)
        if scene.inner is not None:
            scene = _try(scene, "sealed", place, value)
    for place, value in facts:
        scene = _try(scene, "known", place, value)
    first, second = scene.decide(), scene.decide()
    assert first == second
    if isinstance(first, Refused):
        assert first.reasons
        assert len(set(first.reasons)) == len(first.reasons)
        for reason in first.reasons:
            ReasonMark(rule=reason.rule, code=Term(reason.code), pointer=reason.pointer)
            assert reason.rule in CITED[reason.code]


def test_reasons_stand_in_the_order_of_the_rules() -> None:
    scene = question("ggz").known(informed=(), agreements=(), packs=(), case=None)
    order = {code: index for index, rule in reversed(list(enumerate(RULES))) for code in rule.codes}
    found = [order[code] for _, code, _ in scene.reasons()]
    assert found == sorted(found)
    assert len(set(found)) >= 6


def _shuffled(facts: Facts) -> Facts:
    case = facts.case
    turned = case.model_copy(update={n: getattr(case, n)[::-1] for n in ("roster", "keys", "kept")}) if case else None
    return facts.model_copy(
        update={
            "case": turned,
            "parties": facts.parties[::-1],
            "informed": facts.informed[::-1],
            "agreements": facts.agreements[::-1],
            "permissions": facts.permissions[::-1],
        }
    )


@pytest.mark.parametrize("name", sorted(ALL))
def test_the_order_of_facts_does_not_matter(name: str) -> None:
    scene = ALL[name]()
    turned = Scene(scene.manifest, _shuffled(scene.facts), scene.now, scene.pack, scene.inner)
    assert turned.decide() == scene.decide()


def _less(scene: Scene) -> list[Scene]:
    """The scene with each permission, party, key, notice and agreement taken away in turn."""
    facts, case = scene.facts, scene.facts.case
    names = ("packs", "informed", "agreements", "permissions")
    less = [scene.known(**{name: ()}) for name in names] + [scene.known(thread=None), scene.known(agreed=None)]
    if case is not None:
        less += [scene.known(**{"case.kept": ()}), scene.known(**{"case.casusregie": None}), scene.known(case=None)]
    for index, fact in enumerate(facts.agreements):
        less.append(scene.known(agreements=(*facts.agreements[:index], *facts.agreements[index + 1 :])))
        less.append(scene.known(**{f"agreements.{index}.fields": fact.fields[:1], f"agreements.{index}.consent": None}))
    for row in facts.parties:
        less.append(scene.known(parties=tuple(other for other in facts.parties if other != row)))
        less.append(scene.party(row.address, tasks=()))
        less.append(scene.party(row.address, decrees=()))
        less.append(scene.party(row.address, left=scene.now))
        less.append(scene.party(row.address, declared=None))
        less.append(scene.party(row.address, screened=None))
    for name in ("roster", "keys"):
        rows = getattr(case, name, ())
        less += [scene.known(**{f"case.{name}": tuple(o for o in rows if o != row)}) for row in rows]
    return less


WRONG: dict[str, Callable[[], Scene]] = {
    "onbekend doel": lambda: question().message(purpose="monitoring"),
    "te veel detail": lambda: notification().message(**{"items.0.level": "D"}),
    "verkeerde fase": lambda: question().known(**{"case.phase": "casusoverleg"}),
    "geen akkoord": lambda: question().known(agreements=()),
    "niet verteld": lambda: notification().known(informed=()),
    "verkeerde grondslag": lambda: notification().message(**{"grounds.0.basis": "wpg_20"}),
    "al beantwoord": lambda: answer().known(**{"thread.answered": True}),
    "te vroeg": lambda: answer().at(NOW),
    "zonder toestemming": lambda: opened("ggz").sealed(**{"grounds.0.consent": None}),
    "buiten de vraag": lambda: opened().sealed(**{"items.1.level": "S"}),
    "verkeerde overgang": lambda: phase_decision().message(**{"act.new": "afschaling"}),
    "niet genodigd": lambda: contribution().known(case=case_fact("casusoverleg", taking_part=[COLLEGE])),
    "zonder afspraak": lambda: deed().known(**{"agreed.kind": "fase_besluit"}),
    "te ruim bij afschaling": lambda: hand_over(to=(HOUSE, DIRECTOR, GGZ)),
    "ander doel": lambda: passed_on().known(**{"agreements.0.given_for": "eerste_beeld"}),
    "te laat gekomen": lambda: joined(passed_on(), GGZ, timedelta(0)).known(**{"agreements.0.holder": "ggz"}),
    "plan zonder akkoord": lambda: plan().known(**{"agreements.0.task": {"of": MELDER, "code": "jeugdwet_2_3"}}),
    "niet van de politie": lambda: permitted().known(**{"permissions.0.provider": COLLEGE}),
    "buiten het loket": lambda: restriction(HOUSE, PARTY["politie"]),
    "zonder overleg": lambda: scaling_down().message(**{"act.meeting": None}),
    "uitgenodigd zonder besluit": lambda: invitation().known(**{"agreed.kind": "plan_van_aanpak"}),
    "vreemde sleutel": lambda: notification().message(**{"sealed.recipients": ("A" * 43,)}),
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_taking_something_away_never_allows_what_was_refused(name: str) -> None:
    scene = WRONG[name]()
    assert scene.reasons() != []
    assert [less.reasons() for less in _less(scene) if less.reasons() == []] == []


@pytest.mark.parametrize("name", sorted(ALL))
def test_what_is_allowed_depends_on_its_facts(name: str) -> None:
    scene = ALL[name]()
    assert scene.reasons() == []
    assert any(less.reasons() for less in _less(scene))


@pytest.mark.parametrize(
    ("scene", "effects"),
    [
        (start(), (Effect("casus_geopend", CASE),)),
        (key_request(), (Effect("toegevoegd", PARTY["ggz"]),)),
        (phase_decision(), (Effect("fase", "triage"),)),
        (
            to_meeting(COLLEGE),
            (Effect("fase", "casusoverleg"), Effect("casusregie", COLLEGE)),
        ),
        (informed(), (Effect("geinformeerd", PERSON),)),
        (notification(), ()),
    ],
)
def test_effects_are_read_off_the_act(scene: Scene, effects: tuple[Effect, ...]) -> None:
    assert scene.decide() == Allowed(effects)


def test_effects_of_keys_and_receipts() -> None:
    kid = getattr(keys().manifest.act, "keys")[0].kid  # noqa: B009 - the act is known by its base class only
    assert keys().decide() == Allowed((Effect("sleutel", kid),))
    of = receipt().manifest.reply_to
    assert receipt().decide() == Allowed((Effect("ontvangen", str(of)),))


def test_a_notifiers_request_adds_nobody() -> None:
    scene = key_request()
    manifest = scene.message(sender=MELDER, to=(HOUSE,), on_behalf_of=None)
    assert manifest.decide() == Allowed(())
