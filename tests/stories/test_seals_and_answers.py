"""Attacks on what is sealed, on mandates and on answers: at the running broker, by who holds a real party's keys.

The broker cannot open a seal; that it is the announced one, to the recipient's key of this case and phase and in its
bucket, it can see from outside. What is inside is for the recipient (``test_lying_senders.py``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from keys.binding import sealed_digest
from keys.sealing import ReceiveKey
from schemas import strict
from schemas.ids import CaseRef
from tests.stories.forging import (
    Case,
    Message,
    changed,
    draw,
    envelope,
    later,
    police,
    question,
    refused,
    rvdk,
    wait_for,
)

# ------------------------------------------------------------------------------------------------------------- seals


def forge(case: Case, change: Callable[[Message, Message], None]) -> bytes:
    """A question whose manifest and JWE are changed by hand; the digest is made to fit where it was not touched."""
    bound, text = case.sealed(case.question(rvdk(case)))
    assert text is not None
    parts, before = json.loads(text), bound["sealed"]["sha256"]
    change(bound, parts)
    whole = parts.pop("whole", None) or json.dumps(parts, separators=(",", ":"))
    if bound["sealed"]["sha256"] == before:
        bound["sealed"]["sha256"] = sealed_digest(whole)
    return envelope(case.sign(bound), whole)


def shorter(_: Message, parts: Message) -> None:
    parts["ciphertext"] = parts["ciphertext"][:4000]


def with_zip(_: Message, parts: Message) -> None:
    header = json.loads(strict.decode_base64url(parts["protected"])) | {"zip": "DEF"}
    parts["protected"] = strict.encode_base64url(json.dumps(header).encode())


def put(*way: Any, value: Any) -> Callable[[Message, Message], None]:
    """Set something in ``{"manifest": ..., "jwe": ...}``."""

    def change(manifest: Message, parts: Message) -> None:
        place: Any = {"manifest": manifest, "jwe": parts}
        for step in way[:-1]:
            place = place[step]
        place[way[-1]] = value

    return change


def twice(manifest: Message, parts: Message) -> None:
    parts["recipients"].append(parts["recipients"][0])


def of_other_message(_: Message, parts: Message) -> None:
    parts["aad"] = strict.encode_base64url(b"keten-1.0190c0de-0000-7000-8000-000000000001")


SEALS: dict[str, Callable[[Message, Message], None]] = {
    "another digest": put("manifest", "sealed", "sha256", value=sealed_digest("anders")),
    "truncated": shorter,
    "a bucket too many": put("manifest", "sealed", "bucket", value=16384),
    "another suite": put("manifest", "sealed", "suite", value="keten-ec"),
    "another key than announced": put("jwe", "recipients", 0, "header", "kid", value="A" * 43),
    "another algorithm": put("jwe", "recipients", 0, "header", "alg", value="RSA1_5"),
    "direct encryption": put("jwe", "recipients", 0, "header", "alg", value="dir"),
    "a member more": put("jwe", "unprotected", value={"kanarie": "x"}),
    "compressed": with_zip,
    "a recipient twice": twice,
    "of another message": of_other_message,
    "no JSON": put("jwe", "whole", value="kanarie"),
}


@pytest.mark.parametrize("what", SEALS)
def test_a_seal_that_is_not_the_announced_one(case: Case, what: str) -> None:
    before = case.live.counts()
    answer = case.live.post(forge(case, SEALS[what]), case.house.oin)
    assert (answer.status, answer.code, answer.body["pointer"]) == (400, "verzegeling_fout", "/sealed")
    assert b"kanarie" not in answer.raw
    assert case.live.counts() == before


def test_a_seal_swapped_taken_away_or_added(case: Case) -> None:
    live, before = case.live, case.live.counts()
    (one, first), (_, second) = (case.sealed(case.question(rvdk(case))) for _ in range(2))
    bare = case.informed(phase="triage")
    for data, sender in (
        (envelope(case.sign(one), second), case.house),
        (envelope(case.sign(one), None), case.house),
        (envelope(case.sign(one), (first or "") + " "), case.house),
        (envelope(case.sign(bare), first), case.melder),
    ):
        answer = live.post(data, sender.oin)
        assert (answer.status, answer.code) == (400, "verzegeling_fout")
    assert live.counts() == before


def test_sealed_to_a_key_that_is_not_of_this_case_and_phase(case: Case, marker: str) -> None:
    """One's own key, the recipient's key of another case, the house's key of the phase before."""
    other = Case(case.live)
    for key in (ReceiveKey.generate(), other.receive(rvdk(case)), case.receive(rvdk(case), "aanmelding")):
        bound, text = case.sealed(case.question(rvdk(case)), keys=[key])
        before = case.live.counts()
        answer = case.live.post(envelope(case.sign(bound), text), case.house.oin)
        assert (answer.status, answer.rules) == (403, {"12 sleutel_ontbreekt"})
        assert case.live.counts()["sealed"] == before["sealed"]
    assert case.live.held(marker) == []


# ------------------------------------------------------------------------------------------------ mandates and answers


def test_a_mandate_that_is_for_something_else(case: Case, marker: str) -> None:
    """Of another case, cut off, unsigned, none at all; at the start also by somebody else."""
    live, own = case.live, case.mandate()
    spoiled: dict[str, list[str | None]] = {
        "mandaat_fout": [case.mandate(case=CaseRef(draw())), own[:-10], own.rsplit(".", 1)[0] + ".", marker],
        "manifest_vorm": [None],
    }
    before = live.counts()
    for code, mandates in spoiled.items():
        for mandate in mandates:
            answer = case.send(question(case, **{"act.mandate": mandate}))
            assert (answer.status, answer.code) == (400, code)
            assert marker.encode() not in answer.raw
    opening = Case(live)
    for mandate in (opening.mandate(signer=police(case)), opening.mandate(case=case.ref), own):
        answer = opening.send(changed(opening.start(), **{"act.mandate": mandate}))
        assert (answer.status, answer.code, answer.body["pointer"]) == (400, "mandaat_fout", "/act/mandate")
    assert live.counts() == before
    assert live.held(marker) == []


def test_one_answer_at_its_moment_by_who_was_asked(case: Case, marker: str) -> None:
    """Before its moment, by another, to another question, with something changed, and a second time."""
    soon = case.allowed(question(case, **{"act.answer_at": later(seconds=3)}))
    answer = case.answer(case.allowed(question(case)))
    assert refused(case, answer, marker) == {"7.2a te_vroeg"}
    wait_for(soon["act"]["answer_at"])
    by_police = changed(case.answer(soon), **{"from": police(case)})
    assert "1.19 antwoord_op_onbekend" in refused(case, by_police, marker)
    assert refused(case, changed(case.answer(soon), reply_to=answer["id"]), marker) == {"1.19 antwoord_op_onbekend"}
    for updates, more in (
        ({"items.0.fields": [f"/{marker}"]}, {"3.5a veld_onbekend"}),
        ({"items.0.level": "D"}, {"3.5a niveau_te_hoog"}),
        ({"expires": later(hours=5)}, set[str]()),
        ({"purpose": "routering"}, set[str]()),
    ):
        assert refused(case, changed(case.answer(soon), **updates), marker) == {"7.2a wijkt_af_van_vraag"} | more
    exact = changed(case.answer(soon), disclosure="exact", inner_digest=None, items=[], grounds=[])
    assert "3.5a vorm_onjuist" in refused(case, exact, marker)
    case.allowed(case.answer(soon))
    assert refused(case, case.answer(soon), marker) == {"1.19 al_beantwoord"}
