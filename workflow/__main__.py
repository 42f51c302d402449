"""`python -m workflow`: the same as the command."""

from workflow.cli import main

main()
