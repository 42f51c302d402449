"""The history of one item as a story: what stands, worked out from its submissions, and what the ledger remembers besides.

An answer that was taken back is no part of what stands. The ledger has it still, with the run that took it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest

from workflow import config, fields
from workflow.errors import WorkflowError
from workflow.history import Entry, How, Outcome
from workflow.ledger import Change, Ledger
from workflow.model import Form, Item, Place, Register, Slot, Standing, Submission
from workflow.outputs import history as told
from workflow.outputs import standing
from workflow.outputs.scope import Scope
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.quarter import view_of
from workflow.pipeline.state import Asked, facts, open_ledger, quarters, taken
from workflow.pipeline.verdict import printable
from workflow.pipeline.withdrawn import by_run
from workflow.pipeline.workspace import REGISTER, REGISTER_FORMS, Workspace
from workflow.wording import shorten

_QUOTED = 60  # characters of what replaced a value: it is told whole in its own place
_LAST = "~"  # sorts after every moment
_FIRST, _AGREED = "due", "revised_due"


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of an item's history, in words. `became` says what became of the value; "" where it stands."""

    period: str
    field: str
    value: str
    source: str
    replaced: str
    became: str = ""


def history(asked: Asked, name: str) -> tuple[str, tuple[Event, ...]]:
    """Every value one item ever had, oldest first, and where each came from. Returns the item in words, and the events.

    `name` is a key, or a reference that only one item bears. The words are lines: what it is, then its due dates.
    """
    workspace = workspaces.load(asked.root)
    asked = replace(asked, period=workspace.periods[-1].key if workspace.periods else None)
    with open_ledger(asked.root, read_only=True) as ledger:
        leaves = ledger.submissions()
        worked = quarters(workspace, asked, taken(ledger, leaves))
        view = view_of(facts(workspace, asked), worked, workspace.periods[-1].key)
        key = _find(name, workspace.register, {slot[1] for slot in view.history} | {c.slot[1] for c in ledger.changes()})
        changes = list(ledger.changes(key))
        runs, registers = ledger.withdrawals.runs(), _registers(workspace, ledger, key)
        reasons = {sha: w.reason for sha, w in ledger.withdrawals.standing().items()}
    entries = [e for slot, some in view.history.items() if slot[1] == key for e in some]
    events = _Story(workspace, leaves, runs, reasons).events(entries, changes)
    if not changes and all(e.how is How.REGISTER for e in entries):
        raise WorkflowError(f"Nothing has been returned for {name} yet.")
    item, lines = workspace.register.item(key), [key]
    if item:
        lines = [f"{item.label}: {item.text('title')} (key {key})", *_due_lines(item, Scope.on(view), registers)]
    return "\n".join(printable(line) for line in lines), tuple(events)


def _find(name: str, register: Register, keys: set[str]) -> str:
    if register.item(name) or name in keys:
        return name
    wanted = fields.fold(name)
    found = [i.key for i in register.items if fields.fold(i.text("ref")) == wanted or fields.fold(i.key) == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise WorkflowError(f"More than one item bears the reference {name}: {', '.join(found)}. Name one of these keys.")
    near = fields.near(name, [i.label for i in register.items] + [i.key for i in register.items] + sorted(keys))
    raise WorkflowError(f"No item has the key or reference {name}.{f' Did you mean {near}?' if near else ''}")


# --- values


@dataclass(frozen=True, slots=True)
class _Story:
    """What the events are told from. `runs` took something back, each with its command; `reasons` are why, by workbook."""

    workspace: Workspace
    leaves: Sequence[Submission]
    runs: Mapping[int, str]
    reasons: Mapping[str, str]

    @property
    def register(self) -> Register:
        return self.workspace.register

    def events(self, entries: Sequence[Entry], changes: Sequence[Change]) -> list[Event]:
        """Everything that was said, by quarter and field: those of one field in the order in which they were sent."""
        forms = {**self.workspace.forms, **self.workspace.desk}
        known = {_mark(e.slot, e.standing) for e in entries}
        steps: dict[tuple[str, Slot], list[Change]] = {}
        for c in changes:
            steps.setdefault((c.period, c.slot), []).append(c)
        since = {_mark(c.slot, c.standing): c.run for c in changes if c.standing}
        rows = [(e.period, e.slot, e.standing.sent, self._told(e, since, forms)) for e in entries]
        for (period, slot), some in steps.items():
            rows += [(period, slot, sent, event) for sent, event in self._gone(some, known, forms)]
        order = {p.key: n for n, p in enumerate(self.workspace.periods, 1)}
        ranks = {(name, f.name): n for name, form in forms.items() for n, f in enumerate(form.fields)}

        def place(row: tuple[str, Slot, str, Event]) -> tuple[object, ...]:
            period, slot, sent, _ = row
            return (order.get(period, 0), ranks.get((slot[0], slot[2].partition("@")[0]), 99), slot, sent)

        return [event for _, _, _, event in sorted(rows, key=place)]

    def _gone(self, steps: Sequence[Change], known: set[object], forms: Mapping[str, Form]) -> Iterable[tuple[str, Event]]:
        """What stood for one field in one period and is no part of it now, by when it was sent; last, that nothing stands."""
        before, sha = "", ""
        for c, later in zip_longest(steps, steps[1:]):
            period, heading = self._label(c.period), told.heading(forms.get(c.slot[0]), c.slot, self.register)
            if c.removed:
                yield "", Event(period, heading, "removed for good", f"what run {c.run} had taken in", "")
                before, sha = "", ""
            elif c.standing is None:
                word = "taken back" if c.run in self.runs else "stands no longer"
                if before and sha:  # what still counts, or was set aside by a decision, says so itself
                    yield _LAST, Event(period, heading, word, f"by {self._run(c, sha)}", before)
                before, sha = "", ""
            else:
                value = self._masked(fields.show(c.standing.value))
                if _mark(c.slot, c.standing) not in known:
                    how = How.CONFIRMED if c.standing.carried else How.GIVEN
                    source = self._source(Entry(c.slot, c.standing, how, self._leaf(c.standing)))
                    replaced, became = before if before != value else "", self._ended(c.standing, later)
                    yield c.standing.sent, Event(period, heading, value, f"{source}, run {c.run}", replaced, became)
                before, sha = value, "" if _mark(c.slot, c.standing) in known else c.standing.sha256

    def _ended(self, standing: Standing, later: Change | None) -> str:
        """How a value came to stand no more, where another stands since."""
        if later is None or later.standing is None:
            return ""
        run = self._run(later, standing.sha256)
        return f"taken back by {run}" if later.run in self.runs else f"not counted any more since {run}"

    def _run(self, change: Change, sha256: str) -> str:
        """The run that ended what a workbook had said, and the reason for taking that back."""
        reason = self.reasons.get(sha256, "") if change.run in self.runs else ""
        return by_run(change.run, self.runs) + (f": {reason}" if reason else "")

    def _told(self, e: Entry, since: Mapping[object, int], forms: Mapping[str, Form]) -> Event:
        run = since.get(_mark(e.slot, e.standing))
        counted = "" if run is None else f", {'stands again since ' if run in self.runs else ''}{by_run(run, self.runs)}"
        received = f", received {e.leaf.received}" if e.leaf and e.leaf.received else ""
        return Event(
            self._label(e.period),
            told.heading(forms.get(e.slot[0]), e.slot, self.register),
            self._masked(fields.show(e.standing.value)),
            f"{self._source(e)}{counted}{received}",
            "" if e.before is None else self._masked(fields.show(e.before)),
            self._became(e),
        )

    def _source(self, e: Entry) -> str:
        """Who said it, where, and when: "given by Police, inbox/Q2 police.xlsx, Actions N9, sent 2023-10-16"."""
        place = told.place_of(e, self.register)
        where = ", ".join(part for part in (place.file, f"{place.sheet} {place.cell}".strip()) if part)
        if e.how is How.REGISTER:
            return f"on the register, {where}"
        who = told.who(e, self.register).removesuffix(" (no change)")
        how = {How.CONFIRMED: "confirmed by No change", How.DECIDED: "decided"}.get(e.how, "given")
        sender = f" from {e.leaf.sender} (unverified)" if e.leaf and e.leaf.sender else ""
        return f"{how} by {self._masked(who)}, {where}, sent {e.standing.sent[:10]}{sender}"

    def _became(self, e: Entry) -> str:
        if e.outcome is Outcome.STANDS:
            return told.decision_words(e).removeprefix("; ")
        words = told.became(e, self.register)
        if e.by:
            value = shorten(self._masked(fields.show(e.by.value)), _QUOTED)
            where = f" ({e.by.place.file}, {e.by.place.sheet} {e.by.place.cell})" if e.by.period == e.period else ""
            words = f'{words}: "{value}"{where}'
        return f"{words[:1].lower()}{words[1:]}"

    def _leaf(self, standing: Standing) -> Submission | None:
        """The file that a value came in, whether it counts now or not."""
        return next((s for s in self.leaves if (s.sha256, s.place) == (standing.sha256, standing.place.file)), None)

    def _masked(self, text: str) -> str:
        """For a terminal: the tracker has it whole."""
        return fields.mask(text, self.register.addresses)

    def _label(self, period: str) -> str:
        found = self.register.period(period)
        return found.label if found else period or f"Before the first {self.register.word}"


def _mark(slot: Slot, standing: Standing) -> object:
    """What makes a value the same one in the ledger and as it is worked out now: not the name of its file, which may move."""
    s = standing
    return (slot, s.period, s.sha256, s.place.sheet, s.place.cell, s.carried, s.value)


# --- due dates


@dataclass(frozen=True, slots=True)
class _Dated:
    """A due date that a register gave an item: which of the two it is, and the run that first kept that register."""

    name: str
    day: date
    run: int
    today: str
    place: Place


def _registers(workspace: Workspace, ledger: Ledger, key: str) -> tuple[_Dated, ...]:
    """Every due date that a register ever gave an item, oldest first: of the registers that runs kept, then of today's."""
    forms = config.load_forms(workspace.root / REGISTER_FORMS)
    found: dict[tuple[str, date], _Dated] = {}

    def note(register: Register | None, run: int, today: str) -> None:
        item = register.item(key) if register else None
        for name in (_FIRST, _AGREED):
            day = item.day(name) if item else None
            if register and item and day:
                place = register.places.get(("items", key, name), item.place)
                found.setdefault((name, day), _Dated(name, day, run, today, place))

    for sha, run, today in ledger.registers():
        data = ledger.extract(sha)
        if data is not None:
            note(config.load_register(data, forms, REGISTER)[0], run, today)
    note(workspace.register, 0, "")
    return tuple(found.values())


def _due_lines(item: Item, scope: Scope, registers: Sequence[_Dated]) -> list[str]:
    """The due date in force and the first there ever was, how often it moved, then each date and where it came from."""
    first = next((d for d in registers if d.name == _FIRST), None)
    now = item.day(_AGREED) or item.day(_FIRST)
    if first is None or now is None:
        return []
    lines: list[str] = []
    for d in registers:
        since = f" since run {d.run} on {fields.show(date.fromisoformat(d.today))}" if d.run and d is not first else ""
        what = "first" if d is first else "agreed" if d.name == _AGREED else "changed on the register to"
        lines.append(f"{what} {fields.show(d.day)}, {d.place.file}, {d.place.sheet} {d.place.cell}{since}")
    for e in scope.view.history.get((item.form, item.key, "new_due"), ()):
        if e.taken and isinstance(e.standing.value, date):
            period, who = scope.register.period(e.period), scope.register.partner_name(e.standing.partner)
            lines.append(f"proposed {fields.show(e.standing.value)} by {who}, {period.label if period else e.period}")
    moved = {d.day for d in registers if d.day != first.day} | {d for d in _proposed(scope, item) if d > first.day}
    was = f", first {fields.show(first.day)}" if first.day != now else ""
    proposed = standing.proposed_due(scope.now, item)
    asks = f"; {fields.show(proposed)} is proposed" if proposed else ""
    return [f"Due {fields.show(now)}{was}; {told.moved_words(len(moved)).lower()}{asks}", *(f"  {line}" for line in lines)]


def _proposed(scope: Scope, item: Item) -> set[date]:
    given = scope.view.by_period.get((item.form, item.key, "new_due"), {})
    return {s.value for s in given.values() if isinstance(s.value, date)}
