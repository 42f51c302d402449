"""The tracker as a workbook that comes back: marked so that it is known, with what it shows; and edited ones in outbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from workflow import edits, inbox, reader
from workflow.inbox import Received, hash_of
from workflow.ledger import Issue, Ledger
from workflow.model import OFFICE, Book, Slot, SubmissionState, Value
from workflow.outputs import history, tracker
from workflow.outputs.view import View
from workflow.pipeline.identify import return_id
from workflow.pipeline.judge import tracker_tables
from workflow.pipeline.workspace import Workspace
from workflow.validate import Source


def tracker_of(workspace: Workspace, view: View) -> tuple[Book, Issue]:
    """The tracker of the view's period, with the properties by which it is known when it comes back."""
    book = tracker.tracker_book(view)
    layout, period = workspace.settings.layouts[-1], view.period.key
    token = f"{edits.KIND}-{hash_of(repr(book.sheets).encode())[:12]}"
    properties = (
        ("return_id", return_id(workspace.ground, OFFICE, period, layout)),
        ("partner", OFFICE),
        ("period", period),
        ("layout", layout),
        ("issue", token),
        ("kind", edits.KIND),
    )
    return replace(book, properties=properties), Issue(token, OFFICE, period, edits.KIND, view.today.isoformat())


def read_back(data: bytes, workspace: Workspace) -> reader.Workbook:
    """A tracker as we wrote it, read like anyone's file, but for its history: half of its cells, and no answer among them."""
    return reader.read_bytes(data, reader.OF_THE_OFFICE, reader.sought_for(workspace.forms), (history.NAME,))


def shown(book: reader.Workbook, workspace: Workspace, view: View) -> Mapping[Slot, Value]:
    """What a tracker shows in its answer cells, as `book` was read back like anyone's file."""
    ground = workspace.ground
    source = Source(view.register, OFFICE, view.period, "", view.today, {})
    tables = tracker_tables(book, ground)
    checked = [edits.check_tracker(ground.forms[name], table.rows, source) for name, table in tables.items()]
    given = {slot: each[view.period.key] for slot, each in view.by_period.items() if view.period.key in each}
    return edits.shown([a for c in checked for a in c.answers], given)


def changed(root: Path, ledger: Ledger, limit: int) -> Iterator[Received]:
    """Trackers in outbox that are not as they were written: somebody typed into them. One that cannot be read is told of."""
    files = (path.relative_to(root).as_posix() for path in sorted(root.glob("outbox/*/master-tracker-*.xlsx")))
    for received in inbox.look_at(root, files, max(limit, reader.OF_THE_OFFICE.file_bytes)):  # ours may be larger than theirs
        period = received.file.split("/")[1]
        ours = received.state is None and ledger.wrote(f"outbox/{period}/master-tracker-{period}.xlsx", received.sha256)
        if not ours and received.state is not SubmissionState.IGNORED:
            yield received
