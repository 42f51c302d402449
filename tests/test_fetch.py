"""`workflow fetch` against a real Dovecot: every message once and whole, the mailbox as it was, whatever breaks off."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import imap_tools
import pytest

from tests import mail_lines as lines
from tests import mail_servers as servers
from tests import small as s
from tests.fetch_office import SECRET, Office, message, ready
from tests.mail_servers import PASSWORD, USER, Dovecot
from workflow.ledger import Ledger

pytestmark = servers.needs_dovecot


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    with servers.dovecot() as server:
        yield server


@pytest.fixture
def office(running: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    return ready(running, tmp_path, monkeypatch)


# --- every message once, whole, and the mailbox as it was


def test_every_message_comes_once_and_whole_and_nothing_is_marked(office: Office) -> None:
    sent = [message(n) for n in range(5)]
    for n, data in enumerate(sent):
        office.server.deliver(data, f"m{n}", f"2023-10-1{n}")
    before = office.server.flags()
    first = office.fetch("-v")
    assert first.exit_code == 0, first.output
    assert first.output.startswith("5 new messages in the mailbox.\n")
    assert office.contents() == sorted(sent)
    for name, data in office.files().items():
        n = int(data.split(b"Return ")[1][:1])
        assert name == f"2023-10-1{n}-{hashlib.sha256(data).hexdigest()[:12]}.eml"
        assert f"inbox/mail/{name}" in first.output
    assert before == office.server.flags() == dict.fromkeys(before, "new")
    assert office.server.unopened() == set(before)  # not even the right to change anything was asked for
    second = office.fetch()
    assert (second.exit_code, second.output) == (0, "No new messages in the mailbox. 5 had been fetched before.\n")
    assert office.contents() == sorted(sent)


def test_more_messages_than_are_asked_about_at_once(office: Office) -> None:
    sent = [message(n) for n in range(230)]
    for n, data in enumerate(sent):
        office.server.deliver(data, f"m{n:03}", owned=n == 229)
    assert office.fetch().output.startswith("230 new messages in the mailbox.\n")
    assert office.contents() == sorted(sent)
    assert office.fetch().output == "No new messages in the mailbox. 230 had been fetched before.\n"


def test_a_new_message_is_all_that_a_later_run_brings(office: Office) -> None:
    office.server.deliver(message(1), "one")
    office.fetch()
    stamps = {p: p.stat().st_mtime_ns for p in (office.root / "inbox/mail").iterdir()}
    office.server.deliver(message(2), "two")
    assert office.fetch().output.startswith("1 new message in the mailbox. 1 had been fetched before.\n")
    assert {p: p.stat().st_mtime_ns for p in stamps} == stamps
    assert office.contents() == sorted([message(1), message(2)])


def test_only_messages_since_a_day(office: Office) -> None:
    office.settings(since_days=30)
    office.server.deliver(message(1), "old", "2023-09-22")
    office.server.deliver(message(2), "edge", "2023-09-23")
    office.server.deliver(message(3), "new", "2023-10-20")
    office.fetch()
    assert office.contents() == sorted([message(2), message(3)])


def test_the_same_bytes_twice_in_the_mailbox_are_one_file(office: Office) -> None:
    office.server.deliver(message(1), "one")
    office.server.deliver(message(1), "copy", "2023-10-18")
    assert office.fetch().output.startswith("1 new message in the mailbox. 1 had been fetched before.\n")
    assert office.contents() == [message(1)]
    assert office.fetch().output == "No new messages in the mailbox. 2 had been fetched before.\n"


def test_a_rebuilt_mailbox_is_read_again_and_writes_nothing_twice(office: Office) -> None:
    for n in range(3):
        office.server.deliver(message(n), f"m{n}")
    office.fetch()
    files = office.files()
    office.server.forget_numbers()
    office.server.deliver(message(9), "m9")
    assert office.fetch().output.startswith("1 new message in the mailbox. 3 had been fetched before.\n")
    assert office.contents() == sorted([*files.values(), message(9)])
    with Ledger.open(office.root / "ledger.sqlite") as ledger:
        by_validity = list(ledger._db.execute("SELECT count(*) FROM fetched GROUP BY uidvalidity ORDER BY uidvalidity"))
    assert by_validity == [(3,), (4,)]


def test_a_fetched_file_that_a_person_took_away_does_not_come_back(office: Office) -> None:
    office.server.deliver(message(1), "one")
    office.fetch()
    next((office.root / "inbox/mail").iterdir()).unlink()
    office.server.forget_numbers()
    assert office.fetch().exit_code == 0
    assert office.files() == {}


def test_a_file_that_stands_there_is_never_written_over(office: Office) -> None:
    data = message(1)
    sha256 = hashlib.sha256(data).hexdigest()
    folder = office.root / "inbox/mail"
    folder.mkdir()
    mine = {f"2023-10-16-{sha256[:12]}.eml": b"somebody's own", f"2023-10-16-{sha256}.eml": b"another"}
    for name, content in mine.items():
        (folder / name).write_bytes(content)
    office.server.deliver(data, "one")
    office.fetch()
    assert office.files() == {**mine, f"2023-10-16-{sha256}-2.eml": data}


def test_a_folder_with_any_name(office: Office) -> None:
    name = 'Returns "Q2" & più'
    office.settings(folder=f"'{name}'")
    assert "no folder" in office.fetch().output

    with imap_tools.MailBoxUnencrypted("127.0.0.1", office.server.plain).login_utf8(USER, PASSWORD) as box:
        box.folder.create(name)
        box.append(message(1), name)
    (office.root / "config/workflow.toml").write_text(
        (office.root / "config/workflow.toml").read_text(encoding="utf-8") + "\nsince_days = 100000000000\n", encoding="utf-8"
    )
    assert office.fetch().exit_code == 0
    assert office.contents() == [message(1)]


# --- too large


def test_a_message_past_the_limit_is_named_and_left_and_the_others_come(office: Office) -> None:
    office.settings(limits="file_mb = 1")
    office.server.deliver(message(1), "small")
    office.server.deliver(message(2, 2 * 2**20), "large", "2023-10-12")
    office.server.deliver(message(3), "after")
    for _ in range(2):  # named each time
        result = office.fetch()
        assert result.exit_code == 1
        assert result.output.count('The message "Return 2" of 12/10/2023 is larger than 1 MB, so it was not fetched.') == 1
    assert office.contents() == sorted([message(1), message(3)])
    assert set(office.server.flags().values()) == {"new"}


# --- what becomes of a message afterwards


def test_seen_marks_what_was_fetched_and_only_that(office: Office) -> None:
    office.settings(after='"seen"', since_days=10)
    office.server.deliver(message(1), "old", "2023-01-01")
    office.server.deliver(message(2), "new")
    assert office.fetch().exit_code == 0
    assert office.server.flags() == {"old": "new", "new": "S"} or office.server.flags() == {"old": "", "new": "S"}


def test_move_moves_what_was_fetched(office: Office) -> None:
    office.settings(after='"move"', move_to='"Fetched"', limits="file_mb = 1")
    office.server.make_folder("Fetched")
    office.server.deliver(message(1), "one")
    office.server.deliver(message(2, 2 * 2**20), "large")
    assert office.fetch().exit_code == 1  # the large one
    assert office.server.moved("Fetched") != []
    assert set(office.server.flags()) == {"large"}
    assert office.contents() == [message(1)]


def test_a_missing_folder_to_move_to_is_told_once_and_the_next_run_moves(office: Office) -> None:
    office.settings(after='"move"', move_to='"Fetched"')
    for n in range(3):
        office.server.deliver(message(n), f"m{n}")
    result = office.fetch()
    assert result.exit_code == 1
    assert result.output.count('Messages that were fetched could not be moved to "Fetched".') == 1
    assert len(office.contents()) == len(office.server.flags()) == 3
    assert set(office.server.flags().values()) == {"new"}  # the folder was open for changes, and reading changed nothing
    office.server.make_folder("Fetched")
    assert office.fetch().exit_code == 0
    assert (len(office.server.moved("Fetched")), office.server.flags()) == (3, {})
    assert len(office.contents()) == 3


# --- broken off


def reference(office: Office) -> int:
    """How many bytes the server says in a whole run."""
    with lines.proxy(office.server.plain) as between:
        said: list[int] = []

        def listen(seen: bytes) -> None:
            said.append(len(seen))

        between.cut = listen
        office.settings(port=between.port, security='"plain"', folder='"INBOX"')
        assert office.fetch().exit_code == 0
    fresh(office)
    return max(said)


@pytest.mark.long
def test_wherever_the_connection_is_cut_the_next_run_goes_on(office: Office) -> None:
    sent = [message(n, 4000) for n in range(4)]
    for n, data in enumerate(sent):
        office.server.deliver(data, f"m{n}")
    whole = reference(office)
    assert whole > 16000
    told, kept = set(), set()
    with lines.proxy(office.server.plain) as between:
        office.settings(port=between.port, security='"plain"')
        for number in [*range(0, 1200, 97), *range(1200, whole - 100, 1501), whole - 120]:
            fresh(office)
            between.cut = lines.after(number)
            result = office.fetch()
            assert result.exit_code in (1, 2), (number, result.output)
            assert office.files().keys() == {Path(file).name for _, file in office.recorded()}
            assert set(office.contents()) <= set(sent)
            if result.exit_code == 1:
                told.add(result.output.splitlines()[-1 if not office.files() else 1])
            kept.add(len(office.files()))
            between.cut = lambda _: None
            assert office.fetch().exit_code == 0, number
            assert office.contents() == sorted(sent)
    assert kept == {0, 1, 2, 3, 4} - ({4} if 4 not in kept else set())
    assert any("was lost" in line and "the next run goes on from there" in line for line in told)
    assert set(office.server.flags().values()) == {"new"}


def fresh(office: Office) -> None:
    for path in [*(office.root / "inbox").rglob("*.eml"), office.root / "ledger.sqlite"]:
        path.unlink(missing_ok=True)


KILLS: list[tuple[str, str]] = [
    ("workflow.pipeline.fetch._placed", "before"), ("workflow.pipeline.fetch._placed", "after"),
    ("workflow.ledger.deliveries.Deliveries.add_fetched", "before"),
    ("workflow.ledger.deliveries.Deliveries.add_fetched", "after"), ("os.link", "before"), ("os.link", "after"),
    ("os.fsync", "before"),
]  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX signal")
@pytest.mark.parametrize(("where", "when"), KILLS)
def test_killed_anywhere_the_next_run_comes_to_the_same(office: Office, where: str, when: str) -> None:
    sent = [message(n) for n in range(3)]
    for n, data in enumerate(sent):
        office.server.deliver(data, f"m{n}")
    script = f"""
import importlib, os, signal, sys
parts = {where!r}.split(".")
for cut in range(len(parts), 0, -1):
    try:
        holder = importlib.import_module(".".join(parts[:cut])); break
    except ModuleNotFoundError:
        pass
for name in parts[cut:-1]:
    holder = getattr(holder, name)
real, calls = getattr(holder, parts[-1]), []
def deadly(*args, **named):
    calls.append(1)
    if len(calls) == 2 and {when!r} == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = real(*args, **named)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(holder, parts[-1], deadly)
from workflow.cli import main
main(["fetch", "--workspace", {str(office.root)!r}, "--today", "2023-10-23"])
"""
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    whole = [data for name, data in office.files().items() if not name.startswith(".")]
    assert set(whole) <= set(sent)
    assert office.fetch().exit_code == 0
    for left in (office.root / "inbox/mail").glob(".unfinished-*"):  # an hour later it is swept
        os.utime(left, (0, 0))
    assert office.fetch().output == "No new messages in the mailbox. 3 had been fetched before.\n"
    assert office.contents() == sorted(sent)
    assert len(office.recorded()) == 3


def test_a_full_disk_is_said_and_what_came_before_stays(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(3):
        office.server.deliver(message(n), f"m{n}")
    real, calls = os.fsync, []

    def full(number: int) -> None:
        calls.append(1)
        if len(calls) == 3:  # a file and its folder, then the second file
            raise OSError(28, "No space left on device")
        real(number)

    monkeypatch.setattr(os, "fsync", full)
    result = office.fetch()
    assert result.exit_code == 1
    assert "could not be written into inbox/mail (No space left on device)" in result.output
    assert len(office.files()) == len(office.recorded()) == 1
    monkeypatch.undo()
    monkeypatch.setenv(SECRET, PASSWORD)
    assert office.fetch().exit_code == 0
    assert len(office.contents()) == 3


# --- into the quarter


def test_a_return_in_the_mailbox_is_collated(tmp_path: Path, running: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way: a partner answers the email with the workbook attached; fetch and collate do the rest."""
    small = s.issued(tmp_path / "small")
    running.empty()
    monkeypatch.setenv(SECRET, PASSWORD)
    office = Office(small.root, running)
    office.settings(workspace='"small"')
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "lead@police.example", USER, "RE: your return"
    mail["Date"], mail["Message-ID"] = "Mon, 16 Oct 2023 10:00:00 +0000", "<answer@police.example>"
    mail.set_content("Attached.")
    mail.add_attachment(small.filled("police"), maintype="application", subtype="octet-stream", filename="return.xlsx")
    running.deliver(mail.as_bytes(), "answer")
    fetched = office.fetch()
    assert fetched.exit_code == 0, fetched.output
    verdict = small.collate()
    assert s.states(verdict)["police"] == "returned"
    (taken,) = [one for one in verdict.quarter.submissions if one.partner == "police"]
    assert re.fullmatch(r"inbox/mail/2023-10-16-[0-9a-f]{12}\.eml", taken.file)
    assert (taken.part, taken.sender) == ("return.xlsx", "lead@police.example")
