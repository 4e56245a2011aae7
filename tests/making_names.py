"""The names of the small world of :mod:`tests.making`: who there is, and ids that are the same for the same label."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from schemas import packs
from schemas.content import ConsentRef
from schemas.facts import DecreeFact
from schemas.ids import (
    Address,
    CaseRef,
    Digest,
    HouseId,
    ItemRef,
    MessageId,
    PackDigest,
    Reference,
    SubjectRef,
    Term,
)
from schemas.pack import Pack

NOW = datetime(2026, 3, 10, 12, 0, 0, tzinfo=UTC)
HOUSE_ID = HouseId("drenthe")
MANDATE = "eyJ0.mandaat.handtekening"


@cache
def pack() -> Pack:
    """The real pack."""
    return packs.load("zvh-protocol-2019")


def drawn(label: str, size: int) -> str:
    """The text of so many bytes, the same for the same label."""
    return base64.urlsafe_b64encode(hashlib.sha256(label.encode()).digest()[:size]).rstrip(b"=").decode()


def reference(label: str) -> Reference:
    """A reference that is the same for the same label."""
    return Reference(drawn(label, 16))


def digest(label: str) -> Digest:
    """A digest of a label."""
    return Digest(drawn(label, 32))


def message_id(label: str) -> MessageId:
    """A message id that is the same for the same label."""
    text = hashlib.sha256(label.encode()).hexdigest()
    return MessageId(f"{text[:8]}-{text[8:12]}-7{text[13:16]}-8{text[17:20]}-{text[20:32]}")


def address(number: int, function: str) -> Address:
    """An address with a test OIN."""
    return Address(f"00000099{number:012d}:{function}")


HOUSE = address(1, "procesregie")
MELDER = address(2, "college_bw")
CAPACITIES = (
    "burgemeester",
    "om",
    "politie",
    "rvdk",
    "veilig_thuis",
    "reclassering",
    "gecertificeerde_instelling",
    "ggz",
    "ggd",
    "dji",
    "zorgaanbieder",
    "geen_grondslag",
)
PARTY: dict[str, Address] = {name: address(10 + index, name) for index, name in enumerate(CAPACITIES)}
COLLEGE = address(9, "college_bw")
PARTY["college_bw"] = COLLEGE

CASE = CaseRef(reference("casus"))
PERSON = SubjectRef(reference("betrokkene"))
RELATIVE = SubjectRef(reference("directe relatie"))
CONTACT = SubjectRef(reference("contactpersoon"))
DECREE = DecreeFact(
    id=Term("besluit_1"), basis=Term("wpg_20"), since=NOW - timedelta(days=300), until=NOW + timedelta(days=300)
)


def changed(model: Any, **updates: Any) -> Any:
    """The same, with members set anew and checked again; ``**{"sealed.bucket": 16384}`` reaches inside."""
    members = {name: getattr(model, name) for name in type(model).model_fields}
    for path, value in updates.items():
        name, _, rest = path.partition(".")
        if not rest:
            members[name] = value
        elif isinstance(members[name], tuple):
            index, _, inner = rest.partition(".")
            row = list(members[name])
            row[int(index)] = changed(row[int(index)], **{inner: value}) if inner else value
            members[name] = tuple(row)
        else:
            members[name] = changed(members[name], **{rest: value})
    return type(model).model_validate(members)


ANSWER_TIME = NOW + timedelta(days=1)
CONSENT = ConsentRef(ref=reference("toestemming"), date=date(2026, 3, 9))
OTHER_PACK = PackDigest(digest("ander pakket"))
SOME_ITEM = ItemRef(reference("een item"))
