"""Where attacks are played: a sandbox at work, one case in triage, and a question that waits for somebody who is away.

Decides who is asked what happened: running connectors over their control sockets, copies of connectors directly.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

from deploy.demo.acts import SECONDS, Acts, Said
from deploy.demo.adversary.attack import AttackError
from deploy.demo.adversary.forging import Forger
from deploy.demo.adversary.front import Front
from deploy.demo.adversary.thief import Message, Thief
from deploy.demo.adversary.victim import Victim, copy_party, open_victim
from deploy.demo.processes import environment
from deploy.demo.sandbox import Sandbox
from schemas.ids import Address, format_instant

AWAY = "rvdk"
"""Whose connector is off, with a question waiting for it."""
ASKED = "om"
"""Whom the house asked: where a forged question starts from."""
WITHIN = 30.0


@dataclass
class Ground:
    """One case at a running sandbox. ``subjects``: P, Q."""

    sandbox: Sandbox
    acts: Acts
    front: Front
    case: str
    subjects: Mapping[str, str]
    _thieves: dict[str, Thief] = field(default_factory=dict)
    _copies: int = 0

    def address(self, key: str) -> Address:
        """The first of a party."""
        return self.sandbox.founded.address(key)

    def thief(self, key: str) -> Thief:
        """Who holds that party's keys."""
        if key not in self._thieves:
            self._thieves[key] = Thief(self.sandbox, key)
        return self._thieves[key]

    def forger(self) -> Forger:
        """With the house's keys."""
        return Forger(self.thief("huis"), self.case, self.address(ASKED))

    # ------------------------------------------------------------------------------------------------- the others

    def victim(self, key: str, *, honest: bool = False) -> AbstractAsyncContextManager[Victim]:
        """A copy of a party's connector that reads at the front. ``honest``: it reads and sends at the real door."""
        party = self.sandbox.founded.parties[key]
        url = self.sandbox.url if honest else self.front.url
        return open_victim(party, self._folder(key), url, self.sandbox.url if honest else None)

    def split(self, key: str) -> AbstractAsyncContextManager[Victim]:
        """A copy that reads at the front and sends at the real door."""
        party = self.sandbox.founded.parties[key]
        return open_victim(party, self._folder(key), self.front.url, self.sandbox.url)

    def _folder(self, key: str) -> Path:
        self._copies += 1
        return self.sandbox.base / "copies" / f"{key}-{self._copies}"

    async def audit(self, key: str, folder: Path | None = None) -> tuple[str, ...]:
        """``ketenconnector audit --json`` by that party, served by the front: the codes of what it finds, sorted.

        ``folder``: of a copy of its connector; a fresh one unless told.
        """
        party = self.sandbox.founded.parties[key]
        copied = folder or self._folder(key)
        if folder is None:
            await asyncio.to_thread(copy_party, party, copied)
        file = copied / party.settings.name
        file.write_text(file.read_text(encoding="utf-8").replace(self.sandbox.url, self.front.url), encoding="utf-8")
        command = [*self.sandbox.connector_command(key, "audit", "--json", "--again")[:-1], str(file)]
        try:
            done = await asyncio.to_thread(
                subprocess.run, command, capture_output=True, text=True, timeout=SECONDS, check=False, env=environment()
            )
            return tuple(sorted({str(row["code"]) for row in json.loads(done.stdout)["problems"]}))
        except (json.JSONDecodeError, KeyError, subprocess.TimeoutExpired) as error:
            raise AttackError(f"the audit of {key} gave no answer ({type(error).__name__})") from error
        finally:
            if folder is None:
                await asyncio.to_thread(shutil.rmtree, copied)

    async def ask(self, key: str, act: str, **body: object) -> Said:
        """An act over the control socket of a running connector."""
        return await asyncio.to_thread(self.acts.ask, key, act, **body)

    async def wait_for_nobody(self) -> None:
        """The house asks who is away once more, so that something lies waiting. Raises :class:`AttackError`."""
        at = format_instant(datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1))
        about = {"case": self.case, "person": "2", "of": [str(self.address(AWAY))], "answer_at": at}
        said = await self.ask("huis", "ask", explanation="Nog een keer, voor wie er niet is.", **about)
        if said.code or said.data[0]["outcome"] != "sent":
            raise AttackError(f"the house could not ask who is away: {said.error or said.data[0]['outcome']}")

    async def findings(self, key: str) -> list[Message]:
        """What a running connector has for people to look at."""
        said = await self.ask(key, "status")
        if said.code:
            raise AttackError(f"{key} does not say how it is doing: {said.error}")
        return list(said.data["findings"])

    @asynccontextmanager
    async def away(self, key: str) -> AsyncIterator[None]:
        """Without that party's own connector; afterwards it runs again."""
        await asyncio.to_thread(self.sandbox.children[key].stop)
        try:
            yield
        finally:
            await asyncio.to_thread(self.sandbox.start_connector, key)


@contextmanager
def changed_program(**functions: object) -> Iterator[None]:
    """A connector that somebody changed: these functions of :mod:`connectors.exchanges` do something else.

    Written ``module__name=value``. Whoever receives is not touched: it checks with functions of its own.
    """
    patches = [
        mock.patch(f"connectors.exchanges.{name.replace('__', '.', 1)}", value) for name, value in functions.items()
    ]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()
