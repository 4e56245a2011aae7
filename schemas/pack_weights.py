"""Which way a change of a pack goes: wider, stricter, or neither; and what each member is called in Dutch.

Wider (``ruimer``): more data may go, to more, from more, for longer, or with one condition less. Who decides about a
next pack looks at those first (rules.md 15, 28). Nothing here decides about a message; a member without a row in the
table is still shown, as ``anders`` and under its own name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal, NamedTuple

from schemas.content import LEVELS

Weight = Literal["ruimer", "strenger", "anders"]
WEIGHTS: tuple[Weight, ...] = ("ruimer", "strenger", "anders")
Weigh = Callable[[Any, Any], Weight]

_HOURS = {"hours": 1, "days": 24, "weeks": 168, "months": 730, "years": 8766}


def neither(_: object, __: object) -> Weight:
    """A change without a direction."""
    return "anders"


def of_sets(gained: Collection[object], lost: Collection[object]) -> Weight:
    """More is wider; both ways is neither."""
    if bool(gained) == bool(lost):
        return "anders"
    return "ruimer" if gained else "strenger"


def grows(old: Collection[object], new: Collection[object]) -> Weight:
    """More of these is wider."""
    return of_sets(set(new) - set(old), set(old) - set(new))


def shrinks(old: Collection[object], new: Collection[object]) -> Weight:
    """More of these is stricter: conditions, marks, secrecies."""
    return grows(new, old)


def narrows(old: Collection[object], new: Collection[object]) -> Weight:
    """A list that narrows, in which none means all."""
    if bool(old) == bool(new):
        return grows(old, new)
    return "strenger" if new else "ruimer"


def more(old: int | None, new: int | None) -> Weight:
    """A higher number is wider, and none is no bound at all."""
    if old is None or new is None:
        return "ruimer" if new is None else "strenger"
    return "ruimer" if new > old else "strenger"


def less(old: int | None, new: int | None) -> Weight:
    """A lower number is wider; none is no bound at all."""
    return more(None if old is None else -old, None if new is None else -new)


def opens(_: object, new: object) -> Weight:
    """Wider when it becomes true."""
    return "ruimer" if new else "strenger"


def closes(_: object, new: object) -> Weight:
    """Stricter when it becomes true."""
    return "strenger" if new else "ruimer"


def conditions(old: Mapping[str, Collection[str]], new: Mapping[str, Collection[str]]) -> Weight:
    """For each key one of these is needed: a key less is wider, and so is a choice more."""
    ways = [_condition(old.get(key), new.get(key)) for key in {*old, *new} if old.get(key) != new.get(key)]
    return _together(ways)


def _condition(old: Collection[str] | None, new: Collection[str] | None) -> Weight:
    if old is None or new is None:
        return "ruimer" if new is None else "strenger"
    return grows(old, new)


def choices(old: Mapping[str, Collection[str]], new: Mapping[str, Collection[str]]) -> Weight:
    """Who is named may, through one of these; none at all: everyone may."""
    if bool(old) != bool(new):
        return "strenger" if new else "ruimer"
    return _together(
        [grows(old.get(key, ()), new.get(key, ())) for key in {*old, *new} if old.get(key) != new.get(key)]
    )


def _together(ways: Collection[Weight]) -> Weight:
    """One weight for several; neither where they do not agree."""
    found = set(ways)
    return found.pop() if len(found) == 1 else "anders"


def level(old: str, new: str) -> Weight:
    """Of a ceiling: higher lets more through."""
    return "ruimer" if LEVELS.index(new) > LEVELS.index(old) else "strenger"


def field_level(old: str, new: str) -> Weight:
    """Of a field: lower lets it through sooner."""
    return level(new, old)


def _kept(strict: str) -> Weigh:
    """Away from this value is wider, towards it stricter."""
    return lambda old, new: "strenger" if new == strict else "ruimer" if old == strict else "anders"


def _left(wide: str) -> Weigh:
    """Towards this value is wider, away from it stricter."""
    return lambda old, new: "ruimer" if new == wide else "strenger" if old == wide else "anders"


def _joined(old: str | None, new: str | None) -> Weight:
    """A group of purposes that count as one: in it is wider."""
    if old is None or new is None:
        return "strenger" if new is None else "ruimer"
    return "anders"


def duration(amount: int, unit: str) -> int:
    """A term in hours, to compare: a month is 730, a year 8766."""
    return amount * _HOURS.get(unit, 0)


class Member(NamedTuple):
    """What a member is called, and which way a change of it goes."""

    words: str
    weigh: Weigh = neither
    changed: str = ""
    """What a change of it is called, where that is another word."""


MEMBERS: Mapping[tuple[str, str], Member] = {
    ("Phase", "next"): Member("wat hierna kan", grows),
    ("Phase", "end"): Member("einde, waarin niets meer wordt uitgewisseld", closes),
    ("Phase", "minimisation"): Member("artikel over het minimum"),
    ("Purpose", "phases"): Member("fasen van dit doel", grows),
    ("Purpose", "counts_as"): Member("telt als één doel met de groep", _joined),
    ("Purpose", "follows"): Member("gegevens van deze doelen mogen hierna met akkoord mee", grows),
    ("Regime", "marks"): Member("voorwaarden die meereizen", shrinks),
    ("Secrecy", "consent"): Member("alleen met toestemming of uitzondering", closes),
    ("Basis", "regime"): Member("regime van deze grondslag"),
    ("Basis", "decree"): Member("alleen met een besluit op schrift", closes),
    ("Capacity", "tasks"): Member("taken", grows),
    ("Capacity", "regime"): Member("regime"),
    ("Capacity", "default_basis"): Member("grondslag", changed="andere grondslag"),
    ("Capacity", "category_bases"): Member("grondslag per categorie", changed="andere grondslag per categorie"),
    ("Capacity", "secrecy"): Member("geheimhouding op wat zij verstrekt", shrinks),
    ("Capacity", "receives"): Member("mag ontvangen", opens),
    ("SubjectCategory", "informed"): Member("eerst informeren", closes),
    ("Category", "data_class"): Member("klasse van de gegevens", _kept("bijzonder")),
    ("Category", "subjects"): Member("over wie", grows),
    ("Category", "origins"): Member("komt alleen van", narrows),
    ("FieldRow", "type"): Member("soort veld", _left("text")),
    ("FieldRow", "level"): Member("niveau", field_level),
    ("FieldRow", "max"): Member("hoogste waarde of lengte", more),
    ("FieldRow", "min"): Member("laagste waarde", less),
    ("FieldRow", "values"): Member("waarden", grows),
    ("FieldRow", "values_by_capacity"): Member("waarden per partij", conditions),
    ("FieldRow", "value_labels"): Member("teksten bij waarden"),
    ("FieldRow", "implies"): Member("wat een waarde verraadt", conditions),
    ("FieldRow", "kinds"): Member("soorten bericht", grows),
    ("FieldRow", "required_for"): Member("verplicht over"),
    ("FieldRow", "always"): Member("altijd waar"),
    ("FieldRow", "optional"): Member("mag ontbreken"),
    ("FieldRow", "disambiguation"): Member("alleen om personen te onderscheiden", closes),
    ("FieldRow", "withheld_if_secret"): Member("niet bij een geheim adres", closes),
    ("FieldPart", "type"): Member("soort", _left("text")),
    ("FieldPart", "max"): Member("hoogste waarde of lengte", more),
    ("FieldPart", "min"): Member("laagste waarde", less),
    ("FieldPart", "values"): Member("waarden", grows),
    ("FieldPart", "optional"): Member("mag ontbreken"),
    ("Kind", "senders"): Member("van wie", grows),
    ("Kind", "recipients"): Member("aan wie", grows),
    ("Kind", "phases"): Member("fasen", grows),
    ("Kind", "purposes"): Member("een doel is", _kept("required")),
    ("Kind", "items"): Member("gegevens erin", _kept("none")),
    ("Kind", "replies_to"): Member("antwoord op", grows),
    ("Kind", "reply"): Member("is een antwoord", _kept("required")),
    ("Kind", "approval"): Member("een mens beslist", closes),
    ("Kind", "direction"): Member("wat het met kennis doet"),
    ("Kind", "recipients_max"): Member("hoogste aantal ontvangers", more),
    ("Kind", "seconds_max"): Member("langste geldigheid in seconden", more),
    ("Kind", "registered"): Member("komt in het register", closes),
    ("Outcome", "plain_under_secrecy"): Member("wordt 'geen uitspraak' onder geheimhouding", closes),
    ("Code", "phases"): Member("fasen", narrows),
    ("Code", "decisions"): Member("besluiten", narrows),
    ("Code", "keeps_phase"): Member("verandert geen fase"),
    ("LifeDomain", "implies"): Member("verraadt ook", shrinks),
    ("LifeDomain", "implies_by_capacity"): Member("verraadt ook, per partij", choices),
    ("Limits", "questions_a_day"): Member("vragen per dag zonder mens", more),
    ("Limits", "questions_a_case_and_person"): Member("vragen per casus en persoon zonder mens", more),
    ("Limits", "refusals_a_day"): Member("weigeringen per dag met een eigen vermelding"),
    ("Limits", "answer_spread_seconds"): Member("spreiding van antwoorden in seconden"),
    ("Limits", "answer_grace_seconds"): Member("hoe lang een antwoord nog mag komen, in seconden", more),
    ("Limits", "message_retention_days"): Member("bewaartermijn van berichten bij de makelaar, in dagen", more),
    ("Limits", "consent_before_opening_days"): Member("hoe oud toestemming mag zijn, in dagen", more),
    ("Limits", "informed_before_opening_days"): Member("hoe lang geleden geïnformeerd mag zijn, in dagen", more),
    ("Limits", "recheck_days_max"): Member("uitstel van informeren, in dagen", more),
    ("Limits", "handover_days"): Member("termijn voor de overdracht, in dagen", more),
    ("Limits", "screening_days"): Member("hoe oud een screening mag zijn, in dagen", more),
    ("Limits", "consultation_days"): Member("bedenktijd van de fg's, in dagen", less),
    ("Limits", "agreement_days_max"): Member("hoe lang een akkoord hoogstens geldt, in dagen", more),
    ("Period", "from_"): Member("begint bij"),
    ("Period", "movable"): Member("kan met een besluit worden verzet", opens),
    ("RuleRow", "where"): Member("waar de regel wordt bewaakt"),
    ("RuleRow", "cites"): Member("ook genoemd als"),
    ("RuleRow", "through"): Member("bewaakt door de regels"),
    ("Question", "of"): Member("vraag of lezing"),
    ("Question", "text"): Member("vraag"),
    ("Question", "chosen"): Member("gekozen"),
}
"""By model and member. Members that say where a row comes from, ids and texts are :mod:`schemas.pack_diff`'s own."""

APPEARS: Mapping[str, tuple[str, str, Weight]] = {
    "Phase": ("nieuwe fase", "fase vervalt", "ruimer"),
    "Purpose": ("nieuw doel", "doel vervalt", "ruimer"),
    "Regime": ("nieuw regime", "regime vervalt", "anders"),
    "Secrecy": ("nieuwe geheimhouding", "geheimhouding vervalt", "anders"),
    "Basis": ("nieuwe grondslag", "grondslag vervalt", "anders"),
    "Task": ("nieuwe taak", "taak vervalt", "anders"),
    "Capacity": ("nieuwe hoedanigheid", "hoedanigheid vervalt", "ruimer"),
    "SubjectCategory": ("nieuwe categorie personen", "categorie personen vervalt", "ruimer"),
    "Category": ("nieuwe categorie gegevens", "categorie gegevens vervalt", "ruimer"),
    "FieldRow": ("nieuw veld", "veld vervalt", "ruimer"),
    "FieldPart": ("nieuw onderdeel", "onderdeel vervalt", "ruimer"),
    "CeilingRow": ("nieuw toegestaan", "niet meer toegestaan", "ruimer"),
    "Absence": ("bewust niet toegestaan", "niet langer bewust uitgesloten", "anders"),
    "Kind": ("nieuwe soort bericht", "soort bericht vervalt", "ruimer"),
    "Outcome": ("nieuwe uitkomst", "uitkomst vervalt", "anders"),
    "Code": ("nieuwe code", "code vervalt", "anders"),
    "LifeDomain": ("nieuw leefgebied", "leefgebied vervalt", "ruimer"),
    "Period": ("nieuwe termijn", "termijn vervalt", "strenger"),
    "RuleRow": ("nieuwe regel", "regel vervalt", "anders"),
    "Question": ("nieuwe vraag aan de jurist", "vraag aan de jurist vervalt", "anders"),
}
"""By model: the words for a row that comes, for one that goes, and the weight of one that comes."""

CODES: Mapping[str, Weight] = {
    "exception": "ruimer",
    "restricted_use": "ruimer",
    "restriction_end": "ruimer",
    "restriction": "strenger",
}
"""The weight of a code that comes, by its use, where that is not ``anders``."""


OPPOSITE: Mapping[Weight, Weight] = {"ruimer": "strenger", "strenger": "ruimer", "anders": "anders"}
"""The weight of going back."""
