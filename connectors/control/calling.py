"""A command's end of ``control.sock``: one request, one answer, few dependencies, because it must start quickly."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from pathlib import Path

from typing_extensions import override

from connectors import ConnectorError, LinkError, UseError
from connectors.control import LONGEST, socket_path
from schemas.strict import Json

TIMEOUT = 300.0
ANSWER_LIMIT = 64 * 1024 * 1024


class NotRunningError(UseError):
    """No connector listens in this data folder."""


class _OverUnix(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path, timeout: float) -> None:
        """``path``: of the socket."""
        super().__init__("localhost", timeout=timeout)
        self._path = path

    @override
    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def call(data: Path, act: str, body: Mapping[str, object], timeout: float = TIMEOUT) -> Json:
    """What the connector with data folder ``data`` answers.

    Raises :class:`NotRunningError`, :class:`UseError` (what was asked cannot be done, with what to do), LinkError (the
    broker does not answer) and ConnectorError (a fault; its log says more).
    """
    path = socket_path(data)
    if len(str(path).encode()) > LONGEST:
        raise UseError(f"het pad van {path} is te lang voor een socket; kies een kortere map voor `data`")
    connection = _OverUnix(path, timeout)
    try:
        connection.request(
            "POST",
            f"/{act}",
            json.dumps(body, ensure_ascii=False).encode(),
            {"Content-Type": "application/json"},
        )
        answer = connection.getresponse()
        status, text = answer.status, answer.read(ANSWER_LIMIT + 1)
    except (FileNotFoundError, ConnectionRefusedError, PermissionError) as error:
        raise NotRunningError(f"de connector draait niet, of niet van u ({path})") from error
    except (OSError, http.client.HTTPException) as error:
        raise ConnectorError(f"de connector brak het gesprek af ({type(error).__name__}); kijk in zijn log") from error
    finally:
        connection.close()
    return _read(status, text)


def _read(status: int, text: bytes) -> Json:
    try:
        value: Json = json.loads(text) if len(text) <= ANSWER_LIMIT else None
    except ValueError as error:
        raise ConnectorError("de connector gaf geen JSON; is dit dezelfde versie?") from error
    if status == 200:
        return value
    said = value.get("error") if isinstance(value, dict) else None
    message = said if isinstance(said, str) else "de connector gaf een fout; kijk in zijn log"
    kinds: dict[int, type[ConnectorError]] = {400: UseError, 404: UseError, 502: LinkError}
    raise kinds.get(status, ConnectorError)(message)
