"""A message with its facts and its time: what a test changes one thing of, and what the kernel says of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from schemas.content import Inner
from schemas.facts import Facts
from schemas.manifest import Manifest
from schemas.pack import Pack
from schemas.policy import RULES, Allowed, Decision, as_exact, decide, decide_inner
from schemas.rules.matter import Matter
from tests.making import NOW, changed, pack

Reasons = list[tuple[str, str, str]]


@dataclass(frozen=True)
class Scene:
    """One decision: the message, what is known, when, under which pack."""

    manifest: Manifest
    facts: Facts
    now: datetime = NOW
    pack: Pack = field(default_factory=pack)
    inner: Inner | None = None

    def decide(self) -> Decision:
        """What the kernel says."""
        if self.inner is not None:
            return decide_inner(self.pack, self.facts, self.manifest, self.inner, self.now)
        return decide(self.pack, self.facts, self.manifest, self.now)

    def reasons(self) -> Reasons:
        """Why not; empty where it is allowed."""
        decision = self.decide()
        if isinstance(decision, Allowed):
            return []
        return [(reason.rule, reason.code, reason.pointer) for reason in decision.reasons]

    def undeclared(self) -> Reasons:
        """What a rule gives without saying so: a code or an article that its mark does not name."""
        exact = as_exact(self.manifest, self.inner) if self.inner else self.manifest
        if exact is None:
            return []
        matter = Matter(self.pack, self.facts, exact, self.now, opened=self.inner is not None)
        given = [(rule, reason) for rule in RULES for reason in rule.judge(matter)]
        wrong = [(rule, each) for rule, each in given if each.code not in rule.codes or each.rule not in rule.articles]
        return [(each.rule, each.code, rule.name) for rule, each in wrong]

    def message(self, **updates: Any) -> Scene:
        """With one thing of the message changed."""
        return replace(self, manifest=changed(self.manifest, **updates))

    def known(self, **updates: Any) -> Scene:
        """With one fact changed."""
        return replace(self, facts=changed(self.facts, **updates))

    def sealed(self, **updates: Any) -> Scene:
        """With one thing of the sealed half changed."""
        assert self.inner is not None
        return replace(self, inner=changed(self.inner, **updates))

    def under(self, **updates: Any) -> Scene:
        """With the pack changed: the parts of it that a test is about."""
        return replace(self, pack=changed(self.pack, **updates))

    def at(self, now: datetime) -> Scene:
        """At another time."""
        return replace(self, now=now)

    def party(self, where: str, **updates: Any) -> Scene:
        """With what is known of one party changed."""
        rows = tuple(row.model_copy(update=updates) if row.address == where else row for row in self.facts.parties)
        return replace(self, facts=self.facts.model_copy(update={"parties": rows}))


def assert_refused(allowed: Scene, refused: Scene, *expected: tuple[str, str, str]) -> None:
    """The one is allowed; the other, which differs in one thing, is refused for these reasons (at least)."""
    assert allowed.reasons() == []
    found = refused.reasons()
    assert len(set(found)) == len(found)
    for reason in expected:
        assert reason in found
    assert refused.undeclared() == []
