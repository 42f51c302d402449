"""The commands that only look, or write the outputs again: check, status, emit, history (in `story`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from workflow import config, fields
from workflow.errors import WorkflowError
from workflow.model import Finding
from workflow.pipeline import emit as emitting
from workflow.pipeline import reread
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.also import Beside
from workflow.pipeline.closings import Closings, told_otherwise
from workflow.pipeline.files import FileState
from workflow.pipeline.quarter import work_out
from workflow.pipeline.state import Asked, as_it_stood, facts, open_ledger, quarters, taken, writing
from workflow.pipeline.story import Event, history
from workflow.pipeline.verdict import Verdict
from workflow.pipeline.workspace import DESK, REGISTER, REGISTER_FORMS, RETURNS, SETTINGS

__all__ = ["Event", "check", "emit", "history", "status"]


def check(root: Path, today: date) -> tuple[Finding, ...]:
    """Everything that is wrong with the forms, the settings and the register, with cell references."""
    findings = [
        *config.check_forms(root / RETURNS),
        *(config.check_forms(root / DESK) if (root / DESK).is_dir() else ()),
        *config.check_forms(root / REGISTER_FORMS),
        *config.check_settings(root / SETTINGS),
        *config.check_words(root),
    ]
    register_file = root / REGISTER
    if not register_file.is_file():
        raise WorkflowError(f"There is no {REGISTER} here. Make a workspace with workflow init.")
    if findings:
        return tuple(findings)
    forms = config.load_forms(root / RETURNS)
    register_forms = config.load_forms(root / REGISTER_FORMS)
    register, faults = config.load_register(register_file.read_bytes(), {**forms, **register_forms}, REGISTER)
    findings.extend(faults)
    if register is not None:
        findings.extend(config.check_register(register, {**forms, **register_forms}, today))
    return tuple(findings)


def status(asked: Asked) -> Verdict:
    """Where a period stands, from the ledger alone; nothing is written."""
    workspace = workspaces.load(asked.root)
    with open_ledger(asked.root, read_only=True) as ledger:
        closings = Closings(ledger)
        workspace = workspace.closing(closings.periods)
        period = workspace.period(asked.period, asked.today)
        submissions = taken(ledger, ledger.submissions())
        worked = quarters(workspace, asked, submissions)
        last = ledger.last_run(period=period.key)
        told = told_otherwise(closings, facts(workspace, asked), worked, period.key)
    files = tuple(FileState.of(s) for s in worked[period.key].submissions)
    made = Verdict(workspace.register, worked[period.key], files, last.id if last else None, fields.show(asked.today))
    return replace(made, closed=closings.day(period.key), corrected=told)


def emit(asked: Asked, as_at: date | None = None) -> tuple[emitting.Emitted, str]:
    """Write the outputs of a period again from the ledger, now or as they stood on a day. Returns them and the folder."""
    with writing(asked.root) as ledger:
        if as_at is None:
            workspace, submissions = workspaces.load(asked.root), ledger.submissions()
        else:
            workspace, submissions = as_it_stood(asked.root, ledger, as_at)
        closings = Closings(ledger, as_at.isoformat() if as_at else "9999")
        workspace = workspace.closing(closings.periods)
        told = facts(workspace, replace(asked, today=as_at or asked.today))
        back = ledger.withdrawals.standing(as_at.isoformat() if as_at else "9999")
        worked = work_out(told, taken(ledger, submissions, back))
        papers = emitting.Emitter(workspace, told, worked, told.today, closings=closings).outputs(told.current)
        files, folder = dict(papers.files), f"outbox/{told.current}"
        if as_at is None:
            papers.remember(ledger)
            files |= closings.missing(asked.root)
        else:  # a copy to look at: its letters are not to be sent, and nothing of it comes back
            if told.current in closings:  # its packs were frozen by then
                files |= {f"{folder}/boards/{name}": data for name, data in closings.packs(told.current).items()}
            there = f"{folder}/as-at-{as_at.isoformat()}"
            files = {path.replace(folder, there, 1): data for path, data in files.items() if "/mail/" not in path}
            folder = there
        emitted = emitting.write(asked.root, files, asked.today, ledger)
        reread.check(asked.root, files, emitted.written, papers.view)
        emitted = Beside(asked.root, folder, asked.today, ledger).emitted(emitted, asked.also)
    return emitted, folder
