"""A workspace with a mailbox to fetch from, for the tests of `workflow fetch`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.mail_servers import PASSWORD, USER, Dovecot
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
        limits, workspace = more.pop("limits", ""), more.pop("workspace", '""')
        lines = [f"{key} = {value}" for key, value in {**given, **more}.items()]
        text = "\n".join([f"workspace_id = {workspace}", f"[limits]\n{limits}", "[mailbox]", *lines])
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




def ready(server: Dovecot, root: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A new workspace, and an empty mailbox."""
    server.empty()
    (root / "config").mkdir()
    (root / "inbox").mkdir()
    (root / "config/register.xlsx").write_bytes(b"a register, which fetch does not read")
    monkeypatch.setenv(SECRET, PASSWORD)
    made = Office(root, server)
    made.settings()
    return made
