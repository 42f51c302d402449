"""Emit: the tracker, the packs, the marked-up returns and the drafts of one period, written and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from workflow import accessible, items, letters, outbox, post, reader
from workflow.inbox import hash_of
from workflow.ledger import Issue, Ledger
from workflow.model import Board, Partner, ReturnStatus, Slot, Value
from workflow.outputs import brief, history, pack, withheld
from workflow.outputs.view import View
from workflow.pipeline import accessibility, trackers
from workflow.pipeline.book import decisions_for, marked_up, template_for
from workflow.pipeline.closings import Closings, view_with
from workflow.pipeline.labels import as_labelled
from workflow.pipeline.mail import Mailer
from workflow.pipeline.press import Press, Proof
from workflow.pipeline.quarter import Facts, Quarter, view_of
from workflow.pipeline.questions import Copy
from workflow.pipeline.workspace import Workspace

Progress = Callable[[str, int, int], None]  # what is going on, how many are done, of how many

# A draft or a marked-up return that a new run no longer makes would mislead whoever sends it.
STALE = ("mail/receipt-*", "mail/query-*", "mail/thanks-*", "mail/unreadable-*", "marked-up/*")

REPORTS = ("*/reports/*.xlsx", "*/as-at-*/reports/*.xlsx")


@dataclass(frozen=True, slots=True)
class Emitted:
    """What stands in the outbox now, and plain sentences about what could not be put where it belongs. `left` is what is out of
    date and could not be removed, being open in another program. `once` is what is told of this run alone, on the
    screen and in no report."""

    written: tuple[str, ...]
    notes: tuple[str, ...]
    changed: int
    left: tuple[str, ...] = ()
    once: tuple[str, ...] = ()


def quiet(_what: str, _done: int, _of: int) -> None:
    """No progress is wanted."""


Packs = Mapping[Board, Sequence[tuple[Board, Proof]]]  # by board: each version of its pack, with what it is drawn as
Issued = tuple[Issue, Mapping[Slot, Value]]  # a workbook that goes out, and what it shows in its answer cells


@dataclass(frozen=True, slots=True)
class Papers:
    """One period's outputs, made and not yet written: files by their path, the workbooks among them that may come back, and
    what all of it was made from."""

    files: Mapping[str, bytes]
    issues: tuple[Issued, ...]
    view: View
    tracker: reader.Workbook  # read back from its bytes

    @property
    def hashes(self) -> dict[str, str]:
        """The hash of each file."""
        return {path: hash_of(data) for path, data in self.files.items()}

    def remember(self, ledger: Ledger) -> None:
        """Keep what the marked-up returns and fresh forms show: the base of what comes back in them."""
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
    closings: Closings | None = None

    def outputs(self, key: str) -> Papers:
        """Every file of a period. Nothing is written and nothing is locked while they are made.

        What was published of a closed period stays as it was: its packs, what they leave out, and the letters with them.
        """
        with Press() as press:
            return self._outputs(key, press)

    def _outputs(self, key: str, press: Press) -> Papers:
        quarter = self.quarters[key]
        view = self.view(key)
        folder = f"outbox/{key}"
        press.expect(sum(map(len, view.history.values())) * len(history.COLUMNS))  # the tracker has a row for each
        book, issue = trackers.tracker_of(self.workspace, view)
        tracker = press.give(book, f"master-tracker-{key}.xlsx")
        mailer = Mailer(self.workspace, quarter, self.today)
        closed = self.closings is not None and key in self.closings
        packs = {} if closed else self._packs(view, press)
        decisions = decisions_for(self.workspace, quarter, self.today) if quarter.submissions else None
        listed = press.give(decisions, f"decisions-{key}.xlsx") if decisions else None
        letters_out, issues = self._to_partners(quarter, mailer)
        # Asked for before the tracker, which is the most to draw: what the press has not begun by now is drawn here meanwhile.
        boards = {} if closed else self._to_boards(view, mailer, packs, press)
        decided = {f"{folder}/{listed.name}": listed.data} if listed else {}
        back = trackers.read_back(tracker.data, self.workspace)
        shown = (issue, trackers.shown(back, self.workspace, view))
        files = {f"{folder}/{tracker.name}": tracker.data, **decided, **boards, **letters_out}
        return Papers(files, (shown, *issues), view, back)

    def view(self, key: str) -> View:
        """A period as its outputs see it."""
        if self.closings is None:
            return view_of(self.facts, self.quarters, key)
        view = view_with(self.closings, self.facts, self.quarters, key)
        return as_labelled(view, self.closings.ledger, self.workspace.root, self.today)

    def _to_boards(self, view: View, mailer: Mailer, packs: Packs, press: Press) -> dict[str, bytes]:
        """The packs, what they leave out, and the letters that go with them."""
        folder, name = f"outbox/{view.period.key}", f"withheld-{view.period.key}.xlsx"
        books = {board.name: proof.book for board, versions in packs.items() for _, proof in versions}  # in the fullest version
        not_there = press.give(withheld.withheld_book(view, books), name)
        left_out = withheld.withheld(view)
        listed = [(version, proof.name, len(proof.data)) for versions in packs.values() for version, proof in versions]
        letters_out: dict[str, bytes] = {}
        for board, versions in packs.items():
            attached = [post.Attachment(proof.name, proof.data) for _, proof in versions]
            papers = [
                letters.PackFile(a.name, len(a.data), version.audience, tuple(filter(None, [accessible.large(len(a.data))])))
                for (version, _), a in zip(versions, attached, strict=True)
            ]
            letters_out.update({f"{folder}/boards/{a.name}": a.data for a in attached})
            letters_out.update(mailer.board(board, brief.board_words(view, board), attached))
            number = sum(1 for boards in left_out.values() if board in boards)
            letters_out.update(mailer.clerk(board, attached, papers, number))
        checks = accessibility.paper(view.period, listed, self.today)
        return {f"{folder}/{name}": not_there.data, f"{folder}/accessibility.txt": checks, **letters_out}

    def _packs(self, view: View, press: Press) -> Packs:
        """Each board's pack, in each of its versions, given to the press."""
        made: dict[Board, list[tuple[Board, Proof]]] = {}
        due = [b for b in view.register.boards if not b.quarters or view.period.quarter in b.quarters]
        for n, board in enumerate(due, 1):
            for version in board.versions:
                name = f"{board.id}-{view.period.key}-{version.audience}.xlsx"
                made.setdefault(board, []).append((version, press.give(pack.pack_book(view, version), name)))
            self.progress("Writing packs", n, len(due))
        return made

    def _to_partners(self, quarter: Quarter, mailer: Mailer) -> tuple[dict[str, bytes], tuple[Issued, ...]]:
        files: dict[str, bytes] = {}
        issues: list[Issued] = []
        for n, status in enumerate(quarter.returns, 1):
            self.progress("Writing letters", n, len(quarter.returns))
            partner = self.workspace.register.partner(status.partner)
            if partner is None or not mailer.heard_from(partner):
                continue
            made = marked_up(self.workspace, quarter, partner.id, self.today)
            copy = None
            if made:
                copy = Copy(post.Attachment(f"{partner.id}-{quarter.period.key}-queries.xlsx", made.data), made.lines)
                files[f"outbox/{quarter.period.key}/marked-up/{copy.attachment.name}"] = made.data
                issue = Issue(made.issue, partner.id, quarter.period.key, "marked-up", self.today.isoformat())
                issues.append((issue, made.cells))
            form = self._form(quarter, mailer, partner)
            if form:
                issues.append(form[1])
            files.update(mailer.answer(partner, status, copy, form[0] if form else None))
        return files, tuple(issues)

    def _form(self, quarter: Quarter, mailer: Mailer, partner: Partner) -> tuple[post.Attachment, Issued] | None:
        """A fresh form for a partner that sent something else, and what it shows: the base of what comes back in it."""
        if not mailer.needs_form(partner) or not items.owes_rows(quarter.given[partner.id]):
            return None
        key = quarter.period.key
        made = template_for(self.workspace, quarter, partner.id, self.today)
        issue = Issue(made.issue, partner.id, key, "template", self.today.isoformat())
        return post.Attachment(f"{partner.id}-{key}.xlsx", made.data), (issue, made.cells)


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
    notes = (*(r.note for r in results if r.note), *large(root, files))
    return Emitted(tuple(r.path for r in results), notes, sum(1 for r in results if r.changed))


def large(root: Path, paths: Iterable[str]) -> Iterator[str]:
    """A sentence for each paper that stands in the outbox and that mail and agenda systems may not take."""
    for path in paths:
        to_board, paper = "/boards/" in path, path.endswith(".xlsx") and (root / path).is_file()
        words = accessible.large((root / path).stat().st_size) if paper and (to_board or "/reports/" in path) else ""
        less = " Give the board fewer plans, themes or sections (sheet Boards of the register)." if to_board else ""
        if words:
            yield f"{path}: {words}{less}"


def owes(status: ReturnStatus) -> bool:
    """Whether a partner still owes something for the period."""
    return status.state in ("late", "owed", "held") or (status.state == "part returned" and bool(status.missing or status.held))


def remove_chasers(root: Path, quarter: Quarter, today: date, ledger: Ledger, *, closed: bool = False) -> list[str]:
    """Remove the reminders of those who owe nothing any more, as nobody does of a closed period. A person's edit is left.
    Returns those that could not be removed."""
    free = [status.partner for status in quarter.returns if closed or not owes(status)]
    chasers = [f"outbox/{quarter.period.key}/mail/chaser-{partner}{suffix}" for partner in free for suffix in (".eml", ".txt")]
    return _remove(outbox.Outbox(root, today, ledger.wrote), chasers)


def _remove(box: outbox.Outbox, paths: Iterable[str]) -> list[str]:
    """Those that are ours and are still there."""
    return [path for path in paths if not box.remove(path) and box.is_ours(path)]


def remove_reports(root: Path, today: date, ledger: Ledger) -> tuple[int, tuple[str, ...]]:
    """Remove every report that was ever written, of any period: how many, and those that a person must look at, having changed
    them or having them open."""
    box = outbox.Outbox(root, today, ledger.wrote)
    found = [path for pattern in REPORTS for path in sorted((root / "outbox").glob(pattern)) if path.is_file()]
    paths = [path.relative_to(root).as_posix() for path in found]
    left = tuple(path for path in paths if not box.remove(path))
    return len(paths) - len(left), left


def sweep(root: Path, period: str, today: date, ledger: Ledger) -> None:
    """Remove the unfinished files that a run which was killed left in a period's folder."""
    outbox.Outbox(root, today, ledger.wrote).sweep(f"outbox/{period}")


def remove_stale(root: Path, period: str, files: Mapping[str, bytes], today: date, ledger: Ledger) -> list[str]:
    """Remove drafts and marked-up returns of earlier runs that this one no longer makes. A person's edit is left. Returns those
    that could not be removed."""
    box = outbox.Outbox(root, today, ledger.wrote)
    folder = root / "outbox" / period
    sweep(root, period, today, ledger)
    standing = [p.relative_to(root).as_posix() for pattern in STALE for p in sorted(folder.glob(pattern)) if p.is_file()]
    return _remove(box, (path for path in standing if path not in files))
