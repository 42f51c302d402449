"""Why an old file cannot be read: every code and sentence of this room's `Unreadable`, in one place.

They are said to the person who imports, who has the file at hand; the reader's own sentences ask a sender to send it again.
"""

from __future__ import annotations

from workflow.errors import Unreadable

_IMPORT = "and import that."
_EXCEL = f"please open it in Excel, choose Save As, Excel Workbook (.xlsx), {_IMPORT}"
_WORD = f"please open it in Word, choose Save As, Word Document (.docx), {_IMPORT}"
_AGAIN = f"please open it in the program that it belongs to, save it under a new name {_IMPORT}"

REFUSALS: dict[str, str] = {
    "file-empty": "This file is empty: please check that it opens, and import it again.",
    "file-too-large": "This file is too large: please take out pictures and what you do not need, save it " + _IMPORT,
    "encrypted": f"This file is protected with a password: please take the password off, save it {_IMPORT}",
    "protected-by-label": (
        "This file is protected by a sensitivity label or rights management: please save a copy without that protection "
        + _IMPORT
    ),
    "old-excel": "This is a workbook of Excel 97-2003 (.xls), which cannot be read: " + _EXCEL,
    "binary-excel": "This is a binary workbook (.xlsb), which cannot be read: " + _EXCEL,
    "xml-excel": "This is an XML spreadsheet of Excel 2003, which cannot be read: " + _EXCEL,
    "open-document": (
        "This is an OpenDocument file (.ods or .odt), which cannot be read: please open it, choose Save As, Excel Workbook"
        f" (.xlsx) or Word Document (.docx), {_IMPORT}"
    ),
    "numbers": f"This is an Apple Numbers file, which cannot be read: please choose File, Export To, Excel {_IMPORT}",
    "pdf": (
        "This is a PDF, in which tables are only lines and letters: please import the Word document or workbook that it was"
        " made from, or open it in Word, check the tables there, choose Save As, Word Document (.docx), " + _IMPORT
    ),
    "html": "This is a web page: please open it in Word or Excel, choose Save As, .docx or .xlsx, " + _IMPORT,
    "word": "This is a document of Word 97-2003 (.doc) or a rich text file, which cannot be read: " + _WORD,
    "powerpoint": f"This is a PowerPoint file, which cannot be read: please copy its tables into a workbook {_IMPORT}",
    "picture": f"This is a picture, which cannot be read: please type what it shows into a workbook {_IMPORT}",
    "message": "This is an email: please save the file that is attached to it " + _IMPORT,
    "archive": "This is an archive of other files: please take the files out of it and import those.",
    "not-a-table": (
        "This is none of the files that can be imported: please save it as an Excel Workbook (.xlsx), a Word Document (.docx)"
        f" or a CSV file {_IMPORT}"
    ),
    "csv-damaged": "This text file could not be taken apart into cells ({why}): " + _EXCEL,
    "too-many-cells": (
        f"This file holds more cells than an old plan does: please copy the tables that matter into a new workbook {_IMPORT}"
    ),
    "strict-document": "This document was saved as Strict Open XML, which cannot be read: " + _WORD,
    "document-damaged": "This Word document is damaged: " + _AGAIN,
}
_SAME = {"zip-too-large": "too-many-cells", "not-a-workbook": "not-a-table", "text": "not-a-table"}


def refuse(code: str, **words: str) -> Unreadable:
    """The exception for `code` with its sentence filled in. Raises KeyError for an unknown code or word: our mistake."""
    return Unreadable(code, REFUSALS[code].format_map(words))


def said_here(error: Unreadable) -> Unreadable:
    """What the spreadsheet reader refused, said to the person who imports: what is wrong as it says it, and what to do."""
    code = _SAME.get(error.code, error.code)
    if code in REFUSALS:
        return refuse(code)
    wrong = str(error).partition(": please")[0]
    return Unreadable(error.code, f"{wrong}: {_AGAIN}")
