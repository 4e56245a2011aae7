"""A next pack, from the form of the officers to the first message under it: commands, files, TLS, PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broker.migrations import upgrade
from broker.parties.houses import add_records
from broker.parties.packs import Packs
from connectors import officer
from connectors.desk import stories
from connectors.exchanges import queries
from connectors.exchanges.inbox import follow_house
from connectors.exchanges.notifying import notify
from keys import jws
from keys.identity import sign_record
from keys.vouching import RECORD_TYPE
from schemas import canonical, packs
from schemas.ids import format_instant
from schemas.pack import Pack
from schemas.pack_copy import renamed
from schemas.pack_rows import Label
from schemas.pack_yaml import parse as parse_pack
from schemas.records import PackDecision, SignedRecord
from tests.broker.test_cli import Result, run
from tests.broker.web.certificates import Sandbox
from tests.broker.web.founding import HOUSE
from tests.broker.web.living import Live, living
from tests.connectors.commanding import Ran, command
from tests.connectors.exchange import form
from tests.connectors.parties import CHAIR, HOUSE_ID, MANAGER, TOWN
from tests.connectors.parties import HOUSE as PARTIES_HOUSE
from tests.world import a_world

pytestmark = pytest.mark.slow

SHIPPED = "zvh-protocol-2019"
REFUSED = ("28", "pakket_niet_van_kracht", "/pack")


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """An authority for all tests of a session."""
    return Sandbox(tmp_path_factory.mktemp("ca"))


@dataclass(frozen=True)
class Play:
    """A house at work, its officers' files, and the pack that is to come."""

    live: Live
    base: Path
    settings: Path
    dsn: str
    folder: Path
    pack: Pack

    def form(self, **changes: str) -> Path:
        """The officers' form; a member that is changed to nothing is left out."""
        today = datetime.now(UTC).date()
        members = {
            "pack": "eigen",
            "dpia": "DPIA 2026-9",
            "consulted": (today - timedelta(days=20)).isoformat(),
            "decision": "stuurgroep 12, punt 3",
            "since": f'"{format_instant(datetime.now(UTC) - timedelta(hours=1))}"',
        } | changes
        path = self.base / "pakket.yaml"
        path.write_text("".join(f"{name}: {value}\n" for name, value in members.items() if value))
        return path

    def begun(self, form: Path, role: str = "chair") -> Ran:
        """One officer signs first."""
        return command("officer", "pack", str(form), *self._key(role), "--out", str(self.record))

    def signed(self, *more: str, role: str = "manager") -> Ran:
        """The other signs too."""
        return command("officer", "sign", str(self.record), *self._key(role), "--yes", *more)

    def added(self) -> Result:
        """The operator hands the record to the house."""
        return run("record", "add", "--settings", self.settings, "--house", HOUSE, self.record, KETEN_DSN=self.dsn)

    @property
    def record(self) -> Path:
        return self.base / "pakket.json"

    def _key(self, role: str) -> tuple[str, ...]:
        return ("--key", str(self.base / f"{role}.key"), "--genesis", str(self.base / "genesis.json"))

    async def start(self, case: str, **members: Any) -> tuple[int, list[tuple[str, str, str]]]:
        """A case that a party opens, and what the broker says to it."""
        status, answer = await self.live.post(self.live.founded.start(case, **members))
        return status, [(one["rule"], one["code"], one["pointer"]) for one in answer.get("reasons", ())]


def own_pack(folder: Path) -> Path:
    """The same rules under another name, in a folder."""
    label = Label(nl="Eigen protocol", en="Own protocol")
    for file, text in renamed(packs.read(SHIPPED), packs.load(SHIPPED), "eigen-2027", "1.0", label).items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    return folder


@asynccontextmanager
async def playing(database: str, sandbox: Sandbox, base: Path, *, given: bool) -> AsyncIterator[Play]:
    """``given``: whether the operator gave the broker the folder of the pack."""
    folder = own_pack(base / "eigen")
    named = (folder,) if given else ()
    await asyncio.to_thread(lambda: asyncio.run(upgrade(database)))
    async with living(database, sandbox, base / "keys", packs=named) as live:
        chair, manager = live.founded.officers
        officer.write_key(base / "chair.key", chair)
        officer.write_key(base / "manager.key", manager)
        officer.write_signed(base / "genesis.json", live.founded.genesis)
        settings = base / "broker.yaml"
        tls = sandbox.tls()
        lines = ["keys: keys", *(["packs: [eigen]"] if given else [])]
        lines += [f"tls: {{certificate: {tls.certificate}, key: {tls.key}}}"]
        settings.write_text("\n".join(lines) + "\n")
        yield Play(live, base, settings, database, folder, officer.read_pack(folder))


@pytest.fixture
async def play(database: str, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Play]:
    async with playing(database, sandbox, tmp_path, given=True) as made:
        yield made


async def test_from_the_form_to_the_first_message(play: Play) -> None:
    """Who prepared it signs, the other sees the same and signs too; at its time the new pack takes over, at once."""
    began = time.monotonic()
    assert play.begun(play.form(dpia="")).code == 2
    # What comes before the new pack takes as long as a few commands; how long that is, only this machine knows.
    enough = timedelta(seconds=3 + 8 * (time.monotonic() - began))
    since = datetime.now(UTC).replace(microsecond=0) + enough
    begun = play.begun(play.form(since=f'"{format_instant(since)}"'))
    assert begun.code == 0, begun
    signed = play.signed("--pack", str(play.folder))
    assert signed.code == 0, signed
    for shown in (begun.out, signed.out):
        told = " ".join(shown.split())
        for said in ("eigen-2027 1.0", play.pack.digest, "DPIA 2026-9", "stuurgroep 12, punt 3", "dezelfde regels als"):
            assert said in told
    assert (await asyncio.to_thread(play.added)).returncode == 0
    new = {"pack": play.pack.digest}
    before = [await play.start("een"), await play.start("twee", **new)]
    assert datetime.now(UTC) < since, "this machine is too slow for the test"
    assert before == [(202, []), (403, [REFUSED])]
    await asyncio.sleep((since - datetime.now(UTC)).total_seconds() + 0.1)
    assert await play.start("drie") == (403, [REFUSED])
    assert await play.start("vier", **new) == (202, [])
    served = await play.live.get(f"packs/{play.pack.digest}")
    assert "eigen-2027" in served["files"]["pack.yaml"]


async def test_what_does_not_bring_a_pack_into_force(play: Play) -> None:
    """No DPIA, the wrong key, one signature: nothing changes, and each says why."""
    without = play.begun(play.form(dpia=""))
    assert (without.code, "`dpia`: is missing" in without.err, "15.1" in without.err) == (2, True, True)
    assert not play.record.exists()
    today = datetime.now(UTC).date()
    early = play.begun(play.form(consulted=today.isoformat()))
    first = today + timedelta(days=14)
    assert (early.code, first.isoformat() in early.err) == (2, True)
    officer.make_key(play.base / "ander", "manager")
    (play.base / "ander" / "manager.key").rename(play.base / "vreemd.key")
    stranger = play.begun(play.form(), role="vreemd")
    assert (stranger.code, "niet van de voorzitter" in stranger.err) == (2, True)
    assert not play.record.exists()
    assert play.begun(play.form()).code == 0
    once = await asyncio.to_thread(play.added)
    assert (once.returncode, "chair and manager both sign" in once.stderr) == (1, True)
    twice = play.signed(role="chair")
    assert (twice.code, "al ondertekend" in twice.err) == (2, True)
    third = play.signed(role="vreemd")
    assert (third.code, "niet van de voorzitter" in third.err) == (2, True)
    records = await play.live.get("directory")
    assert len(records["records"]) == 1 + len(play.live.founded.records)
    assert await play.start("een") == (202, [])
    assert await play.start("twee", pack=play.pack.digest) == (403, [REFUSED])


def both_sign(play: Play, payload: dict[str, Any]) -> str:
    """A record of these members under both officers' keys, whatever it says."""
    data = canonical.encode(payload)
    first, second = (jws.sign(data, key, RECORD_TYPE) for key in play.live.founded.officers)
    return json.dumps({"first": first, "second": second})


async def test_a_record_that_was_not_prepared_is_no_record(play: Play) -> None:
    """Whoever leaves the program aside signs bytes without a DPIA: the house does not take them."""
    assert play.begun(play.form()).code == 0
    assert play.signed("--pack", str(play.folder)).code == 0
    said = officer.read_signed(play.record)
    payload = json.loads(jws.parse(said.first, RECORD_TYPE).payload)
    del payload["dpia"]
    play.record.write_text(both_sign(play, payload))
    told = await asyncio.to_thread(play.added)
    assert (told.returncode, "wrong or missing members: dpia" in told.stderr) == (1, True)


async def test_connectors_go_on_under_the_next_pack(database: str, tmp_path: Path) -> None:
    """Who looked at the directory in time notices nothing; who did not is refused once, and then goes on too."""
    folder = own_pack(tmp_path / "eigen")
    async with a_world(database, tmp_path, PARTIES_HOUSE, TOWN) as world:
        files = packs.read_folder(folder)
        pack = parse_pack(files)
        held = world.real.packs
        shelf = {**held.files, pack.digest: files}
        world.real.packs = Packs({**held.by_digest, pack.digest: pack}, shelf)
        world.real.intake._packs = world.real.packs.by_digest
        decided = PackDecision(
            record="pack_besluit",
            house=HOUSE_ID,
            pack=pack.digest,
            since=world.clock.now + timedelta(hours=1),
            dpia="DPIA 2026-9",
            consulted=world.clock.now.date() - timedelta(days=20),
            decision="stuurgroep 12",
        )
        both = SignedRecord(first=sign_record(decided, CHAIR), second=sign_record(decided, MANAGER))
        await add_records(world.real.database, tmp_path / "log", HOUSE_ID, [both], world.clock.now)
        house, town = world[PARTIES_HOUSE], world[TOWN]
        await follow_house(house)
        assert house.house.pack_at(world.clock.now).digest != pack.digest
        world.clock.forward(hours=1)
        assert house.house.pack_at(world.clock.now).digest == pack.digest
        assert town.house.pack_at(world.clock.now).digest != pack.digest
        late = await notify(town, form(), wait=1)
        assert [reason.code for refusal in late.refusals for reason in refusal.reasons] == ["pakket_niet_van_kracht"]
        assert town.house.pack_at(world.clock.now).digest == pack.digest
        done = await world.run(notify(town, form(), wait=20))
        assert done.refusals == ()
        await world.settle()
        async with house.database.begin() as tx:
            rows = await queries.messages_of(tx, done.case)
        assert {row.source.manifest.pack for row in rows} == {pack.digest}
        assert [one.code for one in await stories.findings(house)] == []
        del shelf[pack.digest]
        await world.connectors.pop(TOWN).stop()
        await world.open(TOWN)  # what a connector fetched once, it has
        assert world[TOWN].house.pack_at(world.clock.now).digest == pack.digest


async def test_a_pack_that_the_broker_does_not_have_is_not_activated(
    database: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Else nothing would go from that day on: the operator hears it before the record counts."""
    async with playing(database, sandbox, tmp_path, given=False) as play:
        assert play.begun(play.form()).code == 0
        assert play.signed("--pack", str(play.folder)).code == 0
        told = await asyncio.to_thread(play.added)
        assert told.returncode == 2
        assert "`packs`" in told.stderr
        assert play.pack.digest in told.stderr
        assert await play.start("een") == (202, [])
