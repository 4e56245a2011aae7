"""Identifiers that cross the wire: one class and one parser each (wire.md "Bytes").

An id is a ``str`` that was checked when it was made, so a function that takes a ``CaseRef`` need not look again.
Error texts name the kind of id and never repeat the value, which may be foreign.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, PlainSerializer
from pydantic_core import CoreSchema, core_schema

from schemas import SchemaError


class IdError(SchemaError, ValueError):
    """A text that is not an id of the kind asked for."""


class Identifier(str):
    """A checked string; subclasses give the form. Comparison and hashing are those of ``str``."""

    __slots__ = ()
    form: ClassVar[re.Pattern[str]]
    what: ClassVar[str]

    def __new__(cls, text: str) -> Self:
        if cls.form.fullmatch(text) is None:
            raise IdError(f"not {cls.what}")
        cls.check(text)
        return super().__new__(cls, text)

    @classmethod
    def check(cls, text: str) -> None:
        """What a pattern cannot say."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls,
            core_schema.str_schema(strict=True),
            serialization=core_schema.to_string_ser_schema(),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """For descriptions of an interface: the form, where there is one; an id says no more than its pattern."""
        form = getattr(cls, "form", None)
        return {"type": "string"} | ({"pattern": f"^{form.pattern}$"} if form else {})


class Oin(Identifier):
    """Organisatie-identificatienummer: 20 positions, prefix 00000099 for tests (OIN-stelsel 3.0)."""

    form = re.compile(r"[0-9]{8}[0-9A-Za-z]{12}")
    what = "an OIN of 20 positions"


class Address(Identifier):
    """A party in one of its functions, written ``oin:function`` (rules.md 6.4)."""

    form = re.compile(r"[0-9]{8}[0-9A-Za-z]{12}:[a-z][a-z_]{1,39}")
    what = "an address (oin:function)"

    @property
    def oin(self) -> Oin:
        """The party."""
        return Oin(self.partition(":")[0])

    @property
    def function(self) -> str:
        """The capacity in which it acts, or ``geen_grondslag`` or ``procesregie``."""
        return self.partition(":")[2]


class HouseId(Identifier):
    """A house, as it stands in routes and log origins."""

    form = re.compile(r"[a-z][a-z0-9-]{1,39}")
    what = "the id of a house"


class Term(Identifier):
    """An id of the protocol: phase, purpose, category, kind and the like (ASCII snake_case)."""

    form = re.compile(r"[a-z][a-z0-9_]{0,63}")
    what = "a term of the protocol"


class Reference(Identifier):
    """128 random bits, base64url: never derived from what it names and never ordered in time.

    Of 22 characters the last carries two bits: it is one of four, or the text does not re-encode to itself.
    """

    form = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")
    what = "a reference of 128 bits"


class CaseRef(Reference):
    """A case; says nothing about whom it is."""

    what = "the reference of a case"


class ItemRef(Reference):
    """One item of data, unique in the house."""

    what = "the reference of an item"


class SubjectRef(Reference):
    """One person in one case."""

    what = "the reference of a person in a case"


class Digest(Identifier):
    """SHA-256 in base64url without padding. The last of its 43 characters carries four bits."""

    form = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
    what = "a SHA-256 digest"


class Kid(Digest):
    """RFC 7638 thumbprint of a public key."""

    what = "a key id"


class PackDigest(Digest):
    """SHA-256 over the canonical form of a protocol pack."""

    what = "the digest of a pack"


class MessageId(Identifier):
    """UUIDv7, lower case."""

    form = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    what = "the id of a message (UUIDv7)"


class FieldPath(Identifier):
    """One top-level field of a category: ``/name``."""

    form = re.compile(r"/[a-z][a-z0-9_]{0,63}")
    what = "the path of a field"


_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_instant(text: object) -> datetime:
    """``YYYY-MM-DDTHH:MM:SSZ`` to an aware UTC datetime; datetimes in UTC pass. Raises :class:`IdError`."""
    if isinstance(text, datetime):
        if text.tzinfo is None or text.utcoffset() or text.microsecond:
            raise IdError("not an instant in whole seconds UTC")
        return text
    if not isinstance(text, str) or _INSTANT.fullmatch(text) is None:
        raise IdError("not an instant (YYYY-MM-DDTHH:MM:SSZ)")
    try:
        return datetime.fromisoformat(
            text
        )  # narrowed above to the one form that means this; strptime is ten times slower
    except ValueError as error:
        raise IdError("not an instant (YYYY-MM-DDTHH:MM:SSZ)") from error


def format_instant(moment: datetime) -> str:
    """The wire form of an aware UTC datetime; parts of a second are dropped."""
    whole = moment.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    return f"{whole.isoformat()}Z"  # strftime writes a year before 1000 with fewer than four digits


def parse_day(text: object) -> date:
    """``YYYY-MM-DD`` to a date. Raises :class:`IdError`."""
    if isinstance(text, date) and not isinstance(text, datetime):
        return text
    if not isinstance(text, str) or _DAY.fullmatch(text) is None:
        raise IdError("not a date (YYYY-MM-DD)")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise IdError("not a date (YYYY-MM-DD)") from error


Instant = Annotated[datetime, BeforeValidator(parse_instant), PlainSerializer(format_instant, return_type=str)]
Day = Annotated[date, BeforeValidator(parse_day), PlainSerializer(date.isoformat, return_type=str)]
