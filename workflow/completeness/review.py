"""A return as a whole: its state, what is missing, its sign-off, and everything that is asked about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from workflow import rules
from workflow.completeness.across import joint_differences
from workflow.completeness.facts import ReturnFacts
from workflow.completeness.previous import previous_changes
from workflow.completeness.rows import guest_troubles, review_rows, ruled
from workflow.model import Form, Item, Place, ReturnStatus, SubmissionState
from workflow.validate import Trouble
from workflow.wording import first_few


@dataclass(frozen=True, slots=True)
class Review:
    """What a return comes to, and every single problem of it; like ones are gathered into findings (`validate.gather`)."""

    status: ReturnStatus
    troubles: tuple[Trouble, ...]


def review(facts: ReturnFacts, wide: Sequence[Trouble] = ()) -> Review:
    """Judge one partner's return as a whole. `wide` is what the rules across rows and partners found of it."""
    nil = facts.said("nil_return") is True
    troubles: list[Trouble] = []
    complete: list[bool] = []
    missing: list[str] = []
    for name in facts.given:
        form = facts.forms[name]
        results = review_rows(form, facts, nil)
        complete += [r.complete for _, r in results]
        missing += [f"{form.title}, {item.label}: {r.missing}" for item, r in results if r.missing]
        troubles += [t for _, r in results for t in r.troubles]
        troubles += _unanswered(form, [item for item, r in results if r.untouched], facts)
        troubles += guest_troubles(form, facts)
    unsigned = _unsigned(facts)
    troubles += [*_about_rules(facts), *_without_sheet(unsigned, facts), *_nil_conflict(facts, nil)]
    troubles += [*joint_differences(facts), *wide]
    troubles += previous_changes(facts)
    missing += [f"{t.form.title}: {t.form.field(t.field).heading}" for t in unsigned]
    status = _status(facts, (len(complete), sum(complete)), (nil, not unsigned), tuple(missing))
    return Review(status, tuple(troubles) if facts.merged else ())


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


def _unanswered(form: Form, untouched: Sequence[Item], facts: ReturnFacts) -> Iterable[Trouble]:
    """Rows with nothing entered, told apart from rows, or a whole sheet, that were taken out of the file."""
    grids = [grid for s in facts.merged if (grid := s.grids.get(form.name))]
    untouched = [item for item in untouched if item.key not in facts.mistaken]
    unread = any(f.code == "table-unread" and f.form == form.name for f in facts.open)  # asked about already
    if not facts.merged or not untouched or (unread and not grids):
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
            words = {
                "rows": "these rows" if len(rows) > 1 else "this row",
                "them": "them" if len(rows) > 1 else "it",
                "labels": first_few([i.label for i in rows], 8),
                "keys": tuple(i.key for i in rows),
            }
            yield Trouble(code, form, "", place, rows[0].key, words=words)


def _about_rules(facts: ReturnFacts) -> list[Trouble]:
    """The rules of the sign-off, such as a date that is still to come."""
    form = facts.about_form
    if form is None or not facts.merged:
        return []
    values = {name: s.value for name, s in facts.row(form, facts.about).items()}
    row = rules.RowFacts(
        form=form,
        key=facts.about,
        item=None,
        values=values,
        previous={},
        period=facts.period,
        today=facts.today,
        register=facts.register,
        partner=facts.partner,
    )
    return ruled(row, "", facts)


def _unsigned(facts: ReturnFacts) -> list[Trouble]:
    form = facts.about_form
    if form is None:
        return []
    held = {name for f, _, name in facts.held if f == form.name}
    return [
        Trouble("sign-off-missing", form, f.name, facts.place(form, facts.about, f.name), facts.about, "", "")
        for f in form.answers
        if f.required and facts.said(f.name) in (None, False) and f.name not in held
    ]


def _without_sheet(unsigned: Sequence[Trouble], facts: ReturnFacts) -> Sequence[Trouble]:
    """What is asked about the sign-off: its blank boxes, or, where the whole sheet was taken out, that it is not there."""
    form = facts.about_form
    if form is None or not unsigned or not facts.merged or any(form.name in s.grids for s in facts.merged):
        return unsigned
    place = Place(facts.merged[-1].place, "", "")
    return [Trouble("form-missing", form, "", place, words={"sheet": form.sheet, "keys": (facts.about,)})]


def _nil_conflict(facts: ReturnFacts, nil: bool) -> Iterable[Trouble]:
    form = facts.about_form
    count = 0
    for slot, s in facts.mine.items():
        before = facts.before.get(slot)
        told_again = before is not None and before.value == s.value  # saying the same once more is no answer to "nothing new"
        owed = slot[2] in rules.texts.BESIDE  # what an overdue row owes even so
        ours = slot[0] in facts.given and slot[0] != facts.about_name
        if ours and not s.carried and not told_again and not owed:
            count += 1
    if nil and form and count:
        place = facts.place(form, facts.about, "nil_return")
        words = {"count": f"{count} answers are other" if count > 1 else "1 answer is other"}
        yield Trouble("nil-with-answers", form, "nil_return", place, facts.about, words=words)
