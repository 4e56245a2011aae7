"""The audit put together: settings, own register, and what the link fetches; the audit itself knows no link."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import Awaitable, Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from connectors import ConnectorError, LinkError, LinkRefusedError, UseError
from connectors.exchanges import pages
from connectors.exchanges.link import BrokerLink
from connectors.officer import read_public
from connectors.proofs.audit import Progress, audit
from connectors.proofs.given import Own, Served
from connectors.proofs.queries import KnownRecord, Register
from connectors.proofs.replay import House
from connectors.proofs.report import Problem, Report
from connectors.proofs.store import AuditStore
from connectors.settings import Settings
from keys import KeyRecordError, ProofError, checkpoint
from keys.checkpoint import Checkpoint
from keys.identity import Directory, parse_record
from keys.suites import thumbprint
from schemas import packs
from schemas.ids import Kid, PackDigest
from schemas.pack import Pack, PackError
from schemas.pack_yaml import parse as parse_pack
from schemas.records import Exit, KeyRevocation, PartyKey, SignedRecord

PATIENCE: Final = 180.0
"""Seconds for one answer of the broker, with all that the link itself repeats."""
MOST_SAID: Final = 200
LOCK: Final = "audit.lock"
T = TypeVar("T")


async def audit_house(
    settings: Settings,
    link: BrokerLink,
    progress: Progress,
    now: datetime | None = None,
    *,
    again: bool = False,
    patience: float = PATIENCE,
) -> Report:
    """The whole audit for one connector. Raises :class:`UseError`, :class:`LinkError`, ConnectorError.

    ``again``: from the first leaf, whatever an earlier audit verified. The own register is read first and the
    checkpoint before the records, so that what comes in meanwhile is no finding.
    """
    register = Register.open(settings.dsn)
    try:
        with _alone(settings.data):
            return await _audit(settings, register, _Patient(link, patience), progress, now, again=again)
    finally:
        await register.close()


async def _audit(
    settings: Settings, register: Register, link: _Patient, progress: Progress, now: datetime | None, *, again: bool
) -> Report:
    messages, held, before = await register.messages(), await register.held(), await register.records()
    text = await link.checkpoint()
    page = pages.read(pages.DirectoryPage, await link.directory())
    rows, problems = _records(page, before)
    directory, rows, more = _directory(settings, rows, before)
    directory, rows = _logged(text, directory, rows, {row.index for row in before})
    known, lacking = await _packs(link, directory.packs(), await register.packs())
    house = House.of(((signed, time) for _, signed, time in rows), known, settings.party.oin)
    served = Served(
        checkpoint=text,
        house=house,
        records={index: signed for index, signed, _ in rows if index is not None},
        tile=link.tile,
        entries=link.entries,
        problems=(*problems, *more, *lacking),
    )
    own = Own(register, messages, _held(held, directory), await _keys(settings, register, house))
    store = await AuditStore.open(settings.data, f"{directory.digest_of_genesis} {settings.party.oin}", again=again)
    try:
        return await audit(served, own, store, (now or datetime.now(UTC)).replace(microsecond=0), progress)
    except LinkError as error:
        # Who is found out may fall silent: what was found is said.
        codes, total = await store.problems(MOST_SAID)
        if not total:
            raise
        said = ", ".join(dict.fromkeys(one.code for one in codes))
        raise LinkError(f"{error}; tot dan toe {total} bevindingen ({said})") from error
    finally:
        await store.close()


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """One audit at a time in a data folder."""
    try:
        lock = (data / LOCK).open("w")
    except OSError as error:
        raise UseError(
            f"{data}: {error.strerror}; de controle moet in de datamap kunnen bijhouden waar zij is"
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UseError("er loopt al een controle van deze connector; wacht tot die klaar is") from error
        yield


class _Patient:
    """A link that waits so long for an answer and no longer: who answers a byte a minute is away."""

    def __init__(self, link: BrokerLink, seconds: float) -> None:
        self._link, self._seconds = link, seconds

    async def checkpoint(self) -> str:
        return await self._within(self._link.checkpoint())

    async def directory(self) -> bytes:
        return await self._within(self._link.directory())

    async def pack(self, digest: PackDigest) -> bytes:
        return await self._within(self._link.pack(digest))

    async def tile(self, path: str) -> bytes:
        return await self._within(self._link.tile(path))

    async def entries(self, after: int, limit: int) -> bytes:
        return await self._within(self._link.entries(after, limit))

    async def _within(self, answer: Awaitable[T]) -> T:
        try:
            return await asyncio.wait_for(answer, self._seconds)
        except TimeoutError as error:
            raise LinkError(f"de broker antwoordt niet binnen {self._seconds:.0f} seconden") from error


_Row = tuple[int | None, SignedRecord, datetime]


def _records(page: pages.DirectoryPage, known: Sequence[KnownRecord]) -> tuple[list[_Row], list[Problem]]:
    """The records that are served, with those that this connector verified before in their place."""
    before = {row.index: row for row in known}
    problems, rows, taken = [], list[_Row](), set[int]()
    for row in page.records:
        if row.index in taken or (row.index is None and not _narrows(row.signed)):
            problems.append(Problem("besluit_anders", row.index))  # it stands nowhere: it counts for nothing
            continue
        kept = None
        if row.index is not None:
            taken.add(row.index)
            kept = before.pop(row.index, None)
        if kept is None:
            rows.append((row.index, row.signed, row.time))
            continue
        if kept.signed != row.signed:
            problems.append(Problem("besluit_anders", row.index))
        elif kept.time != row.time and not _narrows(kept.signed):
            problems.append(Problem("besluit_tijd_anders", row.index))
        rows.append((kept.index, kept.signed, kept.time))
    problems += [Problem("besluit_verzwegen", index) for index in before]
    rows += [(row.index, row.signed, row.time) for row in before.values()]
    return sorted(rows, key=lambda row: (row[0] is None, row[0] or 0)), problems


def _narrows(signed: SignedRecord) -> bool:
    """What narrows counts from when it was first seen, whatever the broker says of it later."""
    try:
        return isinstance(parse_record(signed).record, Exit | KeyRevocation)
    except KeyRecordError:
        return False


def _logged(text: str, directory: Directory, rows: list[_Row], known: Set[int]) -> tuple[Directory, list[_Row]]:
    """Without what is said to stand behind the checkpoint: no leaf of it is fetched, and no entry before it was decided
    with it. What narrows may count before it stands there, and what was proven to this connector was seen."""
    try:
        size = checkpoint.verify(text, directory.log_key, directory.genesis.origin).size
    except ProofError:
        return directory, rows  # the audit says so
    kept = [row for row in rows if row[0] is None or row[0] < size or row[0] in known or _narrows(row[1])]
    if len(kept) == len(rows):
        return directory, rows
    return Directory.of((signed, time) for _, signed, time in kept), kept


def _directory(
    settings: Settings, rows: list[_Row], known: Sequence[KnownRecord]
) -> tuple[Directory, list[_Row], list[Problem]]:
    """The directory that the records make; where they are not vouched for, that of the own copy."""
    problems = []
    try:
        directory = Directory.of((signed, time) for _, signed, time in rows)
    except KeyRecordError as error:
        if not known:
            raise ConnectorError(
                "de broker geeft besluiten van het huis die niet door de juiste personen zijn getekend"
            ) from error
        problems.append(Problem("besluiten_ongeldig"))
        rows = [(row.index, row.signed, row.time) for row in known]
        directory = Directory.of((signed, time) for _, signed, time in rows)
    if directory.digest_of_genesis != settings.house.genesis or directory.house != settings.house.id:
        raise UseError("de broker bedient een ander huis dan de instellingen noemen; vergelijk `house` met Bijlage 1")
    return directory, rows, problems


def _held(text: str | None, directory: Directory) -> Checkpoint | None:
    if text is None:
        return None
    try:
        return checkpoint.verify(text, directory.log_key, directory.genesis.origin)
    except ProofError as error:
        raise UseError("het bewaarde controlepunt van deze connector klopt niet; is de database beschadigd?") from error


async def _keys(settings: Settings, register: Register, house: House) -> frozenset[Kid] | None:
    """The own signing keys, of which `init` left the public halves in files; with those that this party signed with."""
    folder = settings.keystore.file.parent.parent / "keys"
    files = [folder / f"{address.function}.pub.json" for address in settings.own]
    if not all(path.is_file() for path in files):
        return None
    kids = {thumbprint(read_public(path)) for path in files}
    logged = {thumbprint(r.key) for r, _ in house.records if isinstance(r, PartyKey) and house.mine(r.address)}
    return frozenset(kids if logged <= kids else kids | {Kid(kid) for kid in await register.signers()})


async def _packs(
    link: _Patient, digests: Iterable[PackDigest], kept: Sequence[str]
) -> tuple[dict[PackDigest, Pack], list[Problem]]:
    """The packs that the house decided on: with the program, kept before, or from the broker where the digest holds."""
    own = {pack.digest: pack for pack in [await asyncio.to_thread(packs.load, name) for name in packs.names()]}
    wanted = set(digests)
    for text in kept if wanted - own.keys() else ():
        _add(own, text.encode("utf-8"))
    problems = []
    for digest in sorted(wanted - own.keys()):
        try:
            _add(own, await link.pack(digest))
        except LinkRefusedError:
            problems.append(Problem("pakket_niet_gegeven", what=digest))
            continue
        if digest not in own:
            problems.append(Problem("pakket_anders", what=digest))
    return own, problems


def _add(known: dict[PackDigest, Pack], data: bytes) -> None:
    try:
        pack = parse_pack(pages.read(pages.PackPage, data).files)
    except (LinkError, PackError):
        return
    known[pack.digest] = pack
