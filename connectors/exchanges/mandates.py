"""The notifier's mandate: on whose behalf the house asks in this case (5.1); a JWS over {case, date, house, to}.

Made by the notifier when it opens a case. Verified here on the message that opens it, also where that one comes as a
source behind a question; that a question carries the same text is the kernel's check. Without it no answer.
"""

from __future__ import annotations

from datetime import datetime

from connectors import CheckError
from connectors.exchanges.house import House
from keys import KeyRecordError, SignatureFailedError, jws
from keys.jws import SigningKey
from schemas.acts import Start
from schemas.canonical import encode as canonical_bytes
from schemas.envelope import EnvelopeError, parse_model
from schemas.ids import Address, CaseRef, Day, HouseId
from schemas.manifest import MANDATE_TYP, Manifest
from schemas.records import Frozen
from schemas.strict import StrictError


class Mandate(Frozen):
    """For this case the connector at ``to`` may act on the signer's behalf."""

    case: CaseRef
    date: Day
    house: HouseId
    to: Address


def make_mandate(case: CaseRef, house: HouseId, to: Address, now: datetime, key: SigningKey) -> str:
    """The mandate that a notifier signs."""
    mandate = Mandate(case=case, date=now.date(), house=house, to=to)
    return jws.sign(canonical_bytes(mandate.model_dump(mode="json")), key, MANDATE_TYP)


def check_mandate(manifest: Manifest, house: House, at: datetime) -> None:
    """That the mandate of an opening message is its sender's, for this case and house. Raises :class:`CheckError`."""
    if not isinstance(manifest.act, Start):
        return
    try:
        parsed = jws.parse(manifest.act.mandate, MANDATE_TYP)
        key, signer = house.directory.signing_key(parsed.kid, at)
        mandate = parse_model(Mandate, jws.verify(parsed, key))
    except (SignatureFailedError, KeyRecordError, StrictError, EnvelopeError) as error:
        raise CheckError("mandaat_fout") from error
    said = (signer, mandate.case, mandate.house, mandate.to)
    if said != (manifest.sender, manifest.case, manifest.house, manifest.to[0]) or mandate.date > at.date():
        raise CheckError("mandaat_fout")
