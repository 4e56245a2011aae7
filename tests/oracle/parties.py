"""Who: capacities with tasks, bases, regimes and secrecies, and who provides what (rules.md 6, 7.2; 8.3, 8.8)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.pack import Pack
from tests.oracle.cells import Cells, Comparison, Flip, Key, Value
from tests.oracle.flipping import added, altered, replaced, toggled
from tests.oracle.markdown import Documents, codes, section, sentence, table

COLUMNS = {
    "burg.": "burgemeester",
    "college": "college_bw",
    "OM": "om",
    "politie": "politie",
    "RvdK": "rvdk",
    "VT": "veilig_thuis",
    "recl.": "reclassering",
    "GI": "gecertificeerde_instelling",
    "GGZ": "ggz",
    "GGD": "ggd",
    "DJI": "dji",
    "aanbieder": "zorgaanbieder",
}
"""The columns of 8.8 as capacities."""
CAPACITIES = (*COLUMNS.values(), "geen_grondslag")

ROWS = {
    "politiegegevens_art8/13": ("politiegegevens_art8", "politiegegevens_art13"),
    "medewerker_*": ("medewerker_hulpverlening_gegevens", "medewerker_derde_gegevens"),
    "medewerker_* (cat. 3/4)": ("medewerker_hulpverlening_gegevens", "medewerker_derde_gegevens"),
}
"""Rows that stand for two categories."""
SIGNS = {"●": "usual", "○": "limited", "✗": None}


def categories_of(row: str) -> tuple[str, ...]:
    """The categories that the first cell of a row names."""
    return ROWS.get(row, (row,))


def _providers_of_document(texts: Documents) -> Cells:
    found = table(section(texts.data_model, "### 8.8"), "`categorie`")
    cells: dict[Key, Value] = {}
    for row in found.rows:
        for column, capacity in COLUMNS.items():
            sign, note = row[found.column(column)][0], row[found.column(column)][1:]
            if row[0] == "gezondheid" and (sign == "✗") == (note == "³"):
                raise ValueError("8.8: health goes with consent or an exception only, whoever provides it")
            for category in categories_of(row[0]):
                cells[category, capacity] = SIGNS[sign]
    return cells


def _providers_of_pack(pack: Pack) -> Cells:
    return {(category, capacity): sign for (category, capacity), sign in pack.provider.items()}


def _providers_flips(pack: Pack) -> Iterator[Flip]:
    rows = {row.category: row for row in pack.providers}
    capacities = [row.id for row in pack.capacities]
    for category in (row.id for row in pack.categories):
        for capacity in capacities:
            row = rows.get(category)
            key = frozenset({(category, capacity)})
            if row is None:
                row = pack.providers[0].model_copy(update={"category": category, "usual": (capacity,), "limited": ()})
                yield Flip(key, f"{capacity} provides {category}", added(pack, "providers", row))
                continue
            usual, limited = capacity in row.usual, capacity in row.limited
            without = {
                "usual": tuple(who for who in row.usual if who != capacity),
                "limited": tuple(who for who in row.limited if who != capacity),
            }
            if usual or limited:
                yield Flip(key, f"{capacity} no longer provides {category}", altered(pack, "providers", row, **without))
            for name in ("usual", "limited"):
                if capacity not in getattr(row, name):
                    members = without | {name: (*without[name], capacity)}
                    what = f"{capacity} provides {category}: {name}"
                    yield Flip(key, what, altered(pack, "providers", row, **members))


PROVIDERS = Comparison("verstrekkers (8.8)", _providers_of_document, _providers_of_pack, _providers_flips)

BASES_SAID = (
    "Whatever comes from the police, of any category and a triage outcome too: `wpg_20`, regime `wpg`",
    "Whatever comes from the OM: `wjsg_8a` (judicial), `wjsg_39f` (criminal procedure), `wjsg_51c` (execution)",
    "any other category or outcome: the one of these three that the OM's decree on record names, else `wjsg_39f`",
    "from DJI `wjsg_dji` (6.4k). All else `avg_6_1_e` with the task, regime `avg`.",
)
"""rules.md 6.1-6.3, from which the two tables below are typed."""
OM_BASES = {
    "justitiele_gegevens": "wjsg_8a",
    "strafvorderlijke_gegevens": "wjsg_39f",
    "tenuitvoerleggingsgegevens": "wjsg_51c",
}
DEFAULT_BASIS = {"politie": "wpg_20", "om": "wjsg_39f", "dji": "wjsg_dji"}
REGIME = {"wpg_20": "wpg", "wjsg_8a": "wjsg", "wjsg_39f": "wjsg", "wjsg_51c": "wjsg", "wjsg_dji": "wjsg"}
MARK = "wpg7_geheimhouding"
"""Of 7.1; the name is that of the field in 8.6."""
BASIS_IDS = ("avg_6_1_e", *REGIME)


def basis_of(capacity: str, category: str) -> str:
    """The basis on which a capacity provides a category, without a decree that names another (6.1-6.3)."""
    return OM_BASES.get(category, "wjsg_39f") if capacity == "om" else DEFAULT_BASIS.get(capacity, "avg_6_1_e")


def regime_of(capacity: str) -> str:
    """The regime of what a capacity provides."""
    return REGIME.get(basis_of(capacity, ""), "avg")


def _categories(texts: Documents) -> list[str]:
    rows = table(section(texts.data_model, "### 8.5"), "`categorie` id").rows
    return [*(codes(row[0])[0] for row in rows), "bericht"]


def _bases_of_document(texts: Documents) -> Cells:
    for words in BASES_SAID:
        sentence(texts.rules, words)
    sentence(texts.rules, "Secrecy of art. 7 Wpg travels with the data to every next recipient")
    cells: dict[Key, Value] = {
        ("grondslag", capacity, category): basis_of(capacity, category)
        for capacity in CAPACITIES
        for category in _categories(texts)
    }
    cells |= {("regime van hoedanigheid", capacity): regime_of(capacity) for capacity in CAPACITIES}
    cells |= {("regime van grondslag", basis): REGIME.get(basis, "avg") for basis in BASIS_IDS}
    cells |= {("besluit nodig", basis): basis == "wpg_20" for basis in BASIS_IDS}
    cells |= {("kenmerken", regime): frozenset({MARK} if regime == "wpg" else ()) for regime in ("avg", "wpg", "wjsg")}
    cells |= {("ontvangt", capacity): capacity != "geen_grondslag" for capacity in CAPACITIES}
    return cells


def _bases_of_pack(pack: Pack) -> Cells:
    cells: dict[Key, Value] = {}
    for row in pack.capacities:
        for category in pack.categories:
            cells["grondslag", row.id, category.id] = row.category_bases.get(category.id, row.default_basis)
        cells["regime van hoedanigheid", row.id] = row.regime
        cells["ontvangt", row.id] = row.receives
    for basis in pack.bases:
        cells["regime van grondslag", basis.id] = basis.regime
        cells["besluit nodig", basis.id] = basis.decree
    return cells | {("kenmerken", row.id): frozenset(row.marks) for row in pack.regimes}


def _bases_flips(pack: Pack) -> Iterator[Flip]:
    for row in pack.capacities:
        for category in pack.categories:
            for basis in pack.bases:
                if basis.id != row.category_bases.get(category.id, row.default_basis):
                    bases = row.category_bases | {category.id: basis.id}
                    flipped = altered(pack, "capacities", row, category_bases=bases)
                    yield Flip(
                        frozenset({("grondslag", row.id, category.id)}), f"{row.id}, {category.id}: {basis.id}", flipped
                    )
        for regime in pack.regimes:
            if regime.id != row.regime:
                flipped = altered(pack, "capacities", row, regime=regime.id)
                yield Flip(frozenset({("regime van hoedanigheid", row.id)}), f"{row.id}: {regime.id}", flipped)
        flipped = altered(pack, "capacities", row, receives=not row.receives)
        yield Flip(frozenset({("ontvangt", row.id)}), f"{row.id} receives", flipped)
    for basis in pack.bases:
        other = next(regime.id for regime in pack.regimes if regime.id != basis.regime)
        yield Flip(
            frozenset({("regime van grondslag", basis.id)}), basis.id, altered(pack, "bases", basis, regime=other)
        )
        yield Flip(
            frozenset({("besluit nodig", basis.id)}), basis.id, altered(pack, "bases", basis, decree=not basis.decree)
        )
    for regime in pack.regimes:
        flipped = altered(pack, "regimes", regime, marks=toggled(regime.marks, MARK))
        yield Flip(frozenset({("kenmerken", regime.id)}), regime.id, flipped)


BASES = Comparison("grondslag en regime (6.1-6.3)", _bases_of_document, _bases_of_pack, _bases_flips)

APPLIES = {
    "ggz, ggd, aanbieder, zorg in DJI/RvdK": ("ggz", "ggd", "zorgaanbieder"),
    "GI, jeugdhulp, (VT)": ("gecertificeerde_instelling", "zorgaanbieder", "veilig_thuis"),
    "reclassering": ("reclassering",),
}
"""8.8, column "Applies to". Care at DJI and the council has its secrecy by accession, not by capacity."""
SOURCES = {"7:457": "wgbo_7_457", "BIG 88": "wet_big_88", "Reclasseringsregeling 37": "reclasseringsregeling_37"}
YOUTH = ("jeugdzorgwerker_j", "nip_71_87", "nvo_8")


def _secrecies_of_document(texts: Documents) -> Cells:
    row = next(line for line in texts.rules.splitlines() if line.startswith("| 7.2a-b |"))
    listed = codes(row)
    found = table(section(texts.data_model, "### 8.8"), "Secrecy rule id")
    cells: dict[Key, Value] = {("bestaat", name): True for name in listed}
    for name, applies, rule, source in found.rows:
        if codes(name)[0] not in {"G1_medisch", "G2_jeugd", "G3_reclassering"}:
            continue
        own = {id_ for words, id_ in SOURCES.items() if words in source or words in rule}
        own |= set(YOUTH) if "Jeugdzorgwerker J, NIP 71–87, NVO 8" in rule else set()
        if not own or not own <= set(listed):
            raise ValueError(f"8.8: {name} names no secrecy of 7.2")
        cells |= {(capacity, secrecy): True for capacity in APPLIES[applies] for secrecy in own}
    return cells


def _secrecies_of_pack(pack: Pack) -> Cells:
    cells: dict[Key, Value] = {("bestaat", row.id): row.consent for row in pack.secrecies}
    return cells | {(row.id, name): True for row in pack.capacities for name in row.secrecy}


def _secrecies_flips(pack: Pack) -> Iterator[Flip]:
    for secrecy in pack.secrecies:
        flipped = altered(pack, "secrecies", secrecy, consent=not secrecy.consent)
        yield Flip(frozenset({("bestaat", secrecy.id)}), f"consent of {secrecy.id}", flipped)
        for row in pack.capacities:
            names = toggled(row.secrecy, secrecy.id)
            flipped = altered(pack, "capacities", row, secrecy=names)
            yield Flip(frozenset({(row.id, secrecy.id)}), f"{secrecy.id} of {row.id}", flipped)


SECRECIES = Comparison("geheimhouding (7.2, 8.8)", _secrecies_of_document, _secrecies_of_pack, _secrecies_flips)


def _tasks_of_document(texts: Documents) -> Cells:
    found = table(section(texts.data_model, "### 8.3"), "`partij_type`")
    cells: dict[Key, Value] = {}
    for row in found.rows:
        capacity = codes(row[0])[0]
        if capacity == "zvh_medewerker":  # the house: acts for a party, has no task of its own
            continue
        letter = row[found.column("P 6.4")]
        cells["letter", capacity] = "" if letter == "–" else letter
        own = codes(row[2].split("provision")[0]) if capacity != "geen_grondslag" else ()
        cells |= {(capacity, name): True for name in own if not name.startswith("wjsg_")}  # that is a basis
    rows = [line for line in texts.rules.splitlines() if line.startswith("| 6.4 |")]
    names = rows[0].split("Capacities a-l: ")[1].split(";")[0].split(", ")
    if names != [key[1] for key, value in cells.items() if key[0] == "letter" and value]:
        raise ValueError("rules.md 6.4 lists other capacities than data-model.md 8.3")
    return cells


def _tasks_of_pack(pack: Pack) -> Cells:
    cells: dict[Key, Value] = {}
    for row in pack.capacities:
        cells["letter", row.id] = (row.article or "").removeprefix("6.4")
        cells |= {(row.id, task): True for task in row.tasks}
    return cells


def _tasks_flips(pack: Pack) -> Iterator[Flip]:
    for row in pack.capacities:
        flipped = altered(pack, "capacities", row, article="6.4z")
        yield Flip(frozenset({("letter", row.id)}), f"letter of {row.id}", flipped)
        for task in pack.tasks:
            flipped = altered(pack, "capacities", row, tasks=toggled(row.tasks, task.id))
            yield Flip(frozenset({(row.id, task.id)}), f"{task.id} of {row.id}", flipped)
    gone = pack.capacities[0]
    cells = frozenset({("letter", gone.id), *((gone.id, task) for task in gone.tasks)})
    yield Flip(cells, f"no {gone.id}", replaced(pack, "capacities", gone, ()))


TASKS = Comparison("taken per hoedanigheid (8.3, 6.4)", _tasks_of_document, _tasks_of_pack, _tasks_flips)
