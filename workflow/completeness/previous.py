"""The columns of last time's answers, held against what was sent out (domain.md A10 V05)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from workflow import fields
from workflow.completeness.facts import ReturnFacts
from workflow.items import previous_fields
from workflow.model import Field, Form, Grid, Place, Submission, Value, column_letters, mark_of, told_under
from workflow.validate import Trouble, comparable


def previous_changes(facts: ReturnFacts) -> list[Trouble]:
    """What no longer reads as it was sent, in the latest file that has the form: one trouble for each column.

    An earlier quarter's answer may have changed since the file was issued, or before it was issued again; so it is held
    against what its issue showed, where that is known, and anything that ever stood there will do.
    """
    troubles: list[Trouble] = []
    for name in facts.given:
        form = facts.forms[name]
        latest = next((s for s in reversed(facts.merged) if name in s.grids), None)
        if latest:
            found = [t for f in previous_fields(form) for t in _column(form, f, latest, facts)]
            for _, column in groupby(found, key=lambda t: t.field):
                one, *more = column
                troubles += [_one_of_many(t) for t in (one, *more)] if more else [one]
    return troubles


def _column(form: Form, f: Field, latest: Submission, facts: ReturnFacts) -> Iterable[Trouble]:
    grid = latest.grids[form.name]
    issued = any(slot[0] == form.name and form.has(slot[2]) and form.field(slot[2]).source for slot in latest.base)
    for item in facts.given[form.name]:
        mark, words = grid.seen.get(item.key, {}).get(f.name, ("", ""))
        sent = [latest.base.get((form.name, item.key, f.name))] if issued else []
        past = [*sent, *_past(form, item.key, f, facts)]
        if mark and mark not in {mark_of(comparable(value)) for value in past}:
            expected = {"expected": fields.show(past[0]) or "blank", **told_under(facts.about_form)}
            place = _place(grid, item.key, f, latest)
            yield Trouble("previous-changed", form, f.name, place, item.key, item.label, words, words=expected)


def _past(form: Form, key: str, f: Field, facts: ReturnFacts) -> list[Value | None]:
    """What stands now of last time's answer, and everything that stood there before."""
    standing = facts.before.get((form.name, key, f.source))
    return [standing.value if standing else None, *facts.earlier.get((form.name, key, f.source), ())]


def _place(grid: Grid, key: str, f: Field, latest: Submission) -> Place:
    cell = f"{column_letters(grid.columns[f.name])}{grid.rows[key]}" if f.name in grid.columns and key in grid.rows else ""
    return Place(latest.place, grid.sheet, cell)


def _one_of_many(t: Trouble) -> Trouble:
    """The same cause in several rows of a column: told as one, without each text."""
    words = {name: word for name, word in t.words.items() if name != "expected"}
    return Trouble("previous-changed-rows", t.form, t.field, t.place, t.key, t.label, words=words)
