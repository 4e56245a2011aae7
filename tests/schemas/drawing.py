"""Strategies for anything that parses: models drawn from their own annotations, with ids that are known and nonsense.

Ids are drawn from small pools, so that they meet each other: a fact is about the item that the message carries, a reply
answers the thread, and as often not. What comes out is what a parser lets through, not what makes sense.
"""

from __future__ import annotations

import types
import typing
from datetime import date, datetime, timedelta
from functools import cache
from typing import Annotated, Any, Literal

from annotated_types import Ge, Lt, MaxLen, MinLen
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from schemas import ids
from schemas.acts import ACTS
from schemas.content import CeilingGround, CeilingItem, Ground, Item
from schemas.facts import Facts
from schemas.manifest import Manifest
from tests.making import (
    ANSWER_TIME,
    CASE,
    COLLEGE,
    CONTACT,
    DECREE,
    HOUSE,
    HOUSE_ID,
    MANDATE,
    MELDER,
    NOW,
    PARTY,
    PERSON,
    RELATIVE,
    SOME_ITEM,
    address,
    digest,
    message_id,
    pack,
    reference,
)

Strategy = st.SearchStrategy[Any]

SECTIONS = (
    "phases",
    "purposes",
    "regimes",
    "secrecies",
    "bases",
    "capacities",
    "subject_categories",
    "categories",
    "kinds",
    "outcomes",
    "codes",
    "terms",
)
TERMS = sorted({str(row.id) for name in SECTIONS for row in getattr(pack(), name)} | {"besluit_1", "onbekend", "x"})
PLACES = (HOUSE, MELDER, COLLEGE, *PARTY.values(), address(77, "waterschap"), address(78, "procesregie"))
MOMENTS = (
    NOW,
    ANSWER_TIME,
    DECREE.since,
    *(NOW + timedelta(days=days) for days in (-4000, -400, -2, -1, 1, 30, 400)),
    datetime.min.replace(tzinfo=NOW.tzinfo),
    datetime.max.replace(microsecond=0, tzinfo=NOW.tzinfo),
)
DAYS = (*(moment.date() for moment in MOMENTS), date.min, date.max)
FIELDS = sorted({f"/{field.name}" for category in pack().categories for field in category.fields} | {"/bsn", "/x"})
POOLS: dict[Any, tuple[Any, ...]] = {
    ids.Address: PLACES,
    ids.HouseId: (HOUSE_ID, "elders"),
    ids.Term: tuple(TERMS),
    ids.Reference: (reference("toestemming"), reference("x")),
    ids.CaseRef: (CASE, reference("y")),
    ids.ItemRef: (SOME_ITEM, reference("item 1"), reference("item 2")),
    ids.SubjectRef: (PERSON, RELATIVE, CONTACT),
    ids.Digest: (digest("a"), digest(MANDATE)),
    ids.Kid: (digest("sleutel"), digest("andere sleutel")),
    ids.PackDigest: (pack().digest, digest("ander pakket")),
    ids.MessageId: (message_id("a"), message_id("b")),
    ids.FieldPath: tuple(FIELDS),
    ids.Oin: (MELDER.oin,),
    datetime: MOMENTS,
    date: DAYS,
    bool: (True, False),
    str: ("", MANDATE, str(COLLEGE), "ggz", "AAAA"),
}


def drawn_from(annotation: Any, metadata: tuple[Any, ...] = ()) -> Strategy:
    """A value for an annotation, as a parser would take it."""
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        inner, *more = typing.get_args(annotation)
        return drawn_from(inner, (*metadata, *more))
    if origin is Literal:
        return st.sampled_from(typing.get_args(annotation))
    if origin in {typing.Union, types.UnionType}:
        return st.one_of([drawn_from(option, metadata) for option in typing.get_args(annotation)])
    if origin is tuple:
        least, most = _sizes(metadata)
        return st.lists(drawn_from(typing.get_args(annotation)[0]), min_size=least, max_size=most).map(tuple)
    if annotation is type(None):
        return st.none()
    if annotation is int:
        lowest = [int(str(row.ge)) for row in metadata if isinstance(row, Ge)]
        highest = [int(str(row.lt)) - 1 for row in metadata if isinstance(row, Lt)]
        return st.integers(max(lowest, default=0), min([*highest, max(lowest, default=0) + 4]))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return drawn(annotation)
    return st.sampled_from(POOLS[annotation])


def _sizes(metadata: tuple[Any, ...]) -> tuple[int, int]:
    flat = [row for one in metadata for row in (getattr(one, "metadata", None) or [one])]
    least = max((row.min_length for row in flat if isinstance(row, MinLen)), default=0)
    most = min((row.max_length for row in flat if isinstance(row, MaxLen)), default=3)
    return least, max(least, min(most, 3))


@cache
def drawn(model: type[BaseModel]) -> Strategy:
    """Members for a model, each by its annotation; None where nothing that parses came out."""
    members = {name: drawn_from(field.annotation, tuple(field.metadata)) for name, field in model.model_fields.items()}
    return st.fixed_dictionaries(members).map(lambda values: parsed(model, values)).filter(lambda one: one is not None)


def parsed(model: type[BaseModel], values: dict[str, Any]) -> Any:
    """What the parser makes of it; None where it refuses."""
    try:
        return model.model_validate(values)
    except (ValidationError, ids.IdError):
        return None


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    """A message of any kind, also of kinds that the pack does not know, with or without items, in either form."""
    kind = draw(st.sampled_from([*ACTS, "onbekend"]))
    form = draw(st.sampled_from(["exact", "ceiling", None]))
    model = ACTS.get(kind)
    items = draw(st.lists(drawn(CeilingItem if form == "ceiling" else Item), max_size=3)) if form else []
    grounds = draw(st.lists(drawn(CeilingGround if form == "ceiling" else Ground), min_size=1, max_size=3))
    to = draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3, unique=True))
    fixed = {"kind", "sender", "act", "disclosure", "items", "grounds", "to", "inner_digest", "sealed"}
    members = {
        name: draw(drawn_from(row.annotation, tuple(row.metadata)))
        for name, row in Manifest.model_fields.items()
        if name not in fixed
    }
    kids = draw(st.lists(st.sampled_from(POOLS[ids.Kid]), min_size=len(to), max_size=len(to)))
    closed: bool = draw(st.booleans())
    sealed = {"sha256": digest("a"), "bucket": 4096, "suite": "keten-pq", "recipients": kids}
    numbered = [item.model_copy(update={"ground": item.ground % len(grounds)}) for item in items]
    return Manifest.model_validate(
        members
        | {
            "kind": kind,
            "sender": draw(st.sampled_from([place for place in PLACES if place not in to])),
            "to": to,
            "act": draw(drawn(model)) if model else None,
            "disclosure": form,
            "items": numbered,
            "grounds": grounds if form else (),
            "inner_digest": digest("a") if form == "ceiling" else None,
            "sealed": sealed if numbered or closed else None,
        }
    )


def facts() -> Strategy:
    """Anything that can be known."""
    return drawn(Facts)
