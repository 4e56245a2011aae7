"""The notifier's mandate: a JWS over {case, date, house, to}, on whose behalf the house asks (5.1, wire.md).

At the start of a case everything about it is verified. A question carries the same text again: here its payload must
fit, and the kernel compares its digest with the one that was verified at the start, which is worth its signature.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from broker.problem import ProblemError
from keys import KeyRecordError, SignatureFailedError, jws
from keys.identity import Directory
from schemas.acts import Question, Start
from schemas.envelope import EnvelopeError, parse_model
from schemas.ids import Address, CaseRef, Day, HouseId
from schemas.manifest import MANDATE_TYP, Manifest
from schemas.records import Frozen
from schemas.strict import StrictError

POINTER: Final = "/act/mandate"


class Mandate(Frozen):
    """For this case the house at ``to`` may ask on the signer's behalf."""

    case: CaseRef
    date: Day
    house: HouseId
    to: Address


def check_mandate(manifest: Manifest, directory: Directory, house_address: Address, now: datetime) -> None:
    """That a mandate in ``manifest`` is for this case, house and connector, and at the start signed by the notifier.

    Raises :class:`ProblemError` (``mandaat_fout``).
    """
    if not isinstance(manifest.act, Start | Question):
        return
    try:
        parsed = jws.parse(manifest.act.mandate, MANDATE_TYP)
        mandate = parse_model(Mandate, parsed.payload)
        if isinstance(manifest.act, Start):
            key, signer = directory.signing_key(parsed.kid, now)
            jws.verify(parsed, key)
            if signer != manifest.sender or mandate.date > now.date():
                raise ProblemError("mandaat_fout", POINTER)
    except (SignatureFailedError, KeyRecordError, StrictError, EnvelopeError) as error:
        raise ProblemError("mandaat_fout", POINTER) from error
    if (mandate.case, mandate.house, mandate.to) != (manifest.case, manifest.house, house_address):
        raise ProblemError("mandaat_fout", POINTER)
