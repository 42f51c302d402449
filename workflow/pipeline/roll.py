"""The review of a coming year's register: what ended is closed, what goes on keeps its key, what was proposed gets a new one.

It is decided on row by row and given back (`rolled`). The register and the ledger are only read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from workflow import config, periods, writer
from workflow.errors import WorkflowError
from workflow.model import CUTS, Calendar, Cut, Register, SubmissionState, cut_of
from workflow.outputs import review, yearreview
from workflow.outputs.yearreview import YearGround
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.closings import Closings
from workflow.pipeline.proposed import REVIEWS, own_rows, sealed_outbox
from workflow.pipeline.quarter import Quarter
from workflow.pipeline.roll_words import further, reviewed_rows, summary, to_settle
from workflow.pipeline.state import Asked, open_ledger, quarters, taken
from workflow.pipeline.workspace import REGISTER_FORMS, Workspace
from workflow.yearend import called, year_end

_YEAR = re.compile(r"(\d{4})(?:\s?[-/]\s?(?:20)?(\d{2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rolled:
    """What `roll` found and wrote: what to say, what a person should settle, and where the review stands."""

    lines: tuple[str, ...]
    notes: tuple[str, ...]
    written: str = ""


def roll(asked: Asked, to: str, *, dry_run: bool = False) -> Rolled:
    """Write the review of the register of the year `to` ("2024-25"). With `dry_run` nothing is written.

    Raises WorkflowError where `to` is no year, the last quarter before it has no returns that were merged, or the register
    has something that could not be read and so would be lost.
    """
    workspace = workspaces.load(asked.root)
    calendar = _calendar(workspace.register)
    year, cut = _start_year(to, calendar), _cut(workspace.register)
    quarter, used = _last_quarter(workspace, asked, periods.make_key(calendar, year - 1, cut.parts, cut))
    end = year_end(workspace.register, workspace.forms, quarter.period, quarter.now, used)
    kept = own_rows(workspace, asked.today)
    coming = config.plan_year(calendar, year, cut)
    own_forms = config.load_forms(asked.root / REGISTER_FORMS)
    ground = YearGround(workspace.register, kept.rows, workspace.forms, own_forms, quarter.now, coming)
    made = yearreview.proposals(end, ground)
    lines = [*summary(end, end.coming, called(workspace.forms)), *reviewed_rows(made, ground)]
    lines += further([p for p in coming if workspace.register.period(p.key) is None], end.coming)
    notes = tuple(to_settle(end, quarter, workspace.register))
    if dry_run:
        return Rolled((*lines, "Nothing was written."), notes)
    told = yearreview.year_review(made, ground, (end.coming, notes), end, asked.today)
    data = writer.render_sealed(review.review_book(told))
    written = sealed_outbox(asked).write(f"{REVIEWS}/roll-{end.coming.replace('/', '-')}-review.xlsx", data)
    lines.append(
        f'Written to {written.path}. Decide on its rows, save it, and run: workflow import --reviewed "{written.path}"'
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
