"""Attacks by the broker on who receives: with its TLS certificate, its database and its log key.

The victim is the connector of a party that was away while a question came; it takes its inbox from the lying door.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from connectors import CheckError
from deploy.demo.adversary.attack import Attack, AttackError, Play, Seen
from deploy.demo.adversary.forging import changed, later, own_key
from deploy.demo.adversary.front import Asked, Lie, as_json
from deploy.demo.adversary.ground import AWAY, Ground
from deploy.demo.adversary.rewriting import Edit, Json, rewritten
from keys.binding import sealed_digest
from schemas import strict
from schemas.canonical import digest_text
from schemas.ids import format_instant, parse_instant

BROKER = "the broker"
RECIPIENT = "the recipient's connector: nothing is opened, a finding for a person"
FILED: Seen = ("filed",)
INBOX = "readInbox"


def _questions(change: Callable[[Json], None], entry: str | None = None) -> Lie:
    """A lie about every question in an inbox, or about the one of that entry."""

    def edit(_: Asked, page: dict[str, Any]) -> None:
        for delivery in page["deliveries"]:
            question = delivery["envelope"] and _kind(delivery["envelope"]["manifest"]) == "triagevraag"
            if question and (entry is None or entry in delivery["body"]):
                change(delivery)

    return as_json(edit, INBOX)


def _kind(manifest: str) -> str:
    return str(strict.parse_object(strict.decode_base64url(manifest.split(".")[1]))["kind"])


async def _received(ground: Ground, lie: Lie | None) -> Seen:
    """What a copy of the party that was away makes of its inbox: findings, or that questions were filed."""
    with ground.front.lying(lie):  # from the first word on, so that the lies do not contradict one another
        try:
            async with ground.victim(AWAY) as victim:
                before = await victim.questions()
                codes = await victim.polled()
                return codes or (FILED if await victim.questions() > before else ("nothing",))
        except CheckError as error:
            return (error.code,)


def _delivered(change: Callable[[Json], None]) -> Play:
    async def play(ground: Ground, lie: bool) -> Seen:
        return await _received(ground, _questions(change) if lie else None)

    return play


def _in_the_log(edit: Edit, change: Callable[[Json], None] | None = None) -> Play:
    """The entry of the question says something else, and the log was signed so; ``change``: its delivery too."""

    async def play(ground: Ground, lie: bool) -> Seen:
        if not lie:
            return await _received(ground, None)
        entry = await _waiting(ground)
        log = await rewritten(
            ground.front,
            ground.sandbox.founded.origin,
            lambda body: edit(body) if body["entry"] == entry else body,
        )
        first = _questions(change, entry) if change else None
        return await _received(ground, lambda asked, data: log(asked, first(asked, data) if first else data))

    return play


async def _waiting(ground: Ground) -> str:
    """The entry of the last question to who is away."""
    async with ground.front.broker.database.connection() as connection:
        found = await connection.fetchval(
            "SELECT entry FROM entry JOIN message USING (seq) WHERE kind = 'triagevraag' AND recipients @> ARRAY[$1]"
            " ORDER BY seq DESC LIMIT 1",
            str(ground.address(AWAY)),
        )
    if found is None:
        raise AttackError("no question waits for who is away")
    return str(found)


# ------------------------------------------------------------------------------------------------- the message


def _flipped(text: str, at: int) -> str:
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


def _in_envelope(name: str, change: Callable[[str], str]) -> Callable[[Json], None]:
    def edit(delivery: Json) -> None:
        delivery["envelope"][name] = change(delivery["envelope"][name])

    return edit


def _ciphertext(text: str) -> str:
    parts = json.loads(text)
    return json.dumps({**parts, "ciphertext": _flipped(parts["ciphertext"], 700)}, separators=(",", ":"))


def _phase_in_manifest(text: str) -> str:
    header, payload, signature = text.split(".")
    content = changed(strict.parse_object(strict.decode_base64url(payload)), {"phase": "casusoverleg"})
    return ".".join((header, strict.encode_base64url(json.dumps(content).encode()), signature))


def _to_another(delivery: Json) -> None:
    """What was sealed for one goes to another: the sealed part says for whom it is."""
    parts = json.loads(delivery["envelope"]["sealed"])
    parts["recipients"][0]["header"]["kid"] = "A" * 43
    delivery["envelope"]["sealed"] = json.dumps(parts, separators=(",", ":"))


async def _resealed(ground: Ground, lie: bool) -> Seen:
    """Other content for the recipient's own key, which the broker knows; entry and log say so too."""
    if not lie:
        return await _received(ground, None)
    other = ground.forger().question(key=own_key()).text

    def seal(delivery: Json) -> None:
        delivery["envelope"]["sealed"] = other

    play = _in_the_log(lambda body: {**body, "sealed_sha256": sealed_digest(other)}, seal)
    return await play(ground, True)


async def _misdelivered(ground: Ground, lie: bool) -> Seen:
    """A question to another party, with its own genuine entry."""
    if not lie:
        return await _received(ground, None)
    others = [row for row in ground.thief("huis").entries() if row.get("manifest")]
    theirs = next(row for row in others[::-1] if _kind(row["manifest"]) == "triagevraag" and not _to(row, ground))

    def swap(delivery: Json) -> None:
        delivery["envelope"]["manifest"], delivery["body"] = theirs["manifest"], theirs["body"]

    return await _received(ground, _questions(swap))


def _to(row: Json, ground: Ground) -> bool:
    content = strict.parse_object(strict.decode_base64url(row["manifest"].split(".")[1]))
    return bool(content["to"] == [ground.address(AWAY)])


async def _twice(ground: Ground, lie: bool) -> Seen:
    """The same deliveries under the next numbers."""
    again: list[Json] = []

    def edit(_: Asked, page: dict[str, Any]) -> None:
        if lie:
            again[:] = copy.deepcopy(page["deliveries"])
            last = max((row["n"] for row in again), default=0)
            page["deliveries"] += [{**row, "n": last + number} for number, row in enumerate(again, 1)]
            page["last"] = last + len(again)

    async with ground.victim(AWAY) as victim:
        before = await victim.questions()
        with ground.front.lying(as_json(edit, INBOX)):
            codes = await victim.polled()
        count = await victim.questions() - before
        texts = {row["envelope"]["manifest"] for row in again if row["envelope"]}
        waiting = sum(_kind(text) == "triagevraag" for text in texts) if lie else count
        return codes or (("filed once",) if count == waiting > 0 else (f"filed {count} of {waiting}",))


# --------------------------------------------------------------------------------------------------- the entry


def _facts(change: Callable[[Json], None]) -> Edit:
    def edit(body: Json) -> Json:
        made = copy.deepcopy(body)
        change(made["facts"])
        return made

    return edit


def _phase(facts: Json) -> None:
    facts["case"]["phase"] = "casusoverleg"


def _roster(facts: Json) -> None:
    row = copy.deepcopy(facts["case"]["roster"][0])
    facts["case"]["roster"].append({**row, "address": "00000099000000000001:ggz"})


def _earlier(body: Json) -> Json:
    return {**body, "time": format_instant(parse_instant(body["time"]) - timedelta(minutes=30))}


def _without_source(delivery: Json) -> None:
    del delivery["sources"][0]


def _sources_turned(delivery: Json) -> None:
    delivery["sources"].reverse()


def _without_proof(delivery: Json) -> None:
    delivery["proof"] = None


def _other_proof(delivery: Json) -> None:
    delivery["proof"] = delivery["sources"][0]["proof"]


async def _relaxed(ground: Ground, lie: bool) -> Seen:
    """With the house's key: a question that asks too much, which the broker let through; entry and log say allowed."""
    if not lie:
        return await _received(ground, None)
    forger = ground.forger()
    waiting = ground.thief("huis").last(ground.case, "triagevraag", to=[ground.address(AWAY)])
    ceiling = copy.deepcopy(waiting["act"]["ceiling"])
    ceiling["items"].append({**ceiling["items"][0], "category": "justitiele_gegevens", "level": "D", "fields": ["/x"]})
    sealed = forger.seal(changed(waiting, {"act.ceiling": ceiling, "expires": later(hours=8)}))
    text = forger.sign(sealed)

    def replace(delivery: Json) -> None:
        delivery["envelope"] = {**delivery["envelope"], "manifest": text, "sealed": sealed.text}

    def allowed(body: Json) -> Json:
        return {**body, "manifest_sha256": digest_text(text), "sealed_sha256": sealed_digest(sealed.text)}

    return await _in_the_log(allowed, replace)(ground, True)


def _attack(ident: str, threats: tuple[str, ...], does: str, sees: str, play: Play, *, shown: bool = False) -> Attack:
    return Attack(ident, threats, "the broker", does, RECIPIENT, (sees,), play, FILED, shown=shown)


BY_BROKER: tuple[Attack, ...] = (
    _attack(
        "sealed-bit",
        ("T1", "T11"),
        "turns one bit of the sealed part",
        "logregel_anders",
        _delivered(_in_envelope("sealed", _ciphertext)),
    ),
    _attack(
        "sealed-cut",
        ("T11",),
        "delivers half of the sealed part",
        "logregel_anders",
        _delivered(_in_envelope("sealed", lambda text: text[: len(text) // 2])),
    ),
    _attack(
        "sealed-for-another",
        ("T2",),
        "delivers it as if it were sealed to another key",
        "logregel_anders",
        _delivered(_to_another),
    ),
    _attack(
        "re-sealed-by-broker",
        ("T2",),
        "seals something else to the recipient, and writes entry and log to fit",
        "verzegeling_fout",
        _resealed,
        shown=True,
    ),
    _attack(
        "manifest-phase",
        ("T6", "T9"),
        "moves the phase in a signed message",
        "handtekening_fout",
        _delivered(_in_envelope("manifest", _phase_in_manifest)),
    ),
    _attack(
        "signature-bit",
        ("T11",),
        "turns one bit of a signature",
        "handtekening_fout",
        _delivered(_in_envelope("manifest", lambda text: _flipped(text, len(text) - 40))),
    ),
    _attack("misdelivered", ("T11",), "delivers a question that was for another party", "niet_aan_mij", _misdelivered),
    Attack(
        "delivered-twice",
        ("T11",),
        "the broker",
        "delivers everything twice, under new numbers",
        "nobody needs to: nothing is opened or filed twice",
        ("filed once",),
        _twice,
        ("filed once",),
    ),
    _attack(
        "forged-phase",
        ("T6", "T9"),
        "writes another phase into the facts of an entry, and signs the log so",
        "feiten_kloppen_niet",
        _in_the_log(_facts(_phase)),
        shown=True,
    ),
    _attack(
        "forged-roster",
        ("T6", "T9"),
        "writes somebody into the roster of the case, and signs the log so",
        "feiten_kloppen_niet",
        _in_the_log(_facts(_roster)),
    ),
    _attack(
        "source-withheld",
        ("T4",),
        "leaves out one of the messages that the facts come from",
        "feiten_kloppen_niet",
        _delivered(_without_source),
    ),
    _attack(
        "sources-turned",
        ("T11",),
        "delivers the messages behind the facts in another order",
        "bronnen_volgorde",
        _delivered(_sources_turned),
    ),
    _attack(
        "back-dated",
        ("T5",),
        "dates an entry two hours back, and signs the log so",
        "te_vroeg",
        _in_the_log(_earlier),
    ),
    _attack(
        "without-proof",
        ("T4",),
        "delivers a question without its proof",
        "bewijs_ontbreekt",
        _delivered(_without_proof),
    ),
    _attack("other-proof", ("T3",), "gives the proof of another entry", "bewijs", _delivered(_other_proof)),
    _attack(
        "recorded-as-refused",
        ("T6",),
        "delivers what its own log says was refused",
        "logregel_anders",
        _in_the_log(lambda body: {**body, "outcome": "refused"}),
    ),
    _attack(
        "relaxed-policy",
        ("T6", "T9"),
        "lets through, for who holds the house's key, a question that asks too much",
        "niet_toegestaan",
        _relaxed,
    ),
)
