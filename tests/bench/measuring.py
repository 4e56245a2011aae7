"""How something is measured: in rounds, each row next to the calibration of its round, on the CPU time of one core.

Median and spread of the rounds are kept; a single number says nothing on a machine that others use too.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785

ROUNDS = 5
SLICE = 0.2
"""Seconds of CPU time for one row in one round."""

_DOCUMENT: dict[str, Any] = {
    "v": 1,
    "to": [f"{number:020d}:functie" for number in range(3)],
    "rows": [
        {"id": f"{number:032x}", "code": "term", "fields": ["/a", "/b/c"], "level": number} for number in range(8)
    ],
    "seals": {f"recipient {number}": "A" * 86 for number in range(3)},
}
"""What the calibration writes as canonical JSON; it never changes, so that ratios can be compared over time."""


def calibration() -> bytes:
    """What everything is compared with: canonical JSON (RFC 8785, in Python) of a fixed document of one kilobyte."""
    return rfc8785.dumps(_DOCUMENT)


@dataclass(frozen=True)
class Measured:
    """Median, least and most of the rounds."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Measured:
        """The figures of some rounds."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True)
class Timing:
    """One operation: how often in a second of CPU time, and how long relative to the calibration of the same round."""

    per_second: Measured
    ratio: Measured


def _seconds(operation: Callable[[], object], least: float) -> float:
    """Seconds of CPU time that one call takes, over at least ``least`` seconds."""
    calls, start = 1, time.process_time()
    operation()
    while (spent := time.process_time() - start) < least:
        more = max(1, int(calls * min(1.0, (least - spent) / max(spent, 1e-6))))
        for _ in range(more):
            operation()
        calls += more
    return spent / calls


def measure(
    operations: Mapping[str, Callable[[], object]], rounds: int = ROUNDS, least: float = SLICE
) -> dict[str, Timing]:
    """Each operation in every round, beside the calibration of that round. The calibration itself is ``""``."""
    seconds: dict[str, list[float]] = {name: [] for name in ("", *operations)}
    for operation in (calibration, *operations.values()):
        operation()  # what is cached once is cached now
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, operation in (("", calibration), *operations.items()):
                seconds[name].append(_seconds(operation, least))
            gc.collect()
    finally:
        gc.enable()
    unit = seconds[""]
    return {
        name: Timing(
            Measured.of([1 / value for value in values]),
            Measured.of([value / one for value, one in zip(values, unit, strict=True)]),
        )
        for name, values in seconds.items()
    }
