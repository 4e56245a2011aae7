"""What is inside a seal and should not be: found by the recipient after opening, filed nowhere, told without the value.

The sender holds its real keys and signs what it sends; past its own checks. Exact messages lead to a
``minimalisatie_schending``; what was wrong with a ceiling answer goes sealed, to its sender alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from connectors import UseError
from connectors.desk import stories
from connectors.exchanges import answering, keys_of_cases, notifying
from connectors.exchanges.drafting import About, Salted, explained, new_reference, salt
from connectors.exchanges.notifying import Notified, notify
from keys.sealing import Recipient
from schemas.canonical import digest_text
from schemas.content import Inner
from schemas.ids import Address, MessageId, SubjectRef, Term
from schemas.manifest import Manifest
from schemas.policy import Allowed
from tests.connectors.exchange import PERSON, Exchange, form
from tests.connectors.parties import COLLEGE, HOUSE, TOWN

pytestmark = pytest.mark.slow

BSN = "123456782"
"""Passes the elfproef."""
OK = stories.Approval(by="mw-12", explanation="Nodig voor het eerste beeld.", bericht={"betrokkenheid": "actueel"})


@pytest_asyncio.fixture
async def exchange(tmp_path: Path) -> AsyncIterator[Exchange]:
    made = await Exchange(tmp_path).open(HOUSE, TOWN, COLLEGE)
    yield made
    await made.close()


@pytest.fixture
def bold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Senders that do not look at what they seal; recipients look as ever."""
    monkeypatch.setattr("connectors.exchanges.outgoing.check_going", lambda *_: None)


async def codes(exchange: Exchange, who: Address) -> list[str]:
    return [finding.code for finding in await stories.findings(exchange[who])]


def said(exchange: Exchange, kind: str) -> list[Manifest]:
    """The manifests of a kind in the ledger."""
    return [entry.source.manifest for entry in exchange.broker.entries if entry.source.manifest.kind == kind]


def everything(exchange: Exchange) -> str:
    """All that the broker has in clear."""
    return str([(entry.body, entry.source.manifest) for entry in exchange.broker.entries])


# ------------------------------------------------------------------------------------------------- exact messages


def again(one: Salted, party: Address, **values: Any) -> Salted:
    """The item with other values (None: without that field), salted and announced as it should be."""
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
    mixed = {name: value for name, value in {**one.values, **values}.items() if value is not None}
    return salt(about, mixed, party)


async def send(exchange: Exchange, done: Notified, category: str, **values: Any) -> MessageId:
    """A second notification in the case, signed by the town, in which one item says something else."""
    place, now = exchange[TOWN], exchange.clock.now
    content = notifying._items(place, form(), TOWN, done.subjects, now)
    items = tuple(again(one, TOWN, **values) if one.item.category == category else one for one in content.items)
    async with place.database.begin() as tx:
        key = await keys_of_cases.peer(tx, done.case, "aanmelding", HOUSE, now)
    assert isinstance(key, Recipient)
    made = notifying._Content(items, content.grounds)
    sent = await notifying._send(place, form(), TOWN, done.case, made, key)
    assert isinstance(sent, MessageId)
    await exchange.settle()
    return sent


async def rejected(exchange: Exchange, done: Notified, sent: MessageId) -> tuple[str, str]:
    """Nothing filed; both sides have the code; the ledger has place and code, and no value. Gives code and place."""
    held = await stories.case_items(exchange[HOUSE], done.case)
    assert {item.message for item in held} == {done.message}
    violation, receipt = said(exchange, "minimalisatie_schending")[-1], said(exchange, "ontvangst")[-1]
    assert violation.act is not None
    assert receipt.act is not None
    told, received = violation.act.model_dump(), receipt.act.model_dump()
    assert (told["of"], received["of"], received["result"]) == (sent, sent, "refused")
    (finding,) = told["findings"]
    assert (await codes(exchange, HOUSE))[-1] == (await codes(exchange, TOWN))[-1] == finding["code"]
    assert BSN not in everything(exchange)
    return finding["code"], finding["path"]


VALUES: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "BSN in a free text": ("bericht", {"aanleiding": f"Bekend onder {BSN}."}, "bsn", "/aanleiding"),
    "BSN with spaces": ("bericht", {"onderbouwing": "nr. 1234 56 782"}, "bsn", "/onderbouwing"),
    "BSN in other digits": (
        "bericht",
        {"aanleiding": "nr. \u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0662"},
        "bsn",
        "/aanleiding",
    ),
    "BSN as a name": ("personalia", {"voornamen": BSN}, "bsn", "/voornamen"),
    "BSN as a number": ("personalia", {"voornamen": int(BSN)}, "bsn", "/voornamen"),
    "a forbidden name inside": ("personalia", {"voornamen": {"nationaliteit": "x"}}, "verboden_veld", "/voornamen"),
    "an object for a text": ("personalia", {"voornamen": {"roepnaam": "Mees"}}, "waarde_type", "/voornamen"),
    "a day that is none": ("personalia", {"geboortedatum": "1988-02-30"}, "dag_onjuist", "/geboortedatum"),
    "an empty text": ("bericht", {"aanleiding": " "}, "waarde_leeg", "/aanleiding"),
    "more text than agreed": ("bericht", {"aanleiding": "a" * 501}, "waarde_te_lang", "/aanleiding"),
    "a text that reads otherwise": ("bericht", {"aanleiding": "a\u202eb"}, "waarde_tekens", "/aanleiding"),
    "a code of fantasy": ("bericht", {"criteria": ["eigen_criterium"]}, "waarde_niet_in_lijst", "/criteria"),
    "a category not declared": ("bericht", {"bevat_categorieen": None}, "categorieen_ontbreken", "/bevat_categorieen"),
    "a category that may not go": (
        "bericht",
        {"bevat_categorieen": ["justitiele_gegevens"]},
        "categorie_niet_toegestaan",
        "/bevat_categorieen",
    ),
}


@pytest.mark.usefixtures("bold")
@pytest.mark.rule("B4-x", part="C", shows="refused")
async def test_values_that_may_not_go(exchange: Exchange) -> None:
    done = await exchange.notified()
    for what, (category, values, code, path) in VALUES.items():
        sent = await send(exchange, done, category, **values)
        assert (what, await rejected(exchange, done, sent)) == (what, (code, path))


def one_more(items: tuple[Salted, ...]) -> tuple[str, ...]:
    extra = again(items[0], TOWN, geboorteland="x")
    return (*(text for one in items for text in one.disclosures), extra.disclosures[-1])


def one_less(items: tuple[Salted, ...]) -> tuple[str, ...]:
    return tuple(text for one in items for text in one.disclosures)[1:]


def one_twice(items: tuple[Salted, ...]) -> tuple[str, ...]:
    return (*(text for one in items for text in one.disclosures), items[0].disclosures[0])


def not_one(items: tuple[Salted, ...]) -> tuple[str, ...]:
    return ("geen onthulling", *one_less(items))


DISCLOSED: dict[str, tuple[Callable[[tuple[Salted, ...]], tuple[str, ...]], str, str]] = {
    "an unasked field inside": (one_more, "onthulling_zonder_digest", "/geboorteland"),
    "one missing": (one_less, "digest_zonder_onthulling", "/geslachtsnaam"),
    "one twice": (one_twice, "onthulling_dubbel", "/geslachtsnaam"),
    "one that is none": (not_one, "onthulling", "/manifest"),
}


@pytest.mark.usefixtures("bold")
async def test_disclosures_go_one_to_one(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    done = await exchange.notified()
    for what, (lie, code, path) in DISCLOSED.items():
        monkeypatch.setattr(notifying, "all_disclosures", lie)
        sent = await send(exchange, done, "bericht")
        assert (what, await rejected(exchange, done, sent)) == (what, (code, path))


EXPLAINED: dict[str, tuple[Callable[[str, str], Any], str, str]] = {
    "another": (lambda c, text: (explained(c, text)[0], explained(c, "anders")[1]), "toelichting", "/manifest"),
    "none": (lambda c, text: (explained(c, text)[0], None), "toelichting", "/manifest"),
    "with a BSN": (lambda c, text: explained(c, f"{text} BSN {BSN}"), "bsn", "/toelichting"),
}


@pytest.mark.usefixtures("bold")
async def test_an_explanation_is_the_one_committed_to(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    done = await exchange.notified()
    for what, (lie, code, path) in EXPLAINED.items():
        monkeypatch.setattr(notifying, "explained", lie)
        sent = await send(exchange, done, "bericht")
        assert (what, await rejected(exchange, done, sent)) == (what, (code, path))


@pytest.mark.parametrize(
    "changes",
    [{"aanleiding": f"Bekend onder {BSN}."}, {"explanation": f"Zie {BSN}."}, {"onderbouwing": "a\u202eb"}],
)
async def test_an_honest_connector_stops_it_at_home(exchange: Exchange, changes: dict[str, str]) -> None:
    with pytest.raises(UseError) as caught:
        await notify(exchange[TOWN], form(**changes))
    assert BSN not in str(caught.value)
    assert exchange.broker.entries == []


# ------------------------------------------------------------------------------------------------- ceiling answers


@pytest_asyncio.fixture
async def asked(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> Notified:
    """A case in triage; the college knows the person, and its own kernel no longer stops it."""
    exchange.sources[COLLEGE].add("7", {"woonsituatie": {"woonvorm": "huur"}}, **PERSON)
    done = await exchange.in_triage()
    monkeypatch.setattr("connectors.exchanges.outgoing.decide_inner", lambda *_: Allowed())
    return done


async def answered(exchange: Exchange, done: Notified) -> tuple[str, bool]:
    """Ask, approve honestly and let it go: not filed, no outcome on the board, no word in the ledger.

    Gives the code that the house found, and whether the college heard of it.
    """
    await exchange.asked(done, COLLEGE)
    line = next(line for line in await stories.questions(exchange[COLLEGE]) if line.state == "open")
    await stories.approve(exchange[COLLEGE], line.id, OK)
    before = len(await codes(exchange, COLLEGE))
    exchange.clock.forward(hours=1, seconds=3)
    await exchange.settle()
    row = next(row for row in await stories.board(exchange[HOUSE], done.case) if row.question == line.id)
    assert (row.state, row.outcome) == ("opgehaald", None)
    held = await stories.case_items(exchange[HOUSE], done.case)
    assert COLLEGE not in {item.party for item in held}
    assert said(exchange, "minimalisatie_schending") == []
    receipt = said(exchange, "ontvangst")[-1]
    assert receipt.act is not None
    code = (await codes(exchange, HOUSE))[-1]
    told = code in (await codes(exchange, COLLEGE))[before:]
    # Without a key to answer to nothing can be sealed; in clear that is an answer that could not be opened.
    assert receipt.act.model_dump()["result"] == ("received" if told else "key_closed")
    assert code not in everything(exchange)
    assert BSN not in everything(exchange)
    return code, told


def other_subject(one: Salted) -> Salted:
    item = one.item.model_copy(update={"subject": new_reference(SubjectRef)})
    return Salted(item, one.disclosures, one.values)


def level_d(one: Salted) -> Salted:
    return Salted(one.item.model_copy(update={"level": "D"}), one.disclosures, one.values)


ITEMS: dict[str, tuple[Callable[[Salted], Salted], str]] = {
    "BSN in a reservation": (
        lambda one: again(one, COLLEGE, voorbehoud=f"Zie {BSN}", bevat_categorieen=["personalia"]),
        "bsn",
    ),
    "a field that was not asked": (lambda one: again(one, COLLEGE, aanleiding="Zomaar."), "niet_toegestaan"),
    "a forbidden field": (lambda one: again(one, COLLEGE, bsn=BSN), "niet_toegestaan"),
    "more detail": (level_d, "niet_toegestaan"),
    "about somebody else": (other_subject, "niet_toegestaan"),
    "a code of fantasy": (lambda one: again(one, COLLEGE, betrokkenheid="altijd"), "waarde_niet_in_lijst"),
    "a kind of involvement of others": (
        lambda one: again(one, COLLEGE, aard_betrokkenheid=["opsporing"]),
        "waarde_niet_in_lijst",
    ),
}


@pytest.mark.usefixtures("bold")
async def test_items_of_an_answer_that_may_not_go(
    exchange: Exchange, asked: Notified, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = answering._items
    for what, (change, code) in ITEMS.items():
        monkeypatch.setattr(answering, "_items", spoiling(honest, change))
        assert (what, await answered(exchange, asked)) == (what, (code, True))


def spoiling(honest: Callable[..., tuple[Salted, ...]], change: Callable[[Salted], Salted]) -> Callable[..., Any]:
    def lying(*given: Any) -> tuple[Salted, ...]:
        return tuple(change(one) if one.item.category == "bericht" else one for one in honest(*given))

    return lying


INNER: dict[str, tuple[Callable[[Inner], Inner], str, bool]] = {
    "an outcome of fantasy": (lambda i: i.model_copy(update={"outcome": Term("misschien")}), "niet_toegestaan", True),
    "data with an unknown person": (
        lambda i: i.model_copy(update={"outcome": Term("niet_bekend")}),
        "niet_toegestaan",
        True,
    ),
    "of another answer": (
        lambda i: i.model_copy(update={"id": MessageId("0190c0de-0000-7000-8000-000000000001")}),
        "binnenste_fout",
        False,
    ),
}


@pytest.mark.usefixtures("bold")
async def test_an_inner_part_that_does_not_fit(
    exchange: Exchange, asked: Notified, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = answering._inner
    for what, (change, code, told) in INNER.items():

        def lying(*given: Any, change: Callable[[Inner], Inner] = change) -> tuple[Inner, str]:
            inner, opening = honest(*given)
            return change(inner), opening

        monkeypatch.setattr(answering, "_inner", lying)
        # An inner part that is none has no key to answer to.
        assert (what, await answered(exchange, asked)) == (what, (code, told))
    monkeypatch.setattr(answering, "_inner", honest)
    monkeypatch.setattr(answering, "digest_text", lambda text: digest_text(text + " "))
    assert await answered(exchange, asked) == ("binnenste_fout", False)
