"""What one party may be asked and may provide in a phase: per kind of message and purpose. For people, from the pack.

:mod:`schemas.asking_scope` reads one kind for one purpose; :mod:`schemas.policy` decides every message in any case.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.asking_scope import ANSWER_KIND, Allowance, may_ask, may_give
from schemas.pack import Pack
from schemas.pack_rows import Kind

_PARTIES = {"partij", "melder", "gevraagd", "deelnemer"}


@dataclass(frozen=True)
class Scope:
    """One row of what may go: the kind of message, and the purposes for which that holds. ``asked``: as an answer."""

    kind: str
    asked: bool
    purposes: tuple[str, ...]
    allowance: Allowance


def scope(pack: Pack, capacity: str, phase: str, purposes: tuple[str, ...]) -> tuple[Scope, ...]:
    """All that a party in ``capacity`` may provide in a phase for one of ``purposes``; empty: nothing."""
    found: dict[tuple[str, Allowance], list[str]] = {}
    for kind in pack.kinds:
        if kind.items != "none" and phase in kind.phases and _sends(kind, capacity):
            for purpose in purposes:
                for row in _rows(pack, capacity, phase, purpose, kind):
                    found.setdefault((kind.id, row), []).append(purpose)
    return tuple(Scope(kind, kind == ANSWER_KIND, tuple(whys), row) for (kind, row), whys in found.items())


def _sends(kind: Kind, capacity: str) -> bool:
    return bool(_PARTIES & set(kind.senders)) or capacity in kind.senders


def _rows(pack: Pack, capacity: str, phase: str, purpose: str, kind: Kind) -> tuple[Allowance, ...]:
    asked = kind.id == ANSWER_KIND
    return may_ask(pack, capacity, phase, purpose) if asked else may_give(pack, capacity, phase, purpose, kind.id)
