"""Recorded decisions about a case: from phase to phase, within one, about its terms (B2-out, 3.5b, 9.4, 11.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from schemas.acts import IntakeDecision, PhaseDecision, TermDecision
from schemas.lifecycle import may_move
from schemas.pack_rows import Period
from schemas.rules.matter import HANDOVER_PHASE, MEETING_PHASE, Matter, shifted
from schemas.rules.reason import Reason, because, decides_act

DIRECTION = "casusregie"
"""The decision that gives the case a director, and nothing else."""

LONGEST_MOVE = "uitstel_ten_hoogste"
"""The term of the pack that says how far another is moved at most (11.4)."""

SCALED_DOWN = "besluit_afschaling"
"""The moment from which the terms of 11.2 run: the decision that opens the phase of the hand-over."""

_DAYS = {"hours": 1 / 24, "days": 1, "weeks": 7, "months": 30, "years": 365}


@decides_act("van_fase_onjuist", "overgang_niet_toegestaan", "besluit_past_niet")
def step_of_the_pack(matter: Matter, act: PhaseDecision) -> Iterator[Reason]:
    """B2-out: a transition starts where the case is and leads where the pack allows; a decision such as scaling up
    changes no phase at all."""
    row = matter.pack.code.get(("decision", act.decision))
    fits = act.decision in {act.new, f"in_{act.new}"} or (row is not None and row.keeps_phase)
    if act.old != matter.manifest.phase:
        yield because("van_fase_onjuist", "/act/from")
    if not may_move(matter.pack, act.old, act.new, act.decision):
        yield because("overgang_niet_toegestaan", "/act/to")
    if not fits or not matter.coded("decision", act.decision):
        yield because("besluit_past_niet", "/act/decision")


@decides_act("reden_onbekend", "reden_past_niet", "dag_in_toekomst", "dag_voor_fase")
def with_reason_and_date(matter: Matter, act: PhaseDecision) -> Iterator[Reason]:
    """B2-out: every transition is a recorded decision with a reason of the pack and the day on which it was taken."""
    if not matter.coded("reason", act.reason):
        yield because("reden_onbekend", "/act/reason")
    elif not matter.reason_for(act.reason, act.decision):
        yield because("reden_past_niet", "/act/reason")
    if act.decided_on > matter.today:
        yield because("dag_in_toekomst", "/act/decided_on")
    case = matter.facts.case
    if case and act.decided_on < case.phase_since.date():
        yield because("dag_voor_fase", "/act/decided_on")


@decides_act("overleg_ontbreekt")
def taken_in_the_meeting(_: Matter, act: PhaseDecision) -> Iterator[Reason]:
    """B2-out, 1.21, 5.3.1b: the decision to scale down, and during the case meeting who directs the case, is taken in
    the meeting: it commits to the record of that. What is decided while scaling down is the procesregisseur's."""
    scaling_down = act.new == HANDOVER_PHASE and act.old != act.new
    directing = act.decision == DIRECTION and act.old == MEETING_PHASE
    if (scaling_down or directing) and act.meeting is None:
        yield because("overleg_ontbreekt", "/act/meeting")


@decides_act("behoud_zonder_doel")
def kept_for_a_purpose(matter: Matter, act: PhaseDecision) -> Iterator[Reason]:
    """3.5b: what comes along is necessary again, for purposes of the phase that the case is in from then."""
    if act.keep and not act.keep_for:
        yield because("behoud_zonder_doel", "/act/keep_for")
    for index, purpose in enumerate(act.keep_for):
        row = matter.pack.purpose.get(purpose)
        if row is None or act.new not in row.phases:
            yield because("behoud_zonder_doel", f"/act/keep_for/{index}")


@decides_act("casusregie_niet_hier", "casusregie_geen_partij", "casusregie_ontbreekt")
def case_director(matter: Matter, act: PhaseDecision) -> Iterator[Reason]:
    """9.4, B2-out: a case gets its director when it goes to the case meeting, or later: a party of the case with a
    ground, from then one that takes part in the meeting: nobody else gets what directing the case needs (1.20)."""
    if act.casusregie is None:
        if act.decision == DIRECTION:
            yield because("casusregie_ontbreekt", "/act/casusregie")
        return
    if act.new not in {MEETING_PHASE, HANDOVER_PHASE}:
        yield because("casusregie_niet_hier", "/act/casusregie")
    capacity = matter.pack.capacity.get(act.casusregie.function)
    met = act.old in {MEETING_PHASE, HANDOVER_PHASE}
    part = matter.in_meeting(act.casusregie) if met else matter.roster_row(act.casusregie) is not None
    if capacity is None or not capacity.receives or not part:
        yield because("casusregie_geen_partij", "/act/casusregie")


@decides_act("reden_onbekend", "reden_past_niet")
def intake_reason(matter: Matter, act: IntakeDecision) -> Iterator[Reason]:
    """B2-out: what becomes of a notification is decided with a reason of the pack."""
    if not matter.coded("reason", act.reason):
        yield because("reden_onbekend", "/act/reason")
    elif not matter.reason_for(act.reason, act.decision):
        yield because("reden_past_niet", "/act/reason")


def _length(term: Period) -> timedelta:
    return timedelta(days=term.amount * _DAYS[term.unit])


def _end(matter: Matter, term: Period) -> datetime | None:
    """When a term ends that began with the phase in hand; of others the facts do not tell."""
    case = matter.facts.case
    if case is None or case.phase != HANDOVER_PHASE or term.from_ != SCALED_DOWN:
        return None
    later = shifted(case.phase_since.date(), _length(term).days)
    return datetime.combine(later, case.phase_since.timetz())


@decides_act("termijn_onbekend", "termijn_voorbij", "termijn_te_ver", "reden_onbekend", cites=("11.4",))
def term_moved(matter: Matter, act: TermDecision) -> Iterator[Reason]:
    """11.4: a term that may be moved is moved with a recorded reason and an end, never silently, never for ever: to a
    later end, counted from its own end where the phase tells that, else from now."""
    row = matter.pack.term.get(act.scope)
    if row is None or not row.movable:
        yield because("termijn_onbekend", "/act/scope")
    longest = matter.pack.term.get(LONGEST_MOVE)
    end = _end(matter, row) if row else None
    if act.until <= matter.now or (end is not None and act.until <= end):
        yield because("termijn_voorbij", "/act/until")
    if act.until - (end or matter.now) > (_length(longest) if longest else timedelta()):
        yield because("termijn_te_ver", "/act/until")
    if not matter.coded("term", act.reason):
        yield because("reden_onbekend", "/act/reason", "11.4")
