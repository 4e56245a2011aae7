"""The words of the examples: what people call organisations, persons, data, phases and purposes, as ids.

Every word is the pack's or a test address; a word that the pack does not know is a fault of this file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from schemas.ids import Address, SubjectRef
from tests.making import COLLEGE, CONTACT, HOUSE, MELDER, PARTY, PERSON, RELATIVE

T = TypeVar("T")

PARTIES: Mapping[str, Address] = {
    "het huis": HOUSE,
    "de gemeente": MELDER,
    "de buurgemeente": COLLEGE,
    "de burgemeester": PARTY["burgemeester"],
    "het Openbaar Ministerie": PARTY["om"],
    "de politie": PARTY["politie"],
    "de Raad voor de Kinderbescherming": PARTY["rvdk"],
    "Veilig Thuis": PARTY["veilig_thuis"],
    "de reclassering": PARTY["reclassering"],
    "de jeugdbescherming": PARTY["gecertificeerde_instelling"],
    "de ggz": PARTY["ggz"],
    "de GGD": PARTY["ggd"],
    "de gevangenis": PARTY["dji"],
    "de zorgaanbieder": PARTY["zorgaanbieder"],
    "de Veiligheidsregio": PARTY["geen_grondslag"],
}

PERSONS: Mapping[str, tuple[SubjectRef, str]] = {
    "de betrokkene": (PERSON, "betrokkene"),
    "de broer": (RELATIVE, "directe_relatie"),
    "de begeleider": (CONTACT, "medewerker_hulpverlening"),
    "de trainer": (CONTACT, "medewerker_derde"),
}

CATEGORIES: Mapping[str, str] = {
    "de personalia": "personalia",
    "de adresgegevens": "adresgegevens",
    "de contactgegevens": "contactgegevens",
    "de woonsituatie": "woonsituatie",
    "de financiële gegevens": "financiele_gegevens",
    "de relaties": "relaties",
    "de toezichtgegevens": "toezicht_handhaving",
    "de politiegegevens": "politiegegevens_art8",
    "de strafvorderlijke gegevens": "strafvorderlijke_gegevens",
    "de justitiële gegevens": "justitiele_gegevens",
    "de gegevens over de straf": "tenuitvoerleggingsgegevens",
    "de gezondheidsgegevens": "gezondheid",
    "de gegevens over strafbare feiten": "strafrechtelijk_avg10",
    "de verzoeken om inzage": "verzoeken_rechten",
    "de werkgegevens als hulpverlener": "medewerker_hulpverlening_gegevens",
    "de werkgegevens als uitvoerder": "medewerker_derde_gegevens",
}

PHASES: Mapping[str, str] = {
    "aanmelding": "aanmelding",
    "triage": "triage",
    "casusoverleg": "casusoverleg",
    "afschaling": "afschaling",
}

PURPOSES: Mapping[str, str] = {
    "om de criteria te toetsen": "toetsen_criteria",
    "om een eerste beeld te vormen": "eerste_beeld",
    "om de route te bepalen": "routering",
    "voor het gezamenlijke beeld": "toestandsbeeld",
    "voor het plan van aanpak": "plan_van_aanpak",
    "om het plan te volgen": "monitoring",
    "om over opschaling te besluiten": "besluit_opschaling",
    "om een afgesproken actie uit te voeren": "uitvoeren_actie",
    "om de casusregie te voeren": "casusregie",
    "om de casus toe te bedelen": "toebedelen",
    "om het resultaat te beoordelen": "resultaat_beoordelen",
    "om de casus over te dragen": "overdracht_casusregisseur",
}


FIELDS: Mapping[str, tuple[str, str]] = {
    "aan welke criteria is voldaan": ("bericht", "/criteria"),
    "met wie de relatie is": ("toezicht_handhaving", "/directe_relatie_met"),
}
"""A field, as what it says: its category and its path."""


@dataclass(frozen=True)
class Place(Generic[T]):
    """A place in a sentence: one of these words."""

    words: Mapping[str, T]

    @property
    def one(self) -> str:
        """What fits, the longest word first."""
        return "(?:" + "|".join(sorted(self.words, key=len, reverse=True)) + ")"

    @property
    def pattern(self) -> str:
        """The regular expression, by the name under which the library looks for it."""
        return self.one

    def __call__(self, said: str) -> T:
        """What it stands for."""
        return self.words[said]


@dataclass(frozen=True)
class Row(Generic[T]):
    """One word or more: ``de politie, de ggz en Veilig Thuis``."""

    place: Place[T]

    @property
    def pattern(self) -> str:
        """The regular expression."""
        return f"{self.place.one}(?:(?:, | en ){self.place.one})*"

    def __call__(self, said: str) -> tuple[T, ...]:
        """What they stand for, in their order."""
        return tuple(map(self.place, re.split(", | en ", said)))


TYPES: Mapping[str, Callable[[str], Any]] = {
    "Partij": Place(PARTIES),
    "Partijen": Row(Place(PARTIES)),
    "Persoon": Place(PERSONS),
    "Gegevens": Place(CATEGORIES),
    "Fase": Place(PHASES),
    "Doel": Place(PURPOSES),
    "Veld": Place(FIELDS),
}
"""For the patterns of the steps: ``{wie:Partij} is uitgetreden``."""
