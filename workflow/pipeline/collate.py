"""Collate, the quarterly command: receive, collate, validate, merge, emit. One pass, one direction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from workflow import inbox
from workflow.errors import WorkflowError
from workflow.fields import show
from workflow.inbox import Received, hash_of
from workflow.ledger import Ledger, Run
from workflow.model import Severity, Slot, Standing, Submission, SubmissionState
from workflow.pipeline import emit
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.judge import Arrival, judge, judgement_key
from workflow.pipeline.quarter import Quarter
from workflow.pipeline.state import Asked, facts, open_ledger, quarters, with_bases
from workflow.pipeline.verdict import FileState, Verdict
from workflow.pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class _Intake:
    """What the inbox and the ledger hold together. `fresh` was judged in this run."""

    received: tuple[Received, ...]
    known: Mapping[str, Submission]  # as judged before
    fresh: Mapping[str, Submission]
    bytes_of: Mapping[str, bytes]

    @property
    def all(self) -> dict[str, Submission]:
        return {**self.known, **self.fresh}


def collate(asked: Asked, *, dry_run: bool = False, progress: emit.Progress = emit.quiet) -> Verdict:
    """Run the quarter. `dry_run` reads and judges everything and writes nothing at all."""
    workspace = workspaces.load(asked.root)
    period = workspace.period(asked.period, asked.today)
    with open_ledger(asked.root, read_only=dry_run) as ledger:
        intake = _receive(asked, workspace, ledger, progress)
        submissions = with_bases(ledger, intake.all.values())
        worked = quarters(workspace, asked, submissions)
        _must_balance(worked)
        changes = _changes(worked, ledger.standings())
        last = ledger.last_run()
        fresh = bool(intake.fresh or any(changes.values()) or _register_changed(workspace, last))
        files = _file_states(intake, asked)
        verdict = Verdict(
            workspace.register,
            worked[period.key],
            files,
            None,
            show(asked.today),
            notes=_register_notes(workspace, asked),
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


# --- receive and judge


def _receive(asked: Asked, workspace: Workspace, ledger: Ledger, progress: emit.Progress) -> _Intake:
    """Scan the inbox and judge what has not been judged under today's register and forms."""
    received = tuple(inbox.scan(asked.root))
    key = judgement_key(workspace)
    known = {s.sha256: s for s in ledger.submissions()}
    judged = ledger.judged(key)
    arrivals: dict[str, Arrival] = {}
    for r in received:
        if r.data and r.sha256 not in judged and r.sha256 not in arrivals:
            first = known.get(r.sha256)
            day = date.fromisoformat(first.received) if first else asked.today
            arrivals[r.sha256] = Arrival(first.file if first else r.file, r.sha256, r.data, day)
    for sha, s in known.items():
        if sha not in judged and sha not in arrivals:  # archived, no longer in the inbox; what we know of it may have changed
            data = ledger.extract(sha)
            if data is not None:
                arrivals[sha] = Arrival(s.file, sha, data, date.fromisoformat(s.received))
    fresh: dict[str, Submission] = {}
    for n, arrival in enumerate(arrivals.values(), 1):
        fresh[arrival.sha256] = judge(arrival, workspace)
        progress("Reading returns", n, len(arrivals))
    return _Intake(received, known, fresh, {a.sha256: a.data for a in arrivals.values()})


def _file_states(intake: _Intake, asked: Asked) -> tuple[FileState, ...]:
    """What became of every file that stands in the inbox, and of every return received before that does not."""
    submissions = intake.all
    states: list[FileState] = []
    seen: dict[str, str] = {}
    here = {r.file for r in intake.received}
    for r in intake.received:
        if not r.sha256:
            states.append(FileState(r.file, "", "", "", r.state or SubmissionState.IGNORED, r.reason))
            continue
        s = submissions[r.sha256]
        first = seen.get(r.sha256) or (s.file if s.file in here else r.file)
        seen[r.sha256] = first
        if first != r.file:
            reason = f"The same file as {first}, received on {date.fromisoformat(s.received):%d/%m/%Y}."
            states.append(FileState(r.file, r.sha256, s.partner, s.period, SubmissionState.DUPLICATE, reason))
        else:
            states.append(FileState(r.file, r.sha256, s.partner, s.period, s.state, s.reason))
    gone = [s for s in submissions.values() if s.sha256 not in seen]
    states.extend(FileState(s.file, s.sha256, s.partner, s.period, s.state, s.reason) for s in gone)
    return tuple(sorted(states, key=lambda f: f.file))


# --- merge and commit


def _must_balance(worked: Mapping[str, Quarter]) -> None:
    for quarter in worked.values():
        if not quarter.balance.holds:
            b = quarter.balance
            raise WorkflowError(
                f"The books of {quarter.period.key} do not balance: {b.read} cells were read, but {b.accepted} + {b.unchanged}"
                f" + {b.superseded} + {b.held} are accounted for. Nothing was kept. This is our fault: please report it."
            )


def _changes(
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
    what: tuple[_Intake, Mapping[str, Mapping[Slot, Standing | None]], Verdict],
) -> int:
    """Everything a run learned, in one transaction: killed at any moment, the ledger is as before it or as after it."""
    intake, changes, verdict = what
    key = judgement_key(workspace)
    with ledger.transaction():
        run = ledger.next_run()
        if run != verdict.run:
            raise WorkflowError("Another collate finished while this one was reading, so nothing of it was kept. Run it again.")
        for data in (workspace.register_bytes, workspace.forms_bytes, *intake.bytes_of.values()):
            ledger.archive(hash_of(data), data)
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
        for s in intake.fresh.values():
            ledger.add_submission(s, key, run)
        for period, changed in changes.items():
            ledger.add_changes(run, period, changed)
    return run


# --- emit


def _emit(emitter: emit.Emitter, asked: Asked, key: str, ledger: Ledger) -> emit.Emitted:
    papers = emitter.outputs(key)
    papers.remember(ledger)
    emitted = emit.write(asked.root, papers.files, asked.today, ledger)
    emit.remove_stale(asked.root, key, papers.files, asked.today, ledger)
    emit.remove_chasers(asked.root, emitter.quarters[key], asked.today, ledger)
    return emitted


def _report(asked: Asked, verdict: Verdict, key: str, ledger: Ledger) -> None:
    import json  # noqa: PLC0415 - only a run that writes needs it

    text = json.dumps(verdict.as_json(), ensure_ascii=False, indent=1) + "\n"
    steady = replace(verdict, fresh=True)  # the file says the same however often it is written
    files = {f"outbox/{key}/run.json": text.encode(), f"outbox/{key}/run.txt": steady.full_text().encode()}
    emit.write(asked.root, files, asked.today, ledger)


def _register_notes(workspace: Workspace, asked: Asked) -> tuple[str, ...]:
    """What is wrong with the register, in one sentence: a row that reaches nobody must not go unnoticed."""
    faults = workspaces.register_faults(workspace, asked.today)
    if not faults:
        return ()
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    number = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}"
    return (f"The register has {number}: {faults[0].message.rstrip('.')}{more}. Run workflow check.",)
