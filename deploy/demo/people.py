"""The people of a run: read from an LO3 file, or made up on the spot; and who of them the case is about.

Decides whom: P is one whom the police's own matching finds exactly once, Q one for whom it finds several, because
others share all names and the birth date. Both are chosen with the product's own reader and matcher, on the very file
that the police connector will search. Rows count whose number begins with 9999 (fictitious; data-model.md, top).
Nothing here has a ``repr`` or an error text that shows a person.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.sources import SearchKey, SearchKeyError, clean_postcode
from connectors.sources.dates import read_date
from connectors.sources.matching import OneMatch, SeveralMatches, match
from connectors.sources.records import Record, Records, read_records
from connectors.sources.settings import TableSettings
from deploy.demo import DemoError

SHORTEST = 6
"""A value of fewer characters stands in any memory by chance and proves nothing."""

LO3: Mapping[str, Any] = {
    "person_starts": "1",
    "accept": {"01.01.20": "9999"},
    "secret": {"column": "07.70.10", "not": ["", "0"]},
    "columns": {
        "geslachtsnaam": "01.02.40",
        "voorvoegsel": "01.02.30",
        "voornamen": "01.02.10",
        "geboortedatum": "01.03.10",
        "geboorteplaats": "01.03.20",
        "straat": "08.11.10",
        "huisnummer": "08.11.20",
        "postcode": "08.11.60",
        "woonplaats": "08.11.70",
    },
}
"""The columns of an LO3 file as the settings of a connector name them."""


class PeopleError(DemoError):
    """The file with people cannot be used; says why and what to do."""


@dataclass(frozen=True, repr=False, kw_only=True)
class Person:
    """One row; ``geboortedatum`` is ``YYYY[-MM[-DD]]`` or empty. Of a secret address nothing is held."""

    geslachtsnaam: str
    voornamen: str
    geboortedatum: str
    voorvoegsel: str = ""
    geboorteplaats: str = ""
    straat: str = ""
    huisnummer: str = ""
    postcode: str = ""
    woonplaats: str = ""
    secret: bool = False

    @property
    def key(self) -> SearchKey | None:
        """What a question about this person would be searched with; None where it cannot be asked."""
        try:
            return SearchKey(
                geslachtsnaam=self.geslachtsnaam,
                voorvoegsel=self.voorvoegsel or None,
                voornamen=self.voornamen,
                geboortedatum=self.geboortedatum,
            )
        except SearchKeyError:
            return None

    @property
    def dutch_date(self) -> str:
        """``DD-MM-YYYY``, as spreadsheets have it; as far as it is known."""
        return "-".join(reversed(self.geboortedatum.split("-")))


@dataclass(frozen=True, repr=False)
class Population:
    """Everybody in the file, and those of whom a P or a Q can be chosen, in an order of chance."""

    file: Path
    made_up: bool
    persons: tuple[Person, ...]
    unique: tuple[Person, ...]
    ambiguous: tuple[Person, ...]

    def summary(self) -> dict[str, int | str]:
        """Counts and where they came from; nothing of a person."""
        pairs = Counter((person.geslachtsnaam, person.geboortedatum) for person in self.persons)
        return {
            "source": "made up for this run" if self.made_up else "LO3 file",
            "persons": len(self.persons),
            "sharing_surname_and_birth_date": sum(count > 1 for count in pairs.values()),
            "secret_addresses": sum(person.secret for person in self.persons),
            "partial_birth_dates": sum(len(person.geboortedatum) < len("2000-01-01") for person in self.persons),
        }


def read_population(file: Path, *, made_up: bool, chance: random.Random) -> Population:
    """The people in an LO3 file. Raises :class:`PeopleError`, :class:`connectors.sources.SourceError`."""
    settings = TableSettings.model_validate({"name": "LO3", "file": file.name, **LO3})
    try:
        content = file.read_bytes()
    except OSError as error:
        raise PeopleError(f"PEOPLE={file}: {error.strerror}; give an LO3 file") from None
    records = read_records(content, settings, file, datetime.now(UTC).date())
    persons = {number: _person(record) for number, record in records.by_number.items()}
    unique, ambiguous = [], []
    for person, found in _matched(persons.values(), records):
        if isinstance(found, OneMatch) and found.exact and _fit(person):
            unique.append(person)
        elif isinstance(found, SeveralMatches) and len(person.geboortedatum) == len("2000-01-01"):
            ambiguous.append(person)
    for kind, chosen in (("is found exactly once, with a whole address", unique), ("shares all names", ambiguous)):
        if not chosen:
            raise PeopleError(f"{file.name}: nobody with a number 9999... {kind}; give another file, or none")
    chance.shuffle(unique)
    chance.shuffle(ambiguous)
    return Population(file, made_up, tuple(persons.values()), tuple(unique), tuple(ambiguous))


def _person(record: Record) -> Person:
    found, cells = record.candidate, record.cells
    return Person(
        geslachtsnaam=found.geslachtsnaam,
        voornamen=found.voornamen,
        geboortedatum=found.geboortedatum or "",
        voorvoegsel=found.voorvoegsel or "",
        geboorteplaats=cells.get("geboorteplaats", ""),
        straat=cells.get("straat", ""),
        huisnummer=cells.get("huisnummer", ""),
        postcode=clean_postcode(cells.get("postcode")) or "",
        woonplaats=cells.get("woonplaats", ""),
        secret=found.secret,
    )


def _matched(persons: Sequence[Person] | Any, records: Records) -> Iterator[tuple[Person, object]]:
    for person in persons:
        if (key := person.key) is not None:
            yield person, match(key, records.find(key))


def _fit(person: Person) -> bool:
    """Has everything that the search at the end looks for, long enough to mean something."""
    date = read_date(person.geboortedatum, ("iso",))
    whole = date is not None and date.full and bool(person.postcode) and person.huisnummer.isdigit()
    return (
        whole
        and not person.secret
        and min(len(person.straat), len(person.geslachtsnaam)) >= SHORTEST
        and len(person.voornamen) > 1
        and "." not in person.geslachtsnaam
    )
