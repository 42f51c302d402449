"""The memory of a workspace: runs, files, answers and what stands, in one SQLite file. This is the room's one door."""

from workflow.ledger.closures import Closure, Frozen
from workflow.ledger.deliveries import FAILED, SENT, TRYING, Attempt, Folder
from workflow.ledger.drives import network_warning
from workflow.ledger.judgements import answer_out, details_out, with_details
from workflow.ledger.lock import run_lock
from workflow.ledger.safety import backup
from workflow.ledger.sayings import Said
from workflow.ledger.store import Change, Issue, Ledger, Run
from workflow.ledger.tombstones import PURGED, Tombstone
from workflow.ledger.withdrawals import Withdrawal

__all__ = [
    "FAILED", "PURGED", "SENT", "TRYING", "Attempt", "Change", "Closure", "Folder", "Frozen", "Issue", "Ledger", "Run", "Said",
    "Tombstone", "Withdrawal", "answer_out", "backup", "details_out", "network_warning", "run_lock", "with_details",
]
