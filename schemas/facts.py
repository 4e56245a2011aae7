"""What the kernel knows besides the manifest (wire.md "Facts"): codes and ids, closed and frozen. Absent means no.

The models only. They are made in one place for broker, connectors and audit: :func:`schemas.gathering.gather`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from schemas.content import Ceiling, ConsentRef, TaskRef
from schemas.ids import (
    Address,
    CaseRef,
    Day,
    Digest,
    FieldPath,
    HouseId,
    Instant,
    ItemRef,
    Kid,
    MessageId,
    PackDigest,
    Reference,
    SubjectRef,
    Term,
)
from schemas.records import Frozen

HOUSE_FUNCTION = "procesregie"


class DecreeFact(Frozen):
    """A decree on record: of which basis, from when until when."""

    id: Term
    basis: Term
    since: Instant
    until: Instant


class PartyFact(Frozen):
    """One address: since when it acceded, whether it left, its tasks and secrecies, its party's decrees."""

    address: Address
    since: Instant
    left: Instant | None = None
    tasks: tuple[Term, ...] = ()
    secrecy: tuple[Term, ...] = ()
    provides_for: tuple[Term, ...] = ()
    decrees: tuple[DecreeFact, ...] = ()
    declared: Day | None = None
    """When it declared that everyone who sees the data is bound to secrecy (13.1, 13.2)."""
    screened: Day | None = None
    """The oldest certificate of conduct or screening among those people (13.3)."""


class PackFact(Frozen):
    """When a pack is in force, and what came before that: the DPIA, the fgs' consultation, the decision (15, 28)."""

    digest: PackDigest
    since: Instant
    until: Instant | None = None
    dpia: str | None = None
    consulted: Day | None = None
    """The day on which the fgs were given the description."""
    decision: str | None = None
    """The steering group's decision."""


class RosterFact(Frozen):
    """Who takes part, as what: ``melder``, ``huis``, ``gevraagd``, ``deelnemer``.

    An address can have several rows, one after the other; at each moment at most one of them is live.
    """

    address: Address
    role: Literal["melder", "huis", "gevraagd", "deelnemer"]
    since: Instant
    until: Instant | None = None


class KeyFact(Frozen):
    """A live case key: messages of the case are sealed to it, and to nothing else."""

    address: Address
    kid: Kid
    phase: Term
    epoch: int
    not_after: Instant


class AgreementFact(Frozen):
    """A provider's agreement to use an item (3.5c)."""

    item: ItemRef
    subject: SubjectRef
    subject_category: Term
    category: Term
    fields: tuple[FieldPath, ...]
    provider: Address
    phase: Term
    purpose: Term
    holder: str
    until: Instant
    since: Instant
    """When it was accepted: one for a function covers who took part by then, no late joiner."""
    given_for: Term
    task: TaskRef | None = None
    consent: ConsentRef | None = None
    exception: Term | None = None
    """The exception that the provider weighed for this use itself (7.2e)."""
    refused: tuple[Term, ...] = ()
    """Other purposes that were refused since, for the same phase and holder: where one of these counts as the purpose
    in hand, this agreement is worth nothing (3.5b, c). Which purposes count as one is said by the pack."""


class StoppedFact(Frozen):
    """An item that goes no further: its consent was taken back (7.2d), or it is wrong (9.5)."""

    item: ItemRef
    provider: Address
    why: Literal["ingetrokken", "onjuist"]
    since: Instant


class WithdrawnFact(Frozen):
    """A consent that was taken back, told by the provider it was given to (7.2d)."""

    consent: Reference
    provider: Address
    since: Instant


class RestrictionFact(Frozen):
    """An item that is stored and not used (20)."""

    item: ItemRef
    provider: Address
    ground: Term
    since: Instant


class PermissionFact(Frozen):
    """The police allow a holder to pass on what it held from before (7.1)."""

    id: MessageId
    provider: Address
    subject: SubjectRef
    subject_category: Term
    categories: tuple[Term, ...]
    holder: Address
    phase: Term
    purpose: Term
    until: Instant


class AgreedFact(Frozen):
    """What was agreed, which a message names in its act (5.3.1): a plan, or a decision about the case."""

    id: MessageId
    kind: Term
    phase: Term | None = None
    decision: Term | None = None
    casusregie: Address | None = None


class KeptFact(Frozen):
    """An item that the procesregisseur marked necessary in this phase, and for which purpose (3.5b)."""

    item: ItemRef
    purpose: Term


class InformedFact(Frozen):
    """A person was told, or it was deferred (16)."""

    subject: SubjectRef
    by: Address
    at: Day | None = None
    recheck: Day | None = None


class ThreadFact(Frozen):
    """The message that this one replies to."""

    id: MessageId
    kind: Term
    case: CaseRef | None = None
    manifest_sha256: Digest
    sealed_sha256: Digest | None = None
    sender: Address
    to: tuple[Address, ...]
    phase: Term | None = None
    purpose: Term | None = None
    pack: PackDigest
    expires: Instant
    answer_at: Instant | None = None
    ceiling: Ceiling | None = None
    answered: bool = False
    """The sender of the message in hand has replied to it before with a message of the same kind."""


class CaseFact(Frozen):
    """The case as far as it bears on the message."""

    case: CaseRef
    phase: Term
    opened: Instant
    phase_since: Instant
    notifier: Address
    acting_for: Address
    mandate: Digest
    roster: tuple[RosterFact, ...] = ()
    keys: tuple[KeyFact, ...] = ()
    kept: tuple[KeptFact, ...] = ()
    """Which of the originals of this message were marked necessary in this phase, and for what (3.5b)."""
    casusregie: Address | None = None
    """Who directs the case, once that is decided (9.4)."""


class Facts(Frozen):
    """All that :func:`schemas.policy.decide` may know."""

    house: HouseId
    house_address: Address
    packs: tuple[PackFact, ...] = ()
    parties: tuple[PartyFact, ...] = ()
    case: CaseFact | None = None
    thread: ThreadFact | None = None
    informed: tuple[InformedFact, ...] = ()
    agreements: tuple[AgreementFact, ...] = ()
    stopped: tuple[StoppedFact, ...] = ()
    withdrawn: tuple[WithdrawnFact, ...] = ()
    restrictions: tuple[RestrictionFact, ...] = ()
    permissions: tuple[PermissionFact, ...] = ()
    agreed: AgreedFact | None = None
    item_taken: bool = False
    """An item of the message is already known in the house."""
    too_much: bool = False
    """More is known than a reader takes; it is left out here, and the message does not go (12)."""

    def party(self, address: str) -> PartyFact | None:
        """The party at an address."""
        return next((party for party in self.parties if party.address == address), None)

    def role(self, address: str, now: datetime) -> str | None:
        """The role of an address in the case at ``now``."""
        roster = self.case.roster if self.case else ()
        live = (row for row in roster if row.address == address and row.since <= now)
        return next((row.role for row in live if row.until is None or now < row.until), None)
