"""Each guard of the ledger, and the same attack once exactly that guard is patched away: then it succeeds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

import pytest
import pytest_asyncio

from broker.database import Connection
from broker.exchanges import intake, store
from broker.exchanges.accepting import State
from broker.exchanges.committer import Committer
from broker.exchanges.message import Message
from broker.house import Broker
from broker.ledger import store as ledger
from broker.ledger.sequencer import LostRoundError, Sequencer
from broker.ledger.store import Waiting
from broker.problem import ProblemError
from keys import ProofError, binding, checkpoint, jws, tiles
from keys.merkle import verify_consistency
from schemas.ids import CaseRef
from schemas.manifest import MANIFEST_TYP
from tests import making
from tests.broker.scene import Scene, receive_key
from tests.making import COLLEGE, HOUSE, HOUSE_ID, MELDER


@pytest_asyncio.fixture
async def other(scene: Scene) -> AsyncIterator[Broker]:
    """A second broker process over the same database."""
    broker = scene.new_broker(scene.dsn, scene.folder, scene.clock)
    await broker.start()
    yield broker
    await broker.stop()


def meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two transactions that can be in one place at once wait there for each other; one that cannot goes on."""
    load = Committer.load
    arrived: list[Committer] = []
    both = asyncio.Event()

    async def load_and_wait(self: Committer, connection: Connection, messages: Sequence[Message]) -> State:
        state = await load(self, connection, messages)
        arrived.append(self)
        if len(arrived) > 1:
            both.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await both.wait()
        return state

    monkeypatch.setattr(Committer, "load", load_and_wait)


async def outcomes_of(scene: Scene, other: Broker, *data: bytes) -> list[str]:
    """What becomes of messages of ``MELDER`` that arrive at two brokers at once, sorted."""
    brokers = [scene.broker, other]
    submits = [b.intake.submit(HOUSE_ID, MELDER.oin, one) for b, one in zip(brokers, data, strict=True)]
    answers = await asyncio.gather(*submits)
    return sorted(answer.outcome + ("+replayed" if answer.replayed else "") for answer in answers)


# ------------------------------------------------------------------------------------------------ two answers: row lock


async def two_answers(scene: Scene, other: Broker, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two different answers to one question, handed in at two brokers at once."""
    await scene.to_triage()
    question = await scene.allowed(scene.question())
    scene.clock.now = making.ANSWER_TIME
    answers = [scene.pack_up(scene.reply(question.manifest)) for _ in range(2)]
    meet(monkeypatch)
    brokers = (scene.broker, other)
    submits = [b.intake.submit(HOUSE_ID, COLLEGE.oin, data) for b, data in zip(brokers, answers, strict=True)]
    return sorted(answer.outcome for answer in await asyncio.gather(*submits))


async def test_a_question_is_answered_once(scene: Scene, other: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await two_answers(scene, other, monkeypatch) == ["allowed", "refused"]


async def test_without_the_row_lock_it_is_answered_twice(
    scene: Scene, other: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LOCK_CASES", store.LOCK_CASES.replace(" FOR UPDATE", ""))
    assert await two_answers(scene, other, monkeypatch) == ["allowed", "allowed"]


# ---------------------------------------------------------------------------------------- one case: unique constraint


async def test_a_case_is_opened_once(scene: Scene, other: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    meet(monkeypatch)
    starts = [scene.pack_up(scene.start()) for _ in range(2)]
    assert await outcomes_of(scene, other, *starts) == ["allowed", "refused"]
    assert await scene.count("casus") == 1


async def test_without_the_constraint_it_is_opened_twice(
    scene: Scene, other: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene.broker.database.connection() as connection:
        await connection.execute("ALTER TABLE casus DROP CONSTRAINT casus_pkey")
    meet(monkeypatch)
    starts = [scene.pack_up(scene.start()) for _ in range(2)]
    assert await outcomes_of(scene, other, *starts) == ["allowed", "allowed"]


# ------------------------------------------------------------------------------------------------------- replay check


async def test_the_same_bytes_get_the_same_answer(scene: Scene) -> None:
    sent = await scene.allowed(scene.start())
    again = await scene.broker.intake.submit(HOUSE_ID, MELDER.oin, sent.data)
    assert again.replayed
    assert (again.receipt, again.entry, again.outcome) == (sent.answer.receipt, sent.answer.entry, "allowed")
    assert await scene.count("message") == 1


async def test_the_same_refused_bytes_get_the_same_refusal(scene: Scene) -> None:
    sent = await scene.send(scene.informed())
    assert [reason.code for reason in sent.answer.reasons]
    await scene.allowed(scene.start())
    again = await scene.broker.intake.submit(HOUSE_ID, MELDER.oin, sent.data)
    assert (again.receipt, again.reasons, again.status) == (sent.answer.receipt, sent.answer.reasons, 403)


async def test_other_bytes_under_the_same_number_are_turned_away(scene: Scene) -> None:
    sent = await scene.allowed(scene.start())
    other = making.changed(sent.manifest, expires=sent.manifest.expires.replace(minute=1))
    with pytest.raises(ProblemError) as caught:
        await scene.broker.intake.submit(HOUSE_ID, MELDER.oin, scene.pack_up(other))
    assert caught.value.code == "nummer_hergebruikt"


async def test_the_same_bytes_at_two_brokers_at_once(
    scene: Scene, other: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.allowed(scene.start())
    data = scene.pack_up(scene.informed())
    meet(monkeypatch)
    assert await outcomes_of(scene, other, data, data) == ["allowed", "allowed+replayed"]


async def test_twice_in_one_batch(scene: Scene) -> None:
    await scene.allowed(scene.start())
    data = scene.pack_up(scene.informed())
    submits = [scene.broker.intake.submit(HOUSE_ID, MELDER.oin, data) for _ in range(5)]
    answers = await asyncio.gather(*submits)
    assert sorted(answer.replayed for answer in answers) == [False, True, True, True, True]
    assert len({answer.receipt for answer in answers}) == 1


async def nothing_known(*_: Any) -> dict[Any, Any]:
    """The look-up of the replay check, patched away."""
    return {}


async def test_without_the_look_up_the_constraint_still_holds(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await scene.allowed(scene.start())
    sent = await scene.allowed(scene.informed())
    monkeypatch.setattr(store, "read_known", nothing_known)
    with pytest.raises(ProblemError) as caught:
        await scene.broker.intake.submit(HOUSE_ID, MELDER.oin, sent.data)
    assert caught.value.code == "even_niet"


async def test_without_the_replay_check_a_message_counts_twice(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await scene.allowed(scene.start())
    sent = await scene.allowed(scene.informed())
    monkeypatch.setattr(store, "read_known", nothing_known)
    async with scene.broker.database.connection() as connection:
        await connection.execute("DROP INDEX message_once")
    again = await scene.broker.intake.submit(HOUSE_ID, MELDER.oin, sent.data)
    assert (again.outcome, again.replayed) == ("allowed", False)
    assert again.entry != sent.answer.entry


# -------------------------------------------------------------------------------------------- the log: compare-and-swap


async def two_sequencers(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> bool:
    """One sequencer looks, another does a whole round over more, the first goes on. Whether the log forked."""
    key = scene.broker.sequencers[HOUSE_ID]._key
    slow, quick = (Sequencer(scene.broker.database, HOUSE_ID, key) for _ in range(2))
    late, early = sorted((CaseRef(making.reference(f"casus {n}")) for n in range(2)), reverse=True)
    await scene.allowed(scene.start(late))
    looked, go_on = asyncio.Event(), asyncio.Event()
    read_waiting = ledger.read_waiting

    async def read_and_wait(connection: Connection, house: str, most: int) -> list[Waiting]:
        found = await read_waiting(connection, house, most)
        if not looked.is_set():
            looked.set()
            await go_on.wait()
        return found

    monkeypatch.setattr(ledger, "read_waiting", read_and_wait)
    async with scene.broker.database.connection() as connection:
        task = asyncio.create_task(slow.grow(connection))
        await looked.wait()
        # The one that is quick sees more, and what it sees in addition comes first.
        await scene.allowed(scene.start(early))
        await quick.advance()
        go_on.set()
        try:
            await task
        except LostRoundError:
            return False
        await slow.sign(connection)
    return not await consistent(scene)


async def consistent(scene: Scene) -> bool:
    """Whether every signed checkpoint of the log fits the tiles that are served."""
    assert scene.genesis is not None
    key = jws.VerifyKey.from_public(scene.genesis.log_key)
    async with scene.broker.database.connection() as connection:
        rows = await connection.fetch("SELECT note FROM checkpoint ORDER BY size")
        heads = [checkpoint.verify(row["note"], key, scene.genesis.origin) for row in rows]
        last = heads[-1]
        for head in heads[:-1]:
            needed = tiles.tiles_for_consistency(head.size, last.size)
            held = await ledger.read_tiles(connection, str(HOUSE_ID), needed)
            try:
                hashes = tiles.consistency_proof(head.size, last.size, held)
                verify_consistency(head.size, last.size, head.root, last.root, hashes)
            except ProofError:
                return False
    return True


async def test_of_two_sequencers_one_wins(quiet_scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await two_sequencers(quiet_scene, monkeypatch) is False
    assert await consistent(quiet_scene)


async def test_without_compare_and_swap_the_log_forks(quiet_scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        ledger,
        "SWAP",
        "UPDATE log SET size = $4, root = $5 WHERE house = $1 AND $2::bigint >= 0 AND $3::bytea IS NOT NULL",
    )
    assert await two_sequencers(quiet_scene, monkeypatch) is True


async def test_many_rounds_by_two_processes_make_one_log(scene: Scene, other: Broker) -> None:
    await scene.allowed(scene.start())
    brokers = [scene.broker, other]
    await asyncio.gather(*(scene.send(scene.informed(), brokers[n % 2]) for n in range(30)))
    await scene.settled()
    async with scene.broker.database.connection() as connection:
        places = [row["idx"] for row in await connection.fetch("SELECT idx FROM entry ORDER BY idx")]
        numbers = [
            row["case_seq"]
            for row in await connection.fetch("SELECT case_seq FROM entry WHERE case_ref IS NOT NULL ORDER BY idx")
        ]
    assert places == list(range(len(places)))
    assert numbers == list(range(1, 32))
    assert await consistent(scene)


# --------------------------------------------------------------------------- the door: digest, signature, certificate


async def other_seal(scene: Scene) -> bytes:
    """A question bound to one sealed text, handed in with another of the same message, for the same key."""
    await scene.to_triage()
    question = scene.question()
    bound = json.loads(scene.pack_up(question))
    bound["sealed"] = scene.seal(question, [receive_key(COLLEGE, "triage")])
    return json.dumps(bound).encode()


async def test_a_sealed_text_is_the_announced_one(scene: Scene) -> None:
    data = await other_seal(scene)
    with pytest.raises(ProblemError) as caught:
        await scene.broker.intake.submit(HOUSE_ID, HOUSE.oin, data)
    assert caught.value.code == "verzegeling_fout"


async def test_without_the_digest_check_another_is_passed_on(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    data = await other_seal(scene)
    announced = json.loads(jws.parse(json.loads(data)["manifest"], MANIFEST_TYP).payload)["sealed"]["sha256"]
    monkeypatch.setattr(binding, "sealed_digest", lambda _: announced)
    answer = await scene.broker.intake.submit(HOUSE_ID, HOUSE.oin, data)
    assert answer.outcome == "allowed"
    await scene.settled()
    page = await scene.inbox(COLLEGE)
    texts = [row.envelope.sealed for row in page.deliveries if row.envelope and row.envelope.sealed]
    assert texts == [json.loads(data)["sealed"]]


def with_other_content(scene: Scene) -> bytes:
    """The notifier's signature under words that it did not sign."""
    said, other = (json.loads(scene.pack_up(scene.informed()))["manifest"].split(".") for _ in range(2))
    return json.dumps({"manifest": ".".join([said[0], other[1], said[2]]), "sealed": None}).encode()


async def test_what_was_not_signed_is_turned_away(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await scene.allowed(scene.start())
    data = with_other_content(scene)
    with pytest.raises(ProblemError) as caught:
        await scene.broker.intake.submit(HOUSE_ID, MELDER.oin, data)
    assert caught.value.code == "handtekening_fout"
    monkeypatch.setattr(jws, "verify", lambda parsed, _: parsed.payload)
    assert (await scene.broker.intake.submit(HOUSE_ID, MELDER.oin, data)).outcome == "allowed"


async def test_anothers_message_is_not_handed_in(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await scene.allowed(scene.start())
    data = scene.pack_up(scene.informed())
    with pytest.raises(ProblemError) as caught:
        await scene.broker.intake.submit(HOUSE_ID, COLLEGE.oin, data)
    assert caught.value.code == "verkeerde_afzender"
    monkeypatch.setattr(intake, "_check_sender", lambda *_: None)
    assert (await scene.broker.intake.submit(HOUSE_ID, COLLEGE.oin, data)).outcome == "allowed"
