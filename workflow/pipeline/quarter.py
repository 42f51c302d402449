"""What every period comes to: the submissions merged period by period, reviewed, and seen as a `View`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from workflow import completeness, items
from workflow.merge import Merged, fold, merge
from workflow.model import (
    Balance,
    Fate,
    Finding,
    Form,
    Item,
    Period,
    Place,
    Register,
    ReturnStatus,
    Severity,
    Slot,
    Standing,
    Submission,
    SubmissionState,
)
from workflow.outputs.view import View
from workflow.pipeline.judge import carried_rows
from workflow.wording import finding


@dataclass(frozen=True, slots=True)
class Quarter:
    """One period: what stood before it, what its submissions came to, and each partner's return."""

    period: Period
    before: Mapping[Slot, Standing]
    merged: Merged
    given: Mapping[str, Mapping[str, tuple[Item, ...]]]  # partner -> form -> rows
    submissions: tuple[Submission, ...]
    returns: tuple[ReturnStatus, ...]
    findings: tuple[Finding, ...]

    @property
    def balance(self) -> Balance:
        """Law 1's counts for the period."""
        return self.merged.balance

    @property
    def now(self) -> dict[Slot, Standing]:
        """What stands at the end of the period."""
        return fold([self.before, self.merged.standing])


@dataclass(frozen=True, slots=True)
class Facts:
    """What the periods are worked out from."""

    register: Register
    forms: Mapping[str, Form]
    today: date
    thresholds: Mapping[str, float]
    current: str = ""  # the period a run is about


def work_out(facts: Facts, submissions: Sequence[Submission]) -> dict[str, Quarter]:
    """Every period in the order of its dates, each standing on the ones before it."""
    before = items.opening(facts.register, facts.forms)
    quarters: dict[str, Quarter] = {}
    periods = sorted(facts.register.periods, key=lambda p: p.start)
    where = [_period_of(s, periods, facts) for s in submissions]
    for period in periods:
        own = [s for s, key in zip(submissions, where, strict=True) if key == period.key]
        quarter = _quarter(facts, period, before, own)
        quarters[period.key] = quarter
        before = quarter.now
    return quarters


def _period_of(submission: Submission, periods: Sequence[Period], facts: Facts) -> str:
    """The period that a submission is counted in: its own; else the one that had last been issued when it came."""
    if any(p.key == submission.period for p in periods):
        return submission.period
    issued = [p for p in periods if p.issue_date.isoformat() <= submission.received]
    return issued[-1].key if issued else facts.current


def _quarter(facts: Facts, period: Period, before: Mapping[Slot, Standing], submissions: Sequence[Submission]) -> Quarter:
    partners = [p for p in facts.register.partners if p.active(period.end)]
    given = {p.id: items.forms_for(p.id, period, facts.register, facts.forms, before) for p in partners}
    carried = {partner: carried_rows(facts.forms, rows, partner) for partner, rows in given.items()}
    merged = merge(submissions, before, carried)
    superseded = _superseded(submissions, merged)
    findings = list(completeness.open_findings(submissions, superseded))
    returns: list[ReturnStatus] = []
    for partner in partners:
        own = [s for s in submissions if s.partner == partner.id]
        review = completeness.review(
            completeness.ReturnFacts(
                register=facts.register,
                forms=facts.forms,
                period=period,
                today=facts.today,
                partner=partner.id,
                given=given[partner.id],
                standing=merged.standing,
                before=before,
                submissions=own,
                open=[f for f in findings if f.partner == partner.id],
            )
        )
        findings.extend(review.findings)
        findings.extend(_replaced(own, merged, facts))
        mine = [f for f in findings if f.partner == partner.id]
        held = sum(fates.count(Fate.HELD) for s in own for fates in [merged.fates.get(s.sha256, ())])
        returns.append(
            replace(
                review.status,
                queries=sum(1 for f in mine if f.severity is not Severity.NOTE),
                held=held,
                state="part returned" if review.status.state == "returned" and held else review.status.state,
            )
        )
    ordered = tuple(sorted(findings, key=_reading_order))
    return Quarter(period, before, merged, given, tuple(submissions), tuple(returns), ordered)


def _superseded(submissions: Sequence[Submission], merged: Merged) -> frozenset[Place]:
    return frozenset(
        answer.place
        for s in submissions
        for answer, fate in zip(s.answers, merged.fates.get(s.sha256, ()), strict=False)
        if fate is Fate.SUPERSEDED
    )


def _replaced(own: Sequence[Submission], merged: Merged, facts: Facts) -> list[Finding]:
    """A note for the coordinator: what a later file of the same agency changed of an earlier one."""
    notes: list[Finding] = []
    for s in own:
        if s.state is not SubmissionState.MERGED:
            continue
        changed = [
            a
            for a, fate in zip(s.answers, merged.fates.get(s.sha256, ()), strict=False)
            if fate is Fate.SUPERSEDED and not a.held
        ]
        if changed:
            labels = list(dict.fromkeys(_label(a.key, facts.register) for a in changed))
            notes.append(
                finding(
                    "resubmission",
                    [a.place for a in changed],
                    partner=s.partner,
                    period=s.period,
                    items=tuple(dict.fromkeys(a.key for a in changed)),
                    count=len(changed),
                    labels=", ".join(labels[:6]),
                )
            )
    return notes


def _label(key: str, register: Register) -> str:
    item = register.item(key)
    return item.label if item else key


def _reading_order(f: Finding) -> tuple[object, ...]:
    """As a person reads: by partner, worst first, then by file, sheet and cell."""
    place = f.places[0] if f.places else Place()
    order = {Severity.STOP: 0, Severity.QUERY: 1, Severity.NOTE: 2}[f.severity]
    digits = "".join(c for c in place.cell if c.isdigit())
    return (f.partner, order, place.file, place.sheet, int(digits or 0), place.cell, f.code, f.message)


def view_of(facts: Facts, quarters: Mapping[str, Quarter], key: str) -> View:
    """One period as its outputs see it."""
    quarter = quarters[key]
    earlier = [q for q in quarters.values() if q.period.start <= quarter.period.start]
    by_period: dict[Slot, dict[str, Standing]] = {}
    for q in earlier:
        for slot, standing in q.merged.standing.items():
            by_period.setdefault(slot, {})[q.period.key] = standing
    now = quarter.now
    rows = {
        name: (
            *(i for i in facts.register.items if i.form == name),
            *items.added_items(form, _shown(form, now, quarter), facts.register),
        )
        for name, form in facts.forms.items()
        if form.layout == "table"
    }
    return View(
        register=facts.register,
        forms=facts.forms,
        period=quarter.period,
        today=facts.today,
        now=now,
        before=quarter.before,
        by_period=by_period,
        rows=rows,
        returns=quarter.returns,
        findings=quarter.findings,
        balance=quarter.balance,
        thresholds=facts.thresholds,
    )


def _shown(form: Form, now: Mapping[Slot, Standing], quarter: Quarter) -> Mapping[Slot, Standing]:
    """The partner-added rows to print: those that are carried from quarter to quarter, and this quarter's own."""
    if form.carry_rows:
        return now
    return {slot: s for slot, s in quarter.merged.standing.items() if slot[0] == form.name}
