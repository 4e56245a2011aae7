"""Where the pack differs from the documents on purpose: one table, a reason for each entry.

``rules.md`` and ``wire.md`` are above ``data-model.md`` where they differ; what was struck there is in no table here.
An entry that is no difference any more, or another one, is an error.
"""

from __future__ import annotations

from tests.oracle.ceilings import MEETING, PLAN, TRIAGE, some
from tests.oracle.cells import Divergence, Value
from tests.oracle.divergences_of_fields import OF_CATEGORIES, YES, each
from tests.oracle.divergences_of_messages import OF_MESSAGES

CAPACITIES = (
    "burgemeester college_bw om politie rvdk veilig_thuis reclassering gecertificeerde_instelling ggz ggd dji "
    "zorgaanbieder"
)
NO: tuple[Value, Value] = (True, None)
"""In the document, and not in the pack."""

PLANNING = "toestandsbeeld plan_van_aanpak monitoring"
FOLLOWS = {
    "eerste_beeld": "toetsen_criteria",
    "routering doel_en_themas relevante_partijen": "toetsen_criteria eerste_beeld",
    "voorbereiding_casusoverleg": "toetsen_criteria eerste_beeld routering doel_en_themas relevante_partijen",
    "toestandsbeeld plan_van_aanpak monitoring": (
        "toetsen_criteria eerste_beeld routering doel_en_themas relevante_partijen voorbereiding_casusoverleg"
    ),
    "verdere_verstrekking besluit_afbouw besluit_opschaling uitvoeren_actie": PLANNING,
    "casusregie": f"{PLANNING} uitvoeren_actie",
    "toebedelen": (
        "toetsen_criteria eerste_beeld routering doel_en_themas relevante_partijen toestandsbeeld plan_van_aanpak "
        "monitoring verdere_verstrekking"
    ),
    "resultaat_beoordelen": "toestandsbeeld plan_van_aanpak monitoring besluit_afbouw uitvoeren_actie casusregie",
    "noodzakelijke_gegevens": (
        "toestandsbeeld plan_van_aanpak monitoring besluit_afbouw uitvoeren_actie casusregie resultaat_beoordelen"
    ),
    "overdracht_casusregisseur": (
        "toestandsbeeld plan_van_aanpak monitoring besluit_afbouw uitvoeren_actie casusregie resultaat_beoordelen "
        "noodzakelijke_gegevens"
    ),
}
"""13.5: purposes and those that they may follow on."""

STAFF_FIELDS = some(
    "naam organisatie organisatieaanduiding functie_binnen_zvh zakelijk_telefoonnummer zakelijk_emailadres"
)
TRIAGE_ROUTE = frozenset({"routering", "doel_en_themas", "relevante_partijen"})

OF_THE_REST = (
    Divergence(
        "categories",
        "wire.md: what is no field of Bijlage 4 is an item of the pseudo-category `bericht`, with fields per kind.",
        {
            ("bericht", "betrokkene"): YES,
            ("bericht", "directe_relatie"): YES,
            ("bericht", "klasse"): (None, "bericht"),
            ("bericht", "regime"): (None, frozenset()),
        },
    ),
    Divergence(
        "appendix",
        "wire.md: the pseudo-category `bericht` is no category of Bijlage 4.",
        {("B4-1", "betrokkene", "bericht"): YES, ("B4-2", "directe_relatie", "bericht"): YES},
    ),
    Divergence(
        "forbidden",
        "Other spellings of what is forbidden: 8.11 (2) asks for every one that we know.",
        each(
            {
                ("a_nummer anummer bsn_nummer burger_service_nummer burgerservicenr sofi sofi_nummer sofinr",): YES,
                ("persoonsnummer vreemdelingennummer gender sekse land_van_herkomst afkomst etnische_afkomst",): YES,
                ("geloof geloofsovertuiging levensovertuiging politieke_voorkeur vakbondslidmaatschap",): YES,
                ("seksuele_geaardheid dna pasfoto vingerafdruk",): YES,
            }
        ),
    ),
    Divergence(
        "providers",
        "The message's own fields are of no category: who may send a message fills them in.",
        each(
            {
                ("bericht", CAPACITIES): (None, "usual"),
                ("bericht", "geen_grondslag"): (None, "limited"),
            }
        ),
    ),
    Divergence(
        "providers",
        "8.8 has no column for a party without a ground; rules.md 6.4 lets it provide for another's task. What welzijn "
        "or HALT could usefully give: who, how to reach, housing, relations, its own staff; no health, money or crime.",
        each(
            {
                ("personalia contactgegevens woonsituatie relaties", "geen_grondslag"): (None, "limited"),
                ("medewerker_hulpverlening_gegevens medewerker_derde_gegevens", "geen_grondslag"): (None, "limited"),
            }
        ),
    ),
    Divergence(
        "secrecies",
        "Psychologists work at a ggz institution as well; the list of 7.2 is open, and 8.8 names medical secrecy only.",
        {("ggz", "nip_71_87"): YES},
    ),
    Divergence(
        "phases",
        "B2-out has the case refused with an advice; the pack names the advice to go elsewhere as an end of its own.",
        {("volgt", "aanmelding", "elders"): YES},
    ),
    Divergence(
        "phases",
        "11.2a-c: after the hand-over the case is scaled down; what ended before is destroyed at once (9.2).",
        each({("volgt", "afschaling", "afgeschaald"): YES, ("volgt", "afgewezen elders", "vernietigd"): YES}),
    ),
    Divergence(
        "purposes",
        "13.5: no list says which purposes are compatible; the pack follows the steps of Bijlage 2 forward.",
        each({("volgt op", names, before): YES for names, before in FOLLOWS.items()}),
    ),
    Divergence(
        "purposes",
        "3.5b names the group of the plan; the three by which triage decides where a case goes are read as one too.",
        {("telt als", name): (None, TRIAGE_ROUTE) for name in TRIAGE_ROUTE},
    ),
    Divergence(
        "acts",
        "What widens and what narrows are kinds of their own, for a kind has one direction: who leaves, the end of a "
        "restriction, the permission of the police of 7.1.",
        each(
            {
                ("deelname_einde beperking_einde doorverstrekking_akkoord", "is er"): YES,
                ("deelname_einde", "lid", "remove reason"): YES,
                ("casus_uitnodiging", "lid", "remove"): NO,
                ("beperking_einde", "lid", "items reason"): YES,
                ("beperking", "lid", "state"): NO,
                (
                    "doorverstrekking_akkoord",
                    "lid",
                    "subject subject_category categories holder phase purpose until",
                ): YES,
            }
        ),
    ),
    Divergence(
        "acts",
        "A correction only stops the wrong item; the right data come as a new provision.",
        {("correctie", "lid", "replaces"): NO, ("correctie", "lid", "items"): YES},
    ),
    Divergence(
        "acts",
        "A request decides nothing, an order to erase has no means yet; a withdrawal names the consent.",
        each(
            {
                ("akkoord_verzoek", "lid", "decision"): NO,
                ("vernietig_opdracht", "lid", "generation method backend"): NO,
                ("toestemming_ingetrokken", "lid", "consent"): YES,
            }
        ),
    ),
    Divergence(
        "acts",
        "3.5b: what is kept is kept for a purpose.",
        each({("fase_besluit", "lid", "keep_for"): YES}),
    ),
    Divergence(
        "terms",
        "No document says how long, or says it of the whole and not of the part; the pack chose, after the protocol "
        "itself where that has it (32.2).",
        {
            ("register_politie",): (None, (5, "years")),
            ("register_overig",): (None, (5, "years")),
            ("screening",): (None, (1095, "days")),
            ("uitstel_informeren",): (None, (92, "days")),
            ("evaluatie",): (None, (2, "years")),
        },
    ),
    Divergence(
        "ceilings",
        "8.7: `relevante` judicial data are judged only when a plan is made, so that they go for the plan alone.",
        {
            ("casusoverleg", "inbreng", "justitiele_gegevens", "betrokkene"): (
                ("D", frozenset({"om"}), MEETING, frozenset({"veroordelingen"})),
                ("D", frozenset({"om"}), PLAN, frozenset({"veroordelingen"})),
            )
        },
    ),
    Divergence(
        "ceilings",
        "8.7: in an answer the staff is the contact person, who is of the party that answers: category 3.",
        {
            ("triage", "triageantwoord", "medewerker_derde_gegevens", "medewerker_derde"): (
                (
                    "I",
                    frozenset({*CAPACITIES.split(), "geen_grondslag"}),
                    TRIAGE,
                    STAFF_FIELDS,
                ),
                None,
            )
        },
    ),
)

DIVERGENCES: tuple[Divergence, ...] = (*OF_CATEGORIES, *OF_MESSAGES, *OF_THE_REST)
