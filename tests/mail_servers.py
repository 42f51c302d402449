"""Real mail servers for the tests, from Debian's packages: Dovecot for IMAP, Exim for SMTP, on loopback, in a temporary folder.

Started by root they run as somebody with fewer rights (Dovecot as nobody, Exim as its own user, which it insists on); any
other user can run Dovecot, not Exim. Exim is started once for each connection, as inetd would, and keeps what it accepts in
its queue, where it is counted.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.mail_configs import DOVECOT, EXIM, OAUTH2

USER = "office@small.example"
PASSWORD = "four plain words äöü"
KEY = b"a key that only the tests and their server have"
SYSTEM = "/usr/sbin"


def program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path=SYSTEM)


@cache
def certificate() -> tuple[str, str]:
    """A certificate for localhost and its key, made anew for each test process, as PEM texts."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [program("openssl") or "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"],
            cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
        return Path(folder, "cert.pem").read_text(), Path(folder, "key.pem").read_text()


def token(user: str = USER, key: bytes = KEY, lives: int = 600) -> str:
    """A signed token (JWT, HS256), as a provider gives them."""

    def part(data: bytes) -> bytes:
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    now = int(time.time())
    told = {"sub": user, "iat": now - 5, "exp": now + lives}
    signed = part(json.dumps({"alg": "HS256", "typ": "JWT"}).encode()) + b"." + part(json.dumps(told).encode())
    return (signed + b"." + part(hmac.new(key, signed, hashlib.sha256).digest())).decode()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


def until(ready: Callable[[], bool], what: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, f"{what} in {seconds} seconds"
        time.sleep(0.02)


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@contextmanager
def folder_of(user: str | None) -> Iterator[Path]:
    """A temporary folder that belongs to a user, with the certificate in it."""
    with tempfile.TemporaryDirectory(prefix="mail-") as name:
        folder = Path(name).resolve()
        for file, text in zip(("cert.pem", "key.pem"), certificate(), strict=True):
            (folder / file).write_text(text)
        if user:
            own(folder, user)
        yield folder


def is_root() -> bool:
    return os.name == "posix" and os.geteuid() == 0


needs_dovecot = pytest.mark.skipif(not (program("dovecot") and program("openssl")), reason="needs Dovecot and openssl")
needs_exim = pytest.mark.skipif(
    not (program("exim4") and program("openssl") and is_root()),
    reason="needs Exim, openssl, and root, who alone may start Exim as its own user",
)


def own(folder: Path, user: str) -> None:
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, user)


def start(command: Sequence[str], user: str | None, **how: Any) -> subprocess.Popen[bytes]:
    """Start a process, as somebody else where a user is named."""
    if user:
        import pwd  # not on Windows

        entry = pwd.getpwnam(user)
        how |= {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, **how)


# --- IMAP


@dataclass
class Dovecot:
    """A running IMAP server with one mailbox. `plain` also speaks STARTTLS."""

    folder: Path
    user: str | None
    plain: int
    tls: int

    @property
    def mail(self) -> Path:
        return self.folder / "mail" / USER

    def deliver(self, data: bytes, name: str, day: str = "2023-10-16", *, owned: bool = True) -> None:
        """Put a message into the mailbox as a mail server does, come in on a day at noon."""
        new = self.mail / "new"
        for part in ("cur", "new", "tmp"):
            (self.mail / part).mkdir(parents=True, exist_ok=True)
        path = new / f"{name}.localhost"
        path.write_bytes(data)
        stamp = time.mktime(time.strptime(f"{day} 12", "%Y-%m-%d %H"))
        os.utime(path, (stamp, stamp))
        if self.user and owned:
            own(self.folder / "mail", self.user)

    def flags(self) -> dict[str, str]:
        """Every message's flags by its name, as they stand on the disk; "new" for one that nobody has marked."""
        found = {}
        for path in sorted([*self.mail.glob("new/*"), *self.mail.glob("cur/*")]):
            name, _, flags = path.name.partition(":2,")
            found[name.partition(".localhost")[0]] = flags or "new"
        return found

    def unopened(self) -> set[str]:
        """The messages that no program has looked at with the right to change them."""
        return {path.name.partition(".localhost")[0] for path in self.mail.glob("new/*")}

    def moved(self, folder: str) -> list[str]:
        found = [*self.mail.glob(f".{folder}/cur/*"), *self.mail.glob(f".{folder}/new/*")]
        return sorted(p.name.partition(".localhost")[0] for p in found)

    def make_folder(self, name: str) -> None:
        for part in ("cur", "new", "tmp"):
            (self.mail / f".{name}" / part).mkdir(parents=True, exist_ok=True)
        if self.user:
            own(self.folder / "mail", self.user)

    def forget_numbers(self) -> int:
        """Lose the list of uids, as a mailbox does that is restored or moved to another server. Gives the new UIDVALIDITY."""
        for path in [*self.mail.glob("dovecot*"), *self.mail.glob("*/dovecot*")]:
            path.unlink()
        validity = int(time.time()) + 1000
        uids = self.mail / "dovecot-uidlist"
        uids.write_text(f"3 V{validity} N100 G{'ab' * 16}\n")
        if self.user:
            own(self.mail, self.user)
        return validity

    def empty(self) -> None:
        """A mailbox without any message or folder."""
        shutil.rmtree(self.mail, ignore_errors=True)

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """A Dovecot for as long as it is needed."""
    import grp
    import pwd

    user = "nobody" if is_root() else None
    entry = pwd.getpwnam(user) if user else pwd.getpwuid(os.geteuid())
    group = grp.getgrgid(entry.pw_gid).gr_name
    with folder_of(user) as folder:
        server = Dovecot(folder, user, free_port(), free_port())
        names = {"folder": folder, "user": entry.pw_name, "group": group, "plain": server.plain, "tls": server.tls}
        (folder / "dovecot.conf").write_text(DOVECOT.format(**names))
        (folder / "oauth2.conf").write_text(OAUTH2.format(**names))
        (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        (folder / "keys/default/HS256").mkdir(parents=True)
        (folder / "keys/default/HS256/default").write_text(base64.b64encode(KEY).decode())
        if user:
            own(folder, user)
        command = [program("dovecot") or "dovecot", "-F", "-c", str(folder / "dovecot.conf")]
        process = start(command, user, stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            until(lambda: listens(server.plain) and listens(server.tls), "Dovecot did not start")
            yield server
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


# --- SMTP


TOKEN = "a-token.of-the-tests"


@dataclass(frozen=True)
class Accepted:
    """One message as the server took it: whom it was for, its headers, its body."""

    sender: str
    recipients: list[str]
    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        (value,) = [v for n, v in self.headers if n.casefold() == name.casefold()]
        return value


@dataclass
class Exim:
    """A running SMTP server: STARTTLS on one port, TLS on the other."""

    folder: Path
    starttls: int = 0
    tls: int = 0
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def accepted(self) -> list[Accepted]:
        """Every message that the server has said yes to, in the order in which it did."""
        return [self._accepted(path) for path in sorted(self.folder.glob("spool/input/*-H"))]

    def switch(self, name: str, on: bool) -> None:
        """`refuse` or `busy`: what it says after the content from now on."""
        if on:
            (self.folder / name).touch()
        else:
            (self.folder / name).unlink(missing_ok=True)

    def empty(self) -> None:
        """A server that has taken nothing yet."""
        shutil.rmtree(self.folder / "spool/input", ignore_errors=True)
        for path in [*self.folder.glob("*log"), self.folder / "refuse", self.folder / "busy"]:
            path.unlink(missing_ok=True)

    def log(self) -> str:
        return "".join(p.read_text(errors="replace") for p in sorted(self.folder.glob("*log")))

    @staticmethod
    def _accepted(path: Path) -> Accepted:
        data = path.read_bytes()
        sender = data.split(b"\n")[2].decode().strip("<>")
        top, rest = re.split(rb"\n\n", data, maxsplit=1)
        found = re.search(rb"\n(\d+)\n((?:[^\n]+@[^\n]+\n?)+)$", top)
        assert found, top
        headers = []
        while rest.strip():
            head = re.match(rb"(\d{3,})([ *A-Z]) ", rest)
            assert head, rest
            size = int(head[1])
            name, _, value = rest[head.end() : head.end() + size].partition(b":")
            headers.append((name.decode(), value.strip().decode("utf-8", "replace")))
            rest = rest[head.end() + size :]
        body = path.with_name(path.name.replace("-H", "-D")).read_bytes().partition(b"\n")[2]
        return Accepted(sender, found[2].decode().split(), [h for h in headers if h[0] != "Received"], body)


@contextmanager
def exim(*, encrypts: bool = True, locked: bool = True) -> Iterator[Exim]:
    """An Exim for as long as it is needed; one that `encrypts` nothing offers no STARTTLS, one not `locked` takes all mail."""
    user = "Debian-exim"
    with folder_of(user) as folder:
        (folder / "spool").mkdir()
        words = {"folder": folder, "user": USER, "password": PASSWORD, "token": TOKEN}
        text = EXIM.format(**words, encrypts="*" if encrypts else "", locked="yes" if locked else "no")
        (folder / "exim.conf").write_text(text)
        own(folder, user)
        server = Exim(folder)
        with inetd(server, []) as server.starttls, inetd(server, ["-tls-on-connect"]) as server.tls:
            yield server


@contextmanager
def inetd(server: Exim, more: list[str]) -> Iterator[int]:
    """Listen on a port, and start an Exim for each connection."""
    command = [program("exim4") or "exim4", "-C", str(server.folder / "exim.conf"), "-bs", *more]

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                server.processes.append(start(command, "Debian-exim", stdin=connection, stdout=connection))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)
    for process in server.processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(2)
        process.kill()
        process.wait()
