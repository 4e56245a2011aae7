"""The same bytes once key, term or mandate count no longer get the answer of the first time; nothing else does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broker.exchanges.committer import Committer
from broker.exchanges.message import Answer, Message
from broker.parties.houses import add_records
from broker.problem import ProblemError
from schemas.ids import Address, HouseId
from schemas.records import KeyRevocation, SignedRecord
from tests import making
from tests.broker.scene import Scene, by_root, leaving, party_key, seeded
from tests.making import HOUSE_ID, MELDER, NOW


def revoked(address: Address) -> SignedRecord:
    """The revocation of an address's key by its root."""
    record = KeyRevocation(
        record="sleutel_intrekking", house=HOUSE_ID, address=address, kid=seeded(str(address)).kid, since=NOW
    )
    return by_root(record, address.oin)


async def add(scene: Scene, *records: SignedRecord) -> None:
    """More records of the house, which the door has seen."""
    await add_records(scene.broker.database, scene.folder, HOUSE_ID, list(records), scene.clock.now)
    await scene.broker.directories.refresh(HOUSE_ID)


async def again(scene: Scene, data: bytes) -> Answer:
    """Those bytes once more."""
    return await scene.broker.intake.submit(HOUSE_ID, MELDER.oin, data)


async def code_of(scene: Scene, data: bytes, house: HouseId = HOUSE_ID) -> str:
    """The problem that a message meets."""
    with pytest.raises(ProblemError) as caught:
        await scene.broker.intake.submit(house, MELDER.oin, data)
    return caught.value.code


async def test_after_its_term_an_accepted_message_has_its_answer(scene: Scene) -> None:
    await scene.allowed(scene.start())
    sent = await scene.allowed(scene.informed(expires=NOW + timedelta(minutes=5)))
    scene.clock.now = NOW + timedelta(minutes=6)
    found = await again(scene, sent.data)
    assert found.replayed
    assert (found.receipt, found.status, found.entry) == (sent.answer.receipt, 202, sent.answer.entry)


async def test_after_its_term_a_refused_message_has_its_refusal(scene: Scene) -> None:
    sent = await scene.send(scene.informed(expires=NOW + timedelta(minutes=5)))
    scene.clock.now = NOW + timedelta(minutes=6)
    found = await again(scene, sent.data)
    assert sent.answer.reasons
    assert (found.receipt, found.reasons, found.status) == (sent.answer.receipt, sent.answer.reasons, 403)


async def test_after_the_key_is_revoked(scene: Scene) -> None:
    """Also the start, whose mandate is signed by that key."""
    started = await scene.allowed(scene.start())
    scene.clock.now = NOW + timedelta(minutes=1)
    await add(scene, revoked(MELDER), party_key(MELDER, " nieuw"))
    found = await again(scene, started.data)
    assert (found.receipt, found.replayed) == (started.answer.receipt, True)
    assert await code_of(scene, scene.pack_up(scene.informed())) == "sleutel_ingetrokken"


async def test_after_the_mandates_key_is_revoked(scene: Scene) -> None:
    """A start under one key with a mandate under another, which goes."""
    await add(scene, party_key(MELDER, " nieuw"))
    data = scene.pack_up(scene.start(), key=seeded(f"{MELDER} nieuw"))
    first = await again(scene, data)
    await add(scene, revoked(MELDER))
    assert (await again(scene, data)).receipt == first.receipt
    other = scene.pack_up(scene.start(), key=seeded(f"{MELDER} nieuw"))
    assert await code_of(scene, other) == "mandaat_fout"


async def test_after_the_party_left(scene: Scene) -> None:
    started = await scene.allowed(scene.start())
    await add(scene, leaving(MELDER.oin, scene.clock.now))
    assert (await again(scene, started.data)).receipt == started.answer.receipt


async def test_what_was_never_accepted_stays_too_late(scene: Scene) -> None:
    await scene.allowed(scene.start())
    before = await scene.count("entry")
    late = scene.pack_up(scene.informed(expires=NOW + timedelta(minutes=5)))
    scene.clock.now = NOW + timedelta(minutes=6)
    assert await code_of(scene, late) == "verlopen"
    assert await scene.count("entry") == before


async def test_other_bytes_under_its_number_are_just_too_late(scene: Scene) -> None:
    await scene.allowed(scene.start())
    sent = await scene.allowed(scene.informed(expires=NOW + timedelta(minutes=5)))
    scene.clock.now = NOW + timedelta(minutes=6)
    other = making.changed(sent.manifest, expires=NOW + timedelta(minutes=4))
    assert await code_of(scene, scene.pack_up(other)) == "verlopen"


async def test_a_late_signature_is_verified_all_the_same(scene: Scene) -> None:
    await scene.allowed(scene.start())
    sent = await scene.allowed(scene.informed(expires=NOW + timedelta(minutes=5)))
    scene.clock.now = NOW + timedelta(minutes=6)
    other = scene.pack_up(scene.informed())
    first, last = sent.data.decode().rsplit(".", 1)
    forged = f"{first}.{other.decode().rsplit('.', 1)[1]}"
    assert last != forged.rsplit(".", 1)[1]
    assert await code_of(scene, forged.encode()) == "handtekening_fout"


async def test_a_term_that_passes_while_the_first_try_waits(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second try comes after the term, the first is still in the queue: both get the one answer."""
    await scene.allowed(scene.start())
    data = scene.pack_up(scene.informed(expires=NOW + timedelta(minutes=5)))
    submit, seconds = Committer.submit, list[Answer]()

    async def try_again_after(self: Committer, message: Message) -> Answer:
        answer = await submit(self, message)
        if message.late is None:
            scene.clock.now = NOW + timedelta(minutes=6)
            seconds.append(await again(scene, data))
        return answer

    monkeypatch.setattr(Committer, "submit", try_again_after)
    first = await again(scene, data)
    assert [one.receipt for one in seconds] == [first.receipt]
