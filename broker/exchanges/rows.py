"""What is written for a message: its entry, the message itself, its sealed text, a place in inboxes.

Decides what a refusal may hold: only what parses to ids of the pack or to ids that the broker knew already, else
``unknown``; its manifest is not stored, its digest is (wire.md, at the end).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from broker.exchanges.message import Message
from broker.ledger.append import Identity, entry_of
from broker.ledger.store import DeliveryRow, EntryRow
from schemas.acts import Receipt
from schemas.entry import UNKNOWN, About, Body, ReasonMark
from schemas.facts import Facts
from schemas.gathering import FACT_KINDS
from schemas.ids import Address, HouseId, MessageId, Oin, Term
from schemas.manifest import Manifest
from schemas.pack import Pack
from schemas.policy import Reason

MOST_REASONS = 100
"""Of a refusal, in its entry and to its sender."""


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as it is kept; ``manifest`` None and no recipients for a refusal."""

    message: Message
    allowed: bool
    source: bool
    sources: tuple[MessageId, ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """One entry and what stands beside it."""

    entry: EntryRow
    message: MessageRow | None = None
    deliveries: tuple[DeliveryRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything one message writes. ``received`` (seq, OIN), ``withdrawn`` and ``dropped`` (seq) end sealed texts."""

    written: tuple[Written, ...] = ()
    items: tuple[str, ...] = ()
    received: tuple[tuple[int, str], ...] = ()
    withdrawn: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()


def parties_of(manifest: Manifest) -> frozenset[Oin]:
    """Who takes part in a message: sender and recipients.

    Not on whose behalf it goes: the notifier would read in the questions of the house who else was asked (1.19).
    """
    return frozenset({manifest.sender.oin, *(address.oin for address in manifest.to)})


def write_allowed(
    message: Message, facts: Facts, sources: tuple[MessageId, ...], time: datetime, number: int, identity: Identity
) -> Written:
    """The rows of an accepted message: to each recipient party once, and its proof to the sender.

    ``sources``: the entries that its facts come from; ``number`` counts within its case. What narrows is numbered at
    the commit, and its proof follows as a delivery of its own.
    """
    manifest = message.manifest
    body = Body(
        blind=identity.blind,
        entry=identity.entry,
        time=time,
        house=manifest.house,
        case=manifest.case,
        case_seq=number,
        outcome="allowed",
        manifest_sha256=message.sha256,
        sealed_sha256=message.sealed_sha256,
        facts=facts,
    )
    narrows = message.pack.kind[manifest.kind].direction == "narrows"
    held = message.sealed is not None and not isinstance(manifest.act, Receipt)
    recipients = sorted({str(address.oin) for address in manifest.to})
    deliveries = [DeliveryRow(oin, envelope=True, held=held, at_once=narrows) for oin in recipients]
    proofs = {str(manifest.sender.oin)} - set(recipients) | (set(recipients) if narrows else set())
    deliveries += [DeliveryRow(oin, envelope=False) for oin in sorted(proofs)]
    return Written(
        entry_of(body, parties_of(manifest)),
        MessageRow(message, allowed=True, source=manifest.kind in FACT_KINDS, sources=sources),
        tuple(deliveries),
    )


def fewer(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """At most :data:`MOST_REASONS`, in their order: the first of each rule and code, and as many others as fit.

    A message of many items can be wrong in as many places, and an entry that no reader takes would say none of them.
    Whoever makes the decision again compares rules and codes.
    """
    if len(reasons) <= MOST_REASONS:
        return reasons
    first = {(reason.rule, reason.code): place for place, reason in reversed(list(enumerate(reasons)))}
    kept = set(first.values())
    others = (place for place in range(len(reasons)) if place not in kept)
    kept |= set(islice(others, max(0, MOST_REASONS - len(kept))))
    return tuple(reasons[place] for place in sorted(kept))


def write_refused(
    message: Message, facts: Facts, reasons: tuple[Reason, ...], time: datetime, number: int | None, identity: Identity
) -> Written:
    """The rows of a refusal; ``number`` None for a case that nobody opened."""
    manifest = message.manifest
    known_case = manifest.case is None or number is not None
    body = Body(
        blind=identity.blind,
        entry=identity.entry,
        time=time,
        house=manifest.house,
        case=manifest.case if known_case else UNKNOWN,
        case_seq=number or 0,
        outcome="refused",
        reasons=tuple(ReasonMark(rule=r.rule, code=Term(r.code), pointer=r.pointer) for r in reasons),
        manifest_sha256=message.sha256,
        sealed_sha256=message.sealed_sha256,
        facts=facts,
        about=about(message.pack, facts, manifest),
    )
    sender = manifest.sender.oin
    return Written(
        entry_of(body, frozenset({sender})),
        MessageRow(message, allowed=False, source=False, reasons=reasons),
        (DeliveryRow(str(sender), envelope=False),),
    )


def about(pack: Pack, facts: Facts, manifest: Manifest) -> About:
    """Kind, sender, recipients, phase and purpose, as far as pack and house know them."""
    return About(
        kind=manifest.kind if manifest.kind in pack.kind else UNKNOWN,
        sender=manifest.sender,
        to=tuple(address if facts.party(address) else UNKNOWN for address in manifest.to),
        phase=manifest.phase if manifest.phase and manifest.phase in pack.phase else UNKNOWN,
        purpose=manifest.purpose if manifest.purpose and manifest.purpose in pack.purpose else UNKNOWN,
    )


def write_more_refused(house: HouseId, sender: Address, time: datetime, identity: Identity) -> Written:
    """That an address was refused more often today than is written down one by one."""
    body = Body(
        blind=identity.blind,
        entry=identity.entry,
        time=time,
        house=house,
        case=None,
        case_seq=0,
        outcome="recorded",
        manifest_sha256=None,
        about=About(kind=UNKNOWN, sender=sender, to=(), phase=UNKNOWN, purpose=UNKNOWN),
        event=Term("more_refused"),
    )
    return Written(entry_of(body, frozenset({sender.oin})))
