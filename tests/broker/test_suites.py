"""``keten-ec`` is taken from and to an address that the house names for it, and from nobody else (T28)."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from broker.exchanges.message import Answer
from broker.problem import ProblemError
from keys import binding
from keys.identity import Directory
from keys.sealing import EcReceiveKey, HeldKey, Plaintext, Recipient, seal
from schemas.ids import Address, format_instant
from schemas.manifest import Manifest
from schemas.records import Accession, AddressGrant, Record, SignedRecord
from tests import making
from tests.broker import scene as scenes
from tests.broker.scene import Scene, new_id, receive_key
from tests.making import CASE, HOUSE, HOUSE_ID, MELDER, NOW

PHASE = "aanmelding"


def ec_key(where: Address) -> EcReceiveKey:
    """The receive key of an address under ``keten-ec``."""
    return EcReceiveKey.from_seed(hashlib.sha256(f"ec {where}".encode()).digest())


@pytest_asyncio.fixture
async def named(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """A house whose accession of the notifier names it for ``keten-ec``."""
    by_officers = scenes.by_officers

    def naming(record: Record) -> SignedRecord:
        if isinstance(record, Accession) and record.oin == MELDER.oin:
            grants = tuple(AddressGrant(**{**dict(one), "suite": "keten-ec"}) for one in record.addresses)
            return by_officers(record.model_copy(update={"addresses": grants}))
        return by_officers(record)

    monkeypatch.setattr(scenes, "by_officers", naming)
    opened = await Scene.open(dsn, tmp_path / "keys")
    yield opened
    await opened.broker.stop()


def publishing(scene: Scene, key: HeldKey, suite: str) -> Manifest:
    """The house's ``sleutel`` for the notifier."""
    row = {
        "kid": key.kid,
        "suite": suite,
        "pub": key.public.model_dump(),
        "phase": PHASE,
        "epoch": 0,
        "not_after": format_instant(NOW + timedelta(days=30)),
        "canary": making.digest("kanarie"),
    }
    return scene.manifest("sleutel", HOUSE, MELDER, phase=PHASE, act={"keys": (row,)})


async def notify(scene: Scene, key: HeldKey, suite: str) -> Answer:
    """A notification sealed to that key of the house."""
    manifest = making.a_notification(
        id=new_id(), case=CASE, created=scene.clock.now, expires=scene.clock.now + timedelta(days=3)
    )
    assert manifest.sealed is not None
    context = binding.Context(manifest.case, manifest.house, manifest.id, manifest.sender, manifest.phase)
    text = seal(Plaintext(()), [Recipient(HOUSE, key.public)], context, manifest.sealed.bucket)
    sealed: dict[str, Any] = {"sha256": binding.sealed_digest(text), "suite": suite, "recipients": (key.kid,)}
    manifest = making.changed(manifest, **{f"sealed.{name}": value for name, value in sealed.items()})
    return await scene.broker.intake.submit(HOUSE_ID, MELDER.oin, scene.envelope(manifest, text))


async def opened(scene: Scene) -> None:
    await scene.allowed(scene.start())
    await scene.allowed(scene.informed())


async def test_between_a_named_address_and_the_house_it_is_taken(named: Scene) -> None:
    await opened(named)
    await named.allowed(publishing(named, ec_key(HOUSE), "keten-ec"))
    answer = await notify(named, ec_key(HOUSE), "keten-ec")
    assert [reason.code for reason in answer.reasons] == []


async def test_the_default_stays_open_to_a_named_address(named: Scene) -> None:
    await opened(named)
    await named.allowed(publishing(named, receive_key(HOUSE, PHASE), "keten-pq"))
    answer = await notify(named, receive_key(HOUSE, PHASE), "keten-pq")
    assert [reason.code for reason in answer.reasons] == []


async def test_who_is_not_named_publishes_no_such_key(scene: Scene) -> None:
    await opened(scene)
    with pytest.raises(ProblemError) as caught:
        await scene.send(publishing(scene, ec_key(HOUSE), "keten-ec"))
    assert (caught.value.code, caught.value.pointer) == ("suite_niet_toegestaan", "/act/keys/0/suite")


async def test_who_is_not_named_seals_to_no_such_key(scene: Scene) -> None:
    await opened(scene)
    with pytest.raises(ProblemError) as caught:
        await notify(scene, ec_key(HOUSE), "keten-ec")
    assert (caught.value.code, caught.value.pointer) == ("suite_niet_toegestaan", "/sealed/suite")


async def test_without_the_guard_everybody_would(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await opened(scene)
    monkeypatch.setattr(Directory, "forbidden_suite", lambda *_: None)
    await scene.allowed(publishing(scene, ec_key(HOUSE), "keten-ec"))
    answer = await notify(scene, ec_key(HOUSE), "keten-ec")
    assert [reason.code for reason in answer.reasons] == []


@pytest.mark.parametrize(("said", "is_"), [("keten-pq", "keten-ec"), ("keten-ec", "keten-pq")])
async def test_the_manifest_says_the_suite_of_the_seal(named: Scene, said: str, is_: str) -> None:
    await opened(named)
    key = ec_key(HOUSE) if is_ == "keten-ec" else receive_key(HOUSE, PHASE)
    await named.allowed(publishing(named, key, is_))
    with pytest.raises(ProblemError) as caught:
        await notify(named, key, said)
    assert (caught.value.code, caught.value.pointer) == ("verzegeling_fout", "/sealed")


async def test_a_published_key_says_its_own_suite(named: Scene) -> None:
    await opened(named)
    for key, suite in ((ec_key(HOUSE), "keten-pq"), (receive_key(HOUSE, PHASE), "keten-ec")):
        with pytest.raises(ValueError, match="the suite is that of the key"):
            publishing(named, key, suite)


async def test_a_suite_that_is_taken_back_counts_no_longer(named: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was accepted stays so, and the same bytes get the same answer; what comes after is turned away."""
    await opened(named)
    sent = await named.allowed(publishing(named, ec_key(HOUSE), "keten-ec"))
    monkeypatch.setattr(Directory, "weakest_suite", lambda *_: "keten-pq")  # as after another accession
    again = await named.broker.intake.submit(HOUSE_ID, HOUSE.oin, sent.data)
    assert again.reasons == ()
    with pytest.raises(ProblemError) as caught:
        await notify(named, ec_key(HOUSE), "keten-ec")
    assert caught.value.code == "suite_niet_toegestaan"
