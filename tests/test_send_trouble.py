"""`workflow send`: getting into a mail server, and what is said where that cannot be or the server is none."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import mail_lines as lines
from tests import mail_servers as servers
from tests.mail_servers import PASSWORD, TOKEN, USER, Exim
from tests.send_office import SECRET, Office, plain_office, ready
from workflow.ledger import FAILED
from workflow.post import network

needs = servers.needs_exim


@pytest.fixture(scope="module")
def running() -> Iterator[Exim]:
    with servers.exim() as server:
        yield server


@pytest.fixture
def office(running: Exim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    return ready(running, tmp_path, monkeypatch)


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
    with lines.scripted(*ODD[name]) as port:
        office = plain_office(tmp_path / "small", port=port, security='"plain"')
        result = office.send()
    assert result.exit_code in (1, 2)
    assert "localhost" in result.output or "was not sent: 421 going down [2J. The next run tries again." in result.output
    assert {state for _, state in office.rows()[1::2]} <= {FAILED}
    assert len(office.rows()) % 2 == 0


@pytest.mark.parametrize("answer", [b"nonsense\r\n", b"354 go on\r\n", b"99 x\r\n", b""])
def test_an_end_answered_with_neither_yes_nor_no(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    monkeypatch.setenv(SECRET, PASSWORD)
    with lines.swallowing(answer) as port:
        office = plain_office(tmp_path / "small", port=port, security='"plain"', login='"none"')
        office.only("issue-police")
        result = office.send()
    assert result.exit_code == 1
    assert "issue-police.eml may have gone" in result.output
    assert office.rows() == [("issue-police", "trying")]


def test_a_server_that_trickles_is_left_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then keeps a limit of silence from ever being reached; the whole answer has its own."""
    monkeypatch.setenv(SECRET, PASSWORD)
    monkeypatch.setattr(network, "_WHOLE", 1)
    with lines.trickling(b"220-" + b"." * 10_000, pause=0.05) as port:
        result = plain_office(tmp_path / "small", port=port, security='"plain"', timeout_seconds=2).send()
    assert result.exit_code == 2
    assert "did not answer in time" in result.output
