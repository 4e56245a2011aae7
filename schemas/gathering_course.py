"""How a case goes and who takes part in it: phase decisions, invitations and departures, folded (1.18-1.21, 3.5b, 9.6).

Phases follow each other: a decision that starts where the case is not decides nothing. Who was asked in triage is told
to the house and to who was asked, and to nobody else (1.19); in the case meeting participants know each other (1.20).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from schemas.acts import Act, Departure, Invitation, PhaseDecision
from schemas.facts import KeptFact, RosterFact
from schemas.gathering_sources import Source, Sources
from schemas.ids import Address, ItemRef, Term
from schemas.lifecycle import FIRST_PHASE
from schemas.manifest import Manifest


@dataclass(frozen=True)
class Course:
    """Where a case is: its phase, since when, who directs it, and the decisions that brought it there."""

    phase: Term
    since: datetime
    casusregie: Address | None
    kept: tuple[KeptFact, ...]
    decisions: tuple[Source, ...]


def follow(sources: Sources, house: Address, originals: Collection[ItemRef]) -> Course | None:
    """Fold the house's phase decisions; of what they keep only ``originals`` is told. None where there is no case.

    A decision from a phase to itself changes neither the phase nor since when; what it keeps comes beside what was
    kept already (3.5b). Without purposes nothing is kept.
    """
    if sources.start is None:
        return None
    phase, since, director = Term(FIRST_PHASE), sources.start[0].time, None
    kept: dict[tuple[ItemRef, Term], Source] = {}
    decisions: list[Source] = []
    for source, act in sources.acts("course", PhaseDecision):
        if source.manifest.sender != house or act.old != phase:
            continue
        decisions.append(source)
        if act.new != phase:
            phase, since, kept = act.new, source.time, {}
            sources.use(source)
        if act.casusregie:
            director = (act.casusregie, source)
        for item in act.keep if act.keep_for else ():
            if item in originals:
                for purpose in act.keep_for:
                    kept.setdefault((item, purpose), source)
    sources.use(*kept.values(), *((director[1],) if director else ()))
    return Course(
        phase=phase,
        since=since,
        casusregie=director[0] if director else None,
        kept=tuple(KeptFact(item=item, purpose=purpose) for item, purpose in sorted(kept)),
        decisions=tuple(decisions),
    )


@dataclass(frozen=True)
class _Stay:
    """One time that somebody took part: from an invitation until, it may be, a departure."""

    admitted: Source
    ended: Source | None = None


_Stays = Mapping[Address, Sequence[_Stay]]


def _stays(sources: Sources, house: Address) -> _Stays:
    """Who was admitted and left, and came back: the house decides, and whoever takes part may leave itself."""
    stays: dict[Address, list[_Stay]] = {}
    for source in sources.about("meeting"):
        act, sender = source.manifest.act, source.manifest.sender
        if isinstance(act, Invitation) and sender == house:
            for address in act.admit:
                own = stays.setdefault(address, [])
                if not own or own[-1].ended:
                    own.append(_Stay(source))
        elif isinstance(act, Departure):
            for address in act.remove:
                own = stays.get(address, [])
                if own and not own[-1].ended and sender in {house, address}:
                    own[-1] = replace(own[-1], ended=source)
    return stays


def appointed(act: Act | None) -> tuple[Address, ...]:
    """Whom a decision of the house is about: who directs, is admitted or leaves."""
    if isinstance(act, PhaseDecision):
        return (act.casusregie,) if act.casusregie else ()
    if isinstance(act, Invitation):
        return act.admit
    return act.remove if isinstance(act, Departure) else ()


def _visible(
    manifest: Manifest, thread: Source | None, house: Address, stays: _Stays, casusregie: Address | None
) -> dict[Address, bool]:
    """Whose part in the case this message may tell; True: also that they were asked and do not take part.

    The house knows all. To a participant the others of the meeting are known, and not who was asked and does not take
    part: to such a one the house writes. To everybody: who directs the case, and whoever wrote to it.
    """
    sender, to = manifest.sender, manifest.to
    visible: dict[Address, bool] = {}
    own = stays.get(sender, ())
    if sender == house:
        visible = dict.fromkeys((*to, *appointed(manifest.act)), True)
    elif own and own[-1].ended is None:
        visible = dict.fromkeys(to, False)
    known = {casusregie}
    if thread and thread.manifest.id == manifest.reply_to and sender in thread.manifest.to:
        case = (thread.manifest.house, thread.manifest.case) == (manifest.house, manifest.case)
        known |= {thread.manifest.sender} if case else set()
    return visible | dict.fromkeys((*(address for address in to if address in known), sender), True)


def roster(
    sources: Sources,
    start: Source,
    manifest: Manifest,
    thread: Source | None,
    house: Address,
    casusregie: Address | None,
) -> tuple[RosterFact, ...]:
    """The notifier, the house, and those whose part in the case bears on ``manifest`` and may be told."""
    stays = _stays(sources, house)
    notifier = start.manifest.sender
    visible = _visible(manifest, thread, house, stays, casusregie)
    asked: dict[Address, Source] = {}
    for source in sources.about("asked"):
        if source.manifest.sender == house:
            for address in source.manifest.to:
                asked.setdefault(address, source)
    known = stays.get(notifier, ()) if notifier in visible else ()
    rows = [*_rows(sources, notifier, "melder", start, known)]
    rows.append(RosterFact(address=house, role="huis", since=start.time))
    for address in sorted(visible.keys() - {house, notifier}):
        begun = asked.get(address) if visible[address] else None
        rows.extend(_rows(sources, address, "gevraagd", begun, stays.get(address, ())))
    return tuple(rows)


def _rows(
    sources: Sources,
    address: Address,
    role: Literal["melder", "gevraagd"],
    begun: Source | None,
    stays: Sequence[_Stay],
) -> Iterator[RosterFact]:
    """One address through time: at each moment one row at most, ``deelnemer`` for as long as that lasts.

    That a participant was asked before it was admitted bears on nothing and is not told.
    """
    free = begun.time if begun and (role == "melder" or not stays) else None
    for stay in stays:
        if begun and free is not None and free < stay.admitted.time:
            sources.use(begun)
            yield RosterFact(address=address, role=role, since=free, until=stay.admitted.time)
        until = stay.ended.time if stay.ended else None
        sources.use(stay.admitted, *((stay.ended,) if stay.ended else ()))
        yield RosterFact(address=address, role="deelnemer", since=stay.admitted.time, until=until)
        free = max(begun.time, until) if begun and until else None
    if begun and free is not None:
        sources.use(begun)
        yield RosterFact(address=address, role=role, since=free)
