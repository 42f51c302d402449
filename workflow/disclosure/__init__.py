"""What is held back for a public audience, and why. Pure: values in, reasons out (domain.md A9 and B8). The room's one door.

`primary` judges one row by itself; `secondary` what all published papers together would give away, by the exact `bounds` that a
reader can work out.
"""

from workflow.disclosure.primary import (
    ABOUT_PEOPLE,
    HIDDEN,
    RUNNING,
    Limits,
    Reading,
    Withheld,
    dependents,
    held_back_words,
    hold_back,
    in_order,
    mentions,
    primary,
    small,
    why_hidden,
)
from workflow.disclosure.secondary import Equation, Key, Table, Target, leaks, protect

__all__ = [
    "ABOUT_PEOPLE",
    "HIDDEN",
    "RUNNING",
    "Equation",
    "Key",
    "Limits",
    "Reading",
    "Table",
    "Target",
    "Withheld",
    "dependents",
    "held_back_words",
    "hold_back",
    "in_order",
    "leaks",
    "mentions",
    "primary",
    "protect",
    "small",
    "why_hidden",
]
