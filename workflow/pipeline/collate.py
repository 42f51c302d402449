"""Collate, the quarterly command: receive, collate, validate, merge, emit. One pass, one direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from workflow import inbox
from workflow.errors import WorkflowError
from workflow.inbox import hash_of
from workflow.ledger import Ledger, Run, Withdrawal
from workflow.pipeline import again, emit
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.files import file_states
from workflow.pipeline.quarter import decided
from workflow.pipeline.receive import Intake, chosen, receive
from workflow.pipeline.runs import Going
from workflow.pipeline.state import Asked, open_ledger, taken, writing
from workflow.pipeline.verdict import Verdict
from workflow.pipeline.workspace import Workspace


def collate(asked: Asked, *, dry_run: bool = False, retry: Sequence[str] = (), progress: emit.Progress = emit.quiet) -> Verdict:
    """Run the quarter. `dry_run` reads and judges everything and writes nothing at all.

    `retry` names files that are to count again: what was refused is opened again, what was taken back is taken in again.
    """
    workspace = workspaces.load(asked.root)
    workspace.period(asked.period, asked.today)  # one that is not there is said before anything is read
    with open_ledger(asked.root, read_only=True) if dry_run else writing(asked.root) as ledger:
        intake = receive((asked.root, asked.today), workspace.ground, ledger, retry, progress)
        withdrawn = ledger.withdrawals.standing()
        lifted = _lifted(retry, intake, withdrawn)
        still = {sha: w for sha, w in withdrawn.items() if sha not in lifted}
        submissions = taken(ledger, intake.leaves, still)
        going = Going.of(asked, workspace, ledger, submissions)
        last = ledger.last_run()
        fresh = bool(intake.fresh or lifted or any(going.changes.values()) or _register_changed(workspace, last))
        files = file_states(intake.received, decided(going.worked, submissions))
        verdict = going.verdict(files, fresh=fresh, dry=dry_run)
        verdict = replace(verdict, notes=(*verdict.notes, *_cut_short(ledger)))
        if dry_run:
            return verdict
        run = last.id if last else 0
        if fresh:
            run = going.commit("collate", verdict, lambda number: _learn(going, intake, lifted, number))
        done = going.publish(replace(verdict, run=run or None), progress)
        again.remember(asked, ledger, intake.received, done)
        return done


def _lifted(retry: Sequence[str], intake: Intake, withdrawn: Mapping[str, Withdrawal]) -> frozenset[str]:
    """The workbooks, by hash, that had been taken back and are to be taken in again."""
    named = (chosen(name, intake.received, intake.all, lambda s: s.sha256 in withdrawn) for name in retry)
    return frozenset(s.sha256 for leaves in named for s in leaves)


def _cut_short(ledger: Ledger) -> tuple[str, ...]:
    """Whether a removal is not finished, which only the same command does."""
    unfinished = any(not tomb.finished for tomb in ledger.tombstones.standing().values())
    told = "A workflow purge was cut short: backups or papers may still hold what it removes. Run the same purge again."
    return (told,) if unfinished else ()


def _register_changed(workspace: Workspace, last: Run | None) -> bool:
    return last is not None and (last.register, last.forms) != (hash_of(workspace.register_bytes), workspace.forms_sha)


def _learn(going: Going, intake: Intake, lifted: frozenset[str], run: int) -> None:
    """What a collate commits of its own: the files that came, how they were judged, and what counts again."""
    _archive(going.asked, going.ledger, intake)
    for s in (s for leaves in intake.fresh.values() for s in leaves):
        going.ledger.add_submission(s, going.workspace.ground.key, run)
    going.ledger.withdrawals.lift(run, sorted(lifted))


def _archive(asked: Asked, ledger: Ledger, intake: Intake) -> None:
    """Keep the bytes of every file received for the first time, read once more and held against the hash that was judged."""
    for received in intake.received:
        if received.sha256 in intake.fresh and received.sha256 not in intake.known:
            data = inbox.read(asked.root, received)
            if data is None:
                raise WorkflowError(
                    f"{received.file} was changed or taken away while it was being read, so nothing was kept. Run again."
                )
            ledger.archive(received.sha256, data)
