"""All lines of one table: each rule of its form adds its parts to the line that it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from workflow import rules
from workflow.fields import listed
from workflow.outputs.checks import agree, answers, cells, figures
from workflow.outputs.checks.lines import Line, Part, Topic, grouped, table_line
from workflow.outputs.checks.table import Table

Translator = Callable[[Table, Mapping[str, object]], Iterable[Part]]
# What a rule of the forms comes to as plain functions. The other rules read texts, or other returns: that is for arrival.
TRANSLATED: Mapping[str, Translator] = {**answers.RULES, **agree.RULES, **figures.RULES}


def table_lines(table: Table) -> Iterable[Line]:
    """Its lines, one for each topic that has anything to ask."""
    for topic, parts in grouped([*_parts(table)]).items():
        yield from _fitting(table, topic, parts)


def _fitting(table: Table, topic: Topic, parts: Sequence[Part]) -> Iterable[Line]:
    """The line, or two or more of it where its formulas would be longer than Excel takes."""
    line = table_line(table, _WORDS[topic](table, parts), parts)
    if line.fits:
        yield line
    elif len(parts) > 1:
        middle = len(parts) // 2
        yield from _fitting(table, topic, parts[:middle])
        yield from _fitting(table, topic, parts[middle:])


def _parts(table: Table) -> Iterable[Part]:
    yield from answers.answered(table)
    yield from cells.entries(table)
    yield from answers.required(table)
    for use in table.form.rules:
        told = use.params.get(rules.BETA) != table.period.key  # a rule on trial is not for partners to hear of
        if use.name in TRANSLATED and told:
            yield from TRANSLATED[use.name](table, use.params)


# --- the words of each line: what is so where it says Complete. Short, because the link shows the box in question


def _said(parts: Sequence[Part]) -> list[str]:
    return list(dict.fromkeys(part.says for part in parts if part.says))


def _headings(table: Table, parts: Sequence[Part]) -> list[str]:
    return list(dict.fromkeys(table.heading(part.field) for part in parts))


def _answered(table: Table, parts: Sequence[Part]) -> str:
    skip = f" (or {table.heading('no_change')}: Yes)" if "no_change" in table.shown else ""
    return f"Rows you lead have an entry{skip}"


def _entries(table: Table, parts: Sequence[Part]) -> str:
    return f"Entries can be read: {listed(_said(parts), 'and')}"


def _required(table: Table, parts: Sequence[Part]) -> str:
    return "Rows that you have started have every box that they need"


def _value(table: Table, parts: Sequence[Part]) -> str:
    return _said(parts)[0]


def _progress(table: Table, parts: Sequence[Part]) -> str:
    least = f", in {parts[0].says} characters or more" if parts[0].says != "0" else ""
    return f"{table.heading(parts[0].field)} says what is new{least}"


def _overdue(table: Table, parts: Sequence[Part]) -> str:
    return f"Rows past their due date and not complete have {listed(_said(parts), 'and')}"


def _agree(table: Table, parts: Sequence[Part]) -> str:
    said = _said(parts)
    return f"{listed(said, 'and')} agree" if len(said) > 1 else f"{said[0]} agrees with the other boxes"


def _dates(table: Table, parts: Sequence[Part]) -> str:
    return f"Dates fit the row: {listed(_headings(table, parts), 'and')}"


def _period(table: Table, parts: Sequence[Part]) -> str:
    month = "".join(f" (a {table.period.word.capitalize()}: {month})" for month in _said(parts))
    return f"{listed(_headings(table, parts), 'and')} fit each figure{month}"


def _figures(table: Table, parts: Sequence[Part]) -> str:
    shares = " (percentages without a % sign)" if any("percent-range" in part.codes for part in parts) else ""
    headings = dict.fromkeys([*_headings(table, parts), *_said(parts)])
    return f"{listed([*headings], 'and')} fit together{shares}"


def _comment(table: Table, parts: Sequence[Part]) -> str:
    heading = table.heading(str(next(u.params["comment"] for u in table.form.rules if "comment" in u.params)))
    return f"{heading} says why a value {listed(_said(parts), 'or')}"


_WORDS: Mapping[Topic, Callable[[Table, Sequence[Part]], str]] = {
    Topic.ANSWERED: _answered, Topic.ENTRIES: _entries, Topic.REQUIRED: _required, Topic.VALUE: _value,
    Topic.PROGRESS: _progress, Topic.OVERDUE: _overdue,
    Topic.DATES: _dates, Topic.AGREE: _agree, Topic.PERIOD: _period,
    Topic.FIGURES: _figures, Topic.COMMENT: _comment,
}  # fmt: skip
