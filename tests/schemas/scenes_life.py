"""Decisions about a case and about its data, from the meeting to the end of it, each allowed as it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from schemas.acts import ACTS
from schemas.facts import AgreedFact, PermissionFact
from schemas.ids import Address, ItemRef, Term
from tests.making import (
    COLLEGE,
    HOUSE,
    MELDER,
    NOW,
    PERSON,
    SOME_ITEM,
    a_notification,
    case_fact,
    changed,
    digest,
    facts_for,
    ground_of,
    item_of,
    manifest_of,
    message_id,
    party_fact,
    reference,
    thread_of,
)
from tests.schemas.scene import Scene
from tests.schemas.scenes_meeting import (
    DECISION,
    DIRECTOR,
    GGZ,
    POLICE,
    assigned,
    contribution,
    deed,
    from_police,
    hand_over,
    health,
    meeting,
    passed_on,
    plan,
)


def decision(phase: str, act: dict[str, Any], to: Address = MELDER) -> Scene:
    """A decision of the house about the case in a phase, as its act says."""
    day = {"from": phase, "to": phase, "decided_on": date(2026, 3, 10)}
    manifest = manifest_of("fase_besluit", HOUSE, to, phase=phase, act=day | act)
    scene = Scene(manifest, facts_for(manifest, meeting(phase)))
    return scene.known(parties=(*scene.facts.parties, *map(party_fact, (COLLEGE, GGZ))))


def scaling_down() -> Scene:
    """The meeting decides to scale down."""
    act = {"decision": "in_afschaling", "to": "afschaling", "reason": "doel_bereikt"}
    return decision("casusoverleg", act | {"meeting": digest("overleg")})


def scaling_up() -> Scene:
    """A recorded decision that changes no phase."""
    return decision("casusoverleg", {"decision": "opschaling", "reason": "opschaling_nodig"})


def directed() -> Scene:
    """The case gets a director."""
    act = {"decision": "casusregie", "reason": "casusregie_belegd", "casusregie": DIRECTOR}
    return decision("casusoverleg", act | {"meeting": digest("overleg")})


def looked_at_again() -> Scene:
    """An item is necessary for another purpose of the phase too (3.5b)."""
    act = {"decision": "herbeoordeling", "reason": "nodig_voor_ander_doel"}
    return decision("casusoverleg", act | {"keep": [SOME_ITEM], "keep_for": ["besluit_afbouw"]})


def invitation() -> Scene:
    """The house admits a party that it asked."""
    act = {"admit": [GGZ], "agreement": DECISION}
    manifest = manifest_of("casus_uitnodiging", HOUSE, GGZ, phase="casusoverleg", act=act)
    case = case_fact("casusoverleg", asked=[GGZ], taking_part=[COLLEGE])
    named = AgreedFact(id=DECISION, kind=Term("fase_besluit"), phase=Term("triage"), decision=Term("in_casusoverleg"))
    return Scene(manifest, facts_for(manifest, case, agreed=named))


def departure(sender: Address = GGZ) -> Scene:
    """A participant leaves."""
    act = {"remove": [GGZ], "reason": "taak_in_casus_klaar"}
    to = (HOUSE if sender != HOUSE else GGZ, COLLEGE)
    manifest = manifest_of("deelname_einde", sender, to, phase="casusoverleg", act=act)
    return Scene(manifest, facts_for(manifest, meeting()))


def _over(kind: str, whose: Address, sender: Address, act: dict[str, Any]) -> Scene:
    to = (HOUSE if sender != HOUSE else GGZ, COLLEGE if sender != COLLEGE else MELDER)
    body = {"items": [{"party": whose, "item": SOME_ITEM}]} | act
    manifest = manifest_of(kind, sender, to, phase="casusoverleg", act=body)
    return Scene(manifest, facts_for(manifest, meeting()))


def withdrawal(sender: Address = GGZ, whose: Address = GGZ) -> Scene:
    """The ggz tells that the person took the consent back."""
    act = {"consent": reference("toestemming"), "from": date(2026, 3, 10)}
    return _over("toestemming_ingetrokken", whose, sender, act)


def correction(sender: Address = GGZ, whose: Address = GGZ) -> Scene:
    """Who provided it learned that it is wrong."""
    return _over("correctie", whose, sender, {})


def restriction(sender: Address = GGZ, whose: Address = GGZ) -> Scene:
    """An item is to be stored and not used."""
    return _over("beperking", whose, sender, {"ground": "juistheid_betwist"})


def restriction_end(sender: Address = GGZ, whose: Address = GGZ) -> Scene:
    """It may be used again."""
    return _over("beperking_einde", whose, sender, {"reason": "juistheid_nagegaan"})


def permission() -> Scene:
    """The police, who take no part yet, allow the notifier to pass on what it held from before."""
    act = {
        "subject": PERSON,
        "subject_category": "betrokkene",
        "categories": ["politiegegevens_art8"],
        "holder": MELDER,
        "phase": "aanmelding",
        "purpose": "toetsen_criteria",
        "until": NOW + timedelta(days=9),
    }
    manifest = manifest_of("doorverstrekking_akkoord", POLICE, (HOUSE, MELDER), phase="aanmelding", act=act)
    return Scene(manifest, facts_for(manifest, case_fact("aanmelding")))


PERMITTED = message_id("doorverstrekking")


def permitted() -> Scene:
    """The notification of ``MELDER`` with police data from before, which the police allowed to pass on."""
    ground = ground_of(basis="wpg_20", decree="besluit_1", conditions=("wpg7_geheimhouding",), permission=PERMITTED)
    names = ("rol", "thema", "frequentie", "feit_of_oordeel", "wpg7_geheimhouding", "artikel20_besluit_ref")
    number = ItemRef(reference("van de politie"))
    police = item_of("politiegegevens_art8", names, "I", POLICE, ground=1)
    police |= {"origin": {"party": POLICE, "item": number}}
    first = a_notification()
    manifest = a_notification(grounds=(*first.grounds, ground), items=(*first.items, police))
    fact = PermissionFact(
        id=PERMITTED,
        provider=POLICE,
        subject=PERSON,
        subject_category=Term("betrokkene"),
        categories=(Term("politiegegevens_art8"),),
        holder=MELDER,
        phase=Term("aanmelding"),
        purpose=Term("toetsen_criteria"),
        until=NOW + timedelta(days=9),
    )
    return Scene(manifest, facts_for(manifest, case_fact("aanmelding"), permissions=(fact,), agreements=()))


def permitted_in_the_meeting() -> Scene:
    """The notifier tells the house and the ggz in the meeting what it held from the police, who allowed just that."""
    scene = from_police(to=(HOUSE, GGZ))
    item = scene.manifest.exact_items[0].model_dump() | {
        "item": reference("van de politie gekregen"),
        "origin": {"party": POLICE, "item": SOME_ITEM},
    }
    manifest = changed(scene.manifest, sender=MELDER, items=(item,), **{"grounds.0.permission": PERMITTED})
    fact = PermissionFact(
        id=PERMITTED,
        provider=POLICE,
        subject=PERSON,
        subject_category=Term("betrokkene"),
        categories=(Term("politiegegevens_art8"),),
        holder=MELDER,
        phase=Term("casusoverleg"),
        purpose=Term("toestandsbeeld"),
        until=NOW + timedelta(days=9),
    )
    return Scene(manifest, facts_for(manifest, meeting(), permissions=(fact,), agreements=()))


def agreement_request() -> Scene:
    """The house asks the provider to agree to a use."""
    act = {
        "items": [{"party": COLLEGE, "item": SOME_ITEM}],
        "for": {"phase": "casusoverleg", "purpose": "toestandsbeeld", "holder": GGZ},
        "until": NOW + timedelta(days=9),
    }
    manifest = manifest_of("akkoord_verzoek", HOUSE, COLLEGE, phase="casusoverleg", act=act)
    return Scene(manifest, facts_for(manifest, meeting()))


def erasure_order() -> Scene:
    """The house has a party destroy its keys of a phase."""
    act = {"scope": "phase", "ids": ["triage"]}
    manifest = manifest_of("vernietig_opdracht", HOUSE, GGZ, phase="casusoverleg", act=act)
    return Scene(manifest, facts_for(manifest, meeting()))


def erased() -> Scene:
    """The party tells that it did."""
    order = erasure_order()
    act = {"scope": "phase", "ids": ["triage"], "generation": [4, 5], "method": "sleutels", "backend": "bestand"}
    manifest = manifest_of("vernietigd", GGZ, HOUSE, phase="casusoverleg", act=act, reply_to=order.manifest.id)
    return Scene(manifest, facts_for(manifest, meeting(), thread=thread_of(order.manifest)))


def term_decision() -> Scene:
    """What is kept is destroyed later: a request of the person is still open."""
    act = {"scope": "vernietiging", "until": NOW + timedelta(days=400), "reason": "verzoek_betrokkene_loopt"}
    manifest = manifest_of("termijn_besluit", HOUSE, MELDER, phase="afschaling", act=act)
    return Scene(manifest, facts_for(manifest, meeting("afschaling")))


LATER_SCENES: dict[str, Callable[[], Scene]] = {
    "casus_uitnodiging": invitation,
    "deelname_einde": departure,
    "inbreng": contribution,
    "plan_van_aanpak": plan,
    "actie": deed,
    "akkoord_verzoek": agreement_request,
    "toestemming_ingetrokken": withdrawal,
    "correctie": correction,
    "beperking": restriction,
    "beperking_einde": restriction_end,
    "doorverstrekking_akkoord": permission,
    "vernietig_opdracht": erasure_order,
    "vernietigd": erased,
    "termijn_besluit": term_decision,
}
"""One allowed message of every kind that comes later than triage, or at any time."""

MORE_SCENES: dict[str, Callable[[], Scene]] = {
    "inbreng van het huis": passed_on,
    "inbreng van de politie": from_police,
    "inbreng over gezondheid": health,
    "inbreng bij afschaling": hand_over,
    "actie: casusregie": lambda: deed("casusregie"),
    "actie: toebedelen": lambda: deed("toebedelen"),
    "actie in triage": assigned,
    "besluit tot afschaling": scaling_down,
    "besluit tot opschaling": scaling_up,
    "besluit over casusregie": directed,
    "besluit over een ander doel": looked_at_again,
    "aanmelding met toestemming van de politie": permitted,
}
"""More messages that are allowed, by what they show."""

assert set(LATER_SCENES) <= set(ACTS)
