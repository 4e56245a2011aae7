"""What a run has to show, step by step: who did what, what had to come of it, what came of it, under which rules.

Ids of steps are stable: scripts may rely on them. Outcomes are codes of the protocol or of the programs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from deploy.demo import DemoError


class StepError(DemoError):
    """A step on which the others build came out otherwise than expected."""


@dataclass(frozen=True)
class Step:
    """One step; ``rules`` are the articles that a refusal named."""

    id: str
    who: str
    expected: str
    outcome: str
    rules: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """As expected."""
        return self.expected == self.outcome

    def as_json(self) -> dict[str, object]:
        """One element of ``steps``."""
        return {
            "id": self.id,
            "who": self.who,
            "expected": self.expected,
            "outcome": self.outcome,
            "rules": list(self.rules),
        }


@dataclass(frozen=True)
class Given:
    """A line of the screen: who was asked about whom, what came back on the wire, on which basis."""

    party: str
    person: str
    outcome: str
    what: str
    basis: str


@dataclass(frozen=True)
class Refused:
    """A line of the screen: what was refused, where, and why."""

    what: str
    where: str
    rule: str
    sentence: str


@dataclass(frozen=True)
class Tried:
    """A line of the screen: who tried what, who noticed, and what that one saw."""

    who: str
    what: str
    notices: str
    saw: str
    ok: bool


@dataclass(frozen=True)
class Audit:
    """What one party found in the ledger by itself."""

    party: str
    ok: bool
    size: int
    own: int
    replayed: int
    problems: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    """What the party could not check by itself, and why."""

    def as_json(self) -> dict[str, object]:
        """One element of ``ledger.audits``."""
        return {
            "party": self.party,
            "ok": self.ok,
            "size": self.size,
            "own_entries": self.own,
            "decisions_replayed": self.replayed,
            "problems": list(self.problems),
            "unchecked": list(self.unchecked),
        }


@dataclass
class Course:
    """All that has happened so far; grows while the play runs."""

    steps: list[Step] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    audits: list[Audit] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)

    def add(self, step: str, who: str, expected: str, outcome: str, rules: Sequence[str] = ()) -> Step:
        """Write down a step."""
        done = Step(step, who, expected, outcome, tuple(dict.fromkeys(rules)))
        self.steps.append(done)
        return done

    def must(self, step: str, who: str, expected: str, outcome: str, rules: Sequence[str] = ()) -> Step:
        """Write down a step without which the next ones make no sense. Raises :class:`StepError`."""
        done = self.add(step, who, expected, outcome, rules)
        if not done.ok:
            raise StepError(f"step {step} ({who}): expected {expected}, came out as {outcome}")
        return done

    @property
    def ok(self) -> bool:
        """There are steps and every one came out as expected."""
        return bool(self.steps) and all(step.ok for step in self.steps)

    @property
    def wrong(self) -> list[Step]:
        """Those that did not."""
        return [step for step in self.steps if not step.ok]
