"""The spreadsheet reader: bytes to a Workbook, and a Workbook and a Form to rows. This is the room's one door.

It is our own because no Python library returns every value (field-notes.md, section 1); openpyxl and python-calamine are
its oracles in the tests.
"""

from workflow.reader.book import OF_THE_OFFICE, Limits, SheetData, TableRef, Workbook
from workflow.reader.locate import Sought, sought_for
from workflow.reader.looks import SheetLook, read_looks
from workflow.reader.package import is_archive, kind_of, members, whole_document
from workflow.reader.plain import NotPlainError, characters, cut
from workflow.reader.rows import TableRead, read_table, read_tables, remarks, sheet_meant
from workflow.reader.workbook import read_bytes

__all__ = [
    "OF_THE_OFFICE", "Limits", "NotPlainError", "SheetData", "SheetLook", "Sought", "TableRead", "TableRef", "Workbook",
    "characters", "cut", "is_archive", "kind_of", "members", "read_bytes", "read_looks", "read_table", "read_tables", "remarks",
    "sheet_meant", "sought_for", "whole_document",
]  # fmt: skip
