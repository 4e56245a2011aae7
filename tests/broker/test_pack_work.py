"""``ketenbroker pack diff`` and ``pack new``: a house begins its own pack, and sees what it changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from broker.pack_cli import app
from tests.conftest import ROOT

SHIPPED = "zvh-protocol-2019"


def run(*words: str, given: bytes | None = None) -> Result:
    """One command; ``given`` is standard input."""
    return CliRunner().invoke(app, list(words), input=given)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A pack of one's own that asks less in triage and takes older notices."""
    folder = tmp_path / "zvh-groningen"
    assert run("new", "zvh-groningen", str(folder)).exit_code == 0
    change(folder / "pack.yaml", "questions_a_day: 20", "questions_a_day: 10")
    change(folder / "pack.yaml", "informed_before_opening_days: 365", "informed_before_opening_days: 400")
    change(folder / "categories/financiele_gegevens.yaml", "values: [ja, nee, onbekend]", "values: [ja, nee]")
    return folder


def change(path: Path, old: str, new: str) -> None:
    """One text of a file for another."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def cases(folder: Path, value: object) -> str:
    """A file with JSON; its path."""
    path = folder / "casussen.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return str(path)


def test_diff_in_words(own: Path) -> None:
    result = run("diff", SHIPPED, str(own))
    assert (result.exit_code, result.stderr) == (0, "")
    assert "ruimer 1, strenger 2, anders 0" in result.stdout
    assert (
        "RUIMER    getallen van het pakket: hoe lang geleden geïnformeerd mag zijn, in dagen: 365 → 400"
        in result.stdout
    )
    assert "STRENGER  getallen van het pakket: vragen per dag zonder mens: 20 → 10" in result.stdout
    assert "waarden: eraf onbekend" in result.stdout
    assert "OPEN CASUSSEN" not in result.stdout


def test_diff_of_the_same(tmp_path: Path) -> None:
    result = run("diff", SHIPPED, SHIPPED)
    assert result.exit_code == 0
    assert "Er is geen verschil." in result.stdout
    assert json.loads(run("diff", SHIPPED, SHIPPED, "--json").stdout)["changes"] == []


def test_diff_and_the_open_cases(own: Path, tmp_path: Path) -> None:
    # As `ketenconnector cases --json` prints them: more members than are needed here.
    rows = [
        {"case": "xCDWpr0l", "phase": "casusoverleg", "opened": "2026-01-01T00:00:00Z", "mandate": "x"},
        {"case": "yyyyyyyy", "phase": "vernietigd"},
    ]
    text = run("diff", SHIPPED, str(own), "--cases", cases(tmp_path, rows)).stdout
    assert "OPEN CASUSSEN: 2 van 2 geraakt\n  xCDWpr0l (casusoverleg): ruimer 1, strenger 2" in text
    shown = json.loads(run("diff", SHIPPED, str(own), "--cases", "-", "--json", given=json.dumps(rows).encode()).stdout)
    assert shown["from"]["id"] == SHIPPED
    assert shown["to"]["id"] == "zvh-groningen"
    assert shown["counts"] == {"ruimer": 1, "strenger": 2, "anders": 0, "words_only": 4}
    first, second = shown["cases"]
    assert (first["case"], second["case"]) == ("xCDWpr0l", "yyyyyyyy")
    assert {shown["changes"][number]["section"] for number in first["changes"]} == {"limits", "categories"}
    assert {shown["changes"][number]["section"] for number in second["changes"]} == {"limits"}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"case": "a", "phase": "triage"}, "een lijst van casussen hoort hier"),
        ([{"case": "a"}], "bij /phase: Field required"),
        ([{"case": "a", "phase": 5}], "bij /phase"),
        (["a"], "elke casus heeft `case` en `phase`"),
        ([{"case": "a", "phase": "triages"}], "kent deze fase niet: triages; kies uit aanmelding, triage"),
    ],
)
def test_cases_that_cannot_be_read(tmp_path: Path, value: object, says: str) -> None:
    result = run("diff", SHIPPED, SHIPPED, "--cases", cases(tmp_path, value))
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr


def test_what_diff_cannot_read(tmp_path: Path) -> None:
    assert "known: zvh-protocol-2019" in run("diff", SHIPPED, "nope").stderr
    broken = run("diff", SHIPPED, SHIPPED, "--cases", "-", given=b"[1,")
    assert (broken.exit_code, "not JSON" in broken.stderr) == (2, True)
    assert "kan niet worden gelezen" in run("diff", SHIPPED, SHIPPED, "--cases", str(tmp_path / "none")).stderr


def test_new_says_what_to_do_next_and_that_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("new", "zvh-groningen", "diep/eigen", "--version", "1.0-concept", "--title", "Protocol Groningen")
    assert (result.exit_code, result.stderr) == (0, "")
    commands = [line.split()[1:] for line in result.stdout.splitlines() if line.startswith("  ketenbroker ")]
    assert [words[1] for words in commands] == ["check", "diff", "show"]
    for words in commands:
        assert run(*words[1:]).exit_code == 0
    assert Path("zvh-groningen.html").exists()
    shown = run("check", "diep/eigen").stdout
    assert shown.startswith("zvh-groningen 1.0-concept: in orde")
    assert '  nl: "Protocol Groningen"' in Path("diep/eigen/pack.yaml").read_text(encoding="utf-8")


def test_new_from_a_pack_of_ones_own(own: Path, tmp_path: Path) -> None:
    again = tmp_path / "zvh-friesland"
    assert run("new", "zvh-friesland", str(again), "--from", str(own), "--title-en", "Frisian").exit_code == 0
    assert "Er is geen verschil" not in run("diff", str(own), str(again)).stdout
    assert "ruimer 0, strenger 0, anders 0" in run("diff", str(own), str(again)).stdout


def test_new_never_writes_over_what_is_there(own: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in own.rglob("*.yaml")}
    result = run("new", "zvh-groningen", str(own))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "hier staat al iets" in result.stderr
    assert {path: path.read_bytes() for path in own.rglob("*.yaml")} == before
    file = tmp_path / "bestand"
    file.write_text("x", encoding="utf-8")
    assert "kan niet worden geschreven" in run("new", "zvh-groningen", str(file)).stderr
    empty = tmp_path / "leeg"
    empty.mkdir()
    assert run("new", "zvh-groningen", str(empty)).exit_code == 0


@pytest.mark.parametrize("name", ["Groningen", "zo", "zvh_groningen", "../weg", "-x-y"])
def test_a_name_that_cannot_be(tmp_path: Path, name: str) -> None:
    result = run("new", "--", name, str(tmp_path / "eigen"))
    assert result.exit_code == 2
    assert "gebruik 3 tot 61 kleine letters, cijfers en koppeltekens" in result.stderr
    assert not (tmp_path / "eigen").exists()


def test_a_name_that_is_taken(tmp_path: Path) -> None:
    result = run("new", SHIPPED, str(tmp_path / "eigen"))
    assert (result.exit_code, (tmp_path / "eigen").exists()) == (2, False)
    assert "is al een pakket van dit programma" in result.stderr
    assert "known: " in run("new", "zvh-groningen", str(tmp_path / "eigen"), "--from", "nope").stderr


def test_the_example_of_the_guide(tmp_path: Path) -> None:
    """What docs/pakket.md shows is what happens: a category less in triage, a party more that provides it."""
    guide = (ROOT / "docs/pakket.md").read_text(encoding="utf-8")
    folder = tmp_path / "drenthe-2027"
    made = run("new", "drenthe-2027", str(folder), "--version", "2027.1", "--title", "Privacyprotocol Drenthe 2027")
    assert "bevat drenthe-2027 2027.1. Het klopt, en zegt nog hetzelfde als zvh-protocol-2019." in made.stdout
    assert "bevat drenthe-2027 2027.1. Het klopt, en zegt nog hetzelfde als zvh-protocol-2019." in guide
    ceilings = folder / "ceilings.yaml"
    head, mark, tail = ceilings.read_text(encoding="utf-8").partition("      kind: triageantwoord\n")
    ceilings.write_text(head + mark + tail.replace("      - category: financiele_gegevens\n", "", 1), encoding="utf-8")
    (fault,) = run("check", str(folder)).stderr.splitlines()
    assert fault in guide
    with ceilings.open("a", encoding="utf-8") as stream:
        stream.write(
            "  - phase: triage\n    kinds: [triageantwoord]\n    categories: [financiele_gegevens]\n"
            "    subjects: [betrokkene]\n    article: 3.5a\n"
        )
    providers = folder / "providers.yaml"
    change(
        providers,
        "limited: [rvdk, veilig_thuis, gecertificeerde",
        "limited: [burgemeester, rvdk, veilig_thuis, gecertificeerde",
    )
    rows = [{"case": "xCDWpr0lQ2", "phase": "triage"}, {"case": "7fJ1kkPq9A", "phase": "afschaling"}]
    shown = run("diff", SHIPPED, str(folder), "--cases", cases(tmp_path, rows)).stdout.splitlines()
    promised = guide.partition("--cases casussen.json\n")[2].partition("```")[0].splitlines()
    for line in promised:
        start = line.partition("…")[0].rstrip()
        assert any(one.startswith(start) for one in shown), f"the guide promises {line!r}"
