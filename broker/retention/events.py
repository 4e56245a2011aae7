"""What the broker itself does to contents, as entries: ``gewist``, ``verlopen``, ``ingetrokken``.

A write that cannot be logged does not happen: each of these is written in the transaction that makes an end.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from broker.ledger.append import Identity, entry_of
from broker.ledger.store import EntryRow
from broker.retention.store import HeldText
from schemas.entry import Body
from schemas.ids import CaseRef, Digest, HouseId, Oin, Term

ERASED: Final = Term("gewist")
"""Everybody who had to has received it."""
EXPIRED: Final = Term("verlopen")
"""Its term passed before everybody had received it."""
WITHDRAWN: Final = Term("ingetrokken")
"""Its phase was closed before everybody had received it."""


def ended(house: HouseId, held: HeldText, event: Term, case_seq: int, time: datetime, identity: Identity) -> EntryRow:
    """The entry about the end of a sealed text, which is named by its digest; it is no entry of the message itself."""
    body = Body(
        blind=identity.blind,
        entry=identity.entry,
        time=time,
        house=house,
        case=None if held.case is None else CaseRef(held.case),
        case_seq=case_seq,
        outcome="recorded",
        sealed_sha256=Digest(held.sealed_sha256),
        event=event,
    )
    return entry_of(body, frozenset(Oin(oin) for oin in held.parties))
