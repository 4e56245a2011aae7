"""A message inside the broker: what came through the door, and what its sender is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from broker.problem import ProblemError
from schemas.ids import Address, Digest, Kid, MessageId
from schemas.manifest import Manifest
from schemas.pack import Pack
from schemas.policy import Reason


@dataclass(frozen=True, slots=True)
class Message:
    """Parsed, signed by ``kid``, its sealed part bound to it. ``text`` is the JWS as received, ``sha256`` over it."""

    manifest: Manifest
    text: str
    sha256: Digest
    sealed: str | None
    kid: Kid
    pack: Pack
    late: ProblemError | None = None
    """Why the door would not take it now, where it may have taken the same bytes before: key, term or mandate."""

    @property
    def key(self) -> tuple[MessageId, Address]:
        """What makes it the same message again (with the house)."""
        return self.manifest.id, self.manifest.sender

    @property
    def sealed_sha256(self) -> Digest | None:
        """The digest of the sealed text, where there is one."""
        return self.manifest.sealed.sha256 if self.manifest.sealed else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided the first time, however often it is asked. No reasons: allowed."""

    entry: MessageId
    time: datetime
    manifest_sha256: Digest
    sealed_sha256: Digest | None
    reasons: tuple[Reason, ...] = ()
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender gets: 202 with a receipt, or 403 with all reasons and a receipt."""

    status: Literal[202, 403]
    receipt: str
    outcome: Literal["allowed", "refused"]
    reasons: tuple[Reason, ...]
    entry: MessageId
    replayed: bool
