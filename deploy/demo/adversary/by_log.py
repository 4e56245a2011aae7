"""Attacks by the broker on the log, the directory and the packs: who follows them notices, or who audits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from unittest import mock

from connectors import CheckError
from deploy.demo.adversary.attack import Attack, AttackError, Play, Seen
from deploy.demo.adversary.forging import Forger, changed, draw, later, signed
from deploy.demo.adversary.front import Asked, Lie, as_json
from deploy.demo.adversary.ground import Ground
from deploy.demo.adversary.rewriting import Edit, Json, rewritten
from deploy.demo.adversary.thief import payload
from keys import checkpoint
from keys.identity import sign_record
from keys.jws import SigningKey
from schemas import canonical, strict
from schemas.ids import format_instant
from schemas.records import PartyKey

WITHDRAWN = "ggz"
"""The capacity whose agreement is taken back."""
ROUND_SECONDS = 1.5
"""In which what was said gets its place in the log."""
FOLLOWER = "ggz"
AUDITOR = "reclassering"
CONNECTOR = "every connector that saw the log before: it takes nothing more, and keeps both signed notes"
DIRECTORY = "every connector: it keeps its own copy of the directory"
FG = "the fg of a party, by its audit"
NOTHING: Seen = ()


def _log(edit: Callable[[], Edit], *, short: bool = False) -> Callable[[Ground], Awaitable[Lie]]:
    """The log written anew, by an edit of its own; ``short``: only the records and the first three entries."""

    async def make(ground: Ground) -> Lie:
        keep = None
        if short:
            async with ground.front.broker.database.connection() as connection:
                query = "SELECT min(idx) FROM entry WHERE house = $1 AND body IS NOT NULL"
                keep = int(await connection.fetchval(query, ground.front.house)) + 3
        return await rewritten(ground.front, ground.sandbox.founded.origin, edit(), keep)

    return make


def _first_changed() -> Edit:
    """The first body of all says something else."""
    changed: list[str] = []

    def edit(body: Json) -> Json:
        if not changed or changed[0] == body["entry"]:
            changed[:] = [body["entry"]]
            return {**body, "case_seq": int(body["case_seq"]) + 1}
        return body

    return edit


def _polls(make: Callable[[Ground], Awaitable[Lie]]) -> Play:
    """A connector that knows the log takes its inbox."""

    async def play(ground: Ground, lie: bool) -> Seen:
        told = await make(ground) if lie else None
        async with ground.victim(FOLLOWER) as victim:
            with ground.front.lying(told):
                return await victim.polled()

    return play


def _audits(make: Callable[[Ground], Awaitable[Lie]]) -> Play:
    """A party verifies the log by itself."""

    async def play(ground: Ground, lie: bool) -> Seen:
        told = await make(ground) if lie else None
        with ground.front.lying(told):
            return await ground.audit(AUDITOR)

    return play


def _follows(change: Callable[[Ground, Json], None]) -> Play:
    """A connector brings its copy of the directory up to date."""

    async def play(ground: Ground, lie: bool) -> Seen:
        told = as_json(lambda _, page: change(ground, page), "readDirectory") if lie else None
        async with ground.victim(FOLLOWER) as victim:
            with ground.front.lying(told):
                return await victim.followed()

    return play


# ------------------------------------------------------------------------------------------------------ notes


async def _other_key(ground: Ground) -> Lie:
    """The same tree, signed by a key that is not the log's."""

    def resign(text: str) -> str:
        held = checkpoint.parse(text).checkpoint
        return checkpoint.sign(held, SigningKey.generate())

    return as_json(lambda _, page: page.update(checkpoint=resign(page["checkpoint"])), "readInbox")


# -------------------------------------------------------------------------------------------------- directory


def _forged_key(ground: Ground, page: Json) -> None:
    """A new key for the house's address, vouched for by a root of one's own."""
    now = datetime.now(UTC).replace(microsecond=0)
    record = PartyKey(
        record="partij_sleutel",
        house=ground.sandbox.founded.house,
        address=ground.address("huis"),
        key=SigningKey.generate().public,
        not_before=now,
        not_after=now + timedelta(days=1),
    )
    row = {"first": sign_record(record, SigningKey.generate()), "second": None, "time": format_instant(now)}
    page["records"].append({**row, "index": max(one["index"] for one in page["records"] if one["index"]) + 1})


def _dropped(ground: Ground, page: Json) -> None:
    page["records"].pop()


def _of_tomorrow(ground: Ground, page: Json) -> None:
    page["records"][1]["time"] = format_instant(datetime.now(UTC).replace(microsecond=0) + timedelta(days=1))


def _other_officer(ground: Ground, page: Json) -> None:
    """Genesis names other officers; the house's form says which genesis it is."""
    first = page["records"][0]["first"].split(".")
    content = strict.parse_object(strict.decode_base64url(first[1]))
    content["chair"] = SigningKey.generate().public.model_dump()
    first[1] = strict.encode_base64url(str(content).replace("'", '"').encode())
    page["records"][0]["first"] = ".".join(first)


async def _forged_pack(ground: Ground, lie: bool) -> Seen:
    """A connector whose program does not bring the pack fetches it: one word of it was changed."""

    def change(_: Asked, page: dict[str, Any]) -> None:
        name = next(one for one in page["files"] if one.endswith("ceilings.yaml"))
        page["files"][name] = page["files"][name].replace("level: B", "level: D", 1)

    told = as_json(change, "readPack") if lie else None
    with mock.patch("connectors.exchanges.house.packs.names", return_value=()), ground.front.lying(told):
        try:
            async with ground.victim(FOLLOWER) as victim:
                return await victim.followed()
        except CheckError as error:
            return (error.code,)


# ------------------------------------------------------------------------------------------------ a withdrawal


async def _withheld(ground: Ground, lie: bool) -> Seen:
    """The notifier takes an agreement back; the broker records it and does not deliver it to the house."""
    notifier = ground.thief("emmen")

    def say() -> str:
        given = [one for one in notifier.manifests() if (one["kind"], one["case"]) == ("akkoord", ground.case)]
        agreed = next(one for one in given if one["act"]["for"]["holder"] == WITHDRAWN)
        ident = Forger.number()
        fresh = {"created": later(), "expires": later(hours=8), "phase": "triage"}
        texts = [
            changed(agreed, {**fresh, "id": ident, "act.decision": "ingetrokken"}),
            changed(notifier.last(ground.case, "geinformeerd"), {**fresh, "id": Forger.number()}),  # something after it
        ]
        for one in texts:
            answer = notifier.post(signed(one, notifier.signer()))
            if answer.status != HTTPStatus.ACCEPTED:
                raise AttackError(f"the notifier could not say it: {answer.seen}")
        return ident

    async with ground.away("huis"), ground.victim("huis") as victim:
        ident = await asyncio.to_thread(say)
        await asyncio.sleep(ROUND_SECONDS)

        def edit(_: Asked, page: Json) -> None:
            rows = page["deliveries"]
            page["deliveries"] = [
                one for one in rows if not one["envelope"] or payload(one["envelope"]["manifest"])["id"] != ident
            ]

        with ground.front.lying(as_json(edit, "readInbox") if lie else None):
            await victim.polled()
            found = await ground.audit("huis", victim.place.settings.data.parent)
    # What thieves signed with the house's key is found too; that is another attack.
    return tuple(code for code in found if code != "vermelding_niet_van_ons")


# ------------------------------------------------------------------------------------------------------ audits


def _entries(change: Callable[[list[Json]], list[Json]]) -> Callable[[Ground], Awaitable[Lie]]:
    async def make(ground: Ground) -> Lie:
        return as_json(lambda _, page: page.update(entries=change(page["entries"])), "readEntries")

    return make


def _edited(rows: list[Json]) -> list[Json]:
    if not rows:
        return rows
    body = strict.parse_object(rows[0]["body"].encode())
    return [{**rows[0], "body": canonical.encode({**body, "blind": draw()}).decode()}, *rows[1:]]


async def _hidden_record(ground: Ground) -> Lie:
    return as_json(lambda _, page: page["records"].pop(), "readDirectory")


async def _other_tile(ground: Ground) -> Lie:
    def lie(asked: Asked, data: bytes) -> bytes:
        return bytes([data[0] ^ 1]) + data[1:] if asked.route == "readTile" and data else data

    return lie


def _attack(
    ident: str, threats: tuple[str, ...], does: str, who: str, sees: Seen, play: Play, *, shown: bool = False
) -> Attack:
    return Attack(ident, threats, "the broker", does, who, sees, play, NOTHING, shown=shown)


def _same(body: Json) -> Json:
    return body


BY_LOG: tuple[Attack, ...] = (
    _attack(
        "forked-log",
        ("T3", "T21"),
        "signs a second log in which one entry says something else",
        CONNECTOR,
        ("logboek_gespleten",),
        _polls(_log(_first_changed)),
        shown=True,
    ),
    _attack(
        "shrunk-log",
        ("T3", "T21"),
        "goes back to a log of three entries, as after an old backup",
        CONNECTOR,
        ("logboek_gekrompen",),
        _polls(_log(lambda: _same, short=True)),
    ),
    _attack(
        "note-of-another",
        ("T3",),
        "serves a checkpoint signed by another key",
        CONNECTOR,
        ("logboek_bewijs",),
        _polls(_other_key),
    ),
    _attack(
        "forged-key-record",
        ("T2",),
        "adds a key for the house's address that no party root signed",
        DIRECTORY,
        ("directory_ongeldig",),
        _follows(_forged_key),
    ),
    _attack(
        "record-dropped",
        ("T2", "T4"),
        "leaves a record out of the directory",
        DIRECTORY,
        ("directory_veranderd",),
        _follows(_dropped),
    ),
    _attack(
        "record-of-tomorrow",
        ("T5",),
        "says that a record is of tomorrow",
        DIRECTORY,
        ("directory_tijd",),
        _follows(_of_tomorrow),
    ),
    _attack(
        "forged-genesis",
        ("T2",),
        "puts a chair of its own into the genesis",
        DIRECTORY,
        ("directory_ongeldig",),
        _follows(_other_officer),
    ),
    _attack(
        "forged-pack",
        ("T6", "T28"),
        "serves a pack in which one ceiling is higher",
        "every connector that fetches it: the bytes are not those of the digest in the messages",
        ("pakket_ongeldig",),
        _forged_pack,
    ),
    _attack(
        "audit-forked-log",
        ("T3",),
        "serves a second log to who audits",
        FG,
        ("logboek_gespleten",),
        _audits(_log(_first_changed)),
    ),
    _attack(
        "audit-shrunk-log",
        ("T3", "T21"),
        "serves a shorter log to who audits",
        FG,
        ("logboek_gekrompen", "vermelding_verzwegen"),
        _audits(_log(lambda: _same, short=True)),
    ),
    _attack(
        "audit-omitted-entry",
        ("T4",),
        "does not show a party one of its entries",
        FG,
        ("vermelding_verzwegen",),
        _audits(_entries(lambda rows: rows[1:])),
        shown=True,
    ),
    _attack(
        "withheld-withdrawal",
        ("T4",),
        "does not deliver to the house that the notifier took an agreement back",
        FG,
        ("vermelding_onbekend",),
        _withheld,
    ),
    _attack(
        "audit-edited-body",
        ("T6",),
        "shows a party another text of an entry than the log has",
        FG,
        ("vermelding_anders",),
        _audits(_entries(_edited)),
    ),
    _attack(
        "audit-order",
        ("T11",),
        "shows a party its entries in another order",
        FG,
        ("volgorde_anders",),
        _audits(_entries(lambda rows: rows[::-1])),
    ),
    _attack(
        "audit-hidden-record",
        ("T2", "T4"),
        "hides a record that stands in the log",
        FG,
        ("besluit_verzwegen",),
        _audits(_hidden_record),
    ),
    _attack(
        "audit-other-tile",
        ("T3",),
        "changes a tile that others use for proofs",
        FG,
        ("tegel_anders",),
        _audits(_other_tile),
    ),
)
