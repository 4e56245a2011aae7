"""The operator's settings: one frozen model, read from one YAML file; an unknown key stops the start.

Where YAML is read and how an error names file, line and nearest key is :mod:`schemas.yaml_text`. A DSN may hold a
password and therefore may stand in the environment (``KETEN_DSN``) instead of the file. Keys of logs and receipts are
no settings: they lie one per file in ``keys`` (:mod:`broker.ledger.log_keys`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from broker import BrokerError
from broker.web.limits import Limits
from broker.web.openapi import Contact
from broker.web.tls import Tls
from schemas import SchemaError, yaml_model, yaml_text
from schemas.records import Frozen

Port = Annotated[int, Field(ge=0, le=65535)]


class SettingsError(BrokerError):
    """Settings or key files that cannot be used; the text says where and what to do."""


class Settings(Frozen):
    """One broker process."""

    host: str = "127.0.0.1"
    port: Port = 8443
    health_host: str = "127.0.0.1"
    health_port: Port = 8081
    public_url: Annotated[str, Field(pattern=r"^https://[a-z0-9.:-]+$")] = "https://localhost:8443"
    """Scheme, host and port under which parties reach this broker; ``/v1`` comes behind it."""
    contact: Contact = Contact()
    log_file: Path | None = None
    """JSON lines go here; standard error where it is absent."""
    dsn: str | None = None
    keys: Path
    packs: tuple[Path, ...] = ()
    """Folders with protocol packs beside those of the program; a house decides which one is in force (28)."""
    tls: Tls
    limits: Limits = Limits()
    pool_size: Annotated[int, Field(ge=2, le=200)] = 10
    sweep_seconds: Annotated[int, Field(ge=1, le=3600)] = 5
    """Time between two looks at what has expired."""


def load(path: Path, environment: Mapping[str, str]) -> Settings:
    """The settings in ``path``; ``KETEN_DSN`` comes before ``dsn``. Raises :class:`SettingsError`.

    Files are named from the folder of ``path``; the DSN gets the form that the driver wants.
    """
    try:
        document = yaml_text.load(path.read_text(encoding="utf-8"), str(path))
        settings = yaml_model.validate(Settings, document)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror}); give the path of the settings") from error
    except SchemaError as error:
        raise SettingsError(str(error)) from error
    dsn = environment.get("KETEN_DSN") or settings.dsn
    if dsn is None:
        raise SettingsError(f"{path}: no database; write `dsn: postgresql://...` or set KETEN_DSN")
    driver = dsn if dsn.startswith("postgresql+asyncpg:") else dsn.replace("postgresql:", "postgresql+asyncpg:", 1)
    return _from_folder(settings.model_copy(update={"dsn": driver}), path.parent)


def _from_folder(settings: Settings, folder: Path) -> Settings:
    tls = {name: folder / file for name, file in settings.tls if file is not None}
    packs = tuple(folder / pack for pack in settings.packs)
    files = {"keys": folder / settings.keys, "packs": packs, "tls": settings.tls.model_copy(update=tls)}
    log_file = folder / settings.log_file if settings.log_file else None
    return settings.model_copy(update=files | {"log_file": log_file})
