"""From strings to a model: numbers and truth values where the model wants them, unknown keys with the nearest known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, model_validator

from schemas.records import Frozen
from schemas.yaml_model import nearest, validate
from schemas.yaml_text import YamlError, load


class Inner(Frozen):
    """One row."""

    name: str
    size: Annotated[StrictInt, Field(ge=1, le=9)] | None = None


class Short(Frozen):
    """May be written as one text."""

    column: str

    @model_validator(mode="before")
    @classmethod
    def _text(cls, given: Any) -> Any:
        return {"column": given} if isinstance(given, str) else given


class Outer(Frozen):
    """Every sort of annotation that settings use."""

    switch: bool = False
    strict: StrictBool = False
    count: int = 0
    file: Path | None = None
    choice: Literal["a", "b"] = "a"
    inner: Inner | None = None
    rows: tuple[Inner, ...] = ()
    numbers: list[int] = Field(default_factory=list)
    table: Mapping[str, int] = Field(default_factory=dict)
    columns: dict[str, Short] = Field(default_factory=dict)
    either: int | str = 0
    not_: tuple[str, ...] = Field(default=(), alias="not")
    pair: tuple[str, str] | None = None
    anything: Any = None


class Open(BaseModel):
    """Takes what it does not know."""

    model_config = ConfigDict(extra="allow")

    size: int


def read(text: str) -> Outer:
    return validate(Outer, load(text, "s.yaml"))


def faults(text: str) -> list[str]:
    with pytest.raises(YamlError) as caught:
        read(text)
    return [str(YamlError(one.file, one.line, one.text)) for one in caught.value.all]


def test_the_model_says_what_a_text_becomes() -> None:
    found = read(
        "switch: true\nstrict: false\ncount: -3\nfile: /x\nchoice: b\ninner: {name: '7', size: 7}\n"
        "rows: [{name: true}]\nnumbers: [1, 2]\ntable: {a: 1}\ncolumns: {a: b, c: {column: d}}\neither: 5\n"
        "not: ['', '0']\npair: [a, b]\nanything: {a: [1]}\n"
    )
    assert (found.switch, found.strict, found.count, found.file) == (True, False, -3, Path("/x"))
    assert found.inner == Inner(name="7", size=7)
    assert found.rows == (Inner(name="true"),)
    assert found.numbers == [1, 2]
    assert found.table == {"a": 1}
    assert found.columns == {"a": Short(column="b"), "c": Short(column="d")}
    assert found.either == "5", "where a text would do, it stays a text"
    assert found.not_ == ("", "0")
    assert found.anything == {"a": ["1"]}


@pytest.mark.parametrize("word", ["yes", "on", "1", "True", "TRUE", "y", "t"])
def test_truth_is_true_or_false(word: str) -> None:
    assert faults(f"switch: {word}\n") == ["s.yaml:1: `switch`: write true or false"]


@pytest.mark.parametrize("word", ["6.0", "1e3", "0x10", "007", "1_000", "+1", "een", "''", "99999999999999999999"])
def test_numbers_are_digits(word: str) -> None:
    assert faults(f"count: {word}\n") == ["s.yaml:1: `count`: write a whole number in digits"]


def test_an_unknown_key_comes_with_the_nearest_known_one() -> None:
    assert faults("count: 1\nrows:\n  - name: a\n    sise: 3\n") == [
        "s.yaml:4: `rows[0].sise`: unknown key; did you mean `size`?"
    ]
    assert faults("not_: [a]\n") == ["s.yaml:1: `not_`: unknown key; did you mean `not`?"]
    (text,) = faults("inner:\n  name: a\n  zzzz: 3\n")
    assert text == "s.yaml:3: `inner.zzzz`: unknown key; known here: name, size"


def test_all_faults_at_once_in_the_order_of_their_lines() -> None:
    assert faults("swich: true\ninner:\n  size: 12\ncount: x\nchoice: c\n") == [
        "s.yaml:1: `swich`: unknown key; did you mean `switch`?",
        "s.yaml:2: `inner.name`: is missing; add it",
        "s.yaml:3: `inner.size`: should be less than or equal to 9",
        "s.yaml:4: `count`: write a whole number in digits",
        "s.yaml:5: `choice`: should be 'a' or 'b'",
    ]


def test_what_is_wrong_is_not_quoted() -> None:
    (text,) = faults("choice: geheim-wachtwoord\n")
    assert "geheim" not in text


def test_the_wrong_shape_is_named() -> None:
    assert "`rows`" in faults("rows: a\n")[0]
    assert "`inner`" in faults("inner: [a]\n")[0]
    assert "`count`" in faults("count: {a: b}\n")[0]
    assert "`count`" in faults("count: [a]\n")[0]
    assert "the file" in faults("- a\n")[0]
    assert "`switch`" in faults("switch: [a]\n")[0]


def test_an_open_model_takes_other_keys_as_they_are() -> None:
    assert validate(Open, load("size: 3\nmore: 4\n", "s.yaml")).model_dump() == {"size": 3, "more": "4"}


def test_a_long_list_of_known_words_is_cut() -> None:
    assert nearest("zzz", [f"w{n:02}" for n in range(20)]).endswith("w11 ...")
