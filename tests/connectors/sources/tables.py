"""Two tables that have nothing in common but what they are about: the LO3 export as it is, and a Dutch spreadsheet."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from connectors.sources import SearchKey
from connectors.sources.settings import TableSettings
from connectors.sources.table import Table

LO3: Mapping[str, Any] = {
    "name": "Basisregistratie",
    "file": "rvig-testpersonen.csv",
    "person_starts": "1",
    "accept": {"01.01.20": "9999"},
    "secret": {"column": "07.70.10", "not": ["", "0"]},
    "columns": {
        "geslachtsnaam": "01.02.40",
        "voorvoegsel": "01.02.30",
        "voornamen": "01.02.10",
        "geboortedatum": "01.03.10",
        "geboorteplaats": {"column": "01.03.20", "map": {"0363": "Amsterdam"}},
        "straat": "08.11.10",
        "huisnummer": "160",
        "postcode": "08.11.60",
        "woonplaats": "08.11.70",
    },
}

SPREADSHEET: Mapping[str, Any] = {
    "name": "Wijkteam",
    "file": "klanten.xlsx",
    "header": "3",
    "record": "Klantnr",
    "columns": {
        "geslachtsnaam": "Achternaam",
        "voorvoegsel": "Tussenvoegsel",
        "voornamen": "Voornamen",
        "roepnaam": "Roepnaam",
        "geboortedatum": "Geb.datum",
        "postcode": "Pc",
        "huisnummer": "Huisnr",
        "woonsituatie.woonvorm": {"column": "Woning", "map": {"huurwoning": "huur", "koopwoning": "koop"}},
        "woonsituatie.toelichting": "Pc",
        "woonsituatie.aantal_personen_huishouden": {"column": "Personen", "kind": "number"},
        "gezondheid.vanaf": {"column": "Sinds", "kind": "date"},
        "gezondheid.leefgebied_gezondheid": {
            "column": "Zorg",
            "separator": ",",
            "map": {"psychisch": "geestelijk", "drank": "middelengebruik"},
        },
        "politiegegevens_art8.wpg7_geheimhouding": {"value": "ja", "kind": "truth"},
    },
    "secret": {"column": "Geheim", "not": ["nee"]},
}

HEADING = [
    *("Klantnr", "Achternaam", "Tussenvoegsel", "Voornamen", "Roepnaam", "Geb.datum", "Pc", "Huisnr"),
    *("Woning", "Personen", "Sinds", "Zorg", "Geheim"),
]


def settings(base: Mapping[str, Any], **changes: Any) -> TableSettings:
    """Checked settings, as a loader would make them."""
    return TableSettings.model_validate({**base, **changes})


def workbook(rows: Sequence[Sequence[Any]], title: str = "Klanten") -> bytes:
    """An .xlsx with two lines above its heading and one sheet besides."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in (["Klanten van het wijkteam"], [], HEADING, *rows):
        sheet.append(list(row))
    book.create_sheet("Toelichting").append(["niets"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def text_table(folder: Path, text: str | bytes, **changes: Any) -> Table:
    """A table over a small file; by default the columns naam, voornaam and geboren."""
    content = text if isinstance(text, bytes) else text.encode()
    (folder / "people.csv").write_bytes(content)
    columns = {"geslachtsnaam": "naam", "voornamen": "voornaam", "geboortedatum": "geboren"}
    return Table(settings({"name": "Test", "file": "people.csv", "columns": columns}, **changes), folder)


def key(surname: str, born: str, given: str = "", **more: Any) -> SearchKey:
    """A key in one line."""
    return SearchKey(geslachtsnaam=surname, geboortedatum=born, voornamen=given, **more)
