"""A workspace: the folder a coordinator works in, read once at the start of a command."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from workflow import config, fields, periods
from workflow.errors import WorkflowError
from workflow.inbox import hash_of
from workflow.model import Finding, Form, Period, Register, Severity
from workflow.pipeline.ground import Ground

REGISTER = "config/register.xlsx"
SETTINGS = "config/workflow.toml"
RETURNS = "templates/returns"
DESK = "templates/desk"  # the forms of queries and decisions: read like returns, and not asked as such
REGISTER_FORMS = "templates/register"
EMAILS = "templates/emails"
PAPERS = "templates/papers"
REPORTS = "templates/reports"
LEDGER = "ledger.sqlite"
CLOSED = "closed"  # the state of a period that is over


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything that stands in `config/` and `templates/`, as values, with the hashes that say which it was."""

    root: Path
    settings: config.Settings
    forms: Mapping[str, Form]
    register: Register
    register_bytes: bytes
    register_findings: tuple[Finding, ...]
    forms_bytes: bytes
    desk: Mapping[str, Form]

    @property
    def forms_sha(self) -> str:
        """The hash of all return forms: what was asked."""
        return hash_of(self.forms_bytes)

    @property
    def ground(self) -> Ground:
        """What a received file is judged on."""
        return Ground(self.register, {**self.forms, **self.desk}, self.settings, self.forms_sha)

    @property
    def periods(self) -> tuple[Period, ...]:
        """The periods in the order of their dates."""
        return tuple(sorted(self.register.periods, key=lambda p: p.start))

    def closing(self, closed: Iterable[str]) -> Workspace:
        """The same, with these periods closed: what the ledger has closed is as closed as what the register says is."""
        keys = frozenset(closed)
        told = tuple(replace(p, state=CLOSED) if p.key in keys else p for p in self.register.periods)
        return replace(self, register=replace(self.register, periods=told)) if keys else self

    def period(self, key: str | None, today: date) -> Period:
        """The period asked for; by default the latest whose issue date has passed and which is not closed."""
        if key:
            found = next((p for p in self.periods if _plain(key) in (_plain(p.key), _plain(p.label))), None)
            if found is None:
                known = ", ".join(p.key for p in self.periods)
                near = periods.near(key, self.periods) or fields.near(key, [p.key for p in self.periods])
                raise WorkflowError(
                    f"There is no period {key} on the register's Periods sheet. It has {known or 'none'}."
                    + (f" Did you mean {near}?" if near else "")
                )
            return found
        issued = [p for p in self.periods if p.issue_date <= today]
        due = [p for p in issued if p.state != CLOSED]
        if not due:
            last = f" (the last one is {issued[-1].key})" if issued else ""
            raise WorkflowError(
                f"No period on the register's Periods sheet has been issued by {today:%d/%m/%Y} and is still open. "
                f"Add one, or name one with --period{last}."
            )
        return due[-1]


def _plain(name: str) -> str:
    """A period's name without what people vary: case, spaces, hyphens and strokes."""
    return "".join(c for c in name.casefold() if c.isalnum())


def load(root: Path) -> Workspace:
    """Read a workspace. Raises WorkflowError where it is not one, or its register cannot be used."""
    register = root / REGISTER
    if not register.is_file():
        raise WorkflowError(
            f"There is no {REGISTER} in {root.resolve().name or 'this folder'}, so it is not a workspace. "
            "Name one with --workspace, or make one with workflow init."
        )
    try:
        data = register.read_bytes()
    except PermissionError as error:
        raise WorkflowError(f"{REGISTER} is locked by another program. Close it and run again.") from error
    return _workspace(root, data, _forms_bundle(root), (config.load_forms(root / RETURNS), config.load_forms(_desk(root))))


def as_kept(root: Path, register_bytes: bytes, forms_bytes: bytes) -> Workspace:
    """A workspace with the register and the return forms that an earlier run kept (`--as-at`)."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in json.loads(forms_bytes).items():
            path = Path(folder, "returns", f"{name}.toml") if "/" not in name else Path(folder, f"{name}.toml")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        kept = Path(folder, "desk")
        forms = config.load_forms(Path(folder, "returns"))
        desk = config.load_forms(kept if kept.is_dir() else _desk(root))
    return _workspace(root, register_bytes, forms_bytes, (forms, desk))


def _desk(root: Path) -> Path:
    """Where the forms of queries and decisions stand: here, or, in a workspace older than they are, with the program."""
    own = root / DESK
    return own if own.is_dir() else config.shipped() / DESK


def _workspace(
    root: Path, register_bytes: bytes, forms_bytes: bytes, forms: tuple[Mapping[str, Form], Mapping[str, Form]]
) -> Workspace:
    settings = config.load_settings(root / SETTINGS)
    register_forms = config.load_forms(root / REGISTER_FORMS)
    returns, desk = forms
    register, findings = config.load_register(register_bytes, {**returns, **register_forms}, REGISTER)
    if register is None:
        told = findings[0].message if findings else f"{REGISTER} cannot be read."
        raise WorkflowError(f"{told} Run workflow check to see everything that is wrong with it.")
    return Workspace(root, settings, returns, register, register_bytes, findings, forms_bytes, desk)


def register_faults(workspace: Workspace, today: date) -> tuple[Finding, ...]:
    """Everything that is wrong with the register, notes left out, the worst first."""
    forms = {**workspace.forms, **config.load_forms(workspace.root / REGISTER_FORMS)}
    found = (*workspace.register_findings, *config.check_register(workspace.register, forms, today))
    faults = [f for f in found if f.severity is not Severity.NOTE]
    return tuple(sorted(faults, key=lambda f: f.severity is not Severity.STOP))


def _forms_bundle(root: Path) -> bytes:
    """Every return form's text, as one canonical bundle: the snapshot a run keeps."""
    folder = root / RETURNS
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.toml"))}
    if not texts:
        raise WorkflowError(f"There are no forms in {RETURNS}, so nothing can be issued or read.")
    texts |= {f"desk/{path.stem}": path.read_text(encoding="utf-8") for path in sorted(_desk(root).glob("*.toml"))}
    return json.dumps(texts, ensure_ascii=False, sort_keys=True).encode()
