"""A Dutch spreadsheet with headings of its own: settings alone, no code."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.sources import Found, Source, StaleRecordError, UnreadableError
from connectors.sources.matching import NoMatch, OneMatch, SeveralMatches, match
from connectors.sources.table import Table
from tests.connectors.sources.tables import SPREADSHEET, key, settings, workbook

ROWS: Sequence[Sequence[Any]] = (
    ["K1", "Vliet", "van der", "Johanna Maria", "Annie", date(1970, 3, 1),
     "1234 ab", 12.0, "Huurwoning ",
     "3", "01-02-2020", "Drank, psychisch,drank,kampeert", "nee"],
    ["K2", "v.d. Vliet", None, "Johanna", None, "01-03-1970",
     "4321BA", "14a", "woonboot", "veel", "1-2-2020", None, "nee"],
    ["K3", "Çelik", None, "Ayşe", None, 19881224, "1234AB", 99, "koopwoning", None, "2020", None, None],
    [],
    ["K4", "Peeters", "", "", "Nel", "00-00-1950", None, None, None, None, None, None, "ja"],
)  # fmt: skip


@pytest.fixture
def table(tmp_path: Path) -> Table:
    (tmp_path / "klanten.xlsx").write_bytes(workbook(ROWS))
    return Table(settings(SPREADSHEET), tmp_path)


async def values(table: Table, surname: str, born: str, fields: Mapping[str, Sequence[str]]) -> dict[str, object]:
    search = key(surname, born)
    found = match(search, await table.find(search))
    assert isinstance(found, OneMatch)
    return {f"{value.category}.{value.field}": value.value for value in await table.fetch(found.candidate, fields)}


async def test_it_is_a_source_that_finds_and_gives(table: Table, tmp_path: Path) -> None:
    source: Source = table
    search = key("van der Vliet", "1970-03-01", "Johanna Maria", postcode="1234AB", huisnummer=12)
    found = match(search, await source.find(search))
    assert isinstance(found, OneMatch)
    assert (found.candidate.record, found.exact) == ("K1", True)
    os.utime(tmp_path / "klanten.xlsx", (datetime(2026, 3, 4, 23, 59, tzinfo=UTC).timestamp(),) * 2)
    fields = {"woonsituatie": ["woonvorm"], "personalia": ["geboortedatum", "roepnaam"]}
    assert await source.fetch(found.candidate, fields) == (
        Found("woonsituatie", "woonvorm", "huur", "Wijkteam", date(2026, 3, 4)),
        Found("personalia", "geboortedatum", "1970-03-01", "Wijkteam", date(2026, 3, 4)),
    )


async def test_several_stay_several_without_what_tells_them_apart(table: Table) -> None:
    search = key("van der Vliet", "1970-03-01", "Johanna")
    found = match(search, await table.find(search))
    assert isinstance(found, SeveralMatches)
    assert [candidate.record for candidate in found.candidates] == ["K1", "K2"]


async def test_a_roepnaam_finds_but_is_never_exact(table: Table) -> None:
    search = key("van der Vliet", "1970-03-01", "Annie")
    found = match(search, await table.find(search))
    assert isinstance(found, OneMatch)
    assert (found.candidate.record, found.exact) == ("K1", False)


async def test_coded_fields_numbers_lists_dates_and_fixed_values(table: Table) -> None:
    fields = {
        "woonsituatie": ["woonvorm", "aantal_personen_huishouden"],
        "gezondheid": ["leefgebied_gezondheid", "vanaf", "zorg_betrokken"],
        "politiegegevens_art8": ["wpg7_geheimhouding"],
        "adresgegevens": ["postcode", "huisnummer", "straat"],
    }
    search = key("Vliet", "1970-03-01", "Johanna Maria", voorvoegsel="van der", postcode="1234AB", huisnummer=12)
    one, other = await table.find(search)
    assert [(value.field, value.value) for value in await table.fetch(one, fields)] == [
        ("woonvorm", "huur"),
        ("aantal_personen_huishouden", 3),
        ("leefgebied_gezondheid", ("middelengebruik", "geestelijk")),
        ("vanaf", "2020-02-01"),
        ("wpg7_geheimhouding", True),
        ("postcode", "1234AB"),
        ("huisnummer", 12),
    ]
    # a word that the map lacks, a number that is none, a house number with a letter: left out, not mended
    assert [(value.field, value.value) for value in await table.fetch(other, fields)] == [
        ("vanaf", "2020-02-01"),
        ("wpg7_geheimhouding", True),
        ("postcode", "4321BA"),
    ]
    assert other.huisnummer == 14


async def test_what_is_not_said_to_be_open_is_secret_and_hides_wherever_it_stands(table: Table) -> None:
    fields = {"adresgegevens": ["postcode", "huisnummer", "geheim"], "woonsituatie": ["toelichting", "woonvorm"]}
    assert await values(table, "Celik", "1988-12-24", fields) == {
        "adresgegevens.geheim": True,
        "woonsituatie.woonvorm": "koop",
    }
    given = await values(table, "Peeters", "1950", fields)
    assert given == {"adresgegevens.geheim": True}


async def test_a_fixed_address_is_secret_too(table: Table, tmp_path: Path) -> None:
    columns = {**SPREADSHEET["columns"], "woonplaats": {"value": "Assen"}}
    everybody = Table(settings(SPREADSHEET, columns=columns), tmp_path)
    fields = {"adresgegevens": ["woonplaats"]}
    assert await values(everybody, "Peeters", "1950", fields) == {}
    assert await values(everybody, "Peeters", "1950", {"adresgegevens": ["geheim"]}) == {"adresgegevens.geheim": True}
    search = key("van der Vliet", "1970-03-01", "Johanna Maria", postcode="1234AB", huisnummer=12)
    found = match(search, await everybody.find(search))
    assert isinstance(found, OneMatch)
    assert [value.value for value in await everybody.fetch(found.candidate, fields)] == ["Assen"]


async def test_nobody(table: Table) -> None:
    search = key("Vliet", "1971-03-01")
    assert match(search, await table.find(search)) == NoMatch()


async def test_a_changed_file_is_read_again_and_a_changed_record_must_be_found_again(
    table: Table, tmp_path: Path
) -> None:
    search = key("Çelik", "1988-12-24")
    (before,) = await table.find(search)
    new = ["K0", "Nieuw", None, "Nina", None, "1999-09-09", None, None, None, None, None, None, "nee"]
    (tmp_path / "klanten.xlsx").write_bytes(workbook([new, *ROWS]))
    assert (await table.state()).accepted == 5
    assert await table.fetch(before, {"woonsituatie": ["woonvorm"]}), "the party's own number still names it"
    moved = [*ROWS[2][:6], "4321BA", *ROWS[2][7:12], "nee"]
    (tmp_path / "klanten.xlsx").write_bytes(workbook([new, *ROWS[:2], moved]))
    with pytest.raises(StaleRecordError, match=r"klanten\.xlsx.*search again"):
        await table.fetch(before, {"woonsituatie": ["woonvorm"]})
    (tmp_path / "klanten.xlsx").write_bytes(workbook([new]))
    with pytest.raises(StaleRecordError):
        await table.fetch(before, {"woonsituatie": ["woonvorm"]})


async def test_many_at_once_read_the_file_once(table: Table) -> None:
    first, *others = await asyncio.gather(*(table._current() for _ in range(8)))
    assert all(other is first for other in others)


async def test_without_own_numbers_a_row_belongs_to_one_version_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "klanten.xlsx"
    path.write_bytes(workbook(ROWS))
    table = Table(settings(SPREADSHEET, record=None), tmp_path)
    (before,) = await table.find(key("Çelik", "1988-12-24"))
    os.utime(path, (1, 1))
    assert await table.fetch(before, {"woonsituatie": ["woonvorm"]}), "touched is not changed"
    path.write_bytes(workbook([ROWS[2], *ROWS]))
    with pytest.raises(StaleRecordError):
        await table.fetch(before, {"woonsituatie": ["woonvorm"]})


async def test_a_file_that_went_bad_is_an_error_and_not_yesterday(table: Table, tmp_path: Path) -> None:
    search = key("Çelik", "1988-12-24")
    assert await table.find(search)
    (tmp_path / "klanten.xlsx").write_bytes(workbook(ROWS)[:-100])
    with pytest.raises(UnreadableError):
        await table.find(search)
    assert table._held is None, "what cannot be read any more is not remembered either"
    (tmp_path / "klanten.xlsx").write_bytes(workbook(ROWS))
    assert await table.find(search)


async def test_a_candidate_of_another_source_is_our_mistake(table: Table, tmp_path: Path) -> None:
    (candidate,) = await table.find(key("Çelik", "1988-12-24"))
    other = Table(settings(SPREADSHEET, name="Ander"), tmp_path)
    with pytest.raises(ValueError, match="another source"):
        await other.fetch(candidate, {})


@pytest.mark.parametrize(
    ("born", "read"),
    [
        (date(1970, 3, 1), "1970-03-01"),
        (datetime.fromisoformat("1970-03-01T13:00:00"), "1970-03-01"),
        (19700301, "1970-03-01"),
        (1970.0, "1970"),
        (True, None),
        (25628.5, None),
    ],
)
async def test_typed_cells_become_what_a_person_would_have_typed(tmp_path: Path, born: Any, read: str | None) -> None:
    rows = [["K1", "Bakker", None, "Jan", None, value, *[None] * 6, "nee"] for value in (born, "1970")]
    (tmp_path / "klanten.xlsx").write_bytes(workbook(rows))
    found = await Table(settings(SPREADSHEET, record=None), tmp_path).find(key("Bakker", "1970"))
    assert [candidate.geboortedatum for candidate in found] == [read, "1970"]
