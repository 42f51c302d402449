"""How parent and child talk: frames over two pipes.

A frame is four bytes of length (big endian, of what follows them), one byte that says its kind, and the payload. The parent
sends one setup frame and then requests, one at a time. The child says that it is ready, and answers each request with data
frames and an end frame, which gives the request's number back so that nobody reads an old answer as a new one.
"""

from __future__ import annotations

import struct
from typing import Final

HEAD: Final = struct.Struct(">IB")  # the length counts the kind
DONE: Final = struct.Struct(">IB")  # an end frame's payload: the request's number, and 1 where the child has grown too big

SETUP: Final = 1
REQUEST: Final = 2
READY: Final = 3
DATA: Final = 4
END: Final = 5
REFUSED: Final = 6  # an exception ended the answer: its payload names the exception's type and place

OUT_OF_MEMORY: Final = 77  # the exit code of a child that ran out: a frame might not fit any more


def head(kind: int, size: int) -> bytes:
    """The five bytes before a payload of `size` bytes."""
    return HEAD.pack(size + 1, kind)
