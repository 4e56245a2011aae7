"""Bytes become closed models, or an error that names the place and never a foreign value."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas.canonical import digest, digest_text, encode
from schemas.content import Inner
from schemas.envelope import EnvelopeError, parse_envelope, parse_manifest, parse_model
from schemas.problems import PROBLEMS
from schemas.strict import StrictError
from tests.making import COLLEGE, HOUSE, MELDER, SOME_ITEM, a_notification, a_question, an_answer, an_inner


def written(value: Any) -> bytes:
    """A model as bytes on the wire."""
    text: str = value.model_dump_json(by_alias=True, exclude_none=True)
    return text.encode()


def test_an_envelope() -> None:
    made = parse_envelope(b'{"manifest": "a.b.c", "sealed": null, "also": ["d.e.f"]}')
    assert (made.manifest, made.sealed, made.also) == ("a.b.c", None, ("d.e.f",))


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        (b"{}", "/manifest"),
        (b'{"manifest": 7}', "/manifest"),
        (b'{"manifest": "a", "jansen": 1}', ""),
        (b'{"manifest": "a", "also": ["a", "b", "c", "d", "e"]}', "/also"),
        (b'{"manifest": "a", "also": ["a", 7]}', "/also/1"),
    ],
)
def test_an_envelope_of_the_wrong_shape(data: bytes, pointer: str) -> None:
    with pytest.raises(EnvelopeError) as caught:
        parse_envelope(data)
    assert (caught.value.code, caught.value.pointer) == ("bericht_vorm", pointer)
    assert caught.value.code in PROBLEMS
    assert "jansen" not in str(caught.value)


def test_bytes_that_are_no_json_are_the_strict_parsers_business() -> None:
    for parse in (parse_envelope, parse_manifest):
        with pytest.raises(StrictError):
            parse(b"[]")


def test_a_manifest() -> None:
    manifest = a_notification()
    assert parse_manifest(written(manifest)) == manifest


@pytest.mark.parametrize(
    ("updates", "pointer"),
    [({"jansen": 1}, ""), ({"case": "jansen"}, "/case"), ({"from": "jansen"}, "/from"), ({"to": ["jansen"]}, "/to/0")],
)
def test_a_manifest_of_the_wrong_shape(updates: dict[str, Any], pointer: str) -> None:
    wire = json.loads(written(a_notification())) | updates
    with pytest.raises(EnvelopeError) as caught:
        parse_manifest(json.dumps(wire).encode())
    assert (caught.value.code, caught.value.pointer) == ("manifest_vorm", pointer)
    assert "jansen" not in str(caught.value)


def wire_of(value: Any, **changes: Any) -> bytes:
    """A manifest on the wire, with members inside it set anew: ``items__1__fields`` reaches inside."""
    whole = json.loads(written(value))
    for path, new in changes.items():
        *way, last = [int(step) if step.isdigit() else step for step in path.split("__")]
        place = whole
        for step in way:
            place = place[step]
        place[last] = new
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"items__1__fields__0__digest": "x"}, "/items/1/fields/0/digest"),
        ({"items__1__jansen": 1}, "/items/1"),
        ({"items__2": 7}, "/items/2"),
        ({"items__2__ground": 9}, "/items/2/ground"),
        ({"grounds__0__task__code": 7}, "/grounds/0/task/code"),
        ({"grounds__0__reuse": [{"phase": "a", "purpose": "b", "holder": "Jansen"}]}, "/grounds/0/reuse/0/holder"),
        ({"to": [HOUSE, HOUSE]}, "/to"),
        ({"to": [MELDER]}, "/to"),
        ({"act": None}, "/act"),
        ({"sealed": None}, "/sealed"),
        ({"disclosure": None}, "/disclosure"),
        ({"inner_digest": digest(b"")}, "/inner_digest"),
        ({"sealed__recipients": [digest(b""), digest(b"a")]}, "/sealed/recipients"),
    ],
)
def test_the_place_inside_is_told(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(EnvelopeError) as caught:
        parse_manifest(wire_of(a_notification(), **changes))
    assert (caught.value.code, caught.value.pointer) == ("manifest_vorm", pointer)


def test_members_go_by_their_names_on_the_wire_alone() -> None:
    """Our attributes have other names in places; those are no second spelling, in the manifest or in an act."""
    whole = json.loads(written(a_notification()))
    whole["sender"] = whole.pop("from")
    for spelled in (whole, whole | {"from": MELDER}):
        with pytest.raises(EnvelopeError):
            parse_manifest(json.dumps(spelled).encode())
    use = {"phase": "triage", "purpose": "eerste_beeld", "holder": COLLEGE}
    items = [{"party": MELDER, "item": SOME_ITEM}]
    act = {"items": items, "use": use, "until": "2026-04-01T12:00:00Z"}
    asked: dict[str, Any] = {"kind": "akkoord_verzoek", "items": [], "grounds": [], "disclosure": None, "act": act}
    with pytest.raises(EnvelopeError) as caught:
        parse_manifest(wire_of(a_notification(), **asked))
    assert caught.value.pointer == "/act/for"
    act["for"] = act.pop("use")
    assert parse_manifest(wire_of(a_notification(), **asked)).kind == "akkoord_verzoek"


def test_a_kind_that_nobody_knows_is_told_as_that() -> None:
    """Whatever its act looks like; the kind itself is not repeated."""
    for act in ({"jansen": 1}, {}, "jansen"):
        wire = json.loads(written(a_notification())) | {"kind": "jansen", "act": act}
        with pytest.raises(EnvelopeError) as caught:
            parse_manifest(json.dumps(wire).encode())
        assert (caught.value.code, caught.value.pointer) == ("soort_onbekend", "/kind")
        assert "jansen" not in str(caught.value)


def test_a_manifest_is_short() -> None:
    with pytest.raises(StrictError) as caught:
        parse_manifest(b" " * (384 * 1024 + 1))
    assert caught.value.code == "te_groot"


def test_any_other_model() -> None:
    inner = an_inner(an_answer(a_question(COLLEGE)))
    assert parse_model(Inner, written(inner)) == inner
    with pytest.raises(EnvelopeError) as caught:
        parse_model(Inner, b"{}")
    assert caught.value.code in PROBLEMS


def test_canonical_bytes_are_those_of_rfc_8785() -> None:
    assert encode({"b": [1, True, None], "a": "\u00e9"}) == '{"a":"\u00e9","b":[1,true,null]}'.encode()
    assert digest(b"") == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
    assert digest_text("") == digest(b"")
