"""Ids are checked when they are made, and errors never repeat what was wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import uuid_utils
from pydantic import TypeAdapter, ValidationError

from schemas.ids import (
    Address,
    CaseRef,
    Day,
    Digest,
    FieldPath,
    HouseId,
    Identifier,
    IdError,
    Instant,
    ItemRef,
    Kid,
    MessageId,
    Oin,
    PackDigest,
    Reference,
    SubjectRef,
    Term,
    format_instant,
    parse_day,
    parse_instant,
)

ZERO_128 = "A" * 22
ZERO_256 = "A" * 43


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Oin, "00000099000000000001"),
        (Oin, "00000099ABCDEFabcdef"),
        (Address, "00000099000000000001:college_bw"),
        (HouseId, "drenthe"),
        (HouseId, "huis-2"),
        (Term, "politiegegevens_art8"),
        (Reference, ZERO_128),
        (CaseRef, ZERO_128),
        (ItemRef, ZERO_128),
        (SubjectRef, ZERO_128),
        (Digest, ZERO_256),
        (Kid, ZERO_256),
        (PackDigest, ZERO_256),
        (MessageId, "0199a0c1-7f2e-7c3a-9b6e-2f1d6f0c9a11"),
        (FieldPath, "/geslachtsnaam"),
    ],
)
def test_what_is_an_id(kind: type[Identifier], text: str) -> None:
    made = kind(text)
    assert made == text
    assert isinstance(made, kind)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Oin, ""),
        (Oin, "0000009900000000001"),
        (Oin, "0000009A000000000001"),
        (Oin, "00000099000000000001\n"),
        (Address, "00000099000000000001"),
        (Address, "00000099000000000001:"),
        (Address, "00000099000000000001:College"),
        (Address, "00000099000000000001:a:b"),
        (HouseId, "Drenthe"),
        (HouseId, "d"),
        (HouseId, "../drenthe"),
        (Term, "Personalia"),
        (Term, "a-b"),
        (Term, "a" * 65),
        (Term, "\uff41"),
        (Reference, "A" * 21),
        (Reference, "A" * 21 + "B"),
        (Reference, "A" * 21 + "="),
        (Digest, "A" * 42 + "B"),
        (Digest, "A" * 44),
        (MessageId, "0199a0c1-7f2e-4c3a-9b6e-2f1d6f0c9a11"),
        (MessageId, "0199A0C1-7F2E-7C3A-9B6E-2F1D6F0C9A11"),
        (FieldPath, "geslachtsnaam"),
        (FieldPath, "/a/b"),
        (FieldPath, "/"),
    ],
)
def test_what_is_none(kind: type[Identifier], text: str) -> None:
    with pytest.raises(IdError) as caught:
        kind(text)
    if len(text) > 1:
        assert text not in str(caught.value)


def test_an_address_has_a_party_and_a_function() -> None:
    address = Address("00000099000000000001:college_bw")
    assert address.oin == Oin("00000099000000000001")
    assert address.function == "college_bw"


def test_the_library_makes_message_ids_of_this_form() -> None:
    assert MessageId(str(uuid_utils.uuid7()))


def test_models_check_ids_too() -> None:
    adapter = TypeAdapter(Term)
    assert adapter.validate_python("triage") == Term("triage")
    assert isinstance(adapter.validate_json('"triage"'), Term)
    assert adapter.dump_json(Term("triage")) == b'"triage"'
    for wrong in (7, b"triage", None, "Triage"):
        with pytest.raises(ValidationError):
            adapter.validate_python(wrong)


def test_instants_are_whole_seconds_utc() -> None:
    moment = datetime(2026, 3, 10, 12, 0, 0, tzinfo=UTC)
    assert parse_instant("2026-03-10T12:00:00Z") == moment
    assert parse_instant(moment) is moment
    assert format_instant(moment.replace(microsecond=999)) == "2026-03-10T12:00:00Z"
    assert format_instant(moment.astimezone(timezone(timedelta(hours=2)))) == "2026-03-10T12:00:00Z"
    assert TypeAdapter(Instant).dump_json(moment) == b'"2026-03-10T12:00:00Z"'


@pytest.mark.parametrize(
    "wrong",
    [
        "2026-03-10T12:00:00",
        "2026-03-10T12:00:00+00:00",
        "2026-03-10 12:00:00Z",
        "2026-03-10T12:00:00.5Z",
        "2026-02-30T12:00:00Z",
        "2026-03-10T24:00:00Z",
        "2026-03-10T12:00:60Z",
        "\u0662026-03-10T12:00:00Z",
        1773144000,
        None,
        datetime(2026, 3, 10, 12, 0, 0),  # noqa: DTZ001 - a naive time is what must be refused
        datetime(2026, 3, 10, 12, 0, 0, 5, tzinfo=UTC),
        datetime(2026, 3, 10, 12, 0, 0, tzinfo=timezone(timedelta(hours=1))),
    ],
)
def test_other_instants_are_refused(wrong: object) -> None:
    with pytest.raises(IdError):
        parse_instant(wrong)


def test_days() -> None:
    assert parse_day("2026-03-10") == date(2026, 3, 10)
    assert parse_day(date(2026, 3, 10)) == date(2026, 3, 10)
    assert TypeAdapter(Day).dump_json(date(2026, 3, 10)) == b'"2026-03-10"'
    for wrong in ("2026-3-10", "2026-02-30", "20260310", 7, datetime(2026, 3, 10, tzinfo=UTC)):
        with pytest.raises(IdError):
            parse_day(wrong)
