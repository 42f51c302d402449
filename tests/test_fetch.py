"""`workflow fetch` against a real Dovecot: every message once and whole, the mailbox as it was, whatever breaks off."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests import mail_servers as servers
from tests.mail_servers import PASSWORD, USER, Dovecot, Proxy
from workflow.cli import main
from workflow.ledger import Ledger

TODAY = date(2023, 10, 23)
SECRET = "WORKFLOW_MAILBOX_SECRET"


def message(n: int, size: int = 0) -> bytes:
    """One message, with bytes that a careless reader changes: bare line ends, 8-bit, a dot alone, a From line."""
    lines = f"From: lead{n}@police.example\r\nSubject: Return {n}\r\n\r\n.\r\nFrom here\r\n£ {n}\r\n".encode()
    return lines + b"\xff\xfe\x80 binary\r\n" + (b"x" * 70 + b"\r\n") * (size // 72)


@dataclass
class Office:
    """A workspace whose settings name one Dovecot."""

    root: Path
    server: Dovecot

    def settings(self, **more: object) -> None:
        """Write the settings; values as TOML writes them."""
        given: dict[str, object] = {
            "host": '"localhost"', "port": self.server.tls, "user": f'"{USER}"', "ca_file": f'"{self.server.folder}/cert.pem"',
            "timeout_seconds": 20,
        }  # fmt: skip
        limits = more.pop("limits", "")
        lines = [f"{key} = {value}" for key, value in {**given, **more}.items()]
        text = "\n".join([f"[limits]\n{limits}", "[mailbox]", *lines])
        (self.root / "config/workflow.toml").write_text(text, encoding="utf-8")

    def fetch(self, *more: str) -> Result:
        result = CliRunner().invoke(main, ["fetch", "--workspace", str(self.root), "--today", TODAY.isoformat(), *more])
        assert PASSWORD not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    def files(self) -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in sorted((self.root / "inbox").rglob("*")) if p.is_file()}

    def contents(self) -> list[bytes]:
        return sorted(self.files().values())

    def recorded(self) -> list[tuple[str, str]]:
        with Ledger.open(self.root / "ledger.sqlite") as ledger:
            return sorted(ledger._db.execute("SELECT sha256, file FROM fetched"))


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    with servers.dovecot() as server:
        yield server


@pytest.fixture
def office(running: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A workspace, and an empty mailbox."""
    running.empty()
    (tmp_path / "config").mkdir()
    (tmp_path / "inbox").mkdir()
    (tmp_path / "config/register.xlsx").write_bytes(b"a register, which fetch does not read")
    monkeypatch.setenv(SECRET, PASSWORD)
    made = Office(tmp_path, running)
    made.settings()
    return made


pytestmark = servers.needs_dovecot


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
    import imap_tools

    with imap_tools.MailBoxUnencrypted("127.0.0.1", office.server.plain).login_utf8(USER, PASSWORD) as box:
        box.folder.create(name)
        box.append(message(1), name)
    (office.root / "config/workflow.toml").write_text(
        (office.root / "config/workflow.toml").read_text(encoding="utf-8") + "\nsince_days = 100000\n", encoding="utf-8"
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
    office.server.make_folder("Fetched")
    assert office.fetch().exit_code == 0
    assert (len(office.server.moved("Fetched")), office.server.flags()) == (3, {})
    assert len(office.contents()) == 3


# --- broken off


def reference(office: Office) -> int:
    """How many bytes the server says in a whole run."""
    with servers.proxy(office.server.plain) as between:
        said: list[int] = []

        def listen(seen: bytes) -> None:
            said.append(len(seen))

        between.cut = listen
        office.settings(port=between.port, security='"plain"', folder='"INBOX"')
        assert office.fetch().exit_code == 0
    fresh(office)
    return max(said)


def test_wherever_the_connection_is_cut_the_next_run_goes_on(office: Office) -> None:
    sent = [message(n, 4000) for n in range(4)]
    for n, data in enumerate(sent):
        office.server.deliver(data, f"m{n}")
    whole = reference(office)
    assert whole > 16000
    told, kept = set(), set()
    with servers.proxy(office.server.plain) as between:
        office.settings(port=between.port, security='"plain"')
        for number in [*range(0, 1200, 97), *range(1200, whole - 100, 1501), whole - 120]:
            fresh(office)
            between.cut = servers.after(number)
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


@pytest.mark.parametrize("name", ODD)
def test_a_server_that_answers_anything_is_one_sentence(office: Office, name: str) -> None:
    with servers.scripted(*ODD[name]) as port:
        office.settings(port=port, security='"plain"')
        result = office.fetch()
    assert result.exit_code in (1, 2), result.output
    assert all(line.isprintable() for line in result.output.splitlines())
    assert "localhost" in result.output
    assert len(result.output.splitlines()) <= 2
    assert office.files() == {}


def test_a_message_that_the_server_will_not_give_stops_only_itself(office: Office) -> None:
    listed = b"".join(
        b'* %d FETCH (UID %d RFC822.SIZE 5 INTERNALDATE " 6-Oct-2023 12:00:00 +0000")\r\n' % (n, n) for n in (1, 2)
    )
    script = (
        *LIST, listed + b"TAG OK done\r\n", b"TAG NO it is damaged\r\n",
        b"* 2 FETCH (UID 2 BODY[] {5}\r\nhello)\r\nTAG OK done\r\n", b"* BYE\r\nTAG OK bye\r\n",
    )  # fmt: skip
    with servers.scripted(*script) as port:
        office.settings(port=port, security='"plain"')
        result = office.fetch()
    assert result.exit_code == 1
    assert "A message of 06/10/2023 could not be fetched. The mail server would not give it (it is damaged)." in result.output
    assert office.contents() == [b"hello"]


def test_a_server_that_repeats_the_password_is_not_repeated(office: Office) -> None:
    script = (*IN[:3], f"TAG NO wrong password {PASSWORD} \r\n".encode())
    with servers.scripted(*script) as port:
        office.settings(port=port, security='"plain"')
        assert "did not let" in office.fetch().output  # fetch() looks for the password in what is said


def test_a_server_that_trickles_is_left_in_the_end(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then keeps a limit of silence from ever being reached; the whole step has its own."""
    from workflow.post import network

    monkeypatch.setattr(network, "_WHOLE", 1)
    with servers.trickling(b"* OK hello " + b"." * 10_000, pause=0.05) as port:
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
    with servers.scripted(*IN) as port:
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
    with servers.scripted(b"0123456789") as port, servers.proxy(port) as between:
        import socket

        between.cut = servers.after(4)
        with socket.create_connection(("127.0.0.1", between.port)) as line:
            assert line.makefile("rb").read() == b"0123"
        assert isinstance(between, Proxy)
        assert between.connections == 1
