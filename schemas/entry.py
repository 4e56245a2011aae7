"""A ledger entry's body: everything needed to replay the decision, beside manifest and pack (ledger-and-keys.md).

Bodies are stored and served as their canonical bytes and hashed as received. They hold codes and ids only.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from schemas import canonical
from schemas.facts import Facts
from schemas.ids import Address, CaseRef, Digest, HouseId, Instant, MessageId, Reference, Term
from schemas.records import Frozen

UNKNOWN = Term("unknown")
"""Stands in a refusal for whatever the broker does not know already, so that nobody can write names into the ledger."""


class ReasonMark(Frozen):
    """A reason as it is recorded: rule, code and place; the texts are those of the pack."""

    rule: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.\-]{0,11}$")]
    code: Term
    pointer: Annotated[str, Field(pattern=r"^(/[A-Za-z0-9_]{1,40}){0,8}$")]


class About(Frozen):
    """What a refused message was, as far as it was known: its manifest is not stored."""

    kind: Term
    sender: Address = Field(alias="from")
    to: tuple[Address | Term, ...]
    phase: Term
    purpose: Term


class Body(Frozen):
    """One entry. ``case_seq`` counts within the case; ``case`` is ``unknown`` in a refusal for a case nobody opened."""

    blind: Reference
    entry: MessageId
    time: Instant
    house: HouseId
    case: CaseRef | Term | None = None
    case_seq: Annotated[StrictInt, Field(ge=0)]
    outcome: Literal["allowed", "refused", "recorded"]
    """``recorded``: an act of the broker itself, such as a purge or an expiry."""
    reasons: tuple[ReasonMark, ...] = ()
    manifest_sha256: Digest | None = None
    sealed_sha256: Digest | None = None
    facts: Facts | None = None
    about: About | None = None
    event: Term | None = None
    """For ``recorded``: what happened (``verlopen``, ``gewist``)."""


class Receipt(Frozen):
    """What the broker signs at once (typ ``keten-receipt+jws``)."""

    entry: MessageId
    manifest_sha256: Digest
    time: Instant


def body_bytes(body: Body) -> bytes:
    """The canonical bytes that are stored, served and hashed."""
    return canonical.encode(body.model_dump(mode="json", by_alias=True, exclude_none=True))
