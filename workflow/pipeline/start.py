"""Start: an empty workspace, or the example partnership with its three quarters run one after another."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from workflow import config, writer
from workflow.config import Step
from workflow.errors import WorkflowError
from workflow.fields import show
from workflow.pipeline.close import close
from workflow.pipeline.collate import collate
from workflow.pipeline.issue import chase, issue
from workflow.pipeline.state import Asked
from workflow.pipeline.takeback import withdraw
from workflow.pipeline.workspace import REGISTER, REGISTER_FORMS, RETURNS, SETTINGS

DEMO = "config/demo.toml"
OFFICE_FILES = "config/demo"  # what the example's office itself puts into the inbox: it needs the ledger that it was made with


def init(folder: Path, calendar: str, today: date) -> Path:
    """Make an empty workspace: the shipped forms and letters, and a register to fill in. Returns the folder."""
    from workflow import periods  # noqa: PLC0415 - only init asks for a calendar

    if calendar not in periods.CALENDARS:
        raise WorkflowError(f"There is no calendar {calendar}. Choose one of {', '.join(periods.CALENDARS)}.")
    _fresh(folder)
    shutil.copytree(config.shipped() / "templates", folder / "templates")
    settings = (config.shipped() / SETTINGS).read_text(encoding="utf-8")
    identity = f'workspace_id = "{uuid.uuid4().hex[:12]}"'
    for name in ("config", "inbox", "outbox"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    settings = re.sub(r"^workspace_id\s*=.*$", identity, settings, count=1, flags=re.MULTILINE)
    (folder / SETTINGS).write_text(settings, encoding="utf-8")
    forms = {**config.load_forms(folder / RETURNS), **config.load_forms(folder / REGISTER_FORMS)}
    book = config.empty_register_book(forms, today, calendar)
    (folder / REGISTER).write_bytes(writer.render(book))
    return folder.resolve()


def demo(folder: Path) -> Iterator[str]:
    """Copy the example and run its quarters, a step for each day of `config/demo.toml`. Yields what to say."""
    lay_out(folder)
    sources = (config.shipped() / "inbox", config.shipped() / OFFICE_FILES)
    for step in config.load_steps(folder / DEMO):
        bring(step, sources, folder / "inbox")
        yield f"\n=== {show(step.today)}: {step.words}"
        yield take(folder, step)
    yield f"\nThe example stands in {folder.resolve()}. Its papers are in outbox."
    yield f'Try: workflow history 1.3.1 --workspace "{folder}"'


def lay_out(folder: Path) -> None:
    """Copy the example as it was before its first day: nothing has come yet. Raises WorkflowError where a file is there."""
    _fresh(folder)
    for name in ("config", "templates"):
        shutil.copytree(config.shipped() / name, folder / name, ignore=shutil.ignore_patterns(Path(OFFICE_FILES).name))
    (folder / "outbox").mkdir(parents=True)


def bring(step: Step, sources: Sequence[Path], inbox: Path) -> None:
    """Put what has come by a day, from below each source, into the same place below an inbox."""
    for source in sources:
        for path in (path for pattern in step.files for path in sorted(source.glob(pattern))):
            target = inbox / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def take(folder: Path, step: Step) -> str:
    """Run the command of one day in a workspace. Returns what it says."""
    asked = Asked(folder, step.period, step.today)
    match step.command:
        case "issue":
            issued = issue(asked)
            return f"{issued.period.label}: {len(issued.partners)} templates and covering emails."
        case "chase":
            chased = chase(asked)
            return f"{chased.period.label}: {len(chased.partners)} reminders, to {', '.join(chased.partners)}."
        case "close":
            return "\n".join(close(asked, anyway=step.anyway).lines)
        case "withdraw":
            return "\n".join(withdraw(asked, step.withdrawn, step.reason).lines)
        case _:
            return collate(asked).as_text()


def _fresh(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WorkflowError(f"{folder} is not empty, so nothing was put there. Name a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
