"""`workflow fetch`: getting into a mailbox, and what is said where that cannot be or the server is none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import mail_lines as lines
from tests import mail_servers as servers
from tests.fetch_office import SECRET, Office, message, ready
from tests.mail_lines import Proxy
from tests.mail_servers import PASSWORD, USER, Dovecot
from workflow.post import network

pytestmark = servers.needs_dovecot


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    with servers.dovecot() as server:
        yield server


@pytest.fixture
def office(running: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    return ready(running, tmp_path, monkeypatch)


# --- getting in


def test_starttls(office: Office) -> None:
    office.settings(port=office.server.plain, security='"starttls"')
    office.server.deliver(message(1), "one")
    assert office.fetch().exit_code == 0
    assert "TLS" in next(line for line in office.server.log().splitlines() if "Login: " in line)


def test_a_token_from_a_command(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECRET)
    office.server.deliver(message(1), "one")
    good = f"print({servers.token()!r})"
    office.settings(login='"token"', secret_command=[sys.executable, "-c", good])
    assert office.fetch().exit_code == 0
    assert office.contents() == [message(1)]
    assert "method=XOAUTH2" in office.server.log()
    for bad in (servers.token(key=b"another"), servers.token(lives=-60), servers.token("someone@else.example")):
        office.settings(login='"token"', secret_command=[sys.executable, "-c", f"print({bad!r})"])
        result = office.fetch()
        assert result.exit_code == 2
        assert f"localhost did not let {USER} in" in result.output
        assert "the token is right and has not run out" in result.output
        assert bad not in result.output


def test_a_wrong_password(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in ("not it", "nicht der süße", 'with "quotes" and \\', "%s {0}"):
        monkeypatch.setenv(SECRET, wrong)
        result = office.fetch()
        assert result.exit_code == 2
        assert result.output.startswith(f"workflow could not run: localhost did not let {USER} in")
        assert "Check user and login in [mailbox] of config/workflow.toml" in result.output
        assert wrong not in result.output
    assert not (office.root / "inbox/mail").exists()


def test_a_folder_that_is_not_there(office: Office) -> None:
    office.settings(folder='"Returns"')
    result = office.fetch()
    assert result.exit_code == 2
    assert f'The mailbox of {USER} at localhost has no folder "Returns" that can be opened' in result.output


TROUBLE: list[tuple[str, Callable[[Office], dict[str, object]], str]] = [
    ("refused", lambda _: {"port": servers.free_port()}, "Nothing answers at localhost"),
    ("unknown", lambda _: {"host": '"mail.invalid"'}, "The mail server mail.invalid was not found"),
    ("no name", lambda _: {"host": f'"{"x" * 70}.example"'}, "cannot be the name of a mail server"),
    ("certificate", lambda _: {"ca_file": '""'}, "The certificate of localhost"),
    ("other name", lambda _: {"host": '"127.0.0.1"'}, "The certificate of 127.0.0.1"),
    ("no file", lambda _: {"ca_file": '"config/none.pem"'}, "none.pem could not be read (No such file or directory)"),
    ("no PEM", lambda _: {"ca_file": '"config/register.xlsx"'}, "register.xlsx could not be read (it is not a PEM file)"),
    ("no TLS there", lambda o: {"port": o.server.plain}, "does not encrypt as was expected"),
]


@pytest.mark.parametrize(("settings", "said"), [t[1:] for t in TROUBLE], ids=[t[0] for t in TROUBLE])
def test_what_stands_in_the_way_is_said_in_one_sentence(
    office: Office, settings: Callable[[Office], dict[str, object]], said: str
) -> None:
    office.settings(**settings(office))
    result = office.fetch()
    assert result.exit_code == 2
    assert said in result.output
    assert "in [mailbox] of config/workflow.toml" in result.output
    assert result.output.count("\n") == 1
    assert not (office.root / "inbox/mail").exists()


# --- a server that is none


ODD: dict[str, tuple[bytes, ...]] = {
    "nothing": (),
    "bye": (b"* BYE overloaded\r\n",),
    "no IMAP": (b"220 smtp ready\r\n",),
    "noise": (b"\x00\xff\x1b[31m\r\n",),
    "long line": (b"* OK " + b"x" * 30_000_000 + b"\r\n",),
    "no capability": (b"* OK hello\r\n", b"TAG OK done\r\n"),
    "bye later": (b"* OK hello\r\n", b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n", b"* BYE maintenance \x1b[2J\r\n"),
    "capability twice": (b"* OK hello\r\n", b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n", b"TAG OK in\r\n", b"TAG BAD no\r\n"),
    "old": (b"* OK hello\r\n", b"* CAPABILITY IMAP3\r\nTAG OK done\r\n"),
}
IN = (
    b"* OK hello\r\n", b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nTAG OK done\r\n", b"+ \r\n", b"TAG OK in\r\n",
    b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n",
)  # fmt: skip
OPEN = (*IN, b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7]\r\nTAG OK open\r\n")
LIST = (*OPEN, b"* SEARCH 1 2\r\nTAG OK found\r\n")
ODD |= {
    "no uidvalidity": (*IN, b"* 3 EXISTS\r\nTAG OK open\r\n"),
    "odd uidvalidity": (*IN, b"* 3 EXISTS\r\n* OK [UIDVALIDITY many]\r\nTAG OK open\r\n"),
    "huge uidvalidity": (*IN, b"* OK [UIDVALIDITY " + b"9" * 30 + b"]\r\nTAG OK open\r\n"),
    "odd uids": (*OPEN, b"* SEARCH one \xff\r\nTAG OK found\r\n"),
    "search refused": (*OPEN, b"TAG NO cannot\r\n"),
    "list refused": (*LIST, b"TAG NO cannot\r\n"),
    "endless literal": (*LIST, b"* 1 FETCH (UID 1 RFC822.SIZE {99999999999}\r\n"),
    "huge number": (*LIST, b"* 1 FETCH (UID 1 RFC822.SIZE " + b"9" * 5000 + b")\r\nTAG OK done\r\n"),
    "size lie": (
        *LIST, b'* 1 FETCH (UID 1 RFC822.SIZE 5 INTERNALDATE "16-Oct-2023 12:00:00 +0000")\r\nTAG OK done\r\n',
        b"* 1 FETCH (UID 1 BODY[] {900000000}\r\n",
    ),
}  # fmt: skip


SAID = {
    "nothing": "was lost. Run the command again.",
    "bye": "localhost ended the connection (overloaded)",
    "bye later": "localhost ended the connection (maintenance [2J)",
    "huge uidvalidity": 'localhost does not number the messages of "INBOX" for good',
    "no uidvalidity": 'localhost does not number the messages of "INBOX" for good',
    "search refused": "localhost does not search its messages (cannot).",
    "list refused": "localhost does not list its messages. The mail server would not give it (cannot).",
    "huge number": "localhost named 2 more in the mailbox and then said nothing about them.",
}


def test_a_folder_that_may_only_be_read_and_is_to_be_changed(office: Office) -> None:
    with lines.scripted(*IN, b"* OK [UIDVALIDITY 7]\r\nTAG OK [READ-ONLY] open\r\n") as port:
        office.settings(port=port, security='"plain"', after='"seen"')
        result = office.fetch()
    assert result.exit_code == 2
    assert 'Set after = "leave" in [mailbox]' in result.output


@pytest.mark.parametrize("name", ODD)
def test_a_server_that_answers_anything_is_one_sentence(office: Office, name: str) -> None:
    with lines.scripted(*ODD[name]) as port:
        office.settings(port=port, security='"plain"')
        result = office.fetch()
    assert result.exit_code == (1 if ODD[name][: len(OPEN)] == OPEN else 2), result.output
    assert all(line.isprintable() for line in result.output.splitlines())
    assert SAID.get(name, "did not answer as a mail server does") in result.output
    assert "localhost" in result.output
    assert len(result.output.splitlines()) == result.exit_code % 2 + 1  # one sentence, and before it what was done
    assert office.files() == {}


def test_a_message_that_the_server_will_not_give_stops_only_itself(office: Office) -> None:
    listed = b"".join(
        b'* %d FETCH (UID %d RFC822.SIZE 5 INTERNALDATE " 6-Oct-2023 12:00:00 +0000")\r\n' % (n, n) for n in (1, 2)
    )
    script = (
        *LIST, listed + b"TAG OK done\r\n", b"TAG NO it is damaged\r\n",
        b"* 2 FETCH (UID 2 BODY[] {5}\r\nhello)\r\nTAG OK done\r\n", b"* BYE\r\nTAG OK bye\r\n",
    )  # fmt: skip
    with lines.scripted(*script) as port:
        office.settings(port=port, security='"plain"')
        result = office.fetch()
    assert result.exit_code == 1
    assert "A message of 06/10/2023 could not be fetched. The mail server would not give it (it is damaged)." in result.output
    assert office.contents() == [b"hello"]


def test_a_server_that_repeats_the_password_is_not_repeated(office: Office) -> None:
    script = (*IN[:3], f"TAG NO wrong password {PASSWORD} \r\n".encode())
    with lines.scripted(*script) as port:
        office.settings(port=port, security='"plain"')
        assert "did not let" in office.fetch().output  # fetch() looks for the password in what is said


def test_a_server_that_trickles_is_left_in_the_end(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then keeps a limit of silence from ever being reached; the whole step has its own."""

    monkeypatch.setattr(network, "_WHOLE", 1)
    with lines.trickling(b"* OK hello " + b"." * 10_000, pause=0.05) as port:
        office.settings(port=port, security='"plain"', timeout_seconds=2)
        result = office.fetch()
    assert result.exit_code == 2
    assert "did not answer in time" in result.output


def test_no_other_computer_hears_anything_unencrypted(office: Office) -> None:
    office.settings(host='"mail.small.example"', security='"plain"')
    result = office.fetch()
    assert result.exit_code == 2
    assert '"plain" is only for a server on this computer' in result.output


def test_starttls_that_is_not_offered_is_not_done_without(office: Office) -> None:
    with lines.scripted(*IN) as port:
        office.settings(port=port, security='"starttls"')
        result = office.fetch()
    assert result.exit_code == 2
    assert "offers no encryption (STARTTLS), so nothing was said to it" in result.output


def test_nothing_is_set_up(office: Office) -> None:
    (office.root / "config/workflow.toml").write_text("", encoding="utf-8")
    result = office.fetch()
    assert result.exit_code == 2
    assert "No mailbox is set up. Fill in [mailbox] in config/workflow.toml; docs/mailbox.md says how." in result.output


def test_the_library_is_not_installed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in sys.modules if n.split(".")[0] == "imap_tools" or n == "workflow.post.mailbox"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "imap_tools", None)
    import workflow.post

    monkeypatch.delattr(workflow.post, "mailbox", raising=False)
    result = office.fetch()
    assert result.exit_code == 2
    assert 'pip install ".[mailbox]"' in result.output


def test_proxy_counts() -> None:
    """The tool of the cutting tests: it cuts where it was told."""
    with lines.scripted(b"0123456789") as port, lines.proxy(port) as between:
        import socket

        between.cut = lines.after(4)
        with socket.create_connection(("127.0.0.1", between.port)) as line:
            assert line.makefile("rb").read() == b"0123"
        assert isinstance(between, Proxy)
        assert between.connections == 1
