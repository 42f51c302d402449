"""Opening a received file: messages and zip files taken apart into leaves, until nothing holds anything further.

A pure function of bytes, and what a thing is called or said to be is not looked at. Every part ends as exactly one leaf: to be
read, refused with one sentence, or ignored with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workflow import post, reader
from workflow.errors import Unreadable
from workflow.inbox.labels import Labels
from workflow.model import Leaf, LeafKind, Message
from workflow.post import Mail, Part, PartKind
from workflow.reader import Limits

_MOST_LEAVES = 1_000
_DEEPEST = 5  # messages inside messages
_SMALL_PICTURE = 100_000  # bytes; a logo, not a photograph of a return
_NOT_READ = {"mail-tnef", "mail-encrypted", "mail-signed-opaque"}  # whatever holds it
_LITTER = {".ds_store", "thumbs.db", "desktop.ini", "icon\r"}
_LITTER_STARTS = ("~$", "._")
_LITTER_FOLDER = "__macosx"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
# Why a member of a zip file cannot be had, as the end of "because ..."; by the reader's codes.
_WHY = {
    "zip-encrypted": "it is locked with a password",
    "zip-method": "it is packed in a way that is not known here",
    "zip-too-large": "it unpacks to far more than a return can hold",
}
_DAMAGED = "it was damaged on its way"


def open_file(data: bytes, limits: Limits | None = None) -> tuple[Leaf, ...]:
    """Every leaf of a received file, at least one, in order, each with a `part` of its own (see `model.Leaf`).

    A file that holds nothing further, or of which nothing can be told, is one leaf whose `part` is None: where it is to be
    read, the reader says what it is. Never raises but for memory. The same bytes give the same leaves.
    """
    try:
        return tuple(_Opening(limits or Limits()).received(data))
    except Unreadable as error:
        return (Leaf(None, LeafKind.REFUSED, data, error.code, str(error)),)
    except RecursionError:
        return (Leaf(None, LeafKind.REFUSED, data, "mail-too-deep", post.sentence("mail-too-deep")),)


@dataclass(frozen=True, slots=True)
class _Where:
    """Where something lies in a received file: among which names, in which messages, and whether in a zip file."""

    labels: Labels
    chain: tuple[Message, ...]  # the nearest first
    zipped: bool = False


class _Opening:
    """One received file being opened: how much has come out of it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._leaves = 0
        self._bytes = 0

    def received(self, data: bytes) -> list[Leaf]:
        """The leaves of the file itself. Raises Unreadable where it is refused whole."""
        where = _Where(Labels(), ())
        if len(data) <= self._limits.file_bytes:
            if (code := post.kind_of(data)) in _NOT_READ:
                return [Leaf(None, LeafKind.REFUSED, data, code, post.sentence(code))]
            if mail := _mail_in(data):
                return self._mail(mail, where)
            if reader.is_archive(data, self._limits):
                return self._archive(data, where)
        return [Leaf(None, LeafKind.WORKBOOK, data)]

    def _mail(self, mail: Mail, where: _Where) -> list[Leaf]:
        """Every leaf of a message, which says at one of them where it brings nothing."""
        inside = replace(where, chain=(mail.message, *where.chain))
        beside = any(part.kind is PartKind.FILE and part.data.startswith(_WORKBOOKS) for part in mail.parts)
        leaves: list[Leaf] = []
        bodies: list[int] = []  # where its own text is among them
        for number, part in enumerate(mail.parts, 1):
            if part.kind is PartKind.TEXT and not part.code and not post.is_container(part.data):
                bodies.append(len(leaves))
                leaves.append(self._leaf(inside, ("", "text"), part.data, "mail-text"))
            else:
                leaves += self._part(part, number, inside, beside=beside)
        if not leaves:
            leaves.append(self._leaf(inside, ("", "text"), b"", "mail-text"))
        if mail.automatic == "report":
            return [_settled(leaf, "mail-report", quiet=n > 0) for n, leaf in enumerate(leaves)]
        brings = any(leaf.kind is not LeafKind.IGNORED or leaf.messages != inside.chain for leaf in leaves)
        return leaves if brings else _without_return(mail, leaves, bodies or [0])

    def _part(self, part: Part, number: int, where: _Where, *, beside: bool) -> list[Leaf]:
        """The leaves of one part of a message. `beside` says that a workbook came with the same message."""
        if part.mail:
            return self._inside(part.mail, part.name, part.data, where)
        names = (part.name, "text" if part.kind is PartKind.TEXT else f"part {number}")
        if code := part.code or _code(part, beside=beside):
            return [self._leaf(where, names, part.data, code)]
        return self._held(names, part.data, where, message=part.kind is PartKind.MESSAGE and not post.is_container(part.data))

    def _held(self, names: tuple[str, str], data: bytes, where: _Where, *, message: bool = False) -> list[Leaf]:
        """The leaves of something attached, or of a member of a zip file, told by its bytes."""
        try:
            mail = post.read_mail(data) if message and not post.looks_like_outlook(data) else _mail_in(data)
        except Unreadable as error:
            if error.code == "mail-too-many":
                raise
            return [self._leaf(where, names, data, error)]
        if mail:
            return self._inside(mail, names[0], data, where)
        if reader.is_archive(data, self._limits):
            if where.zipped:
                return [self._leaf(where, names, data, "zip-nested")]
            return self._archive(data, replace(where, labels=Labels(where.labels.take(*names))))
        return [self._leaf(where, names, data)]

    def _inside(self, mail: Mail, name: str, data: bytes, where: _Where) -> list[Leaf]:
        """The leaves of a message inside another one or a zip file."""
        names = (mail.message.subject or name, "message")
        if len(where.chain) > _DEEPEST:
            return [self._leaf(where, names, data, "mail-too-deep")]
        return self._mail(mail, replace(where, labels=Labels(where.labels.take(*names))))

    def _archive(self, data: bytes, where: _Where) -> list[Leaf]:
        """The leaves of a zip file, without the names of its folders. Where it holds only litter, somebody should see that."""
        inside = replace(where, zipped=True)
        leaves: list[Leaf] = []
        limits = replace(self._limits, total_bytes=self._limits.total_bytes - self._bytes)
        try:
            for number, (path, found) in enumerate(reader.members(data, limits), 1):
                leaves += self._member(path, number, found, inside)
        except Unreadable as error:
            raise post.refuse("mail-too-many") from error
        if all(leaf.code == "zip-litter" for leaf in leaves):
            leaves[0] = replace(leaves[0], quiet=False)
        return leaves

    def _member(self, path: str, number: int, found: bytes | Unreadable, where: _Where) -> list[Leaf]:
        *folders, name = path.replace("\\", "/").split("/")
        names = (name, f"part {number}")
        data = b"" if isinstance(found, Unreadable) else found
        litter = name.lower() in _LITTER or name.startswith(_LITTER_STARTS) or _LITTER_FOLDER in map(str.lower, folders)
        if litter:
            return [self._leaf(where, names, data, "zip-litter")]
        if isinstance(found, Unreadable):
            return [self._leaf(where, names, data, post.refuse("zip-member", why=_WHY.get(found.code, _DAMAGED)))]
        if not data:
            return [self._leaf(where, names, data, "attachment-empty")]
        if (code := post.kind_of(data)) in _NOT_READ:
            return [self._leaf(where, names, data, code)]
        return self._held(names, data, where)

    def _leaf(self, where: _Where, names: tuple[str, str], data: bytes, why: str | Unreadable = "") -> Leaf:
        """One leaf, called by the first of `names` that can be shown, and to be read unless there is a code or a refusal.

        Raises Unreadable where there are too many by now.
        """
        self._leaves += 1
        self._bytes += len(data)
        if self._leaves > _MOST_LEAVES or self._bytes > self._limits.total_bytes:
            raise post.refuse("mail-too-many")
        label = where.labels.take(*names)
        if not why:
            return Leaf(label, LeafKind.WORKBOOK, data, messages=where.chain)
        code, reason = (why.code, str(why)) if isinstance(why, Unreadable) else (why, post.sentence(why))
        ignored = code in post.IGNORED
        kind = LeafKind.IGNORED if ignored else LeafKind.REFUSED
        return Leaf(label, kind, data, code, reason, quiet=ignored, messages=where.chain)


def _code(part: Part, *, beside: bool) -> str:
    """Why a part that is as its sender meant it is not read; "" where it is to be opened."""
    if part.kind is PartKind.MESSAGE:
        return ""
    if part.kind is PartKind.SIGNATURE and not post.is_container(part.data):
        return "mail-signature"
    code = post.kind_of(part.data)
    # A picture that is neither small nor set into the text may be meant as the return: the reader says what it is.
    meant = code == "mail-picture" and not part.inline and not (beside and len(part.data) < _SMALL_PICTURE)
    return "" if meant else code


def _mail_in(data: bytes) -> Mail | None:
    """The message that these bytes are; None where they are none. Raises Unreadable where they are one and cannot be read."""
    if post.looks_like_outlook(data):
        return post.read_outlook(data)
    return post.read_mail(data) if post.looks_like_mail(data) else None


def _without_return(mail: Mail, leaves: list[Leaf], bodies: Sequence[int]) -> list[Leaf]:
    """The leaves of a message that brings nothing to read: its text says so, and what to do."""
    if mail.automatic:
        return [_settled(leaf, "mail-automatic", quiet=True) if n in bodies else leaf for n, leaf in enumerate(leaves)]
    first = leaves[bodies[0]]
    told = replace(first, kind=LeafKind.REFUSED, code="mail-link", reason=post.sentence("mail-link"), quiet=False)
    leaves[bodies[0]] = told if mail.links else _settled(first, "mail-no-return", quiet=False)
    return leaves


def _settled(leaf: Leaf, code: str, *, quiet: bool) -> Leaf:
    return replace(leaf, kind=LeafKind.IGNORED, code=code, reason=post.sentence(code), quiet=quiet)
