"""What was decided about sealed items counts for them too: the broker cannot see them, both connectors can (7.2d)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.exchanges.contents import facts_inside
from schemas.content import Inner
from schemas.gathering import Source
from schemas.manifest import Manifest
from schemas.policy import Allowed, Refused, decide_inner
from tests.making import (
    ANSWER_TIME,
    CONSENT,
    HOUSE,
    MANDATE,
    MELDER,
    NOW,
    PARTY,
    digest,
    manifest_of,
    pack,
    reference,
)
from tests.schemas.scenes import opened

GGZ = PARTY["ggz"]
SCENE = opened("ggz")


def inner() -> Inner:
    assert SCENE.inner is not None
    return SCENE.inner


def source(manifest: Manifest) -> Source:
    return Source(manifest, digest(manifest.id), NOW - timedelta(hours=1))


def start() -> Source:
    return source(manifest_of("aanmelding_start", MELDER, HOUSE, phase="aanmelding", act={"mandate": MANDATE}))


def taken_back(who: str, ref: str) -> Source:
    act = {
        "items": [{"party": PARTY[who], "item": reference("iets anders")}],
        "consent": ref,
        "from": NOW.date().isoformat(),
    }
    return source(manifest_of("toestemming_ingetrokken", PARTY[who], HOUSE, act=act))


def restricted(item: str) -> Source:
    act = {"items": [{"party": GGZ, "item": item}], "ground": "juistheid_betwist"}
    return source(manifest_of("beperking", GGZ, HOUSE, act=act))


def reasons(*sources: Source) -> set[tuple[str, str]]:
    """Why the sealed half of the answer may not go, or be filed."""
    facts = facts_inside(SCENE.facts, [start(), *sources], SCENE.manifest, inner())
    decision = decide_inner(pack(), facts, SCENE.manifest, inner(), ANSWER_TIME)
    if isinstance(decision, Refused):
        return {(one.rule, one.code) for one in decision.reasons}
    assert isinstance(decision, Allowed)
    return set()


def test_nothing_decided_leaves_the_facts_of_the_wire() -> None:
    assert facts_inside(SCENE.facts, [start()], SCENE.manifest, inner()) == SCENE.facts
    assert reasons() == set()


def test_a_consent_that_was_taken_back_lifts_nothing() -> None:
    assert ("7.2d", "toestemming_ingetrokken") in reasons(taken_back("ggz", CONSENT.ref))


@pytest.mark.parametrize("other", [taken_back("politie", CONSENT.ref), taken_back("ggz", reference("andere"))])
def test_of_another_party_or_another_consent_it_does(other: Source) -> None:
    assert reasons(other) == set()


def test_a_restricted_item_stays_where_it_is() -> None:
    item = inner().items[0].origin.item
    assert ("20", "item_beperkt") in reasons(restricted(item))
