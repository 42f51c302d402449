"""Collate, the quarterly command: receive, collate, validate, merge, emit. One pass, one direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from workflow import inbox
from workflow.errors import WorkflowError
from workflow.fields import show
from workflow.inbox import hash_of
from workflow.ledger import Ledger, Run, backup, network_warning
from workflow.model import Severity, Slot, Standing
from workflow.pipeline import emit
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.files import file_states
from workflow.pipeline.quarter import Quarter
from workflow.pipeline.receive import Intake, receive
from workflow.pipeline.state import Asked, facts, open_ledger, quarters, taken, writing
from workflow.pipeline.verdict import Verdict, json_text
from workflow.pipeline.workspace import LEDGER, Workspace


def collate(asked: Asked, *, dry_run: bool = False, retry: Sequence[str] = (), progress: emit.Progress = emit.quiet) -> Verdict:
    """Run the quarter. `dry_run` reads and judges everything and writes nothing at all.

    `retry` names files that were refused before and are to be opened again.
    """
    workspace = workspaces.load(asked.root)
    period = workspace.period(asked.period, asked.today)
    with open_ledger(asked.root, read_only=True) if dry_run else writing(asked.root) as ledger:
        intake = receive((asked.root, asked.today), workspace.ground, ledger, retry, progress)
        submissions = taken(ledger, intake.leaves)
        worked = quarters(workspace, asked, submissions)
        _must_balance(worked)
        changes = changes_of(worked, ledger.standings())
        last = ledger.last_run()
        fresh = bool(intake.fresh or any(changes.values()) or _register_changed(workspace, last))
        files = file_states(intake.received, submissions)
        verdict = Verdict(
            workspace.register,
            worked[period.key],
            files,
            None,
            show(asked.today),
            notes=_workspace_notes(workspace, asked),
            fresh=fresh,
            dry=dry_run,
        )
        if dry_run:
            return verdict
        run = last.id if last else 0
        if fresh:
            run = _commit(asked, workspace, ledger, (intake, changes, replace(verdict, run=run + 1)))
        emitter = emit.Emitter(workspace, facts(workspace, asked), worked, asked.today, progress)
        touched = [k for k, c in changes.items() if c and k != period.key]
        emitted = {key: _emit(emitter, asked, key, ledger) for key in (*touched, period.key)}
        verdict = replace(verdict, run=run or None, notes=(*verdict.notes, *(n for e in emitted.values() for n in e.notes)))
        for key, e in emitted.items():
            own = replace(verdict, quarter=worked[key], written=tuple(sorted(e.written)), others=_unsettled(worked, key))
            _report(asked, own, key, ledger)
        return own


def _unsettled(worked: Mapping[str, Quarter], key: str) -> tuple[Quarter, ...]:
    """The other quarters in which something is still held or asked."""
    others = [q for other, q in worked.items() if other != key and q.submissions]
    return tuple(q for q in others if any(f.severity is not Severity.NOTE for f in q.findings))


# --- merge and commit


def _must_balance(worked: Mapping[str, Quarter]) -> None:
    for quarter in worked.values():
        if not quarter.balance.holds:
            b = quarter.balance
            raise WorkflowError(
                f"The books of {quarter.period.key} do not balance: {b.read} cells were read, but {b.accepted} + {b.unchanged}"
                f" + {b.superseded} + {b.held} are accounted for. Nothing was kept. This is our fault: please report it."
            )


def changes_of(
    worked: Mapping[str, Quarter], stood: Mapping[str, Mapping[Slot, Standing]]
) -> dict[str, dict[Slot, Standing | None]]:
    """Per period, what now stands otherwise than the ledger has it; None where nothing stands any more."""
    changes: dict[str, dict[Slot, Standing | None]] = {}
    for key, quarter in worked.items():
        before, after = stood.get(key, {}), quarter.merged.standing
        changed: dict[Slot, Standing | None] = {slot: s for slot, s in after.items() if before.get(slot) != s}
        changed.update({slot: None for slot in before if slot not in after})
        changes[key] = changed
    return changes


def _register_changed(workspace: Workspace, last: Run | None) -> bool:
    return last is not None and (last.register, last.forms) != (hash_of(workspace.register_bytes), workspace.forms_sha)


def _commit(
    asked: Asked,
    workspace: Workspace,
    ledger: Ledger,
    what: tuple[Intake, Mapping[str, Mapping[Slot, Standing | None]], Verdict],
) -> int:
    """Everything a run learned, in one transaction: killed at any moment, the ledger is as before it or as after it."""
    intake, changes, verdict = what
    backup(asked.root / LEDGER, verdict.run or 1)
    with ledger.transaction():
        run = ledger.next_run()
        if run != verdict.run:
            raise WorkflowError("Another collate finished while this one was reading, so nothing of it was kept. Run it again.")
        for data in (workspace.register_bytes, workspace.forms_bytes):
            ledger.archive(hash_of(data), data)
        _archive(asked, ledger, intake)
        ledger.add_run(
            Run(
                run,
                "collate",
                verdict.quarter.period.key,
                asked.today.isoformat(),
                hash_of(workspace.register_bytes),
                workspace.forms_sha,
                verdict.as_json(),
            )
        )
        for s in (s for leaves in intake.fresh.values() for s in leaves):
            ledger.add_submission(s, workspace.ground.key, run)
        for period, changed in changes.items():
            ledger.add_changes(run, period, changed)
    return run


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


# --- emit


def _emit(emitter: emit.Emitter, asked: Asked, key: str, ledger: Ledger) -> emit.Emitted:
    papers = emitter.outputs(key)
    papers.remember(ledger)
    emitted = emit.write(asked.root, papers.files, asked.today, ledger)
    emit.remove_stale(asked.root, key, papers.files, asked.today, ledger)
    emit.remove_chasers(asked.root, emitter.quarters[key], asked.today, ledger)
    return emitted


def _report(asked: Asked, verdict: Verdict, key: str, ledger: Ledger) -> None:
    text = json_text(verdict.as_json()) + "\n"
    steady = replace(verdict, fresh=True)  # the file says the same however often it is written
    files = {f"outbox/{key}/run.json": text.encode(), f"outbox/{key}/run.txt": steady.full_text().encode()}
    emit.write(asked.root, files, asked.today, ledger)


def _workspace_notes(workspace: Workspace, asked: Asked) -> tuple[str, ...]:
    """What is wrong with the register, in one sentence, and with where the ledger lies: neither must go unnoticed."""
    drive = network_warning(asked.root / LEDGER)
    lies = (drive,) if drive else ()
    faults = workspaces.register_faults(workspace, asked.today)
    if not faults:
        return lies
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    number = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}"
    return (*lies, f"The register has {number}: {faults[0].message.rstrip('.')}{more}. Run workflow check.",)
