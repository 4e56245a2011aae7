"""The pack is the one list: its ids, levels and tables against the three files that describe the protocol."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.acts import ACTS
from schemas.pack import Pack
from schemas.pack_rows import FieldRow
from schemas.packs import load

CAPACITIES = [
    "burgemeester",
    "college_bw",
    "om",
    "politie",
    "rvdk",
    "veilig_thuis",
    "reclassering",
    "gecertificeerde_instelling",
    "ggz",
    "ggd",
    "dji",
    "zorgaanbieder",
]
OWN_FIELDS = {
    ("relaties", "aantal"),
    ("relaties", "minderjarigen_aanwezig"),
    ("strafrechtelijk_avg10", "aan_de_orde"),
}
"""Fields that 8.6 has no row for: the first two stand in its remarks, the third is the only form of its ceiling I."""
NARROWER = {("triageantwoord", "medewerker_derde_gegevens")}
"""Where the pack allows less than 8.7: the contact person in an answer is staff of the party itself."""
MARK = {"✓": True, "✓*": True, "–": False, "–†": False}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load("zvh-protocol-2019")


class Text:
    """One of the files, by its tables."""

    def __init__(self, path: Path) -> None:
        self.text = path.read_text(encoding="utf-8")

    def rows(self, heading: str, until: str = "\n### ") -> list[list[str]]:
        """The cells of every table row between ``heading`` and ``until``."""
        after = self.text.split(heading, 1)[1].split(until, 1)[0]
        lines = [line for line in after.splitlines() if line.startswith("|") and not line.startswith("|--")]
        return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]

    def rule(self, id_: str) -> str:
        """The text of a rule in rules.md."""
        (line,) = [line for line in self.text.splitlines() if line.startswith(f"| {id_} |")]
        return line


@pytest.fixture(scope="module")
def rules(shared: Path) -> Text:
    return Text(shared / "protocol/rules.md")


@pytest.fixture(scope="module")
def model(shared: Path) -> Text:
    return Text(shared / "protocol/data-model.md")


@pytest.fixture(scope="module")
def wire(shared: Path) -> Text:
    return Text(shared / "design/wire.md")


def quoted(text: str) -> list[str]:
    """The ids in backticks."""
    return re.findall(r"`([a-z][a-z0-9_]*)`", text)


def test_phases(pack: Pack, rules: Text, wire: Text) -> None:
    (line,) = [line for line in rules.text.splitlines() if line.startswith("| phase |")]
    ends = re.search(r"or the ends ((?:`\w+`(?:, )?)+)", wire.text)
    assert ends is not None
    assert [row.id for row in pack.phases] == [*quoted(line), *quoted(ends[1])]


def test_purposes(pack: Pack, rules: Text) -> None:
    text = rules.rule("B2").split("Purposes.")[1].split("A purpose outside")[0]
    wanted: dict[str, set[str]] = {}
    for phase, listed in re.findall(r"`(\w+)`: ([^`]*)", text):
        wanted[phase] = set(re.findall(r"[a-z_]{4,}", re.sub(r"\([^)]*\)", "", listed)))
    for purpose, phase in re.findall(r"(\w+) also in (\w+)", text):
        wanted[phase].add(purpose)
    assert {len(purposes) for purposes in wanted.values()} == {1, 6, 9, 3}
    for phase, purposes in wanted.items():
        assert {row.id for row in pack.purposes if phase in row.phases} == purposes
    together = re.search(r"count as one \(([a-z_, ]+)\)", rules.rule("3.5b"))
    assert together is not None
    assert {row.id for row in pack.purposes if row.counts_as == "plan"} == set(together[1].split(", "))
    others = [row for row in pack.purposes if row.counts_as not in {"plan", None}]
    assert {row.id for row in others} == {"routering", "doel_en_themas", "relevante_partijen"}
    assert {row.reading for row in others} == {"own"}, "one step of Bijlage 2, and no rule says so"


def test_capacities(pack: Pack, rules: Text) -> None:
    listed = re.search(r"Capacities a-l: ([a-z_, ]+);", rules.rule("6.4"))
    assert listed is not None
    assert listed[1].split(", ") == CAPACITIES
    assert [row.id for row in pack.capacities if row.receives] == CAPACITIES
    assert [row.id for row in pack.capacities if not row.receives] == ["geen_grondslag"]


def test_bases_and_regimes(pack: Pack, rules: Text) -> None:
    listed = quoted(rules.rule("6.1-6.3"))
    assert {row.id for row in pack.bases} == {word for word in listed if "_" in word}
    assert {row.id for row in pack.regimes} == {word for word in listed if "_" not in word}
    assert [row.id for row in pack.bases if row.decree] == ["wpg_20"], "6.4d"


def test_secrecies_and_exceptions(pack: Pack, rules: Text) -> None:
    assert [row.id for row in pack.secrecies] == quoted(rules.rule("7.2a-b"))
    assert [row.id for row in pack.codes if row.use == "exception"] == quoted(rules.rule("7.2e"))


def test_tasks(pack: Pack, model: Text) -> None:
    bases = set(pack.basis)
    wanted = {}
    for cells in model.rows("### 8.3"):
        names = quoted(cells[0])
        if names and names[0] in CAPACITIES:
            wanted[names[0]] = set(quoted(cells[2].split("provision")[0])) - bases
    assert list(wanted) == CAPACITIES
    assert {row.id: set(row.tasks) for row in pack.capacities if row.receives} == wanted


def test_categories_of_persons(pack: Pack, model: Text) -> None:
    assert [row.id for row in pack.subject_categories] == [quoted(cells[0])[0] for cells in model.rows("### 8.4")[1:]]


def test_categories(pack: Pack, model: Text) -> None:
    table = [cells for cells in model.rows("### 8.5", "**Not in Bijlage 4**")[1:] if quoted(cells[0])]
    assert len(table) == 17
    listed = {str(row.id): row for row in pack.categories if row.id != "bericht"}
    assert set(listed) == {quoted(cells[0])[0] for cells in table}
    persons = [row.id for row in pack.subject_categories]
    for cells in table:
        category = listed[quoted(cells[0])[0]]
        marks = [MARK[cell] for cell in cells[2:6]]
        assert category.subjects == tuple(who for who, mark in zip(persons, marks, strict=True) if mark), category.id
        words = re.sub(r"`\w+`|\(.*\)", "", cells[6]).replace("AVG 10", "avg10").replace(",", " ").split()
        assert category.data_class == words[-1], category.id


def documented_fields(model: Text) -> Iterator[tuple[list[str], list[str], str, str]]:
    """Categories, fields, type and level of each row of 8.6."""
    categories: list[str] = []
    for cells in model.rows("### 8.6")[1:]:
        if "wgs only" in cells[0]:
            return
        if "/ _art13" in cells[0]:
            categories = ["politiegegevens_art8", "politiegegevens_art13"]
        elif cells[0]:
            categories = [cells[0].strip("*` ")]
        nested = re.match(r"`(\w+)\[\]`:", cells[1])
        names = [nested[1]] if nested else re.findall(r"`([a-z0-9_]+)(?:\[\])?`", cells[1])
        yield categories, names, cells[2] or cells[1], cells[3]


def test_fields(pack: Pack, model: Text) -> None:
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for categories, names, kind, level in documented_fields(model):
        found |= {(category, name): (kind, level) for category in categories for name in names}
    assert len(found) == 88
    listed = {(str(c.id), str(f.name)): f for c in pack.categories for f in c.fields if c.id != "bericht"}
    assert set(listed) - set(found) == OWN_FIELDS
    assert set(found) <= set(listed)
    for key, (kind, level) in found.items():
        field = listed[key]
        if key[0] != "verzoeken_rechten":
            assert field.level == level[0], key
            assert field.disambiguation == ("only to disambiguate" in level), key
        same_type(field, kind)
    assert all(listed[key].reading == "own" for key in OWN_FIELDS)


def same_type(field: FieldRow, kind: str) -> None:
    """The type cell of 8.6, as far as it speaks about this field alone."""
    values = re.match(r"enum ([a-z0-9_, *]+?)(?: opt)?$", kind)
    if values:
        assert set(field.values) == set(values[1].replace("*", "").split(", ")), field.name
        assert field.type in {"enum", "enum_list"}
    length = re.fullmatch(r"str\((\d+)\)(?: opt| E\.164-ish)?", kind)
    if length:
        assert (field.type, field.max) == ("text", int(length[1])), field.name
    if kind in {"date~", "date~ (month)", "date opt"}:
        assert field.type == ("day" if kind == "date opt" else "partial_day"), field.name


def test_bericht_follows_the_answer_table_and_the_criteria(pack: Pack, model: Text) -> None:
    fields = pack.category["bericht"].by_name
    table = {quoted(c[0].replace("[]", ""))[0]: c[1] for c in model.rows("Triage answer, complete field list")[1:]}
    for name in ("betrokkenheid", "veiligheidssignaal", "advies_deelname"):
        assert list(fields[name].values) == table[name].removeprefix("enum ").split(", ")
    conditions = table["voorwaarden"].removeprefix("enum ").replace("(date)", "").split(", ")
    assert list(fields["voorwaarden"].values) == conditions
    assert fields["voorbehoud"].max == 280
    outcome = table["uitkomst"]
    assert [row.id for row in pack.outcomes] == quoted(outcome)
    refusals = model.text.split("`weigering_code` enum ")[1].split(". ")[0].split(", ")
    assert [row.id for row in pack.codes if row.use == "refusal"] == refusals
    assert list(fields["criteria"].values) == re.findall(r"`(lk_\w+)`", model.text)
    notified = {name for name in fields if fields[name].max == 500 and fields[name].kinds == ("aanmelding",)}
    assert notified == {"aanleiding", "gewenst_resultaat", "onderbouwing"}
    assert fields["resultaat"].max == 500
    assert {part.name for part in fields["acties"].parts} == {"omschrijving", "belegd_bij", "conditie", "termijn"}
    college = re.search(r"college_bw: ([a-z, ]+)\)", table["aard_betrokkenheid"])
    assert college is not None
    by_capacity = {str(k): v for k, v in fields["aard_betrokkenheid"].values_by_capacity.items()}
    assert list(by_capacity["college_bw"]) == college[1].split(", ")
    assert list(by_capacity) == CAPACITIES


def test_outcomes_are_those_on_the_wire(pack: Pack, wire: Text) -> None:
    text = re.search(r"Outcomes ((?:`\w+`(?:, )?)+)", wire.text)
    assert text is not None
    assert [row.id for row in pack.outcomes] == quoted(text[1])
    assert [row.id for row in pack.outcomes if not row.plain_under_secrecy] == ["bekend"]


def test_life_domains_imply_what_is_documented(pack: Pack, model: Text) -> None:
    domains = {str(row.id): row for row in pack.life_domains}
    said = re.search(r"Leefgebied codes imply categories: (.*?)\. So ticking", model.text)
    assert said is not None
    for names, category in re.findall(r"((?:`\w+`(?:, )?)+) ⇒ `(\w+)`", said[1]):
        for name in quoted(names):
            assert domains[name].implies == (category,)
    justice = {str(k): v for k, v in domains["justitie"].implies_by_capacity.items()}
    assert list(justice) == ["politie", "om", "dji"]
    assert justice["om"] == ("strafvorderlijke_gegevens", "tenuitvoerleggingsgegevens")
    assert len(domains) == 13


def expanded(cell: str) -> list[str]:
    """The categories that a first cell of 8.7 or 8.8 means."""
    name = cell.strip("` ").split(" ")[0]
    if name == "politiegegevens_art8/13":
        return ["politiegegevens_art8", "politiegegevens_art13"]
    return ["medewerker_hulpverlening_gegevens", "medewerker_derde_gegevens"] if name == "medewerker_*" else [name]


COLUMNS = (
    ("aanmelding", "aanmelding"),
    ("triage", "triagevraag"),
    ("triage", "triageantwoord"),
    ("casusoverleg", "inbreng"),
    ("afschaling", "inbreng"),
)


def test_ceilings_of_the_person_and_of_staff(pack: Pack, model: Text) -> None:
    table = model.rows("### 8.7", "Category 2 person")[1:]
    assert len(table) == 15
    cells = 0
    for row in table:
        if row[0].startswith("leefgebieden"):
            fields = pack.category["bericht"].by_name
            assert fields["leefgebieden"].level == row[1][0] == row[2][0] == row[3][0]
            assert fields["toestandsbeeld"].level == row[4][0]
            assert fields["leefgebied_scores"].level == row[5][0]
            assert {kind for _, kind in COLUMNS} < set(fields["leefgebieden"].kinds)
            continue
        for category in expanded(row[0]):
            subject = pack.category[category].subjects[0]
            for cell, (phase, kind) in zip(row[1:6], COLUMNS, strict=True):
                cells += 1
                found = pack.ceiling.get((phase, kind, category, subject))
                if (kind, category) in NARROWER:
                    assert (found, cell[0]) == (None, "I")
                    continue
                assert (found.level if found else "–") == cell[0], (kind, category)
                only = re.search(r"only if (\w+)(?:/(\w+))? (?:is de )?aanmelder", cell.replace("is the", "is de"))
                if only and found:
                    assert list(found.providers) == [word.lower() for word in only.groups() if word]
    assert cells == 5 * 16


def test_ceilings_of_a_direct_relation(pack: Pack, model: Text) -> None:
    table = {
        category: row for row in model.rows("Category 2 person", "Free-text caps")[1:] for category in expanded(row[0])
    }
    assert len(table) == 9
    for category in pack.categories:
        if "directe_relatie" not in category.subjects or category.id == "bericht":
            continue
        row = table.get(category.id, ["", "–", "–", "–", "–", "–"])
        for cell, (phase, kind) in zip(row[1:6], COLUMNS, strict=True):
            found = pack.ceiling.get((phase, kind, category.id, "directe_relatie"))
            assert (found.level if found else "–") == cell[0], (kind, category.id)


def test_providers(pack: Pack, model: Text) -> None:
    words = {"●": "usual", "○": "limited", "✗": None}
    table = model.rows("### 8.8", "¹ P 7.1")
    assert len(table[0]) == 13
    seen = 0
    for row in table[1:]:
        for category in expanded(row[0]):
            for cell, capacity in zip(row[1:], CAPACITIES, strict=True):
                seen += 1
                assert pack.provider.get((category, capacity)) == words[cell[0]], (category, capacity)
    assert seen == 12 * 15 + 12
    assert {category for category, _ in pack.provider} - {"bericht"} == {
        category for row in table[1:] for category in expanded(row[0])
    }
    assert {who for category, who in pack.provider if category == "bericht"} == {*CAPACITIES, "geen_grondslag"}


def test_a_party_without_a_ground_provides_nothing_sensitive(pack: Pack) -> None:
    gives = {category for category, who in pack.provider if who == "geen_grondslag"}
    assert {pack.category[category].data_class for category in gives} == {"gewoon", "bericht"}
    assert {pack.provider[category, "geen_grondslag"] for category in gives} == {"limited"}


def test_kinds(pack: Pack, wire: Text) -> None:
    assert set(pack.kind) == set(ACTS)
    known = {word for row in wire.rows("A row per kind in the pack", "**Whom to seal to.**") for word in quoted(row[0])}
    own = {
        "deelname_einde",
        "beperking_einde",
        "doorverstrekking_akkoord",
    }  # a kind has one direction; 7.1, last sentence
    assert set(pack.kind) <= known | own
    narrowing = {row.id for row in pack.kinds if row.direction == "narrows"}
    stopping = {
        "toestemming_ingetrokken",
        "correctie",
        "beperking",
        "deelname_einde",
        "vernietig_opdracht",
        "vernietigd",
    }
    assert narrowing == {"ontvangst", "minimalisatie_schending"} | stopping
    assert {row.id for row in pack.kinds if row.registered} == {row.id for row in pack.kinds if row.items != "none"}
    assert pack.kind["triagevraag"].recipients_max == 1


def test_no_field_of_the_pack_is_on_the_list_of_what_must_not_be(pack: Pack, model: Text) -> None:
    named = re.search(r"list (`bsn`[^)]*)\)", model.text)
    assert named is not None
    assert set(quoted(named[1])) | {"burgerservicenummer", "geslacht", "nationaliteit"} <= set(pack.forbidden_fields)


def test_numbers(pack: Pack, wire: Text) -> None:
    assert "by default 20 questions a day from a house and 3 per case and person" in wire.text
    assert (pack.limits.questions_a_day, pack.limits.questions_a_case_and_person) == (20, 3)
    assert "at most the pack's number of refusal entries (200)" in wire.text
    assert pack.limits.refusals_a_day == 200
    assert "a random 0-60 s" in wire.text
    assert pack.limits.answer_spread_seconds == 60
    assert pack.kind["triagevraag"].seconds_max <= 14 * 86400
