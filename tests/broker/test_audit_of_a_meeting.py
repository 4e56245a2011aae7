"""The audit accuses nobody: over a whole case meeting of a real broker each party finds each decision and fact right.

Whatever part of the log a party happens to see: all entries of its own, the sources that came with its deliveries, and
any others besides. What a lie is found by is tested beside the audit (``tests/connectors/test_audit*.py``).
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from connectors.proofs.regathering import CaseView, regather
from connectors.proofs.replay import Entry, House, Judged, judge
from keys import proof
from schemas.canonical import digest_text
from schemas.gathering import Source
from schemas.ids import Address
from schemas.manifest import Manifest
from schemas.records import SignedRecord
from tests import making
from tests.broker.meeting import EVERYBODY, MAYOR, Meeting
from tests.broker.scene import Scene
from tests.making import COLLEGE, HOUSE, HOUSE_ID, MELDER

pytestmark = pytest.mark.slow
END = "juistheid_nagegaan"


async def played(scene: Scene) -> tuple[Meeting, dict[str, str]]:
    """Much of what can happen in a meeting; with the manifests of what was refused, by digest."""
    meeting, refused = await Meeting(scene).begun(), dict[str, str]()

    async def no(manifest: Manifest) -> None:
        sent = await scene.send(manifest)
        assert sent.answer.status == 403
        refused[digest_text(sent.text)] = sent.text

    item, other = meeting.housing(COLLEGE), meeting.housing(MELDER)
    await scene.allowed(meeting.gives(COLLEGE, (HOUSE,), item))
    await scene.allowed(meeting.gives(MELDER, (HOUSE,), other))
    await no(meeting.gives(HOUSE, (MELDER,), meeting.onward(item)))
    await scene.allowed(meeting.agrees(item, str(MELDER)))
    await scene.allowed(meeting.agrees(item, MAYOR.function))
    await scene.allowed(meeting.gives(HOUSE, (MELDER,), meeting.onward(item)))
    await meeting.joined(MAYOR)
    await no(meeting.gives(HOUSE, (MAYOR,), meeting.onward(item)))
    await scene.allowed(meeting.agrees(item, MAYOR.function))
    await scene.allowed(meeting.gives(HOUSE, (MAYOR,), meeting.onward(item)))
    await scene.allowed(meeting.about("beperking", COLLEGE, item, (HOUSE, MELDER), ground="juistheid_betwist"))
    await no(meeting.gives(HOUSE, (MAYOR,), meeting.onward(item)))
    await scene.allowed(meeting.about("beperking_einde", COLLEGE, item, (HOUSE,), reason=END))
    await scene.allowed(meeting.gives(HOUSE, (MAYOR,), meeting.onward(item)))
    await scene.allowed(meeting.gives(COLLEGE, (HOUSE, MAYOR), meeting.housing(COLLEGE)))
    await no(meeting.gives(MAYOR, (HOUSE,), item))
    await scene.allowed(meeting.agrees(item, str(MELDER), "ingetrokken"))
    await no(meeting.gives(HOUSE, (MELDER,), meeting.onward(item)))
    await scene.allowed(meeting.about("correctie", MELDER, other, (HOUSE,)))
    leaves = {"remove": (MAYOR,), "reason": "niet_meer_nodig"}
    await scene.allowed(meeting.says("deelname_einde", HOUSE, (MAYOR,), leaves))
    await no(meeting.gives(COLLEGE, (HOUSE, MAYOR), meeting.housing(COLLEGE)))
    await scene.settled()
    return meeting, refused


@dataclass
class Seat:
    """What one party has before it when it audits."""

    house: House
    entries: list[Entry]
    view: CaseView
    others: list[tuple[int, Source]]
    """Messages of the case that it does not see."""


async def seated(scene: Scene, who: Address, every: dict[str, tuple[int, Source]]) -> Seat:
    rows = await scene.broker.reading.records(HOUSE_ID)
    records = [(SignedRecord(first=row.first, second=row.second), row.time) for row in rows]
    house = House.of(records, {making.pack().digest: making.pack()}, who.oin)
    served = await scene.broker.reading.entries(HOUSE_ID, who.oin, -1, 1000)
    view, after = CaseView(), 0
    for row in served:
        body = json.loads(row.body)
        if row.manifest is not None:
            view.add(*every[body["manifest_sha256"]])
        if body.get("case") not in {None, "unknown"}:
            view.count(row.index, body["case_seq"])
    while (page := await scene.inbox(who, after, wait=0)).deliveries:
        after = page.deliveries[-1].n
        for delivery in page.deliveries:
            if delivery.envelope is not None:
                view.delivered.add(digest_text(delivery.envelope.manifest))
            for source in delivery.sources:
                assert source.proof is None or proof.parse(source.proof).index == every[digest_text(source.manifest)][0]
                view.add(*every[digest_text(source.manifest)])
    seen = {source.sha256 for _, source in view.messages}
    entries = [Entry(row.index, row.body, row.manifest) for row in served]
    return Seat(house, entries, view, [row for row in every.values() if row[1].sha256 not in seen])


async def log_of(scene: Scene) -> dict[str, tuple[int, Source]]:
    """Every allowed message with its place, by digest: what nobody but the broker sees whole."""
    found: dict[str, tuple[int, Source]] = {}
    for who in EVERYBODY:
        for row in await scene.broker.reading.entries(HOUSE_ID, who.oin, -1, 1000):
            sent = next((one for one in scene.sent if one.text == row.manifest), None)
            if sent is not None:
                time = datetime.fromisoformat(json.loads(row.body)["time"])
                found[digest_text(sent.text)] = (row.index, Source(sent.manifest, digest_text(sent.text), time))
    return found


def judged(seat: Seat, entry: Entry, refused: dict[str, str], scene: Scene) -> Judged:
    own = refused.get(str(json.loads(entry.body).get("manifest_sha256")))
    return judge(entry, seat.house, own, scene.clock.now + timedelta(hours=1))


async def test_nobody_is_accused_whatever_is_seen(scene: Scene) -> None:
    _, refused = await played(scene)
    every = await log_of(scene)
    assert len(every) == len(scene.sent)
    checked: dict[Address, tuple[int, int]] = {}
    chance = random.Random(7)
    for who in EVERYBODY:
        seat = await seated(scene, who, every)
        same = hidden = 0
        for entry in seat.entries:
            found = judged(seat, entry, refused, scene)
            assert found.problems == (), (who, entry.index, found)
            if not found.decided or found.body is None or found.manifest is None:
                continue
            for more in (0.0, 0.3, 0.7, 1.0):
                view = CaseView(list(seat.view.messages), list(seat.view.numbers), seat.view.delivered)
                for row in seat.others:
                    if chance.random() < more:
                        view.add(*row)
                again = regather(entry.index, found.body, found.manifest, view, seat.house)
                assert again.problems == (), (who, entry.index, found.manifest.kind, again.problems)
                if not more:
                    same, hidden = same + again.same, hidden + (not again.same)
                if more == 1.0:
                    assert again.same, (who, entry.index)
        checked[who] = (same, hidden)
    assert checked[HOUSE][0] >= 30, checked
    assert min(sum(each) for each in checked.values()) >= 8, checked
    assert checked[COLLEGE][1] > 0, checked  # what others told the house before it spoke, it does not see
