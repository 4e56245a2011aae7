"""An independent verdict: from the oracle's tables alone, whether one item may go, and which rules must be cited.

It knows the walked axes and nothing else; everything else about a message is in order. Never asks the pack.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from schemas.content import LEVELS, Level
from tests.oracle.agreed import Tables
from tests.oracle.categories import PERSONS
from tests.oracle.parties import basis_of, regime_of
from tests.oracle.process import PHASES

HOUSE = "procesregie"
NO_GROUND = "geen_grondslag"
STAFF = frozenset(PERSONS[2:])
DEEDS = frozenset({"uitvoeren_actie", "casusregie", "toebedelen"})
"""Purposes of 5.3.1: by ``actie`` and by nothing else."""

ROLE = {"aanmelding": "melder", "triage": "gevraagd", "casusoverleg": "deelnemer", "afschaling": "deelnemer"}
"""What a party that sends is in the case, in each phase."""

UNSAID = ""
"""Something is wrong and no one article must be cited for it."""


class Step(NamedTuple):
    """One point of the walk. ``origin``: who provided the item first, a capacity or the house itself."""

    phase: str
    purpose: str
    kind: str
    sender: str
    recipient: str
    category: str
    person: str
    origin: str


class Open(NamedTuple):
    """What a cell lets through."""

    level: Level
    providers: frozenset[str]
    purposes: frozenset[str]
    fields: frozenset[str]


class Verdicts:
    """The verdict on each step, for a case in which the house acts for a party in ``acting_for``."""

    def __init__(self, tables: Tables, acting_for: str = "college_bw") -> None:
        must = tables.settled
        self.acting_for = acting_for
        self.categories = tuple(dict.fromkeys(key[0] for key in must["categories"]))
        self._persons = {(key[0], key[1]) for key in must["categories"] if key[1] in PERSONS}
        self._provides = set(must["providers"])
        self._open = {key: opened(value) for key, value in must["ceilings"].items()}
        self.purposes = {p: [key[1] for key in must["purposes"] if key[0] == p and key[2] == "is er"] for p in PHASES}
        self._minimisation = {key[1]: str(v) for key, v in must["phases"].items() if key[0] == "zuinig volgens"}
        kinds = {key[0] for key in must["kinds"]}
        self._van = {kind: _named(must["kinds"], kind, "van") for kind in kinds}
        self._aan = {kind: _named(must["kinds"], kind, "aan") for kind in kinds}
        self._in = {kind: _named(must["kinds"], kind, "in") for kind in kinds}
        self.carrying = [kind for kind in sorted(kinds) if must["kinds"][kind, "items"] != "none"]
        self.secrecy = {who: tuple(sorted(_named(must["secrecies"], who))) for who in {key[0] for key in must["tasks"]}}
        self.secrecy |= {key[1]: tuple(sorted(_named(must["secrecies"], key[1]))) for key in must["tasks"]}
        self.fields = {
            name: {key[1]: str(value) for key, value in cells.items() if key[0] == name and key[2] == "niveau"}
            for name in self.categories
            for cells in [must["message"] if name == "bericht" else must["fields"]]
        }
        self._message = must["message"]
        self._must_say = {kind: self._said_by(kind) for kind in kinds}

    def places(self) -> list[tuple[str, str, str]]:
        """Every phase, purpose of it and kind that carries items in it."""
        return [
            (phase, purpose, kind)
            for phase in PHASES
            for purpose in self.purposes[phase]
            for kind in self.carrying
            if phase in self._in[kind]
        ]

    def capacity(self, function: str, step: Step) -> str:
        """The capacity in which a function acts; the house has that of whom it acts for."""
        if function != HOUSE:
            return function
        notifying = step.phase == "aanmelding" and step.sender != HOUSE
        return step.sender if notifying else self.acting_for

    def minimisation(self, phase: str) -> str:
        """The article that says how little goes in a phase (9.2, 3.5a, 9.3, 9.4)."""
        return self._minimisation[phase]

    def opened(self, step: Step) -> Open | None:
        """What the cell of a step lets through; None where there is none."""
        return self._open.get((step.phase, step.kind, step.category, step.person))

    def must_say(self, kind: str) -> tuple[str, ...]:
        """The fields that a message of this kind must hold."""
        return self._must_say[kind]

    def _said_by(self, kind: str) -> tuple[str, ...]:
        names = {key[1] for key in self._message if key[2] == f"soort bericht {kind}"}
        needed = {name for name in names if ("bericht", name, "mag_ontbreken") not in self._message}
        return tuple(sorted(needed)) if kind != "triageantwoord" else ()

    def objections(self, step: Step) -> set[str]:
        """The rules that must be cited against it; none: it may go."""
        return {*self._between(step), *self._about(step), *self._for(step)}

    def _between(self, step: Step) -> Collection[str]:
        found: set[str] = set()
        role = ROLE[step.phase]
        if not _means(self._van[step.kind], step.sender, role):
            found.add(UNSAID)
        if not _means(self._aan[step.kind], step.recipient, role if step.phase != "aanmelding" else "gevraagd"):
            found.add(UNSAID)
        if self.capacity(step.recipient, step) == NO_GROUND:
            found.add("6.4" if step.recipient != HOUSE else "5.1")
        if step.sender == HOUSE and self.acting_for == NO_GROUND:
            found.add("5.1")
        return found

    def _about(self, step: Step) -> Collection[str]:
        found: set[str] = set()
        provider = self.capacity(step.origin, step)
        if (step.category, step.person) not in self._persons:
            found.add(f"B4-{PERSONS.index(step.person) + 1}")
        cell = self.opened(step)
        if cell is None:
            found.add(self._minimisation[step.phase])
        elif provider not in cell.providers or step.purpose not in cell.purposes:
            found.add(UNSAID)
        if (step.category, provider) not in self._provides:
            found.add("4.2")
        own = step.kind != "triageantwoord"  # under a ceiling nothing says whose it is
        if own and step.origin == HOUSE and step.category != "bericht" and step.person not in STAFF:
            found.add("2.1")
        return found

    def _for(self, step: Step) -> Collection[str]:
        found: set[str] = set()
        if step.phase not in self._in[step.kind]:
            found.add("3.5a")
        if step.purpose not in self.purposes[step.phase]:
            found.add("B2")
        if (step.purpose in DEEDS) != (step.kind == "actie"):
            found.add("5.3.1")
        if step.purpose == "casusregie" and step.recipient == HOUSE:
            found.add("5.3.1")
        if step.kind == "triagevraag" and step.person == "directe_relatie":
            answer = self._open.get(("triage", "triageantwoord", "bericht", step.person))
            if answer is None or self.capacity(step.recipient, step) not in answer.providers:
                found.add(UNSAID)
        return found

    def basis(self, step: Step) -> str:
        """The basis on which the item stands."""
        return basis_of(self.capacity(step.origin, step), step.category)

    def regime(self, step: Step) -> str:
        """The regime that follows from who provided it first."""
        return regime_of(self.capacity(step.origin, step))

    def sealed_by_consent(self, step: Step) -> bool:
        """Whether only consent or an exception lets it go (7.2; 8.8, note 3)."""
        return bool(self.secrecy[self.capacity(step.origin, step)]) or step.category == "gezondheid"

    def shape(self, step: Step) -> tuple[Level, tuple[str, ...]]:
        """The level and the fields with which an item goes: all that the cell lets through; without one the least."""
        cell = self.opened(step)
        if cell is not None:
            return cell.level, tuple(sorted(cell.fields))
        levels = self.fields[step.category]
        least = min((LEVELS.index(level) for level in LEVELS if level in levels.values()), default=3)
        return LEVELS[least], tuple(sorted(name for name, level in levels.items() if level == LEVELS[least]))


def opened(value: object) -> Open:
    """The value of a cell of 8.7, taken apart."""
    if not isinstance(value, tuple):
        raise TypeError("a ceiling is a level, providers, purposes and fields")
    return Open(*value)


def _named(cells: Collection[tuple[str, ...]], *head: str) -> frozenset[str]:
    return frozenset(key[-1] for key in cells if key[: len(head)] == head and len(key) == len(head) + 1)


def _means(terms: Collection[str], function: str, role: str) -> bool:
    return function in terms if function == HOUSE else bool({"partij", role, function} & set(terms))
