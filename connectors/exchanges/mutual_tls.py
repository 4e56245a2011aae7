"""The link over the network: TLS 1.3, the party's own certificate, no authority but the broker's, long polls.

Decides which failures are weather (:class:`LinkError`) and repeats what may be repeated at once; what must survive a
longer absence waits in the outbox. Long answers are cut off at a limit, redirects and content codings are not followed.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from typing import Final, Self

import aiohttp
import stamina

from connectors import LinkError, LinkRefusedError, LinkTooMuchError, UseError
from connectors.exchanges import pages
from connectors.exchanges.link import BrokerLink, Submitted
from connectors.settings import BrokerSettings
from schemas.ids import CaseRef, HouseId, PackDigest

ATTEMPTS: Final = 3
TIMEOUT: Final = 30.0
"""Seconds for an answer, beside what a long poll waits."""
AWAY: Final = frozenset({408, 429, 500, 502, 503, 504})


def client_context(settings: BrokerSettings) -> ssl.SSLContext:
    """TLS 1.3, the party's certificate, and no authority but the broker's. Raises :class:`UseError`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
    try:
        context.load_verify_locations(cafile=settings.authority)
        context.load_cert_chain(settings.certificate, settings.key)
    except (OSError, ssl.SSLError) as error:
        raise UseError(
            f"the certificates under `broker` cannot be used ({type(error).__name__}); check all three files"
        ) from error
    return context


class MutualTlsLink(BrokerLink):
    """One house at one broker, over one session."""

    def __init__(self, url: str, house: HouseId, session: aiohttp.ClientSession) -> None:
        """Use :meth:`open`."""
        self._base, self._session = f"{url}/v1/houses/{house}", session

    @classmethod
    async def open(cls, settings: BrokerSettings, house: HouseId) -> Self:
        """A session; no connection is made yet. Raises :class:`UseError` for certificates that cannot be used."""
        context = await asyncio.to_thread(client_context, settings)
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=context, limit=8),
            auto_decompress=False,
            headers={"Accept": "application/json, application/problem+json", "Accept-Encoding": "identity"},
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return cls(settings.url, house, session)

    async def submit(self, data: bytes) -> Submitted:
        """A refusal by a rule is an answer; any other problem is not."""
        status, content = await self._send("POST", "messages", data=data)
        if status in {200, 201, 202}:
            return Submitted(status, content)
        if status == 403 and (refusal := _refusal(content)) is not None and refusal.code == "geweigerd":
            return Submitted(status, content)
        raise _problem(status, content)

    async def inbox(self, after: int, since: int, wait: float) -> bytes:
        """A long poll; the connection is held that long and half a minute more."""
        query = {"after": str(after), "since": str(since), "wait": str(int(wait))}
        return await self._get("inbox", query, wait)

    async def directory(self) -> bytes:
        """The records of the house."""
        return await self._get("directory")

    async def pack(self, digest: PackDigest) -> bytes:
        """The files of a pack."""
        return await self._get(f"packs/{digest}")

    async def case(self, case: CaseRef) -> bytes:
        """What a participant may see of a case."""
        return await self._get(f"cases/{case}")

    async def checkpoint(self) -> str:
        """The newest signed checkpoint."""
        try:
            return (await self._get("log/checkpoint")).decode("utf-8")
        except UnicodeDecodeError as error:
            raise LinkError("the broker sent a checkpoint that is no text") from error

    async def tile(self, path: str) -> bytes:
        """A tile or entry bundle."""
        return await self._get(f"log/{path}")

    async def entries(self, after: int, limit: int) -> bytes:
        """Entries in which the caller takes part."""
        body = f'{{"after":{after},"limit":{limit}}}'.encode("ascii")
        status, content = await self._send("POST", "log/_entries", data=body)
        if status != 200:
            raise _problem(status, content)
        return content

    async def close(self) -> None:
        """End the session."""
        await self._session.close()

    async def _get(self, path: str, query: Mapping[str, str] | None = None, wait: float = 0.0) -> bytes:
        status, content = await self._send("GET", path, query=query, wait=wait)
        if status != 200:
            raise _problem(status, content)
        return content

    async def _send(
        self,
        method: str,
        path: str,
        *,
        data: bytes | None = None,
        query: Mapping[str, str] | None = None,
        wait: float = 0.0,
    ) -> tuple[int, bytes]:
        """Status and content; tried again where the network failed. Every request here may be repeated."""
        try:
            async for attempt in stamina.retry_context(on=(aiohttp.ClientError, TimeoutError), attempts=ATTEMPTS):
                with attempt:
                    return await self._once(method, path, data, query, wait)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise LinkError(f"the broker does not answer ({type(error).__name__})") from error
        raise LinkError("the broker does not answer")

    async def _once(
        self, method: str, path: str, data: bytes | None, query: Mapping[str, str] | None, wait: float
    ) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"} if data is not None else {}
        async with self._session.request(
            method,
            f"{self._base}/{path}",
            data=data,
            params=query,
            headers=headers,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=wait + TIMEOUT),
        ) as response:
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise LinkError("the broker answered in a content coding; that is not of this profile")
            content = await response.content.read(pages.PAGE_LIMIT + 1)
            while len(content) <= pages.PAGE_LIMIT and not response.content.at_eof():
                content += await response.content.read(pages.PAGE_LIMIT + 1 - len(content))
            if len(content) > pages.PAGE_LIMIT:
                raise LinkTooMuchError("the broker answered with more than fits")
            return response.status, content


def _refusal(content: bytes) -> pages.Refusal | None:
    try:
        return pages.read(pages.Refusal, content)
    except LinkError:
        return None


def _problem(status: int, content: bytes) -> LinkError:
    refusal = _refusal(content)
    if refusal is None:
        return LinkError(f"the broker answered {status} in another form than agreed")
    return LinkRefusedError(status, refusal.code)
