"""No more than is needed: category, person, phase, level, field and provider (3.5a, 4.2, 9.2, Bijlage 4)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.content import LEVELS, MESSAGE_CATEGORY, Item, Level
from schemas.pack import Pack, bare
from schemas.rules.matter import Matter, Piece, field_paths
from schemas.rules.reason import Reason, because, decides, decides_item

_HEIGHT = {level: height for height, level in enumerate(LEVELS)}


def within(lower: Level, upper: Level) -> bool:
    """Whether one level is at or below the other."""
    return _HEIGHT[lower] <= _HEIGHT[upper]


def forbidden(pack: Pack, name: str) -> bool:
    """Whether no field may have this name, in any spelling (B4-x)."""
    return bare(name) in pack.forbidden


@decides_item(
    "persoon_onbekend",
    "categorie_onbekend",
    "categorie_niet_voor_persoon",
    cites=("B4", "B4-1", "B4-2", "B4-3", "B4-4"),
)
def category_of_person(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """B4-1 to B4-4: per category of persons Bijlage 4 lists what may be processed, and nothing else."""
    persons = matter.pack.person
    number = persons.get(piece.item.subject_category)
    if number is None:
        yield because("persoon_onbekend", f"{piece.at}/subject_category")
    elif piece.category is None:
        yield because("categorie_onbekend", f"{piece.at}/category")
    elif piece.item.subject_category not in piece.category.subjects:
        yield because("categorie_niet_voor_persoon", f"{piece.at}/category", f"B4-{number}")


@decides("persoon_dubbel", items=True)
def one_category_of_a_person(matter: Matter) -> Iterator[Reason]:
    """B4-1 to B4-4: a person is of one category in a message, in its items and in what it asks for together."""
    first: dict[str, str] = {}
    for piece in matter.pieces:
        item = piece.item
        if first.setdefault(item.subject, item.subject_category) != item.subject_category:
            yield because("persoon_dubbel", f"{piece.at}/subject_category")


@decides("bericht_onvolledig", items=True)
def whole_message(matter: Matter) -> Iterator[Reason]:
    """9.2: a message says all that its kind must say of itself; a notification names its criteria and why."""
    items = matter.manifest.items
    must = matter.pack.must_say.get(matter.manifest.kind) if items else None
    if must and not must.issubset(path for i in items if i.category == MESSAGE_CATEGORY for path in field_paths(i)):
        yield because("bericht_onvolledig", "/items")


@decides_item(
    "niet_in_deze_fase",
    "niet_voor_dit_doel",
    "niet_van_deze_melder",
    "niveau_te_hoog",
    cites=("3.5a", "9.2", "9.3", "9.4"),
)
def ceiling_of_the_phase(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """3.5a, 9.2-9.4: only what the pack allows at this phase, kind, category and person, and no more of it."""
    row, phase = piece.row, matter.pack.phase.get(matter.phase)
    article = phase.minimisation if phase else None
    if row is None:
        yield because("niet_in_deze_fase", f"{piece.at}/category", article)
        return
    if row.purposes and matter.manifest.purpose not in row.purposes:
        yield because("niet_voor_dit_doel", f"{piece.at}/category")
    if row.providers and (piece.provider is None or piece.provider.function not in row.providers):
        yield because("niet_van_deze_melder", f"{piece.at}/category")
    if not within(piece.item.level, row.level):
        yield because("niveau_te_hoog", f"{piece.at}/level", article)


def _field(matter: Matter, piece: Piece, name: str) -> str | None:
    """The code of what is wrong with one field, if anything."""
    if forbidden(matter.pack, name):
        return "verboden_veld"
    field = piece.category.by_name.get(name) if piece.category else None
    if field is None:
        return "veld_onbekend"
    if not within(field.level, piece.item.level):
        return "veld_boven_niveau"
    if piece.row and within(field.level, piece.row.level):  # the level is open here, the field is not
        return "veld_niet_hier"
    return None


@decides_item("verboden_veld", "veld_onbekend", "veld_boven_niveau", "veld_niet_hier", "veld_dubbel")
def fields_of_the_level(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """3.5a, B4-x: each field belongs to the category, at or below the item's level, once; some may never go."""
    paths, height = piece.paths, _HEIGHT[piece.item.level]
    for index, path in enumerate(paths):
        level = piece.fields.get(path[1:])
        open_here = level is not None and _HEIGHT[level] <= height
        code = None if open_here else _field(matter, piece, path[1:])
        place = f"{piece.at}/fields/{index}" + ("/path" if piece.exact else "")
        if code:
            yield because(code, place)
        if path in paths[:index]:
            yield because("veld_dubbel", place)


@decides_item("veld_vereist")
def required_fields(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """B4-2: supervision of a direct relation goes only with the person that it is in direct relation to."""
    must = matter.pack.required_fields.get((piece.item.category, piece.item.subject_category))
    if must and not must <= set(piece.paths):
        yield because("veld_vereist", f"{piece.at}/fields")


@decides_item("mag_niet_verstrekken")
def provider_may(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """4.2: who may provide what stands in the pack's table; who does not stand there may not."""
    if piece.provider is None or piece.category is None:
        return
    if (piece.item.category, piece.provider.function) not in matter.pack.provider:
        yield because("mag_niet_verstrekken", f"{piece.at}/category")


@decides("item_dubbel", items=True)
def said_once(matter: Matter) -> Iterator[Reason]:
    """3.5a: an item has its own number; a ceiling says each category about a person once."""
    for provision in matter.provisions:
        said: set[tuple[str, ...]] = set()
        for index, item in enumerate(provision.items):
            key = (item.item,) if isinstance(item, Item) else (item.subject, item.category)
            if key in said:
                yield because("item_dubbel", f"{provision.at}/items/{index}")
            said.add(key)


@decides("items_niet_toegestaan", "items_ontbreken", "vorm_onjuist", "verzegeld_zonder_items")
def form_of_the_kind(matter: Matter) -> Iterator[Reason]:
    """3.5a: a kind holds items in its own form only; a triage answer shows in clear no more than its question."""
    kind, manifest = matter.kind, matter.manifest
    if kind is None:
        return
    if kind.items == "none":
        if manifest.grounds or manifest.disclosure:
            yield because("items_niet_toegestaan", "/items")
        elif manifest.sealed and manifest.kind != "ontvangst":
            yield because("verzegeld_zonder_items", "/sealed")
        return
    if not manifest.items and not matter.opened:
        yield because("items_ontbreken", "/items")
    if manifest.disclosure != ("exact" if matter.opened else kind.items):
        yield because("vorm_onjuist", "/disclosure")
