"""The tracker as a form: what the coordinator typed into it, told from what it showed when it was written.

Its cells are read like those of a return. Those that still show what we wrote are as issued and change nothing (design law 3);
the others are the coordinator's word. On status and RAG that is a moderation, which stands beside the lead's own word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from workflow import fields
from workflow.model import (
    OFFICE,
    Answer,
    Finding,
    Form,
    Place,
    Row,
    Slot,
    Standing,
    Submission,
    SubmissionState,
    Value,
)
from workflow.validate import Checked, Source, Trouble, gather, type_cell
from workflow.wording import finding

KIND = "tracker"  # what the workbook's own property says that it is
MODERATED = ("status", "rag")
_JOINED = "+"  # after a field's name in the base: its cell showed words of ours with the partner's


def is_tracker(submission: Submission) -> bool:
    """Whether a submission is an edited tracker: its issue says so."""
    return submission.partner == OFFICE and submission.token.startswith(f"{KIND}-")


def own_name(name: str) -> str:
    """The slot's field of an edit: the moderation of a status or RAG stands beside the lead's word, never instead of it."""
    return f"{name}@{OFFICE}" if name in MODERATED else name


def check_tracker(form: Form, rows: Sequence[Row], source: Source) -> Checked:
    """Every answer cell of one of the tracker's sheets, typed as its field wants it.

    What cannot be typed is held and told of; `against` takes that back where the cell shows what we wrote ourselves.
    """
    answers: list[Answer] = []
    found: list[Finding] = []
    for row in rows:
        for answer, troubles in _row(form, row, source):
            answers.append(answer)
            for trouble in troubles:  # each by itself, so that it can be taken back by itself
                found.extend(gather([trouble], OFFICE, source.period.key))
    return Checked(tuple(answers), tuple(found), 0, None)


def _row(form: Form, row: Row, source: Source) -> Iterator[tuple[Answer, list[Trouble]]]:
    key = row.key.strip()
    item = source.register.item(key)
    bad = "" if item or _is_added(form, key) else "tracker-row"
    for field in form.answers:
        cell = row.cells.get(field.name)
        if cell is None or field.name == "no_change":
            continue
        label = item.label if item else key
        answer, told = type_cell(form, field, (row.sheet, cell), (key, label, item), source)
        if answer is None:
            continue
        if bad:
            answer, told = replace(answer, held=bad), [Trouble(bad, form, field.name, answer.place, key, label, key)]
        yield replace(answer, field=own_name(field.name)), [t for t in told if t.stops]


def _is_added(form: Form, key: str) -> bool:
    """Whether a key is that of a row which a partner added."""
    return bool(form.spare_prefix) and f"-{form.spare_prefix}-" in key


def shown(answers: Iterable[Answer], standing: Mapping[Slot, Standing]) -> dict[Slot, Value]:
    """What a tracker shows in its answer cells, from reading it as we wrote it: the base of what comes back in it.

    `standing` is what the period itself gave. A text that is more than what stands (a remark of ours before it) is marked:
    nobody could tell whose part of it was changed. Where nothing stands, what the cell shows is only a word of ours.
    """
    base: dict[Slot, Value] = {}
    for a in answers:
        base[a.slot] = a.raw if a.value is None else a.value
        stands = standing.get(a.slot)
        more = stands is not None and fields.fold(fields.show(stands.value)) != fields.fold(a.raw)
        if isinstance(a.value, str) and more and not a.field.endswith(f"@{OFFICE}"):
            base[a.form, a.key, f"{a.field}{_JOINED}"] = True
    return base


def against(tracker: Submission, base: Mapping[Slot, Value] | None) -> Submission:
    """An edited tracker held against what it showed. None: no such tracker was ever written here, so it is held."""
    if base is None:
        told = finding("identity-tracker", [Place(tracker.place)], partner=OFFICE, period=tracker.period)
        answers = tuple(replace(a, held=told.code) for a in tracker.answers)
        return replace(
            tracker, state=SubmissionState.HELD, reason=told.message, code=told.code, answers=answers, findings=(told,)
        )
    counted: list[Answer] = []
    changed: set[Place] = set()
    more: list[Finding] = []
    for a in tracker.answers:
        if base.get(a.slot) == (a.raw if a.value is None else a.value):
            counted.append(replace(a, value=base[a.slot], held=""))
            continue
        if (a.form, a.key, f"{a.field}{_JOINED}") in base and not a.held:
            a = replace(a, held="tracker-joined")  # noqa: PLW2901 - the answer as it counts
            more.append(finding(a.held, [a.place], partner=OFFICE, period=tracker.period, items=(a.key,), form=a.form))
        counted.append(a)
        changed.add(a.place)
    taken = [a for a in counted if a.place in changed and not a.held]
    if taken:
        keys = tuple(dict.fromkeys(a.key for a in taken))
        more.append(finding("tracker-edits", [a.place for a in taken], partner=OFFICE, period=tracker.period, items=keys))
    kept = (f for f in tracker.findings if changed & {*f.places} or not any(p.cell for p in f.places))
    return replace(tracker, answers=tuple(counted), findings=(*kept, *more), base=base)


def edited(tracker: Submission) -> tuple[Answer, ...]:
    """The cells that the coordinator changed."""
    return tuple(a for a in tracker.answers if tracker.base.get(a.slot) != a.value)
