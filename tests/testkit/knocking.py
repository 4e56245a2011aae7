"""Whole messages at our own door, without HTTP and without a database: the intake, then what is decided of each.

What is remembered of an accepted message is what a later one under the same id meets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broker.exchanges.accepting import State, accept
from broker.exchanges.committer import Committer
from broker.exchanges.intake import Intake
from broker.exchanges.message import Answer, Message
from broker.ledger.append import new_identity
from broker.parties.directories import Directories, HouseView
from broker.problem import ProblemError
from keys.identity import parse_record
from schemas.ids import HouseId, Oin, PackDigest
from schemas.members import Members
from schemas.pack import Pack
from schemas.records import SignedRecord
from tests.making import pack
from tests.testkit import house
from tests.testkit.judging import directory_of

HOUSE = HouseId(house.HOUSE)


def stand_in() -> Pack:
    """The real pack under the digest that the files name."""
    return pack().model_copy(update={"digest": PackDigest(house.PACK)})


class OneHouse(Directories):
    """A house whose records do not change."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        records = (SignedRecord(first=row["first"], second=row.get("second")) for row in rows)
        self.view = HouseView(1, directory_of(rows), Members.of(parse_record(one).record for one in records))

    async def get(self, house: HouseId) -> HouseView:
        """As it is."""
        return self.view

    async def refresh(self, house: HouseId) -> HouseView:
        """As it is."""
        return self.view


class Remembering(Committer):
    """What a committer decides, with the state in memory instead of in tables."""

    def __init__(self, view: HouseView) -> None:
        self._state = State(view, house.NOW)

    async def submit(self, message: Message) -> Answer:
        """The verdict. Raises :class:`ProblemError`."""
        self._state, _, verdict = accept(self._state, message, new_identity)
        if isinstance(verdict, ProblemError):
            raise verdict
        if verdict.reasons:
            return Answer(403, "", "refused", verdict.reasons, verdict.entry, verdict.replayed)
        return Answer(202, "", "allowed", (), verdict.entry, verdict.replayed)


class Door:
    """A broker of the house of the files, at their time."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self._directories = OneHouse(rows)
        self._pack = stand_in()

    async def knock(self, data: bytes, given: Mapping[str, Any], first: bytes | None = None) -> dict[str, Any]:
        """What becomes of a message at a door that took at most one before, in the words of a file's ``expects``."""
        committers: dict[HouseId, Committer] = {HOUSE: Remembering(self._directories.view)}
        intake = Intake(self._directories, {self._pack.digest: self._pack}, committers, lambda: house.NOW)
        caller = Oin(given["caller"])
        if first is not None:
            await intake.submit(HOUSE, caller, first)
        try:
            answer = await intake.submit(HOUSE, caller, data)
        except ProblemError as error:
            found: dict[str, Any] = {"accepted": False, "code": error.code}
            if error.pointer:
                found["at"] = error.pointer
            return found | {"status": error.problem.status}
        then = {"then": "geweigerd"} if answer.outcome == "refused" else {}
        return {"accepted": True, "status": answer.status} | then
