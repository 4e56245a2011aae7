"""Files to a pack: merging, groups, digest, and what is said about files that are wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from schemas import canonical, pack_yaml, packs
from schemas.pack import Pack, PackError
from schemas.pack_rows import CeilingRow, Row
from schemas.pack_yaml import parse

Files = dict[str, str]
Change = Callable[[Files], None]


@pytest.fixture
def files() -> Files:
    return dict(packs.read("zvh-protocol-2019"))


def faults(files: Files) -> list[str]:
    with pytest.raises(PackError) as caught:
        parse(files)
    return [f"{one.file}:{one.line}: {one.text}" for one in caught.value.all]


def replaced(files: Files, name: str, old: str, new: str) -> int:
    """Replace the one ``old`` in a file; the line on which it began."""
    assert files[name].count(old) == 1, f"{old!r} must stand once in {name}"
    line = files[name][: files[name].index(old)].count("\n") + 1
    files[name] = files[name].replace(old, new)
    return line


def test_the_pack_that_comes_with_the_program() -> None:
    pack = packs.load("zvh-protocol-2019")
    assert packs.names() == ("zvh-protocol-2019",)
    assert (pack.id, pack.version) == ("zvh-protocol-2019", "8.3")
    assert packs.load("zvh-protocol-2019") is pack, "parsed once"
    assert [row.id for row in pack.categories][:2] == ["personalia", "adresgegevens"], "the order of Bijlage 4"


def test_every_row_has_a_source_and_both_languages() -> None:
    pack = packs.load("zvh-protocol-2019")
    sections = [getattr(pack, section) for section in Pack.model_fields]
    rows = [row for section in sections if isinstance(section, tuple) for row in section if isinstance(row, Row)]
    rows += [field for category in pack.categories for field in category.fields]
    assert len(rows) > 250
    assert [row for row in rows if not row.article and not (row.reading and row.reason)] == []
    labels = [row.label for row in rows if hasattr(row, "label")]
    assert {label.nl for label in labels if label.nl == label.en} == set(), "nothing was left untranslated"


def test_every_file_is_listed_in_the_folder() -> None:
    names = set(packs.read("zvh-protocol-2019"))
    folder = Path(packs.__file__).parent / "zvh-protocol-2019"
    assert names == {str(path.relative_to(folder)) for path in folder.rglob("*.yaml")}


def test_an_unknown_pack_is_named_with_the_known_ones() -> None:
    with pytest.raises(PackError, match="known: zvh-protocol-2019"):
        packs.load("zvh-protocol-2091")
    with pytest.raises(PackError):
        packs.read("../packs/zvh-protocol-2019")


def test_a_folder_is_read_as_a_pack(tmp_path: Path, files: Files) -> None:
    (tmp_path / "categories").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not read", encoding="utf-8")
    assert dict(packs.read_folder(tmp_path)) == files
    (tmp_path / "codes.yaml").write_bytes(b"codes: \xff")
    with pytest.raises(PackError, match=r"codes\.yaml:1: not UTF-8"):
        packs.read_folder(tmp_path)


def test_a_folder_without_categories_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("id: x\n", encoding="utf-8")
    assert dict(packs.read_folder(tmp_path)) == {"pack.yaml": "id: x\n"}


def test_layout_and_division_into_files_do_not_change_the_digest(files: Files) -> None:
    before = parse(files)
    files["pack.yaml"] = "# another comment\n\n" + files["pack.yaml"] + "\n" + files.pop("codes.yaml")
    replaced(
        files,
        "phases.yaml",
        "next: [triage, afgewezen, elders]",
        "next:\n      - triage\n      - afgewezen\n      - elders",
    )
    after = parse(files)
    assert after.digest == before.digest
    assert after == before


def test_a_group_is_the_same_as_its_rows_written_out(files: Files) -> None:
    before = parse(files)
    replaced(
        files,
        "codes.yaml",
        "  - default: {use: exception, article: 7.2e}\n    rows:\n      - id: conflict_van_plichten\n",
        "  - id: conflict_van_plichten\n    use: exception\n    article: 7.2e\n",
    )
    replaced(
        files,
        "codes.yaml",
        '        label:\n          nl: "Conflict',
        '    label:\n          nl: "Conflict',
    )
    replaced(
        files,
        "codes.yaml",
        "      - id: goed_hulpverlenerschap\n        label:",
        "  - id: goed_hulpverlenerschap\n    use: exception\n    article: 7.2e\n    label:",
    )
    assert parse(files).digest == before.digest


def test_one_word_changes_the_digest(files: Files) -> None:
    before = parse(files)
    replaced(files, "codes.yaml", "Een andere tafel past beter", "Een andere tafel past veel beter")
    assert parse(files).digest != before.digest


def test_the_digest_is_over_the_canonical_form_of_the_strings() -> None:
    pack = packs.load("zvh-protocol-2019")
    data = pack_yaml.merge(packs.read("zvh-protocol-2019")).data
    assert data["version"] == "8.3"
    assert pack.digest == canonical.digest(canonical.encode(data))


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("phases.yaml", "phases:\n  - id: aanmelding", "phase:\n  - id: aanmelding", "did you mean `phases`?"),
        ("phases.yaml", "purposes:\n", "digest:\n", "`digest`: unknown section"),
        ("providers.yaml", "providers:\n", "codes:\n", "`codes` stands already in codes.yaml, line 2"),
        ("kinds.yaml", "outcomes:\n  - default:", "outcomes:\n  - defalt:", "a group has `default` and `rows`"),
        ("kinds.yaml", "items: ceiling\n", "items: ceiling\n        second_max: 1\n", "did you mean `seconds_max`?"),
        ("kinds.yaml", "items: ceiling", "items: ceilings", "should be 'none', 'exact' or 'ceiling'"),
        ("pack.yaml", "questions_a_day: 20", "questions_a_day: twenty", "write a whole number in digits"),
        ("pack.yaml", "  - personalia\n", "  - personalias\n", "no file for category `personalias`; did you mean"),
        ("categories/personalia.yaml", "id: personalia", "id: personalien", "must be that of the file, `personalia`"),
        ("categories/personalia.yaml", "level: B", "level: X", "should be 'B', 'I', 'S' or 'D'"),
        ("categories/adresgegevens.yaml", "type: postcode", "type: postcodes", "`categories[1].fields[4].type`"),
        ("categories/gezondheid.yaml", "data_class: bijzonder", "data_class: [a]", "`categories[12].data_class`"),
        ("parties.yaml", "receives: false", "receives: no", "write true or false"),
        ("parties.yaml", "    decree: true\n    article: 6.4d\n", "    decree: true\n", "an article, or reading: own"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named_with_its_line(files: Files, name: str, old: str, new: str, says: str) -> None:
    line = replaced(files, name, old, new)
    found = [fault for fault in faults(files) if says in fault]
    assert found, faults(files)
    place, number, _ = found[0].split(":", 2)
    assert place == name
    changed = range(line - 3, line + max(old.count("\n"), new.count("\n")) + 3)
    assert int(number) in changed, found


def _without_folder(files: Files) -> None:
    del files["categories/bericht.yaml"]


def _extra_category(files: Files) -> None:
    files["categories/extra.yaml"] = files["categories/bericht.yaml"]


def _odd_name(files: Files) -> None:
    files["../etc/passwd.yaml"] = "a: b"


def _many(files: Files) -> None:
    files.update({f"x{n}.yaml": "a: b" for n in range(200)})


def _list_file(files: Files) -> None:
    files["codes.yaml"] = "- a\n"


def _no_categories(files: Files) -> None:
    replaced(
        files, "pack.yaml", "categories:\n  - personalia\n", "categories: personalia\nforbidden:\n  - personalia\n"
    )


def _category_is_list(files: Files) -> None:
    files["categories/personalia.yaml"] = "- id: personalia\n"


def _rows_empty(files: Files) -> None:
    files["codes.yaml"] = "codes:\n  - default: {use: reason}\n    rows: []\n"


def _rows_text(files: Files) -> None:
    files["codes.yaml"] = "codes:\n  - default: {use: reason}\n    rows: [a]\n"


def _default_text(files: Files) -> None:
    files["codes.yaml"] = "codes:\n  - default: a\n    rows: [{id: b}]\n"


def _third_member(files: Files) -> None:
    files["codes.yaml"] = "codes:\n  - default: {use: reason}\n    rows: [{id: b}]\n    more: x\n"


def _nothing(files: Files) -> None:
    files.clear()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_without_folder, "pack.yaml:47: no file for category `bericht`"),
        (_extra_category, "categories/extra.yaml:"),
        (_odd_name, "../etc/passwd.yaml:1: no name for a file of a pack"),
        (_many, "pack.yaml:1: more than 200 files"),
        (_list_file, "codes.yaml:1: sections are expected here"),
        (_no_categories, "pack.yaml:30: `forbidden`: unknown section"),
        (_category_is_list, "categories/personalia.yaml:1: `id` must be that of the file"),
        (_rows_empty, "codes.yaml:3: `rows` is a list of at least one row"),
        (_rows_text, "codes.yaml:3: each of `rows` holds members"),
        (_default_text, "codes.yaml:2: `default` holds members"),
        (_third_member, "codes.yaml:4: `more`: a group has"),
        (_nothing, "pack.yaml:1: `id`: is missing; add it"),
    ],
)
def test_files_that_make_no_pack(files: Files, change: Change, says: str) -> None:
    change(files)
    assert any(fault.startswith(says) for fault in faults(files)), faults(files)


def test_categories_that_are_no_list(files: Files) -> None:
    with pytest.raises(PackError, match="`categories` is a list of ids"):
        parse({"pack.yaml": "id: x-y-z\ncategories: personalia\n"})
    with pytest.raises(PackError, match="`categories` is a list of ids"):
        parse({"pack.yaml": "id: x-y-z\ncategories:\n  - {a: b}\n"})


def test_all_faults_come_at_once(files: Files) -> None:
    replaced(files, "pack.yaml", "questions_a_day: 20", "questions_a_day: twenty")
    replaced(files, "kinds.yaml", "items: ceiling", "items: ceilings")
    with pytest.raises(PackError) as caught:
        parse(files)
    assert len(caught.value.all) == 2
    assert str(caught.value).count("\n") == 1, "each on a line of its own"


def test_a_row_says_where_it_comes_from() -> None:
    Row(article="3.5a")
    Row(article="3.5a", reading="own", reason="because it is so")
    for members in ({}, {"reading": "own"}, {"article": "3.5a", "reason": "because it is so"}):
        with pytest.raises(ValidationError):
            Row.model_validate(members)


def test_look_ups() -> None:
    pack = packs.load("zvh-protocol-2019")
    assert pack.kind["triagevraag"].items == "exact"
    assert pack.phase["triage"].next == ("casusoverleg", "elders", "afgewezen")
    assert pack.purpose["monitoring"].counts_as == "plan"
    assert pack.capacity["politie"].default_basis == "wpg_20"
    assert pack.basis["wpg_20"].decree
    assert pack.secrecy["wgbo_7_457"].consent
    assert pack.category["gezondheid"].by_name["zorg_betrokken"].level == "I"
    assert pack.code["necessity", "criteria_toetsen"].phases == ("aanmelding",)
    assert pack.provider["toezicht_handhaving", "politie"] == "limited"
    assert ("toezicht_handhaving", "om") not in pack.provider


def test_the_fields_that_go_under_a_ceiling() -> None:
    pack = packs.load("zvh-protocol-2019")

    def fields(phase: str, kind: str, category: str) -> list[str]:
        return [field.name for field in pack.fields_of(pack.ceiling[phase, kind, category, "betrokkene"])]

    assert fields("triage", "triagevraag", "adresgegevens") == ["huisnummer", "postcode"]
    assert fields("triage", "triagevraag", "bericht") == ["leefgebieden"]
    assert fields("aanmelding", "aanmelding", "relaties") == ["aantal", "minderjarigen_aanwezig"]
    assert fields("triage", "triageantwoord", "financiele_gegevens") == ["problematische_schulden"]
    assert "aanleiding" in fields("aanmelding", "aanmelding", "bericht")
    assert "aanleiding" not in fields("triage", "triageantwoord", "bericht")
    unknown = CeilingRow.model_validate(
        {"phase": "triage", "kind": "x", "category": "onbekend", "subjects": ["y"], "level": "D", "article": "1.19"}
    )
    assert pack.fields_of(unknown) == ()
