"""The sections [mailbox] and [sending] of `config/workflow.toml`: which mail servers, and how to log in to them.

No password and no token can stand here: a section names an environment variable or a command that gives it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.config.toml import Table

_KEYS = ("host", "port", "security", "user", "login", "secret_env", "secret_command", "ca_file", "timeout_seconds")
_LOGINS = {"mailbox": ("password", "token"), "sending": ("password", "token", "none")}
# The usual ports (RFC 8314); the first is the default.
_PORTS: Mapping[str, Mapping[str, int]] = {
    "mailbox": {"tls": 993, "starttls": 143, "plain": 143},
    "sending": {"starttls": 587, "tls": 465, "plain": 25},
}
_AFTER = ("leave", "seen", "move")


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server and how to log in to it. `section` is what messages call it: "mailbox" or "sending".

    `login` is "password", "token" (XOAUTH2: a token instead of a password) or "none" (sending only). The secret is what
    `secret_command` prints, or the environment variable `secret_env` where no command is given.
    """

    section: str
    host: str = ""
    port: int = 0
    security: str = "tls"
    user: str = ""
    login: str = "password"
    secret_env: str = ""
    secret_command: tuple[str, ...] = ()
    ca_file: str = ""  # relative to the workspace; "" means the authorities that the computer trusts
    timeout_seconds: int = 30  # of silence; a whole step may take twenty times as long

    @property
    def is_local(self) -> bool:
        """Whether the server is this computer itself: the only place where mail may go unencrypted."""
        if self.host.casefold() == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where `workflow fetch` reads, and what becomes of a message once it is safely in the inbox."""

    server: MailServer = field(default_factory=lambda: MailServer("mailbox"))
    folder: str = "INBOX"
    since_days: int = 120
    after: str = "leave"
    move_to: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """Where `workflow send` hands its letters in, and the address they come from."""

    server: MailServer = field(default_factory=lambda: MailServer("sending"))
    sender: str = ""


def read_mailbox(table: Table) -> Mailbox:
    """[mailbox] as its values; an empty host where the section is not there. Faults go to the table."""
    table.only((*_KEYS, "folder", "since_days", "after", "move_to"), "setting-unknown")
    default = Mailbox()
    if not table.data:
        return default
    after = table.word("after", _AFTER, default.after)
    return Mailbox(
        server=_server(table, "mailbox"),
        folder=table.text("folder") or default.folder,
        since_days=table.one_or_more("since_days", default.since_days),
        after=after,
        move_to=table.text("move_to", required=after == "move"),
    )


def read_sending(table: Table) -> Sending:
    """[sending] as its values; an empty host where the section is not there. Faults go to the table."""
    table.only((*_KEYS, "from"), "setting-unknown")
    if not table.data:
        return Sending()
    return Sending(
        server=_server(table, "sending"),
        sender=table.text("from", required=True),
    )


def _server(table: Table, section: str) -> MailServer:
    default, ports = MailServer(section), _PORTS[section]
    login = table.word("login", _LOGINS[section], default.login)
    security = table.word("security", tuple(ports), next(iter(ports)))
    server = MailServer(
        section=section,
        host=table.text("host", required=True).strip(),
        port=table.one_or_more("port", ports[security]),
        security=security,
        user=table.text("user", required=login != "none"),
        login=login,
        secret_env=table.text("secret_env") or f"WORKFLOW_{section.upper()}_SECRET",
        secret_command=table.texts("secret_command"),
        ca_file=table.text("ca_file"),
        timeout_seconds=table.one_or_more("timeout_seconds", default.timeout_seconds),
    )
    if security == "plain" and server.host and not server.is_local:
        expected = '"tls" or "starttls" ("plain" is only for a server on this computer)'
        table.fault("toml-type", "plain", key="security", expected=expected)
    if server.port > 65535:
        table.fault("toml-type", str(server.port), key="port", expected="a port from 1 to 65535")
    return server
