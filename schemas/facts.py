"""What the kernel knows besides the manifest (wire.md "Facts"): codes and ids, closed and frozen. Absent means no.

The models only. They are made in one place for broker, connectors and audit: :func:`schemas.gathering.gather`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from schemas.content import Ceiling, ConsentRef
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


class PackFact(Frozen):
    """When a pack is in force."""

    digest: PackDigest
    since: Instant
    until: Instant | None = None


class RosterFact(Frozen):
    """Who takes part, as what: ``melder``, ``huis``, ``gevraagd``, ``deelnemer``."""

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
    consent: ConsentRef | None = None


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
    kept: tuple[ItemRef, ...] = ()
    """Which of the items that this message passes on the decision to this phase took along (3.5b)."""


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
    item_taken: bool = False
    """An item of the message is already known in the house."""

    def party(self, address: str) -> PartyFact | None:
        """The party at an address."""
        return next((party for party in self.parties if party.address == address), None)

    def role(self, address: str, now: datetime) -> str | None:
        """The role of an address in the case at ``now``."""
        roster = self.case.roster if self.case else ()
        live = (row for row in roster if row.address == address and row.since <= now)
        return next((row.role for row in live if row.until is None or now < row.until), None)
