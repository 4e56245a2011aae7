"""One file of the testkit: bytes with one thing wrong, and the one error that they must meet.

A file holds all that is needed to use it (``README.md`` beside this has the format); what is written here is what the
generator (:mod:`tests.testkit.generating`) makes and the runner (:mod:`tests.testkit.test_testkit`) reads.
"""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schemas.problems import PROBLEMS

FOLDER = Path(__file__).with_name("files")
HTTP_LAYERS = frozenset({"strict", "envelope", "door"})
"""Their bytes are the body of ``POST messages`` as they stand."""
SIGNED_LAYERS = frozenset({"manifest", "act"})
"""Their bytes are a payload: sign them with the key of the sender and post that."""
WRAPPED_LAYERS = frozenset({"jws"})
"""Their text stands in the member ``manifest`` of an envelope."""

Parts = tuple[tuple[str, int], ...]
Where = str | int


@dataclass(frozen=True)
class Case:
    """``code`` None: a valid base, which must be accepted. ``data``: long ones as texts with how often each comes."""

    layer: str
    name: str
    what: str
    data: str | bytes | Parts
    code: str | None = None
    at: str | None = None
    about: str = ""
    base: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    refused: bool = False
    """A valid base that the rules of the protocol refuse, because of the case; its form is in order."""

    @property
    def path(self) -> str:
        """The file, below the folder of the files."""
        return f"{self.layer}/{self.name}.json"

    @property
    def posted(self) -> bool:
        """Whether a broker can be asked over HTTP. A payload that is too large does not fit an envelope."""
        layers = HTTP_LAYERS | SIGNED_LAYERS | WRAPPED_LAYERS
        return self.layer in layers and not (self.layer in SIGNED_LAYERS and self.code == "te_groot")

    def text(self) -> str:
        """The whole file."""
        members: dict[str, Any] = {"what": self.what, "about": self.about or self.layer, "layer": self.layer}
        if self.base is not None:
            members["base"] = f"{self.layer}/{self.base}.json"
        if self.given:
            members["given"] = self.given
        members["bytes"] = self._bytes()
        members["expects"] = self._expects()
        return json.dumps(members, ensure_ascii=False, indent=1) + "\n"

    def _bytes(self) -> dict[str, Any]:
        if isinstance(self.data, tuple):
            return {"parts": [{"text": text, "times": times} for text, times in self.data]}
        if isinstance(self.data, str):
            return {"text": self.data}
        return {"base64": base64.b64encode(self.data).decode("ascii")}

    def _expects(self) -> dict[str, Any]:
        if self.code is None and self.layer == "door":
            return {"accepted": True} | ({"status": 403, "then": "geweigerd"} if self.refused else {"status": 202})
        if self.code is None:
            return {"accepted": True}
        found: dict[str, Any] = {"accepted": False, "code": self.code}
        if self.at is not None:
            found["at"] = self.at
        if self.posted:
            found["status"] = PROBLEMS[self.code].status
        return found


def bytes_of(members: Mapping[str, Any]) -> bytes:
    """What the member ``bytes`` of a file says."""
    if "base64" in members:
        return base64.b64decode(members["base64"], validate=True)
    if "parts" in members:
        return "".join(part["text"] * part["times"] for part in members["parts"]).encode()
    text: str = members["text"]
    return text.encode()


def written(value: object) -> str:
    """JSON on one line, members in the order in which they were made."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


Change = Callable[[Any], Any]
Row = tuple[str, str, Change, str, str | None]
"""Name, what is wrong, the change that makes it so, the code, the place."""


def put(path: str, value: Any) -> Change:
    """Set what stands at ``a.0.b``, or add it."""

    def change(whole: Any) -> Any:
        *way, last = steps(path)
        inside(whole, way)[last] = value
        return whole

    return change


def drop(path: str) -> Change:
    """Leave a member out."""

    def change(whole: Any) -> Any:
        *way, last = steps(path)
        del inside(whole, way)[last]
        return whole

    return change


def more(path: str, value: Any) -> Change:
    """Another element at the end of a list."""

    def change(whole: Any) -> Any:
        inside(whole, steps(path)).append(value)
        return whole

    return change


def times(path: str, count: int) -> Change:
    """The first element of a list, ``count`` times and nothing else."""

    def change(whole: Any) -> Any:
        *way, last = steps(path)
        rows = inside(whole, way)
        rows[last] = [rows[last][0]] * count
        return whole

    return change


def steps(path: str) -> list[Where]:
    """``a.0.b`` as names and indices."""
    return [int(step) if step.isdigit() else step for step in path.split(".")]


def inside(whole: Any, way: list[Where]) -> Any:
    """What stands there."""
    for step in way:
        whole = whole[step]
    return whole


def changes(base: Case, value: Any, rows: list[Row], write: Callable[[Any], str | bytes] = written) -> Iterator[Case]:
    """A case for each row: ``value`` with that one change, written as its base is."""
    for name, what, change, code, at in rows:
        data = write(change(copy.deepcopy(value)))
        yield Case(base.layer, name, what, data, code, at, base.about, base.name, base.given)
