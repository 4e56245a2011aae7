"""The report as one page to file: HTML that stands on its own, prints on A4, and asks nothing of anybody's server.

No script, no font, no picture from elsewhere, and a policy in the page that forbids it; no personal data: codes, ids
and counts, and a title without a case. What comes from the log is written as text, whatever is in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from connectors.proofs.report import Problem, Report
from schemas.ids import format_instant

_STYLE: Final = """
body { font: 11pt/1.45 system-ui, sans-serif; color: #1a1a1a; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
p.sub { color: #4d4d4d; margin-top: 0; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0; }
caption { text-align: left; font-weight: 600; padding: .2rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid #c8c8c8; }
td.n { font-variant-numeric: tabular-nums; white-space: nowrap; }
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere; }
.verdict { border: 2px solid; padding: .8rem 1rem; font-weight: 600; }
.good { border-color: #2b6b2b; } .bad { border-color: #a01818; }
@page { size: A4; margin: 18mm; }
@media print { body { margin: 0; max-width: none; } tr, .verdict { break-inside: avoid; }
  thead { display: table-header-group; } }
"""
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def _cells(values: Iterable[object], head: bool = False) -> str:
    if head:
        return "".join(f'<th scope="col">{escape(str(value))}</th>' for value in values)
    return "".join(f"<td>{escape(str(value))}</td>" for value in values)


def _facts(report: Report) -> str:
    rows = (
        ("Logboek", report.origin),
        ("Controlepunt", f"{report.size} bladen, wortel {report.root}"),
        ("Eerder nagerekend", f"{report.since} bladen; nu opnieuw aan dit controlepunt vastgemaakt"),
        ("Eerder gezien door de connector", f"{report.held} bladen"),
        ("Besluiten van het huis", report.records),
        ("Eigen vermeldingen", report.own_entries),
        ("Besluiten opnieuw genomen", report.replayed),
        ("Waarvan de feiten opnieuw verzameld", report.gathered),
        ("Berichten van het eigen register", report.register),
    )
    cells = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(str(value))}</td></tr>' for name, value in rows
    )
    return f"<table><caption>Wat is nagerekend</caption><tbody>{cells}</tbody></table>"


def _problem(problem: Problem) -> str:
    place = "" if problem.index is None else str(problem.index)
    kind = problem.kind
    return (
        f'<tr><td>{escape(kind.severity)}</td><td class="n">{escape(place)}</td><td>{escape(kind.rule)}</td>'
        f"<td>{escape(kind.text)} <code>{escape(problem.code)}</code>"
        f"{f' <code>{escape(problem.what)}</code>' if problem.what else ''}<br>{escape(kind.advice)}</td></tr>"
    )


def _problems(report: Report) -> str:
    if not report.problems:
        return "<p>Geen.</p>"
    head = _cells(("Weging", "Vermelding", "Regel", "Wat, en wat te doen"), head=True)
    rows = "".join(_problem(one) for one in report.problems)
    more = f"<p>En {report.more} bevindingen meer.</p>" if report.more else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"


def _unchecked(report: Report) -> str:
    if not report.unchecked:
        return "<p>Niets: al wat deze partij kan zien, is nagerekend.</p>"
    head = _cells(("Aantal", "Wat, en waarom niet"), head=True)
    rows = "".join(f"<tr>{_cells((one.count, one.text))}</tr>" for one in report.unchecked)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def page(report: Report) -> str:
    """The whole page."""
    good = "Het logboek is ongewijzigd en volledig, en wat deze partij kan zien is beslist volgens de afspraken."
    count = len(report.problems) + report.more
    bad = "Er is 1 bevinding." if count == 1 else f"Er zijn {count} bevindingen."
    verdict = good if report.ok else bad
    return f"""<!doctype html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Controle van het logboek</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>Controle van het logboek</h1>
<p class="sub">Huis {escape(report.house)}, {escape(format_instant(report.at))}</p>
<p class="verdict {"good" if report.ok else "bad"}">{escape(verdict)}</p>
{_facts(report)}
<h2>Bevindingen</h2>
{_problems(report)}
<h2>Niet te controleren</h2>
{_unchecked(report)}
<h2>Hoe dit is nagegaan</h2>
<p>Door de connector van deze partij zelf, zonder de broker te geloven: de hele boom uit de bladen en de ondertekende
wortel (RFC 9162), elke eigen vermelding met het manifest en de handtekening van de afzender, elk besluit opnieuw met
het protocolpakket dat het bericht noemt, de feiten van dat besluit opnieuw uit eerdere vermeldingen, en alles
vergeleken met het eigen register.</p>
</main>
</body>
</html>
"""
