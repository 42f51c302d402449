"""Lines that break and servers that misbehave: a proxy that cuts a connection, and servers that say what a test wants."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Proxy:
    """Passes bytes on to a server. `cut` decides, for what the server has said so far, how many bytes of it still go through
    before both sides are hung up on; None lets all through."""

    target: int
    port: int = 0
    cut: Callable[[bytes], int | None] = field(default=lambda _: None)
    cut_sent: Callable[[bytes], int | None] = field(default=lambda _: None)  # the same for what the client says
    silent: Callable[[bytes], bool] = field(default=lambda _: False)  # from here on nothing that the client says gets through
    connections: int = 0

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            server = socket.create_connection(("127.0.0.1", self.target))
            for source, sink, cut in ((client, server, "cut_sent"), (server, client, "cut")):
                threading.Thread(target=self._pump, args=(source, sink, cut), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, which: str) -> None:
        seen = b""
        with suppress(OSError):
            while data := source.recv(65536):
                before = len(seen)
                seen += data
                if which == "cut_sent" and self.silent(seen):
                    continue
                most = getattr(self, which)(seen)
                if most is not None and most < len(seen):
                    sink.sendall(data[: max(0, most - before)])
                    break
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def proxy(target: int) -> Iterator[Proxy]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        between = Proxy(target, int(listener.getsockname()[1]))
        threading.Thread(target=between.serve, args=(listener,), daemon=True).start()
        yield between
        listener.shutdown(socket.SHUT_RDWR)


def after(number: int) -> Callable[[bytes], int | None]:
    """Cut after this many bytes."""
    return lambda seen: number if len(seen) > number else None


@contextmanager
def scripted(*lines: bytes) -> Iterator[int]:
    """A server that says these lines, one for each line it is told (the first unasked), then hangs up."""

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.settimeout(20)
                reader, tag = connection.makefile("rb"), b""
                for number, line in enumerate(lines):
                    told = reader.readline() if number else b""
                    tag = told.split(b" ")[0] if b" " in told else tag  # the rest of a log-in has none
                    connection.sendall(line.replace(b"TAG", tag))
                connection.shutdown(socket.SHUT_WR)
                reader.read()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def swallowing(answer: bytes) -> Iterator[int]:
    """An SMTP server that takes a whole letter, says `answer` to its end and hangs up."""

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                reader = connection.makefile("rb")
                connection.sendall(b"220 hello\r\n")
                for line in reader:
                    if line == b"DATA\r\n":
                        break
                    connection.sendall(b"250 ok\r\n")
                connection.sendall(b"354 go on\r\n")
                for line in reader:
                    if line == b".\r\n":
                        break
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_RDWR)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def trickling(text: bytes, pause: float) -> Iterator[int]:
    """A server that says its text a byte at a time."""

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                for n in range(len(text)):
                    connection.sendall(text[n : n + 1])
                    time.sleep(pause)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
