"""Origin and informing looked at closely: bases, decrees, marks, what is made of data, and who was told when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.facts import DecreeFact, InformedFact, WithdrawnFact
from schemas.ids import Address, ItemRef, Term
from schemas.policy import Refused
from schemas.rules.basis import live_decrees, marks_of, right_bases
from tests.making import (
    COLLEGE,
    CONSENT,
    CONTACT,
    HOUSE,
    MELDER,
    NOW,
    PARTY,
    PERSON,
    RELATIVE,
    SOME_ITEM,
    address,
    changed,
    ground_of,
    item_of,
    pack,
    party_fact,
    reference,
)
from tests.schemas.scene import Scene, assert_refused
from tests.schemas.scenes import notification, question
from tests.schemas.scenes_meeting import GGZ, POLICE, contribution, from_police, kept_for, passed_on, plan

STRANGER = address(7, "woningcorporatie")


def codes(scene: Scene) -> set[str]:
    """The codes of the reasons; none where it is allowed."""
    return {code for _, code, _ in scene.reasons()}


# bases, decrees, marks


def decree(basis: str, since: timedelta = timedelta(days=-1)) -> DecreeFact:
    """A decree on record from so long after now."""
    return DecreeFact(id=Term(f"besluit_{basis}"), basis=Term(basis), since=NOW + since, until=NOW + timedelta(days=9))


def test_64_a_decree_is_valid_from_its_first_moment() -> None:
    party = party_fact(PARTY["om"], decrees=(decree("wjsg_8a", timedelta()),))
    assert [row.basis for row in live_decrees(party, NOW)] == ["wjsg_8a"]
    assert live_decrees(party, NOW - timedelta(seconds=1)) == ()


def test_61_a_decree_may_name_the_basis_that_is_the_default_too() -> None:
    capacity = pack().capacity["om"].model_copy(update={"default_basis": Term("wpg_20")})
    party = party_fact(PARTY["om"], decrees=(decree("wjsg_8a"), decree("wpg_20")))
    assert right_bases(pack(), capacity, party, "bericht", NOW) == ("wjsg_8a", "wpg_20")


def test_61_a_decree_for_a_basis_that_the_pack_does_not_know_gives_none() -> None:
    capacity, party = pack().capacity["om"], party_fact(PARTY["om"], decrees=(decree("wjsg_8a"),))
    poorer = changed(pack(), bases=[row.model_dump() for row in pack().bases if row.id != "wjsg_8a"])
    assert right_bases(pack(), capacity, party, "bericht", NOW) == ("wjsg_8a",)
    assert right_bases(poorer, capacity, party, "bericht", NOW) == ("wjsg_39f",)


def test_21_of_a_question_the_origin_is_who_answers() -> None:
    scene = question()
    others = tuple(row for row in scene.facts.parties if row.address != COLLEGE)
    found = scene.known(parties=others).reasons()
    assert ("2.1", "herkomst_onbekend", "/act/ceiling/items/0") in found


def test_71_a_regime_that_nobody_marks_has_no_marks() -> None:
    assert marks_of(pack(), "een_ander_regime") == ()


def test_21_police_data_of_a_stranger_are_refused_for_their_origin() -> None:
    scene = from_police(COLLEGE, (HOUSE,)).message(**{"items.0.origin.party": STRANGER})
    assert "herkomst_onbekend" in codes(scene)
    assert "niet_uit_deze_bron" not in codes(scene)


def only_from(*functions: str) -> Scene:
    """What the notifier says of housing, where only these may provide that."""
    scene = contribution()
    rows = tuple(changed(row, origins=functions) if row.id == "woonsituatie" else row for row in scene.pack.categories)
    return scene.under(categories=rows)


@pytest.mark.parametrize(
    ("functions", "article"), [(("politie",), "7.1"), (("politie", "ggd"), "7.1"), (("ggd", "dji"), "4.2")]
)
def test_71_one_source_under_secrecy_makes_it_a_matter_of_71(functions: tuple[str, ...], article: str) -> None:
    assert (article, "niet_uit_deze_bron", "/items/0/category") in only_from(*functions).reasons()


def test_42_the_text_names_every_source() -> None:
    decision = only_from("ggd", "dji").decide()
    assert isinstance(decision, Refused)
    named = [pack().capacity[name].label for name in ("ggd", "dji")]
    texts = [(reason.nl, reason.en) for reason in decision.reasons if reason.code == "niet_uit_deze_bron"]
    assert len(texts) == 1
    assert f"{named[0].nl} of {named[1].nl}" in texts[0][0]
    assert f"{named[0].en} or {named[1].en}" in texts[0][1]
    assert "XX" not in "".join(texts[0])


# what is made of data


SOURCE = {"party": COLLEGE, "item": SOME_ITEM}


def own_text(sender: Address = HOUSE, **members: Any) -> dict[str, Any]:
    """A text of the sender's own, made of what ``COLLEGE`` gave."""
    return item_of("bericht", ("doel", "acties"), "S", sender, derived_from=(SOURCE,)) | members


def test_21_nothing_else_is_made_of_items() -> None:
    of_a_party = contribution(items=(own_text(COLLEGE),))
    no_text = plan(items=(item_of("woonsituatie", ("woonvorm",), "I", HOUSE, derived_from=(SOURCE,)),))
    of_another = plan(items=(own_text(COLLEGE, item=reference("doorgegeven")),))
    for scene in (of_a_party, no_text, of_another):
        assert ("2.1", "afgeleid_niet_hier", "/items/0/derived_from") in scene.reasons()


MADE = "/items/0/derived_from/0"


def made_of(provider: str, **updates: Any) -> Scene:
    """The plan, made of something that this party gave and agreed to, and that was marked necessary."""
    who = PARTY.get(provider, STRANGER)
    secrecy = pack().capacity[provider].secrecy if provider in pack().capacity else ()
    scene = plan().message(**{"items.0.derived_from.0.party": who, "grounds.0.secrecy": secrecy})
    rows = [changed(row, **({"provider": who} | updates)) for row in scene.facts.agreements]
    parties = {row.address: row for row in (*scene.facts.parties, party_fact(who))}
    return scene.known(
        agreements=[row.model_dump() for row in rows],
        parties=[row.model_dump() for row in parties.values()],
        **{"case.kept": kept_for("toestandsbeeld")},
    )


def test_136_what_is_made_of_data_under_secrecy_serves_their_purpose() -> None:
    secret = {"consent": CONSENT.model_dump()}
    other = made_of("ggz", given_for="besluit_afbouw", **secret)
    assert_refused(made_of("ggz", **secret), other, ("13.6", "doel_niet_verenigbaar", MADE))
    assert made_of("college_bw", given_for="besluit_afbouw").reasons() == []


def test_72b_a_plan_made_of_data_on_health_needs_the_consent_named_whoever_gave_them() -> None:
    named = made_of("college_bw", category="gezondheid", consent=CONSENT.model_dump())
    bare = made_of("college_bw", category="gezondheid")
    assert_refused(named, bare, ("7.2b", "toestemming_niet_doorgegeven", MADE))


def test_21_a_plan_made_of_data_of_a_stranger_is_refused_for_their_origin() -> None:
    scene = made_of("nobody").known(parties=plan().facts.parties)
    assert ("2.1", "herkomst_onbekend", MADE) in scene.reasons()
    assert "besluit_ontbreekt" not in codes(scene)


def dated(day: date, provider: str = "ggz") -> Scene:
    """The plan, made of something that was given on a consent of this day."""
    return made_of(provider, consent={"ref": CONSENT.ref, "date": day})


def test_72a_what_is_made_of_data_under_secrecy_has_a_consent_of_this_phase() -> None:
    case = plan().facts.case
    assert case is not None
    since, today = case.phase_since.date(), NOW.date()
    assert [dated(day).reasons() for day in (since, today)] == [[], []]
    for day in (since - timedelta(days=1), today + timedelta(days=1)):
        assert_refused(dated(today), dated(day), ("7.2a", "toestemming_buiten_fase", MADE))
    assert dated(since - timedelta(days=1), "college_bw").reasons() == []


def test_72a_a_consent_for_what_the_house_makes_is_one_for_what_goes_on() -> None:
    case = plan().facts.case
    assert case is not None
    day = case.phase_since.date() - timedelta(days=1)
    assert case.opened.date() <= day
    early = dated(day).known(**{"case.phase": "triage"})
    assert "toestemming_buiten_fase" in codes(dated(day))
    assert "toestemming_buiten_fase" not in codes(early)


def test_72a_outside_a_case_no_consent_is_in_time() -> None:
    assert "toestemming_buiten_fase" in codes(dated(NOW.date()).known(case=None))


def test_72d_what_was_given_without_consent_is_not_stopped_by_a_withdrawal() -> None:
    taken = WithdrawnFact(consent=CONSENT.ref, provider=COLLEGE, since=NOW - timedelta(days=1))
    assert made_of("college_bw").known(withdrawn=(taken.model_dump(),)).reasons() == []


def test_93_what_is_made_of_data_goes_with_the_plan_only_where_they_could() -> None:
    scene = made_of("college_bw")

    def for_purposes(*purposes: str) -> Scene:
        rows = [
            changed(row, purposes=purposes) if (row.kind, row.category) == ("plan_van_aanpak", "woonsituatie") else row
            for row in scene.pack.ceilings
        ]
        return scene.under(ceilings=tuple(rows))

    assert for_purposes().reasons() == []
    assert ("9.3", "niet_in_deze_fase", MADE) in for_purposes("monitoring").reasons()
    bare = tuple(row for row in scene.pack.phases if row.id != "casusoverleg")
    unknown = made_of("college_bw", category="iets_anders").under(phases=bare)
    assert {"fase_onbekend", "niet_in_deze_fase"} <= codes(unknown)


def test_21_what_may_not_be_made_is_refused_for_that_alone() -> None:
    places = {place for _, _, place in contribution(items=(own_text(COLLEGE),)).reasons()}
    assert "/items/0/derived_from" in places
    assert MADE not in places


def test_64_the_decree_is_that_of_the_category_of_what_something_is_made_of() -> None:
    by_decree = tuple(
        changed(row, decree=row.id in {"wjsg_8a", "wjsg_39f"}) if row.regime == "wjsg" else row for row in pack().bases
    )

    def made(category: str, *named: str) -> set[str]:
        scene = made_of("om", category=category).under(bases=by_decree)
        return codes(scene.party(PARTY["om"], decrees=tuple(decree(basis) for basis in named)))

    assert "besluit_ontbreekt" not in made("bericht", "wjsg_8a")
    assert "besluit_ontbreekt" in made("bericht")
    assert "besluit_ontbreekt" not in made("tenuitvoerleggingsgegevens")


def test_35c_a_text_of_the_house_is_judged_wherever_it_stands_in_the_message() -> None:
    carried, scene = passed_on().manifest.exact_items[0], plan()
    behind = scene.message(items=(carried, *scene.manifest.items)).known(agreements=())
    assert ("3.5c", "akkoord_ontbreekt", "/items/1/derived_from/0") in behind.reasons()


def test_64_what_is_made_of_data_without_a_basis_of_the_pack_rests_on_no_decree() -> None:
    scene, basis = made_of("college_bw"), pack().capacity["college_bw"].default_basis
    poorer = scene.under(bases=tuple(row for row in pack().bases if row.id != basis))
    assert_refused(scene, poorer, ("6.4d", "besluit_ontbreekt", MADE))


def with_police(party: Address, item: ItemRef) -> set[tuple[str, str, str]]:
    """Why not, of a text of the house made of an item, in a message that holds police data too."""
    told = from_police()
    police = told.manifest.exact_items[0].model_dump() | {"item": reference("doorgegeven")}
    text = own_text(ground=1, derived_from=({"party": party, "item": item},))
    scene = from_police(HOUSE, (COLLEGE,), items=(police, text), grounds=(*told.manifest.grounds, ground_of()))
    return set(scene.message(kind="plan_van_aanpak", purpose="plan_van_aanpak").reasons())


def test_71_the_mark_stays_with_what_is_made_of_police_data_in_the_message() -> None:
    reason = ("7.1", "kenmerk_ontbreekt", "/grounds/1/conditions")
    original = from_police().manifest.exact_items[0].origin.item
    assert reason in with_police(POLICE, original)
    assert reason in with_police(POLICE, SOME_ITEM)
    assert reason not in with_police(COLLEGE, SOME_ITEM)


# who was told


def told(*rows: InformedFact) -> Scene:
    """The notification, where these words are on record."""
    return notification().known(informed=[row.model_dump() for row in rows])


def test_161_the_notifier_tells_the_person_whoever_the_house_acts_for() -> None:
    scene = passed_on().known(**{"case.acting_for": GGZ, "case.notifier": MELDER})
    assert "niet_geinformeerd" not in codes(scene)
    assert "niet_geinformeerd" in codes(scene.known(**{"case.notifier": GGZ}))


def test_161_that_somebody_else_was_told_says_nothing() -> None:
    scene = told(InformedFact(subject=RELATIVE, by=MELDER, at=date(2026, 3, 9)))
    assert "niet_geinformeerd" in codes(scene)


def test_161_told_from_the_first_day_on_and_until_today() -> None:
    opened = notification().facts.case
    assert opened is not None
    first = opened.opened.date() - timedelta(days=pack().limits.informed_before_opening_days)
    for day in (first, NOW.date()):
        assert told(InformedFact(subject=PERSON, by=MELDER, at=day)).reasons() == []
    for day in (first - timedelta(days=1), NOW.date() + timedelta(days=1)):
        assert "niet_geinformeerd" in codes(told(InformedFact(subject=PERSON, by=MELDER, at=day)))


def test_167_put_off_until_the_last_day_and_no_later() -> None:
    last = NOW.date() + timedelta(days=pack().limits.recheck_days_max)
    assert told(InformedFact(subject=PERSON, by=MELDER, recheck=last)).reasons() == []
    later = told(InformedFact(subject=PERSON, by=MELDER, recheck=last + timedelta(days=1)))
    assert "hercontrole_verlopen" in codes(later)


BOTH = InformedFact(subject=PERSON, by=MELDER, at=date(2026, 3, 1), recheck=date(2026, 4, 1))


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [("informed", date(2026, 3, 1), date(2026, 3, 2)), ("recheck", date(2026, 4, 1), date(2026, 4, 2))],
)
def test_162_a_ground_that_says_one_thing_is_judged_on_that_alone(name: str, right: date, wrong: date) -> None:
    allowed, refused = (told(BOTH).message(**{f"grounds.0.{name}": day}) for day in (right, wrong))
    assert_refused(allowed, refused, ("16.2", "geinformeerd_anders", f"/grounds/0/{name}"))
    found = [place for _, code, place in refused.reasons() if code == "geinformeerd_anders"]
    assert set(found) == {f"/grounds/0/{name}"}


def test_162_that_it_was_deferred_is_on_record_once() -> None:
    at = InformedFact(subject=PERSON, by=MELDER, at=date(2026, 3, 1))
    later = InformedFact(subject=PERSON, by=MELDER, recheck=date(2026, 4, 1))
    said = {"grounds.0.deferred": True}
    refused = told(at).message(**said)
    assert_refused(told(at, later).message(**said), refused, ("16.2", "geinformeerd_anders", "/grounds/0/deferred"))


def test_161_what_a_ground_says_of_telling_staff_is_nobodys_concern() -> None:
    staff = sorted(pack().staff)[0]
    item = item_of("personalia", ("geslachtsnaam",), "B", COLLEGE, subject=CONTACT, subject_category=staff)
    scene = contribution(items=(item,), grounds=(ground_of(informed=date(2026, 3, 2)),))
    assert "geinformeerd_anders" not in codes(scene)
