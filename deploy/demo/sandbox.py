"""A whole house on this machine for one run: PostgreSQL, the broker and eight connectors, each a process of its own.

Decides the order of starting, and that everything is ended whatever happens. All files of a run lie in one folder
under the system's temporary folder, which goes at the end unless something went wrong.
"""

from __future__ import annotations

import asyncio
import http.client
import secrets
import socket
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path

from broker.database import Database
from broker.migrations import upgrade
from broker.parties.houses import create_house
from deploy.demo.founding import Founded, found, server_certificate
from deploy.demo.processes import Children, Programs
from deploy.demo.settings_files import Ports, write_broker, write_connector
from deploy.embedded_postgres import EmbeddedPostgres

START_SECONDS = 40.0
FOUNDED_AGO = timedelta(hours=1)
"""Nobody founds a house and opens a case in the same second."""
POSTGRES_SETTINGS = {"shared_buffers": "32MB", "log_connections": "on", "max_connections": "60"}

Progress = Callable[[str], None]


class Sandbox:
    """Everything that runs. Use :meth:`start` and :meth:`stop`; both are for the main thread."""

    def __init__(self, programs: Programs, limits: Mapping[str, str] | None = None) -> None:
        """Makes the folder of the run and starts nothing. ``limits``: of the broker, where not its defaults."""
        self.base = Path(tempfile.mkdtemp(prefix="ketenbroker-demo-"))
        self.base.chmod(0o711)  # as root PostgreSQL runs as another user, who must be able to pass
        self.logs = self.base / "logs"
        self.logs.mkdir(mode=0o700)
        self.database = f"keten_{secrets.token_hex(5)}"
        self.ports = Ports(*_free_ports(2))
        self.postgres = EmbeddedPostgres(self.base / "postgres", settings=POSTGRES_SETTINGS)
        self.children = Children(self.logs)
        self._programs, self._limits = programs, limits
        self._founded: Founded | None = None
        self._founding = datetime.now(UTC).replace(microsecond=0) - FOUNDED_AGO
        self.start_seconds = 0.0
        """How long the programs took to start: how fast this machine is now."""

    @property
    def founded(self) -> Founded:
        """The house; only after :meth:`start`."""
        if self._founded is None:
            raise RuntimeError("the sandbox was not started")
        return self._founded

    @property
    def founded_or_none(self) -> Founded | None:
        """The house, if it came that far."""
        return self._founded

    @property
    def url(self) -> str:
        """Where parties reach the broker."""
        return f"https://localhost:{self.ports.public}"

    @property
    def broker_settings(self) -> Path:
        """The broker's settings file."""
        return self.base / "broker" / "settings.yaml"

    @property
    def postmaster(self) -> int:
        """The process id of PostgreSQL, the parent of all its others."""
        return int((self.postgres.data / "postmaster.pid").read_text().split(maxsplit=1)[0])

    def party_folder(self, key: str) -> Path:
        """Where a party has its files."""
        return self.base / key

    def start(self, lo3: Path, say: Progress) -> None:
        """Found the house and start everything. ``lo3``: the file that the police search."""
        say("founding the house, starting PostgreSQL")
        with ThreadPoolExecutor(1) as pool:
            founding = pool.submit(self._found, lo3)
            self.postgres.start()
            self._founded = founding.result()
        dsn = self.postgres.create_database(self.database)
        tls = server_certificate(
            self.base, self.base / "broker" / "tls", self.founded.parties["huis"].oin, datetime.now(UTC)
        )
        keys = self.base / "broker" / "keys"
        write_broker(self.broker_settings, dsn, keys, tls, self.ports, self.founded.authority, self._limits)
        say("making the database and the ledger")
        asyncio.run(self._make_house(dsn, keys))
        say("starting the broker and eight connectors")
        begun = time.monotonic()
        self._start_programs()
        self.start_seconds = time.monotonic() - begun

    def stop(self) -> None:
        """End everything that was started."""
        self.children.stop()
        self.postgres.stop()

    def control(self, key: str) -> Path:
        """The socket over which a connector takes commands."""
        return self.party_folder(key) / "data" / "control.sock"

    def connector_command(self, key: str, *arguments: str) -> Sequence[str]:
        """``ketenconnector ARGUMENTS`` for one party."""
        return (*self._programs.connector, *arguments, "--settings", str(self.founded.parties[key].settings))

    def _found(self, lo3: Path) -> Founded:
        now = self._founding
        founded = found(self.base, f"localhost:{self.ports.public}", self.base / "broker" / "keys", now)
        for party in founded.parties.values():
            write_connector(founded, party, self.url, lo3, now.date())
        return founded

    async def _make_house(self, dsn: str, keys: Path) -> None:
        await upgrade(dsn)
        database = Database(dsn, 2)
        try:
            await create_house(database, keys, self.founded.genesis, self.founded.records, self._founding)
        finally:
            await database.close()

    def _start_programs(self) -> None:
        broker = self.children.start(
            "broker", (*self._programs.broker, "serve", "--settings", str(self.broker_settings))
        )
        broker.wait_until(self._broker_ready, START_SECONDS)
        for key in self.founded.parties:
            self._run_connector(key)
        for key in self.founded.parties:
            self.children[key].wait_until(partial(_answers, self.control(key)), START_SECONDS)

    def start_connector(self, key: str) -> None:
        """Start the connector of a party again, after it was stopped."""
        self._run_connector(key)
        self.children[key].wait_until(partial(_answers, self.control(key)), START_SECONDS)

    def _run_connector(self, key: str) -> None:
        settings = self.founded.parties[key].settings
        self.children.start(key, (*self._programs.connector_of(key), "run", "--settings", str(settings)))

    def _broker_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.ports.health, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _answers(control: Path) -> bool:
    if not control.exists():
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(control))
        except OSError:
            return False
    return True


def _free_ports(count: int) -> list[int]:
    """Ports that are free now; held until all are known, so that they differ."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
