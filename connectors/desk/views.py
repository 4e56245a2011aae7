"""What a desk shows: frozen values, without keys or sealed bytes. Values about a person never in ``repr``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from schemas.ids import Address, CaseRef, ItemRef, MessageId, SubjectRef
from schemas.strict import Json


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One question in the list. ``state``: ``open``, ``decided``, ``answered``, ``overtaken``."""

    id: MessageId
    case: CaseRef
    asker: Address
    address: Address
    answer_at: datetime
    state: str
    decided_by: str | None
    human: bool
    match: str | None


@dataclass(frozen=True, slots=True)
class AskedCategory:
    """What may be told at most of one category: level, fields, basis in words, and whether consent is needed first."""

    category: str
    label: str
    level: str
    fields: tuple[str, ...]
    basis: str
    regime: str
    consent: bool


@dataclass(frozen=True, slots=True)
class ProposedField:
    """One value of the own system, with its source and date."""

    category: str
    name: str
    source: str
    as_of: date
    value: Json = field(repr=False)


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One question on one page: who, about whom, why, what at most, until when, and what the own system has."""

    line: QuestionLine
    phase: str
    purpose: str
    task: str
    necessity: str
    expires: datetime
    asked: tuple[AskedCategory, ...]
    proposal: tuple[ProposedField, ...]
    candidates: tuple[Mapping[str, str], ...] = field(repr=False)
    person: Mapping[str, Json] = field(repr=False)
    themes: tuple[str, ...] = ()
    explanation: str | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class BoardLine:
    """What became of one question of the house: ``gevraagd``, ``opgehaald``, ``beantwoord``, ``niet_beantwoord``.

    ``outcome`` only from the agreed moment on: who answered early had to look less long.
    """

    question: MessageId
    address: Address
    subject: SubjectRef
    state: str
    answer_at: datetime
    expires: datetime
    outcome: str | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class HeldItem:
    """An item of a case file, opened for whoever may see it."""

    item: ItemRef
    message: MessageId
    party: Address
    subject: SubjectRef
    subject_category: str
    category: str
    level: str
    phase: str
    values: Mapping[str, Json] = field(repr=False)
    standing: str | None = None
    """Why it is not to be used, and its values are not shown: ``ingetrokken``, ``onjuist``, ``beperkt``."""
