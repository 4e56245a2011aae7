"""What a message says of itself: its own fields, life domains, outcomes, codes and the numbers (8.1, 8.7, wire.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.pack import Pack
from tests.oracle.cells import Cells, Comparison, Flip, Key, Value
from tests.oracle.fields import facets_of_pack, flips_of_fields
from tests.oracle.flipping import altered, replaced, toggled
from tests.oracle.markdown import Documents, codes, section, sentence, table

CRITERIA = "`lk_meervoudig`, `lk_ketenoverstijgend`, `lk_systeem`, **or** `lk_gebiedsgebonden`"
CAPS = (
    "aanmelding total 3 × 500 (aanleiding, gewenst resultaat, onderbouwing criteria); triage answer 0 (only coded) + "
    "`voorbehoud` str(280); casusoverleg per category as §8.6; afschaling `resultaat` str(500)."
)
TEXTS = {
    ("aanleiding", "aanmelding"): 500,
    ("gewenst_resultaat", "aanmelding"): 500,
    ("onderbouwing", "aanmelding"): 500,
    ("voorbehoud", "triageantwoord"): 280,
    ("resultaat", "inbreng"): 500,
}
"""The caps, field by field; in the phase afschaling ``inbreng`` is the one kind that carries items."""
CONTAINS = "Each text carries `bevat_categorieen[]`"
THEMES = "| leefgebieden (code list) | I | I (themes asked) | I | S | I (score start/end) |"
DESTROY_BEFORE = "vernietigen_voor(date)"
ELSEWHERE = ("uitkomst", "indicaties", "contactpersoon")
"""Rows of the answer that are no fields of the message: its outcome, other categories, the staff of category 3."""

Said = dict[str, Value]


def _enum(cell: str) -> list[str]:
    """The values after ``enum``; none where the row only gives an example."""
    found = re.match(r"enum ((?:`?[a-z0-9_]+`?(?:\(date\))?(?:, )?)+)", cell)
    return [re.sub(r"`|\(date\)", "", value) for value in found[1].split(", ")] if found else []


def _answer(texts: Documents) -> Iterator[tuple[str, Said]]:
    for field, kind, _ in table(section(texts.data_model, "### 8.7"), "Field").rows:
        [name] = codes(field)
        many, bare = name.endswith("[]"), name.removesuffix("[]")
        if bare in ELSEWHERE:
            continue
        said: Said = {"soort bericht triageantwoord": True, "is er": True}
        text = re.fullmatch(r"str\((\d+)\)", kind)
        said["soort"] = "text" if text else "enum_list" if many else "enum"
        said["max"] = int(text[1]) if text else None
        if bare == "aard_betrokkenheid":
            college = re.search(r"college_bw: ([a-z, ]+)\)", kind)
            for value in college[1].split(", ") if college else ():
                said |= {f"waarde {value}": True, f"{value} van college_bw": True}
        else:
            said |= {f"waarde {value}": True for value in _enum(kind)}
        yield bare, said
        if DESTROY_BEFORE in kind:
            yield "vernietigen_voor", {"soort": "day", "soort bericht triageantwoord": True, "is er": True}


def _fields_of_document(texts: Documents) -> Cells:
    found: dict[str, Said] = {name: dict(said) for name, said in _answer(texts)}
    found["criteria"] = {"soort": "enum_list", "soort bericht aanmelding": True, "is er": True}
    found["criteria"] |= {f"waarde {name}": True for name in codes(sentence(texts.data_model, CRITERIA))}
    sentence(texts.data_model, CAPS)
    sentence(texts.data_model, THEMES)
    for (name, kind), most in TEXTS.items():
        found.setdefault(name, {})
        found[name] |= {"soort": "text", "max": most, f"soort bericht {kind}": True, "is er": True}
        sentence(texts.data_model, CONTAINS)
    found["bevat_categorieen"] = {"soort": "enum_list", "is er": True}
    found["bevat_categorieen"] |= {f"soort bericht {kind}": True for _, kind in TEXTS}
    for kind in ("aanmelding", "triagevraag", "triageantwoord", "inbreng"):
        found["leefgebieden"][f"soort bericht {kind}"] = True
    for domain in (*_domains(texts), "justitie"):
        found["leefgebieden"][f"waarde {domain}"] = True
    return {
        ("bericht", name, facet): value
        for name, said in found.items()
        for facet, value in said.items()
        if value is not None
    }


def _fields_of_pack(pack: Pack) -> Cells:
    return facets_of_pack(pack, message=True)


def _fields_flips(pack: Pack) -> Iterator[Flip]:
    return flips_of_fields(pack, message=True)


MESSAGE = Comparison("velden van het bericht (8.7)", _fields_of_document, _fields_of_pack, _fields_flips)

JUSTICE = (
    "`justitie` as a life domain implies politiegegevens for politie, strafvorderlijke_gegevens for om, "
    "tenuitvoerleggingsgegevens for om and dji; nobody else ticks it in triage."
)
JUSTICE_BY = {
    "politie": ("politiegegevens_art8", "politiegegevens_art13"),
    "om": ("strafvorderlijke_gegevens", "tenuitvoerleggingsgegevens"),
    "dji": ("tenuitvoerleggingsgegevens",),
}


def _domains(texts: Documents) -> dict[str, str]:
    """Life domain -> the category that it implies, as the sentence of 8.7 lists them."""
    said = re.search(r"Leefgebied codes imply categories: (.*?)\. So ticking a box", texts.data_model)
    if said is None:
        raise ValueError("8.7 says no longer what life domains imply")
    found: dict[str, str] = {}
    for part in said[1].split("; "):
        domains, _, category = part.partition(" ⇒ ")
        if codes(domains) != ("justitie",):
            found |= dict.fromkeys(codes(domains), codes(category)[0])
    return found


def _domains_of_document(texts: Documents) -> Cells:
    " ".join(texts.data_model.split()).index(JUSTICE)
    cells: dict[Key, Value] = {(name, "zegt", category): True for name, category in _domains(texts).items()}
    cells |= {("justitie", who, category): True for who, told in JUSTICE_BY.items() for category in told}
    return cells | {(name, "is er"): True for name in (*_domains(texts), "justitie")}


def _domains_of_pack(pack: Pack) -> Cells:
    cells: dict[Key, Value] = {}
    for row in pack.life_domains:
        cells[row.id, "is er"] = True
        cells |= {(row.id, "zegt", category): True for category in row.implies}
        cells |= {(row.id, who, category): True for who, told in row.implies_by_capacity.items() for category in told}
    return cells


def _domains_flips(pack: Pack) -> Iterator[Flip]:
    categories = [row.id for row in pack.categories]
    for row in pack.life_domains:
        gone = frozenset(key for key in _domains_of_pack(pack) if key[0] == row.id)
        yield Flip(gone, f"no {row.id}", replaced(pack, "life_domains", row, ()))
        for category in categories:
            flipped = altered(pack, "life_domains", row, implies=toggled(row.implies, category))
            yield Flip(frozenset({(row.id, "zegt", category)}), f"{row.id} tells {category}", flipped)
            for capacity in pack.capacities:
                told = toggled(row.implies_by_capacity.get(capacity.id, ()), category)
                flipped = altered(
                    pack, "life_domains", row, implies_by_capacity=row.implies_by_capacity | {capacity.id: told}
                )
                key = frozenset({(row.id, str(capacity.id), str(category))})
                yield Flip(key, f"{row.id} of {capacity.id} tells {category}", flipped)


DOMAINS = Comparison("leefgebieden (8.7)", _domains_of_document, _domains_of_pack, _domains_flips)

PLAIN = "Default policy maps all but `bekend` to `geen_uitspraak` on the wire for secrecy-bound parties"


def _codes_of_document(texts: Documents) -> Cells:
    sentence(texts.data_model, PLAIN)
    row = next(row for row in table(section(texts.data_model, "### 8.7"), "Field").rows if row[0] == "`uitkomst`")
    refusals = re.search(r"`weigering_code` enum ([a-z_, ]+)\.", row[2])
    exceptions = next(line for line in texts.rules.splitlines() if line.startswith("| 7.2e |"))
    cells: dict[Key, Value] = {("uitkomst", name): name != "bekend" for name in codes(row[1])}
    cells |= {("refusal", name): True for name in (refusals[1].split(", ") if refusals else ())}
    return cells | {("exception", name): True for name in codes(exceptions)}


CODES_WITH_A_TABLE = ("refusal", "exception")
"""The other uses of codes have no list in any document: reasons, decisions, necessities are the pack's own."""


def _codes_of_pack(pack: Pack) -> Cells:
    cells: dict[Key, Value] = {("uitkomst", row.id): row.plain_under_secrecy for row in pack.outcomes}
    return cells | {(row.use, row.id): True for row in pack.codes if row.use in CODES_WITH_A_TABLE}


def _codes_flips(pack: Pack) -> Iterator[Flip]:
    for outcome in pack.outcomes:
        key = frozenset({("uitkomst", str(outcome.id))})
        plain = not outcome.plain_under_secrecy
        yield Flip(key, f"plain {outcome.id}", altered(pack, "outcomes", outcome, plain_under_secrecy=plain))
        yield Flip(key, f"no {outcome.id}", replaced(pack, "outcomes", outcome, ()))
    for row in pack.codes:
        if row.use in CODES_WITH_A_TABLE:
            yield Flip(frozenset({(row.use, row.id)}), f"no {row.id}", replaced(pack, "codes", row, ()))


CODES = Comparison("uitkomsten en codes (8.7, 7.2e)", _codes_of_document, _codes_of_pack, _codes_flips)

NUMBERS = {
    "questions_a_day": ("wire", "by default 20 questions a day from a house and 3 per case and person", 20),
    "questions_a_case_and_person": ("wire", "by default 20 questions a day from a house and 3 per case and person", 3),
    "refusals_a_day": ("wire", "the pack's number of refusal entries (200)", 200),
    "answer_spread_seconds": ("wire", "at `answer_at` plus a random 0-60 s", 60),
    "handover_days": ("rules", "at the latest after the pack's term (30 days)", 30),
    "consultation_days": ("rules", "the FGs' 14 days of consultation before it can be activated", 14),
}
"""Numbers that a document gives: which file, in what words, how many."""


def _numbers_of_document(texts: Documents) -> Cells:
    for file, words, _ in NUMBERS.values():
        sentence(getattr(texts, file), words)
    return {(name,): number for name, (_, _, number) in NUMBERS.items()}


def _numbers_of_pack(pack: Pack) -> Cells:
    return {(name,): value for name, value in pack.limits.model_dump().items() if isinstance(value, int)}


def _numbers_flips(pack: Pack) -> Iterator[Flip]:
    for (name,), value in _numbers_of_pack(pack).items():
        for step in (1, -1):
            limits = pack.limits.model_copy(update={name: int(str(value)) + step})
            yield Flip(frozenset({(name,)}), f"{name} {step:+}", pack.model_copy(update={"limits": limits}))


LIMITS = Comparison("getallen", _numbers_of_document, _numbers_of_pack, _numbers_flips)
