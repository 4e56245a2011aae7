"""The whole log written anew: other leaves, other tiles, another root, signed with the log's real key.

Nobody who has only that key and the database can be stopped from making one. Who has seen the log before sees that it
is another; who has not sees whatever does not fit with what parties signed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from broker.problem import ProblemError
from deploy.demo.adversary.front import Asked, Front
from keys import checkpoint, proof, tiles
from keys.checkpoint import Checkpoint
from keys.merkle import HASH_LENGTH, body_leaf, leaf_hash
from keys.tiles import Tile
from schemas import canonical, strict

Json = dict[str, Any]
Edit = Callable[[Json], Json | None]
"""The content of a body to what it becomes; None: the entry goes. The same object: it stays."""


class Rewritten:
    """A lie: this log instead of the real one, to everybody who asks."""

    def __init__(
        self, front: Front, origin: str, placed: Sequence[tuple[int, bytes]], bodies: Mapping[str, str]
    ) -> None:
        """``placed``: each leaf with the place that it really has; ``bodies``: what each text of a body became."""
        leaves = [leaf for _, leaf in placed]
        self._leaves, self._bodies = leaves, bodies
        self._moved = {index: place for place, (index, _) in enumerate(placed)}
        grown = tiles.grow(0, {}, [leaf_hash(leaf) for leaf in leaves])
        self._tiles, self.size = grown.tiles, grown.size
        self._places = {leaf: index for index, leaf in enumerate(leaves)}
        self.note = checkpoint.sign(Checkpoint(origin, grown.size, grown.root), front.log_key)

    def __call__(self, asked: Asked, data: bytes) -> bytes:
        """The answer to a question about the log."""
        match asked.route:
            case "readCheckpoint":
                return self.note.encode()
            case "readTile":
                return self._tile(Tile.parse(asked.path.removeprefix("log/")))
            case "readEntryBundle":
                return self._bundle(Tile.parse(asked.path.removeprefix("log/")))
            case "readInbox":
                return self._page(data, int(asked.query.get("since", 0)))
            case "readEntries" | "readDirectory":
                return self._listed(data)
            case _:
                return data

    def _tile(self, tile: Tile) -> bytes:
        held = self._tiles.get((tile.level or 0, tile.index), b"")
        return held[: tile.width * HASH_LENGTH]

    def _bundle(self, tile: Tile) -> bytes:
        start = tile.index * tiles.WIDTH
        return tiles.encode_bundle(self._leaves[start : start + tile.width])

    def _page(self, data: bytes, since: int) -> bytes:
        if since > self.size or not data:
            raise ProblemError("vraag_vorm", "/since")
        page = json.loads(data)
        for delivery in page["deliveries"]:
            self._proven(delivery)
            for source in delivery["sources"]:
                self._proven(source)
        hashes = tiles.consistency_proof(since, self.size, self._tiles) if 0 < since < self.size else ()
        page["consistency"] = [base64.b64encode(value).decode() for value in hashes]
        page["checkpoint"] = self.note
        return _bytes(page)

    def _proven(self, row: Json) -> None:
        row["body"] = self._bodies.get(row["body"], row["body"])
        index = self._places.get(body_leaf(row["body"].encode()))
        hashes = () if index is None else tiles.inclusion_proof(index, self.size, self._tiles)
        row["proof"] = None if index is None else proof.build(index, hashes, self.note)

    def _listed(self, data: bytes) -> bytes:
        content = json.loads(data)
        if "checkpoint" in content:
            content["checkpoint"] = self.note
            for row in content["records"]:
                row["index"] = self._moved.get(row["index"], row["index"])
            return _bytes(content)
        kept = []
        for row in content["entries"]:
            body = self._bodies.get(row["body"], row["body"])
            index = self._places.get(body_leaf(body.encode()))
            if index is not None:
                kept.append({**row, "body": body, "index": index})
        return _bytes({**content, "entries": kept})


async def rewritten(front: Front, origin: str, edit: Edit, keep: int | None = None) -> Rewritten:
    """Every body passes through ``edit``; of the log only the first ``keep`` leaves stay, if told."""
    async with front.broker.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT leaf, body FROM entry WHERE house = $1 AND idx IS NOT NULL ORDER BY idx", front.house
        )
    placed: list[tuple[int, bytes]] = []
    bodies: dict[str, str] = {}
    for index, row in enumerate(rows[:keep]):
        leaf = bytes(row["leaf"])
        if row["body"] is not None:
            text = bytes(row["body"]).decode()
            content = strict.parse_object(text.encode())
            made = edit(content)
            if made is None:
                continue
            if made is not content:
                bodies[text] = canonical.encode(made).decode()
                leaf = body_leaf(bodies[text].encode())
        placed.append((index, leaf))
    return Rewritten(front, origin, placed, bodies)


def _bytes(content: Json) -> bytes:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
