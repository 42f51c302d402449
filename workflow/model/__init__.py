"""The words of design.md section 3 as frozen dataclasses. This is the room's one door."""

from workflow.model.forms import Choice, Field, Form, Kind, Role, RuleUse
from workflow.model.places import (
    Cell,
    CellType,
    Finding,
    Place,
    RawValue,
    Severity,
    Value,
    column_letters,
)
from workflow.model.register import (
    Alias,
    Board,
    Calendar,
    Contact,
    Item,
    Partner,
    Partnership,
    Period,
    Plan,
    RagLevel,
    Register,
    Term,
    Theme,
    Waiver,
)
from workflow.model.returns import Answer, Balance, Fate, Grid, ReturnStatus, Row, Slot, Standing, Submission, SubmissionState
from workflow.model.sheets import Book, Column, Content, Mark, Profile, Sheet

__all__ = [
    "Alias", "Answer", "Balance", "Board", "Book", "Calendar", "Cell", "CellType", "Choice", "Column", "Contact",
    "Content", "Fate", "Field", "Finding", "Form", "Grid", "Item", "Kind", "Mark", "Partner", "Partnership", "Period",
    "Place", "Plan", "Profile", "RagLevel", "RawValue", "Register", "ReturnStatus", "Role", "Row", "RuleUse", "Severity", "Sheet",
    "Slot", "Standing", "Submission", "SubmissionState", "Term", "Theme", "Value", "Waiver", "column_letters",
]
