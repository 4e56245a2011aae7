"""What an operator types: settings, keys, authority, house, and a broker that serves until it is told to stop."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import ssl
import stat
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp
import pytest

from broker.cli import main
from broker.ledger import log_keys
from keys import pki
from keys.jws import SigningKey
from keys.suites import thumbprint
from schemas.records import OkpKey, SignedRecord
from tests.broker.web.certificates import BROKER, PARTY
from tests.broker.web.founding import HOUSE, Founded, found
from tests.conftest import ROOT


@dataclass(frozen=True)
class Result:
    """How a command ended and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: object, **environment: str) -> Result:
    """One ``ketenbroker`` command, in this process: its main function with arguments and environment of its own."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        patch.object(sys, "argv", ["ketenbroker", *map(str, arguments)]),
        patch.dict(os.environ, environment),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    return Result(code, out.getvalue(), err.getvalue())


def done(*arguments: object, **environment: str) -> str:
    """The standard output of a command that must succeed."""
    result = run(*arguments, **environment)
    assert result.returncode == 0, result.stderr
    return result.stdout


def settings_file(folder: Path, *lines: str) -> Path:
    """Settings of a broker on loopback, files named from their own folder."""
    file = folder / "broker.yaml"
    text = [
        "host: 127.0.0.1",
        "port: 0",
        "health_port: 0",
        "keys: keys",
        "log_file: broker.jsonl",
        "tls:",
        "  certificate: tls/server.pem",
        "  key: tls/server.key",
        "  client_authorities: ca/ca.pem",
        *lines,
    ]
    file.write_text("\n".join(text) + "\n")
    return file


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("pool_sise: 4", ["broker.yaml:10", "pool_size"]),
        ("pool_size: veel", ["broker.yaml:10"]),
        ("host: elders", ["broker.yaml:10"]),
        ("limits:\n  header_second: 3", ["broker.yaml:11", "header_seconds"]),
        ("# no dsn", ["KETEN_DSN"]),
    ],
)
def test_settings_that_cannot_be_used_stop_the_start(tmp_path: Path, line: str, told: list[str]) -> None:
    result = run("serve", "--settings", settings_file(tmp_path, line))
    assert result.returncode == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    for text in told:
        assert text in result.stderr


def test_keys_are_made_readable_by_their_owner_alone(tmp_path: Path) -> None:
    public = json.loads(done("keys", "make", "--folder", tmp_path / "keys"))
    assert set(public) == {"log_key", "receipt_key"}
    for key in public.values():
        kid = thumbprint(OkpKey.model_validate(key))
        assert stat.S_IMODE((tmp_path / "keys" / f"{kid}.key").stat().st_mode) == 0o600
        assert log_keys.read(tmp_path / "keys", kid).public == OkpKey.model_validate(key)


def test_an_authority_issues_for_server_root_and_client(tmp_path: Path) -> None:
    done("ca", "init", "--folder", tmp_path / "ca")
    assert run("ca", "init", "--folder", tmp_path / "ca").returncode == 1
    options = ["--out", tmp_path / "tls", "--host", "localhost", "--host", "127.0.0.1", "--oin", BROKER]
    done("ca", "server", "--folder", tmp_path / "ca", *options)
    for name, key in (("root", SigningKey.generate()), ("client", pki.TlsKey.generate())):
        (tmp_path / f"{name}.csr").write_bytes(pki.request(key, PARTY, "Proefpartij"))
    told = done("ca", "party", "--folder", tmp_path / "ca", tmp_path / "root.csr", tmp_path / "client.csr")
    assert told.count(PARTY) == 2
    authority = pki.der_of((tmp_path / "ca" / "ca.pem").read_bytes())
    now = datetime.now(UTC)
    files: dict[str, pki.Use] = {"root.pem": "root", "client.pem": "client", "tls/server.pem": "server"}
    for file, use in files.items():
        certificate = pki.der_of((tmp_path / file).read_bytes())
        oin = pki.verify_chain(certificate, [authority], now, use)
        assert oin == (BROKER if use == "server" else PARTY)
    assert run("ca", "server", "--folder", tmp_path / "ca", *options[:-1], "geen-oin").returncode == 2


def test_the_description_can_be_printed_without_anything_else() -> None:
    described = json.loads(done("openapi", "--server", "https://makelaar.example"))
    assert described["servers"][0]["url"] == "https://makelaar.example/v1"


@pytest.mark.parametrize("content", ["", "{}", '{"first":"x","third":"y"}', '{"first":1}'])
def test_a_file_that_is_no_record_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "genesis.json"
    file.write_text(content)
    settings = settings_file(tmp_path)
    result = run("house", "create", "--settings", settings, "--genesis", file, KETEN_DSN="postgresql://x")
    assert result.returncode == 2
    assert "genesis.json" in result.stderr
    assert "Traceback" not in result.stderr


def write(folder: Path, records: dict[str, SignedRecord]) -> None:
    """Records as files."""
    folder.mkdir(exist_ok=True)
    for name, record in records.items():
        (folder / f"{name}.json").write_text(record.model_dump_json())


def prepare(folder: Path, dsn: str) -> tuple[Path, Founded]:
    """All that comes before ``serve``, by the commands; the second party's records are left for later."""
    done("ca", "init", "--folder", folder / "ca")
    done("ca", "server", "--folder", folder / "ca", "--out", folder / "tls", "--host", "127.0.0.1", "--oin", BROKER)
    settings = settings_file(folder)
    for _ in range(2):
        done("migrate", "--settings", settings, KETEN_DSN=dsn)
    public = json.loads(done("keys", "make", "--settings", settings, KETEN_DSN=dsn))
    kids = [thumbprint(OkpKey.model_validate(public[name])) for name in ("log_key", "receipt_key")]
    now = datetime.now(UTC).replace(microsecond=0)
    log, receipts = (log_keys.read(folder / "keys", kid) for kid in kids)
    founded = found(now, log, receipts, pki.read_authority(folder / "ca"))
    write(folder / "house", {"00-genesis": founded.genesis, "10-melder": founded.records[0]})
    write(folder / "key", {"11-sleutel": founded.records[1]})
    write(folder / "later", {"20-politie": founded.records[2], "21-sleutel": founded.records[3]})
    command = ["house", "create", "--settings", settings, "--genesis", folder / "house" / "00-genesis.json"]
    made = done(*command, "--records", folder / "house", folder / "key" / "11-sleutel.json", KETEN_DSN=dsn)
    assert json.loads(made) == {"house": HOUSE, "records": 3}
    again = run(*command, KETEN_DSN=dsn)
    assert again.returncode == 1
    assert "Traceback" not in again.stderr
    return settings, founded


def listening(log: Path, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """The line that says where the broker listens."""
    for _ in range(600):
        for line in log.read_text().splitlines() if log.exists() else ():
            if json.loads(line)["event"] == "listening":
                found_line: dict[str, Any] = json.loads(line)
                return found_line
        assert process.poll() is None
        time.sleep(0.05)
    raise AssertionError("the broker did not listen in half a minute")


def client(folder: Path) -> aiohttp.ClientSession:
    """A party's client, with a fresh certificate."""
    key = pki.TlsKey.generate()
    request = pki.request(key, PARTY, "Proefpartij")
    certificate = pki.issue(pki.read_authority(folder / "ca"), request, datetime.now(UTC), 1)
    (folder / "client.pem").write_bytes(certificate + key.pem)
    context = ssl.create_default_context(cafile=str(folder / "ca" / "ca.pem"))
    context.load_cert_chain(folder / "client.pem")
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context))


async def stop_while_polling(folder: Path, ports: dict[str, Any], process: subprocess.Popen[bytes]) -> None:
    """Tell the broker to stop while a party waits for something to come."""
    async with client(folder) as party:
        url = f"https://127.0.0.1:{ports['port']}/v1/houses/{HOUSE}/inbox?after=99&wait=30"
        poll = asyncio.create_task(party.get(url))
        await asyncio.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        with pytest.raises(aiohttp.ClientError):
            await asyncio.wait_for(poll, 2)


async def call(folder: Path, ports: dict[str, Any], data: bytes) -> tuple[object, int, int]:
    """The outcome of a message, the status of readiness and the length of the directory, as a party sees them."""
    house = f"https://127.0.0.1:{ports['port']}/v1/houses/{HOUSE}"
    async with client(folder) as party:
        headers = {"Content-Type": "application/json"}
        message = await party.post(f"{house}/messages", data=data, headers=headers)
        ready = await party.get(f"http://127.0.0.1:{ports['health_port']}/readyz")
        directory = await (await party.get(f"{house}/directory")).json()
        answer = await message.json(content_type=None)
    return answer.get("outcome") or answer, ready.status, len(directory["records"])


def test_a_broker_from_nothing_to_its_first_message_and_a_clean_end(database: str, tmp_path: Path) -> None:
    settings, founded = prepare(tmp_path, database)
    environment = {**os.environ, "KETEN_DSN": database}
    command = [sys.executable, "-m", "broker.cli", "serve", "--settings", str(settings)]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            ports = listening(tmp_path / "broker.jsonl", process)
            assert asyncio.run(call(tmp_path, ports, founded.start())) == ("allowed", 200, 3)
            added = done(
                "record", "add", "--settings", settings, "--house", HOUSE, tmp_path / "later", KETEN_DSN=database
            )
            assert json.loads(added) == {"house": HOUSE, "records": 2}
            assert asyncio.run(call(tmp_path, ports, founded.start("tweede"))) == ("allowed", 200, 5)
            asyncio.run(stop_while_polling(tmp_path, ports, process))
            assert process.wait(20) == 0
        finally:
            process.kill()
    events = [json.loads(line)["event"] for line in (tmp_path / "broker.jsonl").read_text().splitlines()]
    assert "stopping" in events
    assert events.count("request") == 4
