"""What replies to what, when, and within which bounds (1.19, 7.2a, wire.md "Ceiling")."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.content import Ceiling, CeilingGround, CeilingItem, Item
from schemas.facts import ThreadFact
from schemas.rules.matter import Matter, field_paths
from schemas.rules.minimisation import within
from schemas.rules.reason import Reason, because, decides


def _thread(matter: Matter) -> ThreadFact | None:
    thread = matter.facts.thread
    return thread if thread and thread.id == matter.manifest.reply_to else None


@decides("antwoord_op_ontbreekt", "antwoord_op_niet_gevraagd", "antwoord_op_onbekend", "antwoord_past_niet")
def fits_its_thread(matter: Matter) -> Iterator[Reason]:
    """1.19: a reply names a message of this case that its kind may reply to; other kinds reply to nothing."""
    kind, thread, reply_to = matter.kind, _thread(matter), matter.manifest.reply_to
    if kind is None:
        return
    if reply_to is None:
        if kind.reply == "required":
            yield because("antwoord_op_ontbreekt", "/reply_to")
    elif kind.reply == "none":
        yield because("antwoord_op_niet_gevraagd", "/reply_to")
    elif thread is None or thread.case != matter.manifest.case:
        yield because("antwoord_op_onbekend", "/reply_to")
    elif thread.kind not in kind.replies_to:
        yield because("antwoord_past_niet", "/reply_to")


@decides("vraag_niet_aan_u", "antwoord_aan_ander")
def between_the_same(matter: Matter) -> Iterator[Reason]:
    """1.19: who was addressed replies, to who sent it and to nobody else; the house may read along."""
    thread = _thread(matter)
    if thread is None:
        return
    if matter.manifest.sender not in thread.to:
        yield because("vraag_niet_aan_u", "/from")
    others = set(matter.manifest.to) - {thread.sender, matter.facts.house_address}
    if others or thread.sender not in matter.manifest.to:
        yield because("antwoord_aan_ander", "/to")


@decides("al_beantwoord")
def once(matter: Matter) -> Iterator[Reason]:
    """1.19: one reply of a kind to a message."""
    thread = _thread(matter)
    if thread and thread.answered:
        yield because("al_beantwoord", "/reply_to")


@decides("te_vroeg", "te_laat")
def at_the_agreed_moment(matter: Matter) -> Iterator[Reason]:
    """7.2a: an answer comes at its moment, whatever it is, so that its timing says nothing about the person."""
    thread = _thread(matter)
    if thread and thread.answer_at and matter.kind and matter.kind.items == "ceiling":
        if matter.now < thread.answer_at:
            yield because("te_vroeg", "/reply_to")
        if thread.ceiling and thread.ceiling.expires <= matter.now:
            yield because("te_laat", "/reply_to")


def _asked(matter: Matter) -> Ceiling | None:
    thread = _thread(matter)
    return thread.ceiling if thread else None


@decides("vraag_zonder_plafond", "wijkt_af_van_vraag")
def as_the_question_says(matter: Matter) -> Iterator[Reason]:
    """7.2a: the clear part of an answer is that of its question, member by member, whoever knows whom."""
    manifest, asked, thread = matter.manifest, _asked(matter), _thread(matter)
    if matter.kind is None or matter.kind.items != "ceiling" or thread is None:
        return
    if asked is None:
        yield because("vraag_zonder_plafond", "/reply_to")
        return
    pairs: list[tuple[str, object, object]] = [
        ("/expires", manifest.expires, asked.expires),
        ("/sealed/bucket", manifest.sealed.bucket if manifest.sealed else None, asked.bucket),
        ("/purpose", manifest.purpose, thread.purpose),
    ]
    if not matter.opened:
        pairs += [
            ("/items", manifest.items, asked.items),
            ("/grounds", manifest.grounds, asked.grounds),
            ("/necessity", manifest.necessity, asked.necessity),
        ]
    for place, said, wanted in pairs:
        if said != wanted:
            yield because("wijkt_af_van_vraag", place)


def _inside(item: Item, ceiling: CeilingItem) -> bool:
    return (
        (item.subject, item.subject_category, item.category, item.regime)
        == (ceiling.subject, ceiling.subject_category, ceiling.category, ceiling.regime)
        and within(item.level, ceiling.level)
        and set(field_paths(item)) <= set(ceiling.fields)
    )


def _plain(ground: CeilingGround) -> CeilingGround:
    return CeilingGround(basis=ground.basis, task=ground.task, secrecy=ground.secrecy, decree=ground.decree)


@decides("buiten_het_plafond", "grondslag_buiten_vraag")
def inside_the_ceiling(matter: Matter) -> Iterator[Reason]:
    """3.5a: what a sealed answer really holds lies inside what was asked: person, category, level, fields, ground."""
    asked = _asked(matter)
    if not matter.opened or asked is None:
        return
    for index, item in enumerate(matter.manifest.exact_items):
        if not any(_inside(item, ceiling) for ceiling in asked.items):
            yield because("buiten_het_plafond", f"/items/{index}")
    for index, ground in enumerate(matter.manifest.grounds):
        if _plain(ground) not in asked.grounds:
            yield because("grondslag_buiten_vraag", f"/grounds/{index}")
