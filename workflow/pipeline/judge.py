"""One received file -> one submission: read, identified, typed and checked. A pure function of bytes, register and forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from workflow import __version__, items, reader, validate
from workflow.errors import Unreadable
from workflow.inbox import hash_of
from workflow.model import Answer, Finding, Form, Grid, Item, Place, Severity, Submission, SubmissionState
from workflow.pipeline.identify import Identity, identify
from workflow.pipeline.workspace import Workspace
from workflow.wording import finding


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file as it came: its name in the inbox, its bytes and the day it was first seen."""

    file: str
    sha256: str
    data: bytes
    received: date


def judgement_key(workspace: Workspace) -> str:
    """What a judgement depends on besides the bytes: when it changes, every file is judged again."""
    settings = workspace.settings
    parts = (workspace.register.sha256, workspace.forms_sha, settings.workspace_id, str(settings.limits), __version__)
    return hash_of("|".join((*parts, *settings.layouts)).encode())[:16]


def judge(arrival: Arrival, workspace: Workspace) -> Submission:
    """Read one file. Whatever is wrong with it stops only it (law 6)."""
    blank = Submission(
        sha256=arrival.sha256,
        file=arrival.file,
        part=None,
        partner="",
        period="",
        sent=arrival.received.isoformat(),
        state=SubmissionState.REFUSED,
        received=arrival.received.isoformat(),
    )
    try:
        book = reader.read_bytes(arrival.data, workspace.settings.limits)
    except Unreadable as error:
        told = replace(
            finding("file-unreadable", [Place(arrival.file)], sentence=str(error)),
            message=f"{arrival.file}: {error}",
        )
        return replace(blank, reason=str(error), findings=(told,))
    tables = _claimed(
        {name: reader.read_table(book, form, arrival.file) for name, form in workspace.forms.items()}, workspace
    )
    sent = _sent(book.core.get("modified", ""), arrival.received)
    if not tables:
        told = finding("file-no-tables", [Place(arrival.file)])
        return replace(blank, reason=told.message, findings=(told,), sent=sent)
    identity = identify(book, tables, workspace.accepts, arrival.file)
    return _read_answers(replace(blank, sent=sent), tables, identity, workspace)


def _sent(modified: str, received: date) -> str:
    """When the file was sent: its modified property in universal time, in one spelling, so that it sorts.

    The day it was received where that property is no time, or of a clock that ran ahead of that day.
    """
    try:
        moment = datetime.fromisoformat(modified)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return received.isoformat()
    sent = f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"
    return sent if moment.date() <= received else received.isoformat()


def _claimed(tables: Mapping[str, reader.TableRead], workspace: Workspace) -> dict[str, reader.TableRead]:
    """Each line of headings read as one form only: the one whose name stands on it, else the one with most of its headings.

    Forms share headings, so a sheet that lost its name, or a form that is not in the file, would else be read twice.
    """

    def fit(name: str) -> tuple[bool, bool, float]:
        table = tables[name]
        return table.named, table.sheet.casefold() == workspace.forms[name].sheet.casefold(), table.share

    best: dict[tuple[str, int], str] = {}
    for name, table in tables.items():
        at = (table.sheet, table.line)
        if table.found and (at not in best or fit(name) > fit(best[at])):
            best[at] = name
    return {name: table for name, table in tables.items() if table.found and best[table.sheet, table.line] == name}


def _read_answers(
    blank: Submission, tables: Mapping[str, reader.TableRead], identity: Identity, workspace: Workspace
) -> Submission:
    period = workspace.register.period(identity.period)
    stops = [f for f in identity.findings if f.severity is Severity.STOP]
    findings: list[Finding] = list(identity.findings)
    answers: list[Answer] = []
    grids: dict[str, Grid] = {}
    blanks = 0
    held = bool(stops) or period is None or not identity.partner
    source = validate.Source(
        workspace.register,
        identity.partner,
        period or workspace.periods[0],
        blank.file,
        date.fromisoformat(blank.received),
        given_rows(workspace, identity.partner),
    )
    for name, table in tables.items():
        form = workspace.forms[name]
        check = validate.check_record if form.layout == "record" else validate.check_table
        checked = check(form, table.rows, source)
        answers.extend(checked.answers)
        blanks += checked.blanks
        if checked.grid:
            grids[name] = checked.grid
        if not held:
            findings.extend(replace(f, partner=identity.partner, period=identity.period) for f in table.findings)
            findings.extend(checked.findings)
    if held:
        answers = [replace(a, held=a.held or (stops[0].code if stops else "identity-missing")) for a in answers]
        findings = [replace(f, partner=identity.partner, period=identity.period) for f in findings]
    return replace(
        blank,
        partner=identity.partner,
        period=identity.period,
        layout=identity.layout,
        token=identity.issue,
        state=SubmissionState.HELD if held else SubmissionState.MERGED,
        reason=stops[0].message if stops else "",
        answers=tuple(answers),
        blanks=blanks,
        findings=tuple(findings),
        grids=grids,
    )


def given_rows(workspace: Workspace, partner: str) -> dict[str, tuple[Item, ...]]:
    """Every row that a partner may answer, finished or not: judging a file does not depend on what stands."""
    return {name: items.rows_for(form, partner, workspace.register, {}) for name, form in workspace.forms.items()}


def carried_rows(
    forms: Mapping[str, Form], given: Mapping[str, tuple[Item, ...]], partner: str
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Per row that a partner leads, the fields that "no change" carries forward."""
    return {
        (name, item.key): tuple(f.name for f in forms[name].fields if f.carry)
        for name, rows in given.items()
        for item in rows
        if item.lead == partner
    }
