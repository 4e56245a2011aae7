"""A pack gives way to the next at its moment; only an answer still goes under the pack of its question (28)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from broker.parties.houses import add_records
from broker.parties.packs import Packs
from keys import KeyRecordError
from keys.identity import sign_record
from keys.jws import SigningKey
from schemas import packs
from schemas.ids import Digest, PackDigest
from schemas.pack import Pack, PackError
from schemas.pack_copy import renamed
from schemas.pack_rows import Label
from schemas.pack_yaml import parse
from schemas.records import PackDecision, SignedRecord
from tests import making
from tests.broker.scene import CHAIR, Scene, by_officers, seeded
from tests.making import COLLEGE, HOUSE, HOUSE_ID, MELDER

NAME = "zvh-protocol-2019"


def copy(folder: Path, name: str = "eigen-2027") -> Path:
    """The same rules under another name, in a folder."""
    label = Label(nl="Eigen protocol", en="Own protocol")
    for file, text in renamed(packs.read(NAME), packs.load(NAME), name, "1.0", label).items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def own(scene: Scene, tmp_path: Path) -> Pack:
    """The next pack, which this broker has too."""
    more = Packs.of([copy(tmp_path / "eigen")])
    digest = next(digest for digest in more.by_digest if digest != making.pack().digest)
    held = scene.broker.packs.by_digest
    assert isinstance(held, dict)
    held[digest] = more.by_digest[digest]
    return more.by_digest[digest]


def decision(scene: Scene, pack: PackDigest, **changes: object) -> PackDecision:
    """The officers' decision, an hour from now."""
    members: dict[str, object] = {
        "record": "pack_besluit",
        "house": HOUSE_ID,
        "pack": pack,
        "since": scene.clock.now + timedelta(hours=1),
        "dpia": "DPIA 2026-9",
        "consulted": (scene.clock.now - timedelta(days=20)).date(),
        "decision": "stuurgroep 12",
    }
    return PackDecision.model_validate(members | changes)


async def record(scene: Scene, signed: SignedRecord) -> None:
    await add_records(scene.broker.database, scene.folder, HOUSE_ID, [signed], scene.clock.now)


async def reasons(scene: Scene, pack: PackDigest) -> list[tuple[str, str]]:
    """Why a message under that pack does not go now; nothing: it went."""
    sent = await scene.send(scene.informed(pack=pack))
    return [(reason.rule, reason.code) for reason in sent.answer.reasons]


async def test_a_question_of_before_is_answered_under_its_own_pack(scene: Scene, own: Pack) -> None:
    await scene.to_triage()
    question = await scene.allowed(scene.question())
    await scene.allowed(scene.received(question, COLLEGE))
    await record(scene, by_officers(decision(scene, own.digest)))
    told = {"phase": "triage"}
    assert (await scene.send(scene.informed(**told))).answer.status == 202
    scene.clock.now += timedelta(hours=1)
    old = await scene.send(scene.informed(**told))
    assert [reason.code for reason in old.answer.reasons] == ["pakket_niet_van_kracht"]
    await scene.allowed(scene.informed(pack=own.digest, **told))
    scene.clock.now = making.ANSWER_TIME
    other = await scene.send(scene.reply(question.manifest, pack=own.digest))
    assert "pakket_van_de_vraag" in {reason.code for reason in other.answer.reasons}
    answered = await scene.allowed(scene.reply(question.manifest))
    assert answered.manifest.pack == question.manifest.pack != own.digest
    await scene.settled()
    page = await scene.inbox(HOUSE)
    assert answered.text in [one.envelope.manifest for one in page.deliveries if one.envelope]


async def test_the_old_one_counts_until_its_last_second(scene: Scene, own: Pack) -> None:
    await scene.allowed(scene.start())
    await record(scene, by_officers(decision(scene, own.digest)))
    scene.clock.now += timedelta(minutes=59, seconds=59)
    assert await reasons(scene, making.pack().digest) == []
    assert await reasons(scene, own.digest) == [("28", "pakket_niet_van_kracht")]
    scene.clock.now += timedelta(seconds=1)
    assert await reasons(scene, own.digest) == []
    assert await reasons(scene, making.pack().digest) == [("28", "pakket_niet_van_kracht")]


async def test_a_decision_that_comes_late_does_not_work_backwards(scene: Scene, own: Pack) -> None:
    """Signed for yesterday, on record now: what went meanwhile went rightly, from now on the new one counts."""
    await scene.allowed(scene.start())
    await scene.allowed(scene.informed())
    late = decision(scene, own.digest, since=scene.clock.now - timedelta(minutes=30))
    await record(scene, by_officers(late))
    scene.clock.now += timedelta(seconds=1)
    assert await reasons(scene, own.digest) == []


@pytest.mark.parametrize(
    ("first", "second"), [(CHAIR, None), (CHAIR, seeded("vreemde")), (seeded(f"wortel {MELDER.oin}"), None)]
)
@pytest.mark.rule("28", part="R", shows="refused")
async def test_nobody_else_brings_a_pack_into_force(
    scene: Scene, own: Pack, first: SigningKey, second: SigningKey | None
) -> None:
    await scene.allowed(scene.start())
    made = decision(scene, own.digest, since=scene.clock.now)
    signed = SignedRecord(first=sign_record(made, first), second=sign_record(made, second) if second else None)
    with pytest.raises(KeyRecordError, match="chair and manager both sign"):
        await record(scene, signed)
    scene.clock.now += timedelta(hours=2)
    assert await reasons(scene, making.pack().digest) == []
    assert await reasons(scene, own.digest) == [("28", "pakket_niet_van_kracht")]


@pytest.mark.rule("15", part="R", shows="refused")
async def test_too_early_for_the_fgs_nothing_goes_under_it(scene: Scene, own: Pack) -> None:
    """15.1: whoever leaves the officers' program aside gets a record, and every message under it is refused."""
    await scene.allowed(scene.start())
    early = decision(scene, own.digest, consulted=scene.clock.now.date())
    await record(scene, by_officers(early))
    scene.clock.now += timedelta(hours=1)
    assert await reasons(scene, own.digest) == [("15", "pakket_te_vroeg")]


def test_a_folder_that_is_no_pack_stops_the_start(tmp_path: Path) -> None:
    folder = copy(tmp_path / "eigen")
    assert Digest(parse(packs.read_folder(folder)).digest) in Packs.of([folder]).by_digest
    (folder / "kinds.yaml").unlink()
    with pytest.raises(PackError):
        Packs.of([folder])
    with pytest.raises(OSError, match="nergens"):
        Packs.of([tmp_path / "nergens"])
