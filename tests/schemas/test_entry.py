"""The body of an entry: canonical bytes that hold codes and ids, and read back as they were."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from schemas.entry import UNKNOWN, About, Body, ReasonMark, body_bytes
from schemas.envelope import parse_model
from schemas.ids import Term
from schemas.policy import Refused
from tests.making import CASE, HOUSE, HOUSE_ID, MELDER, NOW, digest, message_id, reference
from tests.schemas.scenes import notification


def test_a_body_reads_back_from_its_bytes() -> None:
    scene = notification()
    body = Body(
        blind=reference("blind"),
        entry=message_id("regel"),
        time=NOW,
        house=HOUSE_ID,
        case=CASE,
        case_seq=3,
        outcome="allowed",
        manifest_sha256=digest("manifest"),
        sealed_sha256=digest("verzegeld"),
        facts=scene.facts,
    )
    data = body_bytes(body)
    assert parse_model(Body, data) == body
    assert b" " not in data
    assert b"null" not in data


def test_a_refusal_holds_marks_and_what_is_known() -> None:
    decision = notification().known(informed=()).decide()
    assert isinstance(decision, Refused)
    marks = tuple(ReasonMark(rule=r.rule, code=Term(r.code), pointer=r.pointer) for r in decision.reasons)
    about = About(kind=Term("aanmelding"), sender=MELDER, to=(HOUSE, UNKNOWN), phase=UNKNOWN, purpose=UNKNOWN)
    body = Body(
        blind=reference("blind"),
        entry=message_id("regel"),
        time=NOW,
        house=HOUSE_ID,
        case=UNKNOWN,
        case_seq=0,
        outcome="refused",
        reasons=marks,
        manifest_sha256=digest("manifest"),
        about=about,
    )
    assert parse_model(Body, body_bytes(body)) == body
    assert b'"from":' in body_bytes(body)


@pytest.mark.parametrize("pointer", ["/Jan Jansen", "items/0", "/a" * 9])
def test_a_mark_has_no_room_for_words(pointer: str) -> None:
    with pytest.raises(ValidationError):
        ReasonMark(rule="16.1", code=Term("niet_geinformeerd"), pointer=pointer)
