"""What came of the mutants: counts and survivors per module, kept in build/mutation.json; and the reviewed survivors.

``survivors.yaml`` holds each mutant that is allowed to survive, with the reason: it behaves the same, or the difference
is one that nobody relies on. Whatever survives without standing there is a hole in the tests.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from tests.mutation.mutants import ROOT

RECORD = ROOT / "build" / "mutation.json"
REVIEWED = Path(__file__).with_name("survivors.yaml")
GOAL = 95.0
"""Per cent of the mutants that the tests must kill."""


def modules() -> list[str]:
    """The modules under test: the kernel, what follows from its decision, and its rules."""
    rules = sorted((ROOT / "schemas" / "rules").glob("*.py"))
    return [
        "schemas/policy.py",
        "schemas/effects.py",
        *(str(path.relative_to(ROOT)) for path in rules if path.name != "__init__.py"),
    ]


def digest_of(path: str) -> str:
    """SHA-256 of a module as it is now, in hex."""
    return hashlib.sha256((ROOT / path).read_bytes()).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """One module: how many mutants, how many of them killed by an import or by the time they took, which survived."""

    sha256: str
    mutants: int
    by_import: int
    by_time: int
    sentences: int
    survived: tuple[str, ...]

    @property
    def killed(self) -> int:
        """How many did not survive."""
        return self.mutants - len(self.survived)


@dataclass(frozen=True)
class Record:
    """One run, or several that together saw every module as it is now."""

    outcomes: Mapping[str, Outcome]
    tests: int
    seconds: float
    jobs: int
    versions: Mapping[str, str]

    @property
    def mutants(self) -> int:
        """All mutants."""
        return sum(outcome.mutants for outcome in self.outcomes.values())

    @property
    def survived(self) -> tuple[str, ...]:
        """The keys of all that survived."""
        return tuple(key for outcome in self.outcomes.values() for key in outcome.survived)

    @property
    def score(self) -> float:
        """Per cent killed of all; what behaves the same counts as a survivor."""
        return 100.0 * (self.mutants - len(self.survived)) / self.mutants if self.mutants else 0.0

    @property
    def complete(self) -> bool:
        """Whether every module was seen as it is now."""
        return {path: outcome.sha256 for path, outcome in self.outcomes.items()} == {
            path: digest_of(path) for path in modules()
        }

    def write(self) -> None:
        """Keep it in build/mutation.json."""
        RECORD.parent.mkdir(exist_ok=True)
        body = {"score": round(self.score, 2), "mutants": self.mutants, "survived": len(self.survived), **asdict(self)}
        RECORD.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_outcomes() -> dict[str, Outcome]:
    """What earlier runs found of modules that are still the same."""
    if not RECORD.is_file():
        return {}
    rows = json.loads(RECORD.read_text(encoding="utf-8"))["outcomes"]
    found = {path: Outcome(**{**row, "survived": tuple(row["survived"])}) for path, row in rows.items()}
    return {path: found[path] for path in modules() if path in found and found[path].sha256 == digest_of(path)}


def reviewed(file: Path = REVIEWED) -> dict[str, str]:
    """The mutants that may survive, with the reason of each. Raises ValueError for one that stands there twice."""
    found: dict[str, str] = {}
    for row in yaml.safe_load(file.read_text(encoding="utf-8")) or []:
        for key in row["mutants"]:
            if key in found:
                raise ValueError(f"{file.name} explains this mutant twice: {key}")
            found[key] = " ".join(row["why"].split())
    return found


def unexplained(survived: Iterable[str]) -> list[str]:
    """The survivors that nobody looked at yet."""
    known = reviewed()
    return [key for key in survived if key not in known]
