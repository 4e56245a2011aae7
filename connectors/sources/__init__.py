"""A party's own systems, searched for the person that a question is about.

Decides the shapes only: what is asked of a source (:class:`SearchKey`), what it finds (:class:`Candidate`, a record of
that source and never a number of a person) and what it gives (:class:`Found`, each value with its source and date).
Whether candidates mean *this* person is decided by :mod:`connectors.sources.matching`; which fields may go by the
kernel and by the professional. The search key is level B of ``personalia`` and ``adresgegevens`` (data-model.md 8.6).

    SourceError
    ├── SearchKeyError      the question's key cannot be searched with (their message)
    ├── SettingsError       the settings do not fit the file: a column, sheet, encoding or date form (file, what to do)
    ├── UnreadableError     the file is missing, too large, damaged or not what it says (file, line, column)
    └── StaleRecordError    the file changed since the search; search again

None of these quotes a cell of the file or a part of the key, and no value below shows its content in ``repr``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from connectors.sources.dates import read_date
from connectors.sources.names import words

POSTCODE = re.compile(r"[1-9][0-9]{3}[A-Z]{2}")

Value = str | int | bool | tuple[str, ...]


class SourceError(Exception):
    """A source cannot answer. The text says which file, where in it, and what to do; never what stands there."""


class SearchKeyError(SourceError):
    """The key of the question is of no use: no name to search by, or a date that is none."""


class SettingsError(SourceError):
    """The settings name something that the file does not have."""


class UnreadableError(SourceError):
    """The file cannot be read as the settings say."""


class StaleRecordError(SourceError):
    """The record was found in an earlier version of the file."""


def clean_postcode(text: str | None) -> str | None:
    """``1234AB``, or None where the text is no Dutch postcode."""
    compact = "".join((text or "").split()).upper()
    return compact if POSTCODE.fullmatch(compact) else None


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class SearchKey:
    """Whom a question is about. ``geboortedatum`` is ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; ``voornamen`` may be
    empty.

    ``geboorteplaats``, ``postcode`` and ``huisnummer`` only tell apart records that are otherwise the same.
    Raises :class:`SearchKeyError`.
    """

    geslachtsnaam: str
    voornamen: str
    geboortedatum: str
    voorvoegsel: str | None = None
    geboorteplaats: str | None = None
    postcode: str | None = None
    huisnummer: int | None = None

    def __post_init__(self) -> None:
        if not words(self.geslachtsnaam):
            raise SearchKeyError("geslachtsnaam holds no letter to search by")
        born = read_date(self.geboortedatum, ("iso",))
        if born is None or str(born) != self.geboortedatum:
            raise SearchKeyError("geboortedatum must be YYYY, YYYY-MM or YYYY-MM-DD and exist")
        if self.postcode is not None and clean_postcode(self.postcode) is None:
            raise SearchKeyError("postcode must be four digits and two letters")


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Candidate:
    """One record of one source, with what can be compared. Two candidates may well be one person, or may not.

    ``record`` means something in this source only. ``secret``: the address is withheld, so it is None here. An unknown
    ``geboortedatum`` is None, a partial one is cut (``1968``, ``1968-05``).
    """

    source: str
    record: str
    geslachtsnaam: str
    voornamen: str = ""
    voorvoegsel: str | None = None
    roepnaam: str | None = None
    geboortedatum: str | None = None
    geboorteplaats: str | None = None
    postcode: str | None = None
    huisnummer: int | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """One value of one field, with the name of its source and the day on which the source stood so."""

    category: str
    field: str
    value: Value
    source: str
    as_of: date


class Source(Protocol):
    """A system of the party. Implementations keep the event loop free and raise only :class:`SourceError`."""

    @property
    def name(self) -> str:
        """As the professional knows it; stands beside each value."""
        ...

    async def find(self, key: SearchKey) -> Sequence[Candidate]:
        """The records that could be meant, at least all that :func:`matching.match` counts; the caller matches."""
        ...

    async def fetch(self, candidate: Candidate, fields: Mapping[str, Sequence[str]]) -> Sequence[Found]:
        """What the source has of ``fields`` (category -> fields). What it lacks or may not give is left out."""
        ...
