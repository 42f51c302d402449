"""Whether a period's outputs need to be made again: not where nothing that they are made from has changed since, nor they."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from workflow.inbox import hash_of
from workflow.ledger import Ledger
from workflow.pipeline.workspace import EMAILS, PAPERS, SETTINGS, Workspace

_PROGRAM = Path(__file__).parents[1]


def origin(workspace: Workspace, ledger: Ledger, today: date) -> str:
    """A hash of all that outputs are made from: the ledger, the register, the forms, the settings, the words of letters and
    papers, the day, and the program itself, so that a newer one makes them anew."""
    words = [path.read_bytes() for folder in (EMAILS, PAPERS) for path in sorted((workspace.root / folder).glob("*"))]
    texts = [workspace.register_bytes, workspace.forms_bytes, (workspace.root / SETTINGS).read_bytes(), *words]
    parts = [program(), ledger.extent(), today.isoformat(), *map(hash_of, texts)]
    return hash_of("|".join(parts).encode())


def stand(root: Path, ledger: Ledger, period: str, origin: str) -> tuple[str, ...]:
    """The outputs of a period, by path, where they were made from the same and each stands as it was written; else none."""
    last = ledger.made(period)
    if last is None or last[0] != origin:
        return ()
    return tuple(last[1]) if all(hash_on_disk(root / path) == sha for path, sha in last[1].items()) else ()


def hash_on_disk(path: Path) -> str:
    """The hash of what stands there; "" where nothing does, or it is locked."""
    try:
        return hash_of(path.read_bytes())
    except OSError:  # not there, or locked: it is made again, and what is in the way is told then
        return ""


@cache
def program() -> str:
    """A hash of the program itself."""
    parts = (hash_of(path.read_bytes()) for path in sorted(_PROGRAM.rglob("*.py")))
    return hash_of("|".join(parts).encode())
