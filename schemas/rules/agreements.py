"""The provider keeps control: what goes on to somebody else goes with its agreement (2.1, 3.5b-d)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.content import Item
from schemas.facts import AgreementFact
from schemas.ids import Address
from schemas.rules.matter import Matter
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


@decides("akkoord_ontbreekt")
def provider_agreed(matter: Matter) -> Iterator[Reason]:
    """3.5c, d: an own item goes as it is; another's only with its agreement for this phase, purpose and recipient."""
    for _, at, item in matter.each:
        if not isinstance(item, Item) or (
            item.origin.party == matter.manifest.sender and item.origin.item == item.item
        ):
            continue
        for holder in matter.manifest.to:
            if not any(_covers(matter, fact, item, holder) for fact in matter.facts.agreements):
                yield because("akkoord_ontbreekt", f"{at}/origin")


@decides("item_bekend")
def new_numbers(matter: Matter) -> Iterator[Reason]:
    """2.1: an item's number is used once in a house, so that what is decided about it is about it alone."""
    if matter.facts.item_taken and matter.manifest.exact_items:
        yield because("item_bekend", "/items")
