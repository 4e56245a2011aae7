"""Two contents for two recipients: a participant brings something into the meeting that is not the same for both.

Only there does one message go to several. Real engine, real keys; each recipient runs all checks of a connector on
what was delivered to it. One manifest, signed once, says what is inside; who is given something else does not file it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from broker.migrations import upgrade
from connectors import CheckError
from connectors.exchanges.checking import Checked, check
from keys import binding, checkpoint, disclosure
from keys.binding import Context, bind
from keys.jwe import decrypt
from keys.sealing import Plaintext, Recipient, seal
from schemas.ids import Address, FieldPath
from schemas.manifest import Manifest
from tests import making
from tests.broker.meeting import PHASE, Meeting
from tests.broker.scene import Scene, Sent, receive_key
from tests.making import COLLEGE, HOUSE, HOUSE_ID, MELDER
from tests.stories.salamander import two_keys

pytestmark = pytest.mark.slow

BOTH = (HOUSE, MELDER)


@pytest_asyncio.fixture
async def meeting(database: str, tmp_path: Path) -> AsyncIterator[Meeting]:
    await asyncio.to_thread(lambda: asyncio.run(upgrade(database)))
    scene = await Scene.open(database, tmp_path / "keys")
    yield await Meeting(scene).begun()
    await scene.broker.stop()


def brought(meeting: Meeting) -> tuple[Manifest, Plaintext]:
    """How the person lives, for the house and the notifier, with what belongs in the sealed part."""
    field = disclosure.disclose(FieldPath("/woonvorm"), "huur", disclosure.new_salt())
    opening, commitment = disclosure.explain("Nodig voor het plan.", disclosure.new_salt())
    item = meeting.housing(COLLEGE, fields=[{"path": "/woonvorm", "digest": field.digest}])
    manifest = meeting.gives(COLLEGE, BOTH, item, necessity={"code": "plan_opstellen", "commitment": commitment})
    return manifest, Plaintext((field.text,), explanation=opening)


def sealed(manifest: Manifest, inside: Plaintext, way: str) -> str:
    """Honest, split or salamander."""
    context = Context(manifest.case, manifest.house, manifest.id, manifest.sender, manifest.phase)
    keys = [receive_key(who, PHASE).public for who in BOTH]
    assert manifest.sealed is not None
    bucket = manifest.sealed.bucket
    honest = seal(inside, [Recipient(who, key) for who, key in zip(BOTH, keys, strict=True)], context, bucket)
    if way == "honest":
        return honest
    parsed, first = binding.parse(honest), receive_key(HOUSE, PHASE)
    content = decrypt(parsed, first, bind(context, HOUSE))
    recipients = [(key, bind(context, who)) for who, key in zip(BOTH, keys, strict=True)]
    return two_keys(content, recipients, binding.aad(manifest.id), salamander=way == "salamander")


async def delivered(meeting: Meeting, way: str) -> dict[Address, str]:
    """What each recipient makes of it: the result, or the code of what stopped it."""
    scene = meeting.scene
    manifest, inside = brought(meeting)
    text = sealed(manifest, inside, way)
    kids = tuple(receive_key(who, PHASE).kid for who in BOTH)
    bound = making.changed(manifest, **{"sealed.sha256": binding.sealed_digest(text), "sealed.recipients": kids})
    data = scene.envelope(bound, text)
    answer = await scene.broker.intake.submit(HOUSE_ID, COLLEGE.oin, data)
    assert answer.status == 202, answer.reasons
    scene.sent.append(Sent(bound, data, answer))
    await scene.settled()
    return {who: await made_of(meeting, who, bound) for who in BOTH}


async def made_of(meeting: Meeting, who: Address, manifest: Manifest) -> str:
    house = await meeting._house()
    key = receive_key(who, PHASE)
    after = 0
    while (page := await meeting._page(who, after)).deliveries:
        after = page.deliveries[-1].n
        head = checkpoint.verify(page.checkpoint, house.directory.log_key, house.origin)
        for delivery in page.deliveries:
            if delivery.envelope is not None and _same(delivery.envelope.sealed, manifest):
                mine = meeting._knowledge(who, house, head, delivery)
                mine = replace(mine, receive=lambda kid: key if kid == key.kid else None)
                try:
                    outcome = check(delivery, mine, meeting.scene.clock.now)
                except CheckError as error:
                    return error.code
                assert isinstance(outcome, Checked)
                return outcome.failure.code if outcome.failure else outcome.result
    return "nothing came"


def _same(text: str | None, manifest: Manifest) -> bool:
    return text is not None and manifest.sealed is not None and binding.sealed_digest(text) == manifest.sealed.sha256


async def test_one_content_for_both(meeting: Meeting) -> None:
    """The twin: sealed as it should be, both file it."""
    assert await delivered(meeting, "honest") == {HOUSE: "filed", MELDER: "filed"}


async def test_who_is_given_another_key_files_nothing(meeting: Meeting) -> None:
    assert await delivered(meeting, "split") == {HOUSE: "filed", MELDER: "opent_niet"}


async def test_one_ciphertext_that_opens_under_two_keys(meeting: Meeting) -> None:
    """AES-GCM takes it under both; what comes out is for neither what was announced."""
    assert await delivered(meeting, "salamander") == {HOUSE: "opent_niet", MELDER: "opent_niet"}
