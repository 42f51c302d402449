"""Start: an empty workspace, or the example partnership with its three quarters run one after another."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from workflow import config, writer
from workflow.errors import WorkflowError
from workflow.fields import show
from workflow.pipeline.collate import collate
from workflow.pipeline.issue import chase, issue
from workflow.pipeline.state import Asked
from workflow.pipeline.workspace import REGISTER, REGISTER_FORMS, RETURNS, SETTINGS

DEMO = "config/demo.toml"


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
    _fresh(folder)
    for name in ("config", "templates"):
        shutil.copytree(config.shipped() / name, folder / name)
    (folder / "outbox").mkdir(parents=True)
    returns = config.shipped() / "inbox"
    for step in config.load_steps(folder / DEMO):
        for pattern in step.files:
            for path in sorted(returns.glob(pattern)):
                target = folder / "inbox" / path.relative_to(returns)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        asked = Asked(folder, step.period, step.today)
        yield f"\n=== {show(step.today)}: workflow {step.command}"
        if step.command == "issue":
            issued = issue(asked)
            yield f"{issued.period.label}: {len(issued.partners)} templates and covering emails."
        elif step.command == "chase":
            chased = chase(asked)
            yield f"{chased.period.label}: {len(chased.partners)} reminders, to {', '.join(chased.partners)}."
        else:
            yield collate(asked).as_text()
    yield f"\nThe example stands in {folder.resolve()}. Its papers are in outbox."
    yield f'Try: workflow history 3 --workspace "{folder}"'


def _fresh(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WorkflowError(f"{folder} is not empty, so nothing was put there. Name a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
