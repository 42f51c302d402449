"""The quarter on one page of A4: what a chair reads when there is time for one page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from workflow.model import Column, Content, Item, Kind, Mark, Purpose, Sheet
from workflow.outputs import counts, exceptions, readings, standing
from workflow.outputs.focus import figure_words
from workflow.outputs.saying import table_sheet, words_of
from workflow.outputs.scope import Scope
from workflow.outputs.sheets import NOT_APPLICABLE, text_of, title_words
from workflow.wording import shorten

MOST = 3  # rows of each part: a page holds no more
_WHAT, _SAID = 84, 120  # characters: about two lines of their columns
DECIDE, OFF_TRACK, MOVED, WORSE = "To decide", "Off track", "Moved", "Worse"


@dataclass(frozen=True, slots=True)
class _Part:
    """What is told of one kind: pairs of what and how it stands, the sheet that has it all, and what is said of none."""

    name: str
    told: Sequence[tuple[str, str]]
    sheet: str
    none: str


def one_page_sheet(scope: Scope, tabs: Collection[str]) -> Sheet:
    """The headlines in sentences; below them what to decide, what is off track, what moved, which figures are worse.

    `tabs` are the sheets of the paper: a row leads to the one that has it in full.
    """
    rows: list[tuple[Content, ...]] = [
        (_name(part), shorten(what, _WHAT), shorten(said, _SAID) or NOT_APPLICABLE, _way(part.sheet, tabs))
        for part in _parts(scope)
        for what, said in (part.told[:MOST] or [(part.none, "")])
    ]
    columns = (
        Column("Part", width=14),
        Column("What", Kind.LONG_TEXT, 54),
        Column("How it stands", Kind.LONG_TEXT, 58),
        Column("All of them on", width=18),
    )
    lines = (*counts.headlines(scope, counts.rated(scope)), counts.returns_words(scope))
    return table_sheet(scope, words_of(scope, "one_page"), columns, rows, *lines)


def _name(part: _Part) -> str:
    """ "Off track (3 of 14)": what a page has no room for is counted."""
    return f"{part.name} ({MOST} of {len(part.told)})" if len(part.told) > MOST else part.name


def _way(tab: str, tabs: Collection[str]) -> Content:
    return Mark(tab, link=f"#'{tab}'!A1") if tab in tabs else NOT_APPLICABLE


def _parts(scope: Scope) -> Iterable[_Part]:
    def tab_of(name: str) -> str:
        return words_of(scope, name).sheet

    found = exceptions.exceptions(scope)
    wanted = [(_what(e.item), text) for e in found if (text := exceptions.decision_wanted(scope, e.item))]
    yield _Part(DECIDE, wanted, tab_of("exceptions"), "Nothing is put before the board for a decision.")
    asks = {e.item.key for e in found if exceptions.decision_wanted(scope, e.item)}
    others = sorted(found, key=lambda e: e.item.key in asks)  # those that are told already come last
    off = [(_what(e.item), f"{'. '.join(e.reasons)}.") for e in others if e.reasons != ("Decision wanted",)]
    yield _Part(OFF_TRACK, off, tab_of("exceptions"), "No row is red, slipping or overdue.")
    yield _Part(MOVED, _moves(scope), tab_of("changes"), "No status, RAG or date is other than in the papers before.")
    worse = [(_what(i), f"{figure_words(scope, i)}.") for i in scope.of(Purpose.MEASURES) if _is_worse(scope, i)]
    if scope.of(Purpose.MEASURES):
        yield _Part(WORSE, worse, scope.measures.sheet, "No figure that may be compared is worse.")


def _what(item: Item) -> str:
    return title_words(item).rstrip(".")


def _moves(scope: Scope) -> list[tuple[str, str]]:
    """What moved of each row that was there before, those first whose RAG is worse."""
    moved: dict[tuple[str, str], list[exceptions.Changed]] = {}
    for change in exceptions.changes(scope):
        if change.old is not None:
            moved.setdefault((change.item.form, change.item.key), []).append(change)
    told = [(changes[0].item, "; ".join(map(_move, changes))) for changes in moved.values()]
    told.sort(key=lambda pair: not _slipped(scope, pair[0]))
    return [(_what(item), f"{words}.") for item, words in told]


def _move(change: exceptions.Changed) -> str:
    return f"{change.what}: {text_of(change.old) or 'blank'} to {text_of(change.new)}"


def _slipped(scope: Scope, item: Item) -> bool:
    was = scope.rag_then(scope.before, item)
    return standing.direction(scope.rag(item), was) == standing.WORSE


def _is_worse(scope: Scope, item: Item) -> bool:
    if "change" in scope.hidden(item):
        return False
    now, before = scope.now.readings.now(item), scope.now.readings.before(item)
    return readings.change(item, now, before).direction == standing.WORSE
