"""The commands that only look, or write the outputs again: check, status, emit, history (in `story`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from workflow import config, fields
from workflow.errors import WorkflowError
from workflow.ledger import Ledger
from workflow.model import Finding
from workflow.pipeline import emit as emitting
from workflow.pipeline import reports, reread
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.also import Beside
from workflow.pipeline.closings import Closings, told_otherwise
from workflow.pipeline.files import FileState
from workflow.pipeline.quarter import work_out
from workflow.pipeline.state import Asked, as_it_stood, facts, open_ledger, quarters, taken, writing
from workflow.pipeline.story import Event, history
from workflow.pipeline.verdict import Verdict
from workflow.pipeline.workspace import DESK, REGISTER, REGISTER_FORMS, RETURNS, SETTINGS

__all__ = ["Event", "check", "emit", "emit_reports", "history", "status"]


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
    findings.extend(reports.check(root, {**forms, **register_forms}))
    findings.extend(config.check_meanings(root, {**forms, **register_forms}))
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
        emitter, key = _emitter(asked, ledger, as_at)
        papers = emitter.outputs(key)
        files, folder = dict(papers.files), f"outbox/{key}"
        closings = emitter.closings
        if as_at is None:
            papers.remember(ledger)
            files |= closings.missing(asked.root) if closings else {}
        else:  # a copy to look at: its letters are not to be sent, and nothing of it comes back
            if closings and key in closings:  # its packs were frozen by then
                files |= {f"{folder}/boards/{name}": data for name, data in closings.packs(key).items()}
            files = {path: data for path, data in files.items() if "/mail/" not in path}
            files, folder = _as_at(files, folder, as_at)
        emitted = emitting.write(asked.root, files, asked.today, ledger)
        reread.check(asked.root, files, emitted.written, papers.view, papers.tracker)
        emitted = Beside(asked.root, folder, asked.today, ledger).emitted(emitted, asked.also)
    return emitted, folder


def emit_reports(
    asked: Asked, names: Sequence[str], audience: str | None = None, as_at: date | None = None
) -> tuple[emitting.Emitted, str]:
    """Write reports of a period from the register and the ledger, now or as they stood on a day; nothing else is written.

    `names` are those of reports, or all. Returns what was written and the folder.
    """
    chosen = reports.choose(asked.root, names)
    with writing(asked.root) as ledger:
        emitter, key = _emitter(asked, ledger, as_at)
        view = emitter.view(key)
        files, notes = reports.files(view, chosen, audience)
        folder = f"outbox/{key}"
        if as_at is not None:
            files, folder = _as_at(files, folder, as_at)
        emitted = emitting.write(asked.root, files, asked.today, ledger)
        reread.check(asked.root, files, emitted.written, view)
    return replace(emitted, notes=(*notes, *emitted.notes)), f"{folder}/reports"


def _emitter(asked: Asked, ledger: Ledger, as_at: date | None) -> tuple[emitting.Emitter, str]:
    """What writes a period's outputs from the ledger, and the period."""
    if as_at is None:
        workspace, submissions = workspaces.load(asked.root), ledger.submissions()
    else:
        workspace, submissions = as_it_stood(asked.root, ledger, as_at)
    until = as_at.isoformat() if as_at else "9999"
    closings = Closings(ledger, until)
    workspace = workspace.closing(closings.periods)
    told = facts(workspace, replace(asked, today=as_at or asked.today))
    worked = work_out(told, taken(ledger, submissions, ledger.withdrawals.standing(until)))
    return emitting.Emitter(workspace, told, worked, told.today, closings=closings), told.current


def _as_at(files: dict[str, bytes], folder: str, as_at: date) -> tuple[dict[str, bytes], str]:
    """Files in a folder of their own, for a day."""
    there = f"{folder}/as-at-{as_at.isoformat()}"
    return {path.replace(folder, there, 1): data for path, data in files.items()}, there
