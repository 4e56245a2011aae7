"""Does a pack hold together? Every reference, every row, every cell; what is wrong and where.

The kernel refuses what a pack does not say, so a hole in a pack is never dangerous, but it may be an oversight. Here
every cell of (phase, kind, category, category of person) is either a ceiling or an absence with its reason. The shape
of single rows is the model's (:mod:`schemas.pack`); ids that point nowhere are :mod:`schemas.pack_references`'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product

from schemas.acts import ACTS
from schemas.content import LEVELS, MESSAGE_CATEGORY
from schemas.pack import Pack, bare
from schemas.pack_guards import guards, slips
from schemas.pack_references import Fault, references
from schemas.pack_rows import Absence, Category, CeilingRow, FieldPart, FieldRow
from schemas.pack_sections import SECTION_RULES, with_items
from schemas.yaml_model import nearest
from schemas.yaml_text import Path

Cell = tuple[str, str, str, str]
"""Phase, kind (empty: the phase has no kind with items), category, category of person."""

_MAY_BE_EMPTY = {"absences"}
_LIFE_DOMAINS, _IN_TEXT = "leefgebieden", "bevat_categorieen"
_LIFE_DOMAIN = "leefgebied"


def check(pack: Pack) -> list[Fault]:
    """All that is wrong: the path of the value in the pack's data, and what to do. Dangling ids hide the rest."""
    broken = [*_twice(pack), *slips(pack), *references(pack)]
    return broken or [fault for rule in RULES for fault in rule(pack)]


def _twice(pack: Pack) -> Iterator[Fault]:
    """Ids and names stand once."""
    for section in Pack.model_fields:
        rows = getattr(pack, section)
        if isinstance(rows, tuple) and rows and hasattr(rows[0], "id"):
            named = [f"{row.use} {row.id}" if section == "codes" else row.id for row in rows]
            yield from _repeated(named, (section,), ("id",))
    yield from _repeated([row.category for row in pack.providers], ("providers",), ("category",))
    for index, category in enumerate(pack.categories):
        yield from _repeated([field.name for field in category.fields], ("categories", index, "fields"), ("name",))


def _repeated(words: list[str], path: Path, rest: Path) -> Iterator[Fault]:
    for index, word in enumerate(words):
        if word in words[:index]:
            yield (*path, index, *rest), f"`{word}` stands twice; keep one"


def _sections(pack: Pack) -> Iterator[Fault]:
    """No section is empty, and the numbers have a reason."""
    for section in Pack.model_fields:
        if getattr(pack, section) == () and section not in _MAY_BE_EMPTY:
            yield (section,), f"`{section}` is empty; an empty list allows nothing"
    if pack.limits.reason is None:
        yield ("limits",), "`limits` are in no article: add `reading: own` and a `reason`"


def _capacities(pack: Pack) -> Iterator[Fault]:
    """Each capacity has tasks and bases of its own regime; each task belongs to one."""
    for index, row in enumerate(pack.capacities):
        path: Path = ("capacities", index)
        if row.receives and not row.tasks:
            yield path, f"`{row.id}` receives data without a task; name its `tasks`, or say `receives: false`"
        if row.tasks and not row.receives:
            yield path, f"`{row.id}` has tasks and receives nothing; take `receives: false` out, or the tasks"
        if pack.basis[row.default_basis].regime != row.regime:
            yield (*path, "default_basis"), f"`{row.default_basis}` is of another regime than `{row.regime}`"
        for category, basis in row.category_bases.items():
            if pack.basis[basis].regime != row.regime:
                yield (*path, "category_bases", category), f"`{basis}` is of another regime than `{row.regime}`"
    held = {task for row in pack.capacities for task in row.tasks}
    for index, task in enumerate(pack.tasks):
        if task.id not in held:
            yield ("tasks", index), f"no capacity has the task `{task.id}`; add it to one, or take it out"


def _kinds(pack: Pack) -> Iterator[Fault]:
    """The kinds are those that the code knows, and each can be used."""
    for missing in sorted(ACTS.keys() - pack.kind.keys()):
        yield ("kinds",), f"`{missing}` has no row; every kind of this profile needs one"
    for index, row in enumerate(pack.kinds):
        path: Path = ("kinds", index)
        if row.id not in ACTS:
            yield (*path, "id"), f"this profile has no kind `{row.id}`; {nearest(row.id, ACTS)}"
        if bool(row.replies_to) != (row.reply != "none"):
            yield path, f"`{row.id}`: `replies_to` and `reply` (required or optional) go together"
        for phase in row.phases:
            if row.purposes == "required" and not any(phase in purpose.phases for purpose in pack.purposes):
                yield (*path, "phases"), f"`{row.id}` requires a purpose, and phase `{phase}` has none"
            if row.items != "none" and not any((c.kind, c.phase) == (row.id, phase) for c in pack.ceilings):
                yield path, f"`{row.id}` carries items, and in phase `{phase}` no ceiling lets any through"


def _fields(pack: Pack) -> Iterator[Fault]:
    """Each field says what a value of it is, and has a name that it may have."""
    for index, category in enumerate(pack.categories):
        for number, field in enumerate(category.fields):
            path: Path = ("categories", index, "fields", number)
            yield from ((path, f"`{field.name}`: {text}") for text in _field(pack, category, field))
            for place, part in enumerate(field.parts):
                here: Path = (*path, "parts", place)
                yield from ((here, f"`{part.name}`: {text}") for text in _value(pack, part))


def _value(pack: Pack, field: FieldRow | FieldPart) -> Iterator[str]:
    listed = field.type in {"enum", "enum_list"}
    if bare(field.name) in map(bare, pack.forbidden_fields):
        yield "no field may have this name (B4-x); take it out"
    if field.type in {"text", "integer"} and field.max is None:
        yield f"`{field.type}` needs `max`"
    if listed != bool(field.values):
        yield "`values` belong to enum and enum_list, and are never empty there"
    if len(set(field.values)) != len(field.values):
        yield "a value stands twice"
    if field.min is not None and (field.type != "integer" or (field.max or 0) < field.min):
        yield "`min` belongs to an integer and is at most `max`"
    domains = {row.id for row in pack.life_domains}
    if field.name in {_LIFE_DOMAINS, _LIFE_DOMAIN} and set(field.values) != domains:
        yield "`values` must be the ids of `life_domains`"


def _field(pack: Pack, category: Category, field: FieldRow) -> Iterator[str]:
    yield from _value(pack, field)
    if (field.type == "objects") != bool(field.parts):
        yield "`parts` belong to objects, and are never empty there"
    if (category.id == MESSAGE_CATEGORY) != bool(field.kinds):
        yield f"`kinds` belong to the fields of `{MESSAGE_CATEGORY}`, and are never empty there"
    if field.disambiguation and field.level != "B":
        yield "`disambiguation` is for a search key, so at level B"
    if field.always and field.type != "boolean":
        yield "`always` is for a boolean"
    for capacity, values in field.values_by_capacity.items():
        if not values or not set(values) <= set(field.values):
            yield f"`values_by_capacity` of `{capacity}` are some of `values`"
    if not {*field.implies, *field.value_labels} <= set(field.values):
        yield "`implies` and `value_labels` are about some of `values`"
    if field.kinds and field.name == _IN_TEXT and not set(field.values) <= pack.category.keys():
        yield "`values` must be ids of `categories`"


def _ceilings(pack: Pack) -> Iterator[Fault]:
    """A ceiling lets something through, to whom it can go, from whom it can come."""
    for index, row in enumerate(pack.ceilings):
        path: Path = ("ceilings", index)
        kind, category = pack.kind[row.kind], pack.category[row.category]
        if kind.items == "none" or row.phase not in kind.phases:
            yield path, f"`{row.kind}` carries no items in phase `{row.phase}`"
        for subject in sorted(set(row.subjects) - set(category.subjects)):
            yield (*path, "subjects"), f"`{row.category}` may not be processed about a `{subject}` (Bijlage 4)"
        for purpose in row.purposes:
            if row.phase not in pack.purpose[purpose].phases:
                yield (*path, "purposes"), f"`{purpose}` is no purpose of phase `{row.phase}`"
        if not pack.fields_of(row):
            yield path, f"`{row.category}` has no field at level {row.level} or below for `{row.kind}`"
        for name in row.fields:
            if LEVELS.index(category.by_name[name].level) > LEVELS.index(row.level):
                yield (*path, "fields"), f"field `{name}` lies above level {row.level}"
        may = {field.name for field in pack.fields_of(row)}
        for field in category.fields:
            if set(field.required_for) & set(row.subjects) and field.name not in may:
                yield path, f"`{row.category}` needs `{field.name}` about these persons, and it may not go here"
        yield from ((path, text) for text in _comes_from(pack, row))


def _messages(pack: Pack) -> Iterator[Fault]:
    """What a message must say of itself may go in it, in each of its phases."""
    category = pack.category.get(MESSAGE_CATEGORY)
    for kind, phase in with_items(pack):
        must = {field.name for field in (category.fields if category else ()) if kind.id in field.kinds}
        must -= {field.name for field in (category.fields if category else ()) if field.optional}
        rows = [
            row for row in pack.ceilings if (row.phase, row.kind, row.category) == (phase, kind.id, MESSAGE_CATEGORY)
        ]
        for name in sorted(must - {field.name for row in rows for field in pack.fields_of(row)}):
            yield ("ceilings",), f"`{kind.id}` must say `{name}`, and in phase `{phase}` no ceiling lets that through"


def _comes_from(pack: Pack, row: CeilingRow) -> Iterator[str]:
    providers = {who for category, who in pack.provider if category == row.category}
    if not providers:
        yield f"nobody may provide `{row.category}`; add a row under `providers`"
    for who in row.providers:
        if who not in providers:
            yield f"`{who}` may not provide `{row.category}`; see `providers`"


def _providers(pack: Pack) -> Iterator[Fault]:
    """A provider has a ground, is usual or limited, and is one of the category's origins where it names these."""
    for index, row in enumerate(pack.providers):
        path: Path = ("providers", index)
        origins = pack.category[row.category].origins
        if not row.usual and not row.limited:
            yield path, f"nobody provides `{row.category}`; name who does, or take the row out"
        for who in sorted(set(row.usual) & set(row.limited)):
            yield path, f"`{who}` is usual or limited, not both"
        for who in (*row.usual, *row.limited):
            if origins and who not in origins:
                yield path, f"`{row.category}` originates only from {', '.join(origins)}; not from `{who}`"


def _cells(pack: Pack) -> Iterator[Fault]:
    """Every cell is a ceiling or an absence on purpose, once."""
    stated: dict[Cell, Path] = {}
    for path, cells in _stated(pack):
        for cell in cells:
            if cell in stated:
                yield path, f"stated before: {_written(cell)}; each cell is one ceiling or one absence"
            stated[cell] = path
    for cell in _all_cells(pack):
        if cell not in stated:
            yield ("ceilings",), f"neither a ceiling nor an absence for {_written(cell)}; add one of both"


def _kinds_in(pack: Pack, phase: str) -> tuple[str, ...]:
    return tuple(kind.id for kind, where in with_items(pack) if where == phase) or ("",)


def _all_cells(pack: Pack) -> Iterator[Cell]:
    for phase in (row.id for row in pack.phases if not row.end):
        for kind, category in product(_kinds_in(pack, phase), pack.categories):
            yield from ((phase, kind, category.id, subject) for subject in category.subjects)


def _stated(pack: Pack) -> Iterator[tuple[Path, Iterable[Cell]]]:
    for index, row in enumerate(pack.ceilings):
        yield ("ceilings", index), [(row.phase, row.kind, row.category, subject) for subject in row.subjects]
    for index, absence in enumerate(pack.absences):
        yield ("absences", index), _absent(pack, absence)


def _absences(pack: Pack) -> Iterator[Fault]:
    """An absence is about cells that there are."""
    for index, row in enumerate(pack.absences):
        for place, kind in enumerate(row.kinds):
            if kind not in _kinds_in(pack, row.phase):
                yield ("absences", index, "kinds", place), f"`{kind}` carries no items in phase `{row.phase}`"
        for place, name in enumerate(row.categories):
            if not set(row.subjects) & set(pack.category[name].subjects):
                yield ("absences", index, "categories", place), f"`{name}` is about none of these persons (Bijlage 4)"


def _absent(pack: Pack, row: Absence) -> list[Cell]:
    kinds = row.kinds or _kinds_in(pack, row.phase)
    return [
        (row.phase, kind, category, subject)
        for kind, category, subject in product(kinds, row.categories, row.subjects)
        if subject in pack.category[category].subjects
    ]


def _written(cell: Cell) -> str:
    phase, kind, category, subject = cell
    return f"`{category}` about a `{subject}` in phase `{phase}`" + (f", kind `{kind}`" if kind else "")


RULES: tuple[Callable[[Pack], Iterator[Fault]], ...] = (
    _sections,
    *SECTION_RULES,
    _capacities,
    _kinds,
    _fields,
    _ceilings,
    _messages,
    _providers,
    _absences,
    _cells,
    guards,
)
