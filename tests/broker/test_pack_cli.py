"""``ketenbroker pack``: exit codes, what goes to standard output, and what an unreadable file is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from broker.pack_cli import app
from schemas import packs
from schemas.ids import format_instant
from schemas.pack_questions import jurist_page
from schemas.records import Frozen
from tests.making import (
    COLLEGE,
    HOUSE,
    MELDER,
    NOW,
    PARTY,
    a_question,
    case_fact,
    changed,
    facts_for,
    manifest_of,
)


def run(*words: str, given: bytes | None = None) -> Result:
    """One command; ``given`` is standard input."""
    return CliRunner().invoke(app, list(words), input=given)


def wire(model: Frozen) -> dict[str, Any]:
    """A model as it goes over the wire."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def said(**members: Any) -> dict[str, Any]:
    """What ``decide`` reads, about a question that is allowed."""
    question = a_question(COLLEGE)
    return {
        "now": format_instant(NOW),
        "pack": "zvh-protocol-2019",
        "facts": wire(facts_for(question, case_fact(asked=[COLLEGE]))),
        "manifest": wire(question),
    } | members


def write(folder: Path, value: object) -> str:
    """A file with JSON; its path."""
    path = folder / "said.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return str(path)


def test_check_of_the_pack_that_comes_along() -> None:
    result = run("check")
    assert result.exit_code == 0
    assert packs.load("zvh-protocol-2019").digest in result.stdout
    assert "in orde" in result.stdout
    assert "eigen lezing" in result.stdout


def test_check_of_a_folder_names_every_fault(tmp_path: Path) -> None:
    (tmp_path / "categories").mkdir()
    for name, text in packs.read("zvh-protocol-2019").items():
        changed_text = text.replace("questions_a_day", "question_a_day").replace("items: ceiling", "items: ceilings")
        (tmp_path / name).write_text(changed_text, encoding="utf-8")
    result = run("check", str(tmp_path))
    assert (result.exit_code, result.stdout) == (2, "")
    lines = result.stderr.splitlines()
    assert len(lines) == 3, "the unknown key, the one that is now missing, and the wrong value"
    assert any("did you mean `questions_a_day`?" in line and line.startswith("pack.yaml:") for line in lines)


def test_check_of_a_folder_that_holds() -> None:
    folder = Path(packs.__file__).parent / "zvh-protocol-2019"
    assert run("check", str(folder)).stdout == run("check").stdout


@pytest.mark.parametrize("words", [("check", "nope"), ("show", "nope"), ("may-ask", "nope", "--of", "politie")])
def test_a_pack_that_is_not_there(words: tuple[str, ...]) -> None:
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "known: zvh-protocol-2019" in result.stderr


def test_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").mkdir()
    result = run("check", str(tmp_path))
    assert result.exit_code == 2
    assert "kan niet worden gelezen" in result.stderr


def test_show_one_phase_and_all() -> None:
    one = run("show", "--phase", "triage")
    assert "termijnen en getallen: zonder --phase" in one.stderr
    triage, everything = one.stdout, run("show").stdout
    assert "FASE triage" in triage
    assert "FASE aanmelding" not in triage
    assert all(f"FASE {phase}" in everything for phase in ("aanmelding", "triage", "casusoverleg", "afschaling"))
    assert "FASE vernietigd" not in everything


def test_show_as_json() -> None:
    shown = json.loads(run("show", "--phase", "triage", "--json").stdout)
    assert {kind["kind"] for kind in shown["phases"][0]["kinds"]} == {"triagevraag", "triageantwoord", "actie"}
    assert "general" not in shown
    assert len(json.loads(run("show", "--json").stdout)["general"]["parties"]) == 13


def test_show_as_a_page_to_print(tmp_path: Path) -> None:
    path = tmp_path / "pakket.html"
    result = run("show", "--html", str(path))
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"{path}: geschreven" in result.stderr
    text = path.read_text(encoding="utf-8")
    assert all(f'id="fase-{phase}"' in text for phase in ("aanmelding", "triage", "casusoverleg", "afschaling"))
    assert run("show", "--html", str(path), "--phase", "triage", "--json").stdout.startswith("{")
    text = path.read_text(encoding="utf-8")
    assert 'id="fase-aanmelding"' not in text
    assert 'id="elke-fase"' in text
    assert "Hoe lang" in text
    refused = run("show", "--html", str(tmp_path))
    assert refused.exit_code == 2
    assert "kan niet worden geschreven" in refused.stderr


def test_show_of_an_unknown_phase() -> None:
    result = run("show", "--phase", "triages")
    assert result.exit_code == 2
    assert "kies uit aanmelding, triage" in result.stderr


def test_decide_allows(tmp_path: Path) -> None:
    result = run("decide", write(tmp_path, said()), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"outcome": "allowed", "reasons": [], "effects": []}
    assert run("decide", write(tmp_path, said())).stdout.strip() == "TOEGESTAAN"


def test_decide_shows_effects(tmp_path: Path) -> None:
    request = manifest_of("sleutel_verzoek", HOUSE, PARTY["ggz"], act={}, on_behalf_of=MELDER)
    value = said(
        manifest=wire(request),
        facts=wire(facts_for(request, case_fact())),
    )
    result = run("decide", write(tmp_path, value))
    assert result.exit_code == 0, result.output
    assert f"gevolg: toegevoegd {PARTY['ggz']}" in result.stdout


def test_decide_reads_standard_input_and_takes_a_digest() -> None:
    value = said(pack=packs.load("zvh-protocol-2019").digest)
    assert run("decide", "-", given=json.dumps(value).encode()).exit_code == 0


def test_decide_refuses_with_every_reason(tmp_path: Path) -> None:
    question = changed(a_question(COLLEGE), purpose="monitoring")
    value = said(manifest=wire(question))
    result = run("decide", write(tmp_path, value), "--json")
    assert result.exit_code == 3
    shown = json.loads(result.stdout)
    assert shown["outcome"] == "refused"
    assert shown["reasons"]
    assert set(shown["reasons"][0]) == {"rule", "code", "pointer", "nl", "en"}
    text = run("decide", write(tmp_path, value)).stdout
    assert text.startswith("GEWEIGERD")
    assert all(reason["nl"] in text and reason["code"] in text for reason in shown["reasons"])


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (
            {"now": "2026-03-10T12:00:00Z"},
            "precies deze leden horen hier: facts, manifest, now, pack (er ontbreekt facts",
        ),
        (said(more=1), "(1 te veel)"),
        (said(now="gisteren"), "now: not an instant"),
        (said(now=5), "not an instant"),
        (said(pack="zvh-protocol-2091"), "geen pakket van dit programma"),
        (said(pack=["zvh-protocol-2019"]), "geen pakket van dit programma"),
        (said(facts={}), "Facts heeft niet de afgesproken vorm, bij /house"),
        (said(manifest={"geheim": "waarde"}), "Manifest heeft niet de afgesproken vorm"),
        ([], "a JSON object is expected"),
    ],
)
def test_what_decide_cannot_read(tmp_path: Path, value: object, says: str) -> None:
    result = run("decide", write(tmp_path, value))
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert "waarde" not in result.stderr


def test_decide_names_every_fault_of_facts_and_manifest(tmp_path: Path) -> None:
    lines = run("decide", write(tmp_path, said(facts={}, manifest={}))).stderr.splitlines()
    assert sum("Facts heeft niet" in line for line in lines) == 2
    assert any("Manifest heeft niet de afgesproken vorm, bij /house" in line for line in lines)
    many = said(facts={f"x{number}": 1 for number in range(30)})
    lines = run("decide", write(tmp_path, many)).stderr.splitlines()
    assert len(lines) == 21
    assert lines[-1] == "en nog 12"


def test_decide_by_a_pack_of_ones_own(tmp_path: Path) -> None:
    folder = tmp_path / "eigen"
    assert run("new", "zvh-groningen", str(folder)).exit_code == 0
    value = write(tmp_path, said(pack="eigen"))
    result = run("decide", value, "--pack", str(folder))
    assert result.exit_code == 3, "the manifest and the facts name another pack"
    assert "pakket" in result.stdout
    assert run("decide", value, "--pack", "zvh-protocol-2019").exit_code == 0
    assert run("decide", value).exit_code == 2
    assert "of geef --pack MAP" in run("decide", value).stderr


def test_decide_is_strict_about_json(tmp_path: Path) -> None:
    path = tmp_path / "said.json"
    path.write_text('{"now": 1, "now": 2}', encoding="utf-8")
    assert "a member stands twice" in run("decide", str(path)).stderr
    assert "kan niet worden gelezen" in run("decide", str(tmp_path / "none.json")).stderr


def test_questions() -> None:
    result = run("questions")
    assert (result.exit_code, result.stdout) == (0, jurist_page(packs.load("zvh-protocol-2019")))
    assert result.stdout.startswith("# Vragen voor de jurist\n")
    assert run("questions", "nope").exit_code == 2


def test_may_ask() -> None:
    text = run("may-ask", "--of", "ggz", "--purpose", "routering").stdout
    assert text.startswith("Geestelijke gezondheidszorg, fase triage\nDit mag worden gevraagd:\n")
    assert "triageantwoord, voor routering" in text
    assert "gezondheid over betrokkene: niveau I, avg_6_1_e, alleen met toestemming of uitzondering" in text
    assert "woonsituatie over betrokkene: niveau I, avg_6_1_e, alleen vanuit de eigen rol, alleen met" in text
    assert "Zelf mag deze partij hier niets verstrekken." in text
    rows = json.loads(run("may-ask", "--of", "politie", "--json").stdout)["rows"]
    assert {row["basis"] for row in rows} == {"wpg_20"}
    assert {(row["kind"], row["asked"]) for row in rows} == {("triageantwoord", True), ("actie", False)}
    assert "gezondheid" not in {row["category"] for row in rows}


@pytest.mark.parametrize(
    ("phase", "kind"), [("aanmelding", "aanmelding"), ("casusoverleg", "inbreng"), ("afschaling", "inbreng")]
)
def test_what_is_not_asked_but_given(phase: str, kind: str) -> None:
    text = run("may-ask", "--of", "college_bw", "--phase", phase).stdout
    assert "Er mag niets worden gevraagd.\nDit mag deze partij zelf verstrekken:\n" in text
    assert f"  {kind}, voor " in text


def test_nothing_may_be_asked() -> None:
    assert "Er mag niets worden gevraagd." in run("may-ask", "--of", "geen_grondslag").stdout
    ended = json.loads(run("may-ask", "--of", "politie", "--phase", "vernietigd", "--json").stdout)
    assert (ended["rows"], ended["purposes"]) == ([], [])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--of", "wijkteam"), "--of: `wijkteam` staat niet in dit pakket; kies uit burgemeester, college_bw"),
        (("--of", "ggz", "--phase", "triages"), "--phase: `triages` staat niet in dit pakket; kies uit aanmelding"),
        (("--of", "ggz", "--purpose", "kijken"), "--purpose: `kijken` staat niet in dit pakket; kies uit toetsen"),
        (("--of", "ggz", "--purpose", "monitoring"), "--purpose, in de fase triage: `monitoring` staat niet"),
        (("--of", "ggz", "--phase", "vernietigd", "--purpose", "monitoring"), "hier wordt niets uitgewisseld"),
    ],
)
def test_may_ask_names_what_is_known(words: tuple[str, ...], says: str) -> None:
    result = run("may-ask", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
