"""The checks on what is sealed: digest, my live key, opening, and that what comes out is exactly what was announced.

Under ``exact`` each disclosure goes with one digest of the manifest; under ``ceiling`` with one of the inner JWS, which
is decided on as if it stood in clear. A failure from the opening on is ``opened=True``: the sender hears of it (exact)
or finds it sealed in the receipt (ceiling). Nothing opened outlives a failure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connectors import CheckError
from keys import DisclosureError, SealError, SignatureFailedError, disclosure, jws
from keys.binding import Context, sealed_digest
from keys.sealing import Plaintext, open_, open_members
from schemas import minimal
from schemas.acts import Finding
from schemas.bsn import holds_bsn
from schemas.content import AkpPublic, Ground, Inner
from schemas.envelope import EnvelopeError, parse_model
from schemas.ids import ItemRef, Term
from schemas.manifest import INNER_TYP, Manifest
from schemas.policy import Refused, as_exact, decide_inner
from schemas.strict import Json, StrictError

if TYPE_CHECKING:
    from connectors.exchanges.checking import Knowledge, Verified


class InnerError(CheckError):
    """A ceiling answer that does not hold, but whose signed inner part says to which key findings are sealed."""

    def __init__(self, failure: CheckError, reply_key: AkpPublic) -> None:
        super().__init__(failure.code, failure.path, opened=True)
        self.reply_key = reply_key


RECEIPT = "ontvangst"
Values = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Opened:
    """What was inside. ``exact``: the manifest as it stands without a ceiling; ``findings``: of a receipt."""

    exact: Manifest
    values: Mapping[ItemRef, Values] = field(default_factory=dict, repr=False)
    explanation: str | None = field(default=None, repr=False)
    inner: Inner | None = None
    findings: tuple[Finding, ...] = ()


def context_of(manifest: Manifest) -> Context:
    """What the sealed part of a manifest is bound to."""
    return Context(manifest.case, manifest.house, manifest.id, manifest.sender, manifest.phase)


def open_sealed(verified: Verified, sealed: str | None, mine: Knowledge) -> Opened | None:
    """What is inside and holds. None where my key is closed. Raises :class:`CheckError`."""
    manifest = verified.manifest
    if (manifest.sealed is None) != (sealed is None):
        raise CheckError("verzegeling_fout")
    if manifest.sealed is None or sealed is None:
        return Opened(manifest)
    if sealed_digest(sealed) != manifest.sealed.sha256:
        raise CheckError("verzegeling_fout")
    kid = manifest.sealed.recipients[manifest.to.index(verified.address)]
    if manifest.kind == RECEIPT:
        return _open_receipt(verified, sealed, mine)
    key = mine.receive(kid)
    if key is None:
        return None
    try:
        plaintext = open_(sealed, key, verified.address, context_of(manifest), manifest.sealed.bucket)
    except SealError as error:
        raise CheckError("opent_niet") from error
    if manifest.disclosure == "ceiling":
        return _open_ceiling(verified, plaintext)
    values = check_disclosures(manifest, plaintext)
    check_values(verified, manifest, values)
    return Opened(manifest, values, check_explanation(manifest, plaintext))


def _open_receipt(verified: Verified, sealed: str, mine: Knowledge) -> Opened | None:
    manifest = verified.manifest
    key = mine.reply(manifest.reply_to) if manifest.reply_to else None
    if key is None or manifest.sealed is None:
        return None
    try:
        members = open_members(sealed, key, verified.address, context_of(manifest), manifest.sealed.bucket)
        rows = members.pop("findings", None)
        if members or not isinstance(rows, list):
            raise CheckError("bevindingen_vorm", opened=True)
        return Opened(manifest, findings=tuple(Finding.model_validate(row) for row in rows))
    except SealError as error:
        raise CheckError("opent_niet") from error
    except ValueError as error:
        raise CheckError("bevindingen_vorm", opened=True) from error


def check_disclosures(exact: Manifest, plaintext: Plaintext) -> dict[ItemRef, Values]:
    """The values per item, once disclosures and digests go one to one."""
    expected = [(row.path, row.digest) for item in exact.exact_items for row in item.fields]
    try:
        values = disclosure.match(plaintext.disclosures, expected)
    except DisclosureError as error:
        raise CheckError(error.code, error.path, opened=True) from error
    return {item.item: {row.path[1:]: values[row.digest] for row in item.fields} for item in exact.exact_items}


def check_explanation(exact: Manifest, plaintext: Plaintext) -> str | None:
    """Why it is necessary, once it is what was committed to; a free text like any other (B4-x)."""
    commitment = exact.necessity.commitment if exact.necessity else None
    if (commitment is None) != (plaintext.explanation is None):
        raise CheckError("toelichting", opened=True)
    if commitment is None or plaintext.explanation is None:
        return None
    try:
        text = disclosure.read_explanation(plaintext.explanation, commitment)
    except DisclosureError as error:
        raise CheckError("toelichting", opened=True) from error
    if holds_bsn(text):
        raise CheckError("bsn", "/toelichting", opened=True)
    return text


def check_values(verified: Verified, exact: Manifest, values: Mapping[ItemRef, Values]) -> None:
    """Each value is one that its field may have at this phase, kind and level; no BSN, no forbidden name; what a text
    or a tick tells of health only with consent or an exception."""
    phase = exact.phase or Term("onbekend")
    for item in exact.exact_items:
        by_path = {f"/{name}": value for name, value in values[item.item].items()}
        ground = exact.grounds[item.ground]
        lifted = isinstance(ground, Ground) and bool(ground.consent or ground.exception)
        found = minimal.check(verified.pack, phase, exact.kind, item, by_path)
        found += minimal.consent_findings(verified.pack, item, by_path, lifted=lifted)
        if found:
            raise CheckError(found[0].code, found[0].path, opened=True)


def _open_ceiling(verified: Verified, plaintext: Plaintext) -> Opened:
    inner = _read_inner(verified, plaintext)
    try:
        exact = check_inner_decision(verified, inner)
        values = check_disclosures(exact, plaintext)
        check_values(verified, exact, values)
        return Opened(exact, values, check_explanation(exact, plaintext), inner)
    except CheckError as failure:
        raise InnerError(failure, inner.reply_key) from failure


def _read_inner(verified: Verified, plaintext: Plaintext) -> Inner:
    if plaintext.inner is None or sealed_digest(plaintext.inner) != verified.manifest.inner_digest:
        raise CheckError("binnenste_fout", opened=True)
    try:
        inner = parse_model(Inner, jws.verify(jws.parse(plaintext.inner, INNER_TYP), verified.key))
    except (SignatureFailedError, StrictError, EnvelopeError) as error:
        raise CheckError("binnenste_fout", opened=True) from error
    if inner.id != verified.manifest.id:
        raise CheckError("binnenste_fout", opened=True)
    return inner


def check_inner_decision(verified: Verified, inner: Inner) -> Manifest:
    """What the broker could not decide, decided here: consent, outcome, exact categories, inside the ceiling."""
    manifest, at = verified.manifest, verified.body.time
    exact = as_exact(manifest, inner)
    if exact is None or isinstance(decide_inner(verified.pack, verified.facts, manifest, inner, at), Refused):
        raise CheckError("niet_toegestaan", opened=True)
    return exact
