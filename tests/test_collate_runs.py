"""What a run leaves alone and what it says: files that are no returns, dry runs, the same run twice, a person's edits,
the JSON, the exit codes and the form of the messages (design.md sections 5, 7 and 9)."""

from __future__ import annotations

import json
import os
import re
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests import small as s
from tests.small import ABOUT, Q2, SENT, Small
from workflow.cli import main
from workflow.ledger import Ledger

TRACKER = f"outbox/{Q2}/master-tracker-{Q2}.xlsx"
BESIDE = f"outbox/{Q2}/master-tracker-{Q2} (new 2023-10-23).xlsx"
SUBMISSION_KEYS = {"file", "part", "sha256", "partner", "period", "state", "reason"}
FINDING_KEYS = {"code", "severity", "partner", "file", "sheet", "cells", "items", "field", "message"}


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return s.issued(tmp_path / "small")


def run(small: Small, *arguments: str, today: str = "2023-10-23") -> Result:
    return CliRunner().invoke(main, [*arguments, "--workspace", str(small.root), "--period", Q2, "--today", today])


def trace(root: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file and folder: its size, when it was last written to, its bytes."""
    return {
        p.relative_to(root).as_posix(): (st.st_size, st.st_mtime_ns, p.read_bytes() if p.is_file() else b"")
        for p in sorted(root.rglob("*"))  # the workspace's own time moves with the lock file
        for st in [p.lstat()]
    }


# --- what is no return


def test_an_unreadable_file_stops_only_itself(small: Small) -> None:
    small.returns("police")
    alone = small.collate(dry_run=True)
    small.arrive("housing.xlsx", b"Actions;RAG\nA-3;Green\n", None)
    small.arrive("empty.xlsx", b"", None)
    verdict = small.collate(dry_run=True)
    assert verdict.quarter.balance == alone.quarter.balance
    assert verdict.quarter.merged.standing == alone.quarter.merged.standing
    for name in ("housing.xlsx", "empty.xlsx"):
        state, reason = s.file_states(verdict)[name]
        assert state in ("refused", "ignored", "not ready")
        assert re.fullmatch(r"[A-Z].+[.]", reason)


def test_what_is_not_a_workbook_is_listed_with_a_reason(small: Small, tmp_path: Path) -> None:
    good = small.returns("police", name="open in Excel.xlsx").read_bytes()
    elsewhere = tmp_path / "elsewhere.xlsx"
    elsewhere.write_bytes(good)
    inbox = small.root / "inbox"
    for name in ("return.pdf", "returns.zip", "old.xls", "notes.txt", "~$open in Excel.xlsx", ".DS_Store"):
        (inbox / name).write_bytes(b"anything that is called " + name.encode())
    (inbox / "link.xlsx").symlink_to(elsewhere)
    (inbox / "dangling.xlsx").symlink_to(tmp_path / "nowhere.xlsx")
    os.mkfifo(inbox / "pipe.xlsx")
    verdict = small.collate()
    found = s.file_states(verdict)
    states = {name: state for name, (state, _) in found.items()}
    assert states == {
        **dict.fromkeys(("return.pdf", "returns.zip", "old.xls", "notes.txt"), "refused"),  # by what they hold
        **dict.fromkeys(("link.xlsx", "dangling.xlsx", "pipe.xlsx"), "ignored"),
        "open in Excel.xlsx": "not ready",
    }
    assert all(re.fullmatch(r"(It|This) is .+\.", reason) for _, reason in found.values())
    assert verdict.quarter.balance.read == 0
    assert verdict.needs_person


def test_a_limit_of_the_settings_refuses_only_the_file_that_is_past_it(small: Small) -> None:
    settings = small.root / "config/workflow.toml"
    settings.write_text(s.SETTINGS + "[limits]\nentries = 5\n", encoding="utf-8")
    small.returns("police")
    state, reason = s.file_states(small.collate(dry_run=True))["police.xlsx"]
    assert state == "refused"
    assert reason


# --- dry runs


@pytest.mark.parametrize("before", ["nothing collated", "a first run"])
def test_a_dry_run_writes_nothing_at_all(small: Small, tmp_path: Path, before: str) -> None:
    if before == "a first run":
        small.returns("housing")
        small.collate()
    else:
        (small.root / "ledger.sqlite").unlink()
        (small.root / "outbox" / Q2).rename(tmp_path / "set aside")
    small.arrive("police.xlsx", s.type_in(s.issued(tmp_path / "other").template("police"), s.good("police")))
    copy = Small(tmp_path / "copy")
    shutil.copytree(small.root, copy.root)
    stood = trace(copy.root)
    assert run(copy, "collate", "--dry-run").exit_code == 1
    dry = copy.collate(dry_run=True)
    assert trace(copy.root) == stood
    real = small.collate()
    assert (dry.quarter.merged, dry.quarter.findings) == (real.quarter.merged, real.quarter.findings)
    assert {r.partner: r.state for r in dry.quarter.returns} == s.states(real)


def test_status_writes_nothing(small: Small) -> None:
    small.returns("police")
    small.collate()
    stood = trace(small.root)
    assert run(small, "status").exit_code == 1
    assert trace(small.root) == stood


# --- twice is once


def messy(small: Small) -> None:
    """Good, held, joint, part, refused and foreign files together."""
    small.returns("police", {**s.good("police"), **s.action("A-1", rag="Ambar")})
    small.returns("police", s.action("A-2", rag="Red"), SENT + timedelta(days=1), "police again.xlsx")
    small.returns("housing", {**s.action("A-3"), **s.action("A-1", rag="Red")})
    small.arrive("yos.xlsx", b"not a workbook", None)
    small.arrive("read me first.docx", b"", None)


def test_collate_twice_changes_no_byte_and_gives_no_new_run(small: Small) -> None:
    messy(small)
    first = run(small, "collate", "--json")
    stood = trace(small.root)
    second = run(small, "collate", "--json")
    assert first.exit_code == second.exit_code == 1
    assert trace(small.root) == stood
    assert json.loads(first.output) == json.loads(second.output)
    assert json.loads(second.output)["run"] == 1
    assert "nothing new since run 1" in run(small, "collate").output


def test_the_same_inputs_give_the_same_bytes(small: Small, tmp_path: Path) -> None:
    messy(small)
    other = Small(tmp_path / "elsewhere")
    shutil.copytree(small.root, other.root)
    small.collate()
    other.collate()
    left, right = small.files(), other.files()
    assert {n: h for n, h in left.items() if n != "ledger.sqlite"} == {n: h for n, h in right.items() if n != "ledger.sqlite"}


def extent(small: Small) -> str:
    """What papers are made from, as the ledger has it."""
    with Ledger.open(small.root / "ledger.sqlite", read_only=True) as ledger:
        return ledger.extent()


@pytest.mark.long
def test_a_lost_outbox_is_made_again_without_a_new_run(small: Small) -> None:
    messy(small)
    small.collate()
    made, known = small.files(), extent(small)
    shutil.rmtree(small.root / "outbox")
    assert small.collate().run == 1
    again = small.files()
    assert extent(small) == known
    issued = {name for name in made if "/templates/" in name or "/mail/issue-" in name}
    page = f"outbox/{Q2}/index.html"  # it links to what stands there, so not to what only `issue` makes
    ledger = "ledger.sqlite"  # which keeps the hash of that page
    apart = {*issued, page, ledger}
    assert {name: h for name, h in made.items() if name not in apart} == {n: h for n, h in again.items() if n not in apart}
    assert {page, ledger} <= again.keys()
    small.issue()
    small.collate()
    assert small.files()[page] == made[page]


# --- a person's edits


def edit(small: Small, path: str, text: str) -> bytes:
    """Someone writes a remark into a generated workbook."""
    target = small.root / path
    place = ("Actions", "A-1", "Ref")
    target.write_bytes(s.type_in(target.read_bytes(), {place: text}))
    return target.read_bytes()


def test_an_edited_tracker_is_left_alone_and_the_new_one_put_beside_it(small: Small) -> None:
    small.returns("police")
    small.collate()
    mine = edit(small, TRACKER, "my remark")
    small.returns("housing")
    verdict = small.collate()
    assert (small.root / TRACKER).read_bytes() == mine
    assert s.shown((small.root / BESIDE).read_bytes(), ("Actions", "A-3", "Ref")) == "2.1"
    assert verdict.notes == (
        f"{TRACKER} is not as it was last written here (someone may have changed it), so it was left alone."
        f" The new one is {BESIDE}.",
    )
    assert BESIDE in verdict.written
    assert TRACKER not in verdict.written
    assert verdict.needs_person


def test_an_edited_tracker_stays_told_of_and_twice_is_still_once(small: Small) -> None:
    for partner in ("police", "housing", "yos"):
        small.returns(partner)
    small.collate()
    edit(small, TRACKER, "my remark")
    first = run(small, "collate")
    stood = trace(small.root)
    second = run(small, "collate")
    assert (first.exit_code, second.exit_code) == (1, 1)
    assert trace(small.root) == stood
    assert "left alone" in second.output


@pytest.mark.long
def test_an_edited_tracker_beside_the_edited_tracker_is_left_alone_too(small: Small) -> None:
    small.returns("police")
    small.collate()
    edit(small, TRACKER, "my remark")
    small.returns("housing")
    small.collate()
    mine = edit(small, BESIDE, "another remark")
    small.returns("yos")
    verdict = small.collate()
    assert (small.root / BESIDE).read_bytes() == mine
    newest = next(path for path in verdict.written if "master-tracker" in path)
    assert newest not in (TRACKER, BESIDE)
    assert s.good("yos")["Actions", "A-4", "Progress this quarter"] in set(s.texts((small.root / newest).read_bytes()))


# --- what programs rely on


def test_the_json_has_the_keys_that_others_rely_on(small: Small) -> None:
    messy(small)
    printed: dict[str, Any] = json.loads(run(small, "collate", "--json").output)
    # design.md section 7, and `notes` as the README has it
    assert set(printed) == {"period", "run", "partners", "submissions", "balance", "findings", "blank", "written", "notes"}
    assert {"partner", "state"} <= set(printed["partners"][0])
    assert all(set(found) == SUBMISSION_KEYS for found in printed["submissions"])
    assert all(set(found) == FINDING_KEYS for found in printed["findings"])
    assert set(printed["balance"]) == {"read", "accepted", "unchanged", "superseded", "held"}
    assert printed == s.run_json(small)
    assert printed["written"] == sorted(printed["written"])
    assert all((small.root / path).is_file() for path in printed["written"])
    by_file = {found["file"]: found for found in printed["submissions"]}
    assert by_file["inbox/police.xlsx"] == {
        "file": "inbox/police.xlsx", "part": None, "sha256": small.files()["inbox/police.xlsx"], "partner": "police",
        "period": Q2, "state": "merged", "reason": None,
    }  # fmt: skip
    assert all(found["reason"] for found in by_file.values() if found["state"] != "merged")
    held = next(f for f in printed["findings"] if f["code"] == "choice-unknown")
    assert held == {
        **held, "severity": "stop", "partner": "police", "file": "inbox/police.xlsx", "sheet": "Actions", "items": ["A-1"],
        "field": "rag",
    }  # fmt: skip
    asked: dict[str, Any] = json.loads(run(small, "status", "--json").output)
    assert set(asked) == set(printed) - {"run"}


def test_exit_codes(small: Small, tmp_path: Path) -> None:
    for partner in ("police", "housing", "yos"):
        small.returns(partner)
    assert run(small, "collate").exit_code == 0
    assert run(small, "collate").exit_code == 0
    messy(small)
    assert run(small, "collate").exit_code == 1
    none = CliRunner().invoke(main, ["collate", "--workspace", str(tmp_path)])
    assert none.exit_code == 2
    assert none.output.startswith("workflow could not run: There is no config/register.xlsx")
    assert "Traceback" not in none.output
    (small.root / "ledger.sqlite").write_bytes(b"this is no database, whatever its name says" * 100)
    assert run(small, "collate").exit_code == 2


def test_messages_say_where_what_and_what_to_do(small: Small) -> None:
    """Design.md section 9: the place first, what was found, what to do; no code, one line, a full sentence."""
    messy(small)
    vague = s.row("Measures", "M-1", Value="about 40", Period_end="Sep 2023")
    small.returns("yos", {**vague, (ABOUT, "", "Approved on"): "soon"})
    place = r"[A-Z][\w ,]*?(?:, cells? [A-Z]+\d+(?:, [A-Z]+\d+)*(?: and \d+ more)?)?"
    form = re.compile(rf"^(?:{place}|inbox/[^:]+)(?: \(.+?\))?: .+[.?]$")
    findings = small.collate(dry_run=True).quarter.findings
    assert len(findings) > 8
    for finding in findings:
        assert form.match(finding.message), finding.message
        assert finding.code not in finding.message
        assert "\n" not in finding.message
        assert "  " not in finding.message
    held = next(f for f in findings if f.code == "choice-unknown")
    assert re.fullmatch(
        r'Actions, cell [A-Z]+\d+ \(RAG now for 1\.1\): you entered "Ambar"\. Enter Red, Amber or Green\. Did you mean Amber\?',
        held.message,
    )


def test_a_workbook_that_says_no_time_counts_from_the_day_it_was_seen(small: Small) -> None:
    """Whatever stands in the modified property, the run goes on."""
    small.returns("police")
    path = small.root / "inbox/police.xlsx"
    for said in ("yesterday", "0001-01-01T00:00:00+14:00", "2023-10-16T10:00:00+01:00", ""):
        path.write_bytes(modified(path.read_bytes(), said))
        verdict = small.collate(dry_run=True)
        sent = next(x.sent for x in verdict.quarter.submissions)
        assert sent == ("2023-10-16T09:00:00Z" if said.startswith("2023") else "2023-10-23"), said
        assert s.states(verdict)["police"] == "returned"


def modified(data: bytes, said: str) -> bytes:
    found, written = rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + said.encode()
    return s.with_part(data, "docProps/core.xml", lambda xml: re.sub(found, written, xml))


def test_days_are_the_days_that_are_given(small: Small) -> None:
    """Twice is once on another day too: what stays the same keeps its run; what depends on the day follows it."""
    small.returns("police")
    small.collate()
    later = small.collate(today=date(2023, 10, 30))
    assert later.run == 1
