"""The same question on the same grounds: a run with nothing new says at once what the last one said.

Everything that a run rests on is looked at (each file of the inbox and of the outbox is read and hashed), and nothing is worked
out. Where anything is otherwise, the run is made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from workflow import config
from workflow.inbox import Received, hash_of
from workflow.ledger import Ledger, Said, network_warning
from workflow.pipeline import made
from workflow.pipeline.closings import Closings
from workflow.pipeline.glance import PAGE
from workflow.pipeline.receive import present
from workflow.pipeline.runs import behind
from workflow.pipeline.state import Asked, open_ledger
from workflow.pipeline.verdict import Verdict
from workflow.pipeline.workspace import LEDGER, SETTINGS

_REPORTS = ("run.txt", PAGE, "run.json")


def said(asked: Asked) -> Said | None:
    """What the last run said, where another would say the same and write nothing; else None, and a run has to be made."""
    if asked.also or not (asked.root / LEDGER).is_file():
        return None
    with open_ledger(asked.root, read_only=True) as ledger:
        last = ledger.sayings.last(asked.period or "")
        if last is None or last.grounds != _grounds(asked, ledger):
            return None  # on another day, or with another register: nothing large is read for it
        received = present(asked.root, config.load_settings(asked.root / SETTINGS).limits.file_bytes, ledger)
        same = last.origin == _origin(last.grounds, received) and _stands(asked, last)
        same = same and not any(behind(asked.root, ledger.last_changes())) and not Closings(ledger).missing(asked.root)
        return last if same else None


def remember(asked: Asked, ledger: Ledger, received: Iterable[Received], verdict: Verdict) -> None:
    """Keep what the next run would say if nothing changed: unless there was trouble with an output, which must be told again
    from what is there then; and unless this one changed nothing, so that twice is once."""
    key = verdict.quarter.period.key
    last = ledger.made(key)
    if not ledger.changed or verdict.left or last is None:
        return
    paths = (*verdict.written, *last[1], *(f"outbox/{key}/{name}" for name in _REPORTS))
    files = {path: made.hash_on_disk(asked.root / path) for path in dict.fromkeys(paths)}
    if any(files[path] != sha for path, sha in last[1].items()):
        return
    next_time = replace(verdict, fresh=False, notes=tuple(note for note in verdict.notes if note not in verdict.once))
    words = (next_time.as_text(), next_time.full_text(), next_time.as_json(), next_time.needs_person)
    origin = _origin(_grounds(asked, ledger), received)
    with ledger.transaction():
        ledger.sayings.add(asked.period or "", Said(origin, *words, files))


def _stands(asked: Asked, last: Said) -> bool:
    return all(made.hash_on_disk(asked.root / path) == sha for path, sha in last.files.items())


def _origin(grounds: str, received: Iterable[Received]) -> str:
    """What a run rests on: its grounds, and a hash of what stands in the inbox."""
    inbox = "\n".join(repr((r.file, r.sha256, r.state, r.reason)) for r in received)
    return f"{grounds} {hash_of(inbox.encode('utf-8', 'surrogatepass'))}"


def _grounds(asked: Asked, ledger: Ledger) -> str:
    """A hash of everything that a run rests on but the inbox: the program, the day, the ledger and what the office wrote."""
    folders = (asked.root / "config", asked.root / "templates")
    texts = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    rests = [f"{path.relative_to(asked.root).as_posix()} {made.hash_on_disk(path)}" for path in texts]
    drive = network_warning(asked.root / LEDGER)
    parts = (made.program(), ledger.extent(), asked.today.isoformat(), drive, *rests)
    return hash_of("\n".join(parts).encode("utf-8", "surrogatepass"))
