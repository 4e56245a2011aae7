"""Structured logs of a connector: JSON lines on standard error, with codes and ids and nothing about a person.

Decides what of an exception or of a library may be written: its class and the places in code that it passed, never its
text, which may quote a value.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import traceback
from pathlib import Path
from typing import Final

import stamina.instrumentation
import structlog
from structlog.typing import EventDict, WrappedLogger
from typing_extensions import override

_FRAMES: Final = 8


def where(error: BaseException | None) -> list[str]:
    """The last places that an exception passed, ``folder/module.py:line``."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:] if error is not None else []
    return [f"{Path(frame.filename).parent.name}/{Path(frame.filename).name}:{frame.lineno}" for frame in frames]


class _Foreign(logging.Handler):
    """Records of libraries, reduced to who speaks and which exception it was."""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        structlog.get_logger("connectors").warning(
            "library",
            logger=record.name,
            severity=record.levelname.lower(),
            error=type(error).__name__ if error else None,
            where=where(error),
        )


def _no_exception_text(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["error"], event["where"] = type(error).__name__, where(error)
    return event


class _StandardError:
    """Lines on whatever standard error is now. One that is gone (closed, nobody reads) costs the line and not the work:
    an exception here would end the filing of a message halfway."""

    def msg(self, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    debug = info = warning = warn = error = err = critical = fatal = exception = log = msg


def configure(level: int = logging.INFO) -> None:
    """Everything as JSON lines on standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _no_exception_text,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _StandardError(),
        cache_logger_on_first_use=False,
    )
    # Its own line for each retry holds the text of an exception; whoever gave up logs its class.
    stamina.instrumentation.set_on_retry_hooks([])
    root = logging.getLogger()
    root.handlers[:] = [_Foreign()]
    root.setLevel(max(level, logging.WARNING))
