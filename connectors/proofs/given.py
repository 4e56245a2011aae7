"""What an audit is given: by the connector, which is trusted, and by the broker, which is not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from connectors.proofs.leaves import Fetch
from connectors.proofs.queries import Expected, Register
from connectors.proofs.replay import House
from connectors.proofs.report import Problem
from keys.checkpoint import Checkpoint
from schemas.ids import Kid
from schemas.records import SignedRecord


@dataclass(frozen=True)
class Own:
    """What the connector brings: its register, the largest tree that it held, and its signing keys where it has them
    in a file (``keys`` None: nowhere)."""

    register: Register
    messages: tuple[Expected, ...]
    held: Checkpoint | None
    keys: frozenset[Kid] | None = None


@dataclass(frozen=True)
class Served:
    """What the broker serves: the checkpoint that the audit is about, the records, and where the rest is fetched.

    ``records``: with their places; ``entries``: a page of own entries after an index, as JSON; ``problems``: what was
    wrong already with what came so far.
    """

    checkpoint: str
    house: House
    records: Mapping[int, SignedRecord]
    tile: Fetch
    entries: Callable[[int, int], Awaitable[bytes]]
    problems: tuple[Problem, ...] = ()
