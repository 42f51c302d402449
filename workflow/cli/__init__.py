"""The command line: what is asked for, what is said, and the exit code. Everything else is in `pipeline`.

Exit codes: 0 clean; 1 done, something needs a person; 2 could not run. This is the room's one door; the commands stand in
the order in which a quarter needs them.
"""

from workflow.cli.shared import main  # isort: skip
from workflow.cli import start, quarter, memory, year, papers, mail  # isort: skip

__all__ = ["mail", "main", "memory", "papers", "quarter", "start", "year"]
