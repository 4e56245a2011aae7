"""What our own code says of the bytes of a file: the code and the place, or None where it accepts them.

One function a layer, each the path that real messages take. Only the declared error of that path becomes a code;
whatever else is raised goes through and is a fault of ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from connectors import CheckError
from connectors.exchanges.checking import read_body
from keys import (
    DisclosureError,
    KeyRecordError,
    ProofError,
    SealError,
    SignatureFailedError,
    binding,
    checkpoint,
    disclosure,
    jws,
    merkle,
    proof,
    sealing,
    tiles,
)
from keys.identity import Directory, parse_record
from keys.jws import VerifyKey
from keys.suites import check_signing_key, public_key
from schemas import pack_yaml, strict
from schemas.content import Inner
from schemas.envelope import EnvelopeError, parse_envelope, parse_manifest, parse_model
from schemas.ids import Address, CaseRef, Digest, FieldPath, HouseId, MessageId, Term, parse_instant
from schemas.manifest import INNER_TYP
from schemas.pack_rows import FieldPart
from schemas.records import OkpKey, SignedRecord
from schemas.strict import StrictError
from schemas.values import never_allowed, wrong_value
from schemas.yaml_text import YamlError
from tests.making import pack

Verdict = tuple[str, str | None] | None
Judge = Callable[[bytes, Mapping[str, Any]], Verdict]
FORM = (StrictError, EnvelopeError)


def _form(error: StrictError | EnvelopeError) -> Verdict:
    return error.code, getattr(error, "pointer", None)


def _strict(data: bytes, _: Mapping[str, Any]) -> Verdict:
    try:
        strict.parse_object(data)
    except StrictError as error:
        return error.code, None
    return None


def _base64url(data: bytes, _: Mapping[str, Any]) -> Verdict:
    try:
        strict.decode_base64url(data.decode())
    except StrictError as error:
        return error.code, None
    return None


def _envelope(data: bytes, _: Mapping[str, Any]) -> Verdict:
    try:
        parse_envelope(data)
    except FORM as error:
        return _form(error)
    return None


def _manifest(data: bytes, _: Mapping[str, Any]) -> Verdict:
    try:
        parse_manifest(data)
    except FORM as error:
        return _form(error)
    return None


def _verify_key(given: Mapping[str, Any]) -> VerifyKey:
    return VerifyKey.from_public(OkpKey.model_validate(given["key"]))


def _jws(data: bytes, given: Mapping[str, Any]) -> Verdict:
    try:
        jws.verify(jws.parse(data.decode(), given["typ"]), _verify_key(given))
    except SignatureFailedError as error:
        return error.code, None
    return None


def _inner(data: bytes, given: Mapping[str, Any]) -> Verdict:
    try:
        inner = parse_model(Inner, jws.verify(jws.parse(data.decode(), INNER_TYP), _verify_key(given)))
    except SignatureFailedError as error:
        return error.code, None
    except FORM as error:
        return _form(error)
    try:
        public_key(inner.reply_key.model_dump())
    except KeyRecordError as error:
        return error.code, "/reply_key"
    return None


def _sealed(data: bytes, _: Mapping[str, Any]) -> Verdict:
    try:
        found = binding.shape(data.decode())
    except SealError:
        return "verzegeling_fout", None
    return None if found.bucket else ("verzegeling_fout", None)


def _opening(data: bytes, given: Mapping[str, Any]) -> Verdict:
    key = sealing.EcReceiveKey.from_seed(bytes.fromhex(given["private_key_hex"]))
    named = given["context"]
    context = binding.Context(
        CaseRef(named["case"]),
        HouseId(named["house"]),
        MessageId(named["id"]),
        Address(named["iss"]),
        Term(named["phase"]),
    )
    try:
        sealing.open_(data.decode(), key, Address(named["rcpt"]), context, given["bucket"])
    except SealError:
        return "opent_niet", None
    return None


def _disclosure(data: bytes, given: Mapping[str, Any]) -> Verdict:
    expected = [(FieldPath(row["path"]), Digest(row["digest"])) for row in given["fields"]]
    try:
        disclosure.match(json.loads(data), expected)
    except DisclosureError as error:
        return error.code, error.path
    return None


def _explanation(data: bytes, given: Mapping[str, Any]) -> Verdict:
    try:
        disclosure.read_explanation(data.decode(), Digest(given["commitment"]))
    except DisclosureError as error:
        return error.code, None
    return None


def _value(data: bytes, given: Mapping[str, Any]) -> Verdict:
    value = strict.parse(data)
    field = FieldPart.model_validate({"label": {"nl": "Veld", "en": "Field"}, **given["field"]})
    found = wrong_value(field, value) or never_allowed(pack(), value, dated=field.type in {"day", "partial_day"})
    return (found, None) if found else None


def _body(data: bytes, _: Mapping[str, Any]) -> Verdict:
    try:
        read_body(data.decode())
    except CheckError as error:
        return error.code, getattr(error.__cause__, "pointer", None)
    return None


def _checkpoint(data: bytes, given: Mapping[str, Any]) -> Verdict:
    try:
        checkpoint.verify(data.decode(), _verify_key(given), given["origin"])
    except ProofError as error:
        return error.code, None
    return None


def _hashes(data: bytes) -> list[bytes]:
    return [checkpoint.decode_base64(text) for text in json.loads(data)]


def _inclusion(data: bytes, given: Mapping[str, Any]) -> Verdict:
    try:
        leaf, root = checkpoint.decode_base64(given["leaf_hash"]), checkpoint.decode_base64(given["root"])
        merkle.verify_inclusion(given["index"], given["size"], leaf, _hashes(data), root)
    except ProofError as error:
        return error.code, None
    return None


def _consistency(data: bytes, given: Mapping[str, Any]) -> Verdict:
    try:
        old, new = (checkpoint.decode_base64(given[name]) for name in ("old_root", "new_root"))
        merkle.verify_consistency(given["old"], given["new"], old, new, _hashes(data))
    except ProofError as error:
        return error.code, None
    return None


def _proof(data: bytes, given: Mapping[str, Any]) -> Verdict:
    leaf = merkle.body_leaf(given["body"].encode())
    try:
        proof.verify(data.decode(), leaf, _verify_key(given), given["origin"])
    except ProofError as error:
        return error.code, None
    return None


def _tile_path(data: bytes, _: Mapping[str, Any]) -> Verdict:
    try:
        tiles.Tile.parse(data.decode())
    except ProofError as error:
        return error.code, None
    return None


def _tile(data: bytes, given: Mapping[str, Any]) -> Verdict:
    try:
        root = tiles.root(given["size"], {(0, 0): data})
    except ProofError as error:
        return error.code, None
    return None if root == checkpoint.decode_base64(given["root"]) else ("bewijs_wortel", None)


def _bundle(data: bytes, _: Mapping[str, Any]) -> Verdict:
    try:
        tiles.decode_bundle(data)
    except ProofError as error:
        return error.code, None
    return None


def _public_key(data: bytes, given: Mapping[str, Any]) -> Verdict:
    members = strict.parse_object(data)
    try:
        if given["for"] == "sign":
            check_signing_key(OkpKey.model_validate(members))
        else:
            public_key(members)
    except KeyRecordError as error:
        return error.code, None
    return None


def _record(data: bytes, _: Mapping[str, Any]) -> Verdict:
    try:
        parse_record(SignedRecord.model_validate(strict.parse_object(data)))
    except KeyRecordError as error:
        return error.code, None
    return None


def directory_of(value: Any) -> Directory:
    """The directory that rows of {first, second?, time} make. Raises :class:`KeyRecordError`."""
    rows = ((SignedRecord(first=row["first"], second=row.get("second")), parse_instant(row["time"])) for row in value)
    return Directory.of(rows)


def _directory(data: bytes, _: Mapping[str, Any]) -> Verdict:
    value = json.loads(data)
    try:
        directory_of(value)
    except KeyRecordError as error:
        number = str(error).removeprefix("record ").split(" ")[0]
        return error.code, f"/{int(number) - 1}" if number.isdigit() else None
    return None


def _pack_files(data: bytes, _: Mapping[str, Any]) -> Verdict:
    files = json.loads(data)
    try:
        pack_yaml.merge(files)
    except YamlError as error:
        return "pakket_vorm", f"{error.file}:{error.line}"
    return None


JUDGES: dict[str, Judge] = {
    "strict": _strict,
    "base64url": _base64url,
    "envelope": _envelope,
    "jws": _jws,
    "manifest": _manifest,
    "act": _manifest,
    "sealed": _sealed,
    "opening": _opening,
    "inner": _inner,
    "disclosure": _disclosure,
    "explanation": _explanation,
    "value": _value,
    "body": _body,
    "checkpoint": _checkpoint,
    "inclusion": _inclusion,
    "consistency": _consistency,
    "tlog-proof": _proof,
    "tile-path": _tile_path,
    "tile": _tile,
    "bundle": _bundle,
    "public-key": _public_key,
    "record": _record,
    "directory": _directory,
    "pack": _pack_files,
}
"""All layers but ``door``, which is a story of its own (:mod:`tests.testkit.door`)."""
