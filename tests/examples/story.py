"""One example while it is told: the situation, the message in it, and what the kernel says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from schemas.facts import CaseFact
from schemas.ids import Address, Term
from schemas.policy import Decision, Refused
from schemas.rules.reason import Reason
from tests.making import case_fact
from tests.schemas.scene import Scene

Change = Callable[[Scene], Scene]
Role = Literal["gevraagd", "deelnemer"]


@dataclass
class Story:
    """What the steps of one example have told so far.

    What is told before the message is kept until the message is there; every step must change something, or hold.
    """

    phase: Term | None = None
    members: dict[Address, Role] = field(default_factory=dict)
    director: Address | None = None
    scene: Scene | None = None
    later: list[Change] = field(default_factory=list)
    told: Decision | None = None

    def case(self) -> CaseFact:
        """The case as it was told."""
        assert self.phase is not None, "zeg eerst in welke fase de casus is"
        with_role: dict[Role, list[Address]] = {"gevraagd": [], "deelnemer": []}
        for who, role in self.members.items():
            with_role[role].append(who)
        return case_fact(
            self.phase,
            asked=with_role["gevraagd"],
            taking_part=with_role["deelnemer"],
            casusregie=self.director,
        )

    def send(self, scene: Scene) -> None:
        """The message of the example; there is one."""
        assert self.scene is None, "een voorbeeld gaat over één bericht"
        self.scene = scene
        waiting, self.later = self.later, []
        for step in waiting:
            self._do(step)

    def _do(self, step: Change) -> None:
        if self.scene is None:
            self.later.append(step)
        else:
            self.scene = step(self.scene)

    def change(self, change: Change) -> None:
        """Something is otherwise, now or as soon as there is a message; a step that makes no difference is a fault."""

        def other(scene: Scene) -> Scene:
            after = change(scene)
            assert after != scene, "deze stap verandert niets"
            return after

        self._do(other)

    def set(self, change: Change) -> None:
        """Something is as it is told, whether it was so already or not: for steps that name a value."""
        self._do(change)

    def message(self, **updates: Any) -> None:
        """Something in the message is otherwise."""
        self.change(lambda scene: scene.message(**updates))

    def known(self, **updates: Any) -> None:
        """Something that is known is otherwise."""
        self.change(lambda scene: scene.known(**updates))

    def party(self, who: Address, **updates: Any) -> None:
        """Something that is known of a party is otherwise."""
        self.change(lambda scene: scene.party(who, **updates))

    def must(self, holds: Callable[[Scene], bool]) -> None:
        """Something that is told is so in the situation."""

        def same(scene: Scene) -> Scene:
            assert holds(scene), "dit is in dit voorbeeld niet zo"
            return scene

        self._do(same)

    def decide(self) -> Decision:
        """What the kernel says, once."""
        assert self.scene is not None, "er is nog geen bericht"
        assert not self.later
        if self.told is None:
            self.told = self.scene.decide()
        return self.told

    def reasons(self) -> tuple[Reason, ...]:
        """Why not."""
        decision = self.decide()
        return decision.reasons if isinstance(decision, Refused) else ()
