"""The Checks sheet of a return: plain functions that say what is still to do, with links. This is the room's one door.

Each check is written once, as a formula and as Python (`formulas`), and stands for findings that the return would bring on
arrival (`lines.Part`): for the same file both say the same. Only functions that Excel 2010 and LibreOffice both know are
used; their results are saved beside them, so that a preview, which calculates nothing, shows them too (domain.md E2).

To translate another rule of the forms: write its parts in the module of its subject and add it to that module's RULES.
"""

from workflow.outputs.checks.lines import Claim, Line
from workflow.outputs.checks.sheet import NAME, checks_lines, checks_sheet
from workflow.outputs.checks.table import Checkable

__all__ = ["NAME", "Checkable", "Claim", "Line", "checks_lines", "checks_sheet"]
