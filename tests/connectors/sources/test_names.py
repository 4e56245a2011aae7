"""When two written names are the same name."""

from __future__ import annotations

import pytest

from connectors.sources.names import Likeness, compare_given, compare_surnames, surname_keys, words

DIFFERENT, ALIKE, EQUAL = Likeness


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Żáïŀëñøŕ Åłéèç", ("zailenor", "aleec")),
        ("BRONWAẞER", ("bronwasser",)),
        ("Bronwaßer", ("bronwasser",)),
        ("Þórður Ægisdóttir", ("thordur", "aegisdottir")),
        ("Œuvre Đặng Ħal Ŧor Ŋ ĸ", ("oeuvre", "dang", "hal", "tor", "n", "k")),
        ("İstanbul ışık", ("istanbul", "isik")),
        ("ǾRSTED Ǽ", ("orsted", "ae")),
        ("d'Ancona d’Ancona dʼAncona", ("d", "ancona", "d", "ancona", "d", "ancona")),
        ("Smit-Jansen  Smit\u2011Jansen", ("smit", "jansen", "smit", "jansen")),
        ("Mei\u00adjer", ("meijer",)),
        ("\u0132sbrand", ("ijsbrand",)),
        ("Мария", ("мария",)),
        (". - '", ()),
        ("", ()),
    ],
)
def test_words(written: str, folded: tuple[str, ...]) -> None:
    assert words(written) == folded


@pytest.mark.parametrize(
    ("mine", "theirs", "likeness"),
    [
        (("van der", "Berg"), (None, "van der Berg"), EQUAL),
        (("Van Der", "BERG"), ("van der", "van der Berg"), EQUAL),
        ((None, "Berg, van der"), ("van der", "Berg"), EQUAL),
        (("uijt te de", "Boer"), (None, "uijt te de Boer"), EQUAL),
        (("d'", "Ancona"), (None, "d'Ancona"), EQUAL),
        ((None, "Jansen-de Vries"), (None, "jansen de vries"), EQUAL),
        (("'s", "Gravesande"), (None, "’s-Gravesande"), EQUAL),
        ((None, "Van"), (None, "Van"), EQUAL),
        (("v.d.", "Berg"), ("van der", "Berg"), ALIKE),
        (("v.d.", "Berg"), ("van den", "Berg"), ALIKE),
        (("vd", "Berg"), ("van den", "Berg"), ALIKE),
        ((None, "v/d Berg"), ("van de", "Berg"), ALIKE),
        ((None, "Berg"), ("van der", "Berg"), ALIKE),
        ((None, "Vanderberg"), ("van der", "Berg"), ALIKE),
        (("vander", "Berg"), ("van der", "Berg"), ALIKE),
        ((None, "DeVries"), (None, "de Vries"), ALIKE),
        ((None, "O'Brien"), (None, "OBrien"), ALIKE),
        (("van den", "Berg"), ("van der", "Berg"), DIFFERENT),
        (("van", "Berg"), ("van der", "Berg"), DIFFERENT),
        (("van der", "Aa"), ("van de", "Raa"), DIFFERENT),
        ((None, "Jansen, Bakker"), (None, "Bakker Jansen"), DIFFERENT),
        ((None, "Meijer"), (None, "Meyer"), DIFFERENT),
        ((None, "."), (None, "."), DIFFERENT),
        ((None, "Berg"), ("van", "-"), DIFFERENT),
    ],
)
def test_surnames(mine: tuple[str | None, str], theirs: tuple[str | None, str], likeness: Likeness) -> None:
    assert compare_surnames(mine, theirs) is likeness
    assert compare_surnames(theirs, mine) is likeness
    if likeness:
        assert surname_keys(*mine) & surname_keys(*theirs)


def test_a_name_without_letters_has_no_key() -> None:
    assert surname_keys("van", ".") == frozenset()


@pytest.mark.parametrize(
    ("mine", "theirs", "called", "likeness"),
    [
        ("Jan Pieter", "jan PIETER", None, EQUAL),
        ("Jan-Willem", "Jan Willem", None, EQUAL),
        ("Zoë", "Zoe", "Bob", EQUAL),
        ("Jan Pieter", "Jan", None, ALIKE),
        ("Jan Pieter", "Jan Karel", None, ALIKE),
        ("Jan Pieter", "Pieter Jan", None, ALIKE),
        ("Jan-Willem", "Janwillem", None, ALIKE),
        ("J.P.", "Jan Pieter", None, ALIKE),
        ("Jan P.", "Jan Pieter", None, ALIKE),
        ("J.", "Jan Pieter", None, ALIKE),
        ("J.P.", "JP", None, ALIKE),
        ("J.P.", "J.P.", None, ALIKE),
        ("", "Jan", None, ALIKE),
        ("Jan", "", None, ALIKE),
        ("", "", None, ALIKE),
        ("Jan", "Johannes", "Jan", ALIKE),
        ("Jan", "", "Jan", ALIKE),
        ("Jan", "", "Piet", DIFFERENT),
        ("J.P.", "Jan Karel", None, DIFFERENT),
        ("J.P.", "J.K.", None, DIFFERENT),
        ("J.", "Piet", None, DIFFERENT),
        ("Marie", "Marietje", None, DIFFERENT),
        ("Jan", "Johannes", "Hans", DIFFERENT),
    ],
)
def test_given_names(mine: str, theirs: str, called: str | None, likeness: Likeness) -> None:
    assert compare_given(mine, theirs, called) is likeness
