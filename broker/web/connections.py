"""One TCP connection: the deadlines that aiohttp does not have, its place in the counts, and errors of its parser.

Decides when a peer is too slow: a request head not complete in time, or our answer left unread. Such a connection is
cut, nothing can be answered on it. The deadline for a body is :func:`broker.web.routes.read_body`'s, which can.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from typing import Any, Final

from aiohttp import web
from typing_extensions import override

from broker.logs import log_fault
from broker.web.identity import Caller, caller_of_certificate
from broker.web.limits import Connections, Limits
from broker.web.problems import code_of_status, problem
from broker.web.security_log import SecurityLog

_SILENT: Final = logging.getLogger("broker.silent")
_SILENT.disabled = True  # our own line per request stands in for aiohttp's, which holds paths


class Connection(web.RequestHandler):
    """aiohttp's connection with deadlines; :attr:`caller` and :attr:`crowded` are read by the middlewares."""

    __slots__ = ("_busy", "_connections", "_counted", "_head", "_limits", "_security", "caller", "crowded")

    def __init__(
        self,
        server: web.Server,
        limits: Limits,
        connections: Connections,
        security: SecurityLog,
    ) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            access_log=_SILENT,
            keepalive_timeout=limits.idle_seconds,
            max_field_size=8190,
            max_headers=64,
            lingering_time=2.0,
            auto_decompress=False,
        )
        self.caller: Caller | None = None
        self.crowded: str | None = None
        self._limits = limits
        self._connections = connections
        self._security = security
        self._busy = False
        self._counted = False
        self._head: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        channel: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        self.caller = caller_of_certificate(channel.getpeercert(binary_form=True)) if channel else None
        self.crowded = self._connections.enter(self.caller.oin if self.caller else None)
        self._counted = True
        super().connection_made(transport)
        self._limit_unread(transport)
        self._await_head()

    @override
    def connection_lost(self, exc: BaseException | None) -> None:
        self._stop(self._head)
        if self._counted:
            self._counted = False
            self._connections.leave(self.caller.oin if self.caller else None)
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if data and not self._busy and self._head is None:
            self._await_head()

    def clock(self) -> float:
        """Seconds that only go forward."""
        return self._loop.time()

    def begin(self) -> None:
        """A request head is complete and its handling starts."""
        self._busy = True
        self._stop(self._head)
        self._head = None

    def end(self) -> None:
        """Its handling is over."""
        self._busy = False

    def _limit_unread(self, transport: asyncio.BaseTransport) -> None:
        """Let the kernel cut a peer that leaves our bytes unread: under TLS asyncio hands it a whole answer at once."""
        channel = transport.get_extra_info("socket")
        if channel is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
            milliseconds = int(self._limits.write_seconds * 1000)
            channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)

    def _await_head(self) -> None:
        self._head = self._loop.call_later(self._limits.header_seconds, self._cut)

    def _cut(self) -> None:
        self._security.count("te_traag", self.caller.oin if self.caller else None)
        if self.transport is not None:  # of uvloop or of asyncio: the two share no class
            self.transport.abort()

    @staticmethod
    def _stop(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()

    @override
    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Bytes that are no HTTP (``status`` 400), or a fault outside our middlewares; never the text of either."""
        if status >= 500:
            log_fault("http_fault", exc)
        code = code_of_status(status)
        self._security.count(code, self.caller.oin if self.caller else None)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer was already under way")
        response = problem(code, request.headers)
        response.force_close()
        return response

    @override
    def log_exception(self, *args: Any, **kw: Any) -> None:
        log_fault("http_fault", kw.get("exc_info"))
