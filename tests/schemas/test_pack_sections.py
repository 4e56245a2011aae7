"""What the check finds in phases, purposes, codes, terms, rules and questions: break one thing, and see it named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas import packs
from schemas.pack import Pack
from schemas.pack_sections import with_items
from schemas.policy import RULES
from schemas.rules.reason import CAUSES
from tests.schemas.test_pack_check import Breakage, assert_found, broken

SECTIONS: list[Breakage] = [
    (
        "phases.yaml",
        '    minimisation: "9.3"\n',
        "",
        "`casusoverleg`: `minimisation` belongs to a phase that is no end",
    ),
    (
        "phases.yaml",
        "article: 11.2a\n",
        'article: 11.2a\n    minimisation: "9.4"\n',
        "`afgeschaald`: `minimisation` belongs",
    ),
    ("phases.yaml", 'minimisation: "9.3"', 'minimisation: "9.7"', "`9.7` is no rule; did you mean"),
    (
        "phases.yaml",
        "phases: [casusoverleg]\n    counts_as: plan",
        "phases: [triage, casusoverleg]\n    counts_as: plan",
        "`toestandsbeeld` and `plan_van_aanpak` count as one and are not of the same phases",
    ),
    ("phases.yaml", "follows: [toetsen_criteria]", "follows: [toetsing]", "`toetsing` is not under `purposes`"),
    ("phases.yaml", "follows: [toetsen_criteria]", "follows: [eerste_beeld]", "`eerste_beeld` counts as one with"),
    ("phases.yaml", "follows: [toetsen_criteria]", "follows: [monitoring]", "`monitoring` comes after `eerste_beeld`"),
    (
        "phases.yaml",
        "follows: [toetsen_criteria]",
        "follows: [toetsen_criteria, toetsen_criteria]",
        "`toetsen_criteria` stands twice",
    ),
    ("codes.yaml", "      use: departure\n", "      use: term\n", "no code for `departure`"),
    (
        "codes.yaml",
        "      - id: criteria_toetsen\n",
        "      - id: criteria_toetsen\n        keeps_phase: true\n",
        "`criteria_toetsen`: `keeps_phase` belongs to a decision",
    ),
    (
        "codes.yaml",
        "      - id: criteria_toetsen\n",
        "      - id: criteria_toetsen\n        decisions: [in_triage]\n",
        "`criteria_toetsen`: `decisions` belong to a reason",
    ),
    (
        "codes.yaml",
        "decisions: [opschaling]",
        "decisions: [in_afschaling]",
        "no reason goes with decision `opschaling` in phase `casusoverleg`",
    ),
    (
        "codes.yaml",
        "phases: [triage, casusoverleg, afschaling]\n        decisions",
        "phases: [triage, casusoverleg]\n        decisions",
        "no reason goes with decision `herbeoordeling` in phase `afschaling`",
    ),
    ("pack.yaml", "handover_days: 30", "handover_days: 31", "`overdracht` must be 31 days, as `limits.handover_days`"),
    ("terms.yaml", "amount: 1095", "amount: 1000", "`screening` must be 1095 days"),
    ("terms.yaml", "- id: consultatie\n", "- id: advies\n", "`consultatie` is missing; it says in words"),
    ("terms.yaml", "- id: uitstel_ten_hoogste\n", "- id: uitstel\n", "`uitstel_ten_hoogste` is missing; without it"),
    ("pack.yaml", "message_retention_days: 365", "message_retention_days: 367", "longer than the term `vernietiging`"),
    ("terms.yaml", "- id: vernietiging\n", "- id: wissen\n", "`vernietiging` is missing; without it nothing"),
    ("terms.yaml", "from: besluit_afschaling", "from: besluit_afbouw", "should be 'besluit_afschaling'"),
    ("rules.yaml", 'cites: ["3.5"]', 'cites: ["3.4"]', "`3.4` is cited for `3.4` already"),
    ("rules.yaml", 'cites: ["3.5"]', 'cites: ["3.5", "3.5"]', "`3.5` is cited for `3.5a` already"),
    ("rules.yaml", 'cites: ["3.5"]', 'cites: ["3.5a"]', "`3.5a` is cited for `3.5a` already"),
    ("rules.yaml", 'through: ["7.2d"]', 'through: ["7.2f"]', "`7.2f` is not under `rules`; did you mean `7.2"),
    ("rules.yaml", 'through: ["7.2d"]', 'through: ["13.7"]', "`13.7` is decided through others itself"),
    ("rules.yaml", 'through: ["7.2d"]', 'through: ["6.5"]', "`6.5` is decided through others itself"),
    ("rules.yaml", "where: [K, C, T]", "where: [K, C, C]", "a letter stands twice"),
    ("rules.yaml", 'id: "3.4"', 'id: "3.4 "', "`rules[6].id`"),
    ("questions.yaml", '    chosen: "Dit pakket volgt', '    chose: "Dit pakket volgt', "did you mean `chosen`?"),
    ("questions.yaml", "- id: vijf_jaar_register", "- id: naast_de_wgs", "`naast_de_wgs` stands twice"),
]


@pytest.mark.parametrize("breakage", SECTIONS, ids=lambda b: f"{b[0]}-{b[3][:40]}")
def test_found(breakage: Breakage) -> None:
    assert_found(dict(packs.read("zvh-protocol-2019")), breakage)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load("zvh-protocol-2019")


def test_a_term_that_cannot_move_needs_no_bound(pack: Pack) -> None:
    still = tuple(row.model_copy(update={"movable": False}) for row in pack.terms if row.id != "uitstel_ten_hoogste")
    assert broken(terms=still) == []
    assert len(broken(terms=tuple(row for row in pack.terms if row.id != "uitstel_ten_hoogste"))) == 1


def test_a_decision_for_every_phase_needs_a_reason_in_each(pack: Pack) -> None:
    codes = tuple(
        row.model_copy(update={"phases": ()}) if (row.use, row.id) == ("decision", "opschaling") else row
        for row in pack.codes
    )
    assert [text.split(";")[0] for text in broken(codes=codes)] == [
        f"no reason goes with decision `opschaling` in phase `{phase}`"
        for phase in ("aanmelding", "triage", "afschaling")
    ]


def test_look_ups(pack: Pack) -> None:
    assert pack.term["vernietiging"].from_ == "besluit_afschaling"
    assert (pack.term["vernietiging"].amount, pack.term["vernietiging"].unit) == (1, "years")
    assert pack.rule["7.2a"] is pack.rule["7.2a-b"], "a rule is found by each way to cite it"
    assert pack.rule["6.5"].through == ("3.5b", "3.5c", "3.5d", "7.1", "7.2a-b")
    assert {phase for kind, phase in with_items(pack) if kind.id == "actie"} == {"triage", "casusoverleg"}
    assert [len([row for row in pack.questions if row.of == of]) for of in ("vraag", "lezing")] == [12, 15]


def test_every_article_that_a_decision_cites_is_a_rule_of_the_pack(pack: Pack) -> None:
    """What the kernel says it refuses on can be looked up by whoever is refused."""
    cited = {cause.rule for cause in CAUSES.values()} | {rule for one in RULES for rule in one.articles}
    assert len(cited) > 30
    assert {rule for rule in cited if rule not in pack.rule} == set()


def test_rules_are_those_of_the_protocol(pack: Pack, shared: Path) -> None:
    """One row per printed id, with its letters and in that order; ids that share a row are rows of their own."""
    listed: list[tuple[str, list[str]]] = []
    for line in (shared / "protocol/rules.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and re.fullmatch(r"[B0-9].*", cells[0]):
            listed += [(id_, re.findall(r"\b[KCRTHU]\b", cells[2])) for id_ in cells[0].split(", ")]
    assert len(listed) == 81
    found = {row.id: row for row in pack.rules}
    assert {id_ for id_, _ in listed} == set(found)
    assert {id_: sorted(set(letters)) for id_, letters in listed} == {id_: sorted(r.where) for id_, r in found.items()}


def test_every_phase_with_exchange_has_its_measure(pack: Pack) -> None:
    assert {row.id: row.minimisation for row in pack.phases if not row.end} == {
        "aanmelding": "9.2",
        "triage": "3.5a",
        "casusoverleg": "9.3",
        "afschaling": "9.4",
    }


def test_decisions_that_keep_the_phase(pack: Pack) -> None:
    kept = {row.id for row in pack.codes if row.keeps_phase}
    assert kept == {"opschaling", "toebedeling", "casusregie", "herbeoordeling"}


def test_what_nothing_of_a_category_can_go_without_may_go(pack: Pack) -> None:
    """B4-2: supervision of a relative goes only with whom it is in relation to, which no row may leave out."""
    rows = tuple(
        row.model_copy(update={"fields": ("soort",)})
        if (row.kind, row.category, row.subjects) == ("inbreng", "toezicht_handhaving", ("directe_relatie",))
        else row
        for row in pack.ceilings
    )
    needs = "`toezicht_handhaving` needs `directe_relatie_met` about these persons, and it may not go here"
    assert broken(ceilings=rows) == [needs]


def test_a_message_that_could_never_be_whole_is_found(pack: Pack) -> None:
    rows = tuple(
        row.model_copy(update={"fields": ("doel",)})
        if (row.kind, row.category) == ("plan_van_aanpak", "bericht")
        else row
        for row in pack.ceilings
    )
    says = "`plan_van_aanpak` must say `acties`, and in phase `casusoverleg` no ceiling lets that through"
    assert broken(ceilings=rows) == [says]


def test_a_pack_without_fields_of_the_message_itself_asks_none(pack: Pack) -> None:
    without = {
        name: tuple(row for row in getattr(pack, name) if row.category != "bericht")
        for name in ("ceilings", "providers")
    }
    absences = tuple(
        row.model_copy(update={"categories": tuple(name for name in row.categories if name != "bericht")})
        for row in pack.absences
        if row.categories != ("bericht",)
    )
    categories = tuple(row for row in pack.categories if row.id != "bericht")
    said = broken(**without, absences=absences, categories=categories)
    assert [text for text in said if "must say" in text] == []
