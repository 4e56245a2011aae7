"""What the door turns away before anything is decided, each with its own code; nothing of it is on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from broker.problem import ProblemError
from keys import binding, jws
from schemas.ids import HouseId, Oin
from schemas.manifest import MANIFEST_TYP
from schemas.problems import PROBLEMS
from tests import making
from tests.broker.scene import Scene, receive_key, seeded
from tests.making import COLLEGE, HOUSE, HOUSE_ID, MELDER, NOW

Make = Callable[[Scene], bytes]


def _start(**members: Any) -> Make:
    return lambda scene: scene.pack_up(scene.start(**members))


def _raw(data: bytes) -> Make:
    return lambda _: data


def _changed(name: str, value: object) -> Make:
    def make(scene: Scene) -> bytes:
        envelope = json.loads(scene.pack_up(scene.start()))
        return json.dumps(envelope | {name: value}).encode()

    return make


def _tampered(scene: Scene) -> bytes:
    envelope = json.loads(scene.pack_up(scene.start()))
    head, payload, _ = envelope["manifest"].split(".")
    other = json.loads(scene.pack_up(scene.start()))["manifest"].split(".")[2]
    return json.dumps(envelope | {"manifest": f"{head}.{payload}.{other}"}).encode()


def _by_other_key(scene: Scene) -> bytes:
    return scene.pack_up(scene.start(), key=seeded("niemand"))


def _by_other_party(scene: Scene) -> bytes:
    return scene.pack_up(scene.start(), key=seeded(str(COLLEGE)))


def _other_house(scene: Scene) -> bytes:
    return scene.pack_up(making.changed(scene.start(), house="elders"))


def _other_pack(scene: Scene) -> bytes:
    return scene.pack_up(making.changed(scene.start(), pack=making.OTHER_PACK))


def _other_kind(scene: Scene) -> bytes:
    return scene.pack_up(making.changed(scene.start(), kind="iets_anders", act=None))


def _signed(payload: bytes) -> Make:
    def make(_: Scene) -> bytes:
        text = jws.sign(payload, seeded(str(MELDER)), MANIFEST_TYP)
        return json.dumps({"manifest": text, "sealed": None}).encode()

    return make


def _notification(scene: Scene, **changes: object) -> bytes:
    return scene.pack_up(making.changed(making.a_notification(), **changes))


def _other_seal(scene: Scene) -> bytes:
    envelope = json.loads(_notification(scene))
    other = json.loads(_notification(scene, id=making.message_id("ander")))
    return json.dumps(envelope | {"sealed": other["sealed"]}).encode()


def _no_seal(scene: Scene) -> bytes:
    return json.dumps(json.loads(_notification(scene)) | {"sealed": None}).encode()


def _seal_for_nothing(scene: Scene) -> bytes:
    sealed = json.loads(_notification(scene))["sealed"]
    return json.dumps(json.loads(scene.pack_up(scene.start())) | {"sealed": sealed}).encode()


def _other_recipient(scene: Scene) -> bytes:
    """The digest fits, the key inside is another than the announced one."""
    manifest = making.a_notification()
    text = scene.seal(manifest, [receive_key(HOUSE, "triage")])
    return scene.envelope(making.changed(manifest, **{"sealed.sha256": binding.sealed_digest(text)}), text)


def _unreadable_seal(scene: Scene) -> bytes:
    manifest = making.changed(making.a_notification(), **{"sealed.sha256": binding.sealed_digest("{}")})
    return scene.envelope(manifest, "{}")


def _other_bucket(scene: Scene) -> bytes:
    """Sealed for one bucket, announced as another."""
    manifest = making.a_notification()
    key = receive_key(HOUSE, "aanmelding")
    text = scene.seal(manifest, [key])
    updates = {
        "sealed.sha256": binding.sealed_digest(text),
        "sealed.bucket": 16384,
        "sealed.recipients": (key.kid,),
    }
    return scene.envelope(making.changed(manifest, **updates), text)


def _mandate(text: str | None = None, **changes: Any) -> Make:
    def make(scene: Scene) -> bytes:
        return scene.pack_up(scene.start(act={"mandate": text or scene.mandate(**changes)}))

    return make


CASES: list[tuple[str, str, Make]] = [
    ("geen_json", "", _raw(b"{")),
    ("geen_object", "", _raw(b"[]")),
    ("dubbel_lid", "", _raw(b'{"a":1,"a":2}')),
    ("te_groot", "", _raw(b" " * 2_100_000)),
    ("bericht_vorm", "/manifest", _raw(b"{}")),
    ("bericht_vorm", "/also", _changed("also", ["a.b.c"])),
    ("handtekening_vorm", "/manifest", _changed("manifest", "a.b.c")),
    ("handtekening_fout", "", _tampered),
    ("sleutel_onbekend", "", _by_other_key),
    ("verkeerde_afzender", "/from", _by_other_party),
    ("geen_json", "", _signed(b"geen json")),
    ("manifest_vorm", "/profile", _signed(b"{}")),
    ("verkeerd_huis", "/house", _other_house),
    ("pakket_onbekend", "/pack", _other_pack),
    ("soort_onbekend", "/kind", _other_kind),
    ("te_vroeg", "/created", _start(created=NOW + timedelta(seconds=61))),
    ("verlopen", "/expires", _start(created=NOW - timedelta(days=1), expires=NOW)),
    ("te_lang_geldig", "/expires", _start(expires=NOW + timedelta(days=300))),
    ("verzegeling_fout", "/sealed", _other_seal),
    ("verzegeling_fout", "/sealed", _no_seal),
    ("verzegeling_fout", "/sealed", _seal_for_nothing),
    ("verzegeling_fout", "/sealed", _other_recipient),
    ("verzegeling_fout", "/sealed", _unreadable_seal),
    ("verzegeling_fout", "/sealed", _other_bucket),
    ("mandaat_fout", "/act/mandate", _mandate(signer=COLLEGE)),
    ("mandaat_fout", "/act/mandate", _mandate(case=making.reference("andere casus"))),
    ("mandaat_fout", "/act/mandate", _mandate(text="x.y.z")),
]


@pytest.mark.parametrize(("code", "pointer", "make"), CASES)
async def test_turned_away(scene: Scene, code: str, pointer: str, make: Make) -> None:
    with pytest.raises(ProblemError) as caught:
        await scene.broker.intake.submit(HOUSE_ID, MELDER.oin, make(scene))
    assert (caught.value.code, caught.value.pointer) == (code, pointer)
    assert caught.value.problem is PROBLEMS[code]
    assert await scene.count("entry WHERE outcome <> 'record'") == 0


async def test_the_certificate_must_be_the_signers(scene: Scene) -> None:
    data = scene.pack_up(scene.start())
    with pytest.raises(ProblemError) as caught:
        await scene.broker.intake.submit(HOUSE_ID, Oin("00000099000000000077"), data)
    assert caught.value.code == "verkeerde_afzender"


async def test_a_house_that_is_not_here(scene: Scene) -> None:
    with pytest.raises(ProblemError) as caught:
        await scene.broker.intake.submit(HouseId("elders"), MELDER.oin, b"")
    assert caught.value.code == "huis_onbekend"


async def test_a_clock_may_be_a_minute_ahead(scene: Scene) -> None:
    await scene.allowed(scene.start(created=NOW + timedelta(seconds=60)))
