"""Nobody's data go before the person was told, or before it is on record why not yet (16)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from schemas.content import Ground
from schemas.facts import InformedFact
from schemas.rules.matter import AnyItem, Matter, Provision
from schemas.rules.reason import Reason, because, decides


def earliest_told(matter: Matter) -> date:
    """The first day on which telling somebody can have been about this case."""
    opened = matter.facts.case.opened if matter.facts.case else matter.now
    return (opened - timedelta(days=matter.pack.limits.informed_before_opening_days)).date()


def latest_check(matter: Matter) -> date:
    """The last day to which looking at it again can be put off."""
    return matter.today + timedelta(days=matter.pack.limits.recheck_days_max)


def _words(matter: Matter, provision: Provision, item: AnyItem) -> list[InformedFact]:
    """What is known of telling this person, from whose task it is: the notifier, and whose data it is (16.1)."""
    case = matter.facts.case
    telling = {matter.acting_for, matter.provider(provision, item), case.notifier if case else None}
    return [row for row in matter.facts.informed if row.subject == item.subject and row.by in telling]


@decides("niet_geinformeerd", "hercontrole_verlopen")
def person_informed(matter: Matter) -> Iterator[Reason]:
    """16.1, 16.6-7: told, or deferred with a day on which it is looked at again that has not passed.

    Decided on the fact, never on what the sender says in a ground. Told by one is told. Staff are told by their own
    organisation.
    """
    exempt = {row.id for row in matter.pack.subject_categories if not row.informed}
    today, last = matter.now.date(), latest_check(matter)
    for provision, at, item in matter.each:
        if item.subject_category in exempt:
            continue
        facts = _words(matter, provision, item)
        told = any(row.at is not None and earliest_told(matter) <= row.at <= matter.today for row in facts)
        deferred = any(row.recheck is not None and today <= row.recheck <= last for row in facts)
        if not told and not deferred:
            overdue = any(row.recheck is not None for row in facts)
            yield because("hercontrole_verlopen" if overdue else "niet_geinformeerd", f"{at}/subject")


@decides("geinformeerd_anders")
def ground_says_the_same(matter: Matter) -> Iterator[Reason]:
    """16.2: what a ground says of telling the person is what is on record."""
    exempt = {row.id for row in matter.pack.subject_categories if not row.informed}
    for provision, _, item in matter.each:
        ground = provision.ground(item)
        if not isinstance(ground, Ground) or item.subject_category in exempt:
            continue
        facts, place = _words(matter, provision, item), f"{provision.at}/grounds/{item.ground}"
        if ground.informed is not None and ground.informed not in {row.at for row in facts}:
            yield because("geinformeerd_anders", f"{place}/informed")
        if ground.recheck is not None and ground.recheck not in {row.recheck for row in facts}:
            yield because("geinformeerd_anders", f"{place}/recheck")
        if ground.deferred and not any(row.recheck is not None for row in facts):
            yield because("geinformeerd_anders", f"{place}/deferred")
