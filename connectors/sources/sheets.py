"""A file of a party as rows of texts: delimited text (CSV) or one sheet of an Excel file. The file is hostile.

Decides encoding and delimiter where the settings leave them open, and what is too much: bytes (also unpacked), rows,
columns, characters in a cell. Formulas are never worked out; the value that Excel stored with one is read. Nothing is
written, no link is followed. What the columns mean is for :mod:`connectors.sources.layout`.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from connectors.sources import SettingsError, SourceError, UnreadableError
from connectors.sources.settings import TableSettings

MAX_COLUMNS = 1_000
MAX_CELL = 4_000
_MAX_PARTS = 2_000
_UNPACKED = 4
"""An Excel file may unpack to this many times ``max_bytes`` ..."""
_RATIO = 100
"""... and to this many times its own size; ordinary ones stay below twenty."""
_SLACK = 1 << 20
_FAULTS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})

Row = tuple[int, list[str]]
"""Line (text) or row (Excel) in the file, from 1, and its cells."""

warnings.filterwarnings("ignore", module="openpyxl")  # some of its warnings quote a cell


def read_rows(content: bytes, settings: TableSettings, path: Path) -> Iterator[Row]:
    """All rows of the file, the heading included. Raises :class:`UnreadableError`, :class:`SettingsError`."""
    read = _excel if path.suffix.lower() in {".xlsx", ".xlsm"} else _text
    for number, (line, cells) in enumerate(read(content, settings, path)):
        if number >= settings.max_rows + settings.header:
            raise UnreadableError(
                f"{path.name}: more than {settings.max_rows} rows; raise `max_rows` or split the file"
            )
        if len(cells) > MAX_COLUMNS:
            raise UnreadableError(f"{path.name}, row {line}: more than {MAX_COLUMNS} columns; is `delimiter` right?")
        for column, cell in enumerate(cells, 1):
            if len(cell) > MAX_CELL:
                raise UnreadableError(
                    f"{path.name}, row {line}, column {column}: more than {MAX_CELL} characters; shorten the cell, or "
                    "close a quotation mark before it"
                )
        yield line, cells


def _decode(content: bytes, settings: TableSettings, path: Path) -> str:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnreadableError(f"{path.name} is a workbook and no text; save it as .xlsx under a name that ends so")
    declared = settings.encoding
    line = 1
    for encoding in ("utf-8-sig", "cp1252"):
        if declared is not None and (declared == "cp1252") != (encoding == "cp1252"):
            continue
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            continue
        if "\0" in text:
            raise UnreadableError(f"{path.name} is no UTF-8 text (UTF-16, perhaps); save it as CSV UTF-8")
        return text
    raise UnreadableError(f"{path.name}, row {line}: not {declared or 'UTF-8 or cp1252'}; save it as CSV UTF-8")


def _delimiter(text: str, settings: TableSettings, path: Path) -> str:
    """The declared one, or the one that the heading has most of."""
    if settings.delimiter:
        return settings.delimiter
    heading = next((line for number, line in enumerate(io.StringIO(text), 1) if number == settings.header), "")
    best = max(";,\t|", key=heading.count)
    if best not in heading:
        raise SettingsError(
            f"{path.name}, row {settings.header}: no delimiter in the heading; set `delimiter` or `header`"
        )
    return best


def _text(content: bytes, settings: TableSettings, path: Path) -> Iterator[Row]:
    text = _decode(content, settings, path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, settings, path), strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise UnreadableError(
                f"{path.name}, row {reader.line_num}: quotation marks that do not pair, or a cell far too long; "
                "export it again"
            ) from None
        yield reader.line_num, [cell.strip() for cell in cells]


def _excel(content: bytes, settings: TableSettings, path: Path) -> Iterator[Row]:
    """Lazily, row by row, whatever size the file says that it has."""
    try:
        _weigh(content, settings, path)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            sheets = {sheet.title: sheet for sheet in book.worksheets}
            sheet = sheets.get(settings.sheet) if settings.sheet else next(iter(sheets.values()), None)
            if not sheets:
                raise UnreadableError(f"{path.name} has no sheet with cells; export it again")
            if sheet is None:
                raise SettingsError(
                    f"{path.name} has no such sheet with cells; set `sheet` to the name of one that it has"
                )
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                yield number, [_cell(value) for value in cells]
        finally:
            book.close()
    except SourceError:
        raise
    except Exception as error:  # the library raises a dozen classes over a damaged or made-up file; they all mean that
        raise UnreadableError(
            f"{path.name}: damaged, or no .xlsx ({type(error).__name__}); save it again in Excel"
        ) from None


def _weigh(content: bytes, settings: TableSettings, path: Path) -> None:
    """Refuse what would unpack to far more than it is. A part is never read beyond the size that the directory gives
    it."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sizes = [part.file_size for part in parts.infolist()]
    if len(sizes) > _MAX_PARTS or sum(sizes) > min(_UNPACKED * settings.max_bytes, _RATIO * len(content) + _SLACK):
        raise UnreadableError(f"{path.name}: unpacks to far too much; save only the sheet that is needed")


def _cell(value: Any) -> str:
    """What a person would have typed: 12 and not 12.0, dates as YYYY-MM-DD; nothing for a formula that failed."""
    if value is None or value in _FAULTS:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
