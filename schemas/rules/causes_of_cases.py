"""The fourth part of the list of reasons: what goes on with a case, and who decides about its data (append-only)."""

from __future__ import annotations

from schemas.rules.causes import Cause

CAUSES_OF_CASES: dict[str, Cause] = {
    # what comes before a pack and before anybody sees data
    "pakket_zonder_dpia": Cause(
        "15",
        "Voor dit protocolpakket is geen DPIA vastgelegd. Laat voorzitter en manager dat eerst doen.",
        "No DPIA is on record for this protocol pack. Have chair and manager record it first.",
    ),
    "pakket_te_vroeg": Cause(
        "15",
        "De fg's hebben hun adviestermijn voor dit pakket niet gehad. Laat het pakket later ingaan.",
        "The fgs have not had their term to advise on this pack. Have it come into force later.",
    ),
    "pakket_zonder_besluit": Cause(
        "28",
        "Voor dit protocolpakket is geen besluit van de stuurgroep vastgelegd. Laat dat eerst doen.",
        "No decision of the steering group is on record for this protocol pack. Have it recorded first.",
    ),
    "geheimhouding_ontbreekt": Cause(
        "13.1",
        "Van deze ontvanger is geen verklaring van geheimhouding vastgelegd. Laat die eerst vastleggen.",
        "No declaration of secrecy of this recipient is on record. Have it recorded first.",
    ),
    "screening_verlopen": Cause(
        "13.3",
        "De VOG of screening bij deze ontvanger ontbreekt of is verlopen. Laat die eerst vernieuwen.",
        "The certificate of conduct or screening at this recipient is missing or expired. Have it renewed first.",
    ),
    # within whom data go
    "buiten_de_deelnemers": Cause(
        "24",
        "Buiten de deelnemers gaan geen gegevens. Wat de wet anders eist, weegt u zelf, buiten dit systeem.",
        "No data go beyond those who take part. What the law demands otherwise is yours to weigh, elsewhere.",
    ),
    "niet_in_het_overleg": Cause(
        "1.20",
        "In het casusoverleg delen alleen huis en toegelaten deelnemers. Laat het huis dit adres eerst uitnodigen.",
        "In the case meeting only the house and the admitted parties share. Have the house invite this address first.",
    ),
    "alleen_voor_overdracht": Cause(
        "1.21",
        "In de afschaling ontvangen alleen het huis en de casusregisseur. Haal deze ontvanger weg.",
        "While scaling down only the house and the case director receive. Take this recipient out.",
    ),
    "afschaling_voorbij": Cause(
        "11.2a",
        "De tijd voor de overdracht is voorbij; er gaan geen gegevens meer. Laat het huis de casus afsluiten.",
        "The time for the hand-over has passed; no more data go. Have the house close the case.",
    ),
    "uitnodiging_zonder_ontvanger": Cause(
        "1.20",
        "Wie wordt toegelaten, krijgt de uitnodiging zelf. Zet dit adres ook bij de ontvangers.",
        "Who is admitted gets the invitation. Put this address among the recipients too.",
    ),
    "alleen_eigen_deelname": Cause(
        "9.6",
        "U beëindigt alleen uw eigen deelname. Vraag het huis om een ander te laten vertrekken.",
        "You end only your own part in the case. Ask the house to have somebody else leave.",
    ),
    # decisions about the case
    "einde_zonder_ontvanger": Cause(
        "9.6",
        "Van wie de deelname eindigt, hoort dat zelf. Zet dit adres ook bij de ontvangers.",
        "Whose part ends is told that. Put this address among the recipients too.",
    ),
    "overleg_ontbreekt": Cause(
        "B2-out",
        "Afschalen of casusregie beleggen wordt in het casusoverleg besloten. Leg het verslag ervan vast en noem het.",
        "Scaling down or giving case direction is decided in the case meeting. Record that meeting and name it.",
    ),
    "casusregie_ontbreekt": Cause(
        "B2-out",
        "Een besluit over de casusregie noemt wie haar krijgt. Vul de partij in.",
        "A decision about case direction names who gets it. Fill in the party.",
    ),
    "behoud_zonder_doel": Cause(
        "3.5b",
        "Wat mee mag, is nodig voor een doel van de nieuwe fase. Noem die doelen, of laat niets meegaan.",
        "What comes along is necessary for a purpose of the new phase. Name these purposes, or keep nothing.",
    ),
    "termijn_onbekend": Cause(
        "11.4",
        "Deze termijn is niet te verschuiven. Kies een termijn van artikel 11 uit het pakket.",
        "This term cannot be moved. Choose a term of article 11 of the pack.",
    ),
    "termijn_voorbij": Cause(
        "11.4",
        "Het nieuwe einde is voorbij, of niet later dan het oude. Kies een later einde.",
        "The new end is over, or no later than the old one. Choose a later one.",
    ),
    "termijn_te_ver": Cause(
        "11.4",
        "Een termijn schuift hoogstens een jaar op. Kies een eerder einde.",
        "A term is moved by a year at most. Choose an earlier end.",
    ),
    # outside the meeting
    "afspraak_onbekend": Cause(
        "5.3.1",
        "De afspraak waarop dit rust is in deze casus niet bekend. Noem het bericht waarin zij staat.",
        "The agreement that this rests on is not known in this case. Name the message that records it.",
    ),
    "afspraak_past_niet": Cause(
        "5.3.1",
        "Deze afspraak draagt dit doel of deze ontvanger niet. Noem het plan of het besluit dat dat doet.",
        "This agreement does not carry this purpose or recipient. Name the plan or the decision that does.",
    ),
    "doel_vraagt_actie": Cause(
        "5.3.1",
        "Voor dit doel verstrekt u aan één partij, met een actie die de afspraak noemt. Gebruik die soort.",
        "For this purpose you provide to one party, by an actie that names the agreement. Use that kind.",
    ),
    # control of the provider
    "akkoord_voor_toetreding": Cause(
        "3.5c",
        "Dit akkoord is ouder dan de deelname van deze ontvanger. Vraag de verstrekker om een nieuw akkoord.",
        "This agreement is older than the part that this recipient takes. Ask the provider to agree anew.",
    ),
    "eigen_taak_zonder_akkoord": Cause(
        "3.5d",
        "Voor een eigen taak is een apart akkoord nodig dat die taak noemt. Vraag het de verstrekker.",
        "An own task needs a separate agreement that names that task. Ask the provider for it.",
    ),
    "verzoek_aan_ander": Cause(
        "3.5c",
        "Vraag akkoord aan wie het gegeven het eerst verstrekte, en aan niemand anders.",
        "Ask who first provided the item to agree, and nobody else.",
    ),
    "doel_niet_verenigbaar": Cause(
        "13.5",
        "Dit doel is niet verenigbaar met het doel waarvoor het gegeven kwam. Laat het opnieuw verstrekken.",
        "This purpose is not compatible with the one for which this came. Have it provided afresh.",
    ),
    "geheim_zonder_akkoord": Cause(
        "13.6",
        "Dit komt van een partij met geheimhouding en gaat alleen verder met haar akkoord. Vraag haar dat.",
        "This comes from a party under secrecy and goes on only with its agreement. Ask it to agree.",
    ),
    "toestemming_politie_onbekend": Cause(
        "7.1",
        "Deze toestemming van de politie past niet bij dit gegeven en deze afzender. Noem de juiste of laat het weg.",
        "This permission of the police does not fit this item and sender. Name the right one or leave the item out.",
    ),
    # what goes no further
    "verstrekker_uitgetreden": Cause(
        "30",
        "Wie dit verstrekte, hoort niet meer bij dit huis en kan nergens meer mee instemmen. Laat het weg.",
        "Who provided this belongs to this house no longer and can agree to nothing. Leave it out.",
    ),
    "toestemming_ingetrokken": Cause(
        "7.2d",
        "De toestemming hiervoor is ingetrokken. Verstrek dit niet meer en laat het weg.",
        "The consent for this was withdrawn. Provide it no more and leave it out.",
    ),
    "intrekking_niet_gemeld": Cause(
        "13.7",
        "Meld een ingetrokken toestemming ook aan het huis, dat gegevens doorgeeft. Zet het bij de ontvangers.",
        "Tell the house too that a consent was withdrawn: it passes data on. Put it among the recipients.",
    ),
    "item_onjuist": Cause(
        "9.5",
        "Dit gegeven is onjuist gebleken. Laat het weg; de verstrekker geeft het juiste opnieuw.",
        "This turned out to be wrong. Leave it out; its provider gives what is right anew.",
    ),
    "correctie_niet_gemeld": Cause(
        "9.5",
        "Meld een onjuist gegeven aan het huis en aan de casusregisseur. Zet beiden bij de ontvangers.",
        "Report what is wrong to the house and to the case director. Put both among the recipients.",
    ),
    "item_beperkt": Cause(
        "20",
        "Het gebruik van dit gegeven is beperkt. Laat het weg, of noem de grond van 20.3 bij de voorwaarden.",
        "The use of this is restricted. Leave it out, or name the ground of 20.3 among the conditions.",
    ),
    "verzet_toegewezen_blijft": Cause(
        "21",
        "Het verzet van de betrokkene tegen dit gebruik is toegewezen. Laat dit weg; artikel 20.3 geldt hier niet.",
        "The objection of the person to this use was granted. Leave this out; article 20.3 does not apply here.",
    ),
    "item_van_ander": Cause(
        "2.1",
        "Over dit gegeven beslist alleen wie het het eerst verstrekte. Vraag die partij.",
        "Only who first provided this decides about it. Ask that party.",
    ),
    "eigen_loket": Cause(
        "17.5-6",
        "Hierover beslist alleen de partij van wie dit komt, aan haar eigen loket. Verwijs het verzoek daarheen.",
        "Only the party that this comes from decides about it, at its own desk. Send the request there.",
    ),
    "beperking_grond_onbekend": Cause(
        "20",
        "Het protocol kent deze grond van beperking niet. Kies een grond van artikel 20 of 21.",
        "The protocol does not know this ground of restriction. Choose one of article 20 or 21.",
    ),
}
