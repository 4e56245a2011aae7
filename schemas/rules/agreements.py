"""The provider keeps control: what goes on to somebody else goes with its agreement (2.1, 3.5b-d)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.content import MESSAGE_CATEGORY, Item
from schemas.facts import AgreementFact
from schemas.ids import Address
from schemas.lifecycle import FIRST_PHASE
from schemas.rules.matter import AnyItem, Matter
from schemas.rules.minimisation import field_paths
from schemas.rules.reason import Reason, because, decides


def same_purpose(matter: Matter, one: str | None, other: str | None) -> bool:
    """Equal, or of one group that the pack counts as one (3.5b)."""
    if one == other:
        return True
    first, second = matter.pack.purpose.get(one or ""), matter.pack.purpose.get(other or "")
    return bool(first and second and first.counts_as and first.counts_as == second.counts_as)


def _covers(matter: Matter, fact: AgreementFact, item: Item, holder: Address) -> bool:
    return (
        fact.item == item.origin.item
        and fact.provider == item.origin.party
        and fact.phase == matter.manifest.phase
        and same_purpose(matter, fact.purpose, matter.manifest.purpose)
        and fact.holder in {holder, holder.function}
        and matter.now < fact.until
    )


def passed_on(matter: Matter, item: AnyItem) -> bool:
    """Whether an item was first provided by somebody else, or earlier: all but what its sender gives here itself."""
    own = isinstance(item, Item) and item.origin.party == matter.manifest.sender and item.origin.item == item.item
    return isinstance(item, Item) and not own


def _same_thing(fact: AgreementFact, item: Item) -> bool:
    about = (fact.subject, fact.subject_category, fact.category)
    return about == (item.subject, item.subject_category, item.category) and set(field_paths(item)) <= set(fact.fields)


def agreed_to(matter: Matter, item: Item, holder: Address) -> tuple[AgreementFact, ...]:
    """The agreements for this phase, purpose and recipient that are about just this: person, category and fields."""
    return tuple(
        fact for fact in matter.facts.agreements if _covers(matter, fact, item, holder) and _same_thing(fact, item)
    )


@decides("akkoord_ontbreekt", "akkoord_anders")
def provider_agreed(matter: Matter) -> Iterator[Reason]:
    """3.5c, d: an own item goes as it is; another's only with its agreement for this phase, purpose and recipient,
    and no more of it than was agreed to. To its own provider it may always go back."""
    for _, at, item in matter.each:
        if not isinstance(item, Item) or not passed_on(matter, item):
            continue
        for holder in matter.manifest.to:
            if holder == item.origin.party or agreed_to(matter, item, holder):
                continue
            known = any(_covers(matter, fact, item, holder) for fact in matter.facts.agreements)
            yield because("akkoord_anders" if known else "akkoord_ontbreekt", f"{at}/origin")


@decides("niet_voortgezet")
def taken_along(matter: Matter) -> Iterator[Reason]:
    """3.5b: after the first phase only what the decision to this phase took along is passed on."""
    case = matter.facts.case
    if case is None or case.phase == FIRST_PHASE:
        return
    for _, at, item in matter.each:
        if isinstance(item, Item) and passed_on(matter, item) and item.origin.item not in case.kept:
            yield because("niet_voortgezet", f"{at}/origin")


@decides("huis_geen_bron", "afgeleid_niet_hier")
def first_provider_named(matter: Matter) -> Iterator[Reason]:
    """2.1: the house gives of its own only the message itself and its staff; what is made of items names them nowhere
    yet, so nothing derived goes."""
    staff = {row.id for row in matter.pack.subject_categories if not row.informed}
    for _, at, item in matter.each:
        if not isinstance(item, Item):
            continue
        own = item.category == MESSAGE_CATEGORY or item.subject_category in staff
        if item.origin.party == matter.facts.house_address and not own:
            yield because("huis_geen_bron", f"{at}/origin/party")
        if item.derived_from:
            yield because("afgeleid_niet_hier", f"{at}/derived_from")


@decides("item_bekend")
def new_numbers(matter: Matter) -> Iterator[Reason]:
    """2.1: an item's number is used once in a house, so that what is decided about it is about it alone."""
    if matter.facts.item_taken and matter.manifest.exact_items:
        yield because("item_bekend", "/items")
