"""Batches: what fails is run again, an error from COMMIT is looked into, refusals say no more than was known."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from typing_extensions import override

from broker.database import CommitUnknownError, Connection, Database, UnavailableError
from broker.exchanges import accepting, committer, store
from broker.exchanges.rows import Rows
from broker.parties.houses import add_records
from broker.problem import ProblemError
from schemas.canonical import digest_text
from schemas.entry import UNKNOWN, About, Body
from schemas.ids import Term
from schemas.policy import decide
from tests import making
from tests.broker.scene import Scene, body_of, leaving, new_id, party_key, seeded
from tests.making import COLLEGE, HOUSE, HOUSE_ID, MELDER


async def bodies(scene: Scene, outcome: str) -> list[Body]:
    """The bodies with that outcome, oldest first."""
    async with scene.broker.database.connection() as connection:
        rows = await connection.fetch("SELECT body FROM entry WHERE outcome = $1 ORDER BY seq", outcome)
    return [body_of(row["body"].decode()) for row in rows]


async def code_of(scene: Scene, data: bytes, who: Any = MELDER) -> str:
    """The problem that a message meets."""
    with pytest.raises(ProblemError) as caught:
        await scene.broker.intake.submit(HOUSE_ID, who.oin, data)
    return caught.value.code


# ------------------------------------------------------------------------------------------------------------- batches


async def test_a_batch_that_fails_is_run_again_message_by_message(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.allowed(scene.start())
    write, sizes = store.write_rows, list[int]()

    async def fails_together(connection: Connection, house: str, rows: Sequence[Rows]) -> bool:
        sizes.append(len(rows))
        if len(rows) > 1:
            raise UnavailableError("too many at once")
        return await write(connection, house, rows)

    monkeypatch.setattr(store, "write_rows", fails_together)
    sent = await asyncio.gather(*(scene.send(scene.informed()) for _ in range(6)))
    assert [one.answer.outcome for one in sent] == ["allowed"] * 6
    assert max(sizes) > 1
    assert sizes.count(1) >= 6


async def test_one_message_that_breaks_something_does_not_take_others_with_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.allowed(scene.start())
    poison = scene.informed()

    def decide_or_break(pack: Any, facts: Any, manifest: Any, now: Any) -> Any:
        if manifest.id == poison.id:
            raise ZeroDivisionError
        return decide(pack, facts, manifest, now)

    monkeypatch.setattr(accepting, "decide", decide_or_break)
    messages = [scene.informed(), poison, scene.informed()]
    results = await asyncio.gather(*(scene.send(one) for one in messages), return_exceptions=True)
    assert [isinstance(result, ZeroDivisionError) for result in results] == [False, True, False]
    assert await scene.count("message WHERE kind = 'geinformeerd'") == 2


async def test_messages_of_one_batch_see_each_other(scene: Scene) -> None:
    """Start and what needs it, in one batch: decided in the order in which they came."""
    first, second = scene.start(), scene.start()
    sent = await asyncio.gather(scene.send(first), scene.send(second), scene.send(scene.informed()))
    assert [one.answer.outcome for one in sent] == ["allowed", "refused", "allowed"]
    assert [reason.code for reason in sent[1].answer.reasons] == ["casus_bestaat"]
    assert [body.case_seq for body in await bodies(scene, "allowed")] == [1, 3]


async def test_a_full_queue_says_come_back_later(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    queue: asyncio.Queue[Any] = asyncio.Queue(1)
    queue.put_nowait(None)
    monkeypatch.setattr(scene.broker.committers[HOUSE_ID], "_queue", queue)
    assert await code_of(scene, scene.pack_up(scene.start())) == "even_niet"


async def test_a_sender_that_went_away_does_no_harm(scene: Scene) -> None:
    gone = asyncio.create_task(scene.send(scene.start()))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0.2)
    sent = await scene.send(scene.start())
    assert sent.answer.outcome in {"allowed", "refused"}


# ------------------------------------------------------------------------------------------------------- COMMIT unknown


class Faulty(Database):
    """Whose next COMMIT gives an error, once before and once after it took effect."""

    def __init__(self, dsn: str, took_effect: bool, times: int = 1) -> None:
        super().__init__(dsn, 4)
        self.took_effect = took_effect
        self.times = times

    @override
    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        if self.times == 0:
            async with super().transaction() as connection:
                yield connection
            return
        self.times -= 1
        async with self.connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            yield connection
            await (transaction.commit() if self.took_effect else transaction.rollback())
        raise CommitUnknownError("the connection went away during COMMIT")


@pytest.mark.parametrize("took_effect", [True, False])
async def test_an_unknown_commit_is_looked_into(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, took_effect: bool
) -> None:
    faulty = Faulty(scene.dsn, took_effect)
    monkeypatch.setattr(scene.broker.committers[HOUSE_ID], "_database", faulty)
    sent = await scene.send(scene.start())
    assert (sent.answer.outcome, sent.answer.replayed) == ("allowed", took_effect)
    assert await scene.count("message") == 1
    await faulty.close()


async def test_a_commit_that_stays_unknown_is_not_called_done(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = Faulty(scene.dsn, took_effect=False, times=100)
    monkeypatch.setattr(scene.broker.committers[HOUSE_ID], "_database", faulty)
    assert await code_of(scene, scene.pack_up(scene.start())) == "even_niet"
    await faulty.close()


async def test_a_connection_that_dies_during_commit_leaves_it_unknown(scene: Scene) -> None:
    database = Database(scene.dsn, 2)

    async def die() -> None:
        async with database.transaction() as connection:
            backend = await connection.fetchval("SELECT pg_backend_pid()")
            async with scene.broker.database.connection() as other:
                ended = await other.fetchval("SELECT pg_terminate_backend($1, 10000)", backend)
            assert ended, "it did not end in ten seconds"

    with pytest.raises(CommitUnknownError):
        await die()
    await database.close()


async def test_a_message_that_is_being_written_elsewhere_is_waited_for(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The backend of a killed client still commits: the probe waits for it, and then finds the message."""
    await scene.allowed(scene.start())
    message = scene.informed()
    data = scene.pack_up(message)
    taken: list[bool] = []
    probe = store.probe

    async def watched(*arguments: Any) -> bool:
        taken.append(await probe(*arguments))
        return taken[-1]

    monkeypatch.setattr(store, "probe", watched)
    faulty = Faulty(scene.dsn, took_effect=True)
    monkeypatch.setattr(scene.broker.committers[HOUSE_ID], "_database", faulty)
    answer = await scene.broker.intake.submit(HOUSE_ID, MELDER.oin, data)
    assert (answer.outcome, taken) == ("allowed", [False])
    await faulty.close()


# ------------------------------------------------------------------------------------------------------------- refusals


async def test_a_refusal_is_on_record_without_its_manifest(scene: Scene) -> None:
    sent = await scene.send(scene.informed())
    assert (sent.answer.status, sent.answer.outcome) == (403, "refused")
    assert "casus_onbekend" in [reason.code for reason in sent.answer.reasons]
    async with scene.broker.database.connection() as connection:
        row = await connection.fetchrow("SELECT manifest, manifest_sha256, case_ref, kind FROM message")
    assert (row["manifest"], row["case_ref"], row["kind"]) == (None, None, "unknown")
    assert row["manifest_sha256"] == digest_text(sent.text)
    (body,) = await bodies(scene, "refused")
    assert body.manifest_sha256 == digest_text(sent.text)
    assert [mark.code for mark in body.reasons] == [reason.code for reason in sent.answer.reasons]
    assert (body.case, body.case_seq) == (UNKNOWN, 0)
    page = await scene.inbox(MELDER)
    assert [one.envelope for one in page.deliveries] == [None]
    scene.verified(page.deliveries[0].body, page.deliveries[0].proof)


async def test_what_the_broker_does_not_know_becomes_unknown(scene: Scene) -> None:
    await scene.allowed(scene.start())
    stranger = making.address(77, "om")
    await scene.send(
        making.changed(scene.informed(), to=(stranger, HOUSE), phase="jan_jansen", purpose="piet_pietersen")
    )
    (body,) = await bodies(scene, "refused")
    assert body.about == About(
        kind=Term("geinformeerd"), sender=MELDER, to=(UNKNOWN, HOUSE), phase=UNKNOWN, purpose=UNKNOWN
    )
    assert body.case == making.CASE
    for word in ("jansen", "pietersen", str(stranger)):
        assert word not in body.model_dump_json()


async def test_someone_outside_the_case_learns_nothing_from_its_refusal(scene: Scene) -> None:
    await scene.allowed(scene.start())
    await scene.send(scene.manifest("sleutel_verzoek", COLLEGE, HOUSE, phase="aanmelding"))
    (body,) = await bodies(scene, "refused")
    assert body.facts is not None
    assert body.facts.case is None
    assert str(MELDER) not in body.facts.model_dump_json()
    stranger = making.manifest_of("sleutel_verzoek", COLLEGE, HOUSE, phase="aanmelding", case=making.reference("geen"))
    unknown = await scene.send(making.changed(stranger, id=new_id()))
    assert [mark.code for mark in body.reasons] == [reason.code for reason in unknown.answer.reasons]


async def test_someone_else_cannot_open_a_case_that_exists(scene: Scene) -> None:
    await scene.allowed(scene.start())
    mandate = {"mandate": scene.mandate(signer=COLLEGE)}
    sent = await scene.send(scene.manifest("aanmelding_start", COLLEGE, HOUSE, phase="aanmelding", act=mandate))
    assert "casus_bestaat" in [reason.code for reason in sent.answer.reasons]
    (body,) = await bodies(scene, "refused")
    assert body.facts is not None
    assert body.facts.case is None


async def test_too_many_refusals_a_day(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    few = making.changed(making.pack(), **{"limits.refusals_a_day": 2})
    monkeypatch.setattr(scene.broker.intake, "_packs", {making.pack().digest: few})
    for _ in range(2):
        assert (await scene.send(scene.informed())).answer.outcome == "refused"
    assert await code_of(scene, scene.pack_up(scene.informed())) == "te_veel"
    assert await code_of(scene, scene.pack_up(scene.informed())) == "te_veel"
    assert [(body.event, body.about and body.about.sender) for body in await bodies(scene, "recorded")] == [
        ("more_refused", MELDER)
    ]
    scene.clock.now += timedelta(hours=1)
    assert await code_of(scene, scene.pack_up(scene.informed())) == "te_veel"
    assert len(await bodies(scene, "recorded")) == 2
    assert len(await bodies(scene, "refused")) == 2
    # What is allowed still goes, and tomorrow is another day.
    await scene.allowed(scene.start())
    scene.clock.now += timedelta(days=1)
    assert (await scene.send(scene.start())).answer.outcome == "refused"


# ---------------------------------------------------------------------------------------------------- records meanwhile


@pytest.mark.rule("28.3", "30", part="R", shows="refused")
async def test_an_exit_counts_at_once_also_for_what_waits(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The door saw a valid key; before the batch got its lock the party had left."""
    submit = committer.Committer.submit

    async def leave_first(self: committer.Committer, message: Any) -> Any:
        gone = leaving(MELDER.oin, scene.clock.now)
        await add_records(scene.broker.database, scene.folder, HOUSE_ID, [gone], scene.clock.now)
        return await submit(self, message)

    monkeypatch.setattr(committer.Committer, "submit", leave_first)
    assert await code_of(scene, scene.pack_up(scene.start())) == "sleutel_ingetrokken"
    assert await scene.count("message") == 0


async def test_a_message_whose_term_passes_in_the_queue(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    submit = committer.Committer.submit

    async def wait_first(self: committer.Committer, message: Any) -> Any:
        scene.clock.now = message.manifest.expires
        return await submit(self, message)

    monkeypatch.setattr(committer.Committer, "submit", wait_first)
    assert await code_of(scene, scene.pack_up(scene.start())) == "verlopen"


async def test_a_new_key_counts_once_it_is_proven(scene: Scene) -> None:
    data = scene.pack_up(scene.start(), key=seeded(f"{MELDER} nieuw"))
    assert await code_of(scene, data) == "sleutel_onbekend"
    new = [party_key(MELDER, " nieuw")]
    await add_records(scene.broker.database, scene.folder, HOUSE_ID, new, scene.clock.now)
    answer = await scene.broker.intake.submit(HOUSE_ID, MELDER.oin, data)
    assert answer.outcome == "allowed"
