"""Emit: the tracker, the packs, the marked-up returns and the drafts of one period, written and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from workflow import accessible, letters, outbox, post, writer
from workflow.errors import WorkflowError
from workflow.inbox import hash_of
from workflow.ledger import Issue, Ledger
from workflow.model import Board, Book, ReturnStatus, Slot, Value
from workflow.outputs import brief, pack, tracker, withheld
from workflow.outputs.view import View
from workflow.pipeline.book import marked_up
from workflow.pipeline.mail import Mailer
from workflow.pipeline.quarter import Facts, Quarter, view_of
from workflow.pipeline.workspace import Workspace

Progress = Callable[[str, int, int], None]  # what is going on, how many are done, of how many

# A draft or a marked-up return that a new run no longer makes would mislead whoever sends it.
STALE = ("mail/receipt-*", "mail/query-*", "mail/thanks-*", "mail/unreadable-*", "marked-up/*")


@dataclass(frozen=True, slots=True)
class Emitted:
    """What stands in the outbox now, and plain sentences about what could not be put where it belongs."""

    written: tuple[str, ...]
    notes: tuple[str, ...]
    changed: int


def quiet(_what: str, _done: int, _of: int) -> None:
    """No progress is wanted."""


Issued = tuple[Issue, Mapping[Slot, Value]]  # a workbook that goes out, and what it shows in its answer cells


@dataclass(frozen=True, slots=True)
class Papers:
    """One period's outputs, made and not yet written: files by their path, and the marked-up returns among them."""

    files: Mapping[str, bytes]
    issues: tuple[Issued, ...]

    def remember(self, ledger: Ledger) -> None:
        """Keep what the marked-up returns show: the base of what comes back in them."""
        with ledger.transaction():
            for issue, cells in self.issues:
                ledger.add_issue(issue, cells)


@dataclass(frozen=True, slots=True)
class Emitter:
    """Writes one period's outputs."""

    workspace: Workspace
    facts: Facts
    quarters: Mapping[str, Quarter]
    today: date
    progress: Progress = quiet

    def outputs(self, key: str) -> Papers:
        """Every file of a period. Nothing is written and nothing is locked while they are made."""
        quarter = self.quarters[key]
        view = view_of(self.facts, self.quarters, key)
        folder = f"outbox/{key}"
        files = {f"{folder}/master-tracker-{key}.xlsx": self._checked(tracker.tracker_book(view), f"master-tracker-{key}.xlsx")}
        packs = self._packs(view)
        files.update({f"{folder}/boards/{a.name}": a.data for _, a in packs})
        files[f"{folder}/withheld-{key}.xlsx"] = self._checked(withheld.withheld_book(view), f"withheld-{key}.xlsx")
        mailer = Mailer(self.workspace, quarter, self.today)
        left_out = withheld.withheld(view)
        for board, attachment in packs:
            files.update(mailer.board(board, brief.board_words(view, board), [attachment]))
            paper = letters.PackFile(attachment.name, len(attachment.data), board.audience)
            files.update(mailer.clerk(board, attachment, paper, sum(1 for boards in left_out.values() if board in boards)))
        letters_out, issues = self._to_partners(quarter, mailer)
        return Papers(files | letters_out, issues)

    def _packs(self, view: View) -> list[tuple[Board, post.Attachment]]:
        made = []
        due = [b for b in view.register.boards if not b.quarters or view.period.quarter in b.quarters]
        for n, board in enumerate(due, 1):
            name = f"{board.id}-{view.period.key}-{board.audience}.xlsx"
            made.append((board, post.Attachment(name, self._checked(pack.pack_book(view, board), name))))
            self.progress("Writing packs", n, len(due))
        return made

    def _to_partners(self, quarter: Quarter, mailer: Mailer) -> tuple[dict[str, bytes], tuple[Issued, ...]]:
        files: dict[str, bytes] = {}
        issues: list[Issued] = []
        for n, status in enumerate(quarter.returns, 1):
            self.progress("Writing letters", n, len(quarter.returns))
            partner = self.workspace.register.partner(status.partner)
            if partner is None or not any(s.partner == partner.id for s in quarter.submissions):
                continue
            made = marked_up(self.workspace, quarter, partner.id, self.today)
            attachment = None
            if made:
                attachment = post.Attachment(f"{partner.id}-{quarter.period.key}-queries.xlsx", made.data)
                files[f"outbox/{quarter.period.key}/marked-up/{attachment.name}"] = made.data
                issue = Issue(made.issue, partner.id, quarter.period.key, "marked-up", self.today.isoformat())
                issues.append((issue, made.cells))
            files.update(mailer.answer(partner, status, attachment))
        return files, tuple(issues)

    @staticmethod
    def _checked(book: Book, name: str) -> bytes:
        """Render a workbook and read it again: one that fails a check is our mistake, and is never left lying."""
        data = writer.render(book)
        failures = accessible.check(data, book.profile, name)
        if failures:
            raise WorkflowError(f"{name} does not pass the checks for its kind of workbook: {failures[0]} Nothing was written.")
        return data


def write(root: Path, files: Mapping[str, bytes], today: date, ledger: Ledger) -> Emitted:
    """Put files in the outbox. Bytes that already stand there are not written again; a person's edit is left alone."""
    box = outbox.Outbox(root, today, ledger.wrote)
    before = {path: hash_of((root / path).read_bytes()) for path in files if (root / path).is_file()}
    changed = {path: data for path, data in files.items() if before.get(path) != hash_of(data)}
    if changed:
        with ledger.transaction():
            ledger.add_outputs((path, hash_of(data)) for path, data in changed.items())
    results = [  # what already stands there is not read a second time
        box.write(path, data) if path in changed else outbox.Written(path, changed=False) for path, data in files.items()
    ]
    return Emitted(
        tuple(r.path for r in results), tuple(r.note for r in results if r.note), sum(1 for r in results if r.changed)
    )


def owes(status: ReturnStatus) -> bool:
    """Whether a partner still owes something for the period."""
    return status.state in ("late", "owed", "held") or (status.state == "part returned" and bool(status.missing or status.held))


def remove_chasers(root: Path, quarter: Quarter, today: date, ledger: Ledger) -> None:
    """Remove the reminders of those who owe nothing any more. A person's edit is left."""
    box = outbox.Outbox(root, today, ledger.wrote)
    for status in quarter.returns:
        for suffix in (".eml", ".txt") if not owes(status) else ():
            box.remove(f"outbox/{quarter.period.key}/mail/chaser-{status.partner}{suffix}")


def remove_stale(root: Path, period: str, files: Mapping[str, bytes], today: date, ledger: Ledger) -> list[str]:
    """Remove drafts and marked-up returns of earlier runs that this one no longer makes. A person's edit is left."""
    box = outbox.Outbox(root, today, ledger.wrote)
    folder = root / "outbox" / period
    box.sweep(f"outbox/{period}")
    standing = [p.relative_to(root).as_posix() for pattern in STALE for p in sorted(folder.glob(pattern)) if p.is_file()]
    return [path for path in standing if path not in files and box.remove(path)]
