"""Ceilings where no table has a column: the plan, the action outside the meeting, and the message itself.

Typed, each with where it comes from. A test holds them to the tables: never above the column of their phase, and about
nobody and nothing that this column does not have.
"""

from __future__ import annotations

from collections.abc import Mapping

from schemas.content import Level
from tests.oracle.ceilings import MEETING, PLAN, STAFF, TRIAGE, Cell, Place, some

About = tuple[str, str]
"""Category and category of person."""

DEEDS = some("uitvoeren_actie casusregie toebedelen")
OWN_DEEDS = some("uitvoeren_actie casusregie")
ASSIGNING = some("toebedelen")


def _rows(names: str, person: str, level: Level, purposes: frozenset[str], fields: str = "") -> dict[About, Cell]:
    cell = Cell(level, purposes=purposes, fields=some(fields) if fields else None)
    return {(name, STAFF.get(name, person)): cell for name in names.split()}


STAFF_ROWS = "medewerker_hulpverlening_gegevens medewerker_derde_gegevens"
MESSAGE = "bericht"

PLAN_CELLS: Mapping[About, Cell] = {
    # The plan holds what all who take part may know: a summary, of what the meeting heard in detail (9.3). Judicial
    # data and the address of a relation stay in the contribution of whoever gives them.
    **_rows("personalia adresgegevens contactgegevens woonsituatie financiele_gegevens", "betrokkene", "S", PLAN),
    **_rows("relaties toezicht_handhaving politiegegevens_art8 politiegegevens_art13", "betrokkene", "S", PLAN),
    **_rows("strafvorderlijke_gegevens tenuitvoerleggingsgegevens gezondheid", "betrokkene", "S", PLAN),
    **_rows("strafrechtelijk_avg10 bericht " + STAFF_ROWS, "betrokkene", "S", PLAN),
    **_rows("personalia contactgegevens toezicht_handhaving politiegegevens_art8", "directe_relatie", "S", PLAN),
    **_rows("politiegegevens_art13 strafvorderlijke_gegevens gezondheid", "directe_relatie", "S", PLAN),
    **_rows("strafrechtelijk_avg10", "directe_relatie", "S", PLAN),
}

DEED_CELLS: Mapping[About, Cell] = {
    # 5.3.1: to one party, what doing it takes. What is criminal or medical goes for carrying out and directing, and not
    # with a case that is merely assigned to another.
    **_rows("personalia adresgegevens contactgegevens woonsituatie financiele_gegevens", "betrokkene", "S", DEEDS),
    **_rows("relaties toezicht_handhaving " + STAFF_ROWS, "betrokkene", "S", DEEDS),
    **_rows("politiegegevens_art8 politiegegevens_art13 tenuitvoerleggingsgegevens", "betrokkene", "S", OWN_DEEDS),
    **_rows("gezondheid", "betrokkene", "S", OWN_DEEDS),
    **_rows(MESSAGE, "betrokkene", "S", DEEDS, "leefgebieden opdracht bevat_categorieen"),
    **_rows("personalia adresgegevens contactgegevens", "directe_relatie", "S", DEEDS),
}

ASSIGNING_CELLS: Mapping[About, Cell] = {
    # 5.3.1c in triage: who it is about, at which address, and on which themes; enough to take the case on.
    **_rows("personalia adresgegevens", "betrokkene", "B", ASSIGNING),
    **_rows("woonsituatie financiele_gegevens relaties", "betrokkene", "I", ASSIGNING),
    **_rows("medewerker_hulpverlening_gegevens", "betrokkene", "I", ASSIGNING),
    **_rows(MESSAGE, "betrokkene", "I", ASSIGNING, "leefgebieden"),
}

ANSWERED_OF_A_RELATION = Cell(
    "I",
    providers=some("burgemeester college_bw politie"),
    purposes=TRIAGE,
    fields=some("betrokkenheid advies_deelname"),
)
"""Who knows a relation tells of care, crime or debt, unless it is the municipality or the police (8.7, cat. 2)."""

MESSAGE_CELLS: Mapping[tuple[str, str, str], Cell] = {
    # Caps and themes of 8.7: texts at S, themes and answers at I.
    ("aanmelding", "aanmelding", "betrokkene"): Cell("S"),
    ("triage", "triagevraag", "betrokkene"): Cell("I", purposes=TRIAGE, fields=some("leefgebieden")),
    ("triage", "triagevraag", "directe_relatie"): Cell("I", purposes=TRIAGE, fields=some("leefgebieden")),
    ("triage", "triageantwoord", "betrokkene"): Cell("I", purposes=TRIAGE),
    ("triage", "triageantwoord", "directe_relatie"): ANSWERED_OF_A_RELATION,
    ("casusoverleg", "inbreng", "betrokkene"): Cell(
        "S",
        purposes=MEETING,
        fields=some("leefgebieden toestandsbeeld bevat_categorieen voorwaarden vernietigen_voor"),
    ),
    ("afschaling", "inbreng", "betrokkene"): Cell("S", fields=some("resultaat leefgebied_scores bevat_categorieen")),
}

OWN: dict[Place, Mapping[About, Cell]] = {
    ("casusoverleg", "plan_van_aanpak"): PLAN_CELLS,
    ("casusoverleg", "actie"): DEED_CELLS,
    ("triage", "actie"): ASSIGNING_CELLS,
}
for (_phase, _kind, _person), _cell in MESSAGE_CELLS.items():
    OWN[_phase, _kind] = {**OWN.get((_phase, _kind), {}), (MESSAGE, _person): _cell}

UNDER: dict[Place, Place] = {
    ("casusoverleg", "plan_van_aanpak"): ("casusoverleg", "inbreng"),
    ("casusoverleg", "actie"): ("casusoverleg", "inbreng"),
    ("triage", "actie"): ("triage", "triageantwoord"),
}
"""The column to which a kind without one is held. What assigning needs to find the person is that of the question."""
FINDING = {("triage", "actie"): ("triage", "triagevraag")}
