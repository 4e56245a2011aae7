"""The kernel as a whole: total, the same every time, in a fixed order; nothing taken away ever opens a door."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.entry import ReasonMark
from schemas.facts import Facts
from schemas.ids import Term
from schemas.policy import RULES, Allowed, Effect, Refused
from schemas.rules import outcomes
from schemas.rules.reason import CAUSES
from tests.making import ANSWER_TIME, CASE, COLLEGE, HOUSE, MELDER, NOW, PARTY, PERSON, digest, message_id, reference
from tests.schemas.scenes import (
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

TESTS = Path(__file__).parent / "rules"
ALL: dict[str, Callable[[], Scene]] = {**SCENES, "geopend": opened}

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
]


def _try(scene: Scene, how: str, place: str, value: Any) -> Scene:
    """The scene with one thing changed, if the models let it be."""
    try:
        changed: Scene = getattr(scene, how)(**{place: value})
    except (ValidationError, ValueError, AttributeError, TypeError, IndexError, KeyError):
        return scene
    return changed


@settings(max_examples=400, deadline=None)
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


def test_reasons_stand_in_the_order_of_the_rules() -> None:
    scene = question("ggz").known(informed=(), agreements=(), packs=(), case=None)
    order = {code: index for index, rule in reversed(list(enumerate(RULES))) for code in rule.codes}
    found = [order[code] for _, code, _ in scene.reasons()]
    assert found == sorted(found)
    assert len(set(found)) >= 6


def _shuffled(facts: Facts) -> Facts:
    case = facts.case
    turned = case.model_copy(update={"roster": case.roster[::-1], "keys": case.keys[::-1]}) if case else None
    return facts.model_copy(
        update={
            "case": turned,
            "parties": facts.parties[::-1],
            "informed": facts.informed[::-1],
            "agreements": facts.agreements[::-1],
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
    less = [scene.known(packs=()), scene.known(informed=()), scene.known(agreements=()), scene.known(thread=None)]
    for row in facts.parties:
        less.append(scene.known(parties=tuple(other for other in facts.parties if other != row)))
        less.append(scene.party(row.address, tasks=()))
        less.append(scene.party(row.address, decrees=()))
        less.append(scene.party(row.address, left=scene.now))
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


def test_every_code_has_a_rule_and_every_rule_only_its_codes() -> None:
    declared = [code for rule in RULES for code in rule.codes] + list(outcomes.codes())
    assert set(declared) == set(CAUSES)
    assert all(rule.articles and rule.text and rule.name for rule in RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_every_code_has_a_refusing_test() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(TESTS.glob("test_*.py")))
    assert [code for code in CAUSES if f'"{code}"' not in text] == []


@pytest.mark.parametrize("code", sorted(CAUSES))
def test_texts_tell_the_sender_what_to_do(code: str) -> None:
    cause = CAUSES[code]
    assert cause.nl != cause.en
    for text in (cause.nl, cause.en):
        assert text.endswith(".")
        assert 20 <= len(text) <= 160


def _ids(text: str) -> set[str]:
    """The ids of the tables of rules.md, with ranges like 16.6-7 and 7.2a-b written out."""
    found: set[str] = set()
    for line in text.splitlines():
        match = re.match(r"\| ([0-9B][^|]*?) \|", line)
        for name in re.split(r", ", match[1]) if match else ():
            found.add(name)
            whole = re.fullmatch(r"([0-9.]*?)([0-9]+|[a-z])-([0-9.]+|[a-z])", name)
            if whole:
                base, first, last = whole.groups()
                last = last.rpartition(".")[2]
                ends = range(ord(first), ord(last) + 1) if first.isalpha() else range(int(first), int(last) + 1)
                found |= {base + (chr(end) if first.isalpha() else str(end)) for end in ends}
    return found


def test_every_reason_cites_an_article_of_the_rules(shared: Path) -> None:
    ids = _ids((shared / "protocol" / "rules.md").read_text(encoding="utf-8"))
    known = {name for cause in CAUSES.values() for name in [cause.rule] if any(i.startswith(name) for i in ids)}
    assert {cause.rule for cause in CAUSES.values()} - known == set()
