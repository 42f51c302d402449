"""The words of `templates/papers/words.toml` with what stands in braces filled in, and the sheets that are made with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflow.fields import show
from workflow.model import Column, Content, Period, Sheet, SheetWords
from workflow.outputs.scope import Scope
from workflow.outputs.sheets import LONGEST_TAB, Words, data_sheet, paper_name


def filled(scope: Scope, text: str, /, **more: str) -> str:
    """A text with its words in braces filled in: those that every text may use, and `more`."""
    view = scope.view
    usual = {
        "board": "board" if scope.report else paper_name(scope),
        "partnership": scope.register.partnership.name,
        "period": view.period.label,
        "as_at": show(view.period.end),
        "papers_date": show(view.period.papers_date),
        "next_update": next_update(scope),
        "word": scope.word,
        "Word": scope.word.capitalize(),
        "measure": scope.measure,
        "measures": scope.measures.title if scope.has_measures else "",
    }
    return text.format_map(usual | more)


def said(scope: Scope, name: str, /, **more: str) -> str:
    """One of the sentences that other texts are made of."""
    return filled(scope, scope.view.words.say[name], **more)


def words_of(scope: Scope, name: str, /, **more: str) -> SheetWords:
    """The words around a table."""
    words = scope.view.words.sheets[name]
    return SheetWords(
        _tab(scope, words.sheet, more),
        filled(scope, words.title, **more),
        filled(scope, words.about, **more),
        tuple(filled(scope, line, **more) for line in words.lines),
        filled(scope, words.empty, **more),
    )


def _tab(scope: Scope, text: str, more: Mapping[str, str]) -> str:
    """A sheet's name, short enough for a tab: what the form for measures is called gives way to the words beside it."""
    name = filled(scope, text, **more)
    if len(name) > LONGEST_TAB and scope.has_measures and "{measures}" in text:
        title = scope.measures.title
        name = filled(scope, text, **{**more, "measures": title[: max(1, len(title) - len(name) + LONGEST_TAB)].strip()})
    return name[:LONGEST_TAB].strip()


def table_sheet(
    scope: Scope, words: SheetWords, columns: Sequence[Column], rows: Sequence[Sequence[Content]], *lines: str
) -> Sheet:
    """One table with its words around it, and `lines` below those of the words."""
    around = Words(words.title, (*words.lines, *(line for line in lines if line)), words.empty)
    return data_sheet(scope, words.sheet, columns, rows, around)


def next_update(scope: Scope) -> str:
    """When the next papers come, from the register's periods."""
    period = scope.view.period
    later = [p for p in scope.register.periods if p.start > period.start]
    following: Period | None = min(later, key=lambda p: p.start, default=None)
    return f"{show(following.papers_date)} ({following.label})" if following else "not yet set"
