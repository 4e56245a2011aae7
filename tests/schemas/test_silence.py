"""Silence under secrecy: one answer, word for word; and the explanation, a free text like any other."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import minimal, silence
from schemas.acts import Finding
from schemas.content import ConsentRef, Ground, Inner
from schemas.facts import PartyFact
from schemas.ids import Day, Reference, Term
from schemas.manifest import Manifest
from schemas.strict import Json
from tests.making import PARTY, a_question, an_answer, an_inner, digest, pack, party_fact, reference

GGZ = PARTY["ggz"]
ANSWER: Manifest = an_answer(a_question(GGZ))


def silent(**members: Any) -> Inner:
    return an_inner(ANSWER, outcome="geen_uitspraak", **{"items": (), **members})


def told(inner: Inner, explanation: str | None = silence.TEXT) -> list[str]:
    found = silence.findings(pack(), ANSWER, inner, explanation)
    assert {finding.code for finding in found} <= {"zwijgen_verraadt"}
    return [finding.path for finding in found]


def test_silence_is_nothing_but_silence() -> None:
    assert told(silent()) == []


def _consenting() -> tuple[Ground, ...]:
    ref = ConsentRef(ref=Reference(reference("toestemming")), date=Day(2026, 3, 10))
    return tuple(ground.model_copy(update={"consent": ref}) for ground in silent().grounds)


@pytest.mark.parametrize(
    ("inner", "explanation", "path"),
    [
        (silent(), "Deze persoon is hier niet bekend.", "/toelichting"),
        (silent(), None, "/toelichting"),
        (silent(refusal="geheimhouding"), silence.TEXT, "/refusal"),
        (silent(items=an_inner(ANSWER).items), silence.TEXT, "/items"),
        (silent(grounds=_consenting()), silence.TEXT, "/grounds"),
        (silent(grounds=()), silence.TEXT, "/grounds"),
        (
            silent(necessity={"code": "criteria_toetsen", "commitment": digest("toelichting")}),
            silence.TEXT,
            "/necessity",
        ),
    ],
)
def test_whatever_tells_more_is_found(inner: Inner, explanation: str | None, path: str) -> None:
    assert told(inner, explanation) == [path]


def test_only_of_who_is_bound_and_silent() -> None:
    bound: PartyFact = party_fact(GGZ)
    free = party_fact(PARTY["college_bw"])
    assert silence.is_silent(pack(), bound, silent())
    assert not silence.is_silent(pack(), free, silent())
    assert not silence.is_silent(pack(), bound, an_inner(ANSWER))


def codes(found: list[Finding]) -> list[str]:
    assert {finding.path for finding in found} <= {minimal.EXPLAINED}
    return [finding.code for finding in found]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("aanmelding", "Zonder dit is niet te toetsen.\nEcht niet.", []),
        ("aanmelding", "a" * 500, []),
        ("aanmelding", "a" * 501, ["waarde_te_lang"]),
        ("triagevraag", "a" * 500, []),
        ("triagevraag", "a" * 501, ["waarde_te_lang"]),
        ("triageantwoord", "a" * 280, []),
        ("triageantwoord", "a" * 281, ["waarde_te_lang"]),
        ("aanmelding", " ", ["waarde_leeg"]),
        ("aanmelding", "a\u0007b", ["waarde_tekens"]),
        ("aanmelding", "a\u202eb", ["waarde_tekens"]),
        ("aanmelding", "cafe\u0301", ["waarde_tekens"]),
        ("aanmelding", "caf\u00e9", []),
        ("triageantwoord", "Zie dossier, BSN 123456782", ["bsn"]),
        ("triageantwoord", "Zie dossier 1234 56 782 " * 20, ["bsn", "waarde_te_lang"]),
    ],
)
def test_an_explanation_is_a_text_like_any_other(kind: str, text: str, expected: list[str]) -> None:
    assert codes(minimal.check_explanation(pack(), kind, text)) == expected


@pytest.mark.parametrize("fields", ["leefgebieden", "bevat_categorieen"])
def test_an_answer_tells_nothing_that_was_not_asked(fields: str) -> None:
    """8.7: a tick is a provision too; so is what a text declares."""
    college = PARTY["college_bw"]
    answer = an_answer(a_question(college))
    item = next(item for item in an_inner(answer).items if item.category == "bericht")
    told: Json = ["financien"] if fields == "leefgebieden" else ["financiele_gegevens"]
    values = {f"/{fields}": told}
    named = [row.model_copy(update={"path": f"/{fields}"}) for row in item.fields[:1]]
    item = item.model_copy(update={"fields": tuple(named)})

    def found(*asked: str) -> list[tuple[str, str]]:
        categories = frozenset(Term(name) for name in asked)
        faults = minimal.check(pack(), "triage", "triageantwoord", item, values, asked=categories)
        return [(fault.path, fault.code) for fault in faults]

    assert found("bericht", "financiele_gegevens") == []
    assert found("bericht", "woonsituatie") == [(f"/{fields}", "niet_gevraagd")]
    assert minimal.cut(pack(), "triage", "triageantwoord", item, values, asked=[Term("bericht")]) == {}
    assert minimal.check(pack(), "triage", "triageantwoord", item, values) == []
