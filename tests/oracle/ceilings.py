"""The highest level at phase, kind, category and category of person (data-model.md 8.7, both tables).

A cell is what may really go there: the level, which capacities provide it, for which purposes, and which fields. The
level is read from the table; what a cell limits in words is typed here under those words. Kinds that have no column of
their own are typed as readings, never above the column of their phase.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from schemas.content import LEVELS, Level
from schemas.pack import Pack
from schemas.pack_rows import CeilingRow
from tests.oracle.cells import Cells, Comparison, Flip, Value
from tests.oracle.flipping import added, toggled
from tests.oracle.markdown import Documents, section, table
from tests.oracle.parties import categories_of

Place = tuple[str, str]
"""Phase and kind."""

COLUMNS: dict[str, Place] = {
    "aanmelding": ("aanmelding", "aanmelding"),
    "triage: vraag": ("triage", "triagevraag"),
    "triage: antwoord": ("triage", "triageantwoord"),
    "casusoverleg": ("casusoverleg", "inbreng"),
    "afschaling": ("afschaling", "inbreng"),
}
"""Each column as the phase and the kind that carries items there."""


@dataclass(frozen=True)
class Cell:
    """What may go: at most this level, and which providers, purposes and fields are left; None: no narrowing."""

    level: Level
    providers: frozenset[str] | None = None
    purposes: frozenset[str] | None = None
    fields: frozenset[str] | None = None


def some(text: str) -> frozenset[str]:
    """Names, between spaces."""
    return frozenset(text.split())


TRIAGE = some("eerste_beeld routering doel_en_themas relevante_partijen voorbereiding_casusoverleg")
MEETING = some("toestandsbeeld plan_van_aanpak monitoring verdere_verstrekking besluit_afbouw besluit_opschaling")
PLAN = some("toestandsbeeld plan_van_aanpak monitoring")
HANDOVER = some("overdracht_casusregisseur")
"""Purposes: of questions and answers (B2 without 5.3.1), of the meeting, of the plan itself, of the hand-over."""

PURPOSES: dict[Place, frozenset[str]] = {
    ("triage", "triagevraag"): TRIAGE,
    ("triage", "triageantwoord"): TRIAGE,
    ("casusoverleg", "inbreng"): MEETING,
}
"""5.3.1: carrying out, directing and assigning go outside the meeting, by ``actie`` and by nothing else."""

POLICE, PROSECUTION = some("politie"), some("om")
LIMITS: dict[tuple[str, str], Mapping[str, frozenset[str] | None]] = {
    ("I (aantal, minderjarigen)", "aanmelding"): {"fields": some("aantal minderjarigen_aanwezig")},
    ("I, only if politie is the aanmelder", "aanmelding"): {"providers": POLICE},
    ("I, only if OM is the aanmelder", "aanmelding"): {"providers": PROSECUTION},
    ("I, only if OM/DJI aanmelder", "aanmelding"): {"providers": some("om dji")},
    ("S (overdracht)", "afschaling"): {"purposes": HANDOVER},
    ("S to casusregisseur", "afschaling"): {"purposes": HANDOVER},
    ("S, only in overdracht", "afschaling"): {"purposes": HANDOVER},
    ("S if part of the plan", "afschaling"): {"purposes": HANDOVER},
}
"""Cells that limit more than the level, by their text and column: what they narrow to."""

IN_WORDS = {
    "B (search key, sealed)": "fields of level B are the search key; what has items is sealed",
    "– (echo pseudonym only)": "the subject is a reference",
    "B: postcode+huisnr only if ambiguous": "fields of level B, marked as such in 8.6",
    "I, consent/exception": "7.2: whoever provides health needs consent or an exception",
    "D, consent/exception": "7.2",
    "I, aanmelder's own data only": "1.18: in this phase only the notifier sends, and its own",
    "I (asker)": "category 3 and 4 are staff",
    "I (contact person)": "category 3 and 4 are staff",
    "I (themes asked)": "see the fields of the message",
    "I (end date)": "8.6 has the end date at level S, so that at level I only that something runs may go",
    "I (score start/end)": "see the fields of the message",
    "S, only persons needed for the criteria": "5.2: necessity is argued for each item",
    "B, only if listed in the case": "a subject is a person of the case",
    "S (never if `geheim`)": "8.6: the fields of an address are withheld if it is secret",
    "S, consent of *that* person or exception": "7.2",
}
"""Cells whose words are held elsewhere; the level is all that counts here."""

FIRST, SECOND = "`categorie` (cat. 1 person)", "`categorie` (cat. 2)"
STAFF = {
    "medewerker_hulpverlening_gegevens": "medewerker_hulpverlening",
    "medewerker_derde_gegevens": "medewerker_derde",
}
THEMES = "leefgebieden (code list)"
"""A row about one field of the message; the message has cells of its own (MESSAGE)."""


def cells_of_tables(texts: Documents) -> dict[tuple[str, str, str, str], Cell]:
    """Both tables as cells, with what their words limit."""
    part = section(texts.data_model, "### 8.7")
    found: dict[tuple[str, str, str, str], Cell] = {}
    for header, person in ((FIRST, "betrokkene"), (SECOND, "directe_relatie")):
        rows = table(part, header)
        for row in rows.rows:
            for column, (phase, kind) in COLUMNS.items():
                said = row[rows.column(column)]
                if said[0] == "–" or row[0] == THEMES:
                    continue
                narrowed = {"purposes": PURPOSES.get((phase, kind)), **LIMITS.get((said, column), {})}
                cell = Cell(_level(said, column), **narrowed)
                for category in categories_of(row[0]):
                    found[phase, kind, category, STAFF.get(category, person)] = cell
    return found


def _level(said: str, column: str) -> Level:
    if said not in LEVELS and said not in IN_WORDS and (said, column) not in LIMITS:
        raise ValueError(f"8.7 has a cell that is not known here: {said!r} under {column!r}")
    return next(level for level in LEVELS if level == said[0])


def effective(cell: Cell, key: tuple[str, str, str, str], settled: Mapping[str, Cells]) -> Value:
    """The cell with its narrowings worked out: level, providers, purposes and fields that are left.

    ``settled``: by name the other tables as the pack must hold them, which this one builds upon.
    """
    phase, kind, category, person = key
    providers = {who for (what, who), sign in settled["providers"].items() if what == category and sign}
    purposes = {said[1] for said in settled["purposes"] if said[0] == phase and said[-1] == "is er"}
    fields = settled["message"] if category == "bericht" else settled["fields"]
    height = LEVELS.index(cell.level)
    low = {
        name
        for (own, name, facet), level in fields.items()
        if (own, facet) == (category, "niveau") and level in LEVELS[: height + 1]
    }
    if category == "bericht":
        low = {name for name in low if (category, name, f"soort bericht {kind}") in fields}
    low -= {name for name in low if person not in _persons(fields.get((category, name, "vereist")), person)}
    return (
        cell.level,
        _left(providers, cell.providers),
        _left(purposes, cell.purposes),
        _left(low, cell.fields),
    )


def _persons(required: Value, person: str) -> frozenset[str]:
    """About whom a field is: one that is required for some belongs to these alone (Bijlage 4, "in directe relatie")."""
    return required if isinstance(required, frozenset) else frozenset({person})


def _left(held: Iterable[str], narrowed: frozenset[str] | None) -> frozenset[str]:
    return frozenset(held if narrowed is None else narrowed & set(held))


class _Rows:
    """Values of rows that were worked out before; for packs that differ in their ceilings only, as flips do."""

    def __init__(self, pack: Pack) -> None:
        self.stands_on = (pack.categories, pack.providers, pack.purposes, pack.phases)
        self._pack = pack
        self._provides: dict[str, set[str]] = {}
        for category, capacity in pack.provider:
            self._provides.setdefault(category, set()).add(capacity)
        self._purposes = {p.id: {row.id for row in pack.purposes if p.id in row.phases} for p in pack.phases}
        self._known: dict[int, tuple[CeilingRow, Value]] = {}

    def fits(self, pack: Pack) -> bool:
        """Whether a pack differs in its ceilings only."""
        others = (pack.categories, pack.providers, pack.purposes, pack.phases)
        return all(one is other for one, other in zip(self.stands_on, others, strict=True))

    def value(self, row: CeilingRow) -> Value:
        """What a row lets through."""
        if id(row) not in self._known:
            fields = self._pack.fields_of(row)
            value = (
                row.level,
                _left(self._provides.get(row.category, set()), frozenset(row.providers) or None),
                _left(self._purposes.get(row.phase, set()), frozenset(row.purposes) or None),
                frozenset(field.name for field in fields),
            )
            self._known[id(row)] = (row, value)
        return self._known[id(row)][1]


_ROWS: list[_Rows] = []


def cells_of_pack(pack: Pack) -> Cells:
    """The same of a pack."""
    if not _ROWS or not _ROWS[0].fits(pack):
        _ROWS[:] = [_Rows(pack)]
    rows = _ROWS[0]
    return {(row.phase, row.kind, row.category, who): rows.value(row) for row in pack.ceilings for who in row.subjects}


def _split(pack: Pack, row: CeilingRow, who: str, **members: object) -> Pack:
    """The pack with one person's part of a row changed; ``level=None`` takes it away."""
    rest = tuple(subject for subject in row.subjects if subject != who)
    rows = [other for other in pack.ceilings if other is not row]
    rows += [row.model_copy(update={"subjects": rest})] if rest else []
    if members.get("level", "") is not None:
        rows.append(row.model_copy(update={"subjects": (who,)} | members))
    return pack.model_copy(update={"ceilings": tuple(rows)})


def flips(pack: Pack) -> Iterator[Flip]:
    """Each cell at each other level, none, without one of what is left, and every empty cell filled."""
    cells = cells_of_pack(pack)
    places = sorted({(row.phase, row.kind) for row in pack.ceilings})
    rows = pack.ceiling
    for phase, kind in places:
        for category in (row.id for row in pack.categories):
            for person in (row.id for row in pack.subject_categories):
                key = (phase, kind, category, person)
                row, what = rows.get(key), " / ".join(key)
                if row is None:
                    for level in LEVELS:
                        new = pack.ceilings[0].model_copy(
                            update={"phase": phase, "kind": kind, "category": category, "subjects": (person,)}
                            | {"level": level, "providers": (), "purposes": (), "fields": ()}
                        )
                        yield Flip(frozenset({key}), f"{what}: {level}", added(pack, "ceilings", new))
                    continue
                for other in (*LEVELS, None):
                    if other != row.level:
                        yield Flip(frozenset({key}), f"{what}: {other}", _split(pack, row, person, level=other))
                for member, left in zip(("providers", "purposes", "fields"), _parts(cells[key]), strict=True):
                    for one in sorted(left):
                        fewer = toggled(sorted(left), one) or ("niemand",)
                        flipped = _split(pack, row, person, **{member: fewer})
                        yield Flip(frozenset({key}), f"{what} without {one}", flipped)
                    if getattr(row, member):
                        flipped = _split(pack, row, person, **{member: ()})
                        wider = cells_of_pack(flipped)[key] != cells[key]
                        if wider:
                            yield Flip(frozenset({key}), f"{what}: all {member}", flipped)


def _parts(value: Value) -> tuple[frozenset[str], ...]:
    parts = value[1:] if isinstance(value, tuple) else ()
    return tuple(part for part in parts if isinstance(part, frozenset))


def comparison(own: Mapping[Place, Mapping[tuple[str, str], Cell]], settled: Mapping[str, Cells]) -> Comparison:
    """The tables of 8.7 beside the pack's ceilings; ``own``: what is typed for kinds without a column."""

    def of_document(texts: Documents) -> Cells:
        found = cells_of_tables(texts)
        found |= {(*place, *about): cell for place, rows in own.items() for about, cell in rows.items()}
        return {key: effective(cell, key, settled) for key, cell in found.items()}

    return Comparison("plafonds (8.7)", of_document, cells_of_pack, flips)
