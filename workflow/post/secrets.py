"""Passwords and tokens: taken from an environment variable or from what a command prints, and shown to nobody.

None ever comes from a file of the workspace, and none is kept.
"""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress

from workflow.config import MailServer
from workflow.errors import WorkflowError
from workflow.post.draft import one_line

COMMAND_SECONDS = 120  # a command may ask somebody to confirm on a telephone
_LIMIT = 16 * 1024  # bytes of output: no token comes near
_SAID = 160  # characters of a server's own words


def secret(server: MailServer) -> str:
    """The password or token for a server; "" where it wants none. Raises WorkflowError, which says what to do."""
    if server.login == "none":
        return ""
    what = "token" if server.login == "token" else "password"
    if server.secret_command:
        found = _of_command(server.secret_command, f"The command of secret_command in [{server.section}]")
        where = "What the command of secret_command printed"
    else:
        found = os.environ.get(server.secret_env, "")
        where = f"What the environment variable {server.secret_env} holds"
        if not found:
            raise WorkflowError(
                f"There is no {what} for {server.user} at {server.host}: the environment variable {server.secret_env} is not "
                f"set. Set it, or name a command in secret_command of [{server.section}] in config/workflow.toml."
            )
    plain = found.isprintable() and (what == "password" or (found.isascii() and " " not in found))
    if not plain:
        raise WorkflowError(f"{where} is not one {what} on one line. See that it gives the {what} and nothing else.")
    return found


def xoauth2(user: str, token: str) -> str:
    """What logs in with a token: the XOAUTH2 mechanism of Google and Microsoft, before it is put into base64."""
    return f"user={user}\1auth=Bearer {token}\1\1"


def said(words: object, kept: str, user: str = "") -> str:
    """A server's own words, fit to be shown: one short printable line; none of them where they repeat the secret."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    forms = [kept, xoauth2(user, kept), f"\0{user}\0{kept}"]
    hidden = [kept, *(base64.b64encode(form.encode()).decode() for form in forms)] if kept else []
    if any(form in text for form in hidden):
        return ""
    return one_line(text, _SAID)


def _of_command(command: Sequence[str], called: str) -> str:
    """What a command prints, without the end of its line. It is run without a shell; its own messages go to the terminal."""
    try:
        process = subprocess.Popen(  # noqa: S603 - the coordinator's own command, as a list, without a shell
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True
        )
    except (OSError, ValueError) as error:
        why = one_line(getattr(error, "strerror", None) or str(error), 80)
        raise WorkflowError(f"{called} could not be started ({why}). Give the whole path of the program.") from error
    printed = bytearray()
    # Its children may hold the pipe open after it has gone, so reading has its own thread and waiting its own end.
    reading = threading.Thread(target=_drain, args=(process, printed), daemon=True)
    reading.start()
    reading.join(COMMAND_SECONDS)
    late, long = reading.is_alive(), len(printed) > _LIMIT
    if not (late or long):
        with suppress(subprocess.TimeoutExpired):
            process.wait(COMMAND_SECONDS)
    if process.poll() is None:
        _end(process)
        if not long:
            raise WorkflowError(f"{called} did not end in {COMMAND_SECONDS} seconds. Run it by itself to see why.")
    if long:
        raise WorkflowError(f"{called} printed more than {_LIMIT // 1024} kB. It must print the secret and nothing else.")
    if process.returncode:
        raise WorkflowError(f"{called} failed (exit code {process.returncode}). Run it by itself to see why.")
    text = bytes(printed).decode("utf-8", "replace").rstrip("\r\n")
    if not text:
        raise WorkflowError(f"{called} printed nothing. It must print the secret and nothing else.")
    return text


def _drain(process: subprocess.Popen[bytes], into: bytearray) -> None:
    if process.stdout is not None:
        into += process.stdout.read(_LIMIT + 1)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command and what it started."""
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
