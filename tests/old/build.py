"""The files of the old documents: `as_xlsx`, `as_docx` and, for the action plan, `as_csv`."""

from __future__ import annotations

import csv
import io

from tests.old.book import as_xlsx
from tests.old.documents import Document, Rows, Words
from tests.old.word import as_docx

__all__ = ["as_csv", "as_docx", "as_xlsx"]


def as_csv(document: Document, encoding: str = "cp1252", delimiter: str = ",") -> bytes:
    """A document of one table as an office program saves it: the title in a row of its own, all rows of one length.

    `encoding` may be "utf-8-sig" or "utf-16" too, and `delimiter` ";" or a tab.
    """
    table = next(b for b in document.blocks if isinstance(b, Rows))
    title = next(b for b in document.blocks if isinstance(b, Words) and b.kind == "title")
    columns = len(table.labels) + table.spare
    written = io.StringIO(newline="")
    sheet = csv.writer(written, delimiter=delimiter, lineterminator="\r\n")
    for row in ((title.entries[0].text,), table.labels, *(r.cells for r in table.rows)):
        sheet.writerow([*row, *[""] * (columns - len(row))])
    return written.getvalue().encode(encoding)
