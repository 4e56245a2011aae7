"""What a change of the protocol means: two packs compared by meaning, in Dutch words, with a direction for each change.

For an fg and the steering group, who decide about a next pack (rules.md 15, 28), and for the procesregisseur, whose
open cases it touches. Every member of every section is compared; what is only written in another way shows as such.
Rows are :mod:`schemas.pack_diff_rows`', the tables of who may what :mod:`schemas.pack_diff_tables`', and which way a
change goes :mod:`schemas.pack_weights`'.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from schemas.pack import Pack
from schemas.pack_changes import About, Change, Pair
from schemas.pack_diff_rows import members, rows
from schemas.pack_diff_tables import TABLES
from schemas.pack_weights import WEIGHTS

_WIDTH = 110
_TITLES = {"id": "naam van het pakket", "version": "versie", "label": "titel", "limits": "getallen van het pakket"}


class OpenCase(BaseModel):
    """A case that is not closed. ``parties``: capacities of who takes part, or their addresses; empty: not known.

    Other members are passed over: this is a row of ``ketenconnector cases --json``.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    case: Annotated[str, Field(min_length=1, max_length=100)]
    phase: Annotated[str, Field(min_length=1, max_length=100)]
    parties: tuple[str, ...] = ()


def compare(old: Pack, new: Pack) -> tuple[Change, ...]:
    """Everything that differs, widest first, then in the order of the pack; empty where nothing does."""
    pair = Pair(old, new)
    found: list[Change] = []
    for section in Pack.model_fields:
        before, after = getattr(old, section), getattr(new, section)
        if section == "digest" or before == after:
            continue
        changes = [*_section(pair, section, before, after)]
        if not changes and (section != "absences" or old.ceilings == new.ceilings):
            changes.append(_arranged(section))
        found.extend(changes)
    if not found and old.digest != new.digest:
        text = "alleen de vingerafdruk verschilt: een getal of een volgorde is anders geschreven en betekent hetzelfde"
        found.append(Change("anders", "digest", "", "", text, old.digest, new.digest, words_only=True))
    return tuple(sorted(found, key=lambda change: (change.words_only, WEIGHTS.index(change.weight))))


def _section(pair: Pair, section: str, old: Any, new: Any) -> Iterator[Change]:
    about = About(pair, section, "", _TITLES.get(section, ""))
    if section in TABLES:
        yield from TABLES[section](pair)
    elif isinstance(old, str):
        yield about.change("anders", "", f"{old} → {new}", old, new)
    elif isinstance(old, BaseModel):
        yield from members(about, old, new)
    elif section == "forbidden_fields":
        yield from _forbidden(about, old, new)
    else:
        yield from rows(about, old, new)


def _arranged(section: str) -> Change:
    """The same cells or words, in another order or division."""
    text = f"`{section}`: hetzelfde, anders geordend of ingedeeld"
    return Change("anders", section, "", "", text, "", "", words_only=True)


def _forbidden(about: About, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    for name in old:
        if name not in new:
            yield about.change("ruimer", name, f"veldnaam `{name}` is niet langer verboden", "verboden", "")
    for name in new:
        if name not in old:
            yield about.change("strenger", name, f"veldnaam `{name}` is voortaan verboden", "", "verboden")


def touched(changes: Iterable[Change], case: OpenCase) -> tuple[Change, ...]:
    """The changes that bear on an open case: of its phase, and of a capacity that takes part where these are known."""
    parties = {party.rpartition(":")[2] for party in case.parties}
    return tuple(
        change
        for change in changes
        if not change.words_only
        and (not change.phases or case.phase in change.phases)
        and (not change.capacities or not parties or parties & set(change.capacities))
    )


def render(old: Pack, new: Pack, changes: Sequence[Change], cases: Sequence[OpenCase] = ()) -> str:
    """The changes as a text: per phase, widest first, then what bears on several, then what is only words."""
    lines = [f"van   {old.id} {old.version}, vingerafdruk {old.digest}"]
    lines += [f"naar  {new.id} {new.version}, vingerafdruk {new.digest}", ""]
    if not changes:
        return "\n".join([*lines, "Er is geen verschil.", *_cases((), cases)])
    real = [change for change in changes if not change.words_only]
    counts = ", ".join(f"{weight} {sum(change.weight == weight for change in real)}" for weight in WEIGHTS)
    lines += [f"{counts}; alleen tekst of bron {len(changes) - len(real)}"]
    for title, part in _parts(new, old, changes):
        lines += ["", title]
        for change in part:
            lines += _line(change)
    return "\n".join([*lines, *_cases(changes, cases)])


def _parts(new: Pack, old: Pack, changes: Sequence[Change]) -> Iterator[tuple[str, list[Change]]]:
    real = [change for change in changes if not change.words_only]
    for phase in new.phase | old.phase:
        if mine := [change for change in real if change.phases == (phase,)]:
            yield f"FASE {phase}", mine
    if several := [change for change in real if len(change.phases) > 1]:
        yield "MEER DAN ÉÉN FASE", several
    if everywhere := [change for change in real if not change.phases]:
        yield "IN ELKE FASE", everywhere
    if words := [change for change in changes if change.words_only]:
        yield "ALLEEN TEKST OF BRON (er wordt niets anders besloten)", words


def _line(change: Change) -> list[str]:
    named = len(change.phases) > 1 or (change.words_only and change.phases)
    phases = f" [{', '.join(change.phases)}]" if named else ""
    first = "  - " if change.words_only else f"  {change.weight.upper():<9} "
    indent = " " * len(first)
    text = change.text + phases
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _cases(changes: Sequence[Change], cases: Sequence[OpenCase]) -> Iterator[str]:
    if not cases:
        return
    rows = [(case, touched(changes, case)) for case in cases]
    hit = [(case, mine) for case, mine in rows if mine]
    yield ""
    yield f"OPEN CASUSSEN: {len(hit)} van {len(cases)} geraakt"
    for case, mine in hit:
        counts = ", ".join(f"{weight} {n}" for weight in WEIGHTS if (n := sum(one.weight == weight for one in mine)))
        yield f"  {case.case} ({case.phase}): {counts}"
