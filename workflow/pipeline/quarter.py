"""What every period comes to: the submissions merged period by period, reviewed, and seen as a `View`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TypeVar

from workflow import completeness, config, desk, history, items
from workflow.conflicts import Conflict
from workflow.merge import NO_RULINGS, InFile, Merged, fold, merge
from workflow.model import (
    Balance,
    Fate,
    Finding,
    Form,
    Item,
    PaperWords,
    Period,
    Place,
    Register,
    ReturnStatus,
    Severity,
    Slot,
    Standing,
    Submission,
    SubmissionState,
    Value,
    Waiver,
)
from workflow.outputs.view import View
from workflow.pipeline.differing import cells_of, differing
from workflow.pipeline.judge import carried_rows
from workflow.validate import gather
from workflow.wording import finding

_Theirs = TypeVar("_Theirs", Submission, Finding)
_CLOSED = ("query-explained", "query-settled")


@dataclass(frozen=True)
class Quarter:
    """One period: what stood before it, what its submissions came to, and each partner's return."""

    period: Period
    before: Mapping[Slot, Standing]
    merged: Merged
    given: Mapping[str, Mapping[str, tuple[Item, ...]]]  # partner -> form -> rows
    submissions: tuple[Submission, ...]
    returns: tuple[ReturnStatus, ...]
    findings: tuple[Finding, ...]
    granted: tuple[Waiver, ...] = ()  # waivers that were decided in this period
    conflicts: tuple[Conflict, ...] = ()  # different answers to one cell that nobody has settled
    why: Mapping[InFile, desk.Decision] = field(default_factory=dict)  # the decision about a cell, where there is one

    @property
    def balance(self) -> Balance:
        """Law 1's counts for the period."""
        return self.merged.balance

    @cached_property
    def now(self) -> Mapping[Slot, Standing]:
        """What stands at the end of the period."""
        return fold([self.before, self.merged.standing])

    @cached_property
    def asked(self) -> Mapping[str, list[Finding]]:
        """By partner, what anybody is to answer, in reading order."""
        return _by_partner(f for f in self.findings if f.severity is not Severity.NOTE)

    @cached_property
    def sent(self) -> Mapping[str, list[Submission]]:
        """By partner, the files that say that they are its."""
        return _by_partner(self.submissions)

    @cached_property
    def given_by(self) -> Mapping[str, Mapping[Slot, Standing]]:
        """By partner, what stands for the period by its word."""
        return _by_word(self.merged.standing)

    @cached_property
    def unused(self) -> frozenset[str]:
        """The files that could not be used."""
        return frozenset(s.place for s in self.submissions if s.state in (SubmissionState.HELD, SubmissionState.REFUSED))


@dataclass(frozen=True, slots=True)
class Facts:
    """What the periods are worked out from."""

    register: Register
    forms: Mapping[str, Form]
    today: date
    thresholds: Mapping[str, float]
    current: str = ""  # the period a run is about
    words: PaperWords = field(default_factory=config.paper_words)  # of the workspace's papers


def work_out(facts: Facts, submissions: Sequence[Submission]) -> dict[str, Quarter]:
    """Every period in the order of its dates, each standing on the ones before it."""
    before: Mapping[Slot, Standing] = items.opening(facts.register, facts.forms)
    earlier: dict[Slot, tuple[Value, ...]] = {}
    waivers = facts.register.waivers
    quarters: dict[str, Quarter] = {}
    periods = sorted(facts.register.periods, key=lambda p: p.start)
    where = [_period_of(s, periods, facts) for s in submissions]
    for period in periods:
        own = [s for s, key in zip(submissions, where, strict=True) if key == period.key]
        partners = [p for p in facts.register.partners if p.active(period.end)]
        stood = items.Stood(facts.register, before)
        rows = {p.id: items.forms_for(p.id, period, facts.forms, stood) for p in partners}
        quarter = _quarter(_Ground(facts, period, before, earlier, rows), own, waivers)
        quarters[period.key] = quarter
        before, waivers = quarter.now, (*waivers, *quarter.granted)
        given = {slot: s.value for slot, s in quarter.merged.standing.items() if not s.carried}
        earlier = {slot: earlier.get(slot, ()) + ((given[slot],) if slot in given else ()) for slot in (*earlier, *given)}
    return quarters


def decided(worked: Mapping[str, Quarter], submissions: Iterable[Submission]) -> list[Submission]:
    """Every leaf as it counts once the decisions are heard: one that was held and is accepted is merged."""
    counted = {(s.container, s.part): s for q in worked.values() for s in q.submissions}
    return [counted.get((s.container, s.part), s) for s in submissions]


def _period_of(submission: Submission, periods: Sequence[Period], facts: Facts) -> str:
    """The period that a submission is counted in: its own; else the one that had last been issued when it came."""
    if any(p.key == submission.period for p in periods):
        return submission.period
    issued = [p for p in periods if p.issue_date.isoformat() <= submission.received]
    return issued[-1].key if issued else facts.current


@dataclass(frozen=True, slots=True)
class _Ground:
    """What one period stands on."""

    facts: Facts
    period: Period
    before: Mapping[Slot, Standing]
    earlier: Mapping[Slot, tuple[Value, ...]]
    given: Mapping[str, Mapping[str, tuple[Item, ...]]]  # partner -> form -> rows


def _quarter(ground: _Ground, submissions: Sequence[Submission], waivers: Sequence[Waiver]) -> Quarter:
    """One period: first as it is without the desk, then, where there is anything to hear, with it."""
    first = _with(ground, submissions, None)
    asked = desk.Asked(
        register=ground.facts.register,
        forms=ground.facts.forms,
        period=ground.period,
        today=ground.facts.today,
        given=ground.given,
        standing=first.merged.standing,
        submissions=submissions,
        findings=first.findings,
        waivers=waivers,
        conflicts=first.conflicts,
    )
    heard = desk.Desk(asked)
    return first if heard.idle else _with(ground, heard.submissions, heard, first.conflicts)


def _with(
    ground: _Ground, submissions: Sequence[Submission], heard: desk.Desk | None, asked: Sequence[Conflict] = ()
) -> Quarter:
    """One period as it is once the desk is heard, if it is. `asked` are the conflicts that it was asked about."""
    facts, period = ground.facts, ground.period
    carried = {partner: carried_rows(facts.forms, rows, partner) for partner, rows in ground.given.items()}
    rulings = heard.followed.rulings if heard else NO_RULINGS
    differ = differing(submissions, facts.register, facts.forms, period, rulings)
    merged = merge(submissions, ground.before, carried, rulings, differ.contested)
    # What a decision set aside is not simply replaced: it is told as settled, with the reason.
    settled = rulings.rejected - cells_of(asked)
    findings = [*completeness.open_findings(submissions, _superseded(submissions, merged) - settled), *differ.findings]
    notes: list[Finding] = []
    if heard:
        findings, notes = heard.split(findings)
        notes += [*heard.followed.findings, *heard.ended(differ.findings)]
    findings += differ.notes
    aside = heard.followed.set_aside if heard else set[str]()
    mine = _by_word(merged.standing)
    guests = {slot: s for slot, s in merged.standing.items() if "@" in slot[2]}
    sent, still_open, told_of = _by_partner(submissions), _by_partner(findings), _by_partner(notes)
    told = [
        completeness.ReturnFacts(
            register=facts.register,
            forms=facts.forms,
            period=period,
            today=facts.today,
            partner=partner,
            given=rows,
            standing=merged.standing,
            before=ground.before,
            mine=mine.get(partner, {}),
            guests=guests,
            submissions=[s for s in sent.get(partner, ()) if s.sha256 not in aside],
            open=still_open.get(partner, []),
            earlier=ground.earlier,
            explained=frozenset(p for f in told_of.get(partner, ()) if f.code in _CLOSED for p in f.places),
        )
        for partner, rows in ground.given.items()
    ]
    wide = completeness.across(told)
    returns: list[ReturnStatus] = []
    for one in told:
        review = completeness.review(one, wide.get(one.partner, ()))
        if heard:
            still, more = heard.split_troubles(review.troubles, one.partner)
            findings.extend(still)
            notes.extend(more)
        else:
            findings.extend(gather(review.troubles, one.partner, period.key))
        findings.extend(_replaced(one.submissions, merged, facts, differ.cells | rulings.rejected))
        returns.append(_counted(review.status, one, findings, merged))
    ordered = tuple(sorted((*findings, *notes), key=_reading_order))
    granted = tuple(heard.followed.granted) if heard else ()
    why = heard.followed.why if heard else {}
    done = (tuple(submissions), tuple(returns), ordered, granted, differ.conflicts, why)
    return Quarter(period, ground.before, merged, ground.given, *done)


def _by_partner(those: Iterable[_Theirs]) -> dict[str, list[_Theirs]]:
    found: dict[str, list[_Theirs]] = {}
    for one in those:
        found.setdefault(one.partner, []).append(one)
    return found


def _by_word(standing: Mapping[Slot, Standing]) -> dict[str, dict[Slot, Standing]]:
    found: dict[str, dict[Slot, Standing]] = {}
    for slot, s in standing.items():
        found.setdefault(s.partner, {})[slot] = s
    return found


def _counted(status: ReturnStatus, one: completeness.ReturnFacts, findings: Sequence[Finding], merged: Merged) -> ReturnStatus:
    """A partner's state with how much of its return is asked and held.

    A file that was held as a whole does not make a return incomplete once a later one was taken: nothing is said of it then.
    """
    held = {s.place: merged.fates.get(s.sha256, ()).count(Fate.HELD) for s in one.submissions}
    stopped = {p.file for f in findings if f.severity is Severity.STOP for p in f.places}
    waiting = any(held[s.place] for s in one.submissions if s.state is SubmissionState.MERGED or s.place in stopped)
    asked = sum(1 for f in findings if f.partner == one.partner and f.severity is not Severity.NOTE)
    state = "part returned" if status.state == "returned" and waiting else status.state
    return replace(status, queries=asked, held=sum(held.values()), state=state)


def _superseded(submissions: Sequence[Submission], merged: Merged) -> frozenset[InFile]:
    return frozenset(
        (s.sha256, answer.place)
        for s in submissions
        for answer, fate in zip(s.answers, merged.fates.get(s.sha256, ()), strict=False)
        if fate is Fate.SUPERSEDED
    )


def _replaced(own: Sequence[Submission], merged: Merged, facts: Facts, told: frozenset[InFile]) -> list[Finding]:
    """A note for the coordinator: what a later file of the same agency changed of an earlier one, but for cells `told` of."""
    notes: list[Finding] = []
    for s in own:
        if s.state is not SubmissionState.MERGED:
            continue
        changed = [
            a
            for a, fate in zip(s.answers, merged.fates.get(s.sha256, ()), strict=False)
            if fate is Fate.SUPERSEDED and not a.held and (s.sha256, a.place) not in told
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
            *(i for i in facts.register.items if i.form == name and items.of_period(i, quarter.period)),
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
        history=told(facts, earlier),
        returns_before={q.period.key: q.returns for q in earlier if q.period.key != key},
        words=facts.words,
    )


def told(facts: Facts, quarters: Iterable[Quarter]) -> dict[Slot, tuple[history.Entry, ...]]:
    """Every value of every field in these periods, and what stood before the first, by slot."""
    periods = [history.Told(q.period, q.merged, q.submissions, q.why) for q in quarters]
    return history.entries(items.opening(facts.register, facts.forms), periods)


def _shown(form: Form, now: Mapping[Slot, Standing], quarter: Quarter) -> Mapping[Slot, Standing]:
    """The partner-added rows to print: those that are carried from quarter to quarter, and this quarter's own."""
    if form.carry_rows:
        return now
    return {slot: s for slot, s in quarter.merged.standing.items() if slot[0] == form.name}
