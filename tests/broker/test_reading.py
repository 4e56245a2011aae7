"""What may be read: the log by everyone, bodies and manifests by who takes part, cases and provisions likewise."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broker.ledger.manifests import read_manifest
from broker.problem import ProblemError
from broker.registers.provisions import Filters
from keys import tiles
from keys.merkle import body_leaf, leaf_hash
from schemas.entry import body_bytes
from schemas.ids import CaseRef, Term
from tests import making
from tests.broker.scene import OTHER, Scene, body_of, receive_key
from tests.making import COLLEGE, HOUSE, HOUSE_ID, MELDER, NOW

RECORDS = 9
"""Leaves before the first message of a scene."""


async def test_entries_are_for_those_who_take_part(scene: Scene) -> None:
    await scene.to_triage()
    await scene.settled()
    reading = scene.broker.reading
    house = await reading.entries(HOUSE_ID, HOUSE.oin, -1, 100)
    asked = await reading.entries(HOUSE_ID, COLLEGE.oin, -1, 100)
    assert await reading.entries(HOUSE_ID, OTHER.oin, -1, 100) == []
    assert {one.index for one in asked} < {one.index for one in house}
    last = asked[-1]
    assert last.manifest is not None
    assert await reading.entries(HOUSE_ID, COLLEGE.oin, -1, 100, [last.index]) == [last]
    assert await reading.entries(HOUSE_ID, COLLEGE.oin, last.index, 100) == []
    assert [one.index for one in await reading.entries(HOUSE_ID, HOUSE.oin, house[1].index, 2)] == [
        house[2].index,
        house[3].index,
    ]
    hashes = await reading.tile(HOUSE_ID, 0, 0, last.index + 1)
    assert hashes[-32:] == leaf_hash(body_leaf(last.body.encode()))


async def test_the_notifier_does_not_read_who_else_was_asked(scene: Scene) -> None:
    """1.19: the house asks on its behalf, and still it learns nothing but what the house tells it."""
    await scene.to_triage()
    await scene.allowed(scene.question())
    await scene.settled()
    entries = await scene.broker.reading.entries(HOUSE_ID, MELDER.oin, -1, 100)
    manifests = [read_manifest(one.manifest) for one in entries if one.manifest]
    assert {manifest.kind for manifest in manifests} >= {"aanmelding_start", "aanmelding", "fase_besluit"}
    assert {address for manifest in manifests for address in (manifest.sender, *manifest.to)} == {HOUSE, MELDER}
    provisions = await scene.broker.provisions.search(HOUSE_ID, MELDER.oin, Filters())
    assert [row.kind for row in provisions] == ["aanmelding"]


async def test_tiles_and_bundles_end_at_the_checkpoint(quiet_scene: Scene) -> None:
    reading = quiet_scene.broker.reading
    await quiet_scene.allowed(quiet_scene.start())
    assert len(await reading.tile(HOUSE_ID, 0, 0, RECORDS)) == RECORDS * 32
    assert len(tiles.decode_bundle(await reading.bundle(HOUSE_ID, 0, RECORDS))) == RECORDS
    for width in (0, RECORDS + 1, 257):
        with pytest.raises(ProblemError) as caught:
            await reading.tile(HOUSE_ID, 0, 0, width)
        assert caught.value.code == "niet_gevonden"
        with pytest.raises(ProblemError) as caught:
            await reading.bundle(HOUSE_ID, 0, width)
        assert caught.value.code == "niet_gevonden"
    with pytest.raises(ProblemError):
        await reading.tile(HOUSE_ID, 1, 0, 1)


async def test_a_case_as_each_participant_sees_it(scene: Scene) -> None:
    await scene.to_triage()
    cases = scene.broker.cases
    house = await cases.case_view(HOUSE_ID, making.CASE, HOUSE.oin)
    notifier = await cases.case_view(HOUSE_ID, making.CASE, MELDER.oin)
    asked = await cases.case_view(HOUSE_ID, making.CASE, COLLEGE.oin)
    assert house is not None
    assert notifier is not None
    assert asked is not None
    assert (asked.phase, asked.notifier, asked.acting_for) == ("triage", MELDER, MELDER)
    assert {(row.address, row.role) for row in asked.roster} == {
        (MELDER, "melder"),
        (HOUSE, "huis"),
        (COLLEGE, "gevraagd"),
    }
    assert {key.kid for key in asked.keys} == {receive_key(HOUSE, "triage").kid, receive_key(COLLEGE, "triage").kid}
    # Nobody learns who else was asked; the house's own keys are its own.
    assert {row.address for row in notifier.roster} == {MELDER, HOUSE}
    assert {key.address for key in notifier.keys} == {HOUSE}
    assert {key.address for key in house.keys} == {HOUSE}


async def test_a_case_is_nothing_to_others(scene: Scene) -> None:
    await scene.to_notified()
    cases = scene.broker.cases
    assert await cases.case_view(HOUSE_ID, making.CASE, OTHER.oin) is None
    assert await cases.case_view(HOUSE_ID, making.CASE, making.address(77, "om").oin) is None
    assert await cases.case_view(HOUSE_ID, CaseRef(making.reference("geen")), HOUSE.oin) is None


async def test_the_register_of_provisions_is_scoped(scene: Scene) -> None:
    await scene.to_triage()
    question = await scene.allowed(scene.question())
    scene.clock.now = making.ANSWER_TIME
    answer = await scene.allowed(scene.reply(question.manifest))
    await scene.settled()
    search = scene.broker.provisions.search
    asked = await search(HOUSE_ID, COLLEGE.oin, Filters())
    assert [(row.kind, row.entry) for row in asked] == [
        ("triagevraag", question.answer.entry),
        ("triageantwoord", answer.answer.entry),
    ]
    assert [item.category for item in asked[0].items] == ["personalia"]
    assert asked[1].disclosure == "ceiling"
    assert asked[1].items[0].fields == question.manifest.act.ceiling.items[0].fields  # type: ignore[union-attr]  # a question
    house = await search(HOUSE_ID, HOUSE.oin, Filters())
    assert [row.kind for row in house] == ["aanmelding", "triagevraag", "triageantwoord"]
    assert await search(HOUSE_ID, OTHER.oin, Filters()) == []


async def test_the_register_is_searched_by_codes(scene: Scene) -> None:
    await scene.to_triage()
    await scene.allowed(scene.question())
    await scene.settled()
    search = scene.broker.provisions.search
    for filters, kinds in (
        (Filters(kind=Term("triagevraag")), ["triagevraag"]),
        (Filters(kind=Term("ontvangst")), []),
        (Filters(case=making.CASE), ["aanmelding", "triagevraag"]),
        (Filters(case=CaseRef(making.reference("geen"))), []),
        (Filters(since=NOW + timedelta(seconds=1)), []),
        (Filters(until=NOW), []),
        (Filters(limit=1), ["aanmelding"]),
        (Filters(after=RECORDS + 4), ["triagevraag"]),
    ):
        assert [row.kind for row in await search(HOUSE_ID, HOUSE.oin, filters)] == kinds, filters


async def test_bodies_hold_codes_and_ids_only(scene: Scene) -> None:
    """Every body reads back strictly as the closed model, and its bytes are canonical."""
    await scene.to_triage()
    await scene.send(scene.start())
    await scene.settled()
    async with scene.broker.database.connection() as connection:
        rows = await connection.fetch("SELECT body, leaf FROM entry WHERE body IS NOT NULL")
    assert len(rows) > 10
    for row in rows:
        assert body_bytes(body_of(row["body"].decode())) == row["body"]
        assert body_leaf(row["body"]) == row["leaf"]
