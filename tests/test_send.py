"""`workflow send` against a real Exim: to whom the register says, each letter once, whatever breaks off. The server is counted."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from tests import mail_servers as servers
from tests import small as s
from tests.mail_servers import PASSWORD, TOKEN, USER, Exim, Proxy
from tests.small import Q2, Small
from workflow.cli import main
from workflow.ledger import FAILED, SENT, TRYING, Attempt, Ledger
from workflow.pipeline.issue import chase
from workflow.pipeline.issue import issue as issuing
from workflow.pipeline.letters_sent import Case, contents, standing
from workflow.pipeline.state import Asked
from workflow.post import Envelope, outgoing, secrets
from workflow.post import Letter as Words
from workflow.post import draft as make_draft

TODAY = date(2023, 10, 23)
SECRET = "WORKFLOW_SENDING_SECRET"
MAIL = f"outbox/{Q2}/mail"
LEADS = {"lead@police.example", "lead@housing.example", "lead@yos.example"}


@dataclass
class Office:
    """A workspace with three covering letters to send, whose settings name one Exim."""

    small: Small
    server: Exim
    port: int = 0
    more: dict[str, object] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.small.root

    @property
    def mail(self) -> Path:
        return self.root / MAIL

    def settings(self, **more: object) -> None:
        """Write the settings; values as TOML writes them."""
        given: dict[str, object] = {
            "host": '"localhost"', "port": self.server.starttls, "security": '"starttls"', "user": f'"{USER}"',
            "from": f'"{USER}"', "ca_file": f'"{self.server.folder}/cert.pem"', "timeout_seconds": 20,
        }  # fmt: skip
        lines = [f"{key.rstrip('_')} = {value}" for key, value in {**given, **more}.items()]
        text = "\n".join(['workspace_id = "small"', "[sending]", *lines])
        (self.root / "config/workflow.toml").write_text(text, encoding="utf-8")

    def send(self, *more: str, yes: bool = True, today: date = TODAY) -> Result:
        command = ["send", "--workspace", str(self.root), "--period", Q2, "--today", today.isoformat(), *more]
        result = CliRunner().invoke(main, [*command, "--yes"] if yes else command)
        assert PASSWORD not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert all(line.isprintable() for line in result.output.splitlines())
        return result

    def got(self) -> list[str]:
        """To whom the server has taken letters, once for each letter and recipient."""
        return sorted(one for message in self.server.accepted() for one in message.recipients)

    def rows(self) -> list[tuple[str, str]]:
        with Ledger.open(self.root / "ledger.sqlite") as ledger:
            rows = ledger._db.execute("SELECT file, state FROM delivery ORDER BY id").fetchall()
        return [(file.removeprefix(f"{MAIL}/").removesuffix(".eml"), state) for file, state in rows]

    def edit(self, name: str, change: Callable[[bytes], bytes]) -> None:
        path = self.mail / f"{name}.eml"
        data = path.read_bytes()
        changed = change(data)
        assert changed != data
        path.write_bytes(changed)

    def only(self, *names: str) -> None:
        """Leave only these drafts."""
        for path in self.mail.glob("*.eml"):
            if path.stem not in names:
                path.unlink()

    def put(self, name: str, subject: str, to: str, text: str = "Dear colleague\n") -> None:
        """A draft of another kind, as the house writes them, known to the ledger as ours."""
        data = make_draft(Words(subject, text, f"<p>{text}</p>"), Envelope([to] if to else [], TODAY, name))
        (self.mail / f"{name}.eml").write_bytes(data)
        self.known(name, data)

    def known(self, name: str, data: bytes) -> None:
        import hashlib

        with Ledger.open(self.root / "ledger.sqlite") as ledger, ledger.transaction():
            ledger.add_outputs([(f"{MAIL}/{name}.eml", hashlib.sha256(data).hexdigest())])


@pytest.fixture(scope="module")
def running() -> Iterator[Exim]:
    with servers.exim() as server:
        yield server


@pytest.fixture
def office(running: Exim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    running.empty()
    monkeypatch.setenv(SECRET, PASSWORD)
    made = Office(s.issued(tmp_path / "small"), running)
    made.settings()
    return made


needs = servers.needs_exim


def read(data: bytes) -> EmailMessage:
    return message_from_bytes(data, policy=policy.default)


# --- what goes, and to whom


@needs
def test_each_draft_goes_once_with_headers_made_anew(office: Office) -> None:
    drafts = {p.stem: p.read_bytes() for p in office.mail.glob("*.eml")}
    result = office.send()
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == f"Q2 2023/24: 3 letters to send from {USER}."
    assert (
        "  issue      lead@police.example: SP: your return for Q2 2023/24 [CSP-2023-24-Q2-police] [police-2023-24-Q2.xlsx]" in lines
    )
    assert lines[-1] == "3 of 3 sent."
    assert set(office.got()) == LEADS
    assert len(office.got()) == 3
    for message in office.server.accepted():
        (to,) = message.recipients
        draft = drafts[f"issue-{to.partition('@')[2].removesuffix('.example')}"]
        assert message.sender == USER
        names = [name for name, _ in message.headers]
        assert names == ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]
        was = read(draft)
        assert (message["From"], message["To"]) == (USER, was["To"])
        assert message["Message-ID"] == was["Message-ID"]
        assert read(f"Subject: {message['Subject']}\n\n".encode())["Subject"] == was["Subject"]
        sent_on = read(f"Date: {message['Date']}\n\n".encode())["Date"].datetime
        assert abs((datetime.now(UTC) - sent_on).total_seconds()) < 600
        body = draft.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
        assert message.body == body
    assert set(office.rows()) == {(f"issue-{p}", state) for p in ("police", "housing", "yos") for state in ("trying", "sent")}


@needs
def test_a_second_run_sends_nothing(office: Office) -> None:
    office.send()
    result = office.send()
    assert (result.exit_code, result.output) == (0, f"Q2 2023/24: no letters to send from {USER}. 3 went before.\n")
    assert len(office.got()) == 3


@needs
def test_only_some_kinds_and_dry_run_and_nobody_to_ask(office: Office) -> None:
    office.put("board-exec", "The pack", "clerk@small.example")
    office.put("chaser-police", "A reminder", "lead@police.example")
    assert office.send("--dry-run", yes=False).output.startswith("Q2 2023/24: 5 letters to send")
    asked = office.send(yes=False)
    assert asked.exit_code == 2
    assert asked.output.endswith(
        "Nothing was sent, because there is nobody to ask. Run it in a terminal, or with --yes.\n"
    )
    assert (office.got(), office.rows()) == ([], [])
    assert office.send("--only", "board", "--only", "chaser").output.endswith("2 of 2 sent.\n")
    assert office.got() == ["clerk@small.example", "lead@police.example"]
    assert "There is no kind of letter boards" in office.send("--only", "boards").output


@needs
def test_it_asks_on_a_terminal(office: Office) -> None:
    command = [sys.executable, "-m", "workflow", "send", "--workspace", str(office.root), "--period", Q2, "--today", "2023-10-23"]
    for answer, code, number in (("n", 1, 0), ("y", 0, 3)):
        done = on_terminal(command, answer)
        assert (done, len(office.got())) == (code, number)


def on_terminal(command: list[str], answer: str) -> int:
    import os
    import pty

    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.write(ours, f"{answer}\n".encode())
        return process.wait(60)
    finally:
        os.close(ours)
        os.close(theirs)


@needs
@pytest.mark.parametrize("header", ["To", "Cc", "Bcc"])
@pytest.mark.parametrize(
    "added", ["evil@else.example", "Lead <evil@else.example>", '"lead@police.example" <evil@else.example>', "lead@housing.example"]
)
def test_a_person_added_somebody_whom_the_register_does_not_give(office: Office, header: str, added: str) -> None:
    office.edit("issue-police", lambda data: re.sub(rb"To: (\S+)", rb"To: \1\r\n" + f"{header}: {added}".encode(), data, count=1))
    result = office.send()
    assert result.exit_code == 1
    foreign = re.findall(r"[\w.]+@[\w.]+", added)[-1]
    assert (
        f"issue-police.eml was left out. {foreign} is not an address that the register gives for Police. If it is right, enter it "
        "in config/register.xlsx, sheet Contacts; if not, take it out of the draft."
    ) in result.output
    assert set(office.got()) == LEADS - {"lead@police.example"}


@needs
def test_a_person_added_somebody_whom_the_register_gives(office: Office) -> None:
    """A mail program rewrote the headers, added a copy to the office and one in secret; both stand on the register."""
    office.only("issue-police")

    def saved_again(data: bytes) -> bytes:
        data = data.replace(b"X-Unsent: 1\r\n", b"X-Unsent: 1\r\nX-Mailer: A Mail Program\r\nImportance: high\r\n")
        to = b'To: "Lead, Police" <LEAD@police.example>\r\nCc: office@small.example (us)\r\nBcc: Office <office@small.example>\r\n'
        return data.replace(b"To: lead@police.example\r\n", to).replace(b"\r\n", b"\n")

    office.edit("issue-police", saved_again)
    assert office.send().exit_code == 0
    (message,) = office.server.accepted()
    assert sorted(message.recipients) == ["LEAD@police.example", "office@small.example"]
    assert message["To"] == "LEAD@police.example"
    assert message["Cc"] == "office@small.example"
    assert not {name for name, _ in message.headers} & {"Bcc", "X-Unsent", "X-Mailer", "Importance"}


@needs
def test_what_cannot_be_sent_as_it_stands_is_named_and_the_others_go(office: Office) -> None:
    office.put("thanks-yos", "Thanks", "")
    office.put("receipt-nobody", "Receipt", "lead@police.example")
    office.put("query-police", "Query", "lead@police.example")
    (office.mail / "Copy of issue-police.eml").write_bytes(b"x")
    office.edit("query-police", lambda data: data.replace(b"Dear colleague", b"x" * 2000))
    result = office.send()
    assert result.exit_code == 1
    for told in (
        "thanks-yos.eml was left out. It is addressed to nobody. Enter the address of Youth Offending Service",
        "receipt-nobody.eml was left out. The register has no nobody any more.",
        "query-police.eml was left out. It was saved in a form that mail servers do not take.",
        "Copy of issue-police.eml was left out: it is not the name of a draft",
    ):
        assert told in result.output
    assert set(office.got()) == LEADS
    assert "Remembered as sent: query-police.eml." in office.send("--sent", "query-police").output
    assert "query-police.eml" not in office.send().output


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
    office.edit("issue-police", lambda data: re.sub(rb"Message-ID: .*", b"Message-ID: <x@mail.example>", data).replace(b"\r\n", b"\n"))
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


# --- a server that says no


@needs
def test_a_recipient_who_is_refused_and_others_who_are_not(office: Office) -> None:
    contacts(office, "refused@police.example", "later@police.example")
    office.only("issue-police")
    office.edit("issue-police", lambda d: d.replace(b"To: lead", b"Cc: refused@police.example, later@police.example\r\nTo: lead"))
    result = office.send()
    assert result.exit_code == 1
    assert "issue-police.eml went, but not to refused@police.example (550 no such mailbox here)." in result.output
    assert "not to later@police.example (451 greylisted, try again later)" in result.output
    assert office.got() == ["lead@police.example"]
    assert office.send().output.endswith("1 went before.\n")
    with Ledger.open(office.root / "ledger.sqlite") as ledger:
        (attempt,) = ledger.deliveries.attempts([f"{MAIL}/issue-police.eml"])[f"{MAIL}/issue-police.eml"]
    assert (attempt.state, attempt.today) == (SENT, "2023-10-23")
    assert attempt.recipients == "lead@police.example; refused@police.example; later@police.example"
    assert "not to refused@police.example: 550 no such mailbox here" in attempt.detail


@needs
@pytest.mark.parametrize(("who", "words"), [("refused", "550 no such mailbox here"), ("later", "451 greylisted, try again later")])
def test_everybody_is_refused_and_the_next_run_tries_again(office: Office, who: str, words: str) -> None:
    contacts(office, f"{who}@police.example")
    office.edit("issue-police", lambda data: data.replace(b"lead@police", f"{who}@police".encode()))
    for number in (1, 2):
        result = office.send()
        assert result.exit_code == 1
        assert f"issue-police.eml was not sent: {words}. The next run tries again." in result.output
        assert office.rows().count(("issue-police", "failed")) == number
    assert set(office.got()) == LEADS - {"lead@police.example"}
    assert len(office.got()) == 2


@needs
@pytest.mark.parametrize(("switch", "words"), [("refuse", "550 this content is not wanted"), ("busy", "451 busy, try again later")])
def test_a_no_after_the_content_is_certain_and_tried_again(office: Office, switch: str, words: str) -> None:
    office.server.switch(switch, on=True)
    result = office.send()
    office.server.switch(switch, on=False)
    assert result.exit_code == 1
    assert result.output.count(f"was not sent: {words}") == 3  # each letter by itself, on one connection
    assert "0 of 3 sent." in result.output
    assert office.got() == []
    assert office.send().exit_code == 0
    assert set(office.got()) == LEADS
    assert len(office.got()) == 3


@needs
def test_a_letter_past_the_server_s_size(office: Office) -> None:
    office.edit("issue-police", lambda data: data.replace(b"Please complete", b"\r\n".join([b"x" * 70] * 40_000)))
    result = office.send()
    assert re.search(r"issue-police\.eml was not sent: 552 .*size", result.output)
    assert len(office.got()) == 2


# --- broken off


def between(office: Office, proxy: Proxy) -> None:
    """Speak to the server through a proxy that can read what is said."""
    office.settings(port=proxy.port, security='"plain"')


@needs
@pytest.mark.parametrize("when", ["greeting", "MAIL", "RCPT", "DATA", "body"])
def test_cut_before_the_end_it_has_certainly_not_gone(office: Office, when: str) -> None:
    cuts = {
        "greeting": b"", "MAIL": b"mail FROM", "RCPT": b"rcpt TO", "DATA": b"DATA\r\n", "body": b"PLEASE" if when == "" else b"Dear",
    }  # fmt: skip
    with servers.proxy(office.server.starttls) as proxy:
        between(office, proxy)
        proxy.cut_sent = lambda seen: seen.find(cuts[when]) if cuts[when] in seen else None
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
@pytest.mark.parametrize("heard", [True, False])
def test_cut_after_the_end_nobody_knows_and_it_is_not_repeated(office: Office, heard: bool) -> None:
    """The final dot was said and no answer came: the server may have the letter (`heard`) or not."""
    office.only("issue-police")
    with servers.proxy(office.server.starttls) as proxy:
        between(office, proxy)
        if heard:
            proxy.cut = lambda seen: seen.find(b"250 OK id=") if b"250 OK id=" in seen else None
        else:
            proxy.cut_sent = lambda seen: seen.find(b"\r\n.\r\n") + 2 if b"\r\n.\r\n" in seen else None
        result = office.send()
    assert result.exit_code == 1
    assert "issue-police.eml may have gone: The connection to localhost" in result.output
    assert "Look in the Sent folder of your mail program. If it is there, run workflow send --sent issue-police.eml" in result.output
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


@needs
def test_a_server_that_falls_silent_is_left_and_the_next_letter_gets_a_new_connection(office: Office) -> None:
    with servers.proxy(office.server.starttls) as proxy:
        between(office, proxy)
        office.settings(port=proxy.port, security='"plain"', timeout_seconds=2)
        proxy.silent = lambda seen: b"rcpt TO" in seen and proxy.connections == 1
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
    command = [sys.executable, "-m", "workflow", "send", "--workspace", str(office.root), "--period", Q2, "--today", "2023-10-23"]
    running = [subprocess.Popen([*command, "--yes"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(2)]
    said = [process.communicate(timeout=120)[0].decode() for process in running]
    assert sorted(office.got()) == sorted(LEADS), said
    assert all("Traceback" not in text for text in said)


# --- getting in


@needs
def test_tls_from_the_first_byte_and_the_server_saw_it(office: Office) -> None:
    office.settings(port=office.server.tls, security='"tls"')
    assert office.send().exit_code == 0
    assert len(re.findall(r"P=esmtpsa X=TLS1\.[23]:", office.server.log())) >= 3
    assert "A=plain:" in office.server.log()


@needs
def test_a_token_from_a_command(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECRET)
    office.settings(login='"token"', secret_command=[sys.executable, "-c", "print('an-old-token')"])
    result = office.send()
    assert result.exit_code == 2
    assert f"localhost did not let {USER} in (Incorrect authentication data)" in result.output
    assert "the token is right and has not run out" in result.output
    office.settings(login='"token"', secret_command=[sys.executable, "-c", f"print({TOKEN!r})"])
    assert office.send().exit_code == 0
    assert "A=xoauth2:" in office.server.log()


@needs
def test_a_wrong_password_leaves_no_trace(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET, "not it")
    result = office.send()
    assert result.exit_code == 2
    assert f"localhost did not let {USER} in" in result.output
    assert "not it" not in result.output.replace("did not let", "")
    assert office.rows() == []


@needs
def test_a_server_without_starttls_hears_nothing(office: Office) -> None:
    with servers.exim(encrypts=False) as bare:
        office.settings(port=bare.starttls)
        result = office.send()
        assert result.exit_code == 2
        assert "offers no encryption (STARTTLS), so nothing was said to it" in result.output
        assert "AUTH" not in bare.log().upper()
        assert bare.accepted() == []
        # On this computer itself, and only where the settings say so, it may go in clear.
        office.settings(port=bare.starttls, security='"plain"')
        assert office.send().exit_code == 0
        assert len(bare.accepted()) == 3
    office.settings(host='"mail.small.example"', security='"plain"')
    assert '"plain" is only for a server on this computer' in office.send().output


@needs
def test_a_relay_that_wants_no_log_in(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECRET)
    with servers.exim(locked=False) as relay:
        office.settings(port=relay.starttls, login='"none"', ca_file=f'"{relay.folder}/cert.pem"')
        assert office.send().exit_code == 0
        assert len(relay.accepted()) == 3


@needs
def test_one_that_wants_a_log_in_and_gets_none_refuses_each_letter(office: Office) -> None:
    office.settings(login='"none"')
    assert office.send().output.count("was not sent: 550 log in first") == 3
    assert office.got() == []


def plain_office(root: Path, **more: object) -> Office:
    made = Office(s.issued(root), Exim(root))
    made.settings(**{"ca_file": '""', "timeout_seconds": 5, **more})
    return made


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"port": "PORT"}, "Nothing answers at localhost"),
        ({"host": '"mail.invalid"'}, "The mail server mail.invalid was not found"),
        ({"from_": '"Office <a@b.example>"'}, "from in [sending] of config/workflow.toml must be one plain address"),
    ],
)
def test_what_stands_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: dict[str, object], said: str) -> None:
    monkeypatch.setenv(SECRET, PASSWORD)
    office = plain_office(tmp_path / "small", **{k: servers.free_port() if v == "PORT" else v for k, v in more.items()})
    result = office.send()
    assert result.exit_code == 2
    assert said in result.output
    assert office.rows() == []


HELLO = (b"220 hello\r\n", b"250-x\r\n250 AUTH PLAIN\r\n", b"235 in\r\n")
ODD = {
    "nothing": (),
    "no mail server": (b"* OK IMAP ready\r\n",),
    "busy": (b"421 too many\r\n",),
    "noise": (b"\x00\xff\x1b[31m\r\n",),
    "half a code": (b"22\r\n",),
    "long line": (b"220 " + b"x" * 100_000 + b"\r\n",),
    "odd log-in": (*HELLO[:2], b"nonsense\r\n"),
    "no MAIL": (*HELLO, b"noise\r\n"),
    "421 at MAIL": (*HELLO, b"421 going down \x1b[2J\r\n"),
    "odd RCPT": (*HELLO, b"250 ok\r\n", b"999 what\r\n", b"250 reset\r\n"),
    "odd DATA": (*HELLO, b"250 ok\r\n", b"250 ok\r\n", b"250 go on\r\n"),
}


@pytest.mark.parametrize("name", ODD)
def test_a_server_that_answers_anything_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(SECRET, PASSWORD)
    with servers.scripted(*ODD[name]) as port:
        office = plain_office(tmp_path / "small", port=port, security='"plain"')
        result = office.send()
    assert result.exit_code in (1, 2)
    assert "localhost" in result.output or "was not sent: 421 going down [2J" in result.output or "999" in result.output
    assert SENT not in {state for _, state in office.rows()}
    if name not in ("odd DATA",):
        assert all(state != TRYING for _, state in office.rows()[1::2])


@pytest.mark.parametrize("answer", [b"nonsense\r\n", b"354 go on\r\n", b"99 x\r\n", b""])
def test_an_answer_to_the_end_that_is_neither_yes_nor_no(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    monkeypatch.setenv(SECRET, PASSWORD)
    with servers.swallowing(answer) as port:
        office = plain_office(tmp_path / "small", port=port, security='"plain"', login='"none"')
        office.only("issue-police")
        result = office.send()
    assert result.exit_code == 1
    assert "issue-police.eml may have gone" in result.output
    assert office.rows() == [("issue-police", "trying")]


# --- headers (field-notes row 22)


def test_this_python_may_send() -> None:
    outgoing.self_test(datetime.now(UTC))


def test_nothing_is_sent_where_headers_do_not_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The means against the encoded-word attack taken away: the self-test finds it before anything is planned."""
    monkeypatch.setenv(SECRET, PASSWORD)
    office = plain_office(tmp_path / "small")
    monkeypatch.setattr(outgoing, "header_text", lambda text: text)
    result = office.send()
    assert result.exit_code == 2
    assert "This version of Python does not keep a letter's headers apart, so nothing is sent with it." in result.output


HOSTILE = st.text(st.characters(codec="utf-8") | st.sampled_from("=?\r\n:,;<>@ _éß"), max_size=200)


@given(subject=HOSTILE | st.sampled_from([f"=?utf-8?b?{x}?=" for x in ("YQ0KQmNjOiBi", "////", "PT8=")]), name=HOSTILE)
def test_whatever_a_draft_says_only_our_headers_and_its_recipients_go(subject: str, name: str) -> None:
    raw = f"To: {name}<a@b.example>\r\nSubject: {subject}\r\nX-Evil: 1\r\n\r\nBody\r\n.\r\n".encode()
    try:
        draft = outgoing.read_draft(raw)
        sent = outgoing.compose(draft, "office@b.example", "", datetime(2023, 10, 23, tzinfo=UTC))
    except outgoing.WorkflowError:
        return
    read = message_from_bytes(sent.data)
    assert set(read.keys()) <= {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
    assert len(read.keys()) == len(set(read.keys()))
    assert read["From"] == "office@b.example"
    assert set(sent.recipients) == set((read["To"] or "").replace("\r\n ", "").split(", ")) - {""}
    assert sent.data.count(b"\n") == sent.data.count(b"\r\n")


@given(st.binary(max_size=300) | st.builds(lambda a, b: b"To: a@b.example\r\n" + a + b"\r\n\r\n" + b, st.binary(), st.binary()))
def test_any_bytes_are_a_draft_or_unreadable(data: bytes) -> None:
    try:
        draft = outgoing.read_draft(data)
    except outgoing.Unreadable as refused:
        assert str(refused).isprintable()
        return
    try:
        sent = outgoing.compose(draft, "office@b.example", "", datetime(2023, 10, 23, tzinfo=UTC))
    except outgoing.WorkflowError:
        return
    assert {one.casefold() for one in sent.recipients} == {one.casefold() for one in draft.recipients}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("To: a@b.example", ["a@b.example"]), ("To: A B <a@b.example>, c@d.example;", ["a@b.example", "c@d.example"]),
        ("To: Team: a@b.example, c@d.example;", ["a@b.example", "c@d.example"]), ("To: undisclosed-recipients:;", []),
        ("To: =?utf-8?q?a=40b.example?= <a@b.example>", ["a@b.example"]), ("To: a@b.example\r\nTo: c@d.example", ["a@b.example", "c@d.example"]),
        ('To: "x y"@b.example', None), ("To: @b.example", None), ("To: a@b.example, @", None),
    ],
)  # fmt: skip
def test_every_address_of_a_line_is_a_recipient_or_the_line_is_refused(line: str, found: list[str] | None) -> None:
    data = f"{line}\r\nSubject: x\r\n\r\nx\r\n".encode()
    if found is None:
        with pytest.raises(outgoing.Unreadable, match="cannot be read for certain"):
            outgoing.read_draft(data)
    else:
        assert list(outgoing.read_draft(data).to) == found


# --- the rule about letters that went


ATTEMPTS = st.lists(
    st.builds(
        lambda letter, state: Attempt("f", "<m>", "", "2023-10-23", letter, state),
        st.sampled_from(["w1 f1", "w1 f2", "w2 f1", "w2 f2"]), st.sampled_from([SENT, FAILED, TRYING]),
    ), max_size=5,
)  # fmt: skip


@given(ATTEMPTS, st.sampled_from(["w1 f1", "w2 f2", "w3 f1"]), st.booleans())
def test_a_letter_goes_only_where_it_can_not_have_gone(attempts: list[Attempt], letter: str, ours: bool) -> None:
    case = standing(letter, attempts, ours=ours).case
    gone = [a for a in attempts if a.state != FAILED]
    if not gone:
        assert case is Case.SEND
    if any(a.letter == letter for a in gone):
        assert case in (Case.GONE, Case.UNKNOWN, Case.CHANGED)
    if gone and not ours:
        assert case in (Case.GONE, Case.UNKNOWN, Case.CHANGED)
    if case is Case.ANEW:
        assert all(a.letter[:2] != letter[:2] for a in gone)
    if case is Case.GONE:
        assert any(a.letter == letter and a.state == SENT for a in gone)


def test_a_workbook_says_the_same_on_another_day_and_not_with_another_cell(tmp_path: Path) -> None:
    small = s.issued(tmp_path / "small")
    first = small.template("police")
    small.issue(today=date(2023, 10, 24))
    second = small.template("police")
    assert first != second
    assert contents(first) == contents(second)
    assert contents(small.filled("police")) != contents(first)
    assert contents(b"no workbook") != contents(b"another")


# --- secrets


def test_a_secret_is_never_said() -> None:
    import base64

    secret = "correct horse"
    for words in (
        f"bad password {secret}", base64.b64encode(secret.encode()).decode(),
        base64.b64encode(f"\0{USER}\0{secret}".encode()).decode(), base64.b64encode(secrets.xoauth2(USER, secret).encode()).decode(),
    ):  # fmt: skip
        assert secrets.said(f"x {words} y", secret, USER) == ""
    assert secrets.said(b"quota \x1b[31mfull\r\n", secret, USER) == "quota [31mfull"
    assert secrets.said("hello", "", USER) == "hello"


def contacts(office: Office, *addresses: str) -> None:
    """More addresses of Police on the register."""
    rows = s.register_rows()
    rows["contacts"] += [{"partner": "police", "post": "Deputy", "email": one, "role": "deputy"} for one in addresses]
    office.small.write_register(rows)
