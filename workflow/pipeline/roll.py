"""The register of a coming year, proposed: what ended is closed, what goes on keeps its key, what was proposed gets a new one.

`config/register.xlsx` is the coordinator's and is only read. What is proposed stands beside it; a person makes it the register.
The ledger is only read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from workflow import config, outbox, periods, writer
from workflow.errors import WorkflowError
from workflow.fields import show
from workflow.model import CUTS, Calendar, Content, Cut, Form, Mark, Period, Register, Severity, SubmissionState, cut_of
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.closings import Closings
from workflow.pipeline.quarter import Quarter
from workflow.pipeline.roll_words import further, summary, to_settle
from workflow.pipeline.state import Asked, open_ledger, quarters, taken
from workflow.pipeline.workspace import REGISTER, REGISTER_FORMS, Workspace
from workflow.yearend import Ending, NewItem, Outcome, YearEnd, called, year_end

PROPOSED = "config/register-proposed.xlsx"
NEW_FILL, NEW_INK = "FFF2CC", "000000"  # behind what is new; the note says it in words
_YEAR = re.compile(r"(\d{4})(?:\s?[-/]\s?(?:20)?(\d{2}))?", re.ASCII)

Row = Mapping[str, Content]


@dataclass(frozen=True, slots=True)
class Rolled:
    """What `roll` found and wrote: what to say, what a person should settle, and where the proposed register stands."""

    lines: tuple[str, ...]
    notes: tuple[str, ...]
    written: str = ""


def roll(asked: Asked, to: str, *, dry_run: bool = False) -> Rolled:
    """Propose the register of the year `to` ("2024-25"). With `dry_run` nothing is written.

    Raises WorkflowError where `to` is no year, the last quarter before it has no returns that were merged, or the register
    has something that could not be read and so would be lost.
    """
    workspace = workspaces.load(asked.root)
    calendar = _calendar(workspace.register)
    year, cut = _start_year(to, calendar), _cut(workspace.register)
    quarter, used = _last_quarter(workspace, asked, periods.make_key(calendar, year - 1, cut.parts, cut))
    end = year_end(workspace.register, workspace.forms, quarter.period, quarter.now, used)
    kept = own_rows(workspace, asked.today)
    added = _missing(workspace.register, calendar, year)
    data = _workbook(workspace, (kept, added), end, asked.today)
    label = periods.label(periods.next_key(quarter.period.key)).partition(" ")[2]
    lines = [*summary(end, label, called(workspace.forms)), *further(added, label)]
    notes = [*to_settle(end, quarter, workspace.register), *not_kept(kept)]
    if dry_run:
        return Rolled((*lines, "Nothing was written."), tuple(notes))
    box = outbox.Outbox(asked.root, asked.today, lambda path, _: writer.is_sealed((asked.root / path).read_bytes()))
    written = box.write(PROPOSED, data)
    lines.append(
        f"Written to {written.path}: new rows are shaded, and the column Note says what became of a row. Look it through; when"
        f" it is right, save it as {REGISTER} and run workflow check."
    )
    return Rolled(tuple(lines), (*notes, *filter(None, (written.note,))), written.path)


def _calendar(register: Register) -> Calendar:
    """The calendar that names the reporting periods."""
    own = register.partnership.calendar
    found = next((c for c in register.calendars if c.id == own), periods.CALENDARS.get(own))
    if found is None:
        raise WorkflowError(f"The register's calendar {own} is not on its Calendars sheet. Run workflow check.")
    return found


def _cut(register: Register) -> Cut:
    """How the years of the register are cut, by its latest period."""
    return cut_of(max(register.periods, key=lambda p: p.start).key) if register.periods else CUTS[0]


def _start_year(to: str, calendar: Calendar) -> int:
    """The year in which the coming year starts: 2024 of "2024-25"."""
    match = _YEAR.fullmatch(to.strip())
    if match is None or (match[2] is not None and int(match[2]) != (int(match[1]) + 1) % 100):
        like = "2024" if calendar.first_month == 1 else "2024-25"
        raise WorkflowError(f"{to} is not a year. Write the coming year like {like}.")
    return int(match[1])


def _last_quarter(workspace: Workspace, asked: Asked, key: str) -> tuple[Quarter, frozenset[str]]:
    """The year's last quarter as the ledger has it, and every key that a row of any period ever bore."""
    period = workspace.register.period(key)
    if period is None:
        raise WorkflowError(
            f"The year before ends with {key}, which is not on the register's Periods sheet, so there is nothing to go on from."
        )
    with open_ledger(asked.root, read_only=True) as ledger:
        workspace = workspace.closing(Closings(ledger).periods)
        worked = quarters(workspace, replace(asked, period=key), taken(ledger, ledger.submissions()))
    quarter = worked[key]
    if not any(s.state is SubmissionState.MERGED and s.answers for s in quarter.submissions):
        raise WorkflowError(
            f"No return for {period.label} has been merged yet, and it is these that say what happens next year. "
            f"Run workflow collate --period {key} first."
        )
    said = {a.key for q in worked.values() for s in q.submissions for a in s.answers}
    return quarter, frozenset(said.union(*({k for _, k, _ in q.now} for q in worked.values())))


def own_rows(workspace: Workspace, today: date) -> config.Kept:
    """The register's own rows. Raises WorkflowError where some of it could not be read, because that would be lost."""
    forms = config.load_forms(workspace.root / REGISTER_FORMS)
    kept = config.keep_register(workspace.register_bytes, forms, workspace.register, REGISTER, today)
    if kept.lost:
        first = kept.lost[0]
        told = next((f.message for f in workspace.register_findings if first in f.places), "")
        raise WorkflowError(
            f"What stands in {REGISTER}, {first.sheet}, cell {first.cell} cannot be read, and a new register would lose it. "
            f"{told or 'Put it right first.'}"
        )
    return kept


def _missing(register: Register, calendar: Calendar, year: int) -> tuple[Period, ...]:
    """The periods of the coming year that the register lacks, with their days laid out."""
    there = {p.key for p in register.periods}
    return tuple(p for p in config.plan_year(calendar, year, _cut(register)) if p.key not in there)


def not_kept(kept: config.Kept) -> list[str]:
    """What a new register file will lack, for its coordinator to copy over."""
    if not kept.sheets:
        return []
    return [f"Sheets that are none of the register's are not in the new file: {', '.join(kept.sheets)}. Copy them over."]


# --- the workbook


def _workbook(workspace: Workspace, parts: tuple[config.Kept, Sequence[Period]], end: YearEnd, today: date) -> bytes:
    """The proposed register. It is read again before anybody sees it: a fault that the register did not have is ours."""
    kept, added = parts
    own_forms = config.load_forms(workspace.root / REGISTER_FORMS)
    rows = {
        **kept.rows,
        "themes": [_remembered(row) for row in kept.rows["themes"]],
        "items": [*_items(kept, end), *(_new_row(new, workspace.register, end) for new in end.proposed.new)],
        "periods": [*kept.rows["periods"], *(config.as_row(p) for p in added)],
    }
    book = config.register_book({**workspace.forms, **own_forms}, rows, "Register", today, kept.own)
    data = writer.render_sealed(book)
    _must_read(data, own_forms, workspace, len(rows["items"]))
    return data


def _remembered(row: Row) -> Row:
    """A theme with what it is called this year among its former names, so that whoever renames it breaks no answer."""
    words = [show(value) for name in ("number", "title") if (value := row.get(name)) and not isinstance(value, Mark)]
    former = [w for w in str(row.get("former") or "").split(";") if w.strip()]
    label = " ".join(words)
    known = ";" in label or label in map(str.strip, former)
    return row if known else {**row, "former": "; ".join([*map(str.strip, former), label])}


def _items(kept: config.Kept, end: YearEnd) -> list[Row]:
    """The rows of the Items sheet: those that ended closed as of the year's last quarter, all others as they are."""
    ended = {e.item.key: e for e in end.endings if e.outcome.ends}
    return [_closed(row, ended[key], end) if (key := str(row.get("key", ""))) in ended else row for row in kept.rows["items"]]


def _closed(row: Row, ending: Ending, end: YearEnd) -> Row:
    if row.get("state") == "Closed":
        return row
    note = _joined(row.get("note"), closing_words(ending, end.period))
    return {**row, "state": "Closed", "closed_after": end.period.key, "note": note}


def closing_words(ending: Ending, period: Period) -> str:
    """What the note of a row that ended says: "Dropped at the end of Q4 2023/24: no funding"."""
    words = f"{ending.outcome} at the end of {period.label}"
    if ending.outcome is Outcome.MERGED and ending.target:
        words = f"Merged into {ending.target.key} at the end of {period.label}"
    return f"{words}: {ending.reason}" if ending.reason else f"{words}."


def _joined(before: Content, words: str) -> str:
    told = "" if before is None or isinstance(before, Mark) else show(before)
    return f"{told}\n{words}" if told else words


def _new_row(new: NewItem, register: Register, end: YearEnd) -> Row:
    """A proposal as a row of the Items sheet, shaded, with a note that says where it comes from and what is to be settled."""
    by = register.partner_name(new.proposal.lead)
    note = f"New in {new.year}: proposed by {by} in {end.period.label} ({new.proposal.key})."
    doubts = "".join(f" To settle: {doubt}." for doubt in new.doubts)
    row: dict[str, Content] = {
        "form": new.form, "plan": new.plan, "theme": new.theme, "title": new.title, "lead": new.leads.lead, "year": new.year,
        "joint_leads": "; ".join(new.leads.joint), "contributors": "; ".join(new.leads.contributors), **new.values,
        "key": Mark(new.key, fill=NEW_FILL, ink=NEW_INK), "note": Mark(note + doubts, fill=NEW_FILL, ink=NEW_INK),
    }  # fmt: skip
    return {name: value for name, value in row.items() if value != ""}


def _must_read(data: bytes, forms: Mapping[str, Form], workspace: Workspace, count: int) -> None:
    read, found = config.load_register(data, {**workspace.forms, **forms}, PROPOSED)
    old = {f.code for f in workspace.register_findings}
    worse = [f for f in found if f.severity is Severity.STOP and f.code not in old]
    if read is None or worse or len(read.items) != count:
        told = f" {worse[0].message}" if worse else ""
        raise WorkflowError(f"The register for the coming year could not be read back, so it was not written.{told}")
