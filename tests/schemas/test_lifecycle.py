"""The phases as tables, and who may send what in them."""

from __future__ import annotations

import pytest

from schemas.lifecycle import belongs, may_move, may_receive, may_send, next_phases, open_kinds, replies_to
from tests.making import COLLEGE, HOUSE, MELDER, PARTY, pack


def test_a_case_goes_one_way() -> None:
    seen, phase = ["aanmelding"], "aanmelding"
    while following := next_phases(pack(), phase):
        phase = following[0]
        seen.append(phase)
    assert seen == ["aanmelding", "triage", "casusoverleg", "afschaling", "afgeschaald"]


@pytest.mark.parametrize(
    ("old", "new", "may"),
    [
        ("aanmelding", "triage", True),
        ("aanmelding", "afgewezen", True),
        ("aanmelding", "casusoverleg", False),
        ("triage", "aanmelding", False),
        ("afgewezen", "triage", False),
        ("afgewezen", "vernietigd", False),
        ("onbekend", "triage", False),
        ("aanmelding", "onbekend", False),
    ],
)
def test_moves(old: str, new: str, may: bool) -> None:
    assert may_move(pack(), old, new) is may


@pytest.mark.parametrize(
    ("old", "new", "decision", "may"),
    [
        ("casusoverleg", "casusoverleg", "opschaling", True),
        ("triage", "triage", "toebedeling", True),
        ("casusoverleg", "casusoverleg", "in_casusoverleg", False),
        ("casusoverleg", "casusoverleg", "", False),
        ("casusoverleg", "casusoverleg", "onbekend", False),
        ("casusoverleg", "afschaling", "opschaling", False),
        ("casusoverleg", "afschaling", "in_afschaling", True),
        ("afgeschaald", "afgeschaald", "herbeoordeling", False),
        ("onbekend", "onbekend", "herbeoordeling", False),
    ],
)
def test_only_a_decision_that_changes_no_phase_leads_to_the_same(old: str, new: str, decision: str, may: bool) -> None:
    assert may_move(pack(), old, new, decision) is may


@pytest.mark.parametrize(
    ("term", "address", "role", "yes"),
    [
        ("procesregie", HOUSE, "huis", True),
        ("procesregie", COLLEGE, "melder", False),
        ("partij", COLLEGE, None, True),
        ("partij", HOUSE, "huis", False),
        ("melder", MELDER, "melder", True),
        ("melder", COLLEGE, "gevraagd", False),
        ("gevraagd", COLLEGE, "gevraagd", True),
        ("college_bw", COLLEGE, None, True),
        ("ggz", COLLEGE, None, False),
    ],
)
def test_whom_a_row_means(term: str, address: str, role: str | None, yes: bool) -> None:
    assert belongs(term, type(HOUSE)(address), role, HOUSE) is yes


def test_what_each_may_send_in_triage() -> None:
    house = [kind.id for kind in open_kinds(pack(), "triage", HOUSE, "huis", HOUSE)]
    asked = [kind.id for kind in open_kinds(pack(), "triage", PARTY["ggz"], "gevraagd", HOUSE)]
    assert "triagevraag" in house
    assert "triageantwoord" not in house
    assert "triageantwoord" in asked
    assert "triagevraag" not in asked
    assert {kind.items for kind in open_kinds(pack(), "afgewezen", HOUSE, "huis", HOUSE)} == {"none"}
    assert open_kinds(pack(), "onbekend", HOUSE, "huis", HOUSE) == ()


def test_a_question_goes_to_who_was_asked() -> None:
    kind = pack().kind["triagevraag"]
    assert may_receive(kind, PARTY["ggz"], "gevraagd", HOUSE)
    assert not may_receive(kind, PARTY["ggz"], None, HOUSE)
    assert may_send(kind, HOUSE, "huis", HOUSE)
    assert not may_send(kind, PARTY["ggz"], "gevraagd", HOUSE)


def test_what_replies_to_what() -> None:
    assert {"triageantwoord", "ontvangst"} <= {kind.id for kind in replies_to(pack(), "triagevraag")}
    assert [kind.id for kind in replies_to(pack(), "sleutel_verzoek")] == ["sleutel"]
    assert replies_to(pack(), "ontvangst") == ()
