"""Whom a key means: nobody, one record or several, and never a guess."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sources import Candidate, SearchKey, SearchKeyError
from connectors.sources.matching import NoMatch, OneMatch, SeveralMatches, match
from tests.connectors.sources.tables import key


def record(number: str = "1", surname: str = "Bakker", born: str | None = "1980-02-25", **more: Any) -> Candidate:
    return Candidate(
        **{"source": "s", "record": number, "geslachtsnaam": surname, "voornamen": "Jan", "geboortedatum": born, **more}
    )


ASKED = key("Bakker", "1980-02-25", "Jan")


def test_nobody() -> None:
    assert match(ASKED, []) == NoMatch()
    others = [record(surname="Visser"), record(born="1980-02-26"), record(voornamen="Piet"), record(surname=".")]
    assert match(ASKED, others) == NoMatch()


def test_one_exact() -> None:
    meant = record()
    assert match(ASKED, [meant, record("2", "Visser")]) == OneMatch(meant, exact=True)


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        (ASKED, record(voornamen="Jan Pieter")),
        (ASKED, record(voornamen="J.")),
        (ASKED, record(voorvoegsel="de")),
        (ASKED, record(born="1980-02")),
        (ASKED, record(born="1980")),
        (ASKED, record(born=None)),
        (ASKED, record(born="no date")),
        (key("Bakker", "1980-02", "Jan"), record()),
        (key("Bakker", "1980-02", "Jan"), record(born="1980-02")),
        (key("Bakker", "1980-02-25"), record()),
        (key("Bakker", "1980-02-25", "Jan", geboorteplaats="Delft"), record(geboorteplaats="Assen")),
    ],
)
def test_one_that_a_human_must_look_at(asked: SearchKey, there: Candidate) -> None:
    assert match(asked, [there]) == OneMatch(there, exact=False)


def test_another_address_leaves_one_exact_for_people_move() -> None:
    asked = key("Bakker", "1980-02-25", "Jan", postcode="1234AB", huisnummer=1)
    assert match(asked, [record(postcode="9999ZZ", huisnummer=2)]) == OneMatch(
        record(postcode="9999ZZ", huisnummer=2), exact=True
    )


def test_twins_are_two_people() -> None:
    assert match(ASKED, [record(), record("2", voornamen="Joris")]) == OneMatch(record(), exact=True)


def test_reduced_precision_never_turns_several_into_one() -> None:
    full, month, unknown = record("1"), record("2", born="1980-02"), record("3", born=None)
    assert match(ASKED, [full, month]) == SeveralMatches((full, month))
    assert match(ASKED, [full, unknown]) == SeveralMatches((full, unknown))
    assert match(key("Bakker", "1980", "Jan"), [full, record("2", born="1980-03-01")]) == SeveralMatches(
        (full, record("2", born="1980-03-01"))
    )


def test_the_same_record_twice_is_one() -> None:
    assert match(ASKED, [record(), record()]) == OneMatch(record(), exact=True)


HERE: dict[str, Any] = {"postcode": "1234 ab", "huisnummer": 12}
ELSEWHERE: dict[str, Any] = {"postcode": "1234AB", "huisnummer": 14}
AT_HOME = replace(ASKED, postcode="1234AB", huisnummer=12)
BORN_IN_ASSEN = replace(ASKED, geboorteplaats="Assen")
BOTH = replace(AT_HOME, geboorteplaats="Assen")


@pytest.mark.parametrize(
    ("asked", "meant", "other"),
    [
        (AT_HOME, HERE, ELSEWHERE),
        (AT_HOME, HERE, {"postcode": "4321BA"}),
        (AT_HOME, HERE, {"huisnummer": 14}),
        (BORN_IN_ASSEN, {"geboorteplaats": "ASSEN"}, {"geboorteplaats": "Delft"}),
        (BOTH, HERE, {"geboorteplaats": "Delft"}),
        (BOTH, {**HERE, "geboorteplaats": "Assen"}, {**ELSEWHERE, "geboorteplaats": "Delft"}),
        (replace(ASKED, geboorteplaats="0363"), {"geboorteplaats": "0363"}, {"geboorteplaats": "0599"}),
        (replace(ASKED, geboorteplaats="Den Haag"), {"geboorteplaats": "'s-Gravenhage"}, {"geboorteplaats": "Delft"}),
    ],
)
def test_told_apart(asked: SearchKey, meant: dict[str, Any], other: dict[str, Any]) -> None:
    one, two = record("1", **meant), record("2", **other)
    assert match(asked, [two, one]) == OneMatch(one, exact=True)
    assert match(ASKED, [two, one]) == SeveralMatches((one, two)), "the key lacks what would tell them apart"


@pytest.mark.parametrize(
    ("asked", "one", "two"),
    [
        (AT_HOME, HERE, {}),  # unknown is not different
        (AT_HOME, HERE, {"postcode": "1234AB"}),  # half an address that agrees is not another address
        (AT_HOME, HERE, HERE),
        (AT_HOME, ELSEWHERE, {"postcode": "4321BA"}),  # both differ: nobody agrees
        (AT_HOME, HERE, {**ELSEWHERE, "secret": True}),  # a secret address is never compared
        (AT_HOME, {**HERE, "secret": True}, ELSEWHERE),
        (replace(ASKED, postcode="1234AB"), HERE, {"postcode": "4321BA"}),  # half a key
        (replace(ASKED, huisnummer=12), HERE, ELSEWHERE),
        (BORN_IN_ASSEN, {"geboorteplaats": "Assen"}, {}),
        (BORN_IN_ASSEN, {"geboorteplaats": "Assen"}, {"geboorteplaats": "0106"}),  # a name is no code
        (replace(ASKED, geboorteplaats="0363"), {"geboorteplaats": "0363"}, {"geboorteplaats": "0000"}),
        (replace(ASKED, geboorteplaats="0000"), {"geboorteplaats": "0000"}, {"geboorteplaats": "0363"}),
        (BORN_IN_ASSEN, {"geboorteplaats": "Assen"}, {"geboorteplaats": "?"}),
        (BOTH, {**HERE, "geboorteplaats": "Delft"}, ELSEWHERE),  # agrees in one, differs in the other
        (BOTH, HERE, {**ELSEWHERE, "geboorteplaats": "Assen"}),
    ],
)
def test_not_told_apart(asked: SearchKey, one: dict[str, Any], two: dict[str, Any]) -> None:
    first, second = record("1", **one), record("2", **two)
    assert match(asked, [second, first]) == SeveralMatches((first, second))


def test_what_was_told_apart_is_exact_only_by_names_and_date() -> None:
    one, two = record("1", voornamen="Jan Piet", **HERE), record("2", **ELSEWHERE)
    assert match(AT_HOME, [one, two]) == OneMatch(one, exact=False)


def test_one_unknown_among_many_leaves_all() -> None:
    people = [record("1", **HERE), record("2", **ELSEWHERE), record("3")]
    assert match(AT_HOME, people) == SeveralMatches(tuple(people))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"geslachtsnaam": "..."}, "geslachtsnaam"),
        ({"geboortedatum": "00000000"}, "geboortedatum"),
        ({"geboortedatum": "25-02-1980"}, "geboortedatum"),
        ({"geboortedatum": "1980-2-5"}, "geboortedatum"),
        ({"geboortedatum": "1980-02-30"}, "geboortedatum"),
        ({"geboortedatum": "1980-02-00"}, "geboortedatum"),
        ({"postcode": "12345"}, "postcode"),
    ],
)
def test_a_key_that_cannot_be_searched_with_says_why_and_not_what(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(SearchKeyError, match=says) as caught:
        replace(ASKED, **changes)
    assert next(iter(changes.values())) not in str(caught.value)


def test_nothing_personal_in_a_repr() -> None:
    shown = repr([ASKED, record(), match(ASKED, [record()]), match(ASKED, [record("1"), record("2")])])
    assert "Bakker" not in shown
    assert "1980" not in shown


# ---- properties: few names, so that they meet often

SURNAMES = st.sampled_from(["Bakker", "Bäkker", "van der Berg", "Berg", "Łøþ", "Ðæß-Ñuñez", "O'Brien", "Ng"])
GIVEN = st.sampled_from(["Jan", "Zoë", "Jan Pieter", "J.", "J.P.", "Ærø Åsa", ""])
DATES = st.sampled_from(["1980", "1980-02", "1980-02-25", "1980-02-26"])
PLACES = st.sampled_from([None, "Assen", "Kraków", "0363", "0000"])
ADDRESSES = st.sampled_from([(None, None), ("1234AB", 12), ("1234AB", 14), ("4321BA", None)])


@st.composite
def keys(draw: st.DrawFn) -> SearchKey:
    postcode, house = draw(ADDRESSES)
    return key(
        draw(SURNAMES), draw(DATES), draw(GIVEN), geboorteplaats=draw(PLACES), postcode=postcode, huisnummer=house
    )


@st.composite
def populations(draw: st.DrawFn) -> list[Candidate]:
    people = []
    for number in range(draw(st.integers(0, 6))):
        postcode, house = draw(ADDRESSES)
        people.append(
            record(
                str(number),
                draw(SURNAMES),
                draw(DATES | st.none()),
                voornamen=draw(GIVEN),
                geboorteplaats=draw(PLACES),
                postcode=postcode,
                huisnummer=house,
                secret=draw(st.booleans()),
            )
        )
    return people


def plain(text: str) -> str:
    """Without marks, by another road than the one under test."""
    for letter, letters in {"Ł": "L", "ø": "o", "þ": "th", "Ð": "D", "æ": "ae", "Æ": "Ae", "ß": "ss"}.items():
        text = text.replace(letter, letters)
    return unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()


def itself(asked: SearchKey, number: str) -> Candidate:
    """A record that says exactly what the key says."""
    return record(
        number,
        asked.geslachtsnaam,
        asked.geboortedatum,
        voornamen=asked.voornamen,
        geboorteplaats=asked.geboorteplaats,
        postcode=asked.postcode,
        huisnummer=asked.huisnummer,
    )


@given(keys(), populations())
def test_never_a_pick_a_second_equal_record_always_gives_several(asked: SearchKey, people: list[Candidate]) -> None:
    crowd = [*people, itself(asked, "meant")]
    found = match(asked, crowd)
    meant = found.candidate if isinstance(found, OneMatch) else itself(asked, "meant")
    again = match(asked, [*crowd, replace(meant, record="double")])
    assert isinstance(again, SeveralMatches)
    assert {meant, replace(meant, record="double")} <= set(again.candidates)


@given(keys(), populations(), st.randoms(use_true_random=False))
def test_order_does_not_matter(asked: SearchKey, people: list[Candidate], chance: random.Random) -> None:
    shuffled = people.copy()
    chance.shuffle(shuffled)
    assert match(asked, shuffled) == match(asked, people)


@given(keys(), populations())
def test_marks_case_and_hyphens_of_the_key_do_not_matter(asked: SearchKey, people: list[Candidate]) -> None:
    place = None if asked.geboorteplaats is None else plain(asked.geboorteplaats).upper()
    bare = replace(
        asked,
        geslachtsnaam=plain(asked.geslachtsnaam).upper().replace("-", " "),
        voornamen=plain(asked.voornamen).lower(),
        geboorteplaats=place,
    )
    assert match(bare, people) == match(asked, people)


@given(keys(), populations())
def test_strangers_change_nothing(asked: SearchKey, people: list[Candidate]) -> None:
    strangers = [record("x", "Visser"), record("y", born="1981-02-25")]
    assert match(asked, [*strangers, *people]) == match(asked, people)


@given(keys(), populations())
def test_knowing_less_of_the_birth_date_never_narrows(asked: SearchKey, people: list[Candidate]) -> None:
    def meant(found: NoMatch | OneMatch | SeveralMatches) -> set[Candidate]:
        match found:
            case NoMatch():
                return set()
            case OneMatch():
                return {found.candidate}
            case SeveralMatches():
                return set(found.candidates)

    bare = replace(asked, geboorteplaats=None, postcode=None, huisnummer=None)
    vague = replace(bare, geboortedatum="1980")
    assert meant(match(bare, people)) <= meant(match(vague, people))


@given(keys(), populations())
def test_exact_means_full_dates_and_no_doubt(asked: SearchKey, people: list[Candidate]) -> None:
    found = match(asked, [*people, itself(asked, "meant")])
    if isinstance(found, OneMatch) and found.exact:
        assert len(asked.geboortedatum) == 10
        assert found.candidate.geboortedatum == asked.geboortedatum
        assert plain(found.candidate.voornamen) == plain(asked.voornamen) != ""
