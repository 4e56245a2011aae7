"""The reader of our own YAML: strings only, nothing clever, and every fault with its line."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from schemas import yaml_text
from schemas.yaml_text import Document, Place, YamlError, load


@pytest.fixture(autouse=True, params=["CSafeLoader", "SafeLoader"], scope="module")
def parser(request: pytest.FixtureRequest) -> Iterator[None]:
    """With libyaml and without."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_text, "LOADER", getattr(yaml, request.param))
        yield


def fault(text: str) -> YamlError:
    with pytest.raises(YamlError) as caught:
        load(text, "pack.yaml")
    return caught.value


def test_every_scalar_is_text() -> None:
    read = load('a: no\nb: 6.10\nc: on\nd: [1, true, null, 2019-02-07, 0x10]\ne: ""\nf: "~"\n', "x.yaml")
    assert read.data == {
        "a": "no",
        "b": "6.10",
        "c": "on",
        "d": ["1", "true", "null", "2019-02-07", "0x10"],
        "e": "",
        "f": "~",
    }


def test_every_value_keeps_its_line() -> None:
    read = load("# top\na:\n  - b: 1\n    c:\n      - x\n      - y\n  - b: 2\n", "x.yaml")
    assert read.line_of(("a",)) == 2
    assert read.line_of(("a", 0, "b")) == 3
    assert read.line_of(("a", 0, "c", 1)) == 6
    assert read.line_of(("a", 1)) == 7


def test_what_is_not_there_has_the_line_of_what_is_around_it() -> None:
    read = load("a:\n  b: 1\nc: 2\n", "x.yaml")
    assert read.line_of(("a", "missing", 3)) == 1
    assert read.place_of(("c", "deeper")) == Place("x.yaml", 3)
    assert str(read.error(("c",), "wrong")) == "x.yaml:3: wrong"


def test_a_document_without_places_is_a_fault_of_ours() -> None:
    with pytest.raises(AssertionError):
        Document({}, {}).place_of(("a",))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "`a` stands here already, on line 1"),
        ("a:\n  - b: 1\n    b: 2\n", 3, "stands here already"),
        ("a: &x 1\nb: 2\n", 1, "anchor"),
        ("a: &x [1]\n", 1, "anchor"),
        ("a: 1\nb: *x\n", 2, "alias"),
        ("a: 1\nb: !!int 2\n", 2, "tag"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "tag"),
        ("a: ! x\n", 1, "tag"),
        ("!!str a: 1\n", 1, "on a key"),
        ("a: 1\n&k b: 2\n", 2, "on a key"),
        ("a: {b: 1}\nc:\n  <<: {b: 1}\n", 3, "merge key"),
        ("? [a, b]\n: 1\n", 1, "a key that is no plain text"),
        ("a: 1\n? *x\n: 1\n", 2, "a key that is no plain text"),
        ("a: 1\nb:\nc: 2\n", 2, "no value"),
        ("a: ~\n", 1, "no value"),
        ("a: [x, ~]\n", 1, "no value"),
        ("a: 1\n---\nb: 2\n", 2, "a second document"),
        ("%YAML 1.1\n---\na: 1\n", 1, "directive"),
        ("", 1, "nothing stands here"),
        ("# only a comment\n", 2, "nothing stands here"),
        ("a: [1\nb: 2\n", 2, "not YAML"),
        ("a: 1\n b: 2\n", 2, "not YAML"),
        ("a: 1\nb: e\u0301\n", 2, "NFC"),
        ("a: \x01\n", 1, "not YAML"),
        ("a: \ud800\n", 1, "not YAML"),
    ],
)
def test_refused_with_its_line(text: str, line: int, says: str) -> None:
    error = fault(text)
    assert (error.file, error.line) == ("pack.yaml", line)
    assert says in error.text
    assert str(error) == f"pack.yaml:{line}: {error.text}"


def test_a_quoted_merge_key_is_an_ordinary_one() -> None:
    assert load('"<<": x\n', "x.yaml").data == {"<<": "x"}


def test_too_long_too_deep_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "split it" in fault("a" * (yaml_text.SIZE_LIMIT + 1)).text
    deep = "[" * (yaml_text.DEPTH_LIMIT + 1)
    assert "deeper than" in fault(deep + "x" + "]" * len(deep)).text
    fits = "[" * yaml_text.DEPTH_LIMIT
    load(fits + "x" + "]" * len(fits), "x.yaml")
    monkeypatch.setattr(yaml_text, "NODE_LIMIT", 5)
    assert "more than 5 values" in fault("[a, b, c, d, e]").text
    load("[a, b, c, d]", "x.yaml")


def test_depth_costs_no_stack() -> None:
    assert "deeper than" in fault("[" * 100_000).text


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        line = load(text, "x.yaml").line_of(())
    except YamlError as error:
        line = error.line
    assert 1 <= line <= text.count("\n") + text.count("\r") + text.count("\x85") + text.count("\u2028") + 2


_words = st.text("abcdef_ -:#'\"{}[]&*!|>%@,é\n", max_size=12)
_data = st.recursive(
    _words, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_words, inner, max_size=4), max_leaves=12
)


@given(_data)
def test_what_json_says_is_what_is_read(data: yaml_text.Data) -> None:
    assert load(json.dumps(data, ensure_ascii=False), "x.yaml").data == data
