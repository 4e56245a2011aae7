"""When the body of an entry may be gone: with its case, at the term of the pack (11.2), and never before.

A deleted body leaves its leaf mute and the tree whole. What deletes it is the broker's retention; this decides only
whether that was in its time, from the phase decisions that this party has. Of a case that is not known to have ended
nothing may be gone.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from schemas.acts import PhaseDecision
from schemas.gathering import Source
from schemas.ids import PackDigest
from schemas.pack import Pack
from schemas.pack_rows import Period

_AFTER: Final = {
    "afgewezen": "wissen_na_afwijzing",
    "elders": "wissen_na_afwijzing",
    "afschaling": "vernietiging",
}
"""The phase that a decision leads to, and the term of the pack that begins with it."""
_DESTROYED: Final = "vernietigd"


def due(period: Period, since: datetime) -> datetime:
    """When a term is over, to the day: its last day has begun. A missing day is the month's last.

    The protocol counts to the end of that day in the Netherlands; what went in its course is no accusation.
    """
    if period.unit in {"hours", "days", "weeks"}:
        return since + period.amount * timedelta(**{str(period.unit): 1})
    months = period.amount * (12 if period.unit == "years" else 1)
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    day = min(since.day, monthrange(year, month + 1)[1])
    return datetime(year, month + 1, day, tzinfo=UTC)


def gone_from(sources: Iterable[Source], packs: Mapping[PackDigest, Pack]) -> datetime | None:
    """From when the bodies of a case may be gone, by the decisions about it; None where nothing says so."""
    found: datetime | None = None
    for source in sources:
        act, pack = source.manifest.act, packs.get(source.manifest.pack)
        if not isinstance(act, PhaseDecision) or act.new == act.old or pack is None:
            continue
        if act.new == _DESTROYED:
            return source.time
        if act.new in _AFTER:
            period = pack.term.get(_AFTER[act.new])
            found = due(period, source.time) if period else None
    return found
