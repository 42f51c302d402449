"""`python -m tests.hostile_mails FOLDER`: write every case into a folder."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.hostile_mails import CASES


def main(folder: str) -> None:
    """Write the cases; the folder is made where it is not there."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, make in CASES.items():
        Path(folder, name).write_bytes(make())
    sys.stdout.write(f"{len(CASES)} mails written to {folder}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.hostile_mails FOLDER")
    main(sys.argv[1])
