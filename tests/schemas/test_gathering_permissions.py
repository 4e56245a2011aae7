"""Restrictions and who ends them, permissions of the police, and what was agreed outside the message."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from schemas.gathering import Source
from schemas.ids import Address
from schemas.manifest import Manifest
from tests.making import COLLEGE, HOUSE, MELDER, NOW, manifest_of, message_id, reference
from tests.schemas.folding import GGD, GGZ, POLICE, Told, begun, origins, passing, permission

# ----------------------------------------------------------------------------------------------------- restrictions


def restrict(told: Told, sender: Address, ground: str = "betwist") -> Source:
    """The item is stored and not used."""
    return told.tell("beperking", sender, {"items": origins(GGZ), "ground": ground})


def restore(told: Told, sender: Address) -> Source:
    """It may be used again."""
    return told.tell("beperking_einde", sender, {"items": origins(GGZ), "reason": "klaar"})


@pytest.mark.parametrize(("sender", "counts"), [(GGZ, True), (HOUSE, True), (GGD, False), (MELDER, False)])
def test_the_provider_or_the_house_restricts(sender: Address, counts: bool) -> None:
    told = begun()
    laid = restrict(told, sender)
    gathered = told.gathered(passing(HOUSE, COLLEGE))
    assert [(fact.item, fact.provider, fact.ground) for fact in gathered.facts.restrictions] == [
        (reference("gegeven"), GGZ, "betwist")
    ] * counts
    assert (laid.sha256 in gathered.sources) is counts
    assert told.facts(passing(HOUSE, COLLEGE, names=["ander"])).restrictions == ()


@pytest.mark.parametrize("laid", [GGZ, HOUSE])
def test_who_restricted_ends_it_and_nobody_else(laid: Address) -> None:
    told = begun()
    restrict(told, laid)
    restrict(told, laid, "bezwaar")
    for other in (GGZ, HOUSE, GGD, MELDER):
        if other != laid:
            restore(told, other)
    message = passing(HOUSE, COLLEGE)
    assert [fact.ground for fact in told.facts(message).restrictions] == ["betwist", "bezwaar"]
    ended = restore(told, laid)
    gathered = told.gathered(message)
    assert gathered.facts.restrictions == ()
    assert ended.sha256 not in gathered.sources


def test_an_item_can_be_restricted_anew() -> None:
    told = begun()
    restrict(told, GGZ)
    restore(told, GGZ)
    again = restrict(told, GGZ)
    restrict(told, GGZ)
    assert [fact.since for fact in told.facts(passing(HOUSE, COLLEGE)).restrictions] == [again.time]


# ------------------------------------------------------------------------------------- permissions, what was agreed


def test_a_permission_of_the_police_is_known_where_a_ground_names_it() -> None:
    told = begun()
    given = told.tell("doorverstrekking_akkoord", POLICE, permission())
    named = {"permission": given.manifest.id}
    gathered = told.gathered(passing(GGD, HOUSE, provider=POLICE, ground=named))
    (fact,) = gathered.facts.permissions
    assert (fact.id, fact.provider, fact.holder) == (given.manifest.id, POLICE, GGD)
    assert (fact.categories, fact.until) == (("politiegegevens_art8",), NOW + timedelta(days=30))
    assert given.sha256 in gathered.sources
    for silent in (
        passing(GGD, HOUSE, provider=POLICE),
        passing(GGD, HOUSE, provider=POLICE, ground={"permission": message_id("een andere")}),
        passing(GGD, HOUSE, provider=GGZ, ground=named),
    ):
        assert told.facts(silent).permissions == ()


def test_a_permission_by_another_under_the_same_number_counts_for_nothing() -> None:
    told = begun()
    forged = told.tell("doorverstrekking_akkoord", GGD, permission())
    message = passing(GGD, HOUSE, provider=POLICE, ground={"permission": forged.manifest.id})
    assert told.facts(message).permissions == ()
    number = {"id": forged.manifest.id}
    given = told.tell("doorverstrekking_akkoord", POLICE, permission(), **number)
    told.tell("doorverstrekking_akkoord", POLICE, permission(purpose="monitoring"), **number)
    assert [(fact.provider, fact.purpose) for fact in told.facts(message).permissions] == [(POLICE, "plan_van_aanpak")]
    assert given.sha256 in told.gathered(message).sources


def allowing(sender: Address, *to: Address, reply_to: Source | None = None) -> Manifest:
    """What the police send when they allow something."""
    members = {"reply_to": reply_to.manifest.id} if reply_to else {}
    return manifest_of("doorverstrekking_akkoord", sender, to, phase="casusoverleg", act=permission(), **members)


def test_who_allows_something_from_outside_learns_nothing_of_the_case() -> None:
    """7.1, 1.19: the police need not take part to allow what a participant asks; who notified and when stays unsaid."""
    told = begun("casusoverleg", GGD)
    told.invite(GGD)
    asking = told.tell("akkoord_verzoek", GGD, to=(POLICE,), act=asked_of_police(), phase="casusoverleg")
    for to, thread in (((HOUSE,), None), ((MELDER,), None), ((GGD, HOUSE), asking)):
        case = told.case(allowing(POLICE, *to, reply_to=thread), thread)
        assert case.phase == "casusoverleg"
        assert {case.notifier, case.acting_for} == {POLICE}
        assert MELDER not in case.model_dump_json()
        assert str(NOW.year) not in case.model_dump_json(exclude={"case"})
        roles = {HOUSE: "huis", GGD: "deelnemer"} if thread else {HOUSE: "huis"}
        assert {row.address: row.role for row in case.roster} == roles
    parties = told.facts(allowing(POLICE, HOUSE)).parties
    assert {party.address for party in parties} == {POLICE, HOUSE, GGD}


def asked_of_police() -> dict[str, Any]:
    """What the GGD asks of the police."""
    use = {"phase": "casusoverleg", "purpose": "plan_van_aanpak", "holder": GGD}
    return {"items": origins(POLICE), "for": use, "until": NOW + timedelta(days=30)}


def test_who_allows_something_and_takes_part_knows_the_case() -> None:
    told = begun("casusoverleg", POLICE)
    case = told.case(allowing(POLICE, HOUSE))
    assert (case.notifier, case.opened) == (MELDER, NOW)
    assert {row.address: row.role for row in case.roster} == {MELDER: "melder", HOUSE: "huis", POLICE: "gevraagd"}
    told.invite(POLICE)
    told.leave(POLICE)
    assert told.case(allowing(POLICE, HOUSE)).notifier == MELDER


def deed(agreement: Source, **members: Any) -> Manifest:
    """An action that names what was agreed."""
    message = passing(GGD, GGZ, purpose="uitvoeren_actie")
    act = {"agreement": agreement.manifest.id}
    return manifest_of("actie", GGD, GGZ, **({"phase": "casusoverleg", "act": act} | members)).model_copy(
        update={"items": message.items, "grounds": message.grounds}
    )


def test_an_action_rests_on_the_plan_or_the_decision_that_it_names() -> None:
    told = begun()
    plan = told.tell("plan_van_aanpak", HOUSE, to=(GGD,), phase="casusoverleg")
    decided = told.decide("casusoverleg", "casusoverleg", decision="toebedeling", casusregie=GGZ)
    found = told.gathered(deed(plan))
    assert found.facts.agreed is not None
    assert found.facts.agreed.model_dump(exclude_none=True) == {
        "id": plan.manifest.id,
        "kind": "plan_van_aanpak",
        "phase": "casusoverleg",
    }
    assert plan.sha256 in found.sources
    found = told.gathered(deed(decided))
    assert found.facts.agreed is not None
    assert found.facts.agreed.model_dump() == {
        "id": decided.manifest.id,
        "kind": "fase_besluit",
        "phase": "casusoverleg",
        "decision": "toebedeling",
        "casusregie": GGZ,
    }
    assert plan.sha256 not in found.sources


def test_an_invitation_rests_on_a_decision_that_travels_along() -> None:
    told = begun()
    decided = told.decide("casusoverleg", "casusoverleg", decision="opschaling")
    act = {"admit": [GGZ], "agreement": decided.manifest.id}
    found = told.gathered(manifest_of("casus_uitnodiging", HOUSE, GGZ, phase="casusoverleg", act=act))
    assert found.facts.agreed is not None
    assert found.facts.agreed.decision == "opschaling"
    assert decided.sha256 in found.sources


def test_a_plan_or_decision_that_is_none_is_not_agreed() -> None:
    told = begun()
    forged = told.tell("plan_van_aanpak", GGZ, to=(GGD,), phase="casusoverleg")
    by_another = told.decide("casusoverleg", "casusoverleg", sender=GGZ)
    out_of_turn = told.decide("triage", "triage")
    other = told.agree(GGZ, GGD)
    for source in (forged, by_another, out_of_turn, other):
        assert told.facts(deed(source)).agreed is None
    assert told.facts(passing(HOUSE, COLLEGE)).agreed is None
