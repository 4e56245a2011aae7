"""The closed, append-only list of codes that may cross the wire, with what they mean in Dutch and English.

A code never changes its meaning and is never removed. Reasons of refusals are not listed here: each rule of the
kernel brings its own (:mod:`schemas.rules`); the door's one code for them is ``geweigerd``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One code: its HTTP status and a sentence that says what to do next."""

    status: int
    nl: str
    en: str


PROBLEMS: dict[str, Problem] = {
    "geweigerd": Problem(
        403,
        "Het protocol staat dit bericht niet toe. Zie de redenen.",
        "The protocol does not allow this message. See the reasons.",
    ),
    "geen_json": Problem(
        400, "Dit is geen JSON. Controleer wat uw systeem verstuurt.", "This is not JSON. Check what your system sends."
    ),
    "geen_object": Problem(400, "Hier hoort een JSON-object.", "A JSON object is expected here."),
    "dubbel_lid": Problem(
        400,
        "Een naam staat twee keer in hetzelfde object. Stuur hem één keer.",
        "A name stands twice in one object. Send it once.",
    ),
    "getal": Problem(400, "Getallen zijn hele getallen onder 2^53.", "Numbers are integers below 2^53."),
    "tekst": Problem(
        400,
        "Tekst is UTF-8 in de vorm NFC, zonder halve tekens.",
        "Text is UTF-8 in form NFC, without half characters.",
    ),
    "base64": Problem(
        400, "Base64url staat zonder opvulling en in zijn enige vorm.", "Base64url is unpadded and in its one form."
    ),
    "te_groot": Problem(
        413, "Het bericht is te groot. Stuur minder in één keer.", "The message is too large. Send less at once."
    ),
    "te_diep": Problem(
        400, "Het bericht is te diep genest (meer dan 16).", "The message is nested too deeply (more than 16)."
    ),
    "bericht_vorm": Problem(
        400,
        "De envelop heeft niet de afgesproken vorm. Zie de plaats.",
        "The envelope does not have the agreed form. See the place.",
    ),
    "manifest_vorm": Problem(
        400,
        "Het manifest heeft niet de afgesproken vorm. Zie de plaats.",
        "The manifest does not have the agreed form. See the place.",
    ),
    "soort_onbekend": Problem(
        400, "Deze soort bericht bestaat niet in dit profiel.", "This kind of message does not exist in this profile."
    ),
    "handtekening_vorm": Problem(
        400,
        "De handtekening heeft niet de afgesproken vorm (alg, kid, typ).",
        "The signature does not have the agreed form (alg, kid, typ).",
    ),
    "handtekening_fout": Problem(
        400,
        "De handtekening klopt niet. Onderteken opnieuw met de eigen sleutel.",
        "The signature does not verify. Sign again with your own key.",
    ),
    "sleutel_onbekend": Problem(
        400, "Deze sleutel staat niet in het logboek van dit huis.", "This key is not in the log of this house."
    ),
    "sleutel_verlopen": Problem(
        400, "Deze sleutel is niet geldig op dit moment. Vernieuw hem.", "This key is not valid at this time. Renew it."
    ),
    "sleutel_ingetrokken": Problem(400, "Deze sleutel is ingetrokken.", "This key was revoked."),
    "verkeerde_afzender": Problem(
        403,
        "Het certificaat hoort niet bij de ondertekenaar of de afzender.",
        "The certificate does not belong to the signer or the sender.",
    ),
    "verkeerd_huis": Problem(
        400,
        "Het bericht is voor een ander huis dan het adres zegt.",
        "The message is for another house than the route says.",
    ),
    "huis_onbekend": Problem(404, "Dit huis bestaat hier niet.", "This house does not exist here."),
    "te_vroeg": Problem(
        400, "Het bericht komt uit de toekomst. Zet uw klok gelijk.", "The message is from the future. Set your clock."
    ),
    "verlopen": Problem(
        400, "Het bericht is verlopen. Maak een nieuw bericht.", "The message has expired. Make a new one."
    ),
    "te_lang_geldig": Problem(
        400,
        "Het bericht is langer geldig dan het protocol toestaat.",
        "The message is valid for longer than the protocol allows.",
    ),
    "nummer_hergebruikt": Problem(
        409,
        "Dit berichtnummer is al gebruikt voor een ander bericht. Neem een nieuw nummer.",
        "This message id was used for another message. Take a new id.",
    ),
    "verzegeling_fout": Problem(
        400, "Het verzegelde deel hoort niet bij het manifest.", "The sealed part does not belong to the manifest."
    ),
    "suite_niet_toegestaan": Problem(
        400,
        "In deze suite mag tussen deze adressen niet worden verzegeld. Gebruik keten-pq, of laat het huis de partij "
        "voor keten-ec aanwijzen in haar toetreding.",
        "Nothing may be sealed in this suite between these addresses. Use keten-pq, or have the house name the party "
        "for keten-ec in its accession.",
    ),
    "mandaat_fout": Problem(
        400,
        "Het mandaat is niet van de melder, of niet voor deze casus en dit huis. Laat de melder het ondertekenen.",
        "The mandate is not the notifier's, or not for this case and house. Have the notifier sign it.",
    ),
    "pakket_onbekend": Problem(404, "Dit protocolpakket is hier niet bekend.", "This protocol pack is not known here."),
    "casus_onbekend": Problem(
        404, "Deze casus is er niet, of u neemt er niet aan deel.", "There is no such case, or you take no part in it."
    ),
    "geen_certificaat": Problem(
        401, "Verbind met het certificaat van uw organisatie.", "Connect with your organisation's certificate."
    ),
    "geen_toetreding": Problem(
        403,
        "Uw organisatie is niet (meer) toegetreden tot dit huis.",
        "Your organisation is not (or no longer) a party of this house.",
    ),
    "geen_http": Problem(
        400,
        "Het verzoek is geen geldig HTTP/1.1. Controleer wat uw systeem verstuurt.",
        "The request is not valid HTTP/1.1. Check what your system sends.",
    ),
    "niet_gevonden": Problem(404, "Dit adres bestaat niet.", "This address does not exist."),
    "methode": Problem(405, "Deze handeling kan hier niet.", "This method is not possible here."),
    "soort_inhoud": Problem(
        415, "Stuur application/json zonder Content-Encoding.", "Send application/json without Content-Encoding."
    ),
    "vraag_vorm": Problem(
        400,
        "De vraag heeft niet de afgesproken vorm. Zie de plaats.",
        "The request does not have the agreed form. See the place.",
    ),
    "te_veel": Problem(429, "Te veel tegelijk. Probeer het later opnieuw.", "Too much at once. Try again later."),
    "te_traag": Problem(408, "Het verzoek kwam niet op tijd binnen.", "The request did not arrive in time."),
    "even_niet": Problem(
        503,
        "De makelaar kan dit nu niet vastleggen. Probeer het later opnieuw.",
        "The broker cannot record this now. Try again later.",
    ),
    "storing": Problem(
        500, "Er ging hier iets mis. Er is niets doorgegeven.", "Something went wrong here. Nothing was passed on."
    ),
}
