"""Hostile and odd mails, made by program: rows 21 to 31 of field-notes.md section 3 and the features of its section 2.

`python -m tests.hostile_mails FOLDER` writes all of them. What must become of each stands in `tests/hostile_mails.toml`,
written from the specification and not from what the code does.
"""

# each of these enters its cases
import tests.hostile_mails.attachments
import tests.hostile_mails.containers
import tests.hostile_mails.envelopes
import tests.hostile_mails.loads
import tests.hostile_mails.outlook
import tests.hostile_mails.structure  # noqa: F401
from tests.hostile_mails.build import BOOK, BOOK2, BOOK3, CASES

BOOKS = frozenset({BOOK, BOOK2, BOOK3})

__all__ = ["BOOKS", "CASES"]
