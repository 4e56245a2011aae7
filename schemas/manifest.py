"""The clear part of a message: who, to whom, which case, phase, purpose, basis, and what at most is inside (wire.md).

The models only say what a manifest looks like; whether it is allowed is :mod:`schemas.policy`. Every model is frozen
and closed: an unknown member is refused, an absent one means no.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, SerializeAsAny, TypeAdapter, ValidationInfo, field_validator, model_validator

from schemas import SchemaError
from schemas.acts import ACTS, Act
from schemas.content import CeilingGround, CeilingItem, Ground, Item, Necessity
from schemas.ids import Address, CaseRef, Digest, HouseId, Instant, Kid, MessageId, PackDigest, Term
from schemas.records import Frozen, Suite

PROFILE = "keten-1"
MANIFEST_TYP = "keten-manifest+jws"
INNER_TYP = "keten-inner+jws"
RECEIPT_TYP = "keten-receipt+jws"
MANDATE_TYP = "keten-mandate+jws"

Bucket = Literal[4096, 16384, 65536, 262144, 1048576]


class Sealed(Frozen):
    """What binds the manifest to its sealed part."""

    sha256: Digest
    bucket: Bucket
    suite: Suite
    recipients: Annotated[tuple[Kid, ...], Field(min_length=1, max_length=30)]


class UnfitError(SchemaError, ValueError):
    """Members that are each in order and do not go together; ``pointer`` says which of them to look at."""

    def __init__(self, pointer: str, text: str) -> None:
        super().__init__(text)
        self.pointer = pointer


_GROUNDS: dict[bool, TypeAdapter[Any]] = {
    False: TypeAdapter(tuple[Ground, ...]),
    True: TypeAdapter(tuple[CeilingGround, ...]),
}
_ITEMS: dict[bool, TypeAdapter[Any]] = {
    False: TypeAdapter(tuple[Item, ...]),
    True: TypeAdapter(tuple[CeilingItem, ...]),
}
"""By whether it is a ceiling: each element is read by the one model that the disclosure calls for, so that no form
passes for the other."""


class Manifest(Frozen):
    """One message's clear part. ``kind`` stands before ``act``: the kind says what the act must look like."""

    profile: Literal["keten-1"]
    id: MessageId
    kind: Term
    house: HouseId
    pack: PackDigest
    case: CaseRef | None = None
    phase: Term | None = None
    purpose: Term | None = None
    sender: Address = Field(alias="from")
    to: Annotated[tuple[Address, ...], Field(min_length=1, max_length=30)]
    on_behalf_of: Address | None = None
    created: Instant
    expires: Instant
    reply_to: MessageId | None = None
    replaces: MessageId | None = None
    act: SerializeAsAny[Act] | None = None
    disclosure: Literal["exact", "ceiling"] | None = None
    grounds: Annotated[tuple[Ground | CeilingGround, ...], Field(max_length=32)] = ()
    items: Annotated[tuple[Item | CeilingItem, ...], Field(max_length=200)] = ()
    necessity: Necessity | None = None
    inner_digest: Digest | None = None
    sealed: Sealed | None = None

    @field_validator("act", mode="before")
    @classmethod
    def _act_of_its_kind(cls, value: object, info: ValidationInfo) -> object:
        model = ACTS.get(info.data.get("kind", ""))
        if value is None or isinstance(value, Act):
            return value
        if model is None:
            raise ValueError("this kind has no act")
        return model.model_validate(value, by_alias=True, by_name=False)

    @field_validator("grounds", mode="before")
    @classmethod
    def _grounds_of_the_disclosure(cls, value: object, info: ValidationInfo) -> object:
        return _GROUNDS[info.data.get("disclosure") == "ceiling"].validate_python(value)

    @field_validator("items", mode="before")
    @classmethod
    def _items_of_the_disclosure(cls, value: object, info: ValidationInfo) -> object:
        return _ITEMS[info.data.get("disclosure") == "ceiling"].validate_python(value)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        model = ACTS.get(self.kind)
        if (model is None) != (self.act is None) or (model and type(self.act) is not model):
            raise UnfitError("/act", "the act is not that of the kind")
        if (self.inner_digest is not None) != (self.disclosure == "ceiling"):
            raise UnfitError("/inner_digest", "inner_digest belongs to a ceiling, and to nothing else")
        if len(set(self.to)) != len(self.to) or self.sender in self.to:
            raise UnfitError("/to", "a recipient stands twice, or is the sender")
        if self.sealed and len(self.sealed.recipients) != len(self.to):
            raise UnfitError("/sealed/recipients", "exactly one sealed recipient per address")
        if self.items and (self.disclosure is None or self.sealed is None):
            where = "/disclosure" if self.disclosure is None else "/sealed"
            raise UnfitError(where, "items need a disclosure and a sealed part")
        for index, item in enumerate(self.items):
            if item.ground >= len(self.grounds):
                raise UnfitError(f"/items/{index}/ground", "an item names a ground that is not there")
        return self

    @property
    def exact_items(self) -> tuple[Item, ...]:
        """The items under ``exact``; empty under a ceiling."""
        return tuple(item for item in self.items if isinstance(item, Item))

    @property
    def ceiling_items(self) -> tuple[CeilingItem, ...]:
        """The items under ``ceiling``; empty under exact."""
        return tuple(item for item in self.items if isinstance(item, CeilingItem))
