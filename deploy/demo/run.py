"""The outcome of one run, for the screen and for ``--json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.demo.blindness import Search
from deploy.demo.steps import Course


@dataclass(frozen=True)
class Run:
    """All that there is to tell. ``error``: why it stopped early, where it did."""

    seconds: float
    house: str
    origin: str
    logs: Path
    people: Mapping[str, int | str]
    course: Course
    search: Search | None
    error: str | None = None

    @property
    def ok(self) -> bool:
        """Every step as expected, every audit whole, and a search that found its controls and nothing else."""
        audited = bool(self.course.audits) and all(audit.ok for audit in self.course.audits)
        return self.error is None and self.course.ok and audited and self.search is not None and self.search.ok

    def as_json(self) -> dict[str, object]:
        """The one object of ``--json``; nothing in it is about a person."""
        sizes = [audit.size for audit in self.course.audits]
        return {
            "ok": self.ok,
            "seconds": round(self.seconds, 1),
            "people": dict(self.people),
            "steps": [step.as_json() for step in self.course.steps],
            "ledger": {
                "house": self.house,
                "origin": self.origin,
                "size": max(sizes, default=0),
                "ok": bool(sizes) and all(audit.ok for audit in self.course.audits),
                "audits": [audit.as_json() for audit in self.course.audits],
            },
            "search": self.search.as_json() if self.search else None,
            **({"error": self.error} if self.error else {}),
        }
