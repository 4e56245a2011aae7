"""Bijlage 4: which category about which person, and its class (data-model.md 8.5; rules.md B4-1 to B4-4, B4-x)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.pack import Pack
from tests.oracle.cells import Cells, Comparison, Flip, Key, Value
from tests.oracle.flipping import altered, toggled
from tests.oracle.markdown import Documents, codes, section, sentence, table

PERSONS = ("betrokkene", "directe_relatie", "medewerker_hulpverlening", "medewerker_derde")
"""Categories 1 to 4, in the order of the columns."""

CLASSES: dict[str, tuple[str, frozenset[str]]] = {
    "gewoon": ("gewoon", frozenset()),
    "gewoon, gevoelig": ("gevoelig", frozenset()),
    "strafrechtelijk, `wpg`": ("strafrechtelijk", frozenset({"wpg"})),
    "strafrechtelijk, `wjsg`": ("strafrechtelijk", frozenset({"wjsg"})),
    "bijzonder (AVG 9)": ("bijzonder", frozenset()),
    "AVG 10": ("avg10", frozenset()),
}
"""The column "Class": the class, and the regime of those who alone have such data."""

MARKS = {"✓": True, "✓*": True, "–": None, "–†": None}


def _of_document(texts: Documents) -> Cells:
    found = table(section(texts.data_model, "### 8.5"), "`categorie` id")
    first, data_class = found.column("1"), found.column("Class")
    cells: dict[Key, Value] = {}
    for row in found.rows:
        [category] = codes(row[0])
        for number, who in enumerate(PERSONS):
            cells[category, who] = MARKS[row[first + number]]
        cells[category, "klasse"], cells[category, "regime"] = CLASSES[row[data_class]]
    return cells


def _of_pack(pack: Pack) -> Cells:
    cells: dict[Key, Value] = {}
    regimes = {row.id: row.regime for row in pack.capacities}
    for row in pack.categories:
        for who in {*PERSONS, *row.subjects}:
            cells[row.id, who] = True if who in row.subjects else None
        cells[row.id, "klasse"] = row.data_class
        cells[row.id, "regime"] = frozenset(regimes.get(own, own) for own in row.origins)
    return cells


def _flips(pack: Pack) -> Iterator[Flip]:
    for row in pack.categories:
        for who in PERSONS:
            subjects = toggled(row.subjects, who)
            yield Flip(
                frozenset({(row.id, who)}), f"{who} of {row.id}", altered(pack, "categories", row, subjects=subjects)
            )
        other = "gewoon" if row.data_class != "gewoon" else "gevoelig"
        yield Flip(
            frozenset({(row.id, "klasse")}), f"class of {row.id}", altered(pack, "categories", row, data_class=other)
        )
        origins = () if row.origins else ("politie",)
        yield Flip(
            frozenset({(row.id, "regime")}), f"origins of {row.id}", altered(pack, "categories", row, origins=origins)
        )


CATEGORIES = Comparison("categorieën (8.5)", _of_document, _of_pack, _flips)


def _appendix_of_document(texts: Documents) -> Cells:
    rows = dict(re.findall(r"^\| (B4-[12]) \| (.+) \| [KC ]+ \|$", texts.rules, re.MULTILINE))
    cells: dict[Key, Value] = {}
    for rule, who in (("B4-1", "betrokkene"), ("B4-2", "directe_relatie")):
        lists = rows[rule].split(": ", 1)[1].split("Nothing else")[0]
        for name in re.sub(r"\([^)]*\)", "", lists).strip(" .").split(","):
            cells[rule, who, name.strip()] = True
    for rule, who, words, name in STAFF:
        sentence(texts.rules, words)
        cells[rule, who, name] = True
    return cells


STAFF = (
    (
        "B4-3",
        "medewerker_hulpverlening",
        "naam, organisatie, zakelijke contactgegevens, begin and einde of involvement.",
        "medewerker_hulpverlening_gegevens",
    ),
    (
        "B4-4",
        "medewerker_derde",
        "naam, organisatie, functie in the house, zakelijke contactgegevens.",
        "medewerker_derde_gegevens",
    ),
)
"""Categories 3 and 4 have one category of data each; its fields are those of 8.6."""


def _appendix_of_pack(pack: Pack) -> Cells:
    persons = [row.id for row in pack.subject_categories]
    return {
        (f"B4-{persons.index(who) + 1}" if who in persons else who, who, row.id): True
        for row in pack.categories
        for who in row.subjects
    }


def _appendix_flips(pack: Pack) -> Iterator[Flip]:
    for row in pack.categories:
        for number, who in enumerate(PERSONS, 1):
            subjects = toggled(row.subjects, who)
            flipped = altered(pack, "categories", row, subjects=subjects)
            yield Flip(frozenset({(f"B4-{number}", who, row.id)}), f"{who} of {row.id}", flipped)


APPENDIX = Comparison("Bijlage 4 (rules.md B4)", _appendix_of_document, _appendix_of_pack, _appendix_flips)


FORBIDDEN_BY_WORD = {
    "So are ras, religie, politieke opvatting, vakbond, seksuele gerichtheid, genetic and biometric data.": (
        "ras",
        "religie",
        "politieke_opvatting",
        "vakbond",
        "seksuele_gerichtheid",
        "genetische_gegevens",
        "biometrische_gegevens",
    )
}
"""rules.md B4-x, as names of fields."""

FORBIDDEN_BY_ROW = {
    "**`burgerservicenummer`**": ("burgerservicenummer",),
    "`geslacht`": ("geslacht",),
    "`nationaliteit`, `geboorteland`, etniciteit": ("nationaliteit", "geboorteland", "etniciteit"),
    "foto, biometrie, religie, seksueel gedrag, vakbond": (
        "foto",
        "biometrie",
        "religie",
        "seksueel_gedrag",
        "vakbond",
    ),
}
"""8.5, "Not in Bijlage 4": the rows that name what is forbidden (the others name other packs' categories)."""


def _forbidden_of_document(texts: Documents) -> Cells:
    absent = {row[0] for row in table(section(texts.data_model, "### 8.5"), "Item").rows}
    names = {"bsn", "sofinummer", "geslachtsaanduiding", "nationality"}
    sentence(texts.data_model, "list `bsn`, `sofinummer`, `geslachtsaanduiding`, `nationality`, …")
    for row, own in FORBIDDEN_BY_ROW.items():
        if row not in absent:
            raise KeyError(row)
        names |= set(own)
    for words, own in FORBIDDEN_BY_WORD.items():
        names |= set(own) if sentence(texts.rules, words) else set()
    return {(name,): True for name in names}


def _forbidden_of_pack(pack: Pack) -> Cells:
    return {(name,): True for name in pack.forbidden_fields}


def _forbidden_flips(pack: Pack) -> Iterator[Flip]:
    for name in (*pack.forbidden_fields, "naam"):
        names = toggled(pack.forbidden_fields, name)
        yield Flip(frozenset({(name,)}), f"name {name}", pack.model_copy(update={"forbidden_fields": names}))


FORBIDDEN = Comparison("verboden namen (B4-x)", _forbidden_of_document, _forbidden_of_pack, _forbidden_flips)
