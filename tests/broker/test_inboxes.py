"""Numbers without gaps, what an inbox forgets and when, and what makes an end to a sealed text."""

from __future__ import annotations

import asyncio

import pytest

from broker.exchanges import deadlines
from broker.exchanges.delivery import Delivered
from broker.house import Broker
from broker.ledger.manifests import read_manifest
from broker.problem import ProblemError
from schemas.entry import Body
from schemas.ids import Address, Oin
from schemas.manifest import Manifest
from tests import making
from tests.broker.scene import Scene, Sent, body_of
from tests.making import COLLEGE, HOUSE, HOUSE_ID, MELDER


async def drain(scene: Scene, who: Address) -> list[int]:
    """Every number of an inbox, without acknowledging any."""
    async with scene.broker.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT n FROM delivery WHERE oin = $1 AND n IS NOT NULL ORDER BY n", str(who.oin)
        )
    return [row["n"] for row in rows]


async def events(scene: Scene) -> list[Body]:
    """What the broker recorded of its own doing."""
    async with scene.broker.database.connection() as connection:
        rows = await connection.fetch("SELECT body FROM entry WHERE outcome = 'recorded' ORDER BY seq")
    return [body_of(row["body"].decode()) for row in rows]


async def sweep(scene: Scene) -> int:
    """One look at what has expired."""
    return await deadlines.sweep(scene.broker.database, {HOUSE_ID: scene.broker.sequencers[HOUSE_ID].wake}, scene.clock)


# ------------------------------------------------------------------------------------------------------------- numbers


async def test_numbers_are_gapless_under_concurrency(scene: Scene) -> None:
    """Two processes, batches, rounds and receipts that narrow: numbered at the commit, between those of the rounds."""
    other: Broker = scene.new_broker(scene.dsn, scene.folder, scene.clock)
    await other.start()
    notification = await scene.to_notified()
    await scene.settled()
    brokers = [scene.broker, other]
    messages = [scene.informed() for _ in range(20)]
    sends = [scene.send(message, brokers[number % 2]) for number, message in enumerate(messages)]
    sent = await asyncio.gather(*sends, scene.send(scene.received(notification, HOUSE), other))
    assert {one.answer.outcome for one in sent} == {"allowed"}
    await scene.settled()
    await other.stop()
    received = 5  # the notification: it went with its receipt
    assert sorted([*await drain(scene, HOUSE), received]) == list(range(1, 27))
    numbers = await drain(scene, MELDER)
    assert numbers == list(range(1, len(numbers) + 1))
    assert [(await scene.inbox(who)).last for who in (HOUSE, MELDER)] == [26, len(numbers)]
    assert await scene.count("delivery WHERE n IS NULL") == 0


async def test_a_page_holds_so_many_and_the_next_goes_on(scene: Scene) -> None:
    await scene.allowed(scene.start())
    await asyncio.gather(*(scene.send(scene.informed()) for _ in range(40)))
    await scene.settled()
    first = await scene.inbox(HOUSE)
    second = await scene.inbox(HOUSE, after=first.deliveries[-1].n)
    assert [one.n for one in first.deliveries] == list(range(1, 33))
    assert [one.n for one in second.deliveries] == list(range(33, 42))
    assert first.last == second.last == 41


async def test_a_page_is_cut_by_size_but_never_empty(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.exchanges.delivery.MOST_BYTES", 100)
    await scene.to_notified()
    await scene.settled()
    found: list[Delivered] = []
    while page := (await scene.inbox(HOUSE, after=found[-1].n if found else 0, wait=0)).deliveries:
        assert not any(weight(one) for one in page[1:])
        found += page
    assert [one.n for one in found] == [1, 2, 3, 4, 5]
    assert [bool(weight(one)) for one in found] == [False, True, True, False, True]
    assert found[-1].envelope is not None
    assert found[-1].envelope.sealed is not None


async def test_what_is_behind_the_facts_counts_as_size(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of a few bytes of sealed text could hold any number of sources, and no reader would take it."""
    await scene.to_notified()
    await scene.settled()
    whole = (await scene.inbox(HOUSE)).deliveries
    assert [one.n for one in whole if one.sources][:2] == [2, 3]
    assert not any(one.envelope and one.envelope.sealed for one in whole[:3])
    monkeypatch.setattr("broker.exchanges.delivery.MOST_BYTES", sum(weight(one) for one in whole[:3]))
    assert [one.n for one in (await scene.inbox(HOUSE)).deliveries] == [1, 2, 3, 4]
    monkeypatch.setattr("broker.exchanges.delivery.MOST_BYTES", sum(weight(one) for one in whole[:3]) - 1)
    assert [one.n for one in (await scene.inbox(HOUSE)).deliveries] == [1, 2]


def weight(one: Delivered) -> int:
    """The bytes by which a page is cut."""
    sealed = one.envelope.sealed if one.envelope else None
    return len(sealed or "") + sum(len(source.manifest) + len(source.body) for source in one.sources)


# ------------------------------------------------------------------------------------------------------- acknowledging


async def test_what_the_cursor_passed_goes_but_for_what_is_sealed(scene: Scene) -> None:
    await scene.to_notified()
    await scene.settled()
    page = await scene.inbox(HOUSE)
    assert [one.n for one in page.deliveries] == [1, 2, 3, 4, 5]
    assert await scene.inbox(HOUSE, after=5, wait=0) == page.model_copy(update={"deliveries": ()})
    again = await scene.inbox(HOUSE)
    assert [one.n for one in again.deliveries] == [5]
    assert again.deliveries[0] == page.deliveries[4]


async def test_a_cursor_beyond_the_last_number_acknowledges_nothing(scene: Scene) -> None:
    await scene.allowed(scene.start())
    await scene.settled()
    assert (await scene.inbox(HOUSE, after=99, wait=0)).deliveries == ()
    assert len((await scene.inbox(HOUSE)).deliveries) == 1


async def test_only_parties_of_the_house_have_an_inbox(scene: Scene) -> None:
    with pytest.raises(ProblemError) as caught:
        await scene.broker.delivery.inbox(HOUSE_ID, Oin("00000099000000000077"), 0, 0, 0)
    assert caught.value.code == "geen_toetreding"


async def test_a_caller_that_is_ahead_of_the_log(scene: Scene) -> None:
    with pytest.raises(ProblemError) as caught:
        await scene.inbox(HOUSE, since=10_000)
    assert (caught.value.code, caught.value.pointer) == ("vraag_vorm", "/since")


# ----------------------------------------------------------------------------------------------------- ends of a text


async def test_the_receipt_makes_an_end_to_the_sealed_text(scene: Scene) -> None:
    notification = await scene.to_notified()
    assert await scene.count("sealed") == 1
    await scene.allowed(scene.received(notification, HOUSE))
    assert await scene.count("sealed") == 0
    assert await scene.count("delivery WHERE held") == 0
    (body,) = await events(scene)
    assert notification.manifest.sealed is not None
    assert (body.event, body.case) == ("gewist", making.CASE)
    assert (body.manifest_sha256, body.sealed_sha256) == (None, notification.manifest.sealed.sha256)
    async with scene.broker.database.connection() as connection:
        numbers = await connection.fetch("SELECT case_seq FROM entry WHERE case_ref IS NOT NULL ORDER BY seq")
    assert [row["case_seq"] for row in numbers] == list(range(1, len(numbers) + 1))


async def test_what_narrows_is_delivered_at_once_and_its_proof_follows(quiet_scene: Scene) -> None:
    scene = quiet_scene
    notification = await scene.to_notified()
    await scene.allowed(scene.received(notification, HOUSE))
    page = await scene.inbox(MELDER)
    (first,) = page.deliveries
    assert (first.n, first.proof) == (1, None)
    assert first.envelope is not None
    await scene.settled()
    page = await scene.inbox(MELDER, after=1)
    proofs = [one for one in page.deliveries if one.body == first.body]
    assert [(one.envelope, one.proof is not None) for one in proofs] == [(None, True)]
    scene.verified(proofs[0].body, proofs[0].proof)


async def test_a_message_to_two_goes_when_both_have_received_it(scene: Scene) -> None:
    """No kind of today has two recipients; the statements do not know that."""
    notification = await scene.to_notified()
    async with scene.broker.database.connection() as connection:
        await connection.execute(
            "INSERT INTO delivery (house, oin, seq, envelope, held)"
            " SELECT house, $1, seq, true, true FROM delivery WHERE held",
            str(COLLEGE.oin),
        )
    await scene.allowed(scene.received(notification, HOUSE))
    assert await scene.count("sealed") == 1
    assert await events(scene) == []
    assert await scene.count("delivery WHERE held") == 1


@pytest.mark.rule("11.1", part="T")
async def test_a_text_that_nobody_fetched_expires(scene: Scene) -> None:
    notification = await scene.to_notified()
    await scene.settled()
    assert await sweep(scene) == 0
    scene.clock.now = notification.manifest.expires
    assert await sweep(scene) == 1
    assert await sweep(scene) == 0
    assert await scene.count("sealed") == 0
    (body,) = await events(scene)
    assert (body.event, body.case_seq, body.outcome) == ("verlopen", 6, "recorded")
    await scene.settled()
    # The recipient keeps its number, the sender is told, both with a proof.
    page = await scene.inbox(HOUSE, after=4)
    assert [(one.n, one.envelope) for one in page.deliveries] == [(5, None)]
    told = (await scene.inbox(MELDER)).deliveries[-1]
    assert body_of(told.body) == body
    scene.verified(told.body, told.proof)


async def test_a_case_that_is_busy_has_its_turn_later(scene: Scene) -> None:
    notification = await scene.to_notified()
    scene.clock.now = notification.manifest.expires
    async with scene.broker.database.transaction() as connection:
        await connection.execute("SELECT 1 FROM casus FOR UPDATE")
        assert await sweep(scene) == 0
    assert await sweep(scene) == 1


async def test_a_phase_decision_withdraws_what_was_not_received(scene: Scene) -> None:
    await scene.to_notified()
    await scene.settled()
    await scene.allowed(scene.decision())
    assert await scene.count("sealed") == 0
    (body,) = await events(scene)
    assert (body.event, body.case) == ("ingetrokken", making.CASE)
    await scene.settled()
    page = await scene.inbox(HOUSE, after=4)
    assert page.deliveries[0].envelope is None
    told = [body_of(one.body).event for one in (await scene.inbox(MELDER)).deliveries]
    assert "ingetrokken" in told


def to_next_phase(scene: Scene) -> Manifest:
    """The decision that ends triage."""
    act = {
        "decision": "in_casusoverleg",
        "from": "triage",
        "to": "casusoverleg",
        "decided_on": making.NOW.date().isoformat(),
        "reason": "overleg_nodig",
    }
    return scene.manifest("fase_besluit", HOUSE, MELDER, phase="triage", act=act)


async def test_a_phase_decision_withdraws_what_came_in_just_before_it(scene: Scene) -> None:
    """Both wait in one queue: the decision sees what the question left behind."""
    await scene.to_triage()
    sent = await asyncio.gather(scene.send(scene.question()), scene.send(to_next_phase(scene)))
    assert [one.answer.outcome for one in sent] == ["allowed", "allowed"]
    assert await scene.count("sealed WHERE phase = 'triage'") == 0
    assert [(body.event, body.sealed_sha256) for body in await events(scene) if body.event == "ingetrokken"] == [
        ("ingetrokken", digest_of(sent[0].manifest))
    ]
    await scene.settled()
    page = await scene.inbox(COLLEGE)
    assert [one.envelope.sealed for one in page.deliveries if one.envelope] == [None]  # the request for a key


def digest_of(manifest: Manifest) -> str:
    """Of its sealed text."""
    assert manifest.sealed is not None
    return str(manifest.sealed.sha256)


async def with_sealed_receipt(scene: Scene) -> Sent:
    """An answer, and its receipt with findings for whoever answered, who has not fetched it."""
    await scene.to_triage()
    question = await scene.allowed(scene.question())
    scene.clock.now = making.ANSWER_TIME
    answer = await scene.allowed(scene.reply(question.manifest))
    receipt = scene.received(answer, HOUSE, "received")
    return await scene.allowed(making.changed(receipt, sealed=making.sealed_to(COLLEGE, "triage")))


async def receipts(scene: Scene) -> list[bool]:
    """Whether the receipts in the inbox of ``COLLEGE`` carry the sealed part that they announce."""
    envelopes = [one.envelope for one in (await scene.inbox(COLLEGE)).deliveries if one.envelope]
    announced = [(one, read_manifest(one.manifest)) for one in envelopes]
    return [one.sealed is not None for one, manifest in announced if manifest.kind == "ontvangst" and manifest.sealed]


async def test_findings_outlive_the_phase_that_they_are_about(scene: Scene) -> None:
    await with_sealed_receipt(scene)
    await scene.allowed(to_next_phase(scene))
    await scene.settled()
    assert await receipts(scene) == [True]


async def test_findings_that_nobody_fetched_expire_without_a_false_alarm(scene: Scene) -> None:
    """No envelope announces a sealed part that is no longer there."""
    receipt = await with_sealed_receipt(scene)
    await scene.settled()
    assert await receipts(scene) == [True]
    before = (await scene.inbox(COLLEGE)).last
    scene.clock.now = receipt.manifest.expires
    while await sweep(scene):
        pass
    assert await scene.count("sealed") == 0
    assert await receipts(scene) == []
    numbers = [one.n for one in (await scene.inbox(COLLEGE)).deliveries]
    assert numbers[0] == 1
    assert before in numbers


async def test_the_findings_in_a_receipt_go_with_the_cursor(scene: Scene) -> None:
    """An ``ontvangst`` is never answered by one; its sealed part goes once it was fetched."""
    await with_sealed_receipt(scene)
    await scene.settled()
    page = await scene.inbox(COLLEGE)
    sealed = {
        str(read_manifest(one.envelope.manifest).kind): one
        for one in page.deliveries
        if one.envelope and one.envelope.sealed
    }
    # Which of the two comes first depends on whether they shared a round; the cursor only has to pass the receipt.
    assert set(sealed) == {"triagevraag", "ontvangst"}
    await scene.inbox(COLLEGE, after=sealed["ontvangst"].n, wait=0)
    assert await scene.count("sealed JOIN message USING (seq) WHERE kind = 'ontvangst'") == 0
