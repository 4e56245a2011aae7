"""The judge of the vectors: what it must find wrong, it finds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from keys import SealError
from schemas.strict import StrictError
from tests.vectors.judging import Case, Counts, Row, Want, judge

ROW = Row(files=("a.json",), cases=("*",), count=1, ours="StrictError(getal)", vector="JSON", reason="a reason")


def accept() -> None:
    """What accepts."""


def refuse() -> None:
    raise StrictError("getal", "no number")


def seal() -> None:
    try:
        refuse()
    except StrictError as error:
        raise SealError from error


def case(want: Want, run: Callable[[], object], name: str = "one", file: str = "a.json") -> Case:
    return Case(file, name, want, run)


def test_what_is_as_its_author_wants() -> None:
    cases = [case(Want.OPEN, accept), case(Want.REFUSE, refuse, "two"), case(Want.LATER, accept, "three")]
    assert judge(cases, (), {}) == type(judge([], (), {}))(
        Counts(accepted=1, refused=1, later=1), frozenset({"a.json"}), ()
    )


def test_accepting_what_must_be_refused_is_wrong_whatever_the_table_says() -> None:
    [first, *_] = judge([case(Want.REFUSE, accept)], (ROW,), {"a.json one": "accepted"}).wrong
    assert first == "a.json one: accepted, and must be refused"


def test_a_divergence_must_stand_in_the_table_once() -> None:
    found = [case(Want.OPEN, refuse)]
    assert judge(found, (ROW,), {}).wrong == ()
    assert judge(found, (ROW,), {}).counts == Counts(divergent=1)
    assert len(judge(found, (), {}).wrong) == 1
    assert len(judge(found, (ROW, ROW), {}).wrong) == 1
    assert len(judge(found, (ROW.model_copy(update={"files": ("b.json",)}),), {}).wrong) == 2
    assert len(judge(found, (ROW.model_copy(update={"ours": "StrictError(tekst)"}),), {}).wrong) == 2


@pytest.mark.parametrize("count", [0, 2])
def test_a_row_is_hit_as_often_as_it_says(count: int) -> None:
    assert len(judge([case(Want.OPEN, refuse)], (ROW.model_copy(update={"count": count}),), {}).wrong) == 1


def test_a_row_that_nothing_hits_is_wrong() -> None:
    assert len(judge([case(Want.OPEN, accept)], (ROW,), {}).wrong) == 1


def test_what_is_pinned_stays_as_it_is() -> None:
    free = [case(Want.FREE, seal)]
    ours = "SealError(the sealed part does not open) <- StrictError(getal)"
    assert judge(free, (), {"a.json one": ours}).wrong == ()
    assert len(judge(free, (), {"a.json one": "accepted"}).wrong) == 1
    assert len(judge(free, (), {}).wrong) == 1
    assert len(judge(free, (), {"a.json one": ours, "b.json": ours}).wrong) == 1


def test_a_case_counts_once() -> None:
    assert len(judge([case(Want.OPEN, accept)] * 2, (), {}).wrong) == 1


def test_what_is_no_declared_refusal_is_a_fault() -> None:
    def fail() -> None:
        raise KeyError

    for want in (Want.OPEN, Want.REFUSE, Want.FREE):
        with pytest.raises(KeyError):
            judge([case(want, fail)], (), {})


def test_a_row_says_nothing_else() -> None:
    with pytest.raises(ValidationError):
        Row.model_validate({**ROW.model_dump(), "accepted": True})
