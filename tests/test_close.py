"""Closing a period and restating it: the papers stay as they were published, and the next ones tell what changed, once."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from tests import small as s
from tests.small import COLLATED, Q2, Q3, Q4, Small
from tests.test_desk import fill
from workflow.cli import main
from workflow.errors import WorkflowError
from workflow.inbox import hash_of
from workflow.ledger import Ledger
from workflow.ledger.closures import Closures
from workflow.model import Value
from workflow.pipeline import emit
from workflow.pipeline.close import close
from workflow.pipeline.state import Asked, open_ledger

pytestmark = pytest.mark.usefixtures("drawn_once")

CLOSED_ON, LATE_ON = date(2023, 11, 2), date(2023, 11, 7)
LATE = datetime(2023, 11, 6, 9, 0, tzinfo=UTC)
EXEC, PUBLIC = "exec-{0}-partnership.xlsx", "public-{0}-public.xlsx"
OLD, NEW = "The work on A-1 went on as planned this quarter.", "A supplier withdrew after the papers had gone out."
LATER = {**s.action("A-1", rag="Red", progress=NEW), **s.row("Measures", "M-2", Value=118)}
SLIPPED = {("A-1", "RAG now"): ("Amber – at risk", "Red – off track"), ("A-1", "Progress this quarter"): (OLD, NEW)}
RESTATED = {**SLIPPED, ("M-2", "Value"): (120, 118)}


def _closed(made: Small) -> None:
    """The second quarter with all its returns, closed."""
    made.issue()
    for partner in ("police", "housing", "yos"):
        made.returns(partner)
    made.collate()
    close(Asked(made.root, Q2, CLOSED_ON))


def _open(made: Small) -> None:
    made.issue()
    made.returns("police")
    made.collate()


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return s.begun(tmp_path / "small", _closed)


@pytest.fixture
def still_open(tmp_path: Path) -> Small:
    return s.begun(tmp_path / "small", _open)


def run(small: Small, *arguments: str, today: date = CLOSED_ON) -> Result:
    return CliRunner().invoke(main, [*arguments, "--workspace", str(small.root), "--today", today.isoformat()])


def restate(small: Small, typed: s.Typed = LATER, name: str = "police again.xlsx", sent: datetime = LATE) -> None:
    """A return for the second quarter comes in after its papers went out."""
    small.returns("police", {**s.signed(), **typed}, sent, name)
    small.collate(Q2, LATE_ON)


def frozen(small: Small, period: str = Q2, folder: str = "closed") -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted((small.root / f"outbox/{period}/{folder}").glob("*.xlsx"))}


def pack(small: Small, period: str, name: str = EXEC) -> bytes:
    return (small.root / f"outbox/{period}/boards" / name.format(period)).read_bytes()


def table(data: bytes, sheet: str) -> list[dict[str, Any]]:
    """The rows of one sheet by heading; none where there is no such sheet."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    if sheet not in book.sheetnames:
        return []
    lines = list(book[sheet].iter_rows(values_only=True))
    top = next(n for n, line in enumerate(lines) if line[0] == "Row key")
    return [dict(zip(lines[top], line, strict=True)) for line in lines[top + 1 :] if line[0]]  # type: ignore[arg-type]


def corrected(data: bytes) -> dict[tuple[str, str], tuple[Any, Any]]:
    """Row and heading -> what the closed papers show, and what stands now."""
    return {(r["Row key"], r["Changed"]): (r["Was"], r["Is now"]) for r in table(data, "Corrections")}


def learned(small: Small) -> dict[str, object]:
    """What the ledger has of runs, closures, values and files."""
    with open_ledger(small.root, read_only=True) as ledger:
        runs, files = ledger.next_run(), ledger.archived()
        return {"runs": runs, "closed": ledger.closures.all(), "stands": ledger.standings(), "files": files}


# --- frozen


def test_closed_packs_stay_as_they_were_byte_for_byte_while_the_tracker_goes_on(small: Small) -> None:
    kept, tracker = frozen(small), small.tracker()
    assert sorted(kept) == [EXEC.format(Q2), PUBLIC.format(Q2)]
    assert frozen(small, folder="boards") == kept
    restate(small)
    run(small, "emit", "--period", Q2, today=LATE_ON)
    assert frozen(small) == frozen(small, folder="boards") == kept
    assert small.tracker() != tracker
    assert s.shown(small.tracker(), ("Actions", "A-1", "Progress this quarter")) == NEW


def test_the_manifest_names_every_frozen_file_and_stands_in_the_ledger_too(small: Small) -> None:
    text = (small.root / f"outbox/{Q2}/closed/manifest.json").read_text(encoding="utf-8")
    told = json.loads(text)
    assert (told["period"], told["closed"], told["run"]) == (Q2, "2023-11-02", 2)
    assert {f["file"]: (f["sha256"], f["size"]) for f in told["files"]} == {
        name: (hash_of(data), len(data)) for name, data in frozen(small).items()
    }
    with open_ledger(small.root, read_only=True) as ledger:
        (closure,) = ledger.closures.all()
        assert closure.manifest == text
        assert {f.name: ledger.extract(f.sha256) for f in closure.files} == frozen(small)


@pytest.mark.parametrize("command", ["collate", "emit"])
def test_a_lost_outbox_is_made_again_to_the_same_bytes(small: Small, command: str) -> None:
    restate(small)
    kept, manifest = frozen(small), (small.root / f"outbox/{Q2}/closed/manifest.json").read_bytes()
    shutil.rmtree(small.root / "outbox")
    assert run(small, command, "--period", Q3, today=COLLATED[Q3]).exit_code in (0, 1)  # of another period, even
    assert frozen(small) == frozen(small, folder="boards") == kept
    assert (small.root / f"outbox/{Q2}/closed/manifest.json").read_bytes() == manifest


def test_a_pack_that_a_person_changed_is_frozen_as_it_was_left(still_open: Small) -> None:
    path = still_open.root / f"outbox/{Q2}/boards" / EXEC.format(Q2)
    book = openpyxl.load_workbook(path)
    book["Cover"]["A30"] = "A line of the clerk's"
    book.save(path)
    edited = path.read_bytes()
    done = run(still_open, "close", "--anyway")
    assert done.exit_code == 1
    assert "is frozen as it stands" in done.output
    assert frozen(still_open)[EXEC.format(Q2)] == path.read_bytes() == edited


def test_a_frozen_file_that_was_changed_is_told_and_the_true_one_put_beside_it(small: Small) -> None:
    kept = frozen(small)[EXEC.format(Q2)]
    path = small.root / f"outbox/{Q2}/closed" / EXEC.format(Q2)
    path.write_bytes(b"something else")
    found = run(small, "verify", "--period", Q2, today=LATE_ON)
    assert found.exit_code == 1
    assert f"closed/{path.name}: it is not as it was" in found.output
    small.collate(Q2, LATE_ON)
    assert path.read_bytes() == b"something else"
    assert [p.read_bytes() for p in path.parent.glob("exec*(new*")] == [kept]


def test_as_at_a_later_day_the_packs_are_the_frozen_ones(small: Small) -> None:
    restate(small)
    assert run(small, "emit", "--period", Q2, "--as-at", "2023-11-20", today=LATE_ON).exit_code == 0
    assert frozen(small, folder="as-at-2023-11-20/boards") == frozen(small)


# --- restated


def test_the_next_packs_tell_old_and_new_and_why(small: Small) -> None:
    restate(small)
    verdict = small.collate(Q3)
    for data in (pack(small, Q3), pack(small, Q3, PUBLIC), small.tracker(Q3), small.tracker(Q2)):
        assert corrected(data) == RESTATED
        assert {r["Papers of"] for r in table(data, "Corrections")} == {"Q2 2023/24"}
        assert {r["Why"] for r in table(data, "Corrections")} == {"A later return of Police, received 7 Nov 2023"}
        cover = [row for row in openpyxl.load_workbook(io.BytesIO(data))["Cover"].values if row[0] == "Corrections"]
        assert [row[2] for row in cover] == [3]
    assert {r["Source"].rpartition(" ")[0] for r in table(small.tracker(Q3), "Corrections")} == {
        "inbox/police again.xlsx, Actions, cell", "inbox/police again.xlsx, Measures, cell",
    }  # fmt: skip
    assert re.search(r"^Corrected +3 values of Q2 2023/24 that its closed papers show otherwise$", verdict.as_text(), re.M)


@pytest.mark.long
def test_was_is_what_the_closed_pack_prints_and_is_now_what_it_would_print(small: Small) -> None:
    """Whatever changes: each correction agrees with the closed pack, and nothing that differs from it is left untold."""
    typed = {
        **LATER, **s.action("A-2", status="Complete", rag="Green"), **s.row("Actions", "A-2", Completed_on=date(2023, 9, 20)),
        **s.row("Actions", "A-1", Proposed_new_due_date=date(2024, 9, 30)), **s.commitment("C-1", "Complete"),
    }  # fmt: skip
    restate(small, typed)
    small.collate(Q3)
    # the same answers in a workspace in which the quarter is open still
    other = Small(small.root.parent / "open")
    shutil.copytree(small.root, other.root)
    shutil.rmtree(other.root / "outbox" / Q2 / "boards")
    with sqlite3.connect(other.root / "ledger.sqlite") as db:
        db.execute("DELETE FROM closure")
    other.collate(Q2, LATE_ON)
    differing: dict[tuple[str, str], tuple[Any, Any]] = {}
    for sheet in ("Actions", "Commitments", "Measures"):
        then, now = ({r["Row key"]: r for r in table(pack(one, Q2), sheet)} for one in (small, other))
        for key, row in now.items():
            for heading in row.keys() - {"Since last time", "Direction and change"}:  # worked out from the others
                cells = then[key].get(heading, "Not revised"), row[heading]  # a pack without new dates has no such column
                differing |= {(key, heading): cells} if cells[0] != cells[1] else {}
    assert len(differing) == 7
    assert corrected(pack(small, Q3)) == differing


@pytest.mark.long
def test_a_correction_is_told_in_one_quarters_packs_only(small: Small) -> None:
    restate(small)
    small.collate(Q3)
    small.issue(Q4)
    small.collate(Q4)
    assert corrected(pack(small, Q4)) == RESTATED  # while the third quarter is open nobody has been told
    close(Asked(small.root, Q3, date(2024, 4, 20)), anyway=True)
    assert corrected(frozen(small, Q3)[EXEC.format(Q3)]) == RESTATED
    small.collate(Q4)
    assert corrected(pack(small, Q4)) == corrected(small.tracker(Q4)) == {}
    # what comes now is told in the fourth quarter's, against what the third's told
    restate(small, s.action("A-1", rag="Amber", progress=NEW), "third.xlsx", datetime(2024, 4, 21, tzinfo=UTC))
    verdict = small.collate(Q4)
    assert corrected(pack(small, Q4)) == {("A-1", "RAG now"): ("Red – off track", "Amber – at risk")}
    assert verdict.corrected == ("1 value of Q2 2023/24 that its closed papers show otherwise",)
    assert corrected(frozen(small, Q3)[EXEC.format(Q3)]) == RESTATED


def test_there_is_no_such_section_where_nothing_is_corrected(small: Small) -> None:
    small.returns("police", {**s.signed(), **s.action("A-2")}, LATE, "same again.xlsx")  # says what it said before
    assert small.collate(Q2, LATE_ON).corrected == ()
    small.collate(Q3)
    for data in (pack(small, Q3), pack(small, Q3, PUBLIC), small.tracker(Q3)):
        assert "Corrections" not in openpyxl.load_workbook(io.BytesIO(data)).sheetnames


@pytest.mark.long
def test_a_value_that_came_only_after_closing_was_not_available(tmp_path: Path) -> None:
    made = s.issued(tmp_path / "small")
    made.returns("housing")
    made.collate()
    close(Asked(made.root, Q2, CLOSED_ON), anyway=True)
    restate(made, {**s.action("A-2"), **s.row("Measures", "M-2", Value=7, Period_type="Quarter", Period_end="Sep 2023")})
    made.collate(Q3)
    told = corrected(pack(made, Q3))
    assert told["A-2", "Status now"] == ("[x]", "On track")
    assert told["A-2", "Progress this quarter"][0] == "Not updated this quarter"
    assert told["M-2", "Value"] == ("Not reported this quarter", 7)


def test_what_may_not_be_published_is_told_to_the_coordinator_only(small: Small) -> None:
    restate(small, {**LATER, **s.row("Actions", "A-1", **{"Safe_to_publish?": "No"})})
    small.collate(Q3)
    assert {key for key, _ in corrected(pack(small, Q3, PUBLIC))} == {"M-2"}
    assert {key for key, _ in corrected(pack(small, Q3))} == {"A-1", "M-2"}
    assert SLIPPED.items() <= corrected(small.tracker(Q3)).items()


@pytest.mark.long
def test_a_figure_that_was_hidden_is_not_given_away(tmp_path: Path) -> None:
    made = s.make(tmp_path / "small")
    rows = s.register_rows()
    next(i for i in rows["items"] if i["key"] == "M-2")["counts"] = "people"
    made.write_register(rows)
    made.issue()
    made.returns("police", {**s.good("police"), **s.row("Measures", "M-2", Value=3)})
    made.collate()
    close(Asked(made.root, Q2, CLOSED_ON), anyway=True)
    restate(made, s.row("Measures", "M-2", Value=23))
    made.collate(Q3)
    assert corrected(pack(made, Q3, PUBLIC))["M-2", "Value"] == ("[c]", 23)
    assert corrected(pack(made, Q3))["M-2", "Value"] == (3, 23)


@pytest.mark.long
def test_the_reason_of_a_decision_is_the_reason_of_a_correction(tmp_path: Path) -> None:
    made = s.issued(tmp_path / "small")
    made.returns("police", {**s.good("police"), **s.action("A-1", rag="Ambar")})
    made.collate()
    close(Asked(made.root, Q2, CLOSED_ON), anyway=True)
    data = (made.root / f"outbox/{Q2}/decisions-{Q2}.xlsx").read_bytes()
    for heading, typed in (("Decision", "Use this value"), ("Value to use", "Red"), ("Reason", "Agreed at the board.")):
        data = fill(data, "Decisions", heading, {"Ambar": typed})
    made.arrive("decisions.xlsx", data, LATE)
    made.collate(Q2, LATE_ON)
    made.collate(Q3)
    (told,) = table(pack(made, Q3), "Corrections")
    assert (told["Is now"], told["Why"]) == ("Red – off track", "Agreed at the board.")


def test_what_is_taken_back_after_closing_is_a_correction_too(small: Small) -> None:
    assert run(small, "withdraw", "police.xlsx", "--period", Q2, today=LATE_ON).exit_code in (0, 1)
    small.collate(Q3)
    told = {(r["Row key"], r["Changed"]): r for r in table(pack(small, Q3), "Corrections")}
    assert (told["M-2", "Value"]["Was"], told["M-2", "Value"]["Is now"]) == (120, "Not reported this quarter")
    assert {r["Why"] for r in told.values()} == {"The return that had said so was taken back"}


# --- when it is refused


def test_a_period_is_closed_once(small: Small) -> None:
    before = learned(small)
    with pytest.raises(WorkflowError, match=r"Q2 2023/24 was closed on 02/11/2023 already\."):
        close(Asked(small.root, Q2, LATE_ON), anyway=True)
    assert learned(small) == before


def test_what_is_held_or_asked_is_listed_and_stops_it_unless_anyway(tmp_path: Path) -> None:
    made = s.issued(tmp_path / "small")
    made.returns("police", {**s.good("police"), **s.action("A-1", rag="Ambar"), **s.action("A-2", progress="As above")})
    made.collate()
    before = learned(made)
    refused = run(made, "close", "--period", Q2)
    assert refused.exit_code == 2
    assert re.search(r"1 held and 1 asked\): \(Q-\w{6}\) Police: Actions, cell M9 .*; \(Q-\w{6}\) Police: ", refused.output)
    assert "--anyway" in refused.output
    assert learned(made) == before
    assert not (made.root / f"outbox/{Q2}/closed").exists()
    assert run(made, "close", "--period", Q2, "--anyway").exit_code == 0


@pytest.mark.long
def test_an_earlier_period_with_returns_is_closed_first(still_open: Small) -> None:
    still_open.issue(Q3)
    still_open.arrive("q3.xlsx", s.type_in(still_open.template("police", Q3), {**s.signed(), **s.action("A-2")}), LATE)
    still_open.collate(Q3)
    with pytest.raises(WorkflowError, match=rf"Q2 2023/24 has returns and is still open.*workflow close --period {Q2} first"):
        close(Asked(still_open.root, Q3, COLLATED[Q3]), anyway=True)
    close(Asked(still_open.root, Q2, COLLATED[Q3]), anyway=True)
    close(Asked(still_open.root, Q3, COLLATED[Q3]), anyway=True)
    with open_ledger(still_open.root, read_only=True) as ledger:
        assert [c.period for c in ledger.closures.all()] == [Q2, Q3]


def test_what_was_never_collated_cannot_be_closed(small: Small) -> None:
    with pytest.raises(WorkflowError, match=rf"Nothing has been collated for Q3 2023/24 yet.*collate --period {Q3} first"):
        close(Asked(small.root, Q3, COLLATED[Q3]))


# --- what follows


def test_it_says_what_it_froze_and_what_comes_next(still_open: Small) -> None:
    still_open.returns("housing")
    still_open.collate()
    done = run(still_open, "close", "--period", Q2)
    assert done.exit_code == 0
    assert "Run 3: Q2 2023/24 is closed. 2 packs frozen in outbox/2023-24-Q2/closed" in done.output
    assert all(name in done.output for name in frozen(still_open))
    assert "Closed without all of the returns of Youth Offending Service." in done.output
    assert f"Next: Q3 2023/24. Its templates go out on 03/01/2024: run workflow issue --period {Q3}." in done.output


def test_the_default_period_moves_on(small: Small) -> None:
    assert run(small, "status", today=date(2024, 1, 5)).output.startswith("SP, Q3 2023/24")
    none = run(small, "status", today=LATE_ON)
    assert none.exit_code == 2
    assert f"still open. Add one, or name one with --period (the last one is {Q2})." in none.output
    assert "(closed on 2 Nov 2023)" in run(small, "status", "--period", Q2, today=LATE_ON).output
    collated = run(small, "collate", today=date(2024, 1, 5))
    assert collated.output.startswith("SP, Q3 2023/24")


def test_nobody_is_chased_for_a_closed_period(still_open: Small) -> None:
    assert "2 reminders" in run(still_open, "chase", today=date(2023, 10, 25)).output
    mail = still_open.root / f"outbox/{Q2}/mail"
    assert list(mail.glob("chaser-*"))
    run(still_open, "close", "--anyway")
    assert not list(mail.glob("chaser-*"))
    chased = run(still_open, "chase", "--period", Q2)
    assert (chased.exit_code, chased.output) == (0, "Q2 2023/24 is closed, so there is nothing to chase for it.\n")
    assert not list(mail.glob("chaser-*"))


def test_twice_is_once(small: Small) -> None:
    restate(small)
    small.collate(Q3)
    before, files = learned(small), small.files()
    small.collate(Q3)
    small.collate(Q2, LATE_ON)
    assert learned(small) == before
    assert {n: h for n, h in small.files().items() if "/closed/" in n or "/boards/" in n} == {
        n: h for n, h in files.items() if "/closed/" in n or "/boards/" in n
    }


def test_verify_stays_right(small: Small) -> None:
    assert run(small, "verify", "--period", Q2).exit_code == 0
    restate(small)
    small.collate(Q3)
    found = run(small, "verify", today=COLLATED[Q3])
    assert (found.exit_code, found.output.strip().endswith("all as the ledger has it.")) == (0, True)
    with sqlite3.connect(small.root / "ledger.sqlite") as db:
        db.execute("DELETE FROM blob WHERE sha256 = ?", (hash_of(frozen(small)[EXEC.format(Q2)]),))
    assert f"the closed pack {EXEC.format(Q2)}" in run(small, "verify", today=COLLATED[Q3]).output


# --- all or nothing


def test_a_closing_that_cannot_be_committed_leaves_the_ledger_as_it_was(
    still_open: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = learned(still_open)

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Closures, "add", full)
        with pytest.raises(WorkflowError, match="disk is full"):
            close(Asked(still_open.root, Q2, CLOSED_ON), anyway=True)
    assert learned(still_open) == before
    assert not (still_open.root / f"outbox/{Q2}/closed").exists()
    close(Asked(still_open.root, Q2, CLOSED_ON), anyway=True)
    assert len(frozen(still_open)) == 2


def test_a_closing_that_is_killed_once_it_is_committed_is_put_right_by_the_next_run(
    still_open: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = emit.write

    def killed(root: Path, files: Mapping[str, bytes], today: date, ledger: Ledger) -> emit.Emitted:
        if ledger.closures.all():
            raise KeyboardInterrupt
        return written(root, files, today, ledger)

    with monkeypatch.context() as patch:
        patch.setattr(emit, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            close(Asked(still_open.root, Q2, CLOSED_ON), anyway=True)
    published = frozen(still_open, folder="boards")
    assert not frozen(still_open)
    still_open.collate(Q3)
    assert frozen(still_open) == frozen(still_open, folder="boards") == published


def test_what_stood_at_a_run_can_be_had_from_the_ledger(small: Small) -> None:
    slot = ("actions", "A-1", "rag")

    def stands(upto: int | None) -> Value:
        with open_ledger(small.root, read_only=True) as ledger:
            return ledger.standings(upto=upto)[Q2][slot].value

    restate(small)
    assert [stands(run) for run in (1, 2, 3, None)] == ["Amber", "Amber", "Red", "Red"]
