"""Purge: what should never have come, or has been kept for long enough, is removed for good, and a tombstone says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from workflow.errors import WorkflowError
from workflow.ledger import Ledger, Tombstone, backup
from workflow.model import Submission, SubmissionState
from workflow.pipeline import emit
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.files import file_states
from workflow.pipeline.quarter import decided
from workflow.pipeline.receive import by_container, present
from workflow.pipeline.receive import chosen as one_file
from workflow.pipeline.runs import Going
from workflow.pipeline.state import Asked, open_ledger, taken, writing
from workflow.pipeline.verdict import printable
from workflow.pipeline.workspace import LEDGER

_READ = (SubmissionState.MERGED, SubmissionState.HELD, SubmissionState.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Doomed:
    """One received file that a purge would remove: its hash, its name, whose it is, when it came, how many answers it held."""

    sha256: str
    file: str
    partners: tuple[str, ...]
    received: date
    answers: int


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge removed, and what a person has to do besides."""

    run: int
    files: tuple[Doomed, ...]
    backups: int
    still_here: tuple[str, ...]  # files of the inbox that are the person's own to delete
    repeating: tuple[str, ...]  # other received files, which show some of it among last time's answers
    closed: tuple[str, ...]  # periods whose frozen packs may repeat what it said
    notes: tuple[str, ...]
    reports: int = 0  # that were removed, since they may repeat what it said
    reports_left: tuple[str, ...] = ()  # that could not be

    @property
    def lines(self) -> tuple[str, ...]:
        """What was done and what a person has to do, for a terminal."""
        files, copies = len(self.files), self.backups
        lines = [
            f"Run {self.run}: {files} received file{'' if files == 1 else 's'} removed for good, with"
            f" {sum(f.answers for f in self.files):,} answers. {copies} backup{'' if copies == 1 else 's'} that held"
            f" {'it' if files == 1 else 'them'} {'was' if copies == 1 else 'were'} removed, and a new one was made."
        ]
        lines += [f"Still in your inbox, which is yours: delete {printable(file)} yourself." for file in self.still_here]
        lines += [
            f"{printable(file)} shows some of it among last time's answers, and is kept as it came. If that must not be kept"
            " either, remove it in the same way."
            for file in self.repeating
        ]
        lines += [
            f"The frozen packs in outbox/{key}/closed are left as they were published: look whether they repeat any of it."
            for key in self.closed
        ]
        if self.reports:
            made = "1 report was" if self.reports == 1 else f"{self.reports} reports were"
            lines.append(f"{made} removed, since they may repeat it. Make what you need again with workflow emit --report.")
        lines += [
            f"{printable(file)} is open or was changed by somebody, and was left: look whether it repeats any of it."
            for file in self.reports_left
        ]
        lines.append(
            "What was sent by email, printed or copied elsewhere is not in reach of this program, nor are templates of later"
            " periods: issue those again."
        )
        return tuple(lines)


def shown(doomed: Sequence[Doomed]) -> Iterator[str]:
    """What would be removed, a line for each received file."""
    for d in doomed:
        whose = f" of {', '.join(d.partners)}" if d.partners else ""
        yield printable(f"  {d.file}{whose}, received on {d.received:%d/%m/%Y}: {d.answers:,} answers ({d.sha256[:12]})")


def chosen(asked: Asked, name: str) -> tuple[Doomed, ...]:
    """The received file that is meant, and every other that brought the same workbook. Nothing is changed.

    Raises WorkflowError where nothing that was received is called so, or it was removed already.
    """
    workspaces.load(asked.root)
    with open_ledger(asked.root, read_only=True) as ledger:
        return _doomed(ledger, name)


def due(asked: Asked) -> tuple[Doomed, ...]:
    """What has been kept for longer than the settings' retention period: `[retention] months`, counted from its coming."""
    months = workspaces.load(asked.root).settings.retention_months
    if not months:
        raise WorkflowError(
            "config/workflow.toml has no retention period. Add a section [retention] with, for example, months = 24."
        )
    with open_ledger(asked.root, read_only=True) as ledger:
        known = by_container(ledger.submissions())
        removed = ledger.tombstones.standing()
        old = [sha for sha, leaves in known.items() if sha not in removed and _age(leaves[0], asked.today) >= months]
        old.sort(key=lambda sha: (known[sha][0].received, sha))
        return tuple(_one(sha, known[sha], removed) for sha in (*_unfinished(removed), *old))


def purge(asked: Asked, doomed: Sequence[Doomed], reason: str = "", progress: emit.Progress = emit.quiet) -> Purged:
    """Remove these received files for good, in one run; write the outputs again without them; leave no backup that holds them.

    Files of the inbox are never touched: those that still stand there are named, and are not taken in again. A removal that
    was cut short after the ledger had kept it is brought to its end.
    """
    workspace = workspaces.load(asked.root)
    why = " ".join(reason.split()).rstrip(".")
    with writing(asked.root) as ledger:
        buried = ledger.tombstones.standing()
        tombs = [Tombstone(d.sha256, asked.today.isoformat(), d.answers, why) for d in doomed if d.sha256 not in buried]
        gone = {*(d.sha256 for d in doomed), *_unfinished(buried)}
        leaves = ledger.submissions()
        left = taken(ledger, [s for s in leaves if s.container not in gone])
        going = Going.of(asked, workspace, ledger, left)
        here = present(asked.root, workspace.settings.limits.file_bytes, ledger)
        verdict = going.verdict(file_states([r for r in here if r.sha256 not in gone], decided(going.worked, left)), fresh=True)
        repeating = ledger.tombstones.repeating([t.sha256 for t in tombs])
        if tombs:
            changed = {(key, slot) for key, slots in going.changes.items() for slot in slots}
            going.record("purge", verdict, lambda number: ledger.tombstones.bury(number, tombs, changed))
        last = ledger.last_run()
        run = last.id if last else going.number
        backups = ledger.tombstones.tidy()
        concerned = {s.period for s in leaves if s.container in gone}
        closed = tuple(sorted(c.period for c in ledger.closures.all() if c.period >= min(concerned, default="")))
        published = going.publish(replace(verdict, run=run), progress, concerned)
        reports = emit.remove_reports(asked.root, asked.today, ledger)
    backup(asked.root / LEDGER, run + 1)
    if not published.left:  # a letter or a marked-up copy that is open in another program still says it
        with writing(asked.root) as ledger:
            ledger.tombstones.finish()
    still = tuple(r.file for r in here if r.sha256 in gone)
    return Purged(run, tuple(doomed), backups, still, tuple(repeating), closed, published.notes, *reports)


def _doomed(ledger: Ledger, name: str) -> tuple[Doomed, ...]:
    known = by_container(ledger.submissions())
    removed = ledger.tombstones.standing()
    if cut_short := _unfinished(removed):  # its name is gone already, so it is meant by any
        return tuple(_one(sha, known[sha], removed) for sha in cut_short)
    meant = list(dict.fromkeys(s.container for s in one_file(name, (), known, lambda _: True)))
    if meant[0] in removed:
        day = date.fromisoformat(removed[meant[0]].today)
        raise WorkflowError(f"{name} was removed already, on {day:%d/%m/%Y}.")
    same = {s.sha256 for sha in meant for s in known[sha] if s.state in _READ}
    also = [other for other, leaves in known.items() if other not in meant and same & {s.sha256 for s in leaves}]
    return tuple(_one(each, known[each], removed) for each in (*meant, *sorted(also)))


def _unfinished(removed: Mapping[str, Tombstone]) -> list[str]:
    """What the ledger has removed, while papers or backups may still hold it."""
    return [sha for sha, tomb in removed.items() if not tomb.finished]


def _one(sha: str, leaves: Sequence[Submission], removed: Mapping[str, Tombstone]) -> Doomed:
    partners = tuple(dict.fromkeys(s.partner for s in leaves if s.partner))
    answers = removed[sha].answers if sha in removed else sum(len(s.answers) for s in leaves)
    return Doomed(sha, leaves[0].file, partners, date.fromisoformat(leaves[0].received), answers)


def _age(s: Submission, today: date) -> int:
    """Whole months since a file came."""
    came = date.fromisoformat(s.received)
    return (today.year - came.year) * 12 + today.month - came.month - (today.day < came.day)
