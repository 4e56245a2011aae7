"""All comparisons, and what the pack must hold when the decided differences are laid over the documents."""

from __future__ import annotations

from dataclasses import dataclass

from tests.oracle import categories, ceilings, fields, kinds, messages, parties, process, readings, terms
from tests.oracle.cells import Cells, Comparison, settled
from tests.oracle.divergences import DIVERGENCES
from tests.oracle.markdown import Documents

__all__ = ["COMPARISONS", "DIVERGENCES", "Tables", "tables_of"]

SINGLE = {
    "categories": categories.CATEGORIES,
    "appendix": categories.APPENDIX,
    "forbidden": categories.FORBIDDEN,
    "fields": fields.FIELDS,
    "message": messages.MESSAGE,
    "domains": messages.DOMAINS,
    "codes": messages.CODES,
    "limits": messages.LIMITS,
    "providers": parties.PROVIDERS,
    "bases": parties.BASES,
    "secrecies": parties.SECRECIES,
    "tasks": parties.TASKS,
    "phases": process.PHASE_TABLE,
    "purposes": process.PURPOSES,
    "rules": process.RULES,
    "terms": terms.TERMS,
    "acts": kinds.ACT_TABLE,
    "kinds": kinds.KIND_TABLE,
}
"""Tables that stand on their own; the ceilings build upon some of them."""

COMPARISONS = (*SINGLE, "ceilings")


@dataclass(frozen=True)
class Tables:
    """By name: the comparison, what the documents say, and what the pack must hold."""

    comparisons: dict[str, Comparison]
    said: dict[str, Cells]
    settled: dict[str, Cells]


def tables_of(texts: Documents) -> Tables:
    """Every table of the documents."""
    comparisons = dict(SINGLE)
    said: dict[str, Cells] = {
        name: {key: value for key, value in found.document(texts).items() if value is not None}
        for name, found in SINGLE.items()
    }
    must: dict[str, Cells] = {name: settled(name, cells, DIVERGENCES) for name, cells in said.items()}
    comparisons["ceilings"] = ceilings.comparison(readings.OWN, must)
    said["ceilings"] = comparisons["ceilings"].document(texts)
    must["ceilings"] = settled("ceilings", said["ceilings"], DIVERGENCES)
    return Tables(comparisons, said, must)
