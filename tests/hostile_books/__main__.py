"""Write every hostile workbook to a folder: `python -m tests.hostile_books FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.hostile_books import write_all

if len(sys.argv) != 2:
    sys.exit(__doc__)
print(f"{write_all(Path(sys.argv[1]))} files in {sys.argv[1]}")  # noqa: T201 - that is what it is run for
