"""Messages of the case meeting, the hand-over and of the rest of a case's life, each allowed as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from schemas.facts import AgreedFact, AgreementFact, CaseFact, KeptFact, RosterFact
from schemas.ids import Address, ItemRef, Term
from schemas.manifest import Manifest
from tests.making import (
    COLLEGE,
    HOUSE,
    MELDER,
    NOW,
    PARTY,
    SOME_ITEM,
    agreed,
    case_fact,
    case_key,
    digest,
    facts_for,
    ground_of,
    item_of,
    manifest_of,
    message_id,
    pack,
    party_fact,
    reference,
)
from tests.schemas.scene import Scene

GGZ, POLICE, OM = PARTY["ggz"], PARTY["politie"], PARTY["om"]
MEETING = (MELDER, COLLEGE, GGZ, POLICE)
"""Who takes part in the case meeting, beside the house."""

DIRECTOR = COLLEGE
PLAN, DECISION = message_id("het plan"), message_id("het besluit")
HOUSING = ("woonvorm", "dreigende_uithuiszetting")


def meeting(phase: str = "casusoverleg", who: Sequence[Address] = MEETING, **updates: Any) -> CaseFact:
    """The case with its meeting."""
    return case_fact(phase, taking_part=who, **updates)


def sealed_for(to: Sequence[Address], phase: str) -> dict[str, Any]:
    """A sealed part for the case key of each."""
    return {
        "sha256": digest("verzegeld"),
        "bucket": 16384,
        "suite": "keten-pq",
        "recipients": tuple(case_key(where, phase).kid for where in to),
    }


def carrying(kind: str, sender: Address, to: Sequence[Address], **members: Any) -> Manifest:
    """A message of the case meeting with one item on housing, of ``COLLEGE`` unless the members say otherwise."""
    phase = str(members.get("phase", "casusoverleg"))
    whole: dict[str, Any] = {
        "phase": phase,
        "purpose": "toestandsbeeld",
        "disclosure": "exact",
        "grounds": (ground_of(),),
        "items": (item_of("woonsituatie", HOUSING, "I", COLLEGE),),
        "necessity": {"code": "toestandsbeeld_maken", "commitment": digest("toelichting")},
        "sealed": sealed_for(to, phase),
    }
    return manifest_of(kind, sender, tuple(to), **(whole | members))


def onward(item: str, label: str = "doorgegeven", **members: Any) -> dict[str, Any]:
    """The item on housing of ``COLLEGE`` as somebody else passes it on, under a number of its own."""
    return item_of(item, HOUSING, "I", COLLEGE) | {"item": reference(label)} | members


def agreements_for(manifest: Manifest, item: Any, **updates: Any) -> tuple[AgreementFact, ...]:
    """The agreement of an item's provider for each recipient."""
    said = {"purpose": manifest.purpose, "phase": manifest.phase, "given_for": manifest.purpose}
    return tuple(
        AgreementFact.model_validate(
            agreed(item)
            | {
                "item": item.origin.item,
                "provider": item.origin.party,
                "holder": holder,
                "until": NOW + timedelta(days=30),
                "since": NOW - timedelta(hours=1),
            }
            | said
            | updates
        )
        for holder in manifest.to
    )


def contribution(sender: Address = COLLEGE, to: Sequence[Address] = (HOUSE, GGZ, POLICE), **members: Any) -> Scene:
    """A participant tells the others what it knows, by an ``inbreng``."""
    manifest = carrying("inbreng", sender, to, **members)
    return Scene(manifest, facts_for(manifest, meeting()))


def passed_on(sender: Address = HOUSE, to: Sequence[Address] = (GGZ, POLICE), **members: Any) -> Scene:
    """The house (or a participant) passes on what another gave in the meeting, as that one agreed."""
    item = onward("woonsituatie", level="I")
    manifest = carrying("inbreng", sender, to, **({"items": (item,)} | members))
    facts = facts_for(manifest, meeting())
    facts = facts.model_copy(update={"agreements": agreements_for(manifest, manifest.exact_items[0])})
    case = meeting().model_copy(update={"kept": ()})
    return Scene(manifest, facts.model_copy(update={"case": case}))


def from_police(sender: Address = POLICE, to: Sequence[Address] = (HOUSE, COLLEGE), **members: Any) -> Scene:
    """The police provide police data in the meeting, under their decree and with their mark."""
    ground = ground_of(
        basis="wpg_20",
        decree="besluit_1",
        conditions=("wpg7_geheimhouding",),
        task={"of": MELDER, "code": "wmo_2_3_1_2_3_5"},
    )
    names = ("rol", "thema", "frequentie", "feit_of_oordeel", "wpg7_geheimhouding", "artikel20_besluit_ref")
    item = item_of("politiegegevens_art8", names, "I", POLICE)
    manifest = carrying("inbreng", sender, to, **({"grounds": (ground,), "items": (item,)} | members))
    return Scene(manifest, facts_for(manifest, meeting()))


def health(day: date = date(2026, 3, 9), phase: str = "casusoverleg", **members: Any) -> Scene:
    """The ggz tells something on health, with a consent of this phase."""
    ground = ground_of(
        task={"of": GGZ, "code": "wgbo"},
        secrecy=pack().capacity["ggz"].secrecy,
        consent={"ref": reference("toestemming"), "date": day},
    )
    item = item_of("gezondheid", ("zorg_betrokken",), "I", GGZ)
    whole = {"phase": phase, "grounds": (ground,), "items": (item,)}
    if phase == "afschaling":
        whole |= {"purpose": "resultaat_beoordelen"} | _result()
    manifest = carrying("inbreng", GGZ, (HOUSE,), **(whole | members))
    return Scene(manifest, facts_for(manifest, meeting(phase)))


def _result() -> dict[str, Any]:
    return {"necessity": {"code": "resultaat_beoordelen", "commitment": digest("toelichting")}}


def plan(to: Sequence[Address] = (MELDER, COLLEGE, GGZ), **members: Any) -> Scene:
    """The house sends the plan: its own text, made of what ``COLLEGE`` gave in the meeting and agreed to."""
    text = item_of("bericht", ("doel", "acties"), "S", HOUSE, derived_from=({"party": COLLEGE, "item": SOME_ITEM},))
    whole = {
        "purpose": "plan_van_aanpak",
        "items": (text,),
        "necessity": {"code": "plan_opstellen", "commitment": digest("toelichting")},
    }
    manifest = carrying("plan_van_aanpak", HOUSE, to, **(whole | members))
    original = onward("woonsituatie", origin={"party": COLLEGE, "item": SOME_ITEM})
    facts = facts_for(manifest, meeting())
    given = agreements_for(manifest, carrying("inbreng", HOUSE, to, items=(original,)).exact_items[0])
    parties = {row.address: row for row in (*facts.parties, party_fact(COLLEGE))}
    case = meeting().model_copy(update={"kept": ()})
    return Scene(
        manifest, facts.model_copy(update={"agreements": given, "parties": tuple(parties.values()), "case": case})
    )


_DEEDS: dict[str, tuple[str, dict[str, Any]]] = {
    "uitvoeren_actie": ("actie_uitvoeren", {"id": PLAN, "kind": "plan_van_aanpak"}),
    "casusregie": ("casusregie_voeren", {"id": DECISION, "kind": "fase_besluit", "casusregie": DIRECTOR}),
    "toebedelen": ("casus_toebedelen", {"id": DECISION, "kind": "fase_besluit", "decision": "toebedeling"}),
}


def deed(purpose: str = "uitvoeren_actie", sender: Address = MELDER, to: Address = DIRECTOR, **members: Any) -> Scene:
    """One party gives another what it needs for what was agreed (5.3.1)."""
    necessity, named = _DEEDS[purpose]
    whole = {
        "purpose": purpose,
        "items": (item_of("woonsituatie", HOUSING, "I", sender),),
        "necessity": {"code": necessity, "commitment": digest("toelichting")},
        "act": {"agreement": named["id"]},
    }
    manifest = carrying("actie", sender, (to,), **(whole | members))
    case = meeting(str(manifest.phase), casusregie=DIRECTOR)
    return Scene(
        manifest, facts_for(manifest, case, agreed=AgreedFact.model_validate(named | {"phase": manifest.phase}))
    )


def assigned() -> Scene:
    """In triage the house gives a party that it asked what it needs to begin (5.3.1c)."""
    item = item_of("personalia", ("geslachtsnaam", "voornamen", "geboortedatum"), "B", MELDER)
    members = {"phase": "triage", "items": (item | {"item": reference("toebedeeld")},)}
    scene = deed("toebedelen", HOUSE, GGZ, **members)
    return scene.known(case=facts_for(scene.manifest, case_fact(asked=[GGZ])).case)


def hand_over(sender: Address = MELDER, to: Sequence[Address] = (HOUSE, DIRECTOR), **members: Any) -> Scene:
    """While scaling down a participant tells who directs the case what judging the result needs."""
    item = item_of("woonsituatie", HOUSING, "I", sender)
    whole = {"phase": "afschaling", "purpose": "resultaat_beoordelen", "items": (item,)} | _result()
    manifest = carrying("inbreng", sender, to, **(whole | members))
    return Scene(manifest, facts_for(manifest, meeting("afschaling", casusregie=DIRECTOR)))


def kept_for(purpose: str, item: ItemRef = SOME_ITEM) -> tuple[KeptFact, ...]:
    """An item marked necessary for a purpose."""
    return (KeptFact(item=item, purpose=Term(purpose)),)


def joined(scene: Scene, who: Address, when: timedelta) -> Scene:
    """The scene with one participant who joined at another moment."""
    case = scene.facts.case
    assert case is not None
    rows: list[RosterFact] = [
        row.model_copy(update={"since": NOW - when}) if row.address == who else row for row in case.roster
    ]
    return scene.known(case=case.model_copy(update={"roster": tuple(rows)}))
