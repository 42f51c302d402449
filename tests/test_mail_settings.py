"""The sections [mailbox] and [sending], and where passwords and tokens come from."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import time
import tomllib
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow import config
from workflow.config import Mailbox, MailServer, Sending
from workflow.errors import WorkflowError
from workflow.post import secrets

ROOT = Path(__file__).parents[1]
SHIPPED = (ROOT / "config/workflow.toml").read_text(encoding="utf-8")
MAILBOX = '[mailbox]\nhost = "mail.example"\nuser = "office"\n'
SENDING = '[sending]\nhost = "mail.example"\nuser = "office"\nfrom = "office@small.example"\n'


def settings(folder: Path, text: str) -> tuple[config.Settings, list[str]]:
    path = folder / "workflow.toml"
    path.write_text(text, encoding="utf-8")
    return config.load_settings(path), [f.message for f in config.check_settings(path)]


def faults(folder: Path, text: str) -> str:
    path = folder / "workflow.toml"
    path.write_text(text, encoding="utf-8")
    return "\n".join(f.message for f in config.check_settings(path))


def test_nothing_is_set_up_unless_somebody_does(tmp_path: Path) -> None:
    (tmp_path / "workflow.toml").write_text(SHIPPED, encoding="utf-8")
    shipped = config.load_settings(tmp_path / "workflow.toml")
    assert shipped.mailbox == Mailbox()
    assert shipped.sending == Sending()
    assert (shipped.mailbox.server.host, shipped.sending.server.host) == ("", "")


def test_the_commented_sections_name_every_key_and_its_default(tmp_path: Path) -> None:
    uncommented = re.sub(r"^# (?=\[(?:mailbox|sending|retention)\]|\w+ = )", "", SHIPPED, flags=re.M)
    found, wrong = settings(tmp_path, uncommented)
    assert wrong == []
    given_keys = tomllib.loads(uncommented)
    for section, needed in (("mailbox", ("host", "user")), ("sending", ("host", "user", "from"))):
        least = "\n".join([f"[{section}]", *(f'{key} = "{given_keys[section][key]}"' for key in needed)])
        assert getattr(settings(tmp_path, least)[0], section) == getattr(found, section)
        known = faults(tmp_path, f"{least}\nno_such_key = 1").partition("use one of these: ")[2].rstrip(".\n").split(", ")
        assert set(known) == set(given_keys[section])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (MAILBOX + 'password = "hunter2"', '"password" is not a setting and does nothing'),
        (SENDING + 'secret = "hunter2"', '"secret" is not a setting and does nothing'),
        ('[mailbox]\nuser = "x"', "host is missing"),
        ('[mailbox]\nhost = "x"', "user is missing"),
        ('[sending]\nhost = "x"\nuser = "y"', "from is missing"),
        (MAILBOX + 'after = "delete"', 'after is "delete"'),
        (MAILBOX + 'after = "move"', "move_to is missing"),
        (MAILBOX + 'login = "none"', 'login is "none"'),
        (MAILBOX + 'security = "ssl"', 'security is "ssl"'),
        (MAILBOX + 'security = "plain"', '"plain" is only for a server on this computer'),
        (SENDING + 'security = "plain"', '"plain" is only for a server on this computer'),
        (MAILBOX + "port = 70000", "a port from 1 to 65535"),
        (MAILBOX + 'secret_command = "token.exe"', "secret_command is"),
        (MAILBOX + "since_days = 0", "a whole number of 1 or more"),
        (SENDING + "timeout_seconds = 0", "a whole number of 1 or more"),
    ],
)
def test_what_is_wrong_is_named_and_no_secret_with_it(tmp_path: Path, text: str, told: str) -> None:
    said = faults(tmp_path, text)
    assert told in said
    assert "hunter2" not in said


def test_plain_is_for_this_computer_only(tmp_path: Path) -> None:
    hosts = {"localhost": True, "127.0.0.1": True, "::1": True, "127.0.0.1.example": False, "10.0.0.1": False}
    for host, local in hosts.items():
        text = f'[sending]\nhost = "{host}"\nuser = "x"\nfrom = "a@b.example"\nsecurity = "plain"'
        assert ("only for a server on this computer" in faults(tmp_path, text)) is not local


def test_usual_ports(tmp_path: Path) -> None:
    ports = {
        (section, security): getattr(settings(tmp_path, f'{text}security = "{security}"')[0], section).server.port
        for section, text in (("mailbox", MAILBOX), ("sending", SENDING)) for security in ("tls", "starttls")
    }  # fmt: skip
    assert ports == {
        ("mailbox", "tls"): 993, ("mailbox", "starttls"): 143, ("sending", "tls"): 465, ("sending", "starttls"): 587,
    }  # fmt: skip


# --- where a secret comes from


def command(script: str, login: str = "password") -> MailServer:
    return MailServer("mailbox", "mail.example", 993, user="office", login=login, secret_command=(sys.executable, "-c", script))


def refused(server: MailServer) -> str:
    with pytest.raises(WorkflowError) as caught:
        secrets.secret(server)
    assert "hunter2" not in str(caught.value)
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_from_an_environment_variable_or_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    server = MailServer("mailbox", "mail.example", user="office", secret_env="OFFICE_SECRET")
    monkeypatch.delenv("OFFICE_SECRET", raising=False)
    assert "the environment variable OFFICE_SECRET is not set" in refused(server)
    monkeypatch.setenv("OFFICE_SECRET", " four plain words äöü ")
    assert secrets.secret(server) == " four plain words äöü "
    assert secrets.secret(replace(server, login="none")) == ""
    assert secrets.secret(command("print('hunter2')")) == "hunter2"  # a command comes before the variable
    assert secrets.secret(command("print('hunter2', end='\\r\\n')")) == "hunter2"
    assert "not one token on one line" in refused(replace(server, login="token"))


@pytest.mark.parametrize(
    ("script", "login", "told"),
    [
        ("import sys; print('hunter2'); sys.exit(3)", "password", "failed (exit code 3)"),
        ("", "password", "printed nothing"),
        ("print('hunter2\\nhunter2')", "password", "not one password on one line"),
        ("print('hunter2 x')", "token", "not one token on one line"),
        ("print('hunter2é')", "token", "not one token on one line"),
        ("print('hunter2\\x1b')", "password", "not one password on one line"),
        ("print('hunter2' * 5000)", "password", "printed more than 16 kB"),
        ("while True: print('hunter2' * 5000)", "password", "printed more than 16 kB"),
    ],
)
def test_a_command_that_gives_no_secret(script: str, login: str, told: str) -> None:
    assert told in refused(command(script, login))


def test_a_command_that_is_not_there() -> None:
    for name in ("/no/such/program", "a\0b"):
        assert "could not be started" in refused(replace(command(""), secret_command=(name,)))


@pytest.mark.skipif(sys.platform == "win32", reason="what a command starts is ended with it on POSIX systems")
def test_a_command_that_does_not_end_is_ended_with_what_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "COMMAND_SECONDS", 1)
    mark = tmp_path / "pid"
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(mark)!r}, 'w').write(str(child.pid)); time.sleep(600)"
    )
    assert "did not end in 1 seconds" in refused(command(script))
    pid = mark.read_text()
    for _ in range(200):
        state = subprocess.run(["ps", "-o", "stat=", "-p", pid], capture_output=True, text=True, check=False).stdout
        if state.strip() in {"", "Z"}:
            return
        time.sleep(0.05)
    pytest.fail("what the command had started is still there")


def test_no_shell_reads_a_command() -> None:
    echo = (sys.executable, "-c", "import sys; print(sys.argv[1])", "$(id);`id`")
    assert secrets.secret(replace(command(""), secret_command=echo)) == "$(id);`id`"


PRINTABLE = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(str.isprintable)


@given(st.text(max_size=300), PRINTABLE, st.binary(max_size=300))
def test_what_a_server_says_is_shown_without_the_secret(before: str, secret: str, noise: bytes) -> None:
    assert secrets.said(f"{before}{secret}{before}", secret, "office") == ""
    for words in (before, noise):
        shown = secrets.said(words, "", "office")
        assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
        assert len(shown) <= 160


def test_a_secret_is_never_said() -> None:

    secret = "correct horse"
    for words in (
        f"bad password {secret}", base64.b64encode(secret.encode()).decode(),
        base64.b64encode(f"\0office\0{secret}".encode()).decode(),
        base64.b64encode(secrets.xoauth2("office", secret).encode()).decode(),
    ):  # fmt: skip
        assert secrets.said(f"x {words} y", secret, "office") == ""
    assert secrets.said(b"quota \x1b[31mfull\r\n", secret, "office") == "quota [31mfull"
    assert secrets.said("hello", "", "office") == "hello"
