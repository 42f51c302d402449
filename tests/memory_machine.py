"""A partnership's quarter as a state machine: copies filled in, saved by different programs, sent in any order and twice, the
tracker edited, files taken back and in again, a period closed, and any command cut short on its way.

What is held after each step stands in the methods marked as invariants, and beside the commands.
"""

from __future__ import annotations

import io
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import python_calamine
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests import small as s
from tests.example.build import stamp
from tests.small import Q2, Q3, Box, Small
from tests.trapping import TRAPS, ended
from tests.undisturbed import CORE, dump
from workflow.errors import WorkflowError
from workflow.inbox import hash_of
from workflow.model import Fate, Slot, SubmissionState
from workflow.pipeline import takeback
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.close import close
from workflow.pipeline.quarter import Quarter, view_of
from workflow.pipeline.state import Asked, facts, open_ledger, quarters, taken

TODAY = date(2024, 1, 22)  # one day for all, so that the order in which files come shows in nothing
FIRST = datetime(2023, 10, 16, 10, 0, tzinfo=UTC)
PROGRESS = "Progress this quarter"
LEADS = {"A-1": "police", "A-2": "police", "A-3": "housing", "A-4": "yos"}
OWN = {partner: key for key, partner in LEADS.items()}  # a row of each
FIELDS = {"Status now": "status", "RAG now": "rag", PROGRESS: "progress"}
POOLS: Mapping[str, tuple[str | None, ...]] = {
    "Status now": ("On track", "At risk", "Off track", None),
    "RAG now": ("Red", "Amber", "Green", "Ambar", None),  # one that is held, and a blank
    PROGRESS: (
        "The first visits were made in May.",
        "Two officers joined, and the list is shared.",
        "It stopped in June.",
        None,
    ),
}
Edits = Mapping[tuple[str, str], str | None]  # by action and heading
EDITS = st.dictionaries(
    st.sampled_from([(key, heading) for key in LEADS for heading in FIELDS]), st.integers(0, 19), min_size=3, max_size=8
).map(lambda some: {(key, heading): POOLS[heading][n % len(POOLS[heading])] for (key, heading), n in some.items()})
SENDING = st.tuples(st.sampled_from(("openpyxl", "inline", "copied")), st.integers(-3, 3), st.booleans())
CRASH = st.one_of(st.none(), st.none(), st.tuples(st.sampled_from(sorted(TRAPS)), st.integers(1, 25)))


# --- three programs that save a workbook


def inline(data: bytes) -> bytes:
    """The same workbook as a program saves it that keeps every text in its cell, and no shared strings."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        shared = next((name for name in old.namelist() if name.casefold() == "xl/sharedstrings.xml"), None)
        texts = re.findall(r"<si>(.*?)</si>", old.read(shared).decode(), re.DOTALL) if shared else []
        for name in old.namelist():
            part = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                cell = re.compile(r'(<c [^>]*?)t="s"([^>]*)><v>(\d+)</v></c>')
                part = cell.sub(lambda m: f'{m[1]}t="inlineStr"{m[2]}><is>{texts[int(m[3])]}</is></c>', part.decode()).encode()
            new.writestr(name, part)
    return out.getvalue()


def copied(data: bytes) -> bytes:
    """The values of every sheet, copied into a new workbook by a program that keeps no properties, names or tables."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        old = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in old.sheet_names:
            sheet = book.add_worksheet(name)
            for line, row in enumerate(old.get_sheet_by_name(name).to_python(skip_empty_area=False)):
                for column, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(line, column, value, day)
                    elif isinstance(value, str) and value:
                        sheet.write_string(line, column, value)
                    elif value != "":
                        sheet.write(line, column, value)
    return out.getvalue()


WRITERS: Mapping[str, Callable[[bytes], bytes]] = {"openpyxl": lambda data: data, "inline": inline, "copied": copied}


@dataclass(frozen=True)
class Sent:
    """One file as it was sent: what was typed, and when; `slots` are the answers that nothing holds up."""

    data: bytes
    partner: str
    period: str
    edits: Edits
    when: datetime

    @property
    def sha256(self) -> str:
        return hash_of(self.data)


class Memory(RuleBasedStateMachine):
    """One small workspace, and what a person would expect of it."""

    done: ClassVar[Counter[str]] = Counter()  # how often each thing was come to, over all walks

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.small = s.issued(self.folder / "small")
        self.period = Q2
        self.sent: list[Sent] = []  # on their way
        self.came: dict[str, Sent] = {}  # in the inbox, by their hash
        self.copies: list[tuple[str, str, bytes, Edits]] = []  # being filled in: partner, period, workbook, what was typed
        self.back: set[str] = set()
        self.closed = False
        self.accepted: dict[tuple[str, str, str], tuple[str, Slot, Any]] = {}  # by hash, sheet, cell
        self.moment = 0

    @initialize(closed=st.booleans())
    def one_return_came(self, closed: bool) -> None:
        """Half of the walks begin after the second quarter was closed: all that comes for it then restates it."""
        self.copies = [("police", Q2, self.small.filled("police", {}), {})]
        if closed:
            self.fill_in("police", {("A-1", "Status now"): "On track"}, ("openpyxl", 0, False))
            self.collate(None)
            self.close(None)

    def teardown(self) -> None:
        self.done["walks"] += 1
        self.done["accepted"] += len(self.accepted)
        try:
            self.in_another_order()
        finally:
            shutil.rmtree(self.folder)

    # --- what partners do

    @rule(partner=st.sampled_from(("police", "police", "housing", "yos")), edits=EDITS, how=SENDING)
    def fill_in(self, partner: str, edits: Edits, how: tuple[str, int, bool]) -> None:
        """Somebody fills in another copy of a template, and sends it."""
        self.copies.append(_typed(partner, self.period, self.small.template(partner, self.period), {}, edits))
        self._send(*how)

    @rule(n=st.integers(0, 9), edits=EDITS, how=SENDING)
    def fill_in_more(self, n: int, edits: Edits, how: tuple[str, int, bool]) -> None:
        """Somebody goes on with a copy, as it was before, and sends it."""
        partner, period, data, before = self.copies[n % len(self.copies)]
        self.copies.append(_typed(partner, period, data, before, edits))
        self._send(*how)

    @rule(partner=st.sampled_from(("police", "housing", "yos")), how=SENDING)
    def fill_in_side_by_side(self, partner: str, how: tuple[str, int, bool]) -> None:
        """Two people fill in a copy each, and neither knows of the other."""
        template = self.small.template(partner, self.period)
        for status in ("On track", "Off track"):
            self.copies.append(_typed(partner, self.period, template, {}, {(OWN[partner], "Status now"): status}))
            self._send(how[0], how[1], False)

    def _send(self, writer: str, later: int, delayed: bool) -> None:
        """The last copy is saved by one of three programs, and sent: not always after what was sent before."""
        partner, period, data, typed = self.copies[-1]
        self.moment += 1
        start = FIRST if period == Q2 else datetime(2024, 1, 15, 10, 0, tzinfo=UTC)
        when = start + timedelta(minutes=10 * self.moment + 25 * later)
        self.sent.append(Sent(stamp(WRITERS[writer](data), when), partner, period, typed, when))
        if not delayed:
            self.arrive(-1, twice=False)

    @precondition(lambda self: self.sent)
    @rule(n=st.integers(0, 9), twice=st.booleans())
    def arrive(self, n: int, twice: bool) -> None:
        """A file arrives, in any order; perhaps two times."""
        one = self.sent.pop(n % len(self.sent))
        for name in (f"{one.sha256[:8]}.xlsx", *([f"{one.sha256[:8]} again.xlsx"] if twice else [])):
            self.small.arrive(name, one.data, None)
        self.came[one.sha256] = one

    # --- what the coordinator does

    @rule(edits=EDITS, at_home=st.booleans())
    def edit_the_tracker(self, edits: Edits, at_home: bool) -> None:
        """The office types into the tracker, where it stands or in a copy that goes into the inbox."""
        path = self.small.root / f"outbox/{self.period}/master-tracker-{self.period}.xlsx"
        words: Edits = {k: v for k, v in edits.items() if k[1] == PROGRESS and v} or {("A-2", PROGRESS): POOLS[PROGRESS][0]}
        if not path.exists():
            return
        self.moment += 1
        when = (FIRST if self.period == Q2 else datetime(2024, 1, 15, 10, 0, tzinfo=UTC)) + timedelta(minutes=10 * self.moment)
        data = stamp(s.type_in(path.read_bytes(), _boxes(words)), when)
        (path if at_home else self.small.root / f"inbox/tracker {self.moment}.xlsx").write_bytes(data)
        self.came[hash_of(data)] = Sent(data, "", self.period, words, when)

    @precondition(lambda self: self.period == Q2)
    @rule()
    def issue_the_next_quarter(self) -> None:
        self.small.issue(Q3, TODAY)
        self.period = Q3

    @rule(crash=CRASH)
    def collate(self, crash: tuple[str, int] | None) -> None:
        self._run(lambda small: small.collate(self.period, TODAY), crash)
        self._once_more()

    @precondition(lambda self: self.came)
    @rule(crash=CRASH)
    def undo(self, crash: tuple[str, int] | None) -> None:
        self._run(lambda small: takeback.undo(Asked(small.root, self.period, TODAY)), crash)

    @precondition(lambda self: self.came)
    @rule(n=st.integers(0, 9), crash=CRASH)
    def withdraw(self, n: int, crash: tuple[str, int] | None) -> None:
        sha = sorted(self.came)[n % len(self.came)]
        self._run(lambda small: takeback.withdraw(Asked(small.root, self.period, TODAY), sha), crash)

    @precondition(lambda self: self.back)
    @rule(n=st.integers(0, 9), crash=CRASH)
    def take_in_again(self, n: int, crash: tuple[str, int] | None) -> None:
        sha = sorted(self.back)[n % len(self.back)]
        self._run(lambda small: small.collate(self.period, TODAY, retry=[sha]), crash)

    @precondition(lambda self: self.came and not self.closed)
    @rule(crash=CRASH)
    def close(self, crash: tuple[str, int] | None) -> None:
        """The second quarter is closed; whatever comes for it later restates it."""
        self._run(lambda small: close(Asked(small.root, Q2, TODAY), anyway=True), crash)

    def _run(self, command: Callable[[Small], object], crash: tuple[str, int] | None) -> None:
        """A command, perhaps after an attempt at it that failed on its way: then it is run again if nothing of it was kept."""
        before = _core(self.small)
        done = False
        if crash:
            how, _ = ended(self.small, TRAPS[crash[0]], crash[1], command)
            self.done["cut short"] += how == "told"
            done = _core(self.small) != before
        if not done:
            try:
                command(self.small)
            except WorkflowError as error:  # there is nothing to take back, and the like
                assert str(error).endswith((".", "!"))
        else:
            self.small.collate(self.period, TODAY)
        with open_ledger(self.small.root, read_only=True) as ledger:
            self.back = set(ledger.withdrawals.standing())
            self.closed = bool(ledger.closures.all())
        self.done["withdrawn"] += bool(self.back)
        self.done["closed"] += self.closed

    def _once_more(self) -> None:
        """Twice is once: no run number, and the same bytes."""
        before = self.small.files()
        again = self.small.collate(self.period, TODAY)
        assert not again.fresh
        self.done["collate"] += 1
        self.done["contested"] += bool(again.quarter.conflicts)
        after = self.small.files()
        differ = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name) and "ledger" not in name}
        assert not differ, f"run again, it is otherwise: {sorted(differ)}"

    # --- what is so after each step

    @invariant()
    def the_books_balance(self) -> None:
        for quarter in _worked(self.small).values():
            assert quarter.balance.holds
            for one in quarter.submissions:
                if one.state in (SubmissionState.MERGED, SubmissionState.HELD):
                    assert len(quarter.merged.fates[one.sha256]) == len(one.answers)

    @invariant()
    def nothing_accepted_is_lost(self) -> None:
        """Every answer that was ever accepted is in the history of its item, or was taken back; and its file is kept."""
        worked = _worked(self.small)
        for quarter in worked.values():
            for one in quarter.submissions:
                for answer, fate in zip(one.answers, quarter.merged.fates.get(one.sha256, ()), strict=False):
                    if fate is Fate.ACCEPTED:
                        at = (one.sha256, answer.place.sheet, answer.place.cell)
                        self.accepted[at] = (one.container, answer.slot, answer.value)
        known = _history(self.small, worked)
        with open_ledger(self.small.root, read_only=True) as ledger:
            kept = {container: ledger.extract(container) for container, *_ in self.accepted.values()}
        for at, (container, slot, value) in self.accepted.items():
            data = kept[container]
            if data is None and at[0] not in self.back and not self._recorded(container):
                continue  # it was seen in the inbox by no run that kept it
            assert data is not None, "its bytes are gone"
            assert hash_of(data) == container
            assert at[0] in self.back or known.get((*at, slot)) == value

    def _recorded(self, container: str) -> bool:
        with open_ledger(self.small.root, read_only=True) as ledger:
            return any(one.container == container for one in ledger.submissions())

    @invariant()
    def what_stands_is_what_was_sent_last(self) -> None:
        """The latest answer to each cell stands, whatever came when; what was left blank takes nothing away."""
        worked = _worked(self.small)
        taken_in = {one.sha256 for q in worked.values() for one in q.submissions}
        for period, quarter in worked.items():
            expected: dict[tuple[str, str], str] = {}
            some = [o for sha, o in self.came.items() if sha in taken_in and sha not in self.back and o.period == period]
            for one in sorted(some, key=lambda o: (o.when, o.sha256)):
                expected |= {cell: told for cell, told in one.edits.items() if told and told != "Ambar"}
            doubtful = {c.slot for c in quarter.conflicts}
            for (key, heading), told in expected.items():
                slot = ("actions", key, FIELDS[heading])
                standing = quarter.merged.standing.get(slot)
                if slot not in doubtful:
                    assert standing is not None, (slot, told)
                    assert standing.value == told, (slot, standing, told)

    def in_another_order(self) -> None:
        """The same files in one heap, in a workspace that knows the same templates: the same stands, is asked and contested."""
        self._run(lambda small: small.collate(self.period, TODAY), None)
        other = s.issued(self.folder / "other")
        with closing(sqlite3.connect(other.root / "ledger.sqlite")) as db:
            db.execute("ATTACH ? AS one", (str(self.small.root / "ledger.sqlite"),))
            db.execute("INSERT OR IGNORE INTO issue SELECT * FROM one.issue")
            db.commit()
        with open_ledger(self.small.root, read_only=True) as ledger:
            leaves = ledger.submissions()
            files = {o.container: ledger.extract(o.container) or b"" for o in leaves if o.sha256 not in self.back}
        for sha, data in sorted(files.items(), reverse=True):
            (other.root / f"inbox/{sha[:12]}.xlsx").write_bytes(data)
        other.collate(self.period, TODAY)
        if self.closed and files:
            other.collate(Q2, TODAY)  # it may be that nothing of that quarter is left; a run for it can be closed all the same
            close(Asked(other.root, Q2, TODAY), anyway=True)
        assert _comes_to(other) == _comes_to(self.small)


def _typed(partner: str, period: str, data: bytes, before: Edits, edits: Edits) -> tuple[str, str, bytes, Edits]:
    own = {(key if LEADS[key] == partner else OWN[partner], heading): told for (key, heading), told in edits.items()}
    return partner, period, s.type_in(data, _boxes(own)), {**before, **own}


def _boxes(edits: Edits) -> dict[Box, Any]:
    return {("Actions", key, heading): told for (key, heading), told in edits.items()}


def _core(small: Small) -> dict[str, str]:
    return {name: one for name, one in dump(small.root).items() if name in CORE} if _has_ledger(small) else {}


def _has_ledger(small: Small) -> bool:
    return (small.root / "ledger.sqlite").exists()


def _worked(small: Small) -> Mapping[str, Quarter]:
    asked = Asked(small.root, Q3, TODAY)
    with open_ledger(small.root, read_only=True) as ledger:
        return quarters(workspaces.load(small.root), asked, taken(ledger, ledger.submissions()))


def _history(small: Small, worked: Mapping[str, Quarter]) -> dict[tuple[Any, ...], Any]:
    view = view_of(facts(workspaces.load(small.root), Asked(small.root, Q3, TODAY)), worked, Q3)
    return {
        (e.standing.sha256, e.standing.place.sheet, e.standing.place.cell, slot): e.standing.value
        for slot, entries in view.history.items()
        for e in entries
    }


def _comes_to(small: Small) -> dict[str, Any]:
    """What stands, what is contested and what is found, without where the file of an answer lay."""
    return {
        period: (
            {slot: (one.value, one.partner, one.sha256, one.sent) for slot, one in quarter.merged.standing.items()},
            {c.slot for c in quarter.conflicts},
            sorted((f.code, f.partner, f.items, f.field, tuple((p.sheet, p.cell) for p in f.places)) for f in quarter.findings),
            quarter.balance,
        )
        for period, quarter in _worked(small).items()
    }
