"""Old tables made into rows that are proposed for the register, with nothing lost. This is the room's one door."""

from workflow.importing.headings import known_headings
from workflow.importing.propose import FIGURES, propose
from workflow.importing.values import (
    CHANGE,
    DECISIONS,
    LEAVE_OUT,
    OWN_SHEETS,
    TAKE,
    Balance,
    Found,
    Ground,
    Imported,
    Meaning,
    Proposal,
    Written,
    balances,
    numbered,
)

__all__ = [
    "CHANGE", "DECISIONS", "FIGURES", "LEAVE_OUT", "OWN_SHEETS", "TAKE", "Balance", "Found", "Ground", "Imported", "Meaning",
    "Proposal", "Written", "balances", "known_headings", "numbered", "propose",
]  # fmt: skip
