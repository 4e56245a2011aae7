"""``docs/adversary.md``: every attack of the list, who notices and what that one sees; and what is not defended."""

from __future__ import annotations

from collections import Counter

from deploy.demo.adversary.attack import Attack, Seen
from deploy.demo.adversary.listing import ATTACKS, NOT_DEFENDED

PAGE = "docs/adversary.md"
PLAYED = "tests/stories/test_adversary.py"
INTRO = """# The adversary

Somebody who tries to break it: every attack below is played in a test, against a house at work over real TLS and
PostgreSQL, with the real keys of a party or with the broker's own TLS certificate, database and log key. A test asserts
who noticed and exactly what that one sees; where there is one, the same course without the lie is played too, and
passes. `make demo` plays those marked ▶ and shows them on its screen. The threats are those of
[SECURITY.md](../SECURITY.md).

* **A party with its real keys** posts past its connector; the broker must notice.
* **A party with a changed connector** signs well, and what is inside the seal does not belong; the recipient must
  notice.
* **The broker** serves something else than it should; whoever receives, follows the log or audits must notice.
* **The network** has no keys, or too many connections.

What is seen are codes: of a problem, of a rule that refuses, of a finding at a connector, of an audit.

This page is made from `deploy/demo/adversary`, with `make docs`; a test fails while it is stale.
"""


def _codes(seen: Seen) -> str:
    return "; ".join(f"`{code}`" for code in seen)


def _row(attack: Attack) -> str:
    mark = " ▶" if attack.shown else ""
    shown = attack.elsewhere.partition("::")[0] or PLAYED
    cells = (
        f"{attack.id}{mark}",
        attack.does,
        ", ".join(attack.threats),
        attack.notices,
        _codes(attack.sees),
        "-" if attack.honest is None else _codes(attack.honest) or "no finding",
        f"[{shown.rpartition('/')[2]}](../{shown})",
    )
    return f"| {' | '.join(cells)} |"


def page() -> str:
    """The whole page."""
    parts = [INTRO]
    for player, many in Counter(attack.player for attack in ATTACKS).items():
        parts += [
            f"## {player[0].upper()}{player[1:]} ({many})\n",
            "| attack | what is done | threats | who notices | what that one sees | without the lie | shown by |",
            "|---|---|---|---|---|---|---|",
            *(_row(attack) for attack in ATTACKS if attack.player == player),
            "",
        ]
    parts += ["## Not defended\n", "| what | why, and what there is instead |", "|---|---|"]
    parts += [f"| {what} | {' '.join(why.split())} |" for what, why in NOT_DEFENDED]
    return "\n".join(parts) + "\n"
