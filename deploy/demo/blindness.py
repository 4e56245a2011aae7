"""Has the broker read anything? The places it could be left in, and the search of all of them after a run.

Places: the tables as files and as they are read, the write-ahead log, temporary files, the logs, the broker's own
folder, the memory of the live broker and of every process of PostgreSQL. In each a *control* must be found that got
there by the ordinary path: the random id of the house, the random name of the database, the random OIN of a caller.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

import asyncpg

from deploy.demo.memory import memory
from deploy.demo.needles import Needle, of_person
from deploy.demo.people import PeopleError, Population
from deploy.demo.sandbox import Sandbox
from deploy.demo.search import Looked, Place, Searcher, files, texts
from deploy.demo.tables import Cast

CANDIDATES = 24
SPILL = """DECLARE held CURSOR WITH HOLD FOR
    SELECT entry.body, copy FROM entry CROSS JOIN generate_series(1, 200) AS copy WHERE entry.body IS NOT NULL"""


@dataclass(frozen=True)
class Search:
    """The outcome: what was looked for, and what each place gave."""

    values: int
    patterns: int
    places: tuple[Looked, ...]

    @property
    def ok(self) -> bool:
        """Nothing found anywhere, and every control found."""
        return bool(self.places) and all(place.ok for place in self.places)

    @property
    def hits(self) -> int:
        """How often something was found."""
        return sum(finding.count for place in self.places for finding in place.found)

    def as_json(self) -> dict[str, object]:
        """The member ``search``: no values."""
        return {
            "ok": self.ok,
            "values": self.values,
            "patterns": self.patterns,
            "hits": self.hits,
            "places": [
                {
                    "place": place.place,
                    "bytes": place.size,
                    "control_found": place.control,
                    "hits": [
                        {"whose": one.whose, "what": one.what, "form": one.form, "count": one.count}
                        for one in place.found
                    ],
                }
                for place in self.places
            ],
        }


def choose(places: Sequence[Place], people: Population, free_texts: Sequence[Needle]) -> tuple[Cast, int]:
    """P and Q of whom no value is in ``places`` (memory before the first message); how many were passed over.

    Raises :class:`PeopleError` where nobody is left.
    """
    lists = {"P": people.unique[:CANDIDATES], "Q": people.ambiguous[:CANDIDATES]}
    values = {who: [{needle.text for needle in of_person(who, one)} for one in some] for who, some in lists.items()}
    needles = [Needle("", "", text) for some in values.values() for texts_of in some for text in texts_of]
    looker = Searcher([*needles, *free_texts])
    # By text and not by person: people share names and birth dates.
    taken = {needle.text for place in places for needle in looker.look(place).needles}
    if taken & {needle.text for needle in free_texts}:
        raise PeopleError("a text of the play is in the processes' memory before it is told; it proves nothing then")
    free = {who: [i for i, own in enumerate(some) if not own & taken] for who, some in values.items()}
    for who, left in free.items():
        if not left:
            raise PeopleError(f"every possible {who} has a value that is in memory before the first message")
    pair = next(
        ((p, q) for q in free["Q"] for p in free["P"] if lists["P"][p].geslachtsnaam != lists["Q"][q].geslachtsnaam),
        None,
    )
    if pair is None:
        raise PeopleError("everybody has one surname; give a file with more people")
    return Cast(lists["P"][pair[0]], lists["Q"][pair[1]]), pair[0] + pair[1]


def live(sandbox: Sandbox) -> list[Place]:
    """The memory of the broker and of PostgreSQL with all its processes."""
    house = str(sandbox.founded.house)
    return [
        Place("memory of the broker", memory([sandbox.children["broker"].pid]), house),
        Place("memory of PostgreSQL", memory([sandbox.postmaster]), house),
    ]


async def search(sandbox: Sandbox, needles: Sequence[Needle], caller: str) -> Search:
    """Look everywhere. ``caller``: the OIN of a party that called the broker, which its log therefore holds."""
    looker = Searcher(needles)
    house, data = str(sandbox.founded.house), sandbox.postgres.data
    places = live(sandbox)  # memory first: what we do ourselves below must not disturb it
    looked = [looker.look(place) for place in places]

    async def spilled(connection: asyncpg.Connection) -> None:
        await connection.execute("CHECKPOINT")
        await connection.execute("SET work_mem = '64kB'")
        async with connection.transaction():
            await connection.execute(SPILL)
        on_disk = [
            Place("tables and other files of PostgreSQL", files(data, but=("pg_wal", "pgsql_tmp")), house),
            Place("write-ahead log", files(data / "pg_wal"), house),
            Place("temporary files", files(data / "base" / "pgsql_tmp"), house),
            Place("log of PostgreSQL", files(sandbox.postgres.base, "server.log"), sandbox.database),
            Place("log of the broker", files(sandbox.base / "broker" / "log"), caller),
            Place("output of the broker", files(sandbox.logs, "broker.log"), None),
            Place("settings and keys of the broker", files(sandbox.base / "broker", but=("log",)), sandbox.database),
        ]
        looked.extend(looker.look(place) for place in on_disk)
        rows = await _tables(connection)
        looked.append(looker.look(Place("tables as they are read", texts(lambda: rows), house)))

    await _connected(sandbox, spilled)
    return Search(len(needles), len(looker), tuple(looked))


async def _connected(sandbox: Sandbox, work: Callable[[asyncpg.Connection], Awaitable[None]]) -> None:
    connection = await asyncpg.connect(
        host="127.0.0.1", port=sandbox.postgres.port, user="postgres", database=sandbox.database
    )
    try:
        await work(connection)
    finally:
        await connection.close()


async def _tables(connection: asyncpg.Connection) -> list[bytes]:
    """Every table as its rows are read, so decompressed (``COPY ... WITH BINARY``)."""
    names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    contents = []
    for row in names:
        content = BytesIO()
        await connection.copy_from_table(row["tablename"], output=content, format="binary")
        contents.append(content.getvalue())
    return contents
