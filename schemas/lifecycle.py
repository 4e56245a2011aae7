"""The life of a case as tables of the pack: which phase follows which, who may send what when (1.18-1.21, B2-out).

Both ends read the same tables: the kernel to refuse, a desk to show only what is possible. No phase is skipped and
none entered again; the ends of a case are phases in which nothing is exchanged.
"""

from __future__ import annotations

from schemas.facts import HOUSE_FUNCTION
from schemas.ids import Address
from schemas.pack import Pack
from schemas.pack_rows import Kind

FIRST_PHASE = "aanmelding"
"""The phase in which every case begins (1.18)."""

OPENING_KIND = "aanmelding_start"
"""The kind that opens a case; the only one for which there is no case yet."""

JOINING_KIND = "sleutel_verzoek"
"""The kind by which the house brings an address into a case."""


def next_phases(pack: Pack, phase: str) -> tuple[str, ...]:
    """The phases that a decision may lead to from ``phase``; none for an end or an unknown phase."""
    row = pack.phase.get(phase)
    return row.next if row and not row.end else ()


def may_move(pack: Pack, old: str, new: str, decision: str = "") -> bool:
    """Whether a decision (a code of the pack) may lead from ``old`` to ``new``.

    To the same phase leads only a decision that changes none, while something can still be decided there; it leads
    nowhere else.
    """
    row = pack.code.get(("decision", decision))
    stays = row is not None and row.keeps_phase and bool(next_phases(pack, old))
    if old == new or stays:
        return stays and old == new
    return new in pack.phase and new in next_phases(pack, old)


def belongs(term: str, address: Address, role: str | None, house: Address) -> bool:
    """Whether an address with this role in the case is whom a row of kinds means by ``term``.

    ``procesregie``: the house. ``partij``: any other address. A role of the roster (``melder``, ``gevraagd``,
    ``deelnemer``): who has it. Anything else is a capacity.
    """
    if term == HOUSE_FUNCTION:
        return address == house
    if address == house:
        return False
    return term in {"partij", role, address.function}


def may_send(kind: Kind, address: Address, role: str | None, house: Address) -> bool:
    """Whether an address may send this kind at all."""
    return any(belongs(term, address, role, house) for term in kind.senders)


def may_receive(kind: Kind, address: Address, role: str | None, house: Address) -> bool:
    """Whether this kind may go to an address at all."""
    return any(belongs(term, address, role, house) for term in kind.recipients)


def open_kinds(pack: Pack, phase: str, address: Address, role: str | None, house: Address) -> tuple[Kind, ...]:
    """What an address may send in a phase, replies included, in the pack's order."""
    return tuple(kind for kind in pack.kinds if phase in kind.phases and may_send(kind, address, role, house))


def replies_to(pack: Pack, kind: str) -> tuple[Kind, ...]:
    """The kinds that may reply to a message of ``kind``."""
    return tuple(row for row in pack.kinds if row.reply != "none" and kind in row.replies_to)
