"""Why a file cannot be read: every code and sentence of this room's `Unreadable`, in one place.

A sentence says what the file is or what is wrong with it, and what its sender should do. It is one sentence, because it
stands as it is in a letter (design law 6). Codes are stable: the ledger keeps them.
"""

from __future__ import annotations

from workflow.errors import Unreadable

_AS_XLSX = "please open it, choose Save As, Excel Workbook (.xlsx), and send that file."
_ITSELF = "please send the Excel workbook (.xlsx) itself."
_AGAIN = "please open it in Excel, save it and send it again."
_RETYPE = "please type it again, save the file and send it again."
_FRESH = "please copy the answers into a fresh copy of the form and send that."

REFUSALS: dict[str, str] = {
    # --- it is something else (sniff)
    "file-empty": "This file is empty: please check that it opens on your computer, and attach it again.",
    "file-too-large": "This file is larger than {limit} MB: please take out pictures and unused sheets, and send it again.",
    "encrypted": (
        "This file is protected with a password: please take the password off (in Excel: File, Info, Protect Workbook, Encrypt"
        " with Password, clear the box), save it as an Excel Workbook (.xlsx) and send that by the agreed route."
    ),
    "protected-by-label": (
        "This file is protected by a sensitivity label or rights management, so that only named people can open it:"
        " please save a copy without that protection and send it by the agreed route."
    ),
    "old-excel": "This is a workbook of Excel 97-2003 (.xls), which cannot be read: " + _AS_XLSX,
    "binary-excel": "This is a binary workbook (.xlsb), which cannot be read: " + _AS_XLSX,
    "xml-excel": "This is an XML spreadsheet of Excel 2003, which cannot be read: " + _AS_XLSX,
    "open-document": "This is an OpenDocument file (.ods), which cannot be read: " + _AS_XLSX,
    "numbers": "This is an Apple Numbers file, which cannot be read: please choose File, Export To, Excel, and send that file.",
    "pdf": "This is a PDF, which cannot be read: " + _ITSELF,
    "html": "This is a web page and not a workbook, whatever its name says: " + _AS_XLSX,
    "text": "This is a text or CSV file, which has lost the form's layout: " + _ITSELF,
    "word": "This is a Word document, which cannot be read: please type the answers into the Excel workbook and send that.",
    "powerpoint": "This is a PowerPoint file, which cannot be read: " + _ITSELF,
    "picture": "This is a picture, which cannot be read: " + _ITSELF,
    "message": "This is an Outlook message and not a workbook: " + _ITSELF,
    "archive": "This is an archive and not a workbook: please take the Excel workbook out of it and send that.",
    "not-a-workbook": "This file is not an Excel workbook (.xlsx): " + _AS_XLSX,
    # --- the container
    "zip-truncated": "Only part of this workbook arrived, its end is missing: please send it again.",
    "zip-corrupt": "This workbook was damaged on its way: " + _AGAIN,
    "zip-names": "This workbook holds two parts under one name, or a part with a forbidden name: " + _AGAIN,
    "zip-overlap": "Parts of this workbook lie over one another, which no program does: " + _AGAIN,
    "zip-encrypted": "Parts of this workbook are locked with a zip password: " + _AGAIN,
    "zip-method": "This workbook is packed in a way that Excel does not use: " + _AGAIN,
    "zip-too-large": "This workbook unpacks to far more than a return can hold: " + _FRESH,
    # --- its parts
    "xml-doctype": "This workbook holds a document type declaration, which no spreadsheet program writes: " + _AGAIN,
    "xml-malformed": "A part of this workbook ({part}) is damaged: " + _AGAIN,
    "xml-too-deep": "A part of this workbook ({part}) is nested deeper than any spreadsheet program writes: " + _AGAIN,
    "part-missing": "A part of this workbook ({part}) is missing: " + _AGAIN,
    "sheet-missing": "The sheet {sheet} is listed in this workbook but its contents are missing: " + _AGAIN,
    "sheet-twice": "This workbook lists the sheet {sheet} twice: " + _AGAIN,
    "too-many-cells": "This workbook holds more cells than a return can hold: " + _FRESH,
    # --- its cells
    "cell-twice": "The sheet {sheet} gives the cell {cell} twice, so it is unclear which is right: " + _AGAIN,
    "cell-reference": "The sheet {sheet} holds something at the impossible address {cell}: " + _AGAIN,
    "cell-number": "The sheet {sheet}, cell {cell}, is marked as a number but holds {found}: " + _RETYPE,
    "cell-value": "The sheet {sheet}, cell {cell}, holds {found}, which does not fit its type ({type}): " + _RETYPE,
    "cell-string-missing": "The sheet {sheet}, cell {cell}, points to a text that is not in the file: " + _RETYPE,
    "cell-text-too-long": (
        "The sheet {sheet}, cell {cell}, holds more text than Excel allows (32,767 characters):"
        " please shorten it, or split it over two cells, and send the file again."
    ),
    "unexpected": "This workbook could not be read: " + _AGAIN,
}


def refuse(code: str, **words: object) -> Unreadable:
    """The exception for `code` with its sentence filled in. Raises KeyError for an unknown code or word: our mistake."""
    shown = {name: _plain(str(word)) for name, word in words.items()}
    return Unreadable(code, REFUSALS[code].format_map(shown))


def _plain(text: str, limit: int = 60) -> str:
    """A file's own words, made safe to stand in a sentence: one line, printable, not long."""
    line = "".join(c if c.isprintable() else "�" for c in " ".join(text.split()))
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
