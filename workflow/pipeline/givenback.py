"""A review that was filled in and given back: of an import, or of a coming year."""

from __future__ import annotations

from pathlib import Path

from workflow import reader
from workflow.errors import Unreadable, WorkflowError
from workflow.pipeline.reviewed import Imports, reviewed
from workflow.pipeline.rolled import is_year_review, rolled
from workflow.pipeline.state import Asked


def given_back(asked: Asked, file: Path) -> Imports:
    """Make the proposed register of a review, whichever it is. Raises WorkflowError where it is none, or cannot be read."""
    try:
        book = reader.read_bytes(file.read_bytes())
    except FileNotFoundError as error:
        raise WorkflowError(f"There is no file {file}. Reviews stand in outbox/import.") from error
    except (OSError, Unreadable):
        return reviewed(asked, file)  # which says why
    if not is_year_review(book):
        return reviewed(asked, file)
    given = rolled(asked, book, file)
    return Imports(given.lines, given.notes, given.written)
