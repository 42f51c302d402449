"""A workspace with letters to send and a server to send them to, for the tests of `workflow send`."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests import small as s
from tests.mail_servers import PASSWORD, USER, Exim
from tests.small import Q2, Small
from workflow.cli import main
from workflow.ledger import Ledger
from workflow.post import Envelope, Letter
from workflow.post import draft as make_draft

TODAY = date(2023, 10, 23)
SECRET = "WORKFLOW_SENDING_SECRET"
MAIL = f"outbox/{Q2}/mail"
LEADS = {"lead@police.example", "lead@housing.example", "lead@yos.example"}


def read(data: bytes) -> EmailMessage:
    """An email as its parts."""
    return message_from_bytes(data, policy=policy.default)


@dataclass
class Office:
    """A workspace with three covering letters to send, whose settings name one Exim."""

    small: Small
    server: Exim

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
        given |= {key.rstrip("_"): value for key, value in more.items()}
        lines = [f"{key} = {value}" for key, value in given.items()]
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

    def command(self) -> list[str]:
        """The command line, for a process of its own."""
        run = [sys.executable, "-m", "workflow", "send", "--workspace", str(self.root)]
        return [*run, "--period", Q2, "--today", TODAY.isoformat()]

    def put(self, name: str, subject: str, to: str, text: str = "Dear colleague\n") -> None:
        """A draft of another kind, as the house writes them, known to the ledger as ours."""
        data = make_draft(Letter(subject, text, f"<p>{text}</p>"), Envelope([to] if to else [], TODAY, name))
        (self.mail / f"{name}.eml").write_bytes(data)
        self.known(name, data)

    def known(self, name: str, data: bytes) -> None:
        with Ledger.open(self.root / "ledger.sqlite") as ledger, ledger.transaction():
            ledger.add_outputs([(f"{MAIL}/{name}.eml", hashlib.sha256(data).hexdigest())])




def ready(server: Exim, root: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A new workspace, and a server that has taken nothing."""
    server.empty()
    monkeypatch.setenv(SECRET, PASSWORD)
    made = Office(s.issued(root / "small"), server)
    made.settings()
    return made


def plain_office(root: Path, **more: object) -> Office:
    """A workspace for a server that is none."""
    made = Office(s.issued(root), Exim(root))
    made.settings(**{"ca_file": '""', "timeout_seconds": 5, "port": 9, **more})
    return made


def contacts(office: Office, *addresses: str) -> None:
    """More addresses of Police on the register."""
    rows = s.register_rows()
    rows["contacts"] += [{"partner": "police", "post": "Deputy", "email": one, "role": "deputy"} for one in addresses]
    office.small.write_register(rows)
