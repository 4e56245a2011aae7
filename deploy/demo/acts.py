"""People acting: over a connector's ``control.sock``, or with ``ketenconnector ...`` in a process of its own.

Both end in the same functions of the running connector; a command costs a second to start. At the desks people type
commands. Decides how an act is asked for and its answer read; what is done when is :mod:`deploy.demo.story`.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from connectors import ConnectorError, UseError
from connectors.control.calling import call
from deploy.demo import DemoError
from deploy.demo.processes import environment
from deploy.demo.sandbox import Sandbox
from deploy.demo.steps import Audit

SECONDS = 120
AT_ONCE = 3
BY = "medewerker 12"
DONE, FAULT, WRONG, REFUSED = 0, 1, 2, 3
OUTCOMES = {DONE: "done", FAULT: "fault", WRONG: "not_accepted", REFUSED: "refused"}

T = TypeVar("T")


class ActError(DemoError):
    """An act did not do what it is there for; the text ends with what was said, which names no person."""


@dataclass(frozen=True, repr=False)
class Said:
    """What came of an act: exit code as of a command (0 done, 1 fault, 2 wrong use, 3 refused by a rule), its JSON."""

    code: int
    data: Any = None
    error: str = ""

    @property
    def outcome(self) -> str:
        """For a step: ``done`` or what the connector says became of the message."""
        told = self.data.get("outcome") if isinstance(self.data, dict) else None
        return str(told) if told else OUTCOMES.get(self.code, f"exit {self.code}")

    @property
    def reasons(self) -> tuple[tuple[str, str], ...]:
        """(rule, sentence) of a refusal, wherever it stands in the answer."""
        return tuple(_reasons(self.data))

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules of a refusal."""
        return tuple(rule for rule, _ in self.reasons)


def _reasons(value: Any) -> Sequence[tuple[str, str]]:
    if isinstance(value, dict):
        own = [(str(row["rule"]), str(row.get("en", row["code"]))) for row in value.get("reasons") or ()]
        return [*own, *(found for part in value.values() for found in _reasons(part))]
    if isinstance(value, list):
        return [found for part in value if isinstance(part, dict) and "rule" not in part for found in _reasons(part)]
    return []


class Acts:
    """Everybody who acts in the play."""

    def __init__(self, sandbox: Sandbox) -> None:
        """``sandbox``: started."""
        self._sandbox = sandbox

    def ask(self, key: str, act: str, **body: object) -> Said:
        """One act over the control socket of party ``key``."""
        try:
            return Said(DONE, call(self._sandbox.party_folder(key) / "data", act, body, SECONDS))
        except UseError as error:
            return Said(WRONG, error=str(error))
        except ConnectorError as error:
            return Said(FAULT, error=str(error))

    def get(self, key: str, act: str, **body: object) -> Any:
        """As :meth:`ask` for what must be answered. Raises :class:`ActError`."""
        said = self.ask(key, act, **body)
        if said.code != DONE:
            raise ActError(f"{act} at {key}: {said.error}")
        return said.data

    def type(self, key: str, *arguments: str, explanation: str | None = None) -> Said:
        """One command of ``ketenconnector`` in a process of its own, with ``--json``; ``explanation`` goes by stdin."""
        more = [] if explanation is None else ["--explanation", "-"]
        command = self._sandbox.connector_command(key, *arguments, *more, "--json")
        text = explanation or ""
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, timeout=SECONDS, check=False, env=environment()
        )
        try:
            data = json.loads(done.stdout) if done.stdout.strip() else None
        except json.JSONDecodeError:
            data = None
        return Said(done.returncode, data, done.stderr.strip()[-800:])

    def until(self, look: Callable[[], T | None], what: str, seconds: float = 60.0, pause: float = 0.1) -> T:
        """What ``look`` finds, sooner or later. Raises :class:`ActError` after ``seconds``."""
        deadline = time.monotonic() + seconds
        while (found := look()) is None:
            if time.monotonic() > deadline:
                raise ActError(f"waited {seconds:.0f} s in vain for {what}")
            time.sleep(pause)
        return found

    def filed(self, case: str) -> str | None:
        """``filed`` once the notification lies at the house and all that Emmen sent has come in there."""
        said = self.ask("huis", "case", case=case)
        if said.code != DONE or not said.data["items"]:
            return None
        sizes = [int(self.get(key, "status")["log"]["size"]) for key in ("huis", "emmen")]
        waiting = self.get("emmen", "status")["outbox"]
        return "filed" if sizes[0] >= sizes[1] and not waiting else None

    def question(self, key: str, address: str, surname: str) -> Mapping[str, Any] | None:
        """The line of the question about that person at that address, once it was looked up."""
        for line in self.get(key, "questions", everything=True):
            if line["address"] == address and line["match"] is not None:
                page = self.get(key, "show", question=line["id"])
                if page["person"].get("geslachtsnaam") == surname:
                    return dict(line)
        return None

    def consent(self, key: str, question: str) -> Said:
        """A consent that the person gave today, recorded at the party."""
        today = datetime.now(UTC).date().isoformat()
        what = ("--question", question, "--date", today, "--categories", "gezondheid", "--how", "schriftelijk")
        return self.type(key, "consent", *what, "--by", BY)

    def approve(self, key: str, question: str, explanation: str, fields: Mapping[str, str], *more: str) -> Said:
        """``bekend`` with what the own system has, and the fields that the professional ticks."""
        ticked = [part for name, value in fields.items() for part in ("--message", f"{name}={value}")]
        return self.type(key, "desk", "approve", question, *ticked, *more, "--by", BY, "--yes", explanation=explanation)

    def deciders(self, key: str, address: str) -> str:
        """Who decided about the questions to an address: people, and dated rules of the party; sorted."""
        lines = self.get(key, "questions", everything=True)
        return "; ".join(sorted({str(line["decided_by"]) for line in lines if line["address"] == address}))

    def audit(self, key: str, expected: tuple[str, ...] = ()) -> Audit:
        """The ledger as a party verifies it by itself, without its connector and without trusting the broker.

        ``expected``: what it must find, and nothing else.
        """
        said = self.type(key, "audit")
        data = said.data if isinstance(said.data, dict) else {}
        problems = tuple(str(one["code"]) for one in data.get("problems", ()))
        if said.code not in {DONE, FAULT} or (said.code == FAULT) != bool(problems):
            problems = (said.error[-200:] or "no answer",)
        size, own, replayed = (int(data.get(name, 0)) for name in ("size", "own", "replayed"))
        return Audit(
            party=self._sandbox.founded.parties[key].role.name,
            ok=problems == expected and min(size, own, replayed) > 0,
            size=size,
            own=own,
            replayed=replayed,
            problems=problems,
            unchecked=tuple(f"{one['count']} {one['text']}" for one in data.get("unchecked", ())),
        )


def together(work: Sequence[Callable[[], T]]) -> list[T]:
    """Several people at once; results in order. Raises the first error, after all have ended."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [future.result() for future in [pool.submit(one) for one in work]]
