"""The page for the jurist: the questions that stay open, and every reading of our own, with what was chosen and why.

In Dutch. A row of the pack that rests on the text of the protocol alone is not on it; one with ``reading: own`` is, so
that nothing is decided silently. Rows with one reason stand together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from schemas.pack import Pack
from schemas.pack_changes import UNITS
from schemas.pack_pages import LEVEL_WORDS
from schemas.pack_rows import CeilingRow, Named, ProviderRow, Row
from schemas.pack_weights import MEMBERS

_INTRODUCTION = """\
Deze pagina is gemaakt uit het pakket. Zij noemt eerst de vragen die open staan, dan hoe de beslisregels de tekst lezen,
en daarna de rijen van het pakket waarvoor het protocol zwijgt of op meer dan één manier te lezen is: wat er is gekozen,
en waarom. Wij noemen wat wij zagen; wie een plaats mist, heeft waarschijnlijk gelijk. Wat het protocol met zoveel
woorden zegt, staat hier niet. Een ander antwoord is een wijziging van het pakket of van de regels, en dus een besluit
van de stuurgroep na een DPIA (15, 28)."""


@dataclass(frozen=True)
class Reading:
    """What one row chose. ``about``: what the rows that stand together have in common, where that needs saying."""

    row: Row
    chosen: str
    about: str = ""


@dataclass(frozen=True)
class _Section:
    title: str
    file: str
    readings: Callable[[Pack], Iterable[Reading]]


def jurist_page(pack: Pack) -> str:
    """The whole page as Markdown."""
    levels = "; ".join(f"{level} is {words}" for level, words in LEVEL_WORDS.items())
    parts = [
        "# Vragen voor de jurist",
        f"Bij het pakket {pack.id}, versie {pack.version}: {pack.label.nl}.",
        _INTRODUCTION,
        *_asked(pack, "vraag", "Open vragen"),
        *_asked(pack, "lezing", "Hoe de beslisregels de tekst lezen"),
        f"## Eigen lezingen ({sum(1 for _ in own_readings(pack))} rijen van het pakket)",
        f"Een artikel is dat van het protocol; B1, B2 en B4 zijn de bijlagen 1, 2 en 4. Niveaus: {levels}.",
    ]
    for section in SECTIONS:
        if lines := list(_lines(section.readings(pack))):
            parts.append(f"### {section.title}\n\nIn het pakket: {section.file}.")
            parts.append("\n".join(["| Artikel | Gekozen | Waarom |", "|---|---|---|", *lines]))
    return "\n\n".join(parts) + "\n"


def _asked(pack: Pack, of: str, title: str) -> Iterator[str]:
    rows = [row for row in pack.questions if row.of == of]
    if rows:
        yield f"## {title} ({len(rows)})"
        yield "\n".join(
            f"{number}. **Artikel {row.article}.** {row.text}\n   *Gekozen:* {row.chosen}"
            for number, row in enumerate(rows, 1)
        )


def own_readings(pack: Pack) -> Iterator[Reading]:
    """Every row with ``reading: own``, in the order of the page."""
    for section in SECTIONS:
        yield from (one for one in section.readings(pack) if one.row.reading)


def _lines(readings: Iterable[Reading]) -> Iterator[str]:
    groups: dict[tuple[str, str], list[Reading]] = {}
    for one in readings:
        if one.row.reading and one.row.reason:
            groups.setdefault((one.about, one.row.reason), []).append(one)
    for (about, reason), rows in groups.items():
        articles = ", ".join(dict.fromkeys(one.row.article or "–" for one in rows))
        chosen = [*([f"*{about}*"] if about else []), *dict.fromkeys(one.chosen for one in rows)]
        yield "| " + " | ".join(map(_cell, (articles, "<br>".join(chosen), reason))) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _labels(rows: Iterable[Named]) -> Iterator[Reading]:
    return (Reading(row, row.label.nl) for row in rows)


def _purposes(pack: Pack) -> Iterator[Reading]:
    for row in pack.purposes:
        same = [one.id for one in pack.purposes if one == row or (row.counts_as and one.counts_as == row.counts_as)]
        words = f"{_and(same)} tellen als één" if len(same) > 1 else _plain(row.id)
        yield Reading(row, f"{words}: past bij wat is gegeven voor {_and(row.follows)}" if row.follows else words)


def _parties(pack: Pack) -> Iterator[Reading]:
    yield from _labels((*pack.regimes, *pack.secrecies, *pack.bases, *pack.tasks, *pack.capacities))
    yield from _labels(pack.subject_categories)


def _fields(pack: Pack) -> Iterator[Reading]:
    yield from _labels(pack.categories)
    for category in pack.categories:
        for field in category.fields:
            longest = f", tekst tot {field.max}" if field.type == "text" else ""
            yield Reading(field, f"{field.label.nl} ({field.level}{longest})", category.label.nl)


def _ceilings(pack: Pack) -> Iterator[Reading]:
    for row in pack.ceilings:
        yield Reading(row, _ceiling(pack, row), f"fase {row.phase}, bericht {_plain(row.kind)}")
    for absence in pack.absences:
        kinds = f", bericht {_and(absence.kinds)}" if absence.kinds else ""
        names = _and(pack.category[name].label.nl for name in absence.categories)
        yield Reading(absence, f"geen {names} over {_and(absence.subjects)}", f"fase {absence.phase}{kinds}")


def _ceiling(pack: Pack, row: CeilingRow) -> str:
    """One ceiling in words; its purposes only where others of the same kind have more."""
    category = pack.category[row.category]
    kin = [other for other in pack.ceilings if (other.phase, other.kind) == (row.phase, row.kind)]
    widest = {purpose for other in kin for purpose in other.purposes}
    words = [f"hoogstens {row.level}"]
    words += [f"alleen {_and(category.by_name[name].label.nl for name in row.fields)}"] if row.fields else []
    words += [f"alleen van {_and(row.providers)}"] if row.providers else []
    words += [f"alleen voor {_and(row.purposes)}"] if row.purposes and set(row.purposes) != widest else []
    return f"{category.label.nl} over {_and(row.subjects)} ({', '.join(words)})"


def _providers(pack: Pack) -> Iterator[Reading]:
    for row in pack.providers:
        yield Reading(row, _provided(pack, row))


def _provided(pack: Pack, row: ProviderRow) -> str:
    words = [f"van {_and(row.usual)}"] if row.usual else []
    words += [f"vanuit de eigen rol ook van {_and(row.limited)}"] if row.limited else []
    return f"{pack.category[row.category].label.nl}: {', '.join(words)}"


def _codes(pack: Pack) -> Iterator[Reading]:
    return (Reading(row, row.label.nl, _USES[row.use]) for row in pack.codes)


def _terms(pack: Pack) -> Iterator[Reading]:
    for row in pack.terms:
        moved = ", te verschuiven volgens 11.4" if row.movable else ""
        yield Reading(row, f"{row.label.nl}: {row.amount} {UNITS[row.unit]} vanaf {_plain(row.from_)}{moved}")


def _limits(pack: Pack) -> Iterator[Reading]:
    if pack.limits.reason is None:
        return
    source = Row(reading="own", reason=pack.limits.reason)
    for name in type(pack.limits).model_fields:
        if ("Limits", name) in MEMBERS:
            yield Reading(source, f"{MEMBERS['Limits', name].words}: {getattr(pack.limits, name)}")


def _rules(pack: Pack) -> Iterator[Reading]:
    return (Reading(row, row.label.nl) for row in pack.rules)


def _and(words: Iterable[str]) -> str:
    listed = [_plain(word) for word in words]
    return " en ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)


def _plain(word: str) -> str:
    return word.replace("_", " ")


_USES = {
    "necessity": "noodzaak",
    "refusal": "weigering",
    "reason": "reden van een besluit",
    "exception": "uitzondering",
    "decision": "besluit",
    "restriction": "grond voor beperking",
    "restricted_use": "gebruik ondanks beperking",
    "restriction_end": "einde van een beperking",
    "departure": "vertrek uit een casus",
    "term": "verschuiven van een termijn",
}
SECTIONS: tuple[_Section, ...] = (
    _Section("Fasen", "phases.yaml", lambda pack: _labels(pack.phases)),
    _Section("Doelen: welke als één tellen, en welke bij elkaar passen", "phases.yaml", _purposes),
    _Section("Grondslagen, partijen en personen", "parties.yaml en pack.yaml", _parties),
    _Section("Wie mag wat verstrekken", "providers.yaml", _providers),
    _Section("Velden per categorie, en hun niveau", "categories/", _fields),
    _Section("Hoeveel er per fase en bericht mag, en wat bewust niet", "ceilings.yaml", _ceilings),
    _Section("Soorten berichten en uitkomsten", "kinds.yaml", lambda pack: _labels((*pack.kinds, *pack.outcomes))),
    _Section("Codes waaruit mensen kiezen", "codes.yaml", _codes),
    _Section("Leefgebieden", "codes.yaml", lambda pack: _labels(pack.life_domains)),
    _Section("Termijnen", "terms.yaml", _terms),
    _Section("Aantallen", "pack.yaml", _limits),
    _Section("Regels", "rules.yaml", _rules),
)
