"""The closed body of each kind (wire.md "Kinds and their acts"). A kind without a model here is not accepted.

Kinds with no body of their own (``aanmelding``, ``triageantwoord``, ``sleutel_verzoek``) have an empty one.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StrictInt, model_validator

from schemas.content import AkpPublic, Ceiling, ConsentRef, Deferred, Origin, ReceivePublic, TaskRef
from schemas.ids import (
    Address,
    Day,
    Digest,
    FieldPath,
    Instant,
    ItemRef,
    Kid,
    MessageId,
    Reference,
    SubjectRef,
    Term,
)
from schemas.records import Frozen, Suite


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
    suite: Suite
    pub: ReceivePublic
    phase: Term
    epoch: Annotated[StrictInt, Field(ge=0, lt=10_000)]
    not_after: Instant
    canary: Digest

    @model_validator(mode="after")
    def _one_suite(self) -> Self:
        if (self.suite == "keten-pq") != isinstance(self.pub, AkpPublic):
            raise ValueError("the suite is that of the key")
        return self


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
    """``fase_besluit``: closes the old phase at once, opens the new one with its proof.

    ``from`` and ``to`` the same: a recorded decision that changes no phase (B2-out), or one by which the
    procesregisseur marks earlier items necessary for another purpose (3.5b). ``keep_for``: the purposes for which those
    of ``keep`` are necessary.
    ``meeting``: the digest of the record of the meeting in which it was taken, with a salt: its day and who took part
    (1.21). The record stays with the house: a decision is told also to who was not there, and travels with messages.
    """

    decision: Term
    old: Term = Field(alias="from")
    new: Term = Field(alias="to")
    decided_on: Day
    reason: Term
    meeting: Digest | None = None
    keep: Annotated[tuple[ItemRef, ...], Field(max_length=200)] = ()
    keep_for: Annotated[tuple[Term, ...], Field(max_length=20)] = ()
    casusregie: Address | None = None


class Receipt(Act):
    """``ontvangst``: what became of a sealed message."""

    of: MessageId
    manifest_sha256: Digest
    sealed_sha256: Digest
    result: Literal["filed", "refused", "received", "key_closed", "overtaken"]


class Use(Frozen):
    """Phase, purpose and holder that an agreement is for; ``holder`` is an address or a capacity.

    ``task``: the holder's own task, where it is that which the data are to be used for (3.5d); nothing else agrees to
    it.
    """

    phase: Term
    purpose: Term
    holder: Address | Term
    task: TaskRef | None = None


class AgreedItem(Frozen):
    """What an agreement is about: the item, whose it is, of which category, and at most which of its fields.

    ``consent`` or ``exception``: what lifts the provider's secrecy for this use (7.2a; 7.2e, which it weighs itself);
    without either nothing under secrecy goes on.
    ``given_for``: the purpose for which it was provided; the new one must be compatible with it (13.5, 13.6).
    """

    item: ItemRef
    subject: SubjectRef
    subject_category: Term
    category: Term
    fields: Annotated[tuple[FieldPath, ...], Field(min_length=1, max_length=60)]
    given_for: Term
    consent: ConsentRef | None = None
    exception: Term | None = None


Items = Annotated[tuple[Origin, ...], Field(min_length=1, max_length=60)]
"""Whose items, by their first provider and its number: what is decided holds for everything with that origin."""


class AgreementRequest(Act):
    """``akkoord_verzoek``: whether the providers agree to a use of these items (3.5b-d)."""

    items: Items
    use: Use = Field(alias="for")
    until: Instant


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
    deferred: Deferred | None = None
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


class Invitation(Act):
    """``casus_uitnodiging``: who takes part in the case meeting from now (1.20).

    ``agreement``: the decision on which it rests, a ``fase_besluit`` of this case.
    """

    admit: Annotated[tuple[Address, ...], Field(min_length=1, max_length=30)]
    agreement: MessageId


class Departure(Act):
    """``deelname_einde``: who takes part no longer, from the moment that it is accepted (9.6, 1.20)."""

    remove: Annotated[tuple[Address, ...], Field(min_length=1, max_length=30)]
    reason: Term


class Deed(Act):
    """``actie``: a provision outside the meeting (5.3.1). ``agreement``: the message that records what was agreed."""

    agreement: MessageId


class Withdrawal(Act):
    """``toestemming_ingetrokken``: the person took a consent back (7.2d, 13.7); nothing that rested on it goes on."""

    items: Items
    consent: Reference
    since: Day = Field(alias="from")


class Correction(Act):
    """``correctie``: these items are wrong (9.5, 19). What is right comes as a new provision of the same provider."""

    items: Items


class Restriction(Act):
    """``beperking``: these items are stored and not used (20.2, 21). ``ground``: a code of the pack."""

    items: Items
    ground: Term


class RestrictionEnd(Act):
    """``beperking_einde``: they may be used again."""

    items: Items
    reason: Term


class Permission(Act):
    """``doorverstrekking_akkoord``: the police allow a party to pass on what it held from before (7.1)."""

    subject: SubjectRef
    subject_category: Term
    categories: Annotated[tuple[Term, ...], Field(min_length=1, max_length=18)]
    holder: Address
    phase: Term
    purpose: Term
    until: Instant


Scope = Literal["item", "key", "phase", "case"]


class ErasureOrder(Act):
    """``vernietig_opdracht``: what is to be destroyed (11.2). ``ids``: items, key ids, phases, or the case itself."""

    scope: Scope
    ids: Annotated[tuple[Reference | Digest | Term, ...], Field(min_length=1, max_length=200)]


class Erased(Act):
    """``vernietigd``: it was destroyed, by which means; ``generation`` of the keystore before and after (11.2c)."""

    scope: Scope
    ids: Annotated[tuple[Reference | Digest | Term, ...], Field(min_length=1, max_length=200)]
    generation: Annotated[tuple[Annotated[StrictInt, Field(ge=0)], ...], Field(min_length=2, max_length=2)]
    method: Term
    backend: Term


class TermDecision(Act):
    """``termijn_besluit``: a term is moved, with a reason and an end (11.4). ``scope``: a term of the pack."""

    scope: Term
    until: Instant
    reason: Term


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
    "akkoord_verzoek": AgreementRequest,
    "akkoord": Agreement,
    "geinformeerd": Informed,
    "minimalisatie_schending": Violation,
    "casus_uitnodiging": Invitation,
    "deelname_einde": Departure,
    "inbreng": Empty,
    "plan_van_aanpak": Empty,
    "actie": Deed,
    "toestemming_ingetrokken": Withdrawal,
    "correctie": Correction,
    "beperking": Restriction,
    "beperking_einde": RestrictionEnd,
    "doorverstrekking_akkoord": Permission,
    "vernietig_opdracht": ErasureOrder,
    "vernietigd": Erased,
    "termijn_besluit": TermDecision,
}
