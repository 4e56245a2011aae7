"""A question that came in: when it will be answered, whether only a person may, and what is looked up at once.

Decides the limits (wire.md "Ceiling": questions a day from a house, and per case and person; beyond, a person and a
finding) and the random part of the moment of answering. Searching and answering are
:mod:`connectors.exchanges.proposing` and :mod:`connectors.exchanges.answering`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from connectors.exchanges import keys_of_cases, queries
from connectors.exchanges.checking import Checked
from connectors.exchanges.proposing import propose
from connectors.exchanges.rows import QuestionRow
from connectors.exchanges.workplace import Workplace
from schemas.acts import Question

SANDBOX_SPREAD = 2
TOO_MANY = "te_veel_vragen"


async def question_row(place: Workplace, checked: Checked, now: datetime) -> QuestionRow:
    """The row of a question that passed all checks."""
    verified, manifest = checked.verified, checked.verified.manifest
    if not isinstance(manifest.act, Question) or manifest.case is None:
        raise ValueError("a question has an act and a case")
    limits = verified.pack.limits
    subject = manifest.items[0].subject
    async with place.database.begin() as tx:
        lately, about = await queries.count_questions(
            tx, manifest.sender, now - timedelta(days=1), manifest.case, subject
        )
    most = limits.answer_spread_seconds
    spread = place.spread(min(most, SANDBOX_SPREAD) if place.house.sandbox else most)
    return QuestionRow(
        id=manifest.id,
        case=manifest.case,
        phase=manifest.phase or "",
        subject=subject,
        asker=manifest.sender,
        address=verified.address,
        received=now,
        answer_at=manifest.act.answer_at,
        due=manifest.act.answer_at + timedelta(seconds=spread),
        expires=manifest.act.ceiling.expires,
        human=lately >= limits.questions_a_day or about >= limits.questions_a_case_and_person,
    )


async def look_up(place: Workplace, rows: Sequence[QuestionRow]) -> int:
    """Look in the own system for each of the open questions that was not looked up yet; how many were.

    Also after a crash: what is not in the row was not done. And get the key to answer to, while there is time.
    """
    fresh = [row for row in rows if row.proposal is None]
    for row in fresh:
        await _look_up(place, row)
    return len(fresh)


async def _look_up(place: Workplace, row: QuestionRow) -> None:
    now = place.clock()
    async with place.database.begin() as tx:
        suite = keys_of_cases.between(place, row.address, row.asker)
        key = await keys_of_cases.peer(tx, row.case, row.phase, row.asker, now, suite)
    if key is None:
        await keys_of_cases.request_once(place, row.case, row.phase, row.address, row.asker)
    await propose(place, row)
    place.arrivals.ring()
