"""Attacks by a party that runs a connector which somebody changed: it signs well, and what is inside does not belong.

The broker cannot see it; the recipient does, after opening. And attacks by the broker on who seals: a key that was
swapped, and one that is withheld.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from connectors import UseError
from connectors.desk import stories
from connectors.desk.stories import Approval
from connectors.exchanges import answering
from connectors.exchanges.drafting import About, Salted, salt
from connectors.exchanges.notifying import Form, notify
from deploy.demo.adversary.attack import Attack, AttackError, Play, Seen
from deploy.demo.adversary.front import Asked, as_json
from deploy.demo.adversary.ground import WITHIN, Ground, changed_program
from deploy.demo.adversary.rewriting import Json
from deploy.demo.adversary.thief import payload
from deploy.demo.adversary.victim import Victim
from keys.sealing import ReceiveKey
from schemas import canonical, strict
from schemas.ids import Address, format_instant
from schemas.policy import Allowed

INSIDER: Final = "a party with a changed connector"
HOUSE = "the house's connector, after opening: nothing is filed, and the sender is told the place without the value"
SEALER = "who would have sealed to it: nothing with a name leaves"
NOTIFIER, ANSWERER = "emmen", "politie"
BSN = "123456782"
"""Made up; passes the elfproef."""
EXPLAINED = "Nodig voor het eerste beeld van deze proef."


def form(**changes: Any) -> Form:
    """A notification about somebody who is nobody."""
    return Form.model_validate(
        {
            "function": "college_bw",
            "persons": [
                {
                    "personalia": {
                        "geslachtsnaam": "Verzonnen",
                        "voornamen": "Proef Persoon",
                        "geboortedatum": "1971-02-03",
                    }
                }
            ],
            "criteria": ["lk_meervoudig"],
            "aanleiding": "Proef van een aanval.",
            "gewenst_resultaat": "Dat iemand het merkt.",
            "onderbouwing": "Meer dan één organisatie.",
            "explanation": EXPLAINED,
            "informed": {"at": datetime.now(UTC).date().isoformat(), "how": "gesprek"},
            **changes,
        }
    )


async def _notifies(ground: Ground, given: Form, program: Mapping[str, object]) -> Seen:
    """A party opens a case; what the house's running connector makes of it."""
    before = len(await ground.findings("huis"))
    async with ground.away(NOTIFIER), ground.victim(NOTIFIER, honest=True) as sender:
        with changed_program(**program):
            sender.connector.start()
            try:
                done = await notify(sender.place, given, wait=WITHIN)
            finally:
                await sender.connector.rest()
        if done.message is None:
            raise AttackError("the notification did not leave")
        return await _filed_or_found(ground, str(done.case), before)


async def _filed_or_found(ground: Ground, case: str, before: int) -> Seen:
    end = asyncio.get_running_loop().time() + WITHIN
    while asyncio.get_running_loop().time() < end:
        if rows := (await ground.findings("huis"))[before:]:
            return tuple(sorted({f"{row['code']} {row['path'] or ''}".rstrip() for row in rows}))
        said = await ground.ask("huis", "case", case=case)
        if said.code == 0 and said.data["items"]:
            return ("filed",)
        await asyncio.sleep(0.2)
    return ("nothing",)


BOLD: Mapping[str, object] = {"outgoing__check_going": lambda *_: None, "notifying___check_values": lambda *_: None}


async def _bsn_in_text(ground: Ground, lie: bool) -> Seen:
    text = f"Bekend onder {BSN}." if lie else "Bekend bij de wijk."
    return await _notifies(ground, form(aanleiding=text), BOLD)


def _again(one: Salted, party: Address, values: Mapping[str, Any]) -> Salted:
    item = one.item
    about = About(
        subject=item.subject,
        subject_category=item.subject_category,
        category=item.category,
        level=item.level,
        regime=item.regime,
        as_of=item.as_of,
        nature=item.nature,
        ground=item.ground,
    )
    return salt(about, {**one.values, **values}, party)


async def _unasked_inside(ground: Ground, lie: bool) -> Seen:
    """One more disclosure than the manifest announces."""

    def more(items: tuple[Salted, ...]) -> tuple[str, ...]:
        extra = _again(items[0], ground.address(NOTIFIER), {"geboorteland": "x"}).disclosures[-1]
        return (*(text for one in items for text in one.disclosures), extra)

    return await _notifies(ground, form(), {**BOLD, "notifying__all_disclosures": more} if lie else BOLD)


# ---------------------------------------------------------------------------------------------------- an answer


def _answers(change: Callable[[Salted, Address], Salted]) -> Play:
    """The police answer a question about P; honest: what the professional ticked."""

    async def play(ground: Ground, lie: bool) -> Seen:
        me, honest = ground.address(ANSWERER), answering._items

        def items(*given: Any) -> tuple[Salted, ...]:
            return tuple(change(one, me) if one.item.category == "bericht" else one for one in honest(*given))

        program = {"outgoing__check_going": lambda *_: None, "outgoing__decide_inner": lambda *_: Allowed()}
        async with ground.away(ANSWERER):
            question = await _asked(ground, me)
            async with ground.victim(ANSWERER, honest=True) as sender:
                before = len(await ground.findings("huis"))
                with changed_program(**{**program, "answering___items": items} if lie else {}):
                    await _answer(sender, question)
                    return await _board_or_found(ground, question, before)

    return play


async def _asked(ground: Ground, to: Address) -> str:
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=8)
    said = await ground.ask(
        "huis",
        "ask",
        case=ground.case,
        person="1",
        of=[str(to)],
        explanation=EXPLAINED,
        answer_at=format_instant(at),
        expires=format_instant(at + timedelta(minutes=10)),
    )
    if said.code or said.data[0]["outcome"] != "sent":
        raise AttackError(f"the house could not ask: {said.error or said.data[0].get('outcome')}")
    return str(said.data[0]["id"])


async def _answer(sender: Victim, question: str) -> None:
    """Approve at the desk; the answer goes at its moment."""
    ok = Approval(by="medewerker 12", explanation=EXPLAINED, bericht={"betrokkenheid": "actueel"})
    sender.connector.start()
    try:
        end = asyncio.get_running_loop().time() + WITHIN
        while True:
            lines = [line for line in await stories.questions(sender.place) if line.id == question]
            if lines and lines[0].match is not None:
                break
            if asyncio.get_running_loop().time() > end:
                raise AttackError("the question did not come")
            await asyncio.sleep(0.2)
        await stories.approve(sender.place, lines[0].id, ok)
        await sender.place.arrivals.until(lambda: _gone(sender, question), WITHIN)
    finally:
        await sender.connector.rest()


async def _gone(sender: Victim, question: str) -> bool | None:
    """True once the question waits no more."""
    return None if question in {line.id for line in await stories.questions(sender.place)} else True


async def _board_or_found(ground: Ground, question: str, before: int) -> Seen:
    end = asyncio.get_running_loop().time() + WITHIN
    while asyncio.get_running_loop().time() < end:
        if rows := (await ground.findings("huis"))[before:]:
            return tuple(sorted({f"{row['code']} {row['path'] or ''}".rstrip() for row in rows}))
        said = await ground.ask("huis", "board", case=ground.case)
        for row in said.data or ():
            if row["question"] == question and row["outcome"]:
                return (str(row["outcome"]),)
        await asyncio.sleep(0.3)
    return ("nothing",)


# ------------------------------------------------------------------------------------------- keys to be sealed to


def _seals(change: Callable[[Json], bool]) -> Play:
    """A party opens a case, and the broker does something to the key that the house publishes for it."""

    async def play(ground: Ground, lie: bool) -> Seen:
        def edit(_: Asked, page: Json) -> None:
            kept = []
            for row in page["deliveries"]:
                sleutel = row["envelope"] and payload(row["envelope"]["manifest"])["kind"] == "sleutel"
                if not sleutel or change(row):
                    kept.append(row)
            page["deliveries"] = kept

        async with ground.away(NOTIFIER), ground.split(NOTIFIER) as sender:
            await sender.polled()  # what came for others that played this party
            before = len(await sender.codes())
            with ground.front.lying(as_json(edit, "readInbox") if lie else None):
                sender.connector.start()
                try:
                    done = await notify(sender.place, form(), wait=6 if lie else WITHIN)
                    return ("sent",) if done.message else ("refused",)
                except UseError:
                    return (*sorted(set((await sender.codes())[before:])), "no key: nothing was sealed")
                finally:
                    await sender.connector.rest()

    return play


def _swapped(row: Json) -> bool:
    """The key of the message is the broker's own, everything else as it was."""
    header, body, signature = row["envelope"]["manifest"].split(".")
    content = strict.parse_object(strict.decode_base64url(body))
    mine = ReceiveKey.generate()
    acts: Any = content["act"]
    acts["keys"][0] |= {"kid": mine.kid, "pub": mine.public.model_dump()}
    row["envelope"]["manifest"] = ".".join((header, strict.encode_base64url(canonical.encode(content)), signature))
    return True


BY_INSIDER: tuple[Attack, ...] = (
    Attack(
        "bsn-inside",
        ("T7",),
        INSIDER,
        "hides a citizen's number in the free text of a notification",
        HOUSE,
        ("bsn /aanleiding",),
        _bsn_in_text,
        ("filed",),
        shown=True,
    ),
    Attack(
        "unasked-inside",
        ("T7",),
        INSIDER,
        "seals a field more than it announces",
        HOUSE,
        ("onthulling_zonder_digest /geboorteland",),
        _unasked_inside,
        ("filed",),
    ),
    Attack(
        "bsn-in-an-answer",
        ("T7",),
        INSIDER,
        "hides a citizen's number in an answer, under a ceiling that the broker cannot see below",
        "the house's connector, after opening; the sender alone is told, sealed",
        ("bsn /voorbehoud",),
        _answers(lambda one, me: _again(one, me, {"voorbehoud": f"Zie {BSN}", "bevat_categorieen": ["personalia"]})),
        ("bekend",),
    ),
    Attack(
        "unasked-in-an-answer",
        ("T7",),
        INSIDER,
        "answers more than was asked, under a ceiling that the broker cannot see below",
        "the house's connector, after opening; the sender alone is told, sealed",
        ("niet_toegestaan",),
        _answers(lambda one, me: _again(one, me, {"aanleiding": "Zomaar."})),
        ("bekend",),
    ),
    Attack(
        "swapped-recipient-key",
        ("T2",),
        "the broker",
        "puts a key of its own into the message by which the house publishes its key",
        SEALER,
        ("handtekening_fout", "no key: nothing was sealed"),
        _seals(_swapped),
        ("sent",),
    ),
    Attack(
        "withheld-key",
        ("T4",),
        "the broker",
        "does not deliver the key that the house publishes",
        SEALER,
        ("no key: nothing was sealed",),
        _seals(lambda _: False),
        ("sent",),
    ),
)
