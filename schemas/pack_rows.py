"""The rows of a protocol pack: closed, frozen models, one for each kind of thing that the parties agreed.

Every row says where it comes from: an article of the protocol, or ``reading: own`` with a reason. The pack that holds
them, with its look-ups, is :mod:`schemas.pack`; whether rows hang together is :mod:`schemas.pack_check`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictInt, model_validator
from typing_extensions import override

from schemas.content import Level
from schemas.ids import Term
from schemas.records import Frozen


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
    """A phase and what may follow it; ``end`` for those in which nothing is exchanged.

    ``minimisation``: the article that says how little goes in it; a refusal cites that one.
    """

    next: tuple[Term, ...] = ()
    end: bool = False
    minimisation: Annotated[str, Field(min_length=1, max_length=20)] | None = None


class Purpose(Named):
    """A process step of Bijlage 2. ``counts_as``: the group of purposes that count as one (3.5b).

    ``follows``: purposes whose data may go on to this one with the provider's agreement, because it is compatible with
    them (13.5, 13.6). A purpose, and those that count as one with it, always follow themselves and are not named here.
    """

    phases: Annotated[tuple[Term, ...], Field(min_length=1)]
    counts_as: Term | None = None
    follows: tuple[Term, ...] = ()


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
    min: Annotated[StrictInt, Field(ge=0, le=100_000)] | None = None
    values: tuple[Term, ...] = ()
    optional: bool = False


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


CodeUse = Literal[
    "necessity",
    "refusal",
    "reason",
    "exception",
    "decision",
    "restriction",
    "restricted_use",
    "restriction_end",
    "departure",
    "term",
]
"""What a code is chosen for. ``restriction``: why an item is stored and not used (20.2, 21); ``restricted_use``: why it
is used all the same (20.3); ``restriction_end``: why it is used again; ``departure``: why someone takes part no longer;
``term``: why a term is moved (11.4)."""


class Code(Named):
    """A code people choose from: necessity, refusal, reason, exception; ``decision``: of a ``fase_besluit``.

    ``phases``: where it may be chosen; empty: everywhere. ``decisions``: those that a reason can carry; empty: all.
    ``keeps_phase``: a decision that changes no phase, so that ``from`` and ``to`` are the same (B2-out).
    """

    use: CodeUse
    phases: tuple[Term, ...] = ()
    decisions: tuple[Term, ...] = ()
    keeps_phase: bool = False


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
    handover_days: Annotated[StrictInt, Field(ge=1, le=366)]
    """How long after the decision to scale down items may still go for the hand-over (11.2a)."""
    screening_days: Annotated[StrictInt, Field(ge=1, le=3660)]
    """How old the oldest certificate of conduct or screening may be (13.3)."""
    consultation_days: Annotated[StrictInt, Field(ge=0, le=366)]
    """How long the fgs have for their advice before a pack may be in force (15.1)."""
    agreement_days_max: Annotated[StrictInt, Field(ge=1, le=366)]
    """How long an agreement or a permission may last before it is looked at again (3.5c, 7.1)."""
    reading: Literal["own"] | None = None
    reason: Annotated[str, Field(min_length=8, max_length=600)] | None = None


PeriodUnit = Literal["hours", "days", "weeks", "months", "years"]

PeriodStart = Literal[
    "besluit_afschaling",
    "besluit_afwijzing",
    "einde_termijn",
    "verstrekking",
    "afgifte_verklaring",
    "kennisneming_inbreuk",
    "ontdekking_inbreuk",
    "voorlegging_fg",
    "besluit_uitstel",
    "ontvangst_verzoek",
    "bijwerking_lijst",
    "inwerkingtreding",
]
"""The moment from which a term runs; the code knows each of them."""


class Period(Named):
    """A term: this long after ``from_`` something ends or must be done; 0 is at once. Months and years are calendar's.

    ``movable``: a recorded decision may move it, with a reason and an end (11.4).
    """

    amount: Annotated[StrictInt, Field(ge=0, le=3660)]
    unit: PeriodUnit
    from_: PeriodStart = Field(alias="from")
    movable: bool = False


Where = Literal["K", "C", "R", "T", "H", "U"]
"""Kernel, connector, register or record, timer, human, screen."""


class RuleRow(Row):
    """One rule of the protocol: an id that decisions, errors and entries cite.

    ``cites``: other ways in which a decision names it, such as ``7.2a`` for ``7.2a-b``. ``through``: the rules by which
    it is decided, where it has no decision of its own.
    """

    id: Annotated[str, Field(pattern=r"^[A-Z]?[0-9]{1,2}[0-9a-z.-]{0,16}$")]
    label: Label
    where: Annotated[tuple[Where, ...], Field(min_length=1)]
    cites: tuple[Annotated[str, Field(min_length=1, max_length=20)], ...] = ()
    through: tuple[Annotated[str, Field(min_length=1, max_length=20)], ...] = ()


class Question(Frozen):
    """A question for a jurist (or how the rules read a place, a ``lezing``), and what was chosen. In Dutch."""

    of: Literal["vraag", "lezing"] = "vraag"
    id: Term
    article: Annotated[str, Field(min_length=1, max_length=60)]
    text: Annotated[str, Field(min_length=8, max_length=900)]
    chosen: Annotated[str, Field(min_length=8, max_length=900)]
