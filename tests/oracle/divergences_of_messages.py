"""Where the fields of the message itself differ from 8.7 on purpose, each with a reason."""

from __future__ import annotations

from tests.oracle.cells import Divergence
from tests.oracle.divergences_of_fields import DOMAINS, ONE_DOMAIN, YES, each, values

BY_CAPACITY = {
    "burgemeester": "openbare_orde handhaving",
    "om": "vervolging executie",
    "politie": "opsporing handhaving noodhulp wijkzorg",
    "rvdk": "raadsonderzoek",
    "veilig_thuis": "advies_of_melding",
    "reclassering": "reclasseringsadvies",
    "gecertificeerde_instelling": "kinderbeschermingsmaatregel",
    "ggz": "behandeling bemoeizorg crisisdienst",
    "ggd": "oggz bemoeizorg",
    "dji": "detentie jeugdinrichting",
    "zorgaanbieder": "begeleiding jeugdhulp langdurige_zorg opvang",
}
INVOLVED = sorted({value for listed in BY_CAPACITY.values() for value in listed.split()} - {"handhaving"})
TELLS = {
    "schuldhulp participatie": {"financiele_gegevens"},
    "handhaving openbare_orde": {"toezicht_handhaving"},
    "vervolging": {"strafvorderlijke_gegevens"},
    "executie detentie jeugdinrichting": {"tenuitvoerleggingsgegevens"},
    "opsporing": {"politiegegevens_art8", "politiegegevens_art13"},
    "noodhulp wijkzorg": {"politiegegevens_art8"},
    "behandeling bemoeizorg crisisdienst oggz langdurige_zorg": {"gezondheid"},
}
CATEGORIES = (
    "personalia adresgegevens contactgegevens woonsituatie financiele_gegevens relaties toezicht_handhaving "
    "politiegegevens_art8 politiegegevens_art13 strafvorderlijke_gegevens justitiele_gegevens "
    "tenuitvoerleggingsgegevens gezondheid strafrechtelijk_avg10 medewerker_hulpverlening_gegevens "
    "medewerker_derde_gegevens"
)
ANSWERS = "betrokkenheid aard_betrokkenheid veiligheidssignaal advies_deelname voorbehoud voorwaarden vernietigen_voor"

OF_MESSAGES = (
    Divergence(
        "message",
        "8.7 gives these fields no level: boxes are indications (I), a text is a summary (S); the reservation is the "
        "one text that a triage answer may hold, so that it stands at I.",
        each(
            {
                ("bericht", f"{ANSWERS} leefgebieden bevat_categorieen criteria", "niveau"): (None, "I"),
                ("bericht", "aanleiding gewenst_resultaat onderbouwing resultaat", "niveau"): (None, "S"),
            }
        ),
    ),
    Divergence(
        "message",
        "Nobody must tick a box: an empty answer is an answer. The notification alone must say its texts and criteria.",
        each({("bericht", f"{ANSWERS} leefgebieden bevat_categorieen resultaat", "mag_ontbreken"): YES}),
    ),
    Divergence(
        "message",
        "8.7 gives the kinds of involvement of the college as an example; those of the others are the pack's.",
        each(
            {
                ("bericht", "aard_betrokkenheid", "|".join(f"waarde {value}" for value in INVOLVED)): YES,
                (
                    "bericht",
                    "aard_betrokkenheid",
                    "|".join(f"{value} van {who}" for who, listed in BY_CAPACITY.items() for value in listed.split()),
                ): YES,
            }
        ),
    ),
    Divergence(
        "message",
        "Ticking a box is a provision too (8.7): what a kind of involvement tells besides itself must be allowed.",
        {
            ("bericht", "aard_betrokkenheid", f"{value} zegt ook"): (None, frozenset(told))
            for listed, told in TELLS.items()
            for value in listed.split()
        },
    ),
    Divergence(
        "message",
        "The thirteen life domains of the Zelfredzaamheid-Matrix 2017; 8.7 names those that imply a category.",
        each(
            {
                (
                    "bericht",
                    "leefgebieden",
                    values(
                        "werk_en_opleiding tijdsbesteding basale_adl instrumentele_adl maatschappelijke_participatie"
                    ),
                ): YES
            }
        ),
    ),
    Divergence(
        "message",
        "A text can hold any category of Bijlage 4 but requests, which go in no message.",
        each({("bericht", "bevat_categorieen", values(CATEGORIES)): YES}),
    ),
    Divergence(
        "message",
        "At most the four criteria that there are.",
        {("bericht", "criteria", "max"): (None, 4)},
    ),
    Divergence(
        "message",
        "The plan and the action have themes and texts as well; conditions of a provider hold there too (3.5c).",
        each(
            {
                ("bericht", "leefgebieden bevat_categorieen", "soort bericht plan_van_aanpak|soort bericht actie"): YES,
                ("bericht", "voorwaarden vernietigen_voor", "soort bericht inbreng|"): YES,
            }
        ),
    ),
    Divergence(
        "message",
        "What the plan and the contributions to it say (1.20, 5.3.1a; the shape of an action is that of 8.9): aim, "
        "picture per life domain, actions. No document gives caps: short texts.",
        each(
            {
                ("bericht", "toestandsbeeld doel acties opdracht", "is er"): YES,
                ("bericht", "toestandsbeeld doel acties opdracht", "niveau"): (None, "S"),
                ("bericht", "toestandsbeeld acties", "soort"): (None, "objects"),
                ("bericht", "doel opdracht", "soort"): (None, "text"),
                ("bericht", "doel opdracht", "max"): (None, 500),
                ("bericht", "acties", "max"): (None, 30),
                ("bericht", "toestandsbeeld", "max"): (None, len(DOMAINS.split())),
                ("bericht", "toestandsbeeld opdracht", "mag_ontbreken"): YES,
                ("bericht", "toestandsbeeld", "soort bericht inbreng|soort bericht plan_van_aanpak"): YES,
                ("bericht", "doel acties", "soort bericht plan_van_aanpak|"): YES,
                ("bericht", "opdracht", "soort bericht actie|"): YES,
                ("bericht", "acties", "deel omschrijving|deel belegd_bij|deel conditie"): (None, "text"),
                ("bericht", "acties", "deel termijn|"): (None, "partial_day"),
                ("bericht", "toestandsbeeld", "deel leefgebied|"): (None, ONE_DOMAIN),
                ("bericht", "toestandsbeeld", "deel score|"): (None, "integer"),
                ("bericht", "toestandsbeeld", "deel tekst|"): (None, "text"),
            }
        ),
    ),
    Divergence(
        "message",
        "`I (score start/end)` in the column afschaling: a score for a life domain, at the start and at the end.",
        each(
            {
                ("bericht", "leefgebied_scores", "is er"): YES,
                ("bericht", "leefgebied_scores", "niveau"): (None, "I"),
                ("bericht", "leefgebied_scores", "soort"): (None, "objects"),
                ("bericht", "leefgebied_scores", "max"): (None, len(DOMAINS.split())),
                ("bericht", "leefgebied_scores", "mag_ontbreken"): YES,
                ("bericht", "leefgebied_scores", "soort bericht inbreng|"): YES,
                ("bericht", "leefgebied_scores", "deel leefgebied|"): (None, ONE_DOMAIN),
                ("bericht", "leefgebied_scores", "deel begin|deel eind"): (None, "integer"),
            }
        ),
    ),
    Divergence(
        "domains",
        "The thirteen life domains of the Zelfredzaamheid-Matrix 2017. What somebody cannot do for himself says "
        "something of his health; work, use of time and taking part say nothing of a category.",
        each(
            {
                (
                    "werk_en_opleiding tijdsbesteding basale_adl instrumentele_adl maatschappelijke_participatie",
                    "is er",
                ): YES,
                ("basale_adl instrumentele_adl", "zegt", "gezondheid"): YES,
            }
        ),
    ),
    Divergence(
        "limits",
        "No document gives these numbers; the pack chose them and says why.",
        {
            ("agreement_days_max",): (None, 365),
            ("answer_grace_seconds",): (None, 3600),
            ("consent_before_opening_days",): (None, 30),
            ("informed_before_opening_days",): (None, 365),
            ("message_retention_days",): (None, 365),
            ("recheck_days_max",): (None, 92),
            ("screening_days",): (None, 1095),
        },
    ),
)
