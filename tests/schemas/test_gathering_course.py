"""Where a case is and who takes part in it: admitted, left, come back; and who is told of whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from schemas.facts import KeptFact
from schemas.gathering import Source
from schemas.ids import Address, ItemRef, Term
from schemas.manifest import Manifest
from tests.making import COLLEGE, HOUSE, MELDER, NOW, manifest_of, message_id, reference
from tests.schemas.folding import GGD, GGZ, OM, POLICE, Told, begun, origins, passing


def standing(told: Told, where: Address, manifest: Manifest, thread: Source | None = None) -> list[tuple[str, bool]]:
    """The rows of an address: which role, and whether it lasts."""
    return [(row.role, row.until is None) for row in told.rows(where, manifest, thread)]


def test_who_is_admitted_takes_part_from_then() -> None:
    told = begun("casusoverleg", GGZ)
    assert standing(told, GGZ, passing(HOUSE, GGZ)) == [("gevraagd", True)]
    invited = told.invite(GGZ)
    row = told.rows(GGZ, passing(HOUSE, GGZ))
    assert [(one.role, one.since, one.until) for one in row] == [("deelnemer", invited.time, None)]
    assert invited.sha256 in told.gathered(passing(HOUSE, GGZ)).sources
    assert told.facts(passing(HOUSE, GGZ)).role(GGZ, told.now) == "deelnemer"


def test_who_leaves_is_what_it_was_before() -> None:
    told = begun("casusoverleg", GGZ)
    invited, left = told.invite(GGZ, MELDER), told.leave(GGZ, MELDER)
    message = passing(HOUSE, GGZ, MELDER)
    assert [(row.role, row.since, row.until) for row in told.rows(GGZ, message)] == [
        ("deelnemer", invited.time, left.time),
        ("gevraagd", left.time, None),
    ]
    assert [(row.role, row.since, row.until) for row in told.rows(MELDER, message)] == [
        ("melder", NOW, invited.time),
        ("deelnemer", invited.time, left.time),
        ("melder", left.time, None),
    ]
    assert left.sha256 in told.gathered(message).sources
    assert told.case(message).notifier == MELDER
    never_asked = begun()
    never_asked.invite(GGD)
    never_asked.leave(GGD)
    assert standing(never_asked, GGD, passing(HOUSE, GGD)) == [("deelnemer", False)]


def test_who_comes_back_takes_part_anew() -> None:
    told = begun("casusoverleg", GGZ)
    told.invite(GGZ)
    told.leave(GGZ)
    again = told.invite(GGZ)
    message = passing(HOUSE, GGZ)
    rows = told.rows(GGZ, message)
    assert [row.role for row in rows] == ["deelnemer", "gevraagd", "deelnemer"]
    assert (rows[-1].since, rows[-1].until) == (again.time, None)
    live = [row for row in rows if row.since <= told.now and (row.until is None or told.now < row.until)]
    assert [row.role for row in live] == ["deelnemer"]


def test_asked_only_after_leaving_is_asked_from_then() -> None:
    told = begun()
    told.invite(GGD)
    left = told.leave(GGD)
    asked = told.ask(GGD)[0]
    message = passing(HOUSE, GGD)
    assert [(row.role, row.since) for row in told.rows(GGD, message)][1:] == [("gevraagd", asked.time)]
    assert asked.time > left.time
    late = begun()
    late.invite(GGD)
    late.leave(GGD)
    late.invite(GGD)
    late.ask(GGD)
    assert [row.role for row in late.rows(GGD, message)] == ["deelnemer", "deelnemer"]


def test_admitted_at_once_with_being_asked_there_is_no_row_between() -> None:
    told = begun()
    told.now = NOW
    told.invite(MELDER)
    assert standing(told, MELDER, passing(HOUSE, MELDER)) == [("deelnemer", True)]


def test_inviting_twice_or_removing_who_is_not_there_says_nothing() -> None:
    told = begun("casusoverleg", GGZ)
    nobody = told.leave(GGZ)
    first, second = told.invite(GGZ), told.invite(GGZ)
    message = passing(HOUSE, GGZ)
    assert [row.since for row in told.rows(GGZ, message)] == [first.time]
    assert {nobody.sha256, second.sha256}.isdisjoint(told.gathered(message).sources)


@pytest.mark.parametrize("sender", [GGZ, MELDER, POLICE])
def test_only_the_house_admits(sender: Address) -> None:
    told = begun("casusoverleg", GGZ)
    forged = told.invite(GGZ, POLICE, sender=sender)
    assert standing(told, GGZ, passing(HOUSE, GGZ)) == [("gevraagd", True)]
    assert standing(told, POLICE, passing(HOUSE, POLICE)) == []
    assert forged.sha256 not in told.gathered(passing(HOUSE, GGZ)).sources


def test_a_participant_ends_its_own_part_and_no_other() -> None:
    told = begun("casusoverleg", GGZ, GGD)
    told.invite(GGZ, GGD)
    forged = told.leave(GGZ, sender=GGD)
    assert standing(told, GGZ, passing(HOUSE, GGZ)) == [("deelnemer", True)]
    assert forged.sha256 not in told.gathered(passing(HOUSE, GGZ)).sources
    told.leave(GGZ, GGD, sender=GGD)
    assert standing(told, GGZ, passing(HOUSE, GGZ)) == [("deelnemer", True)]
    assert standing(told, GGD, passing(HOUSE, GGD)) == [("deelnemer", False), ("gevraagd", True)]


def test_the_house_takes_no_part_by_invitation() -> None:
    told = begun()
    told.invite(HOUSE, sender=HOUSE)
    assert standing(told, HOUSE, passing(HOUSE, GGZ)) == [("huis", True)]


def test_who_took_part_is_still_known_when_scaling_down() -> None:
    told = begun("casusoverleg", GGZ)
    told.invite(GGZ)
    told.decide("casusoverleg", "afschaling", casusregie=GGZ)
    message = passing(HOUSE, GGZ, phase="afschaling")
    assert told.case(message).phase == "afschaling"
    assert standing(told, GGZ, message) == [("deelnemer", True)]


def test_a_decision_of_the_house_tells_of_those_it_names() -> None:
    told = begun("casusoverleg", GGZ, GGD)
    told.invite(GGZ)
    decided = told.decide("casusoverleg", "afschaling", casusregie=GGD).manifest
    told.sources.pop()
    assert standing(told, GGZ, decided) == []
    assert standing(told, GGD, decided) == [("gevraagd", True)]
    named: dict[str, Any] = {"admit": (GGD,), "agreement": message_id("x")}
    assert standing(told, GGD, manifest_of("casus_uitnodiging", HOUSE, GGZ, act=named)) == [("gevraagd", True)]
    gone = {"remove": (GGZ,), "reason": "klaar"}
    assert standing(told, GGZ, manifest_of("deelname_einde", HOUSE, MELDER, act=gone)) == [("deelnemer", True)]


def test_naming_somebody_tells_nobody_but_the_house_whether_they_take_part() -> None:
    told = begun("casusoverleg", GGZ, GGD)
    told.invite(GGZ)
    gone = {"remove": (GGD, GGZ), "reason": "klaar"}
    admit = {"admit": (GGD, GGZ), "agreement": message_id("x")}
    decided = told.decide("casusoverleg", "afschaling", casusregie=GGD).manifest.act
    told.sources.pop()
    for kind, act in (("deelname_einde", gone), ("casus_uitnodiging", admit), ("fase_besluit", decided)):
        facts = told.facts(manifest_of(kind, MELDER, HOUSE, act=act))
        assert facts.case is not None
        assert {row.address for row in facts.case.roster} == {MELDER, HOUSE}
        assert {party.address for party in facts.parties} == {
            MELDER,
            HOUSE,
            GGD,
            *({GGZ} if act is not decided else ()),
        }


def test_participants_know_each_other() -> None:
    told = begun("casusoverleg", GGZ, GGD)
    message = passing(GGZ, GGD)
    assert standing(told, GGD, message) == []
    told.invite(GGZ)
    told.invite(GGD)
    assert standing(told, GGD, message) == [("deelnemer", True)]
    assert [key.address for key in told.case(message).keys] == [GGD]
    told.leave(GGZ)
    assert standing(told, GGD, message) == []
    assert told.case(message).keys == ()


def test_a_participant_does_not_find_out_who_was_asked_and_did_not_come() -> None:
    """1.19: to such a one the house writes; to the house it is what it is."""
    told = begun("casusoverleg", GGZ, GGD, POLICE)
    told.invite(GGZ)
    told.invite(COLLEGE)
    for others in ((GGD,), (GGD, HOUSE), (GGD, POLICE), (GGD, COLLEGE), (HOUSE, GGD, POLICE)):
        message = passing(GGZ, *others)
        assert standing(told, GGD, message) == standing(told, POLICE, message) == []
        assert told.gathered(message).facts == told.gathered(passing(GGZ, *others)).facts
        assert told.case(message).keys == told.case(passing(GGZ, *(set(others) - {GGD, POLICE} or {HOUSE}))).keys
    assert standing(told, COLLEGE, passing(GGZ, GGD, COLLEGE)) == [("deelnemer", True)]
    assert standing(told, GGD, passing(HOUSE, GGD)) == [("gevraagd", True)]
    never = told.gathered(passing(GGZ, OM))
    asked = told.gathered(passing(GGZ, GGD))
    assert (asked.facts.case, asked.sources) == (never.facts.case, never.sources)


def test_that_a_participant_was_asked_before_is_not_told() -> None:
    told = begun("casusoverleg", GGZ, GGD)
    asked = {s.sha256 for s in told.sources if s.manifest.kind == "sleutel_verzoek"}
    told.invite(GGZ)
    told.invite(GGD)
    for message in (passing(GGZ, GGD), passing(HOUSE, GGZ, GGD), passing(GGZ, HOUSE)):
        gathered = told.gathered(message)
        assert "gevraagd" not in gathered.facts.model_dump_json()
        assert asked.isdisjoint(gathered.sources)


def test_who_does_not_take_part_learns_nothing_of_the_meeting() -> None:
    told = begun("casusoverleg", GGZ, GGD)
    invited = {told.invite(GGZ).sha256, told.invite(MELDER).sha256}
    for sender in (GGD, POLICE):
        gathered = told.gathered(manifest_of("geinformeerd", sender, HOUSE, phase="casusoverleg", act=TOLD))
        assert gathered.facts.case is not None
        assert "deelnemer" not in {row.role for row in gathered.facts.case.roster}
        assert invited.isdisjoint(gathered.sources)
        assert standing(told, GGZ, passing(sender, GGZ)) == []
        assert standing(told, MELDER, passing(sender, MELDER)) == [("melder", True)]


TOLD = {"subjects": [reference("betrokkene")], "at": "2026-03-09", "how": "brief"}


def test_who_is_written_to_may_answer() -> None:
    told = begun("casusoverleg", GGZ, GGD)
    told.invite(GGZ)
    asking = told.tell("actie", GGZ, {"agreement": message_id("x")}, to=(GGD,))
    answer = passing(GGD, GGZ, reply_to=asking.manifest.id)
    assert standing(told, GGZ, answer, asking) == [("deelnemer", True)]
    assert standing(told, GGZ, answer) == []
    elsewhere = asking.manifest.model_copy(update={"case": reference("andere casus")})
    to_another = asking.manifest.model_copy(update={"to": (POLICE,)})
    another = asking.manifest.model_copy(update={"id": message_id("ander")})
    for forged in (elsewhere, to_another, another):
        assert standing(told, GGZ, answer, Source(forged, asking.sha256, asking.time)) == []
    assert standing(told, GGZ, passing(GGD, POLICE, reply_to=asking.manifest.id), asking) == []


def test_who_directs_the_case_is_known_to_all() -> None:
    told = begun("casusoverleg", GGZ, GGD)
    told.invite(GGZ)
    told.decide("casusoverleg", "afschaling", casusregie=GGZ)
    message = passing(GGD, GGZ, phase="afschaling")
    assert told.case(message).casusregie == GGZ
    assert standing(told, GGZ, message) == [("deelnemer", True)]
    assert standing(told, GGZ, passing(GGD, POLICE)) == []


def test_a_decision_to_the_same_phase_moves_nothing() -> None:
    told = begun("casusoverleg", GGZ)
    since = told.case(passing(HOUSE, GGZ)).phase_since
    other = told.decide("casusoverleg", "casusoverleg", decision="opschaling")
    case = told.case(passing(HOUSE, GGZ))
    assert (case.phase, case.phase_since) == ("casusoverleg", since)
    assert other.sha256 not in told.gathered(passing(HOUSE, GGZ)).sources
    moved = told.decide("casusoverleg", "afschaling")
    assert told.case(passing(HOUSE, GGZ)).phase_since == moved.time


@pytest.mark.parametrize(("old", "new"), [("triage", "afschaling"), ("aanmelding", "triage"), ("triage", "triage")])
def test_a_decision_that_starts_elsewhere_decides_nothing(old: str, new: str) -> None:
    told = begun("casusoverleg", GGZ)
    before = told.gathered(passing(HOUSE, GGZ))
    told.decide(old, new, casusregie=GGZ, keep=[reference("gegeven")], keep_for=["plan_van_aanpak"])
    assert told.gathered(passing(HOUSE, GGZ)) == before


def test_the_last_decision_that_names_one_says_who_directs() -> None:
    told = begun("casusoverleg", GGZ, GGD)
    message = passing(HOUSE, GGZ)
    assert (told.case(message).casusregie, told.case(message).acting_for) == (None, MELDER)
    first = told.decide("casusoverleg", "casusoverleg", decision="casusregie", casusregie=GGZ)
    assert (told.case(message).casusregie, told.case(message).acting_for) == (GGZ, GGZ)
    second = told.decide("casusoverleg", "casusoverleg", decision="casusregie", casusregie=GGD)
    told.decide("casusoverleg", "afschaling")
    assert (told.case(message).casusregie, told.case(message).acting_for) == (GGD, GGD)
    sources = told.gathered(message).sources
    assert second.sha256 in sources
    assert first.sha256 not in sources
    forged = told.decide("afschaling", "afschaling", sender=GGZ, casusregie=GGZ)
    assert told.case(message).casusregie == GGD
    assert forged.sha256 not in told.gathered(message).sources


def kept(told: Told, *names: str) -> tuple[KeptFact, ...]:
    """What was kept of the items called so, when they are passed on."""
    return told.case(passing(HOUSE, GGZ, names=names or ("gegeven",))).kept


def rows(*pairs: tuple[str, str]) -> tuple[KeptFact, ...]:
    """Kept facts, in their order."""
    made = [KeptFact(item=ItemRef(reference(name)), purpose=Term(purpose)) for name, purpose in pairs]
    return tuple(sorted(made, key=lambda fact: (fact.item, fact.purpose)))


def test_what_a_decision_keeps_is_kept_for_its_purposes() -> None:
    told = begun("triage")
    purposes = ["plan_van_aanpak", "toestandsbeeld"]
    told.decide("triage", "casusoverleg", keep=[reference("gegeven"), reference("ander")], keep_for=purposes)
    assert kept(told) == rows(("gegeven", "plan_van_aanpak"), ("gegeven", "toestandsbeeld"))
    assert kept(told, "onbekend") == ()
    assert told.case(manifest_of("sleutel_verzoek", HOUSE, GGZ)).kept == ()


def test_without_purposes_nothing_is_kept() -> None:
    told = begun("triage")
    told.decide("triage", "casusoverleg", keep=[reference("gegeven")])
    assert kept(told) == ()


def test_later_decisions_in_the_phase_add_and_the_next_phase_begins_anew() -> None:
    told = begun("triage")
    told.decide("triage", "casusoverleg", keep=[reference("gegeven")], keep_for=["plan_van_aanpak"])
    more = told.decide("casusoverleg", "casusoverleg", keep=[reference("gegeven")], keep_for=["verdere_verstrekking"])
    same = told.decide("casusoverleg", "casusoverleg", keep=[reference("gegeven")], keep_for=["plan_van_aanpak"])
    assert kept(told) == rows(("gegeven", "plan_van_aanpak"), ("gegeven", "verdere_verstrekking"))
    sources = told.gathered(passing(HOUSE, GGZ)).sources
    assert more.sha256 in sources
    assert same.sha256 not in sources
    assert more.sha256 not in told.gathered(passing(HOUSE, GGZ, names=["ander"])).sources
    told.decide("casusoverleg", "afschaling")
    assert kept(told) == ()


def test_what_something_is_derived_from_is_kept_or_not_as_well() -> None:
    told = begun("triage")
    told.decide("triage", "casusoverleg", keep=[reference("bron")], keep_for=["plan_van_aanpak"])
    message = passing(HOUSE, GGZ, derived_from=origins(GGD, "bron"))
    assert told.case(message).kept == rows(("bron", "plan_van_aanpak"))


def test_only_the_house_keeps() -> None:
    told = begun("casusoverleg", GGZ)
    told.decide("casusoverleg", "casusoverleg", sender=GGZ, keep=[reference("gegeven")], keep_for=["plan_van_aanpak"])
    assert kept(told) == ()


def test_a_case_is_as_it_was_first_opened() -> None:
    told = begun("casusoverleg")
    told.tell("aanmelding_start", GGZ, {"mandate": "een.ander.mandaat"}, phase="aanmelding")
    case = told.case(passing(HOUSE, GGZ))
    assert (case.notifier, case.opened) == (MELDER, NOW)


def test_nothing_is_known_of_a_case_that_nobody_opened() -> None:
    told = begun("casusoverleg", GGZ)
    told.invite(GGZ)
    told.agree(GGZ, GGZ)
    del told.sources[0]
    gathered = told.gathered(passing(HOUSE, COLLEGE))
    assert gathered.sources == ()
    assert (gathered.facts.case, gathered.facts.agreements, gathered.facts.informed) == (None, (), ())


def test_what_is_told_twice_is_told_once() -> None:
    told = begun("casusoverleg", GGZ)
    told.invite(GGZ)
    told.leave(GGZ)
    before = told.gathered(passing(HOUSE, GGZ))
    told.sources += [Source(s.manifest, s.sha256, s.time + timedelta(days=1)) for s in told.sources]
    assert told.gathered(passing(HOUSE, GGZ)) == before
