"""What one party may be asked and may provide, in every phase."""

from __future__ import annotations

import pytest

from schemas import packs
from schemas.asking_scope import may_ask, may_give
from schemas.pack import Pack
from schemas.pack_scope import Scope, scope


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load("zvh-protocol-2019")


def rows(pack: Pack, capacity: str, phase: str, *purposes: str) -> tuple[Scope, ...]:
    chosen = purposes or tuple(row.id for row in pack.purposes if phase in row.phases)
    return scope(pack, capacity, phase, chosen)


def test_triage_is_what_may_be_asked(pack: Pack) -> None:
    asked = [row for row in rows(pack, "ggz", "triage", "routering") if row.asked]
    assert [row.allowance for row in asked] == [*may_ask(pack, "ggz", "triage", "routering")]
    assert {row.kind for row in asked} == {"triageantwoord"}


def test_the_same_for_several_purposes_stands_once(pack: Pack) -> None:
    found = [row for row in rows(pack, "om", "triage") if row.kind == "triageantwoord"]
    assert len(found) == len({row.allowance for row in found})
    assert {len(row.purposes) for row in found} == {5}


@pytest.mark.parametrize(("phase", "kinds"), [("aanmelding", {"aanmelding"}), ("afschaling", {"inbreng"})])
def test_other_phases_ask_nothing(pack: Pack, phase: str, kinds: set[str]) -> None:
    found = rows(pack, "politie", phase)
    assert {row.kind for row in found} == kinds
    assert not any(row.asked for row in found)


def test_the_case_meeting(pack: Pack) -> None:
    found = rows(pack, "ggz", "casusoverleg")
    assert {row.kind for row in found} == {"inbreng", "actie"}, "the plan is the house's"
    (justice,) = {
        row.purposes
        for row in rows(pack, "om", "casusoverleg")
        if row.allowance.category == "justitiele_gegevens" and row.kind == "inbreng"
    }
    assert set(justice) < {row.id for row in pack.purposes if "casusoverleg" in row.phases}


def test_a_party_without_a_task_is_asked_nothing(pack: Pack) -> None:
    assert not any(row.asked for row in rows(pack, "geen_grondslag", "triage"))
    assert rows(pack, "geen_grondslag", "casusoverleg")


def test_a_kind_of_one_capacity(pack: Pack) -> None:
    kind = pack.kind["inbreng"].model_copy(update={"senders": ("politie",)})
    other = pack.model_copy(update={"kinds": (kind,)})
    assert rows(other, "politie", "casusoverleg")
    assert rows(other, "ggz", "casusoverleg") == ()


def test_an_end_or_what_is_unknown_has_nothing(pack: Pack) -> None:
    assert rows(pack, "politie", "vernietigd") == ()
    assert may_give(pack, "dominee", "triage", "routering", "triageantwoord") == ()
    assert may_give(pack, "politie", "triage", "monitoring", "triageantwoord") == ()
