"""The protocol pack as a model: what the parties agreed, as data (architecture.md, decision 2).

A pack is parsed from the text of its YAML files by :func:`schemas.pack_yaml.parse`; here stand the closed, frozen
models and the look-ups that the kernel needs. Every row says where it comes from: an article of the protocol, or
``reading: own`` with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictInt, model_validator
from typing_extensions import override

from schemas.content import LEVELS, Level
from schemas.ids import PackDigest, Term
from schemas.records import Frozen
from schemas.yaml_text import YamlError


class PackError(YamlError):
    """A pack that does not hold together: ``file``, ``line`` (1-based), what to do, and ``others``."""


class Indexed(Frozen):
    """A model with look-ups that are made once; a copy with other members makes its own."""

    @override
    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied


class Label(Frozen):
    """A text for people, in both languages."""

    nl: Annotated[str, Field(min_length=1, max_length=600)]
    en: Annotated[str, Field(min_length=1, max_length=600)]


class Row(Frozen):
    """Anything the pack states: by an article of the protocol, or as our own reading with its reason."""

    article: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    reading: Literal["own"] | None = None
    reason: Annotated[str, Field(min_length=8, max_length=600)] | None = None

    @model_validator(mode="after")
    def _sourced(self) -> Self:
        if (self.reading is None) != (self.reason is None) or (self.article is None and self.reading is None):
            raise ValueError("an article, or reading: own with a reason")
        return self


class Named(Row):
    """A row with an id and a text."""

    id: Term
    label: Label


class Phase(Named):
    """A phase and what may follow it; ``end`` for those in which nothing is exchanged."""

    next: tuple[Term, ...] = ()
    end: bool = False


class Purpose(Named):
    """A process step of Bijlage 2. ``counts_as``: the group of purposes that count as one (3.5b)."""

    phases: Annotated[tuple[Term, ...], Field(min_length=1)]
    counts_as: Term | None = None


class Regime(Named):
    """The regime that follows the origin; ``marks`` travel with the data (7.1)."""

    marks: tuple[Term, ...] = ()


class Secrecy(Named):
    """A professional secrecy (7.2) and whether only consent or an exception lifts it."""

    consent: bool


class Basis(Named):
    """A legal basis and its regime. ``decree``: only with a decree on record (6.4d)."""

    regime: Term
    decree: bool = False


class Task(Named):
    """A task article of 6.4."""


class Capacity(Named):
    """A capacity of 6.4: its tasks, its regime, the bases of what it provides, and whether it may receive.

    ``secrecy``: what rests on what it provides, unless its accession names others. ``geen_grondslag``
    (a party without a task of 6.4) is a row too: without tasks, and ``receives`` is false.
    """

    tasks: tuple[Term, ...]
    regime: Term
    default_basis: Term
    category_bases: dict[Term, Term] = Field(default_factory=dict)
    secrecy: tuple[Term, ...] = ()
    receives: bool = True


class SubjectCategory(Named):
    """A category of persons of Bijlage 4. ``informed``: told before anything goes (16.1); staff are told at work."""

    informed: bool = True


FieldType = Literal[
    "text",
    "integer",
    "enum",
    "enum_list",
    "boolean",
    "day",
    "partial_day",
    "postcode",
    "objects",
    "term",
    "subject_ref",
]
"""``term``: an id of a record, such as a decree; ``subject_ref``: a person of the case. Neither can hold a sentence."""


class FieldPart(Frozen):
    """One member of the objects in a field of type ``objects``."""

    name: Term
    label: Label
    type: FieldType
    max: Annotated[StrictInt, Field(ge=1, le=100_000)] | None = None
    values: tuple[Term, ...] = ()


class FieldRow(Row):
    """One field of a category (data-model.md 8.6). ``max`` is a length in characters, or the highest integer.

    For ``enum_list`` and ``objects`` it is the greatest number of them, where it is given.
    """

    name: Term
    label: Label
    type: FieldType
    level: Level
    max: Annotated[StrictInt, Field(ge=1, le=100_000)] | None = None
    min: Annotated[StrictInt, Field(ge=0, le=100_000)] | None = None
    """The lowest integer; absent: 0."""
    values: tuple[Term, ...] = ()
    values_by_capacity: dict[Term, tuple[Term, ...]] = Field(default_factory=dict)
    """Which of ``values`` a capacity chooses from; a capacity that is not here chooses from all."""
    value_labels: dict[Term, Label] = Field(default_factory=dict)  # texts for people
    implies: dict[Term, tuple[Term, ...]] = Field(default_factory=dict)
    """What a value tells besides itself: one of these categories must be allowed for the value to go (8.7)."""
    parts: tuple[FieldPart, ...] = ()
    """The members of each object, for ``objects``."""
    kinds: tuple[Term, ...] = ()
    """The kinds of message it belongs to: for ``bericht`` only, and there never empty."""
    required_for: tuple[Term, ...] = ()
    """Categories of person for whom an item of this category must hold it."""
    always: bool = False
    """A mark: the only value is true."""
    optional: bool = False
    disambiguation: bool = False
    """In a search key only to tell candidates apart."""
    withheld_if_secret: bool = False
    """Not given while the address is secret (BRP 07.70.10)."""


class Category(Indexed, Named):
    """A category of Bijlage 4: its class, for which persons, its fields."""

    data_class: Literal["gewoon", "gevoelig", "strafrechtelijk", "bijzonder", "avg10", "bericht"]
    subjects: tuple[Term, ...]
    origins: tuple[Term, ...] = ()
    """Only these capacities can be the first provider; empty: see the providers table."""
    fields: Annotated[tuple[FieldRow, ...], Field(min_length=1)]

    @cached_property
    def by_name(self) -> dict[str, FieldRow]:
        """Fields by name."""
        return {field.name: field for field in self.fields}


class CeilingRow(Row):
    """The highest level at (phase, kind, category, category of person); no row means not allowed (8.7)."""

    phase: Term
    kind: Term
    category: Term
    subjects: Annotated[tuple[Term, ...], Field(min_length=1)]
    level: Level
    purposes: tuple[Term, ...] = ()
    """Narrows to these purposes; empty: every purpose of the phase."""
    providers: tuple[Term, ...] = ()
    """Narrows to these capacities as sender; empty: whoever the providers table allows."""
    fields: tuple[Term, ...] = ()
    """Narrows to these fields; empty: every field at or below the level."""


class Absence(Row):
    """Cells without a ceiling on purpose: these categories about these persons do not go in this phase.

    ``kinds`` empty: in no kind of the phase. Says nothing to the kernel, for which absence is enough; the check of the
    pack demands that every cell is either a ceiling or an absence, so that no gap is an oversight.
    """

    phase: Term
    kinds: tuple[Term, ...] = ()
    categories: Annotated[tuple[Term, ...], Field(min_length=1)]
    subjects: Annotated[tuple[Term, ...], Field(min_length=1)]


class ProviderRow(Row):
    """Who may provide a category (8.8): usual or limited; both allow, the difference is shown to people."""

    category: Term
    usual: tuple[Term, ...] = ()
    limited: tuple[Term, ...] = ()


class Kind(Named):
    """A kind of message: who, to whom, when, what it carries (wire.md "Kinds and their acts")."""

    senders: Annotated[tuple[Term, ...], Field(min_length=1)]
    """``procesregie`` (the house), ``partij`` (any capacity), ``melder`` (the notifier of the case), ``gevraagd``."""
    recipients: Annotated[tuple[Term, ...], Field(min_length=1)]
    phases: Annotated[tuple[Term, ...], Field(min_length=1)]
    purposes: Literal["required", "none"]
    items: Literal["none", "exact", "ceiling"]
    replies_to: tuple[Term, ...] = ()
    reply: Literal["required", "optional", "none"] = "none"
    approval: bool = False
    """A human at the source (or a dated rule of that party) decides before it goes."""
    direction: Literal["widens", "narrows"]
    recipients_max: Annotated[StrictInt, Field(ge=1, le=30)] = 1
    seconds_max: Annotated[StrictInt, Field(ge=1, le=31_536_000)]
    """The longest time between ``created`` and ``expires``."""
    registered: bool
    """A provision of personal data, shown in the register (8)."""


class Outcome(Named):
    """An outcome of a triage answer; ``plain`` ones become ``geen_uitspraak`` under secrecy."""

    plain_under_secrecy: bool


class Code(Named):
    """A code people choose from: necessity, refusal, reason, exception; ``decision``: of a ``fase_besluit``.

    ``phases``: where it may be chosen; empty: everywhere. ``decisions``: those that a reason can carry; empty: all.
    """

    use: Literal["necessity", "refusal", "reason", "exception", "decision"]
    phases: tuple[Term, ...] = ()
    decisions: tuple[Term, ...] = ()


class LifeDomain(Named):
    """A leefgebied; ticking it implies categories (8.7): all of ``implies``, and one of those of the capacity.

    Where ``implies_by_capacity`` is given, a capacity that is not in it does not tick the life domain at all.
    """

    implies: tuple[Term, ...] = ()
    implies_by_capacity: dict[Term, tuple[Term, ...]] = Field(default_factory=dict)


class Limits(Frozen):
    """The numbers of the pack."""

    questions_a_day: Annotated[StrictInt, Field(ge=1)]
    """Questions from one house that a connector answers in a day without a human."""
    questions_a_case_and_person: Annotated[StrictInt, Field(ge=1)]
    """The same, about one person in one case."""
    refusals_a_day: Annotated[StrictInt, Field(ge=1)]
    """Refusals of one address that get an entry of their own in a day."""
    answer_spread_seconds: Annotated[StrictInt, Field(ge=0, le=600)]
    """An answer goes at ``answer_at`` plus a random time up to this."""
    answer_grace_seconds: Annotated[StrictInt, Field(ge=1)]
    """How long after ``answer_at`` an answer may still come: the least between it and the ceiling's ``expires``."""
    message_retention_days: Annotated[StrictInt, Field(ge=1)]
    """How long the broker keeps manifests and bodies of a case that came to an end."""
    consent_before_opening_days: Annotated[StrictInt, Field(ge=0, le=365)]
    """How long before the case was opened consent for its first phase may have been given (7.2a)."""
    informed_before_opening_days: Annotated[StrictInt, Field(ge=0, le=3650)]
    """How long before the case was opened a person may have been told about it (16.1)."""
    recheck_days_max: Annotated[StrictInt, Field(ge=1, le=366)]
    """How far ahead the day may lie on which a deferral is looked at again (16.7)."""
    reading: Literal["own"] | None = None
    reason: Annotated[str, Field(min_length=8, max_length=600)] | None = None


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
