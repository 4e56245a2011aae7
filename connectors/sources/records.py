"""The persons of a table, held in memory for searching, each as a candidate and the cells that may be given.

Decides which rows are persons ("a person starts at a row whose first column is filled; the rows that follow are
history") and which are accepted. Cells that no field names are not kept, nor is the column by which rows are accepted;
of a secret address nothing is kept at all. Searching costs two or four look-ups: surname key and year of birth, and
the same without a year.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from connectors.sources import Candidate, SearchKey, SettingsError, UnreadableError, clean_postcode
from connectors.sources.dates import PartialDate, read_date
from connectors.sources.layout import Layout, lay
from connectors.sources.names import surname_keys
from connectors.sources.settings import TableSettings, folded
from connectors.sources.sheets import read_rows

_LEADING_NUMBER = re.compile(r"[1-9][0-9]{0,4}(?![0-9])")


@dataclass(frozen=True, slots=True, repr=False)
class Record:
    """A candidate with the cells behind its fields."""

    candidate: Candidate
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, repr=False)
class Records:
    """One version of the file. ``rows``: persons in it; ``unreadable_dates``: birth dates that count as unknown."""

    as_of: date
    rows: int
    unreadable_dates: int
    by_number: Mapping[str, Record]
    index: Mapping[tuple[str, int | None], Sequence[str]]

    def find(self, key: SearchKey) -> tuple[Candidate, ...]:
        """All that could match, in the order of the file."""
        born = read_date(key.geboortedatum, ("iso",))
        years = (born.year, None) if born else (None,)
        names = surname_keys(key.voorvoegsel, key.geslachtsnaam)
        found = {number for name in names for year in years for number in self.index.get((name, year), ())}
        return tuple(self.by_number[number].candidate for number in sorted(found))


def read_records(content: bytes, settings: TableSettings, path: Path, as_of: date) -> Records:
    """Read a whole file. Raises :class:`UnreadableError`, :class:`SettingsError`."""
    rows = read_rows(content, settings, path)
    heading = next((cells for number, (_, cells) in enumerate(rows, 1) if number == settings.header), None)
    if heading is None:
        raise SettingsError(f"{path.name} has no row {settings.header}; set `header` to the row with the headings")
    layout = lay(settings, heading, path)
    version = hashlib.blake2b(content, digest_size=8).hexdigest()
    by_number: dict[str, Record] = {}
    index: defaultdict[tuple[str, int | None], list[str]] = defaultdict(list)
    persons = unreadable = 0
    for line, cells in rows:
        if any(cells[len(heading) :]):
            raise UnreadableError(
                f"{path.name}, row {line}: more cells than headings; check delimiter and quotation marks"
            )
        cells.extend("" for _ in range(len(heading) - len(cells)))
        if not (cells[layout.starts] if layout.starts is not None else any(cells)):
            continue
        persons += 1
        if not all(cells[place].startswith(prefix) for place, prefix in layout.accept):
            continue
        number = _number(layout, cells, f"{path.name}, row {line}", by_number) or f"{version}.{line}"
        record, born = _record(settings, layout, cells, number)
        unreadable += born is None and any(sign not in "0-./ " for sign in record.cells["geboortedatum"])
        by_number[number] = record
        for name in surname_keys(record.candidate.voorvoegsel, record.candidate.geslachtsnaam):
            index[name, born.year if born else None].append(number)
    if by_number and unreadable == len(by_number):
        raise SettingsError(f"{path.name}: no birth date can be read; check the column and `dates`")
    return Records(as_of, persons, unreadable, by_number, dict(index))


def _number(layout: Layout, cells: Sequence[str], where: str, taken: Mapping[str, Record]) -> str | None:
    if layout.record is None:
        return None
    number = cells[layout.record]
    if not number or number in taken:
        fault = "stands there twice" if number else "is missing"
        raise UnreadableError(
            f"{where}, column {layout.record + 1}: the record's own number {fault}; mend it or leave `record` out"
        )
    return number


def _record(
    settings: TableSettings, layout: Layout, cells: Sequence[str], number: str
) -> tuple[Record, PartialDate | None]:
    secret = (
        settings.secret is not None and layout.secret is not None and cells[layout.secret] not in settings.secret.unless
    )
    kept = {field: cells[place] for field, place in layout.fields if not (secret and field in layout.withheld)}
    born = read_date(kept["geboortedatum"], settings.dates)
    house = _LEADING_NUMBER.match(kept.get("huisnummer", ""))
    candidate = Candidate(
        source=settings.name,
        record=number,
        geslachtsnaam=kept["geslachtsnaam"],
        voorvoegsel=kept.get("voorvoegsel") or None,
        voornamen=kept.get("voornamen", ""),
        roepnaam=kept.get("roepnaam") or None,
        geboortedatum=None if born is None else str(born),
        geboorteplaats=_place_of_birth(settings, kept.get("geboorteplaats", "")),
        postcode=clean_postcode(kept.get("postcode")),
        huisnummer=int(house.group()) if house else None,
        secret=secret,
    )
    return Record(candidate, kept), born


def _place_of_birth(settings: TableSettings, cell: str) -> str | None:
    """Translated where the map knows it; else as it stands, for a code compares with a code."""
    column = settings.columns.get("geboorteplaats")
    names: Callable[[str], str | None] = column.map.get if column and column.map else lambda _: None
    return names(folded(cell)) or cell or None
