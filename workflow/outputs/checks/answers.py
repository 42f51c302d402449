"""Whether every row is answered, with everything that its form asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from workflow import items, rules
from workflow.fields import fold, show
from workflow.model import Kind, Value
from workflow.outputs.checks.formulas import ALWAYS, NEVER, Row, Test, among, compare, constant, either
from workflow.outputs.checks.lines import Part, Topic
from workflow.outputs.checks.table import Table

Params = Mapping[str, object]
# Words that stand in for an answer and are long enough not to be caught by their length: each with what may follow it.
STAND_INS = (
    "as above", "see above", "as below", "see below", "as previous", "see previous", "as before", "ditto", "same", "unchanged",
    "same as above", "no update", "no updates", "no further update", "no further updates", "no new update", "no change",
    "no changes", "no further change", "no significant change", "no progress", "no further progress", "no news", "none", "nil",
    "n/a", "not applicable", "tbc", "tba", "tbd", "to be confirmed", "to be advised", "to be agreed", "pending",
    "nothing to report", "nothing new to report", "nothing further to report", "nothing to add", "nothing to update",
)  # fmt: skip
FILLERS = (
    " at this time", " at the moment", " at present", " this quarter", " this period", " this time", " last quarter",
    " last time", " since", " for", " from", " in", " to report", " as", " on this", " here", " yet", " still",
)  # fmt: skip


def answered(table: Table) -> Iterable[Part]:
    """A row with nothing entered, unless the whole return says that there is nothing to report."""
    if table.own and not table.form.optional:
        nothing = table.led & ~table.any_filled(table.answers) & ~table.nil
        yield Part(Topic.ANSWERED, table.answers[0], nothing, ("row-unanswered",), fields=("",))


def required(table: Table) -> Iterable[Part]:
    """A box that the form always wants, on a row that was begun and does not say that nothing changed."""
    for name in (n for n in table.answers if table.form.field(n).required):
        blank = ~table.filled(name) & ~table.unchanged
        yield Part(Topic.REQUIRED, name, blank, ("answer-missing",), scope=table.begun)


def required_when(table: Table, params: Params) -> Iterable[Part]:
    """A box that another answer, or this quarter, asks for; what was given for the same answer before still stands."""
    name, when = str(params["field"]), str(params.get("when", ""))
    if params.get("quarter", table.period.quarter) != table.period.quarter or name not in table.shown:
        return
    blank, told = ~table.filled(name), table.before(name)
    if not when:
        test = blank if params.get("anew") is True else blank & ~table.listed(told)
        yield Part(Topic.REQUIRED, name, test, ("required-in-quarter",), scope=table.begun)
        return
    wanted = rules.names(params, "is")
    asked = table.is_one_of(when, wanted) if wanted else table.filled(when)
    stood = either(
        table.listed(k for k in told if _same(table.before(when).get(k), choice)) & table.is_one_of(when, [choice])
        for choice in wanted
    )
    if not wanted:
        stood = table.listed(told)
    if params.get("anew") is True:
        stood = either(())
    yield Part(Topic.REQUIRED, name, blank & asked & ~stood, ("required-when",), scope=table.begun)


def _same(value: Value | None, choice: str) -> bool:
    return value is not None and fold(show(value)) == fold(choice)


def exempt_paragraph(table: Table, params: Params) -> Iterable[Part]:
    """A reason for keeping a row out of the papers that has no number of a paragraph in it."""
    name, when = str(params["field"]), str(params["when"])
    wanted = rules.names(params, "is") or ("Part 2",)
    before = table.listed(k for k, v in table.before(when).items() if any(_same(v, w) for w in wanted))
    exempt = either((table.is_one_of(when, wanted), ~table.filled(when) & before))
    figure = either(_holds(table, name, word) for word in ("1", "2", "3", "7"))
    spelt = either(_holds(table, name, word) for word in ("one", "two", "three", "seven"))
    named = either(_holds(table, name, word) for word in ("para", "exempt", "12a"))
    test = table.filled(name) & exempt & ~either((figure, spelt & named))
    yield Part(Topic.REQUIRED, name, test, ("paragraph-missing",), scope=table.begun)


def _holds(table: Table, name: str, word: str) -> Test:
    return Test(f'ISNUMBER(SEARCH("{word}",{table.column(name)}))', lambda row: word in row.text(name).casefold())


# --- progress


def progress_text(table: Table, params: Params) -> Iterable[Part]:
    """A progress that says nothing: too short, last time's text again, or words that stand in for it."""
    name = str(params["field"])
    least = table.form.field(name).min_length
    length = table.length(name)
    empty = [compare(length, "<", constant(least)), _stand_in(table, name)]
    last = table.last(name)
    if last:
        empty.append(compare(table.flat(name), "=", table.flat(last)))
    test = table.filled(name) & ~table.unchanged & either(empty)
    yield Part(Topic.PROGRESS, name, test, ("progress-says-nothing", "text-too-short"), str(least))


def _stand_in(table: Table, name: str) -> Test:
    """A text that is nothing but a stand-in phrase and small words."""
    fillers = [filler.replace("quarter", table.period.word) for filler in FILLERS]
    formula = f'LOWER(SUBSTITUTE(SUBSTITUTE({table.text(name)},".",""),",",""))'
    for filler in fillers:
        formula = f'SUBSTITUTE({formula},"{filler}","")'

    def rest(row: Row) -> str:
        text = row.text(name).replace(".", "").replace(",", "").lower()
        for filler in fillers:
            text = text.replace(filler, "")
        return text

    return among(formula, rest, STAND_INS)


# --- no change


def no_change_alone(table: Table, params: Params) -> Iterable[Part]:
    """ "No change" beside answers that differ from last time's, or where there is nothing to carry forward."""
    name = str(params["no_change"])
    beside = rules.names(params, "beside") or rules.texts.BESIDE
    others = [n for n in table.answers if n != name]
    differs = either(_differs(table, n) for n in others if n not in beside)
    test = table.unchanged & differs
    yield Part(Topic.AGREE, name, test, ("no-change-with-answers",), table.heading(name), table.begun)
    carried = [f.name for f in table.form.fields if f.carry]
    carries = table.listed(key for key in table.items for n in carried if key in table.before(n))
    more = either((table.any_filled(others), table.spare & table.any_filled([n for n in table.theirs if n != name])))
    yield Part(Topic.AGREE, name, table.unchanged & ~more & ~carries, ("no-change-nothing",), table.heading(name), table.begun)


def _differs(table: Table, name: str) -> Test:
    """An answer that differs from last time's. A text that says nothing ("As above") says the same as "no change" (`merge`)."""
    field, last = table.form.field(name), table.last(name)
    if not last or not field.carry or field.kind not in (Kind.TEXT, Kind.LONG_TEXT):
        return table.differs(name)
    return table.differs(name) & ~(_stand_in(table, name) & table.filled(last))


# --- what is overdue


def overdue_needs_plan(table: Table, params: Params) -> Iterable[Part]:
    """Past its due date and not finished, without what will be done; a proposal that has not lapsed still stands."""
    needed = [n for n in rules.names(params, "needs") if n in table.shown]
    late = overdue(table) & readable(table, "status")
    if late is NEVER:
        return
    lapsed = _lapsed(table, needed)
    for name in needed:
        lacks = ~table.filled(name) & either((~table.listed(table.before(name)), lapsed))
        yield Part(Topic.OVERDUE, name, late & lacks, ("overdue-no-plan",), table.heading(name), table.begun, tuple(needed))


def _lapsed(table: Table, needed: Sequence[str]) -> Test:
    """A new date, of now or of before, that has passed by the end of the period."""
    end = table.period.end
    passed: list[Test] = []
    for name in needed:
        if table.form.field(name).kind is Kind.DATE:
            gone = (k for k, v in table.before(name).items() if isinstance(v, date) and v <= end)
            passed.append(table.day(name) & compare(table.cell(name), "<=", constant(end)))
            passed.append(~table.filled(name) & table.listed(gone))
    return either(passed)


def overdue(table: Table, status: str = "status") -> Test:
    """Whether a row was due before the end of the period and its status does not end it."""
    end = table.period.end
    late = [table.listed(k for k, i in table.items.items() if (due := items.current_due(i)) and due < end)]
    if table.spare is not NEVER and "due" in table.shown:
        late.append(table.spare & table.day("due") & compare(table.cell("due"), "<", constant(end)))
    return either(late) & ~table.is_one_of(status, [*items.FINISHED, "Closed"])


def readable(table: Table, name: str) -> Test:
    """Whether a choice is blank or a word of its list: one that cannot be read is asked about by itself."""
    return either((~table.filled(name), table.known_word(name))) if name in table.shown else ALWAYS


RULES = {
    "required-when": required_when, "exempt-paragraph": exempt_paragraph, "progress-text": progress_text,
    "no-change-alone": no_change_alone, "overdue-needs-plan": overdue_needs_plan,
}  # fmt: skip
