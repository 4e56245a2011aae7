"""The last part of the list of reasons: what is wrong with bodies, and with what a sealed answer says (append-only)."""

from __future__ import annotations

from schemas.rules.causes import Cause

CAUSES_OF_BODIES: dict[str, Cause] = {
    # bodies
    "ontvangst_van_ander": Cause(
        "11.1",
        "Dit gaat over een ander bericht dan waarop het antwoordt. Maak de nummers gelijk.",
        "This is about another message than the one it replies to. Make the numbers agree.",
    ),
    "ontvangst_klopt_niet": Cause(
        "11.1",
        "De ontvangst noemt een andere inhoud dan verstuurd is. Controleer wat u ontving en meld het verschil.",
        "The receipt names other content than was sent. Check what you received and report the difference.",
    ),
    "ontvangst_verraadt": Cause(
        "7.2a",
        "Van een triageantwoord zegt u in het open alleen dat het kwam. Verzegel de bevindingen.",
        "Of a triage answer only that it came is told in clear. Seal what was found.",
    ),
    "ontvangst_onverzegeld": Cause(
        "7.2a",
        "De ontvangst van een triageantwoord heeft een verzegeld deel van 4096 bytes. Voeg het toe.",
        "The receipt of a triage answer has a sealed part of 4096 bytes. Add it.",
    ),
    "ontvangst_verzegeld": Cause(
        "7.2a",
        "Alleen een geopend triageantwoord krijgt een ontvangst met een verzegeld deel. Laat het weg.",
        "Only for a triage answer that was opened the receipt holds a sealed part. Leave it out.",
    ),
    "bevinding_verraadt": Cause(
        "7.2a",
        "Over een triageantwoord meldt u niets in het open. Verzegel de bevindingen in de ontvangst.",
        "Of a triage answer nothing is told in clear. Seal the findings in the receipt.",
    ),
    "gebruik_onbekend": Cause(
        "3.5c",
        "Het akkoord noemt geen fase met een doel van die fase. Kies beide uit het pakket.",
        "The agreement does not name a phase with a purpose of that phase. Choose both from the pack.",
    ),
    "houder_onbekend": Cause(
        "3.5c",
        "Het akkoord is voor een adres of hoedanigheid die het protocol niet kent. Noem een partij uit 6.4.",
        "The agreement is for an address or capacity unknown to the protocol. Name a party of 6.4.",
    ),
    "akkoord_verlopen": Cause(
        "3.5c", "Dit akkoord is al voorbij. Kies een later einde.", "This agreement has passed. Choose a later end."
    ),
    "akkoord_te_lang": Cause(
        "3.5c",
        "Dit akkoord geldt te lang. Kies een eerder einde en beoordeel het daarna opnieuw.",
        "This agreement lasts too long. Choose an earlier end and look at it again then.",
    ),
    "akkoord_voor_een_persoon": Cause(
        "3.5c",
        "Een akkoord gaat over één persoon. Geef voor ieder een eigen akkoord.",
        "An agreement is about one person. Give one of its own for each.",
    ),
    "taak_van_niemand": Cause(
        "3.5d",
        "Dit is geen taak van de ontvanger of van een andere partij die haar heeft. Noem van wie de taak is.",
        "This is no task of the recipient, or of another party that has it. Name whose task it is.",
    ),
    "vernietiging_klopt_niet": Cause(
        "11.2c",
        "Na het vernietigen heeft de sleutelkast een hoger nummer dan ervoor. Geef beide nummers zoals zij waren.",
        "After destroying the keystore has a higher number than before. Give both numbers as they were.",
    ),
    "geinformeerd_in_toekomst": Cause(
        "16.2",
        "De dag van informeren ligt in de toekomst. Meld het als het gebeurd is.",
        "The day of informing lies in the future. Report it when it was done.",
    ),
    "geinformeerd_te_oud": Cause(
        "16.2",
        "De dag van informeren ligt te lang voor deze casus. Informeer de persoon over deze casus en meld die dag.",
        "The day of informing lies too long before this case. Inform the person about this case and report that day.",
    ),
    "hercontrole_te_ver": Cause(
        "16.7",
        "De dag van hercontrole ligt te ver weg. Kies een eerdere dag.",
        "The day of the check is too far away. Choose an earlier one.",
    ),
    "hercontrole_voorbij": Cause(
        "16.7",
        "De dag van hercontrole is al voorbij. Kies een dag die nog komt.",
        "The day of the check has passed. Choose a day ahead.",
    ),
    # what a sealed answer says
    "inhoud_onleesbaar": Cause(
        "12",
        "Het verzegelde deel past niet in dit bericht. Maak het antwoord opnieuw.",
        "The sealed part does not fit this message. Make the answer again.",
    ),
    "nummer_anders": Cause(
        "12",
        "Het verzegelde deel hoort bij een ander bericht. Maak het antwoord opnieuw.",
        "The sealed part belongs to another message. Make the answer again.",
    ),
    "uitkomst_onbekend": Cause(
        "1.19",
        "Het protocol kent deze uitkomst niet. Kies er een uit het pakket.",
        "The protocol does not know this outcome. Choose one of the pack.",
    ),
    "items_zonder_bekend": Cause(
        "3.5a",
        "Alleen bij de uitkomst bekend gaan gegevens mee. Laat ze weg.",
        "Data go with the outcome bekend only. Leave them out.",
    ),
    "weigering_past_niet": Cause(
        "1.19",
        "Een weigering heeft een code, een ander antwoord niet. Pas de code aan.",
        "A refusal has a code, another answer has none. Change the code.",
    ),
    "weigering_onbekend": Cause(
        "1.19",
        "Het protocol kent deze weigering niet. Kies een code uit het pakket.",
        "The protocol does not know this refusal. Choose a code of the pack.",
    ),
    "uitkomst_verraadt": Cause(
        "7.2a",
        "Onder geheimhouding wordt alles behalve bekend: geen uitspraak. Verander de uitkomst.",
        "Under secrecy everything but bekend becomes: no statement. Change the outcome.",
    ),
    "bekend_zonder_toestemming": Cause(
        "7.2a",
        "Dat iemand bekend is valt onder de geheimhouding. Noem toestemming of uitzondering, of doe geen uitspraak.",
        "That somebody is known is under secrecy. Name consent or exception, or make no statement.",
    ),
    "te_veel_tegelijk": Cause(
        "12",
        "Dit gaat over te veel tegelijk om bij iedereen leesbaar aan te komen. Splits het bericht.",
        "This is about too much at once to arrive readable at everybody. Split the message.",
    ),
}
