"""What reading a mailbox and sending share: encryption, limits of time, and one sentence for whatever goes wrong."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from pathlib import PurePath

from workflow.config import MailServer
from workflow.errors import WorkflowError
from workflow.post.draft import one_line

_WHOLE = 20  # times the limit of silence: how long one step may take, so that a slow trickle ends too


def encryption(server: MailServer) -> ssl.SSLContext:
    """How a connection is encrypted: TLS 1.2 or newer, the certificate checked against the name. Raises WorkflowError."""
    if server.security == "plain" and not server.is_local:
        raise WorkflowError(
            f"{server.host} is another computer, and mail goes there only encrypted. Set security to tls or starttls in "
            f"[{server.section}] of config/workflow.toml."
        )
    try:
        context = ssl.create_default_context(cafile=server.ca_file or None)
    except OSError as error:
        why = "it is not a PEM file" if isinstance(error, ssl.SSLError) else error.strerror
        raise WorkflowError(
            f"The certificates in {PurePath(server.ca_file).name} could not be read ({why}). Correct ca_file in "
            f"[{server.section}] of config/workflow.toml."
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Watch:
    """Ends a connection that does not get on: a limit of silence does not stop a server that sends a byte now and then."""

    def __init__(self, server: MailServer) -> None:
        self.seconds = server.timeout_seconds * _WHOLE
        self.late = False
        self._timer: threading.Timer | None = None

    def start(self, connection: socket.socket) -> None:
        """One step begins on this connection."""
        self.stop()
        self._timer = threading.Timer(self.seconds, self._end, (connection,))
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """The step has ended."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self, connection: socket.socket) -> None:
        self.late = True
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


def trouble(error: Exception, server: MailServer, late: bool = False) -> WorkflowError:
    """One sentence for what went wrong with a connection, naming the server and what to do. It holds no word of the error's
    own but the reasons that the operating system and the certificate check give."""
    where = f"{server.host} (port {server.port})"
    settings = f"[{server.section}] of config/workflow.toml"
    if late or isinstance(error, TimeoutError):
        return WorkflowError(f"{where} did not answer in time. Try again later, or raise timeout_seconds in {settings}.")
    match error:
        case WorkflowError():
            return error
        case socket.gaierror():
            said = f"The mail server {server.host} was not found. Check host in {settings}, and that this computer is online."
        case UnicodeError() if not isinstance(error, UnicodeDecodeError):
            said = f"{one_line(server.host, 80)} cannot be the name of a mail server. Check host in {settings}."
        case ssl.SSLCertVerificationError():
            why = one_line(error.verify_message or "it does not fit", 120)
            said = (
                f"The certificate of {where} cannot be trusted ({why}), so nothing was said to it. Check host in {settings}; "
                "where your network has its own authority, name its certificate in ca_file."
            )
        case ssl.SSLError() if not isinstance(error, ssl.SSLEOFError):  # that one is a connection that was cut
            said = f"{where} does not encrypt as was expected. Check port and security in {settings}."
        case ConnectionRefusedError():
            said = f"Nothing answers at {where}. Check host and port in {settings}, and that no firewall stands between."
        case OSError() | EOFError():
            reason = one_line(str(getattr(error, "strerror", None) or ""), 80)
            said = f"The connection to {where} was lost{f' ({reason})' if reason else ''}. Run the command again."
        case _:
            said = f"{where} did not answer as a mail server does. Check host, port and security in {settings}."
    return WorkflowError(said)
