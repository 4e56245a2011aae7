"""What a use is: a phase, a purpose of it and a holder; which purposes count as one or go together (3.5b, c, 13.5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from schemas.acts import Agreement, AgreementRequest, Permission, Use
from schemas.content import Ground, Reuse, TaskRef
from schemas.facts import PartyFact
from schemas.ids import Address
from schemas.pack import Pack
from schemas.rules.matter import Matter
from schemas.rules.reason import Reason, because, decides, decides_act
from schemas.rules.secrecy import secrecies

POLICE_AND_OM = frozenset({"politie", "om"})
"""Whose data go on only for a compatible purpose (13.5)."""


def same_purpose(pack: Pack, one: str | None, other: str | None) -> bool:
    """Equal, or of one group that the pack counts as one (3.5b)."""
    if one == other:
        return True
    first, second = pack.purpose.get(one or ""), pack.purpose.get(other or "")
    return bool(first and second and first.counts_as and first.counts_as == second.counts_as)


def compatible(pack: Pack, given_for: str, purpose: str | None) -> bool:
    """Whether what was given for the one purpose may go on to the other: the same, or one that it follows (13.5)."""
    row = pack.purpose.get(purpose or "")
    return same_purpose(pack, given_for, purpose) or (
        row is not None and any(same_purpose(pack, given_for, before) for before in row.follows)
    )


def bound_to_its_purpose(pack: Pack, provider: Address, party: PartyFact | None) -> str | None:
    """The article by which data of this provider go on only for a compatible purpose; None for all others."""
    if provider.function in POLICE_AND_OM:
        return "13.5"
    return "13.6" if secrecies(pack, party) else None


def _known(pack: Pack, phase: str, purpose: str) -> bool:
    row = pack.purpose.get(purpose)
    return phase in pack.phase and row is not None and phase in row.phases


def _known_holder(matter: Matter, holder: str) -> bool:
    function = holder.function if isinstance(holder, Address) else holder
    return function == matter.facts.house_address.function or function in matter.pack.capacity


def _wrong_use(matter: Matter, use: Use | Reuse, place: str) -> Iterator[Reason]:
    if not _known(matter.pack, use.phase, use.purpose):
        yield because("gebruik_onbekend", place)
    if not _known_holder(matter, use.holder):
        yield because("houder_onbekend", f"{place}/holder")
    if isinstance(use, Use) and use.task and use.task.code not in matter.pack.task:
        yield because("gebruik_onbekend", f"{place}/task")


def _wrong_end(matter: Matter, until: datetime, rule: str | None = None) -> Iterator[Reason]:
    if until <= matter.now:
        yield because("akkoord_verlopen", "/act/until", rule)
    if until - matter.now > timedelta(days=matter.pack.limits.agreement_days_max):
        yield because("akkoord_te_lang", "/act/until", rule)


def _somebodys(matter: Matter, use: Use, task: TaskRef) -> bool:
    """Whether the task is the holder's, or that of a party that acceded with it: not of whoever one can think of."""
    holder, party = use.holder, matter.party(task.of)
    held = holder in {task.of, task.of.function}
    return held or (party is not None and task.code in party.tasks)


@decides_act("gebruik_onbekend", "houder_onbekend", "akkoord_verlopen", "akkoord_te_lang", "taak_van_niemand")
def agreement_to_a_use(matter: Matter, act: Agreement | AgreementRequest) -> Iterator[Reason]:
    """3.5c, d: an agreement is for a phase and a purpose of that phase, for somebody, perhaps for a task of a party's
    own, until a day ahead that is not too far."""
    yield from _wrong_use(matter, act.use, "/act/for")
    if act.use.task and not _somebodys(matter, act.use, act.use.task):
        yield because("taak_van_niemand", "/act/for/task/of")
    yield from _wrong_end(matter, act.until)


@decides_act("akkoord_voor_een_persoon")
def agreement_about_one_person(matter: Matter, act: Agreement) -> Iterator[Reason]:
    """3.5c: an agreement is about one person: it travels whole with each item that it is about, and tells no more.

    Staff come with whom they work for. A request names numbers of items, and no person.
    """
    staff = matter.pack.staff
    if len({item.subject for item in act.items if item.subject_category not in staff}) > 1:
        yield because("akkoord_voor_een_persoon", "/act/items")


@decides_act("gebruik_onbekend", "doel_niet_verenigbaar", cites=("3.5c", "13.5", "13.6"))
def agreed_to_what_goes_together(matter: Matter, act: Agreement) -> Iterator[Reason]:
    """13.5, 13.6: police, OM and who is under secrecy agree to a purpose compatible with that of the provision."""
    if act.decision != "akkoord":
        return
    sender = matter.manifest.sender
    article = bound_to_its_purpose(matter.pack, sender, matter.party(sender))
    for index, agreed in enumerate(act.items):
        place = f"/act/items/{index}/given_for"
        if agreed.given_for not in matter.pack.purpose:
            yield because("gebruik_onbekend", place)
        if article and not compatible(matter.pack, agreed.given_for, act.use.purpose):
            yield because("doel_niet_verenigbaar", place, article)


@decides_act("verzoek_aan_ander")
def asked_of_its_provider(matter: Matter, act: AgreementRequest) -> Iterator[Reason]:
    """3.5c: the provider of each item is asked, and nobody who provided none of them."""
    providers = {origin.party for origin in act.items}
    for index, origin in enumerate(act.items):
        if origin.party not in matter.manifest.to:
            yield because("verzoek_aan_ander", f"/act/items/{index}/party")
    for index, address in enumerate(matter.manifest.to):
        if address not in providers:
            yield because("verzoek_aan_ander", f"/to/{index}")


@decides_act(
    "gebruik_onbekend",
    "houder_onbekend",
    "akkoord_verlopen",
    "akkoord_te_lang",
    "persoon_onbekend",
    "categorie_onbekend",
    cites=("7.1", "B4"),
)
def permission_to_a_use(matter: Matter, act: Permission) -> Iterator[Reason]:
    """7.1: what the police allow is a use that the protocol knows, of categories and persons that it knows."""
    if not _known(matter.pack, act.phase, act.purpose):
        yield because("gebruik_onbekend", "/act/phase", "7.1")
    if not _known_holder(matter, act.holder):
        yield because("houder_onbekend", "/act/holder", "7.1")
    yield from _wrong_end(matter, act.until, "7.1")
    if act.subject_category not in {row.id for row in matter.pack.subject_categories}:
        yield because("persoon_onbekend", "/act/subject_category")
    for index, category in enumerate(act.categories):
        if category not in matter.pack.category:
            yield because("categorie_onbekend", f"/act/categories/{index}")


@decides("gebruik_onbekend", "houder_onbekend", items=True)
def reuse_that_exists(matter: Matter) -> Iterator[Reason]:
    """3.5c: the further uses that a provider names beforehand in a ground are uses that the protocol knows.

    They allow nothing by themselves: nobody passes an item on by what he says in his own manifest, and the manifest of
    who provided it is no fact. It counts when its provider says it in an ``akkoord``.
    """
    for index, ground in enumerate(matter.manifest.grounds):
        for row, use in enumerate(ground.reuse if isinstance(ground, Ground) else ()):
            yield from _wrong_use(matter, use, f"/grounds/{index}/reuse/{row}")
