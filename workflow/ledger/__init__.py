"""The memory of a workspace: runs, files, answers and what stands, in one SQLite file. This is the room's one door."""

from workflow.ledger.store import Change, Issue, Ledger, Run

__all__ = ["Change", "Issue", "Ledger", "Run"]
