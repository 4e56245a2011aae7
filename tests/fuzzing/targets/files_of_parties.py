"""Files that people bring: packs and settings in YAML, tables in CSV and Excel."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from openpyxl import Workbook

from connectors.settings import Settings
from connectors.sources import SettingsError, UnreadableError
from connectors.sources.records import read_records
from connectors.sources.settings import TableSettings
from schemas import SchemaError, canonical, pack_yaml, packs
from schemas.pack import PackError
from schemas.yaml_model import validate
from schemas.yaml_text import Document, YamlError, load
from tests.fuzzing.oracle import Target, same, text_of

DAY = date(2026, 11, 24)
TABLE = TableSettings.model_validate(
    {
        "name": "Proef",
        "file": "proef.csv",
        "columns": {"geslachtsnaam": "naam", "geboortedatum": "geboren", "postcode": "postcode", "huisnummer": "nr"},
        "record": "id",
        "max_bytes": "200000",
        "max_rows": "500",
    }
)
ROWS = (
    ("id", "naam", "geboren", "postcode", "nr"),
    ("1", "Zønneveldsema", "1970-05-01", "7811AB", "12"),
    ("2", "van der Proef", "00-00-1980", "", ""),
)
SETTINGS = b"""party: {oin: "00000099000000001000", name: Proef}
data: data
keystore: {file: keys, generations: elders}
broker: {url: "https://makelaar.example", authority: ca.pem, certificate: c.pem, key: k.pem}
house: {id: noord, genesis: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA}
addresses: [{function: politie}]
automatic:
  - {id: niets, function: politie, outcome: niet_bekend, since: "2026-01-01", until: "2026-12-31", made_by: mw-1}
source:
  name: Basis
  file: personen.csv
  columns: {geslachtsnaam: naam, geboortedatum: geboren}
"""


def _document(data: bytes) -> Document | None:
    try:
        return load(text_of(data), "proef.yaml")
    except YamlError:
        return None


def _yaml(data: bytes) -> bool:
    document = _document(data)
    if document is None:
        return False
    lines = text_of(data).count("\n") + text_of(data).count("\r") + 2
    same(all(1 <= place.line <= lines + 8 for place in document.places.values()), True, "a place outside the text")
    return True


def _settings(data: bytes) -> bool:
    document = _document(data)
    if document is None:
        return False
    try:
        settings = validate(Settings, document)
    except SchemaError:
        return False
    same(bool(settings.own), True, "settings without an address")
    return True


def _pack(data: bytes) -> bool:
    """``data`` is one file of the pack that comes with the program, the other files are as they are."""
    text = text_of(data)
    files = dict(packs.read(packs.names()[0]))
    name = _file_of(text)
    try:
        merged = pack_yaml.merge({**files, name: text})
        found = pack_yaml.parse({**files, name: text})
    except (PackError, YamlError):
        return False
    same(found.digest, canonical.digest(canonical.encode(merged.data)), "another digest than of what it holds")
    return True


def _file_of(text: str) -> str:
    """Which file of the pack a text is: the one with the same first line, else ``pack.yaml``."""
    head = text.split("\n", 1)[0]
    for name, own in packs.read(packs.names()[0]).items():
        if own.split("\n", 1)[0] == head:
            return name
    return "pack.yaml"


def _pack_files() -> Iterable[bytes]:
    whole = packs.read(packs.names()[0])
    yield from (text.encode() for text in sorted(whole.values(), key=len)[:12])


def _table(name: str, data: bytes) -> bool:
    try:
        records = read_records(data, TABLE, Path(name), DAY)
    except (UnreadableError, SettingsError):
        return False
    same(len(records.by_number) <= TABLE.max_rows, True, "more rows than allowed")
    same(all(len(one.candidate.geslachtsnaam) <= 4000 for one in records.by_number.values()), True, "a cell too long")
    return True


def _csv(data: bytes) -> bool:
    return _table("proef.csv", data)


def _excel(data: bytes) -> bool:
    return _table("proef.xlsx", data)


def _csv_files() -> Iterable[bytes]:
    for delimiter in (",", ";", "\t"):
        text = "".join(delimiter.join(row) + "\r\n" for row in ROWS)
        yield text.encode()
        yield text.encode("cp1252")
    yield b'\xef\xbb\xbf"id";"naam";"geboren";"postcode";"nr"\n"1";"a ""b""";"1970";"";""\n'


def _workbooks() -> Iterable[bytes]:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ROWS:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    yield file.getvalue()


TARGETS = (
    Target("yaml", _yaml, lambda: (SETTINGS, *_pack_files())),
    Target("settings", _settings, lambda: (SETTINGS,)),
    Target("pack", _pack, _pack_files, few=25),
    Target("csv", _csv, _csv_files),
    Target("xlsx", _excel, _workbooks, few=250),
)
