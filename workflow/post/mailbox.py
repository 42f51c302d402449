"""The mailbox, read over IMAP. Only `workflow fetch` imports this; it needs the optional part `mailbox` (imap-tools).

The folder is opened read-only (EXAMINE) and bodies are read with PEEK, so that nothing is marked, unless the settings say
what is to become of a message once it is fetched. What comes is bytes: nothing here looks into a message.
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes
from ssl import SSLContext
from typing import Any, TypeVar

from imap_tools.errors import ImapToolsError, MailboxFolderSelectError
from imap_tools.mailbox import BaseMailBox
from imap_tools.utils import encode_folder

from workflow.config import Mailbox, MailServer
from workflow.errors import Unreadable, WorkflowError
from workflow.post.draft import header_text
from workflow.post.network import Watch, encryption, trouble
from workflow.post.secrets import said, xoauth2

T = TypeVar("T")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # IMAP's, whatever the locale
_TOGETHER = 200  # messages asked about in one command
_SUBJECT = "BODY.PEEK[HEADER.FIELDS (SUBJECT)]<0.2000>"
_BYE = re.compile(r"^b'\* BYE ?([^'\\]*)")  # how the library says that the greeting was a goodbye
_UID = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,15})\b")
_DAY = re.compile(rb'\bINTERNALDATE "([ \d]\d)-([A-Za-z]{3})-(\d{4}) ')


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as the server lists it. `size` is the server's word for it, `day` the day on which it came in."""

    uid: int
    size: int
    day: date | None


class _Bounded(imaplib.IMAP4):
    """An IMAP connection that never waits for ever and never takes more than it was prepared for."""

    def __init__(self, server: MailServer, limit: int, watch: Watch, **how: Any) -> None:
        self.watch = watch
        self._most = limit
        super().__init__(server.host, server.port, timeout=server.timeout_seconds, **how)

    def open(self, *args: Any, **named: Any) -> None:
        """Connect, and begin to watch: the greeting may come a letter at a time."""
        super().open(*args, **named)
        self.watch.start(self.sock)

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes of a literal."""
        if size > self._most:
            raise self.abort("more than was asked for")
        data = super().read(size)
        if len(data) < size:
            raise self.abort("socket error: EOF")
        return data

    def shutdown(self) -> None:
        """Close the connection."""
        self.watch.stop()
        super().shutdown()


class _Plain(_Bounded):
    """Unencrypted, or until STARTTLS."""


class _Encrypted(_Bounded, imaplib.IMAP4_SSL):
    """TLS from the first byte."""


class _Library(BaseMailBox):
    """imap-tools over our own connection: it knows folder names, uids and what the answers mean."""

    client: _Bounded

    def __init__(self, server: MailServer, context: SSLContext, limit: int, watch: Watch) -> None:
        self._how = (server, context, limit, watch)
        super().__init__()

    def _get_mailbox_client(self) -> _Bounded:
        server, context, limit, watch = self._how
        if server.security == "tls":
            return _Encrypted(server, limit, watch, ssl_context=context)
        client = _Plain(server, limit, watch)
        if server.security == "starttls":
            try:
                client.starttls(context)
            except BaseException:
                client.shutdown()
                raise
        return client


@contextmanager
def connect(settings: Mailbox, secret: str, file_bytes: int) -> Iterator[Box]:
    """The mailbox's folder, open. Raises WorkflowError where that cannot be had, in one sentence with what to do.

    `file_bytes` is the largest message that is wanted. A server may be wrong about a size by half; beyond that it is cut off.
    """
    server = settings.server
    context, watch = encryption(server), Watch(server)
    try:
        library = _Library(server, context, 2 * file_bytes + 2**20, watch)
    except Exception as error:
        raise _told(error, server, secret, late=watch.late) from error
    try:
        box = Box(library, settings, secret)
        box.enter()
        yield box
        with suppress(Exception):  # all that was wanted has been had; how the server says goodbye does not matter
            library.client.watch.start(library.client.sock)
            library.client.logout()
    finally:
        with suppress(OSError):
            library.client.shutdown()


class Box:
    """One folder of the mailbox. Whatever goes wrong with the connection is a WorkflowError, and ends it; a message that the
    server will not give is Unreadable, and the next one can be asked for."""

    def __init__(self, library: _Library, settings: Mailbox, secret: str) -> None:
        self._library = library
        self._settings = settings
        self._secret = secret
        self.uidvalidity = 0

    def enter(self) -> None:
        """Log in and open the folder."""
        self._guarded(self._log_in)
        self._guarded(self._open)

    def uids(self, since: date) -> list[int]:
        """The messages that came in on or after a day, in the order in which they came."""
        criteria = f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        typ, found = self._guarded(lambda: self._library.client.uid("SEARCH", criteria))  # some servers refuse a CHARSET
        if typ != "OK":
            raise WorkflowError(f"{self._settings.server.host} does not search its messages ({self._said(found)}).")
        return self._guarded(lambda: sorted(int(uid) for line in found if line for uid in line.split()))

    def listed(self, uids: Sequence[int]) -> Iterator[Listed]:
        """Size and day of each of these messages that is still there."""
        for start in range(0, len(uids), _TOGETHER):
            some = uids[start : start + _TOGETHER]
            found: dict[int, Listed] = {}
            try:
                lines = self._fetch(some, "(UID RFC822.SIZE INTERNALDATE)")
            except Unreadable as refused:
                host = self._settings.server.host
                raise WorkflowError(f"{host} does not list its messages. {refused} Run workflow fetch later.") from refused
            for line in _lines(lines):
                uid, size = _UID.search(line), _SIZE.search(line)
                if uid and size:
                    found[int(uid[1])] = Listed(int(uid[1]), int(size[1]), _day(line))
            yield from (found[uid] for uid in some if uid in found)

    def subject(self, uid: int) -> str:
        """The subject of a message, for naming one that is not fetched."""
        heads = [item[1] for item in self._fetch([uid], f"({_SUBJECT})") if isinstance(item, tuple)]
        return header_text(str(message_from_bytes(heads[0][:2000]).get("Subject") or "")) if heads else ""

    def read(self, uid: int) -> bytes | None:
        """The bytes of a message, which stays as it was; None where it has gone meanwhile. Raises Unreadable."""
        for item in self._fetch([uid], "(UID BODY.PEEK[])"):
            if isinstance(item, tuple) and b"BODY[]" in item[0]:
                return bytes(item[1])
        return None

    def mark_seen(self, uid: int) -> None:
        """Mark a message as read."""
        self._change("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")

    def move(self, uid: int) -> None:
        """Move a message to the settings' folder in one step. Raises Unreadable where the server will not."""
        if "MOVE" not in self._library.client.capabilities:
            raise Unreadable("mail-server-no", "The mail server cannot move a message in one step, so it was left where it is.")
        self._change("MOVE", uid, encode_folder(self._settings.move_to))

    # --- parts

    def _log_in(self) -> None:
        client, server = self._library.client, self._settings.server
        try:
            if server.login == "token":
                replies = iter([xoauth2(server.user, self._secret)])  # a refusal comes as a question: the answer is nothing
                client.authenticate("XOAUTH2", lambda _: next(replies, "").encode())
            elif (server.user + self._secret).isascii():
                self._library.login(server.user, self._secret, initial_folder=None)
            else:
                self._library.login_utf8(server.user, self._secret, initial_folder=None)
        except (imaplib.IMAP4.abort, OSError):
            raise
        except (imaplib.IMAP4.error, ImapToolsError) as error:
            raise _refused_login(server, self._words(error)) from error
        client._get_capabilities()  # many servers say what they can only after the log-in

    def _open(self) -> None:
        folder, server = self._settings.folder, self._settings.server
        try:
            self._library.folder.set(folder, readonly=self._settings.after == "leave")
        except imaplib.IMAP4.readonly as error:
            raise WorkflowError(
                f'The folder "{folder}" at {server.host} may be read and not changed, so nothing can be marked or moved there. '
                'Set after = "leave" in [mailbox] of config/workflow.toml.'
            ) from error
        except MailboxFolderSelectError as error:
            raise WorkflowError(
                f'The mailbox of {server.user} at {server.host} has no folder "{folder}" that can be opened '
                f"({self._words(error)}). Correct folder in [mailbox] of config/workflow.toml."
            ) from error
        self.uidvalidity = int(self._library.client.response("UIDVALIDITY")[1][-1] or b"0")
        if not 0 < self.uidvalidity < 2**32:
            raise WorkflowError(
                f'{server.host} does not number the messages of "{folder}" for good, so what was fetched before cannot be '
                "known again. Save the messages into inbox by hand."
            )

    def _fetch(self, uids: Sequence[int], parts: str) -> list[Any]:
        typ, items = self._guarded(lambda: self._library.client.uid("FETCH", ",".join(map(str, uids)), parts))
        if typ != "OK":
            why = self._said(items) or "it gave no reason"
            raise Unreadable("mail-server-no", f"The mail server would not give it ({why}).")
        return [item for item in items if item is not None]

    def _change(self, command: str, uid: int, *what: str | bytes) -> None:
        arguments: tuple[Any, ...] = (str(uid), *what)
        typ, items = self._guarded(lambda: self._library.client.uid(command, *arguments))
        if typ != "OK":
            raise Unreadable("mail-server-no", f"The mail server refused ({self._said(items) or 'it gave no reason'}).")

    def _guarded(self, step: Callable[[], T]) -> T:
        """One step, with its limit of time; whatever it raises becomes one sentence."""
        watch = self._library.client.watch
        try:
            watch.start(self._library.client.sock)
            return step()
        except Exception as error:  # a server's answer can make the libraries raise almost anything
            goodbye = self._library.client.untagged_responses.get("BYE")
            if goodbye and not watch.late:
                raise _ended(self._settings.server, self._said(goodbye)) from error
            raise _told(error, self._settings.server, self._secret, late=watch.late) from error
        finally:
            watch.stop()

    def _words(self, error: Exception) -> str:
        result = getattr(error, "command_result", None)
        return self._said(result[1] if result else error.args)

    def _said(self, items: Iterable[Any]) -> str:
        words = " ".join(i.decode("utf-8", "replace") if isinstance(i, bytes) else str(i) for i in items if i)
        return said(words, self._secret, self._settings.server.user)


def _told(error: Exception, server: MailServer, secret: str, late: bool = False) -> WorkflowError:
    """One sentence for what the libraries raised."""
    text = str(error)
    if isinstance(error, imaplib.IMAP4.error) and (greeting := _BYE.search(text)) and not late:
        return _ended(server, said(greeting[1], secret, server.user))
    if not isinstance(error, imaplib.IMAP4.abort) or late:
        return trouble(error, server, late)
    if "socket error" in text:
        return trouble(ConnectionError(), server)
    if "TLS not supported" in text:
        return WorkflowError(
            f"{server.host} (port {server.port}) offers no encryption (STARTTLS), so nothing was said to it. Set security to "
            "tls, and the port that goes with it (usually 993), in [mailbox] of config/workflow.toml."
        )
    return trouble(error, server)


def _ended(server: MailServer, words: str) -> WorkflowError:
    return WorkflowError(f"{server.host} ended the connection ({words or 'without a reason'}). Run workflow fetch again later.")


def _refused_login(server: MailServer, words: str) -> WorkflowError:
    what = "token" if server.login == "token" else "password"
    why = f" ({words})" if words else ""
    return WorkflowError(
        f"{server.host} did not let {server.user} in{why}. Check user and login in [mailbox] of config/workflow.toml, and that "
        f"the {what} is right and has not run out."
    )


def _lines(items: Iterable[Any]) -> Iterator[bytes]:
    """Each message's answer as one line, whether or not the server sent part of it as a literal."""
    for item in items:
        yield item if isinstance(item, bytes) else b" ".join(item)


def _day(line: bytes) -> date | None:
    found = _DAY.search(line)
    if not found:
        return None
    try:
        month = _MONTHS.index(found[2].decode("ascii").title()) + 1
        return date(int(found[3]), month, int(found[1]))
    except ValueError:
        return None
