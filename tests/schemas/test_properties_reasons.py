"""A refusal names every rule that failed: what several things wrong give is what each of them gives by itself."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from schemas.content import FieldDigest
from schemas.ids import Digest, FieldPath, Term
from tests.making import digest, message_id
from tests.schemas.scene import Scene
from tests.schemas.scenes import MORE_SCENES, SCENES

ALL: dict[str, Callable[[], Scene]] = {**SCENES, **MORE_SCENES}
Break = Callable[[Scene], Scene]


def _told(scene: Scene, **members: Any) -> Scene:
    return replace(scene, manifest=scene.manifest.model_copy(update=members))


def _known(scene: Scene, **members: Any) -> Scene:
    return replace(scene, facts=scene.facts.model_copy(update=members))


def _item(scene: Scene, **members: Any) -> Scene:
    if not scene.manifest.items:
        return scene
    first, *rest = scene.manifest.items
    return _told(scene, items=(first.model_copy(update=members), *rest))


def _ground(scene: Scene, **members: Any) -> Scene:
    if not scene.manifest.grounds:
        return scene
    first, *rest = scene.manifest.grounds
    return _told(scene, grounds=(first.model_copy(update=members), *rest))


def _another_task(scene: Scene) -> Scene:
    grounds = scene.manifest.grounds
    return _ground(scene, task=grounds[0].task.model_copy(update={"code": Term("x")})) if grounds else scene


def _case(scene: Scene, **members: Any) -> Scene:
    case = scene.facts.case
    return _known(scene, case=case.model_copy(update=members)) if case else scene


def _recipient(scene: Scene, **members: Any) -> Scene:
    return scene.party(scene.manifest.to[0], **members)


def _pack(scene: Scene, **members: Any) -> Scene:
    return _known(scene, packs=tuple(row.model_copy(update=members) for row in scene.facts.packs))


def _one_field_more(scene: Scene, name: str) -> Scene:
    """With a field that may not be there; under a ceiling the fields are paths alone."""
    if not scene.manifest.exact_items:
        return scene
    first = scene.manifest.exact_items[0]
    extra = FieldDigest(path=FieldPath(f"/{name}"), digest=Digest(digest(name)))
    return _item(scene, fields=(*first.fields, extra))


BREAKS: dict[str, Break] = {
    "no DPIA": lambda scene: _pack(scene, dpia=None),
    "no decision on the pack": lambda scene: _pack(scene, decision=None),
    "pack over": lambda scene: _pack(scene, until=scene.now - timedelta(days=200)),
    "recipient undeclared": lambda scene: _recipient(scene, declared=None),
    "recipient unscreened": lambda scene: _recipient(scene, screened=None),
    "recipient left": lambda scene: _recipient(scene, left=scene.now - timedelta(days=1)),
    "nobody told": lambda scene: _known(scene, informed=()),
    "number taken": lambda scene: _known(scene, item_taken=True),
    "no keys": lambda scene: _case(scene, keys=()),
    "too long valid": lambda scene: _told(scene, expires=scene.manifest.created + timedelta(days=300)),
    "reply to nothing": lambda scene: _told(scene, reply_to=message_id("nooit gestuurd")),
    "no need": lambda scene: _told(scene, necessity=None),
    "unknown basis": lambda scene: _ground(scene, basis=Term("geen")),
    "unknown task": lambda scene: _another_task(scene),
    "wrong secrecy": lambda scene: _ground(scene, secrecy=(Term("zwijgplicht"),)),
    "wrong regime": lambda scene: _item(scene, regime=Term("onbekend")),
    "forbidden field": lambda scene: _one_field_more(scene, "bsn"),
    "unknown field": lambda scene: _one_field_more(scene, "verzonnen"),
}
"""Things that can be wrong at the same time without one making the other moot."""

MOOT = (
    # A reply to a message that is not known is bound to no question: neither its moment nor its pack is compared.
    {"reply to nothing", "too long valid"},
    {"reply to nothing", "no need"},
    {"reply to nothing", "unknown basis"},
    {"reply to nothing", "unknown task"},
    {"reply to nothing", "wrong secrecy"},
    {"reply to nothing", "wrong regime"},
)
"""Pairs of which one makes the other moot, for answers under a ceiling alone: these are held to their question."""

ADDS = ({"forbidden field", "unknown field"},)
"""Two fields more stand at different places than each by itself; what is wrong with them is the same."""


def _independent(scene: Scene, names: tuple[str, ...]) -> bool:
    apart = ADDS if scene.manifest.disclosure != "ceiling" else (*ADDS, *MOOT)
    return not any(pair <= set(names) for pair in apart)


def _broken(scene: Scene, names: tuple[str, ...]) -> Scene:
    for name in names:
        scene = BREAKS[name](scene)
    return scene


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_refusal_names_every_rule_that_failed(name: str) -> None:
    scene = ALL[name]()
    alone = {wrong: set(_broken(scene, (wrong,)).reasons()) for wrong in BREAKS}
    works = [wrong for wrong, reasons in alone.items() if reasons]
    assert len(works) >= 4
    draw = random.Random(len(works))
    sets: list[tuple[str, ...]] = list(itertools.combinations(works, 2))
    sets += [tuple(draw.sample(works, min(k, len(works)))) for k in (3, 4, 5, 6) for _ in range(12)]
    differing = []
    for names in sets:
        if not _independent(scene, names):
            continue
        together, must = set(_broken(scene, names).reasons()), set().union(*(alone[wrong] for wrong in names))
        if together != must:
            differing.append((names, together ^ must))
    assert differing == []


@pytest.mark.parametrize("pair", MOOT, ids=lambda pair: " and ".join(sorted(pair)))
def test_what_is_moot_is_so_for_answers(pair: set[str]) -> None:
    one, other = sorted(pair)
    scene = ALL["triageantwoord"]()
    both = set(_broken(scene, (one,)).reasons()) | set(_broken(scene, (other,)).reasons())
    assert set(_broken(scene, (one, other)).reasons()) < both


def test_every_break_breaks_something() -> None:
    scenes = [make() for make in ALL.values()]
    assert [wrong for wrong in BREAKS if not any(_broken(scene, (wrong,)).reasons() for scene in scenes)] == []
