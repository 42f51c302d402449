"""What the ledger and the register come to together: the ledger opened, and every period worked out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from workflow import config, edits
from workflow.errors import WorkflowError
from workflow.ledger import Ledger, Withdrawal, run_lock
from workflow.model import Period, Submission
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.quarter import Facts, Quarter, work_out
from workflow.pipeline.twins import settle
from workflow.pipeline.withdrawn import set_aside
from workflow.pipeline.workspace import LEDGER, Workspace


@dataclass(frozen=True, slots=True)
class Asked:
    """What every command is asked with: the workspace, the period (None: the default) and the day it is; for those that write
    packs, which other formats these are wanted in."""

    root: Path
    period: str | None
    today: date
    also: tuple[str, ...] = ()


def open_ledger(root: Path, *, read_only: bool = False) -> Ledger:
    """The workspace's ledger. Read-only never makes or touches a file."""
    return Ledger.open(root / LEDGER, read_only=read_only)


@contextmanager
def writing(root: Path) -> Iterator[Ledger]:
    """The workspace's ledger, open for a run that writes: one at a time. Raises WorkflowError where another is going."""
    with run_lock(root), open_ledger(root) as ledger:
        yield ledger


def period_of(workspace: Workspace, asked: Asked) -> Period:
    """The period that a command is asked for which has no use for the ledger but this: what it has closed is no default."""
    if asked.period is None:
        with open_ledger(asked.root, read_only=True) as ledger:
            workspace = workspace.closing(c.period for c in ledger.closures.all())
    return workspace.period(asked.period, asked.today)


def facts(workspace: Workspace, asked: Asked) -> Facts:
    """What the periods are worked out from."""
    current = workspace.period(asked.period, asked.today).key
    words = config.paper_words(workspace.root)
    return Facts(workspace.register, workspace.forms, asked.today, workspace.settings.thresholds, current, words)


def taken(
    ledger: Ledger, submissions: Iterable[Submission], withdrawn: Mapping[str, Withdrawal] | None = None
) -> list[Submission]:
    """Each leaf as it counts: what was taken back not at all, the same workbook once, and each with what the issue it came
    from showed, where that is known. `withdrawn` is what was taken back, by hash (default: as the ledger has it now).
    """
    back = ledger.withdrawals.standing() if withdrawn is None else withdrawn
    return [_against_base(s, ledger) for s in settle(set_aside(submissions, back))]


def _against_base(s: Submission, ledger: Ledger) -> Submission:
    base = ledger.issue_base(s.token) if s.token and not s.base else None
    if edits.is_tracker(s) and s.answers:
        return edits.against(s, base)
    return replace(s, base=base) if base else s


def quarters(workspace: Workspace, asked: Asked, submissions: Iterable[Submission]) -> Mapping[str, Quarter]:
    """Every period as these submissions leave it."""
    return work_out(facts(workspace, asked), list(submissions))


def as_it_stood(root: Path, ledger: Ledger, as_at: date) -> tuple[Workspace, list[Submission]]:
    """The register and the submissions as the runs on or before a day left them."""
    run = ledger.last_run(as_at.isoformat())
    if run is None:
        raise WorkflowError(f"No run had been made by {as_at:%d/%m/%Y}, so there is nothing to write as it stood then.")
    register, forms = ledger.extract(run.register), ledger.extract(run.forms)
    if register is None or forms is None:
        raise WorkflowError(
            "The ledger does not hold the register of that day any more, so its papers cannot be written again."
        )
    return workspaces.as_kept(root, register, forms), ledger.submissions(as_at.isoformat())
