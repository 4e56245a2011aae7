"""Requests that wait on purpose (long polls), so that a broker that stops need not wait for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from aiohttp import web


class Polls:
    """The tasks of the long polls under way."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """The current request may be cut from here to the end of the block: it changes nothing."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a request is handled in a task")
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    async def cut(self, _: web.Application) -> None:
        """End them all; each peer sees its connection close and comes back, to another broker."""
        for task in tuple(self._tasks):
            task.cancel()


POLLS: Final = web.AppKey("polls", Polls)
