"""For whose task something goes, and why it is needed (5.2, 6.4)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.acts import Deed
from schemas.ids import Address
from schemas.rules.matter import Matter, Provision
from schemas.rules.reason import Reason, because, decides


def _carrying_out(matter: Matter) -> tuple[Address, ...]:
    """Who does what was agreed: outside the meeting its task is a ground too (5.3.2)."""
    return matter.manifest.to if isinstance(matter.manifest.act, Deed) else ()


@decides("taak_van_ander", "taak_onbekend", "taak_niet_van_partij", items=True)
def named_task(matter: Matter) -> Iterator[Reason]:
    """5.2.1-3, 5.3.2: a provision is for the task of the sender or of the party it is done for, which has it."""
    known = matter.pack.task
    for provision in matter.provisions:
        # 6.2 "de aanmeldende Partij, dan wel ... Casusregisseur": the notifier's task stays a ground beside a director.
        notifier = matter.facts.case.notifier if matter.facts.case else None
        for_whom = {provision.sender, matter.acting_for, notifier, *_carrying_out(matter)}
        allowed = for_whom - {matter.facts.house_address}
        for index, ground in enumerate(provision.grounds):
            place = f"{provision.at}/grounds/{index}/task"
            party, capacity = matter.party(ground.task.of), matter.capacity(ground.task.of)
            if ground.task.of not in allowed:
                yield because("taak_van_ander", f"{place}/of")
            if ground.task.code not in known:
                yield because("taak_onbekend", f"{place}/code")
            elif (
                party is None
                or capacity is None
                or ground.task.code not in party.tasks
                or ground.task.code not in capacity.tasks
            ):
                yield because("taak_niet_van_partij", f"{place}/code")


@decides("niet_voor_deze_taak", items=True)
def provides_for_another(matter: Matter) -> Iterator[Reason]:
    """6.4: a party without a capacity provides only for the tasks of others that its accession names."""
    for provision in matter.provisions:
        capacity, party = matter.capacity(provision.sender), matter.party(provision.sender)
        if capacity is None or capacity.receives:
            continue
        for index, ground in enumerate(provision.grounds):
            own = ground.task.of == provision.sender
            if own or party is None or ground.task.code not in party.provides_for:
                yield because("niet_voor_deze_taak", f"{provision.at}/grounds/{index}/task")


def _under_ceiling(matter: Matter, provision: Provision) -> bool:
    return bool(provision.at) or matter.manifest.disclosure == "ceiling"


@decides(
    "noodzaak_ontbreekt", "noodzaak_onbekend", "noodzaak_zonder_toelichting", "toelichting_in_het_open", items=True
)
def necessary(matter: Matter) -> Iterator[Reason]:
    """5.2: every provision carries a necessity code; its explanation is sealed, committed to outside a ceiling."""
    for provision in matter.provisions:
        place, necessity = f"{provision.at}/necessity", provision.necessity
        if necessity is None:
            yield because("noodzaak_ontbreekt", place)
            continue
        if not matter.coded("necessity", necessity.code):
            yield because("noodzaak_onbekend", f"{place}/code")
        under = _under_ceiling(matter, provision)
        if necessity.commitment is None and not under:
            yield because("noodzaak_zonder_toelichting", f"{place}/commitment")
        if necessity.commitment is not None and under:
            yield because("toelichting_in_het_open", f"{place}/commitment")
