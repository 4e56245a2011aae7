"""What a run is made of: records that hold, settings that the programs read, files in which people are found."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broker.settings import load
from connectors.settings import read_settings
from connectors.sources.matching import NoMatch, OneMatch, SeveralMatches, match
from connectors.sources.table import Table
from deploy.demo.founding import ROLES, Founded, found, server_certificate
from deploy.demo.made_up import write_made_up
from deploy.demo.people import read_population
from deploy.demo.processes import Child, Children, Programs, StartError
from deploy.demo.settings_files import Ports, write_broker, write_connector
from deploy.demo.steps import Course, StepError
from deploy.demo.tables import Cast, write_tables
from keys.identity import Directory
from keys.keystore import FileKeyStore

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house")


@pytest.fixture(scope="module")
def house(base: Path) -> Founded:
    founded = found(base, "localhost:8443", base / "broker" / "keys", NOW)
    for party in founded.parties.values():
        write_connector(founded, party, "https://localhost:8443", base / "people.csv", NOW.date())
    return founded


def test_the_records_make_a_directory(house: Founded) -> None:
    directory = Directory.of([(house.genesis, NOW), *((record, NOW) for record in house.records)])
    assert directory.digest_of_genesis == house.digest
    assert directory.genesis.unsafe_sandbox
    assert len(directory.oins) == len(ROLES) == 8
    assert all(oin.startswith("00000099") for oin in directory.oins)
    police = house.parties["politie"].oin
    assert [decree.basis for decree in directory.decrees(police, NOW)] == ["wpg_20"]
    addresses = [address for party in house.parties.values() for address in party.addresses]
    assert len(addresses) == 9
    # The house's address once had two others: one revoked, one that lasted a second.
    later = NOW + timedelta(seconds=2)
    assert all(len(directory.signing_keys(address, later)) == 1 for address in addresses)


def test_one_party_has_two_addresses(house: Founded) -> None:
    addresses = house.parties["verslavingszorg"].addresses
    assert [address.function for address in addresses] == ["ggz", "reclassering"]
    assert house.name_of(addresses[0]) == "Verslavingszorg (ggz)"
    assert house.address("verslavingszorg", "reclassering") == addresses[1]


def test_every_connector_reads_its_settings_and_keys(house: Founded) -> None:
    for party in house.parties.values():
        settings = read_settings(party.settings)
        assert settings.own == party.addresses
        assert settings.house.genesis == house.digest
        store = FileKeyStore.open(settings.keystore.file, settings.keystore.generations)
        assert len(store.names("signing/")) == len(party.addresses)
        store.close()
        assert stat.S_IMODE(party.folder.stat().st_mode) == 0o700


def test_the_broker_reads_its_settings(house: Founded, base: Path) -> None:
    tls = server_certificate(base, base / "broker" / "tls", house.parties["huis"].oin, NOW)
    file = base / "broker" / "settings.yaml"
    write_broker(
        file, "postgresql+asyncpg://u@127.0.0.1:1/d", base / "broker" / "keys", tls, Ports(1, 2), house.authority
    )
    assert load(file, {}).port == 1


async def test_every_party_finds_whom_the_play_needs(house: Founded, base: Path) -> None:
    chance = random.Random(11)
    write_made_up(base / "people.csv", chance)
    people = read_population(base / "people.csv", made_up=True, chance=chance)
    cast = Cast(people.unique[0], people.ambiguous[0])
    write_tables({key: party.folder for key, party in house.parties.items()}, people, cast, chance)
    found_there = {}
    for key, party in house.parties.items():
        source = read_settings(party.settings).source
        if source is not None:
            table = Table(source, Path())
            for who, person in (("P", cast.p), ("Q", cast.q)):
                assert person.key is not None
                matched = match(person.key, await table.find(person.key))
                found_there[key, who] = {OneMatch: "one", NoMatch: "none", SeveralMatches: "several"}[type(matched)]
    assert found_there == {
        ("politie", "P"): "one",
        ("politie", "Q"): "several",
        ("om", "P"): "none",
        ("om", "Q"): "one",
        ("ggz", "P"): "one",
        ("ggz", "Q"): "none",
        ("verslavingszorg", "P"): "one",
        ("verslavingszorg", "Q"): "none",
        ("reclassering", "P"): "one",
        ("reclassering", "Q"): "none",
        ("emmen", "P"): "one",
        ("emmen", "Q"): "one",
        ("rvdk", "P"): "one",
        ("rvdk", "Q"): "one",
    }


def test_no_two_parties_have_files_of_one_shape(house: Founded) -> None:
    sources = [read_settings(party.settings).source for party in house.parties.values()]
    shapes = [
        (source.file.suffix, source.delimiter, tuple(column.column for column in source.columns.values()))
        for source in sources
        if source is not None
    ]
    assert len(set(shapes)) == len(shapes) == 7
    assert {suffix for suffix, _, _ in shapes} == {".csv", ".xlsx"}


def test_children_end_with_their_block_and_a_failed_start_says_why(tmp_path: Path) -> None:
    children = Children(tmp_path)
    sleeper = children.start("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"])
    failing = children.start("failing", [sys.executable, "-c", "import sys; sys.exit('no such thing')"])
    with pytest.raises(StartError, match=r"failing ended with code 1(.|\n)*no such thing"):
        failing.wait_until(lambda: False, 20)
    assert children["sleeper"].running
    children.stop()
    assert not sleeper.running
    slow = Child("slow", ["sleep", "5"], tmp_path / "slow.log")
    with pytest.raises(StartError, match="was not ready after 0 s"):
        slow.wait_until(lambda: False, 0)
    slow.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="the promise is the Linux kernel's")
def test_children_do_not_outlive_us(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from deploy.demo.processes import Child\n"
        "child = Child('c', ['sleep', '60'], pathlib.Path(sys.argv[1]))\n"
        "print(child.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "log")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while _lives(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _lives(child)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_programs_are_overridden_per_party() -> None:
    programs = Programs(connector=("plain",), connectors={"emmen": ("other",)})
    assert (programs.connector_of("emmen"), programs.connector_of("om")) == (("other",), ("plain",))


def test_a_step_that_others_need_stops_the_play() -> None:
    course = Course()
    nothing_done = course.ok
    course.add("a", "huis", "done", "done")
    assert (nothing_done, course.ok) == (False, True)
    course.add("b", "huis", "refused", "refused", ["6.4", "6.4", "12"])
    assert course.steps[-1].as_json()["rules"] == ["6.4", "12"]
    with pytest.raises(StepError, match=r"step c \(emmen\): expected done, came out as refused"):
        course.must("c", "emmen", "done", "refused")
    assert [step.id for step in course.wrong] == ["c"]
