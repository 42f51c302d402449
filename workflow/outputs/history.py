"""The history of every answer, for the coordinator: a sheet of the tracker, in words that the terminal shares with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow import fields
from workflow.history import Entry, How, Outcome
from workflow.model import OFFICE, Column, Content, Form, Item, Kind, Place, Register, Sheet, Slot
from workflow.outputs import standing
from workflow.outputs.scope import Scope
from workflow.outputs.sheets import Words, data_sheet, title_words
from workflow.wording import shorten

NAME = "Answer history"  # spreadsheet programs keep the name History for themselves
FIRST_DUE, AGREED_DUE = "First due date", "Agreed due date"
ON_REGISTER = "The register"
MOST_ROWS = 1_000_000  # of one sheet: spreadsheet programs end at 1,048,576
_PERIOD = 3  # where the column of the period stands
_TITLE, _BEFORE = 44, 160  # characters of a row's title and of what stood before: the whole of both stands elsewhere
COLUMNS = (  # and the period's own column after the third
    Column("Row key", width=14, key=True),
    Column("Item", Kind.LONG_TEXT, 24),
    Column("Field", width=18),
    Column("Value", Kind.LONG_TEXT, 44),
    Column("Before", Kind.LONG_TEXT, 26),
    Column("From", Kind.LONG_TEXT, 20),
    Column("File", Kind.LONG_TEXT, 36),
    Column("Sheet", width=13),
    Column("Cell", width=8),
    Column("Sender", width=22),
    Column("Sent", Kind.DATE, 13),
    Column("Received", Kind.DATE, 13),
    Column("Does it stand?", Kind.LONG_TEXT, 22),
)


def history_sheets(scope: Scope) -> Iterator[Sheet]:
    """Every value of every field up to the tracker's quarter, by row, quarter and field: on one sheet, or on as many as it
    takes where a sheet cannot hold them all."""
    rows = list(_rows(scope))
    for number, start in enumerate(range(0, max(1, len(rows)), MOST_ROWS), 1):
        yield _sheet(scope, NAME if number == 1 else f"{NAME} {number}", rows[start : start + MOST_ROWS])


def _sheet(scope: Scope, name: str, rows: list[tuple[Content, ...]]) -> Sheet:
    return data_sheet(
        scope,
        name,
        (*COLUMNS[:_PERIOD], Column(scope.word.capitalize(), width=12), *COLUMNS[_PERIOD:]),
        rows,
        Words(
            title="History of every answer",
            lines=(
                "Every value that every field was given, oldest first. A value stands until another replaces it; one that was"
                " held or set aside never stood. Long texts under Before are cut: the row of that"
                f" {scope.word} has the whole.",
            ),
            empty="Nothing has been returned yet.",
        ),
    )


def _rows(scope: Scope) -> Iterator[tuple[Content, ...]]:
    """The rows of the sheet: each item's due dates as the register has them, then its values."""
    by_item: dict[tuple[str, str], list[Entry]] = {}
    for (name, key, _), entries in scope.view.history.items():
        by_item.setdefault((name, key), []).extend(entries)
    for form in sorted(scope.view.forms.values(), key=lambda f: f.layout == "record"):  # what is signed off comes last
        items = {i.key: i for i in scope.view.rows.get(form.name, ())}
        further = (k for (name, k), told in by_item.items() if name == form.name and k not in items and _said(told))
        for key in (*items, *sorted(further)):
            item = items.get(key) or scope.register.item(key)  # one that was closed for every period keeps what was said of it
            title = shorten(title_words(item), _TITLE) if item else form.title
            if key in items and item and form.has("new_due"):
                yield from ((key, title, *row) for row in _due_rows(scope, item))
            for entry in in_story_order(scope.register, form, by_item.get((form.name, key), ())):
                if _shown(form, entry.slot):
                    yield (key, title, *_row(scope, form, entry))


def _said(told: Iterable[Entry]) -> bool:
    """Whether anybody ever answered: what only the register says of a row that no period asks for is not told here."""
    return any(entry.how is not How.REGISTER for entry in told)


def _shown(form: Form, slot: Slot) -> bool:
    name = slot[2].partition("@")[0]
    return not form.has(name) or form.field(name).shown("tracker")


def in_story_order(register: Register, form: Form | None, entries: Iterable[Entry]) -> list[Entry]:
    """Entries of one item by quarter, then in the order of its form's fields; those of one field as they followed."""
    quarters = {p.key: n for n, p in enumerate(sorted(register.periods, key=lambda p: p.start), 1)}
    order = {f.name: n for n, f in enumerate(form.fields if form else ())}
    return sorted(entries, key=lambda e: (quarters.get(e.period, 0), order.get(e.slot[2].partition("@")[0], 99), e.slot[2]))


def _row(scope: Scope, form: Form, entry: Entry) -> tuple[Content, ...]:
    s, register = entry.standing, scope.register
    place, period, leaf = place_of(entry, register), register.period(s.period), entry.leaf
    before = None if entry.before is None else shorten(fields.show(entry.before), _BEFORE)
    return (
        heading(form, entry.slot, register),
        period.label if period else ON_REGISTER,
        value_words(entry, register),
        before,
        who(entry, register),
        place.file or None,
        place.sheet or None,
        place.cell or None,
        (leaf.sender if leaf else "") or None,
        fields.day_in(s.sent),
        fields.day_in(leaf.received if leaf else ""),
        became(entry, register),
    )


def _due_rows(scope: Scope, item: Item) -> Iterator[tuple[Content, ...]]:
    """The due dates of the register: the first, which is kept for ever, and the one agreed since. Proposed ones are answers."""
    first, agreed = item.day("due"), item.day("revised_due")
    for name, value, before in ((FIRST_DUE, first, None), (AGREED_DUE, agreed, first)):
        if value and (name == FIRST_DUE or value != first):
            place = scope.register.places.get(("items", item.key, "due" if name == FIRST_DUE else "revised_due"), item.place)
            where = (place.file or None, place.sheet or None, place.cell or None)
            stands = due_words(scope, item) if name == FIRST_DUE else "Stands"
            shown = fields.show(before) or None
            yield (name, ON_REGISTER, fields.show(value), shown, ON_REGISTER, *where, None, None, None, stands)


# --- words


def due_words(scope: Scope, item: Item) -> str:
    """What became of a first due date: "Moved twice. Agreed: 31 Jan 2024. Proposed: 30 Apr 2024"."""
    times = standing.times_moved(scope.moments, item)
    if not times:
        return "Never moved"
    now = standing.now_due(scope.now, item)
    return moved_words(times) + (f". {now}" if now != standing.NOT_REVISED else "")


def moved_words(times: int) -> str:
    """ "Moved twice"."""
    return "Never moved" if not times else f"Moved {('once', 'twice')[times - 1] if times < 3 else f'{times} times'}"


def heading(form: Form | None, slot: Slot, register: Register) -> str:
    """What people call a field, with whose word it is where that is not the lead's."""
    name, _, other = slot[2].partition("@")
    found = form.field(name).heading if form and form.has(name) else name
    return f"{found} (said by {register.partner_name(other)})" if other else found


def value_words(entry: Entry, register: Register) -> str:
    """A value as text, as a column of all kinds must be; of what never counted, with personal data masked: it may have been
    held for just that."""
    value = fields.show(entry.standing.value)
    return value if entry.taken else fields.mask(value, register.addresses)


def who(entry: Entry, register: Register) -> str:
    """Whose word it is, and who typed it in: "Police", "Police (no change)", "Partnership Coordinator for Police"."""
    if entry.how is How.REGISTER:
        return ON_REGISTER
    name, leaf = register.partner_name(entry.standing.partner), entry.leaf
    if entry.how is How.DECIDED or (leaf and leaf.partner == OFFICE and entry.standing.partner != OFFICE):
        return f"{register.partner_name(OFFICE)} for {name}"
    typed = f", typed in by {leaf.typed_by}" if leaf and leaf.typed_by else ""
    return f"{name}{typed}{' (no change)' if entry.how is How.CONFIRMED else ''}"


def place_of(entry: Entry, register: Register) -> Place:
    """Where it stands; an opening value in its own cell of the register."""
    _, key, name = entry.slot
    opening = register.places.get(("items", key, f"opening_{name}")) if entry.how is How.REGISTER else None
    return opening or entry.standing.place


def became(entry: Entry, register: Register) -> str:
    """What became of a value: "Stands", "Until Q3 2023/24", "Replaced by what was sent on 18 Oct 2023", "Held"."""
    words = {Outcome.STANDS: "Stands", Outcome.REPLACED: "Replaced", Outcome.HELD: "Held: not used"}
    said = words.get(entry.outcome, "Set aside by a decision")
    if entry.outcome is Outcome.REPLACED and entry.by:
        sent, period = fields.day_in(entry.by.sent), register.period(entry.by.period)
        if entry.taken and entry.by.period != entry.period:
            said = f"Until {period.label if period else entry.by.period}"
        elif sent:
            said = f"Replaced by what was sent on {fields.show(sent)}"
        if not entry.taken:
            said = f"Held, then r{said[1:]}"
    return said + decision_words(entry)


def decision_words(entry: Entry) -> str:
    """The coordinator's reason and the post that agreed it: ": Told by telephone (agreed by Head of Service)"."""
    d = entry.decision
    if d is None:
        return ""
    if entry.outcome is not Outcome.SET_ASIDE:
        verb = "decided" if entry.how is How.DECIDED else "accepted by a decision"
        return f"; {verb}{_reason(d.reason, d.agreed_by)}"
    return _reason(d.reason, d.agreed_by)


def _reason(reason: str, agreed_by: str) -> str:
    agreed = f" (agreed by {agreed_by})" if agreed_by else ""
    return f": {reason}{agreed}" if reason else agreed
