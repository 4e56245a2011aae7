"""What is told to a sender whose message cannot be taken: a code of :mod:`schemas.problems` and the place.

Decides nothing; how it looks over HTTP is :mod:`broker.web.problems`. Refusals by the protocol are values, not this.
"""

from __future__ import annotations

from broker import BrokerError
from schemas.problems import PROBLEMS, Problem


class ProblemError(BrokerError):
    """``code`` is one of ``PROBLEMS``; ``pointer`` a JSON pointer into what was sent, or empty."""

    def __init__(self, code: str, pointer: str = "") -> None:
        super().__init__(f"{code} at {pointer or '/'}")
        self.code = code
        self.pointer = pointer

    @property
    def problem(self) -> Problem:
        """Status and texts."""
        return PROBLEMS[self.code]
