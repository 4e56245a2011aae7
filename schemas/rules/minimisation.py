"""No more than is needed: category, person, phase, level, field and provider (3.5a, 4.2, 9.2, Bijlage 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from schemas.content import LEVELS, MESSAGE_CATEGORY, Item, Level
from schemas.pack import CeilingRow, FieldRow, Pack
from schemas.rules.matter import AnyItem, Matter
from schemas.rules.reason import Reason, because, decides

_NO_SEPARATORS = str.maketrans("", "", "_- /.")


def within(lower: Level, upper: Level) -> bool:
    """Whether one level is at or below the other."""
    return LEVELS.index(lower) <= LEVELS.index(upper)


def field_paths(item: AnyItem) -> tuple[str, ...]:
    """The fields of an item as paths, in either form."""
    return tuple(field.path for field in item.fields) if isinstance(item, Item) else item.fields


def _bare(name: str) -> str:
    return name.lower().translate(_NO_SEPARATORS)


@lru_cache(maxsize=8)
def _forbidden_names(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_bare, names))


def forbidden(pack: Pack, name: str) -> bool:
    """Whether no field may have this name, in any spelling (B4-x)."""
    return _bare(name) in _forbidden_names(pack.forbidden_fields)


@decides("persoon_onbekend", "categorie_onbekend", "categorie_niet_voor_persoon")
def category_of_person(matter: Matter) -> Iterator[Reason]:
    """B4-1 to B4-4: per category of persons Bijlage 4 lists what may be processed, and nothing else."""
    persons = [row.id for row in matter.pack.subject_categories]
    for _, at, item in matter.each:
        category = matter.pack.category.get(item.category)
        if item.subject_category not in persons:
            yield because("persoon_onbekend", f"{at}/subject_category")
        elif category is None:
            yield because("categorie_onbekend", f"{at}/category")
        elif item.subject_category not in category.subjects:
            number = persons.index(item.subject_category) + 1
            yield because("categorie_niet_voor_persoon", f"{at}/category", f"B4-{number}")


@decides("persoon_dubbel")
def one_category_of_a_person(matter: Matter) -> Iterator[Reason]:
    """B4-1 to B4-4: a person is of one category in a message, in its items and in what it asks for together."""
    first: dict[str, str] = {}
    for _, at, item in matter.each:
        if first.setdefault(item.subject, item.subject_category) != item.subject_category:
            yield because("persoon_dubbel", f"{at}/subject_category")


@decides("bericht_onvolledig")
def whole_message(matter: Matter) -> Iterator[Reason]:
    """9.2: a message says all that its kind must say of itself; a notification names its criteria and why."""
    kind, category = matter.kind, matter.pack.category.get(MESSAGE_CATEGORY)
    if kind is None or kind.items != "exact" or category is None or not matter.manifest.items:
        return
    must = {f"/{field.name}" for field in category.fields if kind.id in field.kinds and not field.optional}
    said = {path for item in matter.manifest.items if item.category == category.id for path in field_paths(item)}
    if must - said:
        yield because("bericht_onvolledig", "/items")


@decides("niet_in_deze_fase", "niet_voor_dit_doel", "niet_van_deze_melder", "niveau_te_hoog")
def ceiling_of_the_phase(matter: Matter) -> Iterator[Reason]:
    """3.5a: only what the pack allows at this phase, kind, category and person, and no more of it."""
    for provision, at, item in matter.each:
        row = matter.row(provision, item)
        if row is None:
            yield because("niet_in_deze_fase", f"{at}/category")
            continue
        if row.purposes and matter.manifest.purpose not in row.purposes:
            yield because("niet_voor_dit_doel", f"{at}/category")
        provider = matter.provider(provision, item)
        if row.providers and (provider is None or provider.function not in row.providers):
            yield because("niet_van_deze_melder", f"{at}/category")
        if not within(item.level, row.level):
            yield because("niveau_te_hoog", f"{at}/level")


def _field(pack: Pack, item: AnyItem, row: CeilingRow | None, may: tuple[FieldRow, ...], name: str) -> str | None:
    """The code of what is wrong with one field, if anything. ``may``: the fields that the row lets through."""
    category = pack.category.get(item.category)
    if forbidden(pack, name):
        return "verboden_veld"
    field = category.by_name.get(name) if category else None
    if field is None:
        return "veld_onbekend"
    if not within(field.level, item.level):
        return "veld_boven_niveau"
    if row and within(field.level, row.level) and field not in may:
        return "veld_niet_hier"
    return None


@decides("verboden_veld", "veld_onbekend", "veld_boven_niveau", "veld_niet_hier", "veld_dubbel")
def fields_of_the_level(matter: Matter) -> Iterator[Reason]:
    """3.5a, B4-x: each field belongs to the category, at or below the item's level, once; some may never go."""
    for provision, at, item in matter.each:
        row, paths = matter.row(provision, item), field_paths(item)
        may = matter.pack.fields_of(row) if row else ()
        for index, path in enumerate(paths):
            place = f"{at}/fields/{index}" + ("/path" if isinstance(item, Item) else "")
            code = _field(matter.pack, item, row, may, path[1:])
            if code:
                yield because(code, place)
            if path in paths[:index]:
                yield because("veld_dubbel", place)


@decides("veld_vereist")
def required_fields(matter: Matter) -> Iterator[Reason]:
    """B4-2: supervision of a direct relation goes only with the person that it is in direct relation to."""
    for _, at, item in matter.each:
        category = matter.pack.category.get(item.category)
        names = {path[1:] for path in field_paths(item)}
        for field in category.fields if category else ():
            if item.subject_category in field.required_for and field.name not in names:
                yield because("veld_vereist", f"{at}/fields")


@decides("mag_niet_verstrekken")
def provider_may(matter: Matter) -> Iterator[Reason]:
    """4.2: who may provide what stands in the pack's table; who does not stand there may not."""
    for provision, at, item in matter.each:
        provider = matter.provider(provision, item)
        if provider is None or item.category not in matter.pack.category:
            continue
        if (item.category, provider.function) not in matter.pack.provider:
            yield because("mag_niet_verstrekken", f"{at}/category")


@decides("item_dubbel")
def said_once(matter: Matter) -> Iterator[Reason]:
    """3.5a: an item has its own number; a ceiling says each category about a person once."""
    for provision in matter.provisions:
        keys = [(item.item,) if isinstance(item, Item) else (item.subject, item.category) for item in provision.items]
        counts = Counter(keys)
        for index, key in enumerate(keys):
            if counts[key] > 1 and key in keys[:index]:
                yield because("item_dubbel", f"{provision.at}/items/{index}")


@decides("items_niet_toegestaan", "items_ontbreken", "vorm_onjuist", "verzegeld_zonder_items")
def form_of_the_kind(matter: Matter) -> Iterator[Reason]:
    """3.5a: a kind holds items in its own form only; a triage answer shows in clear no more than its question."""
    kind, manifest = matter.kind, matter.manifest
    if kind is None:
        return
    if kind.items == "none":
        if manifest.items or manifest.grounds or manifest.disclosure:
            yield because("items_niet_toegestaan", "/items")
        elif manifest.sealed and manifest.kind != "ontvangst":
            yield because("verzegeld_zonder_items", "/sealed")
        return
    if not manifest.items and not matter.opened:
        yield because("items_ontbreken", "/items")
    if manifest.disclosure != ("exact" if matter.opened else kind.items):
        yield because("vorm_onjuist", "/disclosure")
