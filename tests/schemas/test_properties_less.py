"""Nothing taken away ever opens a door: no fact, no part of one, no permission of the pack."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeVar

import pytest

from schemas.ids import Term
from schemas.manifest import Manifest
from tests.conftest import untraced
from tests.making import NOW, digest, message_id
from tests.schemas.lessening import less_known, less_permitted
from tests.schemas.scene import Scene
from tests.schemas.scenes import MORE_SCENES, SCENES, opened

MOST = (8, pytest.param(60, marks=pytest.mark.slow))
"""How many things are taken away in turn for each thing that is wrong: a few by a seed, or many."""

Drawn = TypeVar("Drawn")

ALL: dict[str, Callable[[], Scene]] = {**SCENES, **MORE_SCENES, "geopend": opened}


def _told(scene: Scene, **members: object) -> Scene:
    return Scene(scene.manifest.model_copy(update=members), scene.facts, scene.now, scene.pack, scene.inner)


def breaks(scene: Scene) -> Iterator[tuple[str, Scene]]:
    """The scene with one thing of the message wrong, so that it is refused whatever is known."""
    manifest = scene.manifest
    yield "over the end", _told(scene, expires=scene.now)
    yield "another pack", _told(scene, pack=digest("ander pakket"))
    yield "another phase", _told(scene, phase=Term("afschaling" if manifest.phase != "afschaling" else "triage"))
    yield "a reply to nothing", _told(scene, reply_to=message_id("nooit gestuurd"))
    yield "for an unknown purpose", _told(scene, purpose=Term("nieuwsgierigheid"))
    if manifest.items:
        yield "no need", _told(scene, necessity=None)
        first, *rest = manifest.items
        of_items: tuple[tuple[str, dict[str, object]], ...] = (
            ("the highest level", {"level": "D"}),
            ("an unknown category", {"category": Term("bsn")}),
            ("of another regime", {"regime": Term("onbekend")}),
            ("about a member of staff", {"subject_category": Term("medewerker_derde")}),
        )
        for what, members in of_items:
            yield what, _told(scene, items=(first.model_copy(update=members), *rest))
        ground, *others = manifest.grounds
        of_grounds: tuple[tuple[str, dict[str, object]], ...] = (
            ("on an unknown basis", {"basis": Term("geen")}),
            ("under an unknown secrecy", {"secrecy": (*ground.secrecy, Term("zwijgplicht"))}),
            ("with an unknown decree", {"decree": Term("besluit_9")}),
        )
        for what, members in of_grounds:
            yield what, _told(scene, grounds=(ground.model_copy(update=members), *others))


def broken(scene: Scene) -> Scene:
    """The scene with much of it wrong at once."""
    manifest: Manifest = scene.manifest
    worse = _told(scene, expires=NOW - timedelta(days=1), purpose=Term("nieuwsgierigheid"), phase=Term("onbekend"))
    facts = scene.facts.model_copy(update={"informed": (), "agreements": (), "packs": ()})
    assert manifest is not worse.manifest
    return Scene(worse.manifest, facts, worse.now, worse.pack, worse.inner)


def _drawn(scenes: list[tuple[str, Drawn]], most: int) -> list[tuple[str, Drawn]]:
    """All of them, or as many as are asked, by a seed."""
    return scenes if len(scenes) <= most else random.Random(len(scenes)).sample(scenes, most)


@pytest.mark.parametrize("most", MOST)
@pytest.mark.parametrize("name", sorted(ALL))
def test_less_known_never_allows_what_was_refused(name: str, most: int) -> None:
    opened_doors = []
    for what, scene in breaks(ALL[name]()):
        if scene.reasons() == []:
            continue
        with untraced():
            tried = _drawn(list(less_known(scene)), most)
            opened_doors += [f"{what}, without {place}" for place, less in tried if less.reasons() == []]
    assert opened_doors == []


@pytest.mark.parametrize("most", MOST)
@pytest.mark.parametrize("name", sorted(ALL))
def test_less_permitted_never_allows_what_was_refused(name: str, most: int) -> None:
    opened_doors, tried = [], 0
    for what, scene in breaks(ALL[name]()):
        if scene.reasons() == []:
            continue
        with untraced():
            for place, less in _drawn(list(less_permitted(scene)), most):
                tried += 1
                opened_doors += [f"{what}, without {place}"] if less().reasons() == [] else []
    assert opened_doors == []
    assert tried > 10


def _one_field_less(scene: Scene) -> Iterator[tuple[str, Scene]]:
    for number, item in enumerate(scene.manifest.items):
        for index in range(len(item.fields) if len(item.fields) > 1 else 0):
            fewer = item.model_copy(update={"fields": (*item.fields[:index], *item.fields[index + 1 :])})
            items = (*scene.manifest.items[:number], fewer, *scene.manifest.items[number + 1 :])
            yield f"/items/{number}/fields/{index}", _told(scene, items=items)


@pytest.mark.parametrize("name", sorted(name for name in ALL if list(_one_field_less(ALL[name]()))))
def test_a_field_less_forgives_nothing_else(name: str) -> None:
    forgiven, tried = [], 0
    for what, scene in breaks(ALL[name]()):
        before = set(scene.reasons())
        for place, less in _one_field_less(scene) if before else ():
            tried += 1
            own = place.rpartition("/")[0]  # the fields of the item have other numbers now
            gone = {reason for reason in before - set(less.reasons()) if not reason[2].startswith(own)}
            forgiven += [f"{what}, without {place}: {reason}" for reason in gone]
    assert forgiven == []
    assert tried > 5


@pytest.mark.parametrize("name", sorted(ALL))
def test_two_facts_less_refuse_whatever_one_less_refuses(name: str) -> None:
    scene = ALL[name]()
    assert scene.reasons() == []
    refused = [(what, less) for what, less in less_known(scene) if less.reasons() != []]
    assert refused
    opened_doors = [
        f"without {what} and {place}"
        for what, less in _drawn(refused, 6)
        for place, lesser in _drawn(list(less_known(less)), 15)
        if lesser.reasons() == []
    ]
    assert opened_doors == []


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(name for name in ALL if ALL[name]().manifest.items))
def test_what_carries_items_needs_its_permissions(name: str) -> None:
    scene = ALL[name]()
    with untraced():
        refused = {place.split("[")[0] for place, less in less_permitted(scene) if less().reasons() != []}
    assert {"pack.ceilings", "pack.providers", "pack.kinds", "pack.purposes"} <= refused
