"""Taking back: the last run's merge (`undo`), or one received file of any run (`withdraw`).

Nothing is deleted. The workbooks are left out when the merge is worked out, so what they had replaced stands again, however
old it is; that is a run like any other, and `collate --retry` takes a workbook in again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from workflow.errors import WorkflowError
from workflow.inbox import Received
from workflow.ledger import Ledger, Withdrawal
from workflow.model import Slot, Standing, Submission, SubmissionState
from workflow.pipeline import emit
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.files import file_states
from workflow.pipeline.quarter import decided
from workflow.pipeline.receive import by_container, chosen, present
from workflow.pipeline.runs import Going
from workflow.pipeline.state import Asked, taken, writing
from workflow.pipeline.verdict import printable
from workflow.pipeline.withdrawn import COUNTS, again
from workflow.pipeline.workspace import Workspace

_COUNTED = (SubmissionState.MERGED, SubmissionState.HELD)
_NEVER = 2**62  # after every run


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a run took back, in sentences: what it was, each file, whose answers stand otherwise now, what to do next."""

    run: int
    what: str
    files: tuple[str, ...]
    changed: tuple[str, ...]
    next: str
    notes: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it, for a terminal; the notes apart."""
        changed = self.changed or ("Nothing stands otherwise: nothing of it stood.",)
        lines = (f"Run {self.run}: {self.what}", *(f"  {file}" for file in self.files), *changed, self.next)
        return tuple(printable(line) for line in lines)


def undo(asked: Asked, progress: emit.Progress = emit.quiet) -> TakenBack:
    """Take back the last run that took in anything which still counts; asked again, the one before it.

    A workbook that was only judged again in a run was not taken in by it; one that `--retry` took in again was. Raises
    WorkflowError where there is nothing to undo.
    """
    workspace = workspaces.load(asked.root)
    with writing(asked.root) as ledger:
        leaves = ledger.submissions()
        run, workbooks = _last_taken(ledger, leaves)
        day = date.fromisoformat(ledger.day_of(run))
        back = {sha: Withdrawal(sha, asked.today.isoformat(), run) for sha in workbooks}
        what = f"everything that run {run} of {day:%d/%m/%Y} took in was taken back."
        return _take_back(_Taking(asked, workspace, ledger, leaves, back), ("undo", what), progress)


def withdraw(asked: Asked, name: str, reason: str = "", progress: emit.Progress = emit.quiet) -> TakenBack:
    """Take back one received file, from whatever run: named by its path, its name, its part or the beginning of its hash.

    Raises WorkflowError where nothing that counts is called so, or more than one file is.
    """
    workspace = workspaces.load(asked.root)
    why = " ".join(reason.split()).rstrip(".")
    with writing(asked.root) as ledger:
        leaves, before = ledger.submissions(), ledger.withdrawals.standing()
        received, known = _here(workspace, ledger, leaves), by_container(leaves)
        found = chosen(name, received, known, lambda s: s.state in COUNTS and s.sha256 not in before)
        if not found:
            _refuse(name, chosen(name, received, known, lambda s: s.sha256 in before), before)
        back = {s.sha256: Withdrawal(s.sha256, asked.today.isoformat(), None, why) for s in found}
        what = f"{found[0].place if len(back) == 1 else found[0].file} was taken back{f' ({why})' if why else ''}."
        return _take_back(_Taking(asked, workspace, ledger, leaves, back), ("withdraw", what), progress)


def _refuse(name: str, withdrawn: Sequence[Submission], before: Mapping[str, Withdrawal]) -> None:
    if withdrawn:
        s = withdrawn[0]
        day = date.fromisoformat(before[s.sha256].today)
        raise WorkflowError(f"{s.place} was withdrawn already, on {day:%d/%m/%Y}. To take it in again: {again(s.sha256)}.")
    raise WorkflowError(f"Nothing of {name} is counted, so there is nothing to withdraw.")


def _last_taken(ledger: Ledger, leaves: Sequence[Submission]) -> tuple[int, frozenset[str]]:
    """The last run that took in a workbook which still counts, and all workbooks, by hash, that it took in."""
    first, lifted = ledger.withdrawals.first_taken(), ledger.withdrawals.lifted()
    counts = {s.sha256: s.state for s in taken(ledger, leaves) if s.state in _COUNTED}
    runs: dict[str, int] = {}
    for s in leaves:  # of two copies, the one that came first took it in; one that was held did not take it in as merged
        if counts.get(s.sha256) is s.state:
            runs[s.sha256] = min(runs.get(s.sha256, _NEVER), lifted.get(s.sha256, first[s.container, s.sha256]))
    if not runs:
        raise WorkflowError("Nothing that was taken in is left to take back, so there is nothing to undo.")
    last = max(runs.values())
    return last, frozenset(sha for sha, run in runs.items() if run == last)


# --- the run that takes back


@dataclass(frozen=True, slots=True)
class _Taking:
    """What is to be taken back, by the hash of each workbook, and from what."""

    asked: Asked
    workspace: Workspace
    ledger: Ledger
    leaves: Sequence[Submission]
    back: Mapping[str, Withdrawal]


def _take_back(t: _Taking, told: tuple[str, str], progress: emit.Progress) -> TakenBack:
    """Commit it, write the outputs again, and say it. `told` is the command, and what is taken back in words."""
    command, what = told
    submissions = taken(t.ledger, t.leaves, {**t.ledger.withdrawals.standing(), **t.back})
    going = Going.of(t.asked, t.workspace, t.ledger, submissions)
    files = file_states(_here(t.workspace, t.ledger, t.leaves), decided(going.worked, submissions))
    verdict = going.verdict(files, fresh=True)
    run = going.commit(command, verdict, lambda number: t.ledger.withdrawals.add(number, t.back.values()))
    done = going.publish(replace(verdict, run=run), progress)
    gone = [s for s in t.leaves if s.sha256 in t.back and s.state in COUNTS]
    named = tuple(f"{s.place}{_whose(s, t.workspace)}" for s in sorted(gone, key=lambda s: s.place))
    more = again(gone[0].sha256) if len(t.back) == 1 else "workflow collate --retry FILE, for each"
    further = f"To take {'it' if len(t.back) == 1 else 'them'} in again: {more}. Letters that were sent stay sent."
    return TakenBack(run, what, named, tuple(_changed(going)), further, done.notes)


def _here(workspace: Workspace, ledger: Ledger, leaves: Sequence[Submission]) -> list[Received]:
    """What stands in the inbox now, without what was never taken in: that is for the next collate."""
    known = {s.container for s in leaves}
    there = present(workspace.root, workspace.settings.limits.file_bytes, ledger)
    return [r for r in there if r.state is not None or r.sha256 in known]


def _whose(s: Submission, workspace: Workspace) -> str:
    period = workspace.register.period(s.period)
    named = [workspace.register.partner_name(s.partner)] if s.partner else []
    named += [period.label] if period else []
    return f" ({', '.join(named)})" if named else ""


_BECAME = {
    "otherwise": ("{n} value stands otherwise now", "{n} values stand otherwise now"),
    "no longer": ("{n} value stands no longer", "{n} values stand no longer"),
    "as before": ("{n} is the same and comes from another file now", "{n} are the same and come from another file now"),
}


def _changed(going: Going) -> list[str]:
    """Whose answers stand otherwise now, in which period, and how many of them there are."""
    register = going.workspace.register
    lines: list[str] = []
    for key, changed in going.changes.items():
        before = going.before.get(key, {})
        counts = Counter((_partner(before, slot, new), _became(before.get(slot), new)) for slot, new in changed.items())
        for partner in sorted({partner for partner, _ in counts}, key=register.partner_name):
            told = [(how, n) for how in _BECAME if (n := counts[partner, how])]
            said = ", ".join(_BECAME[how][n != 1].format(n=n) for how, n in told)
            lines.append(f"{going.worked[key].period.label}, {register.partner_name(partner)}: {said}.")
    return lines


def _became(before: Standing | None, new: Standing | None) -> str:
    if new is None:
        return "no longer"
    return "as before" if before is not None and before.value == new.value else "otherwise"


def _partner(before: Mapping[Slot, Standing], slot: Slot, new: Standing | None) -> str:
    """Whose answer it is, or was."""
    standing = new or before.get(slot)
    return standing.partner if standing else ""
