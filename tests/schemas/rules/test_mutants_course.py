"""The course of a case looked at closely: decisions, meeting, hand-over, terms, deeds, and what must be on record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas.ids import Address
from schemas.rules import decisions, meetings
from schemas.rules.matter import Matter
from tests.making import COLLEGE, HOUSE, NOW, PARTY, address, changed, digest, pack, pack_fact, party_fact
from tests.schemas.scene import Scene, assert_refused
from tests.schemas.scenes import informed, notification, phase_decision, receipt, receipt_of_answer, to_meeting
from tests.schemas.scenes_life import departure, directed, invitation, term_decision
from tests.schemas.scenes_meeting import GGZ, contribution, deed, hand_over

OTHER_PACK = digest("een ander pakket")


STRANGER = address(7, "woningcorporatie")


def codes(scene: Scene) -> set[str]:
    """The codes of the reasons; none where it is allowed."""
    return {code for _, code, _ in scene.reasons()}


# meeting and hand-over


def test_120_only_an_actie_assigns_a_case_outside_the_meeting() -> None:
    scene = contribution(to=(HOUSE, PARTY["ggd"])).message(purpose="toebedelen")
    assert {"niet_in_het_overleg", "doel_vraagt_actie"} <= codes(scene)


def test_112a_in_the_meeting_no_term_runs_for_the_hand_over() -> None:
    long_ago = NOW - timedelta(days=300)
    assert contribution().known(**{"case.phase_since": long_ago}).reasons() == []
    late = hand_over().known(**{"case.phase_since": long_ago})
    assert "afschaling_voorbij" in codes(late)


def test_94_a_director_is_named_in_the_meeting_or_for_the_hand_over() -> None:
    act = {"decision": "in_afschaling", "new": "afschaling", "reason": "doel_bereikt"}
    scene = directed().message(**{f"act.{name}": value for name, value in act.items()})
    assert "casusregie_niet_hier" not in codes(scene)
    assert "casusregie_niet_hier" not in codes(directed())


def test_94_a_director_is_a_party_that_may_receive() -> None:
    who = PARTY["geen_grondslag"]
    scene = to_meeting(COLLEGE)
    rows = [row.model_dump() for row in scene.facts.case.roster] if scene.facts.case else []
    named = scene.message(**{"act.casusregie": who})
    present = named.known(
        **{"case.roster": [*rows, rows[-1] | {"address": who}]},
        parties=[row.model_dump() for row in (*scene.facts.parties, party_fact(who))],
    )
    assert ("9.4", "casusregie_geen_partij", "/act/casusregie") in present.reasons()


def test_94_while_scaling_down_too_a_director_is_of_the_meeting() -> None:
    scene = directed().message(phase="afschaling", **{"act.old": "afschaling", "act.new": "afschaling"})
    there = scene.known(**{"case.phase": "afschaling"})
    case = there.facts.case
    assert case is not None
    rows = [
        row.model_copy(update={"role": "gevraagd"}).model_dump() if row.address == COLLEGE else row.model_dump()
        for row in case.roster
    ]
    assert "casusregie_geen_partij" not in codes(there)
    assert "casusregie_geen_partij" in codes(there.known(**{"case.roster": rows}))


def becoming(new: str, old: str = "triage", **phases: tuple[str, ...]) -> bool:
    """Whether a decision ends the case, where the pack lets these phases follow."""
    scene = phase_decision().message(**{"act.old": old, "act.new": new})
    rows = tuple(changed(row, next=phases[row.id]) if row.id in phases else row for row in scene.pack.phases)
    scene = scene.under(phases=rows)
    return Matter(scene.pack, scene.facts, scene.manifest, NOW).ending


def test_94_a_case_ends_by_a_decision_to_an_end_or_to_where_only_ends_follow() -> None:
    assert becoming("afgewezen")
    assert becoming("vernietigd", "afgewezen")
    assert becoming("afschaling", "casusoverleg")
    assert not becoming("casusoverleg")
    assert not becoming("casusoverleg", casusoverleg=())
    assert not becoming("casusoverleg", casusoverleg=("onbekend",))
    assert not becoming("afschaling", "afschaling")


def test_120_a_stranger_is_refused_for_being_none_of_the_case() -> None:
    scene = invitation().message(**{"act.admit": (STRANGER,)})
    assert "geen_deelnemer" in codes(scene)
    assert ("6.4", "ontvanger_zonder_grondslag", "/act/admit/0") not in scene.reasons()


def ended(who: Address, **updates: Any) -> Scene:
    """The house ends the part of somebody whom it does not tell, of whom this is known."""
    scene = departure(HOUSE).message(to=(COLLEGE,), **{"act.remove": (who,)})
    rows = {row.address: row for row in (*scene.facts.parties, party_fact(who, **updates))}
    return scene.known(parties=[row.model_dump() for row in rows.values()])


def test_96_only_who_left_already_is_not_told_that_its_part_ends() -> None:
    reason = ("9.6", "einde_zonder_ontvanger", "/act/remove/0")
    assert reason not in ended(GGZ, left=NOW).reasons()
    assert reason in ended(GGZ, left=NOW + timedelta(seconds=1)).reasons()
    unknown = ended(GGZ)
    others = [row.model_dump() for row in unknown.facts.parties if row.address != GGZ]
    assert reason in unknown.known(parties=others).reasons()


# terms


def in_the_meeting(scene: Scene) -> Scene:
    """The same decision, taken while the case is in the meeting."""
    return scene.message(phase="casusoverleg").known(**{"case.phase": "casusoverleg"})


def moved(unit: str, amount: int, until: timedelta) -> Scene:
    """A term is moved that did not begin with this phase, where the pack moves it at most so far."""
    scene = in_the_meeting(term_decision())
    rows = tuple(
        changed(row, unit=unit, amount=amount) if row.id == "uitstel_ten_hoogste" else row for row in scene.pack.terms
    )
    return scene.under(terms=rows).message(**{"act.until": NOW + until})


@pytest.mark.parametrize(
    ("unit", "amount", "days"),
    [("hours", 36, 1.5), ("days", 3, 3), ("weeks", 2, 14), ("months", 2, 60), ("years", 1, 365)],
)
def test_114_a_term_is_moved_no_further_than_the_pack_says(unit: str, amount: int, days: float) -> None:
    longest = timedelta(days=days)
    refused = moved(unit, amount, longest + timedelta(seconds=1))
    assert_refused(moved(unit, amount, longest), refused, ("11.4", "termijn_te_ver", "/act/until"))


def test_114_where_the_pack_does_not_say_how_far_it_is_not_moved() -> None:
    scene = in_the_meeting(term_decision()).message(**{"act.until": NOW + timedelta(hours=12)})
    rows = tuple(row for row in scene.pack.terms if row.id != "uitstel_ten_hoogste")
    assert_refused(scene, scene.under(terms=rows), ("11.4", "termijn_te_ver", "/act/until"))


def test_114_a_term_is_moved_to_a_moment_that_has_yet_to_come() -> None:
    scene = in_the_meeting(term_decision())
    ahead, now, past = (scene.message(**{"act.until": NOW + timedelta(seconds=late)}) for late in (1, 0, -1))
    for refused in (now, past):
        assert_refused(ahead, refused, ("11.4", "termijn_voorbij", "/act/until"))


def test_114_outside_a_case_a_term_has_no_end() -> None:
    assert "casus_onbekend" in codes(term_decision().known(case=None))


def test_the_articles_of_a_rule_are_those_that_it_cites() -> None:
    assert decisions.term_moved.articles == ("11.4",)
    assert meetings.leaving.articles == ("9.6",)


# what must be on record


def test_15_what_is_on_record_of_another_pack_says_nothing_of_this_one() -> None:
    other = changed(pack_fact(), digest=OTHER_PACK, dpia=None, consulted=None, decision=None)
    scene = notification()
    assert scene.known(packs=[row.model_dump() for row in (other, *scene.facts.packs)]).reasons() == []
    assert pack().digest != OTHER_PACK


def test_13_declared_and_screened_today_is_in_time() -> None:
    for today in ({"declared": NOW.date()}, {"screened": NOW.date()}):
        assert notification().party(HOUSE, **today).reasons() == []


# deeds


def agreed(scene: Scene, **updates: Any) -> Scene:
    """The scene with what was agreed changed."""
    return scene.known(**{f"agreed.{name}": value for name, value in updates.items()})


def test_531_a_decision_to_assign_carries_the_assignment_and_nothing_else() -> None:
    assert deed("toebedelen").reasons() == []
    for purpose in ("uitvoeren_actie", "toestandsbeeld"):
        scene = deed(purpose if purpose == "uitvoeren_actie" else "toebedelen").message(purpose=purpose)
        found = agreed(scene, kind="fase_besluit", decision="toebedeling")
        assert ("5.3.1", "afspraak_past_niet", "/act/agreement") in found.reasons()


# notices and receipts


def test_162_told_today_is_told() -> None:
    assert informed().message(**{"act.at": NOW.date()}).reasons() == []
    evening = informed().at(datetime(2026, 3, 10, 22, 0, tzinfo=UTC)).message(**{"act.at": date(2026, 3, 11)})
    assert "geinformeerd_in_toekomst" not in codes(evening)


@pytest.mark.parametrize("result", ["received", "key_closed", "overtaken"])
def test_72a_that_a_ceiling_answer_came_is_told_in_clear(result: str) -> None:
    assert "ontvangst_verraadt" not in codes(receipt_of_answer().message(**{"act.result": result}))


def test_72a_a_receipt_of_what_nobody_knows_tells_no_more_than_another() -> None:
    scene = receipt().known(**{"thread.kind": "iets_anders"})
    assert "antwoord_past_niet" in codes(scene)
    assert "ontvangst_verraadt" not in codes(scene)


def test_72a_only_of_a_ceiling_answer_what_was_found_is_sealed() -> None:
    scene = receipt().message(**{"act.result": "received"})
    assert "ontvangst_onverzegeld" not in codes(scene)
    assert "ontvangst_verzegeld" in codes(scene.message(sealed=receipt_of_answer().manifest.sealed))


def test_12_a_receipt_is_sealed_to_the_key_of_the_reply() -> None:
    scene = receipt_of_answer()
    other = scene.message(**{"sealed.recipients": ("A" * 43,)})
    assert other.reasons() == []
