"""Why a part of a message or of a zip file is not read: every code and sentence of this room, in one place.

What is refused has one sentence for its sender, which stands as it is in a letter (design law 6). What is ignored has one
sentence that says what it is. Codes are stable: the ledger keeps them.
"""

from __future__ import annotations

from workflow.errors import Unreadable
from workflow.post.draft import one_line

_ATTACH = "please attach the Excel workbook (.xlsx) itself and send it again."
_PLAIN = "please attach the Excel workbook (.xlsx) to a new message, not encrypted, and send it by the agreed route."

REFUSALS: dict[str, str] = {
    # --- a message
    "mail-damaged": "This message was damaged on its way and cannot be taken apart: " + _ATTACH,
    "mail-mbox": "This is a whole mailbox and not one message: please save each message on its own, or send the workbooks.",
    "mail-too-deep": "This message lies too deep inside forwarded messages to be opened: " + _ATTACH,
    "mail-too-many": "This file holds more, or larger, attachments than can be opened: please send only the Excel workbook.",
    "mail-link": (
        "This message holds a link to a shared file and no file, and links are not followed: please download the workbook,"
        " attach it and send it again."
    ),
    "mail-tnef": (
        "This attachment was packed by Outlook (winmail.dat), which cannot be opened: please send the message in HTML or plain"
        " text format, not Rich Text, with the workbook attached."
    ),
    "mail-encrypted": "This message is encrypted and cannot be opened: " + _PLAIN,
    "mail-signed-opaque": (
        "This message is signed in a way that hides what it holds: please send it again without a signature, or with a"
        " clear one, and with the workbook attached."
    ),
    "mail-partial": "This is only one piece of a message that was sent in several: " + _ATTACH,
    "mail-external": "This message names an attachment that was not sent with it: " + _ATTACH,
    "outlook-damaged": "This saved Outlook message is damaged and cannot be opened: " + _ATTACH,
    # --- an attachment
    "attachment-damaged": "This attachment was damaged on its way: please attach it again and send it.",
    "attachment-empty": "This attachment is empty: please check that it opens on your computer, and attach it again.",
    # --- a zip file
    "zip-nested": "This is a zip file inside another one, which is not opened: " + _ATTACH,
    "zip-member": "This file could not be taken out of its zip file, because {why}: " + _ATTACH,
    # --- an attachment of a saved Outlook message
    "outlook-object": (
        "This was pasted into the message from another program and is not a file: please save it as an Excel workbook (.xlsx),"
        " attach that and send it again."
    ),
}

# What is kept and not read, and why nobody needs to send it again.
IGNORED: dict[str, str] = {
    "mail-text": "This is the text of a message: it was kept, and not read.",
    "mail-signature": "This is the signature of a message: it was kept, and not read.",
    "mail-picture": "This is a picture in a message: it was kept, and not read.",
    "mail-card": "This is a business card or a calendar entry: it was kept, and not read.",
    "mail-extra": "This was added by the sender's computer and holds nothing to read: it was kept, and not read.",
    "mail-report": "This is a delivery report or a receipt and not a return: what is in it was not read.",
    "mail-automatic": "This is an automatic reply and not a return: it was kept, and not read.",
    "mail-no-return": "This message brought no file: read it, and answer it yourself if it needs an answer.",
    "zip-litter": "This was left in the zip file by the program that made it: it was kept, and not read.",
}


def refuse(code: str, **words: object) -> Unreadable:
    """The exception for a code of `REFUSALS` with its sentence filled in. Raises KeyError for an unknown code or word."""
    return Unreadable(code, REFUSALS[code].format_map({name: one_line(str(word), 60) for name, word in words.items()}))


def sentence(code: str) -> str:
    """The sentence of a code of either kind that has no words to fill in. Raises KeyError for an unknown one."""
    return IGNORED[code] if code in IGNORED else REFUSALS[code]
