"""The pages of a pack as a text for a terminal: lines of at most 110 characters where words allow."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from schemas.pack import Pack
from schemas.pack_pages import (
    FUNCTION_WORDS,
    LEVEL_WORDS,
    Allowed,
    GeneralPage,
    Giver,
    KindPage,
    PhasePage,
    Providing,
    PurposeLine,
    Source,
    Withheld,
)

_WIDTH = 110
CONDITIONS = {
    "eigen rol": "geeft dit alleen vanuit de eigen rol",
    "besluit": "alleen met een ondertekend besluit dat bij het huis is vastgelegd",
    "toestemming": "alleen met toestemming van de betrokkene, of een vastgelegde uitzondering (7.2): er rust een "
    "beroepsgeheim op; welk, staat bij de partijen",
    "merk": "dit merk gaat als voorwaarde met de gegevens mee (7.1)",
}
"""The short words behind a party, and what each means."""


class Notes:
    """The readings of one page, each once and numbered from 1, so that a table names them without repeating them."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, source: Source) -> int:
        """The number of a reading; 0 where the article is followed as it stands."""
        return self._numbers.setdefault(source.reading, len(self._numbers) + 1) if source.reading else 0

    def __iter__(self) -> Iterator[tuple[int, str]]:
        return ((number, reading) for reading, number in self._numbers.items())

    def said(self, source: Source) -> str:
        """An article, and the number of the reading."""
        number = self.number(source)
        article = f"artikel {source.article}" if source.article else "geen artikel"
        return f"{article}, lezing {number}" if number else article


def render(pack: Pack, pages: Iterable[PhasePage], general: GeneralPage | None = None) -> str:
    """The pages as one text; ``general`` comes last."""
    parts = [f"{pack.label.nl}\nPakket {pack.id}, versie {pack.version}, vingerafdruk {pack.digest}\n"]
    parts.append("\n".join(_legend()))
    parts.extend("\n".join(_phase(one, Notes(), whole=general is None)) for one in pages)
    parts.extend(["\n".join(_general(general, Notes()))] if general else [])
    return "\n".join(parts)


def decides(kind: KindPage) -> str:
    """Who decides that a message goes."""
    return "een mens bij de afzender" if kind.approval else "gaat vanzelf"


def conditions(giver: Giver) -> str:
    """What else must be so, in short words (:data:`CONDITIONS`); empty where nothing."""
    parts = ["eigen rol"] if giver.how == "limited" else []
    parts += ["besluit"] if giver.decree else []
    parts += ["toestemming"] if giver.secrecies else []
    return ", ".join((*parts, *(f"merk {mark}" for mark in giver.marks)))


def named(givers: Iterable[Giver]) -> str:
    """Givers in words, each with its conditions."""
    return ", ".join(f"{giver.label} ({said})" if (said := conditions(giver)) else giver.label for giver in givers)


def common_purposes(rows: Sequence[Allowed]) -> tuple[str, ...]:
    """The purposes that most rows of a table name: said once, above it."""
    found = [row.purposes for row in rows]
    return max(found, key=found.count, default=())


class Joined(NamedTuple):
    """A row of a table about several categories of persons, of whom the same holds."""

    row: Allowed
    subjects: tuple[str, ...]
    sources: tuple[Source, ...]


def joined(rows: Iterable[Allowed]) -> Iterator[Joined]:
    """Rows that differ in nothing but persons and source are one."""
    found: dict[Allowed, list[Allowed]] = {}
    for row in rows:
        found.setdefault(replace(row, subjects=(), source=Source(None, None)), []).append(row)
    for same in found.values():
        subjects = tuple(subject for row in same for subject in row.subjects)
        yield Joined(same[0], subjects, tuple(dict.fromkeys(row.source for row in same)))


def only_from(row: Allowed, page: PhasePage) -> str:
    """The parties that a row narrows to; empty where all who provide the category may."""
    usual = next((one.givers for one in page.providing if one.category == row.category), ())
    return "" if not row.givers or row.givers == usual else ", ".join(giver.label for giver in row.givers)


def purposes(names: Sequence[str]) -> str:
    """Purposes in words."""
    return ", ".join(names) or "elk doel van deze fase"


def persons(subjects: Iterable[str]) -> str:
    """Categories of persons in words."""
    return ", ".join(subject.replace("_", " ") for subject in subjects)


def by_basis(givers: Sequence[Giver]) -> Iterator[tuple[str, list[Giver]]]:
    """Givers with the same basis together: what it is called, and who."""
    for basis in dict.fromkeys(giver.basis for giver in givers):
        same = [giver for giver in givers if giver.basis == basis]
        yield same[0].basis_label, same


def _legend() -> Iterator[str]:
    yield "Wat hier niet staat, mag niet. Een niveau is een bovengrens:"
    for level, words in LEVEL_WORDS.items():
        yield f"  {level}  {words}"
    for short, meaning in FUNCTION_WORDS.values():
        yield from _wrapped(f"- {short}: {meaning}", 2)
    yield "Achter een partij:"
    for word, meaning in CONDITIONS.items():
        yield from _wrapped(f"- {word}: {meaning}", 2)
    yield "Een lezing staat niet letterlijk in het protocol; wat ervan is gemaakt en waarom, staat onder elke fase."
    yield ""


def _phase(one: PhasePage, notes: Notes, *, whole: bool) -> Iterator[str]:
    yield f"FASE {one.phase}"
    yield from _wrapped(f"{one.label} ({notes.said(one.source)})", 2)
    if one.minimisation:
        yield f"  Hoe weinig: artikel {one.minimisation}"
    yield f"  Hierna: {', '.join(one.next) or 'niets'}"
    yield "  Doelen:"
    for line in one.purposes:
        yield from _wrapped(f"- {line.purpose}: {_purpose(line, notes)}", 4)
    if one.providing:
        yield "  Wie mag wat verstrekken, op welke grondslag:"
    for provided in one.providing:
        yield from _providing(provided, notes)
    for kind in one.kinds:
        yield ""
        yield from _kind(kind, one, notes)
    yield ""
    for row in one.withheld:
        yield from _withheld(row, notes)
    others = [kind for kind in one.other_kinds if whole or not kind.everywhere]
    where = "" if whole else ", alleen in deze fase"
    yield f"  Berichten zonder persoonsgegevens{where}:{'' if others else ' geen'}"
    yield from _others(others, notes)
    yield from _readings(notes)


def _others(kinds: Iterable[KindPage], notes: Notes) -> Iterator[str]:
    for kind in kinds:
        yield from _wrapped(f"- {kind.kind}: {kind.label}. Van {' of '.join(kind.senders)}, aan {sent_to(kind)}.", 4)
        yield from _wrapped(f"{decides(kind)}; geldig ten hoogste {kind.valid}; {notes.said(kind.source)}", 8)


def _providing(line: Providing, notes: Notes) -> Iterator[str]:
    consent = "; alleen met toestemming of uitzondering (7.2)" if line.consent else ""
    yield from _wrapped(f"- {line.label}{consent} ({notes.said(line.source)})", 4)
    for basis, givers in by_basis(line.givers):
        yield from _wrapped(f"{basis} [{givers[0].basis}]: {named(givers)}", 8)


def _readings(notes: Notes) -> Iterator[str]:
    found = [*notes]
    yield from ["", "  Eigen lezingen:"] if found else []
    for number, reading in found:
        yield from _wrapped(f"{number:>3}. {reading}", 4)
    yield ""


def _purpose(line: PurposeLine, notes: Notes) -> str:
    parts = [f"{line.label} ({notes.said(line.source)})"]
    parts += [f"Telt als één doel met {', '.join(line.same)}."] if line.same else []
    parts += [f"Met akkoord ook voor gegevens van: {', '.join(line.follows)}."] if line.follows else []
    return " ".join(parts)


def sent_to(kind: KindPage) -> str:
    """The recipients in words."""
    most = f" (ten hoogste {kind.recipients_max} tegelijk)" if kind.recipients_max > 1 else ""
    return f"{' of '.join(kind.recipients)}{most}"


def _kind(kind: KindPage, one: PhasePage, notes: Notes) -> Iterator[str]:
    yield f"  BERICHT {kind.kind}"
    yield from _wrapped(f"{kind.label} ({notes.said(kind.source)})", 4)
    yield from _wrapped(f"Van {' of '.join(kind.senders)}, aan {sent_to(kind)}.", 4)
    if kind.replies:
        yield f"    Het is {kind.replies}."
    yield f"    Wie beslist: {decides(kind)}. Geldig: ten hoogste {kind.valid}."
    yield f"    In het register van verstrekkingen: {'ja' if kind.registered else 'nee'}."
    usual = common_purposes(kind.allowed)
    yield from _wrapped(f"Dit mag erin, en niet meer. Tenzij er iets anders bij staat voor: {purposes(usual)}.", 4)
    for found in joined(kind.allowed):
        yield from _allowed(found, usual, one, notes)
    yield "    Dit mag er niet in:"
    for absent in kind.withheld:
        yield from _withheld(absent, notes)


def _allowed(found: Joined, usual: Sequence[str], one: PhasePage, notes: Notes) -> Iterator[str]:
    row = found.row
    yield from _wrapped(f"- {row.label}, over: {persons(found.subjects)}", 4)
    yield from _wrapped(f"tot niveau {row.level}: {'; '.join(row.fields)}", 8)
    if row.purposes != usual:
        yield from _wrapped(f"alleen voor: {purposes(row.purposes)}", 8)
    if said := only_from(row, one):
        yield from _wrapped(f"alleen van: {said}", 8)
    if row.consent:
        yield "        alleen met toestemming of een vastgelegde uitzondering (7.2)"
    yield from _wrapped(f"waarom: {'; '.join(map(notes.said, found.sources))}", 8)


def _withheld(row: Withheld, notes: Notes) -> Iterator[str]:
    yield from _wrapped(f"- {'; '.join(row.labels)}. Over: {persons(row.subjects)}", 4)
    yield f"        waarom niet: {notes.said(row.source)}"


def _general(one: GeneralPage, notes: Notes) -> Iterator[str]:
    yield "IN ELKE FASE"
    yield "  Partijen:"
    for party in one.parties:
        yield from _wrapped(f"- {party.label} ({notes.said(party.source)})", 4)
        yield from _wrapped(f"taken: {'; '.join(party.tasks) or 'geen van artikel 6.4'}", 8)
        yield from _wrapped(f"grondslagen: {'; '.join(party.bases)}", 8)
        if party.secrecies:
            yield from _wrapped(f"geheimhouding: {'; '.join(party.secrecies)}", 8)
        if not party.receives:
            yield "        ontvangt geen gegevens van een casus"
    yield ""
    yield "  Hoe lang:"
    for term in one.terms:
        moved = "; een besluit kan de termijn verzetten" if term.movable else ""
        yield from _wrapped(f"- {term.label}: {term.length}, vanaf {term.begins}{moved} ({notes.said(term.source)})", 4)
    yield ""
    yield f"  Getallen van het pakket ({notes.said(one.numbers_source)}):"
    for words, number in one.numbers:
        yield f"    - {words}: {number}"
    yield ""
    yield "  Berichten zonder persoonsgegevens, in elke fase:"
    yield from _others(one.kinds, notes)
    yield from _readings(notes)


def _wrapped(text: str, indent: int) -> list[str]:
    hanging = " " * (indent + 2 if text.startswith("- ") else indent)
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
