"""The kernel: may this message go? Pure and total; broker, connectors and audit run this same code on the same facts.

What it does not decide: signatures, replay, size and time windows (the door), sealed content (the connectors,
:mod:`schemas.minimal`). The rules stand in :mod:`schemas.rules`, one module per chapter; here they get their order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from schemas.acts import Informed, Keys, PhaseDecision, Receipt
from schemas.content import Inner
from schemas.facts import Facts
from schemas.lifecycle import JOINING_KIND, OPENING_KIND
from schemas.manifest import Manifest
from schemas.pack import Pack
from schemas.rules import (
    agreements,
    basis,
    bodies,
    case_keys,
    informing,
    membership,
    minimisation,
    outcomes,
    phases,
    questions,
    replies,
    roster,
    secrecy,
    tasks,
)
from schemas.rules.matter import Matter
from schemas.rules.reason import Reason, Rule, because

__all__ = ["RULES", "Allowed", "Decision", "Effect", "Reason", "Refused", "Rule", "as_exact", "decide", "decide_inner"]


@dataclass(frozen=True)
class Effect:
    """What an allowed message changes, for the broker's tables: ``what`` and its value (ids and codes)."""

    what: str
    value: str = ""


@dataclass(frozen=True)
class Allowed:
    """The message may go."""

    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Refused:
    """The message may not go: every reason, in a fixed order."""

    reasons: tuple[Reason, ...]


Decision = Allowed | Refused

RULES: tuple[Rule, ...] = (
    membership.pack_in_force,
    roster.known_kind,
    membership.acceded,
    membership.not_left,
    membership.case_director,
    membership.known_capacity,
    membership.on_behalf,
    membership.house_has_ground,
    membership.receiving_capacity,
    phases.one_case,
    phases.right_phase,
    phases.right_purpose,
    phases.within_time,
    phases.phase_decision,
    roster.functions_of_the_kind,
    roster.few_recipients,
    roster.takes_part,
    roster.bilateral,
    replies.fits_its_thread,
    replies.between_the_same,
    replies.once,
    replies.at_the_agreed_moment,
    replies.as_the_question_says,
    replies.inside_the_ceiling,
    questions.about_one_person,
    questions.time_to_answer,
    questions.by_mandate,
    minimisation.form_of_the_kind,
    minimisation.said_once,
    minimisation.category_of_person,
    minimisation.one_category_of_a_person,
    minimisation.whole_message,
    minimisation.ceiling_of_the_phase,
    minimisation.fields_of_the_level,
    minimisation.required_fields,
    minimisation.provider_may,
    basis.known_origin,
    basis.basis_by_origin,
    basis.regime_by_origin,
    basis.decree_on_record,
    basis.marks_stay,
    basis.police_provides_afresh,
    tasks.named_task,
    tasks.provides_for_another,
    tasks.necessary,
    secrecy.secrecy_listed,
    secrecy.consent_or_exception,
    secrecy.lifted_by_whom_it_binds,
    informing.person_informed,
    informing.ground_says_the_same,
    agreements.provider_agreed,
    agreements.taken_along,
    agreements.first_provider_named,
    agreements.new_numbers,
    case_keys.sealed_to_case_keys,
    case_keys.published_keys,
    bodies.receipt_of_the_message,
    bodies.receipt_tells_no_more,
    bodies.finding_about_exact,
    bodies.agreement_to_a_use,
    bodies.notice_dates,
    bodies.intake_reason,
)
"""Every rule, in the order in which reasons are given."""


def _judge(matter: Matter, more: Iterable[Reason] = ()) -> Decision:
    found = [reason for rule in RULES for reason in rule(matter)]
    reasons = tuple(dict.fromkeys([*found, *more]))
    return Refused(reasons) if reasons else Allowed(_effects(matter))


def decide(pack: Pack, facts: Facts, manifest: Manifest, now: datetime) -> Decision:
    """Whether the message may go under ``pack`` (the one that it names) at ``now``.

    Total: whatever parses gets an answer; what the pack does not know is a reason, never an exception. All rules that
    fail are reported, each once, in the order of ``RULES``.
    """
    return _judge(Matter(pack, facts, manifest, now))


def as_exact(manifest: Manifest, inner: Inner) -> Manifest | None:
    """A ceiling answer as it would stand under exact; None where the two do not make a manifest."""
    members = {name: getattr(manifest, name) for name in Manifest.model_fields}
    members |= {
        "disclosure": "exact",
        "items": inner.items,
        "grounds": inner.grounds,
        "necessity": inner.necessity,
        "inner_digest": None,
    }
    try:
        return Manifest.model_validate(members)
    except ValidationError:
        return None


def decide_inner(pack: Pack, facts: Facts, manifest: Manifest, inner: Inner, now: datetime) -> Decision:
    """Whether the sealed half of a ceiling answer may go, or may be filed: the same rules on what it really holds.

    For connectors alone, before sealing and after opening, beside :func:`decide` on the manifest as it is on the wire
    (on which an exact triage answer is refused: it would tell the broker who is known where).
    """
    exact = as_exact(manifest, inner)
    if exact is None:
        return Refused((because("inhoud_onleesbaar", "/inner_digest"),))
    matter = Matter(pack, facts, exact, now, opened=True)
    more = [*outcomes.outcome_of_answer(matter, inner), *outcomes.outcome_under_secrecy(matter, inner)]
    if inner.id != manifest.id:
        more.insert(0, because("nummer_anders", "/id"))
    return _judge(matter, more)


def _effects(matter: Matter) -> tuple[Effect, ...]:
    """What follows from an allowed message, read off its act."""
    manifest, act = matter.manifest, matter.manifest.act
    if manifest.kind == OPENING_KIND:
        return (Effect("casus_geopend", manifest.case or ""),)
    if manifest.kind == JOINING_KIND and matter.from_house:
        return tuple(Effect("toegevoegd", address) for address in manifest.to)
    if isinstance(act, Keys):
        return tuple(Effect("sleutel", key.kid) for key in act.keys)
    if isinstance(act, PhaseDecision):
        moved = (Effect("fase", act.new),)
        return (*moved, Effect("casusregie", act.casusregie)) if act.casusregie else moved
    if isinstance(act, Receipt):
        return (Effect("ontvangen", act.of),)
    if isinstance(act, Informed):
        return tuple(Effect("geinformeerd", subject) for subject in act.subjects)
    return ()
