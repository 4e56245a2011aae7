"""What people write in the play: the form of the notification, and the texts at the desks.

None of it says anything about a real person. The texts are long enough to be looked for at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from deploy.demo.people import Person
from deploy.demo.tables import Cast

ABOUT: Mapping[str, str] = {
    "aanleiding": "Herhaalde overlast rond de woning; hulp komt achter de voordeur niet op gang.",
    "gewenst_resultaat": "Eén plan waarin zorg en veiligheid elkaar niet tegenwerken.",
    "onderbouwing": "Meerdere partijen zijn betrokken en geen van hen kan dit alleen oplossen.",
}
NOTIFYING = "Zonder namen en adres kan het huis de criteria niet toetsen."
ASKING = "De casus raakt zorg en veiligheid; een eerste beeld per partij bepaalt de route."
EXPLAINED: Mapping[str, str] = {
    "politie": "Meldingen van dit jaar; van belang voor de route van deze casus.",
    "politie_meer": "Meer dan één persoon past bij deze gegevens; wij kiezen niet.",
    "om": "Een lopend onderzoek verdraagt nu geen antwoord.",
    "ggz": "De betrokkene stemt in; behandelaar acht afstemming met het huis nodig.",
    "verslavingszorg": "De betrokkene wil dat het huis weet dat er een traject loopt.",
}
DECLINING = "onderzoeksbelang"
DESK: Mapping[str, Mapping[str, str]] = {
    "politie": {
        "betrokkenheid": "actueel",
        "aard_betrokkenheid": "wijkzorg",
        "veiligheidssignaal": "aandacht",
        "advies_deelname": "deelnemen",
    },
    "ggz": {
        "betrokkenheid": "actueel",
        "aard_betrokkenheid": "behandeling",
        "veiligheidssignaal": "geen",
        "advies_deelname": "deelnemen",
    },
    "verslavingszorg": {
        "betrokkenheid": "actueel",
        "aard_betrokkenheid": "behandeling",
        "advies_deelname": "later",
    },
}
"""Per party the fields of the answer itself that a professional ticks."""
TEXTS = (*ABOUT.values(), NOTIFYING, ASKING, *EXPLAINED.values())
REUSE = ("politie", "om", "ggz", "reclassering", "rvdk")
"""The capacities that may be asked about P and Q in triage: the notifier agrees beforehand (3.5c)."""


def write_form(file: Path, cast: Cast) -> Path:
    """The notification of P and Q, as gemeente Emmen fills it in; the path of the file."""
    form = {
        "function": "college_bw",
        "persons": [_person(cast.p), _person(cast.q)],
        "criteria": ["lk_meervoudig", "lk_ketenoverstijgend"],
        **ABOUT,
        "bevat_categorieen": ["personalia"],
        "explanation": NOTIFYING,
        "informed": {"at": datetime.now(UTC).date().isoformat(), "how": "gesprek"},
        "reuse": list(REUSE),
    }
    file.write_text(yaml.safe_dump(form, allow_unicode=True, sort_keys=False), encoding="utf-8")
    file.chmod(0o600)
    return file


def _person(person: Person) -> dict[str, Any]:
    personalia = {
        "geslachtsnaam": person.geslachtsnaam,
        "voorvoegsel": person.voorvoegsel,
        "voornamen": person.voornamen,
        "geboortedatum": person.geboortedatum,
    }
    address = {
        "straat": person.straat,
        "huisnummer": person.huisnummer if person.huisnummer.isdigit() else "",
        "postcode": person.postcode,
        "woonplaats": person.woonplaats,
    }
    kept = {name: text for name, text in address.items() if text} if person.postcode and person.straat else {}
    return {
        "personalia": {name: text for name, text in personalia.items() if text},
        **({"adresgegevens": kept} if kept else {}),
    }
