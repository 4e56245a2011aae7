"""The audit put together: settings, own register, and what the link fetches; the audit itself knows no link."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

from connectors import ConnectorError, LinkError, UseError
from connectors.exchanges import pages
from connectors.exchanges.link import BrokerLink
from connectors.proofs.audit import Own, Served, audit
from connectors.proofs.leaves import Progress
from connectors.proofs.queries import read_register
from connectors.proofs.report import Report
from connectors.settings import Settings
from keys import KeyRecordError, ProofError, checkpoint
from keys.checkpoint import Checkpoint
from keys.identity import Directory
from schemas import packs
from schemas.ids import PackDigest
from schemas.pack import Pack, PackError
from schemas.pack_yaml import parse as parse_pack


async def audit_house(settings: Settings, link: BrokerLink, progress: Progress, now: datetime | None = None) -> Report:
    """The whole audit for one connector. Raises :class:`UseError`, :class:`LinkError`, ConnectorError.

    The own register is read first and the checkpoint before the records, so that what comes in meanwhile is no finding.
    """
    register, held_text = await read_register(settings.dsn)
    text = await link.checkpoint()
    page = pages.read(pages.DirectoryPage, await link.directory())
    directory = _directory(settings, page)
    served = Served(
        checkpoint=text,
        directory=directory,
        records={row.index: row.signed for row in page.records if row.index is not None},
        tile=link.tile,
        entries=link.entries,
    )
    own = Own(register, _held(held_text, directory))
    known = await _packs(link, directory.packs())
    return await audit(served, own, known, now or datetime.now(UTC), progress)


def _directory(settings: Settings, page: pages.DirectoryPage) -> Directory:
    try:
        directory = Directory.of((row.signed, row.time) for row in page.records)
    except KeyRecordError as error:
        raise ConnectorError(
            "de broker geeft besluiten van het huis die niet door de juiste personen zijn getekend"
        ) from error
    if directory.digest_of_genesis != settings.house.genesis or directory.house != settings.house.id:
        raise UseError("de broker bedient een ander huis dan de instellingen noemen; vergelijk `house` met Bijlage 1")
    return directory


def _held(text: str | None, directory: Directory) -> Checkpoint | None:
    if text is None:
        return None
    try:
        return checkpoint.verify(text, directory.log_key, directory.genesis.origin)
    except ProofError as error:
        raise UseError("het bewaarde controlepunt van deze connector klopt niet; is de database beschadigd?") from error


async def _packs(link: BrokerLink, digests: Iterable[PackDigest]) -> dict[PackDigest, Pack]:
    """The packs that come with the program, and others from the broker where their digest holds."""
    own = {pack.digest: pack for pack in [await asyncio.to_thread(packs.load, name) for name in packs.names()]}
    for digest in set(digests) - own.keys():
        try:
            pack = parse_pack(pages.read(pages.PackPage, await link.pack(digest)).files)
        except (LinkError, PackError):
            continue
        if pack.digest == digest:
            own[digest] = pack
    return own
