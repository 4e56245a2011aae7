"""Whom does this key mean: nobody, one record, or several. Pure; it never guesses.

1. A record is a *candidate* when surname and given names are not different (:mod:`connectors.sources.names`) and the
   birth dates agree in every part that both have. A record whose birth date is unknown remains a candidate: unknown is
   not different. A part that one side lacks never excludes anybody and so never turns several into one.
2. No candidate: :class:`NoMatch`. One: :class:`OneMatch`. More: :class:`SeveralMatches`, with all of them.
3. Address (postcode and house number together) and birth place do nothing but tell candidates apart. They narrow
   several to one only when the key has them, exactly one candidate positively agrees, and *every* other positively
   differs. Unknown is not different; a candidate that agrees in one and differs in the other settles nothing. A secret
   address is never compared: else asking with an address would tell whether it is right.
4. ``exact`` (rules that act by themselves need it): surname and given names EQUAL, both birth dates known to the day
   and the same, and birth place not positively another. An address may differ, people move.

Candidates are those of one source; the same record handed in twice counts once. Whether records of two sources are one
person is for a human. "A wrong match is the danger" (people.md); the caller turns several into ``meervoudige_treffer``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from connectors.sources import Candidate, SearchKey, clean_postcode
from connectors.sources.dates import PartialDate, read_date
from connectors.sources.names import Likeness, compare_given, compare_surnames, words

_CODE = re.compile(r"[0-9]{4}")
_UNKNOWN_CODE = "0000"
# Two official spellings of one town; the words are folded.
_TOWNS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("s", "gravenhage"): ("den", "haag"),
    ("s", "hertogenbosch"): ("den", "bosch"),
}


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Nobody in this source."""


@dataclass(frozen=True, slots=True)
class OneMatch:
    """One record. ``exact``: nothing about it is left to a human eye."""

    candidate: Candidate
    exact: bool


@dataclass(frozen=True, slots=True)
class SeveralMatches:
    """Two or more records, ordered by record; no first choice is meant."""

    candidates: tuple[Candidate, ...]


Match = NoMatch | OneMatch | SeveralMatches


def match(key: SearchKey, candidates: Iterable[Candidate]) -> Match:
    """The rules above, over any superset of the candidates, in any order."""
    born = _date(key.geboortedatum)
    possible = sorted({c for c in candidates if _possible(key, born, c)}, key=lambda c: (c.source, c.record))
    if not possible:
        return NoMatch()
    if len(possible) == 1:
        return _one(key, born, possible[0])
    meant = _told_apart(key, possible)
    return SeveralMatches(tuple(possible)) if meant is None else _one(key, born, meant)


def _date(text: str | None) -> PartialDate | None:
    return None if text is None else read_date(text, ("iso",))


def _surnames(key: SearchKey, candidate: Candidate) -> Likeness:
    return compare_surnames((key.voorvoegsel, key.geslachtsnaam), (candidate.voorvoegsel, candidate.geslachtsnaam))


def _given(key: SearchKey, candidate: Candidate) -> Likeness:
    return compare_given(key.voornamen, candidate.voornamen, candidate.roepnaam)


def _possible(key: SearchKey, born: PartialDate | None, candidate: Candidate) -> bool:
    theirs = _date(candidate.geboortedatum)
    if born is not None and theirs is not None and not born.agrees(theirs):
        return False
    return bool(_surnames(key, candidate) and _given(key, candidate))


def _one(key: SearchKey, born: PartialDate | None, candidate: Candidate) -> OneMatch:
    theirs = _date(candidate.geboortedatum)
    exact = (
        _surnames(key, candidate) is _given(key, candidate) is Likeness.EQUAL
        and born is not None
        and born.full
        and born == theirs
        and _same_place(key.geboorteplaats, candidate.geboorteplaats) is not False
    )
    return OneMatch(candidate, exact)


def _told_apart(key: SearchKey, possible: list[Candidate]) -> Candidate | None:
    """The one that agrees while all others differ, or None."""
    agreeing = []
    for candidate in possible:
        signs = {_same_address(key, candidate), _same_place(key.geboorteplaats, candidate.geboorteplaats)} - {None}
        if signs == {True}:
            agreeing.append(candidate)
        elif signs != {False}:
            return None
    return agreeing[0] if len(agreeing) == 1 else None


def _same_address(key: SearchKey, candidate: Candidate) -> bool | None:
    """None where it cannot be known. One of the two parts that differs is enough to differ."""
    if key.postcode is None or key.huisnummer is None or candidate.secret:
        return None
    theirs = clean_postcode(candidate.postcode)
    known = [
        a == b
        for a, b in ((clean_postcode(key.postcode), theirs), (key.huisnummer, candidate.huisnummer))
        if b is not None
    ]
    if not all(known):
        return False
    return True if len(known) == 2 else None


def _same_place(mine: str | None, theirs: str | None) -> bool | None:
    """A municipality code compares with a code, a name with a name; ``0000`` is unknown (Tabel 33)."""
    places = [(place or "").strip() for place in (mine, theirs)]
    coded = [_CODE.fullmatch(place) is not None for place in places]
    if _UNKNOWN_CODE in places or coded[0] != coded[1]:
        return None
    a, b = (_TOWNS.get(words(place), words(place)) for place in places)
    return a == b if a and b else None
