"""`workflow send` against a real Exim: to whom the register says, each letter once. The server is counted."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import mail_servers as servers
from tests.mail_servers import USER, Exim
from tests.send_office import LEADS, MAIL, Office, contacts, read, ready
from workflow.ledger import SENT, Ledger

needs = servers.needs_exim


@pytest.fixture(scope="module")
def running() -> Iterator[Exim]:
    with servers.exim() as server:
        yield server


@pytest.fixture
def office(running: Exim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    return ready(running, tmp_path, monkeypatch)


# --- what goes, and to whom


@needs
def test_each_draft_goes_once_with_headers_made_anew(office: Office) -> None:
    drafts = {p.stem: p.read_bytes() for p in office.mail.glob("*.eml")}
    result = office.send()
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == f"Q2 2023/24: 3 letters to send from {USER}."
    subject = "SP: your return for Q2 2023/24 [CSP-2023-24-Q2-police]"
    assert f"  issue      lead@police.example: {subject} [police-2023-24-Q2.xlsx]" in lines
    assert lines[-1] == "3 of 3 sent."
    assert set(office.got()) == LEADS
    assert len(office.got()) == 3
    for message in office.server.accepted():
        (to,) = message.recipients
        draft = drafts[f"issue-{to.partition('@')[2].removesuffix('.example')}"]
        assert message.sender == USER
        names = [name for name, _ in message.headers]
        assert names == ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]
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
def test_answers_come_to_the_office_whatever_address_it_is_sent_from(office: Office) -> None:
    office.settings(from_='"no-reply@small.example"')
    office.edit("issue-police", lambda data: data.replace(b"Reply-To: office@small.example", b"Reply-To: evil@else.example"))
    assert office.send().exit_code == 0
    assert {(m["From"], m["Reply-To"], m.sender) for m in office.server.accepted()} == {
        ("no-reply@small.example", "office@small.example", "no-reply@small.example")
    }


@needs
def test_eight_bit_and_dots_arrive_as_they_stand(office: Office) -> None:
    office.only("issue-police")
    text = "To: lead@police.example\nSubject: £\nContent-Type: text/plain; charset=utf-8\n\n.\n..x\nFrom £\n.\n\nend".encode()
    (office.mail / "issue-police.eml").write_bytes(text)
    assert office.send().exit_code == 0
    (message,) = office.server.accepted()
    assert message.body == ".\n..x\nFrom £\n.\n\nend\n".encode()


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
    for answer, code, number in (("n", 1, 0), ("y", 0, 3)):
        done = on_terminal(office.command(), answer)
        assert (done, len(office.got())) == (code, number)


def on_terminal(command: list[str], answer: str) -> int:

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
    "added",
    ["evil@else.example", "Lead <evil@else.example>", '"lead@police.example" <evil@else.example>', "lead@housing.example"],
)
def test_a_person_added_somebody_whom_the_register_does_not_give(office: Office, header: str, added: str) -> None:
    more = rb"To: \1\r\n" + f"{header}: {added}".encode()
    office.edit("issue-police", lambda data: re.sub(rb"To: (\S+)", more, data, count=1))
    result = office.send()
    assert result.exit_code == 1
    foreign = re.findall(r"[\w.]+@[\w.]+", added)[-1]
    assert (
        f"issue-police.eml was left out. {foreign} is not an address that the register gives for Police. If it is right, enter "
        "it in config/register.xlsx, sheet Contacts; if not, take it out of the draft."
    ) in result.output
    assert set(office.got()) == LEADS - {"lead@police.example"}


@needs
def test_a_person_added_somebody_whom_the_register_gives(office: Office) -> None:
    """A mail program rewrote the headers, added a copy to the office and one in secret; both stand on the register."""
    office.only("issue-police")

    def saved_again(data: bytes) -> bytes:
        data = data.replace(b"X-Unsent: 1\r\n", b"X-Unsent: 1\r\nX-Mailer: A Mail Program\r\nImportance: high\r\n")
        to = b'To: "Lead, Police" <LEAD@police.example>\r\nCc: office@small.example (us)\r\n'
        to += b"Bcc: Office <office@small.example>\r\n"
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


# --- a server that says no


@needs
def test_a_recipient_who_is_refused_and_others_who_are_not(office: Office) -> None:
    contacts(office, "refused@police.example", "later@police.example")
    office.only("issue-police")
    copies = b"Cc: refused@police.example, later@police.example\r\n"
    office.edit("issue-police", lambda data: data.replace(b"To: lead", copies + b"To: lead"))
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
@pytest.mark.parametrize(("who", "words"), [("refused", "550 no such mailbox"), ("later", "451 greylisted, try again later")])
def test_everybody_is_refused_and_the_next_run_tries_again(office: Office, who: str, words: str) -> None:
    contacts(office, f"{who}@police.example")
    office.edit("issue-police", lambda data: data.replace(b"lead@police", f"{who}@police".encode()))
    for number in (1, 2):
        result = office.send()
        assert result.exit_code == 1
        assert f"issue-police.eml was not sent: {words}" in result.output
        assert office.rows().count(("issue-police", "failed")) == number
    assert set(office.got()) == LEADS - {"lead@police.example"}
    assert len(office.got()) == 2


@needs
@pytest.mark.parametrize(("switch", "words"), [("refuse", "550 this content is"), ("busy", "451 busy, try again later. The")])
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
