"""What becomes of seeded faults: found at their cells or missed, and what else was told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.faults import desk
from tests.faults.answers import Box, clean
from tests.faults.desk import Received
from tests.faults.model import At, Expected, Fault
from tests.faults.typing_in import Address, addresses, changed, type_in
from workflow.model import Finding, Severity, Submission


@dataclass(frozen=True)
class Case:
    """One partner's return with one fault or several."""

    faults: tuple[Fault, ...]

    @property
    def name(self) -> str:
        return " + ".join(f.name for f in self.faults)

    @property
    def partner(self) -> str:
        return self.faults[0].partner

    @property
    def period(self) -> str:
        return self.faults[0].period

    @property
    def expected(self) -> list[tuple[Fault, Expected]]:
        """What must be told. A fault of the whole file keeps the others of that file from being told."""
        whole = [f for f in self.faults if f.whole]
        return [(f, e) for f in whole or self.faults for e in f.expects]


@dataclass(frozen=True)
class Outcome:
    """What a case came to. `found` are the expected messages that came, each with its finding."""

    case: Case
    found: Sequence[tuple[Fault, Expected, Finding]]
    missed: Sequence[tuple[Fault, Expected]]
    extra: Sequence[Finding]  # told to partners, and not expected
    notes: Sequence[Finding]  # told to the coordinator, and not expected
    submissions: Sequence[Submission] = field(default=(), repr=False)

    @property
    def messages(self) -> int:
        """How many messages the partners get."""
        told = {id(f) for _, _, f in self.found if f.severity is not Severity.NOTE}
        return len(told) + len(self.extra)

    @property
    def report(self) -> str:
        """What went wrong, in lines; "" where nothing did."""
        lines = [f"missed {e.code} ({e.severity}) at {e.at}" for _, e in self.missed]
        lines += [f"extra {f.code} ({f.severity}): {f.message}" for f in (*self.extra, *self.notes)]
        return "\n  ".join([self.case.name, *lines]) if lines else ""


def seed(case: Case) -> tuple[list[Received], Mapping[Box, Address]]:
    """The files that arrive, and where the boxes stand in the workbook among them."""
    made = desk.template(case.partner, case.period)
    where = addresses(made.data)
    boxes = dict(clean(case.partner, case.period))
    for f in case.faults:
        boxes.update(f.typed)
    data = type_in(made.data, boxes, where)
    for f in case.faults:
        if f.change:
            data, moved = changed(data, f.change)
            where = {**where, **moved}
    data = desk.saved(data, case.period)
    sent = next((f.sent for f in case.faults if f.sent), None)
    if sent:
        return list(sent(data)), where
    return [Received(f"{case.partner}.xlsx", data, case.period)], where


def run(case: Case) -> Outcome:
    """Seed a case and see what is told."""
    received, where = seed(case)
    own = [s for r in received for s in desk.read(r)]
    findings = desk.told(case.period, [*own, *desk.others(case.partner, case.period)])
    found: list[tuple[Fault, Expected, Finding]] = []
    missed: list[tuple[Fault, Expected]] = []
    for f, expected in case.expected:
        hit = next((x for x in findings if _hits(x, expected, where, case)), None)
        if hit:
            found.append((f, expected, hit))
        else:
            missed.append((f, expected))
    hits = [x for _, _, x in found]
    rest = [x for x in findings if all(x is not hit for hit in hits)]
    told = [x for x in rest if x.severity is not Severity.NOTE]
    notes = [x for x in rest if x.severity is Severity.NOTE]
    return Outcome(case, found, missed, told, notes, own)


def _hits(finding: Finding, expected: Expected, where: Mapping[Box, Address], case: Case) -> bool:
    """Whether a finding says what was expected, of the cells it was expected of: these alone, or (in pairs) these too."""
    said = (finding.code, finding.severity, finding.partner)
    if said != (expected.code, expected.severity, expected.partner):
        return False
    if expected.partner not in ("", case.partner):  # it is told of the other partner's own workbook
        where = addresses(desk.template(expected.partner, case.period).data)
    if expected.suggestion and finding.suggestion != expected.suggestion:
        return False
    cells = {address(at, where) for at in expected.at}
    told = {(p.sheet, p.cell) for p in finding.places}
    keys = {at[1] for at in expected.at if isinstance(at, tuple) and at[1] and not at[2]}
    return (cells == told if len(case.faults) == 1 else cells <= told) and keys <= set(finding.items)


def address(at: At, where: Mapping[Box, Address]) -> Address:
    """The sheet and cell that a label names."""
    if not isinstance(at, tuple):
        return at.address(where)
    return where[at] if at[0] else ("", "")


def singles(faults: Iterable[Fault]) -> list[Case]:
    """Each fault by itself."""
    return [Case((f,)) for f in faults]
