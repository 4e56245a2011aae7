"""The settings of one connector: one YAML file, read strictly (architecture.md "Processes at a party").

Decides the form only. Paths are relative to the folder of the file. Secrets do not stand here: signing keys are in the
keystore, the keystore's generation key in a folder of its own, which should be another mount.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from connectors import UseError
from connectors.sources.settings import TableSettings
from schemas import SchemaError
from schemas.ids import Address, Day, Digest, HouseId, Oin, Term
from schemas.records import Frozen
from schemas.yaml_model import validate
from schemas.yaml_text import load

HOUSE_ROLE = "huis"
Text = Annotated[str, Field(min_length=1, max_length=200)]


class PartySettings(Frozen):
    """Whose connector this is."""

    oin: Oin
    name: Text


class KeyStoreSettings(Frozen):
    """The file with the secrets, and the folder with the key that opens it."""

    file: Path
    generations: Path


class BrokerSettings(Frozen):
    """Where the broker is and with which certificate to call it."""

    url: Annotated[str, Field(pattern=r"^https://[^/?#\s]+$")]
    authority: Path
    certificate: Path
    key: Path


class HouseSettings(Frozen):
    """The house; the digest of its genesis comes from the form of Bijlage 1, never from the broker."""

    id: HouseId
    genesis: Digest
    unsafe_sandbox: bool = False


class Contact(Frozen):
    """The member of staff whom the house may call about an answer (Bijlage 4, category 3)."""

    naam: Text
    organisatie: Text
    organisatieaanduiding: Text | None = None
    zakelijk_telefoonnummer: Annotated[str, Field(pattern=r"^\+?[0-9 ()-]{6,20}$")] | None = None
    zakelijk_emailadres: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)] | None = None


class AddressSettings(Frozen):
    """One function in which this party acts here."""

    function: Term
    contact: Contact | None = None


class AutomaticRule(Frozen):
    """A dated rule that the party itself made, by which questions are answered without a person (people.md).

    ``niet_bekend`` acts where nobody is found, ``bekend`` on one exact match (with items of class gewoon at level I
    only), ``geen_uitspraak`` whatever was found. The first that fits counts.
    """

    id: Term
    function: Term
    outcome: Literal["niet_bekend", "geen_uitspraak", "bekend"]
    since: Day
    until: Day
    made_by: Annotated[str, Field(min_length=2, max_length=80)]
    """A reference to the person who decided on this rule, for the party's fg."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until < self.since:
            raise ValueError("`until` lies before `since`")
        return self

    def holds(self, function: str, day: date) -> bool:
        """Whether the rule is there for this function on this day; both days included."""
        return self.function == function and self.since <= day <= self.until


def _distinct(addresses: tuple[AddressSettings, ...]) -> tuple[AddressSettings, ...]:
    if len({row.function for row in addresses}) != len(addresses):
        raise ValueError("a function stands twice under `addresses`; keep one")
    return addresses


class Settings(Frozen):
    """All of it."""

    party: PartySettings
    role: Literal["partij", "huis"] = "partij"
    data: Path
    keystore: KeyStoreSettings
    broker: BrokerSettings
    house: HouseSettings
    addresses: Annotated[tuple[AddressSettings, ...], Field(min_length=1, max_length=14), AfterValidator(_distinct)]
    database: Annotated[str, Field(pattern=r"^(sqlite\+aiosqlite|postgresql\+asyncpg)://")] | None = None
    """Where it lives, if not in ``connector.sqlite`` in the data folder."""
    source: TableSettings | None = None
    automatic: tuple[AutomaticRule, ...] = ()

    @model_validator(mode="after")
    def _rules_of_own_functions(self) -> Self:
        functions = {row.function for row in self.addresses}
        if any(rule.function not in functions for rule in self.automatic):
            raise ValueError("a rule under `automatic` is for a function that is not under `addresses`")
        if (self.role == HOUSE_ROLE) != (functions == {"procesregie"}):
            raise ValueError("role `huis` goes with exactly the function procesregie, and with no other")
        return self

    @property
    def own(self) -> tuple[Address, ...]:
        """The addresses of this connector."""
        return tuple(Address(f"{self.party.oin}:{row.function}") for row in self.addresses)

    @property
    def dsn(self) -> str:
        """The database."""
        return self.database or f"sqlite+aiosqlite:///{self.data / 'connector.sqlite'}"

    def contact(self, address: Address) -> Contact | None:
        """Whom the house may call about this address' answers."""
        return next((row.contact for row in self.addresses if row.function == address.function), None)


def read_settings(path: Path) -> Settings:
    """The settings in ``path``, with absolute paths. Raises :class:`UseError` with file, line and what to do."""
    try:
        document = load(path.read_text(encoding="utf-8"), path.name)
        settings = validate(Settings, document)
    except OSError as error:
        raise UseError(f"{path}: {error.strerror}; give the file with the settings") from error
    except (SchemaError, UnicodeDecodeError) as error:
        raise UseError(f"settings: {error}") from error
    return _absolute(settings, path.resolve().parent)


def _absolute(settings: Settings, folder: Path) -> Settings:
    keystore, broker, source = settings.keystore, settings.broker, settings.source
    return settings.model_copy(
        update={
            "data": folder / settings.data,
            "keystore": KeyStoreSettings(file=folder / keystore.file, generations=folder / keystore.generations),
            "broker": broker.model_copy(
                update={name: folder / getattr(broker, name) for name in ("authority", "certificate", "key")}
            ),
            "source": source.model_copy(update={"file": folder / source.file}) if source else None,
        }
    )
