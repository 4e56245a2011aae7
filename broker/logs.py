"""Structured logs: JSON lines to standard error or a file, for an operator who may see codes and ids and nothing else.

Decides what of an exception may be written: its class and the places in our code that it passed, never its text,
which may quote a value. The same holds for what libraries log: their text is dropped, the logger's name stays.
"""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from typing import Final, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger
from typing_extensions import override

_FRAMES: Final = 8
_LOG = structlog.get_logger("broker")


def where(error: BaseException | None) -> list[str]:
    """The last places an exception passed, ``module:line``: no values, no paths of this machine."""
    if error is None:
        return []
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{Path(frame.filename).parent.name}/{Path(frame.filename).name}:{frame.lineno}" for frame in frames]


def log_fault(event: str, error: object, **codes: object) -> None:
    """A bug or the weather: class and places of ``error``, and ``codes``, which are ids and codes."""
    fault = error if isinstance(error, BaseException) else None
    kinds = [type(link).__name__ for link in _chain(fault)]
    _LOG.error(event, error=kinds, where=where(fault), **codes)


def _chain(error: BaseException | None) -> list[BaseException]:
    links: list[BaseException] = []
    while error is not None and len(links) < _FRAMES:
        links.append(error)
        error = error.__cause__ or error.__context__
    return links


class _Foreign(logging.Handler):
    """Records of libraries, reduced to who speaks and which exception it was."""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        kinds = [type(link).__name__ for link in _chain(error)]
        level = record.levelname.lower()
        _LOG.log(record.levelno, "library", logger=record.name, severity=level, error=kinds, where=where(error))


def _no_exception_text(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["error"], event["where"] = type(error).__name__, where(error)
    return event


def configure(file: Path | None = None, level: int = logging.INFO) -> TextIO:
    """Send everything as JSON lines to ``file`` (appended) or standard error; gives back where they go."""
    target: TextIO = file.open("a", encoding="utf-8", buffering=1) if file else sys.stderr
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _no_exception_text,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=target),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Foreign()]
    root.setLevel(max(level, logging.WARNING))
    return target
