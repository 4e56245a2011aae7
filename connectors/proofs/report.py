"""What an audit found: what holds, what is wrong, and what could not be checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import Field

from connectors.proofs.findings import KINDS, REASONS, Kind, Severity
from schemas.ids import Instant
from schemas.records import Frozen

FORMAT: Final[Literal[1]] = 1
"""Of the JSON. Members may be added under one number; what is there keeps its name and meaning."""
MOST_PROBLEMS: Final = 10_000
"""A hostile log could have a finding per entry; more than these say nothing new, and are counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. ``index``: in the log. ``what``: an id, a path, a rule or the name of a fact."""

    code: str
    index: int | None = None
    what: str | None = None

    @property
    def kind(self) -> Kind:
        """Its weight, rule and texts."""
        return KINDS[self.code]

    @property
    def text(self) -> str:
        """In a sentence."""
        return self.kind.text


@dataclass(frozen=True, slots=True)
class Unchecked:
    """How often something could not be looked at, and why."""

    code: str
    count: int

    @property
    def text(self) -> str:
        """In words."""
        return REASONS[self.code]


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one audit, of the whole log as far as it was signed when the audit began."""

    origin: str
    house: str
    at: datetime
    size: int
    root: str
    held: int
    """The size of the largest tree that the connector held before."""
    since: int
    """How many leaves an earlier audit had verified already; these were not fetched again."""
    records: int
    own_entries: int
    replayed: int
    """Decisions that were made again, in this audit or an earlier one of the same entries."""
    gathered: int
    """Of these: decisions whose facts were gathered again from the log and are the same."""
    register: int
    """Messages of the own register that were looked for."""
    problems: tuple[Problem, ...] = ()
    more: int = 0
    """Findings beyond those listed."""
    unchecked: tuple[Unchecked, ...] = ()

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.problems

    def as_json(self) -> dict[str, object]:
        """For ``--json``: stable within one ``format``; the form is :class:`ReportView`."""
        view = ReportView(
            format=FORMAT,
            ok=self.ok,
            at=self.at,
            house=self.house,
            origin=self.origin,
            size=self.size,
            root=self.root,
            held=self.held,
            since=self.since,
            records=self.records,
            own=self.own_entries,
            replayed=self.replayed,
            gathered=self.gathered,
            register_=self.register,
            problems=tuple(
                ProblemView(
                    code=one.code,
                    severity=one.kind.severity,
                    index=one.index,
                    rule=one.kind.rule,
                    what=one.what,
                    text=one.text,
                    advice=one.kind.advice,
                )
                for one in self.problems
            ),
            more=self.more,
            unchecked=tuple(UncheckedView(code=one.code, count=one.count, text=one.text) for one in self.unchecked),
        )
        return view.model_dump(mode="json", by_alias=True)


Count = Annotated[int, Field(ge=0)]


class ProblemView(Frozen):
    """One finding in the JSON."""

    code: str
    severity: Severity
    index: Annotated[int | None, Field(ge=0, description="Place in the log (for a log as a whole: a size).")]
    rule: Annotated[str, Field(description="Article of the protocol, or part of the log's format.")]
    what: Annotated[str | None, Field(description="Id, path, rules, or name of a fact; never a value.")]
    text: str
    advice: Annotated[str, Field(description="What to do.")]


class UncheckedView(Frozen):
    """One reason why something could not be checked, in the JSON."""

    code: str
    count: Annotated[int, Field(ge=1)]
    text: str


class ReportView(Frozen):
    """The JSON of ``ketenconnector audit --json``."""

    format: Literal[1]
    ok: Annotated[bool, Field(description="No findings.")]
    at: Instant
    house: str
    origin: str
    size: Annotated[Count, Field(description="Leaves under the checkpoint that the audit is about.")]
    root: Annotated[str, Field(description="Its root, base64; empty where no checkpoint held.")]
    held: Annotated[Count, Field(description="Size of the largest tree that the connector had seen.")]
    since: Annotated[Count, Field(description="Leaves that an earlier audit had verified.")]
    records: Annotated[Count, Field(description="Records of the house in clear.")]
    own: Annotated[Count, Field(description="Entries in which the party takes part.")]
    replayed: Annotated[Count, Field(description="Decisions made again.")]
    gathered: Annotated[Count, Field(description="Decisions whose facts were gathered again, and are the same.")]
    register_: Annotated[Count, Field(alias="register", description="Messages of the own register.")]
    problems: tuple[ProblemView, ...]
    more: Annotated[Count, Field(description="Findings beyond those listed.")]
    unchecked: tuple[UncheckedView, ...]
