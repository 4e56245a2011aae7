"""A pack as people read it: per phase what may go, about whom, from whom, on which basis, to which level. In Dutch.

For an fg, a jurist or a member of a steering group, who decide about the pack and do not read YAML (rules.md 25, 28).
What is not in the text of the protocol is shown as a reading with its reason.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from schemas.content import Level
from schemas.facts import HOUSE_FUNCTION
from schemas.pack import Absence, CeilingRow, Kind, Pack, Phase, Row

LEVEL_WORDS: dict[Level, str] = {
    "B": "bekendheid: alleen om de persoon te vinden",
    "I": "indicatie: aangekruiste vakjes, geen verhaal",
    "S": "samenvatting: korte, vaste velden",
    "D": "detail: ook korte vrije tekst",
}
_FUNCTIONS = {
    HOUSE_FUNCTION: "de procesregisseur van het huis",
    "partij": "elke partij",
    "melder": "de partij die aanmeldde",
    "gevraagd": "een partij die in deze triage gevraagd is",
    "deelnemer": "een deelnemer aan het casusoverleg",
}
_WIDTH = 110


@dataclass(frozen=True)
class Giver:
    """Who may provide: ``how`` is ``usual`` or ``limited``; ``decree``: only with a decree on record."""

    capacity: str
    label: str
    how: str
    basis: str
    basis_label: str
    decree: bool


@dataclass(frozen=True)
class Allowed:
    """One row: a category about persons, to a level; ``consent``: with consent or an exception, whoever provides."""

    category: str
    label: str
    subjects: tuple[str, ...]
    level: Level
    fields: tuple[str, ...]
    purposes: tuple[str, ...]
    givers: tuple[Giver, ...]
    consent: bool
    source: str


@dataclass(frozen=True)
class Withheld:
    """Categories that do not go on purpose."""

    categories: tuple[str, ...]
    labels: tuple[str, ...]
    subjects: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class KindPage:
    """What one kind of message may hold in this phase."""

    kind: str
    label: str
    senders: tuple[str, ...]
    recipients: tuple[str, ...]
    source: str
    allowed: tuple[Allowed, ...]
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True)
class PhasePage:
    """One phase: what it is for, and its kinds of message with data; the others are listed by id."""

    phase: str
    label: str
    source: str
    next: tuple[str, ...]
    purposes: tuple[tuple[str, str, str], ...]
    """Each: id, text, source."""
    kinds: tuple[KindPage, ...]
    other_kinds: tuple[str, ...]
    withheld: tuple[Withheld, ...]
    """What goes in no kind of this phase, where it has none with data."""


def page(pack: Pack, phase: Phase) -> PhasePage:
    """The page of one phase."""
    kinds = [kind for kind in pack.kinds if phase.id in kind.phases]
    carrying = [kind for kind in kinds if kind.items != "none"]
    return PhasePage(
        phase=phase.id,
        label=phase.label.nl,
        source=source_of(phase),
        next=phase.next,
        purposes=tuple((p.id, p.label.nl, source_of(p)) for p in pack.purposes if phase.id in p.phases),
        kinds=tuple(_kind(pack, phase, kind) for kind in carrying),
        other_kinds=tuple(kind.id for kind in kinds if kind.items == "none"),
        withheld=() if carrying else tuple(_withheld(pack, row) for row in pack.absences if row.phase == phase.id),
    )


def source_of(row: Row) -> str:
    """Where a row comes from, in words."""
    article = f"artikel {row.article}" if row.article else "geen artikel"
    return f"{article}; eigen lezing: {row.reason}" if row.reading else article


def _kind(pack: Pack, phase: Phase, kind: Kind) -> KindPage:
    rows = [row for row in pack.ceilings if (row.phase, row.kind) == (phase.id, kind.id)]
    absences = [row for row in pack.absences if row.phase == phase.id and kind.id in (row.kinds or (kind.id,))]
    return KindPage(
        kind=kind.id,
        label=kind.label.nl,
        senders=tuple(_function(pack, who) for who in kind.senders),
        recipients=tuple(_function(pack, who) for who in kind.recipients),
        source=source_of(kind),
        allowed=tuple(_allowed(pack, kind, row) for row in rows),
        withheld=tuple(_withheld(pack, row) for row in absences),
    )


def _function(pack: Pack, who: str) -> str:
    return _FUNCTIONS[who] if who in _FUNCTIONS else pack.capacity[who].label.nl


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
        givers=() if kind.senders == (HOUSE_FUNCTION,) else tuple(_givers(pack, row)),
        consent=category.data_class == "bijzonder",
        source=source_of(row),
    )


def _givers(pack: Pack, row: CeilingRow) -> Iterator[Giver]:
    for who in pack.capacities:
        how = pack.provider.get((row.category, who.id))
        if how and (not row.providers or who.id in row.providers):
            basis = pack.basis[who.category_bases.get(row.category, who.default_basis)]
            yield Giver(who.id, who.label.nl, how, basis.id, basis.label.nl, basis.decree)


def render(pack: Pack, pages: Iterable[PhasePage]) -> str:
    """The pages as one text, lines of at most 110 characters where words allow."""
    parts = [f"{pack.label.nl}\nPakket {pack.id}, versie {pack.version}, vingerafdruk {pack.digest}\n"]
    parts.extend("\n".join(_phase_lines(one)) for one in pages)
    return "\n".join(parts)


def _phase_lines(one: PhasePage) -> Iterator[str]:
    yield f"FASE {one.phase}"
    yield from _wrapped(f"{one.label} ({one.source})", 2)
    yield f"  Hierna: {', '.join(one.next) or 'niets'}"
    yield "  Doelen:"
    for id_, text, source in one.purposes:
        yield from _wrapped(f"- {id_}: {text} ({source})", 4)
    for kind in one.kinds:
        yield ""
        yield from _kind_lines(kind)
    yield ""
    for row in one.withheld:
        yield from _withheld_lines(row)
    yield from _wrapped(f"Berichten zonder persoonsgegevens: {', '.join(one.other_kinds) or 'geen'}", 2)
    yield ""


def _kind_lines(kind: KindPage) -> Iterator[str]:
    yield f"  BERICHT {kind.kind}"
    yield from _wrapped(f"{kind.label} ({kind.source})", 4)
    yield from _wrapped(f"Van {' of '.join(kind.senders)}, aan {' of '.join(kind.recipients)}.", 4)
    yield "    Dit mag erin, en niet meer:"
    for row in kind.allowed:
        yield from _allowed_lines(row)
    yield "    Dit mag er niet in:"
    for absent in kind.withheld:
        yield from _withheld_lines(absent)


def _allowed_lines(row: Allowed) -> Iterator[str]:
    yield from _wrapped(f"- {row.label}, over: {_persons(row.subjects)}", 4)
    yield f"        tot niveau {row.level} ({LEVEL_WORDS[row.level]})"
    yield from _wrapped(f"velden: {'; '.join(row.fields)}", 8)
    if row.givers:
        yield from _wrapped(f"van: {'; '.join(_givers_by_basis(row.givers))}", 8)
    else:
        yield "        van: de procesregisseur, namens de partij voor wie het huis handelt"
    if row.consent:
        yield "        alleen met toestemming of een vastgelegde uitzondering (7.2)"
    yield from _wrapped(f"waarom: {row.source}", 8)


def _givers_by_basis(givers: Sequence[Giver]) -> Iterator[str]:
    """Givers with the same basis together; those with a role of their own only are marked."""
    for basis in dict.fromkeys(giver.basis for giver in givers):
        same = [giver for giver in givers if giver.basis == basis]
        names = ", ".join(g.label + (" (alleen vanuit de eigen rol)" if g.how == "limited" else "") for g in same)
        yield f"{names} op grond van {same[0].basis_label} [{basis}]"


def _withheld_lines(row: Withheld) -> Iterator[str]:
    yield from _wrapped(f"- {'; '.join(row.labels)}. Over: {_persons(row.subjects)}", 4)
    yield from _wrapped(f"waarom niet: {row.source}", 8)


def _persons(subjects: Iterable[str]) -> str:
    return ", ".join(subject.replace("_", " ") for subject in subjects)


def _wrapped(text: str, indent: int) -> list[str]:
    hanging = " " * (indent + 2 if text.startswith("- ") else indent)
    return textwrap.wrap(text, _WIDTH, initial_indent=" " * indent, subsequent_indent=hanging, break_long_words=False)
