"""Sending, over SMTP. Only `workflow send` imports this.

The connection is encrypted and its certificate checked before a password or a letter is said; only a server on this computer
may be spoken to in clear, where the settings say so. What matters most is to know how an attempt ended: "sent" once the server
has taken responsibility (its yes to the final dot), "failed" where it certainly has not, and "unknown" where the line went
dead in the moment between.
"""

from __future__ import annotations

import base64
import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any

from workflow.config import MailServer, Sending
from workflow.errors import WorkflowError
from workflow.post.network import Watch, encryption, trouble
from workflow.post.outgoing import Outgoing
from workflow.post.secrets import said, xoauth2

_STUFFED = re.compile(rb"(?m)^\.")
_GOING_AWAY = 421
_GOODBYE_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Ended:
    """How one attempt ended. `state` is "sent", "failed" or "unknown"; `refused` are recipients whom the server did not take
    though it took the letter, each with its words. After `lost` nothing more can be sent."""

    state: str
    words: str = ""
    refused: tuple[tuple[str, str], ...] = ()
    lost: bool = False


class _RefusedError(Exception):
    """The server said no to a step of one letter."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class _Watched(smtplib.SMTP):
    """A connection that never waits for ever: each answer has its limit of time, however slowly it trickles in."""

    def __init__(self, server: MailServer, watch: Watch, **how: Any) -> None:
        self._watch = watch
        super().__init__(server.host, server.port, timeout=server.timeout_seconds, **how)

    def getreply(self) -> tuple[int, bytes]:
        """The server's next answer."""
        if self.sock is not None:
            self._watch.start(self.sock)
        try:
            return super().getreply()
        finally:
            self._watch.stop()


class _Encrypted(_Watched, smtplib.SMTP_SSL):
    """TLS from the first byte."""


@contextmanager
def connect(settings: Sending, secret: str) -> Iterator[Post]:
    """The server, ready to take letters. Raises WorkflowError where it cannot be had, in one sentence with what to do."""
    post = Post(settings, secret)
    try:
        post.ready()
        yield post
    finally:
        post.close()


class Post:
    """One SMTP server. A time-out ends the connection but not the run: the next letter gets a new one."""

    def __init__(self, settings: Sending, secret: str) -> None:
        self._settings = settings
        self._secret = secret
        self._watch = Watch(settings.server)
        self._open: _Watched | None = None

    def ready(self) -> None:
        """Connect where there is no connection. Raises WorkflowError."""
        if self._open is not None:
            return
        server = self._settings.server
        context, self._watch = encryption(server), Watch(server)
        try:
            self._open = self._connected(context)
            if server.login != "none":
                self._log_in(self._open)
        except Exception as error:  # what a server answers can make the library raise almost anything
            late = self._late(error)
            self.close()
            raise _told(error, server, self._secret, late) from error

    def close(self) -> None:
        """Say goodbye, if there is still anybody."""
        smtp, self._open = self._open, None
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                if smtp.sock is not None:
                    smtp.sock.settimeout(_GOODBYE_SECONDS)
                smtp.quit()
            smtp.close()

    def send(self, letter: Outgoing) -> Ended:
        """Hand in one letter. `ready` was called before. Raises nothing: how it ended is the result."""
        if self._open is None:
            return Ended("failed", "there was no connection", lost=True)
        attempt = _Attempt(self._open, self._secret, self._settings.server)
        try:
            attempt.hand_in(letter)
        except _RefusedError as no:
            lost = no.code == _GOING_AWAY
            if lost or not attempt.reset():
                self.close()
            return Ended("failed", no.words, lost=lost)
        except Exception as error:  # what a server answers can make the library raise almost anything
            late = self._late(error)
            told = str(_told(error, self._settings.server, self._secret, late))
            self.close()
            return Ended("unknown" if attempt.ending else "failed", told, lost=not late)
        return Ended("sent", refused=tuple(attempt.refused))

    # --- parts

    def _connected(self, context: SSLContext) -> _Watched:
        server = self._settings.server
        # The name that is said in EHLO: the sender's domain, not this computer's own name.
        name = self._settings.sender.partition("@")[2] or "localhost"
        if server.security == "tls":
            smtp: _Watched = _Encrypted(server, self._watch, context=context, local_hostname=name)
        else:
            smtp = _Watched(server, self._watch, local_hostname=name)
        self._open = smtp  # so that it is closed whatever comes
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
        return smtp

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        server = self._settings.server
        if server.login == "token":
            code, words = smtp.docmd(f"AUTH XOAUTH2 {_base64(xoauth2(server.user, self._secret))}")
            if code == 334:  # a refusal comes as a question: the answer is nothing
                code, words = smtp.docmd("")
        elif "PLAIN" in smtp.esmtp_features.get("auth", "").upper().split():
            code, words = smtp.docmd("AUTH PLAIN " + _base64("\0".join(("", server.user, self._secret))))
        else:
            for line in ("AUTH LOGIN", _base64(server.user), _base64(self._secret)):
                code, words = smtp.docmd(line)
                if code != 334:
                    break
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, words)

    def _late(self, error: BaseException | None) -> bool:
        """Whether it was a limit of time that ended it: the library hides that behind a lost connection."""
        if self._watch.late or isinstance(error, TimeoutError):
            return True
        return error is not None and self._late(error.__cause__ or error.__context__)


class _Attempt:
    """One letter on its way. `ending`: its end has been said, and from then on only the server's own answer tells whether it
    has it; before that a lost connection means that it certainly has not."""

    def __init__(self, smtp: smtplib.SMTP, secret: str, server: MailServer) -> None:
        self._smtp = smtp
        self._secret = secret
        self._server = server
        self.ending = False
        self.refused: list[tuple[str, str]] = []

    def hand_in(self, letter: Outgoing) -> None:
        """MAIL, RCPT for each recipient, DATA. Raises _RefusedError for a no that is certain."""
        smtp = self._smtp
        self._accepted(*smtp.mail(letter.sender, self._options(letter)))
        for one in letter.recipients:
            try:
                self._accepted(*smtp.rcpt(one))
            except _RefusedError as no:
                if no.code == _GOING_AWAY:
                    raise
                self.refused.append((one, no.words))
        if len(self.refused) == len(letter.recipients):
            raise _RefusedError(0, "; ".join(dict.fromkeys(words for _, words in self.refused)))
        self._accepted(*smtp.docmd("DATA"), good=range(354, 355))
        if smtp.sock is not None:  # sending it all counts as one step
            smtp.sock.settimeout(Watch(self._server).seconds)
        smtp.send(_STUFFED.sub(b"..", letter.data))
        if smtp.sock is not None:
            smtp.sock.settimeout(self._server.timeout_seconds)
        self.ending = True
        self._accepted(*smtp.docmd("."))

    def reset(self) -> bool:
        """Whether the connection can be used for the next letter."""
        try:
            return int(self._smtp.rset()[0]) == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _options(self, letter: Outgoing) -> list[str]:
        offers = self._smtp.esmtp_features
        if letter.is_8bit and "8bitmime" not in offers:
            raise _RefusedError(0, "this server takes ASCII only: open the draft in your mail program and send it from there")
        sized = [f"SIZE={len(letter.data)}"] if "size" in offers else []
        return [*sized, "BODY=8BITMIME"] if letter.is_8bit else sized

    def _accepted(self, code: int, words: bytes, good: range = range(200, 300)) -> None:
        if code in good:
            return
        if code not in range(400, 600):  # neither yes nor no: nobody can know what it means
            raise smtplib.SMTPException
        raise _RefusedError(code, f"{code} {said(words, self._secret, self._server.user)}".strip())


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _told(error: Exception, server: MailServer, secret: str, late: bool) -> WorkflowError:
    """One sentence for what the library raised."""
    settings = f"[{server.section}] of config/workflow.toml"
    words = said(getattr(error, "smtp_error", ""), secret, server.user)
    if late:
        return trouble(error, server, late)
    match error:
        case smtplib.SMTPAuthenticationError():
            what = "token" if server.login == "token" else "password"
            sentence = (
                f"{server.host} did not let {server.user} in{f' ({words})' if words else ''}. Check user and login in "
                f"{settings}, and that the {what} is right and has not run out."
            )
        case smtplib.SMTPNotSupportedError():
            sentence = (
                f"{server.host} (port {server.port}) offers no encryption (STARTTLS), so nothing was said to it. Set security "
                f"to tls, and the port that goes with it (usually 465), in {settings}."
            )
        case smtplib.SMTPServerDisconnected():
            return trouble(ConnectionError(), server)
        case smtplib.SMTPResponseException() if error.smtp_code > 0:
            sentence = f"{server.host} takes no letters now ({error.smtp_code} {words}). Run workflow send again later."
        case smtplib.SMTPException():
            return trouble(ValueError(), server)
        case _:
            return trouble(error, server)
    return WorkflowError(sentence)
