"""The protocol pack as a model: what the parties agreed, as data (architecture.md, decision 2).

A pack is parsed from the text of its YAML files by :func:`schemas.pack_yaml.parse`; here stands the whole, with the
look-ups that the kernel needs. Its rows are :mod:`schemas.pack_rows`.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Annotated

from pydantic import Field

from schemas.content import LEVELS, MESSAGE_CATEGORY, Level
from schemas.ids import PackDigest, Term
from schemas.pack_rows import (
    Absence,
    Basis,
    Capacity,
    Category,
    CeilingRow,
    Code,
    FieldRow,
    Indexed,
    Kind,
    Label,
    LifeDomain,
    Limits,
    Outcome,
    Period,
    Phase,
    ProviderRow,
    Purpose,
    Question,
    Regime,
    RuleRow,
    Secrecy,
    SubjectCategory,
    Task,
)
from schemas.yaml_text import YamlError

_NO_SEPARATORS = str.maketrans("", "", "_- /.")


@lru_cache(maxsize=2048)
def bare(name: str) -> str:
    """A name without case and separators, so that no spelling of it passes (B4-x)."""
    return name.lower().translate(_NO_SEPARATORS)


class PackError(YamlError):
    """A pack that does not hold together: ``file``, ``line`` (1-based), what to do, and ``others``."""


class Pack(Indexed):
    """A whole protocol pack, made by :func:`schemas.pack_yaml.parse`, which also checks that it holds together."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{2,60}$")]
    version: str
    label: Label
    limits: Limits
    phases: tuple[Phase, ...]
    purposes: tuple[Purpose, ...]
    regimes: tuple[Regime, ...]
    secrecies: tuple[Secrecy, ...]
    bases: tuple[Basis, ...]
    tasks: tuple[Task, ...]
    capacities: tuple[Capacity, ...]
    subject_categories: tuple[SubjectCategory, ...]
    categories: tuple[Category, ...]
    ceilings: tuple[CeilingRow, ...]
    absences: tuple[Absence, ...] = ()
    providers: tuple[ProviderRow, ...]
    kinds: tuple[Kind, ...]
    outcomes: tuple[Outcome, ...]
    codes: tuple[Code, ...]
    life_domains: tuple[LifeDomain, ...]
    terms: tuple[Period, ...]
    rules: tuple[RuleRow, ...]
    questions: tuple[Question, ...]
    forbidden_fields: tuple[str, ...]
    """Names that no field may have (B4-x): BSN and the like, in every spelling we know."""
    digest: PackDigest
    """Over the canonical form of the parsed data; computed by the loader, never written in a file."""

    @cached_property
    def kind(self) -> dict[str, Kind]:
        """Kinds by id."""
        return {row.id: row for row in self.kinds}

    @cached_property
    def phase(self) -> dict[str, Phase]:
        """Phases by id."""
        return {row.id: row for row in self.phases}

    @cached_property
    def purpose(self) -> dict[str, Purpose]:
        """Purposes by id."""
        return {row.id: row for row in self.purposes}

    @cached_property
    def capacity(self) -> dict[str, Capacity]:
        """Capacities by id."""
        return {row.id: row for row in self.capacities}

    @cached_property
    def basis(self) -> dict[str, Basis]:
        """Bases by id."""
        return {row.id: row for row in self.bases}

    @cached_property
    def secrecy(self) -> dict[str, Secrecy]:
        """Secrecies by id."""
        return {row.id: row for row in self.secrecies}

    @cached_property
    def category(self) -> dict[str, Category]:
        """Categories by id."""
        return {row.id: row for row in self.categories}

    @cached_property
    def code(self) -> dict[tuple[str, str], Code]:
        """Codes by (use, id)."""
        return {(row.use, row.id): row for row in self.codes}

    @cached_property
    def term(self) -> dict[str, Period]:
        """Terms by id."""
        return {row.id: row for row in self.terms}

    @cached_property
    def rule(self) -> dict[str, RuleRow]:
        """Rules by id, and by every other way in which a decision cites them."""
        cited = {name: row for row in self.rules for name in row.cites}
        return cited | {row.id: row for row in self.rules}

    @cached_property
    def provider(self) -> dict[tuple[str, str], str]:
        """(category, capacity) -> ``usual`` or ``limited``; absent means may not."""
        table: dict[tuple[str, str], str] = {
            (row.category, who): "usual" for row in self.providers for who in row.usual
        }
        return table | {(row.category, who): "limited" for row in self.providers for who in row.limited}

    @cached_property
    def ceiling(self) -> dict[tuple[str, str, str, str], CeilingRow]:
        """(phase, kind, category, category of person) -> its row."""
        return {(row.phase, row.kind, row.category, who): row for row in self.ceilings for who in row.subjects}

    @cached_property
    def task(self) -> dict[str, Task]:
        """Tasks by id."""
        return {row.id: row for row in self.tasks}

    @cached_property
    def person(self) -> dict[str, int]:
        """Categories of persons by their number in Bijlage 4, from 1."""
        return {row.id: number for number, row in enumerate(self.subject_categories, start=1)}

    @cached_property
    def required_fields(self) -> dict[tuple[str, str], frozenset[str]]:
        """(category, category of person) -> paths of the fields that an item must hold."""
        return {
            (row.id, who): frozenset(f"/{field.name}" for field in row.fields if who in field.required_for)
            for row in self.categories
            for who in {who for field in row.fields for who in field.required_for}
        }

    @cached_property
    def must_say(self) -> dict[str, frozenset[str]]:
        """Kind -> paths of the fields of the message itself that it must hold."""
        own = self.category.get(MESSAGE_CATEGORY)
        fields = [field for field in own.fields if not field.optional] if own else []
        return {row.id: frozenset(f"/{field.name}" for field in fields if row.id in field.kinds) for row in self.kinds}

    @cached_property
    def staff(self) -> frozenset[str]:
        """Categories of persons who are told at work: their own organisation informs them (16.1)."""
        return frozenset(row.id for row in self.subject_categories if not row.informed)

    @cached_property
    def answering(self) -> dict[str, Kind]:
        """A kind that asks -> the kind that answers it under a ceiling."""
        return {asked: row for row in reversed(self.kinds) if row.items == "ceiling" for asked in row.replies_to}

    @cached_property
    def marks(self) -> dict[str, tuple[Term, ...]]:
        """Regime -> the marks that travel with its data (7.1)."""
        return {row.id: row.marks for row in self.regimes}

    @cached_property
    def open_fields(self) -> dict[tuple[str, str, str, str], dict[str, Level]]:
        """(phase, kind, category, category of person) -> the fields that its ceiling lets through, and their levels."""
        return {
            cell: {field.name: field.level for field in self.fields_of(row) if bare(field.name) not in self.forbidden}
            for cell, row in self.ceiling.items()
        }

    @cached_property
    def forbidden(self) -> frozenset[str]:
        """The names that no field may have, without case and separators; see :func:`bare`."""
        return frozenset(map(bare, self.forbidden_fields))

    def fields_of(self, row: CeilingRow) -> tuple[FieldRow, ...]:
        """The fields that may go under a ceiling: at or below its level, of its kind, and in its narrowing."""
        category = self.category.get(row.category)
        height = LEVELS.index(row.level)
        return tuple(
            field
            for field in (category.fields if category else ())
            if LEVELS.index(field.level) <= height
            and (not row.fields or field.name in row.fields)
            and (not field.kinds or row.kind in field.kinds)
        )
