"""A question is a provision too, and asks for no more than may be answered (1.19, 5.1, 7.2a)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.acts import Question
from schemas.canonical import digest_text
from schemas.content import MESSAGE_CATEGORY
from schemas.rules.matter import Matter
from schemas.rules.reason import Reason, because, decides


def _question(matter: Matter) -> Question | None:
    act = matter.manifest.act
    return act if isinstance(act, Question) else None


@decides("een_persoon", "andere_persoon", "niets_te_antwoorden")
def about_one_person(matter: Matter) -> Iterator[Reason]:
    """1.19: a question is about one person, and what may be answered is about that person (staff apart).

    That somebody is known is told by any answer; where not even the message itself may be answered, nothing is asked.
    """
    question = _question(matter)
    if question is None:
        return
    staff = {row.id for row in matter.pack.subject_categories if not row.informed}
    persons = {(i.subject, i.subject_category) for i in matter.manifest.items if i.subject_category not in staff}
    if len(persons) > 1:
        yield because("een_persoon", "/items")
    for index, item in enumerate(question.ceiling.items):
        if item.subject_category not in staff and (item.subject, item.subject_category) not in persons:
            yield because("andere_persoon", f"/act/ceiling/items/{index}/subject")
    answered = {(i.subject, i.subject_category) for i in question.ceiling.items if i.category == MESSAGE_CATEGORY}
    if len(persons) == 1 and not persons <= answered:
        yield because("niets_te_antwoorden", "/act/ceiling/items")


@decides("antwoordmoment_voorbij", "antwoordmoment_te_laat", "antwoord_te_lang_geldig")
def time_to_answer(matter: Matter) -> Iterator[Reason]:
    """7.2a, 11.1: the moment of the answer lies ahead, before the answer expires, and that is not long after it."""
    question = _question(matter)
    if question is None:
        return
    if question.answer_at <= matter.now:
        yield because("antwoordmoment_voorbij", "/act/answer_at")
    if question.ceiling.expires <= question.answer_at:
        yield because("antwoordmoment_te_laat", "/act/answer_at")
    longest = matter.answer_kind.seconds_max if matter.answer_kind else 0
    if (question.ceiling.expires - question.answer_at).total_seconds() > longest:
        yield because("antwoord_te_lang_geldig", "/act/ceiling/expires")


@decides("mandaat_onjuist")
def by_mandate(matter: Matter) -> Iterator[Reason]:
    """5.1: the house asks by the mandate that the notifier signed for this case."""
    question, case = _question(matter), matter.facts.case
    if question and (case is None or digest_text(question.mandate) != case.mandate):
        yield because("mandaat_onjuist", "/act/mandate")
