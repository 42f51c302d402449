"""The measurement: every return of the set judged, counted by rule and message, and said as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.faults import desk
from tests.faults.awkward import Awkward
from tests.faults.measure import Outcome
from tests.faults.vrules import RULES
from workflow.model import Finding, Severity, Slot, Submission, Value
from workflow.wording import WORDS


@dataclass(frozen=True)
class Calm:
    """What a clean return came to: what was told of it that should not have been, and whether it says the same."""

    awkward: Awkward
    alarms: Sequence[Finding]
    same: bool

    @property
    def report(self) -> str:
        """What went wrong, in lines; "" where nothing did."""
        lines = [f"false alarm {f.code} ({f.severity}): {f.message}" for f in self.alarms]
        lines += [] if self.same else ["what stands afterwards differs from the clean return"]
        return "\n  ".join([self.awkward.name, *lines]) if lines else ""


def calm(awkward: Awkward, files: Sequence[desk.Received] | None = None) -> Calm:
    """Judge a clean return. `files` are what arrives, where that is more than `Awkward` makes by itself."""
    received = awkward.received() if files is None else files
    others = desk.others(awkward.partner, awkward.period)
    subs = [s for r in received for s in desk.read(r)]
    told = desk.told(awkward.period, [*subs, *others])
    alarms = [f for f in told if f.severity is not Severity.NOTE or f.code not in awkward.notes]
    clean = desk.clean_submissions(awkward.partner, awkward.period)
    same = _stands(awkward, [*subs, *others]) == _stands(awkward, [*clean, *others])
    return Calm(awkward, alarms, same or not awkward.same)


def _stands(awkward: Awkward, submissions: Sequence[Submission]) -> dict[Slot, Value]:
    standing = desk.quarters(awkward.period, submissions)[awkward.period].merged.standing
    return {slot: s.value for slot, s in standing.items() if s.partner == awkward.partner}


@dataclass
class Line:
    """One message of the set, counted. `alone` and `paired` are [found, seeded]."""

    v: str
    code: str
    severity: Severity
    alone: list[int] = field(default_factory=lambda: [0, 0])
    paired: list[int] = field(default_factory=lambda: [0, 0])
    alarms: int = 0
    extra: int = 0

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as the table has it."""
        found, seeded = (self.alone[n] + self.paired[n] for n in (0, 1))
        numbers = (self.alone[1], self.paired[1], found, seeded - found, self.alarms, self.extra)
        return (self.v, self.code, str(self.severity), *map(str, numbers))


@dataclass(frozen=True)
class Measured:
    """The whole measurement."""

    outcomes: Sequence[Outcome]
    calms: Sequence[Calm]

    @property
    def faults(self) -> int:
        """How many seeded faults partners must be told of: those of a return that is held as a whole wait for the next."""
        return sum(len({id(f) for f, e in o.case.expected if e.severity is not Severity.NOTE}) for o in self.outcomes)

    @property
    def messages(self) -> int:
        """How many messages partners got for them."""
        return sum(o.messages for o in self.outcomes)

    @property
    def rate(self) -> float:
        """Messages for each fault."""
        return self.messages / self.faults

    def missed(self, *severities: Severity) -> list[str]:
        """What was missed, of some severities."""
        return [f"{o.case.name}: {e.code}" for o in self.outcomes for _, e in o.missed if e.severity in severities]

    def lines(self) -> list[Line]:
        """The counts by rule and message, in order."""
        found: dict[tuple[str, str], Line] = {}

        def line(code: str, v: str = "") -> Line:
            v = v or next((known for known, other in found if other == code), "")
            return found.setdefault((v, code), Line(v, code, WORDS[code][0]))

        for o in self.outcomes:
            hits = {(id(f), id(e)) for f, e, _ in o.found}
            for f, e in o.case.expected:
                count = line(e.code, f.v).alone if len(o.case.faults) == 1 else line(e.code, f.v).paired
                count[0] += (id(f), id(e)) in hits
                count[1] += 1
        for told in (told for o in self.outcomes for told in (*o.extra, *o.notes)):
            line(told.code).extra += 1
        for alarm in (alarm for c in self.calms for alarm in c.alarms):
            line(alarm.code).alarms += 1
        return sorted(found.values(), key=lambda each: (not each.v.startswith("V"), each.v, each.code))


HEADINGS = ("Rule", "Message", "Severity", "Seeded alone", "Seeded in pairs", "Found", "Missed", "False alarms", "Extra")


def rendered(measured: Measured, mended: str = "") -> str:
    """The table in Markdown, with the sums above it, and what came of the remedies (`mended`) among them."""
    lines = measured.lines()
    alone = sum(1 for o in measured.outcomes if len(o.case.faults) == 1)
    notes = Counter(f.severity is Severity.NOTE for c in measured.calms for f in c.alarms)
    told = [Severity.STOP, Severity.QUERY]
    words = [
        f"- Returns with faults: {len(measured.outcomes)} ({alone} with one fault, {len(measured.outcomes) - alone} with two).",
        f"- Clean returns, most of them awkward: {len(measured.calms)}; false alarms on them: {notes[False]}"
        f" to partners, {notes[True]} to the coordinator.",
        f"- Stops and queries missed: {len(measured.missed(*told))}; notes missed: {len(measured.missed(Severity.NOTE))}.",
        f"- Messages to partners for each fault: {measured.rate:.2f} ({measured.messages} for {measured.faults}).",
    ]
    rows = [HEADINGS, ("---",) * 3 + ("---:",) * 6, *(each.cells for each in lines)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    asked = "\n".join(f"- **{v}** {said}" for v, said in RULES.items())
    return "\n".join([*words, *filter(None, [mended])]) + f"\n\n{table}\n\nThe rules:\n\n{asked}\n"
