"""The only parser of foreign bytes: everything that is not this profile's JSON is refused with a code."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.problems import PROBLEMS
from schemas.strict import (
    DEPTH_LIMIT,
    MESSAGE_LIMIT,
    Json,
    StrictError,
    decode_base64url,
    encode_base64url,
    parse,
    parse_object,
)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"{}", {}),
        (b' {"a": [1, "b", null, true, false]}\n', {"a": [1, "b", None, True, False]}),
        (b"0", 0),
        (b"-1", -1),
        (b"9007199254740991", 2**53 - 1),
        ('"\u00e9"'.encode(), "\u00e9"),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
    ],
)
def test_what_is_json(data: bytes, value: Json) -> None:
    assert parse(data) == value


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "geen_json"),
        (b"{", "geen_json"),
        (b"{} {}", "geen_json"),
        (b"{'a': 1}", "geen_json"),
        (b'{"a": 1,}', "geen_json"),
        (b"// x\n{}", "geen_json"),
        (b'"a\nb"', "geen_json"),
        (b"\xef\xbb\xbf{}", "geen_json"),
        (b'{"a": 1, "a": 1}', "dubbel_lid"),
        (b'{"x": {"a": 1, "\\u0061": 2}}', "dubbel_lid"),
        (b"1.0", "getal"),
        (b"1e3", "getal"),
        (b"-0", "getal"),
        (b"NaN", "getal"),
        (b"Infinity", "getal"),
        (b"9007199254740992", "getal"),
        (b"-9007199254740992", "getal"),
        (b"1" * 5000, "getal"),
        (b'"\xff"', "tekst"),
        (b'"\\ud800"', "tekst"),
        (b'{"\\udc00": 1}', "tekst"),
        ('"e\u0301"'.encode(), "tekst"),
        ('{"e\u0301": 1}'.encode(), "tekst"),
        (b"[" * 17 + b"]" * 17, "te_diep"),
        (b"[" * 100_000, "te_diep"),
        (b"[" + b"1," * 10_000 + b"1]", "te_groot"),
        (b" " * (MESSAGE_LIMIT + 1), "te_groot"),
    ],
)
def test_what_is_not(data: bytes, code: str) -> None:
    with pytest.raises(StrictError) as caught:
        parse(data)
    assert caught.value.code == code
    assert code in PROBLEMS


def test_limits_are_reached_and_not_passed() -> None:
    assert parse(b"[" * DEPTH_LIMIT + b"]" * DEPTH_LIMIT)
    assert parse(b"[" + b"1," * 9_998 + b"1]")
    assert parse(b"12", limit=2) == 12
    with pytest.raises(StrictError):
        parse(b"123", limit=2)


def test_who_reads_more_says_how_much() -> None:
    many = b'{"a":[' + b"1," * 10_000 + b"1]}"
    for read in (parse, parse_object):
        assert read(many, nodes=10_003)
        with pytest.raises(StrictError) as caught:
            read(many, nodes=10_002)
        assert caught.value.code == "te_groot"


def test_an_object_is_asked_for() -> None:
    assert parse_object(b'{"a": 1}') == {"a": 1}
    with pytest.raises(StrictError) as caught:
        parse_object(b"[]")
    assert caught.value.code == "geen_object"


def test_errors_quote_nothing() -> None:
    for data in (b'{"jansen": 1, "jansen": 2}', b'"jansen', b"jansen"):
        with pytest.raises(StrictError) as caught:
            parse(data)
        assert "jansen" not in str(caught.value)


@given(st.binary(max_size=200))
def test_any_bytes_get_a_value_or_a_code(data: bytes) -> None:
    codes = []
    try:
        parse(data)
    except StrictError as error:
        codes.append(error.code)
    assert set(codes) <= set(PROBLEMS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text("abc\u00e9 ", max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(JSON)
def test_what_we_write_reads_back(value: Json) -> None:
    assert parse(json.dumps(value).encode()) == value


@given(st.binary(max_size=64))
def test_base64url_there_and_back(data: bytes) -> None:
    assert decode_base64url(encode_base64url(data)) == data


@pytest.mark.parametrize("text", ["=", "QQ==", "Q Q", "QR", "Q", "QQ\n", "+/+/", "\u00e9"])
def test_base64url_has_one_form(text: str) -> None:
    with pytest.raises(StrictError) as caught:
        decode_base64url(text)
    assert caught.value.code == "base64"


def test_base64url_is_that_of_the_standard_library() -> None:
    data = bytes(range(256))
    assert encode_base64url(data) == base64.urlsafe_b64encode(data).rstrip(b"=").decode()
