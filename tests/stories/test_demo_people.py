"""The people of a run: the awkward ones are always there, and P and Q are whom the matcher says they are."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from connectors.sources.matching import OneMatch, SeveralMatches, match
from connectors.sources.settings import TableSettings
from connectors.sources.table import Table
from deploy.demo.blindness import choose
from deploy.demo.made_up import write_made_up
from deploy.demo.needles import of_texts
from deploy.demo.people import LO3, PeopleError, Population, read_population
from deploy.demo.search import Place, texts

SEEDS = range(5)


def made_up(folder: Path, seed: int) -> Population:
    chance = random.Random(seed)
    write_made_up(folder / "people.csv", chance)
    return read_population(folder / "people.csv", made_up=True, chance=chance)


@pytest.mark.parametrize("seed", SEEDS)
def test_made_up_people_have_the_edge_cases(tmp_path: Path, seed: int) -> None:
    people = made_up(tmp_path, seed)
    summary = people.summary()
    assert summary.pop("persons") == len(people.persons) >= 50
    assert summary == {
        "source": "made up for this run",
        "sharing_surname_and_birth_date": 4,
        "secret_addresses": 2,
        "partial_birth_dates": 3,
    }
    names = "".join(person.voornamen + person.geslachtsnaam for person in people.persons)
    assert not names.isascii()
    assert any(person.voorvoegsel for person in people.persons)
    assert len(people.ambiguous) >= 4


async def found_by_the_police(people: Population, who: str) -> object:
    table = Table(TableSettings.model_validate({"name": "LO3", "file": people.file.name, **LO3}), people.file.parent)
    key = (people.unique if who == "P" else people.ambiguous)[0].key
    assert key is not None
    return match(key, await table.find(key))


@pytest.mark.parametrize("seed", SEEDS)
async def test_p_is_found_once_and_q_is_several(tmp_path: Path, seed: int) -> None:
    people = made_up(tmp_path, seed)
    one, several = await found_by_the_police(people, "P"), await found_by_the_police(people, "Q")
    assert isinstance(one, OneMatch)
    assert one.exact
    assert isinstance(several, SeveralMatches)


async def test_the_lo3_file_as_it_is(shared: Path) -> None:
    file = shared / "data" / "rvig-testpersonen.csv"
    people = read_population(file, made_up=False, chance=random.Random(1))
    assert people.summary() == {
        "source": "LO3 file",
        "persons": 666,
        "sharing_surname_and_birth_date": 23,
        "secret_addresses": 46,
        "partial_birth_dates": 12,
    }
    assert isinstance(await found_by_the_police(people, "P"), OneMatch)
    assert isinstance(await found_by_the_police(people, "Q"), SeveralMatches)


def test_p_has_a_whole_address_that_is_no_secret(tmp_path: Path) -> None:
    people = made_up(tmp_path, 1)
    assert all(person.postcode and person.straat and not person.secret for person in people.unique)
    assert all(not person.straat for person in people.persons if person.secret)


def test_every_run_has_other_people(tmp_path: Path) -> None:
    first, second = (
        {person.geslachtsnaam + person.geboortedatum for person in made_up(tmp_path, seed).persons} for seed in (1, 2)
    )
    assert not first & second


def test_a_file_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(PeopleError, match="give an LO3 file"):
        read_population(tmp_path / "none.csv", made_up=False, chance=random.Random(1))
    people = made_up(tmp_path, 3)
    lines = people.file.read_text(encoding="utf-8-sig").splitlines()
    lonely = tmp_path / "lonely.csv"
    lonely.write_text("\n".join(lines[:2]), encoding="utf-8")
    with pytest.raises(PeopleError, match="9999"):
        read_population(lonely, made_up=False, chance=random.Random(1))


def place_with(*values: str) -> Place:
    return Place("memory", texts(lambda: [" ".join(values).encode()]), None)


def test_who_is_in_memory_before_the_first_message_is_replaced(tmp_path: Path) -> None:
    people = made_up(tmp_path, 5)
    plain, passed_over = choose([place_with("nothing")], people, ())
    assert (plain.p, plain.q, passed_over) == (people.unique[0], people.ambiguous[0], 0)
    there = place_with(people.unique[0].straat, people.ambiguous[0].geboortedatum)
    cast, passed_over = choose([there], people, ())
    taken = {person.straat for person in people.unique if person.straat == people.unique[0].straat}
    assert cast.p.straat not in taken
    assert cast.q.geboortedatum != people.ambiguous[0].geboortedatum
    assert passed_over >= 2


def test_without_anybody_left_or_with_a_text_in_memory_there_is_no_run(tmp_path: Path) -> None:
    people = made_up(tmp_path, 6)
    everybody = place_with(*(person.geslachtsnaam for person in people.persons))
    with pytest.raises(PeopleError, match="every possible P"):
        choose([everybody], people, ())
    with pytest.raises(PeopleError, match="it proves nothing"):
        choose([place_with("een lange vrije tekst")], people, of_texts(["een lange vrije tekst"]))


def test_nobody_is_shown(tmp_path: Path) -> None:
    people = made_up(tmp_path, 4)
    assert people.persons[0].geslachtsnaam not in repr(people) + repr(people.persons)
