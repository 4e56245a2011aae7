"""What the broker sends, as closed models: a page of the inbox, the directory, a pack, the answer to a message.

Form only. Everything in here is a claim of the broker until :mod:`connectors.exchanges.checking` has looked at it.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import Field, StrictInt, ValidationError

from connectors import LinkError
from keys import ProofError, checkpoint
from schemas import strict
from schemas.envelope import Envelope
from schemas.ids import Instant
from schemas.records import Frozen, SignedRecord

PAGE_LIMIT = 32 * 1024 * 1024
MOST_SOURCES = 500
PAGE_NODES = 250_000
"""Of a page as large as that: a directory has five values a record, of a kilobyte or more together."""
_TEXT = Field(max_length=strict.COMPACT_LIMIT)
M = TypeVar("M", bound=Frozen)


class SourceText(Frozen):
    """A signed message behind the facts of a body, with the ledger's entry of it."""

    manifest: str
    body: str
    proof: str | None = None
    """Absent only where the delivery itself narrows and has no proof yet."""


class Delivery(Frozen):
    """One line of the inbox. Without an envelope: the entry of a message of my own, or a later proof.

    Its size is no matter of form: one that is too large is refused alone, and what comes behind it is read.
    """

    n: Annotated[StrictInt, Field(ge=1)]
    envelope: Envelope | None = None
    body: str
    sources: tuple[SourceText, ...] = ()
    proof: str | None = None

    @property
    def too_large(self) -> bool:
        """Whether it is more than is read of one delivery."""
        texts = [self.body, self.proof or ""]
        for source in self.sources[:MOST_SOURCES]:
            texts += [source.manifest, source.body, source.proof or ""]
        return len(self.sources) > MOST_SOURCES or any(len(text) > strict.COMPACT_LIMIT for text in texts)


class Page(Frozen):
    """Deliveries, all proven against one checkpoint, and that this checkpoint continues the one I hold."""

    deliveries: Annotated[tuple[Delivery, ...], Field(max_length=500)]
    consistency: Annotated[tuple[str, ...], Field(max_length=64)] = ()
    checkpoint: Annotated[str, Field(max_length=checkpoint.NOTE_LIMIT)]
    last: Annotated[StrictInt, Field(ge=0)]

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """The consistency proof, decoded. Raises :class:`ProofError`."""
        return tuple(checkpoint.decode_base64(text) for text in self.consistency)


class DirectoryRow(Frozen):
    """A record, where it stands in the log and since when."""

    first: Annotated[str, _TEXT]
    second: Annotated[str, _TEXT] | None = None
    index: Annotated[StrictInt, Field(ge=0)] | None = None
    """Absent where it narrows (an exit, a revocation), counts already and is not under a checkpoint yet."""
    time: Instant

    @property
    def signed(self) -> SignedRecord:
        """The record alone."""
        return SignedRecord(first=self.first, second=self.second)


class DirectoryPage(Frozen):
    """All records of a house, in the order of the log."""

    records: Annotated[tuple[DirectoryRow, ...], Field(min_length=1)]
    checkpoint: Annotated[str, Field(max_length=checkpoint.NOTE_LIMIT)]


class PackPage(Frozen):
    """The files of a pack by name."""

    files: dict[str, str]


class ReasonText(Frozen):
    """Why the broker refuses, as it says."""

    rule: str
    code: str
    pointer: str
    nl: str
    en: str


class Answer(Frozen):
    """The answer to a message."""

    receipt: Annotated[str, Field(max_length=16384)]
    outcome: Literal["allowed", "refused"]
    reasons: tuple[ReasonText, ...] = ()
    proof: Annotated[str, _TEXT] | None = None


class Refusal(Frozen):
    """Problem details of a refusal (403 ``geweigerd``)."""

    type: str = ""
    title: str = ""
    status: Annotated[StrictInt, Field(ge=400, le=599)] = 403
    detail: str = ""
    instance: str | None = None
    code: str
    pointer: str | None = None
    reasons: tuple[ReasonText, ...] = ()
    receipt: Annotated[str, Field(max_length=16384)] | None = None


def read(model: type[M], data: bytes) -> M:
    """``data`` as ``model``. Raises :class:`LinkError`: the broker, or something between, does not speak our form."""
    try:
        return model.model_validate(strict.parse_object(data, PAGE_LIMIT, PAGE_NODES))
    except (strict.StrictError, ValidationError) as error:
        raise LinkError(f"the broker sent something that is no {model.__name__}") from error


def hashes_of(page: Page) -> tuple[bytes, ...]:
    """The consistency proof of a page. Raises :class:`LinkError`."""
    try:
        return page.hashes
    except ProofError as error:
        raise LinkError("the broker sent a consistency proof that is none") from error
