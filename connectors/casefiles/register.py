"""The party's own register of provisions and refusals (8): exact where the broker's shows a ceiling.

Codes, ids and digests only. Both directions, and also what was refused at home, before anything left.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from connectors.casefiles import store
from connectors.casefiles.store import ProvisionRow
from connectors.database import Transaction
from schemas.ids import CaseRef
from schemas.manifest import Manifest
from schemas.policy import Reason


def _row(manifest: Manifest, way: str, outcome: str, reasons: Sequence[Reason], now: datetime) -> ProvisionRow:
    marks = [{"rule": reason.rule, "code": reason.code, "pointer": reason.pointer} for reason in reasons]
    return ProvisionRow(
        message=manifest.id,
        at=now,
        way=way,
        outcome=outcome,
        kind=manifest.kind,
        case=manifest.case,
        reasons=json.dumps(marks),
        manifest=manifest.model_dump_json(by_alias=True, exclude_none=True),
    )


async def record_allowed(tx: Transaction, manifest: Manifest, way: str, now: datetime) -> None:
    """A provision that went (``out``) or was filed (``in``); hand over the exact manifest where there is one."""
    await store.add_provision(tx, _row(manifest, way, "allowed", (), now))


async def record_refused(
    tx: Transaction, manifest: Manifest, way: str, reasons: Sequence[Reason], now: datetime
) -> None:
    """A message that a rule refused: at home (``out``), by the broker (``out``), or on receipt (``in``)."""
    await store.add_provision(tx, _row(manifest, way, "refused", reasons, now))


async def read(tx: Transaction, case: CaseRef | None = None, outcome: str | None = None) -> tuple[ProvisionRow, ...]:
    """Rows of a case or of all, perhaps only ``allowed`` or ``refused``; oldest first."""
    return await store.provisions(tx, case, outcome)
