"""Messages that this program receives and has no desk for yet: shown as they are, so that nothing is lost unseen.

Decides only which kinds have a place of their own (questions, the board, findings, the case); every other kind that
was checked and kept is listed here, also one that a later pack brings. Nothing is answered, carried out or erased by
showing it; what a message narrows (a withdrawal, a restriction) the kernel counts from its arrival on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors import UseError
from connectors.desk import stories
from connectors.desk.naming import SHORT, name_of
from connectors.desk.views import HeldItem
from connectors.exchanges import queries
from connectors.exchanges.rows import KnownRow
from connectors.exchanges.workplace import Workplace
from schemas.ids import CaseRef, MessageId

ELSEWHERE = frozenset(
    {
        "aanmelding_start",
        "sleutel_verzoek",
        "sleutel",
        "aanmelding",
        "aanmelding_besluit",
        "triagevraag",
        "triageantwoord",
        "fase_besluit",
        "ontvangst",
        "akkoord",
        "geinformeerd",
        "minimalisatie_schending",
    }
)
"""Kinds with a place of their own: the case and its phase, questions, the board, keys, findings."""
_STOPPED = (
    "De genoemde gegevens gaan nergens meer heen, en wat ervan hier ligt wordt niet meer getoond. Het is er nog wel: "
    "dit programma wist het nog niet."
)
NOTES: Mapping[str, str] = {
    "toestemming_ingetrokken": _STOPPED,
    "correctie": _STOPPED,
    "beperking": _STOPPED,
    "vernietig_opdracht": "Er is hier nog niets vernietigd; in opdracht van het huis kan dit programma dat nog niet.",
}
"""What a message does here and what not, where somebody could think otherwise."""
WAITS = "Beantwoorden of uitvoeren kan hier nog niet; neem zo nodig contact op met het huis."


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message in the list. ``label``: what its kind is, in the words of its pack."""

    id: MessageId
    short: str
    kind: str
    label: str
    case: CaseRef | None
    sender: str
    at: datetime
    items: int


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One message: what it says in clear, and the items that came with it and are still here."""

    line: MessageLine
    to: tuple[str, ...]
    phase: str
    purpose: str
    note: str
    says: Mapping[str, Any]
    held: tuple[HeldItem, ...] = field(repr=False)


async def messages(place: Workplace) -> tuple[MessageLine, ...]:
    """Those that came and have no desk, newest first."""
    async with place.database.begin() as tx:
        rows = await queries.received(tx, ELSEWHERE)
    return tuple(_line(place, row) for row in rows)


async def message(place: Workplace, name: str) -> MessagePage:
    """The one whose id is, or ends in, ``name``. Raises :class:`UseError`."""
    async with place.database.begin() as tx:
        rows = await queries.received(tx, ELSEWHERE)
    found = [row for row in rows if row.id == name or (len(name) >= 4 and row.id.endswith(name.lower()))]
    if len(found) != 1:
        many = f"er zijn {len(found)} berichten die op {name} eindigen; geef meer tekens"
        raise UseError(many if found else "dit bericht is er niet; kijk met `desk messages`")
    row, manifest = found[0], found[0].source.manifest
    pack = place.house.packs[manifest.pack]
    purpose = pack.purpose.get(manifest.purpose or "")
    phase = pack.phase.get(manifest.phase or "")
    act = manifest.act.model_dump(mode="json", by_alias=True, exclude_none=True) if manifest.act else {}
    return MessagePage(
        line=_line(place, row),
        to=tuple(name_of(place, address) for address in manifest.to),
        phase=phase.label.nl if phase else "",
        purpose=purpose.label.nl if purpose else "",
        note=" ".join(filter(None, (NOTES.get(manifest.kind), WAITS))),
        says=act,
        held=await stories.case_items(place, row.case, row.id) if row.case else (),
    )


def _line(place: Workplace, row: KnownRow) -> MessageLine:
    manifest = row.source.manifest
    kind = place.house.packs[manifest.pack].kind.get(manifest.kind)
    return MessageLine(
        id=row.id,
        short=row.id[-SHORT:],
        kind=row.kind,
        label=kind.label.nl if kind else row.kind,
        case=row.case,
        sender=name_of(place, row.sender),
        at=row.time,
        items=len(manifest.items),
    )
