"""The closed body of each kind (wire.md "Kinds and their acts"). A kind without a model here is not accepted.

Kinds with no body of their own (``aanmelding``, ``triageantwoord``, ``sleutel_verzoek``) have an empty one.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StrictInt, model_validator

from schemas.content import AkpPublic, Ceiling, ConsentRef
from schemas.ids import Address, Day, Digest, FieldPath, Instant, ItemRef, Kid, MessageId, SubjectRef, Term
from schemas.records import Frozen


class Act(Frozen):
    """The body of one kind."""


class Start(Act):
    """``aanmelding_start``: the notifier's mandate, a compact JWS over {house, case, to, date}."""

    mandate: Annotated[str, Field(max_length=4096)]


class Empty(Act):
    """A kind that says all in its other members."""


class CaseKey(Frozen):
    """The public half of a receive key for (case, phase, epoch). ``canary``: digest of a ciphertext under it."""

    kid: Kid
    suite: Literal["keten-pq"]
    pub: AkpPublic
    phase: Term
    epoch: Annotated[StrictInt, Field(ge=0, lt=10_000)]
    not_after: Instant
    canary: Digest


class Keys(Act):
    """``sleutel``: the sender's own case keys."""

    keys: Annotated[tuple[CaseKey, ...], Field(min_length=1, max_length=8)]


class IntakeDecision(Act):
    """``aanmelding_besluit``: what becomes of the notification."""

    decision: Literal["in_triage", "afgewezen", "elders"]
    reason: Term


class Question(Act):
    """``triagevraag``: what the answer may hold at most, when it is handed in, on whose behalf the house asks."""

    ceiling: Ceiling
    answer_at: Instant
    mandate: Annotated[str, Field(max_length=4096)]


class PhaseDecision(Act):
    """``fase_besluit``: closes the old phase at once, opens the new one with its proof."""

    decision: Term
    old: Term = Field(alias="from")
    new: Term = Field(alias="to")
    decided_on: Day
    reason: Term
    meeting: Digest | None = None
    keep: Annotated[tuple[ItemRef, ...], Field(max_length=200)] = ()
    casusregie: Address | None = None


class Receipt(Act):
    """``ontvangst``: what became of a sealed message."""

    of: MessageId
    manifest_sha256: Digest
    sealed_sha256: Digest
    result: Literal["filed", "refused", "received", "key_closed", "overtaken"]


class Use(Frozen):
    """Phase, purpose and holder that an agreement is for; ``holder`` is an address or a capacity."""

    phase: Term
    purpose: Term
    holder: Address | Term


class AgreedItem(Frozen):
    """What an agreement is about: the item, whose it is, of which category, and at most which of its fields.

    ``consent``: what lifts the provider's secrecy for this use (7.2a); without it nothing under secrecy goes on.
    """

    item: ItemRef
    subject: SubjectRef
    subject_category: Term
    category: Term
    fields: Annotated[tuple[FieldPath, ...], Field(min_length=1, max_length=60)]
    consent: ConsentRef | None = None


class Agreement(Act):
    """``akkoord``: the provider agrees (or not) that items are used (3.5b, c)."""

    items: Annotated[tuple[AgreedItem, ...], Field(min_length=1, max_length=60)]
    use: Use = Field(alias="for")
    until: Instant
    decision: Literal["akkoord", "geen_akkoord", "ingetrokken"]


class Informed(Act):
    """``geinformeerd`` (16.1, 16.2): when and how, or deferred with the day it is looked at again."""

    subjects: Annotated[tuple[SubjectRef, ...], Field(min_length=1, max_length=60)]
    at: Day | None = None
    how: Literal["gesprek", "brief", "telefoon"] | None = None
    deferred: Literal[True] | None = None
    recheck: Day | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        told = self.at is not None and self.how is not None
        later = self.deferred is True and self.recheck is not None
        if told == later or (told and (self.deferred or self.recheck)) or (later and (self.at or self.how)):
            raise ValueError("either at and how, or deferred and recheck")
        return self


class Finding(Frozen):
    """One thing that was wrong with an opened message; the place and a code, never the value."""

    path: FieldPath
    code: Term


class Violation(Act):
    """``minimalisatie_schending``: an exact message held what its manifest or the pack did not allow."""

    of: MessageId
    findings: Annotated[tuple[Finding, ...], Field(min_length=1, max_length=60)]


ACTS: dict[str, type[Act]] = {
    "aanmelding_start": Start,
    "sleutel_verzoek": Empty,
    "sleutel": Keys,
    "aanmelding": Empty,
    "aanmelding_besluit": IntakeDecision,
    "triagevraag": Question,
    "triageantwoord": Empty,
    "fase_besluit": PhaseDecision,
    "ontvangst": Receipt,
    "akkoord": Agreement,
    "geinformeerd": Informed,
    "minimalisatie_schending": Violation,
}
