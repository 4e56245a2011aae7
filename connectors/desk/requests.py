"""What may be asked over ``control.sock``: a closed model per act. What the acts do is :mod:`connectors.desk.acts`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from connectors.exchanges.notifying import Form, Told
from schemas.ids import Day, Instant, Reference, Term
from schemas.records import Frozen

Name = Annotated[str, Field(min_length=1, max_length=80)]
Why = Annotated[str, Field(min_length=1, max_length=500)]


class Nothing(Frozen):
    """An act that needs nothing."""


class Listed(Frozen):
    """The list of questions; ``everything``: the answered ones too."""

    everything: StrictBool = False


class OneQuestion(Frozen):
    """A question by its id or the last characters of it."""

    question: Name


class Approve(OneQuestion):
    """``keep``: per category the fields that go; None: all that was found. ``bericht``: the answer's own fields."""

    by: Name
    explanation: Why
    keep: Mapping[str, tuple[Term, ...]] | None = None
    bericht: Mapping[str, str | tuple[str, ...]] = Field(default_factory=dict)
    consent: Reference | None = None
    exception: Term | None = None
    nature: Literal["feit", "oordeel"] = "feit"


class Decline(OneQuestion):
    """With a code of the pack."""

    by: Name
    code: Term
    explanation: Why


class Conclude(OneQuestion):
    """An outcome without data."""

    by: Name
    outcome: Literal["niet_bekend", "meervoudige_treffer", "geen_uitspraak"]
    explanation: Why


class Consent(Frozen):
    """A consent as it was given; of a question, or of a case and person."""

    question: Name | None = None
    case: Name | None = None
    subject: Name | None = None
    date: Day
    categories: Annotated[tuple[Term, ...], Field(min_length=1, max_length=40)]
    how: Literal["schriftelijk", "digitaal"]
    by: Name


class Notify(Frozen):
    """A notification; the form was read and checked by the command."""

    form: Form
    wait: Annotated[StrictInt, Field(ge=1, le=240)] = 30


class Inform(Frozen):
    """Persons that were told, or for whom that waits. ``subjects`` empty: everybody in the case."""

    case: Name
    subjects: tuple[Name, ...] = ()
    told: Told
    function: Term | None = None


class Ask(Frozen):
    """A question about one person to one or more parties. ``categories`` None: all that the pack leaves.

    ``expires`` None: as long after ``answer_at`` as the pack gives an answer.
    """

    case: Name
    person: Name
    of: Annotated[tuple[Name, ...], Field(min_length=1, max_length=14)]
    necessity: Term = Term("eerste_beeld_vormen")
    explanation: Why
    answer_at: Instant
    expires: Instant | None = None
    categories: tuple[Term, ...] | None = None
    themes: tuple[Term, ...] = ()
    disambiguate: StrictBool = False
    wait: Annotated[StrictInt, Field(ge=1, le=240)] = 30


class OneCase(Frozen):
    """A case by its reference or the beginning of it."""

    case: Name


class Keeping(OneCase):
    """What a decision to another phase would take along. ``keep``: references of items, or categories."""

    to: Term
    keep: tuple[Name, ...] = ()


class Decide(Keeping):
    """To another phase or an end; nothing is kept that is not named.

    ``purposes``: for what it is necessary there (3.5b); None: for what its providers agreed to.
    """

    reason: Term
    purposes: tuple[Term, ...] | None = None


class OneMessage(Frozen):
    """A message by its id or the last characters of it."""

    message: Name


class Register(Frozen):
    """Lines of the own register."""

    case: Name | None = None
    outcome: Literal["allowed", "refused"] | None = None
