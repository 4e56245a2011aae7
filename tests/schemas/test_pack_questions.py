"""The page for the jurist: every reading of our own is on it, and nothing that the text itself says."""

from __future__ import annotations

import pytest

from schemas import packs
from schemas.pack import Pack
from schemas.pack_questions import jurist_page, own_readings
from schemas.pack_rows import Row


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load("zvh-protocol-2019")


@pytest.fixture(scope="module")
def page(pack: Pack) -> str:
    return jurist_page(pack)


def rows(pack: Pack) -> list[Row]:
    """Every row of the pack, also the fields of its categories."""
    found = [row for name in Pack.model_fields if isinstance(getattr(pack, name), tuple) for row in getattr(pack, name)]
    found += [field for category in pack.categories for field in category.fields]
    return [row for row in found if isinstance(row, Row)]


def test_every_own_reading_is_on_the_page(pack: Pack, page: str) -> None:
    own = [row for row in rows(pack) if row.reading]
    listed = [one.row for one in own_readings(pack)]
    assert len(own) > 300
    assert [row for row in own if row not in listed] == []
    assert [row.reason for row in own if f"| {row.reason} |" not in page] == []
    numbers = [row for row in listed if row not in own]
    assert {row.reason for row in numbers} == {pack.limits.reason}, "the numbers are a reading as a whole"


def test_what_the_text_says_is_not_on_the_page(pack: Pack) -> None:
    assert [one.chosen for one in own_readings(pack) if not one.row.reading] == []
    assert "hoort bij een fase" not in jurist_page(pack), "B2 says so itself"


def test_every_question_with_what_was_chosen(pack: Pack, page: str) -> None:
    for of in ("vraag", "lezing"):
        for number, row in enumerate([row for row in pack.questions if row.of == of], 1):
            assert f"{number}. **Artikel {row.article}.** {row.text}\n   *Gekozen:* {row.chosen}" in page


def test_the_readings_of_the_rules_stand_apart(pack: Pack, page: str) -> None:
    assert "## Hoe de beslisregels de tekst lezen (15)" in page
    asked = tuple(row for row in pack.questions if row.of == "vraag")
    assert "Hoe de beslisregels" not in jurist_page(pack.model_copy(update={"questions": asked}))


def test_rows_with_one_reason_stand_together(page: str) -> None:
    (line,) = [one for one in page.splitlines() if "Beeld, plan en voortgang zijn" in one]
    assert line.startswith(
        "| B2 | toestandsbeeld, plan van aanpak en monitoring tellen als één: past bij wat is gegeven"
    )
    (line,) = [one for one in page.splitlines() if "De Wjsg geeft alleen het OM deze verstrekking" in one]
    assert "Strafvorderlijke gegevens: van om<br>Relevante justitiële gegevens: van om" in line


def test_a_ceiling_in_words(page: str) -> None:
    assert "Adresgegevens over betrokkene (hoogstens B, alleen Huisnummer en Postcode)" not in page
    assert "Adresgegevens over betrokkene (hoogstens B, alleen Postcode en Huisnummer)" in page
    assert "Strafvorderlijke gegevens over betrokkene (hoogstens I, alleen van om)" in page
    assert "Contactgegevens over betrokkene (hoogstens S, alleen voor overdracht casusregisseur)" in page


def test_each_table_is_whole(page: str) -> None:
    table = [line for line in page.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in table} == {4}


def test_a_bar_in_a_reason_does_not_break_the_table(pack: Pack) -> None:
    odd = pack.phases[-1].model_copy(update={"reason": "dit | of dat", "reading": "own"})
    changed = pack.model_copy(update={"phases": (*pack.phases[:-1], odd)})
    assert "| dit \\| of dat |" in jurist_page(changed)


def test_a_pack_without_readings_keeps_only_its_questions(pack: Pack) -> None:
    plain = {
        name: tuple(
            row.model_copy(update={"reading": None, "reason": None, "article": "1"}) for row in getattr(pack, name)
        )
        for name in (
            "phases",
            "purposes",
            "bases",
            "tasks",
            "capacities",
            "subject_categories",
            "categories",
            "ceilings",
        )
    }
    plain |= {
        name: tuple(
            row.model_copy(update={"reading": None, "reason": None, "article": "1"}) for row in getattr(pack, name)
        )
        for name in ("absences", "providers", "kinds", "outcomes", "codes", "life_domains", "terms", "rules")
    }
    limits = pack.limits.model_copy(update={"reading": None, "reason": None})
    fields = tuple(
        category.model_copy(
            update={
                "fields": tuple(
                    field.model_copy(update={"reading": None, "reason": None, "article": "1"})
                    for field in category.fields
                )
            }
        )
        for category in plain["categories"]
    )
    bare = jurist_page(pack.model_copy(update={**plain, "categories": fields, "limits": limits}))
    assert "## Eigen lezingen (0 rijen van het pakket)" in bare
    assert "###" not in bare
    assert bare.count("*Gekozen:*") == len(pack.questions)
