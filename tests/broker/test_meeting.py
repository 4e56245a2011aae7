"""The case meeting over a real broker: who may bring what to whom, and when that ends; both ends decide the same.

Every allowed message of a story is given to the checks of its recipient afterwards, which has nothing but the delivery.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from broker.parties.houses import add_records
from connectors.exchanges.checking import Checked
from schemas.ids import Address, MessageId
from tests import making
from tests.broker.meeting import MAYOR, PHASE, PLAN, Meeting
from tests.broker.scene import Scene, Sent, leaving
from tests.making import CASE, COLLEGE, HOUSE, HOUSE_ID, MELDER

Reasons = set[tuple[str, str]]


@pytest.fixture
async def meeting(scene: Scene) -> Meeting:
    return await Meeting(scene).begun()


async def all_decided_again(meeting: Meeting) -> dict[MessageId, Checked]:
    """Every message of the meeting that the broker allowed came with enough to decide the same."""
    again = await meeting.decided_again()
    assert len(meeting.sent) > 5
    assert [one.manifest for one in meeting.sent if one.manifest.id not in again] == []
    return again


async def given(meeting: Meeting) -> dict[str, object]:
    """An item of the college that the house has."""
    item = meeting.housing(COLLEGE)
    await meeting.scene.allowed(meeting.gives(COLLEGE, (HOUSE,), item))
    return item


async def test_a_participant_gives_to_the_others(meeting: Meeting) -> None:
    both = await meeting.scene.allowed(meeting.gives(COLLEGE, (HOUSE, MELDER), meeting.housing(COLLEGE)))
    back = await meeting.scene.allowed(meeting.gives(MELDER, (COLLEGE,), meeting.housing(MELDER)))
    for sent, who in ((both, HOUSE), (both, MELDER), (back, COLLEGE)):
        again = await meeting.decided_again(who)
        assert again[sent.manifest.id].verified.facts.case is not None
    waits = await meeting.scene.count("sealed JOIN message USING (seq) WHERE kind = 'inbreng'")
    for sent, who in ((both, HOUSE), (both, MELDER), (back, COLLEGE)):
        await meeting.scene.allowed(meeting.scene.received(sent, who))
    left = await meeting.scene.count("sealed JOIN message USING (seq) WHERE kind = 'inbreng'")
    assert (waits, left) == (2, 0)  # what each recipient filed is not kept here


async def test_nobody_else_receives_in_a_meeting(meeting: Meeting) -> None:
    """Asked into the case by its key, and not invited: what the meeting shares is not for it (1.20)."""
    await meeting.key(MAYOR, PHASE)
    item = meeting.housing(COLLEGE)
    assert ("1.20", "niet_in_het_overleg") in await meeting.refused(meeting.gives(COLLEGE, (HOUSE, MAYOR), item))
    await meeting.scene.allowed(meeting.invites(MAYOR))
    await meeting.scene.allowed(meeting.gives(COLLEGE, (HOUSE, MAYOR), item))
    await all_decided_again(meeting)


async def test_the_house_passes_on_with_the_providers_agreement_alone(meeting: Meeting) -> None:
    item = await given(meeting)
    onward = meeting.gives(HOUSE, (MELDER,), meeting.onward(item))
    assert ("3.5c", "akkoord_ontbreekt") in await meeting.refused(onward)
    await meeting.scene.allowed(meeting.agrees(item, str(MELDER)))
    passed = await meeting.scene.allowed(meeting.gives(HOUSE, (MELDER,), meeting.onward(item)))
    await meeting.scene.allowed(meeting.agrees(item, str(MELDER), "ingetrokken"))
    taken_back = await meeting.refused(meeting.gives(HOUSE, (MELDER,), meeting.onward(item)))
    assert ("3.5c", "akkoord_ontbreekt") in taken_back
    again = await all_decided_again(meeting)
    (fact,) = again[passed.manifest.id].verified.facts.agreements
    assert (fact.provider, fact.holder) == (COLLEGE, MELDER)


async def test_who_joins_late_gets_nothing_on_an_agreement_of_before(meeting: Meeting) -> None:
    item = await given(meeting)
    await meeting.scene.allowed(meeting.agrees(item, MAYOR.function))
    await meeting.joined(MAYOR)
    onward = meeting.gives(HOUSE, (MAYOR,), meeting.onward(item))
    assert ("3.5c", "akkoord_voor_toetreding") in await meeting.refused(onward)
    meeting.scene.clock.now += timedelta(minutes=1)
    await meeting.scene.allowed(meeting.agrees(item, MAYOR.function))
    await meeting.scene.allowed(meeting.gives(HOUSE, (MAYOR,), meeting.onward(item)))
    await all_decided_again(meeting)


async def passing(meeting: Meeting) -> dict[str, object]:
    """An item that the house may pass on to the notifier, and did."""
    item = await given(meeting)
    await meeting.scene.allowed(meeting.agrees(item, str(MELDER)))
    await meeting.scene.allowed(meeting.gives(HOUSE, (MELDER,), meeting.onward(item)))
    return item


async def test_consent_taken_back_stops_an_item(meeting: Meeting) -> None:
    item = await passing(meeting)
    act = {"consent": making.reference("toestemming"), "from": "2026-03-10"}
    other = meeting.about("toestemming_ingetrokken", MELDER, item, (HOUSE,), **act)
    assert ("2.1", "item_van_ander") in await meeting.refused(other)
    withdrawn = meeting.about("toestemming_ingetrokken", COLLEGE, item, (HOUSE, MELDER), **act)
    await meeting.scene.allowed(withdrawn)
    refused = await meeting.refused(meeting.gives(HOUSE, (MELDER,), meeting.onward(item)))
    assert refused == {("7.2d", "toestemming_ingetrokken")}
    await all_decided_again(meeting)


async def test_a_wrong_item_goes_no_further(meeting: Meeting) -> None:
    item = await passing(meeting)
    await meeting.scene.allowed(meeting.about("correctie", COLLEGE, item, (HOUSE, MELDER)))
    refused = await meeting.refused(meeting.gives(HOUSE, (MELDER,), meeting.onward(item)))
    assert refused == {("9.5", "item_onjuist")}
    await all_decided_again(meeting)


async def test_a_restricted_item_waits_until_that_ends(meeting: Meeting) -> None:
    item = await passing(meeting)
    act = {"ground": "juistheid_betwist"}
    await meeting.scene.allowed(meeting.about("beperking", COLLEGE, item, (HOUSE, MELDER), **act))
    refused = await meeting.refused(meeting.gives(HOUSE, (MELDER,), meeting.onward(item)))
    assert refused == {("20", "item_beperkt")}
    again = meeting.about("beperking_einde", COLLEGE, item, (HOUSE, MELDER), reason="juistheid_nagegaan")
    await meeting.scene.allowed(again)
    await meeting.scene.allowed(meeting.gives(HOUSE, (MELDER,), meeting.onward(item)))
    await all_decided_again(meeting)


@pytest.mark.parametrize("kind", ["toestemming_ingetrokken", "correctie", "beperking", "deelname_einde"])
async def test_what_narrows_is_there_before_its_round(quiet_scene: Scene, kind: str) -> None:
    """No round runs: what was given waits for its proof, what stops it does not, and its recipient obeys it."""
    meeting = await Meeting(quiet_scene).begun()
    await quiet_scene.settled()
    item = meeting.housing(COLLEGE)
    given = await quiet_scene.allowed(meeting.gives(COLLEGE, (HOUSE, MELDER), item))
    acts: dict[str, dict[str, Any]] = {
        "toestemming_ingetrokken": {"consent": making.reference("toestemming"), "from": "2026-03-10"},
        "correctie": {},
        "beperking": {"ground": "juistheid_betwist"},
    }
    if kind == "deelname_einde":
        act = {"remove": (COLLEGE,), "reason": "op_eigen_verzoek"}
        stops = meeting.says(kind, COLLEGE, (HOUSE, MELDER), act)
    else:
        stops = meeting.about(kind, COLLEGE, item, (HOUSE, MELDER), **acts[kind])
    await quiet_scene.allowed(stops)
    again = await meeting.decided_again(MELDER, settled=False)
    assert given.manifest.id not in again
    assert again[stops.id].verified.index is None


@pytest.mark.parametrize("sender", [HOUSE, MAYOR])
async def test_who_left_the_meeting_receives_nothing_any_more(meeting: Meeting, sender: Address) -> None:
    """Removed by the house, or by its own word: at once, for what is given and for what it would give."""
    await meeting.joined(MAYOR)
    await meeting.scene.allowed(meeting.gives(COLLEGE, (HOUSE, MAYOR), meeting.housing(COLLEGE)))
    reason = "niet_meer_nodig" if sender == HOUSE else "op_eigen_verzoek"
    to = (MAYOR, MELDER) if sender == HOUSE else (HOUSE,)
    act = {"remove": (MAYOR,), "reason": reason}
    await meeting.scene.allowed(meeting.says("deelname_einde", sender, to, act))
    to_mayor = await meeting.refused(meeting.gives(COLLEGE, (HOUSE, MAYOR), meeting.housing(COLLEGE)))
    from_mayor = await meeting.refused(meeting.gives(MAYOR, (HOUSE,), meeting.housing(MAYOR)))
    assert {("1.20", "niet_in_het_overleg")} <= to_mayor & from_mayor
    await all_decided_again(meeting)


async def test_who_takes_no_part_in_the_case_receives_nothing(meeting: Meeting) -> None:
    """24, 9.6: an invitation does not bring in who was not asked into the case by its key either."""
    assert ("9.6", "geen_deelnemer") in await meeting.refused(meeting.invites(MAYOR))
    refused = await meeting.refused(meeting.gives(COLLEGE, (HOUSE, MAYOR), meeting.housing(COLLEGE)))
    assert {("24", "buiten_de_deelnemers"), ("9.6", "geen_deelnemer")} <= refused
    await all_decided_again(meeting)


async def test_nobody_removes_another(meeting: Meeting) -> None:
    act = {"remove": (MELDER,), "reason": "niet_meer_nodig"}
    reasons = await meeting.refused(meeting.says("deelname_einde", COLLEGE, (HOUSE,), act))
    assert reasons


async def test_a_party_that_leaves_the_house_is_out_at_once(meeting: Meeting) -> None:
    """28.3, 30: nothing goes to it any more, also what was agreed to before."""
    scene = meeting.scene
    item = meeting.housing(MELDER)
    await scene.allowed(meeting.gives(MELDER, (HOUSE,), item))
    await scene.allowed(meeting.agrees(item, str(COLLEGE)))
    await scene.allowed(meeting.gives(HOUSE, (COLLEGE,), meeting.onward(item)))
    await all_decided_again(meeting)
    record = leaving(COLLEGE.oin, scene.clock.now)
    await add_records(scene.broker.database, scene.folder, HOUSE_ID, [record], scene.clock.now)
    scene.clock.now += timedelta(seconds=1)
    refused = await meeting.refused(meeting.gives(HOUSE, (COLLEGE,), meeting.onward(item)))
    assert {rule for rule, code in refused if code == "uitgetreden"} <= {"28.3", "30"}
    assert "uitgetreden" in {code for _, code in refused}


async def handed_over(meeting: Meeting) -> Sent:
    """The meeting decided to scale down; the college directs the case from here."""
    act = {"meeting": making.digest("verslag"), "casusregie": COLLEGE}
    moved = await meeting.scene.allowed(meeting.moves(PHASE, "afschaling", "doel_bereikt", **act))
    for who in (COLLEGE, MELDER):
        wanted = meeting.says("sleutel_verzoek", HOUSE, (who,), {}, phase="afschaling", on_behalf_of=COLLEGE)
        asked = await meeting.scene.allowed(wanted)
        await meeting.scene.allowed(meeting.scene.key_message(who, HOUSE, "afschaling", reply_to=asked.manifest.id))
    house = meeting.scene.key_message(HOUSE, COLLEGE, "afschaling", on_behalf_of=COLLEGE)
    await meeting.scene.allowed(house)
    return moved


async def test_scaling_down_gives_to_who_directs_the_case_alone(meeting: Meeting) -> None:
    no_meeting = meeting.moves(PHASE, "afschaling", "doel_bereikt", casusregie=COLLEGE)
    assert ("B2-out", "overleg_ontbreekt") in await meeting.refused(no_meeting)
    await handed_over(meeting)
    end: dict[str, Any] = {"phase": "afschaling", "purpose": "resultaat_beoordelen"}
    end |= {"necessity": {"code": "resultaat_beoordelen", "commitment": making.digest("toelichting")}}
    for to in ((COLLEGE,), (HOUSE,)):
        await meeting.scene.allowed(meeting.gives(MELDER, to, meeting.housing(MELDER), **end))
    other = meeting.gives(COLLEGE, (MELDER,), meeting.housing(COLLEGE), **end)
    assert ("1.21", "alleen_voor_overdracht") in await meeting.refused(other)
    plan = meeting.gives(MELDER, (COLLEGE,), meeting.housing(MELDER), **(end | {"purpose": PLAN}))
    assert ("B2", "doel_niet_in_fase") in await meeting.refused(plan)
    await all_decided_again(meeting)


async def test_who_takes_part_sees_so(meeting: Meeting) -> None:
    """The house, the notifier, who directs the case and oneself; and nobody sees whom else it is shared with."""
    await meeting.joined(MAYOR)
    act = {"decision": "casusregie", "casusregie": COLLEGE, "meeting": making.digest("verslag")}
    await meeting.scene.allowed(meeting.moves(PHASE, PHASE, "casusregie_belegd", **act))
    for who in (HOUSE, MELDER, COLLEGE, MAYOR):
        view = await meeting.scene.broker.cases.case_view(HOUSE_ID, CASE, who.oin)
        assert view is not None
        assert (view.phase, view.casusregie, view.acting_for) == (PHASE, COLLEGE, COLLEGE)
        live = {(row.address, row.role) for row in view.roster if row.until is None}
        notifier = "deelnemer" if who in {HOUSE, MELDER} else "melder"
        assert live == {(HOUSE, "huis"), (MELDER, notifier), *({(who, "deelnemer")} if who in {COLLEGE, MAYOR} else {})}


async def test_a_decision_that_keeps_the_phase_ends_nothing(meeting: Meeting) -> None:
    """B2-out: what waits for its recipients waits on, and the phase did not begin anew."""
    sent = await meeting.scene.allowed(meeting.gives(COLLEGE, (HOUSE, MELDER), meeting.housing(COLLEGE)))
    act = {"decision": "casusregie", "casusregie": COLLEGE, "meeting": making.digest("verslag")}
    decided = meeting.moves(PHASE, PHASE, "casusregie_belegd", **act)
    meeting.scene.clock.now += timedelta(hours=1)
    await meeting.scene.allowed(decided)
    assert await meeting.scene.count("sealed JOIN message USING (seq) WHERE kind = 'inbreng'") == 1
    later = meeting.gives(MELDER, (COLLEGE,), meeting.housing(MELDER))
    await meeting.scene.allowed(later)
    again = await meeting.decided_again()
    before, after = (again[one.id].verified.facts.case for one in (sent.manifest, later))
    assert before is not None
    assert after is not None
    assert (before.phase_since, before.casusregie) == (after.phase_since, None)
    assert after.casusregie == COLLEGE
