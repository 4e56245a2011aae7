"""Hostile and clumsy files and settings: each fault says where and what to do, and never what stands in a cell."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from pydantic import ValidationError

from connectors.sources import SettingsError, SourceError, UnreadableError
from connectors.sources.settings import TableSettings
from connectors.sources.table import Table
from tests.connectors.sources.tables import SPREADSHEET, key, settings, text_table, workbook

GOOD = "naam;voornaam;geboren\nBakker;Jan;1980-02-25\n"


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.replace(";", ","),
        GOOD.replace(";", "\t"),
        GOOD.replace(";", "|"),
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
        'naam;voornaam;geboren\n"Vis\nser;";Jan;1980-02-25\nBakker;Jan;25-02-1980',
        "naam;voornaam;geboren;;\nBakker;Jan;1980-02-25\nKort\n\n",
        "naam;voornaam;geboren\nBakker;Jan;1980-02-25;;\n",
    ],
)
async def test_delimiters_line_ends_and_ragged_rows(tmp_path: Path, text: str) -> None:
    (found,) = await text_table(tmp_path, text).find(key("Bakker", "1980-02-25"))
    assert found.voornamen == "Jan"


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", None), ("utf-8-sig", None), ("cp1252", None), ("utf-8-sig", "utf-8"), ("utf-8", "utf-8-sig"),
     ("cp1252", "cp1252")],
)  # fmt: skip
async def test_encodings(tmp_path: Path, encoding: str, declared: str | None) -> None:
    table = text_table(tmp_path, GOOD.replace("Bakker", "Ünal").encode(encoding), encoding=declared)
    (found,) = await table.find(key("Unal", "1980-02-25"))
    assert found.geslachtsnaam == "Ünal"


HEAD = "naam;voornaam;geboren\n"
BAD_TEXTS: list[tuple[str | bytes, dict[str, Any], type[SourceError], str]] = [
    (HEAD.encode() + b"Geheimpje\x81;x;1980\n", {}, UnreadableError, r"people\.csv, row 2: not UTF-8 or cp1252"),
    (HEAD.encode() + b"a\nGeheimpj\xeb;x;1980\n", {"encoding": "utf-8"}, UnreadableError, "row 3: not utf-8"),
    (GOOD.encode("utf-16-le"), {}, UnreadableError, "save it as CSV UTF-8"),
    (GOOD.encode("utf-16"), {}, UnreadableError, "save it as CSV UTF-8"),
    (workbook([]), {}, UnreadableError, "is a workbook"),
    (HEAD + '"Geheimpje;x;1980\n', {}, UnreadableError, "row 2: quotation marks"),
    (HEAD + '"Geheimpje"x;x;1980\n', {}, UnreadableError, "row 2: quotation marks"),
    (HEAD + "Geheimpje;x;1980;meer\n", {}, UnreadableError, "row 2: more cells than headings"),
    (HEAD + "a;b;1980\n" + "Geheimpje" * 500 + ";x;1980\n", {}, UnreadableError, "row 3, column 1: more than 4000"),
    (HEAD + "x" * 200_000 + ";x;1980\n", {}, UnreadableError, "row 2: .*far too long"),
    (HEAD + "Geheimpje;x;1980\n" * 4, {"max_rows": 3}, UnreadableError, "more than 3 rows"),
    (HEAD + "Geheimpje;x;1980\n", {"max_bytes": 30}, UnreadableError, "too large"),
    (";".join("naam" for _ in range(1001)), {}, UnreadableError, "row 1: more than 1000 columns"),
    ("Geheimpje\n", {}, SettingsError, "row 1: no delimiter"),
    ("", {}, SettingsError, "row 1: no delimiter"),
    ("a;b\n", {"header": 3, "delimiter": ";"}, SettingsError, "no row 3"),
    ("Geheimpje;voornaam;geboren\n", {}, SettingsError, "row 1: no column is headed 'naam'"),
    ("naam;voornaam;geboren;naam\n", {}, SettingsError, r"headed 'naam' \(1, 4\)"),
    (GOOD, {"person_starts": "4"}, SettingsError, "no column 4, there are 3"),
    (GOOD, {"person_starts": "0"}, SettingsError, "no column 0"),
    (HEAD + "Geheimpje;x;Geheimpje\n", {}, SettingsError, "no birth date can be read"),
    (HEAD + "Geheimpje;x;19800225\n", {"dates": ["iso", "nl"]}, SettingsError, "check the column and `dates`"),
    (HEAD + "Geheimpje;;1980\n", {"record": "voornaam"}, UnreadableError, "row 2, column 2: .* is missing"),
    (HEAD + "Geheimpje;x;1980\n" * 2, {"record": "2"}, UnreadableError, "row 3, column 2: .* twice"),
    (GOOD, {"accept": {"1": "B"}}, SettingsError, "looked at and forgotten"),
    (GOOD, {"accept": {"voornaam": "J"}, "record": "2"}, SettingsError, "looked at and forgotten"),
]


@pytest.mark.parametrize(("text", "changes", "error", "says"), BAD_TEXTS)
async def test_bad_text(
    tmp_path: Path, text: str | bytes, changes: dict[str, Any], error: type[SourceError], says: str
) -> None:
    with pytest.raises(error, match=says) as caught:
        await text_table(tmp_path, text, **changes).state()
    assert "Geheimpj" not in str(caught.value)
    assert str(caught.value).startswith("people.csv")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


async def test_a_date_that_cannot_be_read_is_unknown_and_counted(tmp_path: Path) -> None:
    table = text_table(tmp_path, HEAD + "Bakker;Jan;1980\nBakker;Jan;ooit\nBakker;Jan;00000000\nBakker;Jan;\n")
    assert (await table.state()).unreadable_dates == 1
    assert [c.geboortedatum for c in await table.find(key("Bakker", "1980"))] == ["1980", None, None, None]
    assert len(await table.find(key("Bakker", "1981"))) == 3


@pytest.mark.parametrize("name", ["absent.csv", "."])
async def test_no_file(tmp_path: Path, name: str) -> None:
    table = Table(
        settings({"name": "t", "file": name, "columns": {"geslachtsnaam": "a", "geboortedatum": "b"}}), tmp_path
    )
    with pytest.raises(UnreadableError, match=r"cannot be opened .*check `file`"):
        await table.state()


def excel(folder: Path, content: bytes, **changes: Any) -> Table:
    (folder / "klanten.xlsx").write_bytes(content)
    return Table(settings(SPREADSHEET, **changes), folder)


def part(content: bytes, name: str) -> bytes:
    """One part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return parts.read(name)


def repacked(content: bytes, replaced: str, text: bytes) -> bytes:
    """The same workbook with one part replaced or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != replaced:
                new.writestr(name, old.read(name))
        new.writestr(replaced, text)
    return stream.getvalue()


ONE = ["K1", "Geheimpje", None, "Jan", None, "1980-02-25", None, None, None, None, None, None, "nee"]
SHEET = "xl/worksheets/sheet1.xml"
SHEET_OF = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
FAR = part(workbook([ONE]), SHEET).replace(b"</sheetData>", b'<row r="99999999999"><c><v>1</v></c></row></sheetData>')
LAUGHS = (
    b'<!DOCTYPE l [<!ENTITY a "Geheimpje">'
    + b"".join(b'<!ENTITY %c "%s">' % (n, b"&%c;" % (n - 1) * 10) for n in range(ord("b"), ord("k")))
    + b"]>"
)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"Geheimpje", "damaged, or no .xlsx"),
        (b"", "damaged, or no .xlsx"),
        (workbook([ONE])[:-50], "damaged, or no .xlsx"),
        (repacked(workbook([ONE]), SHEET, b"<worksheet"), "damaged, or no .xlsx"),
        (repacked(workbook([ONE]), "xl/workbook.xml", b"<a/>"), "no sheet with cells"),
        (repacked(workbook([ONE]), "bomb.bin", bytes(20 << 20)), "unpacks to far too much"),
        (
            repacked(workbook([ONE]), SHEET, LAUGHS + SHEET_OF % b'<row r="1"><c r="A1" t="str"><v>&j;</v></c></row>'),
            "damaged, or no .xlsx",
        ),
        (
            repacked(workbook([ONE]), SHEET, SHEET_OF % b'<row r="1"><c r="XFD1"><v>1</v></c></row>'),
            "row 1: more than 1000 columns",
        ),
        (
            repacked(workbook([ONE]), SHEET, FAR),
            "more than 500000 rows",
        ),
    ],
)
async def test_bad_workbooks(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(UnreadableError, match=says) as caught:
        await excel(tmp_path, content).state()
    assert "Geheimpje" not in str(caught.value)


async def test_a_sheet_by_name(tmp_path: Path) -> None:
    assert (await excel(tmp_path, workbook([ONE]), sheet="Klanten").state()).accepted == 1
    with pytest.raises(SettingsError, match="no such sheet"):
        await excel(tmp_path, workbook([ONE]), sheet="Blad1").state()


async def test_the_size_that_a_sheet_claims_is_not_believed(tmp_path: Path) -> None:
    sheet = part(workbook([ONE]), SHEET)
    claims = sheet.replace(b'<dimension ref="A1:M4"', b'<dimension ref="A1:XFD1048576"')
    assert claims != sheet
    assert (await excel(tmp_path, repacked(workbook([ONE]), SHEET, claims)).state()).accepted == 1


async def test_a_whole_number_written_with_a_fraction(tmp_path: Path) -> None:
    home = ["K1", "Bakker", None, "Jan", None, "1980-02-25", "1234AB", 12, None, None, None, None, "nee"]
    sheet = part(workbook([home]), SHEET).replace(b"<v>12</v>", b"<v>12.0</v>")
    assert b"<v>12.0</v>" in sheet
    (found,) = await excel(tmp_path, repacked(workbook([home]), SHEET, sheet)).find(key("Bakker", "1980"))
    assert found.huisnummer == 12


async def test_a_formula_is_not_worked_out_and_its_fault_is_no_value(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["naam", "geboren", "plaats"], ["Bakker", "1980-02-25", '="As"&"sen"'], ["Visser", "1980", "#N/A"]):
        sheet.append(row)
    book.save(tmp_path / "klanten.xlsx")
    columns = {"geslachtsnaam": "naam", "geboortedatum": "geboren", "geboorteplaats": "plaats"}
    table = Table(settings({"name": "t", "file": "klanten.xlsx", "columns": columns}), tmp_path)
    for search in (key("Bakker", "1980"), key("Visser", "1980")):
        (found,) = await table.find(search)
        assert found.geboorteplaats is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"columns": {"geslachtsnaam": "a"}}, "geboortedatum: nobody is found without"),
        ({"columns": {"naam": "a"}}, "one of personalia or adresgegevens"),
        ({"columns": {"personalia.geslachtsnaam": "a"}}, "without their category"),
        ({"columns": {"adresgegevens.straat": "a"}}, "without their category"),
        ({"columns": {"adresgegevens.geheim": "a"}}, "follows from `secret`"),
        (
            {"columns": {"geslachtsnaam": {"column": "a", "kind": "date"}, "geboortedatum": "b"}},
            "give its column and nothing else",
        ),
        ({"columns": {"voornamen": {"column": "a", "map": {"a": "b"}}}}, "give its column and nothing else"),
        ({"columns": {"a.b": {}}}, "either `column` or `value`"),
        ({"columns": {"a.b": {"column": "a", "value": "Geheimpje"}}}, "either `column` or `value`"),
        ({"columns": {"a.b": {"value": "Geheimpje", "map": {"a": "b"}}}}, "takes no `map`"),
        ({"columns": {"a.b": {"column": "a", "separator": ",", "kind": "number"}}}, "leave `kind` out"),
        ({"columns": {"a.b": {"column": "a", "map": {"Huur": "x", "huur ": "y"}}}}, "but for capitals or spaces"),
        ({"secret": {"column": "a"}}, "not"),
        ({"delimiter": "::"}, "delimiter"),
        ({"encoding": "latin-1"}, "encoding"),
        ({"extra": "Geheimpje"}, "extra"),
    ],
)
def test_settings_that_cannot_be_meant(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says) as caught:
        settings(SPREADSHEET, **changes)
    assert "Geheimpje" not in str(caught.value)


def test_settings_are_frozen() -> None:
    made = settings(SPREADSHEET)
    assert made == TableSettings.model_validate(SPREADSHEET)
    assert made.model_config["frozen"]
    assert made.columns["geslachtsnaam"].model_config["frozen"]
