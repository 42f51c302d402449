"""The commands that only look, or write the outputs again: check, status, emit, history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from workflow import config, fields
from workflow.errors import WorkflowError
from workflow.ledger import Change
from workflow.model import Finding, Form, Register, SubmissionState
from workflow.pipeline import emit as emitting
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.files import FileState
from workflow.pipeline.quarter import work_out
from workflow.pipeline.state import Asked, as_it_stood, facts, open_ledger, quarters, taken, writing
from workflow.pipeline.verdict import Verdict, printable
from workflow.pipeline.workspace import REGISTER, REGISTER_FORMS, RETURNS, SETTINGS


def check(root: Path, today: date) -> tuple[Finding, ...]:
    """Everything that is wrong with the forms, the settings and the register, with cell references."""
    findings = [
        *config.check_forms(root / RETURNS),
        *config.check_forms(root / REGISTER_FORMS),
        *config.check_settings(root / SETTINGS),
    ]
    register_file = root / REGISTER
    if not register_file.is_file():
        raise WorkflowError(f"There is no {REGISTER} here. Make a workspace with workflow init.")
    if findings:
        return tuple(findings)
    forms = config.load_forms(root / RETURNS)
    register_forms = config.load_forms(root / REGISTER_FORMS)
    register, faults = config.load_register(register_file.read_bytes(), register_forms, REGISTER)
    findings.extend(faults)
    if register is not None:
        findings.extend(config.check_register(register, {**forms, **register_forms}, today))
    return tuple(findings)


def status(asked: Asked) -> Verdict:
    """Where a period stands, from the ledger alone; nothing is written."""
    workspace = workspaces.load(asked.root)
    period = workspace.period(asked.period, asked.today)
    with open_ledger(asked.root, read_only=True) as ledger:
        submissions = taken(ledger, ledger.submissions())
        worked = quarters(workspace, asked, submissions)
        last = ledger.last_run(period=period.key)
    files = tuple(FileState.of(s) for s in worked[period.key].submissions)
    return Verdict(workspace.register, worked[period.key], files, last.id if last else None, fields.show(asked.today))


def emit(asked: Asked, as_at: date | None = None) -> tuple[emitting.Emitted, str]:
    """Write the outputs of a period again from the ledger, now or as they stood on a day. Returns them and the folder."""
    with writing(asked.root) as ledger:
        if as_at is None:
            workspace, submissions = workspaces.load(asked.root), ledger.submissions()
        else:
            workspace, submissions = as_it_stood(asked.root, ledger, as_at)
        told = facts(workspace, replace(asked, today=as_at or asked.today))
        worked = work_out(told, taken(ledger, submissions))
        papers = emitting.Emitter(workspace, told, worked, told.today).outputs(told.current)
        files, folder = papers.files, f"outbox/{told.current}"
        if as_at is None:
            papers.remember(ledger)
        else:  # a copy to look at: its letters are not to be sent, and nothing of it comes back
            there = f"{folder}/as-at-{as_at.isoformat()}"
            files = {path.replace(folder, there, 1): data for path, data in files.items() if "/mail/" not in path}
            folder = there
        emitted = emitting.write(asked.root, files, asked.today, ledger)
    return emitted, folder


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of an item's history, in words."""

    period: str
    field: str
    value: str
    source: str
    replaced: str


def history(asked: Asked, name: str) -> tuple[str, tuple[Event, ...]]:
    """Every value one item ever had, oldest first, and where each came from. Returns the item in words, and the events.

    `name` is a key, or a reference that only one item bears.
    """
    workspace = workspaces.load(asked.root)
    with open_ledger(asked.root, read_only=True) as ledger:
        keys = {c.slot[1] for c in ledger.changes()}
        key = _find(name, workspace.register, keys)
        changes = list(ledger.changes(key))
        leaves = ledger.submissions()
        held = [
            (s, a)
            for s in leaves
            if s.state is SubmissionState.MERGED
            for a in s.answers
            if a.key == key and a.held
        ]
    item = workspace.register.item(key)
    title = f"{item.label}: {item.text('title')} (key {key})" if item else key
    senders = {(s.sha256, s.place): s.sender for s in leaves if s.sender}
    events = _events(changes, workspace.forms, workspace.register, senders)
    for s, a in held:
        source = f"{workspace.register.partner_name(s.partner)}, {a.place.file}, {a.place.sheet} {a.place.cell}, held"
        heading = _heading(workspace.forms, a.form, a.field)
        events.append(Event(s.period, heading, a.raw, source, ""))
    if not events:
        raise WorkflowError(f"Nothing has been returned for {name} yet.")
    return printable(title), tuple(sorted(events, key=lambda e: e.period))


def _find(name: str, register: Register, keys: set[str]) -> str:
    if register.item(name) or name in keys:
        return name
    wanted = fields.fold(name)
    found = [i.key for i in register.items if fields.fold(i.text("ref")) == wanted or fields.fold(i.key) == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise WorkflowError(f"More than one item bears the reference {name}: {', '.join(found)}. Name one of these keys.")
    near = fields.near(name, [i.label for i in register.items] + [i.key for i in register.items])
    raise WorkflowError(f"No item has the key or reference {name}.{f' Did you mean {near}?' if near else ''}")


def _events(
    changes: Sequence[Change], forms: Mapping[str, Form], register: Register, senders: Mapping[tuple[str, str], str]
) -> list[Event]:
    latest: dict[tuple[str, str, str], str] = {}
    events: list[Event] = []
    for c in changes:
        heading = _heading(forms, c.slot[0], c.slot[2])
        if c.standing is None:
            events.append(Event(c.period, heading, "taken back", f"run {c.run}", latest.pop(c.slot, "")))
            continue
        value = fields.show(c.standing.value)
        s = c.standing
        who = register.partner_name(s.partner)
        how = "confirmed by No change" if s.carried else "given"
        sender = senders.get((s.sha256, s.place.file), "")
        sent = f"sent {s.sent[:10]}{f' from {sender} (unverified)' if sender else ''}"
        source = f"{how} by {who}, {s.place.file}, {s.place.sheet} {s.place.cell}, {sent}, run {c.run}"
        replaced = latest.get(c.slot, "")
        events.append(Event(c.period, heading, value, source, replaced if replaced != value else ""))
        latest[c.slot] = value
    return events


def _heading(forms: Mapping[str, Form], form: str, field: str) -> str:
    name, _, other = field.partition("@")
    found = forms.get(form)
    heading = found.field(name).heading if found and found.has(name) else name
    return f"{heading} (said by {other})" if other else heading
