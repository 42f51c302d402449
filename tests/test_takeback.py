"""Taking back: `undo`, `withdraw` and `collate --retry`. What was taken back counts nowhere, and what it had replaced stands
again as if it had never come; nothing is deleted, and all of it can be taken in again."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests import small as s
from tests.example import mails
from tests.inbox_files import zipped
from tests.small import Q2, Q3, Q4, SENT, Small
from tests.test_desk import decide
from workflow.cli import main
from workflow.inbox import hash_of
from workflow.ledger import Ledger, run_lock
from workflow.ledger.withdrawals import Withdrawals
from workflow.model import Slot, Standing
from workflow.pipeline import ask
from workflow.pipeline.runs import Going
from workflow.pipeline.state import Asked
from workflow.pipeline.verdict import Verdict

pytestmark = pytest.mark.usefixtures("no_packs")

LATER = SENT + timedelta(days=2)
RAG: Slot = ("actions", "A-1", "rag")
REASON = "Withdrawn on 25/10/2023"


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """Two returns merged in the first run, and in the second one that changed an answer of the first."""
    return s.begun(tmp_path / "small", s.two_in)


def correct(small: Small, rag: str = "Red", name: str = "police again.xlsx") -> Path:
    """A later copy changes one action."""
    return small.returns("police", s.action("A-1", rag=rag, progress=f"It is now {rag} for want of staff."), LATER, name)


def run(small: Small, *words: str, today: str = "2023-10-25", period: str = Q2) -> Result:
    return CliRunner().invoke(main, [*words, "--workspace", str(small.root), "--period", period, "--today", today])


def done(small: Small, *words: str, today: str = "2023-10-25", period: str = Q2) -> str:
    """What a command that takes back says, once it is done."""
    result = run(small, *words, today=today, period=period)
    assert result.exit_code == 0, result.output
    return result.output


def status(small: Small, period: str = Q2) -> Verdict:
    return ask.status(Asked(small.root, period, date(2023, 10, 25)))


def stands(small: Small) -> Mapping[str, Mapping[Slot, Standing]]:
    """What stands as the ledger's changes have it, period by period."""
    with Ledger.open(small.root / "ledger.sqlite", read_only=True) as ledger:
        return {period: found for period, found in ledger.standings().items() if found}


def papers(small: Small) -> dict[str, str]:
    """The outputs by the hash of their bytes, without the report of the run itself."""
    return {name: sha for name, sha in small.files().items() if name.startswith("outbox/") and "/run." not in name}


# --- what it had replaced stands again


@pytest.mark.parametrize("words", [("undo",), ("withdraw", "police again.xlsx")])
def test_what_was_taken_back_is_as_if_it_had_never_come(small: Small, words: tuple[str, ...]) -> None:
    small.collate(today=date(2023, 10, 25))
    before, values, quarter = papers(small), stands(small), status(small).quarter
    correct(small)
    small.collate(today=date(2023, 10, 25))
    assert status(small).quarter.now[RAG].value == "Red"
    assert papers(small) != before
    said = done(small, *words)
    assert "  inbox/police again.xlsx (Police, Q2 2023/24)" in said
    assert "Q2 2023/24, Police: 2 values stand otherwise now, 1 is the same and comes from another file now." in said
    assert papers(small) == before
    assert stands(small) == values
    now = status(small).quarter
    assert (now.merged, now.findings, now.returns) == (quarter.merged, quarter.findings, quarter.returns)
    assert now.balance.holds


@pytest.mark.long
def test_two_quarters_later_too(tmp_path: Path) -> None:
    """The Q3 return confirmed what the correction of Q2 had said; without it, it confirms what the first copy said."""
    small = s.issued(tmp_path / "small")
    small.returns("police")
    small.collate()
    correct(small)
    small.collate()
    small.issue(Q3)
    unchanged = s.row("Actions", "A-1", No_change_this_quarter="Yes")
    small.arrive("q3.xlsx", small.filled("police", unchanged, Q3), SENT.replace(year=2024, month=1))
    small.collate(Q3)
    small.issue(Q4)
    small.arrive("q4.xlsx", small.filled("police", s.action("A-2", rag="Green"), Q4), SENT.replace(year=2024, month=4))
    assert small.collate(Q4).quarter.now[RAG].value == "Red"
    said = done(small, "withdraw", "inbox/police again.xlsx", today="2024-05-02", period=Q4)
    assert "Q2 2023/24, Police: 2 values stand otherwise now, 1 is the same and comes from another file now." in said
    assert "Q3 2023/24, Police: 2 values stand otherwise now." in said
    worked = {period: status(small, period).quarter for period in (Q2, Q3, Q4)}
    assert {q.now[RAG].value for q in worked.values()} == {"Amber"}
    assert worked[Q3].now[RAG].carried
    for period in (Q2, Q3, Q4):
        assert s.shown(small.tracker(period), ("Actions", "A-1", "RAG now")).startswith("Amber")
    assert run(small, "verify", today="2024-05-02", period=Q4).exit_code == 0


def test_what_stood_alone_stands_no_longer(small: Small) -> None:
    said = done(small, "withdraw", "housing.xlsx")
    assert "Q2 2023/24, Housing Service: 9 values stand no longer." in said
    assert s.states(status(small))["housing"] == "late"
    assert all(standing.partner != "housing" for standing in stands(small)[Q2].values())


# --- undo and retry


def test_undo_goes_back_run_by_run_and_then_says_that_there_is_nothing(small: Small) -> None:
    first = stands(small)
    correct(small)
    small.collate()
    correct(small, "Green", "police third.xlsx")
    small.collate()
    assert "everything that run 3 of 23/10/2023 took in was taken back" in done(small, "undo")
    assert status(small).quarter.now[RAG].value == "Red"
    assert "everything that run 2 of 23/10/2023" in done(small, "undo")
    assert stands(small) == first
    said = done(small, "undo")
    assert "  inbox/housing.xlsx (Housing Service, Q2 2023/24)\n  inbox/police.xlsx (Police, Q2 2023/24)" in said
    assert not stands(small)
    nothing = run(small, "undo")
    assert nothing.exit_code == 2
    assert "Nothing that was taken in is left to take back, so there is nothing to undo.\n" in nothing.output


def test_undo_then_retry_is_never_undone(small: Small) -> None:
    correct(small)
    small.collate(today=date(2023, 10, 25))
    values, outputs, verdict = stands(small), papers(small), status(small)
    done(small, "undo")
    again = small.collate(today=date(2023, 10, 25), retry=["police again.xlsx"])
    assert again.run == 4
    assert stands(small) == values
    assert papers(small) == outputs
    now, before = status(small).quarter, verdict.quarter
    assert (now.merged, now.findings, now.returns) == (before.merged, before.findings, before.returns)
    assert "run 4 of 25/10/2023" in done(small, "undo"), "what was taken in again was taken in by that run"
    assert "run 1 of 23/10/2023" in done(small, "undo"), "and by no other"


def test_undo_passes_over_runs_that_took_nothing_in(small: Small) -> None:
    """A changed register, a copy of what is there already, and what was withdrawn by hand."""
    correct(small)
    small.collate()
    rows = s.register_rows()
    rows["glossary"].append({"term": "MARAC", "meaning": "Multi-agency risk assessment conference"})
    small.write_register(rows)
    assert small.collate().run == 3
    (small.root / "inbox/copy.zip").write_bytes(zipped(("housing copy.xlsx", (small.root / "inbox/housing.xlsx").read_bytes())))
    assert small.collate().run == 4
    done(small, "withdraw", "police again.xlsx")
    assert "everything that run 1 of 23/10/2023 took in was taken back" in done(small, "undo")


def test_decisions_that_a_run_took_in_are_taken_back_with_it(small: Small) -> None:
    small.returns("yos", {**s.good("yos"), **s.action("A-4", rag="Purple")})
    held = small.collate()
    assert held.quarter.balance.held == 1
    decide(small, "Purple", Decision="Use this value", Value_to_use="Red", Reason="Told by telephone")
    assert small.collate().quarter.balance.held == 0
    assert "inbox/decisions.xlsx (Partnership Coordinator, Q2 2023/24)" in done(small, "undo")
    assert status(small).quarter.merged == held.quarter.merged


@pytest.mark.long
def test_any_order_of_taking_back_and_in_again_leaves_what_was_not_taken_back(small: Small, tmp_path: Path) -> None:
    """Whatever was done before, what stands is what the files that count come to."""
    for n, rag in enumerate(("Red", "Green", "Amber")):
        correct(small, rag, f"copy {n}.xlsx")
        small.collate()
    names = ["police.xlsx", "housing.xlsx", "copy 0.xlsx", "copy 1.xlsx", "copy 2.xlsx"]
    choose, out = random.Random(5), set[str]()
    for _ in range(6):
        name = choose.choice(names)
        if name in out:
            small.collate(retry=[name])
        else:
            done(small, "withdraw", name, today="2023-10-23")
        out ^= {name}
    other = s.issued(tmp_path / "other")
    for name in set(names) - out:
        (other.root / "inbox" / name).write_bytes((small.root / "inbox" / name).read_bytes())
    other.collate()
    assert stands(small) == stands(other)
    assert run(small, "verify").exit_code == 0


# --- what is left out, and what is said of it


def test_what_is_withdrawn_is_listed_and_needs_nobody(small: Small) -> None:
    small.returns("yos")
    assert run(small, "collate").exit_code == 0
    correct(small)
    small.collate()
    said = done(small, "withdraw", "police again.xlsx", "--reason", "Sent by mistake.")
    sha = hash_of((small.root / "inbox/police again.xlsx").read_bytes())[:12]
    assert said.startswith("Run 4: inbox/police again.xlsx was taken back (Sent by mistake).\n")
    assert f"To take it in again: workflow collate --retry {sha}." in said
    assert run(small, "collate").exit_code == 0
    reason = f"{REASON} (Sent by mistake). To take it in again: workflow collate --retry {sha}."
    line = f"inbox/police again.xlsx: ignored (police, {Q2}). {reason}"
    assert line in (small.root / f"outbox/{Q2}/run.txt").read_text(encoding="utf-8").splitlines()
    (found,) = (one for one in s.run_json(small)["submissions"] if one["file"] == "inbox/police again.xlsx")
    assert (found["state"], found["reason"], found["partner"]) == ("ignored", reason, "police")
    (leaf,) = (x for x in status(small).quarter.submissions if x.file == "inbox/police again.xlsx")
    assert (leaf.code, leaf.answers, leaf.blanks) == ("withdrawn", (), 0)


@pytest.mark.parametrize("words", [("undo",), ("withdraw", "police again.xlsx")])
def test_twice_is_once_afterwards(small: Small, words: tuple[str, ...]) -> None:
    correct(small)
    small.collate()
    done(small, *words)
    files = small.files()
    again = small.collate(today=date(2023, 10, 25))
    assert (again.run, again.fresh) == (3, False)
    assert small.files() == files
    assert small.collate(today=date(2023, 10, 25), retry=["police again.xlsx"]).run == 4
    files = small.files()
    again = small.collate(today=date(2023, 10, 25), retry=["police again.xlsx"])
    assert (again.run, again.fresh) == (4, False)
    assert small.files() == files


def test_a_dry_run_lifts_nothing(small: Small) -> None:
    done(small, "undo")
    files = small.files()
    assert small.collate(dry_run=True, retry=["police.xlsx"]).quarter.now[RAG].value == "Amber"
    assert small.files() == files


def test_what_is_new_in_the_inbox_waits_for_the_next_collate(small: Small) -> None:
    correct(small)
    done(small, "undo")
    assert "police again.xlsx" not in (small.root / f"outbox/{Q2}/run.txt").read_text(encoding="utf-8")
    assert small.collate().quarter.now[RAG].value == "Red"


def mail(small: Small, name: str) -> bytes:
    data = (small.root / "inbox" / name).read_bytes()
    return mails.mail(
        mails.Sent("lead@police.example", "Partnership Lead", "office@small.example", LATER, "Return", "p.xlsx", data)
    )


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_same_bytes_from_elsewhere_stay_taken_back(small: Small, when: str) -> None:
    """Whether the other copy comes before or after: and `--retry` takes in both, which count once."""
    first = stands(small)
    correct(small)
    if when == "before":
        small.arrive("p.eml", mail(small, "police again.xlsx"), None)
    small.collate()
    counted = stands(small)
    done(small, "withdraw", "police again.xlsx")
    if when == "after":
        small.arrive("p.eml", mail(small, "police again.xlsx"), None)
    last = small.collate(today=date(2023, 10, 25))
    assert stands(small) == first
    both = [f for f in last.files if f.code == "withdrawn"]
    assert [f.place for f in both] == ["inbox/p.eml > p.xlsx", "inbox/police again.xlsx"]
    assert all(f.reason.startswith(REASON) for f in both)
    small.collate(retry=["p.xlsx"])
    assert {slot: x.value for slot, x in stands(small)[Q2].items()} == {slot: x.value for slot, x in counted[Q2].items()}
    states = [f.state.value for f in status(small).files if f.sha256 == both[0].sha256]
    assert sorted(states) == ["duplicate", "merged"]


def test_a_message_is_taken_back_whole_or_by_its_part(small: Small) -> None:
    correct(small)
    small.arrive("p.eml", mail(small, "police again.xlsx"), None)
    (small.root / "inbox/police again.xlsx").unlink()
    small.collate()
    for name in ("p.eml", "inbox/p.eml > p.xlsx", "P.XLSX"):
        assert "  inbox/p.eml > p.xlsx (Police, Q2 2023/24)" in done(small, "withdraw", name)
        assert status(small).quarter.now[RAG].value == "Amber"
        assert small.collate(retry=[name]).quarter.now[RAG].value == "Red"


# --- what others look at


def test_as_at_a_day_it_is_as_it_was_then(small: Small) -> None:
    correct(small)
    small.collate()
    done(small, "withdraw", "police again.xlsx")
    small.collate(today=date(2023, 10, 27), retry=["police again.xlsx"])
    for day, rag in (("2023-10-24", "Red"), ("2023-10-26", "Amber"), ("2023-10-27", "Red")):
        assert run(small, "emit", "--as-at", day, today="2023-10-28").exit_code in (0, 1)
        tracker = small.root / f"outbox/{Q2}/as-at-{day}/master-tracker-{Q2}.xlsx"
        assert s.shown(tracker.read_bytes(), ("Actions", "A-1", "RAG now")).startswith(rag)


def test_verify_replays_without_what_was_taken_back_and_tells_when_it_was_not_us(small: Small) -> None:
    correct(small)
    small.collate()
    done(small, "withdraw", "police again.xlsx")
    verified = run(small, "verify")
    assert verified.exit_code == 0, verified.output
    assert "3 received files replayed" in verified.output
    with closing(sqlite3.connect(small.root / "ledger.sqlite")) as db, db:
        db.execute("DELETE FROM withdrawal")
    assert "3 values stand otherwise" in run(small, "verify").output


def test_history_tells_what_was_taken_back_and_what_stands_again(small: Small) -> None:
    correct(small, "Ambar")
    small.collate()
    assert "RAG now: Ambar" in run(small, "history", "A-1").output
    done(small, "withdraw", "police again.xlsx")
    told = run(small, "history", "A-1").output
    assert "RAG now: Ambar" not in told
    assert "inbox/police.xlsx, Actions N9, sent 2023-10-16, stands again since run 3 (workflow withdraw)" in told
    done(small, "undo")
    assert "RAG now: taken back (before: Amber)\n      by run 4 (workflow undo)" in run(small, "history", "A-1").output


# --- what can go wrong


def test_sentences_where_it_cannot_be_done(small: Small) -> None:
    correct(small, name="police.xlsx")  # a new version under the same name
    small.arrive("notes.txt", b"some notes", None)
    small.arrive("p.eml", mail(small, "police.xlsx"), None)
    small.collate()
    two = run(small, "withdraw", "inbox/police.xlsx")
    assert two.exit_code == 2
    assert "More than one file is called inbox/police.xlsx. Name one of these hashes: " in two.output
    shas = [f.sha256[:12] for f in status(small).files if f.file == "inbox/police.xlsx"]
    assert all(f"{sha} (inbox/police.xlsx, received on 23/10/2023)" in two.output for sha in shas)
    done(small, "withdraw", shas[0])
    for words, told in (
        (("withdraw", "nowhere.xlsx"), "Nothing that was received is called nowhere.xlsx."),
        (("withdraw", shas[0]), "inbox/police.xlsx was withdrawn already, on 25/10/2023. To take it in again: "),
        (("withdraw", "text of the mail"), "Nothing"),
        (("collate", "--retry", "nowhere.xlsx"), "Nothing that was received is called nowhere.xlsx."),
    ):
        files = small.files()
        result = run(small, *words)
        assert result.exit_code == 2
        assert told in result.output
        assert result.output.count("\n") == 1
        assert small.files() == files


def test_a_refused_file_can_be_withdrawn_so_that_it_is_not_told_of_again(small: Small) -> None:
    small.returns("yos")
    small.arrive("notes.txt", b"some notes", None)
    assert run(small, "collate").exit_code == 1
    assert "Nothing stands otherwise" in done(small, "withdraw", "notes.txt")
    assert run(small, "collate").exit_code == 0
    assert s.file_states(small.collate(retry=["notes.txt"]))["notes.txt"][0] == "refused"
    assert s.file_states(small.collate())["notes.txt"][0] == "refused", "that it counts again is kept, though no value changed"


_FULL = sqlite3.OperationalError("database or disk is full")


@pytest.mark.parametrize(
    ("where", "what"),
    [((Ledger, "add_run"), _FULL), ((Withdrawals, "add"), KeyboardInterrupt()), ((Ledger, "add_changes"), _FULL)],
)
def test_what_fails_leaves_everything_as_it_was(
    small: Small, monkeypatch: pytest.MonkeyPatch, where: tuple[type, str], what: BaseException
) -> None:
    files, outputs = small.files()["ledger.sqlite"], papers(small)

    def fail(*_: object) -> None:
        raise what

    with monkeypatch.context() as broken:
        broken.setattr(*where, fail)
        assert run(small, "undo").exit_code != 0
    assert small.files()["ledger.sqlite"] == files
    assert papers(small) == outputs
    done(small, "undo")
    assert not stands(small)


def test_what_is_cut_short_after_the_commit_is_put_right_by_the_next_run(
    small: Small, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = s.issued(tmp_path / "whole")
    for name in ("police.xlsx", "housing.xlsx"):
        (whole.root / "inbox" / name).write_bytes((small.root / "inbox" / name).read_bytes())
    whole.collate()
    done(whole, "undo")

    def fail(*_: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Going, "publish", fail)
        assert run(small, "undo").exit_code != 0
    assert small.collate(today=date(2023, 10, 25)).run == 2
    assert papers(small) == papers(whole)


def test_one_run_at_a_time(small: Small) -> None:
    with run_lock(small.root):
        for words in (("undo",), ("withdraw", "police.xlsx")):
            assert run(small, *words).exit_code == 2
    assert status(small).run == 1


def test_a_copy_of_the_ledger_is_made_before(small: Small) -> None:
    stood = small.files()["ledger.sqlite"]
    done(small, "undo")
    with Ledger.open(small.root / "backups/ledger-before-run-0002.sqlite", read_only=True) as copy:
        assert copy.standings()[Q2]
    assert small.files()["ledger.sqlite"] != stood
