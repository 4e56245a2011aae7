"""Vectors that others made, run against our own code: what a case is, what became of it, and who may differ.

A case says what its author wants (``OPEN``, ``REFUSE``, or ``FREE`` where that is left to us) and how our code is
asked. A refusal is one of our declared errors, anything else that is raised is a fault and goes through. What we accept
although it must be refused is wrong, always. What we refuse although its author accepts it stands in the one table of
divergences, with the error and the reason; a row of the table that nothing hits, or not as often as it says, is wrong
too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from enum import Enum
from fnmatch import fnmatchcase
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from keys import KeysError
from schemas import SchemaError

TABLE = Path(__file__).with_name("divergences.yaml")
REFUSALS = (KeysError, SchemaError, ValidationError)


class Want(Enum):
    """What the author of a vector wants."""

    OPEN = "open"
    REFUSE = "refuse"
    FREE = "free"
    LATER = "later"
    """Not of this release: counted, not run."""


@dataclass(frozen=True)
class Case:
    """One question to our code. ``run`` returns if it accepts (and looks itself whether the result is right)."""

    file: str
    name: str
    want: Want
    run: Callable[[], object] = field(repr=False)


@dataclass(frozen=True)
class Counts:
    """What became of the cases of one folder; ``pinned`` are those that are ours to decide."""

    accepted: int = 0
    refused: int = 0
    divergent: int = 0
    pinned: int = 0
    later: int = 0

    def figures(self) -> dict[str, int]:
        """For the page and ``build/vectors.json``."""
        return asdict(self)


class Row(BaseModel):
    """Cases that our code refuses, as ``ours`` says, although their author accepts them. Files and cases are patterns.

    There is no way to say here that we accept what must be refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: tuple[str, ...]
    cases: tuple[str, ...]
    count: int
    ours: str
    vector: str
    reason: str

    def covers(self, case: Case) -> bool:
        """Whether this row is about ``case``; patterns in which ``[`` means nothing else than a set."""
        return any(fnmatchcase(case.file, pattern) for pattern in self.files) and any(
            fnmatchcase(case.name, pattern) for pattern in self.cases
        )


class Table(BaseModel):
    """The whole file: per folder the divergences, and the outcomes of what is ours to decide."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    divergences: dict[str, tuple[Row, ...]]
    pinned: dict[str, dict[str, str]]

    @classmethod
    def read(cls) -> Table:
        """The table of the project."""
        return cls.model_validate(yaml.safe_load(TABLE.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Verdict:
    """What became of a folder, and everything that is wrong with it, one line each."""

    counts: Counts
    files: frozenset[str]
    wrong: tuple[str, ...]


def describe(error: BaseException) -> str:
    """Class and code of a refusal, or its text where it has no code; for what is kept constant also the cause."""
    if isinstance(error, ValidationError):
        return f"{error.title}: " + ", ".join(sorted({".".join(map(str, one["loc"])) for one in error.errors()}))
    code = getattr(error, "code", None)
    cause = error.__cause__
    behind = f" <- {describe(cause)}" if isinstance(cause, REFUSALS) else ""
    return f"{type(error).__name__}({code if isinstance(code, str) else error}){behind}"


def outcome(case: Case) -> str:
    """``accepted``, or how our code refused. What is no declared refusal goes through."""
    try:
        case.run()
    except REFUSALS as error:
        return describe(error)
    return ACCEPTED


ACCEPTED = "accepted"


def judge(cases: Iterable[Case], rows: Sequence[Row], pinned: dict[str, str]) -> Verdict:
    """Run ``cases`` and hold them against the rows and the pinned outcomes of their folder."""
    counted: Counter[str] = Counter()
    hits: Counter[int] = Counter()
    seen: set[tuple[str, str]] = set()
    left = dict(pinned)
    wrong: list[str] = []
    for case in cases:
        name = f"{case.file} {case.name}".strip()
        if (case.file, case.name) in seen:
            wrong.append(f"{name}: stands twice")
        seen.add((case.file, case.name))
        if case.want is Want.LATER:
            counted["later"] += 1
            continue
        found = outcome(case)
        if case.want is Want.FREE:
            counted["pinned"] += 1
            if left.pop(name, None) != found:
                wrong.append(f"{name}: pinned otherwise than {found}")
        elif case.want is Want.REFUSE:
            counted["refused"] += 1
            if found == ACCEPTED:
                wrong.append(f"{name}: accepted, and must be refused")
        elif found == ACCEPTED:
            counted["accepted"] += 1
        else:
            counted["divergent"] += 1
            fitting = [at for at, row in enumerate(rows) if row.ours == found and row.covers(case)]
            hits.update(fitting)
            if len(fitting) != 1:
                wrong.append(f"{name}: refused ({found}), and stands in {len(fitting)} rows of the table")
    wrong += [f"{name}: pinned and not there" for name in left]
    wrong += [
        f"row {at + 1} ({row.reason}): says {row.count}, hit {hits[at]} times"
        for at, row in enumerate(rows)
        if hits[at] != row.count or row.count < 1
    ]
    return Verdict(Counts(**counted), frozenset(file for file, _ in seen), tuple(wrong))
