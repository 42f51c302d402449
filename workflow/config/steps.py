"""The example's days: which command runs on which day, and which returns have come in by then (`config/demo.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from workflow.errors import WorkflowError

COMMANDS = ("issue", "collate", "chase", "close", "withdraw")


@dataclass(frozen=True, slots=True)
class Step:
    """One day of the example. `files` are patterns below the shipped `inbox/`, copied in before the command runs.

    `withdrawn` is the file that `withdraw` takes back, and why; `anyway` closes a period in which something is still open.
    """

    today: date
    command: str
    period: str | None = None
    files: tuple[str, ...] = ()
    withdrawn: str = ""
    reason: str = ""
    anyway: bool = False

    @property
    def words(self) -> str:
        """The command as it is typed."""
        named = f' "{self.withdrawn}" --reason "{self.reason}"' if self.withdrawn else ""
        period = f" --period {self.period}" if self.period else ""
        return f"workflow {self.command}{named}{period}{' --anyway' if self.anyway else ''}"


def load_steps(path: Path) -> tuple[Step, ...]:
    """The steps in their order. Raises WorkflowError where the file is missing or a step is not understood."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkflowError(f"{path.name}, which says how the example runs, cannot be read: {error}.") from error
    steps = []
    for n, step in enumerate(raw.get("step", []), 1):
        day, command = step.get("today"), step.get("run")
        if not isinstance(day, date) or command not in COMMANDS:
            raise WorkflowError(f"Step {n} of {path.name} needs today (a date) and run ({', '.join(COMMANDS)}).")
        if (command == "withdraw") != ("withdrawn" in step):
            raise WorkflowError(f"Step {n} of {path.name}: withdraw, and no other, needs withdrawn (a file of the inbox).")
        files, words = tuple(step.get("files", ())), (str(step.get("withdrawn", "")), str(step.get("reason", "")))
        steps.append(Step(day, command, step.get("period"), files, *words, bool(step.get("anyway", False))))
    return tuple(steps)
