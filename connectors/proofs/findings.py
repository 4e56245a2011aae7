"""What an audit can find, and why it could not look: every code with its weight, its rule and what to do about it.

A closed table, so that a report means the same to the program that reads it next year. ``ernstig``: the broker, or
somebody with a key, did what cannot be done by accident. ``aandacht``: there may be an innocent reason; ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["ernstig", "aandacht"]

_KEEP: Final = "Bewaar dit verslag, verander niets, en leg het voor aan de fg van het huis en aan de manager."
_BROKER: Final = "Vraag de beheerder van de broker om een verklaring; bewaar dit verslag als bewijs."
_CASE: Final = "Zoek het bericht op in uw eigen register en vraag de procesregisseur wat er is gebeurd."
_KEYS: Final = "Trek de sleutel in als u hem niet kent (`ketenconnector officer`), en meld een mogelijk datalek (14)."
_AGAIN: Final = "Controleer opnieuw; blijft het, vraag dan de beheerder van de broker om een verklaring."


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that can be found."""

    severity: Severity
    rule: str
    """Article of the protocol or part of the log's format; of a decision the rules themselves stand in ``what``."""
    text: str
    advice: str


KINDS: Final = {
    # the log
    "controlepunt_ongeldig": Kind(
        "ernstig", "tlog-checkpoint", "Het controlepunt is niet ondertekend met de sleutel van dit logboek.", _KEEP
    ),
    "logboek_gekrompen": Kind(
        "ernstig", "RFC 9162", "Het logboek is korter dan wat deze connector al heeft gezien.", _KEEP
    ),
    "logboek_gespleten": Kind(
        "ernstig", "RFC 9162", "Het logboek is een ander verhaal dan wat deze connector al heeft gezien.", _KEEP
    ),
    "logboek_te_groot": Kind(
        "ernstig", "tlog-checkpoint", "Het controlepunt noemt meer bladen dan een huis ooit schrijft.", _BROKER
    ),
    "blad_ontbreekt": Kind("ernstig", "tlog-tiles", "De broker geeft niet alle bladen van het logboek.", _AGAIN),
    "blad_veranderd": Kind("ernstig", "RFC 9162", "Een blad dat eerder is nagerekend, is nu anders.", _KEEP),
    "blad_onbekend": Kind("ernstig", "8", "Een blad heeft geen van de twee afgesproken vormen.", _BROKER),
    "wortel_anders": Kind(
        "ernstig", "RFC 9162", "De bladen leiden niet tot de wortel in het ondertekende controlepunt.", _KEEP
    ),
    "tegel_anders": Kind("ernstig", "tlog-tiles", "Een tegel past niet bij de bladen eronder.", _BROKER),
    # records in clear
    "besluiten_ongeldig": Kind(
        "ernstig", "29", "De broker geeft besluiten van het huis die niet door de juiste personen zijn getekend.", _KEEP
    ),
    "besluit_anders": Kind(
        "ernstig",
        "29",
        "Een ondertekend besluit van het huis staat anders in het logboek dan de broker het geeft.",
        _KEEP,
    ),
    "besluit_verzwegen": Kind(
        "ernstig", "29", "In het logboek staat een ondertekend besluit dat de broker niet laat zien.", _KEEP
    ),
    "besluit_tijd_anders": Kind(
        "ernstig", "29", "De broker noemt van een besluit nu een andere tijd dan eerder.", _BROKER
    ),
    "sleutel_niet_van_ons": Kind(
        "ernstig", "29", "Er staat een sleutel van deze partij in het logboek die hier niet is gemaakt.", _KEYS
    ),
    "pakket_niet_gegeven": Kind(
        "aandacht", "28", "De broker geeft een protocolpakket niet waaronder is beslist.", _AGAIN
    ),
    "pakket_anders": Kind("ernstig", "28", "De broker geeft een ander protocolpakket dan het besluit noemt.", _KEEP),
    "pakket_onbekend": Kind(
        "ernstig", "28", "Er is beslist onder een protocolpakket waarover het huis nooit heeft besloten.", _KEEP
    ),
    # one entry
    "vermelding_anders": Kind(
        "ernstig", "8", "De tekst van een vermelding past niet bij het blad in het logboek.", _KEEP
    ),
    "vermelding_onleesbaar": Kind("ernstig", "8", "Een vermelding heeft niet de afgesproken vorm.", _BROKER),
    "vermelding_van_ander": Kind(
        "ernstig", "8", "De broker laat een vermelding zien waarin deze partij niet deelneemt.", _BROKER
    ),
    "volgorde_anders": Kind(
        "ernstig", "8", "De broker geeft de vermeldingen niet in de volgorde van het logboek.", _BROKER
    ),
    "nummering_anders": Kind("ernstig", "8", "Binnen een casus telt het logboek niet door.", _BROKER),
    "tijd_onjuist": Kind("ernstig", "8", "De tijd van een vermelding kan niet juist zijn.", _BROKER),
    "manifest_anders": Kind("ernstig", "8", "Het manifest past niet bij de vermelding.", _KEEP),
    "handtekening_fout": Kind(
        "ernstig", "8", "Het manifest is niet ondertekend met de sleutel van de afzender die het noemt.", _KEEP
    ),
    "sleutel_onbekend": Kind(
        "ernstig", "29", "Het manifest is ondertekend met een sleutel die het huis toen niet kende.", _KEEP
    ),
    "sleutel_ingetrokken": Kind(
        "ernstig", "29", "Het manifest is ondertekend met een sleutel die toen al was ingetrokken.", _KEEP
    ),
    "sleutel_verlopen": Kind(
        "ernstig", "29", "Het manifest is ondertekend met een sleutel die toen al was verlopen.", _KEEP
    ),
    # the decision
    "besluit_onterecht": Kind(
        "ernstig", "3", "De broker liet door wat volgens het protocol van die dag niet mocht.", _KEEP
    ),
    "weigering_onterecht": Kind(
        "ernstig", "3", "De broker weigerde wat volgens het protocol van die dag mocht.", _CASE
    ),
    "redenen_anders": Kind(
        "ernstig", "3", "De broker weigerde om andere redenen dan het protocol van die dag geeft.", _CASE
    ),
    "feit_verzonnen": Kind(
        "ernstig", "8", "Er is beslist op een feit dat in geen eerder bericht of besluit staat.", _KEEP
    ),
    "feit_weggelaten": Kind("ernstig", "8", "Er is beslist zonder een feit dat al in het logboek stond.", _KEEP),
    "feit_anders": Kind("ernstig", "8", "Er is beslist op een feit dat anders is dan in het logboek.", _KEEP),
    # the own register
    "uitkomst_anders": Kind(
        "ernstig", "8", "De uitkomst in het logboek is een andere dan deze partij te horen kreeg.", _KEEP
    ),
    "plaats_anders": Kind("ernstig", "8", "De vermelding staat op een andere plaats dan eerder is bewezen.", _KEEP),
    "vermelding_verzwegen": Kind(
        "ernstig", "8", "Een bericht uit het eigen register staat niet in het logboek dat de broker geeft.", _KEEP
    ),
    "vermelding_te_vroeg_weg": Kind(
        "ernstig", "11.2", "Een vermelding is gewist voordat de termijn van haar casus om was.", _BROKER
    ),
    "vermelding_dubbel": Kind("ernstig", "8", "Een bericht staat meer dan een keer in het logboek.", _BROKER),
    "vermelding_niet_van_ons": Kind(
        "ernstig", "8", "In het logboek staat een bericht van deze partij dat hier niet is gemaakt.", _KEYS
    ),
    "vermelding_onbekend": Kind(
        "aandacht", "8", "In het logboek staat een bericht aan deze partij dat hier niet is aangekomen.", _CASE
    ),
    "einde_onbekend": Kind(
        "aandacht", "8", "De broker meldt het einde van een inhoud die bij geen bericht hoort.", _BROKER
    ),
}

REASONS: Final = {
    "geen_manifest": "geweigerde berichten waarvan hier geen manifest is bewaard (de broker bewaart het niet)",
    "geen_pakket": "vermeldingen onder een protocolpakket dat hier niet is",
    "feiten_niet_zichtbaar": "besluiten op feiten uit berichten die deze partij niet ziet",
    "feiten_te_veel": "besluiten waarbij te veel bekend was om op te schrijven",
    "casus_van_ander": "geweigerde aanmeldingen onder een casusnummer dat van een ander zou zijn",
    "gewist_na_termijn": "vermeldingen die zijn gewist nadat de termijn van hun casus om was",
    "nog_zonder_bewijs": "berichten van de laatste minuut: hun bewijs is er nog niet",
    "nog_niet_opgehaald": "vermeldingen aan deze partij die de connector nog niet heeft opgehaald",
    "bladen_onvolledig": "vermeldingen waarvan het blad niet te vergelijken is, omdat het logboek niet klopt",
    "einde_zonder_besluit": "inhoud die met haar fase verviel door een besluit dat deze partij niet ziet",
    "eigen_sleutels": "sleutels van deze partij in het logboek die met niets te vergelijken zijn",
}
"""Why something could not be checked; each is reported with how many times."""
