"""What the bodies of receipts, notices and findings may say (9.2, 11.1, 16)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.acts import Erased, Informed, Receipt, Violation
from schemas.rules.matter import Matter
from schemas.rules.reason import Reason, because, decides_act


@decides_act("ontvangst_van_ander", "ontvangst_klopt_niet")
def receipt_of_the_message(matter: Matter, act: Receipt | Violation) -> Iterator[Reason]:
    """11.1: a receipt or a finding is about the message that it replies to."""
    thread = matter.facts.thread
    if act.of != matter.manifest.reply_to:
        yield because("ontvangst_van_ander", "/act/of")
    if isinstance(act, Receipt) and thread and act.manifest_sha256 != thread.manifest_sha256:
        yield because("ontvangst_klopt_niet", "/act/manifest_sha256")
    if isinstance(act, Receipt) and thread and act.sealed_sha256 != thread.sealed_sha256:
        yield because("ontvangst_klopt_niet", "/act/sealed_sha256")


_OF_A_CEILING = {"received", "key_closed", "overtaken"}
RECEIPT_BUCKET = 4096


@decides_act("ontvangst_verraadt", "ontvangst_onverzegeld", "ontvangst_verzegeld")
def receipt_tells_no_more(matter: Matter, act: Receipt) -> Iterator[Reason]:
    """7.2a: of a triage answer only that it came is told in clear; what was found is sealed, always as long. No other
    receipt holds anything sealed."""
    thread, sealed = matter.facts.thread, matter.manifest.sealed
    if thread is None:
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


@decides_act("bevinding_verraadt")
def finding_about_exact(matter: Matter, _: Violation) -> Iterator[Reason]:
    """7.2a: findings are told in clear of exact messages only; those of a ceiling answer are sealed in its receipt."""
    thread = matter.facts.thread
    if thread:
        row = matter.pack.kind.get(thread.kind)
        if row is None or row.items != "exact":
            yield because("bevinding_verraadt", "/act/of")


@decides_act("geinformeerd_in_toekomst", "hercontrole_voorbij", "geinformeerd_te_oud", "hercontrole_te_ver")
def notice_dates(matter: Matter, act: Informed) -> Iterator[Reason]:
    """16.2, 16.7: who was told was told already, about this; what is deferred is looked at again ahead, before long."""
    if act.at is not None and act.at > matter.today:
        yield because("geinformeerd_in_toekomst", "/act/at")
    if act.recheck is not None and act.recheck < matter.now.date():
        yield because("hercontrole_voorbij", "/act/recheck")
    if act.at is not None and act.at < matter.told_from:
        yield because("geinformeerd_te_oud", "/act/at")
    if act.recheck is not None and act.recheck > matter.check_until:
        yield because("hercontrole_te_ver", "/act/recheck")


@decides_act("vernietiging_klopt_niet")
def erased_forward(_: Matter, act: Erased) -> Iterator[Reason]:
    """11.2c: destroying replaces the keystore by a later one, so that nothing older can be put back for it."""
    before, after = act.generation
    if before >= after:
        yield because("vernietiging_klopt_niet", "/act/generation")
