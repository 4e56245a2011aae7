"""Citizen service numbers are found in any usual spelling, and not in telephone numbers or dates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.bsn import holds_bsn

VALID = "123456782"
SHORT = "10000008"
"""Eight digits: 010000008 without its zero."""


@pytest.mark.parametrize(
    "text",
    [
        VALID,
        "123 456 782",
        "1234.56.782",
        "123-456-782",
        "123 - 456 - 782",
        "BSN:123456782.",
        "bsn 123456782 van mevrouw",
        "(123456782)",
        "x123456782y",
        "nummers 5 123456782 en 7",
        "123456782 123456782",
        "06-12345678 en 123456782",
        "+31 6 12345678, 123456782",
        "\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff12",
        "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0662",
        "123\u2011456\u2013782",
        "123\u2212456\u2212782",
        "123\u200b456\u200b782",
        "123\u00a0456\u00a0782",
        "123\n456\t782",
        "012345672",
        "123/456/782",
        "123_456_782",
        "123,456,782",
        "123:456:782",
        "(123)(456)(782)",
        "123'456'782",
        "123*456*782",
        "123\u00b7456\u00b7782",
        "123|456|782",
        "123; 456; 782",
        "12345/6782",
        "+123456782",
        "+1123456782",
        "00123456782",
        "0123456782",
        "tel 06123456782",
    ],
)
def test_found(text: str) -> None:
    assert holds_bsn(text)


def test_eight_digits_count_too() -> None:
    assert holds_bsn(SHORT)
    assert holds_bsn(f"nummer {SHORT}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "geen nummer",
        "123456789",
        "1234567",
        "1234567820",
        "06-12345678",
        "0612345678",
        "06 12 34 56 78",
        "050-1234567",
        "(050) 123 45 67",
        "+31 6 1234 5678",
        "+31(0)612345678",
        "0031612345678",
        "+49 301234567",
        "+1 202 555 0123",
        "0123 niets",
        "012345678901",
        "geboren 01-02-2019",
        "2019-02-07",
        "9401 AB 12",
    ],
)
def test_not_found(text: str) -> None:
    assert not holds_bsn(text)


@pytest.mark.parametrize("text", ["12.34.56.782", "99-99-1234 9", "123456782-2019"])
def test_what_only_looks_like_a_date_is_looked_at(text: str) -> None:
    assert holds_bsn(text) is (text != "99-99-1234 9")


def test_dates_are_real_dates() -> None:
    assert not holds_bsn("10-10-2008")
    assert holds_bsn("10-00-0008")
    assert holds_bsn("1000-00-08")
    assert holds_bsn("10-01-0007") is holds_bsn("10010007")


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    assert holds_bsn(text) in {True, False}


@given(st.integers(min_value=0, max_value=99_999_999), st.sampled_from(["", " ", ".", "-", " - "]))
def test_every_number_that_passes_the_elfproef_is_found(start: int, between: str) -> None:
    digits = f"{start:08d}"
    total = sum(weight * int(digit) for weight, digit in zip(range(9, 1, -1), digits, strict=True))
    last = total % 11
    if last > 9 or start == 0:
        return
    number = digits + str(last)
    assert holds_bsn(f"a {between.join((number[:3], number[3:6], number[6:]))} b")
