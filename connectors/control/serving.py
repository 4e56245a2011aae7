"""The running connector's end of ``control.sock``: who may connect is who owns the folder (mode 0600).

Decides how an act's outcome becomes an answer: 200 with its value, 400 for what cannot be done, 502 where the broker
does not answer, 500 for a fault, of which only the kind is told. A refusal by a rule is a value like any other.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web
from pydantic import ValidationError

from connectors import LinkError, UseError
from connectors.control import LONGEST, socket_path
from schemas import SchemaError, strict
from schemas.records import Frozen

log = structlog.get_logger(__name__)
BODY_LIMIT = 2 * 1024 * 1024


@dataclass(frozen=True)
class Act:
    """Something that may be asked: the form of its request, and what it does. The value is JSON."""

    model: type[Frozen]
    do: Callable[[Any], Awaitable[object]]


class ControlSocket:
    """Listens until it is stopped."""

    def __init__(self, data: Path, acts: Mapping[str, Act]) -> None:
        """``acts``: by the name in the path."""
        self._path, self._acts = socket_path(data), acts
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Bind; a socket left behind is replaced, since the keystore's lock says that no other connector runs here."""
        if len(str(self._path).encode()) > LONGEST:
            raise UseError(f"het pad van {self._path} is te lang voor een socket; kies een kortere map voor `data`")
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_post("/{act}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        await web.SockSite(self._runner, _bound(self._path)).start()

    async def stop(self) -> None:
        """Stop listening and remove the socket."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._path.unlink(missing_ok=True)

    async def _answer(self, request: web.Request) -> web.Response:
        name = request.match_info["act"]
        act = self._acts.get(name)
        if act is None:
            return _error(404, "dit kan deze connector niet; is dit dezelfde versie?")
        try:
            body = act.model.model_validate(strict.parse_object(await request.read(), BODY_LIMIT))
            return web.json_response(await act.do(body))
        except ValidationError as error:
            return _error(400, _said(error))
        except (UseError, SchemaError) as error:
            return _error(400, str(error))
        except LinkError as error:
            log.warning("control_link", act=name, error=type(error).__name__)
            return _error(502, f"de broker antwoordt niet zoals het hoort: {error}; probeer het later opnieuw")
        except Exception as error:  # the one place that turns any fault into an answer, and keeps the connector running
            # No text and no traceback: both might quote what is in a case.
            place = error.__traceback__
            while place is not None and place.tb_next is not None:
                place = place.tb_next
            where = f"{place.tb_frame.f_globals.get('__name__')}:{place.tb_lineno}" if place is not None else None
            log.error("control_failed", act=name, error=type(error).__name__, where=where)
            return _error(500, f"een fout in de connector ({type(error).__name__}); zie zijn log")


def _bound(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    except OSError as error:
        listener.close()
        raise UseError(f"{path}: {error.strerror}; de datamap moet te schrijven zijn") from error
    finally:
        os.umask(before)
    return listener


def _error(status: int, text: str) -> web.Response:
    return web.json_response({"error": text}, status=status)


def _said(error: ValidationError) -> str:
    """What is wrong and where, never the value."""
    parts = [
        f"{'.'.join(str(step) for step in one['loc']) or 'verzoek'}: {one['msg'].removeprefix('Value error, ')}"
        for one in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    return "; ".join(parts)
