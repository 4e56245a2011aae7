"""The kernel: may this message go? Pure and total; broker, connectors and audit run this same code on the same facts.

What it does not decide: signatures, replay, size and time windows (the door), sealed content (the connectors,
:mod:`schemas.minimal`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from schemas.facts import Facts
from schemas.manifest import Manifest
from schemas.pack import Pack


@dataclass(frozen=True, order=True)
class Reason:
    """One rule that failed: its id (the article), a stable code, a JSON pointer into the manifest, both texts."""

    rule: str
    code: str
    pointer: str
    nl: str
    en: str


@dataclass(frozen=True)
class Effect:
    """What an allowed message changes, for the broker's tables: ``what`` and its value (ids and codes)."""

    what: str
    value: str = ""


@dataclass(frozen=True)
class Allowed:
    """The message may go."""

    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Refused:
    """The message may not go: every reason, in a fixed order."""

    reasons: tuple[Reason, ...]


Decision = Allowed | Refused
Rule = Callable[[Pack, Facts, Manifest, datetime], "list[Reason]"]
