"""The fault set's partnership at work, in memory: templates as `issue` makes them, files judged as `collate` judges them.

Nothing is written to a disk; `test_faults.py` holds that `collate` says the same of the same files.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.example.build import stamp
from tests.faults.answers import Typed, clean
from tests.faults.rows import ISSUED, PARTNERS, QUARTERS, RECEIVED, TODAY, register_rows
from tests.faults.typing_in import type_in
from workflow import config, inbox, writer
from workflow.inbox import hash_of
from workflow.model import Finding, LeafKind, Slot, Submission, Value
from workflow.pipeline import quarter as working
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.book import Made, marked_up, template_for
from workflow.pipeline.ground import Arrival
from workflow.pipeline.judge import judge, message_of, not_read
from workflow.pipeline.quarter import Facts, Quarter, work_out
from workflow.pipeline.twins import settle
from workflow.pipeline.workspace import Workspace

ROOT = Path(__file__).parents[2]
SETTINGS = 'workspace_id = "faults"\nlayouts = ["1"]\n'


@dataclass(frozen=True)
class Received:
    """One file as it came: its name, its bytes, when it was saved or sent, and what the issue it came from showed."""

    name: str
    data: bytes
    period: str  # the quarter in which it came
    base: Mapping[Slot, Value] | None = None

    @property
    def file(self) -> str:
        return f"inbox/{self.name}"


def lay_out(root: Path) -> None:
    """Write the workspace into a folder that is not there yet: the register, the shipped forms, the settings."""
    shutil.copytree(ROOT / "templates", root / "templates")
    for name in ("config", "inbox", "outbox"):
        (root / name).mkdir()
    forms = {**config.load_forms(root / "templates/register"), **config.load_forms(root / "templates/returns")}
    book = config.register_book(forms, register_rows(), "Register", ISSUED[QUARTERS[0]])
    (root / "config/register.xlsx").write_bytes(writer.render(book))
    (root / "config/workflow.toml").write_text(SETTINGS, encoding="utf-8")


@cache
def workspace() -> Workspace:
    """The workspace, as a command reads it."""
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder, "faults"))
        return workspaces.load(Path(folder, "faults"))


def read(received: Received) -> list[Submission]:
    """What one received file comes to: each leaf judged as the reading process does it."""
    ground = workspace().ground
    day = RECEIVED[received.period]
    if not received.name.endswith((".eml", ".zip")):
        sha = hash_of(received.data)
        return [_based(judge(Arrival(received.file, sha, received.data, day), ground), received)]
    leaves = inbox.open_file(received.data, ground.settings.limits)
    books = [message_of(leaf.part) for leaf in leaves if leaf.kind is LeafKind.WORKBOOK]
    found: list[Submission] = []
    for leaf in leaves:
        arrival = Arrival(
            received.file, hash_of(leaf.data), leaf.data, day, leaf.part, hash_of(received.data), leaf.messages,
            books.count(message_of(leaf.part)) == 1,
        )  # fmt: skip
        workbook = leaf.kind is LeafKind.WORKBOOK
        found.append(judge(arrival, ground) if workbook else not_read(arrival, leaf, ground))
    return found


def _based(submission: Submission, received: Received) -> Submission:
    return replace(submission, base=received.base) if received.base else submission


def quarters(period: str, submissions: Iterable[Submission], today: date | None = None) -> dict[str, Quarter]:
    """Every quarter up to `period` as it stands on the day that this is run, with clean returns in all earlier ones."""
    w = workspace()
    last = w.period(period, TODAY[period]).end
    register = replace(w.register, periods=tuple(p for p in w.register.periods if p.end <= last))
    facts = Facts(register, w.forms, today or TODAY[period], w.settings.thresholds, period)
    with patch.object(working, "_quarter", _remembered):
        return work_out(facts, [*_earlier(period), *settle(submissions)])


_plain_quarter = working._quarter
_worked: dict[tuple[object, ...], Quarter] = {}


def _remembered(ground: Any, submissions: Sequence[Submission], waivers: Any) -> Quarter:
    """The earlier quarters come to the same each time: they are worked out once. It changes nothing but the time it takes."""
    period, current = ground.period.key, ground.facts.current
    if period == current or {*map(id, submissions)} != {id(s) for s in _earlier(current) if s.period == period}:
        return _plain_quarter(ground, submissions, waivers)
    known = (period, current, ground.facts.today)
    if known not in _worked:
        _worked[known] = _plain_quarter(ground, submissions, waivers)
    return _worked[known]


@cache
def _earlier(period: str) -> tuple[Submission, ...]:
    before = QUARTERS[: QUARTERS.index(period)]
    return tuple(s for earlier in before for partner in PARTNERS for s in clean_submissions(partner, earlier))


@cache
def clean_submissions(partner: str, period: str) -> tuple[Submission, ...]:
    return tuple(read(Received(f"{partner}-{period}.xlsx", filled(partner, period), period)))


@cache
def template(partner: str, period: str) -> Made:
    """The workbook that `issue` makes for a partner."""
    return template_for(workspace(), quarters(period, ())[period], partner, ISSUED[period])


@lru_cache(maxsize=64)
def filled(partner: str, period: str) -> bytes:
    """The clean return, as the partner sends it."""
    return saved(type_in(template(partner, period).data, clean(partner, period)), period)


def typed(partner: str, period: str, boxes: Typed) -> bytes:
    """The clean return with some boxes typed otherwise."""
    answers = {**clean(partner, period), **boxes}
    return saved(type_in(template(partner, period).data, answers), period)


def saved(data: bytes, period: str, day: date | None = None, minute: int = 0) -> bytes:
    """The workbook as saved at ten past nothing on the day it came, or on another day."""
    when = datetime.combine(day or RECEIVED[period], time(10, minute), tzinfo=UTC)
    return stamp(data, when)


def others(partner: str, period: str) -> list[Submission]:
    """The clean returns of everybody else in the quarter."""
    return [s for p in PARTNERS if p != partner for s in clean_submissions(p, period)]


def told(period: str, submissions: Sequence[Submission]) -> list[Finding]:
    """Everything that is said when the quarter is run, of this quarter and the earlier ones."""
    worked = quarters(period, submissions)
    return [f for quarter in worked.values() for f in quarter.findings]


def marked(period: str, submissions: Sequence[Submission], partner: str) -> Made | None:
    """The marked-up copy that goes back to a partner, if there is one."""
    return marked_up(workspace(), quarters(period, submissions)[period], partner, TODAY[period])
