"""The room that knows email: drafts for a person to send, messages that came, the mailbox. This is its one door.

Nothing here touches a network but `mailbox` and `sending`, which only `workflow fetch` and `workflow send` call.
"""

from workflow.post.draft import HEADER_LIMIT, Attachment, Envelope, Letter, address, draft, header_text, one_line, plain
from workflow.post.outlook import looks_like_outlook, read_outlook
from workflow.post.parts import Mail, Part, PartKind
from workflow.post.refusal import IGNORED, refuse, sentence
from workflow.post.rfc822 import looks_like_mail, read_mail
from workflow.post.sniff import is_container, kind_of

__all__ = [
    "HEADER_LIMIT",
    "IGNORED",
    "Attachment",
    "Envelope",
    "Letter",
    "Mail",
    "Part",
    "PartKind",
    "address",
    "draft",
    "header_text",
    "is_container",
    "kind_of",
    "looks_like_mail",
    "looks_like_outlook",
    "one_line",
    "plain",
    "read_mail",
    "read_outlook",
    "refuse",
    "sentence",
]
