"""When and why: phases, transitions, purposes, the rules themselves and where they are decided (rules.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.pack import Pack
from tests.oracle.cells import Cells, Comparison, Flip, Key, Value
from tests.oracle.flipping import added, altered, replaced, toggled
from tests.oracle.markdown import Documents, codes, section, sentence, table, tables

PHASES = ("aanmelding", "triage", "casusoverleg", "afschaling")
ENDS = ("afgeschaald", "gearchiveerd", "vernietigd")

TRANSITIONS = {
    "an aanmelding is accepted to triage or refused": {("aanmelding", "triage"), ("aanmelding", "afgewezen")},
    "triage leads to casusoverleg, to another table (5.3.1c) or to an end": {
        ("triage", "casusoverleg"),
        ("triage", "elders"),
        ("triage", "afgewezen"),
    },
    "casusoverleg leads to afschaling or opschaling": {("casusoverleg", "afschaling")},
    "Six months after: archived": {("afgeschaald", "gearchiveerd")},
    "At the latest one year after: destroyed": {("gearchiveerd", "vernietigd")},
}
"""B2-out and 11.2, sentence by sentence. Opschaling changes no phase; the ends are those of wire.md, "Facts"."""

MINIMISATION = {"aanmelding": "9.2", "triage": "3.5a", "casusoverleg": "9.3", "afschaling": "9.4"}
"""The article that says how little goes: 8.1, column "Minimisation rule", as far as it names one."""


def _phases_of_document(texts: Documents) -> Cells:
    row = next(line for line in texts.rules.splitlines() if line.startswith("| phase | fase |"))
    if codes(row) != (*PHASES, *ENDS):
        raise ValueError("rules.md lists other phases")
    sentence(texts.wire, "phase (one of rules.md, or the ends `afgewezen`, `elders`)")
    cells: dict[Key, Value] = {("is er", name): "fase" for name in PHASES}
    cells |= {("is er", name): "einde" for name in (*ENDS, "afgewezen", "elders")}
    for words, steps in TRANSITIONS.items():
        sentence(texts.rules, words)
        cells |= {("volgt", *step): True for step in steps}
    listed = table(section(texts.data_model, "### 8.1 "), "`fase`")
    for line in listed.rows:
        phase, rule = codes(line[0])[0], line[listed.column("Minimisation rule")].replace("3.5 a", "3.5a")
        if phase in PHASES:
            if MINIMISATION[phase] not in rule:
                raise ValueError(f"8.1 names another rule than {MINIMISATION[phase]} for {phase}")
            cells["zuinig volgens", phase] = MINIMISATION[phase]
    return cells


def _phases_of_pack(pack: Pack) -> Cells:
    cells: dict[Key, Value] = {}
    for row in pack.phases:
        cells["is er", row.id] = "einde" if row.end else "fase"
        cells["zuinig volgens", row.id] = row.minimisation
        cells |= {("volgt", row.id, following): True for following in row.next}
    return {key: value for key, value in cells.items() if value is not None}


def _phases_flips(pack: Pack) -> Iterator[Flip]:
    for row in pack.phases:
        yield Flip(frozenset({("is er", row.id)}), f"end of {row.id}", altered(pack, "phases", row, end=not row.end))
        flipped = altered(pack, "phases", row, minimisation="9.9")
        yield Flip(frozenset({("zuinig volgens", row.id)}), f"minimisation of {row.id}", flipped)
        for other in pack.phases:
            flipped = altered(pack, "phases", row, next=toggled(row.next, other.id))
            yield Flip(frozenset({("volgt", row.id, other.id)}), f"{row.id} to {other.id}", flipped)


PHASE_TABLE = Comparison("fasen (rules.md)", _phases_of_document, _phases_of_pack, _phases_flips)

ALSO = "uitvoeren_actie, casusregie, toebedelen (5.3.1; toebedelen also in triage)"
EXTRA_PURPOSES = {("triage", "toebedelen")}
"""The one purpose that B2 gives in a bracket."""
COUNTS_AS_ONE = (
    "The pack may name purposes of one phase that count as one (toestandsbeeld, plan_van_aanpak, monitoring)"
)
GROUP = ("toestandsbeeld", "plan_van_aanpak", "monitoring")


def _purposes_of_document(texts: Documents) -> Cells:
    row = next(line for line in texts.rules.splitlines() if line.startswith("| B2 |"))
    sentence(row, ALSO)
    cells: dict[Key, Value] = {(*pair, "is er"): True for pair in EXTRA_PURPOSES}
    said = re.sub(r"\([^)]*\)", "", row)
    for phase, listed in re.findall(r"`(\w+)`: ([a-z_, ]+)", said):
        cells |= {(phase, name.strip(), "is er"): True for name in listed.split(",")}
    if {key[0] for key in cells} != set(PHASES):
        raise ValueError("B2 names other phases")
    sentence(texts.rules, COUNTS_AS_ONE)
    cells |= {("telt als", name): frozenset(GROUP) for name in GROUP}
    return cells


def _purposes_of_pack(pack: Pack) -> Cells:
    cells: dict[Key, Value] = {}
    for row in pack.purposes:
        cells |= {(phase, row.id, "is er"): True for phase in row.phases}
        if row.counts_as:
            cells["telt als", row.id] = frozenset(o.id for o in pack.purposes if o.counts_as == row.counts_as)
        cells |= {("volgt op", row.id, other): True for other in row.follows}
    return cells


def _purposes_flips(pack: Pack) -> Iterator[Flip]:
    groups = {row.id: {o.id for o in pack.purposes if o.counts_as == row.counts_as} for row in pack.purposes}
    for row in pack.purposes:
        for phase in PHASES:
            flipped = altered(pack, "purposes", row, phases=toggled(row.phases, phase))
            yield Flip(frozenset({(phase, row.id, "is er")}), f"{row.id} in {phase}", flipped)
        for other in pack.purposes:
            flipped = altered(pack, "purposes", row, follows=toggled(row.follows, other.id))
            yield Flip(frozenset({("volgt op", row.id, other.id)}), f"{other.id} before {row.id}", flipped)
        members = groups[row.id] if row.counts_as else {row.id}
        flipped = altered(pack, "purposes", row, counts_as=None if row.counts_as else "nieuw")
        yield Flip(frozenset(("telt als", name) for name in members), f"group of {row.id}", flipped)


PURPOSES = Comparison("doelen (rules.md B2)", _purposes_of_document, _purposes_of_pack, _purposes_flips)


def _rules_of_document(texts: Documents) -> Cells:
    cells: dict[Key, Value] = {}
    for found in tables(texts.rules):
        if found.header[0] != "id":
            continue
        for row in found.rows:
            for name in row[0].split(", "):
                where = re.findall(r"\b[KCRTHU]\b", row[found.column("where")])
                if not where:
                    raise ValueError(f"{name}: no letters")
                cells |= {(name, letter): True for letter in where}
    return cells


def _rules_of_pack(pack: Pack) -> Cells:
    return {(row.id, letter): True for row in pack.rules for letter in row.where}


def _rules_flips(pack: Pack) -> Iterator[Flip]:
    for row in pack.rules:
        for letter in "KCRTHU":
            flipped = altered(pack, "rules", row, where=toggled(row.where, letter))
            yield Flip(frozenset({(row.id, letter)}), f"{letter} of {row.id}", flipped)
        gone = frozenset((row.id, letter) for letter in row.where)
        yield Flip(gone, f"no {row.id}", replaced(pack, "rules", row, ()))
        extra = row.model_copy(update={"id": "99.9", "where": ("K",)})
        yield Flip(frozenset({("99.9", "K")}), "one rule more", added(pack, "rules", extra))


RULES = Comparison("regels (rules.md)", _rules_of_document, _rules_of_pack, _rules_flips)
