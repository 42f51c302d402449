"""Where the tables stand in old grids: headings, rows, titles, totals, before any form gives them a meaning.

This is the room's one door. It knows the headings that forms use, folded, and nothing else of them.
"""

from workflow.oldtables.finding import find_tables

__all__ = ["find_tables"]
