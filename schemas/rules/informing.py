"""Nobody's data go before the person was told, or before it is on record why not yet (16)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.rules.matter import Matter
from schemas.rules.reason import Reason, because, decides


@decides("niet_geinformeerd", "hercontrole_verlopen")
def person_informed(matter: Matter) -> Iterator[Reason]:
    """16.1, 16.6-7: told, or deferred with a day on which it is looked at again that has not passed.

    Decided on the fact, never on what the sender says in a ground. Staff are told by their own organisation.
    """
    exempt = {row.id for row in matter.pack.subject_categories if not row.informed}
    for _, at, item in matter.each:
        if item.subject_category in exempt:
            continue
        facts = [row for row in matter.facts.informed if row.subject == item.subject]
        told = any(row.at is not None and row.at <= matter.today for row in facts)
        deferred = any(row.recheck is not None and row.recheck >= matter.now.date() for row in facts)
        if not told and not deferred:
            overdue = any(row.recheck is not None for row in facts)
            yield because("hercontrole_verlopen" if overdue else "niet_geinformeerd", f"{at}/subject")
