"""The kernel: may this message go? Pure and total; broker, connectors and audit run this same code on the same facts.

What it does not decide: signatures, replay, size and time windows (the door), sealed content (the connectors,
:mod:`schemas.minimal`). The rules stand in :mod:`schemas.rules`, one module per chapter; here they get their order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from pydantic import ValidationError

from schemas.acts import Act, Question
from schemas.content import Inner
from schemas.effects import Effect, effects_of
from schemas.facts import Facts
from schemas.manifest import Manifest
from schemas.pack import Pack
from schemas.rules import (
    agreements,
    amounts,
    basis,
    bodies,
    case_keys,
    circle,
    decisions,
    declarations,
    deeds,
    deriving,
    informing,
    meetings,
    membership,
    minimisation,
    outcomes,
    permissions,
    phases,
    questions,
    replies,
    roster,
    secrecy,
    standing,
    tasks,
    uses,
)
from schemas.rules.matter import Matter
from schemas.rules.reason import Reason, Rule, because

__all__ = ["RULES", "Allowed", "Decision", "Effect", "Reason", "Refused", "Rule", "as_exact", "decide", "decide_inner"]


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
    amounts.readable_by_all,
    membership.pack_in_force,
    declarations.pack_prepared,
    roster.known_kind,
    membership.acceded,
    membership.not_left,
    membership.provider_belongs,
    membership.known_capacity,
    membership.on_behalf,
    membership.house_has_ground,
    membership.receiving_capacity,
    declarations.who_sees_it_is_bound,
    phases.one_case,
    phases.right_phase,
    phases.right_purpose,
    phases.within_time,
    roster.functions_of_the_kind,
    roster.few_recipients,
    roster.asked_alone,
    roster.takes_part,
    roster.bilateral,
    circle.within_the_case,
    circle.within_the_meeting,
    circle.for_the_hand_over,
    circle.while_handing_over,
    meetings.invited_by_decision,
    meetings.invited_by_name,
    meetings.leaving,
    decisions.step_of_the_pack,
    decisions.with_reason_and_date,
    decisions.taken_in_the_meeting,
    decisions.kept_for_a_purpose,
    decisions.case_director,
    decisions.intake_reason,
    decisions.term_moved,
    deeds.as_was_agreed,
    deeds.only_by_a_deed,
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
    permissions.permission_on_record,
    permissions.permission_for_its_own,
    tasks.named_task,
    tasks.provides_for_another,
    tasks.necessary,
    secrecy.secrecy_listed,
    secrecy.consent_or_exception,
    secrecy.lifted_by_whom_it_binds,
    informing.person_informed,
    informing.ground_says_the_same,
    agreements.provider_agreed,
    agreements.first_provider_named,
    agreements.new_numbers,
    deriving.derived_here,
    deriving.says_what_it_rests_on,
    deriving.derived_with_agreement,
    deriving.derived_marks_stay,
    standing.not_stopped,
    standing.consent_stands,
    standing.not_restricted,
    standing.decided_by_whose_it_is,
    standing.withdrawal_told_to_the_house,
    standing.told_to_who_coordinates,
    standing.known_restriction,
    uses.agreement_to_a_use,
    uses.agreed_to_what_goes_together,
    uses.agreement_about_one_person,
    uses.asked_of_its_provider,
    uses.permission_to_a_use,
    uses.reuse_that_exists,
    case_keys.sealed_to_case_keys,
    case_keys.published_keys,
    bodies.receipt_of_the_message,
    bodies.receipt_tells_no_more,
    bodies.finding_about_exact,
    bodies.notice_dates,
    bodies.erased_forward,
)
"""Every rule, in the order in which reasons are given."""


@cache
def _rules_about(act: type[Act] | None, *, items: bool) -> tuple[Rule, ...]:
    """The rules that can have something to say of a message with this body, with or without items."""
    return tuple(rule for rule in RULES if rule.bears_on(act, items=items))


def _judge(matter: Matter, more: Iterable[Reason] = ()) -> Decision:
    manifest, act = matter.manifest, matter.manifest.act
    items = bool(manifest.items or manifest.grounds) or isinstance(act, Question)
    # Where too much is known to be told, what is left out would only make for reasons that are none.
    rules = (
        (amounts.readable_by_all,) if matter.facts.too_much else _rules_about(type(act) if act else None, items=items)
    )
    found = [reason for rule in rules for reason in rule.judge(matter)]
    reasons = tuple(dict.fromkeys([*found, *more]))
    return Refused(reasons) if reasons else Allowed(effects_of(matter))


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
