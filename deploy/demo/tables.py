"""Each party's own system for a run: a file in a shape of its own, and the settings that make it readable.

The police search the LO3 file as it is. The others keep spreadsheets of their own: other headings, other date forms,
another delimiter, Excel. No two are alike and no connector has code for any of them. Whom a party knows is decided
here: P and Q as the play needs it, and people who have nothing to do with the case.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from deploy.demo.people import LO3, Person, Population

OTHERS = 12
SHEET = "Cliënten"

Row = Mapping[str, str]


@dataclass(frozen=True, repr=False)
class Cast:
    """Whom the case is about."""

    p: Person
    q: Person


NL_DATE: Mapping[str, Any] = {"dates": ["nl"]}
COLUMNS: Mapping[str, Mapping[str, Any]] = {
    "ggz": {
        "name": "Cliëntenlijst",
        "file": "clienten.xlsx",
        "sheet": SHEET,
        "record": "Clientnr",
        "columns": {
            "geslachtsnaam": "Achternaam",
            "voorvoegsel": "Tussenvoegsel",
            "voornamen": "Voornamen",
            "geboortedatum": "Geb.datum",
            "postcode": "Pc",
            "huisnummer": "Huisnr",
            "gezondheid.zorg_betrokken": {"column": "In zorg", "map": {"ja": "ja", "nee": "nee"}},
            "gezondheid.leefgebied_gezondheid": {
                "column": "Gebied",
                "separator": ",",
                "map": {"psychisch": "geestelijk", "verslaving": "middelengebruik"},
            },
        },
        **NL_DATE,
    },
    "verslavingszorg": {
        "name": "Behandelregister",
        "file": "behandelingen.csv",
        "delimiter": ",",
        "columns": {
            "geslachtsnaam": "naam",
            "voorvoegsel": "vv",
            "voornamen": "roep- en voornamen",
            "geboortedatum": "geb",
            "gezondheid.zorg_betrokken": {"value": "ja"},
            "gezondheid.leefgebied_gezondheid": {
                "column": "traject",
                "separator": "/",
                "map": {"alcohol": "middelengebruik", "drugs": "middelengebruik"},
            },
        },
    },
    "om": {
        "name": "Zakenregister",
        "file": "zaken.csv",
        "delimiter": "|",
        "columns": {
            "geslachtsnaam": "verdachte",
            "voornamen": "voornaam",
            "geboortedatum": "geboren",
            "strafvorderlijke_gegevens.lopende_zaak": {"column": "loopt", "map": {"j": "ja", "n": "nee"}},
        },
    },
    "emmen": {
        "name": "Regiesysteem",
        "file": "inwoners.csv",
        "delimiter": ";",
        "encoding": "utf-8-sig",
        "columns": {
            "geslachtsnaam": "Naam",
            "voorvoegsel": "Voorvoegsels",
            "voornamen": "Voornamen",
            "geboortedatum": "Geboortedatum",
            "straat": "Straat",
            "huisnummer": "Nummer",
            "postcode": "Postcode",
            "woonplaats": "Plaats",
        },
        **NL_DATE,
    },
    "reclassering": {
        "name": "Toezichten",
        "file": "toezichten.csv",
        "delimiter": "\t",
        "columns": {"geslachtsnaam": "cliënt", "voornamen": "voornamen", "geboortedatum": "geb. datum"},
    },
    "rvdk": {
        "name": "Onderzoeken",
        "file": "onderzoeken.csv",
        "delimiter": ";",
        "columns": {"geslachtsnaam": "jeugdige", "voornamen": "voornamen", "geboortedatum": "geb"},
    },
}


def source_of(key: str, lo3: Path) -> dict[str, Any] | None:
    """The member ``source`` of a connector's settings; the house has no people of its own."""
    if key == "politie":
        return {"name": "Basisregistratie", "file": str(lo3), **LO3, "columns": {**LO3["columns"], **_POLICE}}
    return dict(COLUMNS[key]) if key in COLUMNS else None


# A population register knows nothing of the police. Every record gets the same, so that the path of such data shows.
_POLICE: Mapping[str, Any] = {
    "politiegegevens_art8.rol": {"value": "betrokkene"},
    "politiegegevens_art8.frequentie": {"value": "meermaals"},
    "politiegegevens_art8.feit_of_oordeel": {"value": "feit"},
    "politiegegevens_art8.wpg7_geheimhouding": {"value": "ja", "kind": "truth"},
    "politiegegevens_art8.artikel20_besluit_ref": {"value": "artikel20_drenthe"},
    "politiegegevens_art8.thema": {
        "column": "01.04.10",
        "separator": ",",
        "map": {"M": "overlast", "V": "overlast", "O": "overlast"},
    },
}


def write_tables(folders: Mapping[str, Path], people: Population, cast: Cast, chance: random.Random) -> None:
    """Every party's file, anew; ``folders`` by the short names of the parties."""
    known = {
        "ggz": [cast.p],
        "verslavingszorg": [cast.p],
        "om": [cast.q],
        "emmen": [cast.p, cast.q],
        "reclassering": [cast.p],
        "rvdk": [cast.p, cast.q],
    }
    names = {cast.p.geslachtsnaam, cast.q.geslachtsnaam}
    strangers = [person for person in people.persons if person.geslachtsnaam not in names and person.geboortedatum]
    for key, own in known.items():
        persons = [*own, *chance.sample(strangers, min(OTHERS, len(strangers)))]
        chance.shuffle(persons)
        settings = COLUMNS[key]
        rows = [_row(person, number) for number, person in enumerate(persons, 1)]
        if key == "ggz":
            _write_workbook(folders[key] / settings["file"], _headings(settings), rows)
        else:
            _write_text(folders[key] / settings["file"], settings, rows)


def _headings(settings: Mapping[str, Any]) -> list[str]:
    columns = [column if isinstance(column, str) else column.get("column") for column in settings["columns"].values()]
    return [*([settings["record"]] if "record" in settings else []), *(name for name in columns if name)]


def _row(person: Person, number: int) -> Row:
    """All that any of the files calls something; each file takes its own headings from it."""
    prefix, surname, given = person.voorvoegsel, person.geslachtsnaam, person.voornamen
    whole = " ".join(filter(None, (prefix, surname)))
    return {
        "Achternaam": surname,
        "Tussenvoegsel": prefix,
        "Voornamen": given,
        "Geb.datum": person.dutch_date,
        "Pc": person.postcode,
        "Huisnr": person.huisnummer,
        "In zorg": "ja",
        "Gebied": "psychisch",
        "Clientnr": f"C{number:04}",
        "naam": surname,
        "vv": prefix,
        "roep- en voornamen": given,
        "geb": person.geboortedatum,
        "traject": "alcohol/drugs",
        "verdachte": f"{surname}, {prefix}".rstrip(", "),
        "voornaam": given,
        "geboren": person.geboortedatum,
        "loopt": "j",
        "Naam": surname,
        "Voorvoegsels": prefix,
        "Geboortedatum": person.dutch_date,
        "Straat": person.straat,
        "Nummer": person.huisnummer,
        "Postcode": person.postcode,
        "Plaats": person.woonplaats,
        "cliënt": whole,
        "voornamen": given,
        "geb. datum": person.geboortedatum,
        "jeugdige": whole,
    }


def _write_text(file: Path, settings: Mapping[str, Any], rows: Sequence[Row]) -> None:
    with file.open("w", encoding=settings.get("encoding", "utf-8"), newline="") as stream:
        headings = _headings(settings)
        writer = csv.DictWriter(stream, headings, delimiter=settings["delimiter"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def _write_workbook(file: Path, headings: Sequence[str], rows: Sequence[Row]) -> None:
    book = Workbook()
    sheet = book.active if book.active is not None else book.create_sheet()
    sheet.title = SHEET
    for row in (headings, *([row[name] for name in headings] for row in rows)):
        sheet.append(list(row))
    book.save(file)
