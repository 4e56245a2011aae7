"""The LO3 export of the fictitious test people, as it is: history, repeated headings, secret addresses, part dates."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from connectors.sources import Candidate, SearchKey
from connectors.sources.matching import NoMatch, OneMatch, SeveralMatches, match
from connectors.sources.table import Table
from tests.connectors.sources.tables import LO3, key, settings

ADDRESS = ("straat", "huisnummer", "postcode", "woonplaats", "geheim")


@pytest.fixture(scope="module")
def people(shared: Path) -> list[dict[str, str]]:
    """The same file read by other means: the first row of each person; a repeated heading keeps its last column."""
    with (shared / "data" / "rvig-testpersonen.csv").open(encoding="utf-8-sig", newline="") as file:
        heading, *rows = csv.reader(file, delimiter=";")
    return [dict(zip(heading, row, strict=True)) for row in rows if row[0]]


@pytest.fixture(scope="module")
def accepted(people: list[dict[str, str]]) -> list[dict[str, str]]:
    return [person for person in people if person["01.01.20"].startswith("9999")]


@pytest.fixture(scope="module")
def table(shared: Path) -> Table:
    return Table(settings(LO3), shared / "data")


def known(person: dict[str, str]) -> bool:
    """Has a name and a year to search by."""
    return person["01.02.40"] != "." and person["01.03.10"] not in ("", "00000000")


def asked(person: dict[str, str], born: str | None = None) -> SearchKey:
    """A key with a person's own names, and own birth date as far as it is known."""
    year, month, day = person["01.03.10"][:4], person["01.03.10"][4:6], person["01.03.10"][6:]
    own = year if month == "00" else f"{year}-{month}" if day == "00" else f"{year}-{month}-{day}"
    return key(person["01.02.40"], born or own, person["01.02.10"], voorvoegsel=person["01.02.30"] or None)


async def test_persons_and_not_their_history(table: Table, people: list[dict[str, str]]) -> None:
    state = await table.state()
    assert (state.persons, state.accepted, state.unreadable_dates) == (687, 666, 0)
    assert len(people) == 687


async def test_groups_that_share_surname_and_birth_date_are_several(
    table: Table, accepted: list[dict[str, str]]
) -> None:
    groups = defaultdict(list)
    for person in accepted:
        groups[person["01.02.40"], person["01.03.10"]].append(person)
    shared_by_more = [group for group in groups.values() if len(group) > 1]
    assert len(shared_by_more) == 23
    for group in shared_by_more:
        search = key(group[0]["01.02.40"], str(asked(group[0]).geboortedatum))
        found = match(search, await table.find(search))
        assert isinstance(found, SeveralMatches)
        assert Counter(c.voornamen for c in found.candidates) == Counter(p["01.02.10"] for p in group)


async def test_everybody_is_found_by_their_own_names_and_date(table: Table, accepted: list[dict[str, str]]) -> None:
    outcomes: Counter[str] = Counter()
    for person in filter(known, accepted):
        search = asked(person)
        found = match(search, await table.find(search))
        assert not isinstance(found, NoMatch)
        several = isinstance(found, SeveralMatches)
        outcomes["several" if several else "exact" if isinstance(found, OneMatch) and found.exact else "one"] += 1
    # several: five pairs with all names equal, and Peter-Jan beside Peter-Jan-snip
    assert outcomes == {"exact": 623, "one": 26, "several": 12}
    assert len([p for p in accepted if not known(p)]) == 666 - 623 - 26 - 12


async def test_the_index_finds_what_a_look_at_everybody_finds(table: Table, accepted: list[dict[str, str]]) -> None:
    everybody = [record.candidate for record in (await table._current()).by_number.values()]
    for person in [p for p in accepted if known(p) and p["01.02.30"]][::8]:
        name, prefix, own = person["01.02.40"], person["01.02.30"], asked(person).geboortedatum
        for search in (
            asked(person),
            asked(person, own[:4]),
            key(name, own),
            key(f"{prefix}{name}", own),
            key(f"{name}, {prefix}", own),
            key(name, own, voorvoegsel="v.d."),
        ):
            assert match(search, await table.find(search)) == match(search, everybody)


async def test_all_names_equal_is_several_until_the_address_tells(table: Table) -> None:
    search = key("Käster", "1958-10-09", "Johannes Hendrikus Jacobus")
    assert isinstance(match(search, await table.find(search)), SeveralMatches)
    # one of the two has no address: unknown is not different
    search = key("Kaster", "1958-10-09", "Johannes Hendrikus Jacobus", postcode="1078AA", huisnummer=3)
    assert isinstance(match(search, await table.find(search)), SeveralMatches)
    search = key("Goulouse", "1993-12-26", "Anita", geboorteplaats="0344")
    assert isinstance(match(search, await table.find(search)), SeveralMatches)


async def test_marks_and_prefixes(table: Table) -> None:
    for search in (
        key("Streeveld", "1961-12-30", "Zailenor Aleec Delta", voorvoegsel="'S"),
        key("'s Streeveld", "1961-12-30", "ŻÁÏĿËÑØŔ ÅŁÉÈÇ ÐËĻŦÅ"),
    ):
        found = match(search, await table.find(search))
        assert isinstance(found, SeveralMatches)
        assert len(found.candidates) == 2
    for written in ("von Thursen", "Thursen, von"):
        search = key(written, "2001-05-05", "Kari")
        found = match(search, await table.find(search))
        assert isinstance(found, OneMatch)
        assert found.exact


async def test_part_dates(table: Table, accepted: list[dict[str, str]]) -> None:
    partial = [p for p in accepted if "00" in (p["01.03.10"][4:6], p["01.03.10"][6:])]
    assert len(partial) == 11
    for person in partial:
        year, month = person["01.03.10"][:4], person["01.03.10"][4:6]
        whole = asked(person, f"{'1968' if year == '0000' else year}-{'11' if month == '00' else month}-15")
        found = match(whole, await table.find(whole))
        assert isinstance(found, OneMatch)
        assert not found.exact
        if year != "0000":
            other = asked(person, f"{int(year) + 1}-01-01" if month == "00" else f"{year}-{int(month) % 12 + 1:02}-15")
            assert match(other, await table.find(other)) == NoMatch()


async def everything(table: Table, candidate: Candidate) -> dict[str, object]:
    fields = {"personalia": ("geslachtsnaam", "voornamen", "geboorteplaats"), "adresgegevens": ADDRESS}
    return {found.field: found.value for found in await table.fetch(candidate, fields)}


async def test_a_secret_address_is_never_given(table: Table, accepted: list[dict[str, str]]) -> None:
    secret = [p for p in accepted if p["07.70.10"] not in ("", "0")]
    assert len(secret) == 46
    seen = 0
    for person in filter(known, accepted):
        search = asked(person)
        for candidate in await table.find(search):
            if candidate.secret:
                assert candidate.postcode is None
                assert candidate.huisnummer is None
                given = await everything(table, candidate)
                assert not {"straat", "huisnummer", "postcode", "woonplaats"} & set(given)
                assert given["geheim"] is True
                seen += 1
    assert seen >= len(secret) - 1


async def test_an_address_that_is_not_secret_is_given_in_its_form(table: Table) -> None:
    search = key("Asgaard", "2002-12-20", "Loki")
    found = match(search, await table.find(search))
    assert isinstance(found, OneMatch)
    given = await everything(table, found.candidate)
    assert given["postcode"] == "3225VG"
    assert given["huisnummer"] == 55
    assert given["geheim"] is False
    assert "geboorteplaats" not in given, "a municipality code without its name says nothing"


async def test_a_code_that_the_map_knows_becomes_its_name(table: Table) -> None:
    search = key("Precise", "1996-05-01", "Zach", geboorteplaats="Amsterdam")
    found = match(search, await table.find(search))
    assert isinstance(found, OneMatch)
    assert found.candidate.geboorteplaats == "Amsterdam"
    assert found.exact
    assert (await everything(table, found.candidate))["geboorteplaats"] == "Amsterdam"


async def test_the_number_that_rows_are_accepted_by_is_nowhere_in_memory(
    table: Table, accepted: list[dict[str, str]]
) -> None:
    records = await table._current()
    kept = {cell for record in records.by_number.values() for cell in record.cells.values()}
    assert kept.isdisjoint({person["01.01.20"] for person in accepted})
    assert not any("9999" in number for number in records.by_number)
