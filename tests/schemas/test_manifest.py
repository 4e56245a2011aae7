"""The clear part as a model: closed, frozen, and the members that belong together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.acts import ACTS, Erased, Informed, Question
from schemas.content import CeilingItem, Ground, Item
from schemas.manifest import Manifest
from tests.making import (
    COLLEGE,
    HOUSE,
    MELDER,
    PERSON,
    a_notification,
    a_question,
    an_answer,
    digest,
    manifest_of,
    message_id,
    reference,
)
from tests.schemas.scenes import SCENES, notification


def written(manifest: Manifest) -> dict[str, Any]:
    """A manifest as it is written on the wire."""
    return manifest.model_dump(mode="json", by_alias=True, exclude_none=True)


@pytest.mark.parametrize("kind", sorted(SCENES))
def test_what_is_written_reads_back(kind: str) -> None:
    manifest = SCENES[kind]().manifest
    assert Manifest.model_validate(written(manifest)) == manifest


def test_wire_names_are_those_of_the_contract() -> None:
    wire = written(a_question(COLLEGE))
    assert wire["from"] == HOUSE
    assert "sender" not in wire
    assert wire["created"] == "2026-03-10T12:00:00Z"
    decision = written(SCENES["fase_besluit"]().manifest)["act"]
    assert {"from", "to"} <= set(decision)
    assert "for" in written(SCENES["akkoord"]().manifest)["act"]


def test_every_kind_has_its_act() -> None:
    assert set(ACTS) == set(SCENES)
    assert isinstance(a_question(COLLEGE).act, Question)


def test_exact_and_ceiling_items_are_kept_apart() -> None:
    exact, ceiling = a_notification(), an_answer(a_question(COLLEGE))
    assert all(isinstance(item, Item) for item in exact.exact_items)
    assert len(exact.exact_items) == 3
    assert exact.ceiling_items == ()
    assert all(isinstance(item, CeilingItem) for item in ceiling.ceiling_items)
    assert ceiling.exact_items == ()


def test_a_manifest_does_not_change() -> None:
    manifest = a_notification()
    with pytest.raises(ValidationError):
        manifest.kind = manifest.kind  # type: ignore[misc]  # a frozen model: that is what is tested


@pytest.mark.parametrize(
    "updates",
    [
        {"extra": 1},
        {"profile": "keten-2"},
        {"kind": "onzin"},
        {"act": None},
        {"act": {"extra": 1}},
        {"to": []},
        {"to": [HOUSE, HOUSE]},
        {"to": [MELDER]},
        {"to": [HOUSE, COLLEGE]},
        {"to": "x"},
        {"disclosure": None},
        {"disclosure": "open"},
        {"disclosure": "ceiling"},
        {"inner_digest": digest("x")},
        {"sealed": None},
        {"grounds": []},
        {"grounds": "x"},
        {"items": "x"},
        {"items": [{}]},
        {"created": "2026-03-10"},
        {"id": "7"},
    ],
)
def test_members_that_do_not_belong_together(updates: dict[str, Any]) -> None:
    wire = written(a_notification()) | updates
    with pytest.raises(ValidationError):
        Manifest.model_validate(wire)


def test_a_kind_unknown_to_us_has_no_act_to_read() -> None:
    wire = written(a_notification()) | {"kind": "onzin"}
    with pytest.raises(ValidationError, match="no act"):
        Manifest.model_validate(wire)
    del wire["act"]
    assert ("3.4", "soort_onbekend", "/kind") in replace(
        notification(), manifest=Manifest.model_validate(wire)
    ).reasons()


def test_a_ceiling_has_the_digest_of_its_sealed_half() -> None:
    wire = written(an_answer(a_question(COLLEGE)))
    del wire["inner_digest"]
    with pytest.raises(ValidationError, match="inner_digest"):
        Manifest.model_validate(wire)


def test_neither_form_passes_for_the_other() -> None:
    wire = written(an_answer(a_question(COLLEGE)))
    wire["items"] = written(a_notification())["items"]
    with pytest.raises(ValidationError):
        Manifest.model_validate(wire)


@pytest.mark.parametrize(
    "act",
    [
        {"subjects": [PERSON]},
        {"subjects": [PERSON], "at": "2026-03-09"},
        {"subjects": [PERSON], "at": "2026-03-09", "how": "brief", "deferred": True},
        {"subjects": [PERSON], "at": "2026-03-09", "how": "brief", "deferred": True, "recheck": "2026-04-01"},
        {"subjects": [PERSON], "at": "2026-03-09", "how": "brief", "recheck": "2026-04-01"},
        {"subjects": [PERSON], "deferred": True},
        {"subjects": [PERSON], "deferred": True, "recheck": "2026-04-01", "at": "2026-03-09"},
        {"subjects": [], "at": "2026-03-09", "how": "brief"},
    ],
)
def test_told_or_deferred_and_not_both(act: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Informed.model_validate(act)


@pytest.mark.parametrize("deferred", [1, 1.0, "true", False])
def test_deferred_is_true_and_has_no_other_spelling(deferred: object) -> None:
    """Python's 1 equals True: the same statement would have two forms, and two digests."""
    told = {"subjects": [PERSON], "recheck": "2026-04-01"}
    ground = {"basis": "artikel_x", "task": {"of": COLLEGE, "code": "taak"}}
    assert Informed.model_validate({**told, "deferred": True}).deferred is True
    assert Ground.model_validate({**ground, "deferred": True}).deferred is True
    assert Ground.model_validate({**ground, "deferred": None}).deferred is None
    with pytest.raises(ValidationError, match="deferred"):
        Informed.model_validate({**told, "deferred": deferred})
    with pytest.raises(ValidationError, match="deferred"):
        Ground.model_validate({**ground, "deferred": deferred})


ITEMS = [{"party": COLLEGE, "item": reference("gegeven")}]
USE = {"phase": "casusoverleg", "purpose": "plan_van_aanpak", "holder": "college_bw"}
ACTED: dict[str, dict[str, Any]] = {
    "akkoord_verzoek": {"items": ITEMS, "for": USE, "until": "2026-04-01T00:00:00Z"},
    "casus_uitnodiging": {"admit": [COLLEGE], "agreement": message_id("besluit")},
    "deelname_einde": {"remove": [COLLEGE], "reason": "klaar"},
    "actie": {"agreement": message_id("plan")},
    "toestemming_ingetrokken": {"items": ITEMS, "consent": reference("toestemming"), "from": "2026-03-10"},
    "correctie": {"items": ITEMS},
    "beperking": {"items": ITEMS, "ground": "betwist"},
    "beperking_einde": {"items": ITEMS, "reason": "klaar"},
    "doorverstrekking_akkoord": {
        "subject": PERSON,
        "subject_category": "betrokkene",
        "categories": ["politiegegevens_art8"],
        "holder": COLLEGE,
        "phase": "casusoverleg",
        "purpose": "plan_van_aanpak",
        "until": "2026-04-01T00:00:00Z",
    },
    "vernietig_opdracht": {"scope": "item", "ids": [reference("gegeven")]},
    "vernietigd": {
        "scope": "key",
        "ids": [digest("sleutel")],
        "generation": [1, 2],
        "method": "sleutel",
        "backend": "bestand",
    },
    "termijn_besluit": {"scope": "archivering", "until": "2026-04-01T00:00:00Z", "reason": "klacht"},
}
"""The body of each kind that has one of its own since the case meeting, as it is written."""


@pytest.mark.parametrize("kind", sorted(ACTED))
def test_an_act_is_written_as_it_was_read_and_needs_each_member(kind: str) -> None:
    act = ACTED[kind]
    wire = written(manifest_of(kind, MELDER, HOUSE, act=act))
    assert wire["act"] == act
    for name in act:
        with pytest.raises(ValidationError):
            Manifest.model_validate(wire | {"act": {key: value for key, value in act.items() if key != name}})
        with pytest.raises(ValidationError):
            Manifest.model_validate(wire | {"act": act | {name: [] if isinstance(act[name], list) else None}})


def test_a_use_can_be_for_the_holders_own_task() -> None:
    own = {"of": COLLEGE, "code": "jeugdwet_2_3"}
    act = ACTED["akkoord_verzoek"] | {"for": USE | {"task": own}}
    assert written(manifest_of("akkoord_verzoek", HOUSE, COLLEGE, act=act))["act"]["for"]["task"] == own


def test_destruction_tells_the_generation_before_and_after() -> None:
    for generation in ([], [1], [1, 2, 3], [1, -1], ["1", "2"]):
        with pytest.raises(ValidationError):
            Erased.model_validate(ACTED["vernietigd"] | {"generation": generation})
