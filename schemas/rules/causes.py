"""The closed, append-only list of reasons: code -> article, and a sentence that tells the sender what to do.

A code never changes its meaning. The article is that of ``protocol/rules.md``; where it depends on the message
(B4-1 to B4-4) the rule names it. Texts hold no value of the message.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """One code: the article that it cites and both texts."""

    rule: str
    nl: str
    en: str


CAUSES: dict[str, Cause] = {
    # membership
    "pakket_anders": Cause(
        "28",
        "Het bericht noemt een ander protocolpakket. Beslis met het pakket dat het bericht noemt.",
        "The message names another protocol pack. Decide with the pack that the message names.",
    ),
    "pakket_niet_van_kracht": Cause(
        "28",
        "Dit protocolpakket is nu niet van kracht. Maak het bericht opnieuw onder het geldende pakket.",
        "This protocol pack is not in force now. Make the message again under the pack that is.",
    ),
    "pakket_van_de_vraag": Cause(
        "28",
        "Een antwoord valt onder het pakket van de vraag. Noem het pakket van de vraag.",
        "An answer comes under the pack of its question. Name the pack of the question.",
    ),
    "niet_toegetreden": Cause(
        "29",
        "Dit adres is (nog) niet toegetreden tot dit huis. Vraag de manager om toetreding.",
        "This address has not acceded to this house (yet). Ask the manager about accession.",
    ),
    "uitgetreden": Cause(
        "30",
        "Deze organisatie is uitgetreden of uitgesloten. Stuur haar niets en ontvang niets van haar.",
        "This organisation has left or was excluded. Send it nothing and receive nothing from it.",
    ),
    "hoedanigheid_onbekend": Cause(
        "6.4",
        "Het protocol kent deze hoedanigheid niet. Gebruik een hoedanigheid uit artikel 6.4.",
        "The protocol does not know this capacity. Use a capacity of article 6.4.",
    ),
    "ontvanger_zonder_grondslag": Cause(
        "6.4",
        "Deze ontvanger heeft geen hoedanigheid van artikel 6.4 en ontvangt geen casusgegevens. Haal hem weg.",
        "This recipient has no capacity of article 6.4 and receives no case data. Take it out.",
    ),
    "namens_ontbreekt": Cause(
        "5.1",
        "Het huis handelt altijd namens een partij. Noem de partij van deze casus.",
        "The house always acts for a party. Name the party of this case.",
    ),
    "namens_onjuist": Cause(
        "5.1",
        "Het huis handelt in deze casus namens een andere partij. Noem die partij.",
        "The house acts for another party in this case. Name that party.",
    ),
    "namens_alleen_huis": Cause(
        "5.1",
        "Alleen het huis handelt namens een ander. Laat dit lid weg.",
        "Only the house acts for somebody else. Leave this member out.",
    ),
    "huis_zonder_grondslag": Cause(
        "5.1",
        "De partij waarvoor het huis handelt heeft geen hoedanigheid van artikel 6.4. Laat een partij met grondslag "
        "aanmelden.",
        "The party that the house acts for has no capacity of article 6.4. Let a party with a ground notify.",
    ),
    # case, phase, purpose, time
    "casus_ontbreekt": Cause(
        "3.4", "Elk bericht gaat over een casus. Noem de casus.", "Each message is about a case. Name the case."
    ),
    "casus_bestaat": Cause(
        "1.18",
        "Deze casus is al geopend. Kies voor een nieuwe aanmelding een nieuw casusnummer.",
        "This case was opened before. Draw a new case number for a new notification.",
    ),
    "casus_onbekend": Cause(
        "1.18",
        "Deze casus is niet geopend. Begin met een aanmelding.",
        "This case was not opened. Begin with a notification.",
    ),
    "fase_ontbreekt": Cause(
        "3.4", "Elk bericht hoort bij een fase. Noem de fase.", "Each message is of a phase. Name the phase."
    ),
    "fase_onbekend": Cause(
        "3.5a", "Het protocol kent deze fase niet. Noem de fase van de casus.", "The protocol does not know this phase."
    ),
    "fase_onjuist": Cause(
        "3.5a",
        "De casus is in een andere fase. Maak het bericht opnieuw voor de huidige fase, als het daar mag.",
        "The case is in another phase. Make the message again for the current phase, if it may go there.",
    ),
    "soort_niet_in_fase": Cause(
        "3.5a",
        "Deze soort bericht hoort niet bij deze fase. Wacht op de fase waarin het mag.",
        "This kind of message does not belong to this phase. Wait for the phase in which it may go.",
    ),
    "doel_ontbreekt": Cause(
        "3.4",
        "Gegevens gaan alleen voor een doel. Noem het doel.",
        "Data go for a purpose only. Name the purpose.",
    ),
    "doel_niet_gevraagd": Cause(
        "3.4",
        "Deze soort bericht heeft geen doel. Laat het doel weg.",
        "This kind of message has no purpose. Leave the purpose out.",
    ),
    "doel_onbekend": Cause(
        "B2",
        "Het protocol kent dit doel niet. Kies een doel van deze fase.",
        "The protocol does not know this purpose. Choose a purpose of this phase.",
    ),
    "doel_niet_in_fase": Cause(
        "B2",
        "Dit doel hoort bij een andere fase. Kies een doel van deze fase.",
        "This purpose belongs to another phase. Choose a purpose of this phase.",
    ),
    "verlopen": Cause(
        "11.1", "Het bericht is verlopen. Maak een nieuw bericht.", "The message has expired. Make a new one."
    ),
    "te_lang_geldig": Cause(
        "11.1",
        "Het bericht blijft langer geldig dan het protocol toestaat. Kies een kortere termijn.",
        "The message stays valid for longer than the protocol allows. Choose a shorter term.",
    ),
    "van_fase_onjuist": Cause(
        "B2-out",
        "Het besluit begint niet in de fase van de casus. Noem de huidige fase.",
        "The decision does not start in the phase of the case. Name the current phase.",
    ),
    "overgang_niet_toegestaan": Cause(
        "B2-out",
        "Deze overgang bestaat niet. Geen fase wordt overgeslagen of opnieuw geopend.",
        "There is no such transition. No phase is skipped and none entered again.",
    ),
    "besluit_past_niet": Cause(
        "B2-out",
        "Het besluit en de nieuwe fase passen niet bij elkaar. Maak ze gelijk.",
        "The decision and the new phase do not belong together. Make them agree.",
    ),
    "reden_onbekend": Cause(
        "B2-out",
        "Het protocol kent deze reden niet in deze fase. Kies een reden uit het pakket.",
        "The protocol does not know this reason in this phase. Choose a reason of the pack.",
    ),
    "dag_in_toekomst": Cause(
        "B2-out",
        "De dag van het besluit ligt in de toekomst. Noem de dag waarop het genomen is.",
        "The day of the decision lies in the future. Name the day on which it was taken.",
    ),
    "dag_voor_fase": Cause(
        "B2-out",
        "De dag van het besluit ligt vóór het begin van deze fase. Noem de dag waarop het genomen is.",
        "The day of the decision lies before this phase began. Name the day on which it was taken.",
    ),
    "reden_past_niet": Cause(
        "B2-out",
        "Deze reden hoort niet bij dit besluit. Kies een reden die het besluit draagt.",
        "This reason does not go with this decision. Choose a reason that carries the decision.",
    ),
    "casusregie_niet_hier": Cause(
        "9.4",
        "De casusregie wordt pas belegd bij het besluit tot casusoverleg of later. Laat haar hier weg.",
        "A case gets its director with the decision to a case meeting or later. Leave it out here.",
    ),
    "casusregie_geen_partij": Cause(
        "9.4",
        "De casusregie ligt bij een partij die aan deze casus deelneemt en een grondslag heeft. Kies zo'n partij.",
        "A case is directed by a party that takes part in it and has a ground. Choose such a party.",
    ),
    # kinds and roster
    "soort_onbekend": Cause(
        "3.4",
        "Dit protocolpakket kent deze soort bericht niet. Kies een soort uit het pakket.",
        "This protocol pack does not know this kind of message. Choose a kind of the pack.",
    ),
    "afzender_niet_bevoegd": Cause(
        "9.6",
        "Met deze rol in de casus stuurt u deze soort bericht niet.",
        "With this role in the case you do not send this kind of message.",
    ),
    "ontvanger_niet_bevoegd": Cause(
        "9.6",
        "Deze soort bericht gaat niet naar deze ontvanger. Kies een ontvanger die het protocol noemt.",
        "This kind of message does not go to this recipient. Choose a recipient that the protocol names.",
    ),
    "gevraagde_alleen": Cause(
        "1.19",
        "Wie alleen in de triage is gevraagd, mag niet zien wie nog meer meedoet. Stuur dit adres een eigen bericht.",
        "Who was only asked in triage may not see who else takes part. Send this address a message of its own.",
    ),
    "te_veel_ontvangers": Cause(
        "1.19",
        "Stuur ieder een eigen bericht, zodat niemand ziet wie nog meer is benaderd.",
        "Send each its own message, so that nobody sees who else was addressed.",
    ),
    "geen_deelnemer": Cause(
        "9.6",
        "Dit adres neemt niet deel aan deze casus. Laat het huis het eerst toelaten.",
        "This address takes no part in this case. Let the house admit it first.",
    ),
    "alleen_melder_en_huis": Cause(
        "1.18",
        "Tot de triage gaat een casus alleen tussen melder en huis. Wacht met anderen tot de triage.",
        "Until triage a case is between notifier and house only. Wait for triage before asking others.",
    ),
    # replies and questions
    "antwoord_op_ontbreekt": Cause(
        "1.19",
        "Dit bericht is een antwoord. Noem het bericht waarop het antwoord geeft.",
        "This message is a reply. Name the message that it replies to.",
    ),
    "antwoord_op_niet_gevraagd": Cause(
        "1.19",
        "Deze soort bericht antwoordt nergens op. Laat het nummer weg.",
        "This kind of message replies to nothing. Leave the number out.",
    ),
    "antwoord_op_onbekend": Cause(
        "1.19",
        "Het bericht waarop dit antwoordt is in deze casus niet bekend. Controleer het nummer.",
        "The message that this replies to is not known in this case. Check the number.",
    ),
    "antwoord_past_niet": Cause(
        "1.19",
        "Deze soort antwoord hoort niet bij dat bericht. Kies de soort die erbij hoort.",
        "This kind of reply does not belong to that message. Choose the kind that does.",
    ),
    "vraag_niet_aan_u": Cause(
        "1.19",
        "Dat bericht was niet aan dit adres gericht. Alleen wie het kreeg antwoordt.",
        "That message was not addressed to this address. Only who received it replies.",
    ),
    "antwoord_aan_ander": Cause(
        "1.19",
        "Een antwoord gaat alleen naar wie het bericht stuurde. Pas de ontvanger aan.",
        "A reply goes only to who sent the message. Change the recipient.",
    ),
    "al_beantwoord": Cause(
        "1.19",
        "Hierop is al geantwoord. Wacht op een nieuwe vraag.",
        "This was answered before. Wait for a new question.",
    ),
    "te_vroeg": Cause(
        "7.2a",
        "Het antwoord komt vóór het afgesproken moment. Wacht tot dat moment.",
        "The answer comes before the agreed moment. Wait until then.",
    ),
    "te_laat": Cause(
        "7.2a",
        "De termijn voor dit antwoord is voorbij. Vraag om een nieuwe vraag.",
        "The term for this answer has passed. Ask for a new question.",
    ),
    "vraag_zonder_plafond": Cause(
        "7.2a",
        "De vraag zegt niet wat het antwoord hoogstens mag bevatten. Beantwoord haar niet.",
        "The question does not say what its answer may hold at most. Do not answer it.",
    ),
    "wijkt_af_van_vraag": Cause(
        "7.2a",
        "Het open deel van een antwoord is dat van de vraag. Neem dit onverkort over uit de vraag.",
        "The clear part of an answer is that of its question. Copy this from the question as it is.",
    ),
    "buiten_het_plafond": Cause(
        "3.5a",
        "Dit is niet gevraagd. Laat het weg of geef minder.",
        "This was not asked. Leave it out or give less.",
    ),
    "grondslag_buiten_vraag": Cause(
        "3.5a",
        "Deze grondslag staat niet in de vraag. Gebruik een grondslag uit de vraag.",
        "This ground is not in the question. Use a ground of the question.",
    ),
    "een_persoon": Cause(
        "1.19",
        "Een vraag gaat over één persoon. Stuur per persoon een vraag.",
        "A question is about one person. Send a question for each person.",
    ),
    "andere_persoon": Cause(
        "1.19",
        "Het antwoord mag alleen gaan over de persoon van de vraag. Pas het plafond aan.",
        "The answer may be about the person of the question only. Change the ceiling.",
    ),
    "niets_te_antwoorden": Cause(
        "3.5a",
        "Deze partij mag over deze persoon niet eens zeggen of zij hem kent. Stel haar deze vraag niet.",
        "About this person this party may not even say whether it knows him. Do not ask it.",
    ),
    "antwoordmoment_voorbij": Cause(
        "7.2a",
        "Het moment van antwoorden ligt niet in de toekomst. Kies een later moment.",
        "The moment of the answer does not lie ahead. Choose a later one.",
    ),
    "antwoordmoment_te_laat": Cause(
        "7.2a",
        "Het antwoord is verlopen voordat het gegeven wordt. Kies een later einde of een eerder moment.",
        "The answer expires before it is given. Choose a later end or an earlier moment.",
    ),
    "antwoord_te_lang_geldig": Cause(
        "11.1",
        "Het antwoord zou langer geldig zijn dan het protocol toestaat. Kies een eerder einde.",
        "The answer would be valid for longer than the protocol allows. Choose an earlier end.",
    ),
    "mandaat_onjuist": Cause(
        "5.1",
        "Dit is niet het mandaat waarmee de melder deze casus opende. Voeg dat mandaat bij.",
        "This is not the mandate by which the notifier opened this case. Add that mandate.",
    ),
}
