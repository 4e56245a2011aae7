"""What is inside a seal: the one check of values and explanation, run before sealing and again after opening.

Decides whether the disclosures are exactly what was announced, whether each value may be in its field at this phase,
kind and level (3.5a, B4-x), whether consent covers what texts and ticks tell (7.2), and that silence under secrecy is
silence (7.2a). Because both ends run it, nobody can send what its recipient would refuse. Whether the message may go
at all is the kernel's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from connectors import CheckError, ContentError
from keys import DisclosureError, disclosure
from keys.sealing import Plaintext
from schemas import minimal, silence
from schemas.acts import Finding, Question
from schemas.content import Ground, Inner, Item
from schemas.facts import Facts, PartyFact
from schemas.gathering import Source, gather
from schemas.ids import ItemRef, Term
from schemas.manifest import Manifest
from schemas.members import Members
from schemas.pack import Pack
from schemas.policy import as_exact
from schemas.strict import Json

Values = dict[str, Json]

WHY: Mapping[str, str] = {
    "bsn": "lijkt een burgerservicenummer",
    "verboden_veld": "mag nooit mee",
    "waarde_leeg": "is leeg",
    "waarde_te_lang": "is te lang",
    "waarde_tekens": "heeft tekens die niet mogen (stuurtekens, of letters met losse accenten)",
    "waarde_type": "heeft een andere vorm",
    "waarde_niet_in_lijst": "staat niet in de lijst van het pakket",
    "dag_onjuist": "is geen dag (jjjj-mm-dd)",
    "postcode_onjuist": "is geen postcode (1234AB)",
    "adres_geheim": "het adres is geheim",
    "veld_boven_niveau": "is in deze fase te veel detail",
    "veld_vereist": "ontbreekt en moet erbij",
    "waarde_onvolledig": "mist een onderdeel dat erbij hoort",
    "niet_in_deze_fase": "mag in deze fase niet",
    "niet_gevraagd": "is niet gevraagd",
    "categorieen_ontbreken": "noem welke categorieën in de tekst zitten",
    "categorie_niet_toegestaan": "die categorie mag hier niet",
    "toestemming_ontbreekt": "vertelt iets over gezondheid: daarvoor is toestemming of een uitzondering nodig",
}
"""For whoever has to change something: why a field cannot go."""


@dataclass(frozen=True, slots=True)
class Content:
    """What was sealed, once it is what was announced. ``values``: by item and field name."""

    values: Mapping[ItemRef, Values] = field(repr=False)
    explanation: str | None = field(repr=False)


def check_disclosures(exact: Manifest, plaintext: Plaintext) -> dict[ItemRef, Values]:
    """The values per item, once disclosures and digests go one to one. Raises :class:`CheckError`."""
    expected = [(row.path, row.digest) for item in exact.exact_items for row in item.fields]
    try:
        values = disclosure.match(plaintext.disclosures, expected)
    except DisclosureError as error:
        raise CheckError(error.code, error.path, opened=True) from error
    return {item.item: {row.path[1:]: values[row.digest] for row in item.fields} for item in exact.exact_items}


def read_explanation(exact: Manifest, plaintext: Plaintext) -> str | None:
    """Why it is necessary, once it is what was committed to. Raises :class:`CheckError`."""
    commitment = exact.necessity.commitment if exact.necessity else None
    if (commitment is None) != (plaintext.explanation is None):
        raise CheckError("toelichting", opened=True)
    if commitment is None or plaintext.explanation is None:
        return None
    try:
        return disclosure.read_explanation(plaintext.explanation, commitment)
    except DisclosureError as error:
        raise CheckError("toelichting", opened=True) from error


def find_in_item(
    pack: Pack,
    phase: str,
    kind: str,
    item: Item,
    values: Mapping[str, Json],
    *,
    lifted: bool,
    asked: Collection[Term] | None = None,
    themes: Collection[str] | None = None,
    asked_of: str | None = None,
) -> list[Finding]:
    """What is wrong with the values (by field name) of one item. ``lifted``: its ground names consent or an exception;
    ``asked``: the categories of the question, outside which an answer tells nothing, and ``themes`` its life domains;
    ``asked_of``: the capacity of whom a question asks, which may not be asked about more than it may tell."""
    by_path = {f"/{name}": value for name, value in values.items()}
    found = minimal.check(pack, phase, kind, item, by_path, asked=asked, themes=themes, asked_of=asked_of)
    return [*found, *minimal.consent_findings(pack, item, by_path, lifted=lifted)]


def find_faults(
    pack: Pack, manifest: Manifest, exact: Manifest, content: Content, inner: Inner | None, sender: PartyFact | None
) -> list[tuple[Term | None, Finding]]:
    """Everything that is wrong with what is inside, with the category that it is in; None for the explanation.

    ``manifest``: as it is on the wire; ``exact``: the same one, or what a ceiling answer really holds (``inner``).
    """
    asked = None if inner is None else frozenset(row.category for row in manifest.ceiling_items)
    asked_of = manifest.to[0].function if isinstance(manifest.act, Question) else None
    found: list[tuple[Term | None, Finding]] = []
    for item in exact.exact_items:
        ground, values = exact.grounds[item.ground], content.values[item.item]
        lifted = isinstance(ground, Ground) and bool(ground.consent or ground.exception)
        phase = exact.phase or Term("onbekend")
        faults = find_in_item(pack, phase, exact.kind, item, values, lifted=lifted, asked=asked, asked_of=asked_of)
        found += [(item.category, fault) for fault in faults]
    if content.explanation is not None:
        found += [(None, fault) for fault in minimal.check_explanation(pack, exact.kind, content.explanation)]
    if inner is not None and silence.is_silent(pack, sender, inner):
        found += [(None, fault) for fault in silence.findings(pack, manifest, inner, content.explanation)]
    return found


def facts_inside(facts: Facts, sources: Sequence[Source], manifest: Manifest, inner: Inner) -> Facts:
    """The facts of a ceiling answer on the wire, with what was decided about the items that are sealed in it: stopped,
    restricted, their consent taken back, permitted by the police (7.1, 7.2d, 20). The broker sees none of these."""
    exact = as_exact(manifest, inner)
    if exact is None or manifest.house != facts.house:
        return facts
    inside = gather(Members(facts.house, facts.house_address, {}, ()), sources, exact, bounded=False).facts
    names = ("stopped", "withdrawn", "restrictions", "permissions")
    return facts.model_copy(update={name: getattr(inside, name) for name in names})


def check_going(
    pack: Pack, manifest: Manifest, exact: Manifest, plaintext: Plaintext, inner: Inner | None, sender: PartyFact | None
) -> None:
    """Before sealing. Raises :class:`ContentError` with each field that cannot go, and why."""
    try:
        content = Content(check_disclosures(exact, plaintext), read_explanation(exact, plaintext))
    except CheckError as error:
        raise ContentError(f"dit bericht is niet wat het aankondigt ({error.code}); maak het opnieuw") from error
    refuse(find_faults(pack, manifest, exact, content, inner, sender))


def check_text(pack: Pack, kind: str, text: str) -> str:
    """An explanation that may go with a message of this kind. Raises :class:`ContentError` before anything is made."""
    refuse((None, fault) for fault in minimal.check_explanation(pack, kind, text))
    return text


def refuse(faults: Iterable[tuple[str | None, Finding]]) -> None:
    """Raises :class:`ContentError` where there are any: fields, codes and what to do, never a value."""
    told = dict.fromkeys(
        f"{category or ''}{finding.path}: {finding.code}{_why(finding.code)}" for category, finding in faults
    )
    if told:
        raise ContentError(f"dit kan zo niet mee, pas het aan of laat het weg: {'; '.join(told)}")


def _why(code: str) -> str:
    return f" ({WHY[code]})" if code in WHY else ""
