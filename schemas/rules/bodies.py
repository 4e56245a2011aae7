"""What the bodies of receipts, agreements, notices and findings may say (3.5c, 9.2, 16)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.acts import Agreement, Informed, IntakeDecision, Receipt, Violation
from schemas.ids import Address
from schemas.rules.informing import earliest_told, latest_check
from schemas.rules.matter import Matter
from schemas.rules.reason import Reason, because, decides


@decides("ontvangst_van_ander", "ontvangst_klopt_niet")
def receipt_of_the_message(matter: Matter) -> Iterator[Reason]:
    """11.1: a receipt or a finding is about the message that it replies to."""
    act, thread = matter.manifest.act, matter.facts.thread
    if not isinstance(act, Receipt | Violation):
        return
    if act.of != matter.manifest.reply_to:
        yield because("ontvangst_van_ander", "/act/of")
    if isinstance(act, Receipt) and thread and act.manifest_sha256 != thread.manifest_sha256:
        yield because("ontvangst_klopt_niet", "/act/manifest_sha256")
    if isinstance(act, Receipt) and thread and act.sealed_sha256 != thread.sealed_sha256:
        yield because("ontvangst_klopt_niet", "/act/sealed_sha256")


_OF_A_CEILING = {"received", "key_closed", "overtaken"}
RECEIPT_BUCKET = 4096


@decides("ontvangst_verraadt", "ontvangst_onverzegeld", "ontvangst_verzegeld")
def receipt_tells_no_more(matter: Matter) -> Iterator[Reason]:
    """7.2a: of a triage answer only that it came is told in clear; what was found is sealed, always as long. No other
    receipt holds anything sealed."""
    act, thread, sealed = matter.manifest.act, matter.facts.thread, matter.manifest.sealed
    if not isinstance(act, Receipt) or thread is None:
        return
    row = matter.pack.kind.get(thread.kind)
    ceiling = row is not None and row.items == "ceiling"
    if ceiling and act.result not in _OF_A_CEILING:
        yield because("ontvangst_verraadt", "/act/result")
    if ceiling and act.result == "received":
        if sealed is None or sealed.bucket != RECEIPT_BUCKET:
            yield because("ontvangst_onverzegeld", "/sealed")
    elif sealed is not None:
        yield because("ontvangst_verzegeld", "/sealed")


@decides("bevinding_verraadt")
def finding_about_exact(matter: Matter) -> Iterator[Reason]:
    """7.2a: findings are told in clear of exact messages only; those of a ceiling answer are sealed in its receipt."""
    thread = matter.facts.thread
    if isinstance(matter.manifest.act, Violation) and thread:
        row = matter.pack.kind.get(thread.kind)
        if row is None or row.items != "exact":
            yield because("bevinding_verraadt", "/act/of")


@decides("gebruik_onbekend", "houder_onbekend", "akkoord_verlopen")
def agreement_to_a_use(matter: Matter) -> Iterator[Reason]:
    """3.5c: an agreement is for a phase and a purpose of that phase, for somebody, until a day ahead."""
    act = matter.manifest.act
    if not isinstance(act, Agreement):
        return
    purpose = matter.pack.purpose.get(act.use.purpose)
    if act.use.phase not in matter.pack.phase or purpose is None or act.use.phase not in purpose.phases:
        yield because("gebruik_onbekend", "/act/for")
    holder = act.use.holder
    function = holder.function if isinstance(holder, Address) else str(holder)
    house = matter.facts.house_address.function
    if function != house and function not in matter.pack.capacity:
        yield because("houder_onbekend", "/act/for/holder")
    if act.until <= matter.now:
        yield because("akkoord_verlopen", "/act/until")


@decides("geinformeerd_in_toekomst", "hercontrole_voorbij", "geinformeerd_te_oud", "hercontrole_te_ver")
def notice_dates(matter: Matter) -> Iterator[Reason]:
    """16.2, 16.7: who was told was told already, about this; what is deferred is looked at again ahead, before long."""
    act = matter.manifest.act
    if not isinstance(act, Informed):
        return
    if act.at is not None and act.at > matter.today:
        yield because("geinformeerd_in_toekomst", "/act/at")
    if act.recheck is not None and act.recheck < matter.now.date():
        yield because("hercontrole_voorbij", "/act/recheck")
    if act.at is not None and act.at < earliest_told(matter):
        yield because("geinformeerd_te_oud", "/act/at")
    if act.recheck is not None and act.recheck > latest_check(matter):
        yield because("hercontrole_te_ver", "/act/recheck")


@decides("reden_onbekend", "reden_past_niet")
def intake_reason(matter: Matter) -> Iterator[Reason]:
    """B2-out: what becomes of a notification is decided with a reason of the pack."""
    act = matter.manifest.act
    if isinstance(act, IntakeDecision) and not matter.coded("reason", act.reason):
        yield because("reden_onbekend", "/act/reason")
    elif isinstance(act, IntakeDecision) and not matter.reason_for(act.reason, act.decision):
        yield because("reden_past_niet", "/act/reason")
