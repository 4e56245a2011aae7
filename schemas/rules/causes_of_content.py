"""The second part of the list of reasons: what is wrong with what a message carries (append-only too)."""

from __future__ import annotations

from schemas.rules.causes import Cause

CAUSES_OF_CONTENT: dict[str, Cause] = {
    # form and minimisation
    "items_niet_toegestaan": Cause(
        "3.5a",
        "Deze soort bericht draagt geen gegevens. Laat items, grondslagen en vorm weg.",
        "This kind of message carries no data. Leave items, grounds and disclosure out.",
    ),
    "items_ontbreken": Cause(
        "3.5a",
        "Deze soort bericht draagt gegevens, maar er staan er geen in. Voeg de items toe.",
        "This kind of message carries data, but there are none. Add the items.",
    ),
    "vorm_onjuist": Cause(
        "3.5a",
        "Deze soort bericht noemt gegevens in een andere vorm (exact of plafond). Gebruik de vorm van de soort.",
        "This kind of message names data in another form (exact or ceiling). Use the form of the kind.",
    ),
    "verzegeld_zonder_items": Cause(
        "3.5a",
        "Er is iets verzegeld dat nergens genoemd staat. Laat het verzegelde deel weg.",
        "Something is sealed that is named nowhere. Leave the sealed part out.",
    ),
    "item_dubbel": Cause(
        "3.5a", "Dit staat er twee keer in. Noem het één keer.", "This stands here twice. Say it once."
    ),
    "persoon_onbekend": Cause(
        "B4",
        "Het protocol kent deze categorie personen niet. Kies er een uit Bijlage 4.",
        "The protocol does not know this category of persons. Choose one of Bijlage 4.",
    ),
    "categorie_onbekend": Cause(
        "B4",
        "Het protocol kent deze categorie gegevens niet. Laat haar weg.",
        "The protocol does not know this category of data. Leave it out.",
    ),
    "categorie_niet_voor_persoon": Cause(
        "B4",
        "Bijlage 4 noemt deze gegevens niet voor deze categorie personen. Laat ze weg.",
        "Bijlage 4 does not list these data for this category of persons. Leave them out.",
    ),
    "niet_in_deze_fase": Cause(
        "3.5a",
        "Deze gegevens gaan niet in deze fase met deze soort bericht. Laat ze weg.",
        "These data do not go in this phase with this kind of message. Leave them out.",
    ),
    "niet_voor_dit_doel": Cause(
        "3.5a",
        "Deze gegevens zijn niet nodig voor dit doel. Laat ze weg.",
        "These data are not needed for this purpose. Leave them out.",
    ),
    "niet_van_deze_melder": Cause(
        "3.5a",
        "Deze gegevens komen in deze fase niet van deze partij. Laat ze weg.",
        "These data do not come from this party in this phase. Leave them out.",
    ),
    "niveau_te_hoog": Cause(
        "3.5a",
        "Dit is meer detail dan de fase toestaat. Geef een lager niveau.",
        "This is more detail than the phase allows. Give a lower level.",
    ),
    "verboden_veld": Cause(
        "B4-x",
        "Dit gegeven staat in geen categorie van Bijlage 4 en mag nooit mee. Verwijder het.",
        "This is in no category of Bijlage 4 and may never go. Remove it.",
    ),
    "veld_onbekend": Cause(
        "3.5a",
        "Deze categorie kent dit veld niet. Laat het weg.",
        "This category does not have this field. Leave it out.",
    ),
    "veld_boven_niveau": Cause(
        "3.5a",
        "Dit veld hoort bij een hoger niveau dan het item noemt. Laat het weg.",
        "This field is of a higher level than the item says. Leave it out.",
    ),
    "veld_niet_hier": Cause(
        "3.5a",
        "Dit veld gaat niet mee in deze fase en soort bericht. Laat het weg.",
        "This field does not go in this phase and kind of message. Leave it out.",
    ),
    "persoon_dubbel": Cause(
        "B4",
        "Dezelfde persoon staat hier in twee categorieën. Noem hem overal in de categorie van deze casus.",
        "The same person stands here in two categories. Name him everywhere in the category of this case.",
    ),
    "bericht_onvolledig": Cause(
        "9.2",
        "Een aanmelding noemt aanleiding, gewenst resultaat, criteria en onderbouwing. Vul aan wat ontbreekt.",
        "A notification names its reason, the result wanted, criteria and why they are met. Add what is missing.",
    ),
    "veld_dubbel": Cause(
        "3.5a", "Dit veld staat er twee keer in. Noem het één keer.", "This field stands here twice. Say it once."
    ),
    "veld_vereist": Cause(
        "B4-2",
        "Voor deze persoon hoort erbij met wie de relatie is. Voeg dat veld toe of laat het item weg.",
        "For this person it must be said with whom the relation is. Add that field or leave the item out.",
    ),
    "mag_niet_verstrekken": Cause(
        "4.2",
        "Deze partij verstrekt deze categorie niet. Laat haar weg; wie haar mag verstrekken kan gevraagd worden.",
        "This party does not provide this category. Leave it out; who may provide it can be asked.",
    ),
    # origin, basis, task
    "herkomst_onbekend": Cause(
        "2.1",
        "De eerste verstrekker van dit gegeven is hier geen partij. Noem de partij van wie het komt.",
        "The first provider of this is no party here. Name the party that it comes from.",
    ),
    "grondslag_ontbreekt": Cause(
        "6.1", "Dit gegeven heeft geen grondslag. Voeg de grondslag toe.", "This has no basis. Add the ground."
    ),
    "grondslag_onbekend": Cause(
        "6.1",
        "Het protocol kent deze grondslag niet. Kies de grondslag die bij de herkomst hoort.",
        "The protocol does not know this basis. Choose the one that follows from the origin.",
    ),
    "grondslag_onjuist": Cause(
        "6.1",
        "De grondslag volgt uit wie het gegeven het eerst verstrekte. Gebruik die grondslag.",
        "The basis follows from who provided this first. Use that basis.",
    ),
    "regime_onjuist": Cause(
        "6.2",
        "Het regime volgt uit wie het gegeven het eerst verstrekte. Neem dat regime over.",
        "The regime follows from who provided this first. Take over that regime.",
    ),
    "besluit_ontbreekt": Cause(
        "6.4d",
        "Politiegegevens gaan alleen onder een getekend artikel 20 Wpg-besluit. Noem het besluit.",
        "Police data go only under a signed decree by article 20 Wpg. Name the decree.",
    ),
    "besluit_ongeldig": Cause(
        "6.4d",
        "Dit besluit staat hier niet als geldig. Laat een geldig besluit vastleggen en noem dat.",
        "This decree is not on record as valid. Have a valid one recorded and name it.",
    ),
    "kenmerk_ontbreekt": Cause(
        "7.1",
        "De geheimhouding van artikel 7 Wpg gaat met de gegevens mee. Zet het Wpg-merk bij de voorwaarden.",
        "The secrecy of article 7 Wpg travels with the data. Put the mark among the conditions.",
    ),
    "niet_uit_deze_bron": Cause(
        "4.2",
        "Alleen {who} verstrekt deze gegevens. Laat ze daar opnieuw vragen.",
        "Only {who} provides these data. Have them asked for there.",
    ),
    "politiegegevens_van_ander": Cause(
        "7.1",
        "Politiegegevens van eerder geeft u niet door. De politie verstrekt ze opnieuw.",
        "You do not pass on police data from before. The police provide them afresh.",
    ),
    "taak_van_ander": Cause(
        "5.2",
        "Noem de eigen taak, of de taak van de partij waarvoor het is.",
        "Name your own task, or that of the party that it is done for.",
    ),
    "taak_onbekend": Cause(
        "5.2",
        "Het protocol kent deze taak niet. Kies een taak uit artikel 6.4.",
        "The protocol does not know this task. Choose a task of article 6.4.",
    ),
    "taak_niet_van_partij": Cause(
        "5.2",
        "Deze partij is niet met deze taak toegetreden. Noem een taak die zij heeft.",
        "This party did not accede with this task. Name a task that it has.",
    ),
    "niet_voor_deze_taak": Cause(
        "6.4",
        "Zonder eigen hoedanigheid verstrekt u alleen voor taken van anderen uit uw toetreding. Noem zo'n taak.",
        "Without a capacity you provide only for the tasks of others in your accession. Name such a task.",
    ),
    "noodzaak_ontbreekt": Cause("5.2", "Zeg waarom dit nodig is. Voeg de noodzaak toe.", "Say why this is needed."),
    "noodzaak_onbekend": Cause(
        "5.2",
        "Het protocol kent deze noodzaak niet in deze fase. Kies een code uit het pakket.",
        "The protocol does not know this necessity in this phase. Choose a code of the pack.",
    ),
    "noodzaak_zonder_toelichting": Cause(
        "5.2",
        "De verzegelde toelichting ontbreekt. Schrijf waarom dit nodig is.",
        "The sealed explanation is missing. Write why this is needed.",
    ),
    "toelichting_in_het_open": Cause(
        "5.2",
        "Onder een plafond hoort de toelichting alleen in het verzegelde deel. Haal haar uit het open deel.",
        "Under a ceiling the explanation belongs in the sealed part only. Take it out of the clear part.",
    ),
    # secrecy, informing, agreement
    "huis_geen_bron": Cause(
        "2.1",
        "Het huis is van deze gegevens niet de eerste verstrekker. Noem de partij van wie zij komen.",
        "The house is not the first provider of these data. Name the party that they come from.",
    ),
    "huis_zendt_zelf": Cause(
        "2.1",
        "Wat het huis zelf schreef, stuurt alleen het huis. Noem de partij van wie het gegeven komt.",
        "What the house wrote itself, only the house sends. Name the party that the item comes from.",
    ),
    "herkomst_niet_genoemd": Cause(
        "2.1",
        "Deze tekst van het huis rust op gegevens van anderen. Noem van welke gegevens hij is gemaakt.",
        "This text of the house rests on data of others. Name the items that it was made of.",
    ),
    "afgeleid_niet_hier": Cause(
        "2.1",
        "Alleen tekst van het huis in het casusoverleg rust op gegevens van anderen. Laat de partij zelf verstrekken.",
        "Only the house's own text in the case meeting rests on data of others. Let the party provide them itself.",
    ),
    "geheimhouding_onjuist": Cause(
        "7.2",
        "Noem precies de geheimhouding die op de verstrekker rust.",
        "Name exactly the secrecy that rests on the provider.",
    ),
    "toestemming_ontbreekt": Cause(
        "7.2b",
        "Hiervoor is toestemming nodig. Alleen de betrokken zorg- of hulpverlener zelf kan, als toestemming niet is "
        "verkregen, van 7.2e gebruikmaken.",
        "This needs consent. Only the care professional himself can, where consent was not obtained, use 7.2e.",
    ),
    "toestemming_buiten_fase": Cause(
        "7.2a",
        "De toestemming is niet voor deze fase gegeven. Vraag haar opnieuw voor deze casus en fase.",
        "The consent was not given for this phase. Ask for it again for this case and phase.",
    ),
    "uitzondering_onbekend": Cause(
        "7.2e",
        "Het protocol kent deze uitzondering niet. Kies conflict van plichten of goed hulpverlenerschap.",
        "The protocol does not know this exception. Choose one of the pack.",
    ),
    "toestemming_en_uitzondering": Cause(
        "7.2e",
        "Een uitzondering geldt alleen als er geen toestemming is. Noem een van beide.",
        "An exception counts only where there is no consent. Name one of the two.",
    ),
    "toestemming_voor_een": Cause(
        "7.2a",
        "Toestemming geldt voor één persoon. Maak per persoon een eigen grondslag met diens toestemming.",
        "Consent is one person's. Make a ground of its own for each person, with that person's consent.",
    ),
    "uitzondering_van_ander": Cause(
        "7.2e",
        "Alleen de betrokken zorg- of hulpverlener zelf maakt van 7.2e gebruik. Vraag toestemming.",
        "Only the care professional himself uses 7.2e. Ask for consent.",
    ),
    "toestemming_niet_doorgegeven": Cause(
        "7.2b",
        "De verstrekker noemde deze toestemming niet in zijn akkoord. Vraag een akkoord met de toestemming erbij.",
        "The provider did not name this consent when it agreed. Ask for an agreement that names it.",
    ),
    "niet_geinformeerd": Cause(
        "16.1",
        "Meld eerst wanneer en hoe deze persoon is geïnformeerd. Uitstel mag alleen op een grond van artikel 16.6 "
        "(a-e), vastgelegd in uw register.",
        "Report first when and how this person was told. Deferral needs a ground of 16.6 (a-e) in your register.",
    ),
    "hercontrole_verlopen": Cause(
        "16.7",
        "Het informeren is uitgesteld en de dag van hercontrole is voorbij. Beoordeel het opnieuw en meld dat.",
        "Informing was deferred and the day of the check has passed. Look again and report it.",
    ),
    "akkoord_ontbreekt": Cause(
        "3.5c",
        "De eerste verstrekker heeft dit gebruik niet goedgekeurd. Vraag akkoord voor fase, doel en ontvanger.",
        "The first provider has not agreed to this use. Ask its agreement for phase, purpose and recipient.",
    ),
    "geinformeerd_anders": Cause(
        "16.2",
        "De grondslag zegt over het informeren iets anders dan gemeld is. Neem over wat gemeld is, of laat het weg.",
        "The ground says other of informing than was reported. Say what was reported, or leave it out.",
    ),
    "akkoord_anders": Cause(
        "3.5c",
        "Het akkoord gaat over een andere persoon, categorie of minder velden. Houd u aan het akkoord.",
        "The agreement is about another person or category, or fewer fields. Keep to the agreement.",
    ),
    "niet_voortgezet": Cause(
        "3.5b",
        "Dit gegeven ging niet mee naar deze fase. Laat het weg of laat het opnieuw verstrekken.",
        "This was not taken along to this phase. Leave it out or have it provided afresh.",
    ),
    "item_bekend": Cause(
        "2.1",
        "Een van deze nummers is in dit huis al gebruikt. Geef elk item een nieuw nummer.",
        "One of these numbers was used in this house before. Give each item a new number.",
    ),
    # keys
    "sleutel_ontbreekt": Cause(
        "12",
        "Van deze ontvanger is deze casussleutel niet (meer) bekend. Vraag een sleutel en verzegel opnieuw.",
        "This case key of this recipient is not known (any more). Ask for a key and seal again.",
    ),
    "sleutel_fase": Cause(
        "11.2",
        "Een casussleutel is voor de fase van het bericht. Maak een sleutel voor deze fase.",
        "A case key is for the phase of the message. Make a key for this phase.",
    ),
    "sleutel_verlopen": Cause(
        "11.2", "Deze casussleutel is al verlopen. Maak een nieuwe.", "This case key has expired. Make a new one."
    ),
    "sleutel_dubbel": Cause(
        "11.2",
        "Deze casussleutel staat er twee keer in. Noem hem één keer.",
        "This case key stands here twice. Say it once.",
    ),
}
