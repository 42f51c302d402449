"""The questions of a letter, in no more lines than a person will read: past fifteen they are put together by column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflow import wording
from workflow.fields import listed
from workflow.model import Finding, Severity

MOST = 15  # lines of questions in one letter; the marked-up return has every question, on its Queries sheet
_LABELS = 3  # rows of a group that are named


@dataclass(frozen=True, slots=True)
class Query:
    """One thing to ask. `where` is "Actions, cell H9 (RAG now for 1.3.1)", `message` the rest of the sentence.

    `held`: the answer is not used until the partner puts it right. Otherwise it stands as given, and we ask. `heading` and
    `rows` are what the partner calls the column and the rows, as far as it is about one column and rows; `todo` is what to do.
    """

    sheet: str
    where: str
    message: str
    held: bool = False
    heading: str = ""
    rows: tuple[str, ...] = ()
    todo: str = ""

    @classmethod
    def of(cls, finding: Finding, heading: str = "", rows: Sequence[str] = ()) -> Query:
        """A finding as a question: the place and the row it is about parted from what is said of them."""
        start = wording.where(finding.places)
        rest = finding.message
        where = ""
        if start and rest.startswith(start):
            end = rest.find("): ", len(start)) + 1 if rest.startswith(f"{start} (") else len(start)
            if end and rest[end : end + 2] == ": ":
                where, rest = rest[:end], rest[end + 2 :]
        return cls(
            sheet=finding.places[0].sheet if finding.places else "",
            where=where,
            message=rest[:1].upper() + rest[1:],
            held=finding.severity is Severity.STOP,
            heading=heading,
            rows=tuple(rows),
            todo=finding.remedy,
        )

    @property
    def column(self) -> tuple[str, str, bool] | None:
        """What it is put together with others by: its column, and whether the answer is held. None: it stands alone."""
        return (self.sheet, self.heading, self.held) if self.sheet and self.heading and self.rows else None


def in_few_lines(queries: Sequence[Query], *, attached: bool) -> tuple[Query, ...]:
    """The queries in at most `MOST` lines, in their order.

    Up to fifteen stand one by one. More are put together by column; if that is still too many, the last line says how many
    are left and where they are. `attached`: the marked-up return goes with the letter, and has every one.
    """
    if len(queries) <= MOST:
        return tuple(queries)
    groups: dict[object, list[Query]] = {}
    for n, query in enumerate(queries):
        groups.setdefault(query.column or n, []).append(query)
    lines = [_together(group, attached) for group in groups.values()]
    if len(lines) <= MOST:
        return tuple(lines)
    rest = [query for group in list(groups.values())[MOST - 1 :] for query in group]
    return (*lines[: MOST - 1], _rest(rest, attached))


def _together(group: Sequence[Query], attached: bool) -> Query:
    """The questions about one column as one line; one alone stays as it is."""
    first = group[0]
    if len(group) == 1:
        return first
    rows = list(dict.fromkeys(row for query in group for row in query.rows))
    if len(rows) > _LABELS + 1:
        rows_named = f"{', '.join(rows[:_LABELS])} and {len(rows) - _LABELS} more"
    else:
        rows_named = listed(rows, "and")
    same = first.todo and all(query.todo == first.todo for query in group)
    return Query(
        sheet=first.sheet,
        where=f"{first.sheet}, {first.heading}: {len(rows)} row{'' if len(rows) == 1 else 's'} ({rows_named})",
        message=first.todo if same else "See the marked cells." if attached else "Ask us for the list.",
        held=first.held,
        heading=first.heading,
        rows=tuple(rows),
        todo=first.todo if same else "",
    )


def _rest(rest: Sequence[Query], attached: bool) -> Query:
    sheets = list(dict.fromkeys(query.sheet for query in rest if query.sheet))
    on = f" on the sheet{'' if len(sheets) == 1 else 's'} {listed(sheets, 'and')}" if sheets else ""
    said = "The Queries sheet of the attached workbook lists them." if attached else "Ask us for the list."
    held = any(query.held for query in rest)
    return Query(sheet=sheets[0] if sheets else "", where=f"And {len(rest)} more{on}", message=said, held=held)
