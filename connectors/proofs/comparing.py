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
from connectors.proofs.course import Course
from connectors.proofs.given import Own, Served
from connectors.proofs.queries import Expected, KnownText
from connectors.proofs.replay import AHEAD, ERASED, EXPIRED, WITHDRAWN
from connectors.proofs.report import Problem
from connectors.proofs.store import AuditStore, EntryRow
from keys import jws
from keys.suites import thumbprint
from schemas.acts import PhaseDecision, Receipt
from schemas.envelope import parse_manifest
from schemas.gathering import Source
from schemas.ids import Kid, format_instant, parse_instant
from schemas.manifest import MANIFEST_TYP, Manifest
from schemas.records import PartyKey

PROOF_DUE = timedelta(seconds=60)
"""How long a receipt may be without a proof (wire.md "Interface of the broker")."""
FETCH_DUE = timedelta(days=1)
"""How long a message may wait for this connector; what was not given for longer than that was withheld."""


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
            sources = [Source(_manifest(row), row.sha256, row.time) for row in await self.own.register.of_case(case)]
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
    problems += await _unmade(own, served, store, course, logged, now, unchecked)
    problems += await _backwards(store, course)
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
        if entry.outcome == row.outcome == "allowed" and format_instant(row.since) != entry.time:
            problems.append(Problem("tijd_onjuist", entry.idx, row.id))
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
    own: Own,
    served: Served,
    store: AuditStore,
    course: Course,
    logged: dict[str, EntryRow],
    now: datetime,
    unchecked: Counter[str],
) -> list[Problem]:
    """Every entry that names this party is known here: it made the message, or it received it."""
    known = {row.sha256 for row in own.messages if row.way != "seen"}
    problems, ended = await _ends(own, served, store, course, now, unchecked)
    problems += [Problem("vermelding_dubbel", index) for index in await store.doubles(course.run)]
    strange = [row for sha256, row in logged.items() if sha256 not in known]
    if not strange:
        return problems
    handed_in, refused_here = await own.register.handed_in(), await own.register.found()
    failed, old = await own.register.failed(), format_instant(now - FETCH_DUE)
    last = max((row.index for row in own.messages if row.index is not None and row.way != "seen"), default=-1)
    for row in strange:
        if row.sha256 is None or row.sha256 in handed_in or await own.register.knows(row.sha256):
            continue
        if row.mine:
            code = "uitkomst_anders" if row.sha256 in failed else "vermelding_niet_van_ons"
            problems.append(Problem(code, row.idx))
        elif (row.sealed is not None and row.sealed in ended) or row.message in refused_here:
            continue  # its content was let go before it came here, or why it was not taken is known
        elif row.idx > last and row.time >= old:
            unchecked["nog_niet_opgehaald"] += 1
        else:
            problems.append(Problem("vermelding_onbekend", row.idx))
    return problems


async def _ends(
    own: Own, served: Served, store: AuditStore, course: Course, now: datetime, unchecked: Counter[str]
) -> tuple[list[Problem], set[str]]:
    """Ends of sealed texts that cannot be, and the texts that honestly ended before everybody had them."""
    texts, cases = await store.texts(), {store.tag(row.case): row.case for row in own.messages}
    problems, ended, met = list[Problem](), set[str](), set[str]()
    for end in await store.ends(course.run):
        sealed = str(end.sealed)
        of = [row for row in texts.get(sealed, ()) if row.tag == end.tag and row.idx < end.idx]
        case = cases.get(end.tag)
        known = await own.register.of_case(case) if case else ()
        good = sealed not in met and any(_may_end(row, end, known) for row in of)
        met.add(sealed)
        if good and end.event == WITHDRAWN and not _closed(end, known):
            # The house sees each of its decisions; another learns of this one where it is sent to it.
            good = not served.house.mine(served.house.members(now, before=False).house_address)
            unchecked["einde_zonder_besluit"] += good
        if not good:
            problems.append(Problem("einde_onbekend", end.idx))
        elif end.event != ERASED:  # what went to everybody came here too
            ended.add(sealed)
    return problems, ended


def _may_end(row: EntryRow, end: EntryRow, known: Collection[KnownText]) -> bool:
    """Not before its term, and not as undelivered where all recipients confirmed it."""
    if end.event == EXPIRED and end.time < row.expires:
        return False
    if end.event == ERASED:
        return True
    manifests = [(one, _manifest(one)) for one in known]
    sent = next((manifest for one, manifest in manifests if one.sha256 == row.sha256), None)
    if sent is None:
        return True
    confirmed = {
        manifest.sender.oin
        for one, manifest in manifests
        if isinstance(manifest.act, Receipt) and manifest.act.of == sent.id
        if one.index is not None and one.index < end.idx
    }
    return not {address.oin for address in sent.to} <= confirmed


def _closed(end: EntryRow, known: Collection[KnownText]) -> bool:
    """Whether the phase was closed in the same moment."""
    decided = (_manifest(one).act for one in known if format_instant(one.time) == end.time)
    return any(isinstance(act, PhaseDecision) and act.new != act.old for act in decided)


def _manifest(text: KnownText) -> Manifest:
    return parse_manifest(jws.parse(text.manifest, MANIFEST_TYP).payload)


async def _backwards(store: AuditStore, course: Course) -> list[Problem]:
    """Within a case time goes on with the log, but for what a clock that is set right may go back."""
    problems, case, latest = list[Problem](), b"", ""
    for row in await store.times(course.run):
        if row.tag != case:
            case, latest = row.tag or b"", row.time
        if row.time < latest and parse_instant(row.time) < parse_instant(latest) - AHEAD:
            problems.append(Problem("tijd_onjuist", row.idx))
        latest = max(latest, row.time)
    return problems
