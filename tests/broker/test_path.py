"""The path of one message: submitted, on record, in the inbox with a proof that holds."""

from __future__ import annotations

import asyncio
import base64

from keys import jws
from keys.merkle import verify_consistency
from schemas.canonical import digest_text
from schemas.entry import Receipt
from schemas.envelope import parse_model
from schemas.gathering import Source, gather
from schemas.manifest import MANIFEST_TYP, RECEIPT_TYP, Manifest
from schemas.policy import Allowed, decide
from tests import making
from tests.broker.scene import Scene, body_of
from tests.making import COLLEGE, HOUSE, HOUSE_ID, MELDER, NOW


async def test_from_submit_to_a_proof_that_verifies(scene: Scene) -> None:
    sent = await scene.allowed(scene.start())
    assert sent.answer.status == 202
    page = await scene.inbox(HOUSE)
    (delivery,) = page.deliveries
    assert delivery.n == 1
    assert delivery.envelope is not None
    assert delivery.envelope.manifest == sent.text
    body = body_of(delivery.body)
    assert (body.entry, body.outcome, body.case_seq) == (sent.answer.entry, "allowed", 1)
    head = scene.verified(delivery.body, delivery.proof)
    assert page.checkpoint.startswith(f"broker.example/drenthe/2026\n{head.size}\n")
    own = await scene.inbox(MELDER)
    assert [(one.n, one.envelope, one.body) for one in own.deliveries] == [(1, None, delivery.body)]


async def test_the_receipt_is_signed_by_the_key_in_genesis(scene: Scene) -> None:
    sent = await scene.allowed(scene.start())
    assert scene.genesis is not None
    key = jws.VerifyKey.from_public(scene.genesis.receipt_key)
    receipt = parse_model(Receipt, jws.verify(jws.parse(sent.answer.receipt, RECEIPT_TYP), key))
    assert receipt == Receipt(entry=sent.answer.entry, manifest_sha256=digest_text(sent.text), time=NOW)


async def test_a_whole_question_and_answer_decided_again_by_who_receives_it(scene: Scene) -> None:
    await scene.to_triage()
    question = await scene.allowed(scene.question())
    scene.clock.now = making.ANSWER_TIME
    await scene.allowed(scene.reply(question.manifest))
    await scene.settled()
    page = await scene.inbox(COLLEGE)
    kinds = [manifest_in(one.envelope.manifest).kind for one in page.deliveries if one.envelope]
    assert kinds == ["sleutel_verzoek", "triagevraag"]
    delivery = page.deliveries[2]
    assert delivery.envelope is not None
    assert delivery.envelope.sealed is not None
    sources = []
    for source in delivery.sources:
        scene.verified(source.body, source.proof)
        time = body_of(source.body).time
        sources.append(Source(manifest_in(source.manifest), digest_text(source.manifest), time))
    assert {"aanmelding_start", "fase_besluit", "akkoord"} <= {source.manifest.kind for source in sources}
    body = body_of(delivery.body)
    manifest = manifest_in(delivery.envelope.manifest)
    members = (await scene.broker.directories.get(HOUSE_ID)).members
    facts = gather(members, sources, manifest).facts
    assert facts == body.facts
    assert decide(making.pack(), facts, manifest, body.time) == Allowed()


def manifest_in(text: str) -> Manifest:
    """The manifest in a JWS."""
    return parse_model(Manifest, jws.parse(text, MANIFEST_TYP).payload)


async def test_a_page_is_consistent_with_what_the_caller_holds(scene: Scene) -> None:
    await scene.allowed(scene.start())
    first = await scene.inbox(HOUSE)
    old = scene.verified(first.deliveries[0].body, first.deliveries[0].proof)
    await scene.to_more(3)
    await scene.settled()
    second = await scene.inbox(HOUSE, after=1, since=old.size)
    new = scene.verified(second.deliveries[0].body, second.deliveries[0].proof)
    hashes = [base64.b64decode(text) for text in second.consistency]
    assert new.size == old.size + 3
    verify_consistency(old.size, new.size, old.root, new.root, hashes)


async def test_a_long_poll_wakes_when_something_comes(scene: Scene) -> None:
    waiting = asyncio.create_task(scene.inbox(HOUSE, wait=20))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    await scene.allowed(scene.start())
    async with asyncio.timeout(5):
        page = await waiting
    assert len(page.deliveries) == 1


async def test_a_long_poll_ends_empty(scene: Scene) -> None:
    page = await scene.inbox(COLLEGE, wait=0.1)
    assert (page.deliveries, page.last) == ((), 0)
    assert page.checkpoint


async def test_a_sender_may_wait_for_its_proof(scene: Scene) -> None:
    sent = await scene.allowed(scene.start())
    found = await scene.broker.delivery.proof(HOUSE_ID, sent.answer.entry, 5)
    page = await scene.inbox(HOUSE)
    scene.verified(page.deliveries[0].body, found)


async def test_a_proof_that_does_not_come_in_time(scene: Scene) -> None:
    assert await scene.broker.delivery.proof(HOUSE_ID, making.message_id("nooit"), 0.1) is None
