"""What the kernel decides in the benchmark: one message of each typical kind, with the facts that it needs.

The rows say beforehand whether the message may go: a benchmark of a decision that turned into another is no benchmark.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.schemas.scene import Scene
from tests.schemas.scenes import notification, opened, phase_decision, question
from tests.schemas.scenes_meeting import contribution, passed_on, plan


@dataclass(frozen=True)
class Row:
    """One line of the benchmark: a scene, and whether its message may go."""

    id: str
    what: str
    scene: Callable[[], Scene]
    allowed: bool = True


ROWS = (
    Row("K1", "notification, allowed", notification),
    Row("K2", "question with the ceiling of its answer, allowed", question),
    Row("K3", "sealed half of the answer to it, allowed", opened),
    Row("K4", "contribution to the case meeting, allowed", contribution),
    Row("K5", "passed on with the provider's agreement, allowed", passed_on),
    Row("K6", "plan made of what others gave, allowed", plan),
    Row("K7", "phase decision, allowed", phase_decision),
    Row("K8", "passed on without agreement, refused", lambda: passed_on().known(agreements=()), allowed=False),
    Row("K9", "question outside any case, refused", lambda: question().known(case=None), allowed=False),
)
