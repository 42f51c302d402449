"""One leaf of a received file -> one submission: read, identified, typed and checked. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from workflow import desk, edits, items, reader, validate, writer
from workflow.errors import Unreadable
from workflow.fields import listed
from workflow.model import (
    INSIDE,
    OFFICE,
    Answer,
    Finding,
    Form,
    Grid,
    Item,
    Leaf,
    LeafKind,
    Place,
    Purpose,
    Row,
    Severity,
    Submission,
    SubmissionState,
    with_purpose,
)
from workflow.pipeline.ground import Arrival, Ground
from workflow.pipeline.identify import Identity, identify
from workflow.pipeline.senders import about, sender_of
from workflow.wording import finding, shorten

_Check = Callable[[Form, Sequence[Row], validate.Source], validate.Checked]
_CHECKS: Mapping[str, _Check] = {desk.QUERIES: validate.check_desk, desk.DECISIONS: validate.check_desk}
# Codes of what may come beside a return in the same message, and is then nobody's business: a letter, a picture, a scan.
_BESIDE = frozenset({"pdf", "word", "powerpoint", "picture", "text", "html", "outlook-object"})


MOST_ROWS = 5_000  # of one table: no return has so many, and each takes time to check
_CROWDED = (
    "The sheet {sheet} of this workbook holds more rows than a return can hold: please copy the answers into a fresh copy"
    " of the form and send that."
)
_ACTIVE = (
    "This workbook holds {what}, which we do not take in: please save it as an Excel Workbook (.xlsx) without them, and send"
    " that file."
)


def judge(arrival: Arrival, ground: Ground) -> Submission:
    """Read one leaf. Whatever is wrong with it stops only it (law 6)."""
    blank, sought = _blank(arrival, ground), reader.sought_for(ground.forms)
    try:
        book = reader.read_bytes(arrival.data, ground.settings.limits, sought)
    except Unreadable as error:
        return refused(blank, error.code, str(error))
    if book.active and ground.settings.refuse_active:
        return refused(blank, "workbook-active", _ACTIVE.format(what=listed(book.active, "and")))
    read = reader.read_tables(book, sought, arrival.place)
    tables = _claimed(read, ground)
    blank = replace(blank, sent=_sent(arrival, book.core.get("modified", "")))
    crowded = next((t.sheet for t in tables.values() if len(t.rows) > MOST_ROWS), "")
    if crowded:
        return refused(blank, "too-many-rows", _CROWDED.format(sheet=shorten(crowded, 40)))
    if not tables:
        told = finding("file-no-tables", [Place(arrival.place)], partner=blank.partner, period=blank.period)
        return replace(blank, reason=told.message, findings=(told,), code=told.code)
    identity = identify(book, tables, ground, arrival)
    office = identity.partner == OFFICE
    checks = dict(_CHECKS)
    if office and book.custom.get("kind") == edits.KIND:
        tables = _of_items(tables, ground)
        checks = dict.fromkeys(tables, edits.check_tracker)
    else:
        tables = {name: table for name, table in tables.items() if (name == desk.DECISIONS) is office}
    remarks: tuple[Finding, ...] = ()
    if not office:
        remarks = reader.remarks(book, read.values(), arrival.place, (writer.LISTS,))
        remarks += tuple(_unread(book, tables, identity.partner, (arrival, ground)))
    return _read_answers(blank, tables, replace(identity, findings=(*identity.findings, *remarks)), (ground, checks))


def not_read(arrival: Arrival, leaf: Leaf, ground: Ground) -> Submission:
    """The record of a leaf that is refused or ignored without being read."""
    blank = _blank(arrival, ground)
    if leaf.kind is LeafKind.REFUSED:
        return refused(blank, leaf.code, leaf.reason)
    return replace(blank, state=SubmissionState.IGNORED, partner="", reason=leaf.reason, code=leaf.code, quiet=leaf.quiet)


def refused(blank: Submission, code: str, reason: str) -> Submission:
    """The same leaf, refused: one sentence for its sender, and the finding that says it."""
    told = finding("file-unreadable", [Place(blank.place)], sentence=reason, partner=blank.partner, period=blank.period)
    told = replace(told, message=f"{blank.place}: {reason}")
    return replace(blank, state=SubmissionState.REFUSED, reason=reason, code=code, findings=(told,))


def beside(leaves: Sequence[Submission]) -> tuple[Submission, ...]:
    """The leaves of one received file: what came beside a return in the same message, and is none, is not asked about."""
    with_return = {message_of(s.part) for s in leaves if s.state in (SubmissionState.MERGED, SubmissionState.HELD)}
    return tuple(
        replace(
            s,
            state=SubmissionState.IGNORED,
            partner="",
            reason="It came with a return and is not one: it was kept, and not read.",
            findings=(),
            quiet=True,
        )
        if s.part is not None and s.state is SubmissionState.REFUSED and s.code in _BESIDE and message_of(s.part) in with_return
        else s
        for s in leaves
    )


def message_of(part: str | None) -> str:
    """The message or zip file within the received file that holds a part; "" where that is the received file itself."""
    return (part or "").rpartition(INSIDE)[0]


def _blank(arrival: Arrival, ground: Ground) -> Submission:
    """A leaf of which nothing is known but how it came. Its sender's partner is told what becomes of it, if it is one."""
    sender = sender_of(arrival.messages, "", ground.register)
    period, partner = about(arrival.messages, ground.register)
    owner = sender.partners[0] if len(sender.partners) == 1 else partner if partner in sender.partners else ""
    return Submission(
        sha256=arrival.sha256,
        file=arrival.file,
        part=arrival.part,
        partner=owner,
        period=period if owner == partner else "",
        sent=_sent(arrival, ""),
        state=SubmissionState.REFUSED,
        received=arrival.received.isoformat(),
        sender=sender.address,
        container=arrival.container or arrival.sha256,
    )


def _sent(arrival: Arrival, modified: str) -> str:
    """When a leaf was sent, in universal time and in one spelling, so that it sorts.

    The date of the nearest message that has one, else the workbook's modified property, else the day it was received;
    a clock that ran ahead of that day is not believed.
    """
    for said in (*(m.sent for m in arrival.messages), modified):
        try:
            moment = datetime.fromisoformat(said)
            moment = moment.astimezone(UTC) if moment.tzinfo else moment
        except (ValueError, OverflowError):
            continue
        if moment.date() <= arrival.received:
            return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"
    return arrival.received.isoformat()


def _unread(
    book: reader.Workbook, tables: Mapping[str, reader.TableRead], partner: str, at: tuple[Arrival, Ground]
) -> Iterator[Finding]:
    """Sheets of the return, by their names, on which no table was found: their headings are gone, so their answers are lost."""
    arrival, ground = at
    taken = {table.sheet for table in tables.values()}
    for name, rows in given_rows(ground, partner).items():
        form = ground.forms[name]
        if name not in tables and (rows or form.spare_rows):
            sheet = reader.sheet_meant(book, form, taken)
            if sheet:
                yield finding("table-unread", [Place(arrival.place, sheet)], form=name, form_title=form.title)


def tracker_tables(book: reader.Workbook, ground: Ground) -> dict[str, reader.TableRead]:
    """The tables of a tracker, by form."""
    return _of_items(_claimed(reader.read_tables(book, ground.forms, ""), ground), ground)


def _of_items(tables: Mapping[str, reader.TableRead], ground: Ground) -> dict[str, reader.TableRead]:
    return {n: t for n, t in tables.items() if n not in _CHECKS and ground.forms[n].layout == "table"}


def _claimed(tables: Mapping[str, reader.TableRead], ground: Ground) -> dict[str, reader.TableRead]:
    """Each line of headings read as one form only: the one whose name stands on it, else the one with most of its headings.

    Forms share headings, so a sheet that lost its name, or a form that is not in the file, would else be read twice.
    """

    def fit(name: str) -> tuple[bool, bool, float]:
        table = tables[name]
        return table.named, table.sheet.casefold() == ground.forms[name].sheet.casefold(), table.share

    best: dict[tuple[str, int], str] = {}
    for name, table in tables.items():
        at = (table.sheet, table.line)
        if table.found and (at not in best or fit(name) > fit(best[at])):
            best[at] = name
    return {name: table for name, table in tables.items() if table.found and best[table.sheet, table.line] == name}


def _read_answers(
    blank: Submission, tables: Mapping[str, reader.TableRead], identity: Identity, on: tuple[Ground, Mapping[str, _Check]]
) -> Submission:
    ground, checks = on
    period = ground.register.period(identity.period)
    stops = [f for f in identity.findings if f.severity is Severity.STOP]
    findings = [replace(f, partner=identity.partner, period=identity.period) for f in identity.findings]
    answers: list[Answer] = []
    grids: dict[str, Grid] = {}
    blanks = 0
    held = bool(stops) or period is None or not identity.partner
    source = validate.Source(
        ground.register,
        identity.partner,
        period or ground.periods[0],
        blank.place,
        date.fromisoformat(blank.received),
        given_rows(ground, identity.partner),
        with_purpose(ground.forms, Purpose.ABOUT),
    )
    for name, table in tables.items():
        form = ground.forms[name]
        check = checks.get(name) or (validate.check_record if form.layout == "record" else validate.check_table)
        checked = check(form, table.rows, source)
        answers.extend(checked.answers)
        blanks += checked.blanks
        if checked.grid:
            grids[name] = checked.grid
        if not held or (period and identity.partner):  # of a held return they wait until it is accepted, if it ever is
            if check is not edits.check_tracker:  # what the tracker lacks of a return's columns, it never had
                findings.extend(replace(f, partner=identity.partner, period=identity.period) for f in table.findings)
            findings.extend(checked.findings)
    typed = next((a for a in answers if a.field == "typed_by"), None)
    if typed:
        heading = ground.forms[typed.form].field(typed.field).heading
        told = finding("typed-by-office", [typed.place], form=typed.form, field=typed.field, heading=heading, found=typed.raw)
        findings.append(replace(told, partner=identity.partner, period=identity.period))
    if held:
        answers = [replace(a, held=a.held or (stops[0].code if stops else "identity-missing")) for a in answers]
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


def given_rows(ground: Ground, partner: str) -> dict[str, tuple[Item, ...]]:
    """Every row that a partner may answer, finished or not: judging a file does not depend on what stands."""
    stood = items.Stood(ground.register)
    return {name: items.rows_for(form, partner, stood) for name, form in ground.forms.items()}


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
