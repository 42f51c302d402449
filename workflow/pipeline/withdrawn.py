"""What was taken back counts no more, wherever it came from, and says how it is taken in again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from workflow.ledger import Withdrawal
from workflow.model import Submission, SubmissionState

WITHDRAWN = "withdrawn"  # the code of what was taken back
COUNTS = (SubmissionState.MERGED, SubmissionState.HELD, SubmissionState.REFUSED)  # what there is to take back


def set_aside(submissions: Iterable[Submission], withdrawn: Mapping[str, Withdrawal]) -> list[Submission]:
    """The same leaves; those whose workbook was taken back hold nothing any more and say so."""
    return [_without(s, withdrawn[s.sha256]) if s.sha256 in withdrawn and s.state in COUNTS else s for s in submissions]


def _without(s: Submission, w: Withdrawal) -> Submission:
    how = f" with everything that run {w.undone} took in" if w.undone is not None else ""
    why = f" ({w.reason})" if w.reason else ""
    reason = f"Withdrawn on {date.fromisoformat(w.today):%d/%m/%Y}{how}{why}. To take it in again: {again(s.sha256)}."
    bare = replace(s, answers=(), blanks=0, findings=(), grids={}, base={})
    return replace(bare, state=SubmissionState.IGNORED, reason=reason, code=WITHDRAWN)


def again(sha256: str) -> str:
    """What to type to take a workbook in again: its hash, because a name may be borne by several and hold anything."""
    return f"workflow collate --retry {sha256[:12]}"


def by_run(run: int, taking_back: Mapping[int, str]) -> str:
    """A run in words, with its command where it took something back: "run 7 (workflow undo)"."""
    return f"run {run} (workflow {taking_back[run]})" if run in taking_back else f"run {run}"
