"""The settings files of a run: one for the broker, one for each connector, as an operator would write them.

Decides the dated rules by which a party answers without a person, and who can be called about an answer. Written as
YAML and read by the programs' own strict loaders.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from deploy.demo.founding import HOUSE, Founded, Party
from deploy.demo.tables import source_of

RULE_DAYS = 30
RULES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "om": (("onbekend_mag_vanzelf", "om", "niet_bekend"),),
    "ggz": (("onbekend_mag_vanzelf", "ggz", "niet_bekend"),),
    "reclassering": (("nooit_uitspraak_in_triage", "reclassering", "geen_uitspraak"),),
    "verslavingszorg": (
        ("onbekend_mag_vanzelf", "ggz", "niet_bekend"),
        ("nooit_uitspraak_in_triage", "reclassering", "geen_uitspraak"),
    ),
}


@dataclass(frozen=True)
class Ports:
    """Where the broker listens: for parties, and for its operator."""

    public: int
    health: int


class _Plain(yaml.SafeDumper):
    """No anchors: the loaders refuse them."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def write_broker(
    file: Path,
    dsn: str,
    keys: Path,
    tls: tuple[Path, Path],
    ports: Ports,
    authority: Path,
    limits: Mapping[str, str] | None = None,
) -> None:
    """The broker's settings. It also writes its log where the search at the end can find it."""
    settings = {
        "host": "127.0.0.1",
        "port": str(ports.public),
        "health_port": str(ports.health),
        "public_url": f"https://localhost:{ports.public}",
        "log_file": str(file.parent / "log" / "broker.log"),
        "dsn": dsn,
        "keys": str(keys),
        "tls": {"certificate": str(tls[0]), "key": str(tls[1]), "client_authorities": str(authority)},
        "sweep_seconds": "1",
        **({"limits": dict(limits)} if limits else {}),
    }
    (file.parent / "log").mkdir(parents=True, exist_ok=True)
    _write(file, "The broker of the sandbox.", settings)


def write_connector(founded: Founded, party: Party, url: str, lo3: Path, today: date) -> None:
    """The settings of one connector, in the party's own folder."""
    key = party.role.key
    keystore, generations = party.keystore
    settings: dict[str, Any] = {
        "party": {"oin": str(party.oin), "name": party.role.name},
        "role": "huis" if party.role == HOUSE else "partij",
        "data": "data",
        "keystore": {"file": keystore.name, "generations": generations.name},
        "broker": {
            "url": url,
            "authority": str(founded.authority),
            "certificate": str(party.certificate.relative_to(party.folder)),
            "key": str(party.tls_key.relative_to(party.folder)),
        },
        "house": {"id": str(founded.house), "genesis": str(founded.digest), "unsafe_sandbox": "true"},
        "addresses": [_address(party, function) for function in party.role.functions],
    }
    if (source := source_of(key, lo3)) is not None:
        settings["source"] = source
    if key in RULES:
        settings["automatic"] = [_rule(*rule, today) for rule in RULES[key]]
    (party.folder / "data").mkdir(exist_ok=True, mode=0o700)
    _write(party.settings, f"The connector of {party.role.name}, in the sandbox.", settings)


def _address(party: Party, function: str) -> dict[str, Any]:
    if party.role == HOUSE:
        return {"function": function}
    contact = {
        "naam": "Medewerker van dienst",
        "organisatie": party.role.name,
        "zakelijk_telefoonnummer": "+31 591 000 000",
        "zakelijk_emailadres": f"dienst@{party.role.key}.example",
    }
    return {"function": function, "contact": contact}


def _rule(name: str, function: str, outcome: str, today: date) -> dict[str, str]:
    """A dated rule that the party made: from yesterday, for a month."""
    return {
        "id": name,
        "function": function,
        "outcome": outcome,
        "since": (today - timedelta(days=1)).isoformat(),
        "until": (today + timedelta(days=RULE_DAYS)).isoformat(),
        "made_by": "fg van deze partij",
    }


def _write(file: Path, comment: str, settings: Mapping[str, Any]) -> None:
    text = yaml.dump(dict(settings), Dumper=_Plain, sort_keys=False, allow_unicode=True)
    file.write_text(f"# {comment} Made for one run.\n{text}", encoding="utf-8")
