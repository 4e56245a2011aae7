"""When two written names are the same name: folding, prefixes, given names. Pure.

Folding: compatibility decomposition (NFKD), lower case, marks dropped, letters that do not decompose written in the
usual transliteration (ł=l, ø=o, đ=d, þ=th, æ=ae, ß=ss). Hyphens, apostrophes, dots and spaces only separate words. What
folding cannot know, it keeps apart: ``Jørgensen`` and ``Joergensen`` are two names, ``Meijer`` and ``Meyer`` too.

Surnames are
* ``EQUAL``: the same words, wherever the prefix stands ("van der" + "Berg", "Van der Berg", "Berg, van der");
* ``ALIKE``: the same name but for a prefix that one side lacks or abbreviates ("v.d. Berg", "Berg"), or written
  together ("Vanderberg"); never enough for a rule that acts by itself;
* ``DIFFERENT`` otherwise: "van den Berg" is not "van der Berg".

Given names are
* ``EQUAL``: the same words in the same order, none of them an initial;
* ``ALIKE``: one side has none; or the first name is the same; or the same words in another order or written together
  ("Jan-Willem", "Janwillem"); or initials that fit as far as both go ("J.P.", "Jan Pieter"); or the record's roepnaam
  is the key's first name;
* ``DIFFERENT`` otherwise, so that twins stay two people.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum

_PLAIN = str.maketrans(
    {
        **dict(zip("łøđðħŧıĸŋɓɖɗƙƴ", "loddhtiknbddky", strict=True)),
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ß": "ss",
        "ə": "a",
        "·": "",  # what NFKD leaves of ŀ, and a sign inside Catalan words
    }
)

# Words that begin a prefix in Dutch registers (compare Tabel 36 of the BRP; a choice, not that table), and
# abbreviations of them found in spreadsheets. A prefix that stands apart in its own column need not be among them.
_PREFIXES = """
    a aan aen af al am an auf aus bei beim bij bin boven buiten d da dal dalla dalle das de degli dei del dela della
    den der des di die do don dos du een el gli het im in is l la las le les li lo los met o of onder op over s t te
    ten ter tho thoe thor to toe tot uijt uit ut uyt v van vande vanden vander vd vdr vom von voor vor z zu zum zur
"""
PREFIX_WORDS = frozenset(_PREFIXES.split())
_ABBREVIATED = {"vd": ("v", "d"), "vdr": ("v", "d")}
_TURNED = re.compile(r"(?P<core>[^,]*),(?P<prefix>[^,]*)")


class Likeness(IntEnum):
    """How far two names are the same."""

    DIFFERENT = 0
    ALIKE = 1
    EQUAL = 2


def words(text: str) -> tuple[str, ...]:
    """The folded words of a name; none where it holds no letter or digit."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in text if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    text = text.lower().translate(_PLAIN)
    return tuple("".join(c if _is_part(c) else " " for c in text).split())


def _is_part(char: str) -> bool:
    """Letters, digits and the vowel signs of other scripts; modifier letters are apostrophes."""
    kind = unicodedata.category(char)
    return (char.isalnum() and kind != "Lm") or kind.startswith("M")


def _split(voorvoegsel: str | None, geslachtsnaam: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(prefix, core); the core keeps at least one word."""
    turned = _TURNED.fullmatch(geslachtsnaam)
    if turned and (moved := words(turned["prefix"])) and PREFIX_WORDS.issuperset(moved):
        geslachtsnaam = f"{turned['prefix']} {turned['core']}"
    prefix, core = words(voorvoegsel or ""), words(geslachtsnaam)
    if prefix and core[: len(prefix)] == prefix and len(core) > len(prefix):
        core = core[len(prefix) :]  # written both apart and in the name
    while len(core) > 1 and core[0] in PREFIX_WORDS:
        prefix, core = (*prefix, core[0]), core[1:]
    return prefix, core


def surname_keys(voorvoegsel: str | None, geslachtsnaam: str) -> frozenset[str]:
    """What to index a surname by: two surnames that are EQUAL or ALIKE share at least one. Empty without letters."""
    prefix, core = _split(voorvoegsel, geslachtsnaam)
    return frozenset(("".join(core), "".join(prefix + core))) if core else frozenset()


def _fits(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Word by word the same, or one the initial of the other."""
    return all(a == b or (1 in (len(a), len(b)) and a[0] == b[0]) for a, b in zip(mine, theirs, strict=False))


def _prefixes_fit(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    if not mine or not theirs or "".join(mine) == "".join(theirs):
        return True
    mine, theirs = (tuple(w for word in p for w in _ABBREVIATED.get(word, (word,))) for p in (mine, theirs))
    return len(mine) == len(theirs) and _fits(mine, theirs)


def compare_surnames(mine: tuple[str | None, str], theirs: tuple[str | None, str]) -> Likeness:
    """Two surnames, each as (prefix, name). One without letters is DIFFERENT from everything."""
    (prefix, core), (their_prefix, their_core) = _split(*mine), _split(*theirs)
    if not core or not their_core:
        return Likeness.DIFFERENT
    if prefix + core == their_prefix + their_core:
        return Likeness.EQUAL
    if "".join(core) == "".join(their_core) and _prefixes_fit(prefix, their_prefix):
        return Likeness.ALIKE
    together = "".join(prefix + core) == "".join(their_prefix + their_core)
    # "van der Aa" and "van de Raa" come together as the same letters: with a prefix on both sides that is another name
    return Likeness.ALIKE if together and not (prefix and their_prefix) else Likeness.DIFFERENT


def compare_given(mine: str, theirs: str, roepnaam: str | None = None) -> Likeness:
    """The key's given names with a record's."""
    a, b, called = words(mine), words(theirs), words(roepnaam or "")
    initials = any(len(word) == 1 for word in (*a, *b))
    if a and a == b and not initials:
        return Likeness.EQUAL
    if not a or not (b or called) or _alike(a, b) or (called and a[: len(called)] == called):
        return Likeness.ALIKE
    return Likeness.DIFFERENT


def _alike(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    if not b:
        return False
    if a[0] == b[0] and len(a[0]) > 1:
        return True
    if "".join(a) == "".join(b) or sorted(a) == sorted(b):
        return True
    return _fits(a, b)
