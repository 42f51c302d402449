"""The whole return: what is in, what is missing, and the rules that look across fields and quarters.

A return may have come in several files, so this looks at what stands for the period after the merge, never at one file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from workflow import fields, items, rules
from workflow.merge import in_order
from workflow.model import (
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
    Value,
)
from workflow.model.places import column_letters
from workflow.validate import SPARE, Trouble, gather, record_key
from workflow.wording import first_few


@dataclass(frozen=True)
class ReturnFacts:
    """One partner's return for one period. `standing` is the whole period's, `before` what stood at its start."""

    register: Register
    forms: Mapping[str, Form]
    period: Period
    today: date
    partner: str
    given: Mapping[str, Sequence[Item]]
    standing: Mapping[Slot, Standing]
    before: Mapping[Slot, Standing]
    submissions: Sequence[Submission]  # this partner's, for this period, in any state
    open: Sequence[Finding] = ()  # what its files are still asked about, each file by itself

    @cached_property
    def asked(self) -> frozenset[Place]:
        """The cells that something is asked about already."""
        return frozenset(p for f in self.open if f.severity is not Severity.NOTE for p in f.places)

    @cached_property
    def held(self) -> frozenset[Slot]:
        """The cells that hold an answer which was not taken: not blank, and not missing."""
        stopped = {p for f in self.open if f.severity is Severity.STOP for p in f.places}
        return frozenset(a.slot for s in self.merged for a in s.answers if a.place in stopped)

    @cached_property
    def mistaken(self) -> frozenset[str]:
        """Rows whose key was changed: what is asked about the key is not asked again about the row."""
        return frozenset(f.suggestion for f in self.open if f.code.startswith("row-key-"))

    @property
    def merged(self) -> list[Submission]:
        """Its files that were read, in the order they were sent."""
        return [s for s in in_order(self.submissions) if s.state is SubmissionState.MERGED]


@dataclass(frozen=True, slots=True)
class Review:
    """What a return comes to."""

    status: ReturnStatus
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _RowReview:
    complete: bool
    missing: str  # in words; "" where complete
    troubles: tuple[Trouble, ...] = ()
    untouched: bool = False


def review(facts: ReturnFacts) -> Review:
    """Judge one partner's return as a whole."""
    nil = _about(facts, "nil_return") is True
    troubles: list[Trouble] = []
    reviews: list[_RowReview] = []
    missing: list[str] = []
    for name in facts.given:
        form = facts.forms[name]
        results = _review_rows(form, facts, nil)
        reviews += [r for _, r in results]
        missing += [f"{form.title}, {item.label}: {r.missing}" for item, r in results if r.missing]
        troubles += [t for _, r in results for t in r.troubles]
        troubles += _unanswered(form, [item for item, r in results if r.untouched], facts)
    unsigned = _unsigned(facts)
    troubles += [*_about_rules(facts), *unsigned, *_nil_conflict(facts, nil), *_joint_differences(facts)]
    missing += [f"{t.form.title}: {t.form.field(t.field).heading}" for t in unsigned]
    answered = sum(1 for r in reviews if r.complete)
    status = _status(facts, (len(reviews), answered), (nil, not unsigned), tuple(missing))
    return Review(status, gather(troubles, facts.partner, facts.period.key) if facts.merged else ())


def _review_rows(form: Form, facts: ReturnFacts, nil: bool) -> list[tuple[Item, _RowReview]]:
    """Every row that the partner leads or added; of a form that nobody needs to answer, only those it touched."""
    rows = [*(i for i in facts.given[form.name] if i.lead == facts.partner), *_new_rows(form, facts)]
    results = [(item, _review_row(form, item, facts, nil)) for item in rows]
    return [(item, r) for item, r in results if not (form.optional and r.untouched)]


def _status(facts: ReturnFacts, counts: tuple[int, int], flags: tuple[bool, bool], missing: tuple[str, ...]) -> ReturnStatus:
    rows, answered = counts
    nil, signed = flags
    received = min((date.fromisoformat(s.sent[:10]) for s in facts.merged), default=None)
    late = max(0, (received - facts.period.due_date).days) if received else 0
    if not received and facts.today > facts.period.due_date and rows:
        late = (facts.today - facts.period.due_date).days
    return ReturnStatus(
        partner=facts.partner,
        state=_state(facts, nil, signed and answered >= rows, rows),
        files=tuple(s.place for s in facts.merged),
        received=received,
        days_late=late,
        rows=rows,
        answered=answered,
        signed_off=signed,
        missing=missing,
    )


def _state(facts: ReturnFacts, nil: bool, complete: bool, rows: int) -> str:
    """Design.md section 7: the first that fits."""
    if facts.merged:
        return "nil return" if nil else "returned" if complete else "part returned"
    if any(s.state in (SubmissionState.HELD, SubmissionState.REFUSED) for s in facts.submissions):
        return "held"
    if not rows or facts.today < facts.period.issue_date:
        return "not due"
    return "late" if facts.today > facts.period.due_date else "owed"


def _about(facts: ReturnFacts, name: str) -> Value | None:
    standing = facts.standing.get(("about", record_key(facts.partner, facts.period.key), name))
    return standing.value if standing else None


def _new_rows(form: Form, facts: ReturnFacts) -> list[Item]:
    """Rows this partner added in this period (those it added earlier are among the given ones)."""
    known = {item.key for item in facts.given.get(form.name, ())}
    own = {slot: s for slot, s in facts.standing.items() if slot[0] == form.name and s.partner == facts.partner}
    added = [i for i in items.added_items(form, own, facts.register) if i.key not in known]
    return [replace(i, values={**i.values, "ref": f"{SPARE}{i.key[-2:]}"}) for i in added]  # as it stands in the partner's file


def _review_row(form: Form, item: Item, facts: ReturnFacts, nil: bool) -> _RowReview:
    standing = _row(form, item.key, facts.standing)
    given = {name: s.value for name, s in standing.items() if not s.carried}
    previous = {name: s.value for name, s in _row(form, item.key, facts.before).items()}
    held = {name for f, key, name in facts.held if (f, key) == (form.name, item.key)}
    if not given and not held:
        why = "its row key was changed (held)" if item.key in facts.mistaken else "nothing entered"
        return _RowReview(nil, "" if nil else why, (), not nil)
    if items.comes_back_filled(form):
        given = {**previous, **given}  # what the template showed in the box and nobody changed still answers it
    row = rules.RowFacts(
        form=form, key=item.key, item=item, values=given, previous=previous, period=facts.period, today=facts.today
    )
    troubles = [t for t in _ruled(row, item.label, facts) if t.field not in held]
    if given.get("no_change") is True:
        if set(given) == {"no_change"} and not any(f.carry and f.name in previous for f in form.fields):
            place = standing["no_change"].place
            troubles.append(Trouble("no-change-nothing", form, "no_change", place, item.key, item.label))
        return _RowReview(not held, "", tuple(troubles))
    blank = [f for f in form.answers if f.required and f.name not in given and f.name not in held]
    troubles += [
        Trouble("answer-missing", form, f.name, _place(form, item.key, f.name, facts), item.key, item.label) for f in blank
    ]
    words = [f.heading for f in blank] + [f"{form.field(name).heading} (held)" for name in sorted(held) if form.has(name)]
    if _lacks_either(form, given.keys() | held):
        words.append("a value, or the reason there is none")
    return _RowReview(not words, ", ".join(words), tuple(troubles))


def _ruled(row: rules.RowFacts, label: str, facts: ReturnFacts) -> list[Trouble]:
    """What the form's rules say of a row, less what is asked about the same cell already: one cause, one message."""
    found = [
        Trouble(p.code, row.form, p.field, _place(row.form, row.key, p.field, facts), row.key, label, p.found, "", p.words)
        for p in rules.run(row.form, row)
    ]
    return [t for t in found if t.place not in facts.asked]


def _lacks_either(form: Form, given: Set[str]) -> bool:
    """A measure is complete with a value or the reason why there is none."""
    return any(
        rule.name == "value-or-reason" and not {str(rule.params["value"]), str(rule.params["reason"])} & given
        for rule in form.rules
    )


def _row(form: Form, key: str, standings: Mapping[Slot, Standing]) -> dict[str, Standing]:
    """What stands in a row, by field name; without what others said of it (`field@partner`)."""
    return {f.name: s for f in form.fields if (s := standings.get((form.name, key, f.name)))}


def _place(form: Form, key: str, field: str, facts: ReturnFacts) -> Place:
    """Where a field of a row stands, or would stand: the latest file that has the row."""
    standing = facts.standing.get((form.name, key, field))
    if standing and not standing.carried and standing.place.cell:
        return standing.place
    for submission in reversed(facts.merged):
        grid = submission.grids.get(form.name)
        if grid and form.layout == "record" and field in grid.columns:
            line = grid.rows.get(field, 0)
            return Place(submission.place, grid.sheet, f"{column_letters(grid.columns[field])}{line}" if line else "")
        if grid and key in grid.rows and field in grid.columns:
            return Place(submission.place, grid.sheet, f"{column_letters(grid.columns[field])}{grid.rows[key]}")
    return Place(facts.merged[-1].place if facts.merged else "", form.sheet, "")


def _unanswered(form: Form, untouched: Sequence[Item], facts: ReturnFacts) -> Iterable[Trouble]:
    """Rows with nothing entered, told apart from rows, or a whole sheet, that were taken out of the file."""
    grids = [grid for s in facts.merged if (grid := s.grids.get(form.name))]
    untouched = [item for item in untouched if item.key not in facts.mistaken]
    if not facts.merged or not untouched:
        return
    if not grids:
        place = Place(facts.merged[-1].place, "", "")
        yield Trouble("form-missing", form, "", place, words={"sheet": form.sheet, "keys": tuple(i.key for i in untouched)})
        return
    present = {key for grid in grids for key in grid.rows}
    place = Place(facts.merged[-1].place, grids[-1].sheet, "")
    for code, rows in (
        ("row-missing", [i for i in untouched if i.key not in present]),
        ("row-unanswered", [i for i in untouched if i.key in present]),
    ):
        if rows:
            words = {"count": len(rows), "labels": first_few([i.label for i in rows], 8), "keys": tuple(i.key for i in rows)}
            yield Trouble(code, form, "", place, rows[0].key, words=words)


def _about_rules(facts: ReturnFacts) -> list[Trouble]:
    """The rules of the sign-off, such as a date that is still to come."""
    form = facts.forms.get("about")
    if form is None or not facts.merged:
        return []
    key = record_key(facts.partner, facts.period.key)
    values = {name: s.value for name, s in _row(form, key, facts.standing).items()}
    row = rules.RowFacts(form=form, key=key, item=None, values=values, previous={}, period=facts.period, today=facts.today)
    return _ruled(row, "", facts)


def _unsigned(facts: ReturnFacts) -> list[Trouble]:
    form = facts.forms.get("about")
    if form is None:
        return []
    key = record_key(facts.partner, facts.period.key)
    return [
        Trouble("sign-off-missing", form, f.name, _place(form, key, f.name, facts), key, "", "")
        for f in form.answers
        if f.required and _about(facts, f.name) in (None, False)
    ]


def _nil_conflict(facts: ReturnFacts, nil: bool) -> Iterable[Trouble]:
    form = facts.forms.get("about")
    count = 0
    for slot, s in facts.standing.items():
        before = facts.before.get(slot)
        told_again = before is not None and before.value == s.value  # saying the same once more is no answer to "nothing new"
        if slot[0] != "about" and s.partner == facts.partner and not s.carried and not told_again:
            count += 1
    if nil and form and count:
        key = record_key(facts.partner, facts.period.key)
        yield Trouble(
            "nil-with-answers", form, "nil_return", _place(form, key, "nil_return", facts), key, words={"count": count}
        )


def _joint_differences(facts: ReturnFacts) -> Iterable[Trouble]:
    """V29: a joint lead or contributor entered another status or RAG than the accountable lead."""
    for (name, key, slot_field), theirs in facts.standing.items():
        base, _, other = slot_field.partition("@")
        item = facts.register.item(key)
        if not other or base not in ("status", "rag") or item is None or facts.partner not in (other, item.lead):
            continue
        lead = facts.standing.get((name, key, base))
        if lead and lead.value != theirs.value:
            words = {
                "other": facts.register.partner_name(other),
                "lead": facts.register.partner_name(item.lead),
                "expected": f'"{fields.show(lead.value)}"',
            }
            place = theirs.place if facts.partner == other else lead.place
            yield Trouble(
                "joint-differs", facts.forms[name], base, place, key, item.label, fields.show(theirs.value), "", words
            )


def open_findings(submissions: Sequence[Submission], superseded: frozenset[Place]) -> tuple[Finding, ...]:
    """The findings of single files that still matter.

    A finding about answer cells is closed once later answers replaced all of them; one about a file as a whole
    counts only for the partner's latest file.
    """
    latest: dict[tuple[str, str], str] = {}
    for submission in in_order(submissions):
        if submission.state is SubmissionState.MERGED:
            latest[submission.partner, submission.period] = submission.sha256
    kept: list[Finding] = []
    for submission in in_order(submissions):
        answers = {a.place for a in submission.answers}
        current = latest.get((submission.partner, submission.period)) in (None, submission.sha256)
        for finding in submission.findings:
            about_cells = [p for p in finding.places if p in answers]
            if (about_cells and set(about_cells) <= superseded) or (not about_cells and not current):
                continue
            kept.append(finding)
    return tuple(kept)
