"""From what was decided to a ledger entry: the body's canonical bytes, its leaf, who takes part.

Decides nothing; what goes into a body is :mod:`schemas.entry`, where it gets its place :mod:`broker.ledger.sequencer`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

import uuid_utils

from broker.ledger.store import EntryRow
from keys import merkle
from keys.identity import record_bytes
from schemas.entry import Body, body_bytes
from schemas.ids import HouseId, MessageId, Oin, Reference
from schemas.records import SignedRecord
from schemas.strict import encode_base64url


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes one entry unlike any other: its id and 128 bits that hide its body from those who guess."""

    entry: MessageId
    blind: Reference


def new_identity() -> Identity:
    """A fresh one."""
    return Identity(MessageId(str(uuid_utils.uuid7())), Reference(encode_base64url(secrets.token_bytes(16))))


def whole_second(moment: datetime) -> datetime:
    """The time of an entry: UTC, parts of a second dropped."""
    return moment.astimezone(UTC).replace(microsecond=0)


def entry_of(body: Body, parties: frozenset[Oin]) -> EntryRow:
    """The row of an entry about a case (leaf ``0x01``)."""
    data = body_bytes(body)
    return EntryRow(
        house=str(body.house),
        entry=str(body.entry),
        time=body.time,
        case=None if body.case is None else str(body.case),
        case_seq=body.case_seq,
        outcome=body.outcome,
        event=body.event,
        leaf=merkle.body_leaf(data),
        body=data,
        parties=tuple(sorted(str(oin) for oin in parties)),
    )


def entry_of_record(house: HouseId, signed: SignedRecord, number: int, time: datetime) -> EntryRow:
    """The row of a vouched record (leaf ``0x02``), ``number`` counting the records of the house from 0."""
    return EntryRow(
        house=str(house),
        entry=str(new_identity().entry),
        time=time,
        case=None,
        case_seq=number,
        outcome="record",
        event=None,
        leaf=merkle.record_leaf(record_bytes(signed)),
        body=None,
        parties=(),
    )
