"""A pack as people read it: per phase what may go, about whom, from whom, on which basis, to which level.

For an fg, a jurist or a member of a steering group, who decide about the pack and do not read YAML (rules.md 25, 28).
What is not in the text of the protocol is marked as a reading, with its reason. Here stand the pages as values, in
Dutch; :mod:`schemas.pack_text` and :mod:`schemas.pack_html` write them out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from schemas.content import Level
from schemas.facts import HOUSE_FUNCTION
from schemas.ids import Term
from schemas.pack import Pack
from schemas.pack_changes import UNITS
from schemas.pack_rows import Absence, Capacity, CeilingRow, Kind, Limits, Phase, Row
from schemas.pack_weights import MEMBERS

LEVEL_WORDS: dict[Level, str] = {
    "B": "bekendheid: alleen om de persoon te vinden",
    "I": "indicatie: aangekruiste vakjes, geen verhaal",
    "S": "samenvatting: korte, vaste velden",
    "D": "detail: ook korte vrije tekst",
}
FUNCTION_WORDS = {
    HOUSE_FUNCTION: ("het huis", "de procesregisseur van het huis, namens de partij voor wie het huis handelt"),
    "partij": ("elke partij", "elke hoedanigheid die is toegetreden"),
    "melder": ("de melder", "de partij die de casus aanmeldde"),
    "gevraagd": ("een gevraagde partij", "een partij die in deze triage is bevraagd"),
    "deelnemer": ("een deelnemer", "een partij die tot het casusoverleg is toegelaten"),
}
"""Whom a kind may name besides a capacity: in short, and what that means."""
_REPLIES = {"required": "altijd een antwoord op", "optional": "kan een antwoord zijn op", "none": ""}


@dataclass(frozen=True)
class Source:
    """Where a row comes from: an article, and our reading of it with its reason; either may be absent."""

    article: str | None
    reading: str | None

    def __str__(self) -> str:
        article = f"artikel {self.article}" if self.article else "geen artikel"
        return f"{article}; eigen lezing: {self.reading}" if self.reading else article


@dataclass(frozen=True)
class Giver:
    """Who may provide: ``how`` is ``usual`` or ``limited``; ``decree``: only with a decree on record.

    ``secrecies``: those that rest on what it provides and that only consent or an exception lifts. ``marks`` travel
    with the data.
    """

    capacity: str
    label: str
    how: str
    basis: str
    basis_label: str
    decree: bool
    secrecies: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Allowed:
    """One row: a category about persons, to a level; ``consent``: with consent or an exception, whoever provides.

    ``purposes`` empty: each of the phase.
    """

    category: str
    label: str
    subjects: tuple[str, ...]
    level: Level
    fields: tuple[str, ...]
    purposes: tuple[str, ...]
    givers: tuple[Giver, ...]
    consent: bool
    source: Source


@dataclass(frozen=True)
class Withheld:
    """Categories that do not go on purpose."""

    categories: tuple[str, ...]
    labels: tuple[str, ...]
    subjects: tuple[str, ...]
    source: Source


@dataclass(frozen=True)
class KindPage:
    """What one kind of message may hold in this phase, who sends it to whom, who decides, and until when it is valid.

    ``approval``: a human at the sender decides. ``valid``: the longest time that it waits for its recipient, in words.
    ``registered``: it is a provision, in the register of article 8. ``everywhere``: the same in every phase.
    """

    kind: str
    label: str
    senders: tuple[str, ...]
    recipients: tuple[str, ...]
    recipients_max: int
    replies: str
    approval: bool
    valid: str
    registered: bool
    everywhere: bool
    source: Source
    allowed: tuple[Allowed, ...] = ()
    withheld: tuple[Withheld, ...] = ()


@dataclass(frozen=True)
class Providing:
    """Who may provide a category in a phase; a row of a kind may name fewer."""

    category: str
    label: str
    givers: tuple[Giver, ...]
    consent: bool
    source: Source


@dataclass(frozen=True)
class PurposeLine:
    """One purpose. ``same``: purposes that count as one with it; ``follows``: those whose data may go on to it."""

    purpose: str
    label: str
    same: tuple[str, ...]
    follows: tuple[str, ...]
    source: Source


@dataclass(frozen=True)
class PhasePage:
    """One phase: what it is for, its kinds of message with data, and those without."""

    phase: str
    label: str
    source: Source
    minimisation: str | None
    next: tuple[str, ...]
    purposes: tuple[PurposeLine, ...]
    providing: tuple[Providing, ...]
    kinds: tuple[KindPage, ...]
    other_kinds: tuple[KindPage, ...]
    withheld: tuple[Withheld, ...]
    """What goes in no kind of this phase, where it has none with data."""


@dataclass(frozen=True)
class PartyLine:
    """One capacity: its tasks, its own bases, the secrecies on what it provides, and whether it may receive."""

    capacity: str
    label: str
    tasks: tuple[str, ...]
    bases: tuple[str, ...]
    secrecies: tuple[str, ...]
    receives: bool
    source: Source


@dataclass(frozen=True)
class TermLine:
    """One term of the protocol, or one number of the pack. ``begins``: what it counts from."""

    term: str
    label: str
    length: str
    begins: str
    movable: bool
    source: Source


@dataclass(frozen=True)
class GeneralPage:
    """What holds in every phase: the parties, how long things are kept and may take, and the numbers."""

    parties: tuple[PartyLine, ...]
    terms: tuple[TermLine, ...]
    numbers: tuple[tuple[str, int], ...]
    numbers_source: Source
    kinds: tuple[KindPage, ...]
    """Those without data that are the same in every phase."""


def page(pack: Pack, phase: Phase) -> PhasePage:
    """The page of one phase."""
    kinds = [kind for kind in pack.kinds if phase.id in kind.phases]
    carrying = [kind for kind in kinds if kind.items != "none"]
    return PhasePage(
        phase=phase.id,
        label=phase.label.nl,
        source=source_of(phase),
        minimisation=phase.minimisation,
        next=phase.next,
        purposes=tuple(_purposes(pack, phase)),
        providing=tuple(_providing(pack, phase, {kind.id for kind in carrying if kind.senders != (HOUSE_FUNCTION,)})),
        kinds=tuple(_kind(pack, phase, kind) for kind in carrying),
        other_kinds=tuple(_kind(pack, phase, kind) for kind in kinds if kind.items == "none"),
        withheld=() if carrying else tuple(_withheld(pack, row) for row in pack.absences if row.phase == phase.id),
    )


def general(pack: Pack) -> GeneralPage:
    """The page that holds in every phase."""
    numbers = (name for name in Limits.model_fields if ("Limits", name) in MEMBERS)
    return GeneralPage(
        parties=tuple(_party(pack, row) for row in pack.capacities),
        terms=tuple(
            TermLine(
                term=row.id,
                label=row.label.nl,
                length=f"{row.amount} {UNITS[row.unit]}",
                begins=row.from_.replace("_", " "),
                movable=row.movable,
                source=source_of(row),
            )
            for row in pack.terms
        ),
        numbers=tuple((MEMBERS["Limits", name].words, getattr(pack.limits, name)) for name in numbers),
        numbers_source=Source(None, pack.limits.reason),
        kinds=tuple(one for kind in pack.kinds if (one := _kind(pack, pack.phases[0], kind)).everywhere),
    )


def source_of(row: Row) -> Source:
    """Where a row comes from."""
    return Source(row.article, row.reason)


def _providing(pack: Pack, phase: Phase, kinds: set[str]) -> Iterator[Providing]:
    """Who provides what in the kinds that a party sends in a phase."""
    going = {row.category for row in pack.ceilings if row.phase == phase.id and row.kind in kinds}
    for row in pack.providers:
        if row.category in going:
            category = pack.category[row.category]
            givers = tuple(_givers(pack, row.category, ()))
            yield Providing(category.id, category.label.nl, givers, category.data_class == "bijzonder", source_of(row))


def _purposes(pack: Pack, phase: Phase) -> Iterator[PurposeLine]:
    for row in pack.purposes:
        if phase.id in row.phases:
            same = [one.id for one in pack.purposes if row.counts_as and one.counts_as == row.counts_as]
            yield PurposeLine(
                purpose=row.id,
                label=row.label.nl,
                same=tuple(one for one in same if one != row.id),
                follows=row.follows,
                source=source_of(row),
            )


def _party(pack: Pack, row: Capacity) -> PartyLine:
    tasks = {task.id: task.label.nl for task in pack.tasks}
    own = (f"{pack.basis[id_].label.nl}, voor {pack.category[of].label.nl}" for of, id_ in row.category_bases.items())
    return PartyLine(
        capacity=row.id,
        label=row.label.nl,
        tasks=tuple(tasks[id_] for id_ in row.tasks),
        bases=(pack.basis[row.default_basis].label.nl, *own),
        secrecies=_secrecies(pack, row),
        receives=row.receives,
        source=source_of(row),
    )


def _secrecies(pack: Pack, who: Capacity) -> tuple[str, ...]:
    return tuple(pack.secrecy[id_].label.nl for id_ in who.secrecy if pack.secrecy[id_].consent)


def _kind(pack: Pack, phase: Phase, kind: Kind) -> KindPage:
    rows = [row for row in pack.ceilings if (row.phase, row.kind) == (phase.id, kind.id)]
    absences = [row for row in pack.absences if row.phase == phase.id and kind.id in (row.kinds or (kind.id,))]
    return KindPage(
        kind=kind.id,
        label=kind.label.nl,
        senders=tuple(_function(pack, who) for who in kind.senders),
        recipients=tuple(_function(pack, who) for who in kind.recipients),
        recipients_max=kind.recipients_max,
        replies=f"{_REPLIES[kind.reply]} {', '.join(kind.replies_to)}".strip(),
        approval=kind.approval,
        valid=_length(kind.seconds_max),
        registered=kind.registered,
        everywhere=kind.items == "none" and all(row.end or row.id in kind.phases for row in pack.phases),
        source=source_of(kind),
        allowed=tuple(_allowed(pack, kind, row) for row in rows),
        withheld=tuple(_withheld(pack, row) for row in absences) if kind.items != "none" else (),
    )


def _length(seconds: int) -> str:
    """A number of seconds in the greatest unit that fits."""
    for size, one, many in ((86_400, "dag", "dagen"), (3600, "uur", "uur"), (60, "minuut", "minuten")):
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {one if count == 1 else many}"
    return f"{seconds} seconden"


def _function(pack: Pack, who: str) -> str:
    return FUNCTION_WORDS[who][0] if who in FUNCTION_WORDS else pack.capacity[who].label.nl


def _withheld(pack: Pack, row: Absence) -> Withheld:
    labels = tuple(pack.category[category].label.nl for category in row.categories)
    return Withheld(row.categories, labels, row.subjects, source_of(row))


def _allowed(pack: Pack, kind: Kind, row: CeilingRow) -> Allowed:
    category = pack.category[row.category]
    return Allowed(
        category=row.category,
        label=category.label.nl,
        subjects=row.subjects,
        level=row.level,
        fields=tuple(field.label.nl for field in pack.fields_of(row)),
        purposes=row.purposes,
        givers=() if kind.senders == (HOUSE_FUNCTION,) else tuple(_givers(pack, row.category, row.providers)),
        consent=category.data_class == "bijzonder",
        source=source_of(row),
    )


def _givers(pack: Pack, category: Term, only: Collection[str]) -> Iterator[Giver]:
    """Who provides a category; of ``only`` these, where it names any."""
    marks = {regime.id: regime.marks for regime in pack.regimes}
    for who in pack.capacities:
        how = pack.provider.get((category, who.id))
        if how and (not only or who.id in only):
            basis = pack.basis[who.category_bases.get(category, who.default_basis)]
            yield Giver(
                capacity=who.id,
                label=who.label.nl,
                how=how,
                basis=basis.id,
                basis_label=basis.label.nl,
                decree=basis.decree,
                secrecies=_secrecies(pack, who),
                marks=marks[basis.regime],
            )
