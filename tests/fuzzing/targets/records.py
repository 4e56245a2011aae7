"""What is vouched for: one signed record, a house's directory of them, certificates and requests."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pydantic import ValidationError

from keys import CertificateError, KeyRecordError, pki
from keys.identity import Directory, parse_record, record_bytes
from schemas import canonical, strict
from schemas.ids import parse_instant
from schemas.records import SignedRecord
from tests.fuzzing.oracle import Target, kit, same
from tests.keys import house


def _signed(data: bytes) -> SignedRecord | None:
    try:
        return SignedRecord.model_validate(strict.parse_object(data))
    except (strict.StrictError, ValidationError):
        return None


def _record(data: bytes) -> bool:
    signed = _signed(data)
    if signed is None:
        return False
    try:
        read = parse_record(signed)
    except KeyRecordError:
        return False
    same(canonical.encode(read.record.model_dump(mode="json")), read.payload, "another record than was signed")
    same(SignedRecord.model_validate_json(record_bytes(signed)), signed, "another leaf than came in")
    return True


def _records() -> Iterable[bytes]:
    for signed in (house.signed(house.genesis()), house.signed(house.accession()), house.signed(house.pack())):
        yield record_bytes(signed)
    yield from kit("record")()


def _directory(data: bytes) -> bool:
    """A list of ``{first, second?, time}``, as the testkit has it: the whole directory, or the declared error."""
    try:
        rows = strict.parse(data)
        if not isinstance(rows, list):
            return False
        records = []
        for row in rows:
            if not isinstance(row, dict):
                return False
            rest = {name: value for name, value in row.items() if name != "time"}
            records.append((SignedRecord.model_validate(rest), parse_instant(row.get("time"))))
    except (strict.StrictError, ValidationError, ValueError):
        return False
    try:
        directory = Directory.of(records)
    except KeyRecordError:
        return False
    same(directory.count, len(records), "another number of records")
    return True


def _certificate(data: bytes) -> bool:
    try:
        oin = pki.oin_of(data)
    except CertificateError:
        return False
    same(len(oin), 20, "an OIN of another length")
    try:
        pki.verify_chain(data, [pki.der_of(house.authority().certificate)], house.NOW, "client")
    except CertificateError:
        return True
    return True


def _certificates() -> Iterable[bytes]:
    yield pki.from_record(house.certificate())
    yield pki.der_of(house.authority().certificate)
    tls = pki.request(pki.TlsKey.generate(), house.OIN, "Proefpartij")
    yield pki.der_of(pki.issue(house.authority(), tls, house.NOW, 30))


def _request(data: bytes) -> bool:
    try:
        found = pki.read_request(data)
    except CertificateError:
        return False
    same(len(found.oin), 20, "an OIN of another length")
    return True


def _requests() -> Iterable[bytes]:
    yield pki.request(pki.TlsKey.generate(), house.OIN, "Proefpartij")
    yield pki.request(house.ROOT, house.OIN, "Proefpartij")


def _directories() -> Iterable[bytes]:
    for data in kit("directory")():
        yield json.dumps(json.loads(data), separators=(",", ":")).encode()


TARGETS = (
    Target("record", _record, _records, few=250),
    Target("directory", _directory, _directories, few=250),
    Target("certificate", _certificate, _certificates),
    Target("certificate-request", _request, _requests),
)
