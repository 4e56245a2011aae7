"""A PostgreSQL server of our own, for sandboxes, tests and a first look, where no DSN was given.

Decides the options it runs with, its port, and that no server outlives the process that started it. Leaves to
:mod:`deploy.postgres_binaries` which programs and which user, and to others schemas, roles and backups. Local
connections are trusted without a password, so this is never a server for real data. Durability is PostgreSQL's own
unless ``fsync=False`` is asked for; a test of durability leaves it on. Errors: see :mod:`deploy.postgres_binaries`.
"""

from __future__ import annotations

import asyncio
import atexit
import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import asyncpg

from deploy.postgres_binaries import (
    Binaries,
    EmbeddedPostgresError,
    StartError,
    find_binaries,
    must_be_reachable,
    readable_programs,
    server_user,
)

START_SECONDS = 30.0
STOP_SECONDS = 30.0
PORT_ATTEMPTS = 5
SOCKET_PATH_MAX = 90  # sun_path holds 108 bytes and PostgreSQL adds ".s.PGSQL.<port>"
PR_SET_PDEATHSIG = 1
NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class EmbeddedPostgres:
    """One server on 127.0.0.1 over the folder ``base``, which holds its data, its socket and ``server.log``.

    ``base`` is made if absent and kept at the end, so that a second start finds the data again. Start it from the main
    thread: then the kernel stops it when this process dies, however it dies.
    """

    def __init__(
        self,
        base: Path,
        *,
        port: int | None = None,
        fsync: bool = True,
        settings: Mapping[str, str] | None = None,
        binaries: Binaries | None = None,
    ) -> None:
        self.base = base.absolute()
        self.data = self.base / "data"
        self.log = self.base / "server.log"
        self.port = port or 0
        self._fixed_port = port is not None
        self._fsync = fsync
        self._settings = dict(settings or {})
        self._binaries = binaries
        self._process: subprocess.Popen[bytes] | None = None
        self._user = server_user()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def dsn(self, database: str = "postgres") -> str:
        """The address of ``database`` as SQLAlchemy with asyncpg takes it."""
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{database}"

    @property
    def running(self) -> bool:
        """Whether our postmaster lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Make the data folder if need be, start, and return when connections are accepted (about a second)."""
        if self.running:
            return
        self.base.mkdir(parents=True, exist_ok=True, mode=0o711)
        if self._user is not None:
            self.base.chmod(self.base.stat().st_mode | 0o011)
            must_be_reachable(self.base, self._user)
        made = self.data / "PG_VERSION"
        found = self._binaries or find_binaries(int(made.read_text()) if made.exists() else None)
        folder = readable_programs(found, self.base, self._user)
        if not made.exists():
            self._initialise(folder)
        for attempt in range(PORT_ATTEMPTS):
            if not self._fixed_port:
                self.port = _free_port()
            try:
                self._launch(folder)
            except StartError as error:
                taken = "Address already in use" in str(error)
                if not taken or self._fixed_port or attempt == PORT_ATTEMPTS - 1:
                    raise
            else:
                return

    def stop(self) -> None:
        """Fast shutdown: sessions are broken off, the data are left clean. Does nothing if it does not run."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """A crash, for tests: the postmaster and all its children at once, nothing flushed. Linux only."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGSTOP)  # or it would make new children meanwhile
        children = _children(self._process.pid)
        for pid in children:
            _send(pid, signal.SIGKILL)
        self._end(signal.SIGKILL)
        deadline = time.monotonic() + STOP_SECONDS
        while any(_alive(pid) for pid in children) and time.monotonic() < deadline:
            time.sleep(0.005)

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make database ``name``, a copy of ``template`` (to which nobody may be connected); returns its DSN."""
        strategy = "" if template is None else f" TEMPLATE {_identifier(template)} STRATEGY file_copy"
        self._execute(f"CREATE DATABASE {_identifier(name)}{strategy}")
        return self.dsn(name)

    def drop_database(self, name: str) -> None:
        """Remove database ``name`` and break off whoever is connected to it; not an error if it is absent."""
        self._execute(f"DROP DATABASE IF EXISTS {_identifier(name)} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        async def run() -> None:
            connection = await asyncpg.connect(host="127.0.0.1", port=self.port, user="postgres", database="postgres")
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        _run_in_own_loop(run)

    def _initialise(self, folder: Path) -> None:
        self._own_folder(self.data)
        sync = [] if self._fsync else ["--no-sync"]
        command = [str(folder / "initdb"), "-D", str(self.data), "-U", "postgres", "-A", "trust", "-k", "-E", "UTF8"]
        done = subprocess.run(
            [*command, "--no-locale", *sync], cwd="/", capture_output=True, check=False, text=True, **self._identity()
        )
        if done.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise StartError(f"initdb failed: {done.stderr.strip()[-1000:]}")

    def _launch(self, folder: Path) -> None:
        options = dict(self._settings)
        if not self._fsync:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        if len(str(self.base)) <= SOCKET_PATH_MAX:
            sockets = self.base / "socket"
            self._own_folder(sockets)
            options["unix_socket_directories"] = str(sockets)
        else:
            options["unix_socket_directories"] = ""
        command = [
            str(folder / "postgres"),
            "-D",
            str(self.data),
            "-p",
            str(self.port),
            "-c",
            "listen_addresses=127.0.0.1",
        ]
        for key, value in options.items():
            command += ["-c", f"{key}={value}"]
        with self.log.open("ab") as log:
            offset = log.tell()
            self._process = subprocess.Popen(
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us: we stop it when we are ready
                preexec_fn=_die_with_parent(),  # noqa: PLW1509 - one system call, its library loaded beforehand
                **self._identity(),
            )
        atexit.register(self.stop)
        self._wait_until_ready(offset)

    def _wait_until_ready(self, offset: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        status = self.data / "postmaster.pid"
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            lines = status.read_text().splitlines() if status.exists() else []
            if len(lines) >= 8 and lines[0] == str(self._process.pid) and lines[7].strip() == "ready":
                return
            time.sleep(0.02)
        self._end(signal.SIGINT)
        with self.log.open("rb") as log:
            log.seek(offset)
            tail = log.read().decode(errors="replace").strip()[-1000:]
        raise StartError(f"PostgreSQL did not start. Its log ends:\n{tail}")

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)  # immediate shutdown: the next start recovers from the log
                process.wait()
        atexit.unregister(self.stop)

    def _own_folder(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True, mode=0o700)
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)

    def _identity(self) -> dict[str, Any]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> Callable[[], None] | None:
    """The kernel's promise of SIGINT to the server when the thread that made it ends: so only from the main thread."""
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)


def _stat(pid: int) -> tuple[str, int] | None:
    """State letter and parent of a process, None if it is gone (proc(5): they follow the name in brackets)."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[:2]
    except OSError:  # it ended while we looked
        return None
    return state, int(parent)


def _children(parent: int) -> list[int]:
    numbers = [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    return [pid for pid in numbers if (found := _stat(pid)) is not None and found[1] == parent]


def _alive(pid: int) -> bool:
    found = _stat(pid)
    return found is not None and found[0] != "Z"  # a zombie holds nothing any more


def _send(pid: int, how: signal.Signals) -> None:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return


def _identifier(name: str) -> str:
    if not NAME.fullmatch(name):
        raise EmbeddedPostgresError("a database name is 1 to 63 of a-z, 0-9 and _, and does not begin with a digit")
    return f'"{name}"'


def _run_in_own_loop(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run to the end, also when the caller stands inside a running event loop."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(work())).result()


def main() -> None:
    """``python -m deploy.embedded_postgres --data DIR``: print the DSN and stay until told to stop."""
    import argparse

    parser = argparse.ArgumentParser(
        prog="python -m deploy.embedded_postgres", description="A PostgreSQL to try things on."
    )
    parser.add_argument("--data", type=Path, required=True, help="folder for its data; made if absent, kept at the end")
    parser.add_argument("--port", type=int, help="default: a free one")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with EmbeddedPostgres(given.data, port=given.port) as server:
            print(server.dsn(), flush=True)
            signal.pause()
    except KeyboardInterrupt:
        return
    except EmbeddedPostgresError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
