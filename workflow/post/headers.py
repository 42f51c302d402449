"""The headers of a message that came: found, decoded and understood without ever failing, in time that grows with their length.

Python's own parsers are not used on them: in 3.11 they take the square of a header's length, lose names in unknown character
sets, and read two addresses out of one.
"""

from __future__ import annotations

import re
from binascii import a2b_base64, a2b_qp
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from workflow.errors import WorkflowError
from workflow.post.draft import HEADER_LIMIT, address, one_line

# Every header that is looked at. Any other may be there a million times.
_NAMES = (
    "authentication-results|auto-submitted|cc|content-disposition|content-id|content-transfer-encoding|content-type|date"
    "|delivered-to|from|message-id|mime-version|precedence|received|return-path|subject|to|x-autoreply|x-autorespond|x-unsent"
)
_FIELD = re.compile(rb"[\r\n](%s):" % _NAMES.encode(), re.IGNORECASE)
_END = re.compile(rb"[\r\n](?![ \t\n])|\Z")  # of a header, which goes on in lines that begin with a space
_MOST_FIELDS = 10_000
_MOST_PARAMETERS = 20_000
_LONGEST_FROM = 10_000  # characters: one address with the longest name
_LONGEST_DATE = 200
_LONGEST_TEXT = 20_000  # bytes of a name or subject that are decoded; of a longer one, its beginning and its end
_ENDING = 100

_NAME = re.compile(r"[;\s]*+([^=;\"]*+)(=?)\s*+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"?', re.DOTALL)
_PIECE = re.compile(r"([^*]+)(?:\*(\d{1,6}))?(\*?)")  # of a parameter: "filename*0*" (RFC 2231)
_WORD = re.compile(r"=\?([^?\s]{1,100})\?([bq])\?([^?]*+\??)\?=", re.IGNORECASE)
# These are no character sets of texts, or take the square of a text's length.
_NO_CHARSETS = {"idna", "mbcs", "oem", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"}


class Fields:
    """The headers of one message or part, from its lines up to the empty one."""

    def __init__(self, head: bytes) -> None:
        self._values: dict[str, list[bytes]] = {}
        lines = b"\n" + head
        for count, match in enumerate(_FIELD.finditer(lines)):
            if count >= _MOST_FIELDS:
                break
            end = _END.search(lines, match.end())
            value = lines[match.end() : end.start() if end else len(lines)].translate(None, b"\r\n").strip()
            self._values.setdefault(match[1].decode("ascii").lower(), []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def all(self, name: str) -> list[bytes]:
        """Every value of a header, the top-most first, each as one line."""
        return self._values.get(name, [])

    def first(self, name: str) -> bytes:
        """The top-most value of a header; empty where there is none."""
        return next(iter(self.all(name)), b"")


class Value:
    """A header with parameters: `Content-Type: text/plain; charset=utf-8`."""

    def __init__(self, raw: bytes) -> None:
        line = raw.decode("latin-1")  # one character for each byte; decoded where it is used
        self.kind = next(iter(line.partition(";")[0].lower().split()), "")
        self._parameters: dict[str, str] = {}
        at = len(line.partition(";")[0])
        for _ in range(_MOST_PARAMETERS):
            if at >= len(line) or not (match := _NAME.match(line, at)):
                break
            at = match.end()
            quoted = _QUOTED.match(line, at) if match[2] else None
            end = line.find(";", quoted.end() if quoted else at)
            end = len(line) if end < 0 else end
            if match[2]:
                value = re.sub(r'\\(["\\])', r"\1", quoted[1]) if quoted else line[at:end].strip()
                self._parameters.setdefault(match[1].strip().lower(), value)
            at = end

    def raw(self, name: str) -> bytes:
        """A parameter's bytes; empty where there is none."""
        return self._joined(name)[0]

    def text(self, name: str) -> str:
        """A parameter, decoded in every way that is in use (RFC 2231, RFC 2047, raw bytes), and safe for nothing."""
        raw, charset = self._joined(name)
        return unwrapped(decoded(cut(raw), charset))

    def _joined(self, name: str) -> tuple[bytes, str]:
        """A parameter and its character set: given in one piece or in several, encoded or plain."""
        pieces: list[tuple[int, bool, str]] = []
        for key, value in self._parameters.items():
            match = _PIECE.fullmatch(key)
            if match and match[1] == name and (match[2] or match[3]):
                pieces.append((int(match[2] or 0), bool(match[3]), value))
        pieces.sort(key=lambda piece: piece[0])
        if not pieces:
            return self._parameters.get(name, "").encode("latin-1"), ""
        charset, (number, encoded, first) = "", pieces[0]
        if encoded and first.count("'") >= 2:
            charset, _, first = first.split("'", 2)
            pieces[0] = (number, encoded, first)
        return b"".join(_unescaped(value) if escaped else value.encode("latin-1") for _, escaped, value in pieces), charset


def decoded(raw: bytes, charset: str = "") -> str:
    """Bytes as text: in their character set if there is such a one and they fit it, else in UTF-8, else in Windows-1252."""
    for codec in (charset.strip().lower(), "utf-8"):
        if codec and codec.replace("-", "_") not in _NO_CHARSETS:
            try:
                return raw.decode(codec)
            except (LookupError, ValueError):  # no codec of texts, or a broken text; or a NUL in the codec's name
                continue
    return raw.decode("cp1252", "replace")


def words(text: str) -> str:
    """Text with its encoded words decoded (RFC 2047), whatever their character set; broken ones stay as they are."""
    out: list[str] = []
    held: list[bytes] = []  # words in one character set with only spaces between: a letter may begin in one and end in the next
    charset, at = "", 0
    for match in _WORD.finditer(text):
        between = text[at : match.start()]
        own = match[1].partition("*")[0].lower()  # "utf-8*en" names a language too
        if held and (between.strip() or own != charset):
            out.append(decoded(b"".join(held), charset))
            held.clear()
        if between.strip() or not at:
            out.append(between)
        held.append(_of_word(match[2], match[3]))
        charset, at = own, match.end()
    return "".join(out) + decoded(b"".join(held), charset) + text[at:]


def unwrapped(text: str) -> str:
    """Text with its encoded words decoded, and those that they hold; safe for nothing."""
    for _ in range(5):
        found = words(text)
        if found == text:
            break
        text = found
    return text


def subject(text: str) -> str:
    """A subject, once its bytes are text, as one line of at most 200 characters that no mail program can decode further."""
    return one_line(unwrapped(text).replace("=?", "= ?"), HEADER_LIMIT)


def sender(values: Sequence[bytes]) -> str:
    """The one address that these `From` headers name, in lower case; "" where they name none, or more than one.

    Nothing that could be taken for a second address is allowed beside it, such as an address where the name should be.
    """
    if len(values) != 1 or len(values[0]) > _LONGEST_FROM:
        return ""
    plain = _WORD.sub(" ", _bare(values[0].decode("latin-1")))
    named, bracket, rest = plain.strip().rstrip(",").partition("<")
    inner, closing, after = rest.partition(">")
    if bracket and ("@" in named or not closing or after.strip()):
        return ""
    try:
        return address((inner if bracket else named).strip()).lower()
    except WorkflowError:
        return ""


def when(raw: bytes) -> str:
    """A `Date` header in UTC, as "2023-10-16T10:00:00Z"; "" where it is no date. One without a zone is taken for UTC."""
    text = " ".join(_bare(raw[:_LONGEST_DATE].decode("latin-1")).split())
    try:
        moment = parsedate_to_datetime(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return f"{datetime.isoformat(moment.replace(tzinfo=None), timespec='seconds')}Z"
    except (ValueError, TypeError, IndexError, OverflowError):  # what Python lets out for nonsense
        return ""


def cut(raw: bytes) -> bytes:
    """A text from outside, not longer than any that is shown: its beginning, and its ending."""
    return raw if len(raw) <= _LONGEST_TEXT else raw[: _LONGEST_TEXT - _ENDING] + raw[-_ENDING:]


def _bare(text: str) -> str:
    """A structured header without its comments; of a quoted string, the quotes are left."""
    out: list[str] = []
    depth, quoted, skip = 0, False, False
    for c in text:
        if skip or c == "\\":
            skip = not skip
        elif quoted:
            quoted = c != '"'
        elif c == '"' and not depth:
            quoted = True
            out.append('""')
        elif c in "()":
            depth = max(depth + (1 if c == "(" else -1), 0)
        elif not depth:
            out.append(c)
    return "".join(out)


def _of_word(encoding: str, encoded: str) -> bytes:
    raw = encoded.encode("utf-8", "surrogatepass")
    if encoding in "qQ":
        return a2b_qp(raw, header=True)
    signs = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    whole = signs[: len(signs) - (len(signs) % 4 == 1)]
    return a2b_base64(whole + b"=" * (-len(whole) % 4))


def _unescaped(value: str) -> bytes:
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), cut(value.encode("latin-1")))
