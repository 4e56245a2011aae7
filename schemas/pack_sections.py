"""Do the smaller sections of a pack hold together: phases, purposes, codes, terms and rules? What is wrong and where.

The tables of who may give what about whom are :mod:`schemas.pack_check`'s, which runs these checks with its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import get_args

from schemas.pack import Pack
from schemas.pack_references import Fault
from schemas.pack_rows import Code, CodeUse, Kind, Purpose
from schemas.yaml_model import nearest
from schemas.yaml_text import Path

_TERM_OF = {
    "handover_days": "overdracht",
    "screening_days": "screening",
    "consultation_days": "consultatie",
    "recheck_days_max": "uitstel_informeren",
}
"""Limits that are a term too: the kernel reads the limit, people read the term."""

_LONGEST_DELAY = "uitstel_ten_hoogste"
"""The term that bounds how far others may be moved (11.4)."""


_END = "vernietiging"
"""The term after which nothing of a case is left (11.2c)."""

_MOST_DAYS = {"hours": 1, "days": 1, "weeks": 7, "months": 31, "years": 366}
"""Days in each unit at the most; hours are rounded up."""


def with_items(pack: Pack) -> Iterator[tuple[Kind, str]]:
    """Each kind that carries items, in each of its phases."""
    return ((kind, phase) for kind in pack.kinds if kind.items != "none" for phase in kind.phases)


def _phases(pack: Pack) -> Iterator[Fault]:
    """From the first phase every other can be reached; each that is no end leads on, has a purpose and a measure."""
    reached = [pack.phases[0].id]
    for phase in reached:
        reached.extend(new for new in pack.phase[phase].next if new not in reached)
    for index, row in enumerate(pack.phases):
        path: Path = ("phases", index)
        if row.id not in reached:
            yield path, f"no phase leads to `{row.id}`; add it to the `next` of one, or take it out"
        if not row.end and not row.next:
            yield path, f"`{row.id}` leads nowhere; fill `next`, or say `end: true`"
        if not row.end and not any(row.id in purpose.phases for purpose in pack.purposes):
            yield path, f"`{row.id}` has no purpose; add one under `purposes`, or say `end: true`"
        if row.end and any(kind.items != "none" and row.id in kind.phases for kind in pack.kinds):
            yield path, f"`{row.id}` is an end, yet a kind with items may go in it"
        if row.end != (row.minimisation is None):
            yield path, f"`{row.id}`: `minimisation` belongs to a phase that is no end, and each of those needs it"
        if row.minimisation is not None and row.minimisation not in pack.rule:
            yield (*path, "minimisation"), f"`{row.minimisation}` is no rule; {nearest(row.minimisation, pack.rule)}"


def _purposes(pack: Pack) -> Iterator[Fault]:
    """Purposes that count as one share their phases; data go on to the same phase or a later one only."""
    order = {row.id: place for place, row in enumerate(pack.phases)}
    for index, row in enumerate(pack.purposes):
        path: Path = ("purposes", index)
        for other in pack.purposes:
            if _as_one(row, other) and row.phases != other.phases:
                yield (*path, "counts_as"), f"`{row.id}` and `{other.id}` count as one and are not of the same phases"
        for place, name in enumerate(row.follows):
            here: Path = (*path, "follows", place)
            other = pack.purpose[name]
            if _as_one(row, other):
                yield here, f"`{name}` counts as one with `{row.id}` and follows it always; take it out"
            if min(order[phase] for phase in other.phases) > max(order[phase] for phase in row.phases):
                yield here, f"`{name}` comes after `{row.id}`; what is given later cannot go back"
            if name in row.follows[:place]:
                yield here, f"`{name}` stands twice; keep one"


def _as_one(one: Purpose, other: Purpose) -> bool:
    return one.id == other.id or (one.counts_as is not None and one.counts_as == other.counts_as)


def _codes(pack: Pack) -> Iterator[Fault]:
    """There is something to choose wherever people must choose, and an answer that says nothing."""
    for use in get_args(CodeUse):
        if not any(row.use == use for row in pack.codes):
            yield ("codes",), f"no code for `{use}`; add one"
    for kind, phase in with_items(pack):
        if not any(row.use == "necessity" and (not row.phases or phase in row.phases) for row in pack.codes):
            yield ("codes",), f"no necessity code for phase `{phase}`, in which `{kind.id}` needs one"
    for index, row in enumerate(pack.codes):
        path: Path = ("codes", index)
        if row.keeps_phase and row.use != "decision":
            yield path, f"`{row.id}`: `keeps_phase` belongs to a decision"
        if row.decisions and row.use != "reason":
            yield path, f"`{row.id}`: `decisions` belong to a reason"
        if row.use == "decision":
            yield from ((path, text) for text in _without_reason(pack, row))
    if "geen_uitspraak" not in {row.id for row in pack.outcomes if row.plain_under_secrecy}:
        yield ("outcomes",), "`geen_uitspraak` is missing, or not plain under secrecy; every other outcome becomes it"


def _without_reason(pack: Pack, decision: Code) -> Iterator[str]:
    reasons = [row for row in pack.codes if row.use == "reason" and (not row.decisions or decision.id in row.decisions)]
    for phase in decision.phases or tuple(row.id for row in pack.phases if not row.end):
        if not any(not row.phases or phase in row.phases for row in reasons):
            yield f"no reason goes with decision `{decision.id}` in phase `{phase}`; add one"


def _terms(pack: Pack) -> Iterator[Fault]:
    """A number that stands twice is the same twice; what 11.4 moves has a bound."""
    for limit, name in _TERM_OF.items():
        days, term = getattr(pack.limits, limit), pack.term.get(name)
        if term is None:
            yield ("terms",), f"`{name}` is missing; it says in words what `limits.{limit}` says in a number"
        elif (term.amount, term.unit) != (days, "days"):
            yield ("terms", pack.terms.index(term)), f"`{name}` must be {days} days, as `limits.{limit}` says"
    end = pack.term.get(_END)
    if end is None:
        yield ("terms",), f"`{_END}` is missing; without it nothing of a case has to go (11.2c)"
    elif pack.limits.message_retention_days > end.amount * _MOST_DAYS[end.unit]:
        yield ("limits", "message_retention_days"), f"longer than the term `{_END}` leaves anything of a case (11.2c)"
    if any(term.movable for term in pack.terms) and _LONGEST_DELAY not in pack.term:
        yield ("terms",), f"`{_LONGEST_DELAY}` is missing; without it a movable term has no bound (11.4)"


def _rules(pack: Pack) -> Iterator[Fault]:
    """Each way to cite a rule is of one rule; what is decided through others is not decided in a circle."""
    taken: dict[str, str] = {row.id: row.id for row in pack.rules}
    for index, row in enumerate(pack.rules):
        path: Path = ("rules", index)
        for place, name in enumerate(row.cites):
            if taken.setdefault(name, row.id) != row.id or name == row.id or name in row.cites[:place]:
                yield (*path, "cites", place), f"`{name}` is cited for `{taken[name]}` already; keep one"
        for place, name in enumerate(row.through):
            if name == row.id or pack.rule[name].through:
                yield (
                    (*path, "through", place),
                    f"`{name}` is decided through others itself; name the rules that decide",
                )
        if len(set(row.where)) != len(row.where):
            yield (*path, "where"), "a letter stands twice; keep one"


SECTION_RULES: tuple[Callable[[Pack], Iterator[Fault]], ...] = (_phases, _purposes, _codes, _terms, _rules)
