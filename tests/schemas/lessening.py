"""A scene with one thing less: a fact, a part of a fact, or a permission of the pack, each in turn.

Left out, because they narrow and their absence may open a door: what is stopped, withdrawn, restricted or refused; that
somebody left; ends of terms; that an item or a reply was there before; a thread and a case that are there already; a
secrecy; and, of the OM and DJI, a decree, which names the basis on which they must give (6.1-6.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from pydantic import BaseModel

from schemas.facts import Facts
from schemas.pack import Pack
from tests.schemas.scene import Scene

NARROWS = frozenset(
    {
        "stopped",
        "withdrawn",
        "restrictions",
        "refused",
        "left",
        "until",
        "secrecy",
        "answered",
        "item_taken",
        "too_much",
    }
)
"""Members of facts that only narrow: to be without them is to be allowed more."""

ONLY_FOR = {"decrees": frozenset({"politie"})}
"""A decree is a permission for the police alone; to others it says on which basis."""

OPENERS = frozenset({"case", "thread"})
"""That there is a case already, or an earlier message, refuses some kinds (1.18, 1.19); looked at by themselves."""

PERMISSIONS: dict[str, tuple[str, ...]] = {
    "ceilings": ("subjects",),
    "providers": ("usual", "limited"),
    "kinds": ("senders", "recipients", "phases", "replies_to"),
    "purposes": ("phases", "follows"),
    "phases": ("next",),
    "capacities": ("tasks",),
    "categories": ("subjects",),
    "codes": (),
    "tasks": (),
    "bases": (),
    "outcomes": (),
    "subject_categories": (),
}
"""Sections of the pack that allow: rows, and lists in them."""

Less = tuple[str, Scene]
Making = tuple[str, Callable[[], Scene]]
"""Where something is left out, and what makes the scene without it: most are never asked for."""


def _without(model: BaseModel, path: str) -> Iterator[tuple[str, Any]]:
    """The model with one thing less, at any depth."""
    for name in type(model).model_fields:
        value, place = getattr(model, name), f"{path}.{name}"
        if name in NARROWS or value is None:
            continue
        if isinstance(value, tuple):
            whose = str(getattr(getattr(model, "address", None), "function", ""))
            if name in ONLY_FOR and whose not in ONLY_FOR[name]:
                continue
            for index, element in enumerate(value):
                yield f"{place}[{index}]", _with(model, name, (*value[:index], *value[index + 1 :]))
                if isinstance(element, BaseModel):
                    for deeper, less in _without(element, f"{place}[{index}]"):
                        yield deeper, _with(model, name, (*value[:index], less, *value[index + 1 :]))
        elif isinstance(value, BaseModel):
            if name not in OPENERS and not type(model).model_fields[name].is_required():
                yield place, _with(model, name, None)
            if name != "thread":
                yield from ((deeper, _with(model, name, less)) for deeper, less in _without(value, place))
        elif not type(model).model_fields[name].is_required():
            yield place, _with(model, name, None)


def _with(model: BaseModel, name: str, value: Any) -> Any:
    return model.model_copy(update={name: value})


def less_known(scene: Scene) -> Iterator[Less]:
    """With one fact, or a part of one, less."""
    for place, facts in _without(scene.facts, "facts"):
        if isinstance(facts, Facts):
            yield place, replace(scene, facts=facts)


def _bears(pack: Pack, section: str, row: Any, scene: Scene) -> bool:
    """Whether a row can bear on the message at all: so that not thousands of cells are tried in vain."""
    manifest = scene.manifest
    if section == "ceilings":
        return bool(row.phase == manifest.phase)
    if section == "kinds":
        return bool(row.id == manifest.kind or manifest.kind in row.replies_to)
    return True


def less_permitted(scene: Scene) -> Iterator[Making]:
    """Under a pack with one row, or one member of a row, less among what it permits."""
    for section, members in PERMISSIONS.items():
        for index, row in enumerate(getattr(scene.pack, section)):
            if not _bears(scene.pack, section, row, scene):
                continue
            place = f"pack.{section}[{getattr(row, 'id', index)}]"
            yield place, partial(_permitting, scene, section, index)
            for member in members:
                for value in getattr(row, member):
                    yield f"{place}.{member} {value}", partial(_permitting, scene, section, index, member, value)


def _permitting(scene: Scene, section: str, index: int, member: str = "", value: object = None) -> Scene:
    """The scene under a pack without the row; or, with a member, with the row without that value in it."""
    rows = getattr(scene.pack, section)
    there = []
    if member:
        fewer = tuple(one for one in getattr(rows[index], member) if one != value)
        there = [rows[index].model_copy(update={member: fewer})]
    update = {section: (*rows[:index], *there, *rows[index + 1 :])}
    return replace(scene, pack=scene.pack.model_copy(update=update))
