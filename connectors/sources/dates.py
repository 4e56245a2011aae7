"""Dates of reduced precision: reading the forms that files hold, and comparing at the precision both sides have.

A date of the BRP may lack its day, its month or all of it (LO3 writes ``00``; data-model.md 8.6 ``date~``). What cannot
be read counts as unknown, which is never equal and never different.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from typing_extensions import override

DateForm = Literal["lo3", "iso", "nl"]
DATE_FORMS: tuple[DateForm, ...] = ("lo3", "iso", "nl")

_FORMS: dict[DateForm, re.Pattern[str]] = {
    "lo3": re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
    "iso": re.compile(r"(?P<y>[0-9]{4})(?:-(?P<m>[0-9]{1,2})(?:-(?P<d>[0-9]{1,2}))?)?"),
    "nl": re.compile(r"(?:(?:(?P<d>[0-9]{1,2})[-./ ])?(?P<m>[0-9]{1,2})[-./ ])?(?P<y>[0-9]{4})"),
}


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A year, perhaps its month, perhaps its day; ``str`` gives ``YYYY[-MM[-DD]]``."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def full(self) -> bool:
        """Known to the day."""
        return self.day is not None

    def agrees(self, other: PartialDate) -> bool:
        """Equal in every part that both know."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(mine == theirs for mine, theirs in pairs if mine is not None and theirs is not None)

    @override
    def __str__(self) -> str:
        parts = (f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part is not None))
        return "-".join(parts)


def _valid(year: int, month: int, day: int) -> PartialDate | None:
    """Zero is unknown; below an unknown part nothing counts."""
    if year == 0:
        return None
    try:
        date(year, month or 1, day if month and day else 1)
    except ValueError:
        return None
    if month == 0:
        return PartialDate(year)
    return PartialDate(year, month, day or None)


def read_date(text: str, forms: Iterable[DateForm] = DATE_FORMS) -> PartialDate | None:
    """The date in ``text``, or None where it is unknown or in none of ``forms``.

    ``lo3`` is ``YYYYMMDD``, ``iso`` is ``YYYY-MM-DD``, ``nl`` is ``DD-MM-YYYY`` (or with ``/``, ``.``, a space); all
    with ``00`` for what is not known, the last two may also be shorter. The forms cannot be taken for one another.
    """
    for form in forms:
        if found := _FORMS[form].fullmatch(text.strip()):
            return _valid(int(found["y"]), int(found["m"] or 0), int(found["d"] or 0))
    return None
