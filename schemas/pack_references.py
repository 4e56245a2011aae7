"""Every id in a pack that names another row, and whether that row is there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from schemas.facts import HOUSE_FUNCTION
from schemas.pack import Pack
from schemas.pack_rows import Category
from schemas.yaml_model import nearest
from schemas.yaml_text import Path

Fault = tuple[Path, str]
"""The path of a value in the pack's data, and what to do about it."""

ROLES = (HOUSE_FUNCTION, "partij", "melder", "gevraagd", "deelnemer")
"""Whom a kind may name besides a capacity: the house, any party, or a role in the case (facts.RosterFact)."""


class _Use(NamedTuple):
    """Some ids at one place, all of one section."""

    path: Path
    ids: Iterable[str]
    section: str


def references(pack: Pack) -> Iterator[Fault]:
    """Ids that point nowhere: the path of each in the pack's data, and the nearest one that is there."""
    known = _known(pack)
    for use in _uses(pack):
        for index, id_ in enumerate(use.ids):
            if id_ not in known[use.section]:
                yield (*use.path, index), f"`{id_}` is not under `{use.section}`; {nearest(id_, known[use.section])}"
    for place, row in enumerate(pack.ceilings):
        names = pack.category[row.category].by_name if row.category in pack.category else row.fields
        for index, name in enumerate(row.fields):
            if name not in names:
                yield (
                    ("ceilings", place, "fields", index),
                    f"`{row.category}` has no field `{name}`; {nearest(name, names)}",
                )


def _known(pack: Pack) -> Mapping[str, Collection[str]]:
    return {
        "phases": pack.phase,
        "purposes": pack.purpose,
        "regimes": {row.id for row in pack.regimes},
        "secrecies": pack.secrecy,
        "bases": pack.basis,
        "tasks": {row.id for row in pack.tasks},
        "capacities": pack.capacity,
        "subject_categories": {row.id for row in pack.subject_categories},
        "categories": pack.category,
        "kinds": pack.kind,
        "rules": pack.rule,
        "functions": {*pack.capacity, *ROLES},
        "decisions": {row.id for row in pack.codes if row.use == "decision"},
    }


def _uses(pack: Pack) -> Iterator[_Use]:
    for i, phase in enumerate(pack.phases):
        yield _Use(("phases", i, "next"), phase.next, "phases")
    for i, purpose in enumerate(pack.purposes):
        yield _Use(("purposes", i, "phases"), purpose.phases, "phases")
        yield _Use(("purposes", i, "follows"), purpose.follows, "purposes")
    for i, basis in enumerate(pack.bases):
        yield _Use(("bases", i, "regime"), (basis.regime,), "regimes")
    for i, code in enumerate(pack.codes):
        yield _Use(("codes", i, "phases"), code.phases, "phases")
        yield _Use(("codes", i, "decisions"), code.decisions, "decisions")
    for i, rule in enumerate(pack.rules):
        yield _Use(("rules", i, "through"), rule.through, "rules")
    yield from _parties(pack)
    for i, category in enumerate(pack.categories):
        yield from _category(("categories", i), category)
    yield from _tables(pack)


def _parties(pack: Pack) -> Iterator[_Use]:
    for i, row in enumerate(pack.capacities):
        yield _Use(("capacities", i, "tasks"), row.tasks, "tasks")
        yield _Use(("capacities", i, "regime"), (row.regime,), "regimes")
        yield _Use(("capacities", i, "default_basis"), (row.default_basis,), "bases")
        yield _Use(("capacities", i, "secrecy"), row.secrecy, "secrecies")
        for category, basis in row.category_bases.items():
            yield _Use(("capacities", i, "category_bases", category), (category,), "categories")
            yield _Use(("capacities", i, "category_bases", category), (basis,), "bases")
    for i, kind in enumerate(pack.kinds):
        yield _Use(("kinds", i, "senders"), kind.senders, "functions")
        yield _Use(("kinds", i, "recipients"), kind.recipients, "functions")
        yield _Use(("kinds", i, "phases"), kind.phases, "phases")
        yield _Use(("kinds", i, "replies_to"), kind.replies_to, "kinds")
    for i, domain in enumerate(pack.life_domains):
        yield _Use(("life_domains", i, "implies"), domain.implies, "categories")
        yield _Use(("life_domains", i, "implies_by_capacity"), domain.implies_by_capacity, "capacities")
        for capacity, categories in domain.implies_by_capacity.items():
            yield _Use(("life_domains", i, "implies_by_capacity", capacity), categories, "categories")


def _category(path: Path, category: Category) -> Iterator[_Use]:
    yield _Use((*path, "subjects"), category.subjects, "subject_categories")
    yield _Use((*path, "origins"), category.origins, "capacities")
    for i, field in enumerate(category.fields):
        yield _Use((*path, "fields", i, "kinds"), field.kinds, "kinds")
        yield _Use((*path, "fields", i, "required_for"), field.required_for, "subject_categories")
        yield _Use((*path, "fields", i, "values_by_capacity"), field.values_by_capacity, "capacities")
        for value, categories in field.implies.items():
            yield _Use((*path, "fields", i, "implies", value), categories, "categories")


def _tables(pack: Pack) -> Iterator[_Use]:
    for i, row in enumerate(pack.ceilings):
        yield _Use(("ceilings", i, "phase"), (row.phase,), "phases")
        yield _Use(("ceilings", i, "kind"), (row.kind,), "kinds")
        yield _Use(("ceilings", i, "category"), (row.category,), "categories")
        yield _Use(("ceilings", i, "subjects"), row.subjects, "subject_categories")
        yield _Use(("ceilings", i, "purposes"), row.purposes, "purposes")
        yield _Use(("ceilings", i, "providers"), row.providers, "capacities")
    for i, absence in enumerate(pack.absences):
        yield _Use(("absences", i, "phase"), (absence.phase,), "phases")
        yield _Use(("absences", i, "kinds"), absence.kinds, "kinds")
        yield _Use(("absences", i, "categories"), absence.categories, "categories")
        yield _Use(("absences", i, "subjects"), absence.subjects, "subject_categories")
    for i, provider in enumerate(pack.providers):
        yield _Use(("providers", i, "category"), (provider.category,), "categories")
        yield _Use(("providers", i, "usual"), provider.usual, "capacities")
        yield _Use(("providers", i, "limited"), provider.limited, "capacities")
