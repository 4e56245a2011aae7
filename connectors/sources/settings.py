"""How a table at a party is read, as data: which file, which column is which field, what counts as a person.

Decides nothing about persons; a new table is a new piece of settings and no code. Written as YAML of strings only
(house style of settings), so numbers may be strings. A column is given by its heading, or by its position from 1 where
the text is digits only (headings repeat in LO3 exports)::

    name: Basisregistratie
    file: personen.csv
    person_starts: "1"                    # a row whose first column is filled; the rows after it are history
    accept: {"01.01.20": "9999"}          # only these; the column itself is not kept and cannot be given
    secret: {column: "07.70.10", not: ["", "0"]}
    columns:
      geslachtsnaam: "01.02.40"
      geboorteplaats: {column: "01.03.20", map: {"0599": Rotterdam}}
      woonsituatie.woonvorm: {column: Woning, map: {huurwoning: huur, koopwoning: koop}}
      toezicht_handhaving.soort: {value: waarschuwing}

The fields of ``personalia`` and ``adresgegevens`` go by their own name, all others as ``category.field``; ids are
those of data-model.md 8.6. With a ``map`` a value outside it is not given at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from connectors.sources.dates import DATE_FORMS, DateForm

PERSONALIA = ("geslachtsnaam", "voorvoegsel", "voornamen", "roepnaam", "geboortedatum", "geboorteplaats")
ADDRESS = ("straat", "huisnummer", "huisletter", "huisnummertoevoeging", "postcode", "woonplaats")
_COMPARED = (*PERSONALIA, "postcode", "huisnummer")
_CODED = ("geboorteplaats",)
SECRET_MARK = ("adresgegevens", "geheim")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,63}\.[a-z][a-z0-9_]{0,63}")
_LARGEST_FILE = 1 << 30

ColumnRef = Annotated[str, Field(min_length=1, max_length=200)]
Kind = Literal["text", "number", "date", "truth"]


def folded(text: str) -> str:
    """How a cell is looked up in a ``map``: capitals and spaces do not matter."""
    return " ".join(text.split()).casefold()


class _Settings(BaseModel):
    """Frozen, closed, and silent about what it was given."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _lookup(given: Mapping[str, str]) -> Mapping[str, str]:
    found = {folded(key): value for key, value in given.items()}
    if len(found) != len(given):
        raise ValueError("two keys of this map are the same but for capitals or spaces; keep one")
    return MappingProxyType(found)


class Column(_Settings):
    """Where the value of a field comes from: a column, perhaps translated, or one fixed value for everybody."""

    column: ColumnRef | None = None
    value: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    map: Annotated[Mapping[str, str], AfterValidator(_lookup)] | None = None
    kind: Kind = "text"
    separator: Annotated[str, Field(min_length=1, max_length=3)] | None = None
    """Splits a cell into a list, each part through ``map``."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        return {"column": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.column is None) == (self.value is None):
            raise ValueError("give either `column` or `value`")
        if self.value is not None and (self.map is not None or self.separator is not None):
            raise ValueError("a fixed `value` takes no `map` and no `separator`")
        if self.separator is not None and self.kind != "text":
            raise ValueError("a list (`separator`) holds texts: leave `kind` out")
        return self


class Secret(_Settings):
    """The address is withheld where ``column`` holds anything but what ``not`` lists."""

    column: ColumnRef
    unless: Annotated[tuple[str, ...], Field(alias="not", min_length=1)]


class TableSettings(_Settings):
    """One table: a delimited text file or a sheet of an Excel file (.xlsx)."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    """What the professional sees beside each value."""
    file: Path
    """Relative to the folder of the settings."""
    delimiter: Annotated[str, Field(pattern=r"^[;,|\t]$")] | None = None
    encoding: Literal["utf-8", "utf-8-sig", "cp1252"] | None = None
    sheet: Annotated[str, Field(min_length=1, max_length=31)] | None = None
    header: Annotated[int, Field(ge=1, le=100)] = 1
    """The row with the headings, from 1."""
    columns: Mapping[str, Column]
    person_starts: ColumnRef | None = None
    record: ColumnRef | None = None
    """The party's own number of the record, if it has one: found persons then stay found when the file changes."""
    accept: Mapping[str, str] = Field(default_factory=dict)
    """Column -> how its value must begin. A row that does not is left out altogether."""
    dates: Annotated[tuple[DateForm, ...], Field(min_length=1)] = DATE_FORMS
    secret: Secret | None = None
    max_bytes: Annotated[int, Field(ge=1, le=_LARGEST_FILE)] = 64 << 20
    max_rows: Annotated[int, Field(ge=1, le=5_000_000)] = 500_000

    @model_validator(mode="after")
    def _fields(self) -> Self:
        for field, column in self.columns.items():
            if field not in (*PERSONALIA, *ADDRESS) and _FIELD.fullmatch(field) is None:
                raise ValueError("a field under `columns` is one of personalia or adresgegevens, or `category.field`")
            if self.category_of(field) == SECRET_MARK:
                raise ValueError("adresgegevens.geheim follows from `secret` and is not a column")
            if field.startswith("personalia.") or field.partition("adresgegevens.")[2] in ADDRESS:
                raise ValueError("the fields of personalia and adresgegevens are written without their category")
            if field in _COMPARED and column != Column(
                column=column.column, map=column.map if field in _CODED else None
            ):
                raise ValueError(f"{field} is compared as it stands in the file: give its column and nothing else")
        missing = [field for field in ("geslachtsnaam", "geboortedatum") if field not in self.columns]
        if missing:
            raise ValueError(f"`columns` must have {' and '.join(missing)}: nobody is found without")
        return self

    def category_of(self, field: str) -> tuple[str, str]:
        """(category, field) of a key under ``columns``."""
        if field in ADDRESS:
            return "adresgegevens", field
        category, dot, name = field.partition(".")
        return (category, name) if dot else ("personalia", field)
