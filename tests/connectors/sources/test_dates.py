"""Dates of reduced precision."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sources.dates import DATE_FORMS, DateForm, PartialDate, read_date


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("19680517", "1968-05-17"),
        ("19680500", "1968-05"),
        ("19680000", "1968"),
        ("19680017", "1968"),
        ("00000000", None),
        ("00000517", None),
        ("1968-05-17", "1968-05-17"),
        ("1968-5-7", "1968-05-07"),
        ("1968-05", "1968-05"),
        ("1968", "1968"),
        ("17-05-1968", "1968-05-17"),
        (" 7/5/1968 ", "1968-05-07"),
        ("17.05.1968", "1968-05-17"),
        ("00-05-1968", "1968-05"),
        ("00-00-1968", "1968"),
        ("05-1968", "1968-05"),
        ("29-02-2000", "2000-02-29"),
        ("29-02-1900", None),
        ("31-04-1968", None),
        ("1968-13-01", None),
        ("17051968", None),
        ("17-05-68", None),
        ("24838", None),
        ("onbekend", None),
        ("١٩٦٨", None),
        ("", None),
    ],
)
def test_reading(text: str, read: str | None) -> None:
    found = read_date(text)
    assert (None if found is None else str(found)) == read


@pytest.mark.parametrize(("form", "text"), [("lo3", "19680517"), ("iso", "1968-05-17"), ("nl", "17-05-1968")])
def test_only_the_forms_that_are_asked_for(form: DateForm, text: str) -> None:
    assert read_date(text, (form,)) == PartialDate(1968, 5, 17)
    assert read_date(text, [other for other in DATE_FORMS if other != form]) is None


def test_agreeing_is_at_the_common_precision() -> None:
    year, month, day = PartialDate(1968), PartialDate(1968, 5), PartialDate(1968, 5, 17)
    assert year.agrees(day)
    assert day.agrees(month)
    assert day.agrees(day)
    assert not day.agrees(PartialDate(1968, 6))
    assert not month.agrees(PartialDate(1969))
    assert not day.agrees(PartialDate(1968, 5, 18))
    assert [date.full for date in (year, month, day)] == [False, False, True]


@given(st.dates())
def test_every_date_survives_every_form(day: st.SearchStrategy[object]) -> None:
    iso = str(day)
    year, month, dom = iso.split("-")
    assert {str(read_date(text)) for text in (iso, year + month + dom, f"{dom}-{month}-{year}")} == {iso}
