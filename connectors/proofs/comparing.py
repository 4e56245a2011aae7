"""The log against the own register: what this party sent and received is there, and nothing that it never made.

Compares outcomes and places too, and tells a body that went at its term from one that is withheld. Whatever the
running connector may have learnt since the register was read is looked up once more before it counts as wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.proofs import terms
from connectors.proofs.given import Own, Served
from connectors.proofs.queries import Expected
from connectors.proofs.report import Problem
from connectors.proofs.store import AuditStore, Course, EntryRow
from keys import jws
from keys.suites import thumbprint
from schemas.envelope import parse_manifest
from schemas.gathering import Source
from schemas.ids import Kid
from schemas.manifest import MANIFEST_TYP
from schemas.records import PartyKey

PROOF_DUE = timedelta(seconds=60)
"""How long a receipt may be without a proof (wire.md "Interface of the broker")."""


def kid_of(record: PartyKey) -> Kid:
    """The name of a party's key."""
    return thumbprint(record.key)


@dataclass
class _Terms:
    """Since when the bodies of a case may be gone, looked up once per case."""

    own: Own
    served: Served
    found: dict[str, datetime | None]

    async def over(self, case: str | None, now: datetime) -> bool | None:
        """Whether the term of a case is over; None where the case did not end."""
        if case is None:
            return None
        if case not in self.found:
            sources = [
                Source(parse_manifest(jws.parse(row.manifest, MANIFEST_TYP).payload), row.sha256, row.time)
                for row in await self.own.register.of_case(case)
            ]
            self.found[case] = terms.gone_from(sources, self.served.house.packs)
        end = self.found[case]
        return None if end is None else end <= now


async def compare(
    own: Own, served: Served, store: AuditStore, course: Course, now: datetime, *, whole: bool
) -> tuple[list[Problem], Counter[str]]:
    """What is wrong between log and register, and what could not be compared."""
    unchecked: Counter[str] = Counter()
    if not whole:
        unchecked["bladen_onvolledig"] = len(await store.unproven(2**62, course.run)) or 1
    if own.keys is None:
        keys = [r for r, _ in served.house.records if isinstance(r, PartyKey) and served.house.mine(r.address)]
        unchecked["eigen_sleutels"] = len(keys)
    logged = await store.messages(course.run)
    over = _Terms(own, served, {})
    problems = await _missing(own, logged, over, now, unchecked)
    problems += await _gone(own, store, course, over, problems, now, unchecked)
    problems += await _unmade(own, store, course, logged, unchecked)
    return problems, unchecked


async def _missing(
    own: Own, logged: dict[str, EntryRow], over: _Terms, now: datetime, unchecked: Counter[str]
) -> list[Problem]:
    """Every message of the own register is there, where it was, with the outcome that this party was told."""
    problems = []
    for row in own.messages:
        entry = logged.get(row.sha256)
        if row.way == "seen":
            continue
        if entry is None:
            problems += await _absent(row, over, now, unchecked)
            continue
        if entry.outcome != row.outcome:
            problems.append(Problem("uitkomst_anders", entry.idx, row.id))
        if row.index is not None and row.index != entry.idx:
            problems.append(Problem("plaats_anders", entry.idx, row.id))
    return problems


async def _absent(row: Expected, over: _Terms, now: datetime, unchecked: Counter[str]) -> list[Problem]:
    if row.index is None and now - row.since < PROOF_DUE:
        unchecked["nog_zonder_bewijs"] += 1
        return []
    ended = await over.over(row.case, now)
    if ended:
        unchecked["gewist_na_termijn"] += 1
        return []
    code = "vermelding_verzwegen" if ended is None else "vermelding_te_vroeg_weg"
    return [Problem(code, row.index, row.id)]


async def _gone(
    own: Own,
    store: AuditStore,
    course: Course,
    over: _Terms,
    problems: Collection[Problem],
    now: datetime,
    unchecked: Counter[str],
) -> list[Problem]:
    """Entries that an earlier audit saw and that are not served any more, beside those of the register."""
    told = {row.sha256 for row in own.messages}
    cases = {store.tag(row.case): row.case for row in own.messages}
    found = []
    for entry in await store.gone(course.run):
        if entry.sha256 in told or any(one.index == entry.idx for one in problems):
            continue
        ended = await over.over(cases.get(entry.tag), now)
        if ended:
            unchecked["gewist_na_termijn"] += 1
        else:
            found.append(Problem("vermelding_verzwegen" if ended is None else "vermelding_te_vroeg_weg", entry.idx))
    return found


async def _unmade(
    own: Own, store: AuditStore, course: Course, logged: dict[str, EntryRow], unchecked: Counter[str]
) -> list[Problem]:
    """Every entry that names this party is known here: it made the message, or it received it."""
    known = {row.sha256 for row in own.messages if row.way != "seen"}
    ends = await store.ends(course.run)
    texts = await store.texts()
    problems = [Problem("einde_onbekend", end.idx) for end in ends if end.sealed not in texts]
    problems += [Problem("vermelding_dubbel", index) for index in await store.doubles(course.run)]
    strange = [row for sha256, row in logged.items() if sha256 not in known]
    if not strange:
        return problems
    handed_in, refused_here = await own.register.handed_in(), await own.register.found()
    ended = {end.sealed for end in ends}
    last = max((row.index for row in own.messages if row.index is not None and row.way != "seen"), default=-1)
    for row in strange:
        if row.sha256 is None or row.sha256 in handed_in or await own.register.knows(row.sha256):
            continue
        if row.mine:
            problems.append(Problem("vermelding_niet_van_ons", row.idx))
        elif row.sealed is not None and row.sealed in ended:
            continue  # its content was withdrawn before it came here
        elif row.idx > last:
            unchecked["nog_niet_opgehaald"] += 1
        elif row.message is None or row.message not in refused_here:
            problems.append(Problem("vermelding_onbekend", row.idx))
    return problems
