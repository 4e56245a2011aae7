"""All targets, by name."""

from __future__ import annotations

from tests.fuzzing.oracle import Target
from tests.fuzzing.targets import files_of_parties, logs, messages, records, seals, texts

TARGETS: dict[str, Target] = {
    target.name: target
    for module in (texts, messages, seals, logs, records, files_of_parties)
    for target in module.TARGETS
}
