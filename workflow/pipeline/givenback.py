"""A review that was filled in and given back: of an import, or of a coming year."""

from __future__ import annotations

from pathlib import Path

from workflow import reader
from workflow.errors import Unreadable, WorkflowError
from workflow.pipeline.proposed import REVIEWS
from workflow.pipeline.reviewed import Imports, reviewed
from workflow.pipeline.rolled import is_year_review, rolled
from workflow.pipeline.state import Asked


def given_back(asked: Asked, file: Path) -> Imports:
    """Make the proposed register of a review, whichever it is. Raises WorkflowError where it is none, or cannot be read."""
    try:
        book = reader.read_bytes(file.read_bytes())
    except FileNotFoundError as error:
        raise WorkflowError(f"There is no file {file}. Reviews stand in {REVIEWS}.") from error
    except OSError as error:
        raise WorkflowError(f"{file.name} cannot be opened ({error.strerror or error}).") from error
    except Unreadable as error:
        raise WorkflowError(f"{file.name}: {error}") from error
    return rolled(asked, book, file) if is_year_review(book) else reviewed(asked, book, file)
