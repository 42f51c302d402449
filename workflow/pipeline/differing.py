"""Where copies of a return that were made side by side differ: what is held of it, and what is told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflow import desk
from workflow.conflicts import CODES, Conflict, Teller, find, same_rows
from workflow.merge import InFile, Rulings
from workflow.model import HOLD_BOTH, Finding, Form, Period, Register, Slot, Submission


@dataclass(frozen=True, slots=True)
class Differing:
    """The conflicts of a period. `contested` are the answers of which none is to stand until they are settled."""

    conflicts: tuple[Conflict, ...]
    contested: frozenset[InFile]
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...]

    @property
    def cells(self) -> frozenset[InFile]:
        """Every answer in conflict."""
        return cells_of(self.conflicts)


def cells_of(conflicts: Sequence[Conflict]) -> frozenset[InFile]:
    """Every answer of some conflicts."""
    return frozenset(cell for c in conflicts for cell in c.cells())


def differing(
    submissions: Sequence[Submission], register: Register, forms: Mapping[str, Form], period: Period, rulings: Rulings
) -> Differing:
    """The conflicts among a period's submissions, as the register's policy has them."""
    both = register.partnership.conflicts == HOLD_BOTH
    teller = Teller(register, forms, period.key, both)
    found = find(submissions, forms, {s.sha256: _asked(s) for s in submissions if s.base}, rulings)
    twice = same_rows(submissions, forms, register, rulings)
    return Differing(
        conflicts=found,
        contested=cells_of(found) if both else frozenset(),
        findings=teller.conflicts(found),
        notes=tuple(teller.same_row(row, copies) for row, copies in twice.items()),
    )


def _asked(submission: Submission) -> frozenset[Slot]:
    """The cells that the copy showed as in conflict."""
    return frozenset(c.slot for c in desk.shown(submission.base) if c.code in CODES)
