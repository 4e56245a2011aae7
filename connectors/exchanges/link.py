"""The seam to the broker: a connector calls out, nothing calls in.

``BrokerLink`` has two implementations: :mod:`connectors.exchanges.mutual_tls`, and the one in memory of
``tests/world.py``. Answers come as the bytes that arrived; :mod:`connectors.exchanges.pages` reads them strictly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from schemas.ids import CaseRef, PackDigest


@dataclass(frozen=True, slots=True)
class Submitted:
    """The broker's answer to a message: 201 or 202 (accepted), 403 (refused by a rule), and the bytes of its JSON."""

    status: int
    data: bytes

    @property
    def accepted(self) -> bool:
        """Whether it went into the ledger as allowed."""
        return self.status in {201, 202}


class BrokerLink(Protocol):
    """One house at one broker. Every method raises :class:`connectors.LinkError`, and nothing else."""

    async def submit(self, data: bytes) -> Submitted:
        """Hand in the bytes of an envelope. The same bytes may be handed in again: the answer is the same.

        :class:`connectors.LinkRefusedError` for every problem that is not a refusal by a rule.
        """
        ...

    async def inbox(self, after: int, since: int, wait: float) -> bytes:
        """Deliveries after ``after``, with a proof of consistency from tree size ``since``; waits ``wait`` seconds."""
        ...

    async def directory(self) -> bytes:
        """The records of the house."""
        ...

    async def pack(self, digest: PackDigest) -> bytes:
        """The files of a pack."""
        ...

    async def case(self, case: CaseRef) -> bytes:
        """What a participant may see of a case."""
        ...

    async def checkpoint(self) -> str:
        """The newest signed checkpoint."""
        ...

    async def tile(self, path: str) -> bytes:
        """A tile or entry bundle by its C2SP path (``tile/0/000.p/5``)."""
        ...

    async def entries(self, after: int, limit: int) -> bytes:
        """Bodies and manifests of the entries in which the caller takes part."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
