"""The walk: every step decided by the kernel and by the oracle, and what must hold of each that is allowed.

Figures go to ``build/walk.json``, part by part: parts run on several workers, so that the file is locked while written.
"""

from __future__ import annotations

import fcntl
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from schemas.pack import Pack
from schemas.policy import Allowed, Decision, Refused, decide, decide_inner
from tests.conftest import ROOT, untraced
from tests.making import pack
from tests.oracle.agreed import Tables
from tests.oracle.categories import PERSONS
from tests.oracle.invariants import Invariants
from tests.oracle.parties import BASIS_IDS, CAPACITIES
from tests.oracle.spoiling import spoiled
from tests.oracle.staging import Scene, Stage, whole
from tests.oracle.verdict import HOUSE, Step, Verdicts

FUNCTIONS = (*CAPACITIES, HOUSE)
BASES = (*BASIS_IDS, "geen")
"""Every basis, and one that is none."""
BASIS_RULES = {"6.1", "6.4d"}
NO_HOUSE_SENDS = frozenset({"aanmelding", "triageantwoord"})
MOST = 8
"""How many differences are told before a walk stops."""


LIMIT = 2_000_000
"""Decisions of all parts together, at most: what a test run has time for."""

PARTS: dict[str, tuple[tuple[str, str], ...]] = {
    "triage": (
        ("aanmelding", "aanmelding"),
        ("triage", "triagevraag"),
        ("triage", "triageantwoord"),
        ("triage", "actie"),
    ),
    "contributions": (("casusoverleg", "inbreng"), ("afschaling", "inbreng")),
    "plan": (("casusoverleg", "plan_van_aanpak"),),
    "deeds": (("casusoverleg", "actie"),),
}
"""The places of the whole walk, divided over files so that several workers share it."""


class WalkError(AssertionError):
    """The kernel and the oracle do not agree, or what must hold does not."""


@dataclass
class Figures:
    """What was walked: decisions made, steps that are allowed, and for each kind in its phase how many."""

    decisions: int = 0
    steps: int = 0
    allowed: int = 0
    places: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def tell(self, text: str) -> None:
        """Note what is wrong; stop when there is enough of it."""
        self.wrong.append(text)
        if len(self.wrong) >= MOST:
            self.check()

    def check(self) -> None:
        """Fail if anything is wrong."""
        if self.wrong:
            raise WalkError("\n".join(self.wrong))


def _cited(decision: Decision) -> set[str]:
    return {reason.rule for reason in decision.reasons} if isinstance(decision, Refused) else set()


def _codes(decision: Decision) -> list[str]:
    return [f"{reason.rule} {reason.code}" for reason in decision.reasons] if isinstance(decision, Refused) else []


class Walk:
    """Steps of one case, decided one by one."""

    def __init__(
        self, tables: Tables, acting_for: str = "college_bw", *, seed: int = 0, under: Pack | None = None
    ) -> None:
        self.verdicts = Verdicts(tables, acting_for)
        self.figures = Figures()
        self._stage = Stage(self.verdicts)
        self._invariants = Invariants(tables)
        self._random = random.Random(seed)
        self._pack = under or pack()

    def decisions(self, scene: Scene) -> tuple[Decision, ...]:
        """What the kernel says: for a sealed answer of both halves."""
        self.figures.decisions += 1 if scene.inner is None else 2
        first = decide(self._pack, scene.facts, scene.manifest, scene.now)
        if scene.inner is None:
            return (first,)
        return first, decide_inner(self._pack, scene.facts, scene.manifest, scene.inner, scene.now)

    def go(self, steps: Iterable[Step], *, every: int = 1, spoil: int = 40) -> Figures:
        """Decide all steps; one in ``every`` allowed ones on other bases, one in ``spoil`` with things out of order."""
        for step in steps:
            self._one(step, every, spoil)
        self.figures.check()
        return self.figures

    def _one(self, step: Step, every: int, spoil: int) -> None:
        figures, must = self.figures, self.verdicts.objections(step)
        scene = self._stage.scene(step)
        figures.steps += 1
        for decision in self.decisions(scene):
            if isinstance(decision, Allowed) != (not must):
                figures.tell(f"{step}: must cite {sorted(must) or 'nothing'}, the kernel says {_codes(decision)}")
            elif not (must - {""} <= _cited(decision)):
                figures.tell(f"{step}: must cite {sorted(must)}, cites {_codes(decision)}")
        if must:
            return
        figures.allowed += 1
        place = f"{step.phase}/{step.kind}"
        figures.places[place] = figures.places.get(place, 0) + 1
        for breach in self._invariants.breaches(scene.manifest, scene.facts):
            figures.tell(f"{step}: {breach}")
        if self._random.randrange(every) == 0:
            self._other_bases(step)
        if scene.inner is None and self._random.randrange(spoil) == 0:
            self._out_of_order(step, scene)

    def _other_bases(self, step: Step) -> None:
        """6.1-6.3: on every other basis, and on none, it is refused."""
        right = self.verdicts.basis(step)
        for basis in BASES:
            if basis == right:
                continue
            for decision in self.decisions(self._stage.scene(step, basis=basis)):
                if not _cited(decision) & BASIS_RULES:
                    self.figures.tell(f"{step} on {basis}: must cite 6.1 or 6.4d, the kernel says {_codes(decision)}")

    def _out_of_order(self, step: Step, scene: Scene) -> None:
        """The rest: one thing at a time out of order, and the same message through full validation."""
        if self.decisions(whole(scene)) != self.decisions(scene):
            self.figures.tell(f"{step}: another decision after full validation")
        for what, rule, worse in spoiled(self.verdicts, step, scene):
            for decision in self.decisions(worse):
                if rule not in _cited(decision):
                    self.figures.tell(f"{step}, {what}: must cite {rule}, the kernel says {_codes(decision)}")


def steps_at(verdicts: Verdicts, phase: str, purpose: str, kind: str, *, turn: int = 0) -> Iterator[Step]:
    """The full product at one place: senders, recipients, categories and persons.

    The house passes on what others gave: its items come from every second function, in turn, so that over the purposes
    and recipients each is met with each.
    """
    for sender in FUNCTIONS:
        for number, recipient in enumerate(FUNCTIONS):
            if sender == recipient == HOUSE:
                continue  # nobody sends to himself: such a manifest does not parse
            origins: tuple[str, ...] = (sender,)
            if sender == HOUSE and kind not in NO_HOUSE_SENDS:
                origins = FUNCTIONS[(number + turn) % 2 :: 2]
            for origin in origins:
                for category in verdicts.categories:
                    for person in PERSONS:
                        yield Step(phase, purpose, kind, sender, recipient, category, person, origin)


def walk_whole(tables: Tables, phase: str, kind: str) -> Figures:
    """Every step of a kind in a phase, for each purpose of the phase; on record, and never without an allowance."""
    walk = Walk(tables)
    with untraced():
        for turn, purpose in enumerate(walk.verdicts.purposes[phase]):
            walk.go(steps_at(walk.verdicts, phase, purpose, kind, turn=turn))
    record(f"{phase} {kind}", walk.figures)
    if not walk.figures.allowed:
        raise WalkError(f"nothing is allowed in {phase} by {kind}")
    return walk.figures


def drawn(verdicts: Verdicts, count: int, seed: int, *, mismatched: bool = False) -> Iterator[Step]:
    """Steps drawn by a seed from the whole product; ``mismatched``: phase, purpose and kind that need not fit."""
    choice = random.Random(seed).choice
    places, kinds = verdicts.places(), verdicts.carrying
    purposes = sorted({purpose for listed in verdicts.purposes.values() for purpose in listed})
    while count:
        phase, purpose, kind = choice(places)
        if mismatched:
            purpose, kind = choice(purposes), choice(kinds)
        sender, recipient, origin = choice(FUNCTIONS), choice(FUNCTIONS), choice(FUNCTIONS)
        if sender == recipient == HOUSE:
            continue
        if sender != HOUSE or kind in NO_HOUSE_SENDS:
            origin = sender
        count -= 1
        yield Step(phase, purpose, kind, sender, recipient, choice(verdicts.categories), choice(PERSONS), origin)


def record(part: str, figures: Figures) -> None:
    """Write the figures of one part beside those of the others."""
    file = ROOT / "build" / "walk.json"
    file.parent.mkdir(exist_ok=True)
    with file.open("a+", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.seek(0)
        parts = json.loads(stream.read() or "{}").get("parts", {})
        parts[part] = {
            "decisions": figures.decisions,
            "steps": figures.steps,
            "allowed": figures.allowed,
            "allowed_by_kind": dict(sorted(figures.places.items())),
        }
        whole_walk = {name: sum(row[name] for row in parts.values()) for name in ("decisions", "steps", "allowed")}
        if whole_walk["decisions"] > LIMIT:
            raise WalkError(f"{whole_walk['decisions']} decisions are more than there is time for")
        stream.truncate(0)
        stream.write(json.dumps({**whole_walk, "parts": dict(sorted(parts.items()))}, indent=1) + "\n")
