"""The settings of a table laid on its heading: which position holds which field, and what a cell becomes.

Decides that a column exists once, that the column by which rows are accepted (a BSN, say) is never given, and the form
of a value on the wire (data-model.md 8.6). What is not in that form is left out, not mended: a house number "12a" is
not given as 12.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from connectors.sources import SettingsError, Value, clean_postcode
from connectors.sources.dates import DateForm, read_date
from connectors.sources.settings import Column, TableSettings, folded

_HOUSE_NUMBER = re.compile(r"[1-9][0-9]{0,4}")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_CODE = re.compile(r"[0-9]{4}")
_TRUTH = {"ja": True, "j": True, "true": True, "1": True, "nee": False, "n": False, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions from 0. ``withheld``: the fields that are not kept where the address is secret."""

    fields: tuple[tuple[str, int], ...]
    withheld: frozenset[str]
    accept: tuple[tuple[int, str], ...]
    starts: int | None
    record: int | None
    secret: int | None


def lay(settings: TableSettings, heading: Sequence[str], path: Path) -> Layout:
    """Find every column that the settings name. Raises :class:`SettingsError`."""

    def place(ref: str) -> int:
        return _place(ref, heading, f"{path.name}, row {settings.header}")

    fields = tuple((field, place(column.column)) for field, column in settings.columns.items() if column.column)
    accept = tuple((place(ref), prefix) for ref, prefix in settings.accept.items())
    record = place(settings.record) if settings.record else None
    hidden = {position for position, _ in accept}
    if hidden.intersection((record, *(position for _, position in fields))):
        raise SettingsError(
            f"{path.name}: a column under `accept` is looked at and forgotten; it cannot be a field or `record`"
        )
    # a secret address hides in every field that is filled from one of its columns
    address = {position for field, position in fields if settings.category_of(field)[0] == "adresgegevens"}
    withheld = {field for field, position in fields if position in address}
    withheld.update(field for field in settings.columns if settings.category_of(field)[0] == "adresgegevens")
    return Layout(
        fields=fields,
        withheld=frozenset(withheld),
        accept=accept,
        starts=place(settings.person_starts) if settings.person_starts else None,
        record=record,
        secret=place(settings.secret.column) if settings.secret else None,
    )


def _place(ref: str, heading: Sequence[str], where: str) -> int:
    if ref.isdecimal():
        if not 1 <= int(ref) <= len(heading):
            raise SettingsError(f"{where}: no column {ref}, there are {len(heading)}; columns are counted from 1")
        return int(ref) - 1
    wanted = unicodedata.normalize("NFC", ref.strip())
    places = [n for n, cell in enumerate(heading) if unicodedata.normalize("NFC", cell.strip()) == wanted]
    if not places:
        raise SettingsError(f"{where}: no column is headed {ref!r}; write it as in the file, or give its number from 1")
    if len(places) > 1:
        numbers = ", ".join(str(n + 1) for n in places)
        raise SettingsError(
            f"{where}: more than one column is headed {ref!r} ({numbers}); give the number of the right one"
        )
    return places[0]


def fixed_or_read(field: str, column: Column, cell: str, dates: Sequence[DateForm]) -> Value | None:
    """The value of a field on the wire, or None where there is none that has its form."""
    if column.value is not None:
        return _formed(field, column, column.value, dates)
    if column.separator is not None:
        parts = (_translated(field, column, part) for part in cell.split(column.separator))
        return tuple(dict.fromkeys(part for part in parts if part)) or None
    text = _translated(field, column, cell)
    return _formed(field, column, text, dates) if text else None


def _translated(field: str, column: Column, cell: str) -> str:
    text = unicodedata.normalize("NFC", cell.strip())
    translated = "" if column.map is None else column.map.get(folded(text), "")
    if field == "geboorteplaats":  # a name stands beside codes in one column; a code without its name says nothing
        return translated or ("" if _CODE.fullmatch(text) else text)
    return text if column.map is None else translated


def _formed(field: str, column: Column, text: str, dates: Sequence[DateForm]) -> Value | None:
    if field == "geboortedatum" or column.kind == "date":
        found = read_date(text, dates)
        return None if found is None else str(found)
    if field == "postcode":
        return clean_postcode(text)
    if field == "huisnummer":
        return int(text) if _HOUSE_NUMBER.fullmatch(text) else None
    if column.kind == "number":
        return int(text) if _WHOLE.fullmatch(text) else None
    return _TRUTH.get(folded(text)) if column.kind == "truth" else text
