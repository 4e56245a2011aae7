"""Where the pack's fields differ from 8.6 and 8.7 on purpose: by a field, with a reason.

A key may hold names with spaces between them; each is a cell of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.oracle.cells import Divergence, Key, Value


def each(cells: Mapping[Key, tuple[Value, Value]]) -> dict[Key, tuple[Value, Value]]:
    """One cell for each combination of names; ``|`` stands between names that hold spaces themselves."""
    found: dict[Key, tuple[Value, Value]] = {}
    for key, value in cells.items():
        keys: list[Key] = [()]
        for part in key:
            keys = [(*head, name) for head in keys for name in _names(part)]
        found |= dict.fromkeys(keys, value)
    return found


def _names(part: str) -> list[str]:
    if "|" in part:
        return [name for name in part.split("|") if name]
    return [part] if part in _WITH_SPACES else part.split()


_WITH_SPACES = {"is er", "niet als geheim", "alleen bij twijfel", "telt als", "volgt op"}
YES: tuple[Value, Value] = (None, True)
"""Not in the document, and in the pack."""


def values(text: str, word: str = "waarde") -> str:
    """Facets for values, to stand in a key."""
    return "|".join(f"{word} {value}" for value in text.split())


DOMAINS = (
    "financien werk_en_opleiding tijdsbesteding huisvesting huiselijke_relaties geestelijke_gezondheid "
    "lichamelijke_gezondheid middelengebruik basale_adl instrumentele_adl sociaal_netwerk "
    "maatschappelijke_participatie justitie"
)
ONE_DOMAIN = "enum: " + " ".join(sorted(DOMAINS.split()))

OF_CATEGORIES = (
    Divergence(
        "fields",
        "`opt` in 8.6 marks what a whole item may lack; the pack reads 3.5a further: only that without which an item "
        "of the category says nothing must be there, so that nobody gives a field because a form asks for it.",
        each(
            {
                ("personalia", "geboorteplaats", "mag_ontbreken"): YES,
                ("adresgegevens", "geheim", "mag_ontbreken"): YES,
                ("contactgegevens", "telefoonnummer emailadres", "mag_ontbreken"): YES,
                ("woonsituatie", "woonvorm dreigende_uithuiszetting toelichting", "mag_ontbreken"): YES,
                (
                    "financiele_gegevens",
                    "problematische_schulden schuldhulptraject beheer toelichting",
                    "mag_ontbreken",
                ): YES,
                ("relaties", "aantal minderjarigen_aanwezig relatie rol_in_casus", "mag_ontbreken"): YES,
                ("toezicht_handhaving", "vanaf tot wettelijke_basis directe_relatie_met", "mag_ontbreken"): YES,
                (
                    "politiegegevens_art8 politiegegevens_art13",
                    "periode_vanaf periode_tot samenvatting",
                    "mag_ontbreken",
                ): YES,
                ("strafvorderlijke_gegevens", "thema stand voorlopige_hechtenis voorwaarden", "mag_ontbreken"): YES,
                (
                    "tenuitvoerleggingsgegevens",
                    "sanctiesoort verwachte_einddatum bijzondere_voorwaarden",
                    "mag_ontbreken",
                ): YES,
                (
                    "gezondheid",
                    "leefgebied_gezondheid wettelijk_kader soort_zorg status vanaf veiligheidsrelevant",
                    "mag_ontbreken",
                ): YES,
                ("strafrechtelijk_avg10", "periode samenvatting", "mag_ontbreken"): YES,
                (
                    "medewerker_hulpverlening_gegevens medewerker_derde_gegevens",
                    "organisatieaanduiding zakelijk_telefoonnummer zakelijk_emailadres",
                    "mag_ontbreken",
                ): YES,
                (
                    "medewerker_hulpverlening_gegevens",
                    "start_betrokkenheid einde_betrokkenheid",
                    "mag_ontbreken",
                ): YES,
                ("medewerker_derde_gegevens", "functie_binnen_zvh", "mag_ontbreken"): YES,
                ("verzoeken_rechten", "afgehandeld_op", "mag_ontbreken"): YES,
            }
        ),
    ),
    Divergence(
        "fields",
        "8.6 gives the type without a bound; everything on the wire has one, so the pack chose.",
        each(
            {
                ("woonsituatie", "aantal_personen_huishouden", "min"): (None, 1),
                ("woonsituatie", "aantal_personen_huishouden", "max"): (None, 99),
                ("woonsituatie", "aantal_inschrijvingen_adres", "min"): (None, 0),
                ("woonsituatie", "aantal_inschrijvingen_adres", "max"): (None, 999),
                ("relaties", "aantal", "min"): (None, 0),
                ("relaties", "aantal", "max"): (None, 99),
                ("relaties", "relatie", "max"): (None, 30),
                ("justitiele_gegevens", "veroordelingen", "max"): (None, 30),
                ("medewerker_hulpverlening_gegevens medewerker_derde_gegevens", "naam organisatie", "max"): (None, 200),
                ("medewerker_hulpverlening_gegevens medewerker_derde_gegevens", "organisatieaanduiding", "max"): (
                    None,
                    80,
                ),
                ("medewerker_hulpverlening_gegevens medewerker_derde_gegevens", "zakelijk_telefoonnummer", "max"): (
                    None,
                    20,
                ),
                ("medewerker_hulpverlening_gegevens medewerker_derde_gegevens", "zakelijk_emailadres", "max"): (
                    None,
                    254,
                ),
                ("medewerker_derde_gegevens", "functie_binnen_zvh", "max"): (None, 80),
            }
        ),
    ),
    Divergence(
        "fields",
        "8.6 says enum without values here; these are the pack's, after FHIR where 8.6 names it.",
        each(
            {
                ("relaties", "minderjarigen_aanwezig", values("ja nee onbekend")): YES,
                (
                    "gezondheid",
                    "soort_zorg",
                    values("ambulant klinisch crisiszorg verslavingszorg beschermd_wonen verpleging_verzorging overig"),
                ): YES,
                (
                    "gezondheid",
                    "status",
                    values("gepland wachtlijst actief onderbroken afgesloten geannuleerd"),
                ): YES,
                ("verzoeken_rechten", "stand", values("ontvangen in_behandeling afgehandeld")): YES,
            }
        ),
    ),
    Divergence(
        "fields",
        "8.7 allows strafrechtelijk_avg10 at level I in an aanmelding and 8.6 has no field at that level: one box.",
        each(
            {
                ("strafrechtelijk_avg10", "aan_de_orde", "is er"): YES,
                ("strafrechtelijk_avg10", "aan_de_orde", "niveau"): (None, "I"),
                ("strafrechtelijk_avg10", "aan_de_orde", "soort"): (None, "enum"),
                ("strafrechtelijk_avg10", "aan_de_orde", "mag_ontbreken"): YES,
                ("strafrechtelijk_avg10", "aan_de_orde", values("ja nee geen_uitspraak")): YES,
            }
        ),
    ),
    Divergence(
        "fields",
        "Requests have no level in 8.6 because no message carries them; a row needs one, and no ceiling reaches it.",
        each({("verzoeken_rechten", "soort ontvangen_op stand afgehandeld_op", "niveau"): (None, "D")}),
    ),
)
