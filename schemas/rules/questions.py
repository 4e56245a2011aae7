"""A question is a provision too, and asks for no more than may be answered (1.19, 5.1, 7.2a)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.acts import Question
from schemas.canonical import digest_text
from schemas.content import MESSAGE_CATEGORY
from schemas.rules.matter import Matter
from schemas.rules.reason import Reason, because, decides_act


@decides_act("een_persoon", "andere_persoon", "niets_te_antwoorden")
def about_one_person(matter: Matter, question: Question) -> Iterator[Reason]:
    """1.19: a question is about one person, and what may be answered is about that person (staff apart).

    That somebody is known is told by any answer; where not even the message itself may be answered, nothing is asked.
    """
    staff = matter.pack.staff
    persons = {(i.subject, i.subject_category) for i in matter.manifest.items if i.subject_category not in staff}
    if len(persons) > 1:
        yield because("een_persoon", "/items")
    for index, item in enumerate(question.ceiling.items):
        if item.subject_category not in staff and (item.subject, item.subject_category) not in persons:
            yield because("andere_persoon", f"/act/ceiling/items/{index}/subject")
    answered = {(i.subject, i.subject_category) for i in question.ceiling.items if i.category == MESSAGE_CATEGORY}
    if len(persons) == 1 and not persons <= answered:
        yield because("niets_te_antwoorden", "/act/ceiling/items")


@decides_act("antwoordmoment_voorbij", "antwoordmoment_te_laat", "antwoord_te_lang_geldig")
def time_to_answer(matter: Matter, question: Question) -> Iterator[Reason]:
    """7.2a, 11.1: the moment of the answer lies ahead, before the answer expires, and that is not long after it."""
    if question.answer_at <= matter.now:
        yield because("antwoordmoment_voorbij", "/act/answer_at")
    if question.ceiling.expires <= question.answer_at:
        yield because("antwoordmoment_te_laat", "/act/answer_at")
    longest = matter.answer_kind.seconds_max if matter.answer_kind else 0
    if (question.ceiling.expires - question.answer_at).total_seconds() > longest:
        yield because("antwoord_te_lang_geldig", "/act/ceiling/expires")


@decides_act("mandaat_onjuist")
def by_mandate(matter: Matter, question: Question) -> Iterator[Reason]:
    """5.1: the house asks by the mandate that the notifier signed for this case."""
    case = matter.facts.case
    if case is None or digest_text(question.mandate) != case.mandate:
        yield because("mandaat_onjuist", "/act/mandate")
