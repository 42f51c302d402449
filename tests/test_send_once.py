"""`workflow send`: no letter goes twice and none is lost, whatever is edited, made again, cut or killed."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests import mail_lines as lines
from tests import mail_servers as servers
from tests.mail_lines import Proxy
from tests.mail_servers import USER, Exim
from tests.send_office import LEADS, MAIL, TODAY, Office, read, ready
from tests.small import Q2
from workflow.ledger import FAILED, TRYING, Attempt, Ledger
from workflow.pipeline.issue import chase
from workflow.pipeline.issue import issue as issuing
from workflow.pipeline.state import Asked

needs = servers.needs_exim


@pytest.fixture(scope="module")
def running() -> Iterator[Exim]:
    with servers.exim() as server:
        yield server


@pytest.fixture
def office(running: Exim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    return ready(running, tmp_path, monkeypatch)


# --- once


@needs
def test_a_draft_made_again_on_another_day_is_the_same_letter(office: Office) -> None:
    """`issue` writes the date into the workbook, the draft and its Message-ID; it is the same letter all the same."""
    office.send()
    before = {p.name: p.read_bytes() for p in office.mail.glob("*.eml")}
    issuing(Asked(office.root, Q2, date(2023, 10, 24)))
    after = {p.name: p.read_bytes() for p in office.mail.glob("*.eml")}
    assert all(before[name] != after[name] for name in before)
    result = office.send(today=date(2023, 10, 25))
    assert (result.exit_code, result.output) == (0, f"Q2 2023/24: no letters to send from {USER}. 3 went before.\n")
    assert len(office.got()) == 3


@needs
def test_a_second_reminder_is_a_new_letter(office: Office) -> None:
    for day, number in ((TODAY, 3), (TODAY, 0), (date(2023, 10, 30), 3)):
        chase(Asked(office.root, Q2, day))
        result = office.send("--only", "chaser", today=day)
        assert result.exit_code == 0, result.output
        assert result.output.count("(one went on 23 Oct 2023)") == (3 if day != TODAY else 0)
        assert result.output.endswith("3 of 3 sent.\n") is bool(number)
    assert len(office.server.accepted()) == 6
    assert len({m["Message-ID"] for m in office.server.accepted()}) == 6


@needs
def test_a_draft_saved_again_after_it_went_is_never_sent_twice_in_silence(office: Office) -> None:
    office.only("issue-police")
    office.send()
    # Saved again without a change: line ends, header order, another Message-ID, another day.
    other_id = b"Message-ID: <x@mail.example>"
    office.edit("issue-police", lambda data: re.sub(rb"Message-ID: .*", other_id, data).replace(b"\r\n", b"\n"))
    assert office.send().output.endswith("1 went before.\n")
    # A word changed: it is named, and goes when somebody says so, under a Message-ID of its own.
    office.edit("issue-police", lambda data: data.replace(b"Please complete", b"PLEASE complete"))
    for _ in range(2):
        result = office.send()
        assert result.exit_code == 1
        assert "issue-police.eml was sent before on 23 Oct 2023 and has changed since, so it was left out." in result.output
    assert len(office.got()) == 1
    assert office.send("--again", "issue-police.eml").exit_code == 0
    assert len(office.got()) == 2
    assert len({m["Message-ID"] for m in office.server.accepted()}) == 2
    assert office.send().output.endswith("1 went before.\n")


@needs
def test_a_changed_letter_gets_a_message_id_of_its_own(office: Office) -> None:
    """A mail program keeps the id of what it saves; whoever gets a second letter under the same id never sees it."""
    office.only("issue-police")
    office.send()
    office.edit("issue-police", lambda data: data.replace(b"Please complete", b"PLEASE complete"))
    office.send("--again", "issue-police")
    office.send("--again", "issue-police")  # the very same once more keeps its id: if it arrived, it arrives once
    ids = [message["Message-ID"] for message in office.server.accepted()]
    assert (len(ids), len(set(ids))) == (3, 2)


@needs
def test_many_that_changed_after_they_went_are_one_sentence(office: Office) -> None:
    office.send()
    for name in ("issue-police", "issue-yos"):
        office.edit(name, lambda data: data.replace(b"Please complete", b"PLEASE complete"))
    result = office.send()
    assert result.exit_code == 1
    assert "2 drafts were sent before and have changed since" in result.output
    assert "on 23 Oct 2023 issue-police.eml, issue-yos.eml." in result.output
    assert result.output.count("Note: ") == 1
    assert office.send("--again", "issue-police", "--again", "issue-yos").output.endswith("2 of 2 sent.\n")


@needs
def test_another_attachment_with_the_same_words_is_asked_about(office: Office) -> None:
    office.only("issue-police")
    office.send()
    book = office.small.filled("police")
    message = read((office.mail / "issue-police.eml").read_bytes())
    (part,) = message.iter_attachments()
    part.set_content(book, maintype="application", subtype="octet-stream", filename=part.get_filename())
    (office.mail / "issue-police.eml").write_bytes(message.as_bytes())
    office.known("issue-police", message.as_bytes())  # even if it was made by us
    assert "has changed since" in office.send().output
    assert len(office.got()) == 1


@needs
def test_again_names_a_draft_and_sends_only_that(office: Office) -> None:
    office.send("--only", "issue")
    office.put("chaser-yos", "A reminder", "lead@yos.example")
    result = office.send("--again", f"{MAIL}/issue-police.eml")
    assert result.output.endswith("1 of 1 sent.\n")
    assert "(one went on 23 Oct 2023)" in result.output
    assert sorted(office.got()) == sorted([*LEADS, "lead@police.example"])
    assert "There is no draft issue-nobody.eml" in office.send("--again", "issue-nobody").output


@needs
def test_a_letter_that_was_sent_by_hand_is_not_sent_again(office: Office) -> None:
    assert "issue-police.eml, issue-yos.eml" in office.send("--sent", "issue-police", "--sent", f"{MAIL}/issue-yos.eml").output
    assert office.send().output.endswith("1 of 1 sent.\n")
    assert office.got() == ["lead@housing.example"]


@needs
def test_a_newer_draft_beside_one_that_a_person_changed(office: Office) -> None:
    office.only("issue-police")
    path = office.mail / "issue-police.eml"
    first = path.read_bytes()
    newer = office.mail / "issue-police (new 2023-10-24).eml"
    office.edit("issue-police", lambda data: data.replace(b"Please complete", b"Please, please complete"))
    newer.write_bytes(first)
    result = office.send()
    assert result.exit_code == 1
    assert "several drafts of one letter: issue-police (new 2023-10-24).eml and issue-police.eml." in result.output
    assert office.got() == []
    assert office.send("--again", "issue-police").exit_code == 0  # the changed one
    assert office.got() == ["lead@police.example"]
    result = office.send()  # the other one is another letter from the same place, as we wrote it
    assert "(one went on 23 Oct 2023)" in result.output
    assert len(office.got()) == 2


# --- broken off


def between(office: Office, proxy: Proxy) -> None:
    """Speak to the server through a proxy that can read what is said."""
    office.settings(port=proxy.port, security='"plain"')


@needs
@pytest.mark.parametrize("when", ["greeting", "MAIL", "RCPT", "DATA"])
def test_cut_before_the_end_it_has_certainly_not_gone(office: Office, when: str) -> None:
    cuts = {"greeting": b"", "MAIL": b"mail from", "RCPT": b"rcpt to", "DATA": b"data\r\n"}
    with lines.proxy(office.server.starttls) as proxy:
        between(office, proxy)
        proxy.cut_sent = lambda seen: seen.lower().find(cuts[when]) if cuts[when] in seen.lower() else None
        result = office.send()
    assert result.exit_code == (2 if when == "greeting" else 1)
    assert "was lost" in result.output
    if when != "greeting":
        assert "was not sent: The connection to localhost" in result.output
        assert "2 letters were not tried; run workflow send again." in result.output
        assert [state for _, state in office.rows()] == ["trying", "failed"]
    office.settings()
    assert office.send().exit_code == 0
    assert sorted(office.got()) == sorted(LEADS)


@needs
@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_cut_within_the_content_nothing_goes_twice(office: Office, share: float) -> None:
    """The rest may be on its way already when the line goes dead: then nobody knows, and it is said."""
    office.only("issue-police")
    size = len((office.mail / "issue-police.eml").read_bytes())
    with lines.proxy(office.server.starttls) as proxy:
        between(office, proxy)
        proxy.cut_sent = lambda seen: seen.find(b"DATA") + int(size * share) if b"DATA" in seen else None
        result = office.send()
    assert result.exit_code == 1
    assert office.got() == []
    unknown = office.rows()[-1][1] == TRYING
    assert ("issue-police.eml may have gone" in result.output) is unknown
    assert ("issue-police.eml was not sent" in result.output) is not unknown
    office.settings()
    assert office.send(*(["--again", "issue-police"] if unknown else [])).exit_code == 0
    assert office.got() == ["lead@police.example"]


@needs
@pytest.mark.parametrize("heard", [True, False])
def test_cut_after_the_end_nobody_knows_and_it_is_not_repeated(office: Office, heard: bool) -> None:
    """The final dot was said and no answer came: the server may have the letter (`heard`) or not."""
    office.only("issue-police")
    with lines.proxy(office.server.starttls) as proxy:
        between(office, proxy)
        if heard:
            proxy.cut = lambda seen: seen.find(b"250 OK id=") if b"250 OK id=" in seen else None
        else:
            proxy.cut_sent = lambda seen: seen.find(b"\r\n.\r\n") + 2 if b"\r\n.\r\n" in seen else None
        result = office.send()
    assert result.exit_code == 1
    assert "issue-police.eml may have gone: The connection to localhost" in result.output
    assert "Look in the Sent folder of your mail program." in result.output
    assert "If it is there, run workflow send --sent issue-police.eml; if not, workflow send --again" in result.output
    assert office.got() == (["lead@police.example"] if heard else [])
    assert office.rows() == [("issue-police", "trying")]
    office.settings()
    for _ in range(2):
        result = office.send()
        assert result.exit_code == 1
        assert "issue-police.eml may have gone on 23 Oct 2023" in result.output
        assert len(office.got()) == heard
    if heard:
        office.send("--sent", "issue-police")
    else:
        assert office.send("--again", "issue-police").exit_code == 0
    assert office.send().output.endswith("1 went before.\n")
    assert office.got() == ["lead@police.example"]


KILLS = [
    ("workflow.post.sending.Post.send", "before", "unknown", 0),
    ("workflow.post.sending.Post.send", "after", "unknown", 1),
    ("workflow.ledger.deliveries.Deliveries.begin", "before", "again", 0),
    ("workflow.ledger.deliveries.Deliveries.end", "before", "unknown", 1),
    ("workflow.ledger.deliveries.Deliveries.end", "after", "gone", 1),
]


@needs
@pytest.mark.parametrize(("where", "when", "state", "number"), KILLS)
def test_killed_anywhere_no_letter_goes_twice(office: Office, where: str, when: str, state: str, number: int) -> None:
    office.only("issue-police")
    module, _, name = where.rpartition(".")
    module, _, holder = module.rpartition(".")
    script = f"""
import importlib, os, signal
from workflow.cli import main
holder = getattr(importlib.import_module({module!r}), {holder!r})
real = getattr(holder, {name!r})
def deadly(*args, **named):
    if {when!r} == "after":
        real(*args, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(holder, {name!r}, deadly)
main(["send", "--workspace", {str(office.root)!r}, "--period", {Q2!r}, "--today", "2023-10-23", "--yes"])
"""
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert killed.returncode == -9, killed.stderr
    assert len(office.got()) == number
    result = office.send()
    assert len(office.got()) == (1 if state == "again" else number)
    assert result.exit_code == (1 if state == "unknown" else 0)
    assert ("may have gone on 23 Oct 2023" in result.output) is (state == "unknown")


@pytest.mark.long
@needs
def test_a_server_that_falls_silent_is_left_and_the_next_letter_gets_a_new_connection(office: Office) -> None:
    with lines.proxy(office.server.starttls) as proxy:
        between(office, proxy)
        office.settings(port=proxy.port, security='"plain"', timeout_seconds=2)
        proxy.silent = lambda seen: b"rcpt to" in seen.lower() and proxy.connections == 1
        result = office.send()
    assert result.exit_code == 1
    assert result.output.count("was not sent: localhost") == 1
    assert "did not answer in time" in result.output
    assert "2 of 3 sent." in result.output
    assert proxy.connections == 2
    office.settings()
    assert office.send().exit_code == 0
    assert sorted(office.got()) == sorted(LEADS)


@needs
def test_two_at_once_send_each_letter_once(office: Office) -> None:
    command = [*office.command(), "--yes"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(2)]
    said = [process.communicate(timeout=120)[0].decode() for process in running]
    assert sorted(office.got()) == sorted(LEADS), said
    assert all("Traceback" not in text for text in said)


def test_what_somebody_else_began_meanwhile_is_not_begun_again(tmp_path: Path) -> None:
    """Between what was shown and what is sent, another run may have come: the ledger decides, in one step."""
    attempt = Attempt("f", "<m>", "a@b.example", "2023-10-23", "w f")
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        first = ledger.deliveries.begin(attempt, 0)
        assert first is not None
        assert ledger.deliveries.begin(attempt, 0) is None
        ledger.deliveries.end(attempt, FAILED, "450 later")
        assert ledger.deliveries.begin(attempt, 0) is None
        second = ledger.deliveries.begin(attempt, first)
        assert second is not None
        assert [(a.id, a.state, a.detail) for a in ledger.deliveries.attempts(["f", "g"])["f"]] == [
            (first, FAILED, "450 later"), (second, TRYING, ""),
        ]  # fmt: skip
