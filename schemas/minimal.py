"""Field level: what a payload may hold at (phase, kind, category, person, level). Both connectors run :func:`check`
before sealing and after opening (3.5a, 9.2, Bijlage 4); :func:`cut` leaves what may go.

``values`` are the opened disclosures of one item: path (``/name``) -> value. What the manifest may name is
:mod:`schemas.policy`; here the values themselves are looked at. Findings hold a path and a code, never a value.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from schemas.acts import Finding
from schemas.content import MESSAGE_CATEGORY, Item
from schemas.facts import HOUSE_FUNCTION
from schemas.ids import FieldPath, IdError, Term
from schemas.pack import Pack
from schemas.pack_rows import CeilingRow, FieldRow, LifeDomain
from schemas.rules.matter import AnyItem, answer_kind, field_paths
from schemas.rules.minimisation import forbidden, within
from schemas.strict import Json
from schemas.values import never_allowed, wrong_text, wrong_value

CONTAINS = "bevat_categorieen"
"""The field in which whoever writes a text names the categories that are in it."""

LIFE_DOMAINS = "leefgebieden"
"""The field whose ticks each imply a category (8.7): a tick is a provision too."""

_LIFE_DOMAIN = "leefgebied"
"""The member of an object that names a life domain; it tells the same as a tick."""

EXPLANATION = 500
"""Characters of an explanation in a kind of message that has no text of its own."""

EXPLAINED = FieldPath("/toelichting")
"""Where a finding about the explanation is."""

_UNKNOWN = FieldPath("/onbekend")
_DATED = frozenset({"day", "partial_day", "postcode", "enum", "enum_list", "boolean", "subject_ref"})
"""Types whose valid values cannot be a BSN."""


def _path(text: str) -> FieldPath:
    """The path itself; a foreign text that is none is not repeated."""
    try:
        return FieldPath(text)
    except IdError:
        return _UNKNOWN


def _capacity(item: AnyItem) -> str | None:
    return item.origin.party.function if isinstance(item, Item) else None


def _cell(phase: str, kind: str, category: str, item: AnyItem) -> tuple[str, str, str, str]:
    return (phase, kind, category, item.subject_category)


def _row(pack: Pack, phase: str, kind: str, item: AnyItem) -> CeilingRow | None:
    return pack.ceiling.get(_cell(phase, kind, item.category, item))


def _field(pack: Pack, row: CeilingRow | None, item: AnyItem, path: str) -> FieldRow | str:
    """The field of a path, or the code why it may not be here."""
    name, category = path[1:], pack.category.get(item.category)
    if forbidden(pack, name) or forbidden(pack, path):
        return "verboden_veld"
    field = category.by_name.get(name) if category else None
    if field is None or path != f"/{name}":
        return "veld_onbekend"
    if row is None:
        return "niet_in_deze_fase"
    if not within(field.level, item.level) or not within(field.level, row.level):
        return "veld_boven_niveau"
    return field if field in pack.fields_of(row) else "veld_niet_hier"


def _value(pack: Pack, item: AnyItem, field: FieldRow, value: Json) -> str | None:
    code = wrong_value(field, value)
    if value == [] and item.category == MESSAGE_CATEGORY and not field.optional:
        return "waarde_leeg"
    never = never_allowed(pack, value, dated=code is None and field.type in _DATED)
    if never or code:
        return never or code
    own = field.values_by_capacity.get(Term(_capacity(item) or "onbekend"))
    chosen = value if isinstance(value, list) else [value]
    return "waarde_niet_in_lijst" if own is not None and not set(map(str, chosen)) <= set(own) else None


@dataclass(frozen=True)
class _Asked:
    """What the question of an answer asks for, or whom a question asks; None: not known here, so not looked at."""

    categories: Collection[str] | None = None
    themes: Collection[str] | None = None
    of: str | None = None


_NOTHING = _Asked()


def _implied(
    pack: Pack, kind: str, item: AnyItem, domains: Iterable[str], asked: _Asked = _NOTHING
) -> Iterator[tuple[Term, ...] | None]:
    """For each ticked life domain the categories of which one must be allowed; None where it may not be ticked."""
    rows: dict[str, LifeDomain] = {row.id: row for row in pack.life_domains}
    asking = answer_kind(pack, kind) is not None
    capacity = asked.of if asking else _capacity(item)
    for domain in domains:
        row = rows.get(domain)
        if row is None:
            continue
        yield from ((category,) for category in row.implies)
        if row.implies_by_capacity and capacity is not None:
            yield row.implies_by_capacity.get(Term(capacity))


def _told_by_values(pack: Pack, item: AnyItem, values: Mapping[str, Json]) -> Iterator[tuple[str, tuple[Term, ...]]]:
    """For each value that tells more than itself its path and the categories of which one must be allowed (8.7)."""
    category = pack.category.get(item.category)
    for field in category.fields if category else ():
        value = values.get(f"/{field.name}")
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and one in field.implies:
                yield f"/{field.name}", field.implies[Term(one)]


def _holds_text(field: FieldRow | None) -> bool:
    """Whether free text can stand in a field, alone or inside its objects."""
    return field is not None and (field.type == "text" or any(part.type == "text" for part in field.parts))


def _ticked(pack: Pack, item: AnyItem, values: Mapping[str, Json]) -> dict[str, list[str]]:
    """The life domains that each field names, ticked in a list or as a member of its objects."""
    found: dict[str, list[str]] = {}
    category = pack.category.get(item.category)
    for field in category.fields if category else ():
        path, value = f"/{field.name}", values.get(f"/{field.name}")
        if not isinstance(value, list):
            continue
        if field.name == LIFE_DOMAINS:
            found[path] = [str(tick) for tick in value]
        elif any(part.name == _LIFE_DOMAIN for part in field.parts):
            found[path] = [str(one[_LIFE_DOMAIN]) for one in value if isinstance(one, dict) and _LIFE_DOMAIN in one]
    return found


def _may_tell(pack: Pack, phase: str, kinds: Collection[str], item: AnyItem, capacity: str | None, name: str) -> bool:
    """Whether a text or tick of ``capacity`` (None: not known here) may tell of a category in these kinds of message.

    The house writes plans from what others gave. It may tell of a category that many may provide, never of one that the
    pack leaves to a single source: that goes as that party's own item, with its basis and marks (7.1).
    """
    rows = [pack.ceiling[cell] for kind in kinds if (cell := _cell(phase, kind, name, item)) in pack.ceiling]
    staff = any(
        (phase, kind, name, who.id) in pack.ceiling
        for kind in kinds
        for who in pack.subject_categories
        if not who.informed
    )
    if capacity is None:
        return bool(rows) or staff
    if not any(not row.providers or capacity in row.providers for row in rows) and (rows or not staff):
        return False
    return capacity == HOUSE_FUNCTION or (name, capacity) in pack.provider


def _texts_declared(
    pack: Pack, phase: str, kind: str, item: AnyItem, values: Mapping[str, Json], asked: _Asked
) -> Iterator[tuple[str, str]]:
    """Texts name the categories in them; these, and those that ticks imply, may go in this phase and were asked."""
    category = pack.category.get(item.category)
    if category is None or item.category != MESSAGE_CATEGORY:
        return
    if any(_holds_text(category.by_name.get(path[1:])) for path in values) and f"/{CONTAINS}" not in values:
        yield f"/{CONTAINS}", "categorieen_ontbreken"
    answered = answer_kind(pack, kind)
    kinds = {kind, answered.id} if answered else {kind}
    capacity = asked.of if answered else _capacity(item)

    def may(name: str) -> bool:
        return _may_tell(pack, phase, kinds, item, capacity, name)

    def wanted(name: str) -> bool:
        return asked.categories is None or name in asked.categories

    declared = values.get(f"/{CONTAINS}")
    if isinstance(declared, list) and not all(isinstance(name, str) and may(name) for name in declared):
        yield f"/{CONTAINS}", "categorie_niet_toegestaan"
    if isinstance(declared, list) and not all(isinstance(name, str) and wanted(name) for name in declared):
        yield f"/{CONTAINS}", "niet_gevraagd"
    told: list[tuple[str, tuple[Term, ...] | None]] = [*_told_by_values(pack, item, values)]
    for path, ticks in _ticked(pack, item, values).items():
        told += [(path, options) for options in _implied(pack, kind, item, ticks, asked)]
        if asked.themes is not None and not set(ticks) <= set(asked.themes):
            yield path, "niet_gevraagd"
    for path, options in told:
        if options is None or not any(may(name) for name in options):
            yield path, "categorie_niet_toegestaan"
        elif not any(may(name) and wanted(name) for name in options):
            yield path, "niet_gevraagd"


def _withheld(pack: Pack, item: AnyItem, values: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """An address that is secret is not given, only that it is (BRP 07.70.10)."""
    category = pack.category.get(item.category)
    if category is None or values.get("/geheim") is not True:
        return
    for path in values:
        field = category.by_name.get(path[1:])
        if field and field.withheld_if_secret:
            yield path, "adres_geheim"


def _one_by_one(
    pack: Pack, phase: str, kind: str, item: AnyItem, values: Mapping[str, Json]
) -> Iterator[tuple[str, str]]:
    row, named = _row(pack, phase, kind, item), set(field_paths(item))
    for path, value in values.items():
        field = _field(pack, row, item, path)
        if isinstance(field, str):
            yield path, field
            never = never_allowed(pack, value)
            if never and never != field:
                yield path, never
            continue
        if path not in named:
            yield path, "veld_niet_genoemd"
        code = _value(pack, item, field, value)
        if code:
            yield path, code


def check(
    pack: Pack,
    phase: str,
    kind: str,
    item: AnyItem,
    values: Mapping[str, Json],
    *,
    asked: Collection[str] | None = None,
    themes: Collection[str] | None = None,
    asked_of: str | None = None,
) -> list[Finding]:
    """What is wrong with the values of one item; empty means nothing.

    ``asked``: for an answer, the categories of the ceiling that it is given under. ``themes``: the life domains that
    its question names, where it names any. ``asked_of``: for a question, the capacity of who is asked. None of these:
    not known here, so only what the pack allows is looked at.
    An exact item has exactly the values that it names; under a ceiling there may be fewer. Total: every JSON value
    gets findings, never an exception.
    """
    found = list(_one_by_one(pack, phase, kind, item, values))
    if isinstance(item, Item):
        found += [(path, "veld_ontbreekt") for path in field_paths(item) if path not in values]
    category = pack.category.get(item.category)
    for field in category.fields if category else ():
        if values and item.subject_category in field.required_for and f"/{field.name}" not in values:
            found.append((f"/{field.name}", "veld_vereist"))
    found += _withheld(pack, item, values)
    found += _texts_declared(pack, phase, kind, item, values, _Asked(asked, themes, asked_of))
    return [Finding(path=_path(path), code=Term(code)) for path, code in dict.fromkeys(found)]


def cut(
    pack: Pack,
    phase: str,
    kind: str,
    item: AnyItem,
    values: Mapping[str, Json],
    *,
    asked: Collection[str] | None = None,
    themes: Collection[str] | None = None,
) -> dict[str, Json]:
    """The values that may go: named by the item, allowed here, well-formed, without BSN; in their own order.

    Gives less, never other: nothing is shortened or converted. A text that does not declare its categories does not go.
    """
    kept = dict(values)
    while kept:
        wrong = {
            str(finding.path)
            for finding in check(pack, phase, kind, item, kept, asked=asked, themes=themes)
            if finding.code != "veld_ontbreekt"
        }
        if f"/{CONTAINS}" in wrong:
            category = pack.category.get(item.category)
            wrong |= {f"/{field.name}" for field in (category.fields if category else ()) if _holds_text(field)}
        smaller = {path: value for path, value in kept.items() if path not in wrong and _path(path) not in wrong}
        if len(smaller) == len(kept):
            return {} if wrong else kept
        kept = smaller
    return kept


def implied_categories(pack: Pack, item: Item, values: Mapping[str, Json]) -> frozenset[Term]:
    """The categories that an item about the message itself really tells: declared in its texts, implied by its ticks
    and by its other values.

    For ``justitie`` every category of the capacity counts. The desk shows them, and whoever needs consent for one of
    them needs it for the tick.
    """
    declared = values.get(f"/{CONTAINS}")
    names: set[str] = {name for name in declared if isinstance(name, str)} if isinstance(declared, list) else set()
    for ticks in _ticked(pack, item, values).values():
        for options in _implied(pack, "", item, ticks):
            names |= set(options or ())
    for _, options in _told_by_values(pack, item, values):
        names |= set(options)
    return frozenset(row.id for row in pack.categories if row.id in names)


def consent_findings(pack: Pack, item: Item, values: Mapping[str, Json], *, lifted: bool) -> list[Finding]:
    """A text or tick that tells of health goes only where consent or an exception lifts it (7.2, 8.7).

    ``lifted``: the item's ground names consent or an exception.
    """
    told = implied_categories(pack, item, values)
    if lifted or not any(pack.category[name].data_class == "bijzonder" for name in told):
        return []
    return [Finding(path=FieldPath(f"/{LIFE_DOMAINS}"), code=Term("toestemming_ontbreekt"))]


def longest_explanation(pack: Pack, kind: str) -> int:
    """How many characters an explanation of the necessity may have: those of the longest text in such a message."""
    category = pack.category.get(MESSAGE_CATEGORY)
    texts = [row.max or 0 for row in (category.fields if category else ()) if row.type == "text" and kind in row.kinds]
    return max(texts, default=EXPLANATION)


def check_explanation(pack: Pack, kind: str, text: str) -> list[Finding]:
    """What is wrong with the explanation that goes sealed with a message of this kind: a free text like any other.

    Length, characters, one form of Unicode (NFC), no BSN (B4-x). Run before sealing and after opening.
    """
    code = wrong_text(text, longest_explanation(pack, kind))
    if code is None and unicodedata.normalize("NFC", text) != text:
        code = "waarde_tekens"
    found = dict.fromkeys(code for code in (never_allowed(pack, text), code) if code)
    return [Finding(path=EXPLAINED, code=Term(code)) for code in found]
