"""The memory of a workspace: runs, files, answers and what stands, in one SQLite file. This is the room's one door."""

from workflow.ledger.deliveries import FAILED, SENT, TRYING, Attempt, Folder
from workflow.ledger.drives import network_warning
from workflow.ledger.judgements import answer_out, details_out, with_details
from workflow.ledger.lock import run_lock
from workflow.ledger.safety import backup
from workflow.ledger.store import Change, Issue, Ledger, Run

__all__ = [
    "FAILED", "SENT", "TRYING", "Attempt", "Change", "Folder", "Issue", "Ledger", "Run", "answer_out", "backup",
    "details_out", "network_warning", "run_lock", "with_details",
]
