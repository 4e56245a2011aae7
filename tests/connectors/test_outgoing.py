"""What leaves, what came of it, and what is written down of both, also where answers cross."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connectors import ContentError
from connectors.control import auditing
from connectors.desk import stories
from connectors.exchanges import inbox, keys_of_cases, notifying, outgoing, queries, store
from connectors.exchanges.asking import ask
from connectors.exchanges.drafting import Frame, draft
from connectors.exchanges.notifying import notify
from connectors.exchanges.outgoing import NotSent, Prepared, Sent
from connectors.exchanges.rows import known_row
from schemas.acts import Informed
from schemas.ids import Oin
from schemas.manifest import Manifest
from schemas.policy import Allowed
from tests.connectors.audits import AuditedLink
from tests.connectors.exchange import Exchange, form
from tests.connectors.parties import COLLEGE, HOUSE, TOWN

pytestmark = pytest.mark.slow


async def codes(exchange: Exchange, *, at: Any = TOWN) -> list[str]:
    return [finding.code for finding in await stories.findings(exchange[at])]


async def informing(exchange: Exchange, phase: str) -> Manifest:
    """A message of the town in its case."""
    done = await exchange.notified()
    act = Informed(subjects=done.subjects, at=exchange.clock.now.date(), how="brief")
    frame = Frame(kind="geinformeerd", sender=TOWN, to=(HOUSE,), case=done.case, phase=phase, act=act)
    return draft(exchange[TOWN], frame, exchange.clock.now)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"explanation": "Bekend onder 123456782."}, "/toelichting: bsn"),
        ({"explanation": "a\u202eb"}, "/toelichting: waarde_tekens"),
        ({"aanleiding": "Bekend onder 123456782."}, "bericht/aanleiding: bsn"),
        ({"leefgebieden": ["geestelijke_gezondheid"]}, "bericht/leefgebieden: "),
    ],
)
@pytest.mark.rule("9.2", "B4-x", part="C", shows="refused")
async def test_a_notification_is_looked_at_before_anything_leaves(
    exchange: Exchange, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ContentError, match=said) as caught:
        await notify(exchange[TOWN], form(**changes), wait=0)
    assert "123456782" not in str(caught.value)
    assert exchange.broker.entries == []


async def test_and_again_before_it_is_sealed(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifying, "_check_values", lambda *_: None)
    with pytest.raises(ContentError, match="bericht/aanleiding: bsn"):
        await exchange.notified(aanleiding="Bekend onder 123456782.")
    assert "aanmelding" not in [entry.source.manifest.kind for entry in exchange.broker.entries]


async def test_a_question_is_looked_at_before_anybody_is_asked_for_a_key(exchange: Exchange) -> None:
    done = await exchange.in_triage()
    before = len(exchange.broker.entries)
    with pytest.raises(ContentError, match="/toelichting: waarde_te_lang"):
        await ask(exchange[HOUSE], exchange.asking(done, COLLEGE, explanation="a" * 501), wait=0)
    assert len(exchange.broker.entries) == before


# ------------------------------------------------------------------------------------------- refused by the broker


async def test_the_manifest_of_a_refusal_is_kept_for_the_audit(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the audit decides it again, and notices where the broker leaves it out."""
    manifest = await informing(exchange, "triage")  # the case is in another phase
    with monkeypatch.context() as past:
        past.setattr(outgoing, "decide", lambda *_: Allowed())
        outcome = await outgoing.send(exchange[TOWN], manifest)
    assert isinstance(outcome, NotSent)
    assert not outcome.at_home
    assert await outgoing.hand_in(exchange[TOWN], manifest.id) == NotSent(manifest.id, (), at_home=False)
    await exchange.settle()
    served, later = AuditedLink(exchange.broker, Oin(TOWN.oin)), exchange.clock.now + timedelta(hours=1)
    report = await auditing.audit_house(exchange[TOWN].settings, served, lambda *_: None, later)
    assert (report.ok, {one.code for one in report.unchecked}) == (True, {"eigen_sleutels"})
    assert report.replayed == report.own_entries == report.register
    served.entry = lambda entry: entry if entry.allowed else None
    report = await auditing.audit_house(exchange[TOWN].settings, served, lambda *_: None, later)
    assert [(problem.code, problem.what) for problem in report.problems] == [("vermelding_verzwegen", manifest.id)]


async def test_of_what_was_refused_no_ciphertext_is_kept(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    done = await exchange.in_triage()
    await exchange.asked(done, COLLEGE)
    monkeypatch.setattr(outgoing, "decide", lambda *_: Allowed())
    (asked,) = await ask(exchange[HOUSE], exchange.asking(done, COLLEGE, answer_at=exchange.clock.now), wait=0)
    assert isinstance(asked.outcome, NotSent)
    async with exchange[HOUSE].database.begin() as tx:
        row = await queries.sent(tx, asked.outcome.id)
    assert row is not None
    assert row.data is not None
    assert b'"sealed":null' in row.data


# --------------------------------------------------------------------------------------------- answers that cross


async def unanswered(exchange: Exchange) -> Manifest:
    """A message that the broker took, of whose answer the town knows nothing: it fell just then."""
    town, manifest = exchange[TOWN], await informing(exchange, "aanmelding")
    prepared = await outgoing.prepare(town, manifest)
    assert isinstance(prepared, Prepared)
    async with town.database.begin() as tx:
        await outgoing.post(tx, town, prepared)
    assert exchange.broker.submit(Oin(TOWN.oin), prepared.data).accepted
    return manifest


async def test_a_proof_that_comes_before_the_answer_is_not_lost(exchange: Exchange) -> None:
    manifest = await unanswered(exchange)
    await inbox.take_page(exchange[TOWN], 0.0)
    async with exchange[TOWN].database.begin() as tx:
        known, waiting = await queries.known(tx, manifest.id), await queries.waiting(tx)
    assert known is not None
    assert known.index == exchange.broker.entries[-1].index
    assert waiting == ()


async def test_a_reply_that_comes_before_the_answer_is_taken(exchange: Exchange) -> None:
    """The house asked for a key and fell; the key is there before it looks at its outbox."""
    done = await exchange.in_triage()
    house = exchange[HOUSE]
    behalf = await keys_of_cases.acting_for(house, done.case, HOUSE)
    frame = Frame(kind="sleutel_verzoek", sender=HOUSE, to=(COLLEGE,), case=done.case, phase="triage",
                  on_behalf_of=behalf)  # fmt: skip
    prepared = await outgoing.prepare(house, draft(house, frame, exchange.clock.now))
    assert isinstance(prepared, Prepared)
    async with house.database.begin() as tx:
        await outgoing.post(tx, house, prepared)
    assert exchange.broker.submit(Oin(HOUSE.oin), prepared.data).accepted
    await exchange.connectors[COLLEGE].round()
    while await inbox.take_page(house, 0.0):
        pass
    assert await codes(exchange, at=HOUSE) == []
    async with house.database.begin() as tx:
        assert await keys_of_cases.peer(tx, done.case, "triage", COLLEGE, exchange.clock.now)


async def test_mine_that_was_seen_with_another_becomes_mine(exchange: Exchange) -> None:
    manifest = await unanswered(exchange)
    town, entry = exchange[TOWN], exchange.broker.entries[-1]
    source = entry.source
    row = known_row(entry.manifest, manifest, source.sha256, source.time, "seen", entry.index)
    async with town.database.begin() as tx:
        await store.remember(tx, row)
    assert await outgoing.hand_in(town, manifest.id) == Sent(manifest.id)
    async with town.database.begin() as tx:
        known = await queries.known(tx, manifest.id)
    assert known is not None
    assert (known.way, known.index) == ("out", entry.index)


# ------------------------------------------------------------------------------------------------- late proofs


async def test_a_receipt_without_a_proof_is_told_once(exchange: Exchange) -> None:
    manifest = await informing(exchange, "aanmelding")
    assert isinstance(await outgoing.send(exchange[TOWN], manifest), Sent)
    hidden = exchange.broker.inboxes[Oin(TOWN.oin)].pop()
    exchange.clock.forward(seconds=59)
    exchange.broker._append(b"\x01something of others")
    await inbox.take_page(exchange[TOWN], 0.0)
    assert await codes(exchange) == []
    for _ in range(2):
        exchange.clock.forward(seconds=1)
        exchange.broker._append(b"\x01something of others")
        await inbox.take_page(exchange[TOWN], 0.0)
    found = await stories.findings(exchange[TOWN])
    assert [(one.code, one.message) for one in found] == [(inbox.NO_PROOF, manifest.id)]
    exchange.broker.inboxes[Oin(TOWN.oin)].append(hidden)
    await inbox.take_page(exchange[TOWN], 0.0)
    assert await codes(exchange) == [inbox.NO_PROOF]


@pytest.mark.parametrize("state", ["refused", "failed"])
async def test_what_was_refused_before_is_not_called_sent(exchange: Exchange, state: str) -> None:
    town, manifest = exchange[TOWN], await informing(exchange, "aanmelding")
    prepared = await outgoing.prepare(town, manifest)
    assert isinstance(prepared, Prepared)
    async with town.database.begin() as tx:
        await outgoing.post(tx, town, prepared)
        await store.finish_outbox(tx, manifest.id, state, 403, "x", data=prepared.data)
    assert await outgoing.hand_in(town, manifest.id) == NotSent(manifest.id, (), at_home=False)
