"""A case meeting told message by message: each decided by the kernel on the facts of what came before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from schemas.gathering import Source
from schemas.ids import Address
from schemas.manifest import Manifest
from schemas.policy import Refused, decide
from tests.making import COLLEGE, HOUSE, MELDER, NOW, PARTY, agreed, manifest_of, message_id, pack, reference
from tests.schemas.folding import origins
from tests.schemas.test_gathering import Case, in_triage, key_of

GGZ, GGD = PARTY["ggz"], PARTY["ggd"]


def made(case: Case, kind: str, sender: Address, *to: Address, **members: Any) -> Manifest:
    """A message of the meeting."""
    number = message_id(f"{kind} {sender} {to} {len(case.sources)}")
    whole = {"id": number, "phase": "casusoverleg"} | members
    return manifest_of(kind, sender, to or (HOUSE,), **whole)


def refusals(case: Case, manifest: Manifest, thread: Source | None = None) -> set[tuple[str, str]]:
    """Why the kernel refuses; empty where it allows."""
    decision = decide(pack(), case.facts(manifest, thread), manifest, case.now)
    return {(row.code, row.pointer) for row in decision.reasons} if isinstance(decision, Refused) else set()


def decided(case: Case, old: str, new: str, decision: str, **more: Any) -> Manifest:
    """A decision of the house about the course of the case."""
    act = {"decision": decision, "from": old, "to": new, "decided_on": date(2026, 3, 10)} | more
    return made(case, "fase_besluit", HOUSE, MELDER, phase=old, act=act)


def in_meeting() -> Case:
    """The case in its meeting: the college takes part, the GGZ was asked for its key and does not."""
    case = in_triage(COLLEGE)
    moved = case.accept(decided(case, "triage", "casusoverleg", "in_casusoverleg", reason="overleg_nodig"))
    for who in (COLLEGE, GGZ):
        asked = case.accept(made(case, "sleutel_verzoek", HOUSE, who))
        keys = key_of(who, "casusoverleg")
        case.accept(made(case, "sleutel", who, act=keys, reply_to=asked.manifest.id), asked)
    admit = {"admit": [COLLEGE], "agreement": moved.manifest.id}
    case.accept(made(case, "casus_uitnodiging", HOUSE, COLLEGE, act=admit))
    return case


def role(case: Case, who: Address) -> str | None:
    """Its role as the house knows it."""
    return case.facts(made(case, "sleutel_verzoek", HOUSE, who)).role(who, case.now)


def test_who_is_admitted_takes_part_and_who_leaves_does_not() -> None:
    case = in_meeting()
    assert (role(case, COLLEGE), role(case, GGZ)) == ("deelnemer", "gevraagd")
    other = made(case, "deelname_einde", COLLEGE, act={"remove": [MELDER], "reason": reason("departure")})
    assert ("alleen_eigen_deelname", "/act/remove") in refusals(case, other)
    case.accept(made(case, "deelname_einde", COLLEGE, act={"remove": [COLLEGE], "reason": reason("departure")}))
    assert role(case, COLLEGE) == "gevraagd"


def reason(use: str) -> str:
    """A code that the pack has for this use in the meeting."""
    return next(row.id for row in pack().codes if row.use == use and (not row.phases or "casusoverleg" in row.phases))


def test_only_who_was_brought_in_is_admitted() -> None:
    case = in_meeting()
    moved = next(s for s in case.sources if s.manifest.phase == "triage" and s.manifest.kind == "fase_besluit")
    admit = {"admit": [GGD], "agreement": moved.manifest.id}
    wrong = made(case, "casus_uitnodiging", HOUSE, GGD, act=admit)
    assert ("geen_deelnemer", "/act/admit/0") in refusals(case, wrong)
    right = made(case, "casus_uitnodiging", HOUSE, GGZ, act=admit | {"admit": [GGZ]})
    assert refusals(case, right) == set()
    unfounded = made(case, "casus_uitnodiging", HOUSE, GGZ, act={"admit": [GGZ], "agreement": message_id("geen")})
    assert ("afspraak_onbekend", "/act/agreement") in refusals(case, unfounded)


def test_a_provider_outside_the_meeting_is_asked_and_answers() -> None:
    """1.19, 3.5c: the house asks it, on behalf of all; a participant does not learn that it was ever asked."""
    case = in_meeting()
    use = {"phase": "casusoverleg", "purpose": "plan_van_aanpak", "holder": COLLEGE}
    until = NOW + timedelta(days=30)
    asked = {"items": origins(GGZ), "for": use, "until": until}
    by_participant = made(case, "akkoord_verzoek", COLLEGE, GGZ, act=asked)
    assert ("geen_deelnemer", "/to/0") in refusals(case, by_participant)
    request = case.accept(made(case, "akkoord_verzoek", HOUSE, GGZ, act=asked))
    item = {"item": reference("gegeven"), "subject": reference("betrokkene"), "subject_category": "betrokkene"}
    about = agreed(item | {"category": "gezondheid", "fields": [{"path": "/problematiek"}]})
    act = {"items": [about], "for": use, "until": until, "decision": "akkoord"}
    alone = made(case, "akkoord", GGZ, COLLEGE, act=act)
    assert ("geen_deelnemer", "/to/0") in refusals(case, alone)
    answer = made(case, "akkoord", GGZ, HOUSE, act=act, reply_to=request.manifest.id)
    assert refusals(case, answer, request) == set()


def test_what_narrows_reaches_the_house_and_what_widens_again_is_its_own() -> None:
    case = in_meeting()
    items = {"items": origins(GGZ)}
    withdrawn = items | {"consent": reference("toestemming"), "from": date(2026, 3, 10)}
    case.accept(made(case, "toestemming_ingetrokken", GGZ, act=withdrawn))
    case.accept(made(case, "correctie", GGZ, act=items))
    case.accept(made(case, "beperking", GGZ, act=items | {"ground": reason("restriction")}))
    case.accept(made(case, "beperking_einde", GGZ, act=items | {"reason": reason("restriction_end")}))
    other = made(case, "correctie", COLLEGE, act=items)
    assert any(code == "item_van_ander" for code, _ in refusals(case, other))


def test_a_decision_that_changes_no_phase_is_recorded() -> None:
    case = in_meeting()
    before = case.facts(made(case, "sleutel_verzoek", HOUSE, COLLEGE)).case
    up = decided(case, "casusoverleg", "casusoverleg", "opschaling", reason=decision_reason("opschaling"))
    case.accept(up)
    after = case.facts(made(case, "sleutel_verzoek", HOUSE, COLLEGE)).case
    assert before is not None
    assert after is not None
    assert (after.phase, after.phase_since) == (before.phase, before.phase_since)
    stays = decided(case, "casusoverleg", "casusoverleg", "in_casusoverleg", reason="overleg_nodig")
    assert ("overgang_niet_toegestaan", "/act/to") in refusals(case, stays)


def decision_reason(decision: str) -> str:
    """A reason that the pack has for a decision in the meeting."""
    fits = (row for row in pack().codes if row.use == "reason" and decision in row.decisions)
    return next(row.id for row in fits if not row.phases or "casusoverleg" in row.phases)
