"""The path of one message: submitted, on record, in the inbox with a proof that holds."""

from __future__ import annotations

from tests.broker.scene import Scene, body_of
from tests.making import COLLEGE, HOUSE, MELDER


async def test_from_submit_to_a_proof_that_verifies(scene: Scene) -> None:
    sent = await scene.allowed(scene.start())
    assert sent.answer.status == 202
    page = await scene.inbox(HOUSE)
    (delivery,) = page.deliveries
    assert delivery.n == 1
    assert delivery.envelope is not None
    assert delivery.envelope.manifest == sent.text
    body = body_of(delivery.body)
    assert body.entry == sent.answer.entry
    assert body.outcome == "allowed"
    head = scene.verified(delivery.body, delivery.proof)
    assert page.checkpoint.startswith(f"broker.example/drenthe/2026\n{head.size}\n")
    own = await scene.inbox(MELDER)
    assert [(one.n, one.envelope, one.body) for one in own.deliveries] == [(1, None, delivery.body)]


async def test_a_whole_question_and_answer(scene: Scene) -> None:
    await scene.to_triage()
    question = await scene.allowed(scene.question())
    scene.clock.now = question.manifest.act.answer_at  # type: ignore[union-attr]  # a question
    answer = await scene.allowed(scene.reply(question.manifest))
    await scene.settled()
    asked = await scene.inbox(COLLEGE)
    assert [one.envelope is not None for one in asked.deliveries] == [True, False, True, False]
