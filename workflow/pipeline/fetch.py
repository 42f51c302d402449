"""Fetch: messages of the mailbox into `inbox/mail`, each whole and each once. It stays as it was unless told otherwise.

Order of things for one message: its bytes on disk, then its record in the ledger, then what the settings want done with it in
the mailbox. Killed between any two, the next run finds what stands and goes on (field-notes row 41).
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from workflow import config
from workflow.errors import Unreadable, WorkflowError
from workflow.inbox import hash_of
from workflow.ledger import Folder
from workflow.pipeline.state import Asked, writing
from workflow.pipeline.workspace import REGISTER, SETTINGS

if TYPE_CHECKING:
    from workflow.ledger import Ledger
    from workflow.post.mailbox import Box, Listed

INTO = "inbox/mail"
_UNFINISHED, _TEMPORARY = ".unfinished-", ".tmp"  # names that collate passes over
_ABANDONED = 3600  # seconds after which an unfinished file is nobody's any more
_MEGABYTE = 2**20
_EARLIEST, _LIFETIME = date(1970, 1, 1), 365 * 100  # days: no email is older


@dataclass(slots=True)
class Fetched:
    """What `fetch` did. `told` are sentences about what needs a person."""

    new: list[str] = field(default_factory=list)  # files, relative to the workspace
    before: int = 0  # messages whose bytes were fetched earlier
    told: list[str] = field(default_factory=list)


def fetch(asked: Asked) -> Fetched:
    """Read the mailbox of the settings. Raises WorkflowError where nothing could be begun; what goes wrong later is told."""
    settings = _settings(asked.root)
    try:
        from workflow.post import mailbox, secrets  # noqa: PLC0415 - the network's libraries are for this command alone
    except ModuleNotFoundError as error:
        raise WorkflowError(
            'Reading a mailbox needs an optional part that is not installed. Install it in the folder of this project with: '
            'pip install ".[mailbox]"'
        ) from error
    done = Fetched()
    secret = secrets.secret(settings.mailbox.server)
    with writing(asked.root) as ledger, mailbox.connect(settings.mailbox, secret, settings.limits.file_bytes) as box:
        _Round(asked, settings, ledger, done).go(box)
    return done


def _settings(root: Path) -> config.Settings:
    if not (root / REGISTER).is_file():
        raise WorkflowError(
            f"There is no {REGISTER} in {root.resolve().name or 'this folder'}, so it is not a workspace. "
            "Name one with --workspace, or make one with workflow init."
        )
    settings = config.load_settings(root / SETTINGS)
    server = settings.mailbox.server
    if not server.host:
        raise WorkflowError(f"No mailbox is set up. Fill in [mailbox] in {SETTINGS}; docs/mailbox.md says how.")
    authority = str(root / server.ca_file) if server.ca_file else ""
    return replace(settings, mailbox=replace(settings.mailbox, server=replace(server, ca_file=authority)))


@dataclass(frozen=True, slots=True)
class _Round:
    """One run through the folder."""

    asked: Asked
    settings: config.Settings
    ledger: Ledger
    done: Fetched

    def go(self, box: Box) -> None:
        """Everything new, one message after another. A lost connection ends it; what was fetched stays."""
        mailbox = self.settings.mailbox
        account = f"{mailbox.server.user.casefold()}@{mailbox.server.host.casefold()}"
        folder = Folder(account, mailbox.folder, box.uidvalidity)
        _sweep(self.asked.root / INTO)
        try:
            uids = box.uids(max(_EARLIEST, self.asked.today - timedelta(days=min(mailbox.since_days, _LIFETIME))))
            known = self.ledger.deliveries.fetched(folder)
            self.done.before = sum(1 for uid in uids if uid in known)
            for uid in uids if mailbox.after == "move" else ():
                if uid in known:  # a run that was stopped between recording and moving
                    self._settle(box, uid)
            new = [uid for uid in uids if uid not in known]
            silent = set(new)
            for listed in box.listed(new):
                self._take(box, folder, listed)
                silent.remove(listed.uid)
            if silent:
                self.done.told.append(
                    f"{mailbox.server.host} named {len(silent)} more in the mailbox and then said nothing about them. They may "
                    "have been moved meanwhile. If the next run says this again, look for what is missing in inbox/mail."
                )
        except WorkflowError as error:
            self.done.told.append(f"{error} What was fetched before that is kept; the next run goes on from there.")

    def _take(self, box: Box, folder: Folder, listed: Listed) -> None:
        limit = self.settings.limits.file_bytes
        try:
            data = None if listed.size > limit else box.read(listed.uid)
            if listed.size > limit or (data is not None and len(data) > limit):
                self._too_large(box, listed)
                return
        except Unreadable as refused:
            self.done.told.append(f"{_called(listed)} could not be fetched. {refused} Save it into inbox by hand.")
            return
        if data is None:  # somebody has moved or deleted it since it was listed
            return
        sha256 = hash_of(data)
        file = self.ledger.deliveries.file_of(sha256)
        if file is None:
            file = self._write(data, sha256, listed.day or self.asked.today)
            self.done.new.append(file)
        else:
            self.done.before += 1
        self.ledger.deliveries.add_fetched(folder, listed.uid, sha256, file)
        self._settle(box, listed.uid)

    def _write(self, data: bytes, sha256: str, day: date) -> str:
        """The file that holds these bytes: the one that a killed run left, or a new one. Nothing is written over."""
        folder = self.asked.root / INTO
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name in _names(sha256, day):
                target = folder / name
                if target.exists():
                    if hash_of(target.read_bytes()) == sha256:
                        break
                elif _placed(target, data):
                    break
        except OSError as error:
            raise WorkflowError(
                f"A message could not be written into {INTO} ({error.strerror or error}). Look whether the disk is full."
            ) from error
        return f"{INTO}/{target.name}"

    def _settle(self, box: Box, uid: int) -> None:
        """What the settings want done with a message that is safely here."""
        after = self.settings.mailbox.after
        try:
            if after == "seen":
                box.mark_seen(uid)
            elif after == "move":
                box.move(uid)
        except Unreadable as refused:
            what = "marked as read" if after == "seen" else f'moved to "{self.settings.mailbox.move_to}"'
            sentence = f"Messages that were fetched could not be {what}. {refused} They stay where they are."
            if sentence not in self.done.told:
                self.done.told.append(sentence)

    def _too_large(self, box: Box, listed: Listed) -> None:
        subject = ""
        with suppress(Unreadable):
            subject = box.subject(listed.uid)
        limit = self.settings.limits.file_bytes // _MEGABYTE
        self.done.told.append(
            f"{_called(listed, subject)} is larger than {limit} MB, so it was not fetched. "
            "Save what is needed from it into inbox by hand."
        )


def _called(listed: Listed, subject: str = "") -> str:
    day = f" of {listed.day:%d/%m/%Y}" if listed.day else ""
    return f'The message "{subject}"{day}' if subject else f"A message{day}"


def _names(sha256: str, day: date) -> Iterator[str]:
    """The names for a message, in the order in which they are tried. No text of the sender is in them."""
    yield f"{day:%Y-%m-%d}-{sha256[:12]}.eml"
    yield f"{day:%Y-%m-%d}-{sha256}.eml"
    n = 2
    while True:  # a person keeps something else under our name
        yield f"{day:%Y-%m-%d}-{sha256}-{n}.eml"
        n += 1


def _placed(target: Path, data: bytes) -> bool:
    """Write a file whole: beside its place, on the disk, then into its place. False where something came to stand there."""
    handle, temporary = tempfile.mkstemp(prefix=_UNFINISHED, suffix=_TEMPORARY, dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        try:
            os.link(temporary, target)  # fails where the name is taken, which a rename on Linux does not
        except FileExistsError:
            return False
        except OSError:  # a drive without links
            if target.exists():
                return False
            Path(temporary).rename(target)
        with suppress(OSError):  # Windows has no folders to synchronise
            folder = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return True


def _sweep(folder: Path) -> None:
    """Remove what a killed run was in the middle of writing."""
    for left in sorted(folder.glob(f"{_UNFINISHED}*{_TEMPORARY}")):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _ABANDONED:
                left.unlink()
