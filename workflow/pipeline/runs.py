"""What every run does that changes what stands: the books balance, all of it is committed at once, the outputs follow."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from workflow.errors import WorkflowError
from workflow.fields import show
from workflow.inbox import hash_of
from workflow.ledger import Ledger, Run, backup, network_warning
from workflow.model import Severity, Slot, Standing, Submission
from workflow.pipeline import emit, glance, made, reread
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.also import Beside
from workflow.pipeline.closings import Closings, told_otherwise
from workflow.pipeline.files import FileState
from workflow.pipeline.quarter import Quarter
from workflow.pipeline.state import Asked, facts, quarters
from workflow.pipeline.verdict import Verdict, json_text
from workflow.pipeline.workspace import LEDGER, Workspace

Changes = Mapping[str, Mapping[Slot, Standing | None]]  # by period


@dataclass(frozen=True, slots=True)
class Going:
    """A run while it is going: what every period now comes to, and what of it stands otherwise than the ledger has it."""

    asked: Asked
    workspace: Workspace
    ledger: Ledger
    worked: Mapping[str, Quarter]
    before: Mapping[str, Mapping[Slot, Standing]]
    changes: Changes
    number: int  # that it gets if it commits anything

    @classmethod
    def of(cls, asked: Asked, workspace: Workspace, ledger: Ledger, submissions: list[Submission]) -> Self:
        """Work every period out from these submissions. Raises WorkflowError where the books do not balance."""
        workspace = workspace.closing(Closings(ledger).periods)
        worked = quarters(workspace, asked, submissions)
        _must_balance(worked)
        number, before = ledger.next_run(), ledger.standings()
        return cls(asked, workspace, ledger, worked, before, changes_of(worked, before), number)

    def verdict(self, files: tuple[FileState, ...], *, fresh: bool, dry: bool = False) -> Verdict:
        """How the period that was asked for stands."""
        quarter = self.worked[self.workspace.period(self.asked.period, self.asked.today).key]
        notes = _workspace_notes(self.workspace, self.asked)
        day = show(self.asked.today)
        verdict = Verdict(self.workspace.register, quarter, files, None, day, notes=notes, fresh=fresh, dry=dry)
        return self._with_closings(verdict, Closings(self.ledger))

    def _with_closings(self, verdict: Verdict, closings: Closings) -> Verdict:
        """The verdict with whether its period is closed, and what stands otherwise than in closed papers."""
        key = verdict.quarter.period.key
        told = told_otherwise(closings, facts(self.workspace, self.asked), self.worked, key)
        return replace(verdict, closed=closings.day(key), corrected=told)

    def commit(self, command: str, verdict: Verdict, learned: Callable[[int], None]) -> int:
        """Everything a run learned, in one transaction: killed at any moment, the ledger is as before it or as after it.

        `learned` records what is this command's own under the number of the run, which is returned. The rest is the same for
        every command. Raises WorkflowError where another run has committed since this one worked everything out.
        """
        backup(self.asked.root / LEDGER, self.number)
        return self.record(command, verdict, learned)

    def record(self, command: str, verdict: Verdict, learned: Callable[[int], None]) -> int:
        """The same, where the ledger has been copied already."""
        ledger, register, forms = self.ledger, self.workspace.register_bytes, self.workspace.forms_bytes
        run, told = self.number, replace(verdict, run=self.number)
        with ledger.transaction():
            if run != ledger.next_run():
                raise WorkflowError("Another run finished while this one was reading, so nothing of it was kept. Run it again.")
            for data in (register, forms):
                ledger.archive(hash_of(data), data)
            day, period = self.asked.today.isoformat(), verdict.quarter.period.key
            ledger.add_run(Run(run, command, period, day, hash_of(register), self.workspace.forms_sha, told.as_json()))
            learned(run)
            for key, changed in self.changes.items():
                ledger.add_changes(run, key, changed)
        return run

    def publish(self, verdict: Verdict, progress: emit.Progress, also: Collection[str] = ()) -> Verdict:
        """Write the outputs of the period asked for, of every other that changed, and of those named. Returns its verdict.

        One that an earlier run had changed and was killed before it came to its papers is among them.
        """
        own_key = verdict.quarter.period.key
        closings = Closings(self.ledger)
        emitter = self.emitter(progress, closings)
        told = {*also, *behind(self.asked.root, self.ledger.last_changes())}
        touched = [key for key, changed in self.changes.items() if (changed or key in told) and key != own_key]
        emitted = {key: self._with_others(self._emit(emitter, key), key, progress) for key in (*touched, own_key)}
        kept = emit.write(self.asked.root, closings.missing(self.asked.root), self.asked.today, self.ledger)
        told_before = (*verdict.notes, *kept.notes)
        for key, e in emitted.items():
            others = _unsettled(self.worked, key)
            own = replace(verdict, quarter=self.worked[key], written=tuple(sorted(e.written)), others=others)
            # A report tells of its own period's outputs alone: run again, it says the same, whatever else was touched.
            own = self._with_closings(replace(own, notes=(*told_before, *e.notes), left=e.left), closings)
            if key == own_key or not e.left:  # else the next run comes back to it
                self._report(own, key)
        elsewhere = [e for key, e in emitted.items() if key != own_key]
        notes = (*told_before, *(n for e in (*elsewhere, emitted[own_key]) for n in (*e.notes, *e.once)))
        again = {*told_before, *emitted[own_key].notes}  # what the same run would say once more
        once = tuple(note for note in notes if note not in again)
        return replace(own, notes=notes, once=once, left=tuple(path for e in emitted.values() for path in e.left))

    def emitter(self, progress: emit.Progress, closings: Closings) -> emit.Emitter:
        """What makes the outputs of any period as it now is."""
        told = facts(self.workspace, self.asked)
        return emit.Emitter(self.workspace, told, self.worked, self.asked.today, progress, closings)

    def _emit(self, emitter: emit.Emitter, key: str) -> emit.Emitted:
        root, today, ledger = self.asked.root, self.asked.today, self.ledger
        standing = made.stand(root, ledger, key, made.origin(self.workspace, ledger, today))
        if standing:
            emit.sweep(root, key, today, ledger)
            return emit.Emitted(standing, tuple(emit.large(root, standing)), 0)
        papers = emitter.outputs(key)
        papers.remember(ledger)
        emitted = emit.write(root, papers.files, today, ledger)
        reread.check(root, papers.files, emitted.written, papers.view, papers.tracker)
        left = emit.remove_stale(root, key, papers.files, today, ledger)
        closed = emitter.closings is not None and key in emitter.closings
        left += emit.remove_chasers(root, emitter.quarters[key], today, ledger, closed=closed)
        if left:
            told = (f"{path} is out of date and could not be removed: close it, and run again." for path in left)
            return replace(emitted, notes=(*emitted.notes, *told), left=tuple(left))
        if emitted.written == tuple(papers.files):  # else something stands in the way of one, which must be told each time
            with ledger.transaction():
                ledger.add_made(key, made.origin(self.workspace, ledger, today), papers.hashes)
        return emitted

    def _with_others(self, emitted: emit.Emitted, key: str, progress: emit.Progress) -> emit.Emitted:
        """The same with the packs in other formats: what is wanted is for the period asked for, what is stale goes anywhere."""
        beside = Beside(self.asked.root, f"outbox/{key}", self.asked.today, self.ledger, progress)
        own = key == self.workspace.period(self.asked.period, self.asked.today).key
        return beside.emitted(emitted, self.asked.also if own else ())

    def _report(self, verdict: Verdict, key: str) -> None:
        text = json_text(verdict.as_json()) + "\n"
        steady = replace(verdict, fresh=True)  # the file says the same however often it is written
        folder = f"outbox/{key}"
        # run.json last of all: it says that everything else is written (`behind`)
        files = {
            f"{folder}/run.txt": steady.full_text().encode(),
            f"{folder}/{glance.PAGE}": glance.page(self.asked.root, steady),
            f"{folder}/run.json": text.encode(),
        }
        emit.write(self.asked.root, files, self.asked.today, self.ledger)


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


def behind(root: Path, changed: Mapping[str, int]) -> Iterator[str]:
    """The periods whose verdict in the outbox is of an earlier run than the last that changed what stands there. It is
    written last of a period, so where a run was cut short before, the other papers may be behind, too."""
    for period, run in changed.items():
        told: object = None
        with suppress(OSError, ValueError, RecursionError):
            told = json.loads((root / f"outbox/{period}/run.json").read_bytes())
        number = told.get("run") if isinstance(told, dict) else None
        if not isinstance(number, int) or number < run:
            yield period


def _must_balance(worked: Mapping[str, Quarter]) -> None:
    for quarter in worked.values():
        if not quarter.balance.holds:
            b = quarter.balance
            raise WorkflowError(
                f"The books of {quarter.period.key} do not balance: {b.read} cells were read, but {b.accepted} + {b.unchanged}"
                f" + {b.superseded} + {b.held} are accounted for. Nothing was kept. This is our fault: please report it."
            )


def _unsettled(worked: Mapping[str, Quarter], key: str) -> tuple[Quarter, ...]:
    """The other quarters in which something is still held or asked."""
    others = [q for other, q in worked.items() if other != key and q.submissions]
    return tuple(q for q in others if any(f.severity is not Severity.NOTE for f in q.findings))


def _workspace_notes(workspace: Workspace, asked: Asked) -> tuple[str, ...]:
    """What is wrong with the register, in one sentence, and with where the ledger lies: neither must go unnoticed."""
    drive = network_warning(asked.root / LEDGER)
    lies = (drive,) if drive else ()
    faults = workspaces.register_faults(workspace, asked.today)
    if not faults:
        return lies
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    number = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}"
    return (*lies, f"The register has {number}: {faults[0].message.rstrip('.')}{more}. Run workflow check.")
